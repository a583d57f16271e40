"""The commands on medicines, one module each."""

import click

from decarb.cli.medicines import importing, inhalers, lookup, score
from decarb.cli.options import Translator, language_option


def build_medicines(_: Translator, language: str) -> click.Group:
    """Return ``decarb medicines`` in `language`."""

    @click.group(help=_("Import the public medicines database, look medicines up, compute their carbon score."))
    @language_option(_)
    def medicines() -> None:
        """Group of the commands on medicines."""

    for module in (importing, lookup, score, inhalers):
        medicines.add_command(module.command(_, language))
    return medicines
