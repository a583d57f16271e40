"""The footprint of files: documents or a folder of columns, with the libraries and tables that go with them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from decarb.errors import DecarbError, InvalidInventoryError, Problem
from decarb.factors import load_factors
from decarb.footprint.cells import Footprint
from decarb.footprint.compute import compute_footprint
from decarb.inventory import Inventory, check_inventory


def compute_files(
    paths: Sequence[str | Path],
    libraries: Sequence[str | Path] = (),
    gwp: str | None = None,
    partial: bool = False,
    tables: Sequence[str | Path] = (),
) -> Footprint:
    """Footprint of documents; with `partial`, of the lines that could be read and bound.

    Parameters
    ----------
    paths
        Inventories, or one folder of columns.
    libraries
        As in ``load_factors``.
    tables
        As in ``load_medicines``; they are loaded when a line needs them where there is none.

    Raises
    ------
    DecarbError
        With the problems of the documents and the refusals of binding in the same breath.
    """
    inventory, problems = check_inventory(*paths)
    return compute_read(inventory, problems, paths, libraries, gwp, partial, tables)


def compute_read(
    inventory: Inventory | None,
    problems: Iterable[Problem],
    paths: Sequence[str | Path],
    libraries: Sequence[str | Path] = (),
    gwp: str | None = None,
    partial: bool = False,
    tables: Sequence[str | Path] = (),
) -> Footprint:
    """Footprint of an inventory that was read, with the problems found in it; the rest is as in ``compute_files``."""
    errors = [problem for problem in problems if problem.severity == "error"]
    library = load_factors(*libraries)
    medicines = None
    if tables:
        from decarb.medicines import load_medicines  # most inventories have no code, and need none of its tables

        medicines = load_medicines(*tables)
    if inventory is None:
        raise InvalidInventoryError(errors)
    try:
        result = compute_footprint(inventory, library, gwp, partial=True, medicines=medicines)
    except DecarbError as error:
        raise InvalidInventoryError([*errors, *error.problems]) from None
    refusals = [problem for refusal in result.binding.refusals for problem in refusal.problems]
    of_document = len(errors) > len(inventory.set_aside)
    nothing_left = not result.coverage["computed"]
    if of_document or nothing_left or (result.is_partial and not partial):
        if inventory.refused_documents:
            refused = {"count": inventory.refused_documents, "path": str(Path(paths[0]) / "refused.json")}
            errors.append(Problem("documents-refused", refused, file=str(paths[0])))
        raise InvalidInventoryError([*errors, *refusals])
    return result
