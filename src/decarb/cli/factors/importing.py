"""``decarb factors import``."""

from pathlib import Path

import click

from decarb.cli.options import (
    COMPLETE,
    Translator,
    force_option,
    format_option,
    language_option,
    print_json,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        "import",
        help=_("Import a published base as a library. Every row is kept, or set aside with its reason."),
        epilog=_("Bases: base-carbone (the ADEME export), uk (the UK flat file), own (a CSV of your factors)."),
    )
    @click.argument("base", metavar="BASE")
    @click.argument("path", metavar="FILE")
    @click.option("--out", required=True, metavar="FOLDER", help=_("Folder to write the library to."))
    @click.option("--version", default="", help=_("Version of the base, where its file does not say it."))
    @force_option(_)
    @format_option(_, "table", "json")
    @language_option(_)
    def import_(base: str, path: str, out: str, version: str, force: bool, form: str) -> int:
        import difflib

        from decarb.cli.output import check_folder_target
        from decarb.errors import Problem, UsageError
        from decarb.factors.importers import IMPORTERS, import_base
        from decarb.report.check_text import account_document, account_text

        if base not in IMPORTERS:
            nearest = difflib.get_close_matches(base, IMPORTERS, 1, 0.3)
            raise UsageError(
                [Problem("unknown-importer", {"value": base, "known": list(IMPORTERS), "nearest": nearest})]
            )
        folder = check_folder_target(out, "library", force, [path])
        imported = import_base(base, Path(path), folder, version=version, force=force)
        if form == "json":
            print_json(account_document(imported.account, out))
        else:
            click.echo(account_text(imported, out, language), nl=False)
        return COMPLETE

    return import_
