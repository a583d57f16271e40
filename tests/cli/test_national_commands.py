"""``decarb national aggregate``, ``benchmark`` and ``export`` as people and scripts meet them."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command_runs import run
from tests.national.frames import finess, register

ROOT = Path(__file__).parents[2]


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


GHT = [f"examples/ght/{name}.json" for name in ("ch-bellerive", "ch-montaudin", "ehpad-les-tilleuls")]


def test_aggregate_nets_shared_services_and_gross_does_not(monkeypatch: Any, here: Any) -> None:
    monkeypatch.chdir(ROOT)
    options = ("--by", "category", "--no-secrecy", "--format", "json")
    code, out, _ = here("national", "aggregate", *GHT, *options)
    assert code == 0
    document = json.loads(out)
    cells = {cell["category"]: cell for cell in document["cells"]}
    code, out, _ = here("national", "aggregate", *GHT, *options, "--gross")
    plain = json.loads(out)
    assert code == 0
    assert "shared_services" not in plain
    assert plain["warnings"] == []
    for cell in plain["cells"]:
        net = cells[cell["category"]]
        assert "gross_kgco2e" not in cell
        assert net["gross_kgco2e"] == cell["kgco2e"] == net["kgco2e"] + net["netted_kgco2e"]
        assert (net["status"], net["netted_status"]) == ("shown", "shown")
    # the linen of the two others is netted; the meals stay, as the kitchen did not report
    linen = [flow["kgco2e"] for flow in document["shared_services"] if flow["service"] == "laundry"]
    assert cells["all"]["netted_kgco2e"] == pytest.approx(sum(linen), abs=1e-3)
    assert [(flow["service"], flow["status"]) for flow in document["shared_services"]] == [
        ("laundry", "netted"),
        ("laundry", "netted"),
        ("catering", "provider-absent"),
    ]
    (warning,) = document["warnings"]
    assert warning["message"] == (
        "1 shared service(s) kept in the sum, the provider did not report: "
        "Catering of EHPAD Les Tilleuls (établissement fictif) from 449991900"
    )


def test_aggregate_withholds_what_was_netted(monkeypatch: Any, here: Any) -> None:
    monkeypatch.chdir(ROOT)
    code, out, _ = here("national", "aggregate", *GHT, "--by", "category", "--format", "csv")
    assert code == 0
    whole = list(csv.DictReader(io.StringIO(out)))[-1]
    # three entities have something in the net total, two in what is netted: it, and the sum of both, are withheld
    assert (whole["status"], whole["netted_status"]) == ("shown", "withheld")
    assert float(whole["kgco2e"]) > 0
    assert (whole["gross_kgco2e"], whole["netted_kgco2e"]) == ("", "")
    document = json.loads(here("national", "aggregate", *GHT, "--by", "category", "--format", "json")[1])
    assert {flow["kgco2e"] for flow in document["shared_services"]} == {None}


def test_aggregate_says_in_french_what_is_netted(monkeypatch: Any, here: Any) -> None:
    monkeypatch.chdir(ROOT)
    out = here("national", "aggregate", *GHT, "--by", "category", "--lang", "fr")[1]
    assert "Les services partagés que leur prestataire déclare aussi sont déduits là où ils sont reçus" in out
    out = here("national", "aggregate", *GHT, "--by", "region,post", "--no-secrecy", "--lang", "fr")[1]
    assert "dont 79,3 de services partagés que leur prestataire déclare aussi" in out


def test_the_footprint_of_one_is_whole_and_says_so(monkeypatch: Any, here: Any) -> None:
    monkeypatch.chdir(ROOT)
    out = here("footprint", GHT[2])[1]
    assert "Shared services received: 2 lines, 214.8 t. They count here" in " ".join(out.split())
    assert "Shared services" not in here("footprint", "examples/ehpad.json")[1]
