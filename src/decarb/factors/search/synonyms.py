"""Words that mean the same to a hospital buyer, from ``search_synonyms.csv``.

A row is a group: what is ``french`` and ``english`` says the same; ``narrower`` is a kind of it, found with the
group («bois» finds «granulés») and not the reverse.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from decarb.factors.search.words import Word, flattened, singular, split
from decarb.resources import data_file, read_rows

Phrase = tuple[str, ...]
Group = tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words of a query that mean together what other words say.

    Attributes
    ----------
    span
        Positions of the words that it covers: the first, and one after the last.
    synonyms
        What else says it, each as its parts.
    """

    span: tuple[int, int]
    synonyms: Group


class Synonyms:
    """Groups of words and phrases, looked up whatever their number and order.

    They are not looked up by their stems, which «gaze» shares with «gaz».

    Parameters
    ----------
    groups
        Each what says the same, and what is a kind of it.
    """

    def __init__(self, groups: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._groups: dict[Phrase, list[Group]] = {}
        for equivalents, narrower in groups:
            said = dict.fromkeys(flattened(split(text)) for text in equivalents)
            group = tuple(said | dict.fromkeys(flattened(split(text)) for text in narrower))
            for key in dict.fromkeys(map(_key, said)):
                self._groups.setdefault(key, []).append(group)
        self._longest = max(map(len, self._groups), default=0)

    def meanings(self, words: Sequence[Word]) -> list[Meaning]:
        """Meanings of the longest phrases of `words` that have synonyms, from left to right.

        A group that two of them belong to widens neither: who writes «viande de bœuf» does not want all meat.
        """
        spans = self._spans(words)
        uses = Counter(group for groups in spans.values() for group in groups)
        return [
            Meaning(span, _others(flattened(words[slice(*span)]), [group for group in groups if uses[group] == 1]))
            for span, groups in spans.items()
        ]

    def _spans(self, words: Sequence[Word]) -> dict[tuple[int, int], list[Group]]:
        spans = {}
        start = 0
        while start < len(words):
            longest = min(len(words), start + self._longest)
            groups = {
                stop: self._groups.get(_key(flattened(words[start:stop])), []) for stop in range(longest, start, -1)
            }
            stop = next((stop for stop, found in groups.items() if found), start + 1)
            if groups[stop]:
                spans[start, stop] = groups[stop]
            start = stop
        return spans


def _others(typed: Phrase, groups: Sequence[Group]) -> Group:
    """Phrases of some groups, without those that repeat what is typed or loosen it: «gaz» for «gaz naturel»."""
    held = set(_key(typed))
    phrases = dict.fromkeys(phrase for group in groups for phrase in group)
    return tuple(phrase for phrase in phrases if not held.issuperset(_key(phrase)))


def _key(phrase: Phrase) -> Phrase:
    return tuple(sorted(map(singular, phrase)))


@cache
def packaged_synonyms() -> Synonyms:
    """Synonyms of the packaged table."""
    rows = read_rows(data_file("search_synonyms.csv"))
    return Synonyms(([*_texts(row["french"]), *_texts(row["english"])], _texts(row["narrower"])) for row in rows)


def _texts(cell: str) -> list[str]:
    return [text for text in cell.split("|") if text]
