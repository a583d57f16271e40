"""Submissions to a store, beside the same documents ingested; what counts of a year opened, beside columns opened.

python -m pytest benchmarks/test_store.py --benchmark-only --national
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import decarb
from decarb.national.store import Store, init_store, open_submissions, submit
from decarb.resources import usable_cores
from processes import Run, run

SUBMITTED = "Documents submitted to a store, whole processes, all cores"
OPENED = "What counts of a year, opened"

DECARB = (sys.executable, "-m", "decarb")


@pytest.fixture(scope="module")
def filled(documents: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = init_store(tmp_path_factory.mktemp("store") / "national")
    assert all(receipt.submission.verdict == "accepted" for receipt in submit(store, documents, by="benchmark"))
    return store


@pytest.fixture
def job(measure: Any, benchmark: Any, columns: Path) -> Any:
    """Measure a command, and its peak."""

    def run_job(*commands: Iterator[tuple[str, ...]], **said: Any) -> None:
        runs: list[Run] = []
        work = len(decarb.open_columns(columns))
        cores = usable_cores()
        measure(lambda: runs.append(run(*next(commands[0]), cores=cores)), work=work, rounds=3, peak=False, **said)
        benchmark.extra_info["peak_mb"] = round(max(each.peak_mb for each in runs))

    return run_job


@pytest.mark.benchmark(group=SUBMITTED)
def test_ingest(job: Any, documents: list[Path], tmp_path: Path) -> None:
    words = (*DECARB, "ingest", str(documents[0].parent), "--out", str(tmp_path / "columns"), "--force")
    job(iter([words] * 9), what="`decarb ingest`", reference=True)


@pytest.mark.benchmark(group=SUBMITTED)
def test_submit(job: Any, documents: list[Path], tmp_path: Path) -> None:
    stores = [init_store(tmp_path / f"{number}").folder for number in range(9)]
    commands = ((*DECARB, "national", "submit", str(store), str(documents[0].parent)) for store in stores)
    job(commands, what="`decarb national submit`, to an empty store", aims=["ratio <= 1.5", "peak_mb <= 1000"])


@pytest.mark.benchmark(group=SUBMITTED)
def test_submit_again(job: Any, documents: list[Path], filled: Store) -> None:
    words = (*DECARB, "national", "submit", str(filled.folder), str(documents[0].parent))
    job(iter([words] * 9), what="the same again: the same receipts")


@pytest.mark.benchmark(group=SUBMITTED)
def test_fsck(job: Any, filled: Store) -> None:
    job(iter([(*DECARB, "national", "fsck", str(filled.folder))] * 9), what="`decarb national fsck`")


@pytest.mark.benchmark(group=OPENED)
def test_open_columns(measure: Any, columns: Path) -> None:
    work = len(decarb.open_columns(columns))
    measure(decarb.open_columns, columns, what="`open_columns` of an ingested folder", work=work, reference=True)


@pytest.mark.benchmark(group=OPENED)
def test_open_submissions(measure: Any, columns: Path, filled: Store) -> None:
    inventory = decarb.open_columns(columns)
    year = inventory.establishments[0].year
    measure(open_submissions, filled, year, what="`open_submissions` of a store", work=len(inventory))
