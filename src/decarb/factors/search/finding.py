"""A search: the factors that have its words and pass its filters, in the order that a buyer wants them."""

import heapq
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import TYPE_CHECKING

from decarb.factors.records import Factor
from decarb.factors.search.filters import Filters, worth_of_rows
from decarb.factors.search.index import SearchIndex
from decarb.folding import fold

if TYPE_CHECKING:
    from decarb.factors.library import FactorLibrary
    from decarb.factors.search.matching import Term

NAMED = 0.3
"""Score from which the words are in the name of a factor, in part by their synonyms."""

_STEPS = 12
"""Scores that round to the same step are equals: a longer name says no less."""


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
    """Return the factors that have every word of `text`, best first: ``find_factors`` without the rest.

    Parameters
    ----------
    library
        From ``load_factors``.
    text
        Words, French or English; none gives nothing.
    limit
        How many factors at most.
    """
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
        word in their name before those with a synonym there, before keywords and notes. Equals, whose scores
        round to the same twelfth: recent data first, then the packaged library, then generic before
        specific. If no factor has all the words, those that have most of them, half at least, with the
        words that they lack.

    Raises
    ------
    UnknownUnitError, UsageError
        If a filter is not known; with the nearest that is.
    """
    index = library.search_index
    worth = worth_of_rows(library, index.texts, filters or Filters())
    terms = _terms(index, text)
    named = {row: bonus for row, bonus in _named(index, text).items() if row in worth}
    scores = _scores(index, terms, worth, bool(named)) if terms or not text.strip() else {}
    scores |= {row: bonus + scores.get(row, 0.0) for row, bonus in named.items()}
    preference = index.texts.preference
    best = heapq.nsmallest(limit, scores, key=lambda row: (-round(_STEPS * scores[row]), preference[row]))
    found = tuple(_found(library, terms, row, scores[row], row in named) for row in best)
    guessed = {term.word.typed: _as_written(term.guessed, found) for term in terms if term.guessed}
    return SearchResult(found, len(scores), guessed)


def _terms(index: SearchIndex, text: str) -> "list[Term]":
    if not text.strip():
        return []
    from decarb.factors.search.matching import match_terms

    return match_terms(index, text)


def _named(index: SearchIndex, text: str) -> dict[int, float]:
    """Rows that the text names, with what this adds to their score: 2 by id, 1 by series or id at the source."""
    written = {text.strip().casefold(), fold(text).strip()}
    rows = {row for name in written for row in index.rows_by_name.get(name, ())}
    return {row: 2.0 if index.texts.columns["id"][row].casefold() in written else 1.0 for row in rows}


def _scores(
    index: SearchIndex, terms: "Sequence[Term]", worth: Mapping[int, float], complete: bool
) -> dict[int, float]:
    """Score of the rows that have all the terms; if none has, and `complete` is not wanted, most of them."""
    if not terms:
        return {**worth, **_level(index.twins, worth)}
    held = Counter(row for term in terms for row in term.scores if row in worth)
    most = len(terms) if complete else max(held.values(), default=0)
    if 2 * most < len(terms):
        return {}
    weights = _weights(terms, len(worth)) if most < len(terms) else [1.0] * len(terms)
    scores = {
        row: worth[row] * sum(w * term.scores.get(row, 0.0) for w, term in zip(weights, terms, strict=True)) / most
        for row, count in held.items()
        if count == most
    }
    return scores | _level(index.twins, scores)


def _weights(terms: "Sequence[Term]", size: int) -> list[float]:
    """Weights of terms that no row has all of, the rarest 1: who types «béton kg» wants concrete."""
    rarity = [log1p(size / len(term.scores)) if term.scores else 0.0 for term in terms]
    return [one / max(rarity) for one in rarity]


def _level(twins: Sequence[Sequence[int]], scores: Mapping[int, float]) -> dict[int, float]:
    """One score for the same element of a source, however much more its importer wrote of it: the best."""
    groups = [[row for row in rows if row in scores] for rows in twins]
    return {row: max(scores[row] for row in rows) for rows in groups if len(rows) > 1 for row in rows}


def _found(library: "FactorLibrary", terms: "Sequence[Term]", row: int, score: float, named: bool) -> Found:
    missing = () if named else tuple(term.word.typed for term in terms if row not in term.scores)
    return Found(library.by_id[library.search_index.texts.columns["id"][row]], score, missing)


def _as_written(words: Sequence[str], found: Sequence[Found]) -> tuple[str, ...]:
    """Folded words with the accents that the names found give them: ``électricité``."""
    names = " ".join(f"{item.factor.name_fr} {item.factor.name_en}" for item in found).lower()
    accented = sorted(re.findall(r"\w+", names), key=lambda word: sum(not letter.isascii() for letter in word))
    written = {fold(word): word for word in accented}
    return tuple(written.get(word, word) for word in words)
