"""The stack of libraries in use: the packaged one, and what is layered over it."""

from pathlib import Path

from decarb.factors.library import FactorLibrary
from decarb.factors.package import Package
from decarb.factors.tables import layer_over, read_tables
from decarb.resources import collector_paused, data_folder


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
    with collector_paused():
        library = read_tables(data_folder("emission_factors"), None)
        for path in map(Path, paths):
            library = _own(path, library) if path.suffix.lower() == ".csv" else read_tables(path, library)
    return library


def _own(path: Path, below: FactorLibrary) -> FactorLibrary:
    from decarb.factors.importers.own_factors import read_own_csv

    own = read_own_csv(path, below)
    return layer_over(below, own.tables, path.stem, str(path), Package(), problems=own.problems)
