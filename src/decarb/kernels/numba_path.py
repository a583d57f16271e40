"""The numba path: for large work. The only importer of numba, itself imported on demand.

Kernels are compiled at their first call and kept in numba's cache; `plain` gives all arrays one type,
so that nothing is compiled twice. No fastmath: additions stay in order and are not fused with products.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from decarb.kernels.arrays import (
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
    plain,
)

PADDED_WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 20, 24)
"""Terms are padded to equal length, the next of these: no branch per line to mispredict, and few to compile.

Million lines a second on one thread: 460 instead of 109 with 1 to 3 entries, 77 instead of 52 with 10 to 20."""

SPARE_CELLS = 8
"""Padding adds zeros to cells of its own, several, or each line would wait for the one before."""

CHUNK_LINES = 32_768
"""Lines whose moments are computed at a time: 2 MB of scratch a thread; 8,192 and 262,144 take a fifth longer."""

_SORTED, _UNSORTED, _OUTSIDE = 0, 1, 2


def _compiled(function: Callable[..., Any]) -> Any:
    try:
        return numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no writable place for the cache
        return numba.njit(nogil=True)(function)


def is_compiled(name: str) -> bool:
    """Whether the kernels of a function are compiled in this process."""
    return any(kernel.signatures for kernel in _KERNELS[name])


def _run(task: Callable[..., Any], ranges: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Call `task` with each range, each on a thread of its own."""
    work = list(ranges)
    if len(work) == 1:
        return [task(*work[0])]
    with ThreadPoolExecutor(max(1, len(work))) as pool:
        return list(pool.map(lambda arguments: task(*arguments), work))


