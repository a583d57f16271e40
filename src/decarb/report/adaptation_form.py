"""The form of the checklist as a workbook to fill in; ``decarb.adaptation.form`` reads it back."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from decarb.adaptation import Checklist
from decarb.adaptation.form import COLUMNS, FILLED, HEADINGS, LISTS, SHEETS, Entry, questions
from decarb.adaptation.words import LEVEL_WORDS, STATUS_WORDS
from decarb.errors import Bilingual
from decarb.language import mark, translate
from decarb.report.workbook import put

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_WIDTHS = {"statement": 60, "name": 50, "partly": 32, "to_file": 36, "evidence": 36, "source": 36, "comment": 36}
_ROWS_WITH_CHOICES = 2000


def form_bytes(checklist: Checklist, establishment: int, language: str) -> bytes:
    """Workbook of the form of an establishment."""
    import openpyxl

    book = openpyxl.Workbook()
    front = book.active
    assert front is not None
    _write_front(front, checklist, establishment, language)
    asked = questions(checklist, establishment)
    for name in reversed(LISTS):  # answers first: the most of the work
        _write_list(book.create_sheet(translate(SHEETS[name], language)), name, asked[name], language)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write_front(sheet: "Worksheet", checklist: Checklist, establishment: int, language: str) -> None:
    from openpyxl.styles import Font

    sheet.title = translate(mark("Read me"), language)
    asked = questions(checklist, establishment)
    lines = [
        translate(mark("PNACC-3 adaptation checklist: what is left to answer"), language),
        checklist.establishments[establishment].name,
        translate(mark("Catalogue {version} ({digest}), {today}"), language).format(
            version=checklist.catalogue.version,
            digest=checklist.catalogue.digest[:8],
            today=checklist.today.isoformat(),
        ),
        "",
        translate(
            mark(
                "{answers} answers, {facts} facts and {exposure} exposures are open. Fill in what you know; leave "
                "the rest blank: a blank is unknown, not a no."
            ),
            language,
        ).format(**{name: len(rows) for name, rows in asked.items()}),
        translate(
            mark("An answer without evidence is shown as a claim. A fact decides its items before any answer."),
            language,
        ),
        translate(mark("A blank site means all sites. Days are written 2026-05-31 or 31/05/2026."), language),
        translate(mark("Then: decarb adaptation record INVENTORY.json THIS-FORM.xlsx --out NEW.json"), language),
    ]
    for number, line in enumerate(lines, start=1):
        put(sheet, number, 1, line)
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 110


def _write_list(sheet: "Worksheet", name: str, rows: Sequence[Entry], language: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    columns = COLUMNS[name]
    to_fill = PatternFill("solid", fgColor="FFF8E1")
    for number, column in enumerate(columns, start=1):
        put(sheet, 1, number, translate(HEADINGS[column], language)).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(column, 16)
    for place, row in enumerate(rows, start=2):
        for number, column in enumerate(columns, start=1):
            cell = put(sheet, place, number, _shown(row.get(column, ""), column, language))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if column in FILLED[name]:
                cell.fill = to_fill
    sheet.freeze_panes = "B2"
    for column, words in (("answer", STATUS_WORDS), ("level", LEVEL_WORDS)):
        if column in columns:
            choices = [translate(word, language) for code, word in words.items() if code != "unanswered"]
            _offer(sheet, columns.index(column) + 1, choices)


def _offer(sheet: "Worksheet", column: int, choices: Sequence[str]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    offered = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    letter = get_column_letter(column)
    offered.add(f"{letter}2:{letter}{_ROWS_WITH_CHOICES}")
    sheet.add_data_validation(offered)


def _shown(value: Any, column: str, language: str) -> Any:
    if isinstance(value, Bilingual):
        return value.french if language == "fr" else value.english
    if column == "answer" and value:
        return translate(STATUS_WORDS[value], language)
    return value
