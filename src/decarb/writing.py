"""Files and folders written whole or not at all, over nothing but what decarb wrote."""

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from decarb.errors import Problem, Term, UsageError
from decarb.language import mark

Files = Mapping[str, bytes]
"""Content by file name."""

PACKAGE = "datapackage.json"
"""In a folder that decarb wrote: ``decarb.kind`` says what it is, ``decarb.files`` what it holds."""


KINDS = (mark("library"), mark("export"), mark("columns"), mark("figures"))
"""What a folder that decarb wrote, and may write over, may be."""
STORE = "submissions"
"""Kind of a store of submissions: it is only ever added to."""


def kind_of(folder: str | Path) -> str:
    """Kind of a folder that decarb wrote; blank for anything else."""
    try:
        return str(json.loads((Path(folder) / PACKAGE).read_bytes())["decarb"]["kind"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def is_store(path: str | Path) -> bool:
    """Whether `path` is a store of submissions."""
    return kind_of(path) == STORE


def check_outside_stores(path: Path) -> None:
    """Refuse to write within a store of submissions: only ``decarb national submit`` does.

    Raises
    ------
    UsageError
        If `path` is one, or lies in one.
    """
    for folder in (path, *path.parents):
        if is_store(folder):
            raise UsageError([Problem("output-in-store", {"value": str(path), "store": str(folder)})])


def check_folder(folder: Path, kind: str, replace: bool) -> None:
    """Refuse a folder that may not be written, before any work.

    Parameters
    ----------
    kind
        One of ``KINDS``: a library never takes the place of an export, nor an export that of a library.

    Raises
    ------
    UsageError
        If something is there and `replace` is false; or it is anything but a folder of this kind that decarb
        wrote, whatever `replace` says.
    """
    if not folder.exists() or (folder.is_dir() and not _names(folder)):
        return
    if not replace:
        raise UsageError([Problem("file-exists", {"value": str(folder)})])
    if not _is_ours(folder, kind):
        raise UsageError([Problem("folder-not-ours", {"value": str(folder), "kind": Term(kind)})])


def _names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except OSError as error:
        raise UsageError([_unwritable(folder, error)]) from None


def _unwritable(path: Path, error: OSError) -> Problem:
    return Problem("file-unwritable", {"value": str(path), "reason": error.strerror or str(error)})


def _is_ours(folder: Path, kind: str) -> bool:
    """Whether decarb wrote a folder of this kind, and nothing else is in it."""
    try:
        said = json.loads((folder / PACKAGE).read_bytes())["decarb"]
        return bool(said["kind"] == kind) and _names(folder) <= set(said["files"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def write_folder(folder: Path, files: Files, kind: str, *, replace: bool = False) -> None:
    """Write files as a folder; errors as ``check_folder`` and ``in_place`` say."""
    check_folder(folder, kind, replace)
    with in_place(folder) as draft:
        draft.mkdir()
        for name, content in files.items():
            (draft / name).write_bytes(content)


def write_archive(path: Path, files: Files, *, replace: bool = False) -> None:
    """Write files as a zip file, without the time of day in it; errors as ``in_place`` says."""
    check_file(path, replace)
    with in_place(path) as draft:
        draft.write_bytes(archive_bytes(files))


def archive_bytes(files: Files) -> bytes:
    """Zip file of files in their order, without the time of day or the name of the system in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # Unix, whatever this one is
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return stream.getvalue()


def write_file(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write one file; errors as ``in_place`` says."""
    check_file(path, replace)
    with in_place(path) as draft:
        draft.write_bytes(content)


def check_file(path: Path, replace: bool) -> None:
    """Refuse a path that a file may not take: UsageError where one is and `replace` is false, or a folder is."""
    if path.is_dir():
        raise UsageError([Problem("file-is-folder", {}, file=str(path))])
    if path.exists() and not replace:
        raise UsageError([Problem("file-exists", {"value": str(path)})])


@contextmanager
def in_place(target: Path) -> Iterator[Path]:
    """Give a path to write a file or a folder at, and put it at `target` once the block is done.

    Raises
    ------
    UsageError
        If it cannot be written; what was there stays, and nothing is left behind.
    """
    try:
        room = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
        try:
            yield room / "new"
            swap(room / "new", target, room / "old")
        finally:
            shutil.rmtree(room, ignore_errors=True)
    except OSError as error:
        raise UsageError([_unwritable(target, error)]) from None


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Let no other process of this user write `target` meanwhile, where the system has such locks.

    Raises
    ------
    UsageError
        If another one does. A process that is killed gives its lock back.
    """
    try:
        import fcntl
    except ImportError:  # not on Windows
        yield
        return
    name = hashlib.sha256(f"{os.getuid()} {target}".encode()).hexdigest()[:16]
    with (Path(tempfile.gettempdir()) / f"decarb-{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError([Problem("folder-in-use", {"value": str(target)})]) from None
        yield


def swap(draft: Path, target: Path, aside: Path) -> None:
    """Put `draft` at `target`; a folder that is there goes to `aside`, and comes back if that fails."""
    if not target.is_dir():
        draft.replace(target)
        return
    # a folder that holds something is never written over by a rename: it steps aside first
    target.rename(aside)
    try:
        draft.rename(target)
    except BaseException:
        aside.rename(target)
        raise
