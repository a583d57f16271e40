"""``decarb adaptation items``."""

import click

from decarb.cli.options import COMPLETE, Translator, format_option, language_option, print_json


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Show the catalogue. Items with their measure, law, sources, and the rules that decide them.")
    )
    @click.argument("names", nargs=-1, metavar="[ITEM]...")
    @click.option("--hazard", metavar="HAZARD", help=_("Only the items of this hazard: heat, flood, energy, …"))
    @click.option(
        "--facts", is_flag=True, help=_("Show the facts that a document may record instead, with their units.")
    )
    @format_option(_, "table", "json", "csv")
    @language_option(_)
    def items(names: tuple[str, ...], hazard: str | None, facts: bool, form: str) -> int:
        from decarb.adaptation import load_catalogue
        from decarb.report.catalogue_text import catalogue_text, fact_records, facts_text, selected
        from decarb.report.catalogue_text import item_records as records_of
        from decarb.report.result import csv_text, flat

        catalogue = load_catalogue()
        chosen = selected(catalogue, names, hazard)
        records = fact_records(catalogue, language) if facts else records_of(catalogue, chosen, language)
        if form == "json":
            print_json(
                {"version": catalogue.version, "digest": catalogue.digest, "facts" if facts else "items": records}
            )
        elif form == "csv":
            click.echo(csv_text([flat(record) for record in records]), nl=False)
        else:
            text = facts_text(catalogue, language) if facts else catalogue_text(catalogue, chosen, language)
            click.echo(text, nl=False)
        return COMPLETE

    return items
