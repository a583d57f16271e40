"""The numpy path: for small work, and the twin that the numba path is held to. Chunked, so scratch is bounded."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from decarb.kernels.arrays import (
    SKIPPED,
    Code32s,
    Codes,
    Exposures,
    Float64s,
    Int64s,
    check_codes,
    check_lengths,
    check_rows,
    codes,
    group_constants,
    moments,
)

CHUNK_LINES = 65_536
"""Lines expanded at a time: two megabytes of scratch instead of gigabytes, and faster for it."""

DENSE_CELLS = 500_000
"""Group x code places marked at a time when the distinct ones are sought: 4.5 MB, which stay in a processor's cache.

With eight times as many, exposing 5.4 million lines took 0.19 s instead of 0.15."""

GATHERED_DRAWS = 500_000
"""Draws gathered at a time: 4 MB."""


def accumulate(
    group: Codes,
    term: Codes,
    quantity: Float64s,
    pointer: Int64s,
    cell: Codes,
    coefficient: Float64s,
    groups: int,
    cells: int,
) -> tuple[Float64s, NDArray[np.bool_]]:
    """Sum ``quantity * coefficient`` into cells; see `decarb.kernels.accumulate`."""
    group, term, cell = codes(group), codes(term), codes(cell)
    check_lengths(group, term, quantity)
    check_lengths(cell, coefficient)
    check_rows(pointer, cell, cells)
    values = np.zeros(groups * cells)
    present = np.zeros(groups * cells, dtype=np.bool_)
    entries_of = np.diff(pointer)
    for start in range(0, len(term), CHUNK_LINES):
        chunk = slice(start, start + CHUNK_LINES)
        row = term[chunk].astype(np.intp)
        counts = entries_of[row]
        first = np.cumsum(counts) - counts
        entry = np.arange(counts.sum()) + np.repeat(pointer[row] - first, counts)
        target = np.repeat(group[chunk].astype(np.int64) * cells, counts) + cell[entry]
        # unbuffered and in order, which bincount is too; but it carries on from the chunk before
        np.add.at(values, target, np.repeat(quantity[chunk], counts) * coefficient[entry])
        present[target] = True
    return values.reshape(groups, cells), present.reshape(groups, cells)


def expose(
    group: Codes, pair: Codes, quantity: Float64s, activity_sigma: Float64s, groups: int, pairs: int
) -> Exposures:
    """Sum lines per group and pair; see `decarb.kernels.expose`."""
    group, pair = codes(group), codes(pair)
    check_lengths(group, pair, quantity, activity_sigma)
    check_codes(group, groups)
    check_codes(pair if (pair < pairs).all() else pair[pair < SKIPPED], pairs)
    order = None if bool((group[1:] >= group[:-1]).all()) else np.argsort(group, kind="stable")
    if order is not None:
        group, pair, quantity, activity_sigma = group[order], pair[order], quantity[order], activity_sigma[order]
    counts, found = [np.zeros(1, np.int64)], [np.empty(0, np.int32)]
    # pages of an upper bound that are never written cost nothing; copying the sums of a nation took half of the time
    sums, entries = np.zeros((4, min(len(pair), groups * pairs))), 0
    for first, last in _group_blocks(groups, pairs):
        # bounds of the same type: others are compared with a copy of all groups
        lines = slice(*np.searchsorted(group, np.array([first, last], dtype=group.dtype)))
        columns = group[lines], pair[lines], quantity[lines], activity_sigma[lines]
        of_groups, codes_found = _expose_block(*columns, first, last, pairs, sums[:, entries:])
        counts.append(of_groups)
        found.append(codes_found)
        entries += len(codes_found)
    return Exposures(np.cumsum(np.concatenate(counts)), np.concatenate(found), *sums[:, :entries])


def _group_blocks(groups: int, width: int) -> Iterator[tuple[int, int]]:
    """Ranges of groups whose rows of `width` fit in `DENSE_CELLS`."""
    step = max(1, DENSE_CELLS // max(1, width))
    for first in range(0, groups, step):
        yield first, min(groups, first + step)


def _distinct(key: Int64s, size: int) -> tuple[Int64s, Int64s]:
    """Distinct keys below `size`, ascending, and the place of each key among them."""
    seen = np.zeros(size, dtype=np.bool_)
    seen[key] = True
    distinct = np.flatnonzero(seen)
    place = np.empty(size, dtype=np.int64)
    place[distinct] = np.arange(len(distinct))
    return distinct, place[key]


def _expose_block(
    group: Code32s,
    pair: Code32s,
    quantity: Float64s,
    activity_sigma: Float64s,
    first: int,
    last: int,
    pairs: int,
    sums: Float64s,
) -> tuple[Int64s, NDArray[np.int32]]:
    """Entries per group, and pairs, of the groups `first` to `last`; their sums go to the first columns of `sums`."""
    kept = pair < SKIPPED
    if not kept.all():
        group, pair, quantity, activity_sigma = group[kept], pair[kept], quantity[kept], activity_sigma[kept]
    key = (group.astype(np.int64) - first) * pairs + pair
    distinct, place = _distinct(key, (last - first) * pairs)
    for start in range(0, len(pair), CHUNK_LINES):
        lines = slice(start, start + CHUNK_LINES)
        for row, amount in zip(sums, (quantity[lines], *moments(quantity[lines], activity_sigma[lines])), strict=True):
            np.add.at(row, place[lines], amount)
    counts = np.bincount(distinct // max(1, pairs), minlength=last - first)
    return counts, (distinct % max(1, pairs)).astype(np.int32)


def cumulants(
    exposures: Exposures, coefficient: Float64s, error_group: Codes, factor_sigma: Float64s
) -> tuple[Float64s, Float64s, Float64s]:
    """Three first cumulants of each group's sum; see `decarb.kernels.cumulants`."""
    error_group = codes(error_group)
    check_codes(error_group, len(factor_sigma))
    check_rows(exposures.pointer, codes(exposures.pair), min(len(coefficient), len(error_group)))
    groups, width = len(exposures.pointer) - 1, len(factor_sigma)
    constants = group_constants(factor_sigma)
    total = np.zeros((3, groups))
    for first, last in _group_blocks(groups, width):
        entries = np.arange(exposures.pointer[first], exposures.pointer[last])
        entries = entries[coefficient[exposures.pair[entries]] != 0]
        pair, row = exposures.pair[entries], np.searchsorted(exposures.pointer, entries, side="right") - 1 - first
        distinct, place = _distinct(row * width + error_group[pair], (last - first) * width)
        factor = coefficient[pair]
        columns = (exposures.mean, exposures.second, exposures.third)
        sums = np.zeros((3, len(distinct)))
        for n, x in enumerate(columns):
            sums[n] = np.bincount(place, x[entries] * factor ** (n + 1), len(distinct))
        parts = group_cumulants(*sums, *constants[:, distinct % max(1, width)])
        for n, part in enumerate(parts):
            total[n, first:last] = np.bincount(distinct // max(1, width), part, last - first)
    return total[0], total[1], total[2]


def with_own_errors(exposures: Exposures, own_sigma: Float64s) -> Exposures:
    """Exposures of pairs that have an error of their own; see `decarb.kernels.with_own_errors`."""
    sigma = own_sigma[exposures.pair]
    if not sigma.any():
        return exposures
    parts = group_cumulants(exposures.mean, exposures.second, exposures.third, *group_constants(sigma))
    return Exposures(exposures.pointer, exposures.pair, exposures.quantity, *parts)


def group_cumulants(
    mean: Float64s, second: Float64s, third: Float64s, scale: Float64s, excess: Float64s, root: Float64s, cube: Float64s
) -> tuple[Float64s, Float64s, Float64s]:
    """Cumulants of sums that share one lognormal factor; no nearly equal numbers are subtracted."""
    mixed = 3 * mean * second * scale * excess * (scale + 1)
    return (
        root * mean,
        scale * (scale * second + mean * mean * excess),
        cube * (scale * scale * scale * third + mixed + mean * mean * mean * excess * excess * (scale + 2)),
    )


def blend(
    pointer: Int64s, column: Codes, weight: Float64s, draws: Float64s, *, out: Float64s | None = None
) -> Float64s:
    """Multiply sparse rows by dense draws; see `decarb.kernels.blend`."""
    column = codes(column)
    check_lengths(column, weight)
    check_rows(pointer, column, len(draws))
    total = np.empty((len(pointer) - 1, draws.shape[1])) if out is None else out
    for row in range(len(pointer) - 1):
        entries = slice(int(pointer[row]), int(pointer[row + 1]))
        step = max(1, GATHERED_DRAWS // max(1, entries.stop - entries.start))
        rows = column[entries].astype(np.intp)
        for start in range(0, draws.shape[1], step):
            part = slice(start, start + step)
            total[row, part] = weight[entries] @ draws[rows, part]
    return total
