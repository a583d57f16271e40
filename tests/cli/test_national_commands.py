"""``decarb national aggregate``, ``benchmark`` and ``export`` as people and scripts meet them."""

import csv
import io
import json
from typing import Any

import pytest

from tests.cli.command_runs import run
from tests.national.frames import finess, register


@pytest.fixture
def reports(make: Any) -> list[Any]:
    """Nine hospitals: one in Corsica, four in each of two regions; each is a legal entity."""
    places = ["94", *["84"] * 4, *["11"] * 4]
    return [
        make.write(
            make.document(
                make.line("electricity-fr-2024", 1000.0 * (1 + number), "kWh"),
                make.line("natural-gas-fr-kwh-pci", 3000.0, "kWh PCI", id="gas"),
                establishment={
                    "name": f"CH {number}",
                    "finess_et": finess(f"01{number:04d}01"),
                    "finess_ej": finess(f"01{number:04d}00"),
                    "region": place,
                    "category": "355",
                    "beds": 100,
                    "floor_area_m2": 1000,
                },
            )
        )
        for number, place in enumerate(places)
    ]


def test_aggregate_withholds_and_says_so(here: Any, reports: list[Any]) -> None:
    code, out, errors = here("national", "aggregate", *reports, "--by", "region")
    assert (code, errors) == (0, "")
    rows = {line.split("  ")[0].strip(): line for line in out.splitlines()}
    assert "withheld" in rows["94 Corse"]
    assert "withheld" in rows["84 Auvergne-Rhône-Alpes"]  # else the total minus the rest would be Corsica
    assert "[" in rows["11 Île-de-France"]
    assert "9 legal entities report" in out
    assert "fewer than 3 legal entities" in out
    shown = here("national", "aggregate", *reports, "--by", "region", "--no-secrecy")[1]
    assert "withheld" not in shown
    assert "not to be published" in shown
    corsica = finess("01000000")
    assert "withheld" not in here("national", "aggregate", *reports, "--by", "region", "--public", corsica)[1]


def test_aggregate_as_json_and_csv(here: Any, reports: list[Any]) -> None:
    code, out, _ = here("national", "aggregate", *reports, "--by", "region,post", "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert document["options"]["by"] == ["region", "post"]
    cells = {(cell["region"], cell["post"]): cell for cell in document["cells"]}
    hidden = cells["94", "1.1"]
    assert (hidden["status"], hidden["kgco2e"], hidden["low"], hidden["entities"]) == ("withheld", None, None, 1)
    whole = cells["all", "all"]
    assert whole["status"] == "shown"
    assert whole["low"] < whole["kgco2e"] < whole["high"]
    assert sum(cells["11", post]["kgco2e"] for post in ("1.1", "2.1", "4.1")) == cells["11", "all"]["kgco2e"]
    out = here("national", "aggregate", *reports, "--by", "region,post", "--format", "csv")[1]
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == len(document["cells"])
    assert {row["status"] for row in rows} == {"shown", "withheld"}


def test_aggregate_in_french_with_a_frame(here: Any, reports: list[Any], tmp_path: Any) -> None:
    rows = [
        f"{finess(f'01{number:04d}01')},{finess(f'01{number:04d}00')},CH,355,13,,75,,,100,,," for number in range(18)
    ]
    frame = register(tmp_path, *rows)
    code, out, _ = here("national", "aggregate", *reports, "--by", "region", "--frame", frame, "--lang", "fr")
    assert code == 0
    assert "9 / 18" in out
    assert "Elles sont 50 % des 18 entités juridiques du secteur, avec 50 % de ses lits." in out


def test_years_side_by_side(here: Any, make: Any) -> None:
    def document(number: int, year: int) -> Any:
        line = make.line("electricity-fr-2024", 1000.0 * (number + 1) * (year - 2020), "kWh")
        identity = {"finess_ej": finess(f"01{number:04d}00"), "finess_et": finess(f"01{number:04d}01"), "region": "84"}
        return make.write(make.document(line, year=year, establishment=identity))

    paths = [document(number, year) for number in range(4) for year in (2023, 2024)]
    code, out, _ = here("national", "aggregate", *paths, "--by", "region")
    assert code == 0
    assert "From 2023 to 2024" in out
    changes = json.loads(here("national", "aggregate", *paths, "--by", "region", "--format", "json")[1])["changes"]
    assert [change["status"] for change in changes] == ["shown", "shown"]
    assert changes[0]["kgco2e"] > 0
    assert "From 2023" not in here("national", "aggregate", *paths, "--by", "region", "--year", "2024")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--by", "regions"], ["regions", "one of: region"]),
        (["--by", "post,post"], ["one or two different", "--by region,post"]),
        (["--by", "region", "--year", "2019"], ["2019", "there are: 2024"]),
        (["--by", "region", "--frame", "nowhere.csv"], ["nowhere.csv", "no such file"]),
    ],
)
def test_bad_requests_are_said_in_words(here: Any, reports: list[Any], words: list[str], said: list[str]) -> None:
    code, out, errors = here("national", "aggregate", *reports, *words)
    assert (code, out) == (2, "")
    assert all(part in errors for part in said)
    assert "Traceback" not in errors


def test_partial_is_marked(here: Any, reports: list[Any], refused: Any) -> None:
    assert here("national", "aggregate", *reports, refused, "--by", "region")[0] == 2
    code, out, _ = here("national", "aggregate", *reports, refused, "--by", "region", "--partial")
    assert code == 3
    assert "PARTIAL" in out


def test_benchmark(here: Any, reports: list[Any]) -> None:
    number = finess("01000801")
    code, out, errors = here("national", "benchmark", *reports, "--finess", number)
    assert (code, errors) == (0, "")
    assert "Among 8 other legal entities" in out
    assert "per bed" in out
    document = json.loads(here("national", "benchmark", *reports, "--finess", number, "--format", "json")[1])
    assert document["peers"] == 8
    assert document["intensities_kgco2e"][0]["low_quartile"] is None  # quartiles from nine on
    rows = list(
        csv.DictReader(io.StringIO(here("national", "benchmark", *reports, "--finess", number, "--format", "csv")[1]))
    )
    assert [row["kind"] for row in rows] == ["intensity"] * 3 + ["post_share"] * 3
    code, _, errors = here("national", "benchmark", *reports, "--finess", "123")
    assert code == 2
    assert "no document reports for 123" in errors


def test_export(reports: list[Any], tmp_path: Any) -> None:
    done = run("national", "export", *reports, "--to", "csv", "--out", tmp_path / "figures")
    assert done.returncode == 0
    assert "cells.csv" in done.stderr
    lines = (tmp_path / "figures" / "lines.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 18
    assert run("national", "export", *reports, "--to", "csv", "--out", tmp_path / "figures").returncode == 2
