"""Files of the register: read whole, with the problems of a frame rather than of a library."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from decarb.errors import InvalidFrameError, InvalidLibraryError
from decarb.factors.importers.delimited import DelimitedColumns, read_columns, read_content

_Found = TypeVar("_Found")


def read_frame_file(path: Path) -> bytes:
    """Bytes of a file; InvalidFrameError if it cannot be read or is empty."""
    return _of_frame(lambda: read_content(path))


def read_frame_columns(path: Path, names: tuple[str, ...], optional: tuple[str, ...]) -> DelimitedColumns:
    """Columns of a delimited file, as ``read_columns`` has them; InvalidFrameError where that refuses."""
    return _of_frame(lambda: read_columns(path, names, optional))


def _of_frame(read: Callable[[], _Found]) -> _Found:
    try:
        return read()
    except InvalidLibraryError as error:
        raise InvalidFrameError(error.problems) from None
