"""Results for single products that the user has: a supplier's, a published one, one's own bill of materials."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decarb.errors import InvalidInventoryError, Problem
from decarb.inventory.identifiers import check_code
from decarb.medicines.codes import to_cip13
from decarb.medicines.pricing import Amount, Candidate
from decarb.medicines.rungs import rungs
from decarb.resources import parse_table

METHODS: Mapping[str, int] = {
    "state-score": 1,
    "pas-2090": 1,
    "iso-14067": 1,
    "published-lca": 2,
    "bill-of-materials": 3,
}
"""Rung of a result by its method; one of the first rung that nobody has verified stands on the third."""

COLUMNS = ("cip13", "kgco2e_per_box", "method", "verified", "year", "source")


@dataclass(frozen=True, slots=True)
class OwnResult:
    """Emissions of one box [kg CO2e], from whom and by which method."""

    cip13: str
    kgco2e_per_box: float
    rung: int
    year: int
    source: str
    gsd2: float = 0.0

    def candidate(self) -> Candidate:
        """Price of a box by this result."""
        what = {"value": self.kgco2e_per_box, "source": self.source, "year": self.year}
        why = Problem("medicine-by-own-result", what, severity="note")
        amount = Amount(self.source, self.kgco2e_per_box)
        return Candidate(rungs()[self.rung], (amount,), why, "own-result", self.source, self.gsd2)


def read_results(path: Path) -> list[OwnResult]:
    """Read results from a CSV with ``COLUMNS``, or one result that ``decarb medicines score --out`` wrote (JSON).

    Raises
    ------
    InvalidInventoryError
        With every defect, by row and column.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = {"line": error.object[: error.start].count(b"\n") + 1, "byte": f"0x{error.object[error.start]:02x}"}
        raise InvalidInventoryError([Problem("not-utf-8", what, file=str(path))]) from None
    if text.lstrip().startswith("{"):
        return [_from_score(text, path)]
    return _from_csv(text, path)


def _from_score(text: str, path: Path) -> OwnResult:
    try:
        score = json.loads(text)
        code, amount = str(score["cip13"]), float(score["kgco2e_per_box"])
        result = OwnResult(
            code, amount, int(score["rung"]), int(score["year"]), str(score["source"]), float(score["gsd2"])
        )
        is_score = score["kind"] == "medicine-score" and result.rung in (1, 3) and result.gsd2 >= 1 and amount >= 0
    except (ValueError, KeyError, TypeError):
        is_score = False
    if not is_score:
        raise InvalidInventoryError([Problem("not-a-score", {}, file=str(path))])
    problems = [p.at(file=str(path)) for p in check_code("CIP13", code, "/cip13") if p.severity == "error"]
    if problems:
        raise InvalidInventoryError(problems)
    return result


def _from_csv(text: str, path: Path) -> list[OwnResult]:
    first = text.split("\n", 1)[0]
    try:
        table = parse_table(text, ";" if first.count(";") > first.count(",") else ",", keep_blank=True)
    except ValueError as error:
        raise InvalidInventoryError([Problem("table-unreadable", {"reason": str(error)}, file=str(path))]) from None
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        what = {"value": missing, "known": list(COLUMNS)}
        raise InvalidInventoryError([Problem("results-columns", what, file=str(path))])
    found: dict[str, OwnResult] = {}
    problems: list[Problem] = []
    for number, row in enumerate(table.dictionaries(), start=2):
        if not any(row.values()):
            continue
        here = [problem.at(file=str(path)) for problem in _row_problems(row, f"row {number}", found)]
        problems += here
        if not here:
            result = _of_row(row)
            found[result.cip13] = result
    if problems:
        raise InvalidInventoryError(problems)
    return list(found.values())


def _of_row(row: Mapping[str, Any]) -> OwnResult:
    rung = METHODS[row["method"].strip()]
    if rung == 1 and row["verified"].strip() != "yes":
        rung = 3
    return OwnResult(
        to_cip13(row["cip13"].strip()), _number(row["kgco2e_per_box"]), rung, int(row["year"]), row["source"].strip()
    )


def _row_problems(row: Mapping[str, str], pointer: str, found: Mapping[str, OwnResult]) -> list[Problem]:
    code = row["cip13"].strip()
    problems = [problem for problem in check_code("CIP13", code, f"{pointer} cip13") if problem.severity == "error"]
    if code in found:
        problems.append(Problem("result-twice", {"value": code}, pointer=f"{pointer} cip13"))
    if not 0 <= _number(row["kgco2e_per_box"]) < 1e6:
        what = {"value": row["kgco2e_per_box"], "low": 0, "high": 1_000_000}
        problems.append(Problem("result-value", what, pointer=f"{pointer} kgco2e_per_box"))
    if row["method"].strip() not in METHODS:
        what = {"value": row["method"], "known": list(METHODS)}
        problems.append(Problem("result-method", what, pointer=f"{pointer} method"))
    if row["verified"].strip() not in ("yes", "no"):
        what = {"value": row["verified"], "known": ["yes", "no"]}
        problems.append(Problem("result-method", what, pointer=f"{pointer} verified"))
    if not (row["year"].strip().isascii() and row["year"].strip().isdigit() and 1990 <= int(row["year"]) <= 2100):
        problems.append(
            Problem("result-value", {"value": row["year"], "low": 1990, "high": 2100}, pointer=f"{pointer} year")
        )
    if not row["source"].strip():
        problems.append(Problem("result-source", {}, pointer=f"{pointer} source"))
    return problems


def _number(text: str) -> float:
    """Number as CSV of either language writes it; nan if it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return float("nan")
