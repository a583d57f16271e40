"""What counts of a year, as an inventory: that of its documents read by themselves."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decarb.errors import InvalidStoreError, UsageError
from decarb.footprint import compute_footprint
from decarb.inventory import Inventory, read_inventory
from decarb.national.store import Store, check_store, init_store, open_submissions, submit, submitting
from tests.national.store.conftest import Write, hand_in


def assert_same(found: Inventory, expected: Inventory) -> None:
    assert [(one.name, one.identity, one.digest) for one in found.establishments] == [
        (one.name, one.identity, one.digest) for one in expected.establishments
    ]
    assert (found.terms, found.places) == (expected.terms, expected.places)
    for name in ("establishment", "section", "position", "term", "place", "quantity", "activity_gsd2"):
        values, others = getattr(found, name), getattr(expected, name)
        assert values.dtype == others.dtype
        np.testing.assert_array_equal(values, others)
    assert list(found.ids) == list(expected.ids)
    for name in ("line", "term", "quantity"):
        np.testing.assert_array_equal(getattr(found.spends, name), getattr(expected.spends, name))


def test_the_inventory_of_the_documents_that_count(store: Store, write: Write, small_batches: None) -> None:
    first = [write(f"Hospital {number}", quantity=number) for number in range(7)]
    hand_in(store, *first, write("Hospital 1", year=2023), write("Hospital 9", quantity=-1))
    later = [write(f"Hospital {number}", quantity=number + 0.5) for number in (5, 2)]
    hand_in(store, *later)
    inventory = open_submissions(store, 2024)
    current = [path for number, path in enumerate(first) if number not in (5, 2)]
    expected = read_inventory(*current, *later)
    assert_same(inventory, expected)
    assert [inventory.ids[line] for line in (0, 5, -1)] == [expected.ids[line] for line in (0, 5, -1)]
    assert inventory.ids[2:5] == expected.ids[2:5]
    assert inventory.ids.index("line-2", 4) == 4
    assert "nothing" not in inventory.ids
    assert not inventory.documents_read
    totals = [compute_footprint(one, partial=True).row_totals("beges") for one in (inventory, expected)]
    assert totals[0].tobytes() == totals[1].tobytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    runs=st.lists(
        st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from([2023, 2024]), st.integers(0, 3)), max_size=5),
        min_size=1,
        max_size=4,
    ),
    batch=st.integers(1, 4),
)
def test_any_submissions_in_any_runs_and_batches(
    tmp_path_factory: pytest.TempPathFactory,
    document: Callable[..., dict[str, Any]],
    runs: list[list[tuple[str, int, int]]],
    batch: int,
) -> None:
    """Held against a dictionary: of each entity and year, the document that came last and was not seen before."""
    folder = tmp_path_factory.mktemp("runs")
    store = init_store(folder / "store")
    counts: dict[tuple[str, int], Path] = {}
    seen: set[tuple[str, int, int]] = set()
    for number, run in enumerate(runs):
        paths = []
        for place, (name, year, quantity) in enumerate(run):
            path = folder / f"{number}-{place}.json"
            path.write_text(json.dumps(document(name, year, quantity)))
            paths.append(path)
            if (name, year, quantity) not in seen:
                counts[name, year] = path
            seen.add((name, year, quantity))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(submitting, "BATCH_DOCUMENTS", batch)
            if paths:
                submit(store, paths, by="tester", jobs=2)
    for year in (2023, 2024):
        current = [path for (_, of), path in counts.items() if of == year]
        if current:
            assert_same(open_submissions(store, year), read_inventory(*current))
        else:
            with pytest.raises(UsageError):
                open_submissions(store, year)
    assert check_store(store).found == ()


def test_a_year_without_submissions_names_those_that_have(store: Store, write: Write) -> None:
    hand_in(store, write(year=2023))
    with pytest.raises(UsageError) as raised:
        open_submissions(store, 2024)
    assert raised.value.problems[0].message() == "nobody submitted for 2024"
    assert raised.value.problems[0].hint() == "years in the store: 2023"


@pytest.mark.parametrize("folder", ["columns", "spends", "terms", "places"])
@pytest.mark.parametrize("how", ["gone", "cut", "flipped"])
def test_damaged_columns_are_refused_and_not_computed(store: Store, write: Write, folder: str, how: str) -> None:
    hand_in(store, write("A"), write("B"))
    (part,) = (store.folder / folder).rglob("*.parquet")
    data = part.read_bytes()
    if how == "gone":
        part.unlink()
    else:
        part.write_bytes(data[: len(data) // 2] if how == "cut" else data[:40] + bytes([data[40] ^ 1]) + data[41:])
    with pytest.raises(InvalidStoreError) as raised:
        list(open_submissions(store, 2024).ids)
    assert "decarb national fsck STORE --repair" in raised.value.problems[0].hint()
