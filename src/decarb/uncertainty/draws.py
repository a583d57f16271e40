"""Seeded draws of a footprint: each factor's error is drawn once and shared (docs/method.md, section 4)."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from decarb.binding import ErrorGroups
from decarb.errors import Problem, UsageError
from decarb.footprint import Footprint
from decarb.inventory import Establishment
from decarb.inventory.lines import entity_of
from decarb.kernels import NUMBA_FROM, Exposures, blend
from decarb.kernels.arrays import group_constants
from decarb.resources import usable_cores
from decarb.uncertainty.analytic import Float64s
from decarb.uncertainty.grouping import groups, rows_with_lines, total_coefficients, totals_of_groups, whole

_Block = TypeVar("_Block")

LINE_DRAWS = 10_000_000
"""Lines times draws up to which each line's activity error is drawn; beyond, one of each group with the same mean and
variance (docs/method.md, section 4)."""

BLOCK_ROWS = 64
"""Groups whose draws are in memory at a time: five megabytes at ten thousand draws."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Draws of groups of a footprint.

    Attributes
    ----------
    names
        Of the groups; the last one is their total.
    value : array of shape (groups,) [kg CO2e]
        Deterministic values.
    low, median, mean, high : arrays of shape (groups,) [kg CO2e]
        2.5 %, 50 % and 97.5 % quantiles of the draws, and their mean.
    total : array of shape (draws,) [kg CO2e]
        Draws of the total.
    draws, seed
        How many, and what they started from.
    by_line
        Whether each line's activity error was drawn, or one of each group.
    """

    names: tuple[str, ...]
    value: Float64s
    low: Float64s
    median: Float64s
    mean: Float64s
    high: Float64s
    total: Float64s
    draws: int
    seed: int
    by_line: bool


def draw(
    footprint: Footprint,
    draws: int = 10_000,
    seed: int = 1,
    by: str = "total",
    view_name: str = "beges",
    *,
    threads: int | None = None,
) -> Drawn:
    """Draw a footprint many times over.

    Parameters
    ----------
    by
        ``total``, ``establishment``, ``region`` or ``post``.
    threads
        By default one per core.

    Returns
    -------
    Drawn
        For one seed the same to 1e-12, whatever the number of threads and the order of the documents: an error group's
        draws depend on its name alone, a group's activity error on who it is.

    Raises
    ------
    UsageError
        If `draws` is below 100 or above a million, or `by` is ``line``: a line's interval is exact as it is.
    """
    if not 100 <= draws <= 1_000_000:
        raise UsageError([Problem("draws-out-of-range", {"value": draws, "low": 100, "high": 1_000_000})])
    if by == "line":
        raise UsageError([Problem("lines-need-no-draws", {})])
    shared = footprint.binding.error_groups
    factors = np.exp(shared.sigma[:, None] * _normals(seed, "factor", shared.names, draws))
    by_line = len(footprint.inventory) * draws <= LINE_DRAWS
    drawn = _with_errors_of_lines if by_line else _with_errors_of_groups
    names, value, summaries, total = drawn(footprint, factors, seed, by, view_name, threads or usable_cores())
    summaries = np.concatenate((summaries, _summaries(total[None])), axis=1)
    value = np.append(value, footprint.totals(view_name).sum())
    return Drawn((*names, "total"), value, *summaries, total, draws, seed, by_line)


_Groups = tuple[tuple[str, ...], Float64s, Float64s, Float64s]
"""Names, values and summaries of groups, and the draws of the total."""


def _normals(seed: int, kind: str, names: Sequence[str], draws: int) -> Float64s:
    """Standard normal draws of each name, of shape (names, draws): they depend on `seed`, `kind` and the name alone."""
    found = np.empty((len(names), draws))
    for name, row in zip(names, found, strict=True):
        words = np.frombuffer(hashlib.sha256(f"{kind}\0{name}".encode()).digest(), dtype="<u4")
        generator = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *words.tolist()])))
        generator.standard_normal(out=row)
    return found


def _summaries(totals: Float64s) -> Float64s:
    """Low, median, mean and high of each row of draws, of shape (4, rows)."""
    ordered = np.sort(totals, axis=1)
    low, median, high = (_quantile(ordered, share) for share in (0.025, 0.5, 0.975))
    return np.array([low, median, totals.mean(axis=1), high])


def _quantile(ordered: Float64s, share: float) -> Float64s:
    """Quantile of sorted rows, between the two draws around it (Hyndman and Fan 1996, definition 7)."""
    place = share * (ordered.shape[1] - 1)
    below = int(place)
    after = min(below + 1, ordered.shape[1] - 1)
    quantile: Float64s = ordered[:, below] + (place - below) * (ordered[:, after] - ordered[:, below])
    return quantile


def _with_errors_of_lines(
    footprint: Footprint, factors: Float64s, seed: int, by: str, view_name: str, threads: int
) -> _Groups:
    """Draw each line's own activity error, establishment by establishment."""
    del threads  # small work
    inventory, binding = footprint.inventory, footprint.binding
    codes, values, rows = rows_with_lines(footprint, view_name)
    names, group = (codes, None) if by == "post" else groups(footprint, by)
    whole = total_coefficients(footprint, view_name)
    totals = np.zeros((len(names) + 1, factors.shape[1]))
    starts = np.searchsorted(inventory.establishment, np.arange(len(inventory.establishments) + 1))
    for number, establishment in enumerate(inventory.establishments):
        lines = slice(starts[number], starts[number + 1])
        pair = binding.pair[lines]
        errors = _normals(seed, f"lines of {_key(establishment)}", inventory.ids[lines], factors.shape[1])
        errors *= footprint.activity_sigma[lines, None]
        relative = np.exp(errors, out=errors)
        relative *= factors[binding.error_groups.of_pair[pair]]
        into = np.arange(len(names)) if group is None else group[number : number + 1]
        coefficients = rows[:, pair] if group is None else whole[None, pair]
        totals[into] += (coefficients * inventory.quantity[lines]) @ relative
        totals[-1] += (whole[pair] * inventory.quantity[lines]) @ relative
    if by == "total":
        return (), np.empty(0), np.empty((4, 0)), totals[-1]
    value = values if group is None else totals_of_groups(footprint, group, len(names), view_name)
    return names, value, _summaries(totals[:-1]), totals[-1]


