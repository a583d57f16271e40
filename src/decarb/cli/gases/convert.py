"""``decarb gases convert``."""

import click

from decarb.cli.options import COMPLETE, Translator, format_option, language_option, library_option, print_json


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Convert amounts of gas to kg, and to kg CO2e in each set of GWPs, each step with its source."),
        epilog=_('For example: decarb gases convert "12 bottles desflurane 240 mL" "3 cylinders MEOPA 5 L"'),
    )
    @click.argument("amounts", nargs=-1, required=True, metavar="AMOUNT...")
    @click.option("--captured", metavar="MASS", help=_("Mass of gas captured, as weighed: 1.2kg. Never a share."))
    @click.option(
        "--year",
        type=click.IntRange(1990, 2100),
        help=_("Year of the purchase, for a box given by its CIP13; this year by default."),
    )
    @format_option(_, "table", "json")
    @library_option(_)
    @language_option(_)
    def convert(
        amounts: tuple[str, ...], captured: str | None, year: int | None, form: str, libraries: tuple[str, ...]
    ) -> int:
        from datetime import date

        from decarb.errors import DecarbError, Problem, UsageError
        from decarb.factors import load_factors
        from decarb.medicines.gases import GasConversion, convert_gas, read_captured
        from decarb.report.gas_text import conversions_document, conversions_text

        captured_kg = read_captured(captured) if captured else 0.0
        if captured and len(amounts) > 1:
            raise UsageError([Problem("gas-captured-of-several", {"count": len(amounts)})])
        library = load_factors(*libraries)
        found: list[GasConversion] = []
        problems: list[Problem] = []
        for text in amounts:
            try:
                found.append(convert_gas(text, library, year or date.today().year, captured_kg))
            except DecarbError as error:
                problems += error.problems
        if problems:
            raise UsageError(problems)
        if form == "json":
            print_json(conversions_document(found, language))
        else:
            click.echo(conversions_text(found, library, language), nl=False)
        return COMPLETE

    return convert
