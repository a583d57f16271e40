"""The tables of a store as Parquet, to be read without decarb: a part holds what one batch of submissions brought.

No part is ever written to again. docs/national-store.md describes each column.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from decarb.inventory import SECTIONS, LineTerms, Place
from decarb.inventory.collection.columns_folder import numbers, term_schema
from decarb.inventory.lines import DocumentLines
from decarb.national.store.layout import batch_of

if TYPE_CHECKING:
    import pyarrow as pa

LINE_TYPES = {
    "submission": np.int32,
    "section": np.int8,
    "position": np.int32,
    "term": np.int32,
    "place": np.int32,
    "quantity": np.float64,
    "activity_gsd2": np.float64,
}
"""Columns of lines but the last, ``id``."""

SPEND_TYPES = {"submission": np.int32, "line": np.int32, "term": np.int32, "quantity": np.float64}

_DISTINCT = ("quantity", "position", "id", "line")
"""Columns whose values differ from line to line: looking for those that repeat takes a third of the time of writing."""

Codes = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
"""Codes of a document in the dictionaries of a store: terms and places of its lines, terms of its spends."""


def line_table(numbers: Sequence[int], documents: Sequence[DocumentLines], codes: Sequence[Codes]) -> "pa.Table":
    """Lines of documents, in order, under the numbers of their submissions."""
    import pyarrow as pa

    counts = [len(document.ids) for document in documents]
    columns = {
        "submission": np.repeat(np.array(numbers, dtype=np.int32), counts),
        "term": np.concatenate([terms for terms, _, _ in codes]),
        "place": np.concatenate([places for _, places, _ in codes]),
    }
    for name in ("section", "position", "quantity", "activity_gsd2"):
        columns[name] = np.concatenate([getattr(document, name) for document in documents])
    unknown = np.isnan(columns["activity_gsd2"])
    arrays = [
        pa.array(columns[name].astype(kind, copy=False), mask=unknown if name == "activity_gsd2" else None)
        for name, kind in LINE_TYPES.items()
    ]
    return pa.table([*arrays, _ids(documents)], schema=line_schema())


def _ids(documents: Sequence[DocumentLines]) -> "pa.Array":
    """Ids of the lines of documents, in the bytes that they were read as."""
    import pyarrow as pa

    sizes = np.concatenate([np.diff(document.ids.offsets) for document in documents])
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    text = pa.py_buffer(b"".join(document.ids.text for document in documents))
    return pa.StringArray.from_buffers(len(sizes), pa.py_buffer(offsets), text)


def line_schema() -> "pa.Schema":
    """Types of the columns of lines."""
    import pyarrow as pa

    fields = [
        pa.field(name, pa.from_numpy_dtype(kind), nullable=name == "activity_gsd2") for name, kind in LINE_TYPES.items()
    ]
    return pa.schema([*fields, pa.field("id", pa.string(), nullable=False)])


def spend_table(numbers: Sequence[int], documents: Sequence[DocumentLines], codes: Sequence[Codes]) -> "pa.Table":
    """Amounts beside quantities; ``line`` counts within the document."""
    import pyarrow as pa

    spends = [document.spends for document in documents]
    columns = {
        "submission": np.repeat(np.array(numbers, dtype=np.int32), list(map(len, spends))),
        "line": np.array([line for of_document in spends for line, _, _ in of_document], dtype=np.int32),
        "term": np.concatenate([terms for _, _, terms in codes]),
        "quantity": np.array([amount for of_document in spends for *_, amount in of_document], dtype=np.float64),
    }
    schema = pa.schema(
        [pa.field(name, pa.from_numpy_dtype(kind), nullable=False) for name, kind in SPEND_TYPES.items()]
    )
    return pa.table([pa.array(columns[name]) for name in SPEND_TYPES], schema=schema)


def term_table(first: int, terms: Sequence[LineTerms]) -> "pa.Table":
    """What term codes mean, from code `first` on."""
    return _dictionary_table(first, terms, dictionary_schema("term", term_schema()))


def place_table(first: int, places: Sequence[Place]) -> "pa.Table":
    """What place codes mean, from code `first` on."""
    return _dictionary_table(first, places, dictionary_schema("place", place_schema()))


def _dictionary_table(first: int, values: Sequence[tuple[Any, ...]], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    codes = np.arange(first, first + len(values), dtype=np.int32)
    columns = [pa.array(said, kind) for said, kind in zip(zip(*values, strict=True), schema.types[1:], strict=True)]
    return pa.table([pa.array(codes), *columns], schema=schema)


def place_schema() -> "pa.Schema":
    """Types of what is said of places."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in Place._fields])


def dictionary_schema(name: str, said: "pa.Schema") -> "pa.Schema":
    """Types of a dictionary: a code under a name, and what it means."""
    import pyarrow as pa

    return pa.schema([(name, pa.int32()), *((field.name, field.type) for field in said)])


def sections_table() -> "pa.Table":
    """What section codes mean."""
    import pyarrow as pa

    return pa.table({"section": np.arange(len(SECTIONS), dtype=np.int8), "name": list(SECTIONS)})


def table_bytes(table: "pa.Table") -> bytes:
    """Table as a Parquet file."""
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in table.column_names if name not in _DISTINCT],
        write_page_checksum=True,
    )
    return sink.getvalue()


def read_table(path: Path, columns: Sequence[str] | None = None) -> "pa.Table":
    """Table of one file; its folder's name adds no column.

    Raises
    ------
    OSError
        If it cannot be read, or is no Parquet file of such columns: what pyarrow raises is made one of these.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            return file.read(columns=None if columns is None else list(columns), use_threads=False)
    except pa.ArrowException as error:
        raise OSError(str(error)) from None


def column(table: "pa.Table", name: str, kind: Any) -> NDArray[Any]:
    """Values of a column; nan where there is none.

    Raises
    ------
    OSError
        If there is no such column, or it holds something else.
    """
    try:
        found = table.column(name).combine_chunks()
        return _floats(found) if found.null_count and kind is np.float64 else numbers(found, kind)
    except (KeyError, ValueError) as error:
        raise OSError(str(error)) from None


def _floats(array: "pa.Array") -> NDArray[np.float64]:
    """Numbers, nan where there is none; Arrow's own ``fill_null`` imports pandas, a fifth of a second."""
    import pyarrow as pa

    valid, values = array.buffers()
    bits = np.unpackbits(np.frombuffer(valid, np.uint8), count=array.offset + len(array), bitorder="little")
    whole = pa.Array.from_buffers(array.type, len(array), [None, values], 0, array.offset)
    return np.where(bits[array.offset :], numbers(whole, np.float64), np.nan)


def parts_in(folder: Path) -> list[tuple[tuple[int, int], Path]]:
    """Parts of a folder and of its years, in order."""
    found = [(batch, path) for path in folder.rglob("*.parquet") if (batch := batch_of(path))]
    return sorted(found, key=lambda part: (part[0], part[1].as_posix()))
