"""First pass: which pairs the lines of a task are, so that each is bound once, where the library is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decarb.binding.pairs import PairKeys, level_of_coded
from decarb.national.cluster.plan import Task

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Numbering:
    """What numbers pairs, and medicines among terms.

    Attributes
    ----------
    keys
        Of the terms and places of a store's dictionaries.
    medicine : array of shape (terms,)
        Number of the medicine that terms name by a code.
    """

    keys: PairKeys
    medicine: Int64s


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Distinct lines of a task, as far as they can bind differently.

    Attributes
    ----------
    key, term, place, level : arrays of shape (keys,)
        Each key once, with the codes of one of its lines.
    spends : array of shape (spends, 4)
        Distinct terms, terms of the amount, place and level of medicines that say what was paid for them.
    """

    key: Int32s
    term: Int32s
    place: Int32s
    level: Int32s
    spends: Int32s


@dataclass(frozen=True, slots=True)
class PaidMedicines:
    """Lines of medicines that say what was paid for them, not nothing: rows, terms of the amounts, and the amounts."""

    line: Int64s
    term: Int32s
    amount: Float64s


def survey(task: Task, numbering: Numbering) -> Surveyed:
    """Return the distinct lines of a task; InvalidStoreError if a part is damaged."""
    keys = numbering.keys
    lines = coded_lines(task, numbering, task.columns(*columns_of_pairs(keys)))
    term, place, level = lines.term, lines.place, lines.level
    rows = np.arange(len(term))
    if len(lines.paid.line):
        kept = np.ones(len(term), dtype=np.bool_)
        kept[lines.paid.line] = False
        rows = np.flatnonzero(kept)
    row_of_key = np.full(keys.size, -1, dtype=np.int64)
    row_of_key[keys.of_lines(term, place, level)[rows]] = rows
    key = np.flatnonzero(row_of_key >= 0)
    one, paid = row_of_key[key], lines.paid.line
    spends = np.stack((term[paid], lines.paid.term, place[paid], level[paid]), axis=1)
    of_key = level[one] * keys.coded[term[one]]
    return Surveyed(key.astype(np.int32), term[one], place[one], of_key, np.unique(spends, axis=0))


def columns_of_pairs(keys: PairKeys) -> tuple[str, ...]:
    """Columns that say which pair a line is."""
    return ("term", "place", "quantity") if keys.levels > 1 else ("term", "place")


@dataclass(frozen=True, slots=True)
class CodedLines:
    """Terms, place and level of medicines of each line, and what medicines say was paid for them."""

    term: Int32s
    place: Int32s
    level: Int32s
    paid: PaidMedicines


def coded_lines(task: Task, numbering: Numbering, columns: dict[str, NDArray[Any]]) -> CodedLines:
    """Return what numbers the pairs of the lines of a task."""
    keys, term = numbering.keys, columns["term"]
    nothing = PaidMedicines(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0))
    if keys.levels == 1:
        return CodedLines(term, columns["place"], term, nothing)  # no level is looked at
    lines = np.flatnonzero(keys.coded[term])
    document = (np.searchsorted(task.starts, lines, side="right") - 1).astype(np.int32)
    quantity, documents = columns["quantity"][lines], len(task.documents)
    level = level_of_coded(document, term[lines], quantity, numbering.medicine, documents)
    spends = task.spends()
    paid = nothing
    if spends:
        kept = (keys.coded[term[spends["line"]]] != 0) & (spends["quantity"] != 0)
        paid = PaidMedicines(spends["line"][kept], spends["term"][kept], spends["quantity"][kept])
    return CodedLines(term, columns["place"], task.of_line(level), paid)
