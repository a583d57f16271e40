"""``decarb national aggregate``."""

import click

from decarb.cli.national.options import frame_option, partial_option, read_register, view_option
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
    @click.argument("paths", nargs=-1, required=True, metavar="STORE|COLUMNS|INVENTORY...")
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
    @frame_option(_)
    @click.option(
        "--year",
        "years",
        type=click.IntRange(1990, 2100),
        multiple=True,
        help=_("Year to take, any number of times: of a store the latest one by default, else all."),
    )
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
        register: str | None,
        years: tuple[int, ...],
        view: str,
        partial: bool,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import compute, tell_of_store
        from decarb.errors import Problem
        from decarb.national.aggregating import aggregate as add_up
        from decarb.national.aggregating import checked_dimensions
        from decarb.national.members import year_to_show, years_of
        from decarb.national.secrecy import as_it_is, publish
        from decarb.report.national_result import Computed, aggregate_document, aggregate_records
        from decarb.report.national_text import aggregate_text
        from decarb.report.result import csv_text
        from decarb.writing import is_store

        dimensions = checked_dimensions([name.strip() for name in by.split(",")])
        frame = read_register(register)
        asked = sorted(set(years))
        added, parts, notes = [], list[Computed](), list[Problem]()
        # of a store a year at a time, and in one GWP set: footprints of a nation would not fit beside each other
        for one in asked if asked and any(map(is_store, paths)) else [None]:
            footprint = compute(paths, libraries, parts[0].gwp_set if parts else gwp, partial, tables, one)
            wanted = [year_to_show(footprint, year) for year in ([one] if one else asked)] or years_of(footprint)
            added += [add_up(footprint, dimensions, year=year, frame=frame, view_name=view) for year in wanted]
            parts.append(Computed.of(footprint))
            notes += footprint.inventory.warnings
            del footprint
        computed = Computed.together(parts)
        shown = publish(added, frozenset(public)) if secrecy else tuple(map(as_it_is, added))
        if form == "json":
            print_json(aggregate_document(computed, shown, language))
        elif form == "csv":
            click.echo(csv_text(aggregate_records(shown)), nl=False)
        else:
            click.echo(aggregate_text(computed, shown, language), nl=False)
        tell_of_store(notes, language)
        return PARTIAL if computed.is_partial else COMPLETE

    return aggregate
