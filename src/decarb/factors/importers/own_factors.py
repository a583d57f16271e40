"""A plain CSV of one's own factors, one undivided part each, as the tables of a library."""

import re
from collections.abc import Iterator
from pathlib import Path

from decarb.errors import InvalidLibraryError, Phrase, Problem, UnknownUnitError, not_utf_8
from decarb.factors.columns import column_dictionary, stored_columns
from decarb.factors.importers.account import Account, Imported
from decarb.factors.importers.delimited import as_utf_8, decimal_number, read_content
from decarb.factors.library import FactorLibrary
from decarb.factors.records import GAS_NAMES
from decarb.factors.rows import BadCellError, finite_number, iso_day, quality_note, uncertainty_percent
from decarb.factors.tables import bad_row
from decarb.language import mark
from decarb.reporting import TOTAL_GASES
from decarb.resources import Table, parse_table
from decarb.units import conversion_factor, facet, is_currency, parse_unit

_FUELS = {"stationary_fuel", "stationary_biofuel", "mobile_fuel"}
_HEADER_OF_BASE_CARBONE = b"Type Ligne"
_CARRIED = ("valid_to", "substance", "uncertainty_percent", "source_date", "note")
Cells = dict[str, str]


def read_own_csv(path: Path, below: FactorLibrary) -> Imported:
    """Read a CSV of factors; its columns are those of the table ``own`` of the dictionary.

    ``unit`` carries its basis (``kWh PCI``, ``EUR HT 2023``); ``value`` is in kg CO2e per unit;
    ``substance`` names the density and the gas column (``desflurane``). Nothing is set aside: a row that
    cannot be read is a problem, since its author can mend it.

    Raises
    ------
    InvalidLibraryError
        If the file cannot be read, or lacks a column.
    """
    rows, problems = _rows(path)
    factors, parts, sources = [], [], {}
    for number, row in rows.items():
        try:
            factor, part = _factor_and_part(row, number, below)
        except UnknownUnitError as error:
            problems += [problem.at(pointer=f"row {number}") for problem in error.problems]
        except BadCellError as error:
            if row["value"]:
                problems.append(bad_row(row["id"] or _row_name(number), error).at(pointer=f"row {number}"))
        else:
            factors.append(factor)
            parts.append(part)
            if row["source"] not in below.sources:
                sources[row["source"]] = _source(row)
    tables = {
        "factors": _table("factors", factors),
        "parts": _table("parts", parts),
        "sources": _table("sources", list(sources.values())),
    }
    account = Account(rows_read=len(rows), rows_kept=len(factors))
    return Imported(tables, {"name": path.stem, "title": path.stem}, account, tuple(problems))


def own_template(delimiter: str = ",") -> str:
    """Header of a CSV of one's own factors: every column, the required ones first."""
    return delimiter.join(stored_columns("own")) + "\n"


def _table(name: str, rows: list[Cells]) -> Table:
    columns = stored_columns(name)
    return Table(columns, [[row.get(column, "") for column in columns] for row in rows])


def _source(row: Cells) -> Cells:
    title = row["source"]
    date, licence = row.get("source_date", ""), row.get("licence", "")
    return {"id": title, "title": title, "date": date, "licence": licence, "attribution": title}


def _text(path: Path) -> str:
    content = read_content(path)
    if _HEADER_OF_BASE_CARBONE in content[:1000]:
        raise InvalidLibraryError([Problem("base-not-imported", {"value": str(path)})])
    try:
        text, _ = as_utf_8(content)
    except UnicodeDecodeError as error:
        raise InvalidLibraryError([not_utf_8(error).at(file=str(path))]) from None
    return _SEPARATOR_LINE.sub("", text.decode())


def _rows(path: Path) -> tuple[dict[int, Cells], list[Problem]]:
    """Rows of the file by their number, blank ones left out, and the required cells that are blank."""
    required = [column.name for column in column_dictionary()["own"] if column.required]
    text = _text(path)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    header = [name for name in _parsed(first, delimiter, path).columns if name]
    missing = [name for name in required if name not in header]
    unknown = [name for name in header if name not in stored_columns("own")]
    if missing or unknown:
        what = {"missing": missing or "-", "unknown": unknown or "-", "known": stored_columns("own")}
        raise InvalidLibraryError([Problem("library-columns", what, file=str(path))])
    table = _parsed(text, delimiter, path)
    readers = {"valid_to": _day} | dict.fromkeys(_NUMBERS, _number if delimiter != "," else _plain_number)
    rows = {
        number: {name: readers.get(name, str)(cell.strip()) for name, cell in row.items()}
        for number, row in enumerate(table.dictionaries(), start=2)
        if any(cell.strip() for cell in row.values())
    }
    return rows, list(_blanks(rows, required))


