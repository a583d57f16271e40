"""The factor library as data: factors, their parts per stage and gas, GWP sets, substances, sources."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from decarb.errors import Problem, UsageError
from decarb.reporting import GASES, TOTAL_GASES
from decarb.units import Unit, is_currency

if TYPE_CHECKING:
    import pandas as pd

GWP_SETS: tuple[str, ...] = ("AR4", "AR5", "AR6")
GAS_NAMES: tuple[str, ...] = tuple(gas.gas for gas in GASES)
_TOTAL = range(len(TOTAL_GASES))


@dataclass(frozen=True, slots=True)
class Part:
    """A life-cycle stage of a factor.

    ``gases`` holds kg CO2e per unit of the factor, in the order of ``GAS_NAMES``; None where the source
    gives no split. ``unsplit`` is the published part minus its known gases, signed, so that the gases
    of the total always add up to the part.
    """

    stage: str
    label: str
    gases: tuple[float | None, ...]

    @property
    def total(self) -> float:
        """Sum of the gases that count in a total [kg CO2e per unit]."""
        return math.fsum(self.gases[index] or 0.0 for index in _TOTAL)


@dataclass(frozen=True, slots=True)
class Factor:
    """An emission factor [kg CO2e per ``unit``] with where it comes from and what it may serve.

    ``model`` is ``published`` (its parts are the source's) or ``gwp`` (mass of a substance or blend
    released: composition x GWP, computed for the set in use).
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
    substance: str
    contrails: str
    uncertainty_percent: float | None
    error_group: str
    activities: tuple[str, ...]
    default_activity: str
    default_operated: str
    source: str
    source_id: str
    source_date: str
    status: str
    transparency: str
    note: str
    parts: tuple[Part, ...] = ()
    layer: str = ""

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
        family = self.source.rsplit("-", 1)[0] if self.source[-1:].isdigit() else self.source
        return f"{family}:{self.source_id}" if self.source_id else ""


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
class Layer:
    """One library of the stack."""

    name: str
    version: str
    digest: str
    factors: int


