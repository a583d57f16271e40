"""Tables as sheets of a workbook: text is never run as a formula, headers stay in view."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_WIDEST = 60


def workbook_bytes(sheets: Sequence[tuple[str, Sequence[Sequence[Any]]]]) -> bytes:
    """Workbook of sheets, each a title and rows of cells, the first row its header."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        add_sheet(book, title, rows)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def put(sheet: "Worksheet", row: int, column: int, text: Any) -> Any:
    """Write a cell; a text is never taken for a formula, whatever it starts with."""
    cell = sheet.cell(row, column, text if text != "" else None)
    if isinstance(text, str) and text:
        cell.data_type = "s"
    return cell


def add_sheet(book: "Workbook", title: str, rows: Sequence[Sequence[Any]]) -> None:
    """Add a sheet of rows, the first its header."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title[:31])
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = put(sheet, number, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
            if isinstance(value, float) and 0 <= value <= 1:
                cell.number_format = "0 %"
    sheet.freeze_panes = "A2"
    widths = (
        max((len(str(row[column])) for row in rows if column < len(row)), default=8) for column in range(len(rows[0]))
    )
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, 8), _WIDEST)
