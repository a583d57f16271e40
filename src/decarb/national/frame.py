"""The frame: every site of the sector with its legal entity, category, place and denominators, checked.

The official register in either of its forms, or a CSV of one's own (docs/frame.md). Numbers are text throughout: a
FINESS number starts with 0 or 2A for many.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from decarb.errors import InvalidFrameError, Problem
from decarb.factors.importers.delimited import decimal_number
from decarb.inventory.head import department_of_commune
from decarb.inventory.identifiers import check_finess, luhn
from decarb.national.files import read_frame_file
from decarb.national.finess_extract import is_extract, read_extract
from decarb.national.finess_structures import is_structures, read_structures
from decarb.national.frame_csv import DENOMINATORS, DenominatorRow, read_denominators, read_simple_register
from decarb.national.nomenclatures import category_groups, region_of_department, regions, status_groups
from decarb.national.register import Register, RegisterRow

Float64s = NDArray[np.float64]

MOST_PROBLEMS = 200
"""Problems of one file that are listed; more are counted."""
SECTORS = ("hospital", "medico-social", "other")
_FINESS = re.compile(r"([0-9]{2}|2[AB])[0-9]{7}")


@dataclass(frozen=True, slots=True)
class Frame:
    """Sites in the order of their file, as columns.

    Attributes
    ----------
    finess_et, finess_ej
        Numbers of the site and of its legal entity.
    category, legal_status
        FINESS codes; the status is blank where the file does not say it.
    department, region
        INSEE codes; the region is blank where there is none (Wallis-et-Futuna).
    ght
        Name of the GHT of the legal entity; blank where it is in none.
    denominators
        Each of ``DENOMINATORS``, of shape (sites,); nan where nothing is said.
    left_out
        How many sites of the file are outside the sector, by category.
    warnings
        What is doubtful, and does not stop.
    """

    form: str
    finess_et: tuple[str, ...]
    finess_ej: tuple[str, ...]
    name: tuple[str, ...]
    category: tuple[str, ...]
    legal_status: tuple[str, ...]
    department: tuple[str, ...]
    region: tuple[str, ...]
    ght: tuple[str, ...]
    denominators: Mapping[str, Float64s]
    left_out: Mapping[str, int]
    warnings: tuple[Problem, ...]

    def __len__(self) -> int:
        """How many sites there are."""
        return len(self.finess_et)


def read_frame(
    path: Path,
    *,
    entities: Path | None = None,
    denominators: Path | None = None,
    sector: str | Collection[str] = "hospital",
) -> Frame:
    """Read a register of establishments, whichever of the three forms it is in, and check every row of it.

    Parameters
    ----------
    path
        A FINESS extract, the FINESS structures, or a CSV (docs/frame.md).
    entities
        The extract of legal entities beside that of sites: the legal status stands there.
    denominators
        A CSV of beds, stays and the like by site; it completes what `path` says.
    sector
        One or several of ``SECTORS``: the groups of categories that count.

    Raises
    ------
    InvalidFrameError
        With every problem of the files by row: numbers, keys, duplicates, unknown codes, contradictions.
    """
    sectors = frozenset((sector,) if isinstance(sector, str) else sector)
    if not sectors or not sectors <= set(SECTORS):
        raise ValueError(f"sector is {sector!r}; expected some of {', '.join(SECTORS)}")
    content = read_frame_file(path)
    if is_structures(content):
        register = read_structures(path, content, sectors)
    elif is_extract(content):
        register = read_extract(path, content, sectors, entities)
    else:
        register = read_simple_register(path, sectors)
    given = read_denominators(denominators) if denominators else []
    return frame_of(register, given, denominators)


def frame_of(register: Register, given: Sequence[DenominatorRow] = (), given_in: Path | None = None) -> Frame:
    """Frame of the rows of a register, and of denominators that another file gives.

    Raises
    ------
    InvalidFrameError
        As ``read_frame`` says.
    """
    placed = [_place(row) for row in register.rows]
    found = [*_row_problems(register), *_repeated(register.rows), *_contradictions(register.rows)]
    columns, of_columns = _denominators(register.rows)
    problems = list(register.problems) + [problem.at(file=str(register.path)) for problem in (*found, *of_columns)]
    if given_in:
        added = _add(columns, {row.finess_et: site for site, row in enumerate(register.rows)}, given)
        problems += [problem.at(file=str(given_in)) for problem in added]
    if not register.rows:
        problems.append(Problem("frame-empty", {"known": list(SECTORS)}, file=str(register.path)))
    _refuse(problems)
    rows = register.rows
    return Frame(
        register.form,
        tuple(row.finess_et for row in rows),
        tuple(row.finess_ej for row in rows),
        tuple(row.name for row in rows),
        tuple(row.category for row in rows),
        tuple(row.legal_status for row in rows),
        tuple(department for department, _ in placed),
        tuple(region for _, region in placed),
        tuple(row.ght for row in rows),
        columns,
        register.left_out,
        tuple(_together(problems)),
    )


def _refuse(problems: Sequence[Problem]) -> None:
    errors = [problem for problem in problems if problem.severity == "error"]
    if len(errors) > MOST_PROBLEMS:
        more = Problem("frame-more", {"count": len(errors) - MOST_PROBLEMS}, file=errors[-1].file)
        errors = [*errors[:MOST_PROBLEMS], more]
    if errors:
        raise InvalidFrameError(errors)


def _together(warnings: Iterable[Problem]) -> Iterator[Problem]:
    """Warnings of one kind as one, with their count: thousands of rows may share one."""
    kinds: dict[str, Problem] = {}
    for problem in warnings:
        first = kinds.get(problem.code)
        kinds[problem.code] = first.at(count=first.count + problem.count) if first else problem
    yield from kinds.values()


def _place(row: RegisterRow) -> tuple[str, str]:
    """INSEE codes of department and region, from whichever the row says."""
    department = row.department or department_of_commune(row.commune)
    return department, row.region or region_of_department().get(department, "")


def _row_problems(register: Register) -> Iterator[Problem]:
    """What is wrong with each row by itself."""
    known = category_groups().keys() | register.accepted
    for row in register.rows:
        for name in ("finess_et", "finess_ej"):
            yield from (problem.at(pointer=row.place) for problem in _number_problems(getattr(row, name), name))
        if row.category not in known:
            yield Problem("frame-category", _nearest(row.category, category_groups()), pointer=row.place)
        if row.legal_status and row.legal_status not in status_groups():
            yield Problem("frame-legal-status", _nearest(row.legal_status, status_groups()), pointer=row.place)
        yield from (problem.at(pointer=row.place) for problem in _place_problems(row))


def _nearest(value: str, known: Iterable[str]) -> dict[str, object]:
    return {"value": value, "nearest": difflib.get_close_matches(value, sorted(known), 3, 0.3)}


def _number_problems(value: str, column: str) -> Iterator[Problem]:
    """Form and key of a FINESS number; what a spreadsheet took away is offered back."""
    if not value:
        yield Problem("frame-finess-missing", {"column": column})
    elif not _FINESS.fullmatch(value):
        digits = re.sub(r"\.0+$", "", value).replace(" ", "")
        padded = digits.rjust(9, "0")
        fits = digits.isascii() and digits.isdigit() and len(padded) == 9 and luhn(padded)
        yield Problem("frame-finess-form", {"value": value, "column": column, "nearest": padded if fits else ""})
    else:
        yield from check_finess(value, "")


def _place_problems(row: RegisterRow) -> Iterator[Problem]:
    known = region_of_department()
    department, region = _place(row)
    if not department and not region:
        yield Problem("frame-place-unsaid", {"value": row.finess_et})
    if department and department not in known:
        yield Problem("unknown-department", {"value": department})
    if row.region and row.region not in regions():
        yield Problem("frame-region", {"value": row.region, "known": sorted(regions())})
    elif row.region and known.get(department, row.region) != row.region:
        what = {"value": department, "region": row.region, "expected": known[department]}
        yield Problem("department-outside-region", what)
    # the islands are communes of Guadeloupe in the register, and have a code of their own
    same = {department, "971"} if department in ("977", "978") else {department}
    if row.commune and department_of_commune(row.commune) not in same:
        yield Problem("commune-outside-department", {"value": row.commune, "department": department})


def _repeated(rows: Iterable[RegisterRow]) -> Iterator[Problem]:
    """Sites that stand twice, and numbers that are a site here and a legal entity there."""
    sites: dict[str, RegisterRow] = {}
    entities = {row.finess_ej: row.place for row in reversed(list(rows)) if row.finess_ej}
    for row in rows:
        if not row.finess_et:
            continue
        first = sites.setdefault(row.finess_et, row)
        if first is not row:
            differing = [name for name in row._fields[2:] if getattr(row, name) != getattr(first, name)]
            code = "frame-duplicate-differs" if differing else "frame-duplicate"
            what = {"value": row.finess_et, "first": first.place, "columns": differing}
            yield Problem(code, what, pointer=row.place)
        elif row.finess_et in entities:
            what = {"value": row.finess_et, "first": entities[row.finess_et]}
            yield Problem("frame-site-is-entity", what, pointer=row.place)


def _contradictions(rows: Iterable[RegisterRow]) -> Iterator[Problem]:
    """Legal entities of two legal statuses or in two GHT."""
    first: dict[tuple[str, str], RegisterRow] = {}
    for row in rows:
        for column in ("legal_status", "ght"):
            value = getattr(row, column)
            if not (value and row.finess_ej):
                continue
            before = first.setdefault((row.finess_ej, column), row)
            one = getattr(before, column)
            if one != value:
                what = {"value": row.finess_ej, "column": column, "one": one, "other": value, "first": before.place}
                yield Problem("frame-contradiction", what, pointer=row.place)


def _denominators(rows: Sequence[RegisterRow]) -> tuple[dict[str, Float64s], list[Problem]]:
    columns = {name: np.full(len(rows), np.nan) for name in DENOMINATORS}
    problems = []
    for site, row in enumerate(rows):
        for name, text in row.numbers.items():
            number = _number(text)
            if number is None:
                problems.append(Problem("frame-number", {"value": text, "column": name}, pointer=row.place))
            else:
                columns[name][site] = number
    return columns, problems


def _add(
    columns: Mapping[str, Float64s], sites: Mapping[str, int], given: Iterable[DenominatorRow]
) -> Iterator[Problem]:
    """Write denominators of another file into the columns; what disagrees with them, or with itself, is refused."""
    seen: dict[str, str] = {}
    for row in given:
        if not _FINESS.fullmatch(row.finess_et):
            yield from (p.at(pointer=row.place) for p in _number_problems(row.finess_et, "finess_et"))
            continue
        if row.finess_et in seen:
            what = {"value": row.finess_et, "first": seen[row.finess_et]}
            yield Problem("frame-duplicate", what, pointer=row.place)
            continue
        seen[row.finess_et] = row.place
        site = sites.get(row.finess_et)
        if site is None:
            yield Problem("frame-stranger", {"value": row.finess_et}, pointer=row.place, severity="warning")
            continue
        for name, text in row.numbers.items():
            number, known = _number(text), columns[name][site]
            if number is None:
                yield Problem("frame-number", {"value": text, "column": name}, pointer=row.place)
            elif not np.isnan(known) and known != number:
                both = {"value": row.finess_et, "column": name, "one": float(known), "other": number}
                yield Problem("frame-denominators-differ", both, pointer=row.place)
            else:
                columns[name][site] = number


def _number(text: str) -> float | None:
    """A number that counts something; None if it is none, or negative."""
    plain = decimal_number(text)
    return float(plain) if plain and float(plain) >= 0 else None
