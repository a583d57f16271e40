"""What each document emits by domain, post and gas, and what one unit of each pair does."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from decarb.footprint.cells import rows_of_view
from decarb.inventory import SECTIONS
from decarb.kernels import Path, accumulate
from decarb.reporting import GASES, TOTAL_GASES, Rule, view

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]

GRAIN = 2.0**-14
"""What figures are rounded to [kg CO2e], 0.06 g: sums of such numbers are exact below 549 Mt, so that margins add up to
the last bit, in any order of documents and on any number of machines."""


class Entries(Protocol):
    """Coefficients of pairs in compressed rows: a ``Binding``, or what of one is sent to another process."""

    @property
    def keys(self) -> tuple[tuple[Rule, str], ...]:
        """(rule, timing) of each group of cells."""
        ...

    @property
    def pointer(self) -> Int64s:
        """First entry of each pair, and the end."""
        ...

    @property
    def cell(self) -> Int32s:
        """Cell of each entry: ``key * len(GASES) + gas``."""
        ...

    @property
    def coefficient(self) -> Float64s:
        """What each entry multiplies a quantity by [kg CO2e per unit of the line]."""
        ...


class BoundColumns(NamedTuple):
    """Document, section, pair and quantity of lines; documents ascend."""

    document: Int32s
    section: NDArray[np.int8]
    pair: Int32s
    quantity: Float64s


def amounts_of_cells(
    cells: Float64s, present: NDArray[np.bool_], entries: Entries, by: Sequence[str], view_name: str
) -> Float64s:
    """Emissions of documents by what `by` has of post and gas, from the cells of their footprints.

    Returns
    -------
    array of shape (documents, 1, rows of the view, gases) [kg CO2e]
        Each cell is rounded to ``GRAIN`` first; one row or one gas for all of those that are not told apart; nan where
        no line reports.
    """
    rows = rows_of_view(cells, present, entries.keys, view_name)[:, None, :, : len(TOTAL_GASES)]
    return _told_apart(_rounded(rows), by)


def amounts_by_domain(
    lines: BoundColumns,
    entries: Entries,
    documents: int,
    by: Sequence[str],
    view_name: str,
    *,
    threads: int | None = None,
    path: Path | None = None,
) -> Float64s:
    """Emissions of documents by domain, from one pass over their lines.

    Returns
    -------
    array of shape (documents, domains, rows of the view, gases) [kg CO2e]
        As ``amounts_of_cells`` has them; what is not told apart is added up before it is rounded.
    """
    row, gas, counted = _read_entries(entries, view_name)
    rows, gases = (len(view(view_name).rows) if "post" in by else 1), (len(TOTAL_GASES) if "gas" in by else 1)
    cell = np.minimum(row, rows - 1) * gases + np.minimum(gas, gases - 1)
    values, present = accumulate(
        lines.document * np.int32(len(SECTIONS)) + lines.section,
        lines.pair,
        lines.quantity,
        np.concatenate(([0], np.cumsum(counted)))[entries.pointer],
        cell[counted].astype(np.int32),
        entries.coefficient[counted],
        documents * len(SECTIONS),
        rows * gases,
        threads=threads,
        path=path,
    )
    values[~present] = np.nan
    return _rounded(values).reshape(documents, len(SECTIONS), rows, gases)


def _rounded(values: Float64s) -> Float64s:
    """Round to ``GRAIN``, in place: a nation's cells are large."""
    values /= GRAIN
    np.round(values, out=values)
    values *= GRAIN
    return values


def _told_apart(cells: Float64s, by: Sequence[str]) -> Float64s:
    """Add up the posts and the gases that `by` does not tell apart: exactly, because they are rounded."""
    away = tuple(axis for axis, name in ((2, "post"), (3, "gas")) if name not in by)
    if not away:
        return cells
    present = (~np.isnan(cells)).any(axis=away, keepdims=True)
    return np.where(present, np.nansum(cells, axis=away, keepdims=True), np.nan)


def coefficients_by_breakdown(entries: Entries, view_name: str) -> Float64s:
    """Emissions of one unit of each pair, of shape (rows of the view, gases, pairs) [kg CO2e]; zero where none."""
    row, gas, counted = _read_entries(entries, view_name)
    pairs = len(entries.pointer) - 1
    place = (row * len(TOTAL_GASES) + gas) * pairs + np.repeat(np.arange(pairs), np.diff(entries.pointer))
    shape = (len(view(view_name).rows), len(TOTAL_GASES), pairs)
    sums = np.bincount(place[counted], entries.coefficient[counted], int(np.prod(shape)))
    return sums.reshape(shape).astype(np.float64, copy=False)


def _read_entries(entries: Entries, view_name: str) -> tuple[Int64s, Int64s, NDArray[np.bool_]]:
    """Row of the view and gas of each entry, and whether the view counts it."""
    chosen = view(view_name)
    number = {row.code: code for code, row in enumerate(chosen.rows)}
    read = [number[chosen.code(rule)] if timing in ("both", chosen.timing) else -1 for rule, timing in entries.keys]
    key, gas = np.divmod(entries.cell, len(GASES))
    row = np.array(read, dtype=np.int64)[key] if read else key
    counted = (row >= 0) & (gas < len(TOTAL_GASES))
    return row, gas.astype(np.int64), counted
