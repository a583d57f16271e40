"""Two presentations: refused unless the comparison means something, and shared errors cancel."""

from types import SimpleNamespace

import pytest

from decarb.errors import UsageError
from decarb.scoring import compare_scores
from tests.scoring.conftest import flow, own_factor

GROUP = {"generic_group": "17"}


class Database:
    """Stands for the public database: one speciality, of the groups given."""

    def __init__(self, *groups):
        self.groups = groups

    def presentation(self, cip13):
        return SimpleNamespace(cis="60000001") if self.groups else None

    def speciality(self, cis):
        return SimpleNamespace(generic_groups=self.groups)


@pytest.fixture
def pair(score_of):
    """Two scores whose bills differ by the fields of the second."""

    def make(first=None, second=None, group=GROUP, **shared):
        stages = {"active_substances": [flow("Paracétamol", 500, "mg", own_factor(10), per="unit")], **shared}
        return [
            score_of(**{**stages, "presentation": {**group, **said.pop("presentation", {})}, **said})
            for said in (dict(first or {}), dict(second or {}))
        ]

    return make


def refused(one, other, medicines=None):
    with pytest.raises(UsageError) as found:
        compare_scores(one, other, medicines)
    return {problem.code: problem for problem in found.value.problems}


def test_the_difference_is_that_of_the_totals(pair):
    substance = flow("paracetamol", 0.5, "g", own_factor(8), per="unit")
    comparison = compare_scores(*pair(second={"active_substances": [substance]}), Database("17"))
    # 10 units of 0.5 g x (10 - 8) kg CO2e/kg; a name without its accent is the same substance
    assert comparison.difference_kgco2e == pytest.approx(0.01)
    assert comparison.probability_first_lower == 0
    assert comparison.notes == ()


def test_shared_errors_cancel(pair):
    uncertain = {"uncertainty_percent": 200, "name": "mean"}
    substance = flow("Paracétamol", 500, "mg", own_factor(10, **uncertain), per="unit")
    box = flow("box", 5, "g", own_factor(1), level="secondary")
    heavier = flow("box", 6, "g", own_factor(1), level="secondary")
    stages = {"active_substances": [substance]}
    one, other = pair(first={"packaging": [box]}, second={"packaging": [heavier]}, **stages)
    comparison = compare_scores(one, other, Database("17"))
    assert one.interval().high > 2 * one.total_kgco2e
    # the substance is the same datum in both: what is left is 1 g of a certain factor
    assert comparison.shared_inputs == 1
    assert comparison.interval.low == comparison.interval.high == pytest.approx(-0.001)
    assert comparison.probability_first_lower == 1


def test_a_shared_factor_with_different_quantities_shares_its_error_alone(pair):
    uncertain = own_factor(10, uncertainty_percent=100)
    data = {"tier": "primary", "country": "FR", "year": 2024, "source": "each its own", "uncertainty_percent": 0}
    excipients = [[flow("x", mass, "g", uncertain, data=data)] for mass in (10, 20)]
    one, other = pair(first={"excipients": excipients[0]}, second={"excipients": excipients[1]})
    comparison = compare_scores(one, other, Database("17"))
    # whatever the factor is, twice the mass emits more: only its size is uncertain
    assert comparison.shared_inputs == 1
    assert comparison.interval.high < 0
    assert comparison.probability_first_lower == pytest.approx(1, abs=1e-9)


def test_without_a_group_or_of_two_groups_nothing_is_compared(pair):
    found = refused(*pair(group={}))
    assert "only presentations of one group are compared" in found["score-group-unsaid"].message()
    found = refused(*pair(second={"presentation": {"generic_group": "18"}}))
    assert "the generic group 18 is not that of" in found["score-groups-differ"].message()


def test_the_group_is_that_of_the_public_database(pair):
    found = refused(*pair(), Database("99"))
    problem = found["score-group-not-in-database"]
    assert "3400900000013 is not of the generic group 17 in the public database, but of: 99" in problem.message()
    unknown = compare_scores(*pair(), Database())
    assert [note.code for note in unknown.notes] == ["score-group-unchecked"] * 2
    assert [note.code for note in compare_scores(*pair()).notes] == ["score-group-unchecked"] * 2


def test_another_dosage_pack_unit_scope_or_gwp_set_is_refused(pair, score_of):
    stronger = flow("Paracétamol", 1, "g", own_factor(10), per="unit")
    found = refused(
        *pair(
            second={
                "active_substances": [stronger],
                "excipients": [flow("x", 1, "g", own_factor(1))],
                "presentation": {"units_per_box": 16, "unit": "capsule"},
                "gwp_set": "AR5",
            }
        )
    )
    assert set(found) == {
        "score-dosages-differ",
        "score-packs-differ",
        "score-units-differ",
        "score-scopes-differ",
        "score-gwp-sets-differ",
    }
    assert "one unit holds paracetamol 1000 mg, and paracetamol 500 mg in" in found["score-dosages-differ"].message()
    assert "the presentation has 16 units, and 10 in" in found["score-packs-differ"].message()
    assert "the stage excipients has data in the other bill" in found["score-scopes-differ"].message()
