"""What both paths share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from decarb.kernels.arrays import distinct


@given(arrays(st.sampled_from([np.int32, np.int64]), st.integers(0, 40), elements=st.integers(-3, 3)))
def test_distinct_values_are_the_set_in_order(values: np.ndarray) -> None:
    found = distinct(values)
    assert found.tolist() == sorted(set(values.tolist()))
    assert found.dtype == values.dtype


@pytest.mark.parametrize("values", [[5, 1, 5], [[5, 1], [1, 5]]])
def test_distinct_leaves_what_it_is_given_as_it_is(values: list[int]) -> None:
    given_array = np.array(values)
    assert distinct(given_array).tolist() == [1, 5]
    assert given_array.tolist() == values
