"""Sums over bound lines, beside the memory bandwidth and what else could compute them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import bw2calc
import bw_processing
import numba
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from bound_lines import BoundLines, Terms
from decarb.kernels import accumulate, expose

OTHERS = 10_000_000
"""Lines that the alternatives are given at most: their time is in proportion, their memory too."""

POSTS = "Totals per establishment and post"
GASES = "Totals per establishment, post and gas: ten gases, 10 or 20 entries a term"
EXPOSE = "Lines collapsed for uncertainty: establishment x pair, four sums"
MEMORY = "Memory bandwidth: the three columns of the lines read once"
SMALL = "Totals of 100 establishments, a small case"

_COLUMNS = 16
"""Bytes of a line: two codes of 4, a quantity of 8."""


@pytest.fixture(scope="module")
def fewer(lines: BoundLines) -> BoundLines:
    return lines.first(OTHERS)


@pytest.fixture(scope="module")
def tenth(lines: BoundLines) -> BoundLines:
    return lines.first(OTHERS // 10)


def same(found: NDArray[np.float64], lines: BoundLines, terms: Terms) -> None:
    """Check an alternative against ours."""
    values, _ = accumulate(*lines[:3], *terms[:3], lines.groups, terms.cells)
    np.testing.assert_allclose(found, values, rtol=1e-6, atol=1e-6 * np.abs(values).max())


# ---------------------------------------------------------------- memory


@numba.njit(nogil=True, fastmath=True)
def _sum(column):
    total = column.dtype.type(0)
    for value in column:
        total += value
    return total


def read(lines: BoundLines, threads: int) -> None:
    """Sum every column, vectorised; codes two at a time, so that there is nothing but loads to wait for."""
    columns = [column[: len(column) // 2 * 2] for column in lines[:2]]
    wide = [column.view(np.uint64) for column in columns] + [lines.quantity]
    parts = [
        column[slice(*part)]
        for column in wide
        for part in pairwise(len(column) * k // threads for k in range(threads + 1))
    ]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_sum, parts))


@pytest.mark.benchmark(group=MEMORY)
@pytest.mark.parametrize("threads", [2, 1])
def test_read(measure, lines, threads):
    what = f"a vectorised loop compiled by numba, {threads} thread{'s' if threads > 1 else ''}"
    size = len(lines.group)
    measure(
        read, lines, threads, what=what, work=size, moved=lines.nbytes, rounds=9, reference=threads == 2, peak=False
    )


@pytest.mark.benchmark(group=MEMORY)
def test_numpy_sum(measure, lines):
    def run() -> float:
        return lines.group.sum() + lines.term.sum() + lines.quantity.sum()

    size = len(lines.group)
    measure(run, what="`np.sum` of each, 1 thread", work=size, moved=lines.nbytes, rounds=5, peak=False)


# ---------------------------------------------------------------- totals per post, and per gas


def ours(lines: BoundLines, terms: Terms, **options: Any) -> NDArray[np.float64]:
    return accumulate(*lines[:3], *terms[:3], lines.groups, terms.cells, **options)[0]


@pytest.mark.benchmark(group=POSTS)
def test_accumulate(measure, lines):
    call = lambda: ours(lines, lines.posts, path="numba", threads=2)  # noqa: E731
    size, aims = len(lines.group), ["bandwidth >= 0.7"]
    measure(call, what="decarb, 2 threads", work=size, moved=lines.nbytes, rounds=9, reference=True, aims=aims)


@pytest.mark.benchmark(group=POSTS)
def test_accumulate_one_thread(measure, lines):
    call = lambda: ours(lines, lines.posts, path="numba", threads=1)  # noqa: E731
    measure(call, what="decarb, 1 thread", work=len(lines.group), moved=lines.nbytes, rounds=5)


@pytest.mark.benchmark(group=POSTS)
def test_accumulate_numpy(measure, fewer):
    call = lambda: ours(fewer, fewer.posts, path="numpy")  # noqa: E731
    measure(call, what="decarb, its NumPy path", work=len(fewer.group), moved=fewer.nbytes, rounds=3)


def numpy_totals(lines: BoundLines, terms: Terms) -> NDArray[np.float64]:
    """take and bincount: the first entry of every line, then the next of those that have more."""
    group, term, quantity = lines[:3]
    at, end = terms.pointer[term], terms.pointer[term + 1]
    size = lines.groups * terms.cells
    total = np.zeros(size)
    base = group.astype(np.int64) * terms.cells
    while len(at):
        if not (inside := at < end).all():
            at, end, base, quantity = at[inside], end[inside], base[inside], quantity[inside]
        total += np.bincount(base + terms.cell[at], quantity * terms.coefficient[at], size)
        at = at + 1
    return total.reshape(lines.groups, terms.cells)


def entries(terms: Terms) -> dict[str, NDArray[Any]]:
    of = np.repeat(np.arange(len(terms.counts), dtype=np.uint32), terms.counts)
    return {"term": of, "cell": terms.cell, "coefficient": terms.coefficient}


def dense(lines: BoundLines, terms: Terms, group: Any, cell: Any, value: Any) -> NDArray[np.float64]:
    found = np.zeros((lines.groups, terms.cells))
    found[np.asarray(group), np.asarray(cell)] = np.asarray(value)
    return found


def pandas_totals(lines: BoundLines, terms: Terms) -> Callable[[], NDArray[np.float64]]:
    import pandas as pd

    left = pd.DataFrame({"group": lines.group, "term": lines.term, "quantity": lines.quantity})
    right = pd.DataFrame(entries(terms))

    def run() -> NDArray[np.float64]:
        merged = left.merge(right, on="term")
        merged["value"] = merged["quantity"] * merged["coefficient"]
        found = merged.groupby(["group", "cell"])["value"].sum()
        return dense(lines, terms, *(found.index.get_level_values(k) for k in (0, 1)), found)

    return run


def polars_totals(lines: BoundLines, terms: Terms) -> Callable[[], NDArray[np.float64]]:
    import polars as pl

    left = pl.DataFrame({"group": lines.group, "term": lines.term, "quantity": lines.quantity}).lazy()
    right = pl.DataFrame(entries(terms)).lazy()
    value = (pl.col("quantity") * pl.col("coefficient")).sum()
    query = left.join(right, on="term").group_by("group", "cell").agg(value.alias("value"))

    def run() -> NDArray[np.float64]:
        return dense(lines, terms, *query.collect())

    return run


def duckdb_totals(lines: BoundLines, terms: Terms) -> Callable[[], NDArray[np.float64]]:
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect(config={"threads": 2})
    connection.register("lines", pa.table({"establishment": lines.group, "term": lines.term, "q": lines.quantity}))
    connection.register("entries", pa.table(entries(terms)))
    query = "select establishment, cell, sum(q * coefficient) v from lines join entries using (term) group by 1, 2"

    def run() -> NDArray[np.float64]:
        found = connection.execute(query).fetchnumpy()
        return dense(lines, terms, found["establishment"], found["cell"], found["v"])

    return run


def scipy_totals(lines: BoundLines, terms: Terms) -> Callable[[], NDArray[np.float64]]:
    """As Brightway does: coordinates to a sparse matrix, duplicates added up, times that of the coefficients."""
    pairs = len(terms.counts)
    of_terms = sparse.csr_matrix((terms.coefficient, terms.cell, terms.pointer), shape=(pairs, terms.cells))

    def run() -> NDArray[np.float64]:
        places = (lines.group.astype(np.int32), lines.term.astype(np.int32))
        amounts = sparse.coo_matrix((lines.quantity, places), shape=(lines.groups, pairs)).tocsr()
        return (amounts @ of_terms).toarray()

    return run


OTHER_WAYS = {
    "numpy, take and bincount": lambda lines, terms: lambda: numpy_totals(lines, terms),
    "pandas, merge and groupby, of codes": pandas_totals,
    "polars, join and group_by, 2 threads": polars_totals,
    "DuckDB over Arrow, 2 threads": duckdb_totals,
    "scipy, COO to CSR, product": scipy_totals,
}
AIMS = {
    "pandas, merge and groupby, of codes": ["ratio >= 100"],
    "polars, join and group_by, 2 threads": ["ratio >= 10"],
    "DuckDB over Arrow, 2 threads": ["ratio >= 10"],
}


@pytest.mark.benchmark(group=POSTS)
@pytest.mark.parametrize("way", OTHER_WAYS)
def test_posts_otherwise(measure, fewer, way):
    call = OTHER_WAYS[way](fewer, fewer.posts)
    aims = AIMS.get(way, ())
    found = measure(call, what=way, work=len(fewer.group), moved=fewer.nbytes, rounds=3, aims=aims)
    same(found, fewer, fewer.posts)


@pytest.mark.benchmark(group=POSTS)
def test_pandas_of_names(measure, tenth):
    """Establishments and terms by their names, as files give them: what a notebook does."""
    import pandas as pd

    def names(prefix: str, codes: NDArray[np.uint32], count: int) -> pd.Series:
        return pd.Series(pd.array([f"{prefix}{code:09d}" for code in range(count)], dtype="str")).take(codes)

    pairs = len(tenth.posts.counts)
    columns = entries(tenth.posts)
    establishments = names("", tenth.group, tenth.groups)
    terms = names("factor-and-unit-", tenth.term, pairs)
    left = pd.DataFrame({"group": establishments.array, "term": terms.array, "quantity": tenth.quantity})
    right = pd.DataFrame({**columns, "term": names("factor-and-unit-", columns["term"], pairs).array})

    def run() -> pd.Series:
        merged = left.merge(right, on="term")
        merged["value"] = merged["quantity"] * merged["coefficient"]
        return merged.groupby(["group", "cell"])["value"].sum()

    size = len(tenth.group)
    found = measure(run, what="pandas, merge and groupby, of names", work=size, moved=tenth.nbytes, rounds=2)
    group = found.index.get_level_values(0).astype(np.int64)
    same(dense(tenth, tenth.posts, group, found.index.get_level_values(1), found), tenth, tenth.posts)


@pytest.mark.benchmark(group=GASES)
def test_accumulate_gases(measure, lines):
    call = lambda: ours(lines, lines.gases, path="numba", threads=2)  # noqa: E731
    size, aims = len(lines.group), ["rate >= 60e6"]
    measure(call, what="decarb, 2 threads", work=size, moved=lines.nbytes, rounds=5, reference=True, aims=aims)


@pytest.mark.benchmark(group=GASES)
def test_accumulate_gases_one_thread(measure, fewer):
    call = lambda: ours(fewer, fewer.gases, path="numba", threads=1)  # noqa: E731
    measure(call, what="decarb, 1 thread", work=len(fewer.group), moved=fewer.nbytes, rounds=3)


@pytest.mark.benchmark(group=GASES)
@pytest.mark.parametrize("way", OTHER_WAYS)
def test_gases_otherwise(measure, tenth, way):
    call = OTHER_WAYS[way](tenth, tenth.gases)
    found = measure(call, what=way, work=len(tenth.group), moved=tenth.nbytes, rounds=3)
    same(found, tenth, tenth.gases)


# ---------------------------------------------------------------- exposures


@pytest.mark.benchmark(group=EXPOSE)
@pytest.mark.parametrize("path", ["numba", "numpy"])
def test_expose(measure, lines, fewer, path):
    chosen, threads = (lines, 2) if path == "numba" else (fewer, 1)
    pairs = len(chosen.posts.counts)
    call = lambda: expose(*chosen[:4], chosen.groups, pairs, path=path, threads=threads)  # noqa: E731
    what = "decarb, 2 threads" if path == "numba" else "decarb, its NumPy path"
    moved = chosen.nbytes + chosen.activity_sigma.nbytes
    measure(call, what=what, work=len(chosen.group), moved=moved, rounds=3, reference=path == "numba")


@pytest.mark.benchmark(group=EXPOSE)
def test_expose_polars(measure, fewer):
    import polars as pl

    names = ("group", "term", "q", "a")
    frame = pl.DataFrame(dict(zip(names, fewer[:4], strict=True))).lazy()
    variance = pl.col("a") ** 2
    mean, excess = pl.col("q") * (variance / 2).exp(), variance.exp() - 1
    sums = {"q": pl.col("q"), "m": mean, "c2": mean**2 * excess, "c3": mean**3 * excess**2 * (excess + 3)}
    query = frame.group_by("group", "term").agg(**{name: value.sum() for name, value in sums.items()})
    moved = fewer.nbytes + fewer.activity_sigma.nbytes
    measure(query.collect, what="polars, group_by, 2 threads", work=len(fewer.group), moved=moved, rounds=3)


# ---------------------------------------------------------------- bw2calc itself


@pytest.fixture(scope="module")
def small(lines: BoundLines) -> BoundLines:
    """The hundred smallest establishments."""
    sizes = np.bincount(lines.group, minlength=lines.groups)
    chosen = np.argsort(sizes, kind="stable")[:100]
    inside = np.isin(lines.group, chosen)
    codes = np.unique(lines.group[inside], return_inverse=True)[1].astype(np.uint32)
    return BoundLines(codes, *(column[inside] for column in lines[1:4]), 100, *lines[5:])


@pytest.mark.benchmark(group=SMALL)
def test_accumulate_small(measure, small):
    call = lambda: ours(small, small.posts)  # noqa: E731
    measure(call, what="decarb", work=len(small.group), moved=small.nbytes, rounds=20, reference=True)


@pytest.mark.benchmark(group=SMALL)
def test_bw2calc(measure, small):
    """Establishments and pairs are activities; one demand for each establishment, factorised once."""
    pairs = len(small.posts.counts)
    package = brightway_package(small)

    def run() -> NDArray[np.float64]:
        found = bw2calc.LCA({pairs: 1}, data_objs=[package])
        found.lci(factorize=True)
        found.lcia()
        scores = [found.score]
        for establishment in range(1, small.groups):
            found.lci({pairs + establishment: 1})
            found.lcia({pairs + establishment: 1})
            scores.append(found.score)
        return np.array(scores)

    what = "bw2calc, from a data package in memory, totals alone"
    found = measure(run, what=what, work=len(small.group), moved=small.nbytes, rounds=3)
    values = ours(small, small.posts).sum(axis=1)
    np.testing.assert_allclose(found, values, rtol=1e-6, atol=1e-6 * np.abs(values).max())


def brightway_package(lines: BoundLines, sigma: NDArray[np.float64] | None = None) -> Any:
    """Lines as exchanges of a Brightway package: pairs are activities 0.., establishments those after them."""
    pairs = len(lines.posts.counts)
    emission = np.bincount(np.repeat(np.arange(pairs), lines.posts.counts), lines.posts.coefficient, pairs)
    package = bw_processing.create_datapackage()
    everyone = np.arange(pairs + lines.groups)
    flow = len(everyone)

    def add(matrix: str, name: str, rows: Any, columns: Any, data: NDArray[np.float64], **more: Any) -> None:
        indices = np.empty(len(data), dtype=bw_processing.INDICES_DTYPE)
        indices["row"], indices["col"] = rows, columns
        package.add_persistent_vector(matrix=matrix, name=name, indices_array=indices, data_array=data, **more)

    add("technosphere_matrix", "made", everyone, everyone, np.ones(len(everyone)))
    spread = {}
    if sigma is not None:
        spread["distributions_array"] = distributions(lines.quantity, sigma)
    bought = (lines.term, pairs + lines.group.astype(np.int64), lines.quantity)
    add("technosphere_matrix", "bought", *bought, flip_array=np.ones(len(lines.group), dtype=bool), **spread)
    add("biosphere_matrix", "emitted", flow, np.arange(pairs), emission)
    add("characterization_matrix", "characterised", flow, flow, np.ones(1))
    return package


def distributions(quantity: NDArray[np.float64], sigma: NDArray[np.float64]) -> NDArray[Any]:
    """Lognormals as stats_arrays writes them."""
    found = np.zeros(len(quantity), dtype=bw_processing.UNCERTAINTY_DTYPE)
    for name in ("shape", "minimum", "maximum"):
        found[name] = np.nan
    found["uncertainty_type"] = 2
    found["loc"], found["scale"] = np.log(np.abs(quantity)), sigma
    found["negative"] = quantity < 0
    return found
