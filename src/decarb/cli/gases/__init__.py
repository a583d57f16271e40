"""The commands on medical gases, one module each."""

import click

from decarb.cli.gases import convert, indicators
from decarb.cli.options import Translator, language_option


def build_gases(_: Translator, language: str) -> click.Group:
    """Return ``decarb gases`` in `language`."""

    @click.group(help=_("Convert amounts of medical gases, and show what an inventory says of its gases."))
    @language_option(_)
    def gases() -> None:
        """Group of the commands on medical gases."""

    for module in (convert, indicators):
        gases.add_command(module.command(_, language))
    return gases
