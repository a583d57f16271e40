"""What several commands compute: the footprint of documents or of a folder of columns."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decarb.footprint import Footprint
    from decarb.medicines import Medicines


def load_tables(paths: tuple[str, ...]) -> "Medicines | None":
    """Tables of medicines that the user gives; None for the packaged ones, which are loaded when a line needs them."""
    if not paths:
        return None
    from decarb.medicines import load_medicines

    return load_medicines(*paths)


def compute(
    paths: tuple[str, ...], libraries: tuple[str, ...], gwp: str | None, partial: bool, tables: tuple[str, ...] = ()
) -> "Footprint":
    """Footprint of documents, as ``decarb.footprint.from_files`` computes it; `tables` are of medicines."""
    from decarb.footprint.from_files import compute_files

    return compute_files(paths, libraries, gwp, partial, tables)
