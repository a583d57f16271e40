"""A part of a footprint: some of its lines, with the same bits for each of them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from decarb.binding import Binding, Refusal
from decarb.binding.pairs import Pairs
from decarb.errors import Problem
from decarb.footprint.cells import Footprint
from decarb.inventory import Inventory, Spends, in_order_of_appearance
from decarb.inventory.columns import ChosenIds
from decarb.kernels import accumulate
from decarb.reporting import GASES

Lines = NDArray[np.bool_]


def restrict_inventory(
    inventory: Inventory, establishments: NDArray[np.bool_], lines: Lines | None = None
) -> Inventory:
    """Return the lines of some establishments, and only these establishments.

    Parameters
    ----------
    establishments : array of shape (establishments,)
        Which ones to keep.
    lines : array of shape (lines,)
        Which of their lines to keep; all by default.
    """
    kept = establishments[inventory.establishment]
    rows = np.flatnonzero(kept if lines is None else kept & lines)
    number = np.cumsum(establishments, dtype=np.int32) - 1
    place = np.full(len(inventory), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    of_kept = tuple(e for e, keep in zip(inventory.establishments, establishments, strict=True) if keep)
    spends = inventory.spends
    with_spend = place[spends.line] >= 0
    files = {establishment.file for establishment in of_kept}
    return replace(
        inventory,
        establishments=of_kept,
        establishment=number[inventory.establishment[rows]].astype(np.int32),
        section=inventory.section[rows],
        position=inventory.position[rows],
        term=inventory.term[rows],
        place=inventory.place[rows],
        quantity=inventory.quantity[rows],
        activity_gsd2=inventory.activity_gsd2[rows],
        ids=ChosenIds(inventory.ids, rows),
        spends=Spends(place[spends.line[with_spend]], spends.term[with_spend], spends.quantity[with_spend]),
        remarks={int(place[row]): said for row, said in inventory.remarks.items() if place[row] >= 0},
        warnings=_of_files(inventory.warnings, files),
        set_aside=_of_files(inventory.set_aside, files),
    )


def restrict(footprint: Footprint, establishments: NDArray[np.bool_], lines: Lines | None = None) -> Footprint:
    """Return the footprint of some lines of some establishments; nothing is bound anew.

    Parameters
    ----------
    establishments, lines
        As ``restrict_inventory`` has them.
    """
    before, inventory = footprint.binding, footprint.inventory
    if establishments.all() and (lines is None or lines.all()):
        return footprint
    kept = establishments[inventory.establishment]
    rows = np.flatnonzero(kept if lines is None else kept & lines)
    part = restrict_inventory(inventory, establishments, lines)
    pair, first = in_order_of_appearance(before.pair[rows], len(before.bound))
    old = before.pair[rows][first]
    pairs = Pairs(
        pair,
        first,
        [before.pairs.terms[code] for code in old.tolist()],
        [before.pairs.geography[code] for code in old.tolist()],
        np.bincount(pair, minlength=len(old)).tolist(),
        [before.pairs.products[code] for code in old.tolist()],
    )
    lengths = np.diff(before.pointer)[old]
    entries = [np.arange(before.pointer[code], before.pointer[code + 1]) for code in old.tolist()]
    taken = np.concatenate(entries) if entries else np.zeros(0, dtype=np.int64)
    binding = replace(
        before,
        inventory=part,
        given=part,
        pairs=pairs,
        bound=tuple(before.bound[code] for code in old.tolist()),
        pointer=np.concatenate(([0], np.cumsum(lengths))).astype(before.pointer.dtype),
        cell=before.cell[taken],
        coefficient=before.coefficient[taken],
        refusals=tuple(_refusals(before, rows)),
    )
    groups, keys = len(part.establishments), len(binding.keys)
    values, present = accumulate(
        part.establishment,
        pair,
        part.quantity,
        binding.pointer,
        binding.cell,
        binding.coefficient,
        groups,
        keys * len(GASES),
    )
    shape = (groups, keys, len(GASES))
    return Footprint(binding, values.reshape(shape), present.reshape(shape))


def _refusals(binding: Binding, rows: NDArray[np.intp]) -> Iterator[Refusal]:
    """Refusals of the lines that are kept; what is at stake in a part of them is not known."""
    number = {row: place for place, row in enumerate(rows.tolist())} if binding.refusals else {}
    for refusal in binding.refusals:
        lines = tuple(number[line] for line in refusal.lines if line in number)
        if lines:
            stake = refusal.stake_kgco2e if len(lines) == len(refusal.lines) else None
            yield Refusal(refusal.problems, lines, stake)


def _of_files(problems: tuple[Problem, ...], files: set[str]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.file in files)
