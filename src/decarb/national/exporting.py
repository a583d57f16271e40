"""Figures of many establishments as tables for other tools: who, post x gas, and the total of each line.

docs/national-aggregates.md describes the columns. Nothing is withheld in them: they are for those who may see each
establishment.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from decarb import __version__
from decarb.errors import Problem, UsageError
from decarb.footprint import Footprint
from decarb.inventory import SECTIONS, region_of
from decarb.inventory.head import place_of
from decarb.national.sharing import Netted, net_shared_services
from decarb.reporting import GASES, view
from decarb.writing import PACKAGE, check_folder, in_place

if TYPE_CHECKING:
    import pyarrow as pa

KIND = "figures"
FORMAT = "1.1"
FORMS = ("parquet", "csv", "xlsx")
SHEET_ROWS = 1_048_576
"""Most rows of a sheet, its header among them."""

_IDENTITY = ("finess_ej", "finess_et", "siret", "category", "legal_status", "ght")


def export_figures(
    footprint: Footprint,
    folder: Path,
    form: str,
    *,
    view_name: str = "beges",
    lines: bool = True,
    replace: bool = False,
) -> dict[str, int]:
    """Write the figures of each establishment as a folder of tables; return the rows of each.

    Parameters
    ----------
    form
        One of ``FORMS``.
    view_name
        Whose posts and totals.
    lines
        Whether the total of each line is written too.
    replace
        Whether an earlier export of figures may be replaced; anything else never is.

    Raises
    ------
    UsageError
        If the folder is taken or cannot be written, or a table does not fit in a sheet; nothing is left behind.
    """
    if form not in FORMS:
        raise ValueError(f"form is {form!r}; expected one of {', '.join(FORMS)}")
    check_folder(folder, KIND, replace)
    shared = net_shared_services(footprint)
    tables = {"establishments": establishment_table(shared, view_name), "cells": cell_table(shared, view_name)}
    if lines:
        tables["lines"] = line_table(shared, view_name)
    if form == "xlsx":
        _check_rows(tables)
    with in_place(folder) as draft:
        draft.mkdir()
        for name, table in tables.items():
            _WRITERS[form](table, draft / f"{name}.{form}")
        description = _description(footprint, tables, form, view_name)
        (draft / PACKAGE).write_bytes(orjson.dumps(description, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return {name: table.num_rows for name, table in tables.items()}


def establishment_table(shared: Netted, view_name: str = "beges") -> "pa.Table":
    """One row for each establishment: who, where, when, its total, and what of it no other report has [kg CO2e]."""
    import pyarrow as pa

    establishments = shared.gross.inventory.establishments
    columns: dict[str, Any] = {
        "establishment": pa.array(range(len(establishments)), pa.int32()),
        "name": pa.array([one.name for one in establishments], pa.string()),
    }
    for name in _IDENTITY:
        columns[name] = pa.array([one.identity.get(name) for one in establishments], pa.string())
    columns["department"] = pa.array([place_of(one, "").department or None for one in establishments], pa.string())
    columns["region"] = pa.array([region_of(one) or None for one in establishments], pa.string())
    columns["beds"] = pa.array([one.denominators.get("bed") for one in establishments], pa.float64())
    columns["year"] = pa.array([one.year for one in establishments], pa.int32())
    columns["start"] = pa.array([one.start for one in establishments], pa.string())
    columns["end"] = pa.array([one.end for one in establishments], pa.string())
    columns["total_kgco2e"] = pa.array(shared.gross.totals(view_name))
    columns["net_kgco2e"] = pa.array(shared.net.totals(view_name))
    return pa.table(columns)


def cell_table(shared: Netted, view_name: str = "beges") -> "pa.Table":
    """One row for each establishment, post and gas that lines report in [kg CO2e]; memo gases are in no total.

    ``net_kgco2e`` is without what shared services count twice: what ``aggregate`` adds up.
    """
    import pyarrow as pa

    rows = shared.gross.rows(view_name)
    net = rows if shared.net is shared.gross else shared.net.rows(view_name)
    establishment, post, gas = np.nonzero(~np.isnan(rows))
    return pa.table(
        {
            "establishment": establishment.astype(np.int32),
            "post": _named(post, [row.code for row in view(view_name).rows]),
            "gas": _named(gas, [one.gas for one in GASES]),
            "in_total": np.array([one.kind == "total" for one in GASES])[gas],
            "kgco2e": rows[establishment, post, gas],
            "net_kgco2e": net[establishment, post, gas],
        }
    )


def line_table(shared: Netted, view_name: str = "beges") -> "pa.Table":
    """One row for each line: its place in its document, its factor and its total [kg CO2e]; null where refused.

    ``is_netted`` says whether another report has it too, so that it is in no net figure.
    """
    import pyarrow as pa

    footprint = shared.gross
    is_netted = np.zeros(len(footprint.inventory), dtype=np.bool_)
    for flow in shared.flows:
        is_netted[flow.rows] |= flow.is_netted
    inventory, binding = footprint.inventory, footprint.binding
    factors = list(dict.fromkeys(found.factor.id for found in binding.bound if found))
    number = {name: code for code, name in enumerate(factors)}
    of_pair = np.array([number[found.factor.id] if found else 0 for found in binding.bound], dtype=np.int32)
    refused = ~binding.computed
    return pa.table(
        {
            "establishment": inventory.establishment,
            "section": _named(inventory.section, SECTIONS),
            "position": inventory.position,
            "factor": pa.DictionaryArray.from_arrays(
                pa.array(of_pair[binding.pair], mask=refused), pa.array(factors, pa.string())
            ),
            "kgco2e": pa.array(footprint.line_totals(view(view_name).timing), mask=refused),
            "is_netted": is_netted,
        }
    )


def _named(codes: "np.ndarray[Any, Any]", names: Any) -> "pa.DictionaryArray":
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(names), pa.string()))


def _check_rows(tables: Mapping[str, "pa.Table"]) -> None:
    problems = [
        Problem("export-too-many-rows", {"rows": table.num_rows, "limit": SHEET_ROWS - 1}, file=f"{name}.xlsx")
        for name, table in tables.items()
        if table.num_rows >= SHEET_ROWS
    ]
    if problems:
        raise UsageError(problems)


def _write_parquet(table: "pa.Table", path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path)


def _write_csv(table: "pa.Table", path: Path) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.column_names)
        writer.writerows(_plain_rows(table))


def _write_xlsx(table: "pa.Table", path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(path.stem)
    sheet.append(table.column_names)
    for row in _plain_rows(table):
        sheet.append(row)
    book.save(path)


def _plain_rows(table: "pa.Table") -> Iterator[tuple[Any, ...]]:
    """Rows of a table; nothing in them is run as a formula by a spreadsheet."""
    for batch in table.to_batches(max_chunksize=65_536):
        columns = [_safe(column.to_pylist()) for column in batch.columns]
        yield from zip(*columns, strict=True)


def _safe(values: list[Any]) -> list[Any]:
    risky = ("=", "+", "-", "@", "\t", "\r")
    return ["'" + value if isinstance(value, str) and value.startswith(risky) else value for value in values]


_WRITERS: Mapping[str, Callable[["pa.Table", Path], None]] = {
    "parquet": _write_parquet,
    "csv": _write_csv,
    "xlsx": _write_xlsx,
}


def _description(footprint: Footprint, tables: Mapping[str, "pa.Table"], form: str, view_name: str) -> dict[str, Any]:
    """What the folder is, what it holds, and what it was computed with."""
    files = [f"{name}.{form}" for name in tables]
    return {
        "name": "decarb-figures",
        "title": "Figures of establishments",
        "resources": [{"name": name, "path": path, "format": form} for name, path in zip(tables, files, strict=True)],
        "decarb": {
            "kind": KIND,
            "format": FORMAT,
            "engine": __version__,
            "view": view_name,
            "gwp_set": footprint.binding.gwp_set,
            "library": footprint.library.digest,
            "partial": footprint.is_partial,
            "rows": {name: table.num_rows for name, table in tables.items()},
            "files": sorted([PACKAGE, *files]),
        },
    }
