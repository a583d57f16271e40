"""The rungs: METHOD section 5 as data, and which one is best when."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.medicines import levels, ranking, rungs
from decarb.quality import Z_97_5

# number: error that lines share, error of one product (GSD2), physical: METHOD, section 5
PUBLISHED = {
    1: (1.15, 1, True),
    2: (1.3, 1.2, True),
    3: (1.5, 1.2, True),
    4: (1.5, 3, True),
    5: (1.5, 3, True),
    6: (1.5, 5, True),
    7: (1.8, 3, False),
}


def test_rungs_have_the_errors_of_the_method():
    assert {n: (r.shared_gsd2, r.line_gsd2, r.is_physical) for n, r in rungs().items()} == PUBLISHED


def test_a_mean_of_the_class_shares_the_error_of_the_masses_it_is_made_of():
    assert rungs()[4].error_group == rungs()[5].error_group
    groups = {rung.error_group for rung in rungs().values()}
    assert len(groups) == 6


def test_a_lone_product_and_a_pharmacy_take_different_rungs():
    # sigma(1) of rung 7 is sqrt(ln(1.8)^2 + ln(3)^2) / 1.96 = 0.636,
    # of rung 6 sqrt(ln(1.5)^2 + ln(5)^2) / 1.96 = 0.847;
    # of n products the own part is divided by n, and 6 is narrower from n = 7.62:
    # (ln(5)^2 - ln(3)^2) / (ln(1.8)^2 - ln(1.5)^2)
    turning = (math.log(5) ** 2 - math.log(3) ** 2) / (math.log(1.8) ** 2 - math.log(1.5) ** 2)
    assert 7 < turning < 8
    assert levels() == (1, 8)
    assert ranking(1) == ranking(7) == (1, 2, 3, 4, 5, 7, 6)
    assert ranking(8) == ranking(10_000) == (1, 2, 3, 4, 5, 6, 7)


@given(st.integers(1, 10_000), st.sampled_from(sorted(PUBLISHED)))
def test_sigma_of_a_sum_keeps_the_shared_error(products, number):
    rung = rungs()[number]
    shared, line = math.log(rung.shared_gsd2), math.log(rung.line_gsd2)
    assert rung.sigma(products) * Z_97_5 == pytest.approx(math.sqrt(shared**2 + line**2 / products))
    assert rung.sigma(products) >= rung.sigma(products + 1) >= shared / Z_97_5 * (1 - 1e-12)


@pytest.mark.parametrize("number", sorted(PUBLISHED))
def test_each_rung_says_what_it_needs_in_both_languages(number):
    rung = rungs()[number]
    assert rung.needs_en
    assert rung.needs_fr
    assert rung.name("fr") != rung.name("en")
