"""Workbooks read back: values, formulas, and the formulas computed by other means than ours."""

import io
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

_REFERENCE = r"(?:'((?:[^']|'')*)'!)?\$?([A-Z]+)\$?(\d+)?(?::\$?([A-Z]+)\$?(\d+)?)?"
_TERM = r"([+-]?)((?:SUMIFS|SUM)\([^)]*\)|(?:'(?:[^']|'')*'!)?\$?[A-Z]+\$?\d+)"


class Computed:
    """The formulas of a workbook, computed from its constants alone: SUM, SUMIFS, ROUND, + and -."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.stored = openpyxl.load_workbook(io.BytesIO(content), data_only=True)

    def formulas(self) -> list[tuple[str, str, str, Any]]:
        """Sheet, cell, formula and stored value of each."""
        return [
            (sheet.title, cell.coordinate, cell.value, self.stored[sheet.title][cell.coordinate].value)
            for sheet in self.book
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]

    def value(self, sheet: str, cell: str) -> Any:
        found = self.book[sheet][cell]
        return self.compute(sheet, found.value[1:]) if found.data_type == "f" else found.value

    def compute(self, sheet: str, text: str) -> float:
        if text.startswith("ROUND(") and text.endswith(")"):
            inner, digits = text[6:-1].rsplit(",", 1)
            return round(self.compute(sheet, inner), int(digits))
        total = 0.0
        terms = re.findall(_TERM, text)
        assert "".join(operator + term for operator, term in terms) == text
        for operator, term in terms:
            sign = -1 if operator == "-" else 1
            total += sign * self._term(sheet, term)
        return total

    def _term(self, sheet: str, term: str) -> float:
        if term.startswith("SUMIFS("):
            summed, looked_in, wanted = term[7:-1].split(",")
            prefix, code = re.fullmatch(r'"(.*)"&(\$?[A-Z]+\d+)', wanted).groups()  # type: ignore[union-attr]
            key = prefix + str(self.value(sheet, code.replace("$", "")))
            pairs = zip(self.cells(sheet, looked_in), self.cells(sheet, summed), strict=True)
            return sum(amount or 0.0 for found, amount in pairs if found == key)
        if term.startswith("SUM("):
            return sum(
                value for part in term[4:-1].split(",") for value in self.cells(sheet, part) if _is_number(value)
            )
        (value,) = self.cells(sheet, term)
        return value or 0.0

    def cells(self, sheet: str, reference: str) -> list[Any]:
        title, first, top, last, bottom = re.fullmatch(_REFERENCE, reference).groups()  # type: ignore[union-attr]
        title = (title or sheet).replace("''", "'")
        bottom = bottom or (top if last is None else self.book[title].max_row)
        top = top or 1
        low, start, high, end = range_boundaries(f"{first}{top}:{last or first}{bottom}")
        letters = [openpyxl.utils.get_column_letter(column) for column in range(low, high + 1)]
        return [self.value(title, f"{letter}{row}") for row in range(start, end + 1) for letter in letters]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def without_values(content: bytes) -> bytes:
    """The same workbook, its formulas without the values that were stored with them."""
    source, stream = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/"):
                data = re.sub(rb"</f><v>[^<]*</v>", b"</f>", data)
            target.writestr(name, data)
    return stream.getvalue()


def recalculated(content: bytes, folder: Path) -> Any:
    """The workbook as LibreOffice computes it from nothing, as openpyxl reads it."""
    path = folder / "workbook.xlsx"
    path.write_bytes(without_values(content))
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "again"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(folder / "again" / "workbook.xlsx", data_only=True)
