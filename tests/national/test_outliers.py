import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.national.estimation import estimate
from decarb.national.outliers import outliers
from tests.national.sectors import strata, units


def found_in(ratios, missing=100.0):
    sizes = [10.0] * len(ratios) + [missing]
    sector = units(sizes, [True] * len(ratios) + [False])
    values = np.array([[10 * ratio] for ratio in ratios])
    return sector, values, outliers(sector, values, strata([0] * len(sizes)))


def test_a_report_in_kilograms_for_tonnes():
    # logarithms of 1, 1.1, 1.2, 1.3, 1.4, 1000: the median is that of 1.2 and 1.3, their geometric mean 1.249
    sector, values, found = found_in([1.0, 1.1, 1.2, 1.3, 1.4, 1000.0])
    (outlier,) = found
    assert outlier.unit == "5"
    assert outlier.median == pytest.approx(np.sqrt(1.2 * 1.3))
    # MAD: the median of |ln(r / 1.249)| = .222 .127 .040 .040 .114 6.685, so (.114 + .127) / 2 = .1206
    distances = np.sort(np.abs(np.log(np.array([1.0, 1.1, 1.2, 1.3, 1.4, 1000.0]) / np.sqrt(1.56))))
    assert outlier.score == pytest.approx(distances[5] / (1.4826 * distances[2:4].mean()))
    assert "5 emits 800 times as much for its size as the middle of a (37" in outlier.problem().message()
    # what the total loses if it stands for itself alone
    of_unit = strata([0] * 7)
    whole = estimate(sector, values, ("all",), strata=of_unit).total[-1]
    apart = estimate(sector, values, ("all",), strata=of_unit, unlike=["5"]).total[-1]
    assert outlier.effect_kgco2e == pytest.approx(whole - apart)


def test_too_low_and_nothing():
    _, _, found = found_in([1.0, 1.1, 1.2, 1.3, 1.4, 0.01, 0.0])
    assert {outlier.unit: outlier.problem().code for outlier in found} == {"5": "outlier-low", "6": "outlier-nothing"}
    assert all(outlier.problem().severity == "warning" for outlier in found)
    french = next(outlier for outlier in found if outlier.unit == "5").problem().message("fr")
    assert "fois moins que le milieu de a" in french


def test_equal_ratios_and_one_other():
    # more than half are equal, so that the median distance is zero: the mean distance serves.
    # ln 2 / 7 x 1.2533 = 0.124, so ln 2 is 5.6 of it
    _, _, found = found_in([1.0] * 6 + [2.0])
    (outlier,) = found
    assert outlier.score == pytest.approx(7 / 1.2533)
    assert found_in([1.0] * 7)[2] == ()


def test_few_respondents_have_no_outliers():
    assert found_in([1.0, 1.0, 1.0, 1e6])[2] == ()


@given(st.lists(st.floats(0.5, 2), min_size=7, max_size=30), st.floats(1e-3, 1e3))
def test_units_of_measure_do_not_matter(ratios, scale):
    _, _, one = found_in([*ratios, 1e4])
    _, _, other = found_in([scale * ratio for ratio in (*ratios, 1e4)])
    assert str(len(ratios)) in {outlier.unit for outlier in one}
    assert {outlier.unit for outlier in one} == {outlier.unit for outlier in other}
