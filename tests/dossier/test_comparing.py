"""Differences are those of values, at their places, and nothing else."""

import copy
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.dossier.comparing import Difference, differences

LEAVES = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text()
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(DOCUMENTS)
def test_a_document_is_itself(document: Any) -> None:
    assert not list(differences(document, copy.deepcopy(document)))


@given(st.dictionaries(st.sampled_from("abc"), st.lists(st.floats(1, 2), min_size=1), min_size=1), st.data())
def test_one_bit_of_one_number_is_one_difference_at_its_place(document: dict[str, list[float]], data: Any) -> None:
    other = copy.deepcopy(document)
    key = data.draw(st.sampled_from(sorted(document)))
    index = data.draw(st.integers(0, len(document[key]) - 1))
    other[key][index] = math.nextafter(other[key][index], 3)
    (found,) = differences(document, other)
    assert found.place == f"/{key}/{index}"
    assert (found.recorded, found.replayed) == (document[key][index], other[key][index])


def test_records_are_named_and_changes_measured() -> None:
    before = {"lines": [{"line": "power", "kg": 100.0}, {"line": "gas", "kg": 1.0}]}
    after = {"lines": [{"line": "power", "kg": 110.0}]}
    first, *rest = differences(before, after)
    assert first == Difference("/lines/0/kg", "power", 100.0, 110.0)
    assert first.relative == pytest.approx(0.1)
    assert [found.place for found in rest] == ["/lines/1"]
    assert rest[0].relative is None


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (0.0, -0.0), (True, 1), (None, 0), ("1", 1)])
def test_what_looks_alike_is_not_the_same(one: Any, other: Any) -> None:
    assert len(list(differences(one, other))) == 1


def test_a_change_from_nothing_has_no_share() -> None:
    assert Difference("/x", "", 0.0, 1.0).relative is None
    assert Difference("/x", "", "a", "b").relative is None
