"""Lines collapsed to group x pair: what another set of coefficients, or their errors, can be applied to."""

import numpy as np
from numpy.typing import NDArray

from decarb.binding import Binding
from decarb.inventory import SECTIONS
from decarb.kernels import Exposures, expose
from decarb.quality import UNKNOWN_GSD2, Z_97_5

AT_A_TIME = 1_000_000
"""Lines exposed together where they make one group: a nation's scratch stays at some tens of megabytes."""


def activity_sigma(gsd2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sigma of the logarithm of quantities by their GSD2; every note missing where it is nan."""
    sigma = np.where(np.isnan(gsd2), UNKNOWN_GSD2, gsd2)
    np.log(sigma, out=sigma)
    sigma /= Z_97_5
    return sigma


def expose_establishments(binding: Binding, sigma: NDArray[np.float64]) -> Exposures:
    """Exposures of each establishment, of shape (establishments, pairs)."""
    inventory = binding.inventory
    groups = len(inventory.establishments)
    pair = _pair(binding, slice(None))
    return expose(inventory.establishment, pair, inventory.quantity, sigma, groups, len(binding.bound))


def expose_sections(binding: Binding, sigma: NDArray[np.float64]) -> Exposures:
    """Exposures of each section of each establishment, of shape (establishments x sections, pairs)."""
    inventory = binding.inventory
    groups = len(inventory.establishments) * len(SECTIONS)
    section = inventory.establishment * np.int32(len(SECTIONS)) + inventory.section
    return expose(section, _pair(binding, slice(None)), inventory.quantity, sigma, groups, len(binding.bound))


def expose_together(binding: Binding) -> Exposures:
    """Exposures of all establishments as one group, of shape (1, pairs)."""
    inventory, pairs = binding.inventory, len(binding.bound)
    sums = np.zeros((4, pairs))
    used = np.zeros(pairs, dtype=np.bool_)
    for start in range(0, len(inventory), AT_A_TIME):
        lines = slice(start, start + AT_A_TIME)
        quantity = inventory.quantity[lines]
        one_group = np.zeros(len(quantity), dtype=np.int32)
        sigma = activity_sigma(inventory.activity_gsd2[lines])
        found = expose(one_group, _pair(binding, lines), quantity, sigma, 1, pairs)
        used[found.pair] = True
        sums[:, found.pair] += (found.quantity, found.mean, found.second, found.third)
    pair = np.flatnonzero(used).astype(np.int32)
    return Exposures(np.array([0, len(pair)]), pair, *sums[:, pair])


def _pair(binding: Binding, lines: slice) -> NDArray[np.int32]:
    """Pairs of lines; -1 where a line is refused."""
    pair = binding.pair[lines]
    return np.where(binding.is_bound[pair], pair, np.int32(-1)) if binding.refusals else pair
