"""The commands on many establishments, one module each."""

import click

from decarb.cli.national import fsck, init, status, submit
from decarb.cli.options import Translator, language_option


def build_national(_: Translator, language: str) -> click.Group:
    """Return ``decarb national`` in `language`."""

    @click.group(help=_("Collect the inventories of many establishments in a store, which is a folder."))
    @language_option(_)
    def national() -> None:
        """Group of the commands on many establishments."""

    for module in (init, submit, status, fsck):
        national.add_command(module.command(_, language))
    return national
