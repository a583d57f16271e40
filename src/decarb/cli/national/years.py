"""What the commands over several years share: submissions by year, options, output in three forms."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decarb.footprint import Footprint


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
    from decarb.cli.computing import compute, compute_read
    from decarb.inventory import is_columns_folder
    from decarb.national.base_year import by_year
    from decarb.writing import is_store

    stores = [path for path in paths if is_store(path)]
    folders = [path for path in paths if is_columns_folder(path)]
    documents = tuple(path for path in paths if path not in (*folders, *stores))
    collections = [documents] if documents else []
    collections += [(folder,) for folder in folders]
    years = None if wanted is None else frozenset(wanted)

    def footprints() -> "Iterator[Footprint]":
        for collection in collections:
            yield compute(collection, libraries, gwp, partial, tables)
        if not stores:
            return
        from decarb.national.store import read_years

        for store in stores:
            for inventory in read_years(store, years):
                yield compute_read(inventory, inventory.warnings, (store,), libraries, gwp, partial, tables)

    return by_year(footprints())
