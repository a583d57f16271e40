"""Analytic 95 % intervals with the correlation of shared factors (docs/method.md, section 4)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.factors import Factor
from decarb.footprint import Footprint
from decarb.quality import UNKNOWN_GSD2
from decarb.reporting import view

Z_97_5 = 1.959964
"""Standard normal quantile of 97.5 %."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of 95 % [kg CO2e]."""

    low: float
    high: float


def factor_sigma(factor: Factor) -> float:
    """Sigma of the logarithm of a factor: ln(GSD2) / 1.96."""
    return math.log(factor.gsd2) / Z_97_5


def interval_of_sum(
    amounts: NDArray[np.float64],
    activity_sigma: NDArray[np.float64],
    group: NDArray[np.int64],
    group_sigma: NDArray[np.float64],
) -> Interval:
    """95 % interval of a sum of lognormal lines whose factor errors are shared within groups.

    Parameters
    ----------
    amounts : array of shape (lines,) [kg CO2e]
        Deterministic emissions; negative for credits.
    activity_sigma : array of shape (lines,)
        Sigma of the logarithm of each quantity, independent between lines.
    group : array of shape (lines,)
        Error group of each line's factor.
    group_sigma : array of shape (groups,)
        Sigma of the logarithm of each group's factor.

    Notes
    -----
    The three first cumulants of each group, added over groups, then a shifted lognormal with the same
    three (docs/method.md, section 4). Written without subtracting nearly equal numbers, so that sigma
    zero gives exactly the deterministic value.
    """
    groups = len(group_sigma)
    median_to_mean = np.exp(activity_sigma**2 / 2)
    spread = np.expm1(activity_sigma**2)
    mean = np.bincount(group, amounts * median_to_mean, groups)
    second = np.bincount(group, (amounts * median_to_mean) ** 2 * spread, groups)
    third = np.bincount(group, (amounts * median_to_mean) ** 3 * spread**2 * (spread + 3), groups)
    excess = np.expm1(group_sigma**2)
    scale = excess + 1
    k1 = float(np.sum(np.sqrt(scale) * mean))
    k2 = float(np.sum(scale * (scale * second + mean**2 * excess)))
    k3 = float(
        np.sum(
            scale**1.5
            * (scale**3 * third + 3 * mean * second * scale * excess * (scale + 1) + mean**3 * excess**2 * (scale + 2))
        )
    )
    return _shifted_lognormal(k1, k2, k3)


def _shifted_lognormal(k1: float, k2: float, k3: float) -> Interval:
    """2.5 and 97.5 % quantiles of the shifted lognormal with these cumulants; normal without skewness."""
    if k2 <= 0:
        return Interval(k1, k1)
    skewness = k3 / k2**1.5
    if skewness == 0:
        half = Z_97_5 * math.sqrt(k2)
        return Interval(k1 - half, k1 + half)
    if skewness < 0:
        mirrored = _shifted_lognormal(-k1, k2, -k3)
        return Interval(-mirrored.high, -mirrored.low)
    # W - 1 = t + 1/t - 2 of docs/method.md, written so that a tiny skewness loses no digits
    excess = 4 * math.sinh(math.asinh(skewness / 2) / 3) ** 2
    sigma = math.sqrt(math.log1p(excess))
    median = math.sqrt(k2 / excess) / math.sqrt(1 + excess)
    # median * (exp(z sigma) - sqrt(W)): the shift cancels the mean, not the spread
    spread = [median * (math.expm1(z * sigma) - math.expm1(sigma**2 / 2)) for z in (-Z_97_5, Z_97_5)]
    return Interval(k1 + spread[0], k1 + spread[1])


def row_intervals(footprint: Footprint, name: str = "beges") -> tuple[dict[str, Interval], Interval]:
    """95 % intervals of each row of a view that has lines, and of the total [kg CO2e]."""
    inventory, bound = footprint.inventory, footprint.binding.bound
    chosen = view(name)
    groups = sorted({found.factor.error_group for found in bound if found})
    number = {group: index for index, group in enumerate(groups)}
    group_sigma = np.zeros(len(groups))
    for found in bound:
        if found:
            index = number[found.factor.error_group]
            group_sigma[index] = max(group_sigma[index], factor_sigma(found.factor))
    gsd2 = np.where(np.isnan(inventory.activity_gsd2), UNKNOWN_GSD2, inventory.activity_gsd2)
    activity_sigma = np.log(gsd2) / Z_97_5
    of_term = np.array([number[found.factor.error_group] if found else 0 for found in bound], dtype=np.int64)
    computed, pair = footprint.binding.computed, footprint.binding.pair
    group = of_term[pair]
    per_row: dict[str, NDArray[np.float64]] = {}
    for code, found in enumerate(bound):
        for row, coefficient in (found.split(chosen) if found else {}).items():
            per_row.setdefault(row, np.zeros(len(bound)))[code] = coefficient
    if not groups:
        return {}, Interval(0.0, 0.0)

    def interval(coefficients: NDArray[np.float64]) -> Interval:
        amounts = (inventory.quantity * coefficients[pair])[computed]
        return interval_of_sum(amounts, activity_sigma[computed], group[computed], group_sigma)

    total = sum(per_row.values(), np.zeros(len(bound)))
    return {row: interval(values) for row, values in per_row.items()}, interval(total)
