"""Exported tables: what they hold agrees with the footprint, and an independent query with the aggregates."""

import json

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import pytest

from decarb.errors import UsageError
from decarb.footprint import compute_footprint
from decarb.national import exporting
from decarb.national.aggregating import aggregate
from decarb.national.exporting import export_figures
from decarb.national.sharing import net_shared_services
from tests.national.test_sharing import by_hand


@pytest.fixture(scope="module")
def footprint(make):
    documents = [
        make.document(
            make.line("electricity-fr-2024", 100.0 * (1 + number), "kWh"),
            make.line("natural-gas-fr-kwh-pci", 50.0, "kWh PCI"),
            anaesthetic_gases=[{"id": "gas", **make.line("desflurane", 1.0, "kg")}],
            establishment={"name": name, "region": region},
        )
        for number, (name, region) in enumerate([("=CH A", "84"), ("CH B", "11"), ("CH C", "11")])
    ]
    return compute_footprint(make.read_all(documents), make.library)


READERS = {"parquet": pd.read_parquet, "csv": pd.read_csv, "xlsx": pd.read_excel}


@pytest.mark.parametrize("form", list(READERS))
def test_a_query_over_the_exported_columns_agrees(footprint, tmp_path, form):
    folder = tmp_path / "figures"
    rows = export_figures(footprint, folder, form)
    read = {name: READERS[form](folder / f"{name}.{form}") for name in rows}
    assert {name: len(table) for name, table in read.items()} == rows
    assert rows["establishments"] == 3
    assert rows["lines"] == 9
    cells = read["cells"][read["cells"]["in_total"]]
    together = cells.merge(read["establishments"], on="establishment")
    together["region"] = together["region"].astype(str)
    for by in (("region", "post"), ("post", "gas")):
        asked = together.groupby([together[name].astype(str) for name in by])["kgco2e"].sum()
        found = aggregate(footprint, by)
        shown = {
            (row, column): found.value[r, c]
            for r, row in enumerate(found.rows)
            for c, column in enumerate(found.columns)
            if not np.isnan(found.value[r, c])
        }
        assert shown == pytest.approx(asked.to_dict(), rel=1e-9, abs=1e-3)
    assert read["lines"]["kgco2e"].sum() == pytest.approx(footprint.total(), rel=1e-9)
    assert read["establishments"]["total_kgco2e"].sum() == pytest.approx(footprint.total(), rel=1e-9)


def test_duckdb_reads_them_without_us(footprint, tmp_path):
    export_figures(footprint, tmp_path / "figures", "parquet")
    query = """
        select region, post, sum(kgco2e)
        from '{0}/cells.parquet' join '{0}/establishments.parquet' using (establishment)
        where in_total group by all
    """.format(tmp_path / "figures")
    asked = {(region, post): kilograms for region, post, kilograms in duckdb.sql(query).fetchall()}
    found = aggregate(footprint, ["region", "post"])
    for (region, post), kilograms in asked.items():
        row, column = found.rows.index(region), found.columns.index(post)
        assert found.value[row, column] == pytest.approx(kilograms, rel=1e-9, abs=1e-3)
    assert len(asked) == np.count_nonzero(~np.isnan(found.value[:-1, :-1]))


def test_what_is_counted_twice_is_told_so_that_sql_agrees_net_and_gross(make, tmp_path):
    gross = compute_footprint(make.read_all(by_hand(make)), make.library)
    shared = net_shared_services(gross)
    export_figures(gross, tmp_path / "figures", "parquet")
    cells = f"'{tmp_path}/figures/cells.parquet'"
    net, whole = duckdb.sql(f"select sum(net_kgco2e), sum(kgco2e) from {cells} where in_total").fetchall()[0]
    assert net == pytest.approx(aggregate(gross, ["post"], shared=shared).value[-1, 0], abs=1e-3)
    assert whole == pytest.approx(aggregate(gross, ["post"]).value[-1, 0], abs=1e-3)
    # 100 + 32 + 8 kWh of their own, 8 + 2 of linen that the provider reports too
    assert net / whole == pytest.approx(140 / 150)
    lines = f"'{tmp_path}/figures/lines.parquet'"
    kept, dropped = duckdb.sql(
        f"select sum(kgco2e) filter (not is_netted), count(*) filter (is_netted) from {lines}"
    ).fetchall()[0]
    assert (kept, dropped) == (pytest.approx(net), 2)
    of_each = duckdb.sql(
        f"select net_kgco2e / total_kgco2e from '{tmp_path}/figures/establishments.parquet'"
    ).fetchall()
    assert [share for (share,) in of_each] == pytest.approx([1, 32 / 40, 8 / 10])


def test_nothing_is_a_formula(footprint, tmp_path):
    export_figures(footprint, tmp_path / "figures", "xlsx", lines=False)
    sheet = openpyxl.load_workbook(tmp_path / "figures" / "establishments.xlsx").active
    assert "'=CH A" in [row[1].value for row in sheet.iter_rows()]
    assert not (tmp_path / "figures" / "lines.xlsx").exists()


def test_it_takes_the_place_of_its_like_alone(footprint, tmp_path):
    folder = tmp_path / "figures"
    export_figures(footprint, folder, "csv")
    with pytest.raises(UsageError):
        export_figures(footprint, folder, "csv")
    export_figures(footprint, folder, "parquet", replace=True)
    said = json.loads((folder / "datapackage.json").read_text())["decarb"]
    assert (said["kind"], said["rows"]["lines"], said["partial"]) == ("figures", 9, False)
    (folder / "mine.txt").write_text("x")
    with pytest.raises(UsageError):
        export_figures(footprint, folder, "csv", replace=True)


def test_more_rows_than_a_sheet_holds(footprint, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "SHEET_ROWS", 5)
    with pytest.raises(UsageError, match="9 rows do not fit") as refused:
        export_figures(footprint, tmp_path / "figures", "xlsx")
    assert "parquet" in refused.value.problems[-1].hint()
    assert not (tmp_path / "figures").exists()
