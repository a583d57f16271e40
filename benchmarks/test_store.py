"""Submissions to a store, beside the same documents ingested; what counts of a year opened, beside columns opened.

python -m pytest benchmarks/test_store.py --benchmark-only --national
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import decarb
from decarb.national.aggregating import aggregate
from decarb.national.secrecy import publish
from decarb.national.store import Store, init_store, open_submissions, read_year, submit
from decarb.resources import usable_cores
from processes import Run, run

SUBMITTED = "Documents submitted to a store, whole processes, all cores"
OPENED = "What counts of a year, opened"
FIGURES = "National figures, whole processes, all cores"
AGGREGATED = "Region × post of a year: opened, bound, added up, intervals and secrecy, in a warm process"

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


@pytest.mark.benchmark(group=FIGURES)
def test_aggregate_columns(job: Any, columns: Path) -> None:
    words = (*DECARB, "national", "aggregate", str(columns), "--by", "region,post", "--partial")
    job(iter([words] * 9), what="`national aggregate COLUMNS --by region,post`", reference=True)


@pytest.mark.benchmark(group=FIGURES)
@pytest.mark.parametrize(
    ("command", "aims"),
    [
        ("aggregate STORE --by region,post", ["peak_mb <= 1000"]),
        ("export STORE --to parquet", ["peak_mb <= 1000"]),
        ("obligations STORE --format csv", ["peak_mb <= 1000"]),
        ("status STORE --no-obligations", []),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) else "",
)
def test_figures(job: Any, filled: Store, tmp_path: Path, command: str, aims: list[str]) -> None:
    words = [str(filled.folder) if word == "STORE" else word for word in command.split()]
    words += ["--out", str(tmp_path / "figures"), "--force"] if words[0] == "export" else []
    words += [] if words[0] == "status" else ["--partial"]
    job(iter([(*DECARB, "national", *words)] * 9), what=f"`national {command}`", aims=aims)


def _aggregated(inventory: decarb.Inventory) -> object:
    footprint = decarb.compute_footprint(inventory, partial=True)
    return publish([aggregate(footprint, ("region", "post"))])


@pytest.mark.benchmark(group=AGGREGATED)
def test_aggregate_columns_in_process(measure: Any, columns: Path) -> None:
    work = len(decarb.open_columns(columns))
    measure(lambda: _aggregated(decarb.open_columns(columns)), what="of columns", work=work, rounds=3, reference=True)


@pytest.mark.benchmark(group=AGGREGATED)
def test_aggregate_store_in_process(measure: Any, columns: Path, filled: Store) -> None:
    work = len(decarb.open_columns(columns))
    measure(lambda: _aggregated(read_year(filled.folder)), what="of a store", work=work, rounds=3)


@pytest.mark.benchmark(group=OPENED)
def test_open_columns(measure: Any, columns: Path) -> None:
    work = len(decarb.open_columns(columns))
    measure(decarb.open_columns, columns, what="`open_columns` of an ingested folder", work=work, reference=True)


@pytest.mark.benchmark(group=OPENED)
def test_open_submissions(measure: Any, columns: Path, filled: Store) -> None:
    inventory = decarb.open_columns(columns)
    year = inventory.establishments[0].year
    measure(open_submissions, filled, year, what="`open_submissions` of a store", work=len(inventory))
