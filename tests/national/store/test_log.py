"""The log: what is read of it is what was acknowledged, whatever was cut off its end; damage before is refused."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decarb.errors import InvalidStoreError
from decarb.national.store import Store, init_store, read_ledger, submit
from decarb.national.store.ledger import Ledger
from decarb.national.store.log import Position, encode, read_on
from tests.national.store.conftest import Write, hand_in


@pytest.fixture
def filled(store: Store, write: Write, small_batches: None) -> Store:
    """Five submissions in three batches; one is superseded, one refused."""
    (store.folder.parent / "bad.json").write_bytes(b'{"a":')
    paths = [write("A"), write("B"), write("A", quantity=2.0), store.folder.parent / "bad.json", write("C")]
    hand_in(store, *paths)
    return store


def test_records_come_back_as_they_were_written(filled: Store) -> None:
    ledger = read_ledger(filled)
    assert [one.batch for one in ledger.submissions] == [(1, 2), (1, 2), (3, 4), (3, 4), (5, 5)]
    assert [one.verdict for one in ledger.submissions] == ["accepted"] * 3 + ["refused", "accepted"]
    assert encode(ledger.submissions, Position())[0] == filled.log.read_bytes()
    assert [one.number for one in ledger.current()] == [2, 3, 5]
    assert ledger.successor == {1: 3}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_whatever_is_cut_off_the_end_whole_batches_are_read(filled: Store, data: st.DataObject) -> None:
    whole = filled.log.read_bytes()
    size = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.sampled_from([b"", b"\0" * 7, b"{", b"null\n", b"\xff\n[]\n", b'{"batch": 3}\n']))
    ends = {0: 0, 2: 0, 4: 0, 5: 0}
    for number, line in enumerate(whole.splitlines(keepends=True), start=1):
        for count in ends:
            ends[count] += len(line) if number <= count else 0
    try:
        filled.log.write_bytes(whole[:size] + junk)
        ledger = Ledger()
        position, torn = read_on(filled, ledger, Position())
    finally:
        filled.log.write_bytes(whole)
    expected = max(count for count, end in ends.items() if end <= size)
    assert ledger.last == expected
    assert (position.size, torn) == (ends[expected], size + len(junk) - ends[expected])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(data=st.data())
def test_damage_before_the_last_batch_is_never_taken_for_a_torn_end(filled: Store, data: st.DataObject) -> None:
    whole = filled.log.read_bytes()
    last = sum(map(len, whole.splitlines(keepends=True)[:4]))
    at = data.draw(st.integers(0, last - 1))
    try:
        filled.log.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
        with pytest.raises(InvalidStoreError) as raised:
            read_ledger(filled)
    finally:
        filled.log.write_bytes(whole)
    (problem,) = raised.value.problems
    assert "the log does not go on from here as it did when receipts were given" in problem.message()
    assert "restore the log from a copy" in problem.hint()


def test_an_acknowledged_end_that_is_lost_is_not_swept_away(filled: Store, write: Write) -> None:
    whole = filled.log.read_bytes()
    lines = whole.splitlines(keepends=True)
    originals = sorted(filled.originals.iterdir())
    for cut in (whole[:-5], b"".join(lines[:4]), lines[0], b""):
        filled.log.write_bytes(cut)
        with pytest.raises(InvalidStoreError) as raised:
            hand_in(filled, write("D"))
        assert raised.value.problems[0].code == "store-log-damaged"
        assert sorted(filled.originals.iterdir()) == originals
    filled.log.unlink()
    with pytest.raises(InvalidStoreError):
        hand_in(filled, write("D"))
    filled.log.write_bytes(whole)
    assert hand_in(filled, write("D"))[0].submission.number == 6


def test_a_torn_end_is_repaired_by_the_next_submission(filled: Store, write: Write) -> None:
    whole = filled.log.read_bytes()
    filled.log.write_bytes(whole + b'{"number":6,"receipt":"00000006-0123abcd","batch":[6,8],"prev')
    assert read_ledger(filled).last == 5
    assert hand_in(filled, write("D"))[0].submission.number == 6
    assert filled.log.read_bytes().startswith(whole)
    assert read_ledger(filled).last == 6


def test_each_line_names_the_one_before(filled: Store, tmp_path: Path, write: Write) -> None:
    # a record of another store, whole as it is, is not one of this
    other = init_store(tmp_path / "other")
    submit(other, [write("X"), write("Y")], by="someone")
    filled.log.write_bytes(filled.log.read_bytes() + other.log.read_bytes())
    with pytest.raises(InvalidStoreError) as raised:
        read_ledger(filled)
    assert raised.value.problems[0].parameters["line"] == 6
