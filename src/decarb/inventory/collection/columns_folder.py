"""The folder of columns: what a collection of documents becomes, and what is computed from again and again.

``lines.arrow`` and ``spends.arrow`` are Arrow IPC files of integer codes and float64 quantities; ``terms.arrow`` holds
what the term codes mean; ``collection.json`` the establishments, places, warnings; ``refused.json`` the documents that
are not in it. ``datapackage.json`` names them. docs/columns.md describes each column.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from decarb import __version__
from decarb.errors import InvalidInventoryError, Problem
from decarb.inventory.collection.shards import (
    SPEND,
    Kept,
    Refused,
    establishment_as_data,
    problems_as_data,
    problems_from_data,
)
from decarb.inventory.columns import Establishment, Inventory, LineTerms, Place, Spends, in_order_of_appearance
from decarb.inventory.lines import Vocabulary
from decarb.writing import PACKAGE

if TYPE_CHECKING:
    import pyarrow as pa

_Value = TypeVar("_Value")

KIND = "columns"
FORMAT = "1.0"
LINES, TERMS, SPENDS, COLLECTION, REFUSED = (
    "lines.arrow",
    "terms.arrow",
    "spends.arrow",
    "collection.json",
    "refused.json",
)
BATCH_LINES = 1_000_000
"""Lines of a record batch, at least: what the writer holds in memory, about 50 MB."""


def is_columns_folder(path: str | Path) -> bool:
    """Whether `path` is a folder of columns that decarb wrote."""
    try:
        return bool(orjson.loads((Path(path) / PACKAGE).read_bytes())["decarb"]["kind"] == KIND)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_columns(folder: Path, documents: Sequence[Kept], refused: Sequence[Refused], vocabulary: Vocabulary) -> int:
    """Write documents, which are in canonical order, as a folder of columns; return how many lines they have.

    The codes of `vocabulary` are given anew, by first appearance: the same files whatever the order in which the
    documents were read.
    """
    import pyarrow as pa

    folder.mkdir()
    terms, places = _Renamed(list(vocabulary.terms)), _Renamed(list(vocabulary.places))
    lines = 0
    spends: list[NDArray[np.void]] = []
    with pa.OSFile(str(folder / LINES), "wb") as sink, pa.ipc.new_file(sink, _line_schema()) as writer:
        for batch in _batches(documents):
            pieces = [_Piece(number, document, terms, places) for number, document in batch]
            writer.write_batch(pa.record_batch(_line_arrays(pieces), schema=_line_schema()))
            for piece in pieces:
                spends.append(piece.spends)
                spends[-1]["line"] += lines
                lines += len(piece.rows)
    together = np.concatenate([np.empty(0, SPEND), *spends])
    _write_table(
        folder / SPENDS,
        {name: np.ascontiguousarray(together[name]) for name in ("line", "term", "quantity")},
    )
    _write_table(
        folder / TERMS,
        {name: [said[place] for said in terms.used] for place, name in enumerate(LineTerms._fields)},
    )
    _write_json(
        folder / COLLECTION,
        {
            "format": FORMAT,
            "establishments": [establishment_as_data(document.establishment) for document in documents],
            "places": list(map(tuple, places.used)),
            "warnings": problems_as_data([warning for document in documents for warning in document.warnings]),
        },
    )
    _write_json(
        folder / REFUSED,
        [
            {
                "file": document.file,
                "sha256": document.digest,
                "problems": [
                    {**problem.to_dict("en"), "message_fr": problem.message("fr")} for problem in document.problems
                ],
            }
            for document in refused
        ],
    )
    _write_package(folder, len(documents), lines, len(refused))
    return lines


def open_columns(folder: str | Path) -> Inventory:
    """Open a folder of columns as an inventory; numbers are read from the disk as they are used.

    Raises
    ------
    InvalidInventoryError
        If it is no folder of columns, or not one of this version.
    """
    import pyarrow as pa

    folder = Path(folder)
    try:
        collection = orjson.loads((folder / COLLECTION).read_bytes())
        refused = len(orjson.loads((folder / REFUSED).read_bytes()))
        if not is_columns_folder(folder) or collection["format"] != FORMAT:
            raise ValueError(collection["format"])
        lines = pa.ipc.open_file(pa.memory_map(str(folder / LINES))).read_all()
        spends = pa.ipc.open_file(pa.memory_map(str(folder / SPENDS))).read_all()
        terms = pa.ipc.open_file(pa.memory_map(str(folder / TERMS))).read_all().to_pydict()
        column = {name: _whole(lines.column(name)) for name in _LINE_TYPES if name != "id"}
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise InvalidInventoryError([Problem("columns-unreadable", {"reason": str(error)}, file=str(folder))]) from None
    return Inventory(
        establishments=tuple(Establishment(**said) for said in collection["establishments"]),
        terms=tuple(LineTerms(*values) for values in zip(*(terms[name] for name in LineTerms._fields), strict=True)),
        places=tuple(Place(*codes) for codes in collection["places"]),
        **column,
        ids=_StoredIds(lines.column("id")),
        spends=Spends(*(_whole(spends.column(name)) for name in ("line", "term", "quantity"))),
        warnings=problems_from_data(collection["warnings"]),
        refused_documents=refused,
    )


_LINE_TYPES = {
    "establishment": np.int32,
    "section": np.int8,
    "position": np.int32,
    "term": np.int32,
    "place": np.int32,
    "quantity": np.float64,
    "activity_gsd2": np.float64,
    "id": str,
}


def _whole(column: "pa.ChunkedArray") -> NDArray[Any]:
    """One array of a column, in place where it is in one piece."""
    pieces = [chunk.to_numpy() for chunk in column.chunks]
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


class _StoredIds(Sequence[str]):
    """Ids of lines where they are on the disk."""

    def __init__(self, column: "pa.ChunkedArray") -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple(self._column[index].to_pylist())
        return self._column[range(len(self))[index]].as_py()

    def index(self, value: str, start: int = 0, stop: int | None = None) -> int:  # type: ignore[override]
        """Return the row of the first line called `value`; ValueError if there is none."""
        from pyarrow import compute

        found = compute.index(self._column.slice(start, None if stop is None else stop - start), value).as_py()
        if found < 0:
            raise ValueError(value)
        return start + int(found)

    def __contains__(self, value: object) -> bool:
        try:
            self.index(str(value))
        except ValueError:
            return False
        return isinstance(value, str)


class _Renamed(Generic[_Value]):
    """Values with new codes, by first appearance; ``used`` holds those in use, in this order."""

    def __init__(self, values: Sequence[_Value]) -> None:
        self.used: list[_Value] = []
        self._values = values
        self._codes = np.full(len(values), -1, dtype=np.int32)

    def codes(self, codes: NDArray[np.int32]) -> NDArray[np.int32]:
        """New codes of old ones."""
        new = codes[self._codes[codes] < 0]
        if len(new):
            first = new[in_order_of_appearance(new, len(self._values))[1]]
            self._codes[first] = np.arange(len(self.used), len(self.used) + len(first), dtype=np.int32)
            self.used += [self._values[code] for code in first.tolist()]
        return self._codes[codes]


class _Piece:
    """Lines of one document with their new codes."""

    def __init__(self, number: int, document: Kept, terms: _Renamed[LineTerms], places: _Renamed[Place]) -> None:
        self.number = number
        self.rows = document.read_rows()
        self.spends = document.read_spends()
        self.ids = document.read_ids()
        codes = terms.codes(np.concatenate((self.rows["term"], self.spends["term"])))
        self.rows["term"], self.spends["term"] = codes[: len(self.rows)], codes[len(self.rows) :]
        self.rows["place"] = places.codes(self.rows["place"])


def _batches(documents: Sequence[Kept]) -> Iterator[list[tuple[int, Kept]]]:
    """Documents with their numbers, so many at a time that they make a record batch."""
    batch: list[tuple[int, Kept]] = []
    lines = 0
    for number, document in enumerate(documents):
        batch.append((number, document))
        lines += document.rows[1] - document.rows[0]
        if lines >= BATCH_LINES:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch


def _line_schema() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema(
        [(name, pa.string() if kind is str else pa.from_numpy_dtype(kind)) for name, kind in _LINE_TYPES.items()]
    )


def _line_arrays(pieces: Sequence[_Piece]) -> "list[pa.Array]":
    """Columns of a record batch; ids keep the bytes that they were read as."""
    import pyarrow as pa

    rows = np.concatenate([piece.rows for piece in pieces])
    numbers = np.repeat([piece.number for piece in pieces], [len(piece.rows) for piece in pieces]).astype(np.int32)
    columns = [np.ascontiguousarray(rows[name]) for name in list(_LINE_TYPES)[1:-1]]
    offsets = np.concatenate(([0], np.cumsum(rows["id_size"]))).astype(np.int32)
    ids = pa.py_buffer(b"".join(piece.ids for piece in pieces))
    return [
        *map(pa.array, (numbers, *columns)),
        pa.StringArray.from_buffers(len(rows), pa.py_buffer(offsets), ids),
    ]


def _write_table(path: Path, columns: dict[str, Any]) -> None:
    import pyarrow as pa

    table = pa.table(columns)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _write_json(path: Path, content: Any) -> None:
    path.write_bytes(orjson.dumps(content, default=str, option=orjson.OPT_APPEND_NEWLINE))


def _write_package(folder: Path, documents: int, lines: int, refused: int) -> None:
    """Say what the folder is, and what it holds."""
    files = [LINES, TERMS, SPENDS, COLLECTION, REFUSED]
    description = {
        "name": "decarb-columns",
        "title": "Inventories as columns",
        "resources": [
            {"name": Path(name).stem, "path": name, "bytes": (folder / name).stat().st_size} for name in files
        ],
        "decarb": {
            "kind": KIND,
            "format": FORMAT,
            "engine": __version__,
            "documents": documents,
            "lines": lines,
            "refused": refused,
            "files": sorted([PACKAGE, *files]),
        },
    }
    (folder / PACKAGE).write_bytes(orjson.dumps(description, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
