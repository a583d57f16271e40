"""``decarb factors search``."""

from collections.abc import Iterator
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
    from decarb.factors.search import Filters, SearchResult


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
        help=_("Only factors that serve this activity: laundry, food, ..."),
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
        _print_factors(library, result, form, language, gwp or "AR6")
        notes = [*_notes(_, language, result, text), *_ways_on(_, language, library, result, text, filters)]
        click.echo("".join(f"{note}\n" for note in notes), err=True, nl=False)
        return COMPLETE

    return search


def _print_factors(library: "FactorLibrary", result: "SearchResult", form: str, language: str, gwp: str) -> None:
    from decarb.report.factor_text import factor_document, factor_list_csv, factor_list_text

    missing = [found.missing for found in result.found]
    if form == "json":
        documents = [factor_document(library, factor, gwp) for factor in result.factors]
        print_json([{**document, "missing": list(lacks)} for document, lacks in zip(documents, missing, strict=True)])
    elif form == "csv":
        click.echo(factor_list_csv(library, result.factors, gwp, missing), nl=False)
    elif result.found:
        click.echo(factor_list_text(library, result.factors, language, gwp, missing), nl=False)


def _notes(_: Translator, language: str, result: "SearchResult", text: str) -> Iterator[str]:
    """What was guessed, what no factor has, and how many there are beside those shown."""
    from decarb.language import format_number

    for typed, taken in result.guessed.items():
        yield _("Nothing holds «{typed}»; shown: {taken}").format(typed=typed, taken=", ".join(taken))
    if result.is_partial:
        yield _("No factor has all these words: each says which it lacks.")
    elif not result.found and text:
        yield _("No factor has all these words; try fewer, or others.")
    elif not result.found:
        yield _("No factor passes these filters.")
    if len(result.found) < result.count:
        shown, count = (format_number(number, language) for number in (len(result.found), result.count))
        yield _("{shown} of {count}; --limit shows more").format(shown=shown, count=count)


def _ways_on(
    _: Translator, language: str, library: "FactorLibrary", result: "SearchResult", text: str, filters: "Filters"
) -> Iterator[str]:
    """What else to do where no factor is called so: drop the filters, or meet a need that none serves."""
    from decarb.factors.search import find_factors, known_gaps
    from decarb.language import format_number

    if not text or result.is_named:
        return
    wider = find_factors(library, text, limit=1) if filters else result
    if wider.is_named:
        count = format_number(wider.count, language)
        yield _("Without the filters, {count} factor(s) have all these words.").format(count=count)
    for gap in known_gaps(text):
        yield _("A known gap: {need}. Meanwhile: {nearest}").format(**gap)
