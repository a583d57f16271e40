"""``decarb medicines import``."""

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

BASES = ("bdpm",)
"""Bases of medicines that decarb imports."""


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        "import",
        help=_("Import a public base of medicines, every row of it, as one file."),
        epilog=_("Bases: bdpm (the folder with the files of the base de données publique des médicaments)."),
    )
    @click.argument("base", metavar="BASE")
    @click.argument("path", metavar="FOLDER")
    @click.option("--out", required=True, metavar="FILE", help=_("Parquet file to write."))
    @click.option("--version", default="", help=_("Version of the base, such as its month: its files do not say it."))
    @click.option("--derive", metavar="FOLDER", help=_("Write the small tables that decarb ships to this folder too."))
    @click.option("--unread", is_flag=True, help=_("List the presentations whose units per box could not be read."))
    @force_option(_)
    @format_option(_, "table", "json")
    @language_option(_)
    def import_(
        base: str, path: str, out: str, version: str, derive: str | None, unread: bool, force: bool, form: str
    ) -> int:
        import difflib
        import time

        from decarb.cli.output import check_target
        from decarb.errors import Problem, UsageError
        from decarb.medicines.bdpm.importing import files_read, import_bdpm
        from decarb.report.medicine_text import import_document, import_text

        if base not in BASES:
            nearest = difflib.get_close_matches(base, BASES, 1, 0.3)
            raise UsageError([Problem("unknown-medicines-base", {"value": base, "known": BASES, "nearest": nearest})])
        inputs = [path, *map(str, files_read(Path(path)))]
        target = check_target(out, force, inputs)
        if derive:
            _check_tables(Path(derive), force, [*inputs, out])
        started = time.perf_counter()
        imported = import_bdpm(Path(path), target or Path(out), version=version, force=force)
        seconds = time.perf_counter() - started
        if derive:
            _write_tables(target or Path(out), Path(derive), force)
        if form == "json":
            print_json(import_document(imported, out, seconds))
        else:
            click.echo(import_text(imported, out, seconds, language, unread=unread), nl=False)
        return COMPLETE

    return import_


def _check_tables(folder: Path, force: bool, inputs: list[str]) -> None:
    """Refuse tables that may not be written, or that would take the place of what is read or written beside them."""
    from decarb.cli.output import check_target
    from decarb.errors import Problem, UsageError
    from decarb.medicines.bdpm.deriving import TABLES

    if not folder.is_dir():
        raise UsageError([Problem("folder-missing", {"value": str(folder), "folder": str(folder)})])
    for name in TABLES:
        target = (folder / name).resolve()
        if any(target == Path(path).resolve() for path in inputs):
            raise UsageError([Problem("output-is-input", {"value": str(folder / name)})])
        check_target(str(folder / name), force)


def _write_tables(imported: Path, folder: Path, force: bool) -> None:
    from decarb.medicines.bdpm.deriving import derive
    from decarb.writing import write_file

    for name, content in derive(imported).items():
        write_file(folder / name, content, replace=force)
