"""The one place that knows where packaged data lies."""

import csv
import gc
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parent
CHECKOUT = PACKAGE.parent.parent


_PINNED: dict[str, Path] = {}
"""Folders that a replay reads in the place of the packaged ones: ``pin_data_folder``."""


def data_folder(name: str) -> Path:
    """Folder `name` (``emission_factors``, ``schemas``): inside the wheel, else in the checkout."""
    if name in _PINNED:
        return _PINNED[name]
    packaged = PACKAGE / name
    return packaged if packaged.is_dir() else CHECKOUT / name


def pin_data_folder(name: str, folder: Path) -> None:
    """Read folder `name` there from now on: for a process of its own, that has read nothing of it yet."""
    _PINNED[name] = folder


def data_file(name: str) -> Path:
    """Nomenclature file `name` that belongs to the code itself."""
    return PACKAGE / "data" / name


def locale_folder() -> Path:
    """Folder of the compiled gettext catalogues."""
    return PACKAGE / "locale"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under named columns."""

    columns: tuple[str, ...]
    rows: list[list[str]]

    def column(self, name: str) -> list[str]:
        """Values of one column, in the order of the rows."""
        index = self.columns.index(name)
        return [row[index] for row in self.rows]

    def dictionaries(self) -> Iterator[dict[str, str]]:
        """Each row by column."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a UTF-8 CSV file with a header, as dictionaries of text; errors as ``read_table`` says."""
    return read_table(path).dictionaries()


def read_table(path: Path) -> Table:
    """Read a UTF-8 CSV file with a header.

    Raises
    ------
    ValueError
        If a column stands twice, a row has more or fewer cells than the header, or the file is not CSV.
    UnicodeDecodeError
        If it is not UTF-8.
    """
    return parse_table(path.read_bytes().decode("utf-8-sig"))


def parse_table(text: str, delimiter: str = ",", *, keep_blank: bool = False) -> Table:
    """Table written as CSV text with a header; ValueError as ``read_table`` says.

    `keep_blank` makes a blank line a row of blank cells, so that rows are numbered as a spreadsheet numbers them.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = tuple(name.strip() for name in next(reader, []))
        twice = [name for number, name in enumerate(header) if name and name in header[:number]]
        if twice:
            raise ValueError(f"header: {twice[0]} x 2")
        rows = []
        for row in reader:
            if len(row) == len(header):
                rows.append(row)
            elif row:
                raise ValueError(f"row {reader.line_num}: {len(row)} / {len(header)}")
            elif keep_blank:
                rows.append([""] * len(header))
    except csv.Error as error:
        raise ValueError(f"row {reader.line_num}: {error}") from None
    return Table(header, rows)


def write_table(path: Path, table: Table) -> None:
    """Write a table as UTF-8 CSV with a header."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(table.rows)


def usable_cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the garbage collector from going through the hundreds of thousands of strings of a library.

    None of them is part of a cycle; its passes took a fifth of the time of an import, a third of a load.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
