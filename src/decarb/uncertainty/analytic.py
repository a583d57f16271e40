"""Analytic 95 % intervals with the correlation of shared factors (docs/method.md, section 4)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.kernels import Exposures, cumulants, expose
from decarb.quality import Z_97_5

Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of 95 % [kg CO2e]."""

    low: float
    high: float


def interval_of_sum(
    amounts: Float64s, activity_sigma: Float64s, group: NDArray[np.int64], group_sigma: Float64s
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
    """
    groups, scale = len(group_sigma), scale_of(amounts)
    one_row = np.zeros(len(amounts), dtype=np.int32)
    exposures = expose(one_row, group.astype(np.int32), amounts / scale, activity_sigma, 1, groups)
    each = np.arange(groups, dtype=np.int32)
    low, high = intervals_of_groups(exposures, np.full(groups, scale), each, group_sigma)
    return Interval(float(low[0]), float(high[0]))


def intervals_of_groups(
    exposures: Exposures, coefficient: Float64s, error_group: NDArray[np.int32], factor_sigma: Float64s
) -> tuple[Float64s, Float64s]:
    """95 % bounds of each group's emissions, of shape (groups,) [kg CO2e]; the arguments of ``cumulants``."""
    scale = scale_of(coefficient)
    low, high = intervals(*cumulants(exposures, coefficient / scale, error_group, factor_sigma))
    return low * scale, high * scale


def scale_of(values: Float64s) -> float:
    """Power of two above the largest: divided by it values keep their bits, and their cubes are finite."""
    return math.ldexp(1.0, min(math.frexp(float(np.abs(values).max(initial=0.0)))[1], 1023))


def intervals(k1: Float64s, k2: Float64s, k3: Float64s) -> tuple[Float64s, Float64s]:
    """2.5 and 97.5 % quantiles of the shifted lognormals with these cumulants.

    Parameters
    ----------
    k1, k2, k3 : arrays of shape (groups,) [kg CO2e, its square, its cube]
        From ``decarb.kernels.cumulants``.

    Returns
    -------
    low, high : arrays of shape (groups,) [kg CO2e]
        Both `k1` where nothing is uncertain; those of a normal without skewness; mirrored where it is negative.

    Notes
    -----
    docs/method.md, section 4, written without subtracting nearly equal numbers: W - 1 = t + 1/t - 2 is
    4 sinh^2(asinh(g / 2) / 3), and the shift cancels the mean, not the spread.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        skewness = np.where(k2 > 0, k3 / k2**1.5, 0.0)
        excess = 4 * np.sinh(np.arcsinh(np.abs(skewness) / 2) / 3) ** 2
        sigma = np.sqrt(np.log1p(excess))
        median = np.sqrt(k2 / excess) / np.sqrt(1 + excess)
        below, above = (median * (np.expm1(z * sigma) - np.expm1(sigma**2 / 2)) for z in (-Z_97_5, Z_97_5))
        half = Z_97_5 * np.sqrt(np.maximum(k2, 0.0))
        below, above = np.where(excess > 0, below, -half), np.where(excess > 0, above, half)
        low, high = np.where(skewness < 0, -above, below), np.where(skewness < 0, -below, above)
    certain = k2 <= 0
    return np.where(certain, k1, k1 + low), np.where(certain, k1, k1 + high)
