import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.kernels import accumulate, numpy_path

# magnitudes far apart, so that any other order of addition changes the last bits
NUMBERS = st.floats(-1e12, 1e12) | st.sampled_from([0.0, -0.0, 0.1, 0.2, 0.3, 1e-300, 1e15, -1e15])


def naive(group, term, quantity, pointer, cell, coefficient, groups, cells):
    """Add line by line and entry by entry, as METHOD section 1 words it."""
    values = [[0.0] * cells for _ in range(groups)]
    present = [[False] * cells for _ in range(groups)]
    for line in range(len(term)):
        for entry in range(pointer[term[line]], pointer[term[line] + 1]):
            values[group[line]][cell[entry]] += float(quantity[line]) * float(coefficient[entry])
            present[group[line]][cell[entry]] = True
    return values, present


def arrays(group, term, quantity, pointer, cell, coefficient):
    return (
        np.array(group, dtype=np.int32),
        np.array(term, dtype=np.int32),
        np.array(quantity, dtype=np.float64),
        np.array(pointer, dtype=np.int64),
        np.array(cell, dtype=np.int32),
        np.array(coefficient, dtype=np.float64),
    )


def accumulate_lists(*arguments):
    return accumulate(*arrays(*arguments[:6]), *arguments[6:])


@st.composite
def problems(draw):
    groups, cells, terms = draw(st.integers(1, 4)), draw(st.integers(1, 5)), draw(st.integers(1, 5))
    # a refused term has no entries
    counts = draw(st.lists(st.integers(0, 4), min_size=terms, max_size=terms))
    pointer = [sum(counts[:index]) for index in range(terms + 1)]
    entries = pointer[-1]
    cell = draw(st.lists(st.integers(0, cells - 1), min_size=entries, max_size=entries))
    coefficient = draw(st.lists(NUMBERS, min_size=entries, max_size=entries))
    lines = draw(st.lists(st.tuples(st.integers(0, groups - 1), st.integers(0, terms - 1), NUMBERS), max_size=40))
    group, term, quantity = ([line[index] for line in lines] for index in range(3))
    return group, term, quantity, pointer, cell, coefficient, groups, cells


@given(problems(), st.sampled_from([1, 2, 3, 7, 65_536]))
def test_same_bits_as_one_addition_after_the_other(problem, chunk_lines):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numpy_path, "CHUNK_LINES", chunk_lines)
        values, present = accumulate_lists(*problem)
    expected, expected_present = naive(*problem)
    assert values.tobytes() == np.array(expected, dtype=np.float64).tobytes()
    np.testing.assert_array_equal(present, np.array(expected_present, dtype=np.bool_))


@pytest.mark.parametrize("lines", [65_535, 65_536, 65_537, 200_000])
def test_the_accumulator_carries_on_over_chunks(lines):
    # 0.1 added n times from zero, in order: pairwise summation or a sum per chunk gives other bits
    values, present = accumulate_lists([0] * lines, [0] * lines, [0.1] * lines, [0, 1], [0], [1.0], 1, 1)
    total = 0.0
    for _ in range(lines):
        total += 0.1
    assert values[0, 0] == total
    assert total != float(np.sum(np.full(lines, 0.1)))  # so the assertion above can tell them apart
    assert present.all()


def test_by_hand():
    # two establishments, three cells; term 0 goes to cells 0 and 2, term 1 to cell 2 only
    values, present = accumulate_lists(
        [0, 1, 0], [0, 1, 1], [10.0, 5.0, 2.0], [0, 2, 3], [0, 2, 2], [0.5, 3.0, 7.0], 2, 3
    )
    # establishment 0: cell 0 = 10 x 0.5; cell 2 = 10 x 3 + 2 x 7. Establishment 1: cell 2 = 5 x 7
    np.testing.assert_array_equal(values, [[5.0, 0.0, 44.0], [0.0, 0.0, 35.0]])
    np.testing.assert_array_equal(present, [[True, False, True], [False, False, True]])


def test_a_part_that_reports_twice_in_one_cell_counts_twice():
    values, _ = accumulate_lists([0], [0], [2.0], [0, 2], [0, 0], [3.0, 5.0], 1, 1)
    assert values[0, 0] == 16.0


def test_a_line_of_zero_is_present_and_its_absence_is_not():
    values, present = accumulate_lists([0], [0], [0.0], [0, 1], [1], [4.0], 1, 2)
    np.testing.assert_array_equal(values, [[0.0, 0.0]])
    np.testing.assert_array_equal(present, [[False, True]])


def test_a_refused_term_contributes_nothing():
    values, present = accumulate_lists([0, 0], [0, 1], [8.0, 1.0], [0, 0, 1], [0], [2.0], 1, 1)
    np.testing.assert_array_equal(values, [[2.0]])
    assert present.all()


def test_a_credit_subtracts():
    values, present = accumulate_lists([0, 0], [0, 0], [100.0, -30.0], [0, 1], [0], [0.5], 1, 1)
    assert values[0, 0] == 35.0
    assert present[0, 0]


def test_nothing_gives_zeros_that_are_not_present():
    values, present = accumulate_lists([], [], [], [0], [], [], 3, 2)
    assert values.shape == present.shape == (3, 2)
    assert not values.any()
    assert not present.any()
