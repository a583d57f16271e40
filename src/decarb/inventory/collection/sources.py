"""Where documents are: files, folders, patterns, zip archives, NDJSON, each also compressed by gzip."""

import glob
import gzip
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Protocol

from decarb.errors import InvalidInventoryError, Problem, unreadable
from decarb.inventory.collection.columns_folder import is_columns_folder
from decarb.inventory.document import read_bytes
from decarb.inventory.limits import Limits
from decarb.writing import is_store

_LINES = (".ndjson", ".jsonl")
_DOCUMENTS = (".json", ".json.gz", ".zip", *_LINES, *(f"{suffix}.gz" for suffix in _LINES))
_CHUNK = 1 << 20
BATCH_BYTES = 16 * 2**20
"""Documents that are one piece of work, in bytes: half a second, and what a killed run loses at most, per core."""
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError)
"""What a broken archive raises; RuntimeError where a member is encrypted, or compressed in a way unknown here."""


class Source(Protocol):
    """One document, not yet read."""

    @property
    def name(self) -> str:
        """Name of the file, and place in it."""

    @property
    def fingerprint(self) -> str:
        """What changes when the document may have."""

    @property
    def size(self) -> int:
        """Bytes that it takes where it is."""

    @property
    def held(self) -> int:
        """Bytes that it takes in memory until it is read."""

    def read(self, limits: Limits) -> bytes:
        """Bytes of the document; InvalidInventoryError where there are none, or too many."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of one document, compressed or not."""

    name: str
    fingerprint: str
    size: int
    path: Path
    held = 0

    def read(self, limits: Limits) -> bytes:
        if not _is_named(self.path, ".gz"):
            return read_bytes(self.path, limits.document_bytes)
        try:
            with gzip.open(self.path) as stream:
                return _read_compressed(stream, self.size, limits)  # type: ignore[arg-type]
        except _BROKEN as error:
            raise _broken(error) from None


@dataclass(frozen=True, slots=True)
class _Member:
    """A document within a zip archive; one member is read at a time."""

    name: str
    fingerprint: str
    size: int
    archive: Path
    member: zipfile.ZipInfo
    held = 0

    def read(self, limits: Limits) -> bytes:
        try:
            with _opened(self.archive).open(self.member) as stream:
                return _read_compressed(stream, self.member.compress_size, limits)
        except _BROKEN as error:
            raise _broken(error) from None


@dataclass(frozen=True, slots=True)
class _Given:
    """A document whose bytes, or whose refusal, are in hand."""

    name: str
    fingerprint: str
    size: int
    data: bytes = b""
    problem: Problem | None = None

    @property
    def held(self) -> int:
        return len(self.data)

    def read(self, limits: Limits) -> bytes:
        if self.problem:
            raise InvalidInventoryError([self.problem])
        if len(self.data) > limits.document_bytes:
            what = {"bytes": len(self.data), "limit": limits.document_bytes}
            raise InvalidInventoryError([Problem("document-too-large", what)])
        return self.data


def find(paths: Iterable[str | Path]) -> list[Path]:
    """Files that hold documents, each once: those named, those of folders (at any depth), those that patterns match.

    Raises
    ------
    InvalidInventoryError
        With every path that leads to nothing.
    """
    found: dict[Path, Path] = {}
    problems = []
    for path in paths:
        here = list(_expanded(str(path)))
        if is_store(path):
            problems.append(Problem("store-not-documents", {"value": str(path)}, file=str(path)))
        elif not here:
            problems.append(_nothing_at(Path(path)))
        for file in here:
            place = file.resolve()
            found[place] = min(file, found.get(place, file))
    if problems or not found:
        raise InvalidInventoryError(problems or [Problem("no-files")])
    return list(found.values())


def _expanded(path: str) -> Iterator[Path]:
    place = Path(path)
    if place.is_dir():
        yield from _in_folder(place)
    elif place.is_file():
        yield place
    else:
        found = map(Path, sorted(glob.glob(path, recursive=True)))  # noqa: PTH207
        yield from (file for file in found if file.is_file() and not is_columns_folder(file.parent))


def _in_folder(folder: Path) -> Iterator[Path]:
    """Documents of a folder, at any depth; none is hidden, nor of columns or a store."""
    for place, folders, files in os.walk(folder, onerror=_unreadable_folder):
        if is_columns_folder(place) or is_store(place):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        visible = (Path(place, name) for name in sorted(files) if not name.startswith("."))
        yield from (file for file in visible if _is_named(file, *_DOCUMENTS) and file.is_file())


def _unreadable_folder(error: OSError) -> None:
    raise InvalidInventoryError([unreadable(error.filename, error)])


def _is_named(path: Path, *suffixes: str) -> bool:
    """Whether the name ends so; Windows writes .JSON as well."""
    return path.name.lower().endswith(suffixes)


