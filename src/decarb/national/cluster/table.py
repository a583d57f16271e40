"""What every task is sent of the factors: coefficients of pairs, and how lines find theirs. No library is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decarb.kernels import Path
from decarb.national.cluster.plan import Task
from decarb.national.cluster.surveying import CodedLines, Numbering, coded_lines, columns_of_pairs
from decarb.reporting import Rule

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """Coefficients of all pairs of a store, as ``Binding`` has them, and what finds the pair of a line.

    Attributes
    ----------
    numbering
        Of the terms and places of the store, then of what medicines are counted by for what was paid.
    of_key : arrays of shape (pairs or more,)
        Keys in use, and the pair of each.
    paid, taken : arrays of shape (spends,)
        Terms, terms of the amount and level as one number, ascending; the terms that such a line is counted by, its own
        where its quantity is the better rung.
    keys, pointer, cell, coefficient, is_bound
        As in ``Binding``.
    by, view_name, groups
        What is told apart, how it is read, and how many groups of documents there are.
    path
        Of the kernels.
    """

    numbering: Numbering
    of_key: tuple[Int32s, Int32s]
    paid: Int64s
    taken: Int32s
    keys: tuple[tuple[Rule, str], ...]
    pointer: Int64s
    cell: Int32s
    coefficient: Float64s
    is_bound: NDArray[np.bool_]
    by: tuple[str, ...]
    view_name: str
    groups: int
    path: Path | None

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return len(self.is_bound)

    def columns(self, task: Task, *names: str) -> dict[str, NDArray[Any]]:
        """Columns of the lines of a task with these names, as they are counted, and ``pair``."""
        wanted = dict.fromkeys((*names, *columns_of_pairs(self.numbering.keys)))
        columns = task.columns(*wanted)
        lines = coded_lines(task, self.numbering, columns)
        if len(lines.paid.line):
            columns["term"], columns["quantity"] = self._counted(lines, columns["quantity"])
        keys = self.numbering.keys
        pair = np.full(keys.size, -1, dtype=np.int32)
        pair[self.of_key[0]] = self.of_key[1]
        columns["pair"] = pair[keys.of_lines(columns["term"], columns["place"], lines.level)]
        columns["level"] = lines.level
        return columns

    def _counted(self, lines: CodedLines, quantity: Float64s) -> tuple[Int32s, Float64s]:
        """Terms and quantities, those of medicines by what was paid for them where that is the better rung."""
        paid, term, quantity = lines.paid, lines.term.copy(), quantity.copy()
        number = number_paid(term[paid.line], paid.term, lines.level[paid.line])
        taken = self.taken[np.searchsorted(self.paid, number)]
        instead = taken != term[paid.line]
        at = paid.line[instead]
        term[at] = taken[instead]
        quantity[at] = np.copysign(paid.amount[instead], quantity[at])  # a credit gives back what was paid
        return term, quantity


def number_paid(own: Int32s, spend: Int32s, level: Int32s) -> Int64s:
    """Terms, terms of the amount and level as one number."""
    return (own.astype(np.int64) << 36) | (spend.astype(np.int64) << 5) | level
