"""The section of a document: every kind of refusal by its words, dates, units, what holds for which site."""

import numpy as np
import pytest

from decarb.adaptation import evaluate
from decarb.errors import InvalidInventoryError
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


@pytest.mark.parametrize(
    ("section", "code", "pointer", "words"),
    [
        (
            {"answers": [answer("ENE-1", "met")]},
            "unknown-item",
            "/adaptation/answers/0/item",
            ["«ENE-1»", "nearest: ENE-0"],
        ),
        (
            {"facts": [fact("electricity_autonomie", 48, "h")]},
            "unknown-fact",
            "/adaptation/facts/0/fact",
            ["«electricity_autonomie»", "nearest: electricity_autonomy"],
        ),
        ({"facts": [fact("beds", 4)]}, "fact-not-declared", "/adaptation/facts/0/fact", ["«beds»", "comes from beds"]),
        (
            {"facts": [fact("cooled_bed_share", 4)]},
            "fact-not-declared",
            "/adaptation/facts/0/fact",
            ["comes from cooled_beds, beds"],
        ),
        (
            {"facts": [fact("electricity_autonomy", 48)]},
            "fact-unit-missing",
            "/adaptation/facts/0",
            ["«electricity_autonomy» is given without a unit", '"unit": "h"'],
        ),
        (
            {"facts": [fact("electricity_autonomy", 48, "kWh")]},
            "fact-unit-differs",
            "/adaptation/facts/0/unit",
            ["not measured in kWh", "expected: h"],
        ),
        (
            {"facts": [fact("onsite_renewable_energy", 48, "kWh PCS")]},
            "fact-unit-differs",
            "/adaptation/facts/0/unit",
            ["not measured in kWh PCS"],
        ),
        (
            {"facts": [fact("electricity_autonomy", 48, "hourz")]},
            "unknown-unit",
            "/adaptation/facts/0/unit",
            ["hourz"],
        ),
        (
            {"facts": [fact("adaptation_lead_fte", 1, "kg")]},
            "fact-unit-unwanted",
            "/adaptation/facts/0/unit",
            ["no unit, and kg is given"],
        ),
        (
            {"facts": [fact("cooled_beds", 12.5, "lits", site="north")]},
            "fact-not-whole",
            "/adaptation/facts/0/value",
            ["12.5 is not a whole number", "decimal comma"],
        ),
        (
            {"facts": [fact("adaptation_lead_fte", 1, site="north")]},
            "fact-is-of-entity",
            "/adaptation/facts/0/site",
            ["«adaptation_lead_fte» is one for all sites"],
        ),
        (
            {"facts": [fact("shaded_glazing", 130)]},
            "fact-out-of-range",
            "/adaptation/facts/0/value",
            ["130 is not between 0 and 100 %"],
        ),
        (
            {"facts": [fact("electricity_autonomy", -1, "h")]},
            "fact-out-of-range",
            "/adaptation/facts/0/value",
            ["-1 is not between 0 and …"],
        ),
        (
            {"facts": [fact("shaded_glazing", "much")]},
            "fact-of-other-kind",
            "/adaptation/facts/0/value",
            ["much is not of the kind of «shaded_glazing»: number"],
        ),
        (
            {"facts": [fact("shaded_glazing", True)]},
            "fact-of-other-kind",
            "/adaptation/facts/0/value",
            ["true is not of the kind"],
        ),
        (
            {"facts": [fact("has_dialysis", 1)]},
            "fact-of-other-kind",
            "/adaptation/facts/0/value",
            ["«has_dialysis»: true or false"],
        ),
        (
            {"facts": [fact("heat_plan_date", 2025)]},
            "fact-of-other-kind",
            "/adaptation/facts/0/value",
            ["day (2026-05-31)"],
        ),
        (
            {"facts": [fact("heat_plan_date", "2026-12-01")]},
            "day-in-future",
            "/adaptation/facts/0/value",
            ["2026-12-01 is still to come (today is 2026-11-22)"],
        ),
        (
            {"facts": [fact("heat_plan_date", "2026-02-30")]},
            "no-such-day",
            "/adaptation/facts/0/value",
            ["2026-02-30"],
        ),
        (
            {"facts": [fact("shaded_glazing", 40, date="2027-01-01")]},
            "day-in-future",
            "/adaptation/facts/0/date",
            ["2027-01-01 is still to come"],
        ),
        (
            {"answers": [answer("GOV-02", "met", **shown(date="2026-11-23"))]},
            "day-in-future",
            "/adaptation/answers/0/date",
            ["2026-11-23 is still to come"],
        ),
        (
            {"exposure": [exposed("heat", "high", date="2030-01-01")]},
            "day-in-future",
            "/adaptation/exposure/0/date",
            ["still to come"],
        ),
        (
            {"answers": [answer("GOV-02", "met"), answer("GOV-02", "not_met")]},
            "answers-contradict",
            "/adaptation/answers/1",
            ["GOV-02 is answered not_met here and met at /adaptation/answers/0"],
        ),
        (
            {"answers": [answer("GOV-02", "met"), answer("GOV-02", "met")]},
            "answer-twice",
            "/adaptation/answers/1",
            ["GOV-02 is answered twice"],
        ),
        (
            {"facts": [fact("shaded_glazing", 40), fact("shaded_glazing", 50)]},
            "fact-twice",
            "/adaptation/facts/1",
            ["50 here, 40 at /adaptation/facts/0"],
        ),
        (
            {"exposure": [exposed("heat", "high"), exposed("heat", "low")]},
            "exposure-twice",
            "/adaptation/exposure/1",
            ["low here, high at /adaptation/exposure/0"],
        ),
        (
            {"answers": [answer("HEA-05", "met", site="west")]},
            "unknown-site-of-adaptation",
            "/adaptation/answers/0/site",
            ["«west»", "sites: north, south"],
        ),
        (
            {"answers": [answer("GOV-02", "met", site="north")]},
            "item-is-of-entity",
            "/adaptation/answers/0/site",
            ["GOV-02 is one for all sites", "leave «site» out"],
        ),
        (
            {"answers": [answer("FLO-02", "not_applicable")]},
            "not-applicable-unfounded",
            "/adaptation/answers/0/answer",
            ["nothing recorded says so", "Flood", "an exposure of level none"],
        ),
        (
            {"answers": [answer("FLO-02", "not_applicable")], "exposure": [exposed("flood", "high")]},
            "applicable-by-record",
            "/adaptation/answers/0/answer",
            ["what is recorded says the contrary", "Flood"],
        ),
        (
            {"answers": [answer("GOV-02", "not_applicable")]},
            "item-concerns-all",
            "/adaptation/answers/0/answer",
            ["GOV-02 concerns every establishment"],
        ),
        (
            {"facts": [fact("cooled_beds", 61, "lits", site="north")]},
            "facts-contradict",
            "/adaptation/facts/0",
            ["more beds in cooled rooms than beds: cooled_beds = 61, beds = 60"],
        ),
        (
            {"facts": [fact("critical_rooms", 3, "item"), fact("critical_rooms_redundant_cooling", 4, "item")]},
            "facts-contradict",
            "/adaptation/facts/1",
            ["more critical rooms with redundant cooling than critical rooms"],
        ),
    ],
)
def test_what_is_wrong_is_refused_by_name(section, code, pointer, words):
    with pytest.raises(InvalidInventoryError) as refused:
        checklist(document(**section, sites=SITES))
    (problem,) = refused.value.problems
    assert (problem.code, problem.pointer, problem.file) == (code, pointer, "document-0.json")
    said = f"{problem.message('en')} {problem.hint('en')}"
    assert [word for word in words if word not in said] == [], said
    french = f"{problem.message('fr')} {problem.hint('fr')}"
    assert french != said


