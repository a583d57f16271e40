"""``decarb national roadmap``."""

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
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Follow the ministry's roadmap over several years. By axis and lever, with targets and distances."),
        epilog=_(
            "Years are compared on the establishments and sections that both have, the base year counted as the later "
            "one is; what moved of either stands apart. A store gives every year of it. INVENTORY is a document or a "
            "folder of columns."
        ),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="STORE|INVENTORY...")
    @click.option("--from", "first", type=click.IntRange(1990, 2100), required=True, help=_("Base year."))
    @click.option(
        "--to", "last", type=click.IntRange(1990, 2100), default=2030, show_default=True, help=_("Year of the target.")
    )
    @partial_option(_)
    @format_option(_, "table", "json", "csv")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def roadmap(
        paths: tuple[str, ...],
        first: int,
        last: int,
        partial: bool,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import tell_of_store
        from decarb.cli.national.years import submissions_by_year
        from decarb.national.roadmap import roadmap as follow
        from decarb.report.problems import problem_lines
        from decarb.report.roadmap_result import roadmap_csv, roadmap_document
        from decarb.report.roadmap_text import roadmap_text

        years = submissions_by_year(paths, libraries, gwp, partial, tables, range(first, last + 1))
        found = follow(years, first, last)
        if form == "json":
            print_json(roadmap_document(found, language))
        else:
            click.echo(roadmap_csv(found) if form == "csv" else roadmap_text(found, language), nl=False)
        if found.warnings and form != "json":
            click.echo("\n".join(problem_lines(found.warnings, language)), err=True)
        tell_of_store((note for footprint in years.values() for note in footprint.inventory.warnings), language)
        return PARTIAL if found.warnings else COMPLETE

    return roadmap
