"""``decarb gases indicators``."""

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
        help=_("Show the anaesthetic gases of inventories. Masses, network loss, desflurane's share, the law."),
        epilog=_(
            "The network loss needs establishment.measured_gas_use, the figures per anaesthesia "
            "establishment.activity.anaesthesias."
        ),
    )
    @click.argument("paths", nargs=-1, required=True, metavar="INVENTORY...")
    @format_option(_, "table", "json")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def indicators(
        paths: tuple[str, ...], form: str, gwp: str | None, libraries: tuple[str, ...], tables: tuple[str, ...]
    ) -> int:
        from decarb.factors import load_factors
        from decarb.inventory import read_inventory
        from decarb.medicines import load_medicines
        from decarb.medicines.gas_indicators import gas_indicators
        from decarb.report.gas_text import indicators_document, indicators_text
        from decarb.report.problems import problem_lines

        library = load_factors(*libraries)
        found = gas_indicators(read_inventory(*paths), library, gwp, load_medicines(*tables).database)
        if form == "json":
            print_json(indicators_document(found, language))
            return COMPLETE
        click.echo(indicators_text(found, library, language), nl=False)
        notices = [notice for one in found for notice in one.notices]
        if notices:
            click.echo("\n".join(problem_lines(notices, language)), err=True)
        return COMPLETE

    return indicators
