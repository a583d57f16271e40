"""Quantiles of Student's t, for degrees of freedom that need not be whole."""

import math
from functools import lru_cache

from decarb.quality import Z_97_5

_SMALLEST = 1e-300
_CLOSE = 1e-15


@lru_cache(maxsize=4096)
def student_t_97_5(degrees: float) -> float:
    """Quantile of 97.5 % of Student's t; that of the normal for infinite degrees of freedom.

    >>> round(student_t_97_5(4), 4), round(student_t_97_5(29), 4)
    (2.7764, 2.0452)

    Notes
    -----
    P(T > t) = I_x(v/2, 1/2) / 2 with x = v / (v + t^2) (Abramowitz and Stegun 26.7.1, 26.5.27). The distribution
    function is concave above zero, so that Newton's steps from the normal's quantile, which is smaller, only go up.
    """
    if not degrees >= 1:
        raise ValueError(f"{degrees} degrees of freedom; expected at least 1")
    if math.isinf(degrees):
        return Z_97_5
    t = Z_97_5
    log_density = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2) - math.log(degrees * math.pi) / 2
    for _ in range(100):
        above = _incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
        density = math.exp(log_density - (degrees + 1) / 2 * math.log1p(t * t / degrees))
        step = (above - 0.025) / density
        t += step
        if abs(step) < 1e-12 * t:
            break
    return t


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Regularized incomplete beta function by its continued fraction (DLMF 8.17.22), where it converges fast."""
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x > (a + 1) / (a + b + 2):
        return 1 - math.exp(log_front) * _fraction(1 - x, b, a) / b
    return math.exp(log_front) * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """Evaluate the continued fraction by Lentz's method."""
    c = 1.0
    d = 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _SMALLEST else _SMALLEST
