"""A folder becomes a store, or is refused by name."""

import json
from pathlib import Path

import pytest

from decarb.errors import InvalidStoreError, UsageError
from decarb.national.store import Store, check_store, disk, init_store, open_store
from decarb.writing import PACKAGE
from tests.national.store.conftest import Write, hand_in


def refusal(raised: pytest.ExceptionInfo[UsageError] | pytest.ExceptionInfo[InvalidStoreError]) -> str:
    (problem,) = raised.value.problems
    return f"{problem.message()} → {problem.hint()}"


def test_a_folder_that_does_not_exist_or_is_empty_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty"):
        store = init_store(tmp_path / name)
        assert open_store(tmp_path / name) == store
        assert check_store(store).found == ()


def test_what_is_there_is_never_written_over(store: Store, tmp_path: Path, write: Write) -> None:
    hand_in(store, write())
    with pytest.raises(UsageError) as raised:
        init_store(store.folder)
    assert f"{store.folder} is a store already → submit to it: decarb national submit" in refusal(raised)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError) as raised:
        init_store(tmp_path / "other")
    assert "holds something already → name a folder that does not exist, or an empty one" in refusal(raised)
    # a store that lost its description is not an empty folder
    (store.folder / PACKAGE).unlink()
    log = store.log.read_bytes()
    with pytest.raises(UsageError):
        init_store(store.folder)
    assert store.log.read_bytes() == log


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        init_store(tmp_path / "no" / "where")
    assert raised.value.problems[0].code == "folder-missing"
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as raised:
        init_store(tmp_path / "file")
    assert "cannot be written" in refusal(raised)


def test_a_run_that_was_killed_while_it_made_a_store_is_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("write", "place", "settle", "make_folder"):
        kept = getattr(disk, name)

        def stop(*arguments: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(disk, name, stop)
        with pytest.raises(KeyboardInterrupt):
            init_store(tmp_path / "store")
        monkeypatch.setattr(disk, name, kept)
        with pytest.raises(InvalidStoreError):
            open_store(tmp_path / "store")
    assert check_store(init_store(tmp_path / "store")).found == ()


def test_what_is_no_store_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidStoreError) as raised:
        open_store(tmp_path / "nowhere")
    assert refusal(raised).startswith("there is no such store → make one with: decarb national init")
    with pytest.raises(InvalidStoreError) as raised:
        open_store(tmp_path)
    assert "this is no store of submissions" in refusal(raised)
    said = json.loads((store.folder / PACKAGE).read_bytes())
    said["decarb"]["format"] = "9.0"
    (store.folder / PACKAGE).write_text(json.dumps(said))
    with pytest.raises(InvalidStoreError) as raised:
        open_store(store.folder)
    assert "a store of format 9.0; 1.0 is read → use the version of decarb that wrote it" in refusal(raised)
