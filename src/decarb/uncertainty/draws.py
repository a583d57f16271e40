"""Seeded draws of a footprint: each factor's error is drawn once and shared (docs/method.md, Uncertainty)."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, UsageError
from decarb.footprint import Footprint
from decarb.inventory import Establishment
from decarb.inventory.lines import entity_of
from decarb.kernels import NUMBA_FROM, Exposures, blend, expose
from decarb.kernels.arrays import group_constants
from decarb.resources import usable_cores
from decarb.uncertainty.analytic import Float64s, scale_of
from decarb.uncertainty.grouping import gathered, groups, rows_with_lines, total_coefficients, totals_of_groups

_Block = TypeVar("_Block")

LINE_DRAWS = 10_000_000
"""Lines times draws up to which each line's activity error is drawn; beyond, one of each group with the same mean and
variance (docs/method.md, Uncertainty)."""

BLOCK_DRAWS = 640_000
"""Groups times draws that a thread has in memory at a time: five megabytes, sixty-four groups of ten thousand."""


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
    ValueError
        If `by` is anything else.
    """
    if not 100 <= draws <= 1_000_000:
        raise UsageError([Problem("draws-out-of-range", {"value": draws, "low": 100, "high": 1_000_000})])
    if by == "line":
        raise UsageError([Problem("lines-need-no-draws", {})])
    columns = _columns(footprint)
    factors = _drawn_factors(footprint, columns, seed, draws)
    by_line = len(footprint.inventory) * draws <= LINE_DRAWS
    drawn = _with_errors_of_lines if by_line else _with_errors_of_groups
    names, value, summaries, total = drawn(footprint, columns, factors, seed, by, view_name, threads or usable_cores())
    summaries = np.concatenate((summaries, _summaries(total[None])), axis=1)
    value = np.append(value, footprint.totals(view_name).sum())
    low, median, mean, high = summaries
    return Drawn((*names, "total"), value, low, median, mean, high, total, draws, seed, by_line)


_Groups = tuple[tuple[str, ...], Float64s, Float64s, Float64s]
"""Names, values and summaries of groups, and the draws of the total."""


