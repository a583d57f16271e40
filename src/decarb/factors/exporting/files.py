"""What every export does: say what it holds, put its files in place at once, replace nothing but an export."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from decarb import __version__
from decarb.errors import Problem, UsageError
from decarb.factors.library import FactorLibrary, factor_value

Files = Mapping[str, bytes]
"""Content by file name."""

PACKAGE = "datapackage.json"
CITATION = "CITATION.txt"


def without_value(library: FactorLibrary, gwp_set: str) -> tuple[str, ...]:
    """Ids of the factors that cannot be computed in a GWP set: it lacks one of their gases."""
    return tuple(name for name, factor in library.by_id.items() if factor_value(library, factor, gwp_set) is None)


def stamp(library: FactorLibrary, form: str, gwp_set: str, files: Iterable[str]) -> dict[str, Any]:
    """Where an export comes from: engine, layers with their digests, GWP set, what that set leaves out.

    It holds no date: the same library gives the same bytes.
    """
    return {
        "export": form,
        "engine": __version__,
        "gwp_set": gwp_set,
        "digest": library.digest,
        "layers": [
            {"name": layer.name, "version": layer.version, "factors": layer.factors, "digest": layer.digest}
            for layer in library.layers
        ],
        "without_value": list(without_value(library, gwp_set)),
        "files": sorted(files),
    }


def licences(library: FactorLibrary) -> list[dict[str, str]]:
    """Licences of the publications, as data packages list them."""
    stated = {(source.licence, source.licence_url) for source in library.sources.values() if source.licence}
    return [{"title": title, "path": url} if url else {"name": title, "title": title} for title, url in sorted(stated)]


def json_bytes(document: Any) -> bytes:
    """Write a document as indented JSON."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def check_folder(folder: Path, replace: bool) -> None:
    """Refuse a folder that an export may not take, before any work.

    Raises
    ------
    UsageError
        If something is there and `replace` is false; or it holds anything that no export of decarb wrote,
        whatever `replace` says.
    """
    if not folder.exists() or (folder.is_dir() and not _names(folder)):
        return
    if not replace:
        raise UsageError([Problem("file-exists", {"value": str(folder)})])
    if not _is_export(folder):
        raise UsageError([Problem("not-an-export", {"value": str(folder)})])


def _names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except OSError as error:
        raise UsageError([_unwritable(folder, error)]) from None


def _unwritable(path: Path, error: OSError) -> Problem:
    return Problem("file-unwritable", {"value": str(path), "reason": error.strerror or str(error)})


def _is_export(folder: Path) -> bool:
    """Whether a folder is an export of decarb and nothing else."""
    try:
        said = json.loads((folder / PACKAGE).read_bytes())["decarb"]
        return "export" in said and _names(folder) <= set(said["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_folder(folder: Path, files: Files, *, replace: bool = False) -> None:
    """Write an export as a folder; errors as ``check_folder`` and ``in_place`` say."""
    check_folder(folder, replace)
    with in_place(folder) as draft:
        draft.mkdir()
        for name, content in files.items():
            (draft / name).write_bytes(content)


def write_archive(path: Path, files: Files, *, replace: bool = False) -> None:
    """Write an export as a zip file, without the time of day in it; errors as ``in_place`` says."""
    check_file(path, replace)
    with in_place(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)


def write_file(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write an export as one file; errors as ``in_place`` says."""
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
            _swap(room / "new", target, room / "old")
        finally:
            shutil.rmtree(room, ignore_errors=True)
    except OSError as error:
        raise UsageError([_unwritable(target, error)]) from None


def _swap(draft: Path, target: Path, aside: Path) -> None:
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
