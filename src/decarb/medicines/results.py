"""Results for single products that the user has: a supplier's, a published one, one's own bill of materials."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from decarb.errors import InvalidInventoryError, Problem
from decarb.inventory.documents import read_as
from decarb.inventory.identifiers import check_code
from decarb.medicines.pricing import Amount, Candidate
from decarb.medicines.rungs import rungs

METHODS: Mapping[str, int] = {
    "state-score": 1,
    "pas-2090": 1,
    "iso-14067": 1,
    "published-lca": 2,
    "bill-of-materials": 3,
}
"""Rung of a result by its method; one of the first rung that nobody has verified stands on the third."""

MOST_KGCO2E_PER_BOX = 1_000_000
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
    units_per_box: float | None = None

    def candidate(self) -> Candidate:
        """Price of a box by this result."""
        what = {"value": self.kgco2e_per_box, "source": self.source, "year": self.year}
        why = Problem("medicine-by-own-result", what, severity="note")
        amount = Amount(self.source, self.kgco2e_per_box)
        return Candidate(rungs()[self.rung], (amount,), why, "own-result", self.source, self.gsd2)


def read_results(path: Path) -> list[OwnResult]:
    """Read results from a CSV with ``COLUMNS``, or one result that ``decarb medicines score --out`` wrote (JSON).

    Commas, semicolons or tabs, UTF-8 or Windows-1252, headers in any order, whatever their case.

    Raises
    ------
    DecarbError
        With every defect, by row and column, or by pointer.
    """
    return [_from_score(path)] if path.suffix.lower() == ".json" else _from_table(path)


def _from_score(path: Path) -> OwnResult:
    score, _ = read_as(path, "medicine_score")
    problems = check_code("CIP13", score["cip13"], "/cip13")
    errors = [problem.at(file=str(path)) for problem in problems if problem.severity == "error"]
    if errors:
        raise InvalidInventoryError(errors)
    amount, rung, year = float(score["kgco2e_per_box"]), int(score["rung"]), int(score["year"])
    units = score.get("units_per_box")
    return OwnResult(score["cip13"], amount, rung, year, score["source"], float(score["gsd2"]), units)


def _from_table(path: Path) -> list[OwnResult]:
    from decarb.factors.importers.delimited import read_columns

    table = read_columns(path, COLUMNS)
    problems = [
        Problem("ragged-row", {"reason": f"{row}: {cells}"}, file=str(path)) for row, cells in table.ragged.items()
    ]
    found: dict[str, OwnResult] = {}
    for position, number in enumerate(table.numbers):
        row = {name: table[name][position].strip() for name in COLUMNS}
        if not any(row.values()):
            continue
        here = list(_row_problems(row, f"row {number}", found))
        problems += (problem.at(file=str(path)) for problem in here)
        if not here:
            found[row["cip13"]] = _of_row(row)
    if problems:
        raise InvalidInventoryError(problems)
    return list(found.values())


def _of_row(row: Mapping[str, str]) -> OwnResult:
    rung = METHODS[row["method"]]
    if rung == 1 and row["verified"] != "yes":
        rung = 3
    return OwnResult(row["cip13"], _number(row["kgco2e_per_box"]), rung, int(row["year"]), row["source"])


def _row_problems(row: Mapping[str, str], pointer: str, found: Mapping[str, OwnResult]) -> Iterator[Problem]:
    code = row["cip13"]
    yield from (problem for problem in check_code("CIP13", code, f"{pointer} cip13") if problem.severity == "error")
    if code in found:
        yield Problem("result-twice", {"value": code}, pointer=f"{pointer} cip13")
    if not 0 <= _number(row["kgco2e_per_box"]) <= MOST_KGCO2E_PER_BOX:
        what = {"value": row["kgco2e_per_box"], "low": 0, "high": MOST_KGCO2E_PER_BOX}
        yield Problem("result-value", what, pointer=f"{pointer} kgco2e_per_box")
    for name, known in (("method", list(METHODS)), ("verified", ["yes", "no"])):
        if row[name] not in known:
            yield Problem("result-method", {"value": row[name], "known": known}, pointer=f"{pointer} {name}")
    if not (row["year"].isascii() and row["year"].isdigit() and 1990 <= int(row["year"]) <= 2100):
        yield Problem("result-value", {"value": row["year"], "low": 1990, "high": 2100}, pointer=f"{pointer} year")
    if not row["source"]:
        yield Problem("result-source", {}, pointer=f"{pointer} source")


def _number(text: str) -> float:
    """Number as CSV of either language writes it; nan if it is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan
