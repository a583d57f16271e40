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

PADDED_SHAPES = ((1, 1), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4), (4, 4), (5, 4), (6, 4))
"""Terms are padded to the next of these, words x entries in each, and the cells of a word's entries packed into it.

No branch per line to mispredict, a load instead of up to four, and few to compile."""

CELL_BITS = 16
"""Of a cell packed into a word."""

RUN_BLOCK = 256
"""Lines compared with the group at a time, which vectorises."""

SPARE_CELLS = 8
"""Padding adds zeros to cells of its own, several, or each line would wait for the one before."""

CHUNK_LINES = 32_768
"""Lines whose moments are computed at a time: 2 MB of scratch a thread; 8,192 and 262,144 take a fifth longer."""

_SPREAD = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(64, np.uint64)
for _place in range(64):
    _PLACES[int(_SPREAD) * 2**_place % 2**64 >> 58] = _place
"""Place of the only bit of a word, by the highest six bits of its product with a de Bruijn sequence."""

_SORTED, _UNSORTED, _OUTSIDE = 0, 1, 2


def _compiled(function: Callable[..., Any]) -> Any:
    try:
        return numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no writable place for the cache
        return numba.njit(nogil=True)(function)


def _part(function: Callable[..., Any]) -> Any:
    """Compile a part of a kernel that allocates nothing, without counting references: that takes longer than a line."""
    options: Any = {"nogil": True, "_nrt": False}
    return numba.njit(**options)(function)


def _inlined(function: Callable[..., Any]) -> Any:
    """Compile into the caller, which LLVM does by itself only for the shortest."""
    return numba.njit(nogil=True, inline="always")(function)


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
    shape = _padded_shape(rows[0], cells)
    task, more = (_sum_padded, _padded(*rows, *shape, cells)) if shape else (_sum_wide, rows[2:])
    index = *rows[:2], *_terms_of_cells(*rows[:2], cells)
    ranges = _line_ranges(lines[0], threads)
    values, present = np.zeros((groups, cells)), np.zeros((groups, cells), dtype=np.bool_)
    states = _run(lambda start, stop: task(*lines, start, stop, *index, *more, values, present), ranges)
    if not _is_sorted(lines[0], ranges, states):
        values[:], present[:] = 0, False
        ranges = _even_ranges(groups, threads)
        _is_sorted(lines[0], [], _run(lambda a, b: _sum_scattered(*lines, a, b, *rows, values, present), ranges))
    return values, present


def _terms_of_cells(pointer: Int64s, cell: Code32s, cells: int) -> tuple[Int64s, Int64s]:
    """Compressed rows of the terms that have an entry in each cell."""
    term = np.repeat(np.arange(len(pointer) - 1), np.diff(pointer))
    inside = cell[pointer[0] : pointer[-1]]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(inside, minlength=cells))])
    return plain(starts, np.int64), plain(term[np.argsort(inside, kind="stable")], np.int64)


def _padded_shape(pointer: Int64s, cells: int) -> tuple[int, int] | None:
    """Shape that fits all terms; None if there is none, most of it would be padding, or cells exceed the bits."""
    counts = np.diff(pointer)
    longest = int(counts.max(initial=1))
    words, each = next((shape for shape in PADDED_SHAPES if shape[0] * shape[1] >= longest), (0, 0))
    wasteful = words * each > max(4, 2 * counts.mean()) if len(counts) else False
    return None if words == 0 or wasteful or cells + SPARE_CELLS > 1 << CELL_BITS else (words, each)


def _padded(
    pointer: Int64s, cell: Code32s, coefficient: Float64s, words: int, each: int, cells: int
) -> tuple[NDArray[np.uint64], Float64s, tuple[int, ...], tuple[int, ...], int]:
    """Cells, packed, and coefficients of each term; the shape, as lengths for numba; cells and spare ones."""
    entry = pointer[:-1, np.newaxis] + np.arange(words * each)
    inside = entry < pointer[1:, np.newaxis]
    spare = cells + np.arange(len(pointer) - 1, dtype=np.uint64)[:, np.newaxis] % SPARE_CELLS
    padded_cell = np.broadcast_to(spare, entry.shape).astype(np.uint64)
    padded_cell[inside] = cell[entry[inside]]
    padded_coefficient = np.zeros(entry.shape)
    padded_coefficient[inside] = coefficient[entry[inside]]
    shifts = CELL_BITS * np.arange(each, dtype=np.uint64)
    packed = np.bitwise_or.reduce(padded_cell.reshape(-1, each) << shifts, axis=1)
    flat = plain(packed, np.uint64), plain(padded_coefficient.ravel(), np.float64)
    return *flat, (0,) * words, (0,) * each, cells + SPARE_CELLS


