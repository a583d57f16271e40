"""Tables in workbooks and in text: the header on any row and any sheet, cells as text, nothing shifted silently."""

import datetime

import openpyxl
import pytest

from decarb.errors import InvalidLibraryError
from decarb.factors.importers.sheets import SheetRow, read_sheet

COLUMNS = {"name": "Name", "value": "Value|Value *"}


@pytest.fixture
def sheet(tmp_path):
    """Return a function that reads a file of some content."""

    def write_and_read(content, columns=COLUMNS):
        path = tmp_path / "table.bin"
        path.write_bytes(content)
        return read_sheet(path, columns)

    return write_and_read


@pytest.fixture
def workbook(tmp_path):
    """Return a function that reads a workbook of some sheets."""

    def write_and_read(**sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            page = book.create_sheet(title)
            for row in rows:
                page.append(row)
        path = tmp_path / "table.xlsx"
        book.save(path)
        return read_sheet(path, COLUMNS)

    return write_and_read


@pytest.mark.parametrize(
    ("text", "encoding", "form", "decimal_comma"),
    [
        ("Name,Value\nGaz,1.5\n", "utf-8", "csv, utf-8, ,", False),
        ("name;VALUE\r\nGaz;1,5\r\n", "utf-8-sig", "csv, utf-8, ;", True),
        ("Value\tName\n1,5\tGaz\n", "utf-16", "csv, utf-16, tab", True),
        ('"A title, long"\n\nId;Name; Value 2024 \n7;Gaz;1,5;\n', "windows-1252", "csv, utf-8, ;", True),
    ],
)
def test_text_is_read_by_its_header(sheet, text, encoding, form, decimal_comma):
    found = sheet(text.encode(encoding))
    assert [row.cells["name"] for row in found.rows] == ["Gaz"]
    assert found.rows[0].cells["value"] in ("1.5", "1,5")
    assert (found.form, found.decimal_comma) == (form, decimal_comma)


def test_rows_keep_the_numbers_that_a_spreadsheet_shows(sheet):
    found = sheet(b"title\nName,Value\na,1\n\n,\nb,2\n")
    assert found.rows == [SheetRow(3, {"name": "a", "value": "1"}), SheetRow(6, {"name": "b", "value": "2"})]


def test_short_rows_are_blank_at_the_end_and_long_ones_are_ragged(sheet):
    found = sheet(b"Name,Value\na\nb,1,,\nc,1,2\n")
    assert [row.cells["value"] for row in found.rows] == ["", "1"]
    assert found.ragged == {4: "3 / 2"}


def test_cells_are_one_line_of_what_prints(sheet):
    found = sheet('Name,Value\n" a\n\u00a0b\u200b\x07 ",1\n'.encode())
    assert found.rows[0].cells["name"] == "a b"


def test_the_sheet_with_the_header_is_taken(workbook):
    found = workbook(Front=[["Name"], ["of the table"]], Data=[[], [None, "Value 2024", "Name"], [None, 0.1, "a"]])
    assert found.header == {"name": "Name", "value": "Value 2024"}
    assert (found.rows, found.form) == ([SheetRow(3, {"name": "a", "value": "0.1"})], "xlsx, Data")


def test_cells_of_a_workbook_are_text(workbook):
    day = datetime.date(2024, 6, 1)
    found = workbook(Data=[["Name", "Value"], [1, 1300], [True, 1e-05], [day, None], ["beside", 1, "a remark"]])
    assert [tuple(row.cells.values()) for row in found.rows] == [
        ("1", "1300"),
        ("True", "1e-05"),
        ("2024-06-01 00:00:00", ""),
        ("beside", "1"),
    ]
    assert found.ragged == {}


def test_the_nearest_row_is_shown_when_none_is_the_header(sheet):
    with pytest.raises(InvalidLibraryError) as caught:
        sheet(b"a report,of,things\nName,Amount\na,1\n")
    (problem,) = caught.value.problems
    assert problem.message() == (
        "no row is the header of this base, one column each for Name, Value|Value *; "
        "the nearest, row 2, is: Name, Amount"
    )
    assert problem.hint() == "check that it is the file of the base you named"


def test_a_column_that_stands_twice_is_no_header(sheet):
    with pytest.raises(InvalidLibraryError, match="row 1, is: Name, Value 2023, Value 2024"):
        sheet(b"Name,Value 2023,Value 2024\na,1,2\n")
