"""What a library is made of: factors and their parts, substances, figures, sources, places."""

import math
from dataclasses import dataclass

from decarb.quality import CRITERIA, UNKNOWN_GSD2, gsd2_of_notes, gsd2_of_percent
from decarb.reporting import GASES, TOTAL_GASES
from decarb.units import Unit, is_currency

GWP_SETS: tuple[str, ...] = ("AR4", "AR5", "AR6")
"""Sets that a result may be computed in."""

GAS_NAMES: tuple[str, ...] = tuple(gas.gas for gas in GASES)
_TOTAL = range(len(TOTAL_GASES))


@dataclass(frozen=True, slots=True)
class Part:
    """A life-cycle stage of a factor.

    ``gases`` holds kg CO2e per unit of the factor, in the order of ``GAS_NAMES``; None where the source
    gives no split. ``unsplit`` is the published part minus its known gases, signed, so that the gases
    of the total always add up to the part. ``activity`` is what the part does where that is another
    thing than its line does (the propellant of a medicine), blank elsewhere.
    """

    stage: str
    label: str
    gases: tuple[float | None, ...]
    activity: str = ""

    @property
    def total(self) -> float:
        """Sum of the gases that count in a total [kg CO2e per unit]."""
        return math.fsum(self.gases[index] or 0.0 for index in _TOTAL)

    def gas(self, name: str) -> float | None:
        """Amount of one gas [kg CO2e per unit]; None where the source gives no split."""
        return self.gases[GAS_NAMES.index(name)]


@dataclass(frozen=True, slots=True)
class Factor:
    """An emission factor [kg CO2e per ``unit``] with where it comes from and what it may serve.

    ``model`` is ``published`` (its parts are the source's) or ``gwp`` (mass of a substance or blend
    released: composition x GWP, computed for the set in use). ``quality`` holds the notes of
    ``decarb.quality.CRITERIA``, 1 (the worst) to 5, None where the source gives none. The columns of
    ``library_columns.csv`` say what each field holds. ``line_gsd2`` is the error of one product among those
    that a mean or a ratio stands for, independent between lines, beside the error that its lines share.
    """

    id: str
    series: str
    name_fr: str
    name_en: str
    domain: str
    unit: Unit
    geographies: tuple[str, ...]
    locality: str
    data_year: int | None
    valid_to: str
    published_total: float | None
    model: str
    gwp_set: str
    substance: str
    contrails: str
    uncertainty_percent: float | None
    quality: tuple[int | None, ...]
    error_group: str
    activities: tuple[str, ...]
    default_activity: str
    default_operated: str
    source: str
    source_id: str
    source_row: int | None
    source_date: str
    origin: str
    status: str
    transparency: str
    keywords: str
    note: str
    parts: tuple[Part, ...] = ()
    layer: str = ""
    line_gsd2: float = 1.0

    def name(self, language: str) -> str:
        """Name in `language`, the other one where it is missing."""
        return (self.name_fr if language == "fr" else self.name_en) or self.name_fr or self.name_en

    @property
    def is_monetary(self) -> bool:
        """Whether the factor is per unit of money."""
        return is_currency(self.unit.name)

    @property
    def source_reference(self) -> str:
        """Alias by source (``base-carbone:43642``), blank without a source id."""
        return source_alias(self.source, self.source_id)

    @property
    def uncertainty_origin(self) -> str:
        """What the spread rests on: ``published``, ``quality_notes``, ``default`` (nothing is said) or ``none``."""
        if self.model == "gwp" or any(part.stage == "release" for part in self.parts):
            return "none"
        if self.uncertainty_percent is not None:
            return "published"
        return "quality_notes" if any(note is not None for note in self.quality) else "default"

    @property
    def gsd2(self) -> float:
        """Ratio of the 97.5 % quantile to the median (docs/method.md, Uncertainty).

        A published uncertainty replaces the notes; a missing note counts as the worst; the error of a
        GWP is left out, as the standards do.
        """
        match self.uncertainty_origin:
            case "published":
                return gsd2_of_percent(self.uncertainty_percent or 0.0)
            case "quality_notes":
                return gsd2_of_notes(self.quality)
            case "none":
                return 1.0
            case _:
                return UNKNOWN_GSD2

    def quality_notes(self) -> dict[str, int | None]:
        """Quality notes by criterion."""
        return dict(zip(CRITERIA, self.quality, strict=True))


def source_alias(source: str, source_id: str) -> str:
    """Alias of an element of a source, whatever the version (``base-carbone:43642``); blank without an id."""
    family = source.rsplit("-", 1)[0] if source[-1:].isdigit() else source
    return f"{family}:{source_id}" if source_id else ""


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that figures come from."""

    id: str
    title: str
    publisher: str
    version: str
    date: str
    url: str
    licence: str
    licence_url: str
    attribution: str


@dataclass(frozen=True, slots=True)
class Substance:
    """A gas, a fuel or a blend; ``gas`` is its column of a result, blank for fuels and blends."""

    substance: str
    name_fr: str
    name_en: str
    cas: str
    gas: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A property or a GWP with its source."""

    value: float
    unit: str
    source: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Geography:
    """A place that factors are valid for, and the place that contains it."""

    code: str
    name_fr: str
    name_en: str
    parent: str
    insee_region: str
    insee_departments: str


@dataclass(frozen=True, slots=True)
class Retired:
    """An id that a library no longer has, and that no other factor will ever have."""

    id: str
    version: str
    reason: str
    successor: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One library of the stack; ``released`` is the day of its version, blank where it does not say."""

    name: str
    version: str
    digest: str
    factors: int
    released: str = ""
