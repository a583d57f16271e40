"""What each document emits by domain, post and gas, and what one unit of each pair does."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.inventory import SECTIONS
from decarb.kernels import accumulate
from decarb.reporting import GASES, TOTAL_GASES, view

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]

GRAIN = 2.0**-14
"""What figures are rounded to [kg CO2e], 0.06 g: sums of such numbers are exact below 549 Mt, so that margins add up to
the last bit, in any order of documents and on any number of machines."""


def emissions_by_breakdown(footprint: Footprint, documents: Int64s, by: Sequence[str], view_name: str) -> Float64s:
    """Emissions of documents, rounded to ``GRAIN`` [kg CO2e]; nan where no line reports.

    Parameters
    ----------
    by
        What is told apart; only ``domain``, ``post`` and ``gas`` matter.

    Returns
    -------
    array of shape (documents, domains, rows of the view, gases)
        Without ``domain`` the cells of the footprint as one domain, posts and gases apart whether asked or not; with it
        one pass over lines, and one row or one gas for all of those that are not told apart.
    """
    if "domain" not in by:
        cells = footprint.rows(view_name)[documents, None, :, : len(TOTAL_GASES)]
        return np.asarray(np.round(cells / GRAIN) * GRAIN)
    binding, inventory = footprint.binding, footprint.inventory
    row, gas, counted = _read_entries(footprint, view_name)
    rows, gases = (len(view(view_name).rows) if "post" in by else 1), (len(TOTAL_GASES) if "gas" in by else 1)
    cell = np.minimum(row, rows - 1) * gases + np.minimum(gas, gases - 1)
    groups, size = len(inventory.establishments) * len(SECTIONS), rows * gases
    values, present = accumulate(
        inventory.establishment * np.int32(len(SECTIONS)) + inventory.section,
        binding.pair,
        inventory.quantity,
        np.concatenate(([0], np.cumsum(counted)))[binding.pointer],
        cell[counted].astype(np.int32),
        binding.coefficient[counted],
        groups,
        size,
    )
    values /= GRAIN
    np.round(values, out=values)
    values *= GRAIN
    values[~present] = np.nan
    return values.reshape(-1, len(SECTIONS), rows, gases)[documents]


def coefficients_by_breakdown(footprint: Footprint, view_name: str) -> Float64s:
    """Emissions of one unit of each pair, of shape (rows of the view, gases, pairs) [kg CO2e]; zero where none."""
    binding = footprint.binding
    row, gas, counted = _read_entries(footprint, view_name)
    pairs = len(binding.bound)
    place = (row * len(TOTAL_GASES) + gas) * pairs + np.repeat(np.arange(pairs), np.diff(binding.pointer))
    shape = (len(view(view_name).rows), len(TOTAL_GASES), pairs)
    sums = np.bincount(place[counted], binding.coefficient[counted], int(np.prod(shape)))
    return sums.reshape(shape).astype(np.float64)


def _read_entries(footprint: Footprint, view_name: str) -> tuple[Int64s, Int64s, NDArray[np.bool_]]:
    """Row of the view and gas of each entry of a binding, and whether the view counts it."""
    binding, chosen = footprint.binding, view(view_name)
    number = {row.code: code for code, row in enumerate(chosen.rows)}
    read = [number[chosen.code(rule)] if timing in ("both", chosen.timing) else -1 for rule, timing in binding.keys]
    key, gas = np.divmod(binding.cell, len(GASES))
    row = np.array(read, dtype=np.int64)[key] if read else key
    counted = (row >= 0) & (gas < len(TOTAL_GASES))
    return row, gas.astype(np.int64), counted
