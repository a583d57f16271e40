"""Rung 2: life-cycle results that are published for a product, or for its substance, form and strength."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeVar

from decarb.folding import fold
from decarb.medicines.classes import canonical
from decarb.medicines.packaged import medicine_table

if TYPE_CHECKING:
    from decarb.medicines.products import Product

_Kept = TypeVar("_Kept")

STRENGTH_TOLERANCE = 0.02
"""Relative: 998 mg is a dose of 1 g, 500 mg is none."""


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """A published result that a product matches.

    Attributes
    ----------
    key
        Row of ``emission_factors/medicines/published_results.csv``.
    kgco2e_per_unit, low_kgco2e_per_unit, high_kgco2e_per_unit
        Emissions of one unit of the box [kg CO2e]; the bounds are those of the source, None where it gives none.
    boundary
        What the source counted, as it says.
    year, country
        Year of the publication, and where it was made for.
    """

    key: str
    name_en: str
    name_fr: str
    kgco2e_per_unit: float
    low_kgco2e_per_unit: float | None
    high_kgco2e_per_unit: float | None
    boundary: str
    year: int
    country: str
    source: str
    source_id: str
    note: str

    @property
    def name(self) -> str:
        """Name in English."""
        return self.name_en

    def named(self, language: str) -> str:
        """Name in `language`."""
        return self.name_fr if language == "fr" else self.name_en


@dataclass(frozen=True, slots=True)
class SubstanceFactor:
    """Emissions of making one kilogram of a substance [kg CO2e]; ``is_primary`` if read in the study itself."""

    substance: str
    name_en: str
    name_fr: str
    kgco2e_per_kg: float
    boundary: str
    source: str
    source_id: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table: every condition that it states must hold."""

    cells: dict[str, str]
    patterns: dict[str, re.Pattern[str]]
    substances: frozenset[str]

    def multiple(self, product: "Product") -> float | None:
        """Return how many times the published amount a unit of the box is; None if the product is another one."""
        box = product.presentation
        if not box.units or not self._texts_hold(product) or not self._strength_holds(product):
            return None
        if self.cells["units"] and float(self.cells["units"]) != box.units:
            return None
        return self._pieces(box.label) / box.units if self.cells["per"] == "piece" else 1.0

    def _texts_hold(self, product: "Product") -> bool:
        return all(pattern.search(_text(product, column)) for column, pattern in self.patterns.items())

    def _strength_holds(self, product: "Product") -> bool:
        box = product.presentation
        if not self.cells["strength_mg"]:
            return True
        if box.active_mass_mg is None or not box.units:
            return False
        strength_mg = box.active_mass_mg / box.units
        return math.isclose(strength_mg, float(self.cells["strength_mg"]), rel_tol=STRENGTH_TOLERANCE)

    def _pieces(self, label: str) -> float:
        match = self.patterns["label"].search(_plain(label))
        return float((match.groupdict().get("count") if match else None) or 1)


_PATTERNS = ("form", "routes", "container", "material", "name", "label")


@cache
def _rows() -> tuple[_Row, ...]:
    rows = medicine_table("published_results")
    return tuple(
        _Row(
            row,
            {column: re.compile(row[column]) for column in _PATTERNS if row[column]},
            _wanted(row["substances"]),
        )
        for row in rows
    )


def published_result(product: "Product") -> PublishedResult | None:
    """Return the published result of a product, None where no source assessed it.

    A row matches the same substance, form, strength of one unit and, where it says so, container, material, name or
    label; nothing is scaled from another strength.
    """
    words = [_words(name) for name in product.substances]
    for row in _of_substances(words, _rows_by_word()):
        multiple = row.multiple(product) if _are(row.substances, words) else None
        if multiple is not None:
            return _result(row.cells, multiple)
    return None


def _of_substances(words: Sequence[frozenset[str]], rows: Mapping[str, tuple[_Kept, ...]]) -> Iterator[_Kept]:
    """What is kept under a word of the substances, then what is of any substance."""
    for word in sorted(frozenset[str]().union(*words) & rows.keys()):
        yield from rows[word]
    yield from rows.get("", ())


@cache
def _rows_by_word() -> dict[str, tuple[_Row, ...]]:
    """Rows under the first of their substances: most medicines have none of them."""
    kept: dict[str, tuple[_Row, ...]] = {}
    for row in _rows():
        word = min(row.substances, default="")
        kept[word] = (*kept.get(word, ()), row)
    return kept


def _result(cells: dict[str, str], multiple: float) -> PublishedResult:
    low, high = (float(cells[bound]) * multiple if cells[bound] else None for bound in ("low", "high"))
    return PublishedResult(
        key=cells["result"],
        name_en=cells["name_en"],
        name_fr=cells["name_fr"],
        kgco2e_per_unit=float(cells["kgco2e"]) * multiple,
        low_kgco2e_per_unit=low,
        high_kgco2e_per_unit=high,
        boundary=cells["boundary"],
        year=int(cells["year"]),
        country=cells["country"],
        source=cells["source"],
        source_id=cells["source_id"],
        note=cells["note"],
    )


def substance_factor(substances: Iterable[str]) -> SubstanceFactor | None:
    """Return the factor of the only substance of a medicine, None for a mixture or where none is published."""
    words = [_words(name) for name in substances]
    found = _of_substances(words, _factors_by_word())
    return next((factor for factor in found if _are(_wanted(factor.substance), words)), None)


@cache
def _factors_by_word() -> dict[str, tuple[SubstanceFactor, ...]]:
    kept: dict[str, tuple[SubstanceFactor, ...]] = {}
    for factor in _factors():
        word = min(_wanted(factor.substance))
        kept[word] = (*kept.get(word, ()), factor)
    return kept


@cache
def _factors() -> tuple[SubstanceFactor, ...]:
    rows = medicine_table("substance_factors")
    return tuple(
        SubstanceFactor(
            row["substance"],
            row["name_en"],
            row["name_fr"],
            float(row["kgco2e_per_kg"]),
            row["boundary"],
            row["source"],
            row["source_id"],
            row["reading"] == "primary",
        )
        for row in rows
    )


@cache
def _wanted(substances: str) -> frozenset[str]:
    """Substances of a row: ``|`` between them, blank for any."""
    return frozenset(substances.split("|")) - {""}


def _are(wanted: frozenset[str], words: Sequence[frozenset[str]]) -> bool:
    """Whether substances, by the words of their names, are those wanted, salts aside, no more and no less."""
    return not wanted or (all(wanted & each for each in words) and wanted <= frozenset().union(*words))


@lru_cache(maxsize=10_000)
def _words(substance: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", fold(canonical(substance))))


def _text(product: "Product", column: str) -> str:
    box = product.presentation
    texts = {
        "name": product.name,
        "label": box.label,
        "form": product.form,
        "routes": ";".join(product.routes),
        "container": f"{box.container} {box.unit}",
        "material": box.material,
    }
    return _plain(texts[column])


@lru_cache(maxsize=10_000)
def _plain(text: str) -> str:
    return " ".join(fold(text).split())
