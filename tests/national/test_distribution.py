"""Emissions per bed of legal entities: quartiles and classes by hand, too few of them told by nobody."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.national.distribution import _classes, distribution
from decarb.national.members import members_of
from tests.national.hospitals import computed, entity, hospital


@pytest.fixture(scope="module")
def thirteen(make):
    """Thirteen hospitals of 100 beds, the number n emitting n times what the first does; of three no beds are known."""
    documents = [hospital(make, number, 1000.0 * number) for number in range(1, 14)]
    documents += [hospital(make, number, 1.0, beds=None, category="365") for number in range(20, 23)]
    return computed(make, documents)


def test_quartiles_by_hand(thirteen):
    found = distribution(thirteen, members_of(thirteen), "category")
    one = thirteen.totals().min(initial=np.inf, where=thirteen.totals() > 1) / 100
    # of 1 to 13 in order: three figures about each quartile, 3 to 5, 6 to 8, 9 to 11
    assert np.array([found.whole.low, found.whole.middle, found.whole.high]) / one == pytest.approx([4, 7, 10])
    assert (found.whole.entities, found.unknown) == (13, 3)
    by_category = {each.group: each for each in found.groups}
    assert by_category["355"].entities == 13
    assert by_category["365"].entities == 0
    assert np.isnan(by_category["365"].middle)


def test_documents_of_one_legal_entity_are_one_figure(make):
    documents = [hospital(make, number, 1000.0) for number in range(1, 10)]
    documents.append(hospital(make, 50, 9000.0, finess_ej=entity(1)))
    footprint = computed(make, documents)
    found = distribution(footprint, members_of(footprint), "size")
    # entity 1: (1000 + 9000) kWh over 200 beds, five times the others; all of the nine in one class of size
    one = footprint.totals().min() / 100
    assert found.whole.entities == 9
    assert found.whole.high == pytest.approx((1 + 1 + 5) / 3 * one)


@pytest.mark.parametrize("count", [2, 5, 8])
def test_fewer_than_nine_are_told_by_nothing(make, count):
    footprint = computed(make, [hospital(make, number, 1000.0 * number) for number in range(1, count + 1)])
    found = distribution(footprint, members_of(footprint), "category")
    assert np.isnan([found.whole.low, found.whole.middle, found.whole.high]).all()
    assert found.classes == ()


def test_two_groupings_do_not_tell_who_is_in_one_of_them_alone(make):
    """Four of a category and the same four with a fifth of a size: five times one mean less four times the other."""
    documents = [hospital(make, number, 1000.0 * number, category="101") for number in range(1, 5)]
    documents.append(hospital(make, 5, 7000.0, category="355"))
    documents += [hospital(make, number, 1000.0, beds=20, category="355") for number in range(6, 16)]
    footprint = computed(make, documents)
    members = members_of(footprint)
    shown = {
        (by, group.group): (group.entities, group.middle)
        for by in ("category", "size")
        for group in distribution(footprint, members, by).groups
    }
    assert (shown["category", "101"][0], shown["size", "50-150"][0]) == (4, 5)
    assert np.isnan(shown["category", "101"][1])
    assert np.isnan(shown["size", "50-150"][1])


@given(st.lists(st.floats(0, 1e9), min_size=9, max_size=200))
def test_classes_hold_everybody_and_none_holds_too_few(figures):
    ascending = np.sort(np.array(figures))
    classes = _classes(ascending)
    assert sum(each.entities for each in classes) == len(figures)
    assert all(each.entities >= 3 for each in classes)
    assert all(before.high == after.low for before, after in pairwise(classes))
    for each in classes[1:-1]:
        assert each.entities == np.count_nonzero((ascending >= each.low) & (ascending < each.high))
