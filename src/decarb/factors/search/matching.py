"""Which factors hold the words of a query, and how well: by the word itself, else by a synonym."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from decarb.errors import UnknownUnitError
from decarb.factors.search.engine import KEYWORDS, NAMES, NOTES, UNIT, Phrase
from decarb.factors.search.gaps import is_known_need
from decarb.factors.search.index import SearchIndex
from decarb.factors.search.synonyms import packaged_synonyms
from decarb.factors.search.words import Word, compound_parts, inflections, singular, split
from decarb.folding import fold
from decarb.units import dimensions, parse_unit

Scores = dict[int, float]

# lowest score of a word, and what the best text adds: no tier reaches the lowest of the one before
_SPELT, _NAMED, _NAMED_BY_SYNONYM = 0.2, (0.45, 0.35), (0.2, 0.2)
_REMARKED, _REMARKED_BY_SYNONYM = (0.06, 0.1), (0.01, 0.03)

# units that are counted share their words with things: «équipement» also means per item, «voiture» per vehicle
_MEASURED = re.compile(r"mass|energy|length|currency")


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a query, and the rows that hold it.

    Attributes
    ----------
    word
        As it was typed.
    phrases
        What is looked for: the word itself; where nothing holds it, the words that it begins, else those
        one edit away.
    scores
        Between 0 and 1, by row.
    guessed
        The words one edit away, as the person must be told.
    """

    word: Word
    phrases: tuple[Phrase, ...]
    scores: Scores
    guessed: tuple[str, ...] = ()


def match_terms(index: SearchIndex, text: str) -> list[Term]:
    """Words of a query with the rows that hold each, or a synonym of it, or of a phrase that it is part of."""
    terms = _known_terms(index, _with_codes(index, split(text)))
    for meaning in packaged_synonyms().meanings([Word(term.word.typed, term.phrases[0]) for term in terms]):
        span = slice(*meaning.span)
        by_synonym = _synonym_scores(index, meaning.synonyms)
        if not any((by_synonym, *(term.scores for term in terms[span]))):
            by_synonym = _tier(index.engine.scores(meaning.synonyms, NOTES), *_REMARKED_BY_SYNONYM)
        terms[span] = [replace(term, scores=_best(term.scores, by_synonym)) for term in terms[span]]
    return terms


def _with_codes(index: SearchIndex, words: Sequence[Word]) -> list[Word]:
    """Words, the letters and the figures of a code in one where it is written so: «R 410A»."""
    joined: list[Word] = []
    for word in words:
        letters = joined[-1] if joined else word
        is_code = letters.is_letters and len(letters.joined) <= 4 and word.joined[0].isdigit()
        if is_code and index.engine.spelling([letters.joined + word.joined]):
            joined[-1] = Word(f"{letters.typed} {word.typed}", letters.parts + word.parts)
        else:
            joined.append(word)
    return joined


def _known_terms(index: SearchIndex, words: Sequence[Word]) -> list[Term]:
    """Words as something holds them; those that have synonyms stay as they are."""
    meant = {position for meaning in packaged_synonyms().meanings(words) for position in range(*meaning.span)}
    return [
        term
        for position, word in enumerate(words)
        for term in ([_own_term(index, word)] if position in meant else _held_terms(index, word))
    ]


def _held_terms(index: SearchIndex, word: Word) -> list[Term]:
    """The word itself; its parts where nothing holds them side by side; else what comes near it."""
    own = _own_term(index, word)
    if own.scores or is_known_need(word):
        return [own]
    if len(word.parts) > 1:
        return [term for part in word.parts for term in _held_terms(index, Word(part, (part,)))]
    return [_nearest_term(index, word)]


def _own_term(index: SearchIndex, word: Word) -> Term:
    phrases = dict.fromkeys([word.parts, (word.joined,)])  # R-410A is written R410A too
    of_unit = index.engine.scores(_unit_phrases(word), UNIT)
    scores = _best(_phrase_scores(index, phrases), _tier(of_unit, _NAMED[0] + _SPELT, _NAMED[1]))
    return Term(word, (word.parts,), scores)


def _nearest_term(index: SearchIndex, word: Word) -> Term:
    """What a word begins (of 3 letters or more), else misspells (of 5 or more)."""
    text = word.joined
    near = index.engine.beginnings(text) if len(text) >= 3 else []
    guessed = _guessed(index, text) if not near and len(text) >= 5 and word.is_letters else []
    phrases = [(term,) for term in near or guessed]
    return Term(word, tuple(phrases) or (word.parts,), _phrase_scores(index, phrases), tuple(guessed))


def _guessed(index: SearchIndex, word: str) -> list[str]:
    """Words one edit away from a word, or else from its singular, whose plural no name may hold."""
    return index.engine.one_edit_away(word) or index.engine.one_edit_away(singular(word))


def _phrase_scores(index: SearchIndex, phrases: Iterable[Phrase]) -> Scores:
    """Scores of what a person types: by stem, and more where a name spells it so, whatever the number."""
    phrases = list(phrases)
    spelt = frozenset[int]().union(*(_spelt(index, phrase) for phrase in phrases))
    named = _tier(_named(index, phrases), *_NAMED)
    remarked = index.engine.scores(filter(_is_telling, phrases), (*KEYWORDS, *NOTES))
    return _best({row: score + _SPELT * (row in spelt) for row, score in named.items()}, _tier(remarked, *_REMARKED))


def _synonym_scores(index: SearchIndex, synonyms: Sequence[Phrase]) -> Scores:
    slop = max(map(len, synonyms), default=0)  # words of grammar stand between: déchets d'activités de soins
    named = _named(index, synonyms, slop)
    remarked = index.engine.scores(filter(_is_telling, synonyms), KEYWORDS, slop)
    return _best(_tier(named, *_NAMED_BY_SYNONYM), _tier(remarked, *_REMARKED_BY_SYNONYM))


def _named(index: SearchIndex, phrases: Sequence[Phrase], slop: int = 0) -> Scores:
    """Scores by the names of factors; letters too few to have a stem only as they are: PC is not PCS."""
    scores = index.engine.scores(filter(_is_telling, phrases), NAMES, slop)
    for letters in phrases:
        if not _is_telling(letters):
            spelt = index.engine.spelling(letters)
            held = index.engine.scores([letters], NAMES)
            scores = _best(scores, {row: score for row, score in held.items() if row in spelt})
    return scores


def _is_telling(phrase: Phrase) -> bool:
    return len(phrase) > 1 or len(phrase[0]) > 2 or not phrase[0].isalpha()


def _spelt(index: SearchIndex, phrase: Phrase) -> frozenset[int]:
    return reduce(frozenset.intersection, (index.engine.spelling(inflections(word)) for word in phrase))


def _unit_phrases(word: Word) -> list[Phrase]:
    """Parts of the canonical unit that a word spells otherwise: ``l`` for «litres», ``t``, ``km`` for «tonne.km»."""
    unit = _unit(word.typed) or _unit(word.typed.lower())
    parts = compound_parts(fold(unit))
    return [parts] if unit and parts != word.parts and _MEASURED.search(dimensions(unit)) else []


def _unit(text: str) -> str:
    try:
        return parse_unit(text).name
    except UnknownUnitError:
        return ""


def _tier(scores: Scores, lowest: float, span: float) -> Scores:
    return {row: lowest + span * score for row, score in scores.items()}


def _best(*scores: Scores) -> Scores:
    """Best score of each row."""
    best: Scores = {}
    for one in scores:
        for row, score in one.items():
            if score > best.get(row, 0.0):
                best[row] = score
    return best
