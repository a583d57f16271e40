"""Search of a full base, beside scanning the same texts with pandas, and its index beside loading the base.

python -m pytest benchmarks/test_search.py --benchmark-only --benchmark-group-by=group
"""

import random
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from tests.factors.search_layers import base_carbone_names, full_base
from tests.whole_base_carbone import whole_base_carbone

from decarb.factors import FactorLibrary, load_factors
from decarb.factors.search import Filters, find_factors
from decarb.factors.search.index import SearchIndex

QUERIES = 100
TYPED = (
    "hôpital béton m2",
    "DASRI",
    "gaz naturel",
    "fioull",
    "déchets d'activités de soins",
    "électricité 2024",
    "t.km",
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return full_base(tmp_path_factory.mktemp("base"), base_carbone_names(whole_base_carbone()))


@pytest.fixture(scope="module")
def library(path: Path) -> FactorLibrary:
    loaded = load_factors(path)
    find_factors(loaded, "gaz")
    return loaded


@pytest.fixture(scope="module")
def queries(library: FactorLibrary) -> list[str]:
    """What people type, then one to three words of a name each."""
    draw = random.Random(2026)
    names = [words for (name,) in library.cells("name_fr") if (words := name.split())]
    drawn = [" ".join(draw.sample(words, min(len(words), draw.randint(1, 3)))) for words in draw.sample(names, QUERIES)]
    return [*TYPED, *drawn][:QUERIES]


@pytest.fixture(scope="module")
def texts(library: FactorLibrary):
    """The same texts, folded, as a pandas series."""
    pandas = pytest.importorskip("pandas")
    columns = ("name_fr", "name_en", "locality", "unit", "domain", "id", "source_id", "keywords", "note")
    return pandas.Series([folded(" ".join(cells)) for cells in library.cells(*columns)])


def folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def search_all(library: FactorLibrary, queries: list[str]) -> int:
    return sum(find_factors(library, text).count for text in queries)


def scan_all(texts, queries: list[str]) -> int:
    count = 0
    for text in queries:
        held = None
        for word in folded(text).split():
            holds = texts.str.contains(word, regex=False)
            held = holds if held is None else held & holds
        count += int(held.sum())
    return count


@pytest.mark.benchmark(group="100 queries of a full base")
def test_pandas_contains(benchmark, texts, queries):
    assert benchmark.pedantic(scan_all, (texts, queries), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="100 queries of a full base")
def test_search(benchmark, library, queries):
    assert benchmark.pedantic(search_all, (library, queries), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="100 queries of a full base")
def test_search_with_filters(benchmark, library, queries):
    def run() -> int:
        return sum(find_factors(library, text, Filters(unit="kg", geography="FR")).count for text in queries)

    assert benchmark.pedantic(run, rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="from a file to the first answer")
def test_load_the_base(benchmark, path):
    benchmark.pedantic(load_factors, (path,), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="from a file to the first answer")
def test_build_the_index(benchmark, library):
    benchmark.pedantic(lambda: SearchIndex.of(library).engine, rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="decarb factors search, a cold process")
def test_show(benchmark):
    benchmark.pedantic(run_decarb, ("show", "laptop"), rounds=10, warmup_rounds=2)


@pytest.mark.benchmark(group="decarb factors search, a cold process")
def test_search_the_packaged_library(benchmark):
    benchmark.pedantic(run_decarb, ("search", "gaz"), rounds=10, warmup_rounds=2)


@pytest.mark.benchmark(group="decarb factors search, a cold process")
def test_filter_the_packaged_library(benchmark):
    benchmark.pedantic(run_decarb, ("search", "--unit", "kWh"), rounds=10, warmup_rounds=2)


def run_decarb(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "decarb", "factors", *words], check=True, capture_output=True)
