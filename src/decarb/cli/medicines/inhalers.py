"""``decarb medicines inhalers``."""

import click

from decarb.cli.options import (
    COMPLETE,
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
        help=_("Show the inhalers of inventories. Kinds of device, propellants, emissions at use, a switch to powder.")
    )
    @click.argument("paths", nargs=-1, required=True, metavar="INVENTORY...")
    @format_option(_, "table", "json")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def inhalers(
        paths: tuple[str, ...], form: str, gwp: str | None, libraries: tuple[str, ...], tables: tuple[str, ...]
    ) -> int:
        from decarb.factors import load_factors
        from decarb.inventory import read_inventory
        from decarb.medicines import load_medicines
        from decarb.medicines.inhalers import inhaler_indicators
        from decarb.report.inhaler_text import inhalers_document, inhalers_text
        from decarb.report.problems import problem_lines

        library = load_factors(*libraries)
        found = inhaler_indicators(read_inventory(*paths), library, gwp, load_medicines(*tables).database)
        if form == "json":
            print_json(inhalers_document(found, language))
            return COMPLETE
        click.echo(inhalers_text(found, library, language), nl=False)
        notices = [notice for one in found for notice in one.notices]
        if notices:
            click.echo("\n".join(problem_lines(notices, language)), err=True)
        return COMPLETE

    return inhalers
