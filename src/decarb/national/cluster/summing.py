"""Second pass: what the lines of a task come to; and what the tasks come to, in the order of the plan."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, RefusedLinesError
from decarb.footprint.exposing import activity_sigma
from decarb.inventory import SECTIONS
from decarb.kernels import Exposures, accumulate, expose
from decarb.national.breakdown import BoundColumns, amounts_by_domain, amounts_of_cells
from decarb.national.cluster.plan import Task
from decarb.national.cluster.table import Table
from decarb.reporting import GASES

Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Partial:
    """What the lines of a task come to.

    Attributes
    ----------
    documents : array of shape (documents,)
        Position of each document among those of the year.
    amounts
        Of these documents, as in ``Summed``.
    exposures
        Of the groups of the table, as in ``Summed``: sums over the documents of this task alone.
    unbound
        How many lines have no factor, and are left out.
    """

    documents: NDArray[np.int64]
    amounts: Float64s
    exposures: Exposures
    unbound: int


def sum_task(task: Task, table: Table) -> Partial:
    """Add the lines of a task up: each document by itself in the order of its lines, on one thread.

    Raises
    ------
    InvalidStoreError
        If a part is damaged.
    RefusedLinesError
        If a sum is beyond the largest number.
    """
    by_domain = "domain" in table.by
    columns = table.columns(task, "quantity", "activity_gsd2", *(("section",) if by_domain else ()))
    pair, quantity, documents = columns["pair"], columns["quantity"], len(task.documents)
    document = task.of_line(np.arange(documents, dtype=np.int32))
    shape = (documents, len(table.keys), len(GASES))
    with np.errstate(over="ignore", invalid="ignore"):  # refused by name just below
        values, present = accumulate(
            document,
            pair,
            quantity,
            table.pointer,
            table.cell,
            table.coefficient,
            documents,
            shape[1] * shape[2],
            threads=1,
            path=table.path,
        )
    if not np.isfinite(values).all():
        raise RefusedLinesError([Problem("total-not-finite", {})])
    group, groups = task.of_line(task.groups.astype(np.int32)), table.groups
    if by_domain:
        lines = BoundColumns(document, columns["section"], pair, quantity)
        amounts = amounts_by_domain(lines, table, documents, table.by, table.view_name, threads=1, path=table.path)
        group, groups = group * np.int32(len(SECTIONS)) + columns["section"], groups * len(SECTIONS)
    else:
        amounts = amounts_of_cells(values.reshape(shape), present.reshape(shape), table, table.by, table.view_name)
    bound = table.is_bound[pair]
    sigma = activity_sigma(columns["activity_gsd2"])
    counted = pair if bound.all() else np.where(bound, pair, np.int32(-1))
    exposures = expose(group, counted, quantity, sigma, groups, table.pairs, threads=1, path=table.path)
    return Partial(task.documents, amounts, exposures, int(np.count_nonzero(~bound)))


class Merged:
    """What the tasks come to so far; they are to be added in the order of the plan, or the last bits differ."""

    def __init__(self, documents: int, groups: int, pairs: int) -> None:
        self.unbound = 0
        self._documents, self._groups, self._pairs = documents, groups, pairs
        self._amounts: Float64s | None = None
        self._sums = np.zeros((4, groups * pairs))
        self._seen = np.zeros(groups * pairs, dtype=np.bool_)

    def add(self, partial: Partial) -> None:
        """Take what the next task comes to."""
        if self._amounts is None:
            self._amounts = np.full((self._documents, *partial.amounts.shape[1:]), np.nan)
        self._amounts[partial.documents] = partial.amounts
        found = partial.exposures
        place = np.repeat(np.arange(self._groups), np.diff(found.pointer)) * self._pairs + found.pair
        self._seen[place] = True
        for sums, values in zip(self._sums, (found.quantity, found.mean, found.second, found.third), strict=True):
            sums[place] += values  # a group has a pair once
        self.unbound += partial.unbound

    def add_all(self, partials: Iterable[Partial]) -> "Merged":
        """Take what the tasks come to, in their order."""
        for partial in partials:
            self.add(partial)
        return self

    @property
    def amounts(self) -> Float64s:
        """As in ``Summed``."""
        return np.full((self._documents, 1, 1, 1), np.nan) if self._amounts is None else self._amounts

    @property
    def exposures(self) -> Exposures:
        """As in ``Summed``."""
        used = np.flatnonzero(self._seen)
        pointer = np.searchsorted(used, np.arange(self._groups + 1) * self._pairs)
        return Exposures(pointer, (used % self._pairs).astype(np.int32), *self._sums[:, used])
