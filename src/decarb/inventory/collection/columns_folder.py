"""The folder of columns: what a collection of documents becomes, and what is computed from again and again.

``lines.arrow`` and ``spends.arrow`` are Arrow IPC files of integer codes and float64 quantities; ``terms.arrow`` holds
what the term codes mean; ``collection.json`` the establishments, places, warnings; ``refused.json`` the documents that
are not in it. ``datapackage.json`` names them. docs/columns.md describes each column.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_type_hints

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
BATCH_LINES = 250_000
"""Lines of a record batch, at least: what the writer and a reader hold in memory beside it, about 15 MB."""


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
        for pieces, batch in _prepared(documents, terms, places):
            writer.write_batch(batch)
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
        term_schema(),
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
        collection = _read_collection(folder)
        refused = len(orjson.loads((folder / REFUSED).read_bytes()))
        column = _read_columns(folder / LINES, {name: kind for name, kind in _LINE_TYPES.items() if name != "id"})
        spends = _read_columns(folder / SPENDS, _SPEND_TYPES)
        terms = pa.ipc.open_file(pa.memory_map(str(folder / TERMS))).read_all().to_pydict()
        inventory = Inventory(
            establishments=tuple(Establishment(**said) for said in collection["establishments"]),
            terms=tuple(map(LineTerms._make, zip(*(terms[name] for name in LineTerms._fields), strict=True))),
            places=tuple(map(Place._make, collection["places"])),
            **column,
            ids=_StoredIds(folder / LINES),
            spends=Spends(**spends),
            warnings=problems_from_data(collection["warnings"]),
            refused_documents=refused,
            documents_read=False,
        )
        _check_codes(inventory)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise InvalidInventoryError([Problem("columns-unreadable", {"reason": str(error)}, file=str(folder))]) from None
    return inventory


def _check_codes(inventory: Inventory) -> None:
    """Refuse columns whose parts are not of one collection: ValueError."""
    tables = {"establishment": inventory.establishments, "term": inventory.terms, "place": inventory.places}
    for name, values in tables.items():
        codes = getattr(inventory, name)
        if len(codes) and not 0 <= codes.min() <= codes.max() < len(values):
            raise ValueError(f"{LINES}: {name} {codes.min()} ... {codes.max()} / {len(values)}")


def _read_collection(folder: Path) -> dict[str, Any]:
    collection: dict[str, Any] = orjson.loads((folder / COLLECTION).read_bytes())
    if not is_columns_folder(folder) or collection["format"] != FORMAT:
        raise ValueError(f"format {collection['format']}; {FORMAT} is read")
    return collection


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
_SPEND_TYPES = {"line": np.int64, "term": np.int32, "quantity": np.float64}


@contextmanager
def _opened(path: Path, names: Iterable[str], *, mapped: bool = False) -> "Iterator[pa.RecordBatchFileReader]":
    """Reader of some columns of an Arrow file; `mapped`, of pages of the file where they are."""
    import pyarrow as pa

    with pa.memory_map(str(path)) if mapped else pa.OSFile(str(path)) as source:
        fields = pa.ipc.open_file(source).schema.names
        options = pa.ipc.IpcReadOptions(included_fields=[fields.index(name) for name in names])
        yield pa.ipc.open_file(source, options=options)


def _read_columns(path: Path, types: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of an Arrow file, copied once: reading batches into memory of their own first took four times as long.

    Mapped pages count as memory until they are unmapped: each batch is mapped by itself.
    """
    with _opened(path, types, mapped=True) as reader:
        column = {name: np.empty(reader.count_rows(), dtype=kind) for name, kind in types.items()}
        batches = reader.num_record_batches
    start = 0
    for number in range(batches):
        with _opened(path, types, mapped=True) as reader:
            batch = reader.get_batch(number)
            for name, values in column.items():
                values[start : start + len(batch)] = numbers(batch.column(name), values.dtype)
            start += len(batch)
            del batch
    return column


