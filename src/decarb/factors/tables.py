"""Read the tables of a library, check every row and every reference, and put it over another."""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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
from decarb.factors.columns import LIBRARY_TABLES, stored_columns
from decarb.factors.library import FactorLibrary
from decarb.factors.package import Package, read_package
from decarb.factors.records import GAS_NAMES, Factor, Figure, Geography, Layer, Part, Retired, Source, Substance
from decarb.factors.rows import BadCellError, FactorRows, decode_factor, decode_part, finite_number
from decarb.language import mark
from decarb.messages import MESSAGES
from decarb.reporting import activities
from decarb.resources import Table, parse_table

Tables = Mapping[str, Table]


def read_tables(folder: Path, below: FactorLibrary | None) -> FactorLibrary:
    """Read a folder of tables, over the library `below`.

    Every row is decoded and every reference followed, unless the folder carries the stamp of this version
    of decarb and its files are as they were when it was written: they were checked then.

    Raises
    ------
    InvalidLibraryError
        With every defect, by table and row.
    """
    if not (folder / "factors.csv").is_file():
        raise InvalidLibraryError([Problem("library-not-found", {"value": str(folder)})])
    package = read_package(folder)
    contents = {name: _content(folder, name) for name in LIBRARY_TABLES}
    tables = {name: _table(folder, name, content) for name, content in contents.items()}
    name = folder.name if below else "decarb"
    return layer_over(below, tables, name, str(folder), package, checked=package.is_stamp_of(contents))


def layer_over(
    below: FactorLibrary | None,
    tables: Tables,
    name: str,
    file: str,
    package: Package,
    *,
    problems: Iterable[Problem] = (),
    checked: bool = False,
) -> FactorLibrary:
    """Put the tables of a library over the library `below`.

    Parameters
    ----------
    tables
        By name; those of ``LIBRARY_TABLES`` that are absent are empty.
    name, file
        What the layer is called, and the file or folder that its problems name.
    package
        Version, and the digest where it is known.
    problems
        What the reader of the tables found already.
    checked
        Whether the rows are known to be sound.

    Raises
    ------
    InvalidLibraryError
        With `problems`, and every defect of the tables where they are not `checked`.
    """
    tables = {table: tables.get(table, Table(stored_columns(table), [])) for table in LIBRARY_TABLES}
    found = list(problems)
    rows = FactorRows(tables["factors"], tables["parts"], name)
    read = _records(tables, found)
    lower = below.tables if below else ()
    library = FactorLibrary(
        tables=(*lower, rows),
        layers=(
            *(below.layers if below else ()),
            Layer(name, package.version, package.digest if checked else digest_of(tables), len(rows)),
        ),
        shadowed=(*(below.shadowed if below else ()), *(_taken_over(below, rows) if below else ())),
        **{kind: {**(getattr(below, kind) if below else {}), **records} for kind, records in read.items()},
    )
    if not checked:
        found += _defects(library, rows, tables)
    if found:
        raise InvalidLibraryError([problem.at(file=problem.file or file) for problem in found])
    return library


def _taken_over(below: FactorLibrary, rows: FactorRows) -> Iterator[str]:
    """Ids of `below` that the layer takes over; an alias comes with the id that it led to."""
    for name in rows:
        if name in below.by_id:
            yield name
        elif name in below.aliases:
            yield f"{name} ({below.aliases[name]})"


def _content(folder: Path, name: str) -> bytes | None:
    path = folder / f"{name}.csv"
    if not path.is_file():
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidLibraryError([unreadable(path, error)]) from None


