"""A part of a footprint is what its lines give by themselves, and parts add up to the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.footprint import compute_footprint
from decarb.footprint.restricting import restrict, restrict_inventory

LINES = (
    ("electricity-fr-2024", 10, "MWh"),
    ("natural-gas-fr-kwh-pcs", 20, "MWh PCS"),
    ("meal-average", 300, "meal"),
    ("desflurane", 2, "kg"),
    ("electricity-fr-2024", 5, "MWh"),
    ("spend-pharmaceutical-products", 1000, "EUR HT"),
)


@pytest.fixture(scope="module")
def footprint(make):
    """Two establishments with the same six lines, the second twice as much of each."""
    documents = [
        make.document(
            *(make.line(factor, times * quantity, unit) for factor, quantity, unit in LINES),
            establishment={"name": name},
        )
        for name, times in (("A", 1), ("B", 2))
    ]
    return compute_footprint(make.read_all(documents), make.library)


def both(footprint):
    return np.ones(len(footprint.inventory.establishments), dtype=np.bool_)


def test_lines_alone_give_the_same_bits(make, footprint):
    chosen = [1, 4]
    mask = np.zeros(len(footprint.inventory), dtype=np.bool_)
    mask[chosen] = True
    part = restrict(footprint, np.array([True, False]), mask)
    alone = make.compute(*(make.line(*LINES[number]) for number in chosen))
    assert part.total() == alone.total()
    assert np.array_equal(part.row_totals(), alone.row_totals(), equal_nan=True)
    assert list(part.inventory.ids) == ["line-2", "line-5"]
    assert [e.name for e in part.inventory.establishments] == ["A"]
    assert part.coverage["computed"] == 2
    assert len(part.binding.bound) == 2


def test_an_establishment_alone_is_its_document(make, footprint):
    part = restrict(footprint, np.array([False, True]))
    alone = make.compute(*(make.line(factor, 2 * quantity, unit) for factor, quantity, unit in LINES))
    assert part.total() == alone.total()
    given_again = compute_footprint(
        restrict_inventory(footprint.binding.given, np.array([False, True])), footprint.library
    )
    assert given_again.total() == alone.total()


def test_no_line_at_all_is_a_footprint_of_nothing(footprint):
    part = restrict(footprint, both(footprint), np.zeros(len(footprint.inventory), dtype=np.bool_))
    assert part.total() == 0
    assert np.isnan(part.row_totals()).all()


def test_refusals_go_with_their_lines(make):
    found = make.compute(
        make.line("electricity-fr-2024", 1, "MWh"),
        make.line("isoflurane", 1, "L"),
        make.line("isoflurane", 2, "L"),
        partial=True,
    )
    (kept,) = restrict(found, both(found), np.array([True, False, True])).binding.refusals
    assert kept.lines == (1,)
    assert not restrict(found, both(found), np.array([True, False, False])).is_partial


@given(st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_part_and_the_rest_are_the_whole(footprint, chosen):
    mask = np.array(chosen)
    part, rest = (restrict(footprint, both(footprint), lines) for lines in (mask, ~mask))
    assert part.total() + rest.total() == pytest.approx(footprint.total())
    assert np.array_equal(part.line_totals(), footprint.line_totals()[mask])
