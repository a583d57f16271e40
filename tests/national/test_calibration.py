import numpy as np
import pytest
from hypothesis import given

from decarb.errors import RefusedEstimationError
from decarb.national.calibration import Margin, estimate_calibrated
from decarb.national.estimation import estimate
from tests.national.sectors import strata, units
from tests.national.test_estimation import POSTS, sectors


def refused(*args, **others):
    with pytest.raises(RefusedEstimationError) as caught:
        estimate_calibrated(*args, **others)
    return [problem.message() for problem in caught.value.problems]


@given(sectors())
def test_without_margins_it_is_the_ratio_estimator(sector):
    sizes, responded, of_unit, values = sector
    one = estimate(units(sizes, responded), values, POSTS, strata=strata(of_unit))
    other = estimate_calibrated(units(sizes, responded), values, POSTS, [], strata=strata(of_unit))
    assert other.weights == pytest.approx(one.weights, rel=1e-7)
    scale = 1 + np.abs(values).sum()
    assert other.estimated == pytest.approx(one.estimated, rel=1e-6, abs=1e-7 * scale)
    assert other.variance == pytest.approx(one.variance, rel=1e-5, abs=1e-9 * scale**2)


SIZES = [10, 20, 30, 40, 20, 30, 10, 20, 50, 60]
RESPONDED = [True, True, True, True, True, True, False, False, False, False]
REGIONS = ("north", "south", "north", "south", "north", "south", "north", "south", "north", "south")
VALUES = np.array([[100.0], [240.0], [260.0], [500.0], [190.0], [310.0]])


def test_weights_meet_every_margin():
    sector, of_unit = units(SIZES, RESPONDED), strata([0] * 5 + [0] * 5)
    north = sum(size for size, region in zip(SIZES, REGIONS, strict=True) if region == "north")
    margin = Margin("region", REGIONS, {"north": north, "south": sum(SIZES) - north})
    found = estimate_calibrated(sector, VALUES, ("all",), [margin], strata=of_unit)
    weighted = found.weights * sector.size
    in_north = np.array(REGIONS) == "north"
    assert weighted[in_north].sum() == pytest.approx(north, rel=1e-8)
    assert weighted.sum() == pytest.approx(sum(SIZES), rel=1e-8)
    # one stratum, two regions: the ratio of each region by itself.
    # north: x = 10, 30, 20 with y = 100, 260, 190, so 550 / 60 x 60 missing; south: 1050 / 90 x 80 missing
    assert found.estimated[-1] == pytest.approx(550 + 1050 / 90 * 80, rel=1e-7)
    assert found.degrees[-1] == 4  # six respondents less two ratios
    # the variance is that of the two ratios, added
    apart = estimate(sector, VALUES, ("all",), strata=strata([0 if here else 1 for here in in_north]))
    assert found.variance[-1] == pytest.approx(apart.variance[-1], rel=1e-6)


def test_margins_that_cannot_be_met_are_refused_by_name():
    sector, of_unit = units(SIZES, RESPONDED), strata([0] * 10)
    assert refused(sector, VALUES, ("all",), [Margin("region", REGIONS, {"north": 100})], strata=of_unit) == [
        "the margin region has no known size for «south»"
    ]
    assert refused(
        sector, VALUES, ("all",), [Margin("region", REGIONS, {"north": 100, "south": 200})], strata=of_unit
    ) == ["the margin region adds up to 300, the strata of the frame to 290"]
    thin = ("alone", *("south",) * 9)
    assert refused(
        sector, VALUES, ("all",), [Margin("region", thin, {"alone": 40, "south": 250, "empty": 0})], strata=of_unit
    ) == ["«alone» of the margin region rests on 1 respondent(s): at least 2 are needed"]


def test_raking_that_does_not_arrive_says_so():
    # strata a and b, each wholly in a region of its own, are of 120 and 170 by the frame: (120 - 100) / 100 = 20 %
    regions = ("north", "north", "north", "south", "south", "south", "north", "south", "north", "south")
    of_unit = strata([0 if region == "north" else 1 for region in regions])
    margin = Margin("region", regions, {"north": 100, "south": 190})
    assert refused(units(SIZES, RESPONDED), VALUES, ("all",), [margin], strata=of_unit) == [
        "the weights do not arrive: 20 % from the margin region after 200 rounds"
    ]


def test_weights_below_one_are_said():
    margin = Margin("region", REGIONS, {"north": 50, "south": 240})
    found = estimate_calibrated(units(SIZES, RESPONDED), VALUES, ("all",), [margin], strata=strata([0] * 10))
    (warning,) = found.warnings
    assert (warning.code, warning.count) == ("calibration-below-one", 3)


def test_those_set_apart_are_taken_off_the_margins():
    sector, of_unit = units(SIZES, RESPONDED), strata([0] * 10)
    margin = Margin("region", REGIONS, {"north": 120, "south": 170})
    found = estimate_calibrated(sector, VALUES, ("all",), [margin], strata=of_unit, unlike=["3"])
    assert found.weights[3] == 1
    assert (found.weights * sector.size).sum() == pytest.approx(290, rel=1e-8)
    small = Margin("region", REGIONS, {"north": 270, "south": 20})
    assert "«south» of the margin region is smaller than what is set apart in it" in refused(
        sector, VALUES, ("all",), [small], strata=of_unit, unlike=["3"]
    )
