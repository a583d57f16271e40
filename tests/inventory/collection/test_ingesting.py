"""Collections to folders of columns: what is refused, what resumes, the same bytes whatever the order."""

import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from decarb.errors import InvalidInventoryError, UsageError
from decarb.inventory import Limits, ingest, open_columns
from decarb.inventory.collection import ingesting
from decarb.writing import alone

POWER = {"factor": "electricity-fr-2024", "quantity": 5, "unit": "MWh"}
GAS = {"factor": "natural-gas-fr-2022-kwh-pci", "quantity": 10, "unit": "MWh PCI", "vat_percent": 0.0}


@pytest.fixture
def folder(tmp_path: Path, make: Any) -> Path:
    """Nine documents in five forms: files, a zip archive, NDJSON."""
    documents = [
        json.dumps(
            make.document(
                {**POWER, "quantity": number + 0.5, "uncertainty": number},
                {**GAS, "factor": f"factor-{number % 4}", "vat_percent": -0.0 if number % 2 else 0.0},
                {**POWER, "unit": "kWh", "spend": {"factor": "s", "quantity": number, "unit": "EUR"}},
                establishment={"name": f"Hospital {number}", "region": "84" if number % 3 else "11"},
            )
        ).encode()
        for number in range(9)
    ]
    collection = tmp_path / "collection"
    collection.mkdir()
    for number in range(4):
        (collection / f"{number}.json").write_bytes(documents[number])
    (collection / "4.json").write_bytes(b"\xef\xbb\xbf" + documents[4])
    (collection / "5.json.gz").write_bytes(gzip.compress(documents[5]))
    (collection / "6.ndjson").write_bytes(documents[6] + b"\n" + documents[7] + b"\n")
    with zipfile.ZipFile(collection / "8.zip", "w") as archive:
        archive.writestr("8.json", documents[8])
    return collection


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingesting, "BATCH_DOCUMENTS", 2)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusals(result: ingesting.Ingested) -> dict[str, list[str]]:
    return {Path(document.file).name: [problem.code for problem in document.problems] for document in result.refused}


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def test_the_same_bytes_whatever_the_order_and_the_jobs(folder: Path, tmp_path: Path) -> None:
    (folder / "9.json").write_bytes(b"{")
    paths = sorted(folder.iterdir())
    first = ingest(paths, tmp_path / "first", jobs=1)
    assert (first.documents, first.lines, len(first.refused), first.resumed) == (9, 27, 1, 0)
    for seed, jobs in enumerate((1, 2, 4, None)):
        random.Random(seed).shuffle(paths)
        ingest(paths, tmp_path / f"{seed}", jobs=jobs)
        assert content(tmp_path / f"{seed}") == content(tmp_path / "first")
    ingest([folder], tmp_path / "whole")
    assert content(tmp_path / "whole") == content(tmp_path / "first")
    assert left_behind(tmp_path) == []


def test_refused_documents_are_reported_with_all_their_problems(folder: Path, tmp_path: Path, make: Any) -> None:
    wrong = make.document({**POWER, "quantity": "5"}, {**POWER, "unit": "MWhh"}, {**POWER, "site": "S9"})
    (folder / "wrong.json").write_text(json.dumps(wrong))
    (folder / "windows.json").write_bytes('{"name": "Hôpital"}'.encode("cp1252"))
    (folder / "broken.json.gz").write_bytes(b"\x1f\x8b")
    (folder / "cut.json").write_bytes((folder / "1.json").read_bytes()[:-5])
    result = ingest([folder], tmp_path / "out")
    assert refusals(result) == {
        "broken.json.gz": ["archive-broken"],
        "cut.json": ["truncated-json"],
        "windows.json": ["not-utf-8"],
        "wrong.json": ["number-as-text", "unknown-unit", "unknown-site"],
    }
    assert result.documents == 9
    written = json.loads((tmp_path / "out/refused.json").read_bytes())
    assert [Path(document["file"]).name for document in written] == sorted(refusals(result))
    assert [problem["pointer"] for problem in written[-1]["problems"]] == [
        "/energy/0/quantity",
        "/energy/1/unit",
        "/energy/2/site",
    ]
    assert all("number" not in problem["message_fr"] for problem in written[-1]["problems"])
    assert open_columns(tmp_path / "out").refused_documents == 4


