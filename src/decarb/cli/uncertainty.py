"""``decarb uncertainty``."""

import click

from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    format_option,
    gwp_option,
    language_option,
    library_option,
    medicines_option,
    partial_option,
    print_json,
    view_option,
    year_option,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Say how sure a footprint is. Intervals, what they rest on, and what to measure first."),
        epilog=_("A folder of columns (decarb ingest) or a store (decarb national init) is read like inventories."),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="INVENTORY...")
    @click.option(
        "--by",
        type=click.Choice(["post", "establishment", "region", "line", "total"]),
        default="post",
        show_default=True,
        help=_("Groups to give an interval to."),
    )
    @view_option(_)
    @click.option("--draws", type=click.IntRange(100, 1_000_000), help=_("Draw the footprint so many times as well."))
    @click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help=_("What the draws start from."))
    @click.option(
        "--top",
        type=click.IntRange(1, 1000),
        default=5,
        show_default=True,
        help=_("How many figures to name that would be worth measuring."),
    )
    @partial_option(_)
    @year_option(_)
    @format_option(_, "table", "json", "csv")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def uncertainty(
        paths: tuple[str, ...],
        by: str,
        view: str,
        draws: int | None,
        seed: int,
        top: int,
        partial: bool,
        year: int | None,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import compute, of_year, tell_of_store
        from decarb.report.result import csv_text
        from decarb.report.uncertainty_text import group_records, uncertainty_document, uncertainty_text
        from decarb.uncertainty import contributions, draw
        from decarb.uncertainty import uncertainty as intervals

        footprint = of_year(compute(paths, libraries, gwp, partial, tables, year), year)
        drawn = draw(footprint, draws, seed, by, view) if draws else None
        groups = intervals(footprint, by, view)
        if form == "csv":
            click.echo(csv_text(group_records(footprint, by, groups, drawn)), nl=False)
        else:
            whole = contributions(footprint, top, view)
            if form == "json":
                print_json(uncertainty_document(footprint, by, groups, whole, drawn, view))
            else:
                click.echo(uncertainty_text(footprint, by, groups, whole, drawn, view, language), nl=False)
        tell_of_store(footprint.inventory.warnings, language)
        return PARTIAL if footprint.is_partial else COMPLETE

    return uncertainty
