"""Tables as people have them, a workbook or delimited text, whose header stands on any row."""

import csv
import fnmatch
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from decarb.errors import InvalidLibraryError, Problem, not_utf_8
from decarb.factors.importers.delimited import as_utf_8, read_content

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How .xlsx starts, and how .xls does, as every workbook with a password."""
_SHOWN = 12


class SheetRow(NamedTuple):
    """A row under the header: its number in the file, which a spreadsheet shows, and its cells by name."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table found in a file.

    Attributes
    ----------
    header
        What the file calls each column.
    rows
        Rows under the header; blank ones are left out.
    ragged
        Rows of text with more cells than the header, by number: their cells may stand under a wrong name.
    form
        What the file was found to be: ``xlsx, Sheet1`` or ``csv, windows-1252, ;``.
    decimal_comma
        Whether its numbers may have one: spreadsheets separate by semicolons where decimals are commas.
    """

    header: Mapping[str, str]
    rows: list[SheetRow]
    ragged: Mapping[int, str]
    form: str
    decimal_comma: bool


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells of one reading of the file, before its header is found."""

    rows: list[list[str]]
    form: str
    decimal_comma: bool = False
    is_text: bool = False


def read_sheet(path: Path, columns: Mapping[str, str], *, with_percents: bool = False) -> Sheet:
    """Read the table with given columns, on whichever sheet and from whichever row it starts.

    Parameters
    ----------
    columns
        What the header calls each, by the name that the caller gives it, whatever the case: a shell pattern,
        or several with ``|`` between (``GHG|GHG/*``).
    with_percents
        Read a number that a workbook shows as a percentage as it is shown: ``45 %``, and not 0.45.

    Raises
    ------
    InvalidLibraryError
        If the file cannot be read or opened, or no row has exactly one cell for each of `columns`: the nearest
        row is shown.
    """
    content = read_content(path)
    patterns = {name: re.compile(_regular_expression(pattern), re.IGNORECASE) for name, pattern in columns.items()}
    nearest = ((0, 0), 0, [""])
    for grid in _grids(content, path, with_percents):
        for number, cells in enumerate(grid.rows, start=1):
            found = _positions(cells, patterns)
            if len(found) == len(patterns):
                return _sheet(grid, number, found)
            nearest = max(nearest, ((len(found), len(cells) - cells.count("")), -number, cells))
    _, number, cells = nearest
    shown = [cell for cell in cells if cell][:_SHOWN]
    what = {"wanted": list(columns.values()), "row": -number, "found": shown or "-"}
    raise InvalidLibraryError([Problem("header-not-found", what, file=str(path))])


def _regular_expression(pattern: str) -> str:
    return "|".join(map(fnmatch.translate, pattern.split("|")))


def _positions(cells: list[str], patterns: Mapping[str, re.Pattern[str]]) -> dict[str, int]:
    """Where each column stands in a row, without those that stand twice or nowhere."""
    found = {}
    for name, pattern in patterns.items():
        indices = [index for index, cell in enumerate(cells) if cell and pattern.match(cell)]
        if len(indices) == 1:
            found[name] = indices[0]
    return found


def _sheet(grid: _Grid, header: int, positions: Mapping[str, int]) -> Sheet:
    titles = grid.rows[header - 1]
    rows, ragged = [], {}
    for number, cells in enumerate(grid.rows[header:], start=header + 1):
        if grid.is_text and any(cells[len(titles) :]):
            ragged[number] = f"{len(cells)} / {len(titles)}"
            continue
        named = {name: cells[index] if index < len(cells) else "" for name, index in positions.items()}
        if any(named.values()):
            rows.append(SheetRow(number, named))
    return Sheet(
        {name: titles[index] for name, index in positions.items()}, rows, ragged, grid.form, grid.decimal_comma
    )


def _grids(content: bytes, path: Path, with_percents: bool) -> Iterator[_Grid]:
    """Readings of a file: each sheet of a workbook, or the text by each delimiter."""
    if content.startswith(_OLE):
        raise InvalidLibraryError([Problem("workbook-old", {}, file=str(path))])
    if content.startswith(_ZIP):
        yield from _workbook(content, path, with_percents)
        return
    try:
        text, encoding = as_utf_8(content)
    except UnicodeDecodeError as error:
        raise InvalidLibraryError([not_utf_8(error).at(file=str(path))]) from None
    for delimiter in (",", ";", "\t"):
        shown = "tab" if delimiter == "\t" else delimiter
        rows = _delimited(text.decode(), delimiter, path)
        yield _Grid(rows, f"csv, {encoding}, {shown}", decimal_comma=delimiter != ",", is_text=True)


def _delimited(text: str, delimiter: str, path: Path) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [_texts(cells) for cells in reader]
    except csv.Error as error:
        reason = f"{reader.line_num}: {error}"
        raise InvalidLibraryError([Problem("ragged-row", {"reason": reason}, file=str(path))]) from None


def _workbook(content: bytes, path: Path, with_percents: bool) -> list[_Grid]:
    import openpyxl

    try:
        with warnings.catch_warnings():
            # of styles and of extensions, which hold no value
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            return [_Grid(_sheet_rows(sheet, with_percents), f"xlsx, {sheet.title}") for sheet in book.worksheets]
    except Exception as error:
        # openpyxl raises whatever a damaged archive or its XML makes it trip over
        reason = str(error) or type(error).__name__
        raise InvalidLibraryError([Problem("workbook-unreadable", {"reason": reason}, file=str(path))]) from None


def _sheet_rows(sheet: Any, with_percents: bool) -> list[list[str]]:
    # some programs write dimensions that are too small, and openpyxl would stop there
    sheet.reset_dimensions()
    if with_percents:
        return [_texts(map(_as_shown, cells)) for cells in sheet.iter_rows()]
    return [_texts(cells) for cells in sheet.iter_rows(values_only=True)]


def _as_shown(cell: Any) -> object:
    """Value of a cell, with its percent sign where the workbook shows one."""
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    if is_number and "%" in (cell.number_format or ""):
        return f"{cell.value * 100:.12g} %"
    return cell.value


def _texts(cells: Iterable[object]) -> list[str]:
    return [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    """Text of a cell on one line, without what does not print; a number in its shortest form."""
    if cell is None:
        return ""
    text = " ".join(str(cell).split())
    return text if text.isprintable() else "".join(filter(str.isprintable, text))
