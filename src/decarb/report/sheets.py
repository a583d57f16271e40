"""Sheets of a workbook that computes: formulas with their values, locked headers, text that never runs.

XlsxWriter writes them: a formula is stored with its value, which readers that do not compute show; openpyxl, which
reads the workbooks that come in and writes the plain ones, stores a formula without one.
"""

import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS = 1_048_576
"""Most rows of a sheet, its header among them."""
LONGEST_TEXT = 32_767
TONNES = "#,##0.0"
PLAIN = "General"
_RUNS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that a spreadsheet would run as a formula, were the text typed into it again."""
_WIDEST = 45
_LINE_POINTS, _MOST_LINES = 15, 12


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula (``=SUM(A1:A3)``) and its value."""

    text: str
    value: float


Cell = Formula | str | float | int | None
"""What a cell holds; None and a blank text are a blank cell."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: a header that is locked and stays in view, and rows.

    Attributes
    ----------
    number_format
        Of the numbers in columns that ``formats`` does not name by their position.
    bold
        Positions of rows (the first after the header is 0) that sum others up.
    frozen_columns
        How many columns stay in view.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    number_format: str = PLAIN
    formats: Mapping[int, str] = field(default_factory=dict)
    bold: frozenset[int] = frozenset()
    frozen_columns: int = 0


def workbook_of(sheets: Iterable[Sheet], created: datetime.date) -> bytes:
    """Workbook of sheets; the same bytes for the same sheets.

    Parameters
    ----------
    created
        Day in the properties of the file, in place of the time of day.
    """
    import xlsxwriter

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        moment = datetime.datetime.combine(created, datetime.time())
        book.set_properties({"created": moment, "comments": "decarb"})
        # a reader that computes does it at once: the values stored are ours, to be checked
        book.set_calc_mode("auto")
        formats = _Formats(book)
        for sheet in sheets:
            _write(book, sheet, formats)
    return stream.getvalue()


class _Formats:
    """Formats of a workbook, made once each."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Format] = {}

    def get(self, number: str, *, bold: bool, locked: bool, header: bool = False, quoted: bool = False) -> "Format":
        key = (number, bold, locked, header, quoted)
        if key not in self._made:
            what: dict[str, Any] = {
                "num_format": number,
                "bold": bold,
                "locked": locked,
                "valign": "top",
                "text_wrap": True,
            }
            if header:
                what |= {"bg_color": "#DDE5EC", "bottom": 1}
            made = self._book.add_format(what)
            if quoted:
                made.set_quote_prefix()
            self._made[key] = made
        return self._made[key]


def _write(book: "Workbook", sheet: Sheet, formats: _Formats) -> None:
    page = book.add_worksheet(sheet.title)
    for column, title in enumerate(sheet.header):
        page.write_string(0, column, title, formats.get(PLAIN, bold=True, locked=True, header=True))
    for number, row in enumerate(sheet.rows):
        for column, value in enumerate(row):
            _put(page, number + 1, column, value, sheet, formats, number in sheet.bold)
    widths = _widths(sheet)
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    for number, row in enumerate((sheet.header, *sheet.rows)):
        lines = max((_lines(value, width) for value, width in zip(row, widths, strict=False)), default=1)
        if lines > 1:
            page.set_row(number, _LINE_POINTS * min(lines, _MOST_LINES))
    page.freeze_panes(1, sheet.frozen_columns)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    # headers and formulas are locked, without a password: against slips of the hand, not against people
    page.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})


def _put(page: "Worksheet", row: int, column: int, value: Cell, sheet: Sheet, formats: _Formats, bold: bool) -> None:
    number = sheet.formats.get(column, sheet.number_format)
    if value is None or value == "":
        return
    if isinstance(value, Formula):
        page.write_formula(row, column, value.text, formats.get(number, bold=bold, locked=True), value.value)
    elif isinstance(value, str):
        shown = formats.get(PLAIN, bold=bold, locked=bold, quoted=value.startswith(_RUNS))
        page.write_string(row, column, value[:LONGEST_TEXT], shown)
    else:
        page.write_number(row, column, _Exact(value), formats.get(number, bold=bold, locked=bold))


class _Exact(float):
    """A number that is written with all its digits: XlsxWriter asks for sixteen, which are not all its bits."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


def _widths(sheet: Sheet) -> list[int]:
    """Width of each column, from its first rows and the longest word of its header, which wraps."""
    shown = sheet.rows[:200]
    return [
        min(max(_longest_word(title), *(_width(row[column]) for row in shown if column < len(row)), 6) + 2, _WIDEST)
        for column, title in enumerate(sheet.header)
    ]


def _longest_word(title: str) -> int:
    return max(map(len, title.split()), default=0)


def _lines(value: Cell, width: int) -> int:
    """Lines that a text takes in a column."""
    if not isinstance(value, str):
        return 1
    return sum(-(-max(len(line), 1) // max(width - 1, 1)) for line in value.split("\n"))


def _width(value: Cell) -> int:
    return len(value) if isinstance(value, str) else 0 if value is None else 8


def column_name(column: int) -> str:
    """Letters of a column, the first of which is 0.

    >>> column_name(0), column_name(26)
    ('A', 'AA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def reference(title: str, row: int, column: int) -> str:
    """Absolute reference to a cell of another sheet, its row counted from the first one after the header."""
    return f"{quoted(title)}!${column_name(column)}${row + 2}"


def quoted(title: str) -> str:
    """Title of a sheet as formulas write it."""
    return "'" + title.replace("'", "''") + "'"
