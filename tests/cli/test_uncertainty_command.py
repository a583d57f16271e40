"""``decarb uncertainty``: what it prints in each form, and how it leaves."""

import csv
import json
from pathlib import Path
from typing import Any

import click
import pytest

import decarb
from decarb.cli import build
from decarb.inventory.collection import ingest
from decarb.reporting import VIEWS
from decarb.uncertainty import GROUPINGS, contributions, uncertainty


@pytest.fixture
def two(make: Any) -> Path:
    lines = [
        make.line("electricity-fr-2024", 1, "GWh", id="power", uncertainty=5),
        make.line("natural-gas-fr-2022-kwh-pci", 1, "GWh PCI", id="gas", uncertainty=20),
    ]
    return Path(make.write(make.document(*lines)))


def test_the_choices_are_those_of_the_core() -> None:
    command = build("en").commands["uncertainty"]
    assert isinstance(command, click.Command)
    choices = {option.name: tuple(getattr(option.type, "choices", ())) for option in command.params}
    assert (choices["by"], choices["view"]) == (GROUPINGS, tuple(VIEWS))


def test_the_table(here: Any, two: Path) -> None:
    code, out, errors = here("uncertainty", two)
    assert (code, errors) == (0, "")
    for words in ("Total ", "95 % interval", "\n1.1 ", "\n2.1 ", "What it rests on", "quantity [gas] /energy/1"):
        assert words in out
    # the factor of gas and the quantity of power are known to 5 % already
    assert "If you measured the less sure of them (2) to ±5 %" in out
    assert "draws" not in out


def test_the_table_in_french(here: Any, two: Path) -> None:
    code, out, _ = here("uncertainty", two, "--lang", "fr", "--draws", 100)
    assert code == 0
    assert "Intervalle 95 %" in out
    # 1 GWh x (.201 + .0382) and 1 GWh x .0519
    assert "291,1" in out


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("view", VIEWS)
def test_json_is_the_result_of_the_api(here: Any, two: Path, by: str, view: str) -> None:
    code, out, _ = here("uncertainty", two, "--format", "json", "--by", by, "--view", view)
    document = json.loads(out)
    footprint = decarb.compute_footprint(decarb.read_inventory(two))
    expected, whole = uncertainty(footprint, by, view), contributions(footprint, view_name=view)
    assert code == 0
    assert set(document) == {
        *("options", "partial", "library", "total_kgco2e", "interval_95_kgco2e", "variance_shares", "sources"),
        *("measured", "groups", "draws"),
    }
    assert document["options"] == {"view": view, "by": by, "gwp_set": "AR6"}
    assert [group["low"] for group in document["groups"]] == expected.low.tolist()
    assert [group["name"] for group in document["groups"]] == list(expected.names)
    assert document["interval_95_kgco2e"] == [whole.interval.low, whole.interval.high]
    assert [source["variance_share"] for source in document["sources"]] == [each.share for each in whole.sources]


@pytest.mark.parametrize("by", ["post", "establishment", "region", "total"])
def test_csv_has_the_draws_beside_the_bounds(here: Any, two: Path, by: str) -> None:
    code, out, _ = here("uncertainty", two, "--format", "csv", "--by", by, "--draws", 2000, "--seed", 3)
    rows = list(csv.DictReader(out.splitlines()))
    assert code == 0
    assert list(rows[0]) == ["name", "kgco2e", "low", "high", "drawn_low", "drawn_high"]
    for row in rows:
        assert float(row["low"]) < float(row["kgco2e"]) < float(row["high"])
        # some 10 % of a half-width with two thousand draws
        assert float(row["drawn_low"]) == pytest.approx(float(row["low"]), rel=0.03)
    again = here("uncertainty", two, "--format", "csv", "--by", by, "--draws", 2000, "--seed", 3)
    assert again == (0, out, "")
    assert here("uncertainty", two, "--format", "csv", "--by", by, "--draws", 2000)[1] != out


def test_csv_of_lines(here: Any, two: Path) -> None:
    code, out, _ = here("uncertainty", two, "--format", "csv", "--by", "line")
    assert code == 0
    assert [row.split(",")[:3] for row in out.splitlines()] == [
        ["name", "establishment", "start"],
        ["power", "Hospital", "2024-01-01"],
        ["gas", "Hospital", "2024-01-01"],
    ]


