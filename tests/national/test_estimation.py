import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from decarb.errors import RefusedEstimationError
from decarb.national.estimation import estimate
from decarb.national.sensitivity import sensitivity
from decarb.national.student import student_t_97_5
from tests.national.sectors import strata, units

POSTS = ("2.1", "4.1")
T_2 = 4.302652729911275
"""Student's t of two degrees of freedom, 97.5 %: 0.95 / sqrt(2 x 0.975 x 0.025)."""


def refused(*args, **others):
    with pytest.raises(RefusedEstimationError) as caught:
        estimate(*args, **others)
    return [problem.message() for problem in caught.value.problems]


def test_one_stratum_by_hand():
    # x = 10, 20, 30 with y = 100, 240, 260; 60 are missing. X_r = 60, Y_r = 600, B = 10, estimated 600, R = 1.
    # e = 0, 40, -40; h = 1/6, 1/3, 1/2; e / (1 - h) = 0, 60, -80.
    # V = 60^2 + 80^2 + 40^2 / (2/3) + 40^2 / (1/2) = 3600 + 6400 + 2400 + 3200 = 15600
    sector = units([10, 20, 30, 20, 40], [True, True, True, False, False])
    values = np.array([[60.0, 40.0], [140.0, 100.0], [160.0, 100.0]])
    found = estimate(sector, values, POSTS, strata=strata([0, 0, 0, 0, 0]))
    assert found.posts == ("2.1", "4.1", "total")
    assert found.reported.tolist() == [360, 240, 600]
    assert found.estimated.tolist() == [360, 240, 600]
    assert found.total[-1] == 1200
    assert found.variance[-1] == pytest.approx(15600, rel=1e-12)
    assert found.degrees[-1] == 2
    half = T_2 * math.sqrt(15600)
    assert (found.low[-1], found.high[-1]) == pytest.approx((1200 - half, 1200 + half), rel=1e-9)
    assert found.estimated_low[-1] == pytest.approx(600 - half, rel=1e-9)
    assert (found.size_reported, found.size, found.units_reported, found.units) == (60, 120, 3, 5)
    assert found.weights.tolist() == [2, 2, 2, 0, 0]
    (stratum,) = found.strata
    assert (stratum.units, stratum.respondents, stratum.size_known, stratum.size_missing) == (5, 3, 60, 60)
    assert (stratum.estimated, stratum.ratio) == (600, 10)
    # post 2.1: y = 60, 140, 160, B = 6: e = 0, 20, -20, a quarter of the variance
    assert found.variance[0] == pytest.approx(3900, rel=1e-12)


def test_two_strata_by_hand():
    # the first as above; the second x = 10, 10 with y = 50, 70, 40 missing: B = 6, R = 2, estimated 240,
    # e = -10, 10, h = 1/2: V = 4 (20^2 + 20^2) + 2 (200 + 200) = 4000 of 1 degree of freedom.
    # Satterthwaite: 19600^2 / (15600^2 / 2 + 4000^2 / 1) = 2.7893...
    sector = units([10, 20, 30, 60, 10, 10, 40], [True, True, True, False, True, True, False])
    values = np.array([[100.0], [240.0], [260.0], [50.0], [70.0]])
    found = estimate(sector, values, ("all",), strata=strata([0, 0, 0, 0, 1, 1, 1]))
    assert found.estimated[-1] == pytest.approx(840, rel=1e-12)
    assert found.variance[-1] == pytest.approx(19600, rel=1e-12)
    degrees = 19600**2 / (15600**2 / 2 + 4000**2)
    assert found.degrees[-1] == pytest.approx(degrees, rel=1e-12)
    assert found.high[-1] - found.total[-1] == pytest.approx(student_t_97_5(degrees) * 140, rel=1e-9)


def test_a_shared_variance_is_added():
    # sampling half width 537.4 as above; factors 1.959964 x 100
    sector = units([10, 20, 30, 60], [True, True, True, False])
    values = np.array([[100.0], [240.0], [260.0]])
    given_variance = np.array([10_000.0, 10_000.0])
    found = estimate(sector, values, ("all",), strata=strata([0] * 4), shared=given_variance)
    half = math.hypot(T_2 * math.sqrt(15600), 195.9964)
    assert found.high[-1] - found.total[-1] == pytest.approx(half, rel=1e-9)
    assert found.estimated_high[-1] - found.estimated[-1] == pytest.approx(T_2 * math.sqrt(15600), rel=1e-9)
    with pytest.raises(ValueError, match="a shared variance of shape"):
        estimate(sector, values, ("all",), strata=strata([0] * 4), shared=np.array([1.0]))


