"""Every step by which the store changes the disk, each made to last before the next is taken.

A file is written under a temporary name, synchronised, then put in its place at once; then its folder is synchronised.
What a process leaves that is killed between two of these steps is never taken for something whole.
"""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def write(path: Path, content: bytes) -> None:
    """Write a new file, and wait until it is on the disk."""
    with path.open("xb", buffering=0) as stream:
        _write_whole(stream, content)


def place(draft: Path, target: Path) -> None:
    """Put a file in its place, instead of what is there."""
    draft.replace(target)


def settle(folders: Iterable[Path]) -> None:
    """Wait until the names that folders hold are on the disk; Windows has no such call, and needs none."""
    if sys.platform != "win32":
        for folder in folders:
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder where there is none."""
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        settle((folder.parent,))


def append(path: Path, at: int, content: bytes) -> None:
    """Write at the end of a file, which is byte `at`: what stands there already was never acknowledged.

    Raises
    ------
    OSError
        If it cannot be written whole: the end is then where it was, as far as the disk still obeys.
    """
    with path.open("r+b", buffering=0) as stream:
        stream.truncate(at)
        stream.seek(at)
        try:
            _write_whole(stream, content)
        except OSError:
            with suppress(OSError):
                stream.truncate(at)
            raise


def remove(path: Path) -> None:
    """Remove a file that nothing names."""
    path.unlink(missing_ok=True)


def _write_whole(stream: io.FileIO, content: bytes) -> None:
    """Write and synchronise; a disk that is nearly full takes a part, and refuses the rest."""
    rest = memoryview(content)
    while rest:
        rest = rest[stream.write(rest) :]
    os.fsync(stream.fileno())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for a lock that no other process, nor thread, then has; one that is killed gives it back."""
    with path.open("a+b") as stream:
        _lock(stream, wait=True)
        try:
            yield
        finally:
            _unlock(stream)


def try_lock(path: Path) -> BinaryIO | None:
    """Lock a file for as long as it stays open; None if another process has it."""
    stream = path.open("a+b")
    try:
        _lock(stream, wait=False)
    except OSError:
        stream.close()
        return None
    return stream


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: BinaryIO, *, wait: bool) -> None:
        while True:
            stream.seek(0)
            try:
                msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:  # it gives up after ten seconds
                if not wait:
                    raise
            else:
                return

    def _unlock(stream: BinaryIO) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(stream: BinaryIO, *, wait: bool) -> None:
        fcntl.flock(stream, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(stream: BinaryIO) -> None:
        fcntl.flock(stream, fcntl.LOCK_UN)