def _line_ranges(group: Code32s, threads: int) -> list[tuple[int, int]]:
    """Ranges of about as many lines each that part no group, if groups are sorted."""
    cuts = [int(np.searchsorted(group, group[len(group) * k // threads])) for k in range(1, threads) if len(group)]
    return list(pairwise(sorted({0, *cuts, len(group)})))


def _even_ranges(count: int, threads: int) -> list[tuple[int, int]]:
    bounds = [count * k // threads for k in range(threads + 1)]
    return list(pairwise(sorted(set(bounds))))


def _is_sorted(group: Code32s, ranges: list[tuple[int, int]], states: list[int]) -> bool:
    """Whether the groups ascended within the ranges and from one to the next."""
    if _OUTSIDE in states:
        raise IndexError("a group, term or pair code is outside of its range")
    return _UNSORTED not in states and all(start == 0 or group[start - 1] < group[start] for start, _ in ranges)


# accumulate


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
    threads: int = 1,
) -> tuple[Float64s, NDArray[np.bool_]]:
    """Sum ``quantity * coefficient`` into cells; see `decarb.kernels.accumulate`."""
    lines = codes(group), codes(term), plain(quantity, np.float64)
    rows = plain(pointer, np.int64), codes(cell), plain(coefficient, np.float64)
    check_lengths(*lines)
    check_lengths(*rows[1:])
    check_rows(rows[0], rows[1], cells)
    width = _padded_width(rows[0])
    task, more = (_sum_padded, _padded(*rows, width, cells)) if width else (_sum_wide, rows[2:])
    ranges = _line_ranges(lines[0], threads)
    values, present = np.zeros((groups, cells)), np.zeros((groups, cells), dtype=np.bool_)
    states = _run(lambda start, stop: task(*lines, start, stop, *rows[:2], *more, values, present), ranges)
    if not _is_sorted(lines[0], ranges, states):
        values[:], present[:] = 0, False
        ranges = _even_ranges(groups, threads)
        _is_sorted(lines[0], [], _run(lambda a, b: _sum_scattered(*lines, a, b, *rows, values, present), ranges))
    return values, present


def _padded_width(pointer: Int64s) -> int:
    """Width that fits all terms; 0 if there is none, or most of it would be padding."""
    counts = np.diff(pointer)
    longest = int(counts.max(initial=1))
    width = min((width for width in PADDED_WIDTHS if width >= longest), default=0)
    return width if width <= 4 or width <= 2 * counts.mean() else 0


def _padded(
    pointer: Int64s, cell: Code32s, coefficient: Float64s, width: int, cells: int
) -> tuple[Code32s, Float64s, tuple[int, ...], int]:
    """Entries of each term at equal length, flat; that length, as a tuple's for numba; cells and spare ones."""
    entry = pointer[:-1, np.newaxis] + np.arange(width)
    inside = entry < pointer[1:, np.newaxis]
    spare = cells + np.arange(len(pointer) - 1, dtype=np.uint32)[:, np.newaxis] % SPARE_CELLS
    padded_cell = np.broadcast_to(spare, entry.shape).astype(np.uint32)
    padded_cell[inside] = cell[entry[inside]]
    padded_coefficient = np.zeros(entry.shape)
    padded_coefficient[inside] = coefficient[entry[inside]]
    flat = plain(padded_cell.ravel(), np.uint32), plain(padded_coefficient.ravel(), np.float64)
    return *flat, (0,) * width, cells + SPARE_CELLS


@_compiled
def _run_end(group, start, stop):  # type: ignore[no-untyped-def]
    end = start + 1
    while end < stop and group[end] == group[start]:
        end += 1
    return end


@_compiled
def _mark_run(term, start, stop, pointer, cell, touched, present):  # type: ignore[no-untyped-def]
    """Mark the cells that a run of lines contributed to, by its lines or by all terms, whichever are fewer."""
    many = stop - start >= len(touched)
    for step in range(min(stop - start, len(touched))):
        code = np.uint64(step) if many else np.uint64(term[start + step])
        if touched[code]:
            touched[code] = 0
            for entry in range(np.uint64(pointer[code]), np.uint64(pointer[code + np.uint64(1)])):
                present[cell[entry]] = True


@_compiled
def _sum_padded(  # type: ignore[no-untyped-def]
    group, term, quantity, start, stop, pointer, cell, padded_cell, padded_coefficient, shape, length,
    values, present,
):  # fmt: skip
    """Sum runs of one group each into a row of their own, then write the row."""
    groups, cells = values.shape
    touched = np.zeros(len(pointer) - 1, np.uint8)
    row = np.zeros(length)
    previous = np.int64(-1)
    while start < stop:
        this = np.int64(group[start])
        if this >= groups:
            return 2
        if this <= previous:
            return 1
        end = _run_end(group, start, stop)
        row[:] = 0.0
        for line in range(np.uint64(start), np.uint64(end)):
            code = np.uint64(term[line])
            if code >= np.uint64(len(touched)):
                return 2
            touched[code] = 1
            for place in range(len(shape)):
                entry = code * np.uint64(len(shape)) + np.uint64(place)
                row[padded_cell[entry]] += quantity[line] * padded_coefficient[entry]
        values[this, :] = row[:cells]
        _mark_run(term, start, end, pointer, cell, touched, present[this])
        previous, start = this, end
    return 0


@_compiled
def _sum_wide(  # type: ignore[no-untyped-def]
    group, term, quantity, start, stop, pointer, cell, coefficient, values, present
):
    """As `_sum_padded`, with terms of any length."""
    groups = len(values)
    touched = np.zeros(len(pointer) - 1, np.uint8)
    previous = np.int64(-1)
    while start < stop:
        this = np.int64(group[start])
        if this >= groups:
            return 2
        if this <= previous:
            return 1
        end = _run_end(group, start, stop)
        row = values[this]
        for line in range(np.uint64(start), np.uint64(end)):
            code = np.uint64(term[line])
            if code >= np.uint64(len(touched)):
                return 2
            touched[code] = 1
            for entry in range(np.uint64(pointer[code]), np.uint64(pointer[code + np.uint64(1)])):
                row[cell[entry]] += quantity[line] * coefficient[entry]
        _mark_run(term, start, end, pointer, cell, touched, present[this])
        previous, start = this, end
    return 0


@_compiled
def _sum_scattered(  # type: ignore[no-untyped-def]
    group, term, quantity, first, last, pointer, cell, coefficient, values, present
):
    """Look through all lines, in order, for those of the groups `first` to `last`."""
    for line in range(len(group)):
        this, code = np.int64(group[line]), np.int64(term[line])
        if this >= len(values) or code >= len(pointer) - 1:
            return 2
        if first <= this < last:
            for entry in range(pointer[code], pointer[code + 1]):
                values[this, cell[entry]] += quantity[line] * coefficient[entry]
                present[this, cell[entry]] = True
    return 0


# expose


def expose(
    group: Codes,
    pair: Codes,
    quantity: Float64s,
    activity_sigma: Float64s,
    groups: int,
    pairs: int,
    *,
    threads: int = 1,
) -> Exposures:
    """Sum lines per group and pair; see `decarb.kernels.expose`."""
    lines = codes(group), codes(pair), plain(quantity, np.float64), plain(activity_sigma, np.float64)
    check_lengths(*lines)
    counts = np.zeros(groups + 1, dtype=np.int64)
    ranges = _line_ranges(lines[0], threads)
    parts = _run(lambda start, stop: _expose_lines(*lines, start, stop, counts, pairs), ranges)
    if not _is_sorted(lines[0], ranges, [state for state, _, _ in parts]):
        order = np.argsort(lines[0], kind="stable")
        group, pair, quantity, activity_sigma = lines[0][order], lines[1][order], lines[2][order], lines[3][order]
        return expose(group, pair, quantity, activity_sigma, groups, pairs, threads=threads)
    if len(parts) == 1:
        return Exposures(np.cumsum(counts), parts[0][1], *parts[0][2])
    found = np.concatenate([np.empty(0, np.int32), *(found for _, found, _ in parts)])
    sums = np.concatenate([np.empty((4, 0)), *(sums for _, _, sums in parts)], axis=1)
    return Exposures(np.cumsum(counts), found, *sums)


def _expose_lines(
    group: Code32s,
    pair: Code32s,
    quantity: Float64s,
    activity_sigma: Float64s,
    start: int,
    stop: int,
    counts: Int64s,
    pairs: int,
) -> tuple[int, NDArray[np.int32], Float64s]:
    """State, pairs and sums, shape (4, entries), of a range of lines; sets the counts of its groups."""
    # pages of an upper bound that are never written cost nothing
    most = min(stop - start, (len(counts) - 1) * pairs)
    found, sums = np.empty(most, dtype=np.int32), np.empty((4, most))
    row, touched, listed = np.zeros((pairs, 4)), np.zeros(pairs, np.uint8), np.empty(pairs, np.int64)
    cursor = np.array([-1, 0, 0])  # group, pairs listed for it, entries written
    for first in range(start, stop, CHUNK_LINES):
        chunk = slice(first, min(stop, first + CHUNK_LINES))
        x = moments(quantity[chunk], activity_sigma[chunk])
        lines = group[chunk], pair[chunk], quantity[chunk]
        if state := _expose_chunk(*lines, *x, counts, cursor, row, touched, listed, found, sums):
            return state, found[:0], sums[:, :0]
    _write_group(counts, cursor, row, touched, listed, found, sums)
    return _SORTED, found[: cursor[2]], sums[:, : cursor[2]]


@_compiled
def _expose_chunk(  # type: ignore[no-untyped-def]
    group, pair, quantity, mean, second, third, counts, cursor, row, touched, listed, found, sums
):
    """Carry on the sums of the group at the cursor; write it out where the next begins."""
    current, count = cursor[0], cursor[1]
    for line in range(len(group)):
        this, code = np.int64(group[line]), np.uint64(pair[line])
        if this != current:
            if this >= len(counts) - 1:
                return 2
            if this < current:
                return 1
            cursor[1] = count
            _write_group(counts, cursor, row, touched, listed, found, sums)
            cursor[0], current, count = this, this, 0
        if code < np.uint64(len(touched)):
            if not touched[code]:
                touched[code] = 1
                listed[count] = code
                count += 1
            row[code, 0] += quantity[line]
            row[code, 1] += mean[line]
            row[code, 2] += second[line]
            row[code, 3] += third[line]
        elif code < np.uint64(2147483648):  # beyond, a refused line
            return 2
    cursor[1] = count
    return 0


@_compiled
def _sort_listed(listed, count, touched):  # type: ignore[no-untyped-def]
    """Put the touched pairs in ascending order: a few by insertion, many by looking through all."""
    few = 64
    if count > few:
        count = 0
        for code in range(len(touched)):
            if touched[code]:
                listed[count] = code
                count += 1
        return
    for end in range(1, count):
        code, place = listed[end], end
        while place > 0 and listed[place - 1] > code:
            listed[place] = listed[place - 1]
            place -= 1
        listed[place] = code


@_compiled
def _write_group(counts, cursor, row, touched, listed, found, sums):  # type: ignore[no-untyped-def]
    """Write the sums of the group at the cursor, and make its row zero again."""
    if cursor[0] < 0:
        return
    _sort_listed(listed, cursor[1], touched)
    for place in range(cursor[1]):
        code = listed[place]
        found[cursor[2]] = code
        for kind in range(4):
            sums[kind, cursor[2]] = row[code, kind]
            row[code, kind] = 0.0
        touched[code] = 0
        cursor[2] += 1
    counts[cursor[0] + 1] = cursor[1]
    cursor[1] = 0


# cumulants


def cumulants(
    exposures: Exposures, coefficient: Float64s, error_group: Codes, factor_sigma: Float64s, *, threads: int = 1
) -> tuple[Float64s, Float64s, Float64s]:
    """Three first cumulants of each group's sum; see `decarb.kernels.cumulants`."""
    pointer, pair, kind = plain(exposures.pointer, np.int64), codes(exposures.pair), codes(error_group)
    check_codes(kind, len(factor_sigma))
    check_rows(pointer, pair, min(len(coefficient), len(kind)))
    columns = [plain(x, np.float64) for x in (exposures.mean, exposures.second, exposures.third, coefficient)]
    check_lengths(pair, *columns[:3])
    constants = plain(group_constants(factor_sigma), np.float64)
    total = np.zeros((3, len(pointer) - 1))
    ranges = _even_ranges(len(pointer) - 1, threads)
    _run(lambda first, last: _sum_cumulants(pointer, pair, *columns, kind, constants, first, last, total), ranges)
    return total[0], total[1], total[2]


@_compiled
def _sum_cumulants(  # type: ignore[no-untyped-def]
    pointer, pair, mean, second, third, coefficient, error_group, constants, first, last, total
):
    """Add up each group's pairs per error group, then the cumulants over those."""
    kinds = constants.shape[1]
    sums, touched, listed = np.zeros((kinds, 3)), np.zeros(kinds, np.uint8), np.empty(kinds, np.int64)
    for group in range(first, last):
        count = 0
        for entry in range(pointer[group], pointer[group + 1]):
            factor = coefficient[pair[entry]]
            if factor != 0.0:
                kind = np.int64(error_group[pair[entry]])
                if not touched[kind]:
                    touched[kind] = 1
                    listed[count] = kind
                    count += 1
                sums[kind, 0] += mean[entry] * factor
                sums[kind, 1] += second[entry] * factor * factor
                sums[kind, 2] += third[entry] * factor * factor * factor
        for place in range(count):
            kind = listed[place]
            parts = _group_cumulants(
                sums[kind, 0], sums[kind, 1], sums[kind, 2],
                constants[0, kind], constants[1, kind], constants[2, kind], constants[3, kind],
            )  # fmt: skip
            for order in range(3):
                total[order, group] += parts[order]
                sums[kind, order] = 0.0
            touched[kind] = 0


@_compiled
def _group_cumulants(mean, second, third, scale, excess, root, cube):  # type: ignore[no-untyped-def]
    """As `numpy_path.group_cumulants`; written twice because numba's cache sees no changes in other files."""
    mixed = 3 * mean * second * scale * excess * (scale + 1)
    return (
        root * mean,
        scale * (scale * second + mean * mean * excess),
        cube * (scale * scale * scale * third + mixed + mean * mean * mean * excess * excess * (scale + 2)),
    )


# blend


def blend(
    pointer: Int64s,
    column: Codes,
    weight: Float64s,
    draws: Float64s,
    *,
    threads: int = 1,
    out: Float64s | None = None,
) -> Float64s:
    """Multiply sparse rows by dense draws; see `decarb.kernels.blend`."""
    rows = plain(pointer, np.int64), codes(column), plain(weight, np.float64), plain(draws, np.float64)
    check_lengths(*rows[1:3])
    check_rows(rows[0], rows[1], len(draws))
    total = np.empty((len(pointer) - 1, draws.shape[1])) if out is None else out
    _run(lambda first, last: _blend_draws(*rows, first, last, total), _even_ranges(draws.shape[1], threads))
    return total


@_compiled
def _blend_draws(pointer, column, weight, draws, first, last, total):  # type: ignore[no-untyped-def]
    """All rows for the draws `first` to `last`, a block of draws at a time; four entries per pass, in order."""
    block = np.empty(256)  # 600 columns of so many draws fit in the second-level cache
    for start in range(first, last, len(block)):
        stop = min(last, start + len(block))
        for row in range(len(pointer) - 1):
            acc = block[: stop - start]
            acc[:] = 0.0
            entry, end = pointer[row], pointer[row + 1]
            while entry + 4 <= end:
                w0, w1, w2, w3 = weight[entry], weight[entry + 1], weight[entry + 2], weight[entry + 3]
                x0, x1 = draws[column[entry], start:stop], draws[column[entry + 1], start:stop]
                x2, x3 = draws[column[entry + 2], start:stop], draws[column[entry + 3], start:stop]
                for k in range(len(acc)):
                    acc[k] = (((acc[k] + w0 * x0[k]) + w1 * x1[k]) + w2 * x2[k]) + w3 * x3[k]
                entry += 4
            while entry < end:
                x0 = draws[column[entry], start:stop]
                for k in range(len(acc)):
                    acc[k] += weight[entry] * x0[k]
                entry += 1
            total[row, start:stop] = acc


_KERNELS = {
    "accumulate": (_sum_padded, _sum_wide, _sum_scattered),
    "expose": (_expose_chunk,),
    "cumulants": (_sum_cumulants,),
    "blend": (_blend_draws,),
}
