"""Lines in the data model of the Bilan Carbone method: what criterion D.5 asks is there, from the factor in use."""

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from decarb.footprint import Footprint, compute_footprint
from decarb.inventory import read_inventory
from decarb.report.bilan_carbone import bilan_carbone_file, bilan_carbone_records, post_of
from decarb.report.line_tables import lines_parquet
from decarb.reporting import activities

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@pytest.fixture(scope="module")
def some(make: Any) -> Footprint:
    return make.compute(
        make.line("electricity-fr-2024", 1, "MWh", id="power", supplier="EDF", evidence="invoice", uncertainty=2),
        make.line("spend-pharmaceutical-products-2023", 1000, "EUR HT", id="=1+1"),
        make.line("isoflurane", 1, "L", id="refused"),
        partial=True,
    )


def test_a_line_by_hand(some: Footprint) -> None:
    power, spend, refused = bilan_carbone_records(some, "en")
    # 1,000 kWh x 0.0519 kg CO2e/kWh; +-10 % published: 1.1; 2 % on the quantity: 1.02
    assert (power["post"], power["sub_post"], power["activity_type"]) == ("Energy", "Electricity", "physical")
    assert (power["activity_value"], power["activity_unit"]) == (1.0, "MWh")
    assert power["activity_source"] == "EDF — invoice"
    assert power["activity_gsd2"] == pytest.approx(1.02)
    assert power["factor_kgco2e"] == pytest.approx(0.0519)
    assert (power["factor_gsd2"], power["factor_uncertainty_percent"]) == (pytest.approx(1.1), 10.0)
    assert (power["factor_source"], power["factor_source_version"]) == ("Base Carbone", "23.6")
    assert power["footprint_kgco2e"] == pytest.approx(51.9)
    assert spend["activity_type"] == spend["factor_type"] == "monetary"
    assert spend["sub_post"] == "Goods and materials by spend"
    assert refused["status"] == "refused"
    assert refused["footprint_kgco2e"] is refused["factor_id"] is refused["post"] is None


def test_footprints_add_up_to_the_total() -> None:
    footprint = compute_footprint(read_inventory(EXAMPLES / "chu.json"))
    total = math.fsum(record["footprint_kgco2e"] for record in bilan_carbone_records(footprint, "fr"))
    assert total == pytest.approx(footprint.total(), rel=1e-12)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_activity_has_a_post(language: str) -> None:
    for name in activities():
        assert all(post_of(name, False, language))
        assert all(post_of(name, True, language))


def test_json_follows_its_schema(some: Footprint, schemas: Path) -> None:
    schema = json.loads((schemas / "bilan_carbone.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    document = json.loads(bilan_carbone_file(some, ".json", "fr"))
    assert not list(Draft202012Validator(schema).iter_errors(document))
    assert document["partial"]


def test_the_four_forms_say_the_same(some: Footprint) -> None:
    lines = json.loads(bilan_carbone_file(some, ".json", "en"))["lines"]
    table = pq.read_table(io.BytesIO(bilan_carbone_file(some, ".parquet", "en")))
    assert table.to_pylist() == lines
    sheet = openpyxl.load_workbook(io.BytesIO(bilan_carbone_file(some, ".xlsx", "en"))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [list(row) for row in rows] == [list(line.values()) for line in lines]
    assert sheet["B3"].data_type == "s"
    read = list(csv.DictReader(io.StringIO(bilan_carbone_file(some, ".csv", "en").decode())))
    assert [row["footprint_kgco2e"] for row in read] == [
        "" if line["footprint_kgco2e"] is None else repr(line["footprint_kgco2e"]) for line in lines
    ]
    assert read[1]["label"] == "'=1+1"


def test_an_unknown_form_is_an_error(some: Footprint) -> None:
    with pytest.raises(ValueError, match=r"\.pdf"):
        bilan_carbone_file(some, ".pdf", "en")


def test_parquet_of_lines_is_the_lines_with_their_types(some: Footprint) -> None:
    table = pq.read_table(io.BytesIO(lines_parquet(some)))
    records = list(some.line_records())
    assert table.to_pylist() == records
    assert str(table.schema.field("emissions_kgco2e").type) == "double"
    assert table.schema.field("emissions_kgco2e").metadata == {b"unit": b"kg CO2e"}
    assert str(table.schema.field("operated").type) == "bool"
    assert table.schema.metadata[b"decarb.library_digest"].decode() == some.library.digest
    assert table.schema.metadata[b"decarb.partial"] == b"true"
