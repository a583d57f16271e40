"""Write a result to a file: never over another without being told, never half of it."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from decarb.errors import Problem, UsageError
from decarb.writing import check_folder, check_outside_stores

FORMATS = {".json": "json", ".csv": "csv", ".txt": "table", "": "table"}
"""Format that the extension of an output file asks for."""

BINARY_FORMATS = {".xlsx": "xlsx"}
"""Formats that no screen shows."""


def check_target(path: str | None, force: bool, inputs: Sequence[str] = ()) -> Path | None:
    """Path to write to, links followed, refused before any work if it is taken.

    Raises
    ------
    UsageError
        If the file exists and `force` is false, is one of the `inputs`, lies in a store of submissions, or its folder
        does not exist.
    """
    if path is None:
        return None
    target = Path(path).resolve()
    if any(Path(name).exists() and target == Path(name).resolve() for name in inputs):
        raise UsageError([Problem("output-is-input", {"value": path})])
    if not path.strip() or target.is_dir():
        raise UsageError([Problem("file-is-folder", {}, file=path)])
    check_outside_stores(target)
    if target.exists() and not force:
        raise UsageError([Problem("file-exists", {"value": path})])
    if not target.parent.is_dir():
        raise UsageError([Problem("folder-missing", {"value": path, "folder": str(target.parent)})])
    return target


def check_folder_target(path: str, kind: str, force: bool, inputs: Sequence[str] = ()) -> Path:
    """Folder to write, links followed, refused before any work if it is taken.

    Raises
    ------
    UsageError
        If it exists and `force` is false, is anything but a `kind` that decarb wrote, is or holds one of the
        `inputs`, lies in a store of submissions, or the folder it should be in does not exist.
    """
    target = Path(path).resolve()
    check_outside_stores(target)
    if any(Path(name).resolve().is_relative_to(target) for name in inputs):
        raise UsageError([Problem("output-is-input", {"value": path})])
    check_folder(target, kind, force)
    if not target.parent.is_dir():
        raise UsageError([Problem("folder-missing", {"value": path, "folder": str(target.parent)})])
    return target


def output_format(asked: str | None, target: Path | None, formats: Mapping[str, str] = FORMATS) -> str:
    """Format of the output: what was asked, else what the extension says among `formats`.

    Raises
    ------
    UsageError
        If the extension is of no format we write, or of another one than asked.
    """
    if target is None or target.suffix.lower() not in formats:
        if target is not None and (asked is None or asked in BINARY_FORMATS.values()):
            known = [suffix for suffix in formats if suffix]
            raise UsageError([Problem("unknown-extension", {"value": target.suffix, "known": known})])
        return asked or "table"
    of_name = formats[target.suffix.lower()]
    if asked and target.suffix and asked != of_name:
        raise UsageError([Problem("extension-contradicts", {"value": target.name, "format": asked})])
    return asked or of_name


def terminal_width() -> int | None:
    """Columns of the terminal that reads our output; None where a file or a program does."""
    return shutil.get_terminal_size().columns if sys.stdout and sys.stdout.isatty() else None


def write_target(target: Path, content: str | bytes) -> None:
    """Write a text or the bytes of a file beside `target`, then put it in place at once.

    Raises
    ------
    UsageError
        If the file cannot be written; nothing is left behind.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)  # a pipe or a device is written to, never replaced
            return
        descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
            Path(draft).chmod(0o666 & ~_umask())
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            [Problem("file-unwritable", {"value": str(target), "reason": error.strerror or str(error)})]
        ) from None


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show progress on the terminal, where there is one."""
    stream = sys.stderr
    bar: Any
    with click.progressbar(length=1, label=label, file=stream, hidden=not (stream and stream.isatty())) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield progress


def clear_line() -> None:
    """Take what a bar shows off the terminal, for lines to be printed; it comes back with its next step."""
    if sys.stderr and sys.stderr.isatty() and sys.stdout and sys.stdout.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
