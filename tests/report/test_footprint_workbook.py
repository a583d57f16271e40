"""The workbook says what the engine says, its totals compute, and no text in it runs."""

import io
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from decarb.errors import UsageError
from decarb.footprint import Footprint, compute_footprint
from decarb.inventory import read_inventory
from decarb.report import footprint_workbook as module
from decarb.report.disclosures import disclosure_values
from decarb.report.footprint_workbook import footprint_workbook
from decarb.report.line_posts import line_posts
from decarb.report.result import row_records
from decarb.reporting import GASES, VIEWS, view
from decarb.uncertainty import row_intervals
from tests.report.workbooks import Computed, recalculated

TITLES = {"beges": "BEGES-R v5", "ghg-protocol": "GHG Protocol", "iso": "ISO 14064-1"}
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
NASTY = '=HYPERLINK("http://evil","x")'


@pytest.fixture(scope="module")
def chu() -> Footprint:
    return compute_footprint(read_inventory(EXAMPLES / "chu.json"))


@pytest.fixture(scope="module")
def content(chu: Footprint) -> bytes:
    return footprint_workbook(chu, "en")


@pytest.fixture(scope="module")
def nasty(make: Any) -> Footprint:
    """Texts that a spreadsheet would run, an asset that the views book otherwise, a refused line, an excluded post."""
    return make.compute(
        make.line("electricity-fr", 2, "GWh", market_based_kgco2e_per_kwh=0.02, id="+1+1"),
        make.line("natural-gas-fr-2022-kwh-pci", 1, "GWh PCS", id="-1", comment="@SUM(A1)", evidence="=cmd|A0"),
        make.line("building-health-concrete-m2", 100, "m2", acquisition_year=2024, amortisation_years=40),
        make.line("isoflurane", 1, "L", id="refused"),
        make.line("desflurane", 2, "L"),
        establishment={"name": NASTY},
        declaration={"excluded_posts": [{"post": "5.4", "justification": "=1+1"}]},
        partial=True,
    )


def rows_of(book: Any, title: str) -> dict[str, list[Any]]:
    """Rows of a table by code."""
    return {str(row[0]): list(row) for row in book[title].iter_rows(values_only=True) if row[0]}


