"""A search: the factors that have its words and pass its filters, in the order that a buyer wants them."""

import heapq
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decarb.factors.records import Factor
from decarb.factors.search.filters import Filters, worth_of_rows
from decarb.factors.search.index import SearchIndex
from decarb.factors.search.words import fold

if TYPE_CHECKING:
    from decarb.factors.library import FactorLibrary
    from decarb.factors.search.matching import Term

NAMED = 0.3
"""Score from which the words are in the name of a factor, in part by their synonyms."""

_STEPS = 12
"""Scores that round to the same step are equals: names of nearly the same length and words."""


@dataclass(frozen=True, slots=True)
class Found:
    """A factor that a search found.

    Attributes
    ----------
    score
        From 0 to 1; above 1 for a factor that the text names (id, series, id at the source).
    missing
        Words of the search that it does not have.
    """

    factor: Factor
    score: float
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, the best first.

    Attributes
    ----------
    found
        As many as were asked for.
    count
        How many there are.
    guessed
        Words that nothing holds, each with those one letter away that were looked for instead.
    """

    found: tuple[Found, ...]
    count: int
    guessed: Mapping[str, tuple[str, ...]]

    @property
    def factors(self) -> list[Factor]:
        """The factors alone."""
        return [found.factor for found in self.found]

    @property
    def is_partial(self) -> bool:
        """Whether no factor has all the words."""
        return any(found.missing for found in self.found)

    @property
    def is_named(self) -> bool:
        """Whether the words are what a factor is called, or what it is valid in, per or of."""
        return any(not found.missing and found.score >= NAMED for found in self.found)


def search(library: "FactorLibrary", text: str, limit: int = 20) -> list[Factor]:
    """Return the factors that have every word of `text`, best first: ``find_factors`` without the rest."""
    result = find_factors(library, text, limit=limit) if text.strip() else None
    return result.factors if result and not result.is_partial else []


def find_factors(
    library: "FactorLibrary", text: str = "", filters: Filters | None = None, limit: int = 20
) -> SearchResult:
    """Find factors by words and by filters.

    Parameters
    ----------
    text
        Words of names (French or English), places, units, domains, ids, categories and notes. Accents,
        case, plural, order and grammar do not matter. Each is required, itself or a synonym of
        ``search_synonyms.csv``; where nothing holds one, the words that it begins or misspells by one
        letter stand in for it. Blank finds everything that `filters` lets through.
    filters
        What a factor must be.
    limit
        Most factors returned.

    Returns
    -------
    SearchResult
        A factor that the text names (by id, series or id at the source) comes first; then those with a
        word in their name before those with a synonym there, before keywords and notes. Equals: recent data
        first, then the packaged library, then generic before specific. If no factor has all the words,
        those that have most of them, half at least, with the words that they lack.

    Raises
    ------
    UnknownUnitError, UsageError
        If a filter is not known; with the nearest that is.
    """
    index = library.search_index
    worth = worth_of_rows(library, index.texts, filters or Filters())
    named = index.rows_by_name.get(text.strip().casefold(), [])
    terms = _terms(index, text)
    scores = _scores(terms, worth, [row for row in named if row in worth])
    _level_twins(index, scores)
    order, names = index.texts.preference, index.texts.columns["id"]
    best = heapq.nsmallest(limit, scores, key=lambda row: (-round(_STEPS * scores[row]), order[row]))
    missing = [() if row in named else _missing(terms, row) for row in best]
    found = tuple(
        Found(library.by_id[names[row]], scores[row], lacks) for row, lacks in zip(best, missing, strict=True)
    )
    guessed = {term.word.typed: _as_written(term.guessed, found) for term in terms if term.guessed}
    return SearchResult(found, len(scores), guessed)


def _terms(index: SearchIndex, text: str) -> "list[Term]":
    if not text.strip():
        return []
    from decarb.factors.search.matching import match_terms

    return match_terms(index, text)


def _scores(terms: "Sequence[Term]", worth: Mapping[int, float], named: Sequence[int]) -> dict[int, float]:
    """Score of the rows to show: those that have all the terms, else those that have most of them."""
    if not terms:
        return dict(worth)
    held = Counter(row for term in terms for row in term.scores if row in worth)
    most = len(terms) if named else max(held.values(), default=0)
    if 2 * most < len(terms):
        return {}
    scores = {
        row: worth[row] * sum(term.scores.get(row, 0.0) for term in terms) / most
        for row, count in held.items()
        if count == most
    }
    return scores | {row: 1 + scores.get(row, 0.0) for row in named}


def _level_twins(index: SearchIndex, scores: dict[int, float]) -> None:
    """Give the same element of a source one score, however much more its importer wrote of it."""
    for rows in index.twins:
        present = [row for row in rows if row in scores]
        if len(present) > 1:
            scores.update(dict.fromkeys(present, max(scores[row] for row in present)))


def _missing(terms: "Sequence[Term]", row: int) -> tuple[str, ...]:
    return tuple(term.word.typed for term in terms if row not in term.scores)


def _as_written(words: Sequence[str], found: Sequence[Found]) -> tuple[str, ...]:
    """Folded words with the accents that the names found give them: ``électricité``."""
    names = " ".join(f"{item.factor.name_fr} {item.factor.name_en}" for item in found).lower()
    written = {fold(word): word for word in re.findall(r"\w+", names)}
    return tuple(written.get(word, word) for word in words)
