"""A store added up by one and by two workers of a Dask cluster, beside plain processes, threads and one serial process.

    python benchmarks/cluster.py --workers 1 2 --lines 100_000_000
    python benchmarks/cluster.py --workers 2 --lines 1_000_000_000 --rounds 1 --ways dask

A store of 2,700 generated documents of 2,000 lines (5.4 million) is made once, in ``--store`` or a temporary folder.
More lines are the same parts read again and again as those of other submissions: **every line is read from its Parquet
part, bound and added up each time**, and no document is kept twice; what is simulated is that the parts differ. They
stay in the page cache, which a nation's own would not. Workers are processes of one thread. Each way runs the same
plan, and every result must have the same bits. ``cpu`` is what the workers and this process (with the scheduler, in
it) computed [s]: it tells scaling from a busy machine.
"""

import argparse
import contextlib
import gc
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from collections_of_documents import YEAR, write_collection
from decarb.national.aggregating import Aggregates
from decarb.national.cluster import OnExecutor, aggregate_store, aggregating, connected
from decarb.national.cluster.plan import Task, plan_tasks
from decarb.national.store import Store, init_store, open_store, submit
from processes import wait_for_quiet

DOCUMENTS, LINES = 2700, 2000
BY = ("region", "post")


def make_store(folder: Path, documents: int) -> Store:
    """Make a store of generated documents, or open the one that is there."""
    if folder.exists():
        return open_store(folder)
    with tempfile.TemporaryDirectory() as collection:
        paths = write_collection(collection, documents, LINES, skew=False)
        store = init_store(folder)
        assert all(receipt.submission.verdict == "accepted" for receipt in submit(store, paths, by="benchmark"))
    return store


@contextlib.contextmanager
def repeated(times: int) -> Iterator[None]:
    """Let every part be that of `times` runs of submissions: as many documents, heads and lines."""

    def plan(store: Store, ledger: Any, current: Sequence[Any], year: int, groups: Any, lines: Any) -> tuple[Task, ...]:
        of_one = len(current) // times
        # tasks of the size that a store of so many lines has
        lines = lines or min(max(sum(one.lines for one in current) // 32, 100_000), 2_000_000)
        tasks = plan_tasks(store, ledger, current[:of_one], year, groups[:of_one], lines)
        return tuple(
            replace(task, documents=task.documents + number * of_one) for number in range(times) for task in tasks
        )

    originals = aggregating.current_submissions, aggregating.plan_tasks
    aggregating.current_submissions = lambda *asked: originals[0](*asked) * times  # type: ignore[assignment]
    aggregating.plan_tasks = plan  # type: ignore[assignment]
    try:
        yield
    finally:
        aggregating.current_submissions, aggregating.plan_tasks = originals


# ---------------------------------------------------------------- ways


class Here:
    """One task after the other in this process."""

    def run(self, function: Callable[[Task, Any], Any], tasks: Sequence[Task], shared: Any) -> Iterator[Any]:
        return (function(task, shared) for task in tasks)


@contextlib.contextmanager
def on_dask(store: Store, workers: int, said: dict[str, Any]) -> Iterator[Any]:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster,
        Client(cluster, set_as_default=False) as client,
        connected(cluster.scheduler_address, store) as runner,
    ):
        said["look"] = lambda: list(client.run(_used).values())
        yield runner


@contextlib.contextmanager
def on_processes(_store: Store, workers: int, said: dict[str, Any]) -> Iterator[Any]:
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        said["look"] = lambda: list(dict(pool.map(_used_by, range(2 * workers))).values())
        yield OnExecutor(pool, workers)


@contextlib.contextmanager
def on_threads(_store: Store, workers: int, said: dict[str, Any]) -> Iterator[Any]:
    with ThreadPoolExecutor(workers) as pool:
        said["look"] = list
        yield OnExecutor(pool, workers)


@contextlib.contextmanager
def here(_store: Store, _workers: int, said: dict[str, Any]) -> Iterator[Any]:
    said["look"] = list
    yield Here()


def _used() -> tuple[float, float]:
    """Seconds that this process computed, and its peak [MB]."""
    return time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _used_by(_number: int) -> tuple[int, tuple[float, float]]:
    time.sleep(0.2)  # so that each process has one
    return os.getpid(), _used()


WAYS = {"dask": on_dask, "processes": on_processes, "threads": on_threads, "serial": here}


# ---------------------------------------------------------------- measuring


class Weighed:
    """A runner that says how many bytes its results are."""

    def __init__(self, runner: Any) -> None:
        self.runner, self.bytes = runner, 0

    def run(self, function: Callable[[Task, Any], Any], tasks: Sequence[Task], shared: Any) -> Iterator[Any]:
        for result in self.runner.run(function, tasks, shared):
            self.bytes += _size(result)
            yield result


def _size(result: Any) -> int:
    """Bytes of the arrays of a result."""
    if isinstance(result, np.ndarray):
        return result.nbytes
    fields = getattr(result, "__dataclass_fields__", ())
    return sum(_size(getattr(result, name)) for name in fields)


def measure(way: str, store: Store, workers: int, times: int, rounds: int) -> tuple[Aggregates, dict[str, Any]]:
    """Best of some rounds, after one over the store itself: workers import and compile in it."""
    said: dict[str, Any] = {"way": way, "workers": workers, "seconds": [], "cpu": []}
    with WAYS[way](store, workers, said) as runner:
        look = said.pop("look")
        aggregate_store(store, YEAR, BY, runner=runner)
        for _ in range(rounds):
            gc.collect()
            said["quiet"] = wait_for_quiet(20.0, 300.0) and said.get("quiet", True)
            before, own = look(), time.process_time()
            weighed = Weighed(runner)
            started = time.perf_counter()
            with repeated(times):
                found = aggregate_store(store, YEAR, BY, runner=weighed)
            said["seconds"].append(round(time.perf_counter() - started, 2))
            used = sum(each[0] for each in look()) - sum(each[0] for each in before)
            said["cpu"].append({"workers": round(used, 2), "client": round(time.process_time() - own, 2)})
            said["results_mb"] = round(weighed.bytes / 1e6)
        said["worker_mb"] = round(max((each[1] for each in look()), default=0.0))
        said["client_mb"] = round(_used()[1])
    said["lines"] = found.lines
    said["lines_per_second"] = round(found.lines / min(said["seconds"]))
    return found.aggregates, said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--lines", type=int, default=100_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="that are generated, of 2,000 lines")
    parser.add_argument("--store", type=Path, help="where the generated store is kept, or was")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        store = make_store(asked.store or Path(scratch) / "store", asked.documents)
        times = max(1, round(asked.lines / (asked.documents * LINES)))
        first: Aggregates | None = None
        best: dict[tuple[str, int], float] = {}
        for way in asked.ways:
            for workers in asked.workers if way != "serial" else [1]:
                table, said = measure(way, store, workers, times, asked.rounds)
                first = first or table
                said["same_bits"] = all(
                    np.array_equal(getattr(table, name), getattr(first, name), equal_nan=True)
                    for name in ("value", "low", "high")
                )
                best[way, workers] = min(said["seconds"])
                if (way, min(asked.workers)) in best:
                    said["times_one"] = round(best[way, min(asked.workers)] / best[way, workers], 2)
                sys.stdout.write(json.dumps(said) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
