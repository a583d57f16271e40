"""The files of the public medicines database, read as they are: tabs, no header, no quotes, an encoding each."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from decarb.errors import InvalidLibraryError, Problem, unreadable

MOST_ROWS_SHOWN = 20
"""Defective rows of one file that are listed; the others are counted."""


@dataclass(frozen=True, slots=True)
class FileForm:
    """What a row of a file looks like: its columns, and the patterns that some of them have."""

    name: str
    columns: tuple[str, ...]
    patterns: Mapping[str, str]
    required: bool = False

    @property
    def cis_column(self) -> int:
        """Index of the code of the speciality."""
        return self.columns.index("cis")


_CIS = r"[0-9]{8}"

SPECIALITIES = FileForm(
    "CIS_bdpm.txt",
    (
        "cis",
        "name",
        "form",
        "routes",
        "authorisation_status",
        "procedure",
        "marketing",
        "authorisation_date",
        "database_status",
        "european_number",
        "holders",
        "reinforced_surveillance",
    ),
    {"cis": _CIS},
    required=True,
)
PRESENTATIONS = FileForm(
    "CIS_CIP_bdpm.txt",
    (
        "cis",
        "cip7",
        "label",
        "administrative_status",
        "marketing",
        "declaration_date",
        "cip13",
        "collectivities",
        "reimbursement",
        "price_without_fee",
        "price",
        "fee",
        "indications",
    ),
    {"cis": _CIS, "cip7": r"[0-9]{7}", "cip13": r"[0-9]{13}"},
    required=True,
)
COMPOSITIONS = FileForm(
    "CIS_COMPO_bdpm.txt",
    ("cis", "element", "code", "substance", "dosage", "reference", "nature", "link"),
    {"cis": _CIS, "nature": r"SA|FT"},
    required=True,
)
GENERIC_GROUPS = FileForm(
    "CIS_GENER_bdpm.txt",
    ("group", "group_name", "cis", "type", "rank"),
    {"group": r"[0-9]+", "cis": _CIS},
)
MAJOR_INTEREST = FileForm(
    "CIS_MITM.txt",
    ("cis", "atc", "name", "url"),
    {"cis": _CIS, "atc": r"[A-Z][0-9]{2}(?:[A-Z]{1,2}(?:[0-9]{2})?)?"},
)
FORMS = (SPECIALITIES, PRESENTATIONS, COMPOSITIONS, GENERIC_GROUPS, MAJOR_INTEREST)
"""Files whose columns are known."""
OTHERS = (
    "CIS_CPD_bdpm.txt",
    "CIS_CIP_Dispo_Spec.txt",
    "CIS_HAS_SMR_bdpm.txt",
    "CIS_HAS_ASMR_bdpm.txt",
    "CIS_InfoImportantes.txt",
)
"""Files kept as they are, by speciality."""


@dataclass(frozen=True, slots=True)
class FileRows:
    """Rows of one file, each cell stripped of blanks at its ends.

    Attributes
    ----------
    numbers
        Line of the file that each row stands in, from 1.
    encoding
        ``UTF-8`` or ``Windows-1252``, as found.
    sha256
        Of the file's bytes.
    """

    name: str
    rows: Sequence[tuple[str, ...]]
    numbers: Sequence[int]
    encoding: str
    sha256: str


@dataclass(frozen=True, slots=True)
class BdpmFiles:
    """What is in a folder of the database.

    ``others`` are files kept as they are; ``absent`` the known ones that are not there; ``unused`` those that are
    there, and that decarb does not read.
    """

    folder: Path
    known: Mapping[str, FileRows]
    others: Mapping[str, FileRows]
    absent: tuple[str, ...]
    unused: tuple[str, ...]

    def rows(self, form: FileForm) -> Sequence[tuple[str, ...]]:
        """Rows of a file; none where it is not there."""
        return self.known[form.name].rows if form.name in self.known else ()

    def all_files(self) -> Iterator[FileRows]:
        """Each file that was read."""
        yield from self.known.values()
        yield from self.others.values()


def read_folder(folder: Path) -> BdpmFiles:
    """Read the files of a folder.

    Raises
    ------
    InvalidLibraryError
        With every defect by file and row: a file that is missing, of another form, ragged, or of damaged text.
    """
    present = _present(folder)
    missing = [form.name for form in FORMS if form.required and form.name.lower() not in present]
    if missing:
        found = sorted(path.name for path in present.values())[:10]
        raise InvalidLibraryError(
            [Problem("bdpm-file-missing", {"missing": missing, "found": found}, file=str(folder))]
        )
    problems: list[Problem] = []
    known, others = {}, {}
    for form in FORMS:
        if path := present.get(form.name.lower()):
            rows, defects = _read(path, form.name)
            known[form.name] = rows
            problems += defects or list(_defects(rows, form, path))
    for name in OTHERS:
        if path := present.get(name.lower()):
            others[name], defects = _read(path, name)
            problems += defects
    if problems:
        raise InvalidLibraryError(problems)
    names = {name.lower(): name for name in (*(form.name for form in FORMS), *OTHERS)}
    return BdpmFiles(
        folder,
        known,
        others,
        tuple(name for lower, name in names.items() if lower not in present),
        tuple(sorted(path.name for lower, path in present.items() if lower not in names)),
    )


def _present(folder: Path) -> dict[str, Path]:
    if folder.is_file():
        raise InvalidLibraryError([Problem("bdpm-not-a-folder", {}, file=str(folder))])
    try:
        return {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
    except OSError as error:
        raise InvalidLibraryError([unreadable(folder, error)]) from None


def _read(path: Path, name: str) -> tuple[FileRows, list[Problem]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        return FileRows(name, (), (), "", ""), [unreadable(path, error)]
    text, encoding, problems = _decoded(content, path)
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    numbers = [number for number, line in enumerate(lines, 1) if line.strip()]
    rows = [tuple(cell.strip() for cell in lines[number - 1].split("\t")) for number in numbers]
    if not rows and not problems:
        problems = [Problem("empty-file", {}, file=str(path))]
    return FileRows(name, rows, numbers, encoding, hashlib.sha256(content).hexdigest()), problems


def _decoded(content: bytes, path: Path) -> tuple[str, str, list[Problem]]:
    """Text of a file: UTF-8 where it is that, else Windows-1252 (never Latin-1, whose 0x92 is no apostrophe)."""
    try:
        text, encoding = content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        try:
            text, encoding = content.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError as error:
            return "", "", [_damaged(content, error.start, path)]
    if found := _DAMAGE.search(text):
        return text, encoding, [_damaged(text.encode(), len(text[: found.start()].encode()), path)]
    return text, encoding, []


_DAMAGE = re.compile("\ufffd|Ã[\u0080-\u00bf©¨ª«´§®¯]|\x00")
"""Text that was read in another encoding than its own before it came here."""


def _damaged(content: bytes, start: int, path: Path) -> Problem:
    row = content.count(b"\n", 0, start) + 1
    shown = content[start : start + 3].decode("utf-8", "replace").strip("\x00") or "0x00"
    return Problem("bdpm-encoding", {"row": row, "value": shown}, file=str(path))


def _defects(found: FileRows, form: FileForm, path: Path) -> Iterator[Problem]:
    """Rows that are not of the file's form; a file of another form altogether is one problem."""
    width = len(form.columns)
    ragged = [row for row in found.rows if len(row) != width]
    if len(ragged) * 2 > len(found.rows):
        shown = {"columns": len(ragged[0]), "expected": width, "names": list(form.columns)}
        yield Problem("bdpm-other-form", shown, file=str(path))
        return
    patterns = [(form.columns.index(name), name, re.compile(pattern)) for name, pattern in form.patterns.items()]
    problems = list(_row_defects(found, width, patterns, path))
    yield from problems[:MOST_ROWS_SHOWN]
    if len(problems) > MOST_ROWS_SHOWN:
        yield Problem("bdpm-more-rows", {"count": len(problems) - MOST_ROWS_SHOWN}, file=str(path))


def _row_defects(
    found: FileRows, width: int, patterns: Sequence[tuple[int, str, re.Pattern[str]]], path: Path
) -> Iterator[Problem]:
    for number, row in zip(found.numbers, found.rows, strict=True):
        if len(row) != width:
            shown: dict[str, object] = {"row": number, "columns": len(row), "expected": width}
            yield Problem("bdpm-ragged-row", shown, file=str(path))
            continue
        for index, name, pattern in patterns:
            if not pattern.fullmatch(row[index]):
                shown = {"row": number, "column": name, "value": row[index], "expected": pattern.pattern}
                yield Problem("bdpm-cell", shown, file=str(path))
