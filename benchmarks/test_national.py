"""A collection of documents, from its files to footprints per post, beside ``json.loads`` of the same files.

python -m pytest benchmarks/test_national.py --benchmark-only --national
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from jsonschema_rs import validator_for

import decarb
from decarb.footprint import Footprint
from decarb.resources import data_folder
from processes import Run, on_cores, run

WARM = "From files to columns to footprints per post, in a process that has compiled its kernels"
COLD = "The same, as whole processes"
RESTATED = "Columns on disk to footprints per post under another GWP set (AR5)"

READ = """
import json, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    json.loads(path.read_bytes())
"""


@pytest.fixture(scope="module")
def size(documents: list[Path]) -> int:
    return sum(path.stat().st_size for path in documents)


@pytest.fixture(scope="module")
def line_count(footprint: Footprint) -> int:
    return len(footprint.inventory)


def load_all(documents: Sequence[Path]) -> None:
    """Decode each document and let it go: kept, they are 4 GB that the garbage collector goes through."""
    for path in documents:
        json.loads(path.read_bytes())


def to_footprints(documents: Sequence[Path], folder: Path, cores: int, gwp: str | None = None) -> np.ndarray:
    with on_cores(cores):
        decarb.ingest(documents, folder, jobs=cores, replace=True)
        return from_columns(folder, gwp)


def from_columns(folder: Path, gwp: str | None = None) -> np.ndarray:
    # a few refrigerants have no value in AR5: their lines are refused, the others computed
    found = decarb.compute_footprint(decarb.open_columns(folder), gwp=gwp, partial=gwp is not None)
    return found.row_totals("beges")


@pytest.mark.benchmark(group=WARM)
def test_json_loads(measure, documents, line_count, size):
    what = "`json.loads` alone, 1 core"
    measure(load_all, documents, what=what, work=line_count, moved=size, rounds=3, reference=True, peak=False)


@pytest.mark.benchmark(group=WARM)
def test_orjson_and_schema(measure, documents, line_count, size):
    """What could be written in ten lines: no duplicate key is found, nothing is bound, no column is written."""
    valid = validator_for(json.loads((data_folder("schemas") / "inventory.schema.json").read_bytes()))

    def run() -> None:
        for path in documents:
            assert valid.is_valid(orjson.loads(path.read_bytes()))

    what = "orjson, then jsonschema-rs; no columns, 1 core"
    measure(run, what=what, work=line_count, moved=size, rounds=2, peak=False)


@pytest.mark.benchmark(group=WARM)
@pytest.mark.parametrize(("cores", "aim"), [(2, 0.8), (1, 1.6)])
def test_ingest(measure, documents, line_count, size, tmp_path, cores, aim):
    to_footprints(documents[:20], tmp_path / "some", cores)
    what = f"decarb, every check, {cores} core{'s' * (cores > 1)}"
    folder = tmp_path / "columns"
    said = {"what": what, "work": line_count, "moved": size, "rounds": 3, "peak": False}
    measure(to_footprints, documents, folder, cores, **said, aims=[f"ratio <= {aim}"])


# ---------------------------------------------------------------- whole processes


@pytest.fixture
def job(measure: Callable[..., Any], benchmark: Any) -> Callable[..., None]:
    """As `measure`, of commands one after the other; the peak is that of the larger."""

    def run_job(*commands: Sequence[str], cores: int, **said: Any) -> None:
        runs: list[Run] = []
        measure(lambda: runs.extend(run(*command, cores=cores) for command in commands), peak=False, **said)
        benchmark.extra_info["peak_mb"] = round(max(each.peak_mb for each in runs))
        if len(commands) > 1:
            fastest = [min(each.seconds for each in runs[place :: len(commands)]) for place in range(len(commands))]
            benchmark.extra_info["parts"] = {words[3]: part for words, part in zip(commands, fastest, strict=True)}

    return run_job


@pytest.mark.benchmark(group=COLD)
def test_json_process(job, documents, line_count, size):
    command = (sys.executable, "-c", READ, str(documents[0].parent))
    what = "`python -c` with `json.loads`, 1 core"
    job(command, cores=1, what=what, work=line_count, moved=size, rounds=3, reference=True)


@pytest.mark.benchmark(group=COLD)
@pytest.mark.parametrize(("cores", "aim"), [(2, 0.8), (1, 1.6)])
def test_processes(job, documents, line_count, size, tmp_path, cores, aim):
    decarb_ = (sys.executable, "-m", "decarb")
    folder = str(tmp_path / "columns")
    read = (*decarb_, "ingest", str(documents[0].parent), "--out", folder, "--jobs", str(cores), "--force")
    what = f"`decarb ingest`, then `decarb footprint`, {cores} core{'s' * (cores > 1)}"
    said = {"what": what, "work": line_count, "moved": size, "rounds": 3}
    aims = [f"ratio <= {aim}", "peak_mb <= 600"]
    job(read, (*decarb_, "footprint", folder), cores=cores, **said, aims=aims)


# ---------------------------------------------------------------- another library, another GWP set


@pytest.mark.benchmark(group=RESTATED)
def test_restated_from_documents(measure, documents, line_count, tmp_path):
    what, folder = "the documents read again, 2 cores", tmp_path / "columns"
    measure(to_footprints, documents, folder, 2, "AR5", what=what, work=line_count, rounds=1, reference=True)


@pytest.mark.benchmark(group=RESTATED)
def test_restated(measure, columns, line_count):
    what = '`open_columns`, then `compute_footprint(gwp="AR5", partial=True)`'
    measure(from_columns, columns, "AR5", what=what, work=line_count, rounds=5, aims=["seconds <= 0.5"])


@pytest.mark.benchmark(group=RESTATED)
def test_computed_again(measure, columns, line_count):
    what = "`open_columns`, then `compute_footprint()`, nothing refused"
    measure(from_columns, columns, what=what, work=line_count, rounds=5)
