"""Other documents than inventories, read the same way: bills of materials, recipes of care, comparisons, scores."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from decarb.errors import DecarbError, InvalidDocumentError, Problem
from decarb.inventory.document import parse_document, read_bytes
from decarb.inventory.schema import disagreements
from decarb.resources import data_folder

PAGES = {
    "bill_of_materials": "docs/medicine-score.md",
    "care_recipe": "docs/care.md",
    "device_comparison": "docs/devices.md",
    "medicine_score": "docs/medicine-score.md",
}
"""Where each kind is described."""


def read_as(path: str | Path, kind: str) -> tuple[dict[str, Any], str]:
    """Read a document that agrees with ``schemas/<kind>.schema.json``; ``-`` is the standard input.

    The limits are those of inventories: size, depth, repeated keys, encoding, numbers.

    Returns
    -------
    document
    digest
        SHA-256 of its bytes.

    Raises
    ------
    InvalidDocumentError
        With every disagreement: file, pointer, value, what was expected.
    """
    try:
        data = read_bytes(Path(path))
        document, problems = parse_document(data)
    except DecarbError as error:
        raise InvalidDocumentError(_of_kind(error.problems, kind, path)) from None
    if isinstance(document, dict) and "establishment" in document and "schema_version" in document:
        raise InvalidDocumentError([Problem("inventory-given", {"page": PAGES[kind]}, file=str(path))])
    problems = [*problems, *disagreements(document, schema_of(kind))]
    if problems:
        raise InvalidDocumentError(_of_kind(problems, kind, path))
    return document, hashlib.sha256(data).hexdigest()


@cache
def schema_of(kind: str) -> dict[str, Any]:
    """Return the schema of a kind of document."""
    path = data_folder("schemas") / f"{kind}.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _of_kind(problems: Iterable[Problem], kind: str, path: str | Path) -> list[Problem]:
    """Problems in a file, those of an inventory's own words said of this kind."""
    page = {"page": PAGES[kind]}
    found = []
    for problem in problems:
        code = "empty-other-document" if problem.code == "empty-document" else problem.code
        told = page if code == "empty-other-document" or "page" in problem.parameters else {}
        found.append(replace(problem, code=code, parameters={**problem.parameters, **told}, file=str(path)))
    return found
