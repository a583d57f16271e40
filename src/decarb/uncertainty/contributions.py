"""What an interval rests on: the share of each factor and each line in the variance, and what measuring would do."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.kernels import cumulants, expose, with_own_errors
from decarb.quality import Z_97_5
from decarb.uncertainty.analytic import Float64s, Interval, intervals, scale_of
from decarb.uncertainty.grouping import total_coefficients

MEASURED_GSD2 = 1.05
"""What a figure has left once it is measured: five per cent, the spread of a meter or an invoice that is not perfect
(note 4 of reliability, the others 5: Bilan Carbone method, 4.4.2)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A figure whose error makes a share of the variance.

    ``kind`` says what it is: the quantity of a line, a product among those that a mean or ratio stands for, or the
    factors of an error group. ``lines`` is how many lines it enters, ``emissions_kgco2e`` what they emit, ``gsd2`` its
    spread.
    """

    kind: Literal["activity", "product", "factor"]
    name: str
    line: int | None
    lines: int
    emissions_kgco2e: float
    gsd2: float
    share: float


@dataclass(frozen=True, slots=True)
class Contributions:
    """The variance of a total, taken apart to the first order.

    Attributes
    ----------
    interval
        Of the total.
    activity, factors, products, interaction
        Shares of all quantities, of all factors, of products among those that a mean stands for, and of several of
        these together; they add up to one, or are zero where nothing is uncertain.
    sources
        Figures by their share, the largest first.
    measured
        Interval of the total if these were measured to ``MEASURED_GSD2``.
    """

    interval: Interval
    activity: float
    factors: float
    products: float
    interaction: float
    sources: tuple[Source, ...]
    measured: Interval


def contributions(footprint: Footprint, count: int = 5, view_name: str = "beges") -> Contributions:
    """Return the figures that make the interval of the total, and what measuring them would make of it.

    Parameters
    ----------
    count
        How many figures to name.

    Notes
    -----
    Of error group k with factor sigma f and lines of activity moments m and c2 (docs/method.md, Uncertainty), the
    variance e^(f^2) (e^(f^2) (c2 + m^2) - m^2) is that of the factor alone, e^(f^2) (e^(f^2) - 1) m^2, that of each
    line's quantity alone, e^(f^2) c2, and the interaction of both, e^(f^2) (e^(f^2) - 1) c2. A product's own error p
    multiplies the pair's moments first: alone it makes e^(f^2) e^(p^2) (e^(p^2) - 1) m^2 of the pair.
    """
    variance = _Variance(footprint, view_name)
    if variance.whole <= 0:
        found = variance.interval()
        return Contributions(found, 0.0, 0.0, 0.0, 0.0, (), found)
    kinds = (variance.of_factors, variance.of_products, variance.of_lines)
    shares = np.concatenate(kinds) / variance.whole
    largest = np.argsort(-shares, kind="stable")[:count] if len(shares) <= 10**6 else _largest(shares, count)
    starts = np.cumsum([0, *map(len, kinds)])
    named = (variance.factor_source, variance.product_source, variance.line_source)
    chosen: list[list[int]] = [[], [], []]
    sources = []
    for place in (int(place) for place in largest if shares[place] > 0):
        kind = int(np.searchsorted(starts, place, side="right")) - 1
        chosen[kind].append(place - int(starts[kind]))
        sources.append(named[kind](chosen[kind][-1], float(shares[place])))
    of_factors, of_products, of_lines = (float(of_kind.sum() / variance.whole) for of_kind in kinds)
    return Contributions(
        variance.interval(),
        of_lines,
        of_factors,
        of_products,
        variance.of_both / variance.whole,
        tuple(sources),
        variance.measured(*chosen),
    )


class _Variance:
    """Emissions of each line with their errors, and the first-order variance of each, in units of `scale_of` them."""

    def __init__(self, footprint: Footprint, view_name: str) -> None:
        self._footprint = footprint
        self._errors = errors = footprint.binding.error_groups
        pair = footprint.binding.pair
        self.amount = footprint.inventory.quantity * total_coefficients(footprint, view_name)[pair]
        self._scale = scale_of(self.amount)
        self.amount /= self._scale
        self.group = errors.of_pair[pair]
        self.product = errors.product[pair]
        exponent, own = footprint.activity_sigma**2, errors.product_sigma**2
        mean = self.amount * np.exp(exponent / 2)
        scale = np.exp(errors.sigma**2)
        excess = np.expm1(errors.sigma**2)
        by_product = np.bincount(self.product, mean, len(own))
        by_group = np.bincount(errors.product_group, by_product * np.exp(own / 2), len(errors.names))
        self.of_factors: Float64s = scale * excess * by_group**2
        self.of_products: Float64s = scale[errors.product_group] * np.exp(own) * np.expm1(own) * by_product**2
        self.of_lines: Float64s = scale[self.group] * np.exp(own)[self.product] * mean**2 * np.expm1(exponent)
        self._cumulants = self._moments(footprint.activity_sigma, errors.sigma, errors.product_sigma)
        self.whole = float(self._cumulants[1][0])
        parts = (self.of_factors.sum(), self.of_products.sum(), self.of_lines.sum())
        self.of_both = max(0.0, self.whole - float(sum(parts)))

    def _moments(
        self, activity_sigma: Float64s, factor_sigma: Float64s, own_sigma: Float64s
    ) -> tuple[Float64s, Float64s, Float64s]:
        one_row = np.zeros(len(self.amount), dtype=np.int32)
        products = len(own_sigma)
        exposures = expose(one_row, self.product, self.amount, activity_sigma, 1, products)
        own = with_own_errors(exposures, own_sigma)
        return cumulants(own, np.ones(products), self._errors.product_group, factor_sigma)

    def interval(self) -> Interval:
        return self._interval(*self._cumulants)

    def measured(self, groups: list[int], products: list[int], lines: list[int]) -> Interval:
        """Interval with the errors of these error groups, products and lines brought down to that of a measurement."""
        left = np.log(MEASURED_GSD2) / Z_97_5
        errors = self._errors
        sigmas = (self._footprint.activity_sigma.copy(), errors.sigma.copy(), errors.product_sigma.copy())
        for sigma, chosen in zip(sigmas, (lines, groups, products), strict=True):
            sigma[chosen] = np.minimum(sigma[chosen], left)
        return self._interval(*self._moments(*sigmas))

    def _interval(self, k1: Float64s, k2: Float64s, k3: Float64s) -> Interval:
        low, high = intervals(k1, k2, k3)
        return Interval(float(low[0]) * self._scale, float(high[0]) * self._scale)

    def factor_source(self, group: int, share: float) -> Source:
        members = self.group == group
        return Source(
            "factor",
            self._errors.names[group],
            None,
            int(np.count_nonzero(members & self._footprint.binding.computed)),
            float(self.amount[members].sum()) * self._scale,
            float(np.exp(Z_97_5 * self._errors.sigma[group])),
            share,
        )

    def product_source(self, product: int, share: float) -> Source:
        members = self.product == product
        pair = int(self._footprint.binding.pair[int(np.argmax(members))])
        found = self._footprint.binding.bound[pair]
        return Source(
            "product",
            found.factor.id if found else "",
            None,
            int(np.count_nonzero(members)),
            float(self.amount[members].sum()) * self._scale,
            float(np.exp(Z_97_5 * self._errors.product_sigma[product])),
            share,
        )

    def line_source(self, line: int, share: float) -> Source:
        return Source(
            "activity",
            self._footprint.inventory.ids[line],
            line,
            1,
            float(self.amount[line]) * self._scale,
            float(np.exp(Z_97_5 * self._footprint.activity_sigma[line])),
            share,
        )


def _largest(shares: Float64s, count: int) -> NDArray[np.intp]:
    candidates = np.sort(np.argpartition(-shares, count)[:count])
    return candidates[np.argsort(-shares[candidates], kind="stable")]