def _key(establishment: Establishment) -> str:
    """Who reports, and for when: what an establishment's errors depend on."""
    return f"{entity_of(establishment)} {establishment.start}"


def _with_errors_of_groups(
    footprint: Footprint, factors: Float64s, seed: int, by: str, view_name: str, threads: int
) -> _Groups:
    """Draw one activity error of each establishment; one of each post, as posts share lines."""
    establishments = _establishments(footprint, view_name)
    names, group = groups(footprint, "total" if by == "post" else by)
    of_each, sums = _drawn(establishments, factors, seed, group, len(names), threads)
    total = sums[0].copy()
    for row in sums[1:]:
        total += row
    if by == "total":
        return (), np.empty(0), np.empty((4, 0)), total
    if by == "post":
        codes, values, _ = rows_with_lines(footprint, view_name)
        posts = _posts(footprint, view_name)
        of_posts, _ = _drawn(posts, factors, seed, np.zeros(len(codes), dtype=np.int64), 1, threads)
        return codes, values, of_posts, total
    value = totals_of_groups(footprint, group, len(names), view_name)
    return names, value, of_each if by == "establishment" else _summaries(sums), total


@dataclass(frozen=True, slots=True)
class _Rows:
    """Groups as sparse rows of mean emissions per error group, and the sigma of the activity error of each.

    ``keys`` tell the groups apart whatever they are called.
    """

    keys: tuple[str, ...]
    pointer: NDArray[np.int64]
    column: NDArray[np.int32]
    weight: Float64s
    activity_sigma: Float64s


