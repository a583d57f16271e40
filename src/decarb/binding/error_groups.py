"""Which lines share the error of their factor (docs/method.md, section 4)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.factors import Factor
from decarb.quality import Z_97_5


@dataclass(frozen=True, slots=True)
class ErrorGroups:
    """Error groups of the factors that an inventory is bound to.

    Attributes
    ----------
    names
        Sorted.
    of_pair : array of shape (pairs,)
        Code of the error group of each pair's factor; zero where refused, which has no coefficient.
    sigma : array of shape (groups,)
        Sigma of the logarithm of the group's factors: the largest, where they differ.
    own_sigma : array of shape (pairs,)
        Sigma of the logarithm of each pair's own error, beside that of its group: that of a product among those that a
        mean stands for, which all lines of the product share. Zero elsewhere.
    """

    names: tuple[str, ...]
    of_pair: NDArray[np.int32]
    sigma: NDArray[np.float64]
    own_sigma: NDArray[np.float64]


def factor_sigma(factor: Factor) -> float:
    """Sigma of the logarithm of a factor: ln(GSD2) / 1.96."""
    return math.log(factor.gsd2) / Z_97_5


def error_groups(factors: Iterable[Factor | None]) -> ErrorGroups:
    """Return the error groups of the factors of pairs, None where a pair is refused."""
    factors = list(factors)
    spread: dict[str, float] = {}
    for factor in {id(factor): factor for factor in factors if factor}.values():
        spread[factor.error_group] = max(spread.get(factor.error_group, 0.0), factor_sigma(factor))
    names = tuple(sorted(spread)) or ("",)
    number = {name: code for code, name in enumerate(names)}
    of_pair = np.array([number[factor.error_group] if factor else 0 for factor in factors], dtype=np.int32)
    own = np.log([factor.line_gsd2 if factor else 1.0 for factor in factors]) / Z_97_5
    return ErrorGroups(names, of_pair, np.array([spread.get(name, 0.0) for name in names]), own)
