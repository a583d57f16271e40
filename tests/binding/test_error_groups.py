"""Which lines share the error of their factor."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from decarb.binding.error_groups import error_groups, factor_sigma
from decarb.factors import FactorLibrary
from decarb.quality import Z_97_5


def test_factors_of_one_group_share_the_largest_sigma(library: FactorLibrary) -> None:
    gas = library.by_id["natural-gas-fr-2022-kwh-pci"]
    five, twenty = (replace(gas, uncertainty_percent=percent) for percent in (5, 20))
    power = library.by_id["electricity-fr-2024"]
    found = error_groups([twenty, power, five])
    assert found.names == tuple(sorted({gas.error_group, power.error_group}))
    assert found.of_pair[0] == found.of_pair[2] != found.of_pair[1]
    # GSD2 1.2 and 1.05 in one group: ln 1.2 / 1.959964
    assert found.sigma[found.of_pair[0]] == pytest.approx(math.log(1.2) / Z_97_5, rel=1e-15)


def test_a_refused_pair_makes_no_group(library: FactorLibrary) -> None:
    power = library.by_id["electricity-fr-2024"]
    found = error_groups([None, power, None])
    assert found.names == (power.error_group,)
    assert found.of_pair.tolist() == [0, 0, 0]


def test_nothing_bound_leaves_one_group_without_error() -> None:
    found = error_groups([None])
    assert (found.names, found.of_pair.tolist(), found.sigma.tolist()) == (("",), [0], [0.0])


def test_order_of_the_pairs_does_not_matter(library: FactorLibrary) -> None:
    names = ("electricity-fr-2024", "natural-gas-fr-2022-kwh-pci", "natural-gas-fr-2022-kwh-pcs", "desflurane")
    factors = [library.by_id[name] for name in names]
    found, reversed_ = error_groups(factors), error_groups(factors[::-1])
    assert found.names == reversed_.names
    assert np.array_equal(found.sigma, reversed_.sigma)
    assert found.of_pair.tolist() == reversed_.of_pair.tolist()[::-1]
    assert found.of_pair[1] == found.of_pair[2]


@pytest.mark.parametrize("percent", [0, 5, 1000])
def test_sigma_of_a_published_uncertainty(library: FactorLibrary, percent: float) -> None:
    gas: Any = replace(library.by_id["natural-gas-fr-2022-kwh-pci"], uncertainty_percent=percent)
    assert factor_sigma(gas) == pytest.approx(math.log(1 + percent / 100) / Z_97_5, rel=1e-15)