@pytest.mark.parametrize("name", VIEWS)
def test_every_cell_of_a_table_is_the_engines(chu: Footprint, content: bytes, name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    rows = rows_of(book, TITLES[name])
    intervals, whole = row_intervals(chu, name)
    header = [str(cell).split("\n")[0] for cell in rows.pop("Code")]
    place = {title: number for number, title in enumerate(header)}
    for record in row_records(chu, name, intervals):
        row = rows[record["code"]]
        total, interval = record["total"], record["interval_95"]
        assert row[place["Total"]] == (None if total is None else total / 1000)
        assert row[place["CO2"]] == (None if record["co2_fossil"] is None else record["co2_fossil"] / 1000)
        methane = [value for value in (record["ch4_fossil"], record["ch4_biogenic"]) if value is not None]
        assert row[place["CH4"]] == (sum(methane) / 1000 if methane else None)
        assert row[place["95 % interval, low"]] == (None if interval is None else pytest.approx(interval[0] / 1000))
    last = next(row for row in book[TITLES[name]].iter_rows(values_only=True) if row[1] == "TOTAL")
    assert last[place["Total"]] == chu.total(name) / 1000
    assert last[place["95 % interval, high"]] == pytest.approx(whole.high / 1000)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("which", ["chu", "nasty"])
def test_every_formula_computes_to_the_value_stored_with_it(
    request: pytest.FixtureRequest, which: str, language: str
) -> None:
    computed = Computed(footprint_workbook(request.getfixturevalue(which), language))
    formulas = computed.formulas()
    assert len(formulas) > 40
    for sheet, cell, formula, stored in formulas:
        assert computed.compute(sheet, formula[1:]) == pytest.approx(stored, rel=1e-9, abs=1e-9), (sheet, cell)


@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_libreoffice_opens_it_and_computes_the_same(chu: Footprint, content: bytes, tmp_path: Path) -> None:
    again = recalculated(content, tmp_path)
    formulas = Computed(content).formulas()
    for sheet, cell, formula, stored in formulas:
        assert again[sheet][cell].value == pytest.approx(stored, rel=1e-9, abs=1e-9), (sheet, cell, formula)
    assert again.sheetnames == openpyxl.load_workbook(io.BytesIO(content)).sheetnames


def test_no_text_is_a_formula(nasty: Footprint) -> None:
    book = openpyxl.load_workbook(io.BytesIO(footprint_workbook(nasty, "en")))
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {NASTY, "+1+1", "-1", "=1+1"} <= {cell.value for cell in texts if cell.data_type == "s"}
    for cell in texts:
        if cell.data_type == "s" and cell.value.startswith(("=", "+", "-", "@", "\t", "\r")):
            assert cell.quotePrefix
        if cell.data_type == "f":
            assert not any(word in cell.value for word in ("HYPERLINK", "cmd", "1+1", "@"))


def test_headers_and_formulas_are_locked_and_stay_in_view(content: bytes) -> None:
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        assert sheet.protection.sheet
        assert sheet.freeze_panes is not None
        assert all(cell.protection.locked for cell in sheet[1] if cell.value)
        assert all(cell.protection.locked for row in sheet.iter_rows() for cell in row if cell.data_type == "f")


def test_what_is_unknown_is_blank_and_says_so(nasty: Footprint) -> None:
    book = openpyxl.load_workbook(io.BytesIO(footprint_workbook(nasty, "en")), data_only=True)
    rows = rows_of(book, "BEGES-R v5")
    assert rows["5.1"][2:17] == [None] * 15
    assert rows["5.1"][17] == "no line: unknown, not zero"
    assert rows["5.4"][17:19] == ["post excluded", "=1+1"]
    lines = {row[2]: row for row in book["Lines"].iter_rows(values_only=True)}
    assert lines["refused"][11:13] == ("refused", None)
    warned = {row[0]: row for row in book["Warnings"].iter_rows(values_only=True)}
    assert warned["refused"][2] == "error"
    points = {row[0]: row for row in book["ESRS E1"].iter_rows(values_only=True) if row[0]}
    assert points["E1-6_30"][3] is None
    assert "unknown" in points["E1-6_30"][5]


def test_views_are_reconciled_line_by_line(chu: Footprint, content: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    rows = list(book["Differences between views"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(chu.differences())
    gap = (chu.total("ghg-protocol") - chu.total("beges")) / 1000
    assert sum(row[4] for row in rows) == pytest.approx(gap, rel=1e-9)


def test_the_declared_significance_is_beside_its_post(content: bytes) -> None:
    rows = rows_of(openpyxl.load_workbook(io.BytesIO(content), data_only=True), "BEGES-R v5")
    assert rows["3.1"][19].startswith("not significant (magnitude) — Fret payé à part")
    assert rows["3.4"][19] == "significant (sector guidance)"
    assert rows["1.1"][19] is None


def test_data_points_by_hand(make: Any) -> None:
    # 1 GWh of electricity, contract 0.02 kg/kWh: 20 t market-based; 1 GWh PCS of gas is 1/1.11 GWh PCI
    footprint = make.compute(
        make.line("electricity-fr-2024", 1, "GWh", market_based_kgco2e_per_kwh=0.02),
        make.line("natural-gas-fr-2022-kwh-pci", 1, "GWh PCS"),
    )
    values = disclosure_values(footprint)
    # 0.035 kg CO2e/kWh at the plant (emission_factors/parts.csv)
    assert values["scope_2"] == pytest.approx(35.0)
    assert values["scope_2_market"] == pytest.approx(20.0)
    total, market = values["total"], values["total_market"]
    assert total is not None
    assert market == pytest.approx(total - 35.0 + 20.0)
    assert values["energy_electricity"] == pytest.approx(1000.0)
    assert values["energy_fuel"] == pytest.approx(1000 / 1.11)
    assert values["energy"] == pytest.approx(1000 + 1000 / 1.11)
    assert values["energy_networks"] is None


@pytest.mark.parametrize("name", VIEWS)
def test_lines_by_post_add_up_to_the_cells(chu: Footprint, name: str) -> None:
    sums: dict[tuple[str, int], float] = {}
    for found in line_posts(chu):
        for gas, amount in enumerate(found.gases):
            if found.rows[name] and amount is not None:
                sums[found.rows[name], gas] = sums.get((found.rows[name], gas), 0.0) + amount
    rows = chu.rows(name)[0]
    for number, row in enumerate(view(name).rows):
        for gas in range(len(GASES)):
            if rows[number, gas] == rows[number, gas]:
                assert sums[row.code, gas] == pytest.approx(float(rows[number, gas]), rel=1e-12, abs=1e-9)
            else:
                assert (row.code, gas) not in sums


def test_the_same_result_gives_the_same_bytes(chu: Footprint, content: bytes) -> None:
    assert footprint_workbook(chu, "en") == content


def test_lines_that_do_not_fit_are_refused(chu: Footprint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 100)
    with pytest.raises(UsageError) as refused:
        footprint_workbook(chu, "en")
    assert "do not fit in a sheet" in refused.value.problems[0].message()


def test_it_speaks_french(chu: Footprint) -> None:
    book = openpyxl.load_workbook(io.BytesIO(footprint_workbook(chu, "fr")))
    assert book.sheetnames == [
        "Couverture", "BEGES-R v5", "GHG Protocol", "ISO 14064-1", "ESRS E1", "VSME", "Écarts entre lectures",
        "Lignes", "Lignes par poste", "Facteurs", "Sources", "Avertissements", "Méthode",
    ]  # fmt: skip
