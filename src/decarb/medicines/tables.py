"""What the ladder stands on: the medicines database, links of UCD codes, and results for single products."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from decarb.errors import DecarbError, InvalidLibraryError, Problem
from decarb.medicines.class_means import ClassMeans
from decarb.medicines.database import MedicinesDatabase, load_database, packaged_database
from decarb.medicines.pricing import Candidate
from decarb.medicines.products import Product, product_of
from decarb.medicines.results import OwnResult, read_results
from decarb.medicines.rungs import rungs
from decarb.medicines.ways import by_active_mass, by_mean_box, by_published_result
from decarb.resources import collector_paused, data_folder

PRICED_RUNGS = (1, 2, 3, 4)
"""Rungs that the means of classes are made of, the best first."""
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
        if found is None:
            return None
        known, units = product.presentation.units, found.units_per_box
        if not (known and units) or known == units:
            return found.candidate()
        what = {"value": product.presentation.cip13, "units": units, "known": known}
        return replace(found.candidate(), notes=(Problem("own-result-units", what, severity="warning"),))

    def way(self, product: Product, rung: int) -> Candidate | Problem:
        """Price of a box on one physical rung, or what is missing; a result of the user comes before others."""
        own = self.own_result(product, rung)
        if own is not None:
            return own
        match rung:
            case 2:
                return by_published_result(product)
            case 4:
                return by_active_mass(product)
            case 5:
                return self.class_means.price(product)
            case 6:
                return by_mean_box(product)
            case _:
                return _no_own_result(rung)

    def _priced_units(self) -> Iterator[tuple[Product, float]]:
        """Each presentation with an ATC code that a rung above the fifth prices, and the emissions of its unit."""
        for presentation in self.database.presentations():
            speciality = self.database.speciality(presentation.cis)
            if not (presentation.units and speciality and speciality.atc):
                continue
            product = Product("CIP13", presentation.cip13, presentation, speciality, presentation.units)
            ways = (self.way(product, rung) for rung in PRICED_RUNGS)
            found = next((way for way in ways if isinstance(way, Candidate)), None)
            if found:
                yield product, found.kgco2e_per_box / presentation.units


@cache
def _no_own_result(rung: int) -> Problem:
    return Problem("no-own-result", {"needs": rungs()[rung].needs}, severity="note")


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
    kinds = {path: _holds_results(path) for path in map(Path, paths)}
    problems: list[Problem] = []
    results: dict[tuple[str, int], OwnResult] = {}
    database = packaged_database()
    try:
        database = load_database(*(path for path, holds_results in kinds.items() if not holds_results))
    except DecarbError as error:
        problems += error.problems
    for path in (path for path, holds_results in kinds.items() if holds_results):
        try:
            for result in read_results(path):
                if (result.cip13, result.rung) in results:
                    problems.append(Problem("result-twice", {"value": result.cip13}, file=str(path)))
                results[result.cip13, result.rung] = result
        except DecarbError as error:
            problems += error.problems
    if problems:
        raise InvalidLibraryError(problems)
    return Medicines(database, results)


def _holds_results(path: Path) -> bool:
    """Whether a table holds results, by its name or its headers; an unreadable one is for the reader of databases."""
    from decarb.factors.importers.delimited import folded

    if path.suffix.lower() in (".json", ".parquet"):
        return path.suffix.lower() == ".json"
    try:
        with path.open("rb") as stream:
            header = stream.readline(10_000)
    except OSError:
        return False
    return "kgco2eperbox" in folded(header.decode("utf-8", "replace"))
