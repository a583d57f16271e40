"""Tables of medical gases: products, containers, densities, sets of GWPs, rules, each row with its source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from decarb.language import format_significant
from decarb.resources import data_folder, read_rows


@dataclass(frozen=True, slots=True)
class GasProduct:
    """A gas as it is bought: its name, what it releases, how people write it.

    ``state`` is ``liquid`` (a volatile anaesthetic), ``gas`` (nitrous oxide) or ``mixture`` (with oxygen).
    """

    id: str
    substance: str
    state: str
    names: Mapping[str, str]
    spellings: tuple[str, ...]
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a figure comes from: status, words in each language, source."""

    status: str
    words: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class Container:
    """A bottle of liquid, a cylinder, or a frame of cylinders.

    ``mass_kg`` is of the gas that counts: the nitrous oxide of a mixture; None where nothing published gives it.
    """

    product: str
    kind: str
    volume_litre: float
    count: int
    mass_kg: float | None
    low_kg: float | None
    high_kg: float | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class Density:
    """Mass of a litre of a product as a liquid or as a gas [kg/L]."""

    kg_per_litre: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class GasRule:
    """A rule of law on a gas, between two days."""

    id: str
    substance: str
    kind: str
    valid_from: str
    valid_to: str
    texts: Mapping[str, str]
    source: str

    def holds_in(self, year: int) -> bool:
        """Whether the rule holds on any day of a year."""
        return self.valid_from <= f"{year}-12-31" and (not self.valid_to or f"{year}-01-01" <= self.valid_to)


@cache
def products() -> Mapping[str, GasProduct]:
    """Products by id."""
    return {
        row["product"]: GasProduct(
            row["product"],
            row["substance"],
            row["state"],
            _both(row, "name"),
            tuple(row["spellings"].split("|")),
            _both(row, "note"),
        )
        for row in _rows("gas_products")
    }


@cache
def containers() -> tuple[Container, ...]:
    """Every container that a table has."""
    return tuple(
        Container(
            row["product"],
            row["container"],
            float(row["volume_litre"]),
            int(row["count"]),
            _number(row["mass_kg"]),
            _number(row["mass_low_kg"]),
            _number(row["mass_high_kg"]),
            _basis(row),
        )
        for row in _rows("gas_containers")
    )


@cache
def densities() -> Mapping[str, Density]:
    """Density by product; that of nitrous oxide is of the gas at 15 degC and 1 bar."""
    return {row["product"]: Density(float(row["density_kg_per_litre"]), _basis(row)) for row in _rows("gas_densities")}


@cache
def reference_sets() -> Mapping[str, Mapping[str, tuple[float, str]]]:
    """GWP100 and source by set and substance, of sets that hospitals read but that a BEGES cannot use."""
    found: dict[str, dict[str, tuple[float, str]]] = {}
    for row in _rows("gwp_reference_sets"):
        found.setdefault(row["gwp_set"], {})[row["substance"]] = (float(row["gwp100"]), row["source"])
    return found


@cache
def reference_set_names(language: str) -> Mapping[str, str]:
    """Name of each set in `language`."""
    return {row["gwp_set"]: row[f"name_{language}"] for row in _rows("gwp_reference_sets")}


@cache
def gas_rules() -> tuple[GasRule, ...]:
    """Rules of law, in the order of the table."""
    return tuple(
        GasRule(
            row["rule"],
            row["substance"],
            row["kind"],
            row["valid_from"],
            row["valid_to"],
            _both(row, "text"),
            row["source"],
        )
        for row in _rows("gas_rules")
    )


@cache
def gas_property(name: str) -> tuple[float, Basis]:
    """Value of a constant of ``gas_properties.csv`` and where it comes from."""
    row = next(row for row in _rows("gas_properties") if row["id"] == name)
    return float(row["value"]), _basis(row)


@cache
def mixture_mass_fraction() -> tuple[float, Basis]:
    """Mass of nitrous oxide in a mass of the mixture: 57.9 %, though half of the molecules.

    Molar masses of N2O and O2 weighted by the mole fraction (``gas_properties.csv``).
    """
    fraction, n2o, o2 = _values("meopa_n2o_mole_fraction", "n2o_molar_mass", "o2_molar_mass")
    return fraction * n2o / (fraction * n2o + (1 - fraction) * o2), _derivation("meopa_n2o_mass_fraction")


@cache
def mixture_kg_per_m3() -> tuple[float, Basis]:
    """Nitrous oxide in a cubic metre of the mixture at 15 degC and 1 bar, as an ideal gas [kg/m3].

    mole fraction x molar mass x pressure / (R x temperature).
    """
    fraction, grams, pressure, constant, temperature = _values(
        "meopa_n2o_mole_fraction", "n2o_molar_mass", "reference_pressure", "gas_constant", "reference_temperature"
    )
    return fraction * grams / 1000 * pressure / (constant * temperature), _derivation("meopa_n2o_density")


def _values(*names: str) -> list[float]:
    return [gas_property(name)[0] for name in names]


def _derivation(figure: str) -> Basis:
    """Basis of a figure computed from the constants, whose row shows them by their ids."""
    rows = {row["id"]: row for row in _rows("gas_properties")}
    basis = _basis(rows[figure])
    constants = {name: float(row["value"]) for name, row in rows.items() if row["value"]}
    words = {
        language: text.format_map({name: format_significant(value, language, 5) for name, value in constants.items()})
        for language, text in basis.words.items()
    }
    return replace(basis, words=words)


def _rows(name: str) -> list[dict[str, str]]:
    return list(read_rows(data_folder("emission_factors") / "medicines" / f"{name}.csv"))


def _basis(row: Mapping[str, str]) -> Basis:
    return Basis(row["status"], {"en": row["basis"], "fr": row["basis_fr"]}, row["source"])


def _both(row: Mapping[str, str], name: str) -> Mapping[str, str]:
    return {"en": row[f"{name}_en"], "fr": row[f"{name}_fr"]}


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
