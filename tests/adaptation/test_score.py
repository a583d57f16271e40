"""Scores by hand: weight x exposure, bounds, coverage; an empty sheet has none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.adaptation import OVERALL, load_catalogue, scores
from tests.adaptation.checklists import answer, checklist, document, exposed, fact, shown

WORKFORCE = {item.id: item.weight for item in load_catalogue().items.values() if item.hazard == "workforce"}


def of(found, group):
    result = scores(found)
    column = result.groups.index(group)
    return {
        name: float(getattr(result, name)[0, column])
        for name in ("score", "coverage", "evidenced_coverage", "worst", "best")
    }


def test_an_empty_sheet_has_no_score():
    found = of(checklist(document()), OVERALL)
    assert np.isnan(found["score"])
    assert (found["coverage"], found["worst"], found["best"]) == (0, 0, 1)


def test_one_theme_by_hand():
    # STA-01, 02, 03 weigh 4, 4 and 3, all at the moderate exposure of what concerns everybody, which cancels out
    assert WORKFORCE == {"STA-01": 4, "STA-02": 4, "STA-03": 3}
    answers = [answer("STA-01", "met", **shown()), answer("STA-02", "partly")]
    found = of(checklist(document(answers=answers)), "workforce")
    assert found == pytest.approx(
        {
            "score": (4 + 2) / 8,
            "coverage": 8 / 11,
            "evidenced_coverage": 4 / 11,
            # the claim without evidence is not counted in the worst case, nor what is unanswered
            "worst": 4 / 11,
            "best": (4 + 2 + 3) / 11,
        }
    )


def test_exposure_weighs():
    # clay: CLA-01 weighs 2 and CLA-02 2; two sites, of exposure 1 and 4, half of the establishment each
    sites = [{"id": "north"}, {"id": "south"}]
    said = document(
        exposure=[exposed("clay", "very_low", site="north"), exposed("clay", "high", site="south")],
        answers=[answer("CLA-02", "not_met", **shown())],
        sites=sites,
    )
    found = of(checklist(said), "clay")
    # CLA-01 is met by the records themselves; CLA-02 is not: (2 x 1 + 2 x 4) / 2 of (4 x 1 + 4 x 4) / 2
    assert found["score"] == pytest.approx(5 / 10)
    uneven = document(
        exposure=[exposed("clay", "very_low", site="north"), exposed("clay", "high", site="south")],
        answers=[answer("CLA-02", "met", **shown(site="south")), answer("CLA-02", "not_met", site="north")],
        sites=sites,
    )
    assert of(checklist(uneven), "clay")["score"] == pytest.approx((1 + 4 + 4) / 10)


def test_an_establishment_weighs_the_same_however_many_sites_it_has():
    alone = scores(checklist(document()))
    spread = scores(checklist(document(sites=[{"id": "a"}, {"id": "b"}, {"id": "c"}])))
    np.testing.assert_allclose(spread.possible, alone.possible)


def test_an_exposure_of_none_leaves_what_it_takes_out_of_the_whole():
    before = scores(checklist(document())).possible[0]
    after = scores(checklist(document(exposure=[exposed("wildfire", "none")]))).possible[0]
    column = list(load_catalogue().hazards).index("wildfire")
    # FIR-01 stays, at the least weight there is; the other three go
    assert after[column] == load_catalogue().items["FIR-01"].weight
    assert before[-1] - after[-1] == pytest.approx(before[column] - after[column])


ANSWERS = st.dictionaries(
    st.sampled_from(list(load_catalogue().items)),
    st.tuples(st.sampled_from(["met", "partly", "not_met"]), st.booleans()),
    max_size=30,
)


def answered(said):
    return document(answers=[answer(item, one, **(shown() if proof else {})) for item, (one, proof) in said.items()])


@settings(max_examples=40)
@given(ANSWERS, ANSWERS)
def test_whatever_more_is_answered_the_result_stays_within_the_bounds(first, more):
    before, after = (scores(checklist(answered(said))) for said in (first, more | first))
    nearly = 1e-12
    for column in range(len(before.groups)):
        if not np.isnan(after.score[0, column]) and after.coverage[0, column] > 1 - nearly:
            assert before.worst[0, column] - nearly <= after.score[0, column] <= before.best[0, column] + nearly
    assert (after.worst >= before.worst - nearly).all()
    assert (after.best <= before.best + nearly).all()
    assert (before.worst <= before.best + nearly).all()


def test_data_count_as_evidence():
    found = of(checklist(document(facts=[fact("electricity_autonomy", 48, "h")])), "energy")
    assert found["coverage"] == found["evidenced_coverage"] == found["worst"] > 0