@dataclass(frozen=True, repr=False)
class FactorLibrary:
    """Every factor in use, the later layer first where two have the same id."""

    by_id: Mapping[str, Factor]
    gwp: Mapping[tuple[str, str], Figure]
    compositions: Mapping[str, tuple[tuple[str, float], ...]]
    properties: Mapping[tuple[str, str], Figure]
    substances: Mapping[str, Substance]
    sources: Mapping[str, Source]
    geographies: Mapping[str, Geography]
    layers: tuple[Layer, ...]
    shadowed: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        """Name the stack, not its thousands of rows."""
        layers = " + ".join(f"{layer.name} {layer.version}".strip() for layer in self.layers)
        return f"<FactorLibrary {layers}: {len(self.by_id)} factors, digest {self.digest[:12]}>"

    @cached_property
    def series(self) -> dict[str, tuple[Factor, ...]]:
        """Members of each series."""
        members: dict[str, list[Factor]] = {}
        for factor in self.by_id.values():
            if factor.series:
                members.setdefault(factor.series, []).append(factor)
        return {name: tuple(factors) for name, factors in members.items()}

    @cached_property
    def by_source(self) -> dict[str, Factor]:
        """Factors by alias (``base-carbone:43642``)."""
        return {factor.source_reference: factor for factor in self.by_id.values() if factor.source_reference}

    @cached_property
    def by_cas(self) -> dict[str, tuple[Factor, ...]]:
        """Factors of a released substance, by CAS number: two for methane, fossil or not."""
        found: dict[str, tuple[Factor, ...]] = {}
        for factor in self.by_id.values():
            cas = self.substances[factor.substance].cas if factor.model == "gwp" else ""
            if cas:
                found[cas] = (*found.get(cas, ()), factor)
        return found

    @cached_property
    def digest(self) -> str:
        """sha256 of the canonical sorted rows of the whole stack."""
        return hashlib.sha256(" ".join(layer.digest for layer in self.layers).encode()).hexdigest()

    def region_geography(self, region: str, department: str) -> str:
        """Geography code of an INSEE region and department; mainland France where nothing says otherwise."""
        for geography in self.geographies.values():
            if department and department in geography.insee_departments.split():
                return geography.code
        for geography in self.geographies.values():
            if region and region == geography.insee_region:
                return geography.code
        return "FR-MAINLAND"

    def parts_of(self, factor: Factor, gwp_set: str) -> tuple[Part, ...]:
        """Parts of a factor [kg CO2e per unit]; a released substance is composition x GWP of `gwp_set`.

        Raises
        ------
        UsageError
            If the set has no value for a component.
        """
        if factor.model != "gwp":
            return factor.parts
        gases: list[float | None] = [None] * len(GAS_NAMES)
        for component, fraction in self.compositions.get(factor.substance, ((factor.substance, 1.0),)):
            figure = self.gwp.get((component, gwp_set))
            if figure is None:
                sets = [name for name in GWP_SETS if (component, name) in self.gwp]
                raise UsageError(
                    [
                        Problem(
                            "gas-not-in-gwp-set",
                            {"factor": factor.id, "gas": component, "gwp_set": gwp_set, "sets": sets},
                        )
                    ]
                )
            index = GAS_NAMES.index(self.substances[component].gas)
            gases[index] = (gases[index] or 0.0) + fraction * figure.value
        return (Part("release", "", tuple(gases)),)

    def factors(self) -> "pd.DataFrame":
        """All factors as a pandas frame, one row each, indexed by id."""
        import pandas as pd

        rows = [
            {
                "id": factor.id,
                "series": factor.series,
                "name_fr": factor.name_fr,
                "name_en": factor.name_en,
                "domain": factor.domain,
                "value_kgco2e": factor_value(self, factor),
                "unit": factor.unit.name,
                "basis": " ".join(factor.unit.bases),
                "price_year": factor.unit.price_year,
                "geography": " ".join(factor.geographies),
                "locality": factor.locality,
                "data_year": factor.data_year,
                "valid_to": factor.valid_to,
                "published_total_kgco2e": factor.published_total,
                "model": factor.model,
                "contrails": factor.contrails,
                "default_operated": factor.default_operated,
                "substance": factor.substance,
                "uncertainty_percent": factor.uncertainty_percent,
                "error_group": factor.error_group,
                "activities": " ".join(factor.activities),
                "default_activity": factor.default_activity,
                "source": factor.source,
                "source_id": factor.source_id,
                "source_date": factor.source_date,
                "licence": self.sources[factor.source].licence if factor.source in self.sources else "",
                "status": factor.status,
                "transparency": factor.transparency,
                "layer": factor.layer,
                "note": factor.note,
            }
            for factor in self.by_id.values()
        ]
        return pd.DataFrame(rows).set_index("id")

    def parts(self, gwp_set: str = "AR6") -> "pd.DataFrame":
        """All parts as a pandas frame: factor, stage, label, total and gases [kg CO2e per unit].

        A substance that `gwp_set` does not know is left out; ``factors()`` lists it all the same.
        """
        import pandas as pd

        rows = []
        for factor in self.by_id.values():
            try:
                parts = self.parts_of(factor, gwp_set)
            except UsageError:
                continue
            for part in parts:
                gases = dict(zip(GAS_NAMES, part.gases, strict=True))
                rows.append(
                    {
                        "factor": factor.id,
                        "stage": part.stage,
                        "label": part.label,
                        "total": part.total,
                        **gases,
                    }
                )
        return pd.DataFrame(rows)


def factor_value(library: FactorLibrary, factor: Factor, gwp_set: str = "AR6") -> float | None:
    """Value of a factor: the sum of its parts [kg CO2e per unit]; None if `gwp_set` lacks one of its gases."""
    try:
        return math.fsum(part.total for part in library.parts_of(factor, gwp_set))
    except UsageError:
        return None
