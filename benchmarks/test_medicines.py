"""Medicines: a thousand codes priced, tables loaded, the public database imported, beside pandas on the same files."""

import random
from pathlib import Path

import pandas as pd
import pytest

import decarb
from decarb.errors import UsageError
from decarb.medicines import Ladder, Medicines, Request, load_medicines
from decarb.medicines.bdpm.importing import import_bdpm
from decarb.medicines.database import packaged_database
from decarb.resources import data_folder
from decarb.units import parse_unit

BDPM = Path(__file__).parents[1].parent / "shared" / "data" / "bdpm"
TABLES = data_folder("emission_factors") / "medicines"
BOX = parse_unit("boîte")


@pytest.fixture(scope="module")
def medicines() -> Medicines:
    loaded = load_medicines()
    assert loaded.class_means.means
    return loaded


@pytest.fixture(scope="module")
def codes(medicines: Medicines) -> list[str]:
    known = [presentation.cip13 for presentation in medicines.database.presentations()]
    return random.Random(5).sample(known, 1000)


def price_all(medicines: Medicines, codes: list[str]) -> int:
    ladder = Ladder(decarb.load_factors(), "AR6", medicines)
    priced = 0
    for code in codes:
        try:
            ladder.price(Request("CIP13", code, BOX, 2024, len(codes)))
            priced += 1
        except UsageError:
            continue
    return priced


@pytest.mark.benchmark(group="price 1,000 codes of boxes, once loaded")
def test_price(benchmark, medicines, codes):
    assert benchmark(price_all, medicines, codes) > 900


@pytest.mark.benchmark(group="price 1,000 codes of boxes, once loaded")
def test_pandas_merges_the_codes_and_multiplies_masses(benchmark, codes):
    """Rung 4 alone, without classes, packs, gases or reasons."""
    boxes = pd.read_csv(TABLES / "presentations.csv", dtype={"cip7": str, "cis": str})
    specialities = pd.read_csv(TABLES / "specialities.csv", dtype={"cis": str})
    asked = pd.DataFrame({"cip7": [code[5:12] for code in codes]})

    def price() -> pd.DataFrame:
        found = asked.merge(boxes, on="cip7", how="left").merge(specialities, on="cis", how="left")
        return found.assign(kgco2e=found["active_mass_mg"] * 1e-6 * 65)

    benchmark(price)


@pytest.mark.benchmark(group="load the tables of medicines")
def test_load(benchmark):
    benchmark(packaged_database.__wrapped__)


@pytest.mark.benchmark(group="load the tables of medicines")
def test_pandas_reads_the_tables(benchmark):
    benchmark(lambda: [pd.read_csv(path) for path in TABLES.glob("[lpsf]*s.csv")])


@pytest.fixture(scope="module")
def bdpm() -> Path:
    if not BDPM.is_dir():
        pytest.skip("the public medicines database is not here: ../shared/data/bdpm")
    return BDPM


@pytest.mark.benchmark(group="import the public medicines database")
def test_import(benchmark, bdpm, tmp_path):
    benchmark.pedantic(lambda: import_bdpm(bdpm, tmp_path / "bdpm.parquet", force=True), rounds=3)


@pytest.mark.benchmark(group="import the public medicines database")
def test_pandas_reads_the_files(benchmark, bdpm):
    def read() -> list[pd.DataFrame]:
        return [
            pd.read_csv(
                path, sep="\t", header=None, dtype=str, quoting=3, encoding="utf-8" if "CIP" in path.name else "cp1252"
            )
            for path in bdpm.glob("*.txt")
        ]

    benchmark.pedantic(read, rounds=3)
