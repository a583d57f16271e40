"""Shares by group: counts by hand, whose sums are those of all, with coverage."""

import numpy as np
import pytest

from decarb.adaptation import GROUPINGS, aggregate, load_catalogue
from tests.adaptation.checklists import answer, checklist, document, exposed, shown

ITEMS = list(load_catalogue().items)


def said(region, category, status=None, **fields):
    answers = [answer("GOV-02", status, **shown())] if status else []
    return document(answers=answers, establishment={"region": region, "category": category}, **fields)


FOUND = checklist(
    said("11", "101", "met"),
    said("11", "355", "not_met"),
    said("11", "500"),
    said("84", "101", "partly"),
    said("84", "101", "met", exposure=[exposed("flood", "none")]),
)


def test_counts_and_shares_of_an_item_by_region():
    found = aggregate(FOUND, "region")
    column = ITEMS.index("GOV-02")
    assert found.groups == ("11", "84")
    assert found.establishments.tolist() == [3, 2]
    assert found.applicable[:, column].tolist() == [3, 2]
    assert found.met[:, column].tolist() == [1, 1]
    assert found.not_met[:, column].tolist() == [1, 0]
    assert found.partly[:, column].tolist() == [0, 1]
    # of what is answered, and beside it how much is
    assert found.share_met[:, column].tolist() == [1 / 2, 1 / 2]
    assert found.coverage[:, column].tolist() == [pytest.approx(2 / 3), 1]
    # whom it does not concern is not counted
    assert found.applicable[:, ITEMS.index("FLO-02")].tolist() == [3, 1]
    # nothing answered is no share, and not zero
    assert np.isnan(found.share_met[0, ITEMS.index("HEA-05")])


def test_hazards_are_sums_over_their_items():
    by_item, by_hazard = aggregate(FOUND, "category"), aggregate(FOUND, "category", "hazard")
    hazards = list(load_catalogue().hazards)
    for column, hazard in enumerate(hazards):
        members = [item.hazard == hazard for item in load_catalogue().items.values()]
        for name in ("applicable", "met", "partly", "not_met"):
            sums = getattr(by_item, name)[:, members].sum(axis=1)
            assert getattr(by_hazard, name)[:, column].tolist() == sums.tolist()


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_whatever_the_grouping_all_are_counted_once(grouping):
    found, whole = aggregate(FOUND, grouping), aggregate(FOUND, "total")
    assert found.establishments.sum() == 5
    for name in ("applicable", "met", "partly", "not_met"):
        assert getattr(found, name).sum(axis=0).tolist() == getattr(whole, name)[0].tolist()


def test_what_is_left_out_is_not_counted():
    bad = document(answers=[answer("XXX-99", "met")])
    found = aggregate(checklist(said("11", "101", "met"), bad, partial=True), "total")
    assert found.establishments.tolist() == [1]