def test_all_problems_of_all_documents_are_raised_at_once():
    first = document(answers=[answer("XXX-01", "met"), answer("YYY-01", "met")])
    second = document(facts=[fact("nothing", 1)], exposure=[exposed("heat", "low", date="2030-01-01")])
    with pytest.raises(InvalidInventoryError) as refused:
        checklist(first, second)
    assert [(p.file, p.code) for p in refused.value.problems] == [
        ("document-0.json", "unknown-item"),
        ("document-0.json", "unknown-item"),
        ("document-1.json", "day-in-future"),
        ("document-1.json", "unknown-fact"),
    ]


def test_a_refused_section_can_be_left_out_and_the_others_keep_their_verdict():
    good = document(answers=[answer("GOV-02", "met", **shown())])
    bad = document(answers=[answer("XXX-01", "met")])
    found = checklist(good, bad, good, partial=True)
    assert found.evaluated == (0, 2)
    assert [problem.code for problem in found.problems] == ["unknown-item"]
    alone = checklist(good)
    assert (found.status[0] == alone.status[0]).all()
    assert not found.applicable[1].any()


def test_evidence_has_a_level():
    answers = [
        answer("GOV-02", "met"),
        answer("GOV-04", "met", evidence="a plan"),
        answer("GOV-07", "met", **shown()),
        # a date without a document is the date of nothing
        answer("GOV-09", "met", date="2026-01-01"),
    ]
    found = checklist(document(answers=answers))
    assert [origin(found, item) for item in ("GOV-02", "GOV-04", "GOV-07", "GOV-09")] == [
        "claim",
        "document",
        "dated_document",
        "claim",
    ]
    assert found.problems == ()


