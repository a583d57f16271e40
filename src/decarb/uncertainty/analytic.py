"""Analytic 95 % intervals with the correlation of shared factors (docs/method.md, Uncertainty)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.binding import ErrorGroups
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
    count = len(product_sigma)
    of_product = np.zeros(count, dtype=np.int32)
    of_product[product] = group
    one_row = np.zeros(len(amounts), dtype=np.int32)
    exposures = expose(one_row, product.astype(np.int32), amounts / scale, activity_sigma, 1, count)
    each = np.arange(count, dtype=np.int32)
    errors = ErrorGroups((), of_product, group_sigma, each, (), of_product, product_sigma)
    low, high = intervals_of_groups(exposures, np.full(count, scale), errors)
    return Interval(float(low[0]), float(high[0]))


def intervals_of_groups(exposures: Exposures, coefficient: Float64s, errors: ErrorGroups) -> tuple[Float64s, Float64s]:
    """95 % bounds of each group's emissions, of shape (groups,) [kg CO2e].

    Parameters
    ----------
    exposures
        From ``expose``, of groups and pairs.
    coefficient : array of shape (pairs,) [kg CO2e per unit of the pair]
    errors
        Which pairs share an error: of their factor, and of their product.
    """
    scale = scale_of(coefficient)
    if not errors.product_sigma.any():
        sums = cumulants(exposures, coefficient / scale, errors.of_pair, errors.sigma)
    else:
        own = with_own_errors(_by_product(exposures, coefficient / scale, errors), errors.product_sigma)
        sums = cumulants(own, np.ones(len(errors.product_sigma)), errors.product_group, errors.sigma)
    low, high = intervals(*sums)
    return low * scale, high * scale


def _by_product(exposures: Exposures, coefficient: Float64s, errors: ErrorGroups) -> Exposures:
    """Exposures of groups and products, weighed by the coefficients of their pairs, which may differ."""
    groups, products = len(exposures.pointer) - 1, len(errors.product_sigma)
    row = np.repeat(np.arange(groups), np.diff(exposures.pointer))
    place, inverse = np.unique(row * products + errors.product[exposures.pair], return_inverse=True)
    weight = coefficient[exposures.pair]
    columns = ((exposures.quantity, 1), (exposures.mean, 1), (exposures.second, 2), (exposures.third, 3))
    sums = (np.bincount(inverse, values * weight**power, len(place)).astype(np.float64) for values, power in columns)
    pointer = np.searchsorted(place, np.arange(groups + 1) * products)
    return Exposures(pointer, (place % products).astype(np.int32), *sums)


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
    docs/method.md, Uncertainty, written without subtracting nearly equal numbers: W - 1 = t + 1/t - 2 is
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
