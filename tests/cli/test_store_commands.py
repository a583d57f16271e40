"""`decarb national`: a store is made, fed, looked at and checked; exit codes, both languages, JSON."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.national.frames import finess

Call = Callable[..., tuple[int, str, str]]
POWER = {"factor": "electricity-fr-2024", "quantity": 5, "unit": "MWh"}


@pytest.fixture
def folder(tmp_path: Path, make: Any) -> Path:
    collection = tmp_path / "documents"
    collection.mkdir()
    for number in range(3):
        document = make.document(POWER, establishment={"name": f"Hospital {number}", "category": "101"})
        (collection / f"{number}.json").write_text(json.dumps(document))
    return collection


@pytest.fixture
def store(tmp_path: Path, here: Call) -> Path:
    assert here("national", "init", tmp_path / "national")[0] == 0
    return tmp_path / "national"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_store_is_made_once(here: Call, tmp_path: Path, language: str) -> None:
    code, shown, errors = here("national", "init", tmp_path / "new", "--lang", language)
    assert (code, errors) == (0, "")
    assert shown.startswith(str(tmp_path / "new"))
    code, shown, errors = here("national", "init", tmp_path / "new", "--lang", language)
    assert (code, shown) == (2, "")
    assert ("is a store already" if language == "en" else "est déjà un dépôt") in errors


@pytest.mark.parametrize("language", ["en", "fr"])
def test_documents_get_receipts(here: Call, store: Path, folder: Path, language: str) -> None:
    words = ("national", "submit", store, folder, "--by", "ARS", "--lang", language)
    code, shown, errors = here(*words)
    assert code == 0
    lines = shown.splitlines()
    assert [line[:9] for line in lines] == ["00000001-", "00000002-", "00000003-"]
    assert [line.rsplit("/", 1)[-1] for line in lines] == ["0.json", "1.json", "2.json"]
    accepted = "accepted" if language == "en" else "accepté"
    assert all(f"  {accepted}  Hospital" in line for line in lines)
    assert errors.splitlines()[-1].endswith(": 0")
    code, again, _ = here(*words)
    assert code == 0
    assert [line.split()[0] for line in again.splitlines()] == [line.split()[0] for line in lines]
    assert ("already submitted" if language == "en" else "déjà déposé") in again


@pytest.mark.parametrize("language", ["en", "fr"])
def test_refused_documents(here: Call, store: Path, folder: Path, make: Any, language: str) -> None:
    for number in range(12):
        (folder / f"refused-{number:02d}.json").write_bytes(b'{"a": %d' % number)
    code, shown, errors = here("national", "submit", store, folder, "--lang", language)
    assert code == 3
    refused = "refused" if language == "en" else "refusé"
    assert sum(f"  {refused}  " in line for line in shown.splitlines()) == 12
    assert "refused-09.json" in errors
    assert "refused-10.json" not in errors
    assert "--format json" in errors
    code, shown, _ = here("national", "submit", store, folder / "refused-00.json", "--lang", language)
    assert code == 2
    assert shown.startswith("00000004-")


def test_receipts_as_data(here: Call, store: Path, folder: Path, make: Any) -> None:
    here("national", "submit", store, folder)
    later = make.document({**POWER, "quantity": 6}, establishment={"name": "Hospital 0"})
    overlapping = {**later, "period": {"start": "2024-02-01", "end": "2025-01-31"}}
    (folder / "later.json").write_text(json.dumps(later))
    (folder / "overlapping.json").write_text(json.dumps(overlapping))
    code, shown, _ = here("national", "submit", store, folder, "--format", "json", "--by", "DGOS")
    said = json.loads(shown)
    assert code == 3
    counts = {name: said[name] for name in ("documents", "accepted", "superseding", "repeated", "refused")}
    assert counts == {"documents": 5, "accepted": 1, "superseding": 1, "repeated": 3, "refused": 1}
    receipts = said["receipts"]
    assert receipts[3]["supersedes"] == receipts[0]["receipt"]
    assert (receipts[3]["submitted_by"], len(receipts[3]["sha256"])) == ("DGOS", 64)
    (problem,) = receipts[4]["problems"]
    assert problem["code"] == "period-overlaps"
    assert receipts[3]["receipt"] in problem["message"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_status(here: Call, store: Path, folder: Path, language: str) -> None:
    (folder / "refused.json").write_bytes(b"{")
    here("national", "submit", store, folder)
    code, shown, _ = here("national", "status", store, "--year", 2024, "--by", "region", "--lang", language)
    assert code == 0
    assert "11 Île-de-France" in shown
    assert ("could not be read" if language == "en" else "n’a pas pu être lue") in shown
    assert "Centre Hospitalier" in here("national", "status", store, "--by", "category", "--lang", language)[1]
    code, shown, _ = here("national", "status", store, "--by", "category", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(shown)))
    assert [(row["by"], row["group"], row["received"], row["current"], row["refused"]) for row in rows] == [
        ("category", "", "1", "0", "1"),
        ("category", "101", "3", "3", "0"),
    ]
    code, shown, _ = here("national", "status", store, "--year", 2024, "--format", "json", "--on", "2026-11-22")
    said = json.loads(shown)
    assert (said["total"]["received"], said["refused_of_unknown_year"]) == (3, 1)
    assert [(row["by"], row["group"], row["late"]) for row in said["rows"]] == [
        ("region", "11", 0),
        ("category", "101", 0),
    ]
    assert said["obligations"]["on"] == "2026-11-22"
    assert said["obligations"]["counts"]["beges-private"]["unknown"] == 3  # neither status nor staff are said
    assert said["obligations"]["due"]["egalim-organic"] == 3  # due since 2022, and in no submission


@pytest.mark.parametrize("language", ["en", "fr"])
def test_status_shows_region_and_category_and_what_is_due(
    here: Call, store: Path, folder: Path, make: Any, language: str
) -> None:
    wrong = make.document({**POWER, "quantity": -1}, establishment={"name": "Hospital 9", "region": "84"})
    (folder / "wrong.json").write_text(json.dumps(wrong))
    earlier = make.document(POWER, year=2023, establishment={"name": "Hospital 8", "region": "84"})
    (folder / "earlier.json").write_text(json.dumps(earlier))
    here("national", "submit", store, folder)
    words = ("national", "status", store, "--year", 2024, "--on", "2026-11-22", "--lang", language)
    code, shown, errors = here(*words)
    assert (code, errors) == (0, "")
    assert "11 Île-de-France" in shown
    assert "Centre Hospitalier" in shown
    heading, late, due = {
        "en": ("Late", "something came for an earlier year, or was refused for 2024", "Legal milestones on 2026-11-22"),
        "fr": ("En retard", "ou a été refusé pour 2024", "Échéances légales au 2026-11-22"),
    }[language]
    assert heading in shown.splitlines()[0]
    assert late in shown
    assert due in shown
    row = next(line for line in shown.splitlines() if line.startswith("84"))
    assert row.split()[-7:] == ["1", "0", "0", "1", "0", "2", "0"]  # the refused one, and who was here in 2023
    assert due not in here(*words, "--no-obligations")[1]
    table = here("national", "status", store, "--by", "year", "--by", "region", "--lang", language)[1]
    assert heading not in table
    assert "2023" in table


def frame_of(folder: Path, *rows: str) -> Path:
    path = folder / "frame.csv"
    path.write_text("\n".join(["finess_et,finess_ej,name,category,department,beds,headcount,legal_status", *rows]))
    return path


@pytest.mark.parametrize("language", ["en", "fr"])
def test_status_against_a_register(here: Call, store: Path, tmp_path: Path, make: Any, language: str) -> None:
    """Of 25 legal entities one is received, one refused, 23 silent; one stranger."""
    rows = [
        f"{finess(f'69{number:04d}01')},{finess(f'69{number:04d}00')},CH {number},355,69,100,300,13"
        for number in range(25)
    ]
    register = frame_of(tmp_path, *rows)
    documents = [
        make.write(make.document({**POWER, "quantity": quantity}, establishment={"name": name, "finess_et": number}))
        for name, number, quantity in (
            ("CH 0", finess("69000001"), 1),
            ("CH 1", finess("69000101"), -1),
            ("Stranger", finess("33999901"), 1),
        )
    ]
    here("national", "submit", store, *documents)
    words = ("national", "status", store, "--frame", register, "--on", "2026-11-22")
    code, shown, _ = here(*words, "--lang", language)
    assert code == 0
    said = {
        "en": (
            "Legal entities of the register, 2024",
            "... and 4 more",
            "24 of the late must publish a BEGES",
            "refused",
        ),
        "fr": ("Entités juridiques du répertoire, 2024", "... et 4 de plus", "24 des retardataires doivent", "refusé"),
    }[language]
    for part in said[:3]:
        assert part in shown
    row = next(line for line in shown.splitlines() if line.startswith("84"))
    assert row.split()[-11:] == ["25", "1", "0", "24", "1", "4", "%", "1", "/", "25", "4", "%"][-11:]
    assert f"{finess('69000100')}  CH 1  84 69  {said[3]} 00000002-" in shown
    assert f"Stranger  {finess('33999901')}" in shown
    document = json.loads(here(*words, "--format", "json", "--by", "ght", "--by", "size")[1])
    held = document["register"]
    assert [(row["by"], row["group"], row["expected"]) for row in held["rows"]] == [
        ("ght", "", 25),
        ("size", "50-150", 25),
    ]
    assert len(held["late"]) == 24
    assert held["not_in_register"][0]["numbers"] == [finess("33999901")]
    assert (held["total"]["beds_reported"], held["total"]["beds"]) == (100, 2500)
    records = list(csv.DictReader(io.StringIO(here(*words, "--format", "csv")[1])))
    assert [sum(row["state"] == state for row in records) for state in ("received", "refused", "late")] == [1, 1, 23]
    assert records[-1]["state"] == "not_in_register"


def test_what_status_cannot_count_is_refused_in_words(here: Call, store: Path, tmp_path: Path) -> None:
    register = frame_of(tmp_path, f"{finess('69000001')},{finess('69000000')},CH,355,69,100,300,13")
    for words, said in (
        (("--by", "size"), "--by size goes with --frame"),
        (("--by", "year", "--frame", register), "--by year goes without --frame"),
        (("--frame", register), "has no latest year"),
        (("--frame", "nowhere.csv"), "nowhere.csv"),
        (("--on", "tomorrow"), "does not match"),
    ):
        code, shown, errors = here("national", "status", store, *words)
        assert (code, shown) == (2, "")
        assert said in errors
    code, shown, _ = here("national", "status", store, "--frame", register, "--year", 2024)
    assert code == 0
    assert "CH  84 69  late" in shown


@pytest.mark.parametrize("language", ["en", "fr"])
def test_fsck(here: Call, store: Path, folder: Path, language: str) -> None:
    here("national", "submit", store, folder)
    code, shown, _ = here("national", "fsck", store, "--lang", language)
    assert code == 0
    assert shown.splitlines()[-1].endswith(": 0")
    shutil.rmtree(store / "columns" / "year=2024")
    code, shown, _ = here("national", "fsck", store, "--lang", language)
    assert code == 4
    assert "fsck" in shown
    assert "year=2024" in shown
    code, shown, _ = here("national", "fsck", store, "--repair", "--format", "json")
    said = json.loads(shown)
    assert code == 4
    assert [(problem["code"], problem["repaired"]) for problem in said["found"]] == [("store-part-damaged", True)]
    code, shown, _ = here("national", "fsck", store, "--format", "json", "--jobs", 1)
    assert (code, json.loads(shown)["clean"]) == (0, True)


def test_a_run_that_was_killed_is_mentioned(here: Call, store: Path, folder: Path) -> None:
    here("national", "submit", store, folder)
    (store / "drafts" / "left").write_bytes(b"")
    code, shown, _ = here("national", "fsck", store)
    assert code == 0
    assert "1 file(s) or folder(s) of a run that stopped" in shown


@pytest.mark.parametrize("command", ["submit", "status", "fsck"])
def test_what_is_no_store_is_refused(here: Call, tmp_path: Path, folder: Path, command: str) -> None:
    words = [folder] if command == "submit" else []
    for path in (tmp_path / "nowhere", folder):
        code, shown, errors = here("national", command, path, *words)
        assert (code, shown) == (2, "")
        assert "store" in errors
        assert "Traceback" not in errors


def test_usage(here: Call, store: Path, folder: Path) -> None:
    assert here("national", "submit", store)[0] == 2
    code, _, errors = here("national", "submit", store, folder, "--by", "a\nb")
    assert code == 2
    assert "not a name to sign with" in errors
    assert here("national", "submit", store, folder / "nobody.json")[0] == 2
    assert here("national", "status", store, "--by", "post")[0] == 2
    assert here("national")[0] in (0, 2)


def test_a_damaged_log_is_refused_in_words(here: Call, store: Path, folder: Path) -> None:
    here("national", "submit", store, folder)
    log = store / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"Hospital 0", b"Hospital 9"))
    # one batch alone: what follows the change is of the same one, but the table of submissions knows better
    code, _, errors = here("national", "submit", store, folder)
    assert code == 2
    assert "the log does not go on" in errors
    assert here("national", "fsck", store)[0] == 4