@pytest.mark.parametrize(("top", "named"), [(1, 1), (2, 2), (1000, 4)])
def test_top(here: Any, two: Path, top: int, named: int) -> None:
    code, out, _ = here("uncertainty", two, "--top", top, "--format", "json")
    assert (code, len(json.loads(out)["sources"])) == (0, named)


def test_one_line_that_says_no_uncertainty(here: Any, make: Any) -> None:
    path = make.write(make.document(make.line("desflurane", 1, "kg")))
    code, out, _ = here("uncertainty", path, "--by", "line")
    assert code == 0
    # 2590 kg and every note of the quantity at its worst, GSD2 2.516: [1.029, 6.517]
    assert "Total 2.6 t CO2e, 95 % interval [1.0 ; 6.5] t" in out
    assert "quantities 100 %, factors 0 %, both together (interaction) 0 %" in out
    assert "If you measured it to ±5 %, the interval [1.0 ; 6.5] t would become [2.5 ; 2.7] t." in out


def test_a_total_of_zero(here: Any, make: Any) -> None:
    path = make.write(make.document(make.line("electricity-fr-2024", 0, "kWh")))
    code, out, _ = here("uncertainty", path, "--draws", 100)
    assert code == 0
    assert "Total 0.0 t CO2e, 95 % interval [0.0 ; 0.0] t" in out


def test_refusals_stop_it_or_leave_it_partial(here: Any, refused: Path) -> None:
    code, out, errors = here("uncertainty", refused)
    assert (code, out) == (2, "")
    assert "[bottle]" in errors
    code, out, _ = here("uncertainty", refused, "--partial")
    assert (code, out.splitlines()[0]) == (3, "PARTIAL: refused lines are left out")
    code, out, _ = here("uncertainty", refused, "--partial", "--by", "line", "--format", "json")
    document = json.loads(out)
    assert (code, document["partial"]) == (3, True)
    assert [group["high"] is None for group in document["groups"]] == [False, True]


def test_all_refused_is_refused(here: Any, make: Any) -> None:
    path = make.write(make.document(make.line("isoflurane", 1, "L", id="bottle")))
    assert here("uncertainty", path, "--partial")[:2] == (2, "")


@pytest.mark.parametrize("draws", ["0", "99", "1000001", "many"])
def test_draws_out_of_range(here: Any, two: Path, draws: str) -> None:
    code, out, errors = here("uncertainty", two, "--draws", draws)
    assert (code, out) == (2, "")
    assert "--draws" in errors


def test_lines_are_not_drawn(here: Any, two: Path) -> None:
    code, out, errors = here("uncertainty", two, "--by", "line", "--draws", 100)
    assert (code, out) == (2, "")
    assert "the interval of one line is exact as it is" in errors


def test_missing_files_are_refused(here: Any, tmp_path: Path) -> None:
    code, out, errors = here("uncertainty", tmp_path / "no.json")
    assert (code, out) == (2, "")
    assert "no.json" in errors


def test_a_folder_of_columns_is_read_like_its_documents(here: Any, make: Any, two: Path, tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    other = make.document(make.line("desflurane", 1, "kg"), establishment={"name": "Other", "region": "84"})
    (documents / "a.json").write_bytes(two.read_bytes())
    (documents / "b.json").write_text(json.dumps(other), encoding="utf-8")
    columns = tmp_path / "columns"
    ingest([documents], columns, jobs=1)
    words = ("--by", "region", "--format", "csv", "--draws", "500")
    expected = here("uncertainty", documents / "a.json", documents / "b.json", *words)
    found = here("uncertainty", columns, *words)
    assert found[0] == expected[0] == 0
    pairs = [list(csv.DictReader(each[1].splitlines())) for each in (found, expected)]
    for row, same in zip(*pairs, strict=True):
        assert row.pop("name") == same.pop("name")
        assert [float(cell) for cell in row.values()] == pytest.approx(
            [float(cell) for cell in same.values()], rel=1e-12
        )
