"""Needs of hospitals that no factor meets, found by the words of a search."""

from functools import cache

from decarb.factors.search.synonyms import packaged_synonyms
from decarb.factors.search.words import Word, flattened, singular, split
from decarb.resources import data_folder, read_rows


def known_gaps(text: str) -> list[dict[str, str]]:
    """Needs without a factor that hold most of the words of `text`, with what to use meanwhile.

    Words are those of a search: accents, case and plural do not matter, and a synonym counts for its
    word. Words of one or two characters do not count: ``km``.
    """
    wanted = _wanted(text)
    scored = [
        (sum(any(phrase <= words for phrase in phrases) for phrases in wanted), gap) for words, gap in _stemmed_gaps()
    ]
    most = max((count for count, _ in scored), default=0)
    return [dict(gap) for count, gap in scored if count == most > 0]


def is_known_need(word: Word) -> bool:
    """Whether a known gap holds the word: it is no misspelling of another."""
    return any(_stems(*word.parts) <= words for words, _ in _stemmed_gaps())


def _wanted(text: str) -> list[list[frozenset[str]]]:
    """For each word or phrase of `text`, the stems of what says it."""
    words = split(text)
    wanted: list[list[frozenset[str]]] = []
    covered: set[int] = set()
    for meaning in packaged_synonyms().meanings(words):
        positions = range(*meaning.span)
        typed = flattened([words[position] for position in positions])
        wanted.append([_stems(*phrase) for phrase in (typed, *meaning.synonyms)])
        covered.update(positions)
    others = [word for position, word in enumerate(words) if position not in covered and len(word.joined) > 2]
    return wanted + [[_stems(*word.parts)] for word in others]


@cache
def _stemmed_gaps() -> list[tuple[frozenset[str], dict[str, str]]]:
    rows = read_rows(data_folder("emission_factors") / "gaps.csv")
    return [(_stems(*flattened(split(gap["need"]))), gap) for gap in rows if gap["nearest"]]


def _stems(*words: str) -> frozenset[str]:
    from decarb.factors.search.engine import stem

    return frozenset(stem("french", singular(word)) for word in words)