def test_a_dash_is_no_evidence():
    found = checklist(document(answers=[answer("GOV-02", "met", evidence=" - ", date="2026-01-01")]))
    assert origin(found, "GOV-02") == "claim"


def test_data_without_evidence_decide_and_prove_nothing():
    proven = checklist(document(facts=[fact("electricity_autonomy", 72, "h")]))
    bare = checklist(document(facts=[fact("electricity_autonomy", 72, "h", evidence="")]))
    assert [status(found, "ENE-01") for found in (proven, bare)] == ["met", "met"]
    assert [origin(found, "ENE-01") for found in (proven, bare)] == ["data", "unproven_data"]
    # a share is proven if both of its parts are
    parts = [fact("critical_rooms", 4, "item"), fact("critical_rooms_redundant_cooling", 4, "item", evidence="")]
    assert origin(checklist(document(facts=parts)), "HEA-03") == "unproven_data"


def test_evidence_older_than_its_validity_leaves_a_claim_and_says_so():
    # GOV-08, a yearly register, holds twelve months
    on_the_day = checklist(document(answers=[answer("GOV-08", "met", **shown(date="2025-11-22"))]))
    a_day_late = checklist(document(answers=[answer("GOV-08", "met", **shown(date="2025-11-21"))]))
    assert origin(on_the_day, "GOV-08") == "dated_document"
    assert (status(a_day_late, "GOV-08"), origin(a_day_late, "GOV-08")) == ("met", "claim")
    (warning,) = a_day_late.problems
    assert (warning.code, warning.severity) == ("evidence-expired", "warning")
    assert "the evidence of GOV-08, of 2025-11-21, is more than 12 months old" in warning.message()


def test_an_old_fact_is_not_known_and_says_so():
    found = checklist(document(facts=[fact("shaded_glazing", 100, date="2021-11-21")]))
    assert status(found, "HEA-05") == "unanswered"
    assert [problem.code for problem in found.problems] == ["fact-expired"]


def test_an_old_exposure_is_not_recorded_and_says_so():
    found = checklist(document(exposure=[exposed("flood", "none", date="2016-11-21")]))
    assert status(found, "FLO-02") == "unanswered"
    assert [problem.code for problem in found.problems] == ["exposure-expired"]


@pytest.mark.parametrize(("value", "unit"), [(2, "jours"), (48, "h"), (2880, "min"), (172800, "s")])
def test_facts_convert_to_their_unit(value, unit):
    found = checklist(document(facts=[fact("electricity_autonomy", value, unit)]))
    assert found.facts["electricity_autonomy"][0] == pytest.approx(48)
    assert status(found, "ENE-01") == "met"


def test_a_site_has_what_its_establishment_has_unless_it_says_otherwise():
    found = checklist(
        document(
            facts=[fact("electricity_autonomy", 72, "h"), fact("electricity_autonomy", 10, "h", site="south")],
            answers=[answer("HEA-06", "met"), answer("HEA-06", "not_met", site="north")],
            exposure=[exposed("flood", "none"), exposed("flood", "high", site="north")],
            sites=SITES,
        )
    )
    # rows: the establishment, north, south
    assert [status(found, "ENE-01", row) for row in (1, 2)] == ["met", "partly"]
    assert [status(found, "HEA-06", row) for row in (1, 2)] == ["not_met", "met"]
    assert [status(found, "FLO-02", row) for row in (1, 2)] == ["unanswered", "not_applicable"]


def test_an_amount_of_the_establishment_is_not_that_of_a_site_but_a_share_of_it_is():
    found = checklist(document(facts=[fact("cooled_beds", 50, "bed")], sites=SITES))
    assert np.isnan(found.facts["cooled_beds"][1:]).all()
    assert found.facts["cooled_bed_share"].tolist() == [50, 50, 50]
    own = checklist(
        document(facts=[fact("cooled_beds", 60, "bed"), fact("cooled_beds", 60, "bed", site="north")], sites=SITES)
    )
    # all of the sixty are in the north: the share of the whole says nothing of the south
    np.testing.assert_array_equal(own.facts["cooled_bed_share"], [60, 100, np.nan])


def test_an_exposure_of_the_level_asked_for_goes_before_one_of_today():
    section = [exposed("heat", "low"), exposed("heat", "high", warming=2.7), exposed("heat", "very_high", warming=4.0)]
    for order in (section, section[::-1]):
        levels = [
            evaluate(inventory(document(exposure=order)), today=TODAY, warming=warming).facts["exposure_heat"][0]
            for warming in (2.0, 2.7, 4.0)
        ]
        assert levels == [2, 4, 5]
