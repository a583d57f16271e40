"""What to do next: the order by hand, what the law asks of whom, evidence that ends."""

from decarb.adaptation import next_actions, renewals
from tests.adaptation.checklists import answer, checklist, document, exposed, fact, shown

SITES = [{"id": "north"}, {"id": "south"}]


def actions(*args, **fields):
    return next_actions(checklist(document(*args, **fields)), 0)


def test_gaps_come_first_by_risk_reduced_per_effort():
    answers = [
        # weight 5 x exposure 3 x 1 / effort 3 = 5
        answer("GOV-02", "not_met", **shown()),
        # 2 x 3 x 1 / 1 = 6
        answer("GOV-07", "not_met", **shown()),
        # 5 x 4 x 1/2 / 2 = 5, after GOV-02 as the catalogue goes
        answer("HEA-02", "partly", **shown()),
        answer("GOV-04", "met", **shown()),
    ]
    found = actions(answers=answers, exposure=[exposed("heat", "high")])
    assert [(one.item.id, one.kind, one.risk, one.priority) for one in found[:3]] == [
        ("GOV-07", "act", 6, 6),
        ("GOV-02", "act", 15, 5),
        ("HEA-02", "act", 10, 5),
    ]
    assert {one.kind for one in found[3:]} == {"answer"}
    priorities = [one.priority for one in found[3:]]
    assert priorities == sorted(priorities, reverse=True)
    assert "GOV-04" not in {one.item.id for one in found}


def test_an_action_says_where_it_is_wanted():
    answers = [answer("HEA-06", "met", **shown(site="north")), answer("HEA-06", "not_met", site="south")]
    found = {one.item.id: one for one in actions(answers=answers, sites=SITES)}
    assert found["HEA-06"].sites == ("south",)
    # one of two sites: half of weight 3 x exposure 3
    assert found["HEA-06"].risk == 4.5
    assert found["HEA-05"].sites == ("",)


def test_a_gap_at_one_site_and_no_answer_at_another_are_two_things_to_do():
    found = actions(answers=[answer("HEA-06", "not_met", site="north")], sites=SITES)
    assert [(one.kind, one.sites, one.risk) for one in found if one.item.id == "HEA-06"] == [
        ("act", ("north",), 4.5),
        ("answer", ("south",), 4.5),
    ]
    found = actions(answers=[answer("HEA-06", "met", site="north")], sites=SITES)
    assert [(one.kind, one.sites) for one in found if one.item.id == "HEA-06"] == [("answer", ("south",))]


def test_the_law_asks_those_whom_it_binds():
    def asked(item, **identity):
        found = {one.item.id: one for one in actions(establishment=identity)}
        return [text.id for text in found[item].legal], found[item].since

    # nobody read a yearly revision in what binds hospitals today
    assert asked("HEA-09", category="101") == ([], "")
    assert asked("HEA-09", category="500") == (["plan-bleu"], "2025-01-01")
    assert asked("ENE-01", category="101")[0] == ["energy-48h"]
    assert asked("ENE-01", category="500")[0] == ["energy-esms"]
    # a category that our list does not know is bound by nothing that we know of
    assert asked("ENE-01", category="255")[0] == []
    assert asked("STA-01", category="101") == (["heat-at-work", "duerp"], "2025-07-01")
    # cooled beds are asked for by no law: one cooled room is
    assert asked("HEA-01", category="101") == ([], "")
    assert asked("HEA-02", category="101")[0] == ["cooled-room-hospital"]


def test_a_law_that_is_not_in_force_yet_asks_for_nothing():
    from datetime import date

    from decarb.adaptation import evaluate
    from tests.adaptation.checklists import inventory

    before = evaluate(inventory(document()), today=date(2025, 6, 30))
    legal = {one.item.id: one.legal for one in next_actions(before, 0)}
    assert [text.id for text in legal["STA-01"]] == ["duerp"]


def test_evidence_that_ends_next():
    answers = [
        answer("GOV-08", "met", evidence="register", date="2026-02-28"),  # twelve months
        answer("ENE-02", "met", evidence="letter", date="2024-12-31"),  # thirty-six
        answer("HEA-06", "met", evidence="note", date="2024-02-29", site="north"),  # sixty, of a leap day
        answer("GOV-07", "met", evidence="minutes"),  # undated: it cannot end
        answer("GOV-02", "met"),
    ]
    found = renewals(checklist(document(answers=answers, sites=SITES)), 0)
    assert [(one.item.id, one.site, one.until) for one in found] == [
        ("GOV-08", "", "2027-02-28"),
        ("ENE-02", "", "2027-12-31"),
        ("HEA-06", "north", "2029-02-28"),
    ]


def test_all_that_is_met_leaves_nothing_to_do():
    catalogue = checklist(document()).catalogue
    found = actions(
        answers=[answer(item, "met", **shown()) for item in catalogue.items],
        facts=[fact("has_emergency_department", True)],
    )
    assert found == []
