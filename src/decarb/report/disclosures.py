"""Data points of ESRS E1 and of VSME B3 that an inventory knows, and those that it does not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from decarb.footprint import Footprint
from decarb.national.final_energy import final_energy, kwh_per_unit
from decarb.report.result import row_records
from decarb.resources import data_file, read_rows

_CARRIERS = {
    "energy_electricity": ("electricity",),
    "energy_networks": ("heat_network", "cooling_network"),
    "energy_fuel": ("stationary_fuel",),
    "energy_biofuel": ("stationary_biofuel",),
}


@dataclass(frozen=True, slots=True)
class DisclosurePoint:
    """A data point of a standard (``disclosure_points.csv``).

    ``value`` is in ``unit``; None where the inventory does not know it, which is not zero.
    """

    standard: str
    id: str
    paragraph: str
    measure: str
    unit: str
    name_fr: str
    name_en: str
    value: float | None

    def name(self, language: str) -> str:
        """Name in `language`."""
        return self.name_fr if language == "fr" else self.name_en


def disclosure_points(footprint: Footprint) -> Iterator[DisclosurePoint]:
    """Every data point of the standards, in their order, with its value."""
    values = disclosure_values(footprint)
    for row in read_rows(data_file("disclosure_points.csv")):
        yield DisclosurePoint(**row, value=values.get(row["measure"]))


def disclosure_values(footprint: Footprint) -> dict[str, float | None]:
    """Values by measure: emissions [t CO2e], biogenic CO2 [t CO2], energy [MWh PCI]; None where unknown."""
    values: dict[str, float | None] = {**_emissions(footprint), **_energy(footprint)}
    market, location, total = _scope_2_market(footprint), values["scope_2"], values["total"]
    if market is not None and location is not None and total is not None:
        values |= {"scope_2_market": market, "total_market": total - location + market}
    return values


def _emissions(footprint: Footprint) -> dict[str, float | None]:
    records = row_records(footprint, "ghg-protocol", {})
    values: dict[str, float | None] = {}
    for scope in ("1", "2", "3"):
        of_scope = [record for record in records if record["group"] == scope]
        values[f"scope_{scope}"] = _tonnes(record["total"] for record in of_scope)
        values[f"biogenic_{scope}"] = _tonnes(record["co2_biogenic"] for record in of_scope)
    known = [values[f"scope_{scope}"] for scope in ("1", "2", "3")]
    # the sum of the scopes: what has no category of the GHG Protocol is in none of them
    values["total"] = None if all(one is None for one in known) else sum(one for one in known if one is not None)
    return values


def _scope_2_market(footprint: Footprint) -> float | None:
    """Scope 2 with the contracts' factors [t CO2e]: those of electricity, and heat and cooling as they are."""
    electricity = footprint.market_based_memo()
    if electricity is None:
        return None
    networks = [record["total"] for record in row_records(footprint, "ghg-protocol", {}) if record["code"] == "2.2"]
    return _tonnes([electricity, *networks])


def _tonnes(kilograms: Iterable[float | None]) -> float | None:
    known = [one for one in kilograms if one is not None]
    return sum(known) / 1000 if known else None


def _energy(footprint: Footprint) -> dict[str, float | None]:
    """Energy of buildings by carrier, of the lines in units of energy."""
    per_unit, binding = kwh_per_unit(footprint), footprint.binding
    told = np.isfinite(per_unit)
    quantity = np.bincount(binding.pair, footprint.inventory.quantity, len(per_unit)) if len(per_unit) else per_unit
    values: dict[str, float | None] = {}
    for measure, activities in _CARRIERS.items():
        of_carrier = told & np.array([bool(found and found.activity in activities) for found in binding.bound])
        known = quantity[of_carrier] * per_unit[of_carrier]
        values[measure] = float(known.sum()) / 1000 if len(known) else None
    carriers = [one for one in values.values() if one is not None]
    return values | {"energy": sum(carriers) if carriers else None}


def energy_left_out(footprint: Footprint) -> int:
    """How many lines of energy are in litres, tonnes or euros, or are refused: they are in no data point of energy."""
    return int(final_energy(footprint).left_out.sum())
