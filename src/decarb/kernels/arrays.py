"""What both paths share: the form of their arrays, and the moments of one line."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]
Codes = NDArray[np.int32] | NDArray[np.uint32]
Code32s = NDArray[np.uint32]

SKIPPED = 1 << 31
"""Pair codes from here on (negative as int32) belong to refused lines."""


@dataclass(frozen=True, slots=True)
class Exposures:
    """Lines summed per group and pair, in compressed rows; a pair is what shares one coefficient.

    With a = sigma of a line's activity data, A = e^(a^2/2), w = e^(a^2) and x = q A.
    """

    pointer: Int64s
    """Shape (groups + 1,): the entries of group g are ``pointer[g]:pointer[g + 1]``."""
    pair: NDArray[np.int32]
    """Shape (entries,), ascending within each group."""
    quantity: Float64s
    """Sum of q [unit of the pair], shape (entries,)."""
    mean: Float64s
    """Sum of x [unit of the pair], shape (entries,)."""
    second: Float64s
    """Sum of x^2 (w - 1) [unit squared], shape (entries,)."""
    third: Float64s
    """Sum of x^3 (w - 1)^2 (w + 2) [unit cubed], shape (entries,)."""


def plain(array: Any, dtype: Any) -> Any:
    """Contiguous, aligned, read-only view: one type for numba, whatever came (a memory map included)."""
    view = np.require(array, dtype, ["C", "A", "E"]).view()
    view.flags.writeable = False
    return view


def codes(array: Any) -> Code32s:
    """View codes of 32 bits as unsigned, without a copy: one comparison then finds every bad one."""
    given = np.asarray(array)
    if given.dtype not in (np.int32, np.uint32):
        narrow = given.astype(np.int32)
        if not np.array_equal(narrow, given):
            raise IndexError("codes do not fit in 32 bits")
        given = narrow
    view: Code32s = plain(given, given.dtype).view(np.uint32)
    return view


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Integers that occur, each once, ascending.

    ``np.unique`` does this by hashing since NumPy 2.3: a hundred times slower for a million keys that are made of two
    codes (0.75 s and 0.006 s).
    """
    ascending = np.sort(values, axis=None)
    first = np.ones(len(ascending), dtype=np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]


def check_lengths(*columns: Any) -> None:
    """Refuse columns of different lengths: compiled code would read beyond the shorter."""
    if len({len(column) for column in columns}) > 1:
        raise ValueError(f"columns differ in length: {[len(column) for column in columns]}")


def check_rows(pointer: Int64s, index: Code32s, bound: int) -> None:
    """Refuse compressed rows that would reach outside of their arrays."""
    if len(pointer) == 0 or pointer[0] < 0 or pointer[-1] > len(index) or bool((np.diff(pointer) < 0).any()):
        raise IndexError("row pointers must ascend within the entries")
    check_codes(index, bound)


def check_codes(code: Code32s, bound: int) -> None:
    """Refuse codes that are not below `bound`."""
    if len(code) and int(code.max()) >= bound:
        raise IndexError(f"code {int(code.view(np.int32).max())} is not between 0 and {bound - 1}")


def moments(quantity: Float64s, activity_sigma: Float64s) -> tuple[Float64s, Float64s, Float64s]:
    """Moments of each line: x, x^2 (w - 1) and x^3 (w - 1)^2 (w + 2); see `Exposures`.

    Both paths call this one: the last bit of numba's exp and expm1 is not always that of NumPy's.
    Products, not powers: ``**3`` calls pow, which is slow and rounds as it likes.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # threads do not inherit the caller's
        variance = activity_sigma * activity_sigma
        spread = np.expm1(variance)
        variance *= 0.5
        mean = np.exp(variance)
        mean *= quantity
        second = mean * mean
        third = second * mean
        second *= spread
        third *= spread
        third *= spread
        spread += 3.0
        third *= spread
    return mean, second, third


def group_constants(factor_sigma: Float64s) -> Float64s:
    """e^(f^2), e^(f^2) - 1, e^(f^2 / 2) and e^(3 f^2 / 2) of each error group, shape (4, error groups)."""
    with np.errstate(over="ignore", invalid="ignore"):
        excess = np.expm1(factor_sigma * factor_sigma)
        scale = excess + 1
        root = np.sqrt(scale)
        return np.stack([scale, excess, root, scale * root])
