"""What becomes of a document that is submitted, and of the same one again."""

import gzip
import hashlib
import json
import shutil
import threading
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from decarb.errors import InvalidInventoryError, UsageError
from decarb.factors import load_factors
from decarb.inventory import Limits, check_inventory
from decarb.national.store import Receipt, Store, check_store, read_ledger, refused_lines, submit
from tests.national.store.conftest import Write, codes, hand_in

BAD = sorted((Path(__file__).parents[3] / "examples" / "bad").glob("*.json"))


def test_a_document_is_kept_as_it_came_and_gets_a_receipt(store: Store, write: Write) -> None:
    path = write("Hôpital A", category="101")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\n\n")
    (receipt,) = hand_in(store, path)
    one = receipt.submission
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert store.original(digest).read_bytes() == path.read_bytes()
    assert (one.id, one.digest, one.verdict) == (f"00000001-{digest[:8]}", digest, "accepted")
    assert (one.entity, one.period, one.year) == ("Hôpital A", ("2024-01-01", "2024-12-31"), 2024)
    assert (one.by, one.file, one.lines, one.spends) == ("tester", str(path), 3, 1)
    assert one.at.endswith("+00:00")
    assert receipt == Receipt(one, repeated=False, supersedes="", superseded_by="")
    assert read_ledger(store).submissions == [one]


def test_the_same_bytes_twice_are_one(store: Store, write: Write, tmp_path: Path) -> None:
    path = write()
    (first,) = hand_in(store, path)
    shutil.copy(path, tmp_path / "copy.json")
    log = store.log.read_bytes()
    (again, copied) = hand_in(store, path, tmp_path / "copy.json")
    assert again.submission == copied.submission == first.submission
    assert (again.repeated, first.repeated) == (True, False)
    assert store.log.read_bytes() == log
    other = write("B")
    shutil.copy(other, tmp_path / "other.json")
    assert [receipt.repeated for receipt in hand_in(store, other, tmp_path / "other.json")] == [False, True]
    assert read_ledger(store).last == 2


def test_a_resubmission_supersedes_and_erases_nothing(store: Store, write: Write) -> None:
    paths = [write(quantity=quantity) for quantity in (1.0, 2.0, 3.0)]
    receipts = [hand_in(store, path)[0] for path in paths]
    assert [receipt.supersedes for receipt in receipts] == ["", receipts[0].submission.id, receipts[1].submission.id]
    ledger = read_ledger(store)
    assert [ledger.counts(one) for one in ledger.submissions] == [False, False, True]
    for path in paths:
        assert store.original(hashlib.sha256(path.read_bytes()).hexdigest()).read_bytes() == path.read_bytes()
    # the first bytes again are the first submission, which another one has superseded: to go back is a new document
    (back,) = hand_in(store, paths[0])
    assert (back.submission, back.repeated) == (receipts[0].submission, True)
    assert back.superseded_by == receipts[1].submission.id
    assert [one.number for one in read_ledger(store).current()] == [3]


def test_in_one_run_the_later_file_supersedes(store: Store, write: Write, small_batches: None) -> None:
    receipts = hand_in(store, *(write("AB"[number % 2], quantity=number) for number in range(7)))
    assert [receipt.submission.supersedes for receipt in receipts] == [0, 0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("start", "end"), [("2024-01-02", "2024-12-31"), ("2023-07-01", "2024-06-30"), ("2024-12-31", "2025-12-30")]
)
def test_overlapping_periods_are_refused_by_name(
    store: Store, document: Callable[..., dict[str, Any]], tmp_path: Path, write: Write, start: str, end: str
) -> None:
    (first,) = hand_in(store, write("A"))
    path = tmp_path / "overlapping.json"
    path.write_text(json.dumps({**document("A", quantity=2.0), "period": {"start": start, "end": end}}))
    (refused,) = hand_in(store, path)
    (problem,) = refused.submission.problems
    assert problem.message() == (
        f"A submitted 2024-01-01 … 2024-12-31 already (receipt {first.submission.id}), which overlaps {start} … {end} "
        "without being the same period"
    )
    assert problem.hint() == "submit the same period to supersede it, or correct this one"
    assert (problem.file, problem.pointer) == (str(path), "/period")
    assert read_ledger(store).submissions[1].problems == refused.submission.problems
    assert not store.original(refused.submission.digest).exists()
    # it is refused for what the store holds: beside other years it is welcome
    (other,) = hand_in(store, write("A", year=2022))
    assert other.submission.verdict == "accepted"


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_what_is_refused_is_refused_in_the_words_of_validate(store: Store, path: Path) -> None:
    (receipt,) = hand_in(store, path)
    expected = [problem for problem in check_inventory(path)[1] if problem.severity == "error"]
    said = [(problem.place(), problem.message(), problem.hint("fr")) for problem in receipt.submission.problems]
    if expected:
        assert said == [(problem.place(), problem.message(), problem.hint("fr")) for problem in expected]
        assert receipt.submission.verdict == "refused"
        assert list(store.originals.iterdir()) == []
    else:  # refused by binding alone, which a store does not do
        assert receipt.submission.verdict == "accepted"
    (logged,) = read_ledger(store).submissions
    assert [problem.message("fr") for problem in logged.problems] == [
        problem.message("fr") for problem in receipt.submission.problems
    ]


