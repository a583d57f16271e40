"""Intervals of what readers look at: posts, establishments, regions, lines, the whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.inventory import region_of
from decarb.kernels import Exposures
from decarb.language import mark
from decarb.reporting import view
from decarb.uncertainty.analytic import Float64s, Interval, intervals_of_groups

GROUPINGS = (mark("post"), mark("establishment"), mark("region"), mark("line"), mark("total"))


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Groups of a footprint with their values and 95 % bounds.

    Attributes
    ----------
    names
        Codes of posts, names of establishments, INSEE codes of regions, ids of lines.
    value, low, high : arrays of shape (groups,) [kg CO2e]
        The deterministic value, which is that of medians, and the bounds, which are not centred on it.
    """

    names: tuple[str, ...]
    value: Float64s
    low: Float64s
    high: Float64s


def uncertainty(footprint: Footprint, by: str = "total", view_name: str = "beges") -> Uncertain:
    """Values and 95 % intervals, with the correlation of shared factors.

    Parameters
    ----------
    by
        One of ``GROUPINGS``.
    view_name
        ``beges``, ``ghg-protocol`` or ``iso``: its totals, and its rows for ``post``.

    Notes
    -----
    docs/method.md, Uncertainty. A factor that is too high in one hospital is too high in all of them: the interval of
    a sum of groups is wider than independent errors would make it.
    """
    if by == "line":
        return _lines(footprint, view_name)
    if by == "post":
        return _rows(footprint, view_name)
    names, group = groups(footprint, by)
    if by == "total":
        exposures = footprint.exposures_together
    else:
        exposures = gathered(footprint.exposures, group, len(names), len(footprint.binding.bound))
    errors = footprint.binding.error_groups
    whole = total_coefficients(footprint, view_name)
    bounds = intervals_of_groups(exposures, whole, errors)
    return Uncertain(names, totals_of_groups(footprint, group, len(names), view_name), *bounds)


def row_intervals(footprint: Footprint, name: str = "beges") -> tuple[dict[str, Interval], Interval]:
    """95 % intervals of each row of a view that has lines, and of the total [kg CO2e].

    Parameters
    ----------
    footprint
        From ``compute_footprint``.
    name
        ``beges``, ``ghg-protocol`` or ``iso``.
    """
    rows, whole = uncertainty(footprint, "post", name), uncertainty(footprint, "total", name)
    bounds = zip(rows.names, rows.low.tolist(), rows.high.tolist(), strict=True)
    return {row: Interval(low, high) for row, low, high in bounds}, Interval(float(whole.low[0]), float(whole.high[0]))


def groups(footprint: Footprint, by: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names of the groups, and that of each establishment."""
    establishments = footprint.inventory.establishments
    if by == "total":
        return ("total",), np.zeros(len(establishments), dtype=np.int64)
    if by == "establishment":
        return tuple(f"{e.name} {e.year}" for e in establishments), np.arange(len(establishments))
    if by != "region":
        raise ValueError(f"by is {by!r}; expected one of {', '.join(GROUPINGS)}")
    regions = [region_of(establishment) for establishment in establishments]
    names = sorted(set(regions))
    number = {region: code for code, region in enumerate(names)}
    return tuple(names), np.array([number[region] for region in regions], dtype=np.int64)


def totals_of_groups(footprint: Footprint, group: NDArray[np.int64], count: int, view_name: str) -> Float64s:
    """Deterministic totals of groups of establishments, added in canonical order [kg CO2e]."""
    return np.bincount(group, footprint.totals(view_name), count).astype(np.float64)


DENSE_SHARE = 4
"""Places of groups and pairs to an exposure from which they are sorted: 101 departments by 135 GHT are a gigabyte."""


def gathered(exposures: Exposures, group: NDArray[np.int64], count: int, pairs: int) -> Exposures:
    """Exposures of groups of establishments: activity errors are independent, so that their moments add up."""
    if count == len(group) and (group == np.arange(count)).all():
        return exposures
    place = np.repeat(group, np.diff(exposures.pointer)) * pairs + exposures.pair
    size = count * pairs
    if size <= DENSE_SHARE * len(place):  # a region has most of the pairs: a dense row is smaller than what it gathers
        used = np.flatnonzero(np.bincount(place, minlength=size))
        taken: NDArray[np.int64] | slice = used
    else:
        used, place = np.unique(place, return_inverse=True)
        size, taken = len(used), slice(None)
    sums = (
        np.bincount(place, values, size)[taken].astype(np.float64, copy=False)
        for values in (exposures.quantity, exposures.mean, exposures.second, exposures.third)
    )
    pointer = np.searchsorted(used, np.arange(count + 1) * pairs)
    return Exposures(pointer, (used % pairs).astype(np.int32), *sums)


def total_coefficients(footprint: Footprint, view_name: str) -> Float64s:
    """Emissions of one unit of each pair in the total of a view [kg CO2e]; zero where refused."""
    return np.asarray(footprint.binding.row_coefficients(view_name).sum(axis=0))


def rows_with_lines(footprint: Footprint, view_name: str) -> tuple[tuple[str, ...], Float64s, Float64s]:
    """Rows of a view that lines report in: their codes, values [kg CO2e], and coefficients of shape (rows, pairs)."""
    totals = footprint.row_totals(view_name)
    here = np.flatnonzero(~np.isnan(totals).all(axis=0))
    rows = view(view_name).rows
    return (
        tuple(rows[row].code for row in here),
        np.nansum(totals[:, here], axis=0),
        footprint.binding.row_coefficients(view_name)[here],
    )


def _rows(footprint: Footprint, view_name: str) -> Uncertain:
    errors = footprint.binding.error_groups
    exposures = footprint.exposures_together
    names, values, coefficients = rows_with_lines(footprint, view_name)
    bounds = [intervals_of_groups(exposures, of_row, errors) for of_row in coefficients]
    low, high = np.array(bounds).reshape(-1, 2).T
    return Uncertain(names, values, low, high)


def _lines(footprint: Footprint, view_name: str) -> Uncertain:
    """Each line by itself: a product of lognormals is lognormal."""
    value = footprint.inventory.quantity * total_coefficients(footprint, view_name)[footprint.binding.pair]
    value = np.where(footprint.binding.computed, value, np.nan)
    bounds = value / footprint.line_gsd2, value * footprint.line_gsd2
    return Uncertain(tuple(footprint.inventory.ids), value, np.minimum(*bounds), np.maximum(*bounds))
