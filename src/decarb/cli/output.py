"""Write a result to a file: never over another without being told, never half of it."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from decarb.errors import Problem, UsageError


def check_target(path: str | None, force: bool) -> Path | None:
    """Path to write to, refused before any work if it is taken.

    Raises
    ------
    UsageError
        If the file exists and `force` is false, or its folder does not.
    """
    if path is None:
        return None
    target = Path(path)
    if target.exists() and not force:
        raise UsageError([Problem("file-exists", {"value": path})])
    if not target.parent.is_dir():
        raise UsageError([Problem("folder-missing", {"value": path, "folder": str(target.parent)})])
    return target


def terminal_width() -> int | None:
    """Columns of the terminal that reads our output; None where a file or a program does."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def write_target(target: Path, text: str) -> None:
    """Write `text` beside `target`, then put it in place at once.

    Raises
    ------
    UsageError
        If the file cannot be written; nothing is left behind.
    """
    try:
        descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            Path(draft).chmod(0o666 & ~_umask())
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            [Problem("file-unwritable", {"value": str(target), "reason": error.strerror or str(error)})]
        ) from None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
