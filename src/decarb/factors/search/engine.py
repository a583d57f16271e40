"""The full-text index, by tantivy: words of a text, stemmed, to the factors that hold them.

Accents fold before stemming, in the index as in what is looked for, so that «electricite» finds «électricité».
French fields are stemmed as French, English ones and ids as English; units and codes not at all.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import product
from math import log1p
from typing import Any
from unicodedata import normalize

import tantivy

from decarb.factors.search.texts import FactorTexts
from decarb.factors.search.words import inflections


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the index: how its words are stemmed, and how much one weighs among its group."""

    name: str
    language: str
    weight: float


NAMES: tuple[Field, ...] = (
    Field("name_fr", "french", 1.0),
    Field("name_en", "english", 1.0),
    Field("compound", "plain", 1.0),
    Field("place", "french", 0.5),
    Field("unit", "plain", 1.0),
    Field("label", "english", 0.4),
)
"""What a factor is called, where it is valid, what it is per; ``compound`` holds R-410A and t.km in one word."""

KEYWORDS: tuple[Field, ...] = (Field("keywords", "french", 1.0),)
NOTES: tuple[Field, ...] = (Field("note", "french", 0.25),)

UNIT: tuple[Field, ...] = (Field("unit", "plain", 1.0), Field("compound", "plain", 1.0))

_HEAP_BYTES, _THREADS = 40_000_000, 2  # measured on 7,000 factors: 100 ms less than one thread, no gain from four
# possessive: one pass over the names of a whole base, a tenth of the time
_COMPOUND = re.compile(r"\b[^\W_]++(?:[-\u2010\u2011.·/×][^\W_]++)++")
_SIGNS = re.compile(r"[-\u2010\u2011.·/×]")

_SATURATION = 2.2
"""What BM25 gives a word that a text repeats without end (k1 + 1)."""

Phrase = tuple[str, ...]


class TextIndex:
    """What holds which words, built once from the texts of a library.

    Parameters
    ----------
    texts
        Their ``row`` is what queries answer.
    """

    def __init__(self, texts: FactorTexts) -> None:
        self.size = len(texts)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema)
        for language in ("french", "english", "plain"):
            self._index.register_tokenizer(language, _analyzer(language))
        writer = self._index.writer(_HEAP_BYTES, _THREADS)
        for row, document in enumerate(_documents(texts)):
            writer.add_document(tantivy.Document(row=row, **document))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def scores(self, phrases: Iterable[Phrase], fields: Sequence[Field], slop: int = 0) -> dict[int, float]:
        """Score of each row that holds one of `phrases` in one of `fields`, between 0 and 1.

        It is BM25 without the rarity of the words: all are required, and a French word is rare in the English
        names for no merit of theirs. What is left is the weight of the field and how much of it the words are.

        Parameters
        ----------
        phrases
            Each a word, or words side by side in this order.
        slop
            How many other words may stand among those of a phrase.
        """
        queries = [query for phrase in phrases for field in fields for query in self._queries(phrase, field, slop)]
        if not queries:
            return {}
        found = self._searcher.search(tantivy.Query.disjunction_max_query(queries), self.size, count=False).hits
        return {row: score for row, (score, _) in zip(self._rows(found), found, strict=True)}

    def spelling(self, words: Iterable[str]) -> frozenset[int]:
        """Rows whose names hold one of `words` as it is, not only its stem."""
        held = tantivy.Query.term_set_query(self._schema, "spelled", list(words))
        return frozenset(self._rows(self._searcher.search(held, self.size, count=False).hits))

    def beginnings(self, word: str, limit: int = 10) -> list[str]:
        """Words of names that start with `word`, the most frequent first."""
        return _most_frequent(self._searcher.terms_with_prefix("spelled", word))[:limit]

    def one_edit_away(self, word: str, limit: int = 3) -> list[str]:
        """Words of names that one letter more, less, changed or swapped makes of `word`: per stem the most frequent."""
        near = tantivy.Query.fuzzy_term_query(self._schema, "spelled", word, 1, True, False)
        terms = _most_frequent(self._searcher.terms_with_prefix("spelled", "", near))
        by_stem: dict[str, str] = {}
        for term in filter(partial(is_one_edit, word), terms):
            by_stem.setdefault(stem("french", term), term)
        return list(by_stem.values())[:limit]

    def _rows(self, hits: Sequence[tuple[Any, tantivy.DocAddress]]) -> list[int]:
        values = self._searcher.fast_field_values("row", [address for _, address in hits])
        return [int(value) for value in values if value is not None]

    def _queries(self, phrase: Phrase, field: Field, slop: int) -> Iterator[tantivy.Query]:
        """Queries for a phrase, whatever the number of its words, unless the field does not hold them all."""
        words = ["".join(phrase)] if field.name == "compound" else phrase
        for stems in product(*(self._held_stems(field, word) for word in words)):
            rarity = sum(self._rarity(field.name, one) for one in stems)
            if len(stems) == 1:
                query = tantivy.Query.term_query(self._schema, field.name, stems[0])
            else:
                query = tantivy.Query.phrase_query(self._schema, field.name, [*stems], slop)
            yield tantivy.Query.boost_query(query, field.weight / _SATURATION / rarity)

    def _held_stems(self, field: Field, word: str) -> list[str]:
        """Stems of a word that the field holds; singular and plural may differ («scann», «scanner»)."""
        stems = sorted({stem(field.language, form) for form in inflections(word)})
        return [one for one in stems if self._searcher.doc_freq(field.name, one)]

    def _rarity(self, field: str, word: str) -> float:
        """Inverse document frequency as BM25 takes it."""
        held = self._searcher.doc_freq(field, word)
        return log1p((self.size - held + 0.5) / (held + 0.5))


