"""``decarb national export``."""

import click

from decarb.cli.national.options import partial_option, view_option
from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    force_option,
    gwp_option,
    language_option,
    library_option,
    medicines_option,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Export the figures of each establishment: by post and gas, and the total of each line."),
        epilog=_("Nothing is withheld in these tables: they are for those who may see each establishment."),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="COLUMNS|INVENTORY...")
    @click.option(
        "--to", "form", type=click.Choice(["parquet", "csv", "xlsx"]), required=True, help=_("What to write.")
    )
    @click.option("--out", type=click.Path(), required=True, metavar="FOLDER", help=_("Folder to write the tables to."))
    @click.option("--lines/--no-lines", default=True, show_default=True, help=_("Whether to write the lines too."))
    @force_option(_)
    @view_option(_)
    @partial_option(_)
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def export(
        paths: tuple[str, ...],
        form: str,
        out: str,
        lines: bool,
        force: bool,
        view: str,
        partial: bool,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import compute
        from decarb.cli.output import check_folder_target
        from decarb.language import format_number
        from decarb.national.exporting import KIND, export_figures

        target = check_folder_target(out, KIND, force, (*paths, *libraries, *tables))
        footprint = compute(paths, libraries, gwp, partial, tables)
        rows = export_figures(footprint, target, form, view_name=view, lines=lines, replace=force)
        for name, count in rows.items():
            shown = _("{table}: {count} rows").format(table=f"{name}.{form}", count=format_number(count, language))
            click.echo(shown, err=True)
        click.echo(_("written: {path}").format(path=out), err=True)
        return PARTIAL if footprint.is_partial else COMPLETE

    return export
