"""What was received, refused and superseded, by year, region and category."""

from pathlib import Path

import pytest

from decarb.national.store import Status, Store, read_ledger, store_status
from tests.national.store.conftest import Write, hand_in


@pytest.fixture
def national(store: Store, write: Write, tmp_path: Path) -> Store:
    (tmp_path / "broken.json").write_bytes(b"{")
    hand_in(
        store,
        write("A", category="101"),
        write("A", quantity=2.0, category="101"),
        write("A", year=2023, category="101"),
        write("B", category="355", region="84"),
        write("C", department="69", quantity=-1.0),
        tmp_path / "broken.json",
    )
    return store


def counts(status: Status) -> dict[str, tuple[int, ...]]:
    rows = (*status.rows, status.total)
    return {
        row.group or ("" if row is not status.total else "total"): (
            row.received, row.current, row.superseded, row.refused, row.entities, row.lines,
        )
        for row in rows
    }  # fmt: skip


def test_by_year(national: Store) -> None:
    assert counts(store_status(read_ledger(national))) == {
        "": (1, 0, 0, 1, 0, 0),
        "2023": (1, 1, 0, 0, 1, 3),
        "2024": (4, 2, 1, 1, 2, 6),
        "total": (6, 3, 1, 2, 2, 9),
    }


def test_by_region_and_category_of_a_year(national: Store) -> None:
    status = store_status(read_ledger(national), 2024, "region")
    assert counts(status) == {
        "11": (2, 1, 1, 0, 1, 3),
        "84": (2, 1, 0, 1, 1, 3),
        "total": (4, 2, 1, 1, 2, 6),
    }
    assert status.of_no_year == 1
    assert counts(store_status(read_ledger(national), 2024, "category")) == {
        "": (1, 0, 0, 1, 0, 0),
        "101": (2, 1, 1, 0, 1, 3),
        "355": (1, 1, 0, 0, 1, 3),
        "total": (4, 2, 1, 1, 2, 6),
    }


def test_each_submission_is_of_one_kind_and_one_group(national: Store) -> None:
    ledger = read_ledger(national)
    for by in ("year", "region", "category"):
        status = store_status(ledger, by=by)
        assert sum(row.received for row in status.rows) == status.total.received == ledger.last
        for row in (*status.rows, status.total):
            assert row.received == row.current + row.superseded + row.refused


def test_an_empty_store(store: Store) -> None:
    assert counts(store_status(read_ledger(store))) == {"total": (0, 0, 0, 0, 0, 0)}
