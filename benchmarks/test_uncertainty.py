"""Draws and intervals of 1e5 lines of 2,700 establishments, beside an independent draw of every line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import bw2calc
import numpy as np
import pytest
import stats_arrays
from numpy.typing import NDArray

import decarb
from bound_lines import BoundLines, Terms
from collections_of_documents import write_collection
from decarb.footprint import Footprint
from decarb.kernels import cumulants, expose
from decarb.uncertainty import draw, intervals
from decarb.uncertainty.grouping import total_coefficients
from test_kernels import brightway_package, distributions

DRAWS = 10_000
ESTABLISHMENTS = 2700
LINES = 37
"""Of each: 1e5 in all."""

DRAWN = "10,000 draws of 1e5 lines of 2,700 establishments"
ANALYTIC = "Intervals of the same 2,700 establishments, from the lines"
SHARE = 100
"""The alternatives draw every line independently; they are given this part of the line-draws, or less."""

Float64s = NDArray[np.float64]


class Amounts(NamedTuple):
    """What an independent draw needs of lines sorted by establishment."""

    group: NDArray[np.int32]
    pair: NDArray[np.int32]
    quantity: Float64s
    sigma: Float64s
    coefficient: Float64s

    def first(self, count: int) -> "Amounts":
        return Amounts(*(column[:count] for column in self[:4]), self.coefficient)

    @property
    def starts(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.diff(self.group, prepend=-1))


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory) -> Footprint:
    folder: Path = tmp_path_factory.mktemp("thin")
    decarb.ingest(write_collection(folder / "documents", ESTABLISHMENTS, LINES), folder / "columns")
    return decarb.compute_footprint(decarb.open_columns(folder / "columns"))


@pytest.fixture(scope="module")
def amounts(thin: Footprint) -> Amounts:
    """Lines with the sigma of activity and factor together."""
    inventory, pair, errors = thin.inventory, thin.binding.pair, thin.binding.error_groups
    sigma = np.hypot(thin.activity_sigma, errors.sigma[errors.of_pair][pair])
    return Amounts(inventory.establishment, pair, inventory.quantity, sigma, total_coefficients(thin, "beges"))


# ---------------------------------------------------------------- draws


@pytest.mark.benchmark(group=DRAWN)
@pytest.mark.parametrize("threads", [2, 1])
def test_draw(measure, thin, threads):
    call = lambda: draw(thin, DRAWS, by="establishment", threads=threads)  # noqa: E731
    what = f"`decarb.uncertainty.draw`, shared factors, quantiles included, {threads} thread{'s' * (threads > 1)}"
    aims = ["seconds <= 1.2"] if threads == 2 else []
    work = len(thin.inventory) * DRAWS
    drawn = measure(call, what=what, work=work, unit="line-draws", rounds=5, reference=threads == 2, aims=aims)
    assert not drawn.by_line


def independent_draws(amounts: Amounts, draws: int, chunk: int = 32) -> Float64s:
    """Every line by itself, as many at a time as the cache holds, added up by establishment."""
    generator = np.random.default_rng(1)
    emission = amounts.quantity * amounts.coefficient[amounts.pair]
    total = np.zeros((int(amounts.group[-1]) + 1, draws))
    for start in range(0, len(emission), chunk):
        part = slice(start, start + chunk)
        drawn = generator.standard_normal((len(emission[part]), draws))
        drawn *= amounts.sigma[part, None]
        np.exp(drawn, out=drawn)
        drawn *= emission[part, None]
        starts = np.flatnonzero(np.diff(amounts.group[part], prepend=-1))
        total[amounts.group[part][starts]] += np.add.reduceat(drawn, starts)
    return total


@pytest.mark.benchmark(group=DRAWN)
def test_numpy(measure, amounts):
    some = amounts.first(len(amounts.group) // 10)
    work = len(some.group) * DRAWS
    what = "numpy, each line independently, by chunks; no quantiles; a tenth of the lines"
    measure(independent_draws, some, DRAWS, what=what, work=work, unit="line-draws", rounds=3, aims=["ratio >= 20"])


@pytest.mark.benchmark(group=DRAWN)
def test_stats_arrays(measure, amounts):
    some = amounts.first(len(amounts.group) // SHARE)
    parameters = distributions(some.quantity, some.sigma)
    generator = stats_arrays.MCRandomNumberGenerator(parameters, seed=1)
    coefficient = some.coefficient[some.pair]

    def run() -> Float64s:
        drawn = np.stack([next(generator) for _ in range(DRAWS)], axis=1)
        return np.add.reduceat(coefficient[:, None] * drawn, some.starts)

    what = "stats_arrays, each line independently; a hundredth of the lines"
    measure(run, what=what, work=len(some.group) * DRAWS, unit="line-draws", rounds=3, aims=["ratio >= 20"])


@pytest.mark.benchmark(group=DRAWN)
def test_bw2calc(measure, amounts):
    """One demand for all establishments: their totals together, no total of each."""
    some, draws = amounts.first(len(amounts.group) // SHARE), 100
    package = brightway_package(as_bound_lines(some), some.sigma)
    found = bw2calc.LCA({len(some.coefficient): 1}, data_objs=[package], use_distributions=True)
    found.lci()
    found.lcia()

    def run() -> list[float]:
        return [(next(found), found.score)[1] for _ in range(draws)]

    what = "bw2calc, each line independently; a hundredth of the lines and draws"
    scores = measure(run, what=what, work=len(some.group) * draws, unit="line-draws", rounds=3, aims=["ratio >= 20"])
    assert np.std(scores) > 0


def as_bound_lines(amounts: Amounts) -> BoundLines:
    """All lines as those of one establishment, with one entry a pair."""
    pairs = len(amounts.coefficient)
    terms = Terms(np.arange(pairs + 1), np.zeros(pairs, np.uint32), amounts.coefficient, 1)
    group = np.zeros(len(amounts.group), np.uint32)
    return BoundLines(group, amounts.pair.astype(np.uint32), amounts.quantity, amounts.sigma, 1, terms, terms)


# ---------------------------------------------------------------- intervals


def analytic(thin: Footprint, coefficient: Float64s) -> tuple[Float64s, Float64s]:
    inventory, binding, errors = thin.inventory, thin.binding, thin.binding.error_groups
    lines = inventory.establishment, binding.pair, inventory.quantity, thin.activity_sigma
    exposures = expose(*lines, ESTABLISHMENTS, len(binding.bound), path="numba", threads=2)
    return intervals(*cumulants(exposures, coefficient, errors.of_pair, errors.sigma, path="numba", threads=2))


@pytest.mark.benchmark(group=ANALYTIC)
def test_intervals(measure, thin):
    coefficient = total_coefficients(thin, "beges")
    what, work = "decarb: expose, cumulants, intervals, 2 threads", len(thin.inventory)
    low, high = measure(
        analytic, thin, coefficient, what=what, work=work, rounds=30, reference=True, aims=["seconds <= 0.005"]
    )
    assert (low <= high).all()


@pytest.mark.benchmark(group=ANALYTIC)
def test_draws_for_intervals(measure, thin):
    call: Callable[[], Any] = lambda: draw(thin, DRAWS, by="establishment", threads=2)  # noqa: E731
    measure(call, what="decarb: 10,000 draws instead, 2 threads", work=len(thin.inventory), rounds=3)
