"""`decarb ingest`: exit codes, both languages, JSON."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., tuple[int, str, str]]
POWER = {"factor": "electricity-fr-2024", "quantity": 5, "unit": "MWh"}


@pytest.fixture
def folder(tmp_path: Path, make: Any) -> Path:
    collection = tmp_path / "collection"
    collection.mkdir()
    for number in range(3):
        document = make.document(POWER, establishment={"name": f"Hospital {number}"})
        (collection / f"{number}.json").write_text(json.dumps(document))
    return collection


def refuse(folder: Path, count: int = 1) -> None:
    for number in range(count):
        (folder / f"refused-{number}.json").write_bytes('{"nom": "Hôpital"}'.encode("cp1252"))


def test_a_collection_becomes_a_folder_of_columns(here: Call, folder: Path) -> None:
    code, shown, errors = here("ingest", folder, "--out", folder / "out")
    assert (code, errors) == (0, "")
    assert shown.splitlines() == [f"{folder / 'out'}: 3 documents, 3 lines"]
    assert here("footprint", folder / "out")[0] == 0


@pytest.mark.parametrize("language", ["en", "fr"])
def test_refused_documents_are_shown_and_the_others_kept(here: Call, folder: Path, language: str) -> None:
    refuse(folder, 12)
    code, shown, errors = here("ingest", folder, "--out", folder / "out", "--lang", language)
    assert code == 3
    assert "3 documents, 3 " in shown
    assert "refused-0.json" in errors
    assert "refused.json" in errors
    assert ("refused" if language == "en" else "refusé") in errors.splitlines()[-1]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_json_says_what_became_of_each_document(here: Call, folder: Path, language: str) -> None:
    refuse(folder)
    words = ("--format", "json", "--lang", language, "--jobs", 2, "--max-lines", 10, "--max-depth", 6)
    code, shown, _ = here("ingest", folder / "*.json", "--out", folder / "out", *words)
    said = json.loads(shown)
    assert code == 3
    assert (said["documents"], said["lines"], said["resumed"]) == (3, 3, 0)
    (refused,) = said["refused"]
    assert (Path(refused["file"]).name, len(refused["sha256"])) == ("refused-0.json", 64)
    assert refused["problems"][0]["code"] == "not-utf-8"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_at_all_can_be_read(here: Call, folder: Path, language: str) -> None:
    refuse(folder)
    (folder / "empty").mkdir()
    for path in (folder / "refused-0.json", folder / "nobody.json", folder / "empty", folder / "*.zip"):
        code, shown, errors = here("ingest", path, "--out", folder / "out", "--lang", language)
        assert (code, shown) == (2, "")
        assert path.name in errors
        assert "Traceback" not in errors
    assert not (folder / "out").exists()


def test_usage(here: Call, folder: Path) -> None:
    assert here("ingest", folder)[0] == 2
    assert here("ingest", "--out", folder / "out")[0] == 2
    assert here("ingest", folder, "--out", folder / "out", "--max-ratio", 1)[0] == 2
    assert here("ingest", "--help")[0] == 0


def test_a_folder_is_replaced_only_by_force(here: Call, folder: Path) -> None:
    out = folder / "out"
    assert here("ingest", folder, "--out", out)[0] == 0
    code, _, errors = here("ingest", folder, "--out", out)
    assert code == 2
    assert "out" in errors
    assert here("ingest", folder, "--out", out, "--force")[0] == 0
    code, _, errors = here("ingest", folder, "--out", folder, "--force")
    assert code == 2
    assert (folder / "0.json").exists()


def test_a_footprint_without_the_refused_documents_is_asked_for_and_marked(here: Call, folder: Path) -> None:
    refuse(folder)
    columns = folder.parent / "columns"
    assert here("ingest", folder, "--out", columns)[0] == 3
    for command in ("footprint", "uncertainty"):
        code, out, errors = here(command, columns)
        assert (code, out) == (2, "")
        assert "1 document(s) of the collection were refused" in errors
        assert f"see {columns / 'refused.json'}; add --partial" in errors
    code, out, _ = here("footprint", columns, "--partial")
    assert code == 3
    assert "Documents refused, and not in it: 1." in out
    code, out, _ = here("footprint", columns, "--partial", "--format", "json")
    result = json.loads(out)
    assert code == 3
    assert result["coverage"]["refused_documents"] == 1
    assert (result["lines"], result["differences"]) == (None, None)
    assert all(establishment["total_kgco2e"] for establishment in result["establishments"])


def test_posts_of_each_establishment_add_up_to_those_of_all(here: Call, folder: Path) -> None:
    columns = folder.parent / "columns"
    here("ingest", folder, "--out", columns)
    rows = {}
    for by in ("establishment", "total"):
        code, out, _ = here("footprint", columns, "--format", "csv", "--by", by)
        assert code == 0
        for row in csv.DictReader(io.StringIO(out)):
            if row["total"]:
                rows.setdefault(by, Counter())[row["code"]] += float(row["total"])
    assert rows["establishment"] == pytest.approx(rows["total"])
    assert here("footprint", columns, "--by", "establishment")[0] == 2  # with csv only


def test_a_line_is_explained_in_its_document(here: Call, folder: Path) -> None:
    columns = folder.parent / "columns"
    here("ingest", folder, "--out", columns)
    code, _, errors = here("explain", columns, "line-1")
    assert code == 2
    assert "decarb explain DOCUMENT.json line-1" in errors
