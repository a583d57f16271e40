"""Registers and denominators that people write themselves: a CSV with a header (docs/frame.md)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from decarb.errors import InvalidFrameError, Problem
from decarb.factors.importers.delimited import DelimitedColumns
from decarb.national.files import read_frame_columns
from decarb.national.nomenclatures import category_groups, insee_department
from decarb.national.register import Register, RegisterRow, Sector

DENOMINATORS = ("beds", "places", "stays", "days", "headcount", "fte", "floor_area_m2")
"""What a site is measured by: beds, day places, stays, hospital days, persons employed, full-time equivalents, m2."""

_IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "finess_et": ("finess_et", "nofinesset", "fi"),
    "finess_ej": ("finess_ej", "nofinessej", "fi_ej"),
    "name": ("name", "nom", "raison_sociale", "rs"),
    "category": ("category", "categorie", "categetab"),
    "legal_status": ("legal_status", "statut_juridique", "statutjuridique"),
    "commune": ("commune", "code_commune"),
    "department": ("department", "departement"),
    "region": ("region",),
    "ght": ("ght",),
}
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "beds": ("beds", "lits"),
    "places": ("places",),
    "stays": ("stays", "sejours"),
    "days": ("days", "journees"),
    "headcount": ("headcount", "effectifs"),
    "fte": ("fte", "etp"),
    "floor_area_m2": ("floor_area_m2", "surface_m2"),
}
"""Headers that each column is known by, whatever their case and accents."""


@dataclass(frozen=True, slots=True)
class DenominatorRow:
    """Denominators of a site as a file writes them."""

    place: str
    finess_et: str
    numbers: Mapping[str, str]


def read_simple_register(path: Path, sectors: Collection[str]) -> Register:
    """Sites of a CSV that are in the sector.

    Raises
    ------
    InvalidFrameError
        If it cannot be read, or lacks a column of ``finess_et``, ``finess_ej`` or ``category``.
    """
    table, cells = _columns(path, ("finess_et", "finess_ej", "category"), (*_IDENTITIES, *_NUMBERS))
    scope = Sector(sectors)
    rows = []
    problems = list(_ragged(table, path))
    for position, number in enumerate(table.numbers):
        said = {name: column[position].strip() for name, column in cells.items()}
        if not any(said.values()):
            continue
        category = said["category"]
        # what is not in our list is refused with the row, not left out
        if category in category_groups() and not scope.has(category):
            continue
        identity = {name: said.get(name, "") for name in _IDENTITIES}
        identity["department"] = insee_department(identity["department"])
        rows.append(RegisterRow(f"row {number}", numbers=_numbers(said), **identity))
    return Register(path, f"CSV, {table.encoding}", rows, scope.left_out, tuple(problems))


def read_denominators(path: Path) -> list[DenominatorRow]:
    """Rows of a CSV of denominators by site.

    Raises
    ------
    InvalidFrameError
        If it cannot be read, has no column ``finess_et``, or none of ``DENOMINATORS``.
    """
    table, cells = _columns(path, ("finess_et",), ("finess_et", *_NUMBERS))
    problems = list(_ragged(table, path))
    if not table.numbers or not set(cells) & set(_NUMBERS):
        problems.append(Problem("frame-no-denominator", {"known": list(DENOMINATORS)}, file=str(path)))
    if problems:
        raise InvalidFrameError(problems)
    rows = []
    for position, number in enumerate(table.numbers):
        said = {name: column[position].strip() for name, column in cells.items()}
        if any(said.values()):
            rows.append(DenominatorRow(f"row {number}", said["finess_et"], _numbers(said)))
    return rows


def _columns(path: Path, needed: Iterable[str], wanted: Iterable[str]) -> tuple[DelimitedColumns, dict[str, list[str]]]:
    """Cells of the columns that a file has, by our names for them."""
    known = {**_IDENTITIES, **_NUMBERS}
    wanted = tuple(wanted)
    headers = tuple(dict.fromkeys(header for name in wanted for header in known[name]))
    table = read_frame_columns(path, (), headers)
    cells = {}
    for name in wanted:
        # a column that the file lacks is blank throughout, as is one that nobody filled in
        filled = [table[header] for header in known[name] if any(table[header])]
        if filled or not table.numbers:
            cells[name] = filled[0] if filled else []
    missing = [name for name in needed if name not in cells]
    if missing:
        problem = Problem("frame-columns", {"missing": missing, "known": list(wanted)}, file=str(path))
        raise InvalidFrameError([problem])
    return table, cells


def _numbers(said: Mapping[str, str]) -> dict[str, str]:
    return {name: said[name] for name in _NUMBERS if said.get(name)}


def _ragged(table: DelimitedColumns, path: Path) -> Iterable[Problem]:
    for row, cells in table.ragged.items():
        yield Problem("ragged-row", {"reason": cells}, file=str(path), pointer=f"row {row}")