def _establishments(footprint: Footprint, view_name: str) -> _Rows:
    keys = tuple(map(_key, footprint.inventory.establishments))
    coefficient = total_coefficients(footprint, view_name)
    return _rows(keys, footprint.exposures, coefficient, footprint.binding.error_groups)


def _posts(footprint: Footprint, view_name: str) -> _Rows:
    codes, _, coefficients = rows_with_lines(footprint, view_name)
    together = whole(footprint)
    shared = footprint.binding.error_groups
    rows = [_rows((code,), together, of_row, shared) for code, of_row in zip(codes, coefficients, strict=True)]
    offsets = np.cumsum([0, *(len(row.column) for row in rows)])
    return _Rows(
        codes,
        np.array(offsets),
        np.concatenate([row.column for row in rows]),
        np.concatenate([row.weight for row in rows]),
        np.concatenate([row.activity_sigma for row in rows]),
    )


def _rows(keys: tuple[str, ...], exposures: Exposures, coefficient: Float64s, shared: ErrorGroups) -> _Rows:
    """Gather pairs that share an error; match mean and variance of each row with one lognormal activity error.

    With E[T] and E[T^2] of the row without activity errors, and V = sum e^(2 f^2) c2 what these add to its variance,
    a factor of mean one and of sigma^2 = ln(1 + V / E[T^2]) gives the row its variance (docs/method.md, section 4).
    """
    rows, errors = len(keys), len(shared.names)
    row = np.repeat(np.arange(rows), np.diff(exposures.pointer))
    place, inverse = np.unique(row * errors + shared.of_pair[exposures.pair], return_inverse=True)
    weight = np.bincount(inverse, exposures.mean * coefficient[exposures.pair], len(place))
    second = np.bincount(inverse, exposures.second * coefficient[exposures.pair] ** 2, len(place))
    scale, excess, root, _ = group_constants(shared.sigma)
    row, column = place // errors, (place % errors).astype(np.int32)
    mean = np.bincount(row, root[column] * weight, rows)
    square = np.bincount(row, scale[column] * excess[column] * weight**2, rows) + mean**2
    added = np.bincount(row, scale[column] ** 2 * second, rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = np.sqrt(np.log1p(np.where(square > 0, added / square, 0.0)))
    return _Rows(keys, np.searchsorted(row, np.arange(rows + 1)), column, weight, sigma)


def _drawn(
    rows: _Rows, factors: Float64s, seed: int, group: NDArray[np.int64], count: int, threads: int
) -> tuple[Float64s, Float64s]:
    """Summaries of the draws of each row, of shape (4, rows), and the draws of their sums by group, added in order."""
    draws = factors.shape[1]
    path: Literal["numba"] | None = "numba" if len(rows.column) * draws >= NUMBA_FROM["blend"] else None

    def block(start: int) -> tuple[int, Float64s, Float64s]:
        stop = min(start + BLOCK_ROWS, len(rows.keys))
        pointer = rows.pointer[start : stop + 1]
        totals = blend(pointer, rows.column, rows.weight, factors, threads=1, path=path)
        sigma = rows.activity_sigma[start:stop, None]
        errors = _normals(seed, "activity", rows.keys[start:stop], draws)
        errors *= sigma
        errors -= sigma**2 / 2
        totals *= np.exp(errors, out=errors)
        return start, _summaries(totals), totals

    summaries = []
    sums = np.zeros((count, draws))
    with ThreadPoolExecutor(threads) as pool:
        for start, found, totals in _in_turn(pool, block, range(0, len(rows.keys), BLOCK_ROWS), threads):
            summaries.append(found)
            for row, total in enumerate(totals):
                sums[group[start + row]] += total
    return np.concatenate(summaries, axis=1), sums


def _in_turn(
    pool: ThreadPoolExecutor, block: Callable[[int], _Block], starts: Sequence[int], threads: int
) -> Iterator[_Block]:
    """Results of blocks in their order, a few at work at a time."""
    waiting: deque[Future[_Block]] = deque()
    for start in starts:
        waiting.append(pool.submit(block, start))
        if len(waiting) > 2 * threads:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
