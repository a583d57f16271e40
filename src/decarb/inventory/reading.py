"""Read documents into an Inventory: every problem of a document at once, then columns."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from decarb.errors import InvalidInventoryError, Problem
from decarb.inventory.collection.columns_folder import is_columns_folder, open_columns
from decarb.inventory.columns import SECTIONS, Inventory, Spends, in_order_of_appearance
from decarb.inventory.document import parse_document, read_bytes
from decarb.inventory.head import read_establishment
from decarb.inventory.limits import DEFAULT_LIMITS, Limits
from decarb.inventory.lines import DocumentLines, LineColumns, Vocabulary, counted_twice, line_problems
from decarb.inventory.schema import schema_problems
from decarb.inventory.shared_services import declared_lines, places_of_lines, with_places
from decarb.inventory.shared_services import line_problems as shared_line_problems

_Value = TypeVar("_Value")
_HEADS = {"establishment", "period", "method", "sites", "declaration", "adaptation", "shared_services"}


def read_inventory(*paths: str | Path) -> Inventory:
    """Read one or many inventory documents.

    Parameters
    ----------
    paths
        JSON files in the form of ``schemas/inventory.schema.json``; or one folder of columns, from ``ingest``.

    Raises
    ------
    InvalidInventoryError
        With every problem of every document: file, JSON pointer, line id, value, what was expected.
    """
    if not paths:
        raise InvalidInventoryError([Problem("no-files")])
    inventory, problems = check_inventory(*paths)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or inventory is None:
        raise InvalidInventoryError(errors)
    return inventory


def check_inventory(*paths: str | Path, limits: Limits = DEFAULT_LIMITS) -> tuple[Inventory | None, list[Problem]]:
    """Read what can be read and return it with every problem found.

    Parameters
    ----------
    paths
        As ``read_inventory`` takes them.
    limits
        Beyond which a document is refused.

    Returns
    -------
    Inventory or None, list of Problem
        The inventory leaves out the lines that have problems, so that binding can report on the others; it is None if
        no document could be read at all. Each problem says its severity.
    """
    if any(is_columns_folder(path) for path in paths):
        return _columns_alone(paths)
    problems: list[Problem] = []
    documents: list[DocumentLines] = []
    vocabulary = Vocabulary()
    for path in paths:
        try:
            found, document = read_document(
                read_bytes(Path(path), limits.document_bytes), str(path), vocabulary, limits
            )
        except InvalidInventoryError as error:
            found, document = list(error.problems), None
        problems += [problem.at(file=str(path)) for problem in found]
        if document:
            documents.append(document)
    documents.sort(key=lambda document: document.order)
    problems += overlaps(
        [(*document.order, document.establishment.file) for document in documents if not document.unread]
    )
    return (_inventory(documents, vocabulary, problems) if documents else None), problems


def check_document(document: Mapping[str, Any], name: str) -> tuple[Inventory | None, list[Problem]]:
    """As ``check_inventory``, of one document that is in memory: what another kind of document makes of its lines."""
    import orjson

    vocabulary = Vocabulary()
    problems, read = read_document(orjson.dumps(document), name, vocabulary)
    problems = [problem.at(file=name) for problem in problems]
    return (_inventory([read], vocabulary, problems) if read else None), problems


def _columns_alone(paths: Sequence[str | Path]) -> tuple[Inventory | None, list[Problem]]:
    """Inventory of a folder of columns; it stands alone, as documents beside it could overlap its own."""
    if len(paths) > 1:
        return None, [Problem("columns-not-alone", {}, file=str(path)) for path in paths if is_columns_folder(path)]
    inventory = open_columns(paths[0])
    return inventory, list(inventory.warnings)


def overlaps(documents: Iterable[tuple[str, str, str, str]]) -> Iterator[Problem]:
    """Documents (entity, first and last day, file), in canonical order, of one entity over some of the same days."""
    for first, second in pairwise(documents):
        if first[0] == second[0] and second[1] <= first[2]:
            what = {"value": first[3], "entity": first[0]}
            yield Problem("same-entity-and-period", what, file=second[3])


def read_document(
    data: bytes, file: str, vocabulary: Vocabulary, limits: Limits = DEFAULT_LIMITS
) -> tuple[list[Problem], DocumentLines | None]:
    """Problems of a document, and the columns of what can be read of it.

    Parameters
    ----------
    vocabulary
        Gives terms and places their codes.

    Raises
    ------
    InvalidInventoryError
        If the bytes are not one JSON document.
    """
    document, problems = parse_document(data, limits.depth)
    problems += schema_problems(document)
    if not isinstance(document, dict):
        return problems, None
    return _examine(document, problems, file, hashlib.sha256(data).hexdigest(), vocabulary, limits)


def _examine(
    document: dict[str, Any], refused: list[Problem], file: str, digest: str, vocabulary: Vocabulary, limits: Limits
) -> tuple[list[Problem], DocumentLines | None]:
    """Look at a document line by line, with what its schema refuses in hand."""
    refused = [_with_line_id(problem, document) for problem in refused]
    sections = {name: value for name in SECTIONS if isinstance(value := document.get(name), list)}
    count = sum(map(len, sections.values()))
    if count > limits.lines:
        return [Problem("too-many-lines", {"value": count, "limit": limits.lines})], None
    bad_lines = {tuple(problem.pointer.split("/")[1:3]) for problem in refused}
    bad_heads = {tokens[0] for tokens in bad_lines if tokens} & _HEADS
    if any(problem.code == "too-many-problems" for problem in refused):
        return refused, None
    # with the head unread, a stand-in lets the lines be checked in the same breath: the document is refused anyway
    unread = frozenset(bad_heads | ({"establishment", "period"} - document.keys()))
    readable = {name: value for name, value in document.items() if name not in unread}
    establishment, found = read_establishment(readable, file, digest)
    refused += found
    if not any(sections.values()) and not any(tokens[0] in SECTIONS for tokens in bad_lines if tokens):
        refused.append(Problem("no-lines", {"sections": SECTIONS}))
    if declared_lines(establishment):
        places = places_of_lines(sections, SECTIONS)
        refused += shared_line_problems(establishment.shared_services, places)
        establishment = with_places(establishment, places)
    columns = LineColumns(establishment, unread, vocabulary)
    for name, position, line, problems in _lines(sections, bad_lines, columns):
        refused += problems
        if not any(problem.severity == "error" for problem in problems):
            columns.add(SECTIONS.index(name), position, line)
    return refused, columns.done()


def _lines(
    sections: Mapping[str, Sequence[Any]], bad_lines: set[tuple[str, ...]], columns: LineColumns
) -> Iterator[tuple[str, int, dict[str, Any], list[Problem]]]:
    """Section, position and problems of each line that the schema accepts."""
    twice = {problem.pointer: problem for problem in counted_twice(sections)}
    seen: dict[str, str] = {}
    for name, lines in sections.items():
        for position, line in enumerate(lines):
            pointer = f"/{name}/{position}"
            if (name, str(position)) in bad_lines or not isinstance(line, dict):
                continue
            problems = []
            first = seen.setdefault(line["id"], pointer)
            if first != pointer:
                problems.append(
                    Problem("duplicate-line-id", {"value": line["id"], "first": first}, pointer=f"{pointer}/id")
                )
            problems += line_problems(line, pointer, columns.establishment, columns.unread)
            problems += [twice[pointer]] if pointer in twice else []
            yield name, position, line, [problem.at(line_id=line["id"]) for problem in problems]


def _with_line_id(problem: Problem, document: dict[str, Any]) -> Problem:
    tokens = problem.pointer.split("/")[1:3]
    if len(tokens) == 2 and tokens[0] in SECTIONS and tokens[1].isascii() and tokens[1].isdigit():
        lines = document.get(tokens[0])
        line = lines[int(tokens[1])] if isinstance(lines, list) and int(tokens[1]) < len(lines) else None
        if isinstance(line, dict) and isinstance(line.get("id"), str):
            return problem.at(line_id=line["id"])
    return problem


def _is_of_line(problem: Problem) -> bool:
    """Whether the problem is of one line, which can be left out, and not of the document."""
    tokens = problem.pointer.split("/")
    return len(tokens) > 2 and tokens[1] in SECTIONS


def _renamed(codes: NDArray[np.int32], values: Sequence[_Value]) -> tuple[NDArray[np.int32], tuple[_Value, ...]]:
    """Codes by first appearance, and the values they mean: the same whatever the order the documents were read in."""
    renamed, first = in_order_of_appearance(codes, len(values))
    return renamed, tuple(values[code] for code in codes[first].tolist())


def _inventory(documents: Sequence[DocumentLines], vocabulary: Vocabulary, problems: Iterable[Problem]) -> Inventory:
    """One inventory of documents in canonical order."""
    counts = [len(document.ids) for document in documents]
    offsets = np.concatenate(([0], np.cumsum(counts)))
    spends = [
        (int(offset) + line, term, quantity)
        for offset, document in zip(offsets[:-1], documents, strict=True)
        for line, term, quantity in document.spends
    ]
    term = np.concatenate([document.term for document in documents])
    of_spends = np.array([code for _, code, _ in spends], dtype=np.int32)
    place = np.concatenate([document.place for document in documents])
    codes, terms = _renamed(np.concatenate((term, of_spends)), list(vocabulary.terms))
    place, places = _renamed(place, list(vocabulary.places))
    remarks: dict[int, Mapping[str, Any]] = {}
    for offset, document in zip(offsets[:-1].tolist(), documents, strict=True):
        remarks |= {offset + line: kept for line, kept in document.remarks.items()}
    problems = list(problems)
    return Inventory(
        establishments=tuple(document.establishment for document in documents),
        terms=terms,
        places=places,
        establishment=np.repeat(np.arange(len(documents), dtype=np.int32), counts),
        section=np.concatenate([document.section for document in documents]),
        position=np.concatenate([document.position for document in documents]),
        term=codes[: len(term)],
        place=place,
        quantity=np.concatenate([document.quantity for document in documents]),
        activity_gsd2=np.concatenate([document.activity_gsd2 for document in documents]),
        ids=tuple(line_id for document in documents for line_id in document.ids),
        spends=Spends(
            np.array([line for line, _, _ in spends], dtype=np.int64),
            codes[len(term) :],
            np.array([quantity for *_, quantity in spends], dtype=np.float64),
        ),
        remarks=remarks,
        warnings=tuple(problem for problem in problems if problem.severity == "warning"),
        set_aside=tuple(problem for problem in problems if problem.severity == "error" and _is_of_line(problem)),
    )
