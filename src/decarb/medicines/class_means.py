"""Rung 5: the mean of the products of a class that better rungs price, in a second pass over the tables."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from decarb.errors import Problem, Term
from decarb.medicines.classes import CLASSES
from decarb.medicines.pricing import Amount, Candidate
from decarb.medicines.products import Product
from decarb.medicines.rungs import rungs
from decarb.medicines.ways import LOW_DOSE
from decarb.resources import Table, read_rows, write_table

ATC_DIGITS = (5, 4)
"""The chemical subgroup (ATC4), else the pharmacological one (ATC3)."""
FEWEST = 3
"""Products that make a mean."""

_OF_SMALL_MOLECULES = ("", LOW_DOSE)

Key = tuple[str, tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class ClassMean:
    """Mean of one unit [kg CO2e] over so many specialities."""

    kgco2e_per_unit: float
    specialities: int


@dataclass(slots=True)
class ClassMeans:
    """Means by ATC class, routes and kind of unit.

    Each speciality counts once: the mean over its boxes, then the mean over specialities.
    """

    means: dict[Key, ClassMean] = field(default_factory=dict)

    @classmethod
    def of(cls, priced: "Iterable[tuple[Product, float]]") -> "ClassMeans":
        """Means of products with the emissions of a unit of each [kg CO2e]."""
        values: dict[Key, dict[str, list[float]]] = {}
        for product, kgco2e_per_unit in priced:
            for key in keys_of(product):
                values.setdefault(key, {}).setdefault(product.presentation.cis, []).append(kgco2e_per_unit)
        return cls(
            {
                key: ClassMean(_mean([_mean(boxes) for boxes in members.values()]), len(members))
                for key, members in values.items()
                if len(members) >= FEWEST
            }
        )

    @classmethod
    def read(cls, path: Path) -> "ClassMeans":
        """Means of a table that ``write`` wrote."""
        return cls(
            {
                (row["atc"], tuple(row["routes"].split("|")), row["unit"]): ClassMean(
                    float(row["kgco2e_per_unit"]), int(row["specialities"])
                )
                for row in read_rows(path)
            }
        )

    def write(self, path: Path) -> None:
        """Write the means as a table, in the order of classes."""
        rows = [
            [atc, "|".join(routes), unit, repr(mean.kgco2e_per_unit), str(mean.specialities)]
            for (atc, routes, unit), mean in sorted(self.means.items())
        ]
        write_table(path, Table(("atc", "routes", "unit", "kgco2e_per_unit", "specialities"), rows))

    def price(self, product: Product) -> Candidate | Problem:
        """Rung 5 of a product, or what is missing."""
        if product.excluded not in _OF_SMALL_MOLECULES:
            # the better rungs price the small molecules of a class alone: no mean of them stands for a biologic
            kind = {"value": product.code, "class": Term(CLASSES[product.excluded])}
            return Problem("not-by-class", kind, severity="note")
        if not product.atc:
            return Problem("no-atc", {"value": product.code}, severity="note")
        if not product.units:
            return Problem("no-units-parsed", {"value": product.presentation.label}, severity="note")
        for key in keys_of(product):
            mean = self.means.get(key)
            if mean:
                what = {
                    "units": product.units,
                    "value": mean.kgco2e_per_unit,
                    "unit": key[2],
                    "count": mean.specialities,
                    "class": key[0],
                }
                why = Problem("medicine-by-class", what, severity="note")
                amount = Amount(f"ATC {key[0]}", mean.kgco2e_per_unit * product.units)
                return Candidate(rungs()[5], (amount,), why, "decarb-method", key[0])
        asked = {"class": product.atc, "routes": list(product.routes), "unit": product.presentation.unit}
        return Problem("no-priced-in-class", asked, severity="note")


def keys_of(product: Product) -> list[Key]:
    """Return the classes of a product, the narrowest first."""
    unit = product.presentation.unit
    return [(product.atc[:digits], product.routes, unit) for digits in ATC_DIGITS if len(product.atc) >= digits]


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)
