"""What is withheld cannot be had back: attacked by linear programming on random tables."""

import random
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from decarb.national.aggregating import Aggregates, Contributions
from decarb.national.secrecy import as_it_is, changes, publish


def table(parts, rows, columns, year=2024, two=True):
    """A table of (row, column, entity, amount)."""
    shape = (rows + 1, columns + two)
    value, here = np.zeros(shape), np.zeros(shape, dtype=bool)
    for row, column, _, amount in parts:
        for r in (row, -1):
            for c in (column, -1) if two else (column,):
                value[r, c] += amount
                here[r, c] = True
    names = sorted({entity for _, _, entity, _ in parts})
    row, column, entity = (
        np.array([part[0] for part in parts], dtype=np.int64),
        np.array([part[1] for part in parts], dtype=np.int64),
        np.array([names.index(part[2]) for part in parts], dtype=np.int64),
    )
    amount = np.array([part[3] for part in parts], dtype=np.float64)
    value = np.where(here, value, np.nan)
    count = np.zeros(shape, dtype=np.int64)
    by = ("region", "post") if two else ("region",)
    labels = tuple(f"r{number}" for number in range(rows)), tuple(f"c{number}" for number in range(columns))
    contributions = Contributions(row, column, entity, amount, tuple(names))
    return Aggregates(
        year, "beges", by, *labels, value, value, value, count, count, None, None, None, contributions, ()
    )


def one_dimension(amounts, **others):
    """A table of one dimension: the amounts of the entities of each row."""
    parts = [
        (row, 0, f"{row}-{number}", amount) for row, given in enumerate(amounts) for number, amount in enumerate(given)
    ]
    return table(parts, len(amounts), 1, two=False, **others)


def withheld(found):
    return [bool(cell) for cell in found.withheld[:, 0]]


# ---------------------------------------------------------------- the rule, by hand


def test_two_entities_are_too_few_and_three_are_not():
    (found,) = publish([one_dimension([[1, 1], [5, 5, 5], [2, 2, 2], [9, 9, 9]])])
    # the first by the rule; the smallest of the others with it: else the total minus the rest gives it back
    assert withheld(found) == [True, False, True, False, False]


def test_more_than_85_percent_is_too_much():
    assert withheld(publish([one_dimension([[85, 10, 5], [50, 30, 20]])])[0]) == [False] * 3
    assert withheld(publish([one_dimension([[86, 10, 4], [50, 30, 20], [9, 9, 9]])])[0]) == [True, False, True, False]


def test_the_smallest_row_that_hides_enough():
    # 100 beside 3 of three others would be seen to 3 %: the sum of both is a cell of which one has 97 %
    found = publish([one_dimension([[100], [1, 1, 1], [30, 30, 30], [500, 500, 500]])])[0]
    assert withheld(found) == [True, False, True, False, False]


def test_sites_of_one_entity_are_one():
    parts = [(0, 0, "a", 5.0), (0, 0, "a", 5.0), (0, 0, "b", 5.0), *((1, 0, name, 5.0) for name in "cdefg")]
    assert publish([table(parts, 2, 1, two=False)])[0].withheld[0, 0]


def test_entities_that_add_nothing_hide_nobody():
    found = publish([one_dimension([[7, 0, 0], [5, 5, 5], [5, 5, 5]])])[0]
    assert withheld(found)[0]


def test_nothing_to_withhold():
    found = publish([one_dimension([[5, 5, 5], [4, 4, 4]])])[0]
    assert found.is_secret
    assert not found.withheld.any()
    assert not as_it_is(one_dimension([[5]])).withheld.any()


def test_what_is_public_by_law_is_shown_and_hides_nobody():
    rows = [[7], [5, 5, 5], [5, 5, 5]]
    assert withheld(publish([one_dimension(rows)], exempt={"0-0"})[0]) == [False] * 4
    # two of three are public: the third would follow by subtraction
    assert withheld(publish([one_dimension([[7, 5, 6], *rows[1:]])], exempt={"0-0", "0-1"})[0])[0]


def test_two_dimensions_take_a_rectangle():
    rows = [(r, c, f"{r}-{n}", 10.0 * (1 + r + c)) for r in range(3) for c in range(3) for n in range(3)]
    rows = [part for part in rows if not (part[:2] == (0, 0) and part[2] != "0-0")]
    (found,) = publish([table(rows, 3, 3)])
    assert found.withheld[0, 0]
    assert found.withheld.sum() == 4
    assert not found.withheld[-1].any()
    assert not found.withheld[:, -1].any()


# ---------------------------------------------------------------- years


def test_a_difference_of_one_entity_is_withheld():
    before = one_dimension([[5, 5, 5], [6, 6, 6], [8, 8, 8]], year=2023)
    after = one_dimension([[5, 5, 5, 40], [7, 7, 7], [9, 9, 9]])
    found = publish([before, after])
    # the same three and a newcomer: the difference would be the newcomer's
    assert not found[0].withheld.any()
    assert found[1].withheld[0, 0]
    (change,) = changes(found)
    assert change.withheld[0, 0]
    assert np.isnan(change.value[0, 0])
    shown = ~change.withheld
    assert (change.value[shown] == (after.value - before.value)[shown]).all()


def test_a_difference_of_three_is_shown():
    before = one_dimension([[5, 5, 5], [6, 6, 6]], year=2023)
    after = one_dimension([[6, 6, 6], [7, 7, 7]])
    (change,) = changes(publish([before, after]))
    assert change.value[:, 0].tolist() == [3.0, 3.0, 6.0]


def test_a_row_that_one_year_lacks_changes_the_whole():
    before = one_dimension([[5, 5, 5], [6, 6, 6], [30]], year=2023)
    after = one_dimension([[5, 5, 5], [6, 6, 6]])
    found = publish([before, after])
    assert found[1].withheld[-1, 0]  # the whole fell by the figure of one entity


