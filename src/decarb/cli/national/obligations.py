"""``decarb national obligations``."""

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
        help=_("Show the legal milestones of establishments. Met, not met or unknown, with the facts that say so."),
        epilog=_(
            "What submissions do not say is unknown, and named. A store gives every year of it. INVENTORY is a "
            "document or a folder of columns."
        ),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="STORE|INVENTORY...")
    @click.option(
        "--on", type=click.DateTime(["%Y-%m-%d"]), help=_("Day at which milestones are due or not; today by default.")
    )
    @click.option(
        "--reference",
        type=click.IntRange(1990, 2100),
        help=_("Reference year of the tertiary decree; by default the first one submitted of 2010 to 2019."),
    )
    @partial_option(_)
    @format_option(_, "table", "json", "csv")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def obligations(
        paths: tuple[str, ...],
        on: "object | None",
        reference: int | None,
        partial: bool,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from datetime import date

        from decarb.cli.computing import tell_of_store
        from decarb.cli.national.years import reports_by_year
        from decarb.national.obligations import judge
        from decarb.report.obligations_text import obligations_csv, obligations_document, obligations_text

        day = str(on)[:10] if on else date.today().isoformat()
        reports = reports_by_year(paths, libraries, gwp, partial, tables)
        found = judge(reports.by_year, day, reference)
        if form == "json":
            print_json(obligations_document(found, day, language))
        else:
            shown = obligations_csv(found, language) if form == "csv" else obligations_text(found, day, language)
            click.echo(shown, nl=False)
        tell_of_store(reports.notes, language)
        return PARTIAL if reports.is_partial else COMPLETE

    return obligations