def standard_normals(seed: int, kind: str, names: Sequence[str], draws: int) -> Float64s:
    """Standard normal draws of each name, of shape (names, draws): they depend on `seed`, `kind` and the name alone.

    `kind` keeps apart what has the same name: a factor and a line.
    """
    found = np.empty((len(names), draws))
    for name, row in zip(names, found, strict=True):
        words = np.frombuffer(hashlib.sha256(f"{kind}\0{name}".encode()).digest(), dtype="<u4")
        generator = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *words.tolist()])))
        generator.standard_normal(out=row)
    return found


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is drawn once for all lines that share it: each error group, and each product that has an error of its own.

    Attributes
    ----------
    of_pair : array of shape (pairs,)
        Column of each pair.
    group : array of shape (columns,)
        Error group of each column.
    own_sigma : array of shape (columns,)
        Sigma of the column's own error beside the group's; zero for a group.
    names
        Of the products, the last columns.
    """

    of_pair: NDArray[np.int32]
    group: NDArray[np.int64]
    own_sigma: Float64s
    names: tuple[str, ...]


def _columns(footprint: Footprint) -> _Columns:
    errors = footprint.binding.error_groups
    groups = len(errors.names)
    products = np.flatnonzero(errors.product_sigma)
    column = np.full(len(errors.products), -1, dtype=np.int32)
    column[products] = groups + np.arange(len(products), dtype=np.int32)
    own = column[errors.product]
    return _Columns(
        np.where(own < 0, errors.of_pair, own),
        np.concatenate((np.arange(groups), errors.product_group[products])),
        np.concatenate((np.zeros(groups), errors.product_sigma[products])),
        tuple(errors.products[product] for product in products.tolist()),
    )


def _drawn_factors(footprint: Footprint, columns: _Columns, seed: int, draws: int) -> Float64s:
    """Draws of each column, of shape (columns, draws)."""
    errors = footprint.binding.error_groups
    factors = standard_normals(seed, "factor", errors.names, draws)
    factors *= errors.sigma[:, None]
    groups = len(factors)
    if columns.names:
        own = standard_normals(seed, "product", columns.names, draws)
        own *= columns.own_sigma[groups:, None]
        own += factors[columns.group[groups:]]
        factors = np.concatenate((factors, own))
    np.exp(factors, out=factors)  # in place: a gigabyte at a million draws of a hundred factors
    return factors


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
    footprint: Footprint, columns: _Columns, factors: Float64s, seed: int, by: str, view_name: str, threads: int
) -> _Groups:
    """Draw each line's own activity error, establishment by establishment."""
    del threads  # small work
    inventory, binding = footprint.inventory, footprint.binding
    codes, values, rows = rows_with_lines(footprint, view_name)
    names, group = (codes, None) if by == "post" else groups(footprint, by)
    whole = total_coefficients(footprint, view_name)
    totals = np.zeros((len(names) + 1, factors.shape[1]))
    starts = np.array(inventory.first_lines)
    for number, establishment in enumerate(inventory.establishments):
        lines = slice(starts[number], starts[number + 1])
        pair = binding.pair[lines]
        errors = standard_normals(seed, f"lines of {_key(establishment)}", inventory.ids[lines], factors.shape[1])
        errors *= footprint.activity_sigma[lines, None]
        relative = np.exp(errors, out=errors)
        relative *= factors[columns.of_pair[pair]]
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
    footprint: Footprint, columns: _Columns, factors: Float64s, seed: int, by: str, view_name: str, threads: int
) -> _Groups:
    """Draw one activity error of each establishment, and one of its credits; so of each post, as posts share lines."""
    exposures = _by_sign(footprint)
    sigma = footprint.binding.error_groups.sigma
    establishments = tuple(map(_key, footprint.inventory.establishments))
    coefficient = total_coefficients(footprint, view_name)
    rows = [_rows(kind, establishments, found, coefficient, columns, sigma) for kind, found in exposures.items()]
    names, group = groups(footprint, by if by == "region" else "total")
    of_each, sums = _drawn(rows, factors, seed, group, len(names), threads)
    total = sums[0].copy()
    for row in sums[1:]:
        total += row
    if by == "total":
        return (), np.empty(0), np.empty((4, 0)), total
    if by == "post":
        codes, values, coefficients = rows_with_lines(footprint, view_name)
        one, pairs = np.zeros(len(establishments), dtype=np.int64), len(footprint.binding.bound)
        together = {kind: gathered(found, one, 1, pairs) for kind, found in exposures.items()}
        of_posts = [np.empty((4, 0))]
        for code, of_row in zip(codes, coefficients, strict=True):
            rows = [_rows(kind, (code,), found, of_row, columns, sigma) for kind, found in together.items()]
            of_posts.append(_drawn(rows, factors, seed, one[:1], 1, threads)[0])
        return codes, values, np.concatenate(of_posts, axis=1), total
    names, group = groups(footprint, by)
    value = totals_of_groups(footprint, group, len(names), view_name)
    return names, value, of_each if by == "establishment" else _summaries(sums), total


def _by_sign(footprint: Footprint) -> dict[str, Exposures]:
    """Exposures of what is used and, apart, of what is credited, by the kind of their activity errors.

    Where they nearly cancel, no ratio to their difference has the variance of both.
    """
    inventory, binding = footprint.inventory, footprint.binding
    credit = inventory.quantity < 0
    if not credit.any():
        return {"activity": footprint.exposures}
    return {
        kind: expose(
            inventory.establishment,
            np.where(binding.computed & here, binding.pair, np.int32(-1)),
            inventory.quantity,
            footprint.activity_sigma,
            len(inventory.establishments),
            len(binding.bound),
        )
        for kind, here in (("activity", ~credit), ("credits", credit))
    }


@dataclass(frozen=True, slots=True)
class _Rows:
    """Groups as sparse rows of mean emissions per error group, and the sigma of the activity error of each.

    ``keys`` tell the groups apart whatever they are called, ``kind`` what they use from what they are credited.
    """

    kind: str
    keys: tuple[str, ...]
    pointer: NDArray[np.int64]
    column: NDArray[np.int32]
    weight: Float64s
    activity_sigma: Float64s


