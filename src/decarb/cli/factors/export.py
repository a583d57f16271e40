"""``decarb factors export``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from decarb.cli.options import COMPLETE, Translator, gwp_option, language_option, library_option

if TYPE_CHECKING:
    from decarb.factors import FactorLibrary

FORMS = ("csv", "parquet", "json", "brightway")
FILES = {"json": ".json", "brightway": ".zip"}
"""What is written as one file, by the end of its name; everything else is a folder."""

NAMES_OF_FILES = (".csv", ".parquet", ".json", ".zip")
MOST_DRAWS = 10_000
MOST_NAMES = 10


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Export the factors: to CSV or Parquet tables, to JSON, or to Brightway."))
    @click.option("--to", "form", type=click.Choice(FORMS), required=True, help=_("What to write."))
    @click.option(
        "--out",
        type=click.Path(),
        required=True,
        help=_("Where: a folder for csv and parquet, a .json file, a folder or a .zip file for brightway."),
    )
    @click.option("--force", is_flag=True, help=_("Replace the file, or the earlier export, of --out."))
    @click.option(
        "--draws",
        type=click.IntRange(0, MOST_DRAWS),
        default=0,
        help=_("With brightway: draws of the factors' errors to add, for a Monte Carlo calculation."),
    )
    @click.option("--layer", metavar="NAME", help=_("Only the factors of this library of the stack."))
    @gwp_option(_)
    @library_option(_)
    @language_option(_)
    def export(
        form: str, out: str, force: bool, draws: int, layer: str | None, gwp: str | None, libraries: tuple[str, ...]
    ) -> int:
        from decarb.factors import load_factors

        if draws and form != "brightway":
            raise click.UsageError(_("--draws goes with --to brightway"))
        target = _target(form, out, force, libraries)
        library = load_factors(*libraries)
        library = library.only(layer) if layer else library
        gwp = gwp or "AR6"
        _write(form, library, target, gwp, draws, force)
        click.echo(_("written: {path}").format(path=out), err=True)
        _say_what_lacks(_, language, library, gwp)
        return COMPLETE

    return export


def _target(form: str, out: str, force: bool, libraries: tuple[str, ...]) -> Path:
    """Path to write to, links followed, refused before any work if the export cannot go there."""
    from decarb.cli.output import check_target
    from decarb.errors import Problem, UsageError

    suffix = Path(out).suffix.lower()
    what = {"value": out, "format": form}
    if FILES.get(form) == suffix:
        return check_target(out, force, libraries) or Path(out)
    if form == "json":
        raise UsageError([Problem("export-to-file", what | {"suffix": FILES[form]})])
    if suffix in NAMES_OF_FILES:
        raise UsageError([Problem("export-to-folder", what | {"suffix": suffix})])
    return _folder(out, force, libraries)


def _folder(out: str, force: bool, libraries: tuple[str, ...]) -> Path:
    from decarb.cli.output import check_folder_target

    return check_folder_target(out, "export", force, libraries)


def _write(form: str, library: "FactorLibrary", target: Path, gwp: str, draws: int, force: bool) -> None:
    from decarb.factors import exporting

    match form:
        case "csv":
            exporting.export_csv(library, target, gwp, replace=force)
        case "parquet":
            exporting.export_parquet(library, target, gwp, replace=force)
        case "brightway":
            exporting.export_brightway(library, target, gwp, draws=draws, replace=force)
        case _:
            from decarb.report.factor_text import factor_document

            documents = (factor_document(library, factor, gwp) for factor in library.by_id.values())
            exporting.export_json(library, target, documents, gwp, replace=force)


def _say_what_lacks(_: Translator, language: str, library: "FactorLibrary", gwp: str) -> None:
    from decarb.factors.exporting import without_value
    from decarb.language import format_number

    names = without_value(library, gwp)
    if not names:
        return
    shown = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
    count = format_number(len(names), language)
    message = _("{count} factor(s) have no value in {gwp}: {names}").format(count=count, gwp=gwp, names=shown)
    click.echo(message, err=True)
