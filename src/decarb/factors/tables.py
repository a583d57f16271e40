"""Read the tables of a library, check every row and every reference, and put it over another."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from decarb.errors import InvalidLibraryError, Phrase, Problem, not_utf_8, unreadable
from decarb.factors.columns import LIBRARY_TABLES, column_dictionary, stored_columns
from decarb.factors.library import FactorLibrary
from decarb.factors.package import Package, read_package
from decarb.factors.records import GAS_NAMES, Figure, Geography, Layer, Retired, Source, Substance
from decarb.factors.rows import BadCellError, FactorRows, finite_number
from decarb.factors.soundness import wrong_factors, wrong_parts
from decarb.language import mark
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
    try:
        found = (folder / "factors.csv").is_file()
    except OSError as error:
        raise InvalidLibraryError([unreadable(folder, error)]) from None
    if not found:
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
    retired = frozenset(tables["retired"].column("id"))
    rows = FactorRows(tables["factors"], tables["parts"], name, retired)
    read = _records(tables, found)
    lower = below.tables if below else ()
    digest = package.digest if checked else digest_of(tables)
    library = FactorLibrary(
        tables=(*lower, rows),
        layers=(
            *(below.layers if below else ()),
            Layer(name, package.version, digest, len(rows), package.released),
        ),
        shadowed=(*(below.shadowed if below else ()), *(_taken_over(below, rows, read) if below else ())),
        **{kind: {**(getattr(below, kind) if below else {}), **records} for kind, records in read.items()},
    )
    found += _collisions(library, rows) if checked else _defects(library, rows, tables)
    if found:
        raise InvalidLibraryError([problem.at(file=problem.file or file) for problem in found])
    return library


def _taken_over(below: FactorLibrary, rows: FactorRows, read: Mapping[str, Mapping[Any, Any]]) -> Iterator[str]:
    """Ids of `below` that the layer takes over; an alias comes with the id that it led to, a figure with its table."""
    for kind in ("gwp", "compositions", "properties", "substances", "geographies"):
        known = getattr(below, kind)
        for key in (key for key, record in read[kind].items() if known.get(key, record) != record):
            yield f"{kind}: {' '.join(key) if isinstance(key, tuple) else key}"
    for name in rows:
        if name in below.by_id:
            yield name
        elif name in below.aliases:
            yield f"{name} ({below.aliases[name]})"


def _content(folder: Path, name: str) -> bytes | None:
    path = folder / f"{name}.csv"
    try:
        return path.read_bytes() if path.is_file() else None
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
    """sha256 of the canonical sorted rows of a library's tables, wherever they stood in the file they came from.

    Columns are in the order of their names, and numbers in their shortest form, so that 0.10 and 0.1 are one.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        numbers = {column.name for column in column_dictionary()[name] if column.type == "number"}
        columns = sorted(set(tables[name].columns) - {"source_row", "position"})
        texts = (tables[name].column(column) for column in columns)
        canonical = [
            list(map({text: _shortest(text) for text in set(found)}.__getitem__, found)) if column in numbers else found
            for column, found in zip(columns, texts, strict=True)
        ]
        digest.update(orjson.dumps([name, columns, sorted(zip(*canonical, strict=True))]))
    return digest.hexdigest()


def _shortest(text: str) -> str:
    try:
        return repr(float(text)).removesuffix(".0")
    except ValueError:
        return text


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
    parts = tables["parts"]
    ids = Counter(tables["factors"].column("id"))
    yield from (bad_row(name, reason) for name, reason in wrong_parts(parts) if ids[name] < 2)
    with_parts = set(parts.column("factor"))
    yield from (Problem("part-without-factor", {"value": name}) for name in sorted(with_parts - rows.keys()))
    yield from (Problem("duplicate-factor", {"value": name}) for name, count in ids.items() if count > 1)
    for row, name, reason in wrong_factors(tables["factors"], with_parts, library):
        yield bad_row(name, reason).at(pointer=f"row {row}" if row else "")
    yield from _collisions(library, ids)
    yield from _dangling_references(library)


def _collisions(library: FactorLibrary, ids: Iterable[str]) -> Iterator[Problem]:
    yield from (Problem("series-is-a-factor", {"value": name}) for name in library.series if name in library.by_id)
    for name in ids:
        retired = library.retired.get(name)
        # a base may take an archived element up again: only our own ledger, which says a version, is for ever
        if retired and retired.version:
            yield Problem("retired-id-reused", {"value": name, "version": retired.version})


def _dangling_references(library: FactorLibrary) -> Iterator[Problem]:
    for figures in (library.gwp, library.properties):
        for (substance, _), figure in figures.items():
            if figure.source not in library.sources:
                yield bad_row(substance, f"source {figure.source}")
            if substance not in library.substances:
                yield bad_row(substance, f"substance {substance}")
    for name, record in library.substances.items():
        if record.gas and record.gas not in GAS_NAMES:
            yield bad_row(name, f"gas {record.gas}")
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
