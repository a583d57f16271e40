"""``decarb factors search``."""

from typing import TYPE_CHECKING

import click

from decarb.cli.options import (
    COMPLETE,
    Translator,
    format_option,
    gwp_option,
    language_option,
    library_option,
    print_json,
)

if TYPE_CHECKING:
    from decarb.factors import FactorLibrary
    from decarb.factors.search import SearchResult


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Find factors by words of their name, French or English, by their id, and by filters."))
    @click.argument("words", nargs=-1, metavar="[WORDS]...")
    @click.option("--unit", default="", metavar="UNIT", help=_('Only factors per this unit: kWh, "kWh PCI", t.km, m².'))
    @click.option("--domain", default="", metavar="DOMAIN", help=_("Only this domain: energy, food, waste, ..."))
    @click.option(
        "--geography",
        default="",
        metavar="PLACE",
        help=_("Only factors valid in this place, or in one that contains it: FR, RE, EUROPE, ..."),
    )
    @click.option(
        "--activity",
        default="",
        metavar="ACTIVITY",
        help=_("Only factors that serve this activity: laundry, meals, ..."),
    )
    @click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help=_("Most results."))
    @format_option(_, "table", "json", "csv")
    @gwp_option(_)
    @library_option(_)
    @language_option(_)
    def search(
        words: tuple[str, ...],
        unit: str,
        domain: str,
        geography: str,
        activity: str,
        limit: int,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
    ) -> int:
        from decarb.factors import load_factors
        from decarb.factors.search import Filters, find_factors

        text, filters = " ".join(words).strip(), Filters(unit, domain, geography, activity)
        if not text and not filters:
            raise click.UsageError(_("say what to look for: words, or a filter such as --unit kWh"))
        library = load_factors(*libraries)
        result = find_factors(library, text, filters, limit)
        _print_result(library, result, form, language, gwp or "AR6")
        _print_notes(_, language, result, text)
        return COMPLETE

    return search


def _print_result(library: "FactorLibrary", result: "SearchResult", form: str, language: str, gwp: str) -> None:
    from decarb.report.factor_text import factor_document, factor_list_csv, factor_list_text

    missing = [found.missing for found in result.found]
    if form == "json":
        documents = [factor_document(library, factor, gwp) for factor in result.factors]
        print_json([{**document, "missing": list(lacks)} for document, lacks in zip(documents, missing, strict=True)])
    elif form == "csv":
        click.echo(factor_list_csv(library, result.factors, gwp, missing), nl=False)
    elif result.found:
        click.echo(factor_list_text(library, result.factors, language, gwp, missing), nl=False)


def _print_notes(_: Translator, language: str, result: "SearchResult", text: str) -> None:
    """Say beside the result how many there are, what was guessed, and what no factor has."""
    from decarb.factors.search import known_gaps
    from decarb.language import format_number

    notes = [
        _("Nothing holds «{typed}»; shown: {taken}").format(typed=typed, taken=", ".join(taken))
        for typed, taken in result.guessed.items()
    ]
    if result.is_partial:
        notes.append(_("No factor has all these words: the last column says what each lacks."))
    elif not result.found:
        notes.append(_("No factor has all these words; try fewer, or others.") if text else _("No factor is such."))
    if len(result.found) < result.count:
        shown, count = (format_number(number, language) for number in (len(result.found), result.count))
        notes.append(_("{shown} of {count}; --limit shows more").format(shown=shown, count=count))
    if text and not result.is_named:
        gaps = known_gaps(text)
        notes += [_("A known gap: {need}. Meanwhile: {nearest}").format(**gap) for gap in gaps]
    for note in notes:
        click.echo(note, err=True)
