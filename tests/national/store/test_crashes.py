"""Killed at any instant, or out of disk at any step: every receipt given is honoured, nothing is half there."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import decarb
from decarb.errors import UsageError
from decarb.national.store import Receipt, Store, check_store, disk, open_submissions, read_ledger, submit
from tests.national.store.conftest import Write, hand_in

SOURCES = Path(decarb.__file__).parent.parent
KILLING = Path(__file__).parents[3] / "benchmarks" / "kill_submissions.py"
STEPS = ("write", "make_folder", "place", "settle", "append", "remove")

posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


def run(*words: Any) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "LC_ALL": "en_US.UTF-8", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, encoding="utf-8")


@posix
@pytest.mark.parametrize(
    "words", [("--kills", 20, "--seed", 7), ("--steps", "--documents", 3)], ids=["random", "steps"]
)
def test_every_receipt_is_honoured_after_a_kill(words: tuple[Any, ...]) -> None:
    process = run(KILLING, *words)
    shown, errors = process.communicate()
    assert process.returncode == 0, shown + errors
    assert shown.splitlines()[-1] == "every receipt honoured, every check clean"


def full_at(monkeypatch: pytest.MonkeyPatch, step: int, *, for_good: bool) -> Callable[[], int]:
    """Have the disk full at a step, in the middle of what it writes; the number of steps that were taken."""
    count = 0

    def limited(name: str, function: Callable[..., None]) -> Callable[..., None]:
        def take(*arguments: Any) -> None:
            nonlocal count
            count += 1
            if count == step or (for_good and count > step and name != "remove"):
                if name == "write":
                    arguments[0].write_bytes(arguments[1][: len(arguments[1]) // 2])
                raise OSError(errno.ENOSPC, "No space left on device")
            function(*arguments)

        return take

    for name in STEPS:
        monkeypatch.setattr(disk, name, limited(name, getattr(disk, name)))
    return lambda: count


@pytest.mark.parametrize("for_good", [False, True])
def test_a_full_disk_at_any_step(
    store: Store, write: Write, small_batches: None, for_good: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hand_in(store, write("A"), write("B"), write("C"))
    paths = [write(name, quantity=2.0) for name in ("A", "D", "B")]
    step = 0
    while True:
        step += 1
        tried = Store(tmp_path / "tried")
        shutil.rmtree(tried.folder, ignore_errors=True)
        shutil.copytree(store.folder, tried.folder)
        given: list[Receipt] = []
        with monkeypatch.context() as patch:
            taken = full_at(patch, step, for_good=for_good)
            try:
                submit(tried, paths, by="tester", jobs=1, given=given.extend)
            except UsageError as error:
                (problem,) = error.problems
                assert problem.message() == f"the store {tried.folder} cannot be written: No space left on device"
                assert problem.hint() == "receipts that were given hold; the same command continues from there"
            if taken() < step:
                break
        known = {one.id: one.digest for one in read_ledger(tried).submissions}
        assert all(known[receipt.submission.id] == receipt.submission.digest for receipt in given)
        assert check_store(tried, jobs=1).found == ()
        again = submit(tried, paths, by="tester", jobs=1)
        assert [receipt.submission.verdict for receipt in again] == ["accepted"] * 3
        assert list(tried.drafts.iterdir()) == []
        assert len(open_submissions(tried, 2024)) == 12
    assert step > 20


def test_a_log_that_takes_half_a_record(store: Store, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(store, write("A"))
    log = store.log.read_bytes()
    synchronise = os.fsync

    def refuse(descriptor: int) -> None:
        if os.fstat(descriptor).st_ino == store.log.stat().st_ino:
            raise OSError(errno.EDQUOT, "Disk quota exceeded")
        synchronise(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(UsageError) as raised:
            hand_in(store, write("B"))
    assert "Disk quota exceeded" in raised.value.problems[0].message()
    assert store.log.read_bytes() == log
    assert check_store(store).found == ()


def test_two_processes_at_once(store: Store, write: Write, tmp_path: Path) -> None:
    folders = []
    for which in range(2):
        folder = tmp_path / f"documents-{which}"
        folder.mkdir()
        for number in range(25):
            write(f"Hospital {number}", quantity=which + number / 8).rename(folder / f"{number}.json")
        folders.append(folder)
    code = (
        "import sys; from decarb.national.store import *; from decarb.national.store import submitting;"
        "submitting.BATCH_DOCUMENTS = 3;"
        "submit(open_store(sys.argv[1]), sys.argv[2], by=sys.argv[2],"
        " given=lambda receipts: [print(receipt.submission.id) for receipt in receipts])"
    )
    processes = [run("-c", code, store.folder, folder) for folder in folders]
    shown = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], shown
    receipts = [line for out, _ in shown for line in out.splitlines()]
    ledger = read_ledger(store)
    assert sorted(receipts) == [one.id for one in ledger.submissions]
    assert len(receipts) == 50
    assert len(list(ledger.current())) == 25
    assert check_store(store).found == ()
    assert len(open_submissions(store, 2024)) == 75


def test_a_process_waits_for_the_one_that_writes(store: Store, write: Write) -> None:
    process = run("-m", "decarb", "national", "submit", store.folder, write("A"))
    with disk.locked(store.lock):
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        assert read_ledger(store).last == 0
    process.communicate()
    assert process.returncode == 0
    assert read_ledger(store).last == 1


def test_readers_need_no_lock_and_see_whole_batches(store: Store, write: Write, small_batches: None) -> None:
    """At every step of a submission, what is read is the store as it was, or with whole batches more."""
    hand_in(store, write("A"), write("B"))
    seen: set[int] = set()
    patch = pytest.MonkeyPatch()

    def watched(function: Callable[..., None]) -> Callable[..., None]:
        def take(*arguments: Any) -> None:
            function(*arguments)
            seen.add(len(open_submissions(store, 2024)))

        return take

    with patch.context() as context:
        for name in STEPS:
            context.setattr(disk, name, watched(getattr(disk, name)))
        submit(store, [write(name) for name in "CDEF"], by="tester", jobs=1)
    assert seen == {6, 12, 18}
