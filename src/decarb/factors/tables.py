"""Read a factor library from its tables, checked as a whole, and stack one over another."""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from decarb.errors import (
    InvalidLibraryError,
    Phrase,
    Problem,
    UnknownUnitError,
    has_control_character,
    not_utf_8,
    unreadable,
)
from decarb.factors.library import (
    GAS_NAMES,
    Factor,
    FactorLibrary,
    Figure,
    Geography,
    Layer,
    Part,
    Source,
    Substance,
)
from decarb.language import mark
from decarb.messages import MESSAGES
from decarb.reporting import STAGES, activities
from decarb.resources import read_rows
from decarb.units import Unit, parse_basis, parse_unit

Row = dict[str, str]

COLUMNS: dict[str, tuple[str, ...]] = {
    "factors": (
        *("id", "series", "name_fr", "name_en", "domain", "unit", "basis", "price_year", "geography", "locality"),
        *("data_year", "valid_to", "published_total", "model", "substance", "contrails", "uncertainty_percent"),
        *("error_group", "activities", "default_activity", "default_operated", "source", "source_id"),
        *("source_date", "status", "transparency", "note"),
    ),
    "parts": ("factor", "position", "stage", "label", "total", *GAS_NAMES),
    "gwp": ("substance", "gwp_set", "gwp100", "source", "source_id"),
    "compositions": ("blend", "component", "mass_fraction", "source"),
    "properties": ("substance", "property", "value", "unit", "source", "source_id"),
    "substances": tuple(field.name for field in fields(Substance)),
    "sources": tuple(field.name for field in fields(Source)),
    "geographies": tuple(field.name for field in fields(Geography)),
}
"""Columns of each table of a library; a layer over another may leave out any table but ``factors``."""


def read_tables(folder: Path, below: FactorLibrary | None) -> FactorLibrary:
    """Read a folder of tables, over the library `below`.

    Raises
    ------
    InvalidLibraryError
        With every defect, by table and row.
    """
    if not (folder / "factors.csv").is_file():
        raise InvalidLibraryError([Problem("library-not-found", {"value": str(folder)})])
    tables = {name: _table(folder, name) for name in COLUMNS}
    problems: list[Problem] = []
    name = folder.name if below else "decarb"
    factors = _factors(tables, name, problems)
    digest = digest_of([sorted(canonical(row) for row in tables[table]) for table in sorted(tables)])
    return stack(
        below,
        Layer(name, _version(folder), digest, len(factors)),
        factors,
        problems,
        str(folder),
        gwp=_figures(tables["gwp"], ("substance", "gwp_set"), "gwp100", problems),
        properties=_figures(tables["properties"], ("substance", "property"), "value", problems),
        compositions=_compositions(tables["compositions"], problems),
        substances={row["substance"]: Substance(**row) for row in tables["substances"]},
        sources={row["id"]: Source(**row) for row in tables["sources"]},
        geographies={row["code"]: Geography(**row) for row in tables["geographies"]},
    )


def _version(folder: Path) -> str:
    """Version that the library's data package states, blank without one."""
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(package.get("version", "")) if isinstance(package, dict) else ""


def stack(
    below: FactorLibrary | None,
    layer: Layer,
    factors: Iterable[Factor],
    problems: list[Problem],
    file: str,
    **tables: Mapping[Any, Any],
) -> FactorLibrary:
    """Put a layer of factors and tables over the library `below`, checked as a whole.

    Raises
    ------
    InvalidLibraryError
        With `problems` and whatever the whole reveals: references that lead nowhere, names that collide.
    """
    own: dict[str, Factor] = {}
    for factor in factors:
        if factor.id in own:
            problems.append(Problem("duplicate-factor", {"value": factor.id}))
        own[factor.id] = factor
    names = ("gwp", "compositions", "properties", "substances", "sources", "geographies")
    merged = {name: {**(getattr(below, name) if below else {}), **tables.get(name, {})} for name in names}
    lower = below.by_id if below else {}
    library = FactorLibrary(
        by_id={**lower, **own},
        layers=((*below.layers, layer) if below else (layer,)),
        shadowed=(*(below.shadowed if below else ()), *(name for name in own if name in lower)),
        **merged,
    )
    problems += _inconsistencies(library, own.values())
    if problems:
        raise InvalidLibraryError([problem.at(file=file) for problem in problems])
    return library


class BadCellError(ValueError):
    """A cell of a library that cannot be what its column promises; the argument is a ``Phrase``."""


def finite_number(text: str) -> float:
    """Number written in `text`; BadCellError if it is none, or not finite."""
    try:
        value = float(text if text.isascii() and "_" not in text else "")
    except ValueError:
        raise BadCellError(Phrase(mark("not a number: {text}"), {"text": text})) from None
    if not math.isfinite(value):
        raise BadCellError(Phrase(mark("not a finite number: {text}"), {"text": text}))
    return value


