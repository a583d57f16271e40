"""``decarb national report`` as a ministry meets it."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.report.html.nation import SINCE, YEAR, write_nation


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], Path]:
    return write_nation(tmp_path_factory.mktemp("nation"))


def text_of(path: Path) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", path.read_text(encoding="utf-8"))).split())


def test_from_a_store_to_a_page(here: Any, nation: tuple[list[Path], Path], tmp_path: Path) -> None:
    documents, register = nation
    store, page = tmp_path / "national", tmp_path / "national.html"
    here("national", "init", store)
    here("national", "submit", store, *documents)
    options = ("--frame", register, "--out", page, "--lang", "en")
    code, out, errors = here("national", "report", store, "--year", YEAR, *options)
    assert (code, out) == (0, "")
    assert f"written: {page}" in errors
    text = text_of(page)
    # the total of `estimate`, the turnout of `status`, and the change of `roadmap`, which have their own tests
    _, estimated, _ = here("national", "estimate", store, "--year", YEAR, "--frame", register, "--lang", "en")
    total = next(line.split()[1] for line in estimated.splitlines() if line.startswith("TOTAL"))
    assert f"The whole sector {total} t CO₂e" in text
    _, status, _ = here("national", "status", store, "--year", YEAR, "--frame", register, "--lang", "en")
    late = [line.split() for line in status.splitlines() if line.startswith("Total")][1][4]
    assert f"Ask those of whom nothing counts: {late} legal entities." in text
    _, roadmap, _ = here("national", "roadmap", store, "--from", SINCE, "--lang", "en")
    change = re.search(r"in 2024 \((.[0-9.]+ %)\)", roadmap)
    assert change is not None
    assert f"{change[1].replace('-', '−')} since {SINCE}" in text
    # it stands: nothing is replaced by itself
    code, _, errors = here("national", "report", store, *options)
    assert (code, "--force" in errors) == (2, True)


def test_documents_do_as_well_and_the_latest_year_is_shown(
    here: Any, nation: tuple[list[Path], Path], tmp_path: Path
) -> None:
    page = tmp_path / "national.html"
    code, _, _ = here("national", "report", *nation[0], "--out", page, "--lang", "fr")
    assert code == 0
    assert f"Empreinte carbone des établissements de santé, {YEAR}" in text_of(page)


def test_one_year_alone(here: Any, nation: tuple[list[Path], Path], tmp_path: Path) -> None:
    page = tmp_path / "national.html"
    code, _, _ = here("national", "report", *nation[0], "--year", SINCE, "--out", page, "--lang", "en")
    assert code == 0
    assert "No earlier year was submitted" in text_of(page)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--out", "national.pdf"), 2, ".html"),
        (("--out", "national.html", "--year", "2019"), 2, "2019"),
        (("--out", "national.html", "--from", "2019"), 2, "2019"),
        (("--out", "national.html", "--from", str(YEAR)), 0, "written"),
        (
            ("--out", "national.html", "--from", "2025"),
            2,
            "the base year 2025 is after the year that is reported, 2024",
        ),
        (("--out", "national.html", "--year", "2023", "--from", "2024"), 2, "reported, 2023"),
        (
            ("--out", "national.html", "--to", "2023"),
            2,
            "the target year 2023 is before the year that is reported, 2024",
        ),
        (("--out", "national.html", "--to", str(YEAR)), 0, "written"),
        (("--out", "national.html", "--frame", "missing.csv"), 2, "missing.csv"),
    ],
)
def test_what_is_wrong_is_said_by_name(
    here: Any,
    nation: tuple[list[Path], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    found, _, errors = here("national", "report", *nation[0], *words, "--lang", "en")
    assert (found, said in errors) == (code, True), errors
    assert "Traceback" not in errors
    assert (tmp_path / "national.html").exists() == (code == 0)


def test_a_store_says_which_years_it_has_and_whether_it_has_any(
    here: Any, nation: tuple[list[Path], Path], tmp_path: Path
) -> None:
    store, page = tmp_path / "national", tmp_path / "national.html"
    here("national", "init", store)
    code, _, errors = here("national", "report", store, "--out", page, "--lang", "en")
    assert (code, "nothing in this store counts" in errors) == (2, True), errors
    here("national", "submit", store, *nation[0][:4])
    code, _, errors = here("national", "report", store, "--year", "1999", "--out", page, "--lang", "en")
    assert (code, f"there are: {SINCE}, {YEAR}" in errors) == (2, True), errors
    code, _, errors = here("national", "report", store, "--from", "2025", "--out", page, "--lang", "en")
    assert (code, "the base year 2025 is after" in errors) == (2, True), errors


def test_refused_lines_are_refused_or_left_out_and_said(here: Any, make: Any, valid: Path, tmp_path: Path) -> None:
    wrong = make.document(
        make.line("electricity-fr-2024", 1, "GWh"),
        make.line("isoflurane", 1, "L", id="bottle"),
        establishment={"name": "Other"},
    )
    page, path = tmp_path / "national.html", make.write(wrong)
    code, _, errors = here("national", "report", valid, path, "--out", page, "--lang", "en")
    assert (code, "isoflurane" in errors, page.exists()) == (2, True, False)
    code, _, _ = here("national", "report", valid, path, "--out", page, "--partial", "--lang", "en")
    assert code == 3
    text = text_of(page)
    assert "Refused lines are not in the total: 1." in text
    # of two documents whose legal entities nobody says, nothing is told
    assert "Those who submitted withheld Too few legal entities" in text


def test_years_that_cannot_be_compared_say_why_and_the_page_is_written(here: Any, make: Any, tmp_path: Path) -> None:
    power, page = make.line("electricity-fr-2024", 1, "GWh"), tmp_path / "national.html"
    paths = [
        make.write(make.document(power, year=year, establishment={"name": f"Hospital {year}"}))
        for year in (SINCE, YEAR)
    ]
    code, _, errors = here("national", "report", *paths, "--out", page, "--lang", "en")
    assert code == 0
    assert f"warning: nobody submitted the same for {SINCE} and for {YEAR}" in errors
    assert "cannot be compared: decarb national roadmap says why" in text_of(page)
