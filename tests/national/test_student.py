import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.national.student import student_t_97_5


# any printed table of Student's t, two-sided 5 %
@pytest.mark.parametrize(
    ("degrees", "t"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (10, 2.228), (29, 2.045), (60, 2.000), (120, 1.980)],
)
def test_quantiles_of_the_tables(degrees, t):
    assert student_t_97_5(degrees) == pytest.approx(t, abs=5e-4)


def test_closed_forms_of_one_and_two_degrees():
    # v = 1: tan(0.475 pi); v = 2: (2p - 1) / sqrt(2 p (1 - p)) with p = 0.975
    assert student_t_97_5(1) == pytest.approx(math.tan(0.475 * math.pi), rel=1e-12)
    assert student_t_97_5(2) == pytest.approx(0.95 / math.sqrt(2 * 0.975 * 0.025), rel=1e-12)


@given(st.floats(1, 1e6), st.floats(1, 1e6))
def test_fewer_degrees_are_wider(one, other):
    low, high = sorted((one, other))
    assert student_t_97_5(low) >= student_t_97_5(high) - 1e-9
    assert student_t_97_5(high) > 1.9599


def test_no_degrees_are_refused():
    assert student_t_97_5(math.inf) == 1.959964
    for degrees in (0.5, math.nan):
        with pytest.raises(ValueError, match="degrees of freedom"):
            student_t_97_5(degrees)
