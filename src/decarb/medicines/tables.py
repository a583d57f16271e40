"""What the ladder stands on: the medicines database, links of UCD codes, and results for single products."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from decarb.medicines.class_means import ClassMeans
from decarb.medicines.database import MedicinesDatabase, load_database, packaged_database
from decarb.medicines.pricing import Candidate
from decarb.medicines.products import Product, product_of
from decarb.medicines.results import OwnResult, read_results
from decarb.medicines.ways import by_active_mass, by_published_result
from decarb.resources import collector_paused, data_folder

CLASS_MEANS = data_folder("emission_factors") / "medicines" / "class_means.csv"


@dataclass(frozen=True)
class Medicines:
    """Tables of medicines in use.

    ``results`` holds those of the user by CIP13 and rung.
    """

    database: MedicinesDatabase
    results: Mapping[tuple[str, int], OwnResult] = field(default_factory=dict)

    def product(self, system: str, value: str) -> Product:
        """What a code names; errors as ``product_of`` says."""
        return product_of(system, value, self.database)

    @cached_property
    def class_means(self) -> ClassMeans:
        """Means of rung 5, over every box that a better rung prices; those of the packaged tables are shipped."""
        shipped = self.database.source == packaged_database().source and not self.results
        return ClassMeans.read(CLASS_MEANS) if shipped else self.computed_class_means()

    def computed_class_means(self) -> ClassMeans:
        """Means of rung 5 by a second pass over the tables: a second or two for all of France."""
        with collector_paused():
            return ClassMeans.of(self._priced_units())

    def own_result(self, product: Product, rung: int) -> Candidate | None:
        """Result of the user for a product on a rung."""
        found = self.results.get((product.presentation.cip13, rung))
        return found.candidate() if found else None

    def _priced_units(self) -> Iterator[tuple[Product, float]]:
        """Each presentation with an ATC code that a rung above the fifth prices, and the emissions of its unit."""
        for presentation in self.database.presentations():
            speciality = self.database.speciality(presentation.cis)
            if not (presentation.units and speciality and speciality.atc):
                continue
            product = Product("CIP13", presentation.cip13, presentation, speciality, presentation.units)
            ways = (
                *(self.own_result(product, rung) for rung in (1, 3)),
                by_published_result(product),
                by_active_mass(product),
            )
            found = next((way for way in ways if isinstance(way, Candidate)), None)
            if found:
                yield product, found.kgco2e_per_box / presentation.units


@cache
def packaged_medicines() -> Medicines:
    """Tables that come with decarb."""
    return Medicines(load_database())


def load_medicines(*paths: str | Path) -> Medicines:
    """Load the packaged tables, with others over them in order.

    Parameters
    ----------
    paths
        Each an imported database (``.parquet``), a table of UCD codes, a table of results (a CSV with a column
        ``kgco2e_per_box``), or a result that ``decarb medicines score --out`` wrote (``.json``).

    Raises
    ------
    DecarbError
        With every defect of each, by row.
    """
    if not paths:
        return packaged_medicines()
    results = [path for path in map(Path, paths) if _holds_results(path)]
    others = [path for path in map(Path, paths) if not _holds_results(path)]
    found = (result for path in results for result in read_results(path))
    return Medicines(load_database(*others), {(result.cip13, result.rung): result for result in found})


def _holds_results(path: Path) -> bool:
    if path.suffix.lower() == ".json":
        return True
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    with path.open("rb") as stream:
        return b"kgco2e_per_box" in stream.readline()
