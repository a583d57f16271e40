"""The FINESS extracts as published until May 2026: semicolons, no header, a type of record in the first cell.

``etalab-cs1100502-stock-*.csv`` holds sites (``structureet``), ``etalab-cs1100507-stock-*.csv`` sites and then their
coordinates (``geolocalisation``), ``etalab-cs1100501-stock-*.csv`` legal entities (``structureej``): the legal status
stands in the last alone. The first line is ``finess;etalab;<number>;<date>``. Windows-1252 once, UTF-8 later.
"""

import contextlib
import csv
from collections.abc import Collection, Iterator
from pathlib import Path

from decarb.errors import InvalidFrameError, Problem, not_utf_8
from decarb.factors.importers.delimited import as_utf_8
from decarb.national.nomenclatures import insee_commune, insee_department
from decarb.national.register import Register, RegisterRow, Sector

SITE_COLUMNS = (
    "nofinesset", "nofinessej", "rs", "rslongue", "complrs", "compldistrib", "numvoie", "typvoie", "voie", "compvoie",
    "lieuditbp", "commune", "departement", "libdepartement", "ligneacheminement", "telephone", "telecopie",
    "categetab", "libcategetab", "categagretab", "libcategagretab", "siret", "codeape", "codemft", "libmft", "codesph",
    "libsph", "dateouv", "dateautor", "datemaj", "numuai",
)  # fmt: skip
"""Cells of a ``structureet`` record after its type; files of before 2017 stop before the last."""
ENTITY_COLUMNS = (
    "nofiness", "rs", "rslongue", "complrs", "numvoie", "typvoie", "voie", "compvoie", "compldistrib", "lieuditbp",
    "commune", "ligneacheminement", "departement", "libdepartement", "telephone", "statutjuridique",
    "libstatutjuridique", "categetab", "libcategetab", "siren", "codeape", "datecrea",
)  # fmt: skip
"""Cells of a ``structureej`` record after its type."""
RECORDS = {
    "structureet": (len(SITE_COLUMNS) - 1, len(SITE_COLUMNS)),
    "structureej": (len(ENTITY_COLUMNS), len(ENTITY_COLUMNS)),
    "geolocalisation": (0, 99),
}
"""Fewest and most cells of each type of record after its type."""

_Record = tuple[int, str, list[str]]


def is_extract(content: bytes) -> bool:
    """Whether a file starts as an extract does."""
    return content.removeprefix(b"\xef\xbb\xbf").startswith((b"finess;", *(f"{name};".encode() for name in RECORDS)))


def read_extract(path: Path, content: bytes, sectors: Collection[str], entities: Path | None = None) -> Register:
    """Sites of an extract that are in the sector.

    Parameters
    ----------
    content
        Of the file at `path`.
    sectors
        Groups of categories: ``hospital``, ``medico-social``, ``other``.
    entities
        The extract of legal entities, which says their legal statuses.

    Raises
    ------
    InvalidFrameError
        If `entities` cannot be read.
    """
    statuses, problems = _statuses(entities) if entities else ({}, [])
    records, encoding, found = _records(path, content)
    problems += found
    scope = Sector(sectors)
    rows = []
    for number, _, cells in (record for record in records if record[1] == "structureet"):
        site = dict(zip(SITE_COLUMNS, cells, strict=False))
        if not scope.has(site["categetab"], site["categagretab"]):
            continue
        rows.append(
            RegisterRow(
                f"row {number}",
                site["nofinesset"],
                site["nofinessej"],
                site["rslongue"] or site["rs"],
                site["categetab"],
                statuses.get(site["nofinessej"], ""),
                insee_commune(site["departement"], site["commune"]),
                insee_department(site["departement"], site["ligneacheminement"][:5]),
            )
        )
    unsaid = [row for row in rows if not row.legal_status]
    if unsaid:
        problem = Problem("frame-status-unsaid", {"value": unsaid[0].finess_ej}, file=str(path), severity="warning")
        problems.append(problem.at(pointer=unsaid[0].place, count=len(unsaid)))
    problems += scope.warnings(path)
    form = f"FINESS extract, {encoding}"
    return Register(path, form, rows, scope.left_out, tuple(problems), frozenset(scope.accepted))


def _statuses(path: Path) -> tuple[dict[str, str], list[Problem]]:
    """Legal status of each legal entity of an extract; InvalidFrameError if the file cannot be read."""
    from decarb.national.files import read_frame_file

    content = read_frame_file(path)
    if not is_extract(content):
        raise InvalidFrameError([Problem("frame-not-entities", {}, file=str(path))])
    records, _, problems = _records(path, content)
    statuses: dict[str, str] = {}
    for number, _, cells in (record for record in records if record[1] == "structureej"):
        entity = dict(zip(ENTITY_COLUMNS, cells, strict=True))
        value, status = entity["nofiness"], entity["statutjuridique"]
        if statuses.setdefault(value, status) != status:
            what = {"value": value, "column": "legal_status", "one": statuses[value], "other": status, "first": "-"}
            problems.append(Problem("frame-contradiction", what, file=str(path), pointer=f"row {number}"))
    if not statuses and not problems:
        problems.append(Problem("frame-not-entities", {}, file=str(path)))
    return statuses, problems


def _records(path: Path, content: bytes) -> tuple[list[_Record], str, list[Problem]]:
    """Records with the number of their row, the encoding, and the rows that are no record."""
    try:
        text, encoding = as_utf_8(content)
    except UnicodeDecodeError as error:
        raise InvalidFrameError([not_utf_8(error).at(file=str(path))]) from None
    records: list[_Record] = []
    problems = []
    for number, cells in _lines(text.decode()):
        kind, *rest = [cell.strip() for cell in cells]
        if kind == "finess" or not any(cells):
            continue
        if kind not in RECORDS:
            what = {"value": kind, "known": sorted(RECORDS)}
            problems.append(Problem("frame-record", what, file=str(path), pointer=f"row {number}"))
            continue
        fewest, most = RECORDS[kind]
        if len(rest) == most + 1 and not rest[-1]:
            rest.pop()  # some vintages end each line with one more semicolon
        if not fewest <= len(rest) <= most:
            said = {"record": kind, "found": len(rest), "expected": most}
            problems.append(Problem("frame-cells", said, file=str(path), pointer=f"row {number}"))
            continue
        records.append((number, kind, rest))
    return records, encoding, problems


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Cells of each line: a record is one line, so that an unbalanced quotation mark cannot swallow those after it."""
    for number, written in enumerate(text.split("\n"), start=1):
        line = written.rstrip("\r")
        cells = line.split(";")
        if '"' in line:
            # what cannot be told apart by quotation marks has too many cells, and is refused with its row
            with contextlib.suppress(csv.Error):
                cells = next(csv.reader([line], delimiter=";"), cells)
        yield number, cells
