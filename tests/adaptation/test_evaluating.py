"""Statuses: data before answers, what concerns whom, the same one by one and together."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.adaptation import evaluate, load_catalogue
from decarb.adaptation.recorded import STATUSES
from decarb.errors import UsageError
from decarb.inventory import check_document
from tests.adaptation.checklists import (
    TODAY,
    answer,
    checklist,
    document,
    exposed,
    fact,
    inventory,
    origin,
    shown,
    status,
)

SITES = [{"id": "north", "beds": 60}, {"id": "south", "beds": 40}]
ITEMS = list(load_catalogue().items)


def test_nothing_recorded_answers_nothing():
    found = checklist(document(establishment={"category": "101"}))
    assert set(found.status[0].tolist()) <= {STATUSES.index("unanswered"), STATUSES.index("not_applicable")}
    # mainland: the cyclone item is for overseas, by the region
    assert status(found, "STO-02") == "not_applicable"


@pytest.mark.parametrize(
    ("facts", "item", "expected"),
    [
        # 48 h of autonomous electricity (code de la sécurité intérieure): to the hour
        ([fact("electricity_autonomy", 48, "h")], "ENE-01", "met"),
        ([fact("electricity_autonomy", 47.9, "h")], "ENE-01", "partly"),
        ([fact("electricity_autonomy", 0, "h")], "ENE-01", "not_met"),
        ([fact("cooled_beds", 100, "bed")], "HEA-01", "met"),
        ([fact("cooled_beds", 1, "bed")], "HEA-01", "partly"),
        ([fact("cooled_beds", 0, "bed")], "HEA-01", "not_met"),
        # the plan's heat section: twelve months
        ([fact("heat_plan_date", "2025-11-22")], "HEA-09", "met"),
        ([fact("heat_plan_date", "2025-11-21")], "HEA-09", "partly"),
        ([fact("vulnerability_study_date", "2021-11-22")], "GOV-01", "met"),
        ([fact("vulnerability_study_date", "2021-11-21")], "GOV-01", "not_met"),
        ([fact("generator_load_tests", 11, "item")], "ENE-03", "partly"),
        # planned measures instead of 48 h, which the law allows
        ([fact("electricity_autonomy", 30, "h"), fact("planned_energy_measures", True)], "ENE-01", "met"),
        ([fact("adaptation_lead_fte", 0)], "GOV-03", "unanswered"),
        ([fact("water_autonomy", 0, "h")], "WAT-03", "not_met"),
        # no source says how many hours are enough: the number alone decides nothing else
        ([fact("water_autonomy", 30, "h")], "WAT-03", "unanswered"),
        ([fact("staff_trained", 100)], "STA-03", "unanswered"),
        ([fact("staff_trained", 20, "%")], "STA-03", "partly"),
    ],
)
def test_data_decide(facts, item, expected):
    found = checklist(document(facts=facts))
    assert status(found, item) == expected
    assert origin(found, item) == ("none" if expected == "unanswered" else "data")


def test_data_go_before_a_claim_which_stays_to_be_seen():
    found = checklist(
        document(facts=[fact("electricity_autonomy", 12, "h")], answers=[answer("ENE-01", "met", **shown())])
    )
    trace = found.trace(0, found.catalogue.items["ENE-01"])
    assert (trace.status, trace.origin, trace.answer) == ("partly", "data", "met")
    assert trace.rule is not None
    assert trace.rule.text == "electricity_autonomy > 0"
    assert trace.facts["electricity_autonomy"] == 12
    assert [entry.pointer for entry in trace.entries] == ["/adaptation/facts/0", "/adaptation/answers/0"]


def test_an_exposure_of_none_takes_items_out_and_nothing_less_does():
    levels = {"none": "not_applicable", "very_low": "unanswered", "high": "unanswered"}
    for level, expected in levels.items():
        found = checklist(document(exposure=[exposed("flood", level)]))
        assert status(found, "FLO-02") == expected
        assert status(found, "FLO-01") == "met"
    assert status(checklist(document()), "FLO-02") == "unanswered"


def test_not_applicable_is_accepted_where_the_record_says_so():
    found = checklist(document(exposure=[exposed("flood", "none")], answers=[answer("FLO-02", "not_applicable")]))
    assert status(found, "FLO-02") == "not_applicable"


def test_not_applicable_is_founded_by_the_level_asked_for_too():
    said = document(exposure=[exposed("flood", "none", warming=2.0)], answers=[answer("FLO-02", "not_applicable")])
    assert status(checklist(said), "FLO-02") == "not_applicable"


def test_an_assumed_exposure_says_so_and_concerns_the_place_alone():
    found = checklist(document(exposure=[exposed("heat", "low")]))
    assumed = dict(zip(ITEMS, found.is_assumed[0].tolist(), strict=True))
    assert {ITEMS[0]: False, "HEA-05": False, "FLO-02": True, "STA-01": False}.items() <= assumed.items()
    level = dict(zip(ITEMS, found.exposure[0].tolist(), strict=True))
    assert {"HEA-05": 2, "FLO-02": 3, "STA-01": 3}.items() <= level.items()


def test_not_applicable_of_all_sites_is_founded_site_by_site():
    sites = [*SITES]
    founded = document(
        exposure=[exposed("flood", "none", site="north"), exposed("flood", "high", site="south")],
        answers=[answer("FLO-02", "not_applicable", site="north"), answer("FLO-02", "met", site="south")],
        sites=sites,
    )
    found = checklist(founded)
    assert [status(found, "FLO-02", row) for row in (1, 2)] == ["not_applicable", "met"]


def test_fire_danger_everywhere_at_four_degrees_takes_back_what_was_left_out():
    # the threshold of warming_changes.csv: at +4 °C fire danger becomes general, source vie-publique
    said = document(exposure=[exposed("wildfire", "none")], answers=[answer("FIR-04", "not_applicable")])
    assert status(checklist(said, warming=2.7), "FIR-04") == "not_applicable"
    assert status(checklist(said, warming=4.0), "FIR-04") == "unanswered"


def test_extreme_rain_raises_the_threshold_at_four_degrees():
    # 110 m3 held of a reference rain of 100: enough today, not for rain that is 15 % stronger
    said = document(facts=[fact("rainwater_retention", 110, "m3"), fact("design_rain_volume", 100, "m3")])
    assert [status(checklist(said, warming=level), "FLO-06") for level in (2.0, 2.7, 4.0)] == ["met", "met", "partly"]


def test_an_unknown_warming_level_is_refused():
    with pytest.raises(UsageError, match=r"3.0 is not a warming level of the TRACC: 2.0, 2.7, 4.0|3 is not"):
        evaluate(inventory(document()), today=TODAY, warming=3.0)


@pytest.mark.parametrize(
    ("identity", "item", "expected"),
    [
        ({"category": "101"}, "HEA-03", "unanswered"),
        ({"category": "500"}, "HEA-03", "not_applicable"),
        # the category is not given: nobody knows whether it applies, and it stays
        ({"category": None}, "HEA-03", "unanswered"),
        ({"region": "01"}, "STO-02", "unanswered"),
        ({"region": None, "department": "974"}, "STO-02", "unanswered"),
        ({"region": None, "commune": "98818"}, "STO-02", "unanswered"),
        ({"region": "53"}, "STO-02", "not_applicable"),
        ({"region": None}, "STO-02", "unanswered"),
        ({"beds": 0, "category": "124"}, "ENE-01", "not_applicable"),
        ({"beds": 0, "category": "500"}, "ENE-01", "unanswered"),
        # neither on our list, nor known to be a hospital
        ({"category": "900"}, "HEA-03", "unanswered"),
        ({"category": "141"}, "HEA-03", "unanswered"),
        ({"category": "500"}, "ENE-02", "not_applicable"),
    ],
)
def test_whom_an_item_concerns(identity, item, expected):
    said = document(establishment=identity)
    said["establishment"] = {name: value for name, value in said["establishment"].items() if value is not None}
    assert status(checklist(said), item) == expected


def test_the_water_of_the_lines_is_followed_from_one_year_to_the_next(make, library):
    # 60,000 m3 over 100,000 days: 600 L a day
    line = make.line("water-supply-m3", 60_000, "m3", id="water")
    days = {"establishment": {"name": "H", "region": "11", "activity": {"days": 100_000}}, "schema_version": "1.1"}
    before = {"facts": [fact("previous_water_per_hospital_day", 0.65, "m3")]}
    followed = make.read(line, section="water", year=2025, adaptation=before, **days)
    found = evaluate(followed, library=library, today=TODAY)
    assert found.facts["water_per_hospital_day"][0] == pytest.approx(600)
    assert found.facts["previous_water_per_hospital_day"][0] == pytest.approx(650)
    assert (status(found, "WAT-01"), origin(found, "WAT-01")) == ("met", "data")
    # two years and more after the period, and without a library, nobody knows
    supply = [
        evaluate(followed, library=library, today=day).facts["water_supply"][0]
        for day in (date(2027, 12, 31), date(2028, 1, 1))
    ]
    assert supply[0] == 60_000
    assert np.isnan(supply[1])
    assert status(evaluate(followed, today=TODAY), "WAT-01") == "unanswered"
    # one year alone is not followed: a document without a section answers nothing, whatever its lines
    alone = evaluate(make.read(line, section="water", year=2025, **days), library=library, today=TODAY)
    assert not alone.answered.any()


def test_water_in_another_unit_is_unknown_and_not_left_out(make, library):
    cubic = make.line("water-supply-m3", 60_000, "m3")
    for others, supply in (
        ([make.line("wastewater-treatment-m3", 5, "m3")], 60_000),
        ([make.line("water-supply-m3", 5_000, "L")], 60_005),
        ([make.line("water-supply-m3", 5, "t")], np.nan),
    ):
        found = evaluate(make.read(cubic, *others, section="water", year=2025), library=library, today=TODAY)
        np.testing.assert_allclose(found.facts["water_supply"], [supply])


def test_over_its_sites_an_establishment_is_what_its_sites_are():
    def overall(*said):
        answers = [answer("HEA-06", one, site=site["id"]) for one, site in zip(said, SITES, strict=False) if one]
        found = checklist(document(answers=answers, sites=SITES))
        return STATUSES[found.overall[0, ITEMS.index("HEA-06")]]

    assert overall("met", "met") == "met"
    assert overall("not_met", "not_met") == "not_met"
    assert overall("met", "not_met") == "partly"
    assert overall("partly", "not_met") == "partly"
    assert overall("partly", "partly") == "partly"
    # whatever the other site would say, it is partly
    assert overall("partly", None) == "partly"
    # the other site decides
    assert overall("met", None) == "unanswered"
    assert overall("not_met", None) == "unanswered"
    assert overall(None, None) == "unanswered"


def test_what_is_one_for_all_sites_is_one():
    said = document(
        facts=[fact("has_emergency_department", True, site="north"), fact("heat_plan_date", "2026-05-01")],
        exposure=[exposed("vectors", "none", site="north"), exposed("vectors", "low", site="south")],
        sites=SITES,
    )
    found = checklist(said)
    for item, expected in (("HEA-09", "met"), ("HEA-11", "unanswered"), ("VEC-02", "unanswered")):
        assert [status(found, item, row) for row in (1, 2)] == [expected, expected]
    nowhere = [fact("has_emergency_department", False, site=site) for site in ("north", "south")]
    assert [status(checklist(document(facts=nowhere, sites=SITES)), "HEA-11", row) for row in (1, 2)] == [
        "not_applicable",
        "not_applicable",
    ]
    # of the other site nobody knows
    assert status(checklist(document(facts=nowhere[:1], sites=SITES)), "HEA-11", 1) == "unanswered"


@pytest.mark.parametrize(
    ("facts", "item", "credit"),
    [
        ([fact("cooled_beds", 1, "bed")], "HEA-01", 0.01),
        ([fact("electricity_autonomy", 12, "h")], "ENE-01", 0.25),
        ([fact("generator_load_tests", 9, "item")], "ENE-03", 0.75),
        ([fact("heat_plan_date", "2025-01-01")], "HEA-09", 0.5),
    ],
)
def test_partly_is_worth_the_share_that_data_give(facts, item, credit):
    found = checklist(document(facts=facts))
    assert status(found, item) == "partly"
    assert found.credit[0, ITEMS.index(item)] == pytest.approx(credit)
    # an answer has no share
    answered = checklist(document(answers=[answer(item, "partly", **shown())]))
    assert answered.credit[0, ITEMS.index(item)] == 0.5


ANSWERS = st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(["met", "partly", "not_met"]), max_size=20)
LEVELS = st.dictionaries(
    st.sampled_from(["heat", "flood", "wildfire", "cold", "vectors"]),
    st.sampled_from(["none", "low", "high"]),
    max_size=4,
)
AUTONOMY = st.one_of(st.none(), st.floats(0, 100))


@settings(max_examples=40)
@given(st.lists(st.tuples(ANSWERS, LEVELS, AUTONOMY, st.booleans()), min_size=2, max_size=5))
def test_the_same_verdict_one_by_one_and_together(said):
    documents = [
        document(
            answers=[answer(item, one, **shown()) for item, one in answers.items()],
            exposure=[exposed(hazard, level) for hazard, level in levels.items()],
            facts=[] if hours is None else [fact("electricity_autonomy", hours, "h")],
            **({"sites": SITES} if has_sites else {}),
        )
        for answers, levels, hours, has_sites in said
    ]
    together = checklist(*documents)
    for number, one in enumerate(documents):
        alone = checklist(one)
        rows, own = together.rows.subjects_of(number), alone.rows.subjects_of(0)
        for name in ("status", "origin", "exposure", "is_assumed"):
            np.testing.assert_array_equal(getattr(together, name)[rows], getattr(alone, name)[own])
        np.testing.assert_array_equal(together.overall[number], alone.overall[0])


def test_a_document_of_version_1_0_has_no_section():
    said = document(answers=[answer("GOV-02", "met")]) | {"schema_version": "1.0"}
    problems = check_document(said, "old.json")[1]
    (problem,) = [problem for problem in problems if problem.code != "no-lines"]
    assert (problem.code, problem.pointer) == ("field-of-later-version", "/adaptation")
    assert problem.message() == "the field «adaptation» is of schema version 1.1 and later"
    assert problem.hint() == 'write "schema_version": "1.1"'
