"""The years of a roadmap on the page: read from its document, refused where it is of others."""

import json
from pathlib import Path
from typing import Any

import pytest

from decarb.errors import UsageError
from decarb.footprint import compute_footprint
from decarb.national.roadmap import roadmap
from decarb.report.html import html_report, read_trajectory
from decarb.report.html.trajectory import trajectory_section
from decarb.report.html.wording import PageWords
from decarb.report.roadmap_result import roadmap_document


def reported(make: Any, year: int, megawatt_hours: float) -> Any:
    """A hospital of a year with the same factor in each: 0.227 kg CO2e/kWh of gas, say."""
    identity = {"name": "CH", "finess_et": "010000131", "finess_ej": "010000024"}
    line = make.line("natural-gas-fr-2022-kwh-pci", megawatt_hours, "MWh PCI")
    return compute_footprint(make.read_all([make.document(line, year=year, establishment=identity)]), make.library)


@pytest.fixture
def two_years(make: Any) -> Any:
    return {2022: reported(make, 2022, 1000.0), 2024: reported(make, 2024, 900.0)}


def written(document: Any, folder: Path) -> Path:
    path = folder / "roadmap.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_years_against_the_pace(two_years: Any, tmp_path: Path) -> None:
    document = roadmap_document(roadmap(two_years, 2022, 2030), "en")
    found = read_trajectory(written(document, tmp_path), two_years[2024])
    section = trajectory_section(found, PageWords("en", 1))
    # 1,000 MWh x 0.2392 kg/kWh = 239.2 t; -5 % a year: compound 239.2 x 0.9025 = 215.9, linear x 0.9 = 215.3
    assert [row for row in section.rows if row[0] == "2024"] == [["2024", "215.3", "215.9", "215.3"]]
    assert section.rows[0] == ["2022", "239.2", "239.2", "239.2"]
    # 0.95^8 = 0.6634: 158.7; linear 0.6: 143.5
    assert section.rows[-1] == ["2030", "", "158.7", "143.5"]
    assert "From 2022 to 2024, on one perimeter and by one method: −10.0\u00a0%." in section.sentences
    # 215.28 - 215.878 = -0.6; 215.28 - 158.7 = 56.6
    assert section.sentences[1].startswith("0.6\u00a0t less than where −5\u00a0% a year (compound) leads in 2024")
    assert section.sentences[2].startswith("56.6\u00a0t more than")
    page = html_report(two_years[2024], "fr", trajectory=found)
    assert "Les années, face au rythme de la feuille de route" in page


def test_a_roadmap_of_others_is_refused(make: Any, two_years: Any, tmp_path: Path) -> None:
    document = roadmap_document(roadmap(two_years, 2022, 2030), "en")
    path = written(document, tmp_path)
    with pytest.raises(UsageError, match=r"has 215\.28 t CO2e in 2024, and this inventory 119\.6"):
        read_trajectory(path, reported(make, 2024, 500.0))
    with pytest.raises(UsageError, match=r"in 2023, and this inventory") as refused:
        read_trajectory(path, reported(make, 2023, 900.0))
    assert "it has the years 2022, 2024" in refused.value.problems[0].hint()


@pytest.mark.parametrize(
    "spoilt",
    [
        [],
        {},
        {"format": "9.9"},
        {"total": {"readings": "many"}},
        {"total": {"readings": [], "distances": [], "progress": []}},
        {"pace": [{"year": "x", "compound": 1, "linear": 1}]},
        {"pace": []},
        {"to": None},
    ],
)
def test_what_is_no_roadmap_is_refused(two_years: Any, tmp_path: Path, spoilt: Any) -> None:
    document = roadmap_document(roadmap(two_years, 2022, 2030), "en")
    path = written({**document, **spoilt} if spoilt else spoilt, tmp_path)
    with pytest.raises(UsageError, match=r"this is no roadmap of format 1\.0"):
        read_trajectory(path, two_years[2024])


def test_a_file_that_is_not_there_or_no_json_is_refused(two_years: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        read_trajectory(tmp_path / "none.json", two_years[2024])
    (tmp_path / "text.json").write_text("hello", encoding="utf-8")
    with pytest.raises(UsageError, match="not valid JSON"):
        read_trajectory(tmp_path / "text.json", two_years[2024])
