"""Intervals of sums and of differences of inputs: a factor's error is shared by all that use it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from decarb.kernels import cumulants, expose
from decarb.quality import Z_97_5
from decarb.uncertainty.analytic import Interval, interval_of_sum, scale_of


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """An amount with the group that shares its factor's error.

    ``activity_sigma`` and ``factor_sigma`` are sigmas of the logarithms of its quantity and of its factor.
    """

    group: str
    amount_kgco2e: float
    activity_sigma: float
    factor_sigma: float


def sigma_of(gsd2: float) -> float:
    """Sigma of the logarithm of what has this GSD2."""
    return math.log(gsd2) / Z_97_5


def interval(lines: Iterable[Line]) -> Interval:
    """95 % interval of a sum of lines [kg CO2e]; the same bits in whatever order they are given."""
    return interval_of_sum(*_arrays(lines))


def probability_negative(lines: Iterable[Line]) -> float:
    """Probability that a sum of lines is negative: that of the shifted lognormal of docs/method.md, Uncertainty.

    Half where the sum is zero without a spread.
    """
    amounts, activity_sigma, group, group_sigma = _arrays(lines)
    scale = scale_of(amounts) or 1.0
    one_row = np.zeros(len(amounts), dtype=np.int32)
    groups = len(group_sigma)
    exposures = expose(one_row, group.astype(np.int32), amounts / scale, activity_sigma, 1, groups)
    each = np.arange(groups, dtype=np.int32)
    mean, variance, third = (float(k[0]) for k in cumulants(exposures, np.ones(groups), each, group_sigma))
    if variance <= 0:
        return 0.5 if mean == 0 else float(mean < 0)
    spread = math.sqrt(variance)
    skewness = third / spread**3 if spread**3 else 0.0
    excess = 4 * math.sinh(math.asinh(abs(skewness) / 2) / 3) ** 2
    if excess < 1e-12:  # a normal: the shift would cancel every digit of the median
        return _normal(-mean / spread)
    sigma = math.sqrt(math.log1p(excess))
    median = math.sqrt(variance / excess) / math.sqrt(1 + excess)
    # the variable is mean +- median * (exp(sigma z) - exp(sigma^2 / 2)), with the sign of the skewness
    sign = math.copysign(1.0, skewness)
    bound = math.exp(sigma**2 / 2) - sign * mean / median
    below = _normal(math.log(bound) / sigma) if bound > 0 else 0.0
    return below if sign > 0 else 1 - below


def _normal(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


def _arrays(lines: Iterable[Line]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Amounts, activity sigmas, group codes and group sigmas (the largest of each group), in canonical order."""
    ordered = sorted(line for line in lines if line.amount_kgco2e)
    spreads: dict[str, float] = {}
    for line in ordered:
        spreads[line.group] = max(spreads.get(line.group, 0.0), line.factor_sigma)
    codes = {group: code for code, group in enumerate(spreads)}
    return (
        np.array([line.amount_kgco2e for line in ordered], dtype=np.float64),
        np.array([line.activity_sigma for line in ordered], dtype=np.float64),
        np.array([codes[line.group] for line in ordered], dtype=np.int64),
        np.array(list(spreads.values()) or [0.0], dtype=np.float64),
    )
