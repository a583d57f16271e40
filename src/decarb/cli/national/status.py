"""``decarb national status``."""

import click

from decarb.cli.options import COMPLETE, Translator, format_option, language_option, print_json


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Show what a store has received, refused and superseded, and what counts."))
    @click.argument("folder", metavar="STORE")
    @click.option("--year", type=click.IntRange(1990, 2100), help=_("Year of the inventories; all by default."))
    @click.option(
        "--by",
        type=click.Choice(["year", "region", "category"]),
        default="year",
        show_default=True,
        help=_("What submissions are counted by."),
    )
    @format_option(_, "table", "json", "csv")
    @language_option(_)
    def status(folder: str, year: int | None, by: str, form: str) -> int:
        from decarb.national.store import open_store, read_ledger, store_status
        from decarb.report.result import csv_text
        from decarb.report.store_text import status_document, status_records, status_text

        found = store_status(read_ledger(open_store(folder)), year, by)
        if form == "json":
            print_json(status_document(found))
        elif form == "csv":
            click.echo(csv_text(status_records(found)), nl=False)
        else:
            click.echo(status_text(found, language), nl=False)
        return COMPLETE

    return status
