"""A plain CSV of one's own factors, layered over the packaged library."""

import csv
from pathlib import Path

from decarb.errors import InvalidLibraryError, Phrase, Problem, UnknownUnitError, not_utf_8, unreadable
from decarb.factors.library import GAS_NAMES, Factor, FactorLibrary, Layer, Part, Source
from decarb.factors.tables import (
    BadCellError,
    bad_row,
    canonical,
    digest_of,
    finite_number,
    iso_day,
    stack,
    uncertainty_percent,
)
from decarb.language import mark
from decarb.resources import parse_rows
from decarb.units import conversion_factor, facet, is_currency, parse_unit

_FUELS = {"stationary_fuel", "stationary_biofuel", "mobile_fuel"}
REQUIRED = ("id", "name", "unit", "value", "activity", "source")
NUMBERS = ("value", "uncertainty_percent")
OPTIONAL = (
    "geography",
    "valid_to",
    "substance",
    "uncertainty_percent",
    "source_date",
    "licence",
    "domain",
    "note",
)


def read_own_factors(path: Path, below: FactorLibrary) -> FactorLibrary:
    """Read a CSV of factors, one undivided part each, over the library `below`.

    Columns: ``id, name, unit, value, activity, source`` and, where wanted, ``geography, valid_to,
    substance, uncertainty_percent, source_date, licence, domain, note``. ``unit`` carries its basis
    (``kWh PCI``, ``EUR HT 2023``); ``value`` is in kg CO2e per unit; ``substance`` names the density
    and the gas column (``desflurane``).

    Raises
    ------
    InvalidLibraryError
        With every defect, by row.
    """
    rows, problems = _rows(path)
    factors: list[Factor] = []
    sources: dict[str, Source] = {}
    for number, row in enumerate(rows, start=2):
        try:
            factors.append(_factor(row, path.stem, below))
        except UnknownUnitError as error:
            problems += [problem.at(pointer=f"row {number}") for problem in error.problems]
        except BadCellError as error:
            if row["value"]:
                problems.append(bad_row(row["id"] or _row_name(number), error).at(pointer=f"row {number}"))
        else:
            title = row["source"]
            date, licence = row.get("source_date") or "", row.get("licence") or ""
            if title not in below.sources:
                sources[title] = Source(title, title, "", "", date, "", licence, "", title)
    layer = Layer(path.stem, "", digest_of(sorted(canonical(row) for row in rows)), len(factors))
    return stack(below, layer, factors, problems, str(path), sources=sources)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidLibraryError([unreadable(path, error)]) from None
    except UnicodeDecodeError as error:
        raise InvalidLibraryError([not_utf_8(error).at(file=str(path))]) from None


def _rows(path: Path) -> tuple[list[dict[str, str]], list[Problem]]:
    text = _text(path)
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), []) if name.strip()]
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in REQUIRED + OPTIONAL]
    if missing or unknown:
        what = {"missing": missing or "-", "unknown": unknown or "-", "known": REQUIRED + OPTIONAL}
        raise InvalidLibraryError([Problem("library-columns", what, file=str(path))])
    try:
        rows = [{name: value.strip() for name, value in row.items()} for row in parse_rows(text, delimiter)]
    except ValueError as error:
        raise InvalidLibraryError([Problem("ragged-row", {"reason": str(error)}, file=str(path))]) from None
    if delimiter == ";":
        # a French spreadsheet separates by semicolons because its decimals are commas
        rows = [row | {name: row[name].replace(",", ".") for name in NUMBERS if name in row} for row in rows]
    blank = [
        bad_row(row["id"] or _row_name(number), Phrase(mark("{column} is blank"), {"column": name})).at(
            pointer=f"row {number}"
        )
        for number, row in enumerate(rows, start=2)
        for name in REQUIRED
        if not row[name]
    ]
    return rows, blank


def _row_name(number: int) -> str:
    return f"row {number}"


def _factor(row: dict[str, str], layer: str, below: FactorLibrary) -> Factor:
    value = finite_number(row["value"])
    if value < 0:
        raise BadCellError(Phrase(mark("{value} is negative: avoided emissions are never netted"), {"value": value}))
    gas = "unsplit"
    if row.get("substance"):
        if row["substance"] not in below.substances:
            raise BadCellError(Phrase(mark("no substance is called {text}"), {"text": row["substance"]}))
        gas = below.substances[row["substance"]].gas or gas
    gases: list[float | None] = [None] * len(GAS_NAMES)
    gases[GAS_NAMES.index(gas)] = value
    used = tuple(row["activity"].split())
    unit = parse_unit(row["unit"])
    facets = {facet(token) for token in unit.bases}
    if is_currency(unit.name) and "tax" not in facets:
        raise BadCellError(
            Phrase(mark("write {unit} HT or {unit} TTC: a ratio says its tax basis"), {"unit": unit.name})
        )
    if conversion_factor(unit.name, "kWh") and "heating value" not in facets and set(used) & _FUELS:
        raise BadCellError(Phrase(mark("write {unit} PCI or {unit} PCS: a fuel says its basis"), {"unit": unit.name}))
    return Factor(
        id=row["id"],
        series="",
        name_fr=row["name"],
        name_en=row["name"],
        domain=row.get("domain") or "own",
        unit=unit,
        geographies=tuple((row.get("geography") or "FR").split()),
        locality="",
        data_year=None,
        valid_to=iso_day(row.get("valid_to") or ""),
        published_total=value,
        model="published",
        substance=row.get("substance") or "",
        contrails="",
        uncertainty_percent=uncertainty_percent(row.get("uncertainty_percent") or ""),
        error_group=row["id"],
        activities=used,
        default_activity=used[0] if len(used) == 1 else "",
        default_operated="",
        source=row["source"],
        source_id="",
        source_date=row.get("source_date") or "",
        status="own",
        transparency="",
        note=row.get("note") or "",
        parts=(Part("undivided", "", tuple(gases)),),
        layer=layer,
    )
