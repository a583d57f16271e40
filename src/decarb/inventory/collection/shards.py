"""What an unfinished reading leaves on the disk, so that a killed run continues where it stopped.

A shard holds some documents as rows in one file; ``WrittenVocabulary`` what the codes of all shards mean.
"""

import struct
import threading
import uuid
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from decarb.errors import Phrase, Problem, Term
from decarb.inventory.columns import Establishment, LineTerms, Place
from decarb.inventory.lines import DocumentLines, Vocabulary, entity_of

SUFFIX = ".shard"
_END = struct.Struct("<QI")
"""Last bytes of a shard: bytes of the header before them, and a checksum of all that stands before them."""

ROW = np.dtype(
    [
        ("section", np.int8),
        ("position", np.int32),
        ("term", np.int32),
        ("place", np.int32),
        ("quantity", np.float64),
        ("activity_gsd2", np.float64),
        ("id_size", np.int32),
    ]
)
SPEND = np.dtype([("line", np.int64), ("term", np.int32), ("quantity", np.float64)])


class SharedVocabulary(Vocabulary):
    """Terms and places shared by threads."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def term(self, terms: LineTerms) -> int:
        """Code of `terms`, a new one if they are met for the first time."""
        with self._lock:
            return super().term(terms)

    def place(self, place: Place) -> int:
        """Code of `place`."""
        with self._lock:
            return super().place(place)

    def values(self) -> tuple[list[LineTerms], list[Place]]:
        """Terms and places met so far, by code."""
        with self._lock:
            return list(self.terms), list(self.places)


class WrittenVocabulary(SharedVocabulary):
    """A shared vocabulary kept in a file of one value a line, before any shard says their codes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._stream = path.open("a+b")
        self._stream.truncate(self._read())  # a killed run may not end a line
        self._written = [len(self.terms), len(self.places)]

    def _read(self) -> int:
        """Read the lines that are whole; the bytes that they take."""
        size = 0
        self._stream.seek(0)
        for line in self._stream:
            try:
                values = orjson.loads(line)
                known = Place(*values) if len(values) == len(Place._fields) else LineTerms(*values)
            except (ValueError, TypeError):
                break
            if not line.endswith(b"\n"):
                break
            self.place(known) if isinstance(known, Place) else self.term(known)
            size += len(line)
        return size

    def write(self) -> None:
        """Write what is new, before a shard is written that says its code."""
        with self._lock:
            kinds: tuple[Iterable[tuple[Any, ...]], ...] = self.terms, self.places
            for number, known in enumerate(kinds):
                for values in islice(known, self._written[number], None):
                    self._stream.write(orjson.dumps(tuple(values)) + b"\n")
                    self._written[number] += 1
            self._stream.flush()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that is not in the columns, and why."""

    file: str
    digest: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document: its columns with the warnings of its head, or its refusal."""

    fingerprint: str
    columns: DocumentLines | None = None
    warnings: tuple[Problem, ...] = ()
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A document of a shard: what to know of it without reading its lines, and where they are [bytes and counts]."""

    shard: "Shard"
    establishment: Establishment
    warnings: tuple[Problem, ...]
    rows: tuple[int, int]
    spends: tuple[int, int]
    ids: tuple[int, int]

    @property
    def order(self) -> tuple[str, str, str, str]:
        """Entity, first and last day, file: the canonical order of documents."""
        establishment = self.establishment
        return entity_of(establishment), establishment.start, establishment.end, establishment.file

    def read_rows(self) -> NDArray[np.void]:
        """Lines, of type ``ROW``."""
        return self.shard.read(ROW, 0, *self.rows)

    def read_spends(self) -> NDArray[np.void]:
        """Amounts beside quantities, of type ``SPEND``; lines are counted in the document."""
        return self.shard.read(SPEND, self.shard.spends_at, *self.spends)

    def read_ids(self) -> bytes:
        """Ids of the lines, one after the other."""
        return self.shard.read(np.dtype(np.uint8), self.shard.ids_at, *self.ids).tobytes()


class Shard:
    """A shard on disk; its lines are read when they are asked for."""

    def __init__(self, path: Path, header: dict[str, Any]) -> None:
        self.path = path
        self._header = header
        self.spends_at, self.ids_at = header["spends_at"], header["ids_at"]

    @classmethod
    def left_at(cls, path: Path, vocabulary: Vocabulary) -> Self | None:
        """Shard that an earlier run left; None if it is damaged, or `vocabulary` does not know all of its codes."""
        with path.open("rb") as stream:
            size = stream.seek(0, 2) - _END.size
            if size < 0:
                return None
            stream.seek(size)
            described, checksum = _END.unpack(stream.read())
            if not 0 < described <= size or checksum != _checksum(stream, size):
                return None
            stream.seek(size - described)
            shard = cls(path, orjson.loads(stream.read(described)))
        terms, places = shard._header["codes"]
        return shard if terms <= len(vocabulary.terms) and places <= len(vocabulary.places) else None

    @property
    def sources(self) -> Iterator[tuple[str, str]]:
        """Name and fingerprint of every document, refused or not."""
        return map(_source, chain(self._header["documents"], self._header["refused"]))

    def kept(self, wanted: Collection[tuple[str, str]]) -> Iterator[Kept]:
        """Documents whose lines it holds, of those wanted."""
        for entry in self._header["documents"]:
            if _source(entry) not in wanted:
                continue
            yield Kept(
                self,
                Establishment(**entry["establishment"]),
                problems_from_data(entry["warnings"]),
                tuple(entry["rows"]),
                tuple(entry["spends"]),
                tuple(entry["ids"]),
            )

    def refused(self, wanted: Collection[tuple[str, str]]) -> Iterator[Refused]:
        """Documents that are not in it, of those wanted, and why."""
        for entry in self._header["refused"]:
            if _source(entry) in wanted:
                yield Refused(entry["file"], entry["digest"], problems_from_data(entry["problems"]))

    def read(self, kind: np.dtype[Any], at: int, start: int, stop: int) -> NDArray[Any]:
        """Records `start` to `stop` of the array that begins at byte `at`."""
        return np.fromfile(self.path, kind, stop - start, offset=at + start * kind.itemsize)


def _source(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["file"], entry["fingerprint"]


def _checksum(stream: BinaryIO, size: int) -> int:
    """Checksum of the first `size` bytes of a file."""
    checksum = 0
    stream.seek(0)
    while size and (piece := stream.read(min(size, 1 << 20))):
        checksum = zlib.crc32(piece, checksum)
        size -= len(piece)
    return checksum


def write_shard(folder: Path, outcomes: Sequence[Outcome]) -> Shard:
    """Write documents as one shard of `folder`, whole or not at all."""
    columns = [outcome.columns for outcome in outcomes if outcome.columns is not None]
    rows = np.concatenate([np.empty(0, ROW), *map(_rows, columns)])
    spends = np.array([spend for of_document in columns for spend in of_document.spends], dtype=SPEND)
    header = {
        "documents": list(_entries(outcomes)),
        "refused": [
            {
                "file": refused.file,
                "fingerprint": outcome.fingerprint,
                "digest": refused.digest,
                "problems": problems_as_data(refused.problems),
            }
            for outcome in outcomes
            if (refused := outcome.refused)
        ],
        "codes": [_count_of(np.concatenate((rows["term"], spends["term"]))), _count_of(rows["place"])],
        "spends_at": rows.nbytes,
        "ids_at": rows.nbytes + spends.nbytes,
    }
    described = orjson.dumps(header, default=str)
    path = folder / f"{uuid.uuid4().hex}{SUFFIX}"
    draft = path.with_suffix(".draft")
    checksum = 0
    with draft.open("wb") as stream:
        for piece in (rows.data, spends.data, *(of_document.ids.text for of_document in columns), described):
            stream.write(piece)
            checksum = zlib.crc32(piece, checksum)
        stream.write(_END.pack(len(described), checksum))
    return Shard(draft.replace(path), orjson.loads(described))


def _count_of(codes: NDArray[np.int32]) -> int:
    """How many codes a vocabulary must have at least."""
    return int(codes.max(initial=-1)) + 1


def problems_as_data(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems as JSON holds them."""
    return [
        {field.name: getattr(problem, field.name) for field in fields(Problem)}
        | {"parameters": {name: _as_data(value) for name, value in problem.parameters.items()}}
        for problem in problems
    ]