MAXIMUM_UNCERTAINTY_PERCENT = 1000.0


def uncertainty_percent(text: str) -> float | None:
    """Uncertainty of a factor [%], None where it is blank; BadCellError if it cannot be one."""
    value = optional_number(text)
    if value is not None and not 0 <= value <= MAXIMUM_UNCERTAINTY_PERCENT:
        limits = {"text": text, "low": 0, "high": int(MAXIMUM_UNCERTAINTY_PERCENT)}
        raise BadCellError(Phrase(mark("the uncertainty {text} is not between {low} and {high} %"), limits))
    return value


def optional_number(text: str) -> float | None:
    """Number written in `text`, None where it is blank."""
    return finite_number(text) if text else None


def whole_number(text: str) -> int | None:
    """Whole number written in `text`, None where it is blank; BadCellError otherwise."""
    if text and not (text.isascii() and text.isdigit()):
        raise BadCellError(Phrase(mark("not a whole number: {text}"), {"text": text}))
    return int(text) if text else None


def canonical(row: Mapping[str, str]) -> list[str]:
    """Values of a row with decimal numbers in their shortest form, so that 0.10 and 0.1 are one."""
    return [_shortest(row[key]) for key in sorted(row)]


def digest_of(rows: object) -> str:
    """sha256 of canonical sorted rows."""
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_DECIMAL = re.compile(r"[+-]?\d+\.\d*")


def _shortest(text: str) -> str:
    if "." not in text or not _DECIMAL.fullmatch(text):
        return text
    return repr(float(text)).removesuffix(".0")


def _table(folder: Path, name: str) -> list[Row]:
    path = folder / f"{name}.csv"
    if not path.is_file():
        return []
    try:
        rows = list(read_rows(path))
    except OSError as error:
        raise InvalidLibraryError([unreadable(path, error)]) from None
    except UnicodeDecodeError as error:
        raise InvalidLibraryError([not_utf_8(error).at(file=str(path))]) from None
    except ValueError as error:
        raise InvalidLibraryError([Problem("ragged-row", {"reason": str(error)}, file=str(path))]) from None
    missing = [column for column in COLUMNS[name] if rows and column not in rows[0]]
    unknown = [column for column in (rows[0] if rows else ()) if column not in COLUMNS[name]]
    if missing or unknown:
        what = {"missing": missing or "-", "unknown": unknown or "-", "known": COLUMNS[name]}
        raise InvalidLibraryError([Problem("library-columns", what, file=str(path))])
    return rows


def _factors(tables: Mapping[str, list[Row]], layer: str, problems: list[Problem]) -> list[Factor]:
    parts: dict[str, list[Part]] = {}
    for row in tables["parts"]:
        parts.setdefault(row["factor"], []).append(_part(row, problems))
    factors = []
    for row in tables["factors"]:
        try:
            factors.append(_factor(row, tuple(parts.pop(row["id"], ())), layer))
        except UnknownUnitError as error:
            problems += [bad_row(row["id"], Phrase(MESSAGES[p.code], p.parameters)) for p in error.problems]
        except BadCellError as error:
            problems.append(bad_row(row["id"], error))
    problems += [Problem("part-without-factor", {"value": name}) for name in parts]
    return factors


def bad_row(name: str, reason: object) -> Problem:
    """Problem of the row called `name`; `reason` is a phrase, a reference that leads nowhere, or an error."""
    if isinstance(reason, BadCellError):
        reason = reason.args[0]
    return Problem("bad-library-row", {"value": name, "reason": reason})


def _figures(
    rows: Iterable[Row], keys: tuple[str, str], column: str, problems: list[Problem]
) -> dict[tuple[str, str], Figure]:
    figures = {}
    for row in rows:
        try:
            value = finite_number(row[column])
        except BadCellError as error:
            problems.append(bad_row(row[keys[0]], error))
            continue
        if (row[keys[0]], row[keys[1]]) in figures:
            problems.append(bad_row(row[keys[0]], Phrase(mark("{text} stands twice"), {"text": row[keys[1]]})))
        figures[row[keys[0]], row[keys[1]]] = Figure(
            value, row.get("unit", "kg CO2e/kg"), row["source"], row["source_id"]
        )
    return figures


def _compositions(rows: Iterable[Row], problems: list[Problem]) -> dict[str, tuple[tuple[str, float], ...]]:
    compositions: dict[str, tuple[tuple[str, float], ...]] = {}
    for row in rows:
        try:
            component = (row["component"], finite_number(row["mass_fraction"]))
        except BadCellError as error:
            problems.append(bad_row(row["blend"], error))
            continue
        compositions[row["blend"]] = (*compositions.get(row["blend"], ()), component)
    for blend, components in compositions.items():
        total = math.fsum(fraction for _, fraction in components)
        if abs(total - 1) > 1e-9:
            problems.append(bad_row(blend, Phrase(mark("mass fractions add up to {total}"), {"total": total})))
    return compositions