def _number(text: str) -> str:
    """Decimal number as people write it (``1 234,5``, ``20 %``), else the text as it is, to be refused by name."""
    return decimal_number(text.removesuffix("%")) or text


def _parsed(text: str, delimiter: str, path: Path) -> Table:
    try:
        return parse_table(text, delimiter, keep_blank=True)
    except ValueError as error:
        raise InvalidLibraryError([Problem("ragged-row", {"reason": str(error)}, file=str(path))]) from None


def _plain_number(text: str) -> str:
    """Number of a file that commas separate, where 1,234 may be either of two numbers: the text as it is."""
    return text if "," in text else _number(text)


def _day(text: str) -> str:
    """Day as ``2025-12-31``, from ``31/12/2025`` too."""
    return "-".join(reversed(text.split("/"))) if _FRENCH_DAY.fullmatch(text) else text


_SEPARATOR_LINE = re.compile(r"\Asep=.\r?\n")
_FRENCH_DAY = re.compile(r"\d\d/\d\d/\d{4}")
_NUMBERS = ("value", "uncertainty_percent")


def _blanks(rows: dict[int, Cells], required: list[str]) -> Iterator[Problem]:
    for number, row in rows.items():
        for name in required:
            if not row[name]:
                problem = bad_row(row["id"] or _row_name(number), Phrase(mark("{column} is blank"), {"column": name}))
                yield problem.at(pointer=f"row {number}")


def _row_name(number: int) -> str:
    return f"row {number}"


def _factor_and_part(row: Cells, number: int, below: FactorLibrary) -> tuple[Cells, Cells]:
    value = finite_number(row["value"])
    if value < 0:
        raise BadCellError(Phrase(mark("{value} is negative: avoided emissions are never netted"), {"value": value}))
    gas = "unsplit"
    if row.get("substance"):
        if row["substance"] not in below.substances:
            raise BadCellError(Phrase(mark("no substance is called {text}"), {"text": row["substance"]}))
        gas = below.substances[row["substance"]].gas or gas
    notes = [name for name in stored_columns("own") if name.startswith("quality_")]
    for check, name in ((iso_day, "valid_to"), (uncertainty_percent, "uncertainty_percent")):
        check(row.get(name, ""))
    for name in notes:
        quality_note(row.get(name, ""))
    activities = row["activity"].split()
    unit = parse_unit(row["unit"])
    facets = {facet(token) for token in unit.bases}
    if is_currency(unit.name) and "tax" not in facets:
        raise BadCellError(
            Phrase(mark("write {unit} HT or {unit} TTC: a ratio says its tax basis"), {"unit": unit.name})
        )
    if conversion_factor(unit.name, "kWh") and "heating value" not in facets and set(activities) & _FUELS:
        raise BadCellError(Phrase(mark("write {unit} PCI or {unit} PCS: a fuel says its basis"), {"unit": unit.name}))
    factor = {
        "id": row["id"],
        "name_fr": row["name"],
        "name_en": row["name"],
        "domain": row.get("domain") or "own",
        "unit": unit.name,
        "basis": " ".join(unit.bases),
        "price_year": str(unit.price_year or ""),
        "geography": row.get("geography") or "FR",
        "published_total": row["value"],
        "model": "published",
        "error_group": row["id"],
        "activities": " ".join(activities),
        "default_activity": activities[0] if len(activities) == 1 else "",
        "source": row["source"],
        "source_row": str(number),
        "status": "own",
        **{name: row.get(name, "") for name in (*_CARRIED, *notes)},
    }
    counted = row["value"] if gas in TOTAL_GASES else "0"
    part = {"factor": row["id"], "position": "1", "stage": "undivided", "total": counted, gas: row["value"]}
    return factor, {name: part.get(name, "") for name in ("factor", "position", "stage", "label", "total", *GAS_NAMES)}