def _rows(
    kind: str, keys: tuple[str, ...], exposures: Exposures, coefficient: Float64s, columns: _Columns, sigma: Float64s
) -> _Rows:
    """Gather pairs that share an error; match mean and variance of each row with one lognormal activity error.

    With E[T] and E[T^2] of the row without activity errors, and V = sum e^(2 f^2) c2 what these add to its variance,
    a factor of mean one and of sigma^2 = ln(1 + V / E[T^2]) gives the row its variance (docs/method.md, Uncertainty).
    """
    rows, width, groups, unit = len(keys), len(columns.group), len(sigma), scale_of(coefficient)
    row = np.repeat(np.arange(rows), np.diff(exposures.pointer))
    place, inverse = np.unique(row * width + columns.of_pair[exposures.pair], return_inverse=True)
    of_pair = (coefficient / unit)[exposures.pair]
    weight = np.bincount(inverse, exposures.mean * of_pair, len(place)).astype(np.float64)
    second = np.bincount(inverse, exposures.second * of_pair**2, len(place))
    row, column = place // width, (place % width).astype(np.int32)
    scale, excess, root, _ = group_constants(columns.own_sigma)
    # of each row and error group, without the group's error: mean and variance of the sum of its products
    shared, of_shared = np.unique(row * groups + columns.group[column], return_inverse=True)
    mean = np.bincount(of_shared, root[column] * weight, len(shared))
    variance = np.bincount(of_shared, scale[column] * excess[column] * weight**2, len(shared))
    group_scale, group_excess, group_root, _ = group_constants(sigma)
    of_row, group = shared // groups, shared % groups
    spread = group_scale[group] * (group_scale[group] * variance + group_excess[group] * mean**2)
    square = np.bincount(of_row, spread, rows) + np.bincount(of_row, group_root[group] * mean, rows) ** 2
    added = np.bincount(row, (group_scale[columns.group[column]] * scale[column]) ** 2 * second, rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.sqrt(np.log1p(np.where(square > 0, added / square, 0.0)))
    return _Rows(kind, keys, np.searchsorted(row, np.arange(rows + 1)), column, weight * unit, own)


def _drawn(
    kinds: Sequence[_Rows], factors: Float64s, seed: int, group: NDArray[np.int64], count: int, threads: int
) -> tuple[Float64s, Float64s]:
    """Summaries of the draws of each row, of shape (4, rows), and the draws of their sums by group, added in order.

    A row is the sum of what it has of each kind.
    """
    draws, rows = factors.shape[1], len(kinds[0].keys)
    work = sum(len(kind.column) for kind in kinds) * draws
    path: Literal["numba"] | None = "numba" if work >= NUMBA_FROM["blend"] else None
    step = max(1, BLOCK_DRAWS // draws)

    def of_kind(rows: _Rows, start: int) -> Float64s:
        pointer = rows.pointer[start : start + step + 1]
        totals = blend(pointer, rows.column, rows.weight, factors, threads=1, path=path)
        uncertain = np.flatnonzero(rows.activity_sigma[start : start + step])  # most have no credit, hence no error
        sigma = rows.activity_sigma[start + uncertain, None]
        errors = standard_normals(seed, rows.kind, [rows.keys[start + row] for row in uncertain], draws)
        errors *= sigma
        errors -= sigma**2 / 2
        np.exp(errors, out=errors)
        for row, of_row in zip(uncertain, errors, strict=True):
            totals[row] *= of_row
        return totals

    def block(start: int) -> tuple[int, Float64s, Float64s]:
        totals = of_kind(kinds[0], start)
        for rows in kinds[1:]:
            totals += of_kind(rows, start)
        return start, _summaries(totals), totals

    summaries = []
    sums = np.zeros((count, draws))
    with ThreadPoolExecutor(threads) as pool:
        for start, found, totals in _in_turn(pool, block, range(0, rows, step), threads):
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
