"""What several commands compute: the footprint of documents, of a folder of columns or of a year of a store."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from decarb.errors import Problem
    from decarb.footprint import Footprint
    from decarb.inventory import Inventory
    from decarb.medicines import Medicines


def load_tables(paths: tuple[str, ...]) -> "Medicines | None":
    """Tables of medicines that the user gives; None for the packaged ones, which are loaded when a line needs them."""
    if not paths:
        return None
    from decarb.medicines import load_medicines

    return load_medicines(*paths)


def read(paths: tuple[str, ...], year: int | None = None) -> "tuple[Inventory | None, list[Problem]]":
    """Inventory of documents, of a folder of columns or of a year of a store, and every problem found.

    Parameters
    ----------
    year
        Of the submissions of a store, whose latest one is read by default; nothing else is parted by it.

    Raises
    ------
    DecarbError
        If a store is not alone, is damaged, or has nothing of the year.
    """
    from decarb.errors import Problem, UsageError
    from decarb.inventory import check_inventory
    from decarb.writing import is_store

    stores = [path for path in paths if is_store(path)]
    if not stores:
        return check_inventory(*paths)
    if len(paths) > 1:
        raise UsageError([Problem("store-not-alone", {"value": path}, file=path) for path in stores])
    from decarb.national.store import read_year

    inventory = read_year(stores[0], year)
    return inventory, list(inventory.warnings)


def compute(
    paths: tuple[str, ...],
    libraries: tuple[str, ...],
    gwp: str | None,
    partial: bool,
    tables: tuple[str, ...] = (),
    year: int | None = None,
) -> "Footprint":
    """Footprint of what ``read`` reads; with `partial`, of the lines that could be read and bound.

    Parameters
    ----------
    tables
        Of medicines.

    Raises
    ------
    DecarbError
        With the problems of the documents and the refusals of binding in the same breath.
    """
    from decarb.footprint.from_files import compute_read

    inventory, problems = read(paths, year)
    return compute_read(inventory, problems, paths, libraries, gwp, partial, tables)


def of_year(footprint: "Footprint", year: int | None) -> "Footprint":
    """Return the part of a footprint that is of a year, as ``are_of_year`` says; all of it where none is asked for."""
    if year is None:
        return footprint
    from decarb.footprint.restricting import restrict

    kept = are_of_year(footprint.inventory, year)
    return footprint if kept.all() else restrict(footprint, kept)


def are_of_year(inventory: "Inventory", year: int) -> "NDArray[np.bool_]":
    """Whether each document is of a year, of shape (establishments,).

    Raises
    ------
    UsageError
        If none is.
    """
    import numpy as np

    from decarb.errors import Problem, UsageError

    years = np.array([establishment.year for establishment in inventory.establishments])
    if year not in years:
        known = list(map(str, sorted(set(years.tolist()))))
        raise UsageError([Problem("national-year", {"value": str(year), "known": known})])
    return np.asarray(years == year)


def tell_of_store(warnings: "Iterable[Problem]", language: str) -> None:
    """Say beside the figures which year of a store they are of, and what of it they leave out."""
    from decarb.report.problems import problem_lines

    lines = problem_lines([problem for problem in warnings if problem.code.startswith("store-")], language)
    if lines:
        click.echo("\n".join(lines), err=True)
