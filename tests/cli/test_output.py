"""Results reach a file whole or not at all, and never over another unasked."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from decarb.cli.output import check_target, write_target
from decarb.errors import Problem, UsageError


def refusal_of(act: Any) -> Problem:
    with pytest.raises(UsageError) as caught:
        act()
    (problem,) = caught.value.problems
    return problem


def test_no_target_is_the_screen() -> None:
    assert check_target(None, False) is None


def test_a_free_path_is_accepted_and_a_taken_one_needs_force(tmp_path: Path) -> None:
    target = tmp_path / "r.json"
    assert check_target(str(target), False) == target
    target.touch()
    problem = refusal_of(lambda: check_target(str(target), False))
    assert problem.code == "file-exists"
    assert problem.hint() == "add --force to replace it"
    assert check_target(str(target), True) == target


@pytest.mark.parametrize("force", [True, False])
def test_a_folder_that_does_not_exist_is_refused_at_once(tmp_path: Path, force: bool) -> None:
    problem = refusal_of(lambda: check_target(str(tmp_path / "no" / "r.json"), force))
    assert problem.code == "folder-missing"
    assert str(tmp_path / "no") in problem.message()


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "r.csv"
    write_target(target, "é\r\n…\n")
    assert target.read_bytes() == "é\r\n…\n".encode()


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_permissions_are_those_of_any_new_file(tmp_path: Path, umask: int, mode: int) -> None:
    # a temporary file is private (0600): the result must not stay so
    before = os.umask(umask)
    try:
        write_target(tmp_path / "r.txt", "x")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "r.txt").stat().st_mode) == mode


def test_a_target_that_became_a_folder_is_refused_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "r.json").mkdir()
    problem = refusal_of(lambda: write_target(tmp_path / "r.json", "x"))
    assert problem.code == "file-unwritable"
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_a_folder_that_vanished_is_refused(tmp_path: Path) -> None:
    assert refusal_of(lambda: write_target(tmp_path / "gone" / "r.json", "x")).code == "file-unwritable"


def test_a_failure_half_way_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.json"
    target.write_text("old", encoding="utf-8")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    problem = refusal_of(lambda: write_target(target, "new"))
    assert "No space left on device" in problem.message()
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_an_interruption_leaves_nothing_behind_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_target(tmp_path / "r.json", "new")
    assert list(tmp_path.iterdir()) == []