def _inconsistencies(library: FactorLibrary, factors: Iterable[Factor]) -> list[Problem]:
    """References that lead nowhere, names that collide."""
    problems = []
    series = {factor.series for factor in library.by_id.values() if factor.series}
    for factor in factors:
        problems += [bad_row(factor.id, reason) for reason in _wrong(factor, library)]
        if factor.id in series:
            problems.append(Problem("series-is-a-factor", {"value": factor.id}))
    for name, substance in library.substances.items():
        if substance.gas and substance.gas not in GAS_NAMES:
            problems.append(bad_row(name, f"gas {substance.gas}"))
    for blend, components in library.compositions.items():
        unknown = [name for name in (blend, *dict(components)) if name not in library.substances]
        problems += [bad_row(blend, f"substance {name}") for name in unknown]
    for code, geography in library.geographies.items():
        if geography.parent and (geography.parent not in library.geographies or _is_loop(library, code)):
            problems.append(bad_row(code, f"parent {geography.parent}"))
    return problems


_SHOWN = ("id", "name_fr", "name_en", "locality", "domain", "source", "source_date", "note")


def _wrong(factor: Factor, library: FactorLibrary) -> Iterator[str | Phrase]:
    known = activities()
    for name in _SHOWN:
        if has_control_character(getattr(factor, name)):
            yield Phrase(mark("{column} holds a control character"), {"column": name})
    yield from (f"activity {name}" for name in factor.activities if name not in known)
    yield from (f"geography {code}" for code in factor.geographies if code not in library.geographies)
    if factor.default_activity and factor.default_activity not in factor.activities:
        yield f"default_activity {factor.default_activity}"
    if not factor.activities:
        yield "activities"
    if factor.source not in library.sources:
        yield f"source {factor.source}"
    if factor.model not in ("published", "gwp"):
        yield f"model {factor.model}"
    if factor.model == "gwp" and factor.substance not in library.substances:
        yield f"substance {factor.substance}"
    if factor.model == "published" and not factor.parts:
        yield "parts"


def _is_loop(library: FactorLibrary, code: str) -> bool:
    seen: set[str] = set()
    while code in library.geographies and code not in seen:
        seen.add(code)
        code = library.geographies[code].parent
    return code in seen


def iso_day(text: str) -> str:
    """Day written in `text` (``2025-02-28``), or blank; BadCellError otherwise."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise BadCellError(Phrase(mark("not a day as in 2025-02-28: {text}"), {"text": text})) from None


_UNEQUAL = mark("its gases and unsplit add up to {sum}, not to its total {total}")


def _part(row: Row, problems: list[Problem]) -> Part:
    part = Part(row["stage"], row["label"], (None,) * len(GAS_NAMES))
    try:
        part = Part(row["stage"], row["label"], tuple(optional_number(row[name]) for name in GAS_NAMES))
        total = finite_number(row["total"])
    except BadCellError as error:
        problems.append(bad_row(row["factor"], error))
        return part
    if row["stage"] not in STAGES:
        problems.append(bad_row(row["factor"], f"stage {row['stage']}"))
    elif abs(part.total - total) > 1e-9 * max(1.0, abs(total)):
        problems.append(bad_row(row["factor"], Phrase(_UNEQUAL, {"sum": part.total, "total": total})))
    return part


def _factor(row: dict[str, str], parts: tuple[Part, ...], layer: str) -> Factor:
    basis = parse_basis(row["basis"]) if row["basis"] else Unit("")
    unit = parse_unit(row["unit"])
    return Factor(
        id=row["id"],
        series=row["series"],
        name_fr=row["name_fr"],
        name_en=row["name_en"],
        domain=row["domain"],
        unit=Unit(unit.name, basis.bases, whole_number(row["price_year"])),
        geographies=tuple(row["geography"].split()),
        locality=row["locality"],
        data_year=whole_number(row["data_year"]),
        valid_to=iso_day(row["valid_to"]),
        published_total=optional_number(row["published_total"]),
        model=row["model"],
        substance=row["substance"],
        contrails=row["contrails"],
        uncertainty_percent=uncertainty_percent(row["uncertainty_percent"]),
        error_group=row["error_group"] or row["id"],
        activities=tuple(row["activities"].split()),
        default_activity=row["default_activity"],
        default_operated=row["default_operated"],
        source=row["source"],
        source_id=row["source_id"],
        source_date=row["source_date"],
        status=row["status"],
        transparency=row["transparency"],
        note=row["note"],
        parts=parts,
        layer=layer,
    )
