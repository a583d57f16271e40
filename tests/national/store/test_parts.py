"""The columns as others read them: without decarb, by the queries of the documentation."""

import re
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
import pytest

from decarb.national.store import Store, open_submissions
from decarb.national.store.parts import column
from tests.national.store.conftest import Write, hand_in

PAGE = Path(__file__).parents[3] / "docs" / "national-store.md"


@pytest.fixture
def national(store: Store, write: Write, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Three entities over two years, one superseded, one refused; and the working directory beside it."""
    hand_in(store, write("A", category="101"), write("B", quantity=5.0, region="84"), write("C", year=2023))
    hand_in(store, write("A", quantity=7.0, category="101"), write("D", quantity=-1.0))
    monkeypatch.chdir(store.folder.parent)
    return store


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def expected(store: Store) -> dict[str, float]:
    """Quantity of each factor in 2024."""
    inventory = open_submissions(store, 2024)
    found: dict[str, float] = {}
    for term, quantity in zip(inventory.term.tolist(), inventory.quantity.tolist(), strict=True):
        name = inventory.terms[term].factor
        found[name] = found.get(name, 0.0) + quantity
    return found


def test_the_query_of_the_documentation(national: Store) -> None:
    (query,) = blocks("sql")
    rows = duckdb.sql(query).fetchall()
    assert {(region, factor): quantity for region, factor, _, _, quantity in rows} == {
        ("11", "electricity-fr-2024"): 7.0,
        ("11", "natural-gas-fr-2022-kwh-pci"): 14.0,
        ("11", "of-A"): 7.0,
        ("84", "electricity-fr-2024"): 5.0,
        ("84", "natural-gas-fr-2022-kwh-pci"): 10.0,
        ("84", "of-B"): 5.0,
    }
    total: dict[str, float] = {}
    for _, factor, _, _, quantity in rows:
        total[factor] = total.get(factor, 0.0) + quantity
    assert total == expected(national)


def test_the_frames_of_the_documentation(national: Store) -> None:
    (code,) = [block for block in blocks("python") if "pandas" in block]
    names: dict[str, pd.DataFrame] = {}
    exec(code, names)
    assert names["totals"].to_dict() == expected(national)


def test_types_that_others_know(national: Store) -> None:
    lines = pyarrow.dataset.dataset(national.columns, partitioning="hive").to_table()
    assert set(lines.column("year").to_pylist()) == {2023, 2024}
    assert {str(field.type) for field in lines.schema} <= {"int32", "int8", "double", "string"}
    submissions = pd.read_parquet(national.submissions)
    assert list(submissions["verdict"]) == ["accepted"] * 4 + ["refused"]
    assert list(submissions["current"]) == [False, True, True, True, False]
    assert submissions.loc[0, "superseded_by"] == 4
    assert submissions.loc[3, "supersedes"] == 1
    assert list(submissions["category"].dropna()) == ["101", "101"]
    sections = pd.read_parquet(national.sections)
    assert list(sections["name"])[:2] == ["energy", "purchases"]


def test_a_batch_of_a_store_is_a_part_and_no_part_is_written_again(national: Store, write: Write) -> None:
    before = {path: path.read_bytes() for path in national.columns.rglob("*.parquet")}
    assert sorted(path.name for path in before) == ["00000001-00000003.parquet"] * 2 + ["00000004-00000005.parquet"]
    hand_in(national, write("A", quantity=8.0))
    assert {path: path.read_bytes() for path in before} == before
    ids = pyarrow.parquet.read_table(max(national.columns.rglob("*.parquet"))).column("submission")
    assert np.unique(ids.to_numpy()).tolist() == [6]


def test_a_column_has_nan_where_there_is_no_number() -> None:
    said = [1.5, None, 2.5, None, None, -0.0, 7.0, None, 1e300, None, 3.0]
    sliced = pa.array([9.0, None, *said], pa.float64())[2:]
    for more in ([], [None, 4.0]):
        chunks = pa.chunked_array([sliced, *([pa.array(more, pa.float64())] if more else [])])
        expected = [np.nan if number is None else number for number in (*said, *more)]
        found = column(pa.table({"gsd2": chunks}), "gsd2", np.float64)
        assert np.array_equal(found, np.array(expected), equal_nan=True)


@pytest.mark.parametrize(
    "values", [pa.array([1, None], pa.int32()), pa.array([1.0, None], pa.float32()), pa.array(["1", None])]
)
def test_a_column_of_something_else_is_refused(values: pa.Array) -> None:
    with pytest.raises(OSError, match="expected"):
        column(pa.table({"term": values}), "term", np.float64 if pa.types.is_floating(values.type) else np.int32)