def test_a_shared_error_is_asked_for_reported_plus_estimated():
    sector = units([10, 20, 30, 60], [True, True, True, False])
    asked = []

    def shared(weights, own, column):
        asked.append((weights.tolist(), own.tolist(), column))
        return 1100.0, 1500.0

    values = np.array([[100.0], [200.0], [300.0]])  # exactly 10 for each: no variance of response
    found = estimate(sector, values, ("all",), strata=strata([0] * 4), shared=shared)
    reports = [True, True, True, False]
    assert asked == [([2, 2, 2, 0], reports, 0), ([2, 2, 2, 0], reports, -1)]
    # not centred on 1200: the factors' bounds are not
    assert (found.low[-1], found.high[-1]) == pytest.approx((1100, 1500), rel=1e-12)


def test_one_reviewed_and_unlike_counts_for_itself_alone():
    sector = units([10, 20, 30, 60], [True, True, True, False])
    values = np.array([[100.0], [200.0], [9000.0]])
    found = estimate(sector, values, ("all",), strata=strata([0] * 4), unlike=["2"])
    assert found.reported[-1] == 9300
    assert found.estimated[-1] == pytest.approx(600)  # B = 300 / 30
    assert found.weights.tolist() == [3, 3, 1, 0]
    assert refused(sector, values, ("all",), unlike=["3", "9"]) == [
        "3 is set apart, but did not report",
        "9 is set apart, but did not report",
    ]


def test_what_cannot_be_estimated_is_refused_by_name():
    sector = units([10, 20, math.nan, math.nan, -1], [True, True, True, False, False])
    values = np.array([[1.0], [math.nan], [3.0]])
    assert refused(sector, values, ("all",)) == [
        "3 did not report, and its denominator is unknown",
        "4 did not report, and its denominator is unknown",
        "the report of 1 holds a figure that is no number, or none at all",
    ]
    alone = units([10, 20, 30], [True, True, False])
    assert refused(alone, np.array([[1.0], [2.0]]), ("all",), strata=strata([0, 0, 1])) == [
        "the stratum b has units that did not report, and fewer than two respondents"
    ]
    assert refused(alone, np.array([[1.0], [2.0]]), ("all",)) == [
        "2 respondent(s) of 3 units in all: at least 5 are needed"
    ]
    with pytest.raises(ValueError, match="values are of shape"):
        estimate(alone, np.ones((1, 1)), ("all",))


def test_a_post_left_out_is_estimated_by_hand():
    # post 2.1 as in the first test. Post 4.1: the third report leaves it out, so that its 30 are missing as well:
    # X_r = 30, X_m = 90, R = 3, B = 60 / 30 = 2, estimated 180; e = -10, 10; h = 1/3, 2/3.
    # V = 9 (15^2 + 30^2) + 3 (100 / (2/3) + 100 / (1/3)) = 10125 + 1350 = 11475.
    # In all, sums over the posts of each report: jackknife 0 - 45, 60 + 90, -80: 2025 + 22500 + 6400 = 30925;
    # spread -sqrt(450), 40 sqrt(1.5) + 30, -sqrt(3200): 450 + 3300 + 2400 sqrt(1.5) + 3200.
    sector = units([10, 20, 30, 60], [True, True, True, False])
    values = np.array([[100.0, 10.0], [240.0, 50.0], [260.0, math.nan]])
    found = estimate(sector, values, POSTS, strata=strata([0] * 4))
    assert found.reported.tolist() == [600, 60, 660]
    assert found.estimated == pytest.approx([600, 180, 780], rel=1e-12)
    assert found.covering.tolist() == [3, 2, 2]
    assert found.variance[:2] == pytest.approx([15600, 11475], rel=1e-12)
    assert found.variance[2] == pytest.approx(30925 + 450 + 3300 + 2400 * math.sqrt(1.5) + 3200, rel=1e-12)
    assert found.degrees.tolist() == pytest.approx([2, 1, 2])
    # what each stands for in all, by emissions: (100 + 3 x 10) / 110 more, (240 + 3 x 50) / 290, 1
    assert found.weights == pytest.approx([1 + 130 / 110, 1 + 390 / 290, 2, 0], rel=1e-12)
    assert found.strata[0].estimated == pytest.approx(780)


def test_columns_of_one_post_are_parts_of_it():
    # the posts of the test above as two parts of one
    sector = units([10, 20, 30, 60], [True, True, True, False])
    values = np.array([[100.0, 10.0], [240.0, 50.0], [260.0, math.nan]])
    found = estimate(sector, values, ("4.1", "4.1"), strata=strata([0] * 4))
    assert found.posts == ("4.1", "total")
    assert found.reported.tolist() == [660, 660]
    assert found.estimated == pytest.approx([780, 780], rel=1e-12)
    assert found.variance[0] == found.variance[1]
    assert found.covering.tolist() == [2, 2]


