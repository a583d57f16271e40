"""Items of the checklist by hazard and region: counted by hand, and none shown of too few legal entities."""

from datetime import date

import numpy as np
import pytest

from decarb.adaptation import aggregate, evaluate
from decarb.national.readiness import readiness

TODAY = date(2026, 1, 1)
REGIONS = ("11", "11", "11", "84", "84", "84", "94")


@pytest.fixture(scope="module")
def checklist(make):
    documents = []
    for number, region in enumerate(REGIONS):
        answer = "met" if number < 2 else "not_met"
        answers = [{"item": "GOV-02", "answer": answer, "evidence": "plan", "date": "2025-06-01"}]
        documents.append(
            make.document(
                make.line("electricity-fr-2024", 1, "MWh"),
                establishment={"name": f"CH {number}", "region": region},
                adaptation={"answers": answers},
                schema_version="1.2",
            )
        )
    return evaluate(make.read_all(documents), today=TODAY)


def test_counts_by_hand(checklist):
    found = readiness(checklist, REGIONS, [str(number) for number in range(7)])
    governance = found.hazards.index("governance")
    assert found.groups == ("11", "84", "94")
    assert found.establishments.tolist() == [3, 3, 1, 7]
    assert found.met[:, governance].tolist() == [2, 0, 0, 2]
    assert found.not_met[:, governance].tolist() == [1, 3, 1, 5]
    assert found.answered[:, governance].tolist() == [3, 3, 1, 7]
    # every other item of the hazard concerns all of them, and has no answer
    assert (found.concerned[:, governance] % np.array([3, 3, 1, 7])).tolist() == [0, 0, 0, 0]


def test_it_agrees_with_what_adaptation_adds_up(checklist):
    found = readiness(checklist, REGIONS, [str(number) for number in range(7)])
    independent = aggregate(checklist, "region", "hazard")
    assert found.concerned[:-1].tolist() == independent.applicable.tolist()
    assert found.met[:-1].tolist() == independent.met.tolist()
    assert found.partly[-1].tolist() == aggregate(checklist, "total", "hazard").partly[0].tolist()


def test_one_legal_entity_is_withheld_and_does_not_follow_from_the_others(checklist):
    found = readiness(checklist, REGIONS, [str(number) for number in range(7)])
    # Corsica is of one; with the total shown, it would follow if it alone were withheld
    assert found.withheld[2].all()
    assert (found.withheld[:-1].sum(axis=0) >= 2).all()
    assert not found.withheld[-1].any()


def test_legal_entities_are_counted_not_establishments(checklist):
    found = readiness(checklist, REGIONS, ["1", "1", "1", "4", "5", "6", "7"])
    assert found.withheld[0].all()


def test_answers_of_one_among_many_who_are_concerned_are_withheld(make):
    """Region 84: three are concerned and one answers, whose answer its share would be."""
    documents = []
    for number, region in enumerate(("11", "11", "11", "11", "84", "84", "84", "93", "93", "93")):
        answers = [{"item": "GOV-02", "answer": "met", "evidence": "plan", "date": "2025-06-01"}]
        documents.append(
            make.document(
                make.line("electricity-fr-2024", 1, "MWh"),
                establishment={"name": f"CH {number}", "region": region},
                adaptation={"answers": [] if number in (5, 6) else answers},
                schema_version="1.2",
            )
        )
    evaluated = evaluate(make.read_all(documents), today=TODAY)
    found = readiness(
        evaluated, ["11"] * 4 + ["84"] * 3 + ["93"] * 3, [str(number) for number in range(len(documents))]
    )
    governance = found.hazards.index("governance")
    assert found.answered[1, governance] == 1
    assert found.withheld[1, governance]
    # and another with it: the total is shown
    assert found.withheld[:-1, governance].sum() == 2
    assert not found.withheld[-1, governance]


def test_where_nothing_is_secret_or_all_is_public_nothing_is_withheld(checklist):
    numbers = [str(number) for number in range(7)]
    assert not readiness(checklist, REGIONS, numbers, secrecy=False).withheld.any()
    assert not readiness(checklist, REGIONS, numbers, public=numbers).withheld.any()
