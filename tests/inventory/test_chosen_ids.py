"""Ids of some lines of a longer sequence: as picking them one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from decarb.inventory.columns import ChosenIds, LineIds

rows_drawn = st.sets(st.integers(0, 99)).map(sorted)
bounds = st.one_of(st.none(), st.integers(-110, 110))


@given(rows_drawn, bounds, bounds, st.sampled_from([None, 1, 2, 3]))
def test_chosen_ids_are_those_of_their_rows(rows, start, stop, step):
    ids = LineIds.of(f"line {number}" for number in range(100))
    chosen = ChosenIds(ids, np.array(rows, dtype=np.intp))
    expected = [f"line {row}" for row in rows]
    assert list(chosen) == expected
    assert chosen == expected
    assert chosen[start:stop:step] == tuple(expected[start:stop:step])
    assert [chosen[place] for place in range(len(chosen))] == expected
