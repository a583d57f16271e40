"""The lines that have no factor, gathered from the tasks: they are refused in the words of a footprint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decarb.binding import Refusal
from decarb.binding.lines import bind_pairs
from decarb.binding.pairs import Keyed, pairs_of_keys
from decarb.binding.terms import Binder
from decarb.inventory import Inventory, LineTerms, Place, Spends
from decarb.inventory.columns import LineIds
from decarb.national.cluster.plan import Task
from decarb.national.cluster.table import Table
from decarb.national.store.ledger import Submission
from decarb.national.store.opening import read_ids

_COLUMNS = ("section", "position", "term", "place", "quantity", "activity_gsd2", "level")


@dataclass(frozen=True, slots=True)
class Unbound:
    """Lines of a task that have no factor: ``document`` and ``row`` in it, then columns; and what they say was paid."""

    document: NDArray[np.int64]
    row: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]
    ids: tuple[str, ...]
    spends: dict[str, NDArray[Any]]


def find_unbound(task: Task, table: Table) -> Unbound:
    """Return the lines of a task that have no factor; InvalidStoreError if a part is damaged."""
    columns = table.columns(task, "section", "position", "quantity", "activity_gsd2")
    lines = np.flatnonzero(~table.is_bound[columns["pair"]])
    place = np.searchsorted(task.starts, lines, side="right") - 1
    spends = task.spends()
    if spends:
        kept = np.isin(spends["line"], lines)
        spends = {name: values[kept] for name, values in spends.items()}
        spends["line"] = np.searchsorted(lines, spends["line"])
    ids = read_ids(task.store, task.year, tuple(task.parts), task.first, lines)
    of_lines = {name: columns[name][lines] for name in _COLUMNS}
    return Unbound(task.documents[place], lines - task.starts[place], of_lines, ids, spends)


def refusals_of(
    found: Sequence[Unbound], current: Sequence[Submission], terms: Sequence[LineTerms], keyed: Keyed, binder: Binder,
    places: Sequence[Place],
) -> tuple[Refusal, ...]:  # fmt: skip
    """Why lines are refused, in document order: as a footprint of all the submissions says it.

    Parameters
    ----------
    terms, keyed, places
        What the codes of the table mean.
    """
    document = np.concatenate([one.document for one in found])
    order = np.lexsort((np.concatenate([one.row for one in found]), document))
    columns = {name: np.concatenate([one.columns[name] for one in found])[order] for name in _COLUMNS}
    ids = [line_id for one in found for line_id in one.ids]
    inventory = Inventory(
        establishments=tuple(one.establishment for one in current if one.establishment),
        terms=tuple(terms),
        places=tuple(places),
        establishment=document[order].astype(np.int32),
        section=columns["section"],
        position=columns["position"],
        term=columns["term"],
        place=columns["place"],
        quantity=columns["quantity"],
        activity_gsd2=columns["activity_gsd2"],
        ids=LineIds.of(ids[line] for line in order.tolist()),
        spends=_spends(found, order),
        documents_read=False,
    )
    pairs = pairs_of_keys(inventory, keyed, columns["level"])
    return bind_pairs(inventory, inventory, pairs, binder).refusals


def _spends(found: Sequence[Unbound], order: NDArray[np.intp]) -> Spends:
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    starts = np.cumsum([0, *(len(one.row) for one in found)])
    pieces = [(start, one.spends) for start, one in zip(starts.tolist(), found, strict=False) if one.spends]
    line = np.concatenate([np.empty(0, np.int64), *(place[start + said["line"]] for start, said in pieces)])
    term = np.concatenate([np.empty(0, np.int32), *(said["term"] for _, said in pieces)])
    quantity = np.concatenate([np.empty(0), *(said["quantity"] for _, said in pieces)])
    ascending = np.argsort(line, kind="stable")
    return Spends(line[ascending], term[ascending], quantity[ascending])
