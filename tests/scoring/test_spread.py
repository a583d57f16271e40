"""Intervals of sums and the probability of a difference, against draws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.scoring.spread import Line, interval, probability_negative, sigma_of

LINES = st.lists(
    st.builds(Line, st.sampled_from("abc"), st.floats(-100, 100), st.floats(0, 0.5), st.floats(0, 0.5)), max_size=6
)


def drawn(lines, count=400_000):
    """Draws of a sum of lognormal lines, the amount of each its median."""
    random = np.random.default_rng(7)
    sigmas = {}
    for line in lines:
        sigmas[line.group] = max(sigmas.get(line.group, 0.0), line.factor_sigma)
    shared = {group: np.exp(sigma * random.standard_normal(count)) for group, sigma in sigmas.items()}
    return sum(
        line.amount_kgco2e * np.exp(line.activity_sigma * random.standard_normal(count)) * shared[line.group]
        for line in lines
    )


@pytest.mark.parametrize(
    "lines",
    [
        [Line("a", 10, 0.1, 0.2), Line("b", -8, 0.1, 0.2)],
        [Line("a", 10, 0.05, 0.3), Line("a", -9, 0.05, 0.3), Line("b", 0.5, 0.4, 0.4)],
        [Line("a", 3, 0.3, 0.1), Line("b", -5, 0.2, 0.3), Line("c", 1, 0, 0)],
    ],
)
def test_the_probability_of_a_difference_is_that_of_draws(lines):
    # the draws' share below zero has a standard error of 0.0008; three moments are within two points of it here
    assert probability_negative(lines) == pytest.approx(float((drawn(lines) < 0).mean()), abs=0.02)


def test_a_certain_difference_is_certain():
    assert probability_negative([Line("a", -1, 0, 0)]) == 1
    assert probability_negative([Line("a", 1, 0, 0)]) == 0
    assert probability_negative([]) == 0.5


@given(LINES)
def test_both_orders_of_a_difference_add_up_to_one(lines):
    turned = [Line(line.group, -line.amount_kgco2e, line.activity_sigma, line.factor_sigma) for line in lines]
    assert probability_negative(lines) + probability_negative(turned) == pytest.approx(1, abs=1e-9)


@given(LINES, st.randoms())
def test_the_order_of_lines_changes_no_bit(lines, random):
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert interval(lines) == interval(shuffled)
    assert probability_negative(lines) == probability_negative(shuffled)


def test_sigma_of_a_gsd2():
    assert sigma_of(1.0) == 0
    assert sigma_of(math.exp(1.959964)) == pytest.approx(1)
