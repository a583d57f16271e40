"""Which lines share the error of their factor (docs/method.md, Uncertainty)."""

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
    product : array of shape (pairs,)
        Code of the product of each pair: what shares an error beside that of its group. Pairs of one medicine's code on
        one rung are one product, however their lines are written; any other pair is by itself.
    products
        Name of each product.
    product_group : array of shape (products,)
        Error group of each.
    product_sigma : array of shape (products,)
        Sigma of the logarithm of each product's own error; zero where the factor is of the thing itself.
    """

    names: tuple[str, ...]
    of_pair: NDArray[np.int32]
    sigma: NDArray[np.float64]
    product: NDArray[np.int32]
    products: tuple[str, ...]
    product_group: NDArray[np.int32]
    product_sigma: NDArray[np.float64]

    @property
    def own_sigma(self) -> NDArray[np.float64]:
        """Sigma of each pair's own error, of shape (pairs,)."""
        return np.asarray(self.product_sigma[self.product])


def factor_sigma(factor: Factor) -> float:
    """Sigma of the logarithm of a factor: ln(GSD2) / 1.96."""
    return math.log(factor.gsd2) / Z_97_5


def error_groups(factors: Iterable[Factor | None], codes: Iterable[str] = ()) -> ErrorGroups:
    """Return the error groups of the factors of pairs, None where a pair is refused, and their products.

    `codes` are those of medicines, blank elsewhere; none by default.
    """
    factors = list(factors)
    codes = list(codes) or [""] * len(factors)
    spread: dict[str, float] = {}
    for factor in {id(factor): factor for factor in factors if factor}.values():
        spread[factor.error_group] = max(spread.get(factor.error_group, 0.0), factor_sigma(factor))
    names = tuple(sorted(spread)) or ("",)
    number = {name: code for code, name in enumerate(names)}
    of_pair = np.array([number[factor.error_group] if factor else 0 for factor in factors], dtype=np.int32)
    product: list[int] = []
    found: dict[tuple[str, str], int] = {}
    sigma: list[float] = []
    for place, (priced, code) in enumerate(zip(factors, codes, strict=True)):
        own = math.log(priced.line_gsd2) / Z_97_5 if priced else 0.0
        key = (priced.error_group, code) if priced and own else ("", str(place))
        product.append(found.setdefault(key, len(found)))
        if product[-1] == len(sigma):
            sigma.append(own)
    of_product = np.zeros(len(found), dtype=np.int32)
    of_product[product] = of_pair
    return ErrorGroups(
        names,
        of_pair,
        np.array([spread.get(name, 0.0) for name in names]),
        np.array(product, dtype=np.int32),
        tuple(" ".join(key).strip() for key in found),
        of_product,
        np.array(sigma),
    )
