"""What a person types, as words to look for: case, accents, elisions and grammar left out."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from decarb.folding import fold

_ELISION = re.compile(r"(?<!\w)(?:[cdjlmnst]|qu)'(?=\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[-.·/×][^\W_]+)*")
_PLAIN_SIGNS = str.maketrans("’ʼ`´\u2010\u2011", "''''--")

# «or», «car», «an» and «the» (thé, once folded) are words of factors in the other language
GRAMMAR = frozenset(
    {"a", "and", "au", "aux", "by", "d", "de", "des", "du", "en", "et", "for", "in", "la", "le", "les"}
    | {"of", "ou", "par", "pour", "sur", "to", "un", "une"}
)
"""Folded words that are left out unless they are all that is typed."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was typed, and its parts: two for ``t.km`` and ``R-410A``."""

    typed: str
    parts: tuple[str, ...]

    @property
    def joined(self) -> str:
        """The parts in one: ``r410a``."""
        return "".join(self.parts)

    @property
    def is_letters(self) -> bool:
        """Whether it is one word of letters, where a mistyped letter can be told from another code."""
        return len(self.parts) == 1 and self.joined.isalpha()


def split(text: str) -> list[Word]:
    """Words of a text in their order, those of grammar left out where there are others.

    >>> [word.typed for word in split("Déchets d'activités de soins, R-410A")]
    ['Déchets', 'activités', 'soins', 'R-410A']
    """
    plain = _ELISION.sub("", unicodedata.normalize("NFC", text).translate(_PLAIN_SIGNS))
    # folding leaves nothing of a letter that only modifies another, such as a Japanese voicing mark
    words = [Word(typed, parts) for typed in _WORD.findall(plain) if (parts := compound_parts(fold(typed)))]
    telling = [word for word in words if word.joined not in GRAMMAR]
    return list({word.parts: word for word in telling or words}.values())


def compound_parts(folded: str) -> tuple[str, ...]:
    """Words between the signs of a folded text: ``("r", "410a")``."""
    return tuple(re.findall(r"[^\W_]+", folded))


def flattened(words: Sequence[Word]) -> tuple[str, ...]:
    """Parts of some words, one after the other."""
    return tuple(part for word in words for part in word.parts)


def singular(word: str) -> str:
    """Singular of a folded French word, or what stands for it: the same for the plural. PCS is no plural.

    >>> singular("hopitaux"), singular("eaux"), singular("bois"), singular("pcs")
    ('hopital', 'eau', 'boi', 'pcs')
    """
    if word.endswith("aux") and not word.endswith("eaux"):
        return f"{word[:-3]}al"
    return word[:-1] if word[-1:] in ("s", "x") and len(word) > 3 else word


@lru_cache(maxsize=10_000)
def inflections(word: str) -> frozenset[str]:
    """Singulars and plurals of a folded word, French and English, real or not, so that each has the others.

    >>> {"hopital", "hopitaux"} <= inflections("hopital") & inflections("hopitaux")
    True
    """
    singulars = {singular(word)} | ({word[:-1]} if word.endswith(("s", "x")) else set())
    singulars |= {f"{word[:-3]}y"} if word.endswith("ies") else set()
    plurals = {one + ending for one in singulars for ending in ("s", "x")}
    plurals |= {f"{one[:-2]}aux" for one in singulars if one.endswith("al")}
    plurals |= {f"{one[:-1]}ies" for one in singulars if one.endswith("y")}
    return frozenset({word} | singulars | plurals)
