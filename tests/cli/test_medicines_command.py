"""``decarb medicines import`` and ``decarb medicines lookup`` as people use them."""

import json
from pathlib import Path
from typing import Any

import pytest

from decarb.medicines.bdpm.deriving import TABLES
from tests.medicines.bdpm.small_base import write_small_base


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write_small_base(tmp_path / "bdpm")


def test_import_says_what_became_of_each_row(here: Any, base: Path, tmp_path: Path) -> None:
    code, out, errors = here("medicines", "import", "bdpm", base, "--out", tmp_path / "bdpm.parquet")
    assert (code, errors) == (0, "")
    for words in (
        "CIS_COMPO_bdpm.txt     6     6  Windows-1252",
        "absent: CIS_CPD_bdpm.txt",
        "1 codes of CIS_COMPO_bdpm.txt are not in CIS_bdpm.txt",
        "2 specialities have no presentation",
        "keys: 5 CIP13 and CIP7 checked, 0 wrong",
        "units per box: read from 4 labels of 5 (80.00 %)",
        "1  a number that depends on the patient",
        "active substances: mass of 3 boxes of 5 (60.00 %)",
        "ATC: 1 from the database, 1 from the same substances and route",
        "--unread lists them",
        "9 rows in",
        "decarb medicines lookup CODE --medicines",
    ):
        assert words in out, words


def test_import_lists_the_labels_it_could_not_read(here: Any, base: Path, tmp_path: Path) -> None:
    _, out, _ = here("medicines", "import", "bdpm", base, "--out", tmp_path / "bdpm.parquet", "--unread")
    assert "3400930000533  1 ou plusieurs poches EVA - Spécifique au patient: a number that depends" in out


def test_import_as_json(here: Any, base: Path, tmp_path: Path) -> None:
    code, out, _ = here("medicines", "import", "bdpm", base, "--out", tmp_path / "bdpm.parquet", "--format", "json")
    account = json.loads(out)
    assert code == 0
    assert account["rows_read"] == account["rows_kept"]
    assert account["rows_lost"] == 0
    assert account["keys"] == {"checked": 5, "wrong": [], "old_keys_unfit": 0}
    assert account["unread"][0]["reason"] == "patient-specific"
    assert account["provenance"]["version"] == "2026-06-24"


def test_import_replaces_nothing_unasked(here: Any, base: Path, tmp_path: Path) -> None:
    out = tmp_path / "bdpm.parquet"
    out.write_bytes(b"mine")
    code, _, errors = here("medicines", "import", "bdpm", base, "--out", out)
    assert code != 0
    assert "exists already" in errors
    assert out.read_bytes() == b"mine"
    assert here("medicines", "import", "bdpm", base, "--out", out, "--force")[0] == 0


