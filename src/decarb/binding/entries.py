"""The coefficients of all pairs as one compressed table, as the kernel wants them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from decarb.binding.terms import BoundPart, BoundTerms
from decarb.reporting import GASES, Rule


class _Contribution(NamedTuple):
    """What a part adds to one cell, of one unit of the factor: share and value are multiplied by the quantity."""

    rule: Rule
    timing: str
    gas: int
    share: float
    value: float


def _contributions(parts: Sequence[BoundPart]) -> list[_Contribution]:
    return [
        _Contribution(bound.rule, timing, gas, share, value)
        for bound in parts
        for timing, share in bound.shares
        for gas, value in enumerate(bound.part.gases)
        if value is not None
    ]


def compressed_entries(
    bound: Sequence[BoundTerms | None],
) -> tuple[tuple[tuple[Rule, str], ...], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Coefficients of all pairs as one compressed table: pair, then (rule, timing, gas).

    Pairs with the same parts differ in their multiplier alone: they are filled together.
    """
    alike: dict[int, list[int]] = {}
    for pair, found in enumerate(bound):
        if found is not None:
            alike.setdefault(id(found.parts), []).append(pair)
    groups = [(np.array(pairs), _contributions(_parts(bound, pairs[0]))) for pairs in alike.values()]
    rules = {entry.rule.index: entry.rule for _, entries in groups for entry in entries}
    # sorted, so that a coarser total sums its cells in one order whatever the order of the lines
    keys = sorted({(entry.rule.index, entry.timing) for _, entries in groups for entry in entries})
    row = {key: number for number, key in enumerate(keys)}
    places = [
        [row[entry.rule.index, entry.timing] * len(GASES) + entry.gas for entry in entries] for _, entries in groups
    ]
    sizes = np.zeros(len(bound), dtype=np.int64)
    for (pairs, _), of_group in zip(groups, places, strict=True):
        sizes[pairs] = len(set(of_group))
    pointer = np.concatenate(([0], np.cumsum(sizes)))
    cells = np.empty(pointer[-1], dtype=np.int32)
    coefficients = np.zeros(pointer[-1])
    multipliers = np.array([found.multiplier if found else 0.0 for found in bound])
    for (pairs, entries), of_group in zip(groups, places, strict=True):
        order = {place: number for number, place in enumerate(dict.fromkeys(of_group))}
        for entry, place in zip(entries, of_group, strict=True):
            at = pointer[pairs] + order[place]
            cells[at] = place
            coefficients[at] += multipliers[pairs] * entry.share * entry.value
    return tuple((rules[index], timing) for index, timing in keys), pointer, cells, coefficients


def _parts(bound: Sequence[BoundTerms | None], pair: int) -> Sequence[BoundPart]:
    found = bound[pair]
    return found.parts if found else ()