def test_zero_is_not_left_out():
    sector = units([10, 20, 30, 60], [True, True, True, False])
    values = np.array([[100.0, 10.0], [240.0, 50.0], [260.0, 0.0]])
    assert estimate(sector, values, POSTS, strata=strata([0] * 4)).estimated.tolist() == [600, 60, 660]


def test_a_post_that_too_few_cover_is_named_and_not_made_up():
    sector = units([10.0] * 6 + [60.0], [True] * 6 + [False])
    values = np.column_stack((np.full(6, 100.0), [7.0, *[math.nan] * 5]))
    found = estimate(sector, values, POSTS)
    assert found.estimated[0] == pytest.approx(600)
    assert math.isnan(found.estimated[1])
    assert math.isnan(found.total[1])
    assert found.total[-1] == pytest.approx(600 + 600 + 7)
    assert [problem.message() for problem in found.warnings] == [
        "4.1: 1 reports cover it, too few to estimate the others; the total has what they report alone"
    ]


def test_who_leaves_a_post_out_needs_a_size():
    sector = units([10, 20, math.nan, 60], [True, True, True, False])
    values = np.array([[100.0, 10.0], [240.0, 50.0], [260.0, math.nan]])
    assert refused(sector, values, POSTS) == ["2 leaves posts out, and its denominator is unknown"]


def test_groups_by_hand():
    # the two strata of the second test; the missing 60 are of the north, the missing 40 of the south.
    # North: respondents 100 + 50, estimated 10 x 60 = 600; south 240 + 260 + 70, estimated 6 x 40 = 240.
    sector = units([10, 20, 30, 60, 10, 10, 40], [True, True, True, False, True, True, False])
    values = np.array([[100.0], [240.0], [260.0], [50.0], [70.0]])
    region = ["north", "south", "south", "north", "north", "south", "south"]
    found = estimate(sector, values, ("all",), strata=strata([0, 0, 0, 0, 1, 1, 1]), groups=region)
    north, south = found.groups
    assert (north.name, north.units, north.units_reported) == ("north", 3, 2)
    assert (north.reported, north.estimated, south.reported, south.estimated) == pytest.approx((150, 600, 570, 240))
    # V of the north is that of the first stratum alone, of 2 degrees of freedom; of the south, of the other, of 1
    assert north.high - north.total == pytest.approx(T_2 * math.sqrt(15600), rel=1e-9)
    assert south.high - south.total == pytest.approx(student_t_97_5(1) * math.sqrt(4000), rel=1e-9)
    assert north.total + south.total == pytest.approx(found.total[-1])


def test_leaving_posts_out_does_not_bias_the_total():
    # a third of the reports leave post 4.1 out; as zeros they would take a third of it, 15 %, off
    random = np.random.default_rng(7)
    errors, held = [], 0
    for _ in range(300):
        size = random.lognormal(5, 0.5, 60)
        truth = size[:, None] * random.lognormal(0, 0.2, (60, 2))
        responded = random.permutation(60) < 40
        values = truth[responded]
        values[random.permutation(40) < 13, 1] = math.nan
        found = estimate(units(size, responded), values, POSTS, strata=strata([0] * 60))
        errors.append(found.total[-1] / truth.sum() - 1)
        held += found.low[-1] <= truth.sum() <= found.high[-1]
    # 300 repetitions of a relative error of about 2 %: 0.1 % is the error of their mean
    assert abs(np.mean(errors)) < 0.004
    # 95 % within three standard errors of 300 repetitions, and no more than a little too wide
    assert 0.91 <= held / 300 <= 0.99


def test_units_of_no_size_are_named():
    sector = units([10, 20, 0, 0], [True, True, True, False])
    found = estimate(sector, np.array([[100.0], [200.0], [7.0]]), ("all",), strata=strata([0] * 4))
    assert (found.reported[-1], found.estimated[-1]) == (307, 0)
    assert [problem.message() for problem in found.warnings] == [
        "3 did not report and has a denominator of zero: zero is estimated",
        "2 reported without a denominator above zero: it counts, and stands for nobody else",
    ]


def test_other_ratios_of_those_missing():
    sector = units([10, 20, 30, 60], [True, True, True, False])
    values = np.array([[100.0], [240.0], [260.0]])
    found = sensitivity(estimate(sector, values, ("all",), strata=strata([0] * 4)), (0.5, 1.0))
    half = T_2 * math.sqrt(15600)
    low, same = found.scenarios
    assert (low.total, low.high - low.total) == pytest.approx((900, half / 2), rel=1e-9)
    assert (same.low, same.high) == pytest.approx((1200 - half, 1200 + half), rel=1e-9)
    # 600 + k 600 = 1200 - half
    assert (found.leaves_below, found.leaves_above) == pytest.approx((1 - half / 600, 1 + half / 600), rel=1e-9)
    everybody = estimate(units([1.0, 2.0], [True, True]), np.ones((2, 1)), ("all",))
    assert math.isnan(sensitivity(everybody).leaves_above)
    with pytest.raises(ValueError, match="multiplier is -1"):
        sensitivity(everybody, (-1,))


