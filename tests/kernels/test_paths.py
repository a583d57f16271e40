"""Both paths against each other, against direct formulas and against numbers derived by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.kernels import Exposures, accumulate, blend, cumulants, expose, numba_path, numpy_path
from decarb.kernels.arrays import moments
from tests.kernels.test_numpy_path import arrays, naive, problems

PATHS = [("numpy", None), ("numba", 1), ("numba", 2), ("numba", 3)]
on_each_path = pytest.mark.parametrize(("path", "threads"), PATHS)


def in_order(problem):
    lines = sorted(zip(*problem[:3], strict=True), key=lambda line: line[0])
    return *([line[index] for line in lines] for index in range(3)), *problem[3:]


@settings(max_examples=60, deadline=None)
@given(problems(), st.booleans())
def test_accumulate_gives_the_same_bits_on_every_path(problem, canonical):
    problem = in_order(problem) if canonical else problem
    expected, expected_present = naive(*problem)
    for path, threads in PATHS:
        values, present = accumulate(*arrays(*problem[:6]), *problem[6:], path=path, threads=threads)
        assert values.tobytes() == np.array(expected, dtype=np.float64).tobytes(), (path, threads)
        np.testing.assert_array_equal(present, np.array(expected_present, dtype=np.bool_))


@pytest.mark.parametrize("widest", [1, 3, 7, 30])
def test_long_runs_give_the_same_bits(widest):
    rng = np.random.default_rng(widest)
    counts = rng.integers(0, widest + 1, 50)
    pointer = np.concatenate([[0], np.cumsum(counts)])
    cell = rng.integers(0, 30, pointer[-1]).astype(np.int32)
    coefficient = rng.normal(size=pointer[-1]) * 10.0 ** rng.integers(-9, 9, pointer[-1])
    group = np.sort(rng.integers(0, 40, 20_000)).astype(np.int32)
    term = rng.integers(0, 50, 20_000).astype(np.int32)
    quantity = rng.normal(size=20_000) * 10.0 ** rng.integers(-9, 9, 20_000)
    results = [
        accumulate(group, term, quantity, pointer, cell, coefficient, 41, 30, path=path, threads=threads)
        for path, threads in PATHS
    ]
    assert len({(values.tobytes(), present.tobytes()) for values, present in results}) == 1


def skewed(widest, cells, lines=30_000, groups=60, terms=50):
    """Lines of groups of very different sizes, some without any, others longer than a block of `_run_end`."""
    rng = np.random.default_rng(widest)
    counts = rng.integers(0, widest + 1, terms)
    counts[-1] = widest
    pointer = np.concatenate([[0], np.cumsum(counts)])
    cell = rng.integers(0, cells, pointer[-1]).astype(np.int32)
    coefficient = rng.normal(size=pointer[-1]) * 10.0 ** rng.integers(-9, 9, pointer[-1])
    share = rng.lognormal(0, 2, groups) * (rng.random(groups) < 0.7)
    share[0] = 1.0
    group = np.sort(rng.choice(groups, lines, p=share / share.sum())).astype(np.int32)
    term = rng.integers(0, terms, lines).astype(np.int32)
    quantity = rng.normal(size=lines) * 10.0 ** rng.integers(-9, 9, lines)
    return group, term, quantity, pointer, cell, coefficient, groups, cells


@pytest.mark.parametrize(
    ("widest", "cells"), [(1, 3), (2, 22), (3, 22), (4, 9), (6, 30), (20, 220), (3, 65_528), (3, 65_529)]
)
@pytest.mark.parametrize("groups", [1, 2, 3, 60])
def test_groups_walked_in_lockstep_give_the_bits_of_one_addition_after_the_other(widest, cells, groups):
    problem = skewed(widest, cells, groups=groups)
    group, term, quantity, pointer, cell, coefficient, _, _ = problem
    entries = np.diff(pointer)[term]
    entry = np.concatenate([np.arange(pointer[code], pointer[code + 1]) for code in term])
    place = np.repeat(group, entries), cell[entry]
    expected, expected_present = np.zeros((groups, cells)), np.zeros((groups, cells), dtype=np.bool_)
    np.add.at(expected, place, np.repeat(quantity, entries) * coefficient[entry])
    expected_present[place] = True
    for threads in (1, 2, 3, 7):
        values, present = accumulate(*problem, path="numba", threads=threads)
        assert values.tobytes() == expected.tobytes()
        np.testing.assert_array_equal(present, expected_present)


@pytest.mark.parametrize("line", [0, 700, 15_000, 29_999])
@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("groups", [1, 2, 60])
def test_a_code_outside_of_its_range_is_found_wherever_it_is(line, column, groups):
    problem = skewed(3, 22, groups=groups)
    problem[column][line] = 1 << 30
    for threads in (1, 2):
        with pytest.raises(IndexError):
            accumulate(*problem, path="numba", threads=threads)


def test_groups_that_descend_within_a_block_are_noticed():
    # equal at both ends of a block that is compared at once, but not between
    group = np.zeros(2_000, np.int32)
    group[700] = 1
    lines = (
        group,
        group,
        np.arange(2_000.0),
        np.array([0, 1, 2]),
        np.array([0, 1], np.int32),
        np.array([1.0, 1.0]),
        2,
        2,
    )
    values, present = accumulate(*lines, path="numba", threads=1)
    np.testing.assert_array_equal(values, [[1_999_000 - 700, 0], [0, 700]])
    np.testing.assert_array_equal(present, [[True, False], [False, True]])


def test_pairs_beyond_one_word_are_written_in_ascending_order():
    pair = np.array([128, 0, 63, 64, 127, 1, 191, 65, 64], np.int32)
    one, none = np.ones(9), np.zeros(9, np.int32)
    for threads in (1, 2):
        found = expose(none, pair, one, 0 * one, 1, 192, path="numba", threads=threads)
        assert found.pair.tolist() == [0, 1, 63, 64, 65, 127, 128, 191]
        assert found.quantity.tolist() == [1, 1, 1, 2, 1, 1, 1, 1]


@on_each_path
def test_products_are_rounded_before_they_are_added(path, threads):
    # (1 + 2^-30)^2 = 1 + 2^-29 + 2^-60, rounded 1 + 2^-29. Adding -(1 + 2^-29) leaves 0; fused, it leaves 2^-60
    near = 1 + 2.0**-30
    values, _ = accumulate(
        *arrays([0, 0], [0, 1], [-(1 + 2.0**-29), near], [0, 1, 2], [0, 0], [1.0, near]),
        1,
        1,
        path=path,
        threads=threads,
    )
    assert values[0, 0] == 0.0


@on_each_path
@pytest.mark.parametrize("column", ["group", "term"])
@pytest.mark.parametrize("code", [-1, 2, 2**31 - 1])
@pytest.mark.parametrize("second", [0, 1])
def test_a_code_outside_of_its_range_is_refused(path, threads, column, code, second):
    group, term = [0, 1], [0, 1]
    (group if column == "group" else term)[second] = code
    with pytest.raises(IndexError):
        accumulate(*arrays(group, term, [1.0, 1.0], [0, 1, 2], [0, 0], [1.0, 1.0]), 2, 1, path=path, threads=threads)


@on_each_path
def test_columns_of_different_lengths_are_refused(path, threads):
    with pytest.raises(ValueError, match="differ in length"):
        accumulate(*arrays([0, 0], [0, 0], [1.0], [0, 1], [0], [1.0]), 1, 1, path=path, threads=threads)
    with pytest.raises(IndexError):
        accumulate(*arrays([0], [0], [1.0], [0, 1], [5], [1.0]), 1, 1, path=path, threads=threads)
    with pytest.raises(IndexError):
        accumulate(*arrays([0], [0], [1.0], [0, 2], [0], [1.0]), 1, 1, path=path, threads=threads)


def lines_of_pairs():
    number = st.floats(-1e9, 1e9) | st.sampled_from([0.0, -0.0, 0.1, 1e-300, 1e15, -1e15])
    line = st.tuples(st.integers(0, 5), st.integers(-1, 45), number, st.sampled_from([0.0, 0.1, 0.3, 0.82]))
    return st.lists(line, max_size=120)


def exposed(lines, path="numpy", threads=None, groups=7, pairs=46):
    columns = zip(*lines, strict=True) if lines else ([], [], [], [])
    kinds = np.int32, np.int32, np.float64, np.float64
    group, pair, quantity, sigma = (np.array(list(x), dtype=kind) for x, kind in zip(columns, kinds, strict=True))
    return expose(group, pair, quantity, sigma, groups, pairs, path=path, threads=threads)


def bits(exposures):
    return [np.asarray(getattr(exposures, name)).tobytes() for name in Exposures.__slots__]


def direct_exposures(lines, groups=7, pairs=46):
    """Add line by line, as METHOD sections 1 and 4 word it."""
    sums = {}
    for group, pair, quantity, sigma in lines:
        if pair >= 0:
            entry = sums.setdefault((group, pair), [0.0] * 4)
            amounts = [quantity, *(float(x[0]) for x in moments(np.array([quantity]), np.array([sigma])))]
            sums[group, pair] = [total + amount for total, amount in zip(entry, amounts, strict=True)]
    keys = sorted(sums)
    pointer = np.searchsorted([group for group, _ in keys], np.arange(groups + 1)).astype(np.int64)
    columns = np.array([sums[key] for key in keys]).reshape(-1, 4).T
    return Exposures(pointer, np.array([pair for _, pair in keys], dtype=np.int32), *columns)


@settings(max_examples=50, deadline=None)
@given(lines_of_pairs(), st.booleans(), st.sampled_from([1, 7, 8_192]))
def test_expose_gives_the_same_bits_on_every_path(lines, canonical, chunk):
    lines = sorted(lines, key=lambda line: line[0]) if canonical else lines
    expected = bits(direct_exposures(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numpy_path, "CHUNK_LINES", chunk)
        patch.setattr(numpy_path, "DENSE_CELLS", 100)
        patch.setattr(numba_path, "CHUNK_LINES", chunk)
        for path, threads in PATHS:
            assert bits(exposed(lines, path, threads)) == expected, (path, threads)


@on_each_path
def test_expose_by_hand(path, threads):
    # sigma^2 = ln 4: w = 4, A = 2. q = 3: x = 6, x^2 (w-1) = 108, x^3 (w-1)^2 (w+2) = 216 * 9 * 6 = 11664
    sigma = np.sqrt(np.log(4.0))
    found = exposed([(1, 2, 3.0, sigma), (1, 2, 1.0, 0.0), (1, -1, 9.0, 0.0)], path, threads, groups=3, pairs=3)
    np.testing.assert_array_equal(found.pointer, [0, 0, 1, 1])
    np.testing.assert_array_equal(found.pair, [2])
    assert found.quantity[0] == 4.0
    np.testing.assert_allclose([found.mean[0], found.second[0], found.third[0]], [7, 108, 11664], rtol=1e-13)


@on_each_path
@pytest.mark.parametrize("line", [(7, 0, 1.0, 0.0), (-1, 0, 1.0, 0.0), (0, 46, 1.0, 0.0)])
def test_expose_refuses_codes_outside_of_their_range(path, threads, line):
    with pytest.raises(IndexError):
        exposed([line], path, threads)


def direct_cumulants(exposures, coefficient, error_group, factor_sigma):
    """METHOD section 4 as it is written, and the size of what it subtracts."""
    groups = len(exposures.pointer) - 1
    result, size = np.zeros((3, groups)), np.zeros((3, groups))
    for group in range(groups):
        entries = np.arange(exposures.pointer[group], exposures.pointer[group + 1])
        pair = exposures.pair[entries]
        for kind, f in enumerate(factor_sigma):
            here, c = entries[error_group[pair] == kind], coefficient[pair[error_group[pair] == kind]]
            m, c2 = exposures.mean[here] @ c, exposures.second[here] @ c**2
            c3 = exposures.third[here] @ c**3
            r1, r2, r3 = (
                np.exp(n * n * f * f / 2) * s for n, s in ((1, m), (2, c2 + m**2), (3, c3 + 3 * m * c2 + m**3))
            )
            result[:, group] += r1, r2 - r1**2, r3 - 3 * r1 * r2 + 2 * r1**3
            size[:, group] += abs(r1), r2, abs(r3) + abs(3 * r1 * r2) + abs(2 * r1**3)
    return result, size


@on_each_path
def test_cumulants_against_the_formula_as_written(path, threads):
    rng = np.random.default_rng(4)
    lines = [
        (g, p, q, s)
        for g, p, q, s in zip(
            rng.integers(0, 6, 400), rng.integers(-1, 46, 400), rng.normal(size=400), rng.random(400), strict=True
        )
    ]
    coefficient, kind, sigma = rng.normal(size=46), rng.integers(0, 9, 46).astype(np.int32), rng.random(10)
    coefficient[:5] = 0.0
    found = exposed(lines)
    expected, size = direct_cumulants(found, coefficient, kind, sigma)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numpy_path, "DENSE_CELLS", 25)
        k = np.array(cumulants(found, coefficient, kind, sigma, path=path, threads=threads))
    assert np.all(np.abs(k - expected) <= 1e-12 * size)
    reference = np.array(cumulants(found, coefficient, kind, sigma, path="numpy"))
    assert np.all(np.abs(k - reference) <= 1e-12 * size)


@on_each_path
def test_the_check_case_of_the_method(path, threads):
    # METHOD section 4: five independent factors, no activity error: K1 = sum of share e^(f^2/2), K2 = sum of
    # share^2 e^(f^2) (e^(f^2) - 1), K3 = sum of share^3 e^(3 f^2/2) (e^(f^2) - 1)^2 (e^(f^2) + 2)
    shares, sigma = np.array([0.40, 0.20, 0.15, 0.15, 0.10]), np.log([5, 1.8, 1.05, 1.5, 1.8]) / 1.959964
    found = exposed([(0, pair, 1.0, 0.0) for pair in range(5)], groups=1, pairs=5)
    k = cumulants(found, shares, np.arange(5, dtype=np.int32), sigma, path=path, threads=threads)
    w = np.exp(sigma**2)
    expected = [shares @ np.sqrt(w), shares**2 @ (w * (w - 1)), shares**3 @ (w**1.5 * (w - 1) ** 2 * (w + 2))]
    np.testing.assert_allclose(np.ravel(k), expected, rtol=1e-12)
    # shifted lognormal of these three: the interval that METHOD prints
    g = k[2][0] / k[1][0] ** 1.5
    t = (1 + g**2 / 2 + g * np.sqrt(1 + g**2 / 4)) ** (1 / 3)
    big = t + 1 / t - 1
    scale = np.sqrt(k[1][0] / (big * (big - 1)))
    quantile = k[0][0] - scale * np.sqrt(big) + scale * np.exp(np.array([-1, 1]) * 1.959964 * np.sqrt(np.log(big)))
    np.testing.assert_allclose(quantile, [0.685, 2.633], atol=5e-4)


@on_each_path
def test_a_coefficient_of_zero_contributes_nothing_and_sigma_zero_is_exact(path, threads):
    found = Exposures(
        np.array([0, 2]), np.array([0, 1], np.int32), *np.array([[2.0, 1.0], [2.0, 1.0], [0.0, np.inf], [0.0, np.inf]])
    )
    k = cumulants(
        found, np.array([3.0, 0.0]), np.array([0, 1], np.int32), np.array([0.0, 0.5]), path=path, threads=threads
    )
    assert [float(x[0]) for x in k] == [6.0, 0.0, 0.0]


@on_each_path
@pytest.mark.parametrize("n_draws", [1, 5, 256, 1000])
def test_blend_against_a_dense_product(path, threads, n_draws):
    rng = np.random.default_rng(n_draws)
    counts = np.array([0, 1, 3, 4, 5, 30, 0])
    pointer, column = np.concatenate([[0], np.cumsum(counts)]), rng.integers(0, 20, counts.sum()).astype(np.int32)
    weight, draws = rng.normal(size=counts.sum()), rng.lognormal(size=(20, n_draws))
    dense = np.zeros((len(counts), 20))
    np.add.at(dense, (np.repeat(np.arange(len(counts)), counts), column), weight)
    out = np.full((len(counts), n_draws), np.nan)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numpy_path, "GATHERED_DRAWS", 3_000)
        assert blend(pointer, column, weight, draws, path=path, threads=threads, out=out) is out
    np.testing.assert_array_less(np.abs(out - dense @ draws), 1e-12 * (np.abs(dense) @ draws) + 1e-300)
    assert not out[0].any()


@on_each_path
def test_blend_by_hand(path, threads):
    total = blend(
        np.array([0, 2]),
        np.array([1, 0], np.int32),
        np.array([2.0, 3.0]),
        np.array([[1.0, 10.0], [5.0, 7.0]]),
        path=path,
        threads=threads,
    )
    np.testing.assert_array_equal(total, [[2 * 5 + 3 * 1, 2 * 7 + 3 * 10]])


def test_blend_refuses_an_unfitting_result_array():
    with pytest.raises(ValueError, match="expected float64 of shape"):
        blend(np.array([0]), np.zeros(0, np.int32), np.zeros(0), np.zeros((1, 2)), out=np.zeros((1, 2)))


@on_each_path
def test_nothing_gives_nothing(path, threads):
    none = np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0)
    values, present = accumulate(*none, np.zeros(1, np.int64), none[0], none[2], 3, 2, path=path, threads=threads)
    assert values.shape == present.shape == (3, 2)
    assert not values.any()
    assert not present.any()
    for groups, pairs in ((2, 3), (0, 0), (2, 0)):
        found = exposed([], path, threads, groups=groups, pairs=pairs)
        assert found.pointer.tolist() == [0] * (groups + 1)
        assert found.pair.dtype == np.int32
        assert len(found.pair) == len(found.third) == 0
        k = cumulants(
            found,
            np.zeros(pairs),
            np.zeros(pairs, np.int32),
            np.zeros(0 if pairs == 0 else 1),
            path=path,
            threads=threads,
        )
        assert [x.tolist() for x in k] == [[0.0] * groups] * 3
    assert blend(np.array([0, 0]), none[0], none[2], np.zeros((0, 4)), path=path, threads=threads).tolist() == [
        [0.0] * 4
    ]
    assert blend(np.array([0]), none[0], none[2], np.zeros((3, 0)), path=path, threads=threads).shape == (0, 0)


def test_nothing_is_compiled_twice_for_other_kinds_of_arrays(tmp_path):
    columns = arrays([0, 1], [0, 0], [1.0, 2.0], [0, 1], [0], [3.0])
    expected = accumulate(*columns, 2, 1, path="numba")[0]
    before = len(numba_path._sum_padded.signatures)
    mapped = []
    for index, column in enumerate(columns):
        file = np.memmap(tmp_path / f"{index}", dtype=column.dtype, mode="w+", shape=column.shape)
        file[:] = column
        file.flush()
        mapped.append(np.memmap(tmp_path / f"{index}", dtype=column.dtype, mode="r", shape=column.shape))
    unsigned = [column.astype(np.uint32) if column.dtype == np.int32 else column for column in columns]
    long = [column.astype(np.int64) if column.dtype == np.int32 else column for column in columns]
    strided = [np.repeat(column, 2)[::2] for column in columns]
    frozen = [column.copy() for column in columns]
    for column in frozen:
        column.flags.writeable = False
    for path in ("numpy", "numba"):
        for kind in (mapped, unsigned, long, strided, frozen):
            np.testing.assert_array_equal(accumulate(*kind, 2, 1, path=path)[0], expected)
    assert len(numba_path._sum_padded.signatures) == before
    assert np.shares_memory(numba_path.plain(mapped[2], np.float64), mapped[2])
