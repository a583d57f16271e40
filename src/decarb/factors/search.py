"""Find a factor by words, French or English, with or without accents."""

import unicodedata
from functools import lru_cache

from decarb.factors.library import FactorLibrary
from decarb.factors.records import Factor
from decarb.resources import data_folder, read_rows


def search(library: FactorLibrary, text: str, limit: int = 20) -> list[Factor]:
    """Return factors whose name, id, source id or domain holds every word of `text`, best first.

    A word matches as the start of a word (``gaz`` finds ``gazeux``) or inside an id; whole words and
    words of the name rank higher, then recent data.
    """
    words = _fold(text).split()
    if not words:
        return []
    ranked = []
    for factor in library.by_id.values():
        score = _score(factor, words)
        if score:
            ranked.append((-score, -(factor.data_year or factor.unit.price_year or 9999), factor.id, factor))
    return [item[-1] for item in sorted(ranked, key=lambda item: item[:3])[:limit]]


def known_gaps(text: str) -> list[dict[str, str]]:
    """Needs without a factor that hold a word of `text`, with what to use meanwhile."""
    stems = [word.removesuffix("s") for word in _fold(text).split() if len(word) > 3]
    return [
        gap
        for gap in read_rows(data_folder("emission_factors") / "gaps.csv")
        if gap["nearest"] and any(stem in _fold(gap["need"]) for stem in stems)
    ]


def _score(factor: Factor, words: list[str]) -> float:
    names, identifiers = _words(factor)
    total = 0.0
    for word in words:
        stem = word.removesuffix("s") if len(word) > 3 else word
        if word in names or stem in names:
            total += 3
        elif any(name.startswith(stem) for name in names):
            total += 2
        elif any(stem in name for name in identifiers):
            total += 1
        else:
            return 0.0
    return total / (1 + 0.02 * len(names))


@lru_cache(maxsize=50_000)
def _words(factor: Factor) -> tuple[frozenset[str], tuple[str, ...]]:
    names = frozenset(_fold(f"{factor.name_fr} {factor.name_en} {factor.locality}").split())
    return names, (_fold(factor.id), factor.source_id, factor.domain, factor.series)


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
