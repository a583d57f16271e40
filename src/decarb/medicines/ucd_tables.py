"""Tables of UCD codes that a user gives: no public table says which presentation a UCD is of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from decarb.errors import InvalidLibraryError, Problem
from decarb.inventory.medicine_codes import check_medicine_code
from decarb.medicines.codes import to_cip13, to_ucd13

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


def read_ucd_table(path: Path) -> dict[str, UcdLink]:
    """Links of a CSV by UCD13.

    Columns, in any order and whatever their case and accents: one of ``ucd13``, ``ucd7``, ``ucd``; at least one of
    ``cip13``, ``cip7``, ``cip``, ``cis``; ``units`` if wanted. Commas, semicolons or tabs; UTF-8 or Windows-1252. Where
    a UCD stands in several rows, the first with a box counts.

    Raises
    ------
    InvalidLibraryError
        With every defect by row.
    """
    from decarb.factors.importers.delimited import read_columns

    table = read_columns(path, (), (*_UCD, *_CIP, *_CIS, *_UNITS))
    filled = {name for name in table.columns if any(cell.strip() for cell in table[name])}
    missing = [
        wanted
        for wanted, names in (("ucd13, ucd7", _UCD), ("cip13, cip7, cis", {**_CIP, **_CIS}))
        if not filled & set(names)
    ]
    if missing:
        raise InvalidLibraryError([Problem("ucd-columns-missing", {"missing": missing}, file=str(path))])
    problems = [
        Problem("ragged-row", {"reason": f"{row}: {cells}"}, file=str(path)) for row, cells in table.ragged.items()
    ]
    links: dict[str, UcdLink] = {}
    for position, number in enumerate(table.numbers):
        cells = {name: table[name][position].strip() for name in filled}
        if not any(cells.values()):
            continue
        link, defects = _link(cells)
        problems += [problem.at(file=str(path), pointer=f"row {number}") for problem in defects]
        if link and (link.ucd13 not in links or (link.cip13 and not links[link.ucd13].cip13)):
            links[link.ucd13] = link
    if problems:
        raise InvalidLibraryError(problems)
    return links


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