@pytest.mark.parametrize("names", [("a", "z"), ("z", "a")])
def test_of_two_documents_of_one_entity_and_period_the_second_is_refused(
    folder: Path, tmp_path: Path, make: Any, names: tuple[str, str]
) -> None:
    for name, start in zip(names, ("2024-01-01", "2024-02-01"), strict=True):
        twice = make.document(POWER, establishment={"name": "Twice"}, period={"start": start, "end": "2024-12-31"})
        (folder / f"{name}.json").write_text(json.dumps(twice))
    result = ingest([folder / "z.json", folder], tmp_path / "out")
    assert refusals(result) == {f"{names[1]}.json": ["same-entity-and-period"]}
    assert result.refused[0].problems[0].parameters["value"].endswith(f"{names[0]}.json")
    assert result.refused[0].digest


def test_limits_refuse_documents_by_name(folder: Path, tmp_path: Path, make: Any) -> None:
    (folder / "deep.json").write_bytes(b'{"a":' * 20 + b"1" + b"}" * 20)
    (folder / "long.json").write_text(json.dumps(make.document(*[POWER] * 4)))
    (folder / "large.json").write_text(json.dumps(make.document(POWER)) + " " * 4000)
    (folder / "bomb.json.gz").write_bytes(gzip.compress(b" " * (3 << 20)))
    result = ingest([folder], tmp_path / "out", limits=Limits(4000, 3, 12, 30))
    assert refusals(result) == {
        "bomb.json.gz": ["document-too-large"],
        "deep.json": ["too-deep"],
        "large.json": ["document-too-large"],
        "long.json": ["too-many-lines"],
    }
    result = ingest(
        [folder / "0.json", folder / "bomb.json.gz"], tmp_path / "other", limits=Limits(compression_ratio=30)
    )
    assert refusals(result) == {"bomb.json.gz": ["compression-ratio"]}


def test_nothing_is_left_where_every_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"{}")
    (tmp_path / "b.ndjson").write_bytes(b"1\n[")
    with pytest.raises(InvalidInventoryError) as raised:
        ingest([tmp_path], tmp_path / "out")
    assert {Path(problem.file).name for problem in raised.value.problems} == {"a.json", "b.ndjson:1", "b.ndjson:2"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "b.ndjson"]


