"""Import, check, compare and layer a base, as its users type it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.factors.importers.base_carbone_files import element, gas_network, write

Here = Any
ARCHIVED = {"Statut de l'élément": "Archivé"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export with a gas in two posts, a paper, a removal, an archived element and a row of statistics."""
    rows = [
        *gas_network(),
        element(1),
        element(2, **{"Total poste non décomposé": "-3", "Nom base français": "Papier évité"}),
        element(3, **ARCHIVED),
        element(4, **{"Type de l'élément": "Données source"}),
    ]
    return write(tmp_path / "Base_Carbone_V9.1.csv", rows, encoding="cp1252", comma=True)


@pytest.fixture
def base(here: Here, export: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    assert here("factors", "import", "base-carbone", export, "--out", folder)[0] == 0
    return folder


def test_an_import_says_what_became_of_every_row(here: Here, export: Path, tmp_path: Path) -> None:
    code, shown, _ = here("factors", "import", "base-carbone", export, "--out", tmp_path / "base")
    assert code == 0
    assert shown.splitlines() == [
        "7 rows read: 5 kept, 2 set aside",
        "        1  archived by the source",
        "        1  statistics of the source, not factors",
        f"3 factors, 4 parts: {tmp_path / 'base'}",
        f"defects noted while reading: 0; these and others, each by row: decarb factors check {tmp_path / 'base'}",
        f"use it: decarb footprint inventory.json --library {tmp_path / 'base'}",
    ]


def test_an_import_as_data(here: Here, export: Path, tmp_path: Path) -> None:
    words = ("factors", "import", "base-carbone", export, "--out", tmp_path / "base", "--format", "json")
    document = json.loads(here(*words)[1])
    assert (document["rows_read"], document["rows_kept"]) == (7, 5)
    assert document["set_aside"] == {"archived": 1, "not-a-factor": 1}


def test_an_import_is_never_written_over_unasked(here: Here, export: Path, base: Path) -> None:
    words = ("factors", "import", "base-carbone", export, "--out", base)
    code, _, errors = here(*words)
    assert (code, "add --force to replace it" in errors) == (2, True)
    assert here(*words, "--force")[0] == 0


def test_an_import_into_the_folder_of_its_file_is_refused(here: Here, export: Path) -> None:
    code, _, errors = here("factors", "import", "base-carbone", export, "--out", export.parent, "--force")
    assert code == 2
    assert "is one of the files that are read: it would be lost" in errors
    assert export.is_file()


def test_another_base_than_the_known_ones_is_refused_with_the_nearest(here: Here, export: Path, tmp_path: Path) -> None:
    code, _, errors = here("factors", "import", "base-carbon", export, "--out", tmp_path / "x")
    assert code == 2
    assert "base-carbon is not a base that decarb imports; known: base-carbone, uk, own" in errors
    assert "nearest: base-carbone" in errors


@pytest.mark.parametrize("content", ["", "a;b\n1;2\n", "\x00\x01"])
def test_a_file_that_is_no_base_is_refused_without_a_traceback(here: Here, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(content, encoding="utf-8")
    for base in ("base-carbone", "uk", "own"):
        code, shown, errors = here("factors", "import", base, path, "--out", tmp_path / "out")
        assert (code, shown) == (2, "")
        assert str(path) in errors
    assert not (tmp_path / "out").exists()


def test_a_check_lists_each_defect_by_row_and_leaves_with_4(here: Here, base: Path) -> None:
    code, shown, _ = here("factors", "check", base)
    assert code == 4
    assert shown.splitlines() == [
        "source-negative (1)",
        "  row 6  base-carbone:2  Papier évité: -3: avoided emissions or a removal, kept apart from every total",
        "defects: 1",
    ]


def test_a_check_as_data_with_its_notes(here: Here, tmp_path: Path) -> None:
    past = element(1, **{"Période de validité": "2000-12-31", "Incertitude": ""})
    path = write(tmp_path / "Base_V9.1.csv", [past])
    here("factors", "import", "base-carbone", path, "--out", tmp_path / "base")
    code, shown, _ = here("factors", "check", tmp_path / "base")
    assert code == 0
    assert shown.startswith("no defect\nto know (--notes lists them):\n")
    code, shown, _ = here("factors", "check", tmp_path / "base", "--notes", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(shown)))
    assert [(row["row"], row["code"], row["severity"]) for row in rows] == [
        ("2", "source-expired", "note"),
        ("2", "source-no-uncertainty", "note"),
    ]


def test_a_check_of_the_export_itself_says_how_to_import_it(here: Here, export: Path) -> None:
    code, _, errors = here("factors", "check", export)
    assert code == 2
    assert f"decarb factors import base-carbone {export} --out FOLDER" in errors


@pytest.fixture
def newer(here: Here, tmp_path: Path) -> Path:
    """The same base a version on: the paper rose from 1.5 to 3, the gas is archived, a card is new."""
    rows = [
        element(1, **{"Total poste non décomposé": "3"}),
        element(7, **ARCHIVED),
        element(8, **{"Nom base français": "Carton inventé"}),
        element(2, **{"Total poste non décomposé": "-3", "Nom base français": "Papier évité"}),
    ]
    folder = tmp_path / "newer"
    path = write(tmp_path / "Base_V9.2.csv", rows)
    assert here("factors", "import", "base-carbone", path, "--out", folder)[0] == 0
    return folder


@pytest.fixture
def inventory(make: Any) -> Path:
    gas = make.line("base-carbone:7", 100, "kWh PCI", id="gas")
    return make.write(make.document(gas, make.line("base-carbone:1", 1000, "kg", id="paper")))


def test_a_comparison_of_two_versions(here: Here, base: Path, newer: Path) -> None:
    code, shown, _ = here("factors", "diff", base, newer)
    assert code == 0
    lines = shown.splitlines()
    assert lines[0].startswith("base 9.1 (")
    assert lines[1:] == [
        "1 added",
        "  base-carbone:8  Invented paper",
        "1 retired",
        "  base-carbone:7  Invented paper",
        "1 changed in value",
        "  base-carbone:1  1.5/kg -> 3/kg  (+100.0 %)  Invented paper",
    ]
    assert here("factors", "diff", base, newer, "--exit-code")[0] == 4
    assert here("factors", "diff", base, base, "--exit-code")[0] == 0


def test_what_the_newer_version_would_do_to_a_footprint(here: Here, base: Path, newer: Path, inventory: Path) -> None:
    # 1000 kg x 1.5 + 100 kWh x 0.24 = 1524 kg; with the newer one 3000 kg, and the gas is refused
    code, shown, _ = here("factors", "diff", base, newer, "--inventory", inventory)
    assert code == 0
    # like for like, on the paper alone: 1500 -> 3000
    assert "footprint of the lines that both compute: 1.5 -> 3.0 t CO2e (+100.00 %)" in shown
    assert "not computable with the second library: 0.0 t CO2e of the first" in shown
    assert "1 lines refused with the second library\n  gas: base-carbone:7 is retired" in shown
    assert "1 lines that move\n  +1.500 t  paper  base-carbone:1" in shown
    document = json.loads(here("factors", "diff", base, newer, "--inventory", inventory, "--format", "json")[1])
    assert document["footprint"]["before_kgco2e"] == 1524
    assert document["footprint"]["after_kgco2e"] == 3000
    assert document["footprint"]["like_for_like_kgco2e"] == [1500, 3000]
    assert document["footprint"]["by_factor_kgco2e"] == {"base-carbone:1": 1500}


def test_a_result_shows_its_layers_in_order_and_pins_what_it_used(
    here: Here, base: Path, inventory: Path, tmp_path: Path
) -> None:
    own = tmp_path / "ours.csv"
    own.write_text(
        "id,name,unit,value,activity,source\nbase-carbone:1,Papier,kg,2,paper_cardboard,Devis\n", encoding="utf-8"
    )
    words = ("footprint", inventory, "--library", base, "--library", own)
    shown = here(*words)[1]
    assert "library decarb 1.2.0 " in shown
    assert shown.index("+ base 9.1 ") < shown.index("+ ours ")
    assert "Factors replaced by a later library: base-carbone:1." in shown
    document = json.loads(here(*words, "--format", "json")[1])
    assert [layer["name"] for layer in document["library"]["layers"]] == ["decarb", "base", "ours"]
    used = {factor["id"]: factor for factor in document["factors"]}
    assert used["base-carbone:1"]["value_kgco2e"] == 2
    assert (used["base-carbone:1"]["layer"], used["base-carbone:7"]["layer"]) == ("ours", "base")
    assert used["base-carbone:7"]["source"] == "base-carbone-9.1"


def test_swapping_libraries_never_leaves_a_line_at_zero(here: Here, newer: Path, inventory: Path) -> None:
    code, shown, errors = here("footprint", inventory, "--library", newer)
    assert (code, shown) == (2, "")
    assert "base-carbone:7 is retired" in errors
    code, _, errors = here("footprint", inventory)
    assert code == 2
    assert "base-carbone:1" in errors
    assert "base-carbone:7" in errors


def test_a_template_is_a_csv_that_can_be_filled_and_used(here: Here, tmp_path: Path, make: Any) -> None:
    target = tmp_path / "ours.csv"
    code, _, described = here("factors", "template", "--out", target)
    assert code == 0
    assert "uncertainty_percent" in described
    header = target.read_text(encoding="utf-8").strip().split(",")
    cells = {
        "id": "x",
        "name": "Gants",
        "unit": "item",
        "value": "0.9",
        "activity": "medical_devices",
        "source": "Devis",
    }
    target.write_text(f"{','.join(header)}\n{','.join(cells.get(name, '') for name in header)}\n", encoding="utf-8")
    document = make.write(make.document(make.line("x", 10, "item")))
    assert here("footprint", document, "--library", target)[0] == 0


def test_ones_own_csv_can_be_stored_as_a_library(here: Here, tmp_path: Path) -> None:
    own = tmp_path / "ours.csv"
    own.write_text("id,name,unit,value,activity,source\nx,Gants,item,0.9,medical_devices,Devis\n", encoding="utf-8")
    assert here("factors", "import", "own", own, "--out", tmp_path / "ours")[0] == 0
    assert "0.9 kg CO2e / item" in here("factors", "show", "x", "--library", tmp_path / "ours")[1]


def test_one_layer_can_be_exported_by_itself(here: Here, base: Path, tmp_path: Path) -> None:
    words = ("factors", "export", "--to", "csv", "--library", base, "--layer")
    assert here(*words, "base", "--out", tmp_path / "out")[0] == 0
    with (tmp_path / "out" / "factors.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["id"] for row in csv.DictReader(stream)] == ["base-carbone:7", "base-carbone:1", "base-carbone:2"]
    code, _, errors = here(*words, "bas", "--out", tmp_path / "other")
    assert code == 2
    assert "no library of the stack is called bas; there are: decarb, base" in errors


def test_an_export_never_takes_the_place_of_a_library(here: Here, base: Path) -> None:
    code, _, errors = here("factors", "export", "--to", "csv", "--out", base, "--force")
    assert code == 2
    assert "is not a folder of this kind (export) that decarb wrote" in errors
    assert here("factors", "check", base)[0] == 4


def test_a_version_that_nothing_says_can_be_said(here: Here, export: Path, tmp_path: Path) -> None:
    path = export.rename(tmp_path / "export.csv")
    words = ("factors", "import", "base-carbone", path, "--out", tmp_path / "base")
    assert "its version is not known: say it with --version" in here(*words)[1]
    assert "not known" not in here(*words, "--force", "--version", "23.9")[1]
    assert "Version 23.9. 2024-05-06." in here("factors", "cite", "base-carbone:1", "--library", tmp_path / "base")[1]


def test_a_file_that_is_cut_or_empty_is_said(here: Here, export: Path, tmp_path: Path) -> None:
    export.write_bytes(export.read_bytes()[:-40])
    shown = here("factors", "import", "base-carbone", export, "--out", tmp_path / "base")[1]
    assert "rows of another length than the header: is the file whole?" in shown
    own = tmp_path / "ours.csv"
    own.write_text("id,name,unit,value,activity,source\n", encoding="utf-8")
    code, _, errors = here("factors", "import", "own", own, "--out", tmp_path / "ours")
    assert (code, "no valid factor among its 0 rows" in errors) == (2, True)


def test_a_wrong_activity_says_its_row_and_the_nearest(here: Here, tmp_path: Path, valid: Path) -> None:
    own = tmp_path / "ours.csv"
    own.write_text("id,name,unit,value,activity,source\nx,Gants,item,0.9,medical_device,Devis\n", encoding="utf-8")
    code, _, errors = here("footprint", valid, "--library", own)
    assert code == 2
    assert "row 2: x: activity medical_device is not known; nearest: medical_devices" in errors