@_part
def _run_end(group, start, stop):  # type: ignore[no-untyped-def]
    """Where another group begins; whole blocks are compared first."""
    code, end = group[start], start + 1
    while end + RUN_BLOCK <= stop and group[end + RUN_BLOCK - 1] == code:
        block, differences = group[end : end + RUN_BLOCK], np.uint32(0)
        for place in range(RUN_BLOCK):
            differences |= block[place] ^ code
        if differences:
            break
        end += RUN_BLOCK
    while end < stop and group[end] == code:
        end += 1
    return end


@_compiled
def _find_runs(group, start, stop, groups):  # type: ignore[no-untyped-def]
    """State, and where each run of one group begins, with the end of the last."""
    starts = np.empty(min(groups, stop - start) + 1, np.uint64)
    count, previous = 0, np.int64(-1)
    while start < stop:
        this = np.int64(group[start])
        if this >= groups:
            return 2, starts
        if this <= previous:
            return 1, starts
        starts[count] = start
        count, previous, start = count + 1, this, _run_end(group, start, stop)
    starts[count] = stop
    return 0, starts[: count + 1]


@_part
def _mark_run(  # type: ignore[no-untyped-def]
    term, start, stop, pointer, cell, cell_pointer, cell_term, touched, present
):
    """Mark the cells that a run of lines contributed to: of few lines, what they touched; else, what was touched."""
    if stop - start < len(touched):
        for line in range(start, stop):
            code = np.uint64(term[line])
            if touched[code]:
                touched[code] = 0
                for entry in range(np.uint64(pointer[code]), np.uint64(pointer[code + np.uint64(1)])):
                    present[cell[entry]] = True
        return
    for place in range(len(present)):
        for entry in range(np.uint64(cell_pointer[place]), np.uint64(cell_pointer[place + 1])):
            if touched[np.uint64(cell_term[entry])]:
                present[place] = True
                break
    touched[:] = 0


@_inlined
def _add_line(  # type: ignore[no-untyped-def]
    term, quantity, line, packed, coefficient, words, each, lane, length, terms, rows, touched
):
    """Add a line to the row of its lane; false if its term is outside of its range."""
    code, amount = np.uint64(term[line]), quantity[line]
    if code >= terms:
        return False
    touched[lane * terms + code] = 1
    for part in range(len(words)):
        word = code * np.uint64(len(words)) + np.uint64(part)
        cells = packed[word]  # kept: LLVM would load it after each store again
        for place in range(len(each)):
            cell = (cells >> np.uint64(CELL_BITS * place)) & np.uint64((1 << CELL_BITS) - 1)
            entry = word * np.uint64(len(each)) + np.uint64(place)
            rows[lane * length + cell] += amount * coefficient[entry]
    return True


@_part
def _walk_both(  # type: ignore[no-untyped-def]
    term, quantity, line, steps, packed, coefficient, words, each, length, terms, rows, touched
):
    """Add the next lines of both lanes, one of each in turn; false if a term is outside of its range.

    While the sum of one waits for the addition before it, the other's goes on. More lanes gain nothing: with two,
    loading and storing takes the time.
    """
    one, other, left, right = line[0], line[1], np.uint64(0), np.uint64(1)
    for step in range(steps):
        at = one + step
        if not _add_line(term, quantity, at, packed, coefficient, words, each, left, length, terms, rows, touched):
            return False
        at = other + step
        if not _add_line(term, quantity, at, packed, coefficient, words, each, right, length, terms, rows, touched):
            return False
    return True


@_part
def _walk_one(  # type: ignore[no-untyped-def]
    term, quantity, line, steps, packed, coefficient, words, each, lane, length, terms, rows, touched
):
    """As `_walk_both`, of one lane."""
    for at in range(line, line + steps):
        if not _add_line(term, quantity, at, packed, coefficient, words, each, lane, length, terms, rows, touched):
            return False
    return True


@_part
def _write_ended(  # type: ignore[no-untyped-def]
    group, term, first, line, end, pointer, cell, cell_pointer, cell_term, rows, touched, values, present
):
    """Write the rows of runs that ended, and make them zero again; false if there is none."""
    length, terms, any_ended = len(rows) // 2, len(pointer) - 1, False
    for lane in range(2):
        if first[lane] < line[lane] and line[lane] == end[lane]:
            this, row = group[first[lane]], rows[lane * length : (lane + 1) * length]
            for place in range(values.shape[1]):
                values[this, place] = row[place]
            row[:] = 0.0
            seen = touched[lane * terms : (lane + 1) * terms]
            _mark_run(term, first[lane], end[lane], pointer, cell, cell_pointer, cell_term, seen, present[this])
            first[lane] = end[lane]
            any_ended = True
    return any_ended


