"""Cold processes: what a person waits for, start-up included, beside the imports that decarb avoids."""

import subprocess
import sys
from pathlib import Path

import pytest

from collections_of_documents import write_inventory

DECARB = (sys.executable, "-m", "decarb")


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "inventory.json"
    return write_inventory(path, 2000)


@pytest.mark.benchmark(group="help")
def test_import_click(benchmark):
    benchmark.pedantic(run, (sys.executable, "-c", "import click"), rounds=20, warmup_rounds=2)


@pytest.mark.benchmark(group="help")
def test_help(benchmark):
    benchmark.pedantic(run, (*DECARB, "--help"), rounds=20, warmup_rounds=2)


@pytest.mark.benchmark(group="footprint of 2,000 lines")
def test_import_pandas_pint_numba(benchmark):
    pytest.importorskip("numba")
    benchmark.pedantic(run, (sys.executable, "-c", "import pandas, pint, numba"), rounds=10, warmup_rounds=2)


@pytest.mark.benchmark(group="footprint of 2,000 lines")
def test_footprint(benchmark, inventory):
    benchmark.pedantic(run, (*DECARB, "footprint", str(inventory)), rounds=10, warmup_rounds=2)


@pytest.mark.benchmark(group="footprint of 2,000 lines")
def test_validate(benchmark, inventory):
    benchmark.pedantic(run, (*DECARB, "validate", str(inventory)), rounds=10, warmup_rounds=2)