# ---------------------------------------------------------------- attacks


@st.composite
def contributions(draw, two=True):
    rows, columns = draw(st.integers(2, 5)), draw(st.integers(2, 5)) if two else 1
    amounts = st.sampled_from([0.0, 1.0, 2.0, 7.0, 30.0, 400.0])
    parts = [
        (row, column, f"{row}-{number}" if draw(st.booleans()) else f"shared-{number}", draw(amounts))
        for row in range(rows)
        for column in range(columns)
        for number in range(draw(st.integers(0, 5)))
    ]
    return (parts or [(0, 0, "a", 1.0)]), rows, columns


def relations(shape, two):
    """Cells of each row and column with their signs: they add up to zero."""
    place = np.arange(int(np.prod(shape))).reshape(shape)
    lines = [place[:, column] for column in range(shape[1])]
    lines += [place[row] for row in range(shape[0])] if two else []
    for line in lines:
        signs = np.zeros(place.size)
        signs[line[:-1]], signs[line[-1]] = 1.0, -1.0
        yield line, signs


def attack(found, two):
    """Least and most that each withheld cell can be, for who knows that nothing is negative."""
    value = np.nan_to_num(found.aggregates.value).ravel()
    hidden = np.flatnonzero(found.withheld.ravel())
    shown = np.where(found.withheld.ravel(), 0.0, value)
    left, right = zip(
        *((signs[hidden], -signs @ shown) for _, signs in relations(found.withheld.shape, two)), strict=True
    )
    for number in range(len(hidden)):
        goal = np.zeros(len(hidden))
        goal[number] = 1.0
        ends = [linprog(sign * goal, A_eq=np.array(left), b_eq=np.array(right)) for sign in (1, -1)]
        assert all(end.status in (0, 3) for end in ends)
        yield hidden[number], ends[0].fun, (-ends[1].fun if ends[1].status == 0 else np.inf)


def is_too_few(parts):
    own = {}
    for _, _, entity, amount in parts:
        own[entity] = own.get(entity, 0.0) + amount
    return bool(own) and (len(own) < 3 or max(own.values()) > 0.85 * sum(own.values()))


@settings(max_examples=150)
@pytest.mark.parametrize("two", [True, False])
@given(data=st.data())
def test_no_withheld_cell_follows_from_the_others(data, two):
    parts, rows, columns = data.draw(contributions(two=two))
    given_table = table(parts, rows, columns, two=two)
    (found,) = publish([given_table])
    for row in range(rows):
        for column in range(columns):
            cell = [part for part in parts if part[:2] == (row, column)]
            assert found.withheld[row, column] or not is_too_few(cell)
    assert found.withheld[-1, -1] or not is_too_few(parts)
    for cell, low, high in attack(found, two):
        assert high - low > 1e-6, np.unravel_index(cell, found.withheld.shape)


@settings(max_examples=150)
@given(contributions())
def test_no_sum_of_a_row_or_column_is_of_too_few(drawn):
    parts, rows, columns = drawn
    (found,) = publish([table(parts, rows, columns)])
    for row in range(rows):
        hidden = found.withheld[row]
        if not hidden[-1]:
            assert not is_too_few([part for part in parts if part[0] == row and hidden[part[1]]])
    for column in range(columns):
        hidden = found.withheld[:, column]
        if not hidden[-1]:
            assert not is_too_few([part for part in parts if part[1] == column and hidden[part[0]]])


def sparse_parts(seed):
    """Tables of many cells of one or two entities, as two dimensions of documents give."""
    source = random.Random(seed)
    rows, columns = source.randint(2, 6), source.randint(2, 6)
    parts = [
        (row, column, source.choice([f"{row}-{number}", f"shared-{number}", f"{row}"]), source.lognormvariate(3, 2))
        for row in range(rows)
        for column in range(columns)
        for number in range(source.choice([0, 0, 1, 3, 4, 5]))
    ]
    return parts, rows, columns


def test_no_two_cells_together_are_of_too_few():
    """Neither the sum nor the difference of two withheld cells follows, in whatever rows and columns they are."""
    asked = 0
    for seed in range(200):
        parts, rows, columns = sparse_parts(seed)
        (found,) = publish([table(parts, rows, columns)])
        place = np.arange(found.withheld.size).reshape(found.withheld.shape)
        hidden = np.flatnonzero(found.withheld.ravel())
        left = np.array([signs[hidden] for _, signs in relations(place.shape, two=True)])
        rank = np.linalg.matrix_rank(left) if len(hidden) else 0
        inside = [cell for cell in hidden if cell in place[:-1, :-1]]
        for one, other in combinations(inside, 2):
            of_each = [[part for part in parts if place[part[0], part[1]] == cell] for cell in (one, other)]
            if all(of_each) and is_too_few(list(chain(*of_each))):
                for sign in (1.0, -1.0):
                    sought = np.where(hidden == one, 1.0, np.where(hidden == other, sign, 0.0))
                    assert np.linalg.matrix_rank(np.vstack((left, sought))) > rank, seed
                    asked += 1
    assert asked > 1000


def test_the_attack_would_find_what_is_only_hidden_by_the_rule():
    # without secondary suppression the total minus the rest gives the cell back: the attack must see that
    bare = one_dimension([[7.0], [5.0, 5.0, 5.0], [6.0, 6.0, 6.0]])
    (found,) = publish([bare])
    alone = np.zeros_like(found.withheld)
    alone[0, 0] = True
    ((_, low, high),) = attack(
        type(found)(bare, alone, is_secret=True, netted_withheld=found.netted_withheld), two=False
    )
    assert low == pytest.approx(high)
