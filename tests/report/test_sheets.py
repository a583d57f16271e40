"""Sheets hold what they are given: every digit, every character, and no text as anything but a text."""

import datetime
import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.report.sheets import LONGEST_TEXT, Formula, Sheet, column_name, quoted, reference, workbook_of

DAY = datetime.date(2024, 12, 31)


def read(content: bytes, **options: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), **options).worksheets[0]


def sheet_of(*values: Any, title: str = "Sheet") -> Sheet:
    return Sheet(title, ["Value"], [[value] for value in values])


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
@settings(max_examples=50)
def test_every_bit_of_a_number_is_kept(numbers: list[float]) -> None:
    found = read(workbook_of([sheet_of(*numbers)], DAY))
    assert [found.cell(row, 1).value for row in range(2, len(numbers) + 2)] == numbers


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=40))
@settings(max_examples=100)
def test_every_text_is_a_text(text: str) -> None:
    for value in (text, "=" + text, "@" + text, "https://" + text):
        cell = read(workbook_of([sheet_of(value)], DAY)).cell(2, 1)
        assert cell.data_type == "s"
        # a line break is one character in a cell, whatever it was
        assert cell.value.replace("\r\n", "\n") == value.replace("\r\n", "\n")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_would_run_is_marked_so_that_editing_it_does_not_run_it(start: str) -> None:
    cell = read(workbook_of([sheet_of(start + "SUM(A1)", "plain")], DAY))
    assert cell.cell(2, 1).quotePrefix
    assert cell.cell(2, 1).data_type == "s"
    assert not cell.cell(3, 1).quotePrefix


def test_a_formula_has_its_value_beside_it() -> None:
    content = workbook_of([sheet_of(0.1, 0.2, Formula("=SUM(A2:A3)", 0.1 + 0.2))], DAY)
    assert read(content).cell(4, 1).value == "=SUM(A2:A3)"
    assert read(content, data_only=True).cell(4, 1).value == 0.1 + 0.2


def test_blanks_are_blank_and_long_texts_are_cut() -> None:
    found = read(workbook_of([sheet_of(None, "", "x" * (LONGEST_TEXT + 5))], DAY))
    assert found.cell(2, 1).value is None
    assert found.cell(3, 1).value is None
    assert len(found.cell(4, 1).value) == LONGEST_TEXT


def test_the_same_sheets_are_the_same_bytes() -> None:
    assert workbook_of([sheet_of(1.5, "a")], DAY) == workbook_of([sheet_of(1.5, "a")], DAY)


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_names_of_columns(column: int, name: str) -> None:
    assert column_name(column) == name


def test_titles_are_quoted_in_formulas() -> None:
    assert quoted("l'an") == "'l''an'"
    assert reference("BEGES-R v5", 0, 1) == "'BEGES-R v5'!$B$2"
