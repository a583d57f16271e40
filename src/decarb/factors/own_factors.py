"""A plain CSV of one's own factors, layered over the packaged library."""

import csv
import io
from pathlib import Path

from decarb.errors import InvalidLibraryError, Problem, UnknownUnitError, unreadable
from decarb.factors.library import GAS_NAMES, Factor, FactorLibrary, Layer, Part, Source
from decarb.factors.tables import bad_row, canonical, digest_of, finite_number, optional_number, stack
from decarb.units import parse_unit

REQUIRED = ("id", "name", "unit", "value", "activity", "source")
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
        except (ValueError, KeyError) as error:
            problems.append(bad_row(row["id"] or f"row {number}", str(error)).at(pointer=f"row {number}"))
        else:
            title = row["source"]
            date, licence = row.get("source_date") or "", row.get("licence") or ""
            sources[title] = Source(title, title, "", "", date, "", licence, "", title)
    layer = Layer(path.stem, digest_of(sorted(canonical(row) for row in rows)), len(factors))
    return stack(below, layer, factors, problems, str(path), sources=sources)


def _rows(path: Path) -> tuple[list[dict[str, str]], list[Problem]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidLibraryError([unreadable(path, error)]) from None
    except UnicodeDecodeError as error:
        raise InvalidLibraryError([Problem("not-utf-8", {"line": 0, "byte": error.start}, file=str(path))]) from None
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    header = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in REQUIRED + OPTIONAL]
    if missing or unknown:
        raise InvalidLibraryError(
            [
                Problem(
                    "library-columns",
                    {"missing": missing or "-", "unknown": unknown or "-", "known": REQUIRED + OPTIONAL},
                    file=str(path),
                )
            ]
        )
    rows = [{key.strip(): (value or "").strip() for key, value in row.items() if key} for row in reader]
    blank = [
        bad_row(row["id"] or f"row {number}", f"{name} is blank").at(pointer=f"row {number}")
        for number, row in enumerate(rows, start=2)
        for name in REQUIRED
        if not row[name]
    ]
    return rows, blank


def _factor(row: dict[str, str], layer: str, below: FactorLibrary) -> Factor:
    value = finite_number(row["value"])
    gas = "unsplit"
    if row.get("substance"):
        gas = below.substances[row["substance"]].gas or gas
    gases: list[float | None] = [None] * len(GAS_NAMES)
    gases[GAS_NAMES.index(gas)] = value
    used = tuple(row["activity"].split())
    return Factor(
        id=row["id"],
        series="",
        name_fr=row["name"],
        name_en=row["name"],
        domain=row.get("domain") or "own",
        unit=parse_unit(row["unit"]),
        geographies=tuple((row.get("geography") or "FR").split()),
        locality="",
        data_year=None,
        valid_to=row.get("valid_to") or "",
        published_total=value,
        model="published",
        substance=row.get("substance") or "",
        contrails="",
        uncertainty_percent=optional_number(row.get("uncertainty_percent") or ""),
        error_group=row["id"],
        activities=used,
        default_activity=used[0] if len(used) == 1 else "",
        default_operated="",
        source=row["source"],
        source_id="",
        source_date=row.get("source_date") or "",
        status="own",
        note=row.get("note") or "",
        parts=(Part("undivided", "", tuple(gases)),),
        layer=layer,
    )