def numbers(array: "pa.Array", kind: Any) -> NDArray[Any]:
    """Numbers of an Arrow array where they are: its own ``to_numpy`` imports pandas, a fifth of a second.

    Raises
    ------
    ValueError
        If it holds something else, or some are missing.
    """
    import pyarrow as pa

    if array.type != pa.from_numpy_dtype(kind) or array.null_count:
        raise ValueError(f"{array.type}, {array.null_count} null; expected {np.dtype(kind)}")
    if not len(array):
        return np.empty(0, dtype=kind)
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * np.dtype(kind).itemsize)


class _StoredIds(Sequence[str]):
    """Ids of lines where they are on the disk, read a record batch at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[int, pa.Array] | None = None

    @cached_property
    def _bounds(self) -> NDArray[np.int64]:
        with _opened(self._path, ("section",)) as reader:
            sizes = [len(reader.get_batch(number)) for number in range(reader.num_record_batches)]
        return np.cumsum([0, *sizes])

    def _batch(self, number: int) -> "pa.Array":
        kept = self._kept
        if kept is None or kept[0] != number:
            with _opened(self._path, ("id",)) as reader:
                kept = self._kept = number, reader.get_batch(number).column("id")
        return kept[1]

    def __len__(self) -> int:
        return int(self._bounds[-1])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._slice(range(len(self))[index])
        line = range(len(self))[index]
        number = int(np.searchsorted(self._bounds, line, side="right")) - 1
        return self._batch(number)[line - int(self._bounds[number])].as_py()

    def _slice(self, lines: range) -> tuple[str, ...]:
        if lines.step != 1:
            return tuple(self[line] for line in lines)
        found: list[str] = []
        while lines:
            number = int(np.searchsorted(self._bounds, lines.start, side="right")) - 1
            start, stop = int(self._bounds[number]), min(int(self._bounds[number + 1]), lines.stop)
            found += self._batch(number).slice(lines.start - start, stop - lines.start).to_pylist()
            lines = range(stop, lines.stop)
        return tuple(found)

    def __iter__(self) -> Iterator[str]:
        for number in range(len(self._bounds) - 1):
            yield from self._batch(number).to_pylist()

    def index(self, value: str, start: int = 0, stop: int | None = None) -> int:
        """Return the row of the first line called `value`; ValueError if there is none."""
        for line, line_id in enumerate(self):
            if line_id == value and line >= start and (stop is None or line < stop):
                return line
        raise ValueError(value)


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


def _prepared(
    documents: Sequence[Kept], terms: _Renamed[LineTerms], places: _Renamed[Place]
) -> "Iterator[tuple[list[_Piece], pa.RecordBatch]]":
    """Record batches with the documents that they are of; one is made while another is written."""
    import pyarrow as pa

    schema = _line_schema()

    def prepare(batch: list[tuple[int, Kept]]) -> "tuple[list[_Piece], pa.RecordBatch]":
        pieces = [_Piece(number, document, terms, places) for number, document in batch]
        return pieces, pa.record_batch(_line_arrays(pieces), schema=schema)

    with ThreadPoolExecutor(1) as pool:  # one: codes are given in order
        waiting: Future[tuple[list[_Piece], pa.RecordBatch]] | None = None
        for batch in _batches(documents):
            coming = pool.submit(prepare, batch)
            if waiting is not None:
                yield waiting.result()
            waiting = coming
        if waiting is not None:
            yield waiting.result()


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


def _write_table(path: Path, columns: dict[str, Any], schema: "pa.Schema | None" = None) -> None:
    import pyarrow as pa

    table = pa.table(columns, schema=schema)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def term_schema() -> "pa.Schema":
    """Types of the terms, whether a collection uses them or not."""
    import pyarrow as pa

    types = {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
    hints = get_type_hints(LineTerms)
    names = {name: next(kind.__name__ for kind in (get_args(hint) or (hint,))) for name, hint in hints.items()}
    return pa.schema([(name, types[names[name]]) for name in LineTerms._fields])


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