def test_import_can_write_the_tables_that_decarb_ships(here: Any, base: Path, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    words = ("medicines", "import", "bdpm", base, "--out", tmp_path / "bdpm.parquet", "--derive", tmp_path / "tables")
    assert here(*words)[0] == 0
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == sorted(TABLES)
    code, _, errors = here(*words[:4], "--out", tmp_path / "other.parquet", "--derive", tmp_path / "tables")
    assert code != 0
    assert "exists already" in errors
    assert not (tmp_path / "other.parquet").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("bdp", "."), "bdp is not a base of medicines that decarb imports; known: bdpm"),
        (("bdpm", "nowhere"), "there is no such file"),
        (("bdpm", "."), "not in this folder: CIS_bdpm.txt, CIS_CIP_bdpm.txt, CIS_COMPO_bdpm.txt"),
    ],
)
def test_import_refuses_by_name(
    here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, errors = here("medicines", "import", *words, "--out", "bdpm.parquet")
    assert code != 0
    assert message in errors
    assert list(tmp_path.iterdir()) == []


def test_lookup_of_a_box(here: Any) -> None:
    code, out, errors = here("medicines", "lookup", "3400938749984")
    assert (code, errors) == (0, "")
    shown = dict(line.split("  ", 1) for line in out.splitlines())
    shown = {name.strip(): value.strip() for name, value in shown.items()}
    assert shown["CIS"] == "69170898"
    assert shown["ATC"] == "J01DD13 (the database's)"
    assert shown["units per box"] == "1 flacon"
    assert shown["active substances"] == "800 mg"
    assert shown["on the market"] == "yes"


def test_lookup_of_several_and_the_reasons_of_the_others(here: Any) -> None:
    code, out, errors = here("medicines", "lookup", "69170898", "3,40089E+12", "9321332", "3400938749985")
    assert code == 2
    assert "CEFPODOXIME" in out
    assert "3,40089E+12 is a code damaged by a spreadsheet" in errors
    assert "9321332 is a valid UCD" in errors
    assert "nearest valid: 3400938749984" in errors


def test_lookup_by_words_lists_boxes(here: Any) -> None:
    code, out, _ = here("medicines", "lookup", "doliprane", "suppositoire", "--limit", "4")
    title, _, *rows, rest = out.splitlines()
    assert code == 0
    assert title.split()[:3] == ["CIP13", "CIS", "name"]
    assert title.rstrip().endswith("kg CO2e a box  rung")
    assert len(rows) == 4
    assert rest == "4 of 5: more with --limit"
    assert all("DOLIPRANE" in row for row in rows)
    assert here("medicines", "lookup", "zzzz")[0] == 2


def test_lookup_through_an_imported_base_and_a_table_of_ucd(here: Any, base: Path, tmp_path: Path) -> None:
    here("medicines", "import", "bdpm", base, "--out", tmp_path / "bdpm.parquet")
    (tmp_path / "ucd.csv").write_text("ucd,cip,units\n9321332,3000018,16\n", encoding="utf-8")
    tables = ("--medicines", tmp_path / "bdpm.parquet", "--medicines", tmp_path / "ucd.csv")
    code, out, _ = here("medicines", "lookup", "9321332", *tables, "--format", "json")
    (answer,) = json.loads(out)
    assert code == 0
    assert answer["ucd"] == {"ucd13": "3400893213322", "cip13": "3400930000182", "cis": "", "units": 16}
    (box,) = answer["presentations"]
    assert (box["price_eur"], box["active_mass_mg"], box["generic_groups"]) == (2.18, 8000, ["1"])


def test_lookup_speaks_french(here: Any) -> None:
    _, _, errors = here("--lang", "fr", "medicines", "lookup", "3,40089E+12")
    assert "tableur" in errors


def test_import_writes_over_none_of_its_files(here: Any, base: Path, tmp_path: Path) -> None:
    before = (base / "CIS_GENER_bdpm.txt").read_bytes()
    words = ("medicines", "import", "bdpm", base, "--force", "--out")
    code, _, errors = here(*words, base / "CIS_GENER_bdpm.txt")
    assert code != 0
    assert "is one of the files that are read" in errors
    assert (base / "CIS_GENER_bdpm.txt").read_bytes() == before
    # nor does a derived table take the place of the import
    (tmp_path / "tables").mkdir()
    code, _, errors = here(*words, tmp_path / "tables" / "labels.csv", "--derive", tmp_path / "tables")
    assert code != 0
    assert "is one of the files that are read" in errors


def test_lookup_says_what_it_does_not_show(here: Any) -> None:
    code, out, _ = here("medicines", "lookup", "doliprane", "--limit", "4")
    assert code == 0
    assert out.splitlines()[-1].startswith("4 of ")
    assert out.splitlines()[-1].endswith(": more with --limit")
    _, out, _ = here("medicines", "lookup", "doliprane", "--limit", "4", "--format", "json")
    (answer,) = json.loads(out)
    assert answer["shown"] == len(answer["presentations"]) == 4
    assert answer["found"] > 4
    assert "--limit" not in here("medicines", "lookup", "3400938749984")[1]


def test_lookup_says_how_the_ladder_prices_a_box(here: Any) -> None:
    _, out, _ = here("medicines", "lookup", "3400938749984")
    (line,) = (line for line in out.splitlines() if line.startswith("emissions"))
    # GSD2 of rung 4 for one product: exp(sqrt(ln(1.5)^2 + ln(3)^2)) = 3.23
    assert "kg CO2e a box, GSD2 3.23: rung 4, " in line
    _, out, _ = here("medicines", "lookup", "3400938749984", "--format", "json")
    emissions = json.loads(out)[0]["presentations"][0]["emissions"]
    assert emissions["rung"] == 4
    assert (emissions["shared_gsd2"], emissions["line_gsd2"]) == pytest.approx((1.5, 3))
    assert emissions["gsd2"] == pytest.approx(3.225, abs=0.001)
    # 0.8 g of active substance x 65 kg CO2e/kg, and the pack beside it
    assert emissions["kgco2e_per_box"] > 0.0008 * 65
    assert emissions["why"]


def test_lookup_says_why_nothing_prices_a_box(here: Any) -> None:
    _, out, _ = here("medicines", "lookup", "oxygene", "air liquide", "--limit", "1", "--format", "json")
    (box,) = json.loads(out)[0]["presentations"]
    assert box["emissions"]["kgco2e_per_box"] is None
    assert box["emissions"]["problems"][0]["code"] == "medicine-without-rung"
    _, out, _ = here("medicines", "lookup", box["cip13"])
    assert "nothing prices" in out


def test_lookup_takes_every_table_that_a_footprint_takes(here: Any, tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text(
        "cip13,kgco2e_per_box,method,verified,year,source\n3400938749984,0.42,pas-2090,yes,2025,Maker\n",
        encoding="utf-8",
    )
    (tmp_path / "ucd.csv").write_text("ucd,cip\n9321332,3874998\n", encoding="utf-8")
    words = ("--medicines", tmp_path / "results.csv", "--medicines", tmp_path / "ucd.csv")
    code, out, errors = here("medicines", "lookup", "9321332", *words)
    assert (code, errors) == (0, "")
    assert "rung 1: 0.42 kg CO2e a box, Maker (2025)" in out
    _, out, _ = here("medicines", "lookup", "9321332", *words, "--format", "json")
    (box,) = json.loads(out)[0]["presentations"]
    assert box["own_results"] == [{"rung": 1, "kgco2e_per_box": 0.42, "year": 2025, "source": "Maker"}]
    assert (box["emissions"]["rung"], box["emissions"]["kgco2e_per_box"]) == (1, 0.42)
