"""From inventories and a frame to the sector: the errors of factors do not shrink with the number of reports."""

import math

import numpy as np
import pytest

from decarb.footprint import compute_footprint
from decarb.national.estimation import estimate
from decarb.national.frame import read_frame
from decarb.national.reporting_units import reporting_units
from decarb.national.shared_error import reports_of, shared_error, values_by_post
from decarb.national.strata import stratify
from decarb.quality import Z_97_5
from decarb.uncertainty import uncertainty
from tests.national.frames import finess, register


@pytest.fixture(scope="module")
def sector(make, tmp_path_factory):
    """Eight hospitals of 100 beds and more, the first six of which report; all use the same factor."""
    entities = [finess(f"01000{number}00") for number in range(8)]
    sites = [finess(f"01000{number}01") for number in range(8)]
    rows = [
        f"{site},{entity},CH {number},355,13,01451,,,,{100 + number},,,"
        for number, (site, entity) in enumerate(zip(sites, entities, strict=True))
    ]
    documents = [
        make.document(
            make.line("electricity-fr-2024", 1000.0 * (100 + number), "kWh"),
            establishment={"finess_et": sites[number], "finess_ej": entities[number], "region": "84"},
        )
        for number in range(6)
    ]
    footprint = compute_footprint(make.read_all(documents), make.library)
    frame = read_frame(register(tmp_path_factory.mktemp("frame"), *rows))
    return footprint, frame, reporting_units(frame, reports_of(footprint), "beds")


def test_reports_find_their_sites(sector):
    footprint, frame, units = sector
    assert reports_of(footprint) == tuple((site,) for site in frame.finess_et[:6])
    assert units.responded.tolist() == [True] * 6 + [False] * 2


def test_the_sector_of_proportional_hospitals(sector):
    footprint, _, units = sector
    posts, values = values_by_post(footprint)
    assert posts == ("2.1", "4.1")
    strata = stratify(units)
    found = estimate(units, values, posts, strata=strata, shared=shared_error(footprint, units))
    assert found.reported[-1] == pytest.approx(footprint.total(), rel=1e-8)
    # kWh are in proportion to beds: 615 beds report, 828 are there in all
    assert found.total[-1] == pytest.approx(footprint.total() * (615 + 106 + 107) / 615, rel=1e-8)
    assert found.variance[-1] == pytest.approx(0, abs=1e-6)
    # what is left is the error of the one factor, whole, and that of six meters, which counts once with the reports
    # and is a smaller part of the sector than of them
    relative = (found.high[-1] - found.total[-1]) / found.total[-1]
    reported = uncertainty(footprint)
    assert footprint.binding.bound[0].factor.gsd2 - 1 < relative
    assert relative < (reported.high[0] - reported.value[0]) / reported.value[0]


def test_with_everybody_it_is_the_interval_of_the_footprint(sector):
    footprint, _, units = sector
    bounds = shared_error(footprint, units)
    once = np.where(units.responded, 1.0, 0.0)
    whole, by_post = uncertainty(footprint), uncertainty(footprint, "post")
    assert bounds(once, units.responded, -1) == pytest.approx((whole.low[0], whole.high[0]), rel=1e-9)
    for column, expected in enumerate(zip(by_post.low, by_post.high, strict=True)):
        assert bounds(once, units.responded, column) == pytest.approx(expected, rel=1e-9)


def test_a_factor_alone_scales_with_the_weights(sector):
    footprint, _, units = sector
    bounds = shared_error(footprint, units)
    weights = np.where(units.responded, 1.0, 0.0)
    one, many = bounds(weights, units.responded, -1), bounds(1000 * weights, units.responded, -1)
    # a thousandfold of what the factor multiplies, the independent errors of the meters as they were: the interval of
    # the factor alone, value / GSD2 to value x GSD2, but for the mean of the meters
    gsd2 = footprint.binding.bound[0].factor.gsd2
    mean = math.exp((math.log(footprint.line_gsd2[0] / gsd2) / Z_97_5) ** 2 / 2)
    assert many[1] / 1000 < one[1]
    assert many[1] / 1000 == pytest.approx(footprint.total() * gsd2 * mean, rel=0.05)


def test_errors_of_quantities_that_others_reported_are_not_those_of_a_group(sector):
    footprint, _, units = sector
    bounds = shared_error(footprint, units)
    weights = np.where(units.responded, 1.0, 0.0)
    nobody = np.zeros(len(units), dtype=np.bool_)
    gsd2 = footprint.binding.bound[0].factor.gsd2
    # the factor alone, whole: the meters are in what is estimated from them as residuals
    low, high = bounds(weights, nobody, -1)
    assert high / low == pytest.approx(gsd2**2, rel=1e-9)


def test_what_a_document_leaves_out_is_unknown_and_what_it_looked_at_is_zero(make):
    def document(name, **fields):
        power = make.line("electricity-fr-2024", 10, "MWh", id="power")
        return make.document(power, establishment={"name": name}) | fields

    meals = [make.line("meal-average", 100, "meal", id="meals")]
    excluded = {"excluded_posts": [{"post": "2.1", "justification": "a test"}]}
    documents = [
        document("A"),  # did not look at food
        document("B", food=meals),
        document("C", food=meals, declaration=excluded),  # reports in 2.1 all the same
        document("D", food=meals, energy=[], declaration=excluded),
    ]
    footprint = compute_footprint(make.read_all(documents), make.library)
    posts, values = values_by_post(footprint)
    food, power = 204.0, values[0, 0]
    # 4.1 is meals, and the extraction and losses behind the electricity: apart, as each may be left out
    assert posts == ("2.1", "4.1", "4.1")
    upstream = values[0, 1]
    assert power > 0
    assert upstream > 0
    expected = [
        [power, upstream, math.nan],
        [power, upstream, food],
        [power, upstream, food],
        [math.nan, math.nan, food],
    ]
    assert values == pytest.approx(np.array(expected), nan_ok=True, abs=1e-4)