def _nothing_at(path: Path) -> Problem:
    if path.is_dir():
        return Problem("folder-without-documents", {"known": _DOCUMENTS}, file=str(path))
    if any(sign in str(path) for sign in "*?["):
        return Problem("pattern-without-files", {}, file=str(path))
    return unreadable(path, FileNotFoundError(2, "No such file or directory"))


def sources(path: Path, limits: Limits) -> Iterator[Source]:
    """Documents of one file; one that cannot be opened is a document that cannot be read."""
    name = os.fsencode(path).decode("utf-8", "backslashreplace")  # a file may have any bytes for a name
    try:
        status = path.stat()
        fingerprint = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
        if _is_named(path, ".zip"):
            yield from _members(path, name, fingerprint, limits)
        elif _is_named(path, *_LINES, *(f"{suffix}.gz" for suffix in _LINES)):
            yield from _lines(path, name, fingerprint, status.st_size, limits)
        else:
            yield _File(name, fingerprint, status.st_size, path)
    except InvalidInventoryError as error:
        yield _Given(name, "", 0, problem=error.problems[0])
    except _BROKEN as error:
        yield _Given(name, "", 0, problem=_broken(error).problems[0])


@lru_cache(maxsize=16)
def _opened(archive: Path) -> zipfile.ZipFile:
    """Archive kept open while its members are read; a few of them, whatever the collection."""
    return zipfile.ZipFile(archive)


def _members(path: Path, name: str, fingerprint: str, limits: Limits) -> Iterator[Source]:
    _opened.cache_clear()  # another file may have taken the place of an archive of an earlier run
    archive = _opened(path)
    for member in archive.infolist():
        inside = f"{name}/{member.filename}"
        kind = member.filename.lower()
        if member.is_dir() or not kind.endswith((".json", *_LINES)):
            continue
        if kind.endswith(_LINES):
            with archive.open(member) as stream:
                yield from _documents(stream, inside, fingerprint, member.compress_size, limits)
        else:
            yield _Member(inside, f"{fingerprint} {member.CRC}", member.compress_size, path, member)


def _lines(path: Path, name: str, fingerprint: str, size: int, limits: Limits) -> Iterator[Source]:
    if _is_named(path, ".gz"):
        with gzip.open(path) as stream:
            yield from _documents(stream, name, fingerprint, size, limits)  # type: ignore[arg-type]
    else:
        with path.open("rb") as stream:
            yield from _documents(stream, name, fingerprint, None, limits)


def batches(documents: Iterable[Source], most: int) -> Iterator[list[Source]]:
    """Documents in pieces of work: so many bytes, and `most` documents."""
    batch: list[Source] = []
    size = 0
    for source in documents:
        batch.append(source)
        size += max(source.size, source.held)
        if size >= BATCH_BYTES or len(batch) >= most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _documents(
    stream: IO[bytes], name: str, fingerprint: str, compressed: int | None, limits: Limits
) -> Iterator[Source]:
    """Documents of a stream of one a line; a line that is too long, or expands too much, ends it."""
    number = taken = 0
    while data := stream.readline(limits.document_bytes + 1):
        number += 1
        taken += len(data)
        if len(data) > limits.document_bytes or _expands_too_much(taken, compressed, limits):
            code = "document-too-large" if len(data) > limits.document_bytes else "compression-ratio"
            limit = limits.document_bytes if code == "document-too-large" else limits.compression_ratio
            problem = Problem(code, {"bytes": len(data), "limit": limit})
            yield _Given(f"{name}:{number}", fingerprint, 0, problem=problem)
            return
        if data.strip():
            weight = len(data) if compressed is None else 0
            yield _Given(f"{name}:{number}", f"{fingerprint} {number}", weight, data)


def _read_compressed(stream: IO[bytes], compressed: int, limits: Limits) -> bytes:
    """Bytes of a compressed stream, refused as soon as it expands beyond the limits."""
    pieces: list[bytes] = []
    taken = 0
    while piece := stream.read(_CHUNK):
        taken += len(piece)
        if taken > limits.document_bytes:
            what = {"bytes": taken, "limit": limits.document_bytes}
            raise InvalidInventoryError([Problem("document-too-large", what)])
        if _expands_too_much(taken, compressed, limits):
            raise InvalidInventoryError([Problem("compression-ratio", {"limit": limits.compression_ratio})])
        pieces.append(piece)
    return b"".join(pieces)


def _expands_too_much(taken: int, compressed: int | None, limits: Limits) -> bool:
    return compressed is not None and taken > _CHUNK and taken > compressed * limits.compression_ratio


def _broken(error: Exception) -> InvalidInventoryError:
    if isinstance(error, OSError) and error.strerror:
        return InvalidInventoryError([unreadable("", error).at(file="")])
    return InvalidInventoryError([Problem("archive-broken", {"reason": str(error) or type(error).__name__})])
