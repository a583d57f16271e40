"""``decarb report`` as people and scripts meet it."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.national.frames import finess

EXAMPLES = Path(__file__).parents[2] / "examples"


def text_of(path: Path) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", path.read_text(encoding="utf-8"))).split())


@pytest.mark.parametrize(("language", "word"), [("en", "Carbon footprint"), ("fr", "Bilan carbone")])
def test_a_page_is_written_in_the_language_asked_for(here: Any, tmp_path: Path, language: str, word: str) -> None:
    path = tmp_path / "report.HTML"
    code, out, errors = here("report", EXAMPLES / "ehpad.json", "--out", path, "--lang", language)
    assert (code, out) == (0, "")
    assert str(path) in errors
    page = path.read_text(encoding="utf-8")
    assert page.startswith(f'<!DOCTYPE html>\n<html lang="{language}">')
    assert f"{word}</title>" in page


def test_refused_lines_are_refused_or_left_out(here: Any, refused: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    code, _, errors = here("report", refused, "--out", path)
    assert code == 2
    assert "bottle" in errors
    assert not path.exists()
    code, _, errors = here("report", refused, "--out", path, "--partial")
    assert code == 3
    assert "Refused lines are not in the total: 1." in text_of(path)


def test_a_file_is_kept_unless_forced(here: Any, valid: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("mine")
    assert here("report", valid, "--out", path)[0] == 2
    assert path.read_text() == "mine"
    assert here("report", valid, "--out", path, "--force")[0] == 0
    assert here("report", valid, "--out", valid, "--force")[0] == 2  # never over what is read


@pytest.mark.parametrize("name", ["report.pdf", "report"])
def test_other_extensions_are_named(here: Any, valid: Path, tmp_path: Path, name: str) -> None:
    code, _, errors = here("report", valid, "--out", tmp_path / name)
    assert code == 2
    assert "no report is written as" in errors
    assert ".html" in errors


@pytest.fixture
def sector(make: Any) -> list[Path]:
    """Thirteen hospitals of 100 beds; the number n buys n MWh."""
    return [
        make.write(
            make.document(
                make.line("electricity-fr-2024", 1.0 * number, "MWh"),
                establishment={
                    "name": f"CH {number}",
                    "finess_et": finess(f"01{number:04d}01"),
                    "finess_ej": finess(f"01{number:04d}00"),
                    "category": "355",
                    "beds": 100,
                },
            ),
            f"{number}.json",
        )
        for number in range(1, 14)
    ]


@pytest.fixture
def collection(here: Any, sector: list[Path], tmp_path: Path) -> Path:
    assert here("ingest", *sector, "--out", tmp_path / "columns")[0] == 0
    return tmp_path / "columns"


def test_it_stands_among_its_like(here: Any, sector: list[Path], collection: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    code, _, errors = here("report", sector[12], "--out", path, "--among", collection, "--lang", "en")
    assert code == 0, errors
    text = text_of(path)
    assert "per bed: among the highest quarter" in text
    assert "Among 12 other legal entities" in text
    # 51.9 kg/MWh x 13 / 100 beds; quartiles of 1 to 12: 3, 6 and 9 (tests/national/test_benchmarking.py)
    assert "per bed 6.75 1.56 3.11 4.67 12 among the highest quarter" in text


def test_another_version_of_it_is_refused(here: Any, make: Any, sector: list[Path], collection: Path) -> None:
    document = json.loads(sector[12].read_text(encoding="utf-8"))
    document["energy"][0]["quantity"] = 26
    out = collection.parent / "report.html"
    code, _, errors = here("report", make.write(document), "--out", out, "--among", collection)
    assert code == 2
    assert "the collection has 6.747 kg CO2e" in errors
    assert "where this inventory has 13.494" in errors


def test_who_has_no_number_stands_among_nobody(here: Any, valid: Path, collection: Path, tmp_path: Path) -> None:
    code, _, errors = here("report", valid, "--out", tmp_path / "report.html", "--among", collection)
    assert code == 2
    assert "one establishment with a FINESS number" in errors
    # and a collection is no inventory of a report
    code, _, errors = here("report", collection, "--out", tmp_path / "report.html")
    assert code == 2
    assert "a report shows the documents of one" in errors


def test_years_of_a_roadmap(here: Any, make: Any, tmp_path: Path) -> None:
    identity = {"name": "CH", "finess_et": finess("01000101"), "finess_ej": finess("01000100")}
    paths = [
        make.write(
            make.document(
                make.line("natural-gas-fr-2022-kwh-pci", amount, "MWh PCI"), year=year, establishment=identity
            )
        )
        for year, amount in ((2022, 1000), (2024, 900))
    ]
    written = here("national", "roadmap", *paths, "--from", "2022", "--format", "json")[1]
    (tmp_path / "roadmap.json").write_text(written, encoding="utf-8")
    out = tmp_path / "report.html"
    code, _, errors = here("report", paths[1], "--out", out, "--trajectory", tmp_path / "roadmap.json", "--lang", "en")
    assert code == 0, errors
    assert "2024 215.3 215.9 215.3" in text_of(out)


@pytest.mark.parametrize("option", ["--among", "--trajectory"])
def test_options_of_the_page_go_with_the_page(here: Any, valid: Path, tmp_path: Path, option: str) -> None:
    code, _, errors = here("report", valid, "--out", tmp_path / "report.xlsx", option, valid)
    assert code == 2
    assert f"{option} is for the page" in errors
    assert not (tmp_path / "report.xlsx").exists()
