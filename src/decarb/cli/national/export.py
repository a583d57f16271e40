"""``decarb national export``."""

import click

from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    force_option,
    gwp_option,
    language_option,
    library_option,
    medicines_option,
    partial_option,
    view_option,
    year_option,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Export the figures of each establishment: by post and gas, and the total of each line."),
        epilog=_("Nothing is withheld in these tables: they are for those who may see each establishment."),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="STORE|COLUMNS|INVENTORY...")
    @click.option(
        "--to", "form", type=click.Choice(["parquet", "csv", "xlsx"]), required=True, help=_("What to write.")
    )
    @click.option(
        "--out",
        type=click.Path(),
        metavar="FOLDER",
        help=_("Folder to write the tables to; of a store, or of columns, NAME-figures beside it by default."),
    )
    @click.option("--lines/--no-lines", default=True, show_default=True, help=_("Whether to write the lines too."))
    @force_option(_)
    @year_option(_)
    @view_option(_)
    @partial_option(_)
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def export(
        paths: tuple[str, ...],
        form: str,
        out: str | None,
        lines: bool,
        force: bool,
        year: int | None,
        view: str,
        partial: bool,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import compute, of_year, tell_of_store
        from decarb.cli.output import check_folder_target
        from decarb.language import format_number
        from decarb.national.exporting import KIND, export_figures

        shown_out = out or _beside(paths)
        if shown_out is None:
            raise click.UsageError(_("--out FOLDER is needed: documents have no folder to name the tables after"))
        target = check_folder_target(shown_out, KIND, force, (*paths, *libraries, *tables))
        footprint = of_year(compute(paths, libraries, gwp, partial, tables, year), year)
        rows = export_figures(footprint, target, form, view_name=view, lines=lines, replace=force)
        for name, count in rows.items():
            shown = _("{table}: {count} rows").format(table=f"{name}.{form}", count=format_number(count, language))
            click.echo(shown, err=True)
        click.echo(_("written: {path}").format(path=shown_out), err=True)
        tell_of_store(footprint.inventory.warnings, language)
        return PARTIAL if footprint.is_partial else COMPLETE

    return export


def _beside(paths: tuple[str, ...]) -> str | None:
    """Folder named after the store, or the columns, that is read; None where documents are."""
    from pathlib import Path

    if len(paths) != 1 or not Path(paths[0]).is_dir():
        return None
    folder = Path(paths[0])
    named = folder if folder.name and folder.name != ".." else folder.resolve()
    return str(named.with_name(f"{named.name}-figures"))
