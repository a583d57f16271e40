"""``decarb national init``."""

import click

from decarb.cli.options import COMPLETE, Translator, language_option


def command(_: Translator, _language: str) -> click.Command:
    """Return the command, translated by `_`."""

    @click.command(
        help=_("Make an empty store of submissions: a folder, no server."),
        epilog=_("Then: decarb national submit FOLDER inventory.json"),
    )
    @click.argument("folder", metavar="FOLDER")
    @language_option(_)
    def init(folder: str) -> int:
        from decarb.national.store import init_store

        init_store(folder)
        click.echo(_("{path}: an empty store").format(path=folder))
        return COMPLETE

    return init