@lru_cache(maxsize=10_000)
def stem(language: str, word: str) -> str:
    """Word as a field of `language` (``french``, ``english``; ``plain``: not stemmed) holds it."""
    return (_analyzer(language).analyze(word) or [word])[0]


def is_one_edit(word: str, other: str) -> bool:
    """Whether one letter more, less, changed, or swapped with its neighbour makes `other` of `word`."""
    word, other = _without_start(word, other)
    word, other = _without_start(word[::-1], other[::-1])
    return max(len(word), len(other)) == 1 or (len(word) == 2 and word == other[::-1])


def _most_frequent(terms: Iterable[tuple[str, int]]) -> list[str]:
    """Terms with their counts, as terms from the most frequent on."""
    return [term for term, _ in sorted(terms, key=lambda term: (-term[1], term[0]))]


def _without_start(word: str, other: str) -> tuple[str, str]:
    same = next((place for place, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), None)
    start = min(len(word), len(other)) if same is None else same
    return word[start:], other[start:]


@cache
def _analyzer(language: str) -> tantivy.TextAnalyzer:
    folding = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    return (folding if language == "plain" else folding.filter(tantivy.Filter.stemmer(language))).build()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in (*NAMES, *KEYWORDS, *NOTES):
        builder.add_text_field(field.name, tokenizer_name=field.language)
    builder.add_text_field("spelled", tokenizer_name="plain", index_option="basic")
    # an unsigned field would refuse what Python hands over as a signed number, by a panic
    builder.add_integer_field("row", fast=True)
    return builder.build()


def _documents(texts: FactorTexts) -> Iterator[dict[str, str]]:
    """Fields of each factor, characters composed: a bare combining accent would cut a word in two."""
    names = ("id", "series", "name_fr", "name_en", "domain", "unit", "basis", "locality", "place", "source_id")
    for cells in texts.rows(*names, "keywords", "note"):
        name, series, name_fr, name_en, domain, unit, basis, locality, place, source_id, keywords, note = (
            normalize("NFKC", cell) for cell in cells
        )
        compound = " ".join(map(_joined, _COMPOUND.findall(f"{name} {name_fr} {name_en} {unit}")))
        label = f"{name} {series} {domain} {source_id}"
        yield {
            "name_fr": name_fr,
            "name_en": name_en,
            "compound": compound,
            "place": f"{locality} {place}",
            "unit": f"{unit} {basis}",
            "label": label,
            "keywords": keywords,
            "note": note,
            "spelled": f"{name_fr} {name_en} {locality} {place} {unit} {basis} {label} {compound}",
        }


def _joined(compound: str) -> str:
    return _SIGNS.sub("", compound)
