"""The commands on care, one module each."""

import click

from decarb.cli.care import footprint
from decarb.cli.options import Translator, language_option


def build_care(_: Translator, language: str) -> click.Group:
    """Return ``decarb care`` in `language`."""

    @click.group(help=_("Footprint of acts and pathways of care, from recipes that anyone can write."))
    @language_option(_)
    def care() -> None:
        """Group of the commands on care."""

    care.add_command(footprint.command(_, language))
    return care
