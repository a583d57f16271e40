"""What the commands over several years share: submissions by year, options, output in three forms."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decarb.footprint import Footprint


def submissions_by_year(
    paths: tuple[str, ...], libraries: tuple[str, ...], gwp: str | None, partial: bool, tables: tuple[str, ...]
) -> "dict[int, Footprint]":
    """Footprints by year: documents are read together, each folder of columns alone.

    Raises
    ------
    DecarbError
        As ``compute``, and where two collections hold the same year.
    """
    from decarb.cli.computing import compute
    from decarb.inventory import is_columns_folder
    from decarb.national.base_year import by_year

    folders = [path for path in paths if is_columns_folder(path)]
    documents = tuple(path for path in paths if path not in folders)
    collections = [documents] if documents else []
    collections += [(folder,) for folder in folders]
    return by_year(compute(collection, libraries, gwp, partial, tables) for collection in collections)