# Properties


@st.composite
def sectors(draw):
    count = draw(st.integers(4, 30))
    sizes = draw(st.lists(st.floats(1, 1000), min_size=count, max_size=count))
    responded = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    of_unit = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    for code in range(3):
        assume(sum(r for r, s in zip(responded, of_unit, strict=True) if s == code) >= 2)
    values = draw(
        st.lists(st.tuples(st.floats(0, 1e6), st.floats(-10, 1e3)), min_size=sum(responded), max_size=sum(responded))
    )
    return sizes, responded, of_unit, np.array(values)


@given(sectors(), st.floats(0.01, 100), st.floats(0.01, 100))
def test_units_of_measure_do_not_matter(sector, of_emissions, of_size):
    sizes, responded, of_unit, values = sector
    found = estimate(units(sizes, responded), values, POSTS, strata=strata([*of_unit]))
    other = estimate(
        units([of_size * size for size in sizes], responded), of_emissions * values, POSTS, strata=strata([*of_unit])
    )
    scale = of_emissions * (1 + np.abs(found.total).max())
    for name in ("reported", "estimated", "low", "high"):
        assert getattr(other, name) == pytest.approx(of_emissions * getattr(found, name), rel=1e-6, abs=1e-6 * scale)


@given(sectors())
def test_posts_and_strata_add_up(sector):
    sizes, responded, of_unit, values = sector
    found = estimate(units(sizes, responded), values, POSTS, strata=strata(of_unit))
    scale = 1 + np.abs(values).sum()
    for sums in (found.reported, found.estimated, found.total):
        assert sums[:-1].sum() == pytest.approx(sums[-1], rel=1e-9, abs=1e-9 * scale)
    assert sum(stratum.estimated for stratum in found.strata) == pytest.approx(
        found.estimated[-1], rel=1e-9, abs=1e-9 * scale
    )
    assert sum(stratum.variance for stratum in found.strata) == pytest.approx(found.variance[-1], rel=1e-9)
    assert (found.low <= found.high).all()


@given(sectors())
def test_where_everybody_reports_nothing_is_estimated(sector):
    sizes, _, of_unit, _ = sector
    values = np.array([[size, 1.0] for size in sizes])
    found = estimate(units(sizes, [True] * len(sizes)), values, POSTS, strata=strata(of_unit))
    assert not found.estimated.any()
    assert not found.variance.any()
    assert found.low.tolist() == found.high.tolist() == found.reported.tolist()


@given(sectors(), st.floats(0.1, 10))
def test_proportional_emissions_leave_no_doubt(sector, ratio):
    sizes, responded, of_unit, _ = sector
    values = np.array([[ratio * size, 0.0] for size, here in zip(sizes, responded, strict=True) if here])
    found = estimate(units(sizes, responded), values, POSTS, strata=strata(of_unit))
    assert found.total[-1] == pytest.approx(ratio * sum(sizes), rel=1e-9)
    assert found.high[-1] - found.low[-1] == pytest.approx(0, abs=1e-6 * ratio * sum(sizes))


# Simulation: bias and cover within what chance allows; docs/estimation.md has the whole table


def simulated(response, repetitions=400, count=100, size_sigma=0.5, own_sigma=0.3):
    rng = np.random.default_rng(20240607)
    of_unit = strata([0] * count)
    held, errors = 0, []
    for _ in range(repetitions):
        sizes = np.exp(rng.normal(0, size_sigma, count))
        intensity = np.exp(rng.normal(0, own_sigma, count))
        responded = rng.random(count) < response(intensity)
        emissions = sizes * intensity
        sector = units(sizes.tolist(), responded.tolist())
        found = estimate(sector, emissions[responded][:, None], ("all",), strata=of_unit)
        held += bool(found.low[-1] <= emissions.sum() <= found.high[-1])
        errors.append(found.total[-1] / emissions.sum() - 1)
    return held / repetitions, np.mean(errors), np.std(errors) / math.sqrt(repetitions)


def test_the_interval_holds_the_truth_where_response_is_ignorable():
    cover, error, deviation = simulated(lambda intensity: np.full(len(intensity), 0.3))
    # 400 repetitions of 95 %: a standard deviation of 1.1 %; four of them
    assert 0.95 - 0.044 < cover < 0.95 + 0.044
    assert abs(error) < 4 * deviation


def test_it_does_not_where_those_who_emit_little_respond_rather():
    cover, error, _ = simulated(lambda intensity: np.where(intensity < 1, 0.5, 0.1))
    assert cover < 0.3
    assert error < -0.05
