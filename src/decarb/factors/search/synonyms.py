"""Words that mean the same to a hospital buyer, from ``search_synonyms.csv``.

A row is a group: what is ``french`` and ``english`` says the same; ``narrower`` is a kind of it, found with the
group («bois» finds «granulés») and not the reverse.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from decarb.factors.search.words import Word, flattened, split
from decarb.resources import data_file, read_rows

Phrase = tuple[str, ...]
Group = tuple[Phrase, ...]
Stemmer = Callable[[str], str]


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
    """Groups of words and phrases, looked up by their stems: ``déchet de soin`` finds ``déchets de soins``."""

    def __init__(self, groups: Iterable[tuple[Sequence[str], Sequence[str]]], *stemmers: Stemmer) -> None:
        self._stemmers = stemmers
        self._groups: dict[Phrase, list[Group]] = {}
        for equivalents, narrower in groups:
            said = dict.fromkeys(flattened(split(text)) for text in equivalents)
            group = tuple(said | dict.fromkeys(flattened(split(text)) for text in narrower))
            for key in {key for phrase in said for key in self._keys(phrase)}:
                self._groups.setdefault(key, []).append(group)
        self._longest = max(map(len, self._groups), default=0)

    def meanings(self, words: Sequence[Word]) -> list[Meaning]:
        """Meanings of the longest phrases of `words` that have synonyms, from left to right.

        A group that two of them belong to widens neither: who writes «viande de bœuf» does not want all meat.
        """
        spans = self._spans(words)
        uses = Counter(group for groups in spans.values() for group in groups)
        return [
            Meaning(span, self._others(flattened(words[slice(*span)]), [group for group in groups if uses[group] == 1]))
            for span, groups in spans.items()
        ]

    def _spans(self, words: Sequence[Word]) -> dict[tuple[int, int], list[Group]]:
        spans = {}
        start = 0
        while start < len(words):
            longest = min(len(words), start + self._longest)
            groups = {stop: self._groups_of(flattened(words[start:stop])) for stop in range(longest, start, -1)}
            stop = next((stop for stop, found in groups.items() if found), start + 1)
            if groups[stop]:
                spans[start, stop] = groups[stop]
            start = stop
        return spans

    def _groups_of(self, phrase: Phrase) -> list[Group]:
        return list(dict.fromkeys(group for key in self._keys(phrase) for group in self._groups.get(key, ())))

    def _others(self, typed: Phrase, groups: Sequence[Group]) -> Group:
        """Phrases of some groups, without those that repeat what is typed or loosen it: «gaz» for «gaz naturel»."""
        phrases = dict.fromkeys(phrase for group in groups for phrase in group)
        stems = [(stemmer, {stemmer(word) for word in typed}) for stemmer in self._stemmers]
        return tuple(
            phrase
            for phrase in phrases
            if not any({stemmer(word) for word in phrase} <= of_typed for stemmer, of_typed in stems)
        )

    def _keys(self, phrase: Phrase) -> set[Phrase]:
        """Stems of a phrase, in an order that is not that of its words: «naturel gaz» is «gaz naturel»."""
        return {tuple(sorted(stemmer(word) for word in phrase)) for stemmer in self._stemmers}


@cache
def packaged_synonyms() -> Synonyms:
    """Synonyms of the packaged table, as the stems of French and of English."""
    from decarb.factors.search.engine import stem

    rows = read_rows(data_file("search_synonyms.csv"))
    groups = [([*_texts(row["french"]), *_texts(row["english"])], _texts(row["narrower"])) for row in rows]
    return Synonyms(groups, partial(stem, "french"), partial(stem, "english"))


def _texts(cell: str) -> list[str]:
    return [text for text in cell.split("|") if text]
