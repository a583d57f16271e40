"""Each kind of damage is found and named; what can be made again from the documents is."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from decarb.national.store import Checked, Store, check_store, open_submissions, read_ledger
from tests.national.store.conftest import Write, codes, hand_in
from tests.national.store.test_opening import assert_same


@pytest.fixture
def national(store: Store, write: Write, small_batches: None) -> Store:
    paths = [write(f"Hospital {number}", year=2023 + number % 2, quantity=number) for number in range(6)]
    hand_in(store, *paths, write("Hospital 1", quantity=9), write("Hospital 9", quantity=-1))
    return store


def content(store: Store) -> dict[str, bytes]:
    files = (path for path in store.folder.rglob("*") if path.is_file())
    return {str(path.relative_to(store.folder)): path.read_bytes() for path in files}


def flip(path: Path) -> None:
    """Change a bit of the first page of a table, or of the first record of a log."""
    data = path.read_bytes()
    path.write_bytes(data[:40] + bytes([data[40] ^ 4]) + data[41:])


def parts(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.parquet"))


def change_a_quantity(store: Store) -> None:
    path = parts(store.columns)[0]
    table = pq.read_table(path, partitioning=None)
    quantities = [value + (row == 1) for row, value in enumerate(table.column("quantity").to_pylist())]
    at = table.schema.get_field_index("quantity")
    pq.write_table(table.set_column(at, table.schema.field(at), pa.array(quantities)), path)


def swap_two_terms(store: Store) -> None:
    path = parts(store.terms)[0]
    table = pq.read_table(path)
    order = pa.array([1, 0, *range(2, len(table))])
    swapped = table.take(order).set_column(0, table.schema.field(0), table.column(0))
    pq.write_table(swapped, path)


def add_a_stray(store: Store) -> None:
    shutil.copy(parts(store.columns)[0], parts(store.columns)[0].with_name("00000001-00000001.parquet"))


DAMAGES: dict[str, tuple[Callable[[Store], object], str]] = {
    "no-part": (lambda store: parts(store.columns)[1].unlink(), "store-part-damaged"),
    "no-year": (lambda store: shutil.rmtree(store.columns / "year=2023"), "store-part-damaged"),
    "a-flipped-part": (lambda store: flip(parts(store.columns)[0]), "store-part-damaged"),
    "an-empty-part": (lambda store: parts(store.spends)[0].write_bytes(b""), "store-part-damaged"),
    "another-quantity": (change_a_quantity, "store-columns-differ"),
    "no-terms": (lambda store: parts(store.terms)[0].unlink(), "store-part-damaged"),
    "flipped-terms": (lambda store: flip(parts(store.terms)[-1]), "store-part-damaged"),
    "other-terms": (swap_two_terms, "store-part-damaged"),
    "no-places": (lambda store: parts(store.places)[0].unlink(), "store-part-damaged"),
    "a-stray": (add_a_stray, "store-stray"),
    "flipped-submissions": (lambda store: flip(store.submissions), "store-part-damaged"),
    "no-sections": (lambda store: store.sections.unlink(), "store-part-damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_repaired_from_the_documents(national: Store, damage: str) -> None:
    whole, before = content(national), open_submissions(national, 2024)
    do, code = DAMAGES[damage]
    do(national)
    checked = check_store(national)
    assert set(codes(checked.found)) == {code}
    assert checked.repaired == ()
    assert all(problem.hint() and str(national.folder) in problem.file for problem in checked.found)
    repaired = check_store(national, repair=True)
    assert repaired.found == repaired.repaired == checked.found
    assert check_store(national).found == ()
    assert content(national) == whole
    assert_same(open_submissions(national, 2024), before)


def test_all_columns_are_made_again(national: Store) -> None:
    whole = content(national)
    for folder in (national.columns, national.spends, national.terms, national.places):
        shutil.rmtree(folder)
        folder.mkdir()
    national.submissions.unlink()
    assert check_store(national, repair=True).found
    assert content(national) == whole
    assert check_store(national).found == ()


def only(checked: Checked) -> str:
    (problem,) = checked.found
    return f"{problem.message()} → {problem.hint()}"


def test_a_lost_or_changed_document_is_named_and_its_columns_are_kept(national: Store) -> None:
    whole, before = content(national), open_submissions(national, 2024)
    one = read_ledger(national).submissions[1]
    path = national.original(one.digest)
    path.unlink()
    assert f"the document of receipt {one.id} ({one.file}) cannot be read: No such file" in only(check_store(national))
    path.write_bytes(b"{}")
    found = hashlib.sha256(b"{}").hexdigest()
    assert f"({one.file}) is not what was submitted: its sha256 is {found} → restore" in only(check_store(national))
    national.part(national.columns, one.batch, one.year).write_bytes(b"")
    # without the document, its lines are lost: nothing is written that holds a part of a batch
    checked = check_store(national, repair=True)
    assert checked.repaired == ()
    assert set(codes(checked.found)) == {"store-original-damaged", "store-part-damaged"}
    path.write_bytes(whole[f"originals/{one.digest}.json"])
    check_store(national, repair=True)
    assert content(national) == whole
    assert_same(open_submissions(national, 2024), before)


def test_codes_are_lost_with_a_document_and_its_dictionary(national: Store) -> None:
    one = read_ledger(national).submissions[0]
    national.original(one.digest).unlink()
    flip(parts(national.terms)[0])
    checked = check_store(national, repair=True)
    assert codes(checked.found) == ["store-original-unreadable", "store-codes-lost"]
    assert checked.repaired == ()


def test_a_damaged_log_is_found_and_nothing_is_swept_or_written(national: Store) -> None:
    flip(national.log)
    before = content(national)
    checked = check_store(national, repair=True)
    assert "store-log-damaged" in codes(checked.found)
    assert checked.repaired == ()
    assert content(national) == before


def test_a_log_without_its_end_is_found(national: Store) -> None:
    lines = national.log.read_bytes().splitlines(keepends=True)
    national.log.write_bytes(b"".join(lines[:-2]))
    assert codes(check_store(national).found) == ["store-log-damaged"]


def test_what_a_stopped_run_left_is_no_damage(national: Store, write: Write) -> None:
    (national.originals / f"{'0' * 64}.json").write_bytes(b"{}")
    shutil.copy(parts(national.columns)[0], parts(national.columns)[0].with_name("00000009-00000009.parquet"))
    (national.drafts / "abandoned").mkdir()
    (national.drafts / "abandoned" / "half").write_bytes(b"{")
    checked = check_store(national)
    assert (checked.found, checked.left_behind) == ((), 3)
    hand_in(national, write("Hospital 20"))
    checked = check_store(national)
    assert (checked.found, checked.left_behind) == ((), 0)


def test_counts(national: Store) -> None:
    done: list[tuple[int, int]] = []
    checked = check_store(national, jobs=2, progress=lambda now, total: done.append((now, total)))
    assert (checked.submissions, checked.documents, checked.lines) == (8, 7, 21)
    total = sum(path.stat().st_size for path in national.originals.iterdir())
    assert done[-1] == (total, total)
