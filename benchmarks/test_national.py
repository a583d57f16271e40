"""A collection of documents, from its files to footprints per post, beside ``json.loads`` of the same files.

python -m pytest benchmarks/test_national.py --benchmark-only --national
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema_rs import validator_for

import decarb
from decarb.footprint import Footprint
from decarb.footprint.restricting import restrict_inventory
from decarb.inventory import region_of
from decarb.national.aggregating import aggregate
from decarb.national.roadmap import roadmap
from decarb.national.secrecy import publish
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


# ---------------------------------------------------------------- a table of the nation

AGGREGATED = "Columns on disk to totals by region and post"


@pytest.fixture(scope="session")
def bound_parquet(footprint: Footprint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What SQL would need: lines with their pair, coefficients of pairs by post, regions of establishments."""
    folder = tmp_path_factory.mktemp("bound")
    inventory, binding = footprint.inventory, footprint.binding
    by_post = binding.row_coefficients("beges")
    post, pair = np.nonzero(by_post)
    tables = {
        "lines": {"establishment": inventory.establishment, "pair": binding.pair, "quantity": inventory.quantity},
        "coefficients": {"pair": pair.astype(np.int32), "post": post.astype(np.int32), "kgco2e": by_post[post, pair]},
        "establishments": {
            "establishment": np.arange(len(inventory.establishments), dtype=np.int32),
            "region": [region_of(establishment) for establishment in inventory.establishments],
        },
    }
    for name, columns_of in tables.items():
        pq.write_table(pa.table(columns_of), folder / f"{name}.parquet")
    return folder


def to_table(folder: Path) -> np.ndarray:
    footprint = decarb.compute_footprint(decarb.open_columns(folder))
    return publish([aggregate(footprint, ("region", "post"))])[0].aggregates.value


SQL = """
select region, post, sum(quantity * kgco2e)
from read_parquet('{0}/lines.parquet') join read_parquet('{0}/coefficients.parquet') using (pair)
join read_parquet('{0}/establishments.parquet') using (establishment)
group by region, post
"""


def by_sql(folder: Path) -> list:
    return duckdb.sql(SQL.format(folder)).fetchall()


def by_pandas(folder: Path) -> pd.Series:
    lines, coefficients, establishments = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("lines", "coefficients", "establishments")
    )
    # lines of one pair and region first: a merge of all lines with their posts is four times as slow
    lines["region"] = establishments["region"].to_numpy()[lines["establishment"]]
    summed = lines.groupby(["region", "pair"], as_index=False)["quantity"].sum()
    merged = summed.merge(coefficients, on="pair")
    merged["kgco2e"] *= merged["quantity"]
    return merged.groupby(["region", "post"])["kgco2e"].sum()


@pytest.mark.benchmark(group=AGGREGATED)
def test_aggregate_in_pandas(measure, bound_parquet, line_count):
    what = "pandas: Parquet of lines bound already, groupby; no interval, no secrecy"
    measure(by_pandas, bound_parquet, what=what, work=line_count, rounds=5, reference=True)


@pytest.mark.benchmark(group=AGGREGATED)
def test_aggregate_in_sql(measure, bound_parquet, line_count):
    what = "DuckDB: the same Parquet, SQL; no interval, no secrecy, 2 threads"
    measure(by_sql, bound_parquet, what=what, work=line_count, rounds=5)


@pytest.mark.benchmark(group=AGGREGATED)
def test_aggregate(measure, columns, line_count):
    what = "decarb: lines bound, totals, 95 % intervals with shared factors, secrecy"
    measure(to_table, columns, what=what, work=line_count, rounds=9, aims=["seconds <= 1"])


@pytest.mark.benchmark(group=AGGREGATED)
def test_aggregate_process(job, columns, line_count):
    command = (sys.executable, "-m", "decarb", "national", "aggregate", str(columns), "--by", "region,post")
    what = "`decarb national aggregate --by region,post`, whole process"
    job(command, cores=2, what=what, work=line_count, rounds=5, aims=["peak_mb <= 1000"])


# ---------------------------------------------------------------- two years of the nation

YEARS = "Two years side by side: base year recalculated, effects by line, axes and levers"


@pytest.fixture(scope="session")
def two_years(footprint: Footprint) -> tuple[Footprint, Footprint]:
    """The collection, and the year before, in which everybody used a twentieth more and one document was missing."""
    inventory = footprint.inventory
    earlier = tuple(
        replace(one, year=one.year - 1, start=f"{one.year - 1}{one.start[4:]}", end=f"{one.year - 1}{one.end[4:]}")
        for one in inventory.establishments
    )
    before = replace(inventory, establishments=earlier, quantity=inventory.quantity * 1.05)
    kept = np.ones(len(earlier), dtype=np.bool_)
    kept[0] = False
    return decarb.compute_footprint(restrict_inventory(before, kept)), footprint


def compared(two_years: tuple[Footprint, Footprint]) -> None:
    # as if new: what a footprint keeps for the next reader is not there
    before, after = (Footprint(one.binding, one.cells, one.present) for one in two_years)
    year = after.inventory.establishments[0].year
    roadmap({year - 1: before, year: after}, year - 1, year + 6)


def merged_in_pandas(two_years: tuple[Footprint, Footprint]) -> float:
    frames = []
    for one in two_years:
        inventory, binding = one.inventory, one.binding
        coefficient = binding.row_coefficients("beges").sum(axis=0)[binding.pair]
        names = np.array([establishment.name for establishment in inventory.establishments], dtype=object)
        frames.append(
            pd.DataFrame(
                {
                    "who": pd.Categorical(names[inventory.establishment]),
                    "section": inventory.section,
                    "id": list(inventory.ids),
                    "quantity": inventory.quantity,
                    "coefficient": coefficient,
                }
            )
        )
    both = frames[0].merge(frames[1], on=["who", "section", "id"], how="outer")
    by_quantity = (both["quantity_y"] - both["quantity_x"]) * both["coefficient_x"]
    by_factor = both["quantity_y"] * (both["coefficient_y"] - both["coefficient_x"])
    return float(by_quantity.sum() + by_factor.sum())


@pytest.mark.benchmark(group=YEARS)
def test_years_in_pandas(measure, two_years, line_count):
    what = "pandas: outer merge on establishment, section and id; two effects; no interval, axis or medicine"
    measure(merged_in_pandas, two_years, what=what, work=2 * line_count, rounds=2, reference=True)


@pytest.mark.benchmark(group=YEARS)
def test_years(measure, two_years, line_count):
    what = "`decarb.national.roadmap.roadmap`: all of it, with the interval of the change"
    measure(compared, two_years, what=what, work=2 * line_count, rounds=5)
