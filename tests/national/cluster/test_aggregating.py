"""A store added up task by task, beside the footprint of all of it at once; refusals in the same words."""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from decarb.errors import InvalidInventoryError, InvalidStoreError, RefusedLinesError, UsageError
from decarb.factors import load_factors
from decarb.footprint import Footprint, compute_footprint
from decarb.national.aggregating import Aggregates, aggregate
from decarb.national.cluster import OnExecutor, aggregate_store
from decarb.national.cluster.plan import Task
from decarb.national.store import Store, open_submissions
from tests.binding.test_medicine_lines import SPEND, VACCINES, coded, medicines
from tests.national.cluster.conftest import example, same_bits

__all__ = ["medicines"]

TABLES = [
    ("region", "post"),
    ("post", "region"),
    ("category",),
    ("post",),
    ("size", "gas"),
    ("domain", "region"),
    ("department", "domain"),
    ("domain", "post"),
    ("region", "size"),
    ("post", "gas"),
]
ONE_PART = 1
"""Lines after which a task is full: every part is one."""


def agree(one: Aggregates, other: Aggregates) -> None:
    """Totals to the last bit; bounds, which are sums in another order, to 1e-13 of their size."""
    assert (one.by, one.rows, one.columns, one.warnings) == (other.by, other.rows, other.columns, other.warnings)
    for name in ("value", "entities", "sites"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    assert np.array_equal(one.contributions.amount, other.contributions.amount)
    for name in ("low", "high"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-13, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("by", TABLES, ids="-".join)
@pytest.mark.parametrize("view", ["beges", "ghg-protocol"])
def test_tasks_come_to_what_the_footprint_does(
    store: Store, footprint: Footprint, by: tuple[str, ...], view: str
) -> None:
    found = aggregate_store(store, 2024, by, view_name=view, lines_of_a_task=ONE_PART)
    agree(found.aggregates, aggregate(footprint, by, view_name=view))
    assert found.lines == len(footprint.inventory)
    assert (found.gwp_set, found.library.digest, found.is_partial) == ("AR6", footprint.library.digest, False)


def test_the_store_has_what_makes_tasks_differ(store: Store, footprint: Footprint) -> None:
    """Otherwise the other tests would say little: several parts, levels of medicines, places that matter."""
    assert len(list(store.columns.glob("year=2024/*.parquet"))) == 5
    assert len(set(footprint.binding.pairs.products)) > 1
    assert len(set(footprint.binding.pairs.geography)) > 1


def test_medicines_are_counted_by_what_was_paid_document_by_document(
    hand_in: Callable[..., Store], make: Any, medicines: Any
) -> None:
    """A lone vaccine by its 100 EUR, eight of them by the mean box; a credit gives back."""
    lines = [
        [coded(VACCINES[0], 3, spend=SPEND)],
        [coded(code, 3, spend=SPEND) for code in VACCINES[:8]],
        [coded(VACCINES[1], 3, spend=SPEND), coded(VACCINES[1], -1, spend=SPEND, credit=True)],
        [coded(VACCINES[0], 3, spend=SPEND), coded(VACCINES[2], 5)],
    ]
    heads = [{"name": f"H{number}", "region": region} for number, region in enumerate(("11", "52", "11", "52"))]
    store = hand_in(
        *(
            make.document(*each, section="medicines", establishment=head)
            for each, head in zip(lines, heads, strict=True)
        )
    )
    footprint = compute_footprint(open_submissions(store, 2024), medicines=medicines)
    assert footprint.inventory is not footprint.binding.given  # some are counted by what was paid
    for by in (("region", "post"), ("domain",)):
        for lines_of_a_task in (ONE_PART, 1000):
            found = aggregate_store(store, 2024, by, medicines=medicines, lines_of_a_task=lines_of_a_task)
            agree(found.aggregates, aggregate(footprint, by))


class InWhateverOrder:
    """Tasks worked on in another order than that of the plan."""

    def run(self, function: Callable[[Task, Any], Any], tasks: Sequence[Task], shared: Any) -> Iterator[Any]:
        order = list(range(len(tasks)))
        random.Random(1).shuffle(order)
        done = {number: function(tasks[number], shared) for number in order}
        return (done[number] for number in range(len(tasks)))


@pytest.mark.parametrize("by", [("region", "post"), ("domain",)], ids="-".join)
def test_who_works_changes_no_bit(store: Store, by: tuple[str, ...]) -> None:
    here = aggregate_store(store, 2024, by, lines_of_a_task=ONE_PART).aggregates
    shuffled = aggregate_store(store, 2024, by, lines_of_a_task=ONE_PART, runner=InWhateverOrder()).aggregates
    assert same_bits(here, shuffled)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        elsewhere = aggregate_store(store, 2024, by, lines_of_a_task=ONE_PART, runner=OnExecutor(pool, 1)).aggregates
    assert same_bits(here, elsewhere)


def test_the_path_of_the_kernels_changes_no_bit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    by = ("region", "domain")
    in_numpy = aggregate_store(store, 2024, by).aggregates
    monkeypatch.setattr("decarb.national.cluster.aggregating.COMPILED_FROM", 0)
    assert same_bits(in_numpy, aggregate_store(store, 2024, by).aggregates)


def test_progress_is_told_to_the_end(store: Store) -> None:
    told: list[tuple[int, int]] = []
    found = aggregate_store(store, 2024, ("post",), lines_of_a_task=ONE_PART, progress=lambda *both: told.append(both))
    assert len(told) == 10  # five parts, twice
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (2 * found.lines, 2 * found.lines)


# ---------------------------------------------------------------- refusals


@pytest.fixture(scope="module")
def refused(hand_in: Callable[..., Store]) -> Store:
    """Lines without a factor in several documents and parts, of a place, with an amount of money, of a medicine."""
    documents = [example("clinique", number) for number in range(3)]
    documents += [example("pharmacie-par-code", 3), example("ehpad", 4)]
    documents[4]["energy"][0]["factor"] = "no-such-factor"
    documents[0]["energy"].append({"id": "unknown", "factor": "no-such-factor", "quantity": 3, "unit": "MWh"})
    documents[2]["energy"].append({"id": "litres", "factor": "electricity-fr-2024", "quantity": 3, "unit": "L"})
    money = {"factor": "spend", "quantity": 120.0, "unit": "EUR"}
    documents[1]["energy"].append({"id": "paid", "factor": "gone", "quantity": 3, "unit": "kg", "spend": money})
    unknown = {"system": "CIP13", "value": "3400930000007"}
    documents[3]["medicines"].insert(0, {"id": "box", "code": unknown, "quantity": 1, "unit": "boîte"})
    return hand_in(*documents)


def words_of(problems: Sequence[Any]) -> list[dict[str, Any]]:
    return [problem.to_dict("fr") for problem in problems]


def test_refusals_are_those_of_the_footprint(refused: Store) -> None:
    with pytest.raises(RefusedLinesError) as by_footprint:
        compute_footprint(open_submissions(refused, 2024))
    with pytest.raises(InvalidInventoryError) as by_tasks:
        aggregate_store(refused, 2024, ("post",), lines_of_a_task=ONE_PART)
    assert words_of(by_tasks.value.problems) == words_of(by_footprint.value.problems)
    assert {problem.line_id for problem in by_tasks.value.problems} >= {"unknown", "litres", "paid"}


def test_without_refused_lines_the_rest_is_added_up(refused: Store) -> None:
    footprint = compute_footprint(open_submissions(refused, 2024), partial=True)
    found = aggregate_store(refused, 2024, ("region", "post"), partial=True, lines_of_a_task=ONE_PART)
    agree(found.aggregates, aggregate(footprint, ("region", "post")))
    assert found.is_partial
    assert [words_of(one.problems) for one in found.refusals] == [
        words_of(one.problems) for one in footprint.binding.refusals
    ]
    stakes = [one.stake_kgco2e for one in found.refusals]
    assert stakes == [one.stake_kgco2e for one in footprint.binding.refusals]


def test_nothing_left_is_refused_though_partial(hand_in: Callable[..., Store], make: Any) -> None:
    store = hand_in(make.document(make.line("no-such-factor", 1, "kg")))
    with pytest.raises(InvalidInventoryError, match="no-such-factor"):
        aggregate_store(store, 2024, ("post",), partial=True)


def test_a_sum_beyond_numbers_is_refused(hand_in: Callable[..., Store], make: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("id,name,unit,value,activity,source\nhuge,Huge,kg,1e300,other,Nobody\n", encoding="utf-8")
    store = hand_in(make.document(make.line("huge", 1e15, "kg")))
    with pytest.raises(InvalidInventoryError) as refusal:
        aggregate_store(store, 2024, ("post",), library=load_factors(path))
    assert [problem.code for problem in refusal.value.problems] == ["total-not-finite"]


def test_gwp_sets_that_differ_are_refused(hand_in: Callable[..., Store], make: Any) -> None:
    line = make.line("electricity-fr-2024", 1, "kWh")
    heads = [({"name": str(gwp)}, {"gwp_set": gwp}) for gwp in ("AR5", "AR6")]
    store = hand_in(*(make.document(line, establishment=head, method=method) for head, method in heads))
    with pytest.raises(InvalidInventoryError) as refusal:
        aggregate_store(store, 2024, ("post",))
    assert [problem.code for problem in refusal.value.problems] == ["gwp-sets-differ"]
    assert aggregate_store(store, 2024, ("post",), gwp="AR5").gwp_set == "AR5"


def test_a_year_of_nobody_is_refused(store: Store) -> None:
    with pytest.raises(UsageError) as refusal:
        aggregate_store(store, 2020, ("post",))
    assert refusal.value.problems[0].parameters == {"value": 2020, "known": [2023, 2024]}


def test_a_damaged_part_is_named(hand_in: Callable[..., Store], make: Any) -> None:
    store = hand_in(make.document(make.line("electricity-fr-2024", 1, "kWh")))
    (part,) = store.columns.rglob("*.parquet")
    part.write_bytes(b"PAR1")
    with pytest.raises(InvalidStoreError) as refusal:
        aggregate_store(store, 2024, ("post",))
    assert refusal.value.problems[0].code == "store-part-damaged"
    assert refusal.value.problems[0].file == str(part)