def problems_from_data(entries: Sequence[dict[str, Any]]) -> tuple[Problem, ...]:
    """Problems as they were written."""
    return tuple(Problem(**entry | {"parameters": _parameters(entry["parameters"])}) for entry in entries)


def _as_data(value: Any) -> Any:
    """Parameter of a problem; what is translated within a message says so."""
    match value:
        case Term():
            return {"term": str(value)}
        case Phrase():
            said = {name: _as_data(part) for name, part in value.parameters.items()}
            return {"phrase": value.template, "parameters": said}
        case list() | tuple():
            return [_as_data(part) for part in value]
    return value


def _parameters(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: _from_data(value) for name, value in entry.items()}


def _from_data(value: Any) -> Any:
    match value:
        case {"term": word}:
            return Term(word)
        case {"phrase": template, "parameters": parameters}:
            return Phrase(template, _parameters(parameters))
        case list():
            return [_from_data(part) for part in value]
    return value


def establishment_as_data(establishment: Establishment) -> dict[str, Any]:
    """Head of a document as JSON holds it."""
    return {field.name: getattr(establishment, field.name) for field in fields(Establishment)}


def _rows(columns: DocumentLines) -> NDArray[np.void]:
    rows = np.empty(len(columns.ids), ROW)
    for name in ("section", "position", "term", "place", "quantity", "activity_gsd2"):
        rows[name] = getattr(columns, name)
    rows["id_size"] = np.diff(columns.ids.offsets)
    return rows


def _entries(outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    """What the header says of each document: its head, its warnings, and where its records begin and end."""
    rows = spends = ids = 0
    for outcome in outcomes:
        columns = outcome.columns
        if columns is None:
            continue
        ends = rows + len(columns.ids), spends + len(columns.spends), ids + len(columns.ids.text)
        yield {
            "file": columns.establishment.file,
            "fingerprint": outcome.fingerprint,
            "establishment": establishment_as_data(columns.establishment),
            "warnings": problems_as_data(outcome.warnings),
            "rows": (rows, ends[0]),
            "spends": (spends, ends[1]),
            "ids": (ids, ends[2]),
        }
        rows, spends, ids = ends
