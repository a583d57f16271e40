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
    """Footprint of documents; with `partial`, of the lines that could be read and bound; `tables` are of medicines.

    Raises
    ------
    DecarbError
        With the problems of the documents and the refusals of binding in the same breath.
    """
    from pathlib import Path

    from decarb.errors import DecarbError, InvalidInventoryError, Problem
    from decarb.factors import load_factors
    from decarb.footprint import compute_footprint
    from decarb.inventory import check_inventory

    inventory, problems = check_inventory(*paths)
    errors = [problem for problem in problems if problem.severity == "error"]
    library = load_factors(*libraries)
    medicines = load_tables(tables)
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
            errors.append(Problem("documents-refused", refused, file=paths[0]))
        raise InvalidInventoryError([*errors, *refusals])
    return result