def _table(folder: Path, name: str, content: bytes | None) -> Table:
    """Read a table, its columns in the order of the dictionary."""
    columns = stored_columns(name)
    if content is None:
        return Table(columns, [])
    path = str(folder / f"{name}.csv")
    try:
        table = parse_table(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidLibraryError([not_utf_8(error).at(file=path)]) from None
    except ValueError as error:
        raise InvalidLibraryError([Problem("ragged-row", {"reason": str(error)}, file=path)]) from None
    if table.columns == columns:
        return table
    missing = [column for column in columns if column not in table.columns]
    unknown = [column for column in table.columns if column not in columns]
    if missing or unknown:
        what = {"missing": missing or "-", "unknown": unknown or "-", "known": columns}
        raise InvalidLibraryError([Problem("library-columns", what, file=path)])
    order = [table.columns.index(column) for column in columns]
    return Table(columns, [[row[index] for index in order] for row in table.rows])


def digest_of(tables: Tables) -> str:
    """sha256 of the canonical sorted rows of a library's tables, wherever they stood in the file they came from."""
    rows = []
    for name in sorted(tables):
        columns = tables[name].columns
        order = [columns.index(column) for column in sorted(columns) if column != "source_row"]
        rows.append(sorted(_canonical(row, order) for row in tables[name].rows))
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_DECIMAL = re.compile(r"[+-]?\d+\.\d*")


def _canonical(row: list[str], columns: list[int]) -> list[str]:
    """Cells by column name, decimal numbers in their shortest form, so that 0.10 and 0.1 are one."""
    return [_shortest(row[index]) for index in columns]


def _shortest(text: str) -> str:
    if "." not in text or not _DECIMAL.fullmatch(text):
        return text
    return repr(float(text)).removesuffix(".0")


@dataclass
class _Reading:
    """Where the readers of small tables put what they cannot read."""

    problems: list[Problem]

    def bad(self, name: str, reason: object) -> None:
        self.problems.append(bad_row(name, reason))


def _records(tables: Tables, problems: list[Problem]) -> dict[str, dict[Any, Any]]:
    """Everything but factors and parts, as records by their key."""
    reading = _Reading(problems)
    return {
        "gwp": _figures(tables["gwp"], ("substance", "gwp_set"), "gwp100", reading),
        "properties": _figures(tables["properties"], ("substance", "property"), "value", reading),
        "compositions": _compositions(tables["compositions"], reading),
        "substances": {row[0]: Substance(*row) for row in tables["substances"].rows},
        "sources": {row[0]: Source(*row) for row in tables["sources"].rows},
        "geographies": {row[0]: Geography(*row) for row in tables["geographies"].rows},
        "retired": {row[0]: Retired(*row) for row in tables["retired"].rows},
    }


def bad_row(name: str, reason: object) -> Problem:
    """Problem of the row called `name`; `reason` is a phrase, a reference that leads nowhere, or an error."""
    if isinstance(reason, BadCellError):
        reason = reason.args[0]
    return Problem("bad-library-row", {"value": name, "reason": reason})


def _figures(table: Table, keys: tuple[str, str], column: str, reading: _Reading) -> dict[tuple[str, str], Figure]:
    figures: dict[tuple[str, str], Figure] = {}
    for row in table.dictionaries():
        first, second = row[keys[0]], row[keys[1]]
        try:
            value = finite_number(row[column])
        except BadCellError as error:
            reading.bad(first, error)
            continue
        if (first, second) in figures:
            reading.bad(first, Phrase(mark("{text} stands twice"), {"text": second}))
        figures[first, second] = Figure(value, row.get("unit", "kg CO2e/kg"), row["source"], row["source_id"])
    return figures


def _compositions(table: Table, reading: _Reading) -> dict[str, tuple[tuple[str, float], ...]]:
    compositions: dict[str, tuple[tuple[str, float], ...]] = {}
    for row in table.dictionaries():
        try:
            component = (row["component"], finite_number(row["mass_fraction"]))
        except BadCellError as error:
            reading.bad(row["blend"], error)
            continue
        compositions[row["blend"]] = (*compositions.get(row["blend"], ()), component)
    for blend, components in compositions.items():
        total = math.fsum(fraction for _, fraction in components)
        if abs(total - 1) > 1e-9:
            reading.bad(blend, Phrase(mark("mass fractions add up to {total}"), {"total": total}))
    return compositions


def _defects(library: FactorLibrary, rows: FactorRows, tables: Tables) -> Iterator[Problem]:
    """Cells that are not what their column promises, references that lead nowhere, names that collide."""
    parts, bad_parts = _parts_by_factor(tables["parts"])
    yield from bad_parts
    yield from (Problem("part-without-factor", {"value": name}) for name in parts if name not in rows)
    ids = Counter(tables["factors"].column("id"))
    yield from (Problem("duplicate-factor", {"value": name}) for name, count in ids.items() if count > 1)
    for row in tables["factors"].rows:
        try:
            factor = decode_factor(row, tuple(parts.get(row[0], ())), rows.layer)
        except UnknownUnitError as error:
            yield from (bad_row(row[0], Phrase(MESSAGES[p.code], p.parameters)) for p in error.problems)
        except BadCellError as error:
            yield bad_row(row[0], error)
        else:
            yield from (bad_row(factor.id, reason) for reason in _wrong(factor, library))
    yield from _collisions(library, ids)
    yield from _dangling_references(library)


def _parts_by_factor(table: Table) -> tuple[dict[str, list[Part]], list[Problem]]:
    """Parts of each factor that can be read, an unreadable one replaced so that its factor has not none."""
    parts: dict[str, list[Part]] = {}
    problems = []
    for row in table.rows:
        part = Part(row[2], row[3], (None,) * len(GAS_NAMES))
        try:
            part = decode_part(row)
        except BadCellError as error:
            problems.append(bad_row(row[0], error))
        parts.setdefault(row[0], []).append(part)
    return parts, problems


_SHOWN = ("id", "name_fr", "name_en", "locality", "domain", "source", "source_date", "origin", "keywords", "note")


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
    if factor.gwp_set and not any(gwp_set == factor.gwp_set for _, gwp_set in library.gwp):
        yield f"gwp_set {factor.gwp_set}"


def _collisions(library: FactorLibrary, ids: Iterable[str]) -> Iterator[Problem]:
    for name in ids:
        if name in library.series:
            yield Problem("series-is-a-factor", {"value": name})
        if name in library.retired:
            yield Problem("retired-id-reused", {"value": name, "version": library.retired[name].version})


def _dangling_references(library: FactorLibrary) -> Iterator[Problem]:
    for name, substance in library.substances.items():
        if substance.gas and substance.gas not in GAS_NAMES:
            yield bad_row(name, f"gas {substance.gas}")
    for blend, components in library.compositions.items():
        unknown = [name for name in (blend, *dict(components)) if name not in library.substances]
        yield from (bad_row(blend, f"substance {name}") for name in unknown)
    for code, geography in library.geographies.items():
        if geography.parent and (geography.parent not in library.geographies or _is_loop(library, code)):
            yield bad_row(code, f"parent {geography.parent}")


def _is_loop(library: FactorLibrary, code: str) -> bool:
    seen: set[str] = set()
    while code in library.geographies and code not in seen:
        seen.add(code)
        code = library.geographies[code].parent
    return code in seen