@_compiled
def _sum_padded(  # type: ignore[no-untyped-def]
    group, term, quantity, start, stop, pointer, cell, cell_pointer, cell_term,
    packed, coefficient, words, each, length, values, present,
):  # fmt: skip
    """Sum runs of one group each, two in lockstep while there are two, each into a row of its own."""
    state, starts = _find_runs(group, start, stop, len(values))
    rows, touched = np.zeros(2 * length), np.zeros(2 * (len(pointer) - 1), np.uint8)
    first, line, end = np.zeros(2, np.uint64), np.zeros(2, np.uint64), np.zeros(2, np.uint64)
    size, terms, taken = np.uint64(length), np.uint64(len(pointer) - 1), 0
    while state == 0:
        for lane in range(2):
            if line[lane] == end[lane] and taken + 1 < len(starts):
                first[lane], line[lane], end[lane] = starts[taken], starts[taken], starts[taken + 1]
                taken += 1
        steps = min(end[0] - line[0], end[1] - line[1])
        if steps > 0:
            good = _walk_both(term, quantity, line, steps, packed, coefficient, words, each, size, terms, rows, touched)
            line += steps
        else:  # the last run
            last = np.uint64(line[1] < end[1])
            at, steps = line[last], end[last] - line[last]
            good = _walk_one(
                term, quantity, at, steps, packed, coefficient, words, each, last, size, terms, rows, touched
            )
            line[last] += steps
        if not good:
            return 2
        if not _write_ended(
            group, term, first, line, end, pointer, cell, cell_pointer, cell_term, rows, touched, values, present
        ):
            return 0
    return state


@_compiled
def _sum_wide(  # type: ignore[no-untyped-def]
    group, term, quantity, start, stop, pointer, cell, cell_pointer, cell_term, coefficient, values, present
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
        _mark_run(
            term, np.uint64(start), np.uint64(end), pointer, cell, cell_pointer, cell_term, touched, present[this]
        )
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
    row, seen = np.zeros((pairs, 4)), np.zeros(pairs // 64 + 1, np.uint64)
    cursor = np.array([-1, 0])  # group, entries written
    for first in range(start, stop, CHUNK_LINES):
        chunk = slice(first, min(stop, first + CHUNK_LINES))
        x = moments(quantity[chunk], activity_sigma[chunk])
        lines = group[chunk], pair[chunk], quantity[chunk]
        if state := _expose_chunk(*lines, *x, counts, cursor, row, seen, found, sums):
            return state, found[:0], sums[:, :0]
    _write_group(counts, cursor, row, seen, found, sums)
    return _SORTED, found[: cursor[1]], sums[:, : cursor[1]]


@_compiled
def _expose_chunk(  # type: ignore[no-untyped-def]
    group, pair, quantity, mean, second, third, counts, cursor, row, seen, found, sums
):
    """Carry on the sums of the group at the cursor; write it out where the next begins."""
    current = cursor[0]
    for line in range(len(group)):
        this, code = np.int64(group[line]), np.uint64(pair[line])
        if this != current:
            if this >= len(counts) - 1:
                return 2
            if this < current:
                return 1
            _write_group(counts, cursor, row, seen, found, sums)
            cursor[0], current = this, this
        if code < np.uint64(len(row)):
            seen[code >> np.uint64(6)] |= np.uint64(1) << (code & np.uint64(63))
            row[code, 0] += quantity[line]
            row[code, 1] += mean[line]
            row[code, 2] += second[line]
            row[code, 3] += third[line]
        elif code < np.uint64(2147483648):  # beyond, a refused line
            return 2
    return 0


@_part
def _write_group(counts, cursor, row, seen, found, sums):  # type: ignore[no-untyped-def]
    """Write the sums of the group at the cursor, pairs ascending, and make its row zero again."""
    entry = cursor[1]
    for word in range(len(seen)):
        bits = seen[word]
        seen[word] = 0
        while bits:
            code = np.uint64(64 * word) + _PLACES[((bits & -bits) * _SPREAD) >> np.uint64(58)]
            found[entry] = code
            for kind in range(4):
                sums[kind, entry] = row[code, kind]
                row[code, kind] = 0.0
            bits &= bits - np.uint64(1)
            entry += 1
    if cursor[0] >= 0:
        counts[cursor[0] + 1] = entry - cursor[1]
    cursor[1] = entry


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
