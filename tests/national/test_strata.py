import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import RefusedEstimationError
from decarb.national.strata import Joined, size_class, stratify
from tests.national.sectors import units


def test_classes_of_size():
    assert [size_class(size) for size in (0, 49.9, 50, 149, 150, 400, math.nan)] == [
        "<50", "<50", "50-150", "50-150", "150-400", ">=400", "?",
    ]  # fmt: skip
    assert size_class(3, ()) == "all"


def test_large_strata_are_left_alone():
    sector = units([10] * 12 + [100] * 12, [True] * 5 + [False] * 7 + [True] * 6 + [False] * 6)
    found = stratify(sector)
    assert found.names == ("355 / public / 50-150", "355 / public / <50")
    assert not found.joined
    assert found.of_unit.tolist() == [1] * 12 + [0] * 12


def test_small_strata_join_the_nearest_of_their_category_and_status():
    # classes of 355 public: <50 (3 of 5 respond), 50-150 (6 of 8), >=400 (9 of 10): the small one joins 50-150,
    # whose mean size is nearer
    sizes = [20] * 5 + [100] * 8 + [1000] * 10
    responded = [True] * 3 + [False] * 2 + [True] * 6 + [False] * 2 + [True] * 9 + [False]
    found = stratify(units(sizes, responded))
    name = "355 / public / <50"
    assert found.joined == (Joined(name, 3, 5, "355 / public / 50-150", "category and legal status"),)
    assert found.names == ("355 / public / 50-150 + 355 / public / <50", "355 / public / >=400")
    assert len(set(found.of_unit[:13].tolist())) == 1


def test_status_goes_before_category():
    # 355 private has nobody of its status: it joins 355 public of the nearest size, not 101 private
    category = ["355"] * 20 + ["355"] * 2 + ["101"] * 10
    status = ["public"] * 20 + ["private_non_profit"] * 2 + ["private_non_profit"] * 10
    sizes = [20] * 10 + [1000] * 10 + [900, 800] + [850] * 10
    responded = ([True] * 8 + [False] * 2) * 2 + [True, False] + [True] * 9 + [False]
    found = stratify(units(sizes, responded, category, status))
    (joined,) = found.joined
    assert (joined.into, joined.shared) == ("355 / public / >=400", "category")


def test_a_category_that_nobody_reports_joins_any_by_name():
    category = ["114"] * 2 + ["355"] * 10
    found = stratify(units([20] * 12, [False] * 2 + [True] * 9 + [False], category))
    (joined,) = found.joined
    assert (joined.name, joined.respondents, joined.shared) == ("114 / public / <50", 0, "none")
    assert len(found.names) == 1


def test_a_stratum_of_which_everybody_responded_needs_no_other():
    category = ["114"] * 2 + ["355"] * 10
    found = stratify(units([20] * 12, [True] * 2 + [True] * 9 + [False], category))
    assert not found.joined
    assert len(found.names) == 2


def test_those_set_apart_do_not_count():
    sector = units([20] * 10, [True] * 5 + [False] * 5)
    assert not stratify(sector).joined
    with pytest.raises(RefusedEstimationError) as caught:
        stratify(sector, unlike=frozenset({"0"}))
    assert str(caught.value) == "4 respondent(s) of 10 units in all: at least 5 are needed"
    with pytest.raises(ValueError, match="one respondent has no variance"):
        stratify(sector, minimum=1)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.floats(0, 1000), st.booleans()),
        min_size=5,
        max_size=60,
    ),
    st.integers(2, 6),
)
def test_no_stratum_is_left_too_small(rows, minimum):
    category, status, sizes, responded = zip(*rows, strict=True)
    sector = units(list(sizes), list(responded), category, status)
    try:
        found = stratify(sector, minimum)
    except RefusedEstimationError:
        assert np.count_nonzero(sector.responded & (sector.size > 0)) < minimum
        return
    for code in range(len(found.names)):
        here = found.of_unit == code
        silent = (here & ~sector.responded).any()
        assert not silent or np.count_nonzero(here & sector.responded & (sector.size > 0)) >= minimum
    again = stratify(sector, minimum)
    assert (again.names, again.joined) == (found.names, found.joined)
