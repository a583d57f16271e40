"""``decarb factors export``."""

import click

from decarb.cli.options import Translator, gwp_option, language_option, library_option


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Export the factors."))
    @gwp_option(_)
    @library_option(_)
    @language_option(_)
    def export(gwp: str | None, libraries: tuple[str, ...]) -> int:
        raise click.UsageError("in the making")

    return export
