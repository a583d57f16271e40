"""Arrays in, arrays out: the sums over lines. No units, no factors, no files here.

Each function has two paths with the same results: NumPy for small work, numba for large. `path` forces
one (``"numpy"`` or ``"numba"``); by default numba is taken where it repays its import and first call,
or is at hand already. `threads` is for the numba path; by default one per processor, fewer for small work.
"""

import os
import sys
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from decarb.kernels import numpy_path
from decarb.kernels.arrays import Codes, Exposures, Float64s, Int64s

Path = Literal["numpy", "numba"]

NUMBA_FROM = {"accumulate": 25_000_000, "expose": 40_000_000, "cumulants": 12_000_000, "blend": 1_700_000_000}
"""Products from which numba is faster although it must be imported and loaded from its cache.

That costs 0.4 to 0.8 s here (and up to 4 s the first time on a machine). NumPy needs, on one core, 25 ns for
a line and entry of `accumulate` (numba 0.8), 22 ns for a line of `expose` (7), 56 ns for an entry of `cumulants`
(6), 0.43 ns for an entry and draw of `blend` (0.15)."""

AT_HAND_SHARE = 1_000
"""Where numba is compiled already it is taken from a thousandth of that: NumPy needs under a millisecond."""

PER_THREAD = {"accumulate": 1_000_000, "expose": 500_000, "cumulants": 500_000, "blend": 10_000_000}
"""Products that keep a thread busy for about a millisecond; starting two takes 0.2."""

MOST_THREADS = 16
"""A guess at where memory is the limit; two is the most that was measured."""


def _takes_numba(name: str, work: float, path: Path | None) -> bool:
    if path is not None:
        if path not in ("numpy", "numba"):
            raise ValueError(f"path is {path!r}; expected 'numpy', 'numba' or None")
        return path == "numba"
    loaded: Any = sys.modules.get("decarb.kernels.numba_path")
    at_hand = loaded is not None and loaded.is_compiled(name)
    return work >= NUMBA_FROM[name] / (AT_HAND_SHARE if at_hand else 1)


def _thread_count(name: str, work: float, threads: int | None) -> int:
    if threads is not None:
        if threads < 1:
            raise ValueError(f"threads is {threads}; expected at least 1")
        return threads
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, MOST_THREADS, int(work / PER_THREAD[name])))


def accumulate(
    group: Codes,
    term: Codes,
    quantity: Float64s,
    pointer: Int64s,
    cell: Codes,
    coefficient: Float64s,
    groups: int,
    cells: int,
    *,
    threads: int | None = None,
    path: Path | None = None,
) -> tuple[Float64s, NDArray[np.bool_]]:
    """Sum ``quantity * coefficient`` into cells.

    Parameters
    ----------
    group, term, quantity : arrays of shape (lines,)
        Establishment, row of the entries' index, and quantity [unit of the term] of each line. Fastest where
        groups ascend, which the canonical order sees to.
    pointer : array of shape (terms + 1,)
        Entries of term t are ``pointer[t]:pointer[t + 1]``; a refused term has none.
    cell, coefficient : arrays of shape (entries,)
        Where each entry goes and what multiplies the quantity [kg CO2e per unit of the line].
    groups, cells
        Shape of the result.
    threads, path
        See `decarb.kernels`.

    Returns
    -------
    values : array of shape (groups, cells) [kg CO2e]
        Each cell is summed from zero by one thread in the order of the lines, so that any path, any number
        of threads and any chunking gives the same bits.
    present : array of shape (groups, cells)
        Cells that some line contributed to, be it zero; the others are unknown, not zero.

    Raises
    ------
    IndexError
        If a code is outside of its range.

    Notes
    -----
    docs/method.md, Order and bits.
    """
    work = len(term) * len(cell) / max(1, len(pointer) - 1)
    arguments = (group, term, quantity, pointer, cell, coefficient, groups, cells)
    if _takes_numba("accumulate", work, path):
        from decarb.kernels import numba_path

        return numba_path.accumulate(*arguments, threads=_thread_count("accumulate", work, threads))
    return numpy_path.accumulate(*arguments)


