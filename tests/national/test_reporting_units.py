import math

import numpy as np
import pytest

from decarb.errors import RefusedEstimationError
from decarb.national.frame import read_frame
from decarb.national.reporting_units import coverage, covered_by, reporting_units
from tests.national.frames import CAYENNE, PITIE, VIRIAT, finess, register

OTHER_PITIE = PITIE.replace("750100125", finess("75010001")).replace("1275", "300")


@pytest.fixture
def frame(tmp_path):
    return read_frame(register(tmp_path, VIRIAT, CAYENNE, PITIE, OTHER_PITIE))


def test_what_a_document_reports_for():
    assert covered_by({"finess_ej": "1"}) == ("1",)
    assert covered_by({"finess_ej": "1", "finess_et": "2"}) == ("2",)
    assert covered_by({"finess_ej": "1", "finess_et": "2"}, [{"finess_et": "3"}, {"finess_et": "2"}]) == ("2", "3")
    assert covered_by({"name": "nobody"}, [{"id": "site"}]) == ()


def test_an_entity_reports_for_all_its_sites(frame):
    units = reporting_units(frame, [["750712184"], ["010000024"]], "beds")
    assert units.names == ("010780054", "970302022", "750712184")
    assert units.report.tolist() == [1, -1, 0]
    assert units.size.tolist() == [500, 400, 1575]
    assert units.status == ("public", "public", "public")
    found = coverage(frame, units)
    assert (found.size_reported, found.size, found.sites_reported, found.sites) == (2075, 2475, 3, 4)
    assert (found.entities_reported, found.entities_in_part, found.entities) == (2, 0, 3)


def test_what_is_left_of_an_entity_is_a_unit_without_a_report(frame):
    units = reporting_units(frame, [["750100125"]], "beds")
    by_name = dict(zip(units.names, zip(units.size.tolist(), units.report.tolist(), strict=True), strict=True))
    assert by_name == {
        "010780054": (500, -1),
        "970302022": (400, -1),
        "750100125": (1275, 0),
        OTHER_PITIE[:9]: (300, -1),
    }
    assert sorted(site for sites in units.sites for site in sites) == [0, 1, 2, 3]
    found = coverage(frame, units)
    assert (found.entities_reported, found.entities_in_part, found.entities) == (0, 1, 3)


def test_reports_that_no_frame_can_hold(frame):
    reports = [["750712184"], ["750100125"], ["590799730"], []]
    with pytest.raises(RefusedEstimationError) as caught:
        reporting_units(frame, reports, "beds")
    assert [problem.message() for problem in caught.value.problems] == [
        "the site 750100125 is in two reports: 750712184, 750100125",
        "590799730 reported, but is neither a site nor a legal entity of the frame",
        "report 4 says no FINESS number",
    ]
    with pytest.raises(ValueError, match="denominator is 'chairs'"):
        reporting_units(frame, [], "chairs")


def test_what_is_of_nobody_in_the_frame_may_be_left_out(frame):
    # of a hospital and a nursing home that is in another register, the hospital is kept
    reports = [["590799730"], ["750712184", "590799730"], [], ["010000024"]]
    units = reporting_units(frame, reports, "beds", leave_strangers_out=True)
    assert units.report.tolist() == [3, -1, 1]
    (warning,) = units.strangers
    assert warning.severity == "warning"
    assert warning.message().endswith("2 FINESS numbers (590799730, 590799730), and 1 documents without one")
    # who is counted twice is refused all the same
    with pytest.raises(RefusedEstimationError) as caught:
        reporting_units(
            frame, [["750712184"], ["750100125"], []], "beds", files=["a", "b", "c"], leave_strangers_out=True
        )
    assert [(problem.code, problem.file) for problem in caught.value.problems] == [("estimation-site-twice", "b")]
    assert reporting_units(frame, [["010000024"]], "beds", leave_strangers_out=True).strangers == ()


def test_an_unknown_size_makes_that_of_the_unit_unknown(frame):
    frame.denominators["beds"][3] = np.nan
    units = reporting_units(frame, [], "beds")
    assert math.isnan(units.size[units.names.index("750712184")])
