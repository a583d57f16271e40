"""What the commands over several years share: footprints, and what milestones ask for, by year."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decarb.errors import Problem
    from decarb.footprint import Footprint
    from decarb.national.obligations import Reported


def submissions_by_year(
    paths: tuple[str, ...],
    libraries: tuple[str, ...],
    gwp: str | None,
    partial: bool,
    tables: tuple[str, ...],
    wanted: Iterable[int] | None = None,
) -> "dict[int, Footprint]":
    """Footprints by year: documents are read together, each folder of columns and each year of a store alone.

    Parameters
    ----------
    wanted
        Years of a store to leave others out, which are not opened; all by default.

    Raises
    ------
    DecarbError
        As ``compute``, and where two collections hold the same year.
    """
    from decarb.national.base_year import by_year

    return by_year(_footprints(paths, libraries, gwp, partial, tables, wanted))


@dataclass(frozen=True, slots=True)
class Reports:
    """What milestones ask for by year, what a store said beside it, and whether lines were left out."""

    by_year: "dict[int, tuple[Reported, ...]]"
    notes: "tuple[Problem, ...]"
    is_partial: bool


def reports_by_year(
    paths: tuple[str, ...],
    libraries: tuple[str, ...],
    gwp: str | None,
    partial: bool,
    tables: tuple[str, ...],
    wanted: Iterable[int] | None = None,
) -> Reports:
    """Compute a footprint at a time, and keep what milestones ask for: years of a nation are not in memory together.

    Raises
    ------
    DecarbError
        As ``submissions_by_year``.
    """
    from decarb.errors import Problem, RefusedRoadmapError
    from decarb.national.base_year import by_year
    from decarb.national.obligations import reported

    reports: dict[int, tuple[Reported, ...]] = {}
    notes: list[Problem] = []
    twice: list[Problem] = []
    is_partial = False
    for footprint in _footprints(paths, libraries, gwp, partial, tables, wanted):
        notes += footprint.inventory.warnings
        is_partial |= footprint.is_partial
        for year, part in by_year([footprint]).items():
            twice += [Problem("roadmap-year-in-two", {"value": year})] if year in reports else []
            reports[year] = tuple(reported(year, part))
    if twice:
        raise RefusedRoadmapError(twice)
    return Reports(dict(sorted(reports.items())), tuple(notes), is_partial)


def _footprints(
    paths: tuple[str, ...],
    libraries: tuple[str, ...],
    gwp: str | None,
    partial: bool,
    tables: tuple[str, ...],
    wanted: Iterable[int] | None,
) -> "Iterator[Footprint]":
    from decarb.cli.computing import compute
    from decarb.footprint.from_files import compute_read
    from decarb.inventory import is_columns_folder
    from decarb.writing import is_store

    stores = [path for path in paths if is_store(path)]
    folders = [path for path in paths if is_columns_folder(path)]
    documents = tuple(path for path in paths if path not in (*folders, *stores))
    collections = [documents] if documents else []
    collections += [(folder,) for folder in folders]
    for collection in collections:
        yield compute(collection, libraries, gwp, partial, tables)
    if stores:
        from decarb.national.store import read_years
    years = None if wanted is None else frozenset(wanted)
    for store in stores:
        for inventory in read_years(store, years):
            yield compute_read(inventory, inventory.warnings, (store,), libraries, gwp, partial, tables)