def test_a_target_that_is_taken(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ingest([folder / "0.json"], out)
    before = content(out)
    with pytest.raises(UsageError) as raised:
        ingest([folder], out)
    assert raised.value.problems[0].code == "file-exists"
    assert content(out) == before
    assert ingest([folder], out, replace=True).documents == 9
    assert content(out) != before
    (out / "mine.txt").write_text("mine")
    with pytest.raises(UsageError) as raised:
        ingest([folder], out, replace=True)
    assert raised.value.problems[0].code == "folder-not-ours"
    with pytest.raises(UsageError) as raised:
        ingest([folder], tmp_path / "no" / "where")
    assert raised.value.problems[0].code == "file-unwritable"
    (tmp_path / "empty").mkdir()
    assert ingest([folder], tmp_path / "empty").documents == 9
    assert left_behind(tmp_path) == []


def test_a_folder_beside_its_own_columns_is_read_again(folder: Path) -> None:
    assert ingest([folder], folder / "out").documents == 9
    again = ingest([folder], folder / "out", replace=True)
    assert (again.documents, again.refused) == (9, ())


def test_progress_reaches_the_total(folder: Path, tmp_path: Path) -> None:
    (folder / "9.json.gz").write_bytes(b"no")
    told: list[tuple[int, int]] = []
    ingest([folder], tmp_path / "out", progress=lambda done, total: told.append((done, total)))
    total = sum(path.stat().st_size for path in folder.iterdir())
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


_KILLED = """
import os, signal, sys
from decarb.inventory import ingest
from decarb.inventory.collection import ingesting
from decarb.writing import alone
ingesting.BATCH_DOCUMENTS = 2
ingest(sys.argv[2:], sys.argv[1], jobs=1, progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL))
"""


def kill(target: Path, *paths: Path) -> Path:
    """Run an ingestion that is killed once its first shard is there; the folder that it leaves."""
    words = [sys.executable, "-c", _KILLED, *map(str, (target, *paths))]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    assert not target.exists()
    return target.with_name(f".{target.name}.unfinished")


def expected(folder: Path, *paths: Path) -> dict[str, bytes]:
    """Columns of a run that nothing stops."""
    target = folder / "at-once"
    ingest(paths or [folder], target, jobs=1)
    found = content(target)
    shutil.rmtree(target)
    return found


def test_a_killed_run_continues_where_it_stopped(folder: Path, tmp_path: Path) -> None:
    whole = expected(folder)
    work = kill(tmp_path / "out", folder)
    assert list(work.glob("*.shard"))
    (work / "half.draft").write_bytes(b"half")
    with (work / "vocabulary.ndjson").open("ab") as vocabulary:
        vocabulary.write(b'["84",')
    told: list[int] = []
    result = ingest([folder], tmp_path / "out", progress=lambda done, _: told.append(done))
    assert 2 <= result.resumed < 9
    assert result.documents == 9
    assert content(tmp_path / "out") == whole
    assert told[-1] == sum(path.stat().st_size for path in folder.iterdir())
    assert left_behind(tmp_path) == []


def damage(shards: Sequence[Path], how: int) -> None:
    for path in shards:
        data = path.read_bytes()
        path.write_bytes((data[: len(data) // 2], b"", data[:40] + b"\xff" + data[41:], bytes(len(data)))[how])


@pytest.mark.parametrize("how", range(4))
def test_damaged_shards_are_read_again(folder: Path, tmp_path: Path, how: int) -> None:
    whole = expected(folder)
    work = kill(tmp_path / "out", folder)
    damage(list(work.glob("*.shard")), how)
    result = ingest([folder], tmp_path / "out")
    assert (result.documents, result.resumed) == (9, 0)
    assert content(tmp_path / "out") == whole


def test_a_lost_vocabulary_loses_the_shards_that_need_it(folder: Path, tmp_path: Path) -> None:
    whole = expected(folder)
    (kill(tmp_path / "out", folder) / "vocabulary.ndjson").unlink()
    assert ingest([folder], tmp_path / "out").resumed == 0
    assert content(tmp_path / "out") == whole


def test_what_changed_between_two_runs_is_read_again(folder: Path, tmp_path: Path, make: Any) -> None:
    """And what is no longer there, or no longer asked for, is not in the columns."""
    kill(tmp_path / "out", folder / "0.json", folder / "1.json", folder / "2.json", folder / "3.json")
    changed = make.document({**POWER, "quantity": 77}, establishment={"name": "Hospital 0"})
    (folder / "0.json").write_text(json.dumps(changed))
    paths = [folder / "0.json", folder / "2.json"]
    result = ingest(paths, tmp_path / "out")
    assert (result.documents, result.refused) == (2, ())
    assert result.resumed <= 1  # the third document, if its shard was there in time
    assert 77 in open_columns(tmp_path / "out").quantity
    assert content(tmp_path / "out") == expected(folder, *paths)


def test_other_limits_start_afresh(folder: Path, tmp_path: Path) -> None:
    work = kill(tmp_path / "out", folder)
    shutil.copytree(work, tmp_path / ".other.unfinished")
    assert ingest([folder], tmp_path / "other", limits=Limits(depth=31)).resumed == 0
    assert ingest([folder], tmp_path / "out").resumed >= 2


def test_a_run_killed_while_it_takes_its_place_loses_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ingest([folder / "0.json"], out)
    work = tmp_path / ".out.unfinished"
    work.mkdir()
    out.rename(work / "old")
    with pytest.raises(InvalidInventoryError):
        ingest([folder / "nobody.json"], out)
    assert (work / "old").exists()
    assert ingest([folder], out, replace=True).documents == 9
    assert left_behind(tmp_path) == []


def test_an_interrupted_run_keeps_what_it_read(folder: Path, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([folder], tmp_path / "out", jobs=1, progress=interrupt)
    assert not (tmp_path / "out").exists()
    result = ingest([folder], tmp_path / "out")
    assert result.resumed >= 2
    assert content(tmp_path / "out") == expected(folder)


def test_two_runs_never_write_one_folder_at_once(make: Any, tmp_path: Path) -> None:
    document = make.write(make.document(make.line("r410a", 1, "kg")))
    target = tmp_path / "columns"
    with alone(target), pytest.raises(UsageError) as caught:
        ingest([document], target)
    (problem,) = caught.value.problems
    assert problem.code == "folder-in-use"
    assert f"another run of decarb is writing {target}" in problem.message()
    assert ingest([document], target).documents == 1


def test_a_file_may_have_any_bytes_for_a_name(make: Any, tmp_path: Path) -> None:
    document = make.write(make.document(make.line("r410a", 1, "kg")))
    folder = tmp_path / "submissions"
    folder.mkdir()
    shutil.copy(document, os.path.join(os.fsencode(folder), b"h\xf4pital.json"))  # noqa: PTH118
    assert ingest(folder, tmp_path / "columns").documents == 1
    (establishment,) = open_columns(tmp_path / "columns").establishments
    assert establishment.file.endswith("h\\xf4pital.json")


def test_a_folder_that_cannot_be_entered_is_refused_by_name(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    make.write(make.document(make.line("r410a", 1, "kg")))

    def scandir(path: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", scandir)
    with pytest.raises(InvalidInventoryError) as caught:
        ingest(tmp_path / "closed", tmp_path / "columns")
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == ("file-forbidden", str(tmp_path / "closed"))
