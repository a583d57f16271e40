"""The rungs of the ladder: how a medicine may be priced, how far off each way may be, and which one is best when."""

import math
from dataclasses import dataclass
from functools import cache

from decarb.errors import Bilingual
from decarb.quality import Z_97_5
from decarb.resources import data_folder, read_rows

DIRECT = 0
"""In place of a rung: a gas that is released, which is measured by its mass and stands on none."""
SPEND = 7
"""The rung of an amount of money."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A way to price a medicine (docs/method.md, Medicines).

    ``shared_gsd2`` is the error that all lines of the rung share, ``line_gsd2`` that of one product among them: ratios
    of the 97.5 % quantile to the median.
    """

    number: int
    key: str
    name_en: str
    name_fr: str
    needs_en: str
    needs_fr: str
    shared_gsd2: float
    line_gsd2: float
    is_physical: bool
    error_group: str
    source: str

    @property
    def needs(self) -> Bilingual:
        """What a line must give to stand on it, for messages."""
        return Bilingual(self.needs_en, self.needs_fr)

    def name(self, language: str) -> str:
        """Name in `language`."""
        return self.name_fr if language == "fr" else self.name_en

    def sigma(self, products: int = 1) -> float:
        """Sigma of the logarithm of the sum of so many products of equal weight."""
        shared, line = (math.log(gsd2) / Z_97_5 for gsd2 in (self.shared_gsd2, self.line_gsd2))
        return math.sqrt(shared**2 + line**2 / products)


@cache
def rungs() -> dict[int, Rung]:
    """Rungs by number."""
    rows = read_rows(data_folder("emission_factors") / "medicines" / "rungs.csv")
    return {
        int(row["rung"]): Rung(
            int(row["rung"]),
            row["key"],
            row["name_en"],
            row["name_fr"],
            row["needs_en"],
            row["needs_fr"],
            float(row["shared_gsd2"]),
            float(row["line_gsd2"]),
            row["physical"] == "yes",
            row["error_group"],
            row["source"],
        )
        for row in rows
    }


@cache
def ranking(products: int) -> tuple[int, ...]:
    """Numbers of the rungs, the best first, where a sum of so many products is reported.

    The best has the narrowest combined interval: a product's own error fades in a pharmacy, the shared one does not.
    Physical before monetary, then the lower number, where the intervals are equal.
    """
    return tuple(
        sorted(rungs(), key=lambda number: (rungs()[number].sigma(products), not rungs()[number].is_physical, number))
    )


@cache
def levels() -> tuple[int, ...]:
    """Numbers of products from which the ranking is another one: the first is one product by itself."""
    found: list[int] = []
    before: tuple[int, ...] = ()
    for products in range(1, 1001):
        order = ranking(products)
        if order != before:
            found.append(products)
            before = order
    return tuple(found)
