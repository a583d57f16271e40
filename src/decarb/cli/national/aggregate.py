"""``decarb national aggregate``."""

import click

from decarb.cli.national.options import (
    RegisterFiles,
    gross_option,
    public_option,
    register_options,
    secrecy_option,
)
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
    @secrecy_option(_)
    @public_option(_)
    @gross_option(_)
    @click.option(
        "--scheduler",
        metavar="ADDRESS",
        help=_("Add a store up on the workers of this Dask scheduler (tcp://host:port); docs/scale.md."),
    )
    @register_options(_)
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
        gross: bool,
        scheduler: str | None,
        register: RegisterFiles,
        years: tuple[int, ...],
        view: str,
        partial: bool,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import tell_of_store
        from decarb.cli.national.adding_up import Asked, add_up_here, add_up_on_cluster
        from decarb.national.aggregating import checked_dimensions
        from decarb.national.secrecy import as_it_is, publish
        from decarb.report.national_result import Computed, aggregate_document, aggregate_records
        from decarb.report.national_text import aggregate_text
        from decarb.report.result import csv_text

        dimensions = checked_dimensions([name.strip() for name in by.split(",")])
        frame = register.read()
        asked = Asked(dimensions, tuple(sorted(set(years))), frame, view, partial, gwp, libraries, tables)
        if scheduler is None:
            added, parts, notes = add_up_here(paths, asked, gross=gross)
        else:
            added, parts, notes = add_up_on_cluster(paths, scheduler, _("Adding up"), asked, gross=gross)
        computed = Computed.together(parts)
        strangers = any(one.code == "estimation-strangers-left-out" for table in added for one in table.warnings)
        shown = publish(added, frozenset(public)) if secrecy else tuple(map(as_it_is, added))
        if form == "json":
            print_json(aggregate_document(computed, shown, language))
        elif form == "csv":
            click.echo(csv_text(aggregate_records(shown)), nl=False)
        else:
            click.echo(aggregate_text(computed, shown, language), nl=False)
        tell_of_store(notes, language)
        return PARTIAL if computed.is_partial or strangers else COMPLETE

    return aggregate