def test_a_refused_document_is_logged_once_and_replaces_nothing(store: Store, write: Write, tmp_path: Path) -> None:
    hand_in(store, write("A"))
    path = write("A", quantity=-1.0)
    (first,), (again,) = hand_in(store, path), hand_in(store, path)
    assert codes(first.submission.problems) == ["negative-quantity"] * 4
    assert (first.submission, again.repeated) == (again.submission, True)
    assert [one.number for one in read_ledger(store).current()] == [1]
    assert (first.submission.entity, first.submission.year) == ("A", 2024)
    (tmp_path / "broken.json.gz").write_bytes(b"no")
    (broken,) = hand_in(store, tmp_path / "broken.json.gz")
    assert broken.submission.id == "00000003-unread"
    assert codes(broken.submission.problems) == ["archive-broken"]


def test_what_was_refused_is_judged_anew(store: Store, write: Write) -> None:
    path = write()
    (refused,) = submit(store, path, by="tester", limits=Limits(lines=2))
    assert codes(refused.submission.problems) == ["too-many-lines"]
    (accepted,) = hand_in(store, path)
    assert (accepted.submission.verdict, accepted.repeated) == ("accepted", False)


def test_every_form_that_ingest_takes(store: Store, write: Write, tmp_path: Path) -> None:
    data = [write(f"Hospital {number}").read_bytes() for number in range(5)]
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.json").write_bytes(data[0])
    (folder / "b.json.gz").write_bytes(gzip.compress(data[1]))
    (folder / "c.ndjson").write_bytes(data[2] + b"\n" + data[3])
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("inside.json", data[4])
    receipts = hand_in(store, folder, tmp_path / "*.zip")
    assert [Path(receipt.submission.file).name for receipt in receipts] == [
        "a.json", "b.json.gz", "c.ndjson:1", "c.ndjson:2", "inside.json",
    ]  # fmt: skip
    assert store.original(hashlib.sha256(data[1]).hexdigest()).read_bytes() == data[1]
    assert check_store(store).found == ()
    with pytest.raises(InvalidInventoryError):
        hand_in(store, tmp_path / "nobody.json")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201, "\udcff"])
def test_a_name_to_sign_with(store: Store, write: Write, name: str) -> None:
    with pytest.raises(UsageError) as raised:
        submit(store, write(), by=name)
    assert "is not a name to sign with: a text of at most 200 characters" in raised.value.problems[0].message()
    assert read_ledger(store).last == 0


def test_the_user_signs_by_default(store: Store, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "somebody")
    assert submit(store, write("A"))[0].submission.by == "somebody"

    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nobody)
    assert submit(store, write("B"))[0].submission.by == "-"


def test_receipts_are_given_in_order_and_once_they_are_in_the_log(
    store: Store, write: Write, small_batches: None
) -> None:
    given: list[Receipt] = []

    def see(receipts: Any) -> None:
        given.extend(receipts)
        assert read_ledger(store).last == len(given)

    done: list[tuple[int, int]] = []
    paths = [write(f"Hospital {number}") for number in range(9)]
    receipts = hand_in(store, *paths, given=see, progress=lambda now, total: done.append((now, total)))
    assert given == receipts
    assert [receipt.submission.file for receipt in receipts] == list(map(str, paths))
    assert done[-1] == (sum(path.stat().st_size for path in paths),) * 2


def test_nothing_is_left_of_drafts(store: Store, write: Write) -> None:
    hand_in(store, write("A"), write("A"), write("B", quantity=-1.0))
    assert list(store.drafts.iterdir()) == []


def test_submitters_on_several_threads_lose_nothing(store: Store, write: Write, small_batches: None) -> None:
    of_each = [[write(f"Hospital {number} {which % 3}", quantity=which) for number in range(8)] for which in range(4)]
    received: list[Receipt] = []
    work = [partial(hand_in, store, *paths) for paths in of_each]
    threads = [threading.Thread(target=lambda run=run: received.extend(run())) for run in work]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger = read_ledger(store)
    assert sorted(receipt.submission.number for receipt in received) == list(range(1, 33))
    assert {receipt.submission.id for receipt in received} == {one.id for one in ledger.submissions}
    assert len(list(ledger.current())) == 24
    assert check_store(store).found == ()


def test_lines_that_the_factors_refuse_are_told_to_who_submits(store: Store, write: Write) -> None:
    # the third line of each document names a factor that nobody has; the first ones bind
    receipts = hand_in(store, write("A"), write("B"))
    found = refused_lines(store, receipts, load_factors())
    assert set(found) == {1, 2}
    problem = found[1][0]
    assert (problem.code, problem.severity, problem.count) == ("unknown-factor", "warning", 1)
    assert problem.pointer.startswith("/energy/2")
    assert problem.file == receipts[0].submission.file
    # what was there before is not looked at again, nor what is superseded in the same run
    assert refused_lines(store, hand_in(store, Path(receipts[0].submission.file)), load_factors()) == {}
    twice = hand_in(store, write("C", quantity=1.0), write("C", quantity=2.0))
    assert set(refused_lines(store, twice, load_factors())) == {twice[1].submission.number}
