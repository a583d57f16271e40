"""An inventory written again with entries in its adaptation section, once they are found in order."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decarb.adaptation.form import Form


def opened(path: str) -> dict[str, Any]:
    """Inventory of `path` as it was decoded, refused if it is not valid."""
    from decarb.errors import InvalidInventoryError
    from decarb.inventory import check_document, read_json

    document, problems = read_json(Path(path))
    problems += check_document(document, path)[1]
    errors = [problem for problem in problems if problem.severity == "error" and problem.code != "no-lines"]
    if errors:
        raise InvalidInventoryError(errors)
    return document  # type: ignore[no-any-return]


def written(target: Path | None, document: Mapping[str, Any], form: "Form", path: str, today: date | None) -> None:
    """Write the inventory with the entries of a form.

    Raises
    ------
    DecarbError
        With what is wrong with the new document: of an entry, by its row in the form.
    """
    from decarb.adaptation.form import document_with
    from decarb.cli.options import json_text
    from decarb.cli.output import write_target

    assert target is not None
    write_target(target, json_text(document_with(document, form, path, today)))
