"""The library: loading it, importing the whole Base Carbone, beside what pandas takes to read the same files."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from tests.whole_base_carbone import whole_base_carbone

from decarb.factors import load_factors
from decarb.factors.importers import import_base
from decarb.resources import data_folder


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "Base_Carbone_V23.6.csv"
    path.write_bytes(whole_base_carbone().read_bytes())
    return path


@pytest.fixture(scope="module")
def base(export: Path) -> Path:
    folder = export.parent / "base"
    import_base("base-carbone", export, folder)
    return folder


@pytest.mark.benchmark(group="load the packaged library (633 factors)")
def test_pandas_reads_the_packaged_tables(benchmark):
    folder = data_folder("emission_factors")
    benchmark(lambda: [pd.read_csv(path, dtype=str) for path in folder.glob("*.csv")])


@pytest.mark.benchmark(group="load the packaged library (633 factors)")
def test_load_packaged(benchmark):
    benchmark(load_factors)


@pytest.mark.benchmark(group="load the whole base over it (7,151 factors)")
def test_pandas_reads_the_stored_tables(benchmark, base):
    benchmark(lambda: [pd.read_csv(base / f"{name}.csv", dtype=str) for name in ("factors", "parts", "retired")])


@pytest.mark.benchmark(group="load the whole base over it (7,151 factors)")
def test_load_whole_base(benchmark, base):
    benchmark(load_factors, base)


@pytest.mark.benchmark(group="import the whole base, in process")
def test_pandas_reads_the_export(benchmark, export):
    benchmark(pd.read_csv, export, sep=";", low_memory=False)


@pytest.mark.benchmark(group="import the whole base, in process")
def test_pandas_reads_the_export_as_text(benchmark, export):
    benchmark(pd.read_csv, export, sep=";", dtype=str, keep_default_na=False)


@pytest.mark.benchmark(group="import the whole base, in process")
def test_import_whole_base(benchmark, export, tmp_path):
    benchmark(import_base, "base-carbone", export, tmp_path / "base", force=True)


@pytest.mark.benchmark(group="import the whole base, whole process")
def test_pandas_process(benchmark, export):
    code = f"import pandas; pandas.read_csv({str(export)!r}, sep=';', low_memory=False)"
    benchmark.pedantic(_run, (sys.executable, "-c", code), rounds=7, warmup_rounds=1)


@pytest.mark.benchmark(group="import the whole base, whole process")
def test_import_process(benchmark, export, tmp_path):
    words = ("factors", "import", "base-carbone", str(export), "--out", str(tmp_path / "base"), "--force")
    benchmark.pedantic(_run, (sys.executable, "-m", "decarb", *words), rounds=7, warmup_rounds=1)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
