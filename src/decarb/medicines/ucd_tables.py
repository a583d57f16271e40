"""Tables of UCD codes that a user gives: no public table says which presentation a UCD is of.

A table is read first, each row by itself; its rows are then held against each other and against the database in use.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from decarb.errors import InvalidLibraryError, Problem
from decarb.inventory.medicine_codes import check_medicine_code
from decarb.medicines.codes import to_cip13, to_ucd13

if TYPE_CHECKING:
    from decarb.medicines.database import MedicinesDatabase, Presentation

_UCD = {"ucd13": "UCD13", "code ucd13": "UCD13", "ucd7": "UCD7", "code ucd7": "UCD7", "ucd": "", "code ucd": ""}
_CIP = {"cip13": "CIP13", "code cip13": "CIP13", "cip7": "CIP7", "code cip7": "CIP7", "cip": "", "code cip": ""}
_CIS = {"cis": "CIS", "code cis": "CIS"}
_UNITS = ("units", "unites", "unites par boite", "nombre d'unites")


@dataclass(frozen=True, slots=True)
class UcdLink:
    """What a UCD is of: a box, or a speciality; and how many units a box holds, where the table says so."""

    ucd13: str
    cip13: str
    cis: str
    units: float | None


@dataclass(frozen=True, slots=True)
class UcdTable:
    """Rows of a table by their number in its file; the header is row 1."""

    path: Path
    rows: Mapping[int, UcdLink]

    def links(self, database: "MedicinesDatabase") -> dict[str, UcdLink]:
        """Links by UCD13. Where a UCD stands in several rows, the first with a box counts.

        Raises
        ------
        InvalidLibraryError
            By row, where a UCD leads to two specialities, or where a box holds another number of units by the database.
        """
        problems = [
            problem.at(file=str(self.path), pointer=f"row {number}")
            for number, problem in sorted(
                (*self._of_two_specialities(database), *self._of_other_units(database)), key=lambda found: found[0]
            )
        ]
        if problems:
            raise InvalidLibraryError(problems)
        links: dict[str, UcdLink] = {}
        for link in self.rows.values():
            if link.ucd13 not in links or (link.cip13 and not links[link.ucd13].cip13):
                links[link.ucd13] = link
        return links

    def _of_two_specialities(self, database: "MedicinesDatabase") -> Iterator[tuple[int, Problem]]:
        """Rows whose UCD an earlier row says to be of another speciality."""
        first: dict[str, tuple[int, UcdLink, str]] = {}
        for number, link in self.rows.items():
            box = database.presentation(link.cip13) if link.cip13 else None
            cis = box.cis if box else link.cis
            if not cis:
                continue
            row, other, other_cis = first.setdefault(link.ucd13, (number, link, cis))
            if cis != other_cis:
                codes = [_named(other), _named(link)]
                yield number, Problem("ucd-of-two", {"value": link.ucd13, "row": row, "codes": codes})

    def _of_other_units(self, database: "MedicinesDatabase") -> Iterator[tuple[int, Problem]]:
        """Rows whose units per box are none of those that the database knows of."""
        for number, link in self.rows.items():
            known = {box.units: box for box in _boxes(link, database) if box.units}
            if link.units and known and link.units not in known:
                box = next(iter(known.values()))
                what = {"value": link.units, "code": _named(link), "known": sorted(known), "label": box.label}
                yield number, Problem("ucd-units-differ", what)


def _named(link: UcdLink) -> str:
    return f"CIP13 {link.cip13}" if link.cip13 else f"CIS {link.cis}"


def _boxes(link: UcdLink, database: "MedicinesDatabase") -> "list[Presentation]":
    """Boxes that a row may be about."""
    if link.cip13:
        codes: tuple[str, ...] = (link.cip13,)
    else:
        speciality = database.speciality(link.cis)
        codes = speciality.cips if speciality else ()
    return [box for code in codes if (box := database.presentation(code))]


def read_ucd_table(path: Path) -> UcdTable:
    """Rows of a CSV.

    Columns, in any order and whatever their case and accents: one of ``ucd13``, ``ucd7``, ``ucd``; at least one of
    ``cip13``, ``cip7``, ``cip``, ``cis``; ``units`` if wanted. Commas, semicolons or tabs; UTF-8 or Windows-1252.

    Raises
    ------
    InvalidLibraryError
        With every defect by row.
    """
    from decarb.factors.importers.delimited import read_columns

    table = read_columns(path, (), (*_UCD, *_CIP, *_CIS, *_UNITS))
    problems = [
        Problem("ragged-row", {"reason": f"{row}: {cells}"}, file=str(path)) for row, cells in table.ragged.items()
    ]
    if not table.numbers:
        raise InvalidLibraryError(problems or [Problem("ucd-no-rows", {}, file=str(path))])
    filled = {name for name in table.columns if any(cell.strip() for cell in table[name])}
    missing = [
        wanted
        for wanted, names in (("ucd13, ucd7", _UCD), ("cip13, cip7, cis", {**_CIP, **_CIS}))
        if not filled & set(names)
    ]
    if missing:
        raise InvalidLibraryError([Problem("ucd-columns-missing", {"missing": missing}, file=str(path))])
    rows: dict[int, UcdLink] = {}
    for position, number in enumerate(table.numbers):
        cells = {name: table[name][position].strip() for name in filled}
        if not any(cells.values()):
            continue
        link, defects = _link(cells)
        problems += [problem.at(file=str(path), pointer=f"row {number}") for problem in defects]
        if link:
            rows[number] = link
    if problems:
        raise InvalidLibraryError(problems)
    return UcdTable(path, rows)


def _link(cells: Mapping[str, str]) -> tuple[UcdLink | None, list[Problem]]:
    """Link of one row, and what is wrong with it."""
    (ucd, ucd_problems), (cip, cip_problems), (cis, cis_problems) = (
        _code(cells, names) for names in (_UCD, _CIP, _CIS)
    )
    problems = [*ucd_problems, *cip_problems, *cis_problems]
    if not problems and not (ucd and (cip or cis)):
        problems.append(Problem("ucd-row-incomplete", {}))
    units = next((cells[name] for name in _UNITS if cells.get(name)), "")
    if units and not _positive(units):
        problems.append(Problem("ucd-units", {"value": units}))
    if problems:
        return None, problems
    return UcdLink(to_ucd13(ucd), to_cip13(cip) if cip else "", cis, _positive(units)), []


def _code(cells: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, list[Problem]]:
    """First code of some columns, and its defects; a column without a length tells it by the digits."""
    for value, system in _codes(cells, names):
        problems = [problem for problem in check_medicine_code(system, value) if problem.severity == "error"]
        return value, problems
    return "", []


def _codes(cells: Mapping[str, str], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, system in names.items():
        if value := cells.get(name, ""):
            family = "UCD" if "ucd" in name else "CIP"
            yield value, system or f"{family}{7 if len(value) == 7 else 13}"


def _positive(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 < value < 1e6 else None
