"""The factor library as data: factors, their parts per stage and gas, GWP sets, substances, sources."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decarb.errors import InvalidLibraryError, Problem, UnknownUnitError, UsageError
from decarb.reporting import GASES, STAGES, TOTAL_GASES, activities
from decarb.resources import data_folder, read_rows
from decarb.units import Unit, parse_basis, parse_unit

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
    note: str
    parts: tuple[Part, ...] = ()
    layer: str = ""

    def name(self, language: str) -> str:
        """Name in `language`, the other one where it is missing."""
        return (self.name_fr if language == "fr" else self.name_en) or self.name_fr or self.name_en

    @property
    def is_monetary(self) -> bool:
        """Whether the factor is per unit of money."""
        return self.unit.name in ("EUR", "kEUR", "MEUR", "XPF")

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
    digest: str
    factors: int


@dataclass(frozen=True)
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
    def by_cas(self) -> dict[str, Factor]:
        """Factors of a released substance, by CAS number."""
        return {
            self.substances[factor.substance].cas: factor
            for factor in self.by_id.values()
            if factor.model == "gwp" and self.substances[factor.substance].cas
        }

    @cached_property
    def digest(self) -> str:
        """sha256 of the canonical sorted rows of the whole stack."""
        return _digest([[layer.digest for layer in self.layers]])

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
        stage = "release" if factor.default_activity != "refrigerant_leak" else "leak"
        return (Part(stage, "", tuple(gases)),)

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


def load_factors(*paths: str | Path) -> FactorLibrary:
    """Load the packaged library, with further libraries layered over it in order.

    Parameters
    ----------
    paths
        Each a folder with the tables of the packaged library, or a CSV of one's own factors
        (columns: docs/schema.md). A later library shadows an earlier one by id.

    Raises
    ------
    InvalidLibraryError
        With every defect, by file and row.
    """
    from decarb.factors.own_factors import read_own_factors

    library = read_tables(data_folder("emission_factors"), None)
    for path in map(Path, paths):
        library = read_own_factors(path, library) if path.suffix == ".csv" else read_tables(path, library)
    return library


def read_tables(folder: Path, below: FactorLibrary | None) -> FactorLibrary:
    """Read a folder of tables, over the library `below`."""
    if not (folder / "factors.csv").is_file():
        raise InvalidLibraryError([Problem("library-not-found", {"value": str(folder)})])
    problems: list[Problem] = []
    tables = {name: _table(folder / f"{name}.csv") for name in _TABLES}
    parts: dict[str, list[Part]] = {}
    for row in tables["parts"]:
        parts.setdefault(row["factor"], []).append(_part(row, problems))
    factors = []
    for row in tables["factors"]:
        try:
            factors.append(_factor(row, tuple(parts.pop(row["id"], ())), _layer_name(folder, below)))
        except (UnknownUnitError, ValueError, KeyError) as error:
            problems.append(Problem("bad-library-row", {"value": row.get("id", ""), "reason": str(error)}))
    problems += [Problem("part-without-factor", {"value": name}) for name in parts]
    gwp = {
        (row["substance"], row["gwp_set"]): Figure(
            _number(row["gwp100"]), "kg CO2e/kg", row["source"], row["source_id"]
        )
        for row in tables["gwp"]
    }
    compositions: dict[str, tuple[tuple[str, float], ...]] = {}
    for row in tables["compositions"]:
        component = (row["component"], _number(row["mass_fraction"]))
        compositions[row["blend"]] = (*compositions.get(row["blend"], ()), component)
    properties = {
        (row["substance"], row["property"]): Figure(_number(row["value"]), row["unit"], row["source"], row["source_id"])
        for row in tables["properties"]
    }
    layer = Layer(
        _layer_name(folder, below),
        _digest([sorted(_canonical(row) for row in tables[name]) for name in sorted(tables)]),
        len(factors),
    )
    return stack(
        below,
        layer,
        factors,
        problems,
        str(folder),
        gwp=gwp,
        compositions=compositions,
        properties=properties,
        substances={row["substance"]: Substance(**row) for row in tables["substances"]},
        sources={row["id"]: Source(**row) for row in tables["sources"]},
        geographies={row["code"]: Geography(**row) for row in tables["geographies"]},
    )


def stack(
    below: FactorLibrary | None,
    layer: Layer,
    factors: Iterable[Factor],
    problems: list[Problem],
    file: str,
    **tables: Mapping[Any, Any],
) -> FactorLibrary:
    """Put a layer of factors and tables over the library `below`, checked as a whole."""
    own: dict[str, Factor] = {}
    for factor in factors:
        if factor.id in own:
            problems.append(Problem("duplicate-factor", {"value": factor.id}))
        own[factor.id] = factor
    names = ("gwp", "compositions", "properties", "substances", "sources", "geographies")
    merged = {name: {**(getattr(below, name) if below else {}), **tables.get(name, {})} for name in names}
    lower = below.by_id if below else {}
    library = FactorLibrary(
        by_id={**lower, **own},
        layers=((*below.layers, layer) if below else (layer,)),
        shadowed=(*(below.shadowed if below else ()), *(name for name in own if name in lower)),
        **merged,
    )
    problems += _inconsistencies(library, own.values())
    if problems:
        raise InvalidLibraryError([problem.at(file=file) for problem in problems])
    return library


_TABLES = ("factors", "parts", "gwp", "compositions", "properties", "substances", "sources", "geographies")


def _inconsistencies(library: FactorLibrary, factors: Iterable[Factor]) -> list[Problem]:
    """References that lead nowhere, names that collide, numbers that are not finite."""
    problems = []
    known = activities()
    for factor in factors:
        wrong = [f"activity {name}" for name in factor.activities if name not in known]
        wrong += [f"geography {code}" for code in factor.geographies if code not in library.geographies]
        if factor.default_activity and factor.default_activity not in factor.activities:
            wrong.append(f"default_activity {factor.default_activity}")
        if not factor.activities:
            wrong.append("activities")
        if factor.source not in library.sources:
            wrong.append(f"source {factor.source}")
        if factor.model == "gwp" and factor.substance not in library.substances:
            wrong.append(f"substance {factor.substance}")
        if factor.model == "published" and not factor.parts:
            wrong.append("parts")
        problems += [Problem("bad-library-row", {"value": factor.id, "reason": reason}) for reason in wrong]
        if factor.series in library.by_id:
            problems.append(Problem("series-is-a-factor", {"value": factor.series}))
    return problems


def _layer_name(folder: Path, below: FactorLibrary | None) -> str:
    return folder.name if below else "decarb"


def _table(path: Path) -> list[dict[str, str]]:
    return list(read_rows(path)) if path.is_file() else []


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"not a finite number: {text}")
    return value


def _optional(text: str) -> float | None:
    return _number(text) if text else None


def _part(row: dict[str, str], problems: list[Problem]) -> Part:
    gases: tuple[float | None, ...] = (None,) * len(GAS_NAMES)
    reason = "" if row["stage"] in STAGES else f"stage {row['stage']}"
    try:
        gases = tuple(_optional(row[name]) for name in GAS_NAMES)
    except (ValueError, KeyError) as error:
        reason = str(error)
    if reason:
        problems.append(Problem("bad-library-row", {"value": row["factor"], "reason": reason}))
    return Part(row["stage"], row["label"], gases)


def _factor(row: dict[str, str], parts: tuple[Part, ...], layer: str) -> Factor:
    basis = parse_basis(row["basis"]) if row["basis"] else Unit("")
    unit = parse_unit(row["unit"])
    return Factor(
        id=row["id"],
        series=row["series"],
        name_fr=row["name_fr"],
        name_en=row["name_en"],
        domain=row["domain"],
        unit=Unit(unit.name, basis.bases, int(row["price_year"]) if row["price_year"] else None),
        geographies=tuple(row["geography"].split()),
        locality=row["locality"],
        data_year=int(row["data_year"]) if row["data_year"] else None,
        valid_to=row["valid_to"],
        published_total=_optional(row["published_total"]),
        model=row["model"],
        substance=row["substance"],
        contrails=row["contrails"],
        uncertainty_percent=_optional(row["uncertainty_percent"]),
        error_group=row["error_group"] or row["id"],
        activities=tuple(row["activities"].split()),
        default_activity=row["default_activity"],
        default_operated=row["default_operated"],
        source=row["source"],
        source_id=row["source_id"],
        source_date=row["source_date"],
        status=row["status"],
        note=row["note"],
        parts=parts,
        layer=layer,
    )


def _canonical(row: Mapping[str, str]) -> list[str]:
    """Values of a row with numbers in their shortest form, so that 0.10 and 0.1 are one."""
    values = []
    for key in sorted(row):
        text = row[key]
        try:
            values.append(repr(float(text)))
        except ValueError:
            values.append(text)
    return values


def _digest(rows: object) -> str:
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
