"""Formulas of a device used several times, against hand cases and against a count use by use."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.devices.per_use import break_even, course, expected_uses

AMOUNT = st.floats(0.01, 100)
BREAKAGE = st.floats(0, 0.5)
USES = st.integers(1, 300)


def arrays(*amounts):
    return [np.array([float(amount)]) for amount in amounts]


def counted(item, cycle, use, breakage, uses, sterile_when_new):
    """Emissions per use, item by item: each use happens with the chance that the item is still there."""
    served, cycles, alive = 0.0, 0.0, 1.0
    for number in range(uses):
        if number or not sterile_when_new:
            # a device that is sterile when new is sent to a cycle after each use but its last, and may be rejected
            cycles += alive / (1 - breakage) if sterile_when_new else alive
        served += alive
        alive *= 1 - breakage
    return (item + cycle * cycles) / served + use


def test_expected_uses_by_hand():
    # without breakage N uses; with p = 1/2 and N = 3: 1 + 1/2 + 1/4
    assert float(expected_uses(40, 0.0)) == 40
    assert float(expected_uses(3, 0.5)) == pytest.approx(1.75, rel=1e-15)


def test_emissions_of_one_use_by_hand():
    # 8 kg over 20 uses and 0.2 kg each: 0.4 + 0.2
    reusable = course(*arrays(8, 0.2, 0), 0.0, 40, sterile_when_new=False)
    assert reusable.at(20)[0] == pytest.approx(0.6, rel=1e-15)
    # 3.2 kg new, two cycles of 1.28 for three uses: (3.2 + 2.56) / 3
    reprocessed = course(*arrays(3.2, 1.28, 0), 0.0, 3, sterile_when_new=True)
    assert reprocessed.at(3)[0] == pytest.approx(1.92, rel=1e-15)


@given(item=AMOUNT, cycle=AMOUNT, use=AMOUNT, breakage=BREAKAGE, uses=USES, sterile=st.booleans())
def test_the_formula_is_the_count_use_by_use(item, cycle, use, breakage, uses, sterile):
    found = course(*arrays(item, cycle, use), breakage, uses, sterile_when_new=sterile)
    assert found.at(uses)[0] == pytest.approx(counted(item, cycle, use, breakage, uses, sterile), rel=1e-9)


def test_break_even_by_hand():
    # 8 / N + 0.2 < 1 from N > 10: at ten it is equal, so eleven
    reusable = course(*arrays(8, 0.2, 0), 0.0, 40, sterile_when_new=False)
    assert break_even(reusable, np.array([1.0]))[0] == 11
    # with one broken in ten after each use, U must pass 10 and stays below 1 / p = 10: never
    breaking = course(*arrays(8, 0.2, 0), 0.1, 1000, sterile_when_new=False)
    assert math.isinf(break_even(breaking, np.array([1.0]))[0])
    # 8 / U < 2 - 0.2 from U > 4.444; 1 - 0.9^N > 0.4444 from N > ln(0.5556) / ln(0.9) = 5.58
    assert break_even(breaking, np.array([2.0]))[0] == 6


@given(item=AMOUNT, cycle=AMOUNT, once=AMOUNT, breakage=BREAKAGE)
def test_break_even_is_the_first_number_of_uses_that_is_lower(item, cycle, once, breakage):
    several = course(*arrays(item, cycle, 0), breakage, 10**6, sterile_when_new=False)
    uses = break_even(several, np.array([once]))[0]
    if math.isinf(uses):
        assert several.at(10**6)[0] >= once * (1 - 1e-9) or cycle * (1 - 1e-9) <= once
    else:
        assert several.at(uses)[0] < once
        assert uses == 1 or several.at(uses - 1)[0] >= once * (1 - 1e-9)


@given(item=AMOUNT, cycle=AMOUNT, breakage=BREAKAGE, uses=USES)
def test_more_uses_never_cost_more_of_a_reusable_device(item, cycle, breakage, uses):
    several = course(*arrays(item, cycle, 0), breakage, uses + 1, sterile_when_new=False)
    assert several.at(uses + 1)[0] <= several.at(uses)[0] * (1 + 1e-12)
