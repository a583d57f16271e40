"""``decarb national aggregate``."""

import click

from decarb.cli.national.options import frame_option, partial_option, read_register, view_option, year_option
from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    format_option,
    gwp_option,
    language_option,
    library_option,
    medicines_option,
    print_json,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Add many establishments up. By one or two dimensions, with intervals and statistical secrecy."),
        epilog=_(
            "Dimensions: region, department, ght, category, legal_status, size, post, domain, gas. Documents of "
            "several years give a table each, and what changed."
        ),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="COLUMNS|INVENTORY...")
    @click.option("--by", required=True, metavar="NAME[,NAME]", help=_("One or two dimensions, rows first."))
    @click.option(
        "--secrecy/--no-secrecy",
        default=True,
        show_default=True,
        help=_("Withhold what would tell of one or two legal entities, and what it would follow from."),
    )
    @click.option(
        "--public",
        multiple=True,
        metavar="FINESS",
        help=_("A legal entity whose figures are public by law: they may be told."),
    )
    @click.option(
        "--gross",
        is_flag=True,
        help=_("Add the reports up as they are, shared services counted by their provider and their recipients."),
    )
    @frame_option(_)
    @year_option(_)
    @view_option(_)
    @partial_option(_)
    @format_option(_, "table", "json", "csv")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def aggregate(
        paths: tuple[str, ...],
        by: str,
        secrecy: bool,
        public: tuple[str, ...],
        gross: bool,
        register: str | None,
        year: int | None,
        view: str,
        partial: bool,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import compute
        from decarb.national.aggregating import aggregate as add_up
        from decarb.national.aggregating import checked_dimensions
        from decarb.national.members import year_to_show, years_of
        from decarb.national.secrecy import as_it_is, publish
        from decarb.national.sharing import net_shared_services, without_netting
        from decarb.report.national_result import aggregate_document, aggregate_records
        from decarb.report.national_text import aggregate_text
        from decarb.report.result import csv_text

        dimensions = checked_dimensions([name.strip() for name in by.split(",")])
        frame = read_register(register)
        footprint = compute(paths, libraries, gwp, partial, tables)
        years = years_of(footprint) if year is None else (year_to_show(footprint, year),)
        shared = without_netting(footprint) if gross else net_shared_services(footprint)
        added = [
            add_up(shared.net, dimensions, year=one, frame=frame, view_name=view, gross=shared.gross) for one in years
        ]
        shown = publish(added, frozenset(public)) if secrecy else tuple(map(as_it_is, added))
        if form == "json":
            print_json(aggregate_document(footprint, shown, language, shared))
        elif form == "csv":
            click.echo(csv_text(aggregate_records(shown)), nl=False)
        else:
            click.echo(aggregate_text(footprint, shown, language, shared), nl=False)
        return PARTIAL if footprint.is_partial else COMPLETE

    return aggregate
