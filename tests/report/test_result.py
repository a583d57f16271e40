"""The result as a document and as CSV: the schemas hold, nothing is rounded, blanks are blanks."""

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from decarb.factors import FactorLibrary, load_factors
from decarb.factors.library import factor_value
from decarb.factors.records import GWP_SETS
from decarb.footprint import Footprint, compute_footprint
from decarb.report.factor_text import factor_document
from decarb.report.result import lines_csv, result_document, rows_csv
from decarb.reporting import TOTAL_GASES, VIEWS, view

DECLARATION = {
    "excluded_posts": [{"post": "5.4", "justification": "=no investments"}],
    "significance": [{"post": "4.1", "significant": True, "criterion": "magnitude"}],
}


def validator(schemas: Path, name: str) -> Draft202012Validator:
    document = json.loads((schemas / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def violations(check: Draft202012Validator, document: Any) -> list[str]:
    # through JSON, as a reader gets it: numpy scalars, tuples or nan would show here
    plain = orjson.loads(orjson.dumps(document))
    assert json.dumps(plain, allow_nan=False)
    return [f"{error.json_path}: {error.message[:120]}" for error in check.iter_errors(plain)]


@pytest.fixture(scope="module")
def rich(make: Any) -> Footprint:
    """Every kind of line: refused, warned, retroceded, market-based, assets, memo gases, credit."""
    line = make.line
    return make.compute(
        line("natural-gas-fr-2022-kwh-pci", 1, "GWh PCS", account="60612", supplier="=cmd()"),
        line("electricity-fr", 2, "GWh", market_based_kgco2e_per_kwh=0.02, quality={"technical": 3}),
        line("building-health-concrete-m2", 100, "m2", acquisition_year=2023, amortisation_years=40),
        line("building-health-concrete-m2", 100, "m2", acquisition_year=2000, amortisation_years=10),
        line("isoflurane", 2, "kg", uncertainty=10),
        line("isoflurane", 1, "L"),
        line("spend-pharmaceutical-products", 1e6, "EUR TTC", vat_percent=8.5, retroceded=True),
        line("waste-residual-household-average-avoided", 1, "t"),
        line("desflurane", -0.1, "kg", credit=True),
        line("natural-gas-fr-2022-kwh-pci", 5, "kWh", id="=HYPERLINK(1)"),
        {
            "code": {"system": "CIP13", "value": "3400938749984"},
            "quantity": 3,
            "unit": "item",
            "spend": {"factor": "spend-pharmaceutical-products-2023", "quantity": 100, "unit": "EUR HT"},
        },
        partial=True,
        year=2023,
        establishment={"name": "=Hôpital", "beds": 100, "floor_area_m2": 100, "finess_et": "750100125"},
        declaration=DECLARATION,
        method={"gas_releases": "process"},
    )


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("kind", ["rich", "refused", "two"])
def test_the_result_document_follows_its_schema(
    make: Any, schemas: Path, rich: Footprint, name: str, kind: str
) -> None:
    power = make.line("electricity-fr-2024", 1, "MWh")
    footprint = {
        "rich": lambda: rich,
        "refused": lambda: make.compute(make.line("isoflurane", 1, "L"), partial=True),
        "two": lambda: compute_footprint(
            make.read_all(make.document(power, establishment={"name": hospital}) for hospital in "AB"), make.library
        ),
    }[kind]()
    document = result_document(footprint, name)
    assert violations(validator(schemas, "result"), document) == []
    check = validator(schemas, "problem")
    problems = document["warnings"] + [p for refusal in document["refusals"] for p in refusal["problems"]]
    assert [violations(check, problem) for problem in problems] == [[] for _ in problems]
    if kind == "rich":
        assert {p["code"] for p in problems} >= {
            "basis-unsaid",
            "no-density",
            "cip-counts-boxes",
            "unusual-vat-rate",
        }


def test_the_result_document_says_what_was_computed(rich: Footprint) -> None:
    document = result_document(rich, "ghg-protocol")
    assert document["partial"] is True
    assert document["options"] == {"view": "ghg-protocol", "gwp_set": "AR6"}
    assert document["total_kgco2e"] == rich.total("ghg-protocol") == document["views_kgco2e"]["ghg-protocol"]
    assert document["views_kgco2e"]["beges"] == document["views_kgco2e"]["iso"]
    (establishment,) = document["establishments"]
    assert establishment["finess_et"] == "750100125"
    assert establishment["method"] == {"contrails": "included", "gas_releases": "process"}
    assert document["library"]["digest"] == rich.library.digest
    assert document["library"]["layers"][0]["factors"] == len(rich.library.by_id)
    stakes = {refusal["lines"][0]: refusal["stake_kgco2e"] for refusal in document["refusals"]}
    assert stakes == {"line-6": None, "=HYPERLINK(1)": None, "line-11": pytest.approx(19.4)}
    low, high = document["interval_95_kgco2e"]
    assert low < document["total_kgco2e"] < high


@pytest.mark.parametrize("name", VIEWS)
def test_rows_add_up_to_the_total_and_a_row_without_lines_is_null(rich: Footprint, name: str) -> None:
    document = result_document(rich, name)
    rows = document["rows"]
    assert [row["code"] for row in rows] == [row.code for row in view(name).rows]
    assert sum(row["total"] or 0 for row in rows) == pytest.approx(document["total_kgco2e"], rel=1e-12)
    for row in rows:
        if row["status"] == "computed":
            assert sum(row[gas] or 0 for gas in TOTAL_GASES) == pytest.approx(row["total"], rel=1e-12, abs=1e-9)
            low, high = row["interval_95"]
            assert low <= row["total"] <= high
        else:
            assert row["total"] is None
            assert row["interval_95"] is None
            assert {row[gas] for gas in TOTAL_GASES} == {None}


def test_an_excluded_post_says_why_and_the_others_have_no_data(rich: Footprint) -> None:
    rows = {row["code"]: row for row in result_document(rich)["rows"]}
    assert (rows["5.4"]["status"], rows["5.4"]["justification"]) == ("excluded", "=no investments")
    assert (rows["5.3"]["status"], rows["5.3"]["justification"]) == ("no-data", None)
    assert rows["1.1"]["status"] == "computed"


def test_differences_are_those_of_the_views(rich: Footprint) -> None:
    document = result_document(rich)
    gap = document["views_kgco2e"]["ghg-protocol"] - document["views_kgco2e"]["beges"]
    # 100 m2 x 440 kg, 44,000 whole against 44,000 / 40; the asset of 2000 is past its ten years
    assert gap == pytest.approx(44_000 - 1_100)
    assert sum(d["difference_kgco2e"] for d in document["differences"]) == pytest.approx(gap)


def test_the_language_changes_words_only(make: Any) -> None:
    footprint = make.compute(make.line("isoflurane", 1, "L"), partial=True)
    english, french = result_document(footprint, language="en"), result_document(footprint, language="fr")
    for document in (english, french):
        assert not document["warnings"]
        for refusal in document["refusals"]:
            for problem in refusal["problems"]:
                assert problem.pop("message")
                problem.pop("hint")
    assert english == french


@pytest.mark.parametrize("gwp", GWP_SETS)
def test_every_factor_follows_the_schema_of_factors(library: FactorLibrary, schemas: Path, gwp: str) -> None:
    check = validator(schemas, "factor")
    for factor in library.by_id.values():
        document = factor_document(library, factor, gwp)
        assert violations(check, document) == [], factor.id
        assert document["value_kgco2e"] == factor_value(library, factor, gwp)
        parts = sum(part["total_kgco2e"] for part in document["parts"])
        assert math.isclose(document["value_kgco2e"] or 0, parts, rel_tol=1e-12, abs_tol=1e-12)


def test_an_own_factor_follows_the_schema_too(schemas: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("id,name,unit,value,activity,source\nx,X,kWh PCI,1,electricity heat_network,S\n", encoding="utf-8")
    library = load_factors(path)
    assert violations(validator(schemas, "factor"), factor_document(library, library.by_id["x"])) == []


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", VIEWS)
def test_csv_of_rows_is_the_rows_unrounded_with_blanks_for_what_is_unknown(rich: Footprint, name: str) -> None:
    records, rows = read_csv(rows_csv(rich, name)), result_document(rich, name)["rows"]
    assert [record["code"] for record in records] == [row["code"] for row in rows]
    for record, row in zip(records, rows, strict=True):
        for column in (*TOTAL_GASES, "co2_biogenic", "outside_kyoto", "avoided", "total"):
            assert record[column] == ("" if row[column] is None else repr(row[column]))
        bounds = row["interval_95"] or ["", ""]
        assert [record["interval_95_low"], record["interval_95_high"]] == [str(bound) for bound in bounds]


def test_csv_of_lines_is_the_lines(rich: Footprint) -> None:
    records = read_csv(lines_csv(rich))
    assert len(records) == len(rich.inventory)
    refused = records[5]
    assert (refused["line"], refused["status"], refused["emissions_kgco2e"]) == ("line-6", "refused", "")
    computed = [float(record["emissions_kgco2e"]) for record in records if record["emissions_kgco2e"]]
    assert sum(computed) == pytest.approx(rich.total(), rel=1e-12)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_spreadsheet_does_not_run_what_people_typed(make: Any, start: str) -> None:
    # the list of OWASP, "CSV injection"; tabs and carriage returns are below
    typed = f"{start}cmd|' /C calc'!A0"
    line = make.line("electricity-fr-2024", 1, "kWh", id=typed)
    footprint = make.compute(
        line,
        establishment={"name": typed},
        declaration={"excluded_posts": [{"post": "5.4", "justification": typed}]},
    )
    (record,) = read_csv(lines_csv(footprint))
    assert record["line"] == record["establishment"] == "'" + typed
    justified = {row["code"]: row["justification"] for row in read_csv(rows_csv(footprint, "beges"))}
    assert justified["5.4"] == "'" + typed


@pytest.mark.parametrize("typed", ['a"b', "a,b", "a;b", " a", "é’’", "😀"])
def test_any_text_comes_back_from_csv(make: Any, typed: str) -> None:
    footprint = make.compute(make.line("electricity-fr-2024", 1, "kWh", id=typed), establishment={"name": typed})
    (record,) = read_csv(lines_csv(footprint))
    assert record["line"] == record["establishment"] == typed


@pytest.mark.parametrize("start", ["\t", "\r"])
def test_a_spreadsheet_does_not_run_what_follows_a_tab_or_a_return(make: Any, start: str) -> None:
    # a justification may hold line breaks; the list of OWASP has these two as well
    justification = {"post": "5.4", "justification": start + "=1+1"}
    text = rows_csv(
        make.compute(make.line("electricity-fr-2024", 1, "kWh"), declaration={"excluded_posts": [justification]}),
        "beges",
    )
    (record,) = [record for record in read_csv(text) if record["code"] == "5.4"]
    assert record["justification"] == "'" + start + "=1+1"


@pytest.mark.parametrize("typed", ["a\rb", "a\nb", "a\r\nb"])
def test_line_breaks_stay_inside_their_cell(make: Any, typed: str) -> None:
    justification = {"post": "5.4", "justification": typed}
    text = rows_csv(
        make.compute(make.line("electricity-fr-2024", 1, "kWh"), declaration={"excluded_posts": [justification]}),
        "beges",
    )
    assert {record["code"]: record["justification"] for record in read_csv(text)}["5.4"] == typed


def test_negative_numbers_stay_numbers_in_csv(make: Any) -> None:
    footprint = make.compute(make.line("electricity-fr-2024", -1000, "kWh", credit=True))
    (record,) = read_csv(lines_csv(footprint))
    assert float(record["emissions_kgco2e"]) == pytest.approx(-51.9)
    assert float(record["quantity"]) == -1000


@pytest.mark.parametrize(
    ("reasons", "status", "justification"),
    [
        (["none", "none"], "excluded", "none"),
        (["none", "sold"], "excluded", "none / sold"),
        (["none", None], "no-data", None),
        ([None, "none"], "no-data", None),
    ],
)
def test_a_post_that_only_some_exclude_is_unknown(
    make: Any, reasons: list[str | None], status: str, justification: str | None
) -> None:
    documents = [
        make.document(
            make.line("electricity-fr-2024", 1, "kWh"),
            establishment={"name": f"E{number}"},
            declaration={"excluded_posts": [{"post": "5.4", "justification": reason}] if reason else []},
        )
        for number, reason in enumerate(reasons)
    ]
    rows = {row["code"]: row for row in result_document(compute_footprint(make.read_all(documents)))["rows"]}
    assert (rows["5.4"]["status"], rows["5.4"]["justification"]) == (status, justification)
