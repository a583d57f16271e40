"""Defects of a library by row: what its import noted, and what its rows show."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson

from decarb.errors import InvalidLibraryError, Problem, Term
from decarb.factors.columns import stored_columns
from decarb.factors.library import FactorLibrary
from decarb.factors.loading import load_factors
from decarb.factors.rows import FactorRows
from decarb.messages import SET_ASIDE
from decarb.quality import UNKNOWN_GSD2
from decarb.resources import read_table

EXPECTED_ASIDE = frozenset({"archived", "not-a-factor", "not-emissions", "sum-of-others"})
"""Reasons to set a row aside that are no defect of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a factor of a library.

    Attributes
    ----------
    row
        Row of the file that the factor was imported from, else of the library's own table; the header is row 1.
    problem
        Its severity is ``warning`` for a defect and ``note`` for what to know.
    """

    row: int
    factor: str
    name: str
    problem: Problem


def check_library(path: Path | None = None, today: date | None = None) -> tuple[Finding, ...]:
    """List the defects of a library, and what to know of it, by kind and row.

    Parameters
    ----------
    path
        A folder of tables or a CSV of one's own factors; the packaged library by default.
    today
        Day that validity is looked at from; the current one by default.

    Raises
    ------
    InvalidLibraryError
        If it cannot be loaded: then every defect is there, by row.
    """
    library = load_factors(*([path] if path else []))
    rows = library.tables[-1]
    names = dict(zip(rows.table.column("id"), rows.table.column("name_fr"), strict=True))
    found = [*_noted(path, names), *_shown(rows, library, today or date.today())]
    return tuple(sorted(found, key=lambda finding: (finding.problem.code, finding.row)))


def _noted(path: Path | None, names: dict[str, str]) -> Iterator[Finding]:
    """What the import wrote down: defects of rows that are kept, and rows that are not for a defect."""
    for row in _import_table(path, "findings"):
        severity = "note" if row["severity"] == "note" else "warning"
        problem = Problem(row["code"], orjson.loads(row["parameters"]), severity=severity)  # type: ignore[arg-type]
        yield Finding(int(row["row"]), row["factor"], names.get(row["factor"], ""), problem)
    for row in _import_table(path, "set_aside"):
        if row["reason"] not in EXPECTED_ASIDE:
            what = {"reason": Term(SET_ASIDE.get(row["reason"], row["reason"])), "detail": row["detail"]}
            problem = Problem("source-set-aside", what, severity="warning")
            yield Finding(int(row["row"]), row["source_id"], row["name"], problem)


def _import_table(path: Path | None, name: str) -> list[dict[str, str]]:
    """Rows of a table of an import, none where the library was not imported; InvalidLibraryError if it is damaged."""
    file = path / f"{name}.csv" if path else None
    if file is None or not file.is_file():
        return []
    try:
        table = read_table(file)
        rows = list(table.dictionaries())
        _ = [int(row["row"]) for row in rows], [orjson.loads(row.get("parameters", "{}")) for row in rows]
    except (OSError, ValueError, KeyError) as error:
        raise InvalidLibraryError([Problem("import-table-damaged", {"reason": str(error)}, file=str(file))]) from None
    if table.columns != stored_columns(name):
        what = {"missing": "-", "unknown": "-", "known": stored_columns(name)}
        raise InvalidLibraryError([Problem("library-columns", what, file=str(file))])
    return rows


def _shown(rows: FactorRows, library: FactorLibrary, today: date) -> Iterator[Finding]:
    """What the rows show by themselves."""
    labels: dict[tuple[str, ...], list[int]] = defaultdict(list)
    table = rows.table
    ids, names, totals = (table.column(name) for name in ("id", "name_fr", "published_total"))
    numbers = [int(text or position) for position, text in enumerate(table.column("source_row"), start=2)]
    for position, label in enumerate(zip(*(table.column(name) for name in _LABEL), strict=True)):
        labels[label].append(position)

    def finding(position: int, code: str, severity: str = "warning", **parameters: object) -> Finding:
        problem = Problem(code, parameters, severity=severity)  # type: ignore[arg-type]
        return Finding(numbers[position], ids[position], names[position], problem)

    for members in labels.values():
        for position in members if len(members) > 1 else ():
            others = [ids[other] for other in members if other != position]
            yield finding(position, "source-duplicate-label", others=", ".join(others))
    for position, (total, last_day) in enumerate(zip(totals, table.column("valid_to"), strict=True)):
        if total.startswith("-"):
            yield finding(position, "source-negative", value=float(total))
        if total and float(total) == 0:
            yield finding(position, "source-zero")
        if last_day and last_day < today.isoformat():
            yield finding(position, "source-expired", "note", valid_to=last_day)
    for position, name in enumerate(ids):
        if library.by_id[name].uncertainty_origin == "default":
            yield finding(position, "source-no-uncertainty", "note", gsd2=round(UNKNOWN_GSD2, 2))


_LABEL = ("name_fr", "unit", "basis", "price_year", "geography", "locality", "data_year")
