"""Analytic 95 % intervals with the correlation of shared factors (docs/method.md, section 4)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.kernels import Exposures, cumulants, expose, with_own_errors
from decarb.quality import Z_97_5

Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of 95 % [kg CO2e]."""

    low: float
    high: float


def interval_of_sum(
    amounts: Float64s,
    activity_sigma: Float64s,
    group: NDArray[np.int64],
    group_sigma: Float64s,
    product: NDArray[np.int64] | None = None,
    product_sigma: Float64s | None = None,
) -> Interval:
    """95 % interval of a sum of lognormal lines whose factor errors are shared within groups, and within products.

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
    product : array of shape (lines,), optional
        Product of each line, all of one group: lines of a product share its own error as well.
    product_sigma : array of shape (products,), optional
        Sigma of the logarithm of each product's own error.
    """
    scale = scale_of(amounts)
    if product is None or product_sigma is None:
        product, product_sigma = group, np.zeros(len(group_sigma))
    products = len(product_sigma)
    of_product = np.zeros(products, dtype=np.int32)
    of_product[product] = group
    one_row = np.zeros(len(amounts), dtype=np.int32)
    exposures = expose(one_row, product.astype(np.int32), amounts / scale, activity_sigma, 1, products)
    low, high = intervals_of_groups(exposures, np.full(products, scale), of_product, group_sigma, product_sigma)
    return Interval(float(low[0]), float(high[0]))


def intervals_of_groups(
    exposures: Exposures,
    coefficient: Float64s,
    error_group: NDArray[np.int32],
    factor_sigma: Float64s,
    own_sigma: Float64s,
) -> tuple[Float64s, Float64s]:
    """95 % bounds of each group's emissions, of shape (groups,) [kg CO2e].

    The arguments of ``cumulants``, and of ``with_own_errors``.
    """
    scale = scale_of(coefficient)
    own = with_own_errors(exposures, own_sigma)
    low, high = intervals(*cumulants(own, coefficient / scale, error_group, factor_sigma))
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