def expose(
    group: Codes,
    pair: Codes,
    quantity: Float64s,
    activity_sigma: Float64s,
    groups: int,
    pairs: int,
    *,
    threads: int | None = None,
    path: Path | None = None,
) -> Exposures:
    """Collapse lines to what a coefficient per pair can be applied to, with the moments for intervals.

    Parameters
    ----------
    group, pair, quantity, activity_sigma : arrays of shape (lines,)
        Establishment, pair (what shares one coefficient), quantity [unit of the pair] and sigma of the logarithm
        of the quantity. A line whose pair is negative is skipped: it was refused.
    groups, pairs
        How many there are of each.
    threads, path
        See `decarb.kernels`.

    Returns
    -------
    Exposures
        Each sum from zero in the order of the lines: the same bits on any path and number of threads.

    Raises
    ------
    IndexError
        If a code is outside of its range.

    Notes
    -----
    docs/method.md, Uncertainty: m, c2 and c3 of each pair before its coefficient.
    """
    arguments = (group, pair, quantity, activity_sigma, groups, pairs)
    if _takes_numba("expose", len(quantity), path):
        from decarb.kernels import numba_path

        return numba_path.expose(*arguments, threads=_thread_count("expose", len(quantity), threads))
    return numpy_path.expose(*arguments)


def with_own_errors(exposures: Exposures, own_sigma: Float64s) -> Exposures:
    """Multiply each pair of each group by an error of its own, which all its lines share.

    Parameters
    ----------
    exposures
        From `expose`.
    own_sigma : array of shape (pairs,)
        Sigma of the logarithm of each pair's error: that of a product among those that a mean stands for.

    Returns
    -------
    Exposures
        Whose ``mean``, ``second`` and ``third`` are the cumulants of each pair's sum with its error: the pair is as one
        line to what comes after. The same exposures where no pair has an error of its own.
    """
    return numpy_path.with_own_errors(exposures, own_sigma)


def cumulants(
    exposures: Exposures,
    coefficient: Float64s,
    error_group: Codes,
    factor_sigma: Float64s,
    *,
    threads: int | None = None,
    path: Path | None = None,
) -> tuple[Float64s, Float64s, Float64s]:
    """Three first cumulants of each group's emissions.

    Parameters
    ----------
    exposures
        From `expose`.
    coefficient : array of shape (pairs,) [kg CO2e per unit of the pair]
        A pair whose coefficient is zero contributes nothing.
    error_group : array of shape (pairs,)
        Pairs with the same one share the factor's error.
    factor_sigma : array of shape (error groups,)
        Sigma of the logarithm of each error group's factor.
    threads, path
        See `decarb.kernels`.

    Returns
    -------
    k1, k2, k3 : arrays of shape (groups,) [kg CO2e, its square, its cube]
        The paths agree to 1e-12 of the sum of the terms' sizes.

    Raises
    ------
    IndexError
        If a pair or error group is outside of its range.

    Notes
    -----
    docs/method.md, Uncertainty, in the form of `decarb.uncertainty.interval_of_sum`.
    """
    arguments = (exposures, coefficient, error_group, factor_sigma)
    work = len(exposures.pair)
    if _takes_numba("cumulants", work, path):
        from decarb.kernels import numba_path

        return numba_path.cumulants(*arguments, threads=_thread_count("cumulants", work, threads))
    return numpy_path.cumulants(*arguments)


def blend(
    pointer: Int64s,
    column: Codes,
    weight: Float64s,
    draws: Float64s,
    *,
    threads: int | None = None,
    path: Path | None = None,
    out: Float64s | None = None,
) -> Float64s:
    """Multiply sparse rows by dense draws.

    Parameters
    ----------
    pointer : array of shape (groups + 1,)
        Entries of group g are ``pointer[g]:pointer[g + 1]``.
    column, weight : arrays of shape (entries,)
        Row of `draws` and what multiplies it [kg CO2e].
    draws : array of shape (columns, n_draws)
        Draws of each factor's relative error [1].
    threads, path
        See `decarb.kernels`.
    out
        Where to write the result, shape (groups, n_draws).

    Returns
    -------
    array of shape (groups, n_draws) [kg CO2e]
        Sum over the group's entries, in order, of weight x draws; the paths agree to 1e-12 of the terms' sizes.

    Raises
    ------
    IndexError
        If a column is outside of its range.
    ValueError
        If `out` has another shape or type.
    """
    shape = (len(pointer) - 1, draws.shape[1])
    if out is not None and (out.shape != shape or out.dtype != np.float64):
        raise ValueError(f"out is {out.dtype} of shape {out.shape}; expected float64 of shape {shape}")
    work = len(column) * draws.shape[1]
    if _takes_numba("blend", work, path):
        from decarb.kernels import numba_path

        count = _thread_count("blend", work, threads)
        return numba_path.blend(pointer, column, weight, draws, threads=count, out=out)
    return numpy_path.blend(pointer, column, weight, draws, out=out)


__all__ = ["Exposures", "accumulate", "blend", "cumulants", "expose", "with_own_errors"]
