"""What makes a difference: causes by kind and by the activity that lines are counted under in each footprint."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.footprint.by_activity import ACTIVITIES

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]

Kind = Literal["quantities", "factors", "method", "released", "coverage", "ended", "new"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NOT_REAL: tuple[Kind, ...] = ("method", "released", "coverage")
"""Kinds that are only another way to count."""

_METHOD = KINDS.index("method")
_ABSENT = len(ACTIVITIES)
"""Place of a line that one of the footprints does not have."""
_SIZE = _ABSENT + 1
_ROUNDING = 1e-12
"""Of what a line emits in both: below it is the rounding of sums."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one cause makes of the difference [kg CO2e].

    ``kind`` is one of

    - ``quantities``: lines of the same name, by what they use more or less;
    - ``factors``: the same lines, by another factor for the same kind of data;
    - ``method``: data of another kind (euros before, quantities after; another rung of the ladder of medicines), or
      flights with contrails in one and without in the other: no reduction, and no increase, of anything emitted;
    - ``released``: gases that medicines release, which euros do not show;
    - ``coverage``: euros of medicines that one of the two does not count;
    - ``ended``, ``new``: lines that one of the two alone has.
    """

    kind: Kind
    emissions_kgco2e: float
    lines: int


class Piece(NamedTuple):
    """Causes of one kind: what each makes [kg CO2e], and its line in each footprint; None where none of them is there.

    Arrays are of shape (causes,).
    """

    kind: Kind
    amounts: Float64s
    before: Int64s | None
    after: Int64s | None


@dataclass(frozen=True, slots=True)
class Causes:
    """Sums of causes, whatever the number of lines.

    Attributes
    ----------
    amounts, lines : arrays of shape (kinds, activities + 1, activities + 1)
        What causes make [kg CO2e] and how many make something, by ``KINDS`` and the activity of the line before and
        after; the last place is of lines that are not there.
    matched, matched_lines : arrays of shape (activities + 1, activities + 1)
        Emissions before of the lines of both [kg CO2e], and how many there are.
    """

    amounts: Float64s
    lines: Int64s
    matched: Float64s
    matched_lines: Int64s

    def effects(self, activities: Collection[str] = ACTIVITIES) -> tuple[Effect, ...]:
        """Effects with something in them, the largest first, of the lines of some activities.

        A line of both that is counted under one of them in one footprint alone is a reduction nowhere, and no increase.
        What it was goes from here, or comes here, as another way to count; its own causes are where it came to.
        """
        chosen = _places(activities)
        amounts = self.amounts[:, :, chosen].sum(axis=(1, 2)) + self.amounts[:, chosen, _ABSENT].sum(axis=1)
        lines = self.lines[:, :, chosen].sum(axis=(1, 2)) + self.lines[:, chosen, _ABSENT].sum(axis=1)
        others = ~chosen
        others[_ABSENT] = False
        come, gone = np.ix_(others, chosen), np.ix_(chosen, others)
        amounts[_METHOD] += self.matched[come].sum() - self.matched[gone].sum()
        lines[_METHOD] += self.matched_lines[come].sum() + self.matched_lines[gone].sum()
        effects = [
            Effect(kind, amount, count)
            for kind, amount, count in zip(KINDS, amounts.tolist(), lines.tolist(), strict=True)
            if count
        ]
        return tuple(sorted(effects, key=lambda effect: -abs(effect.emissions_kgco2e)))

    def come(self, activities: Collection[str]) -> int:
        """How many lines of other activities before are counted under some after."""
        chosen = _places(activities)
        others = ~chosen
        others[_ABSENT] = False
        return int(self.matched_lines[np.ix_(others, chosen)].sum())


@dataclass(frozen=True, slots=True)
class Side:
    """A footprint with the emissions of its lines, of shape (lines,) [kg CO2e]."""

    footprint: Footprint
    totals: Float64s


def sum_causes(before: Side, after: Side, matched: Iterable[tuple[Int64s, Int64s]], found: Iterable[Piece]) -> Causes:
    """Add causes up as they are found: no more than one piece of them is ever in memory.

    Parameters
    ----------
    matched
        Lines of both, some at a time: rows of each.
    found
        Causes, some at a time.
    """
    amounts, lines = np.zeros((len(KINDS), _SIZE * _SIZE)), np.zeros((len(KINDS), _SIZE * _SIZE), dtype=np.int64)
    for piece in found:
        kind, cell = KINDS.index(piece.kind), _cells(before, piece.before, after, piece.after)
        amounts[kind] += np.bincount(cell, piece.amounts, _SIZE * _SIZE)
        emitted = _emitted(before, piece.before) + _emitted(after, piece.after)
        lines[kind] += np.bincount(cell[np.abs(piece.amounts) > _ROUNDING * emitted], minlength=_SIZE * _SIZE)
    of_both, lines_of_both = np.zeros(_SIZE * _SIZE), np.zeros(_SIZE * _SIZE, dtype=np.int64)
    for old, new in matched:
        cell = _cells(before, old, after, new)
        of_both += np.bincount(cell, before.totals[old], _SIZE * _SIZE)
        lines_of_both += np.bincount(cell, minlength=_SIZE * _SIZE)
    square = (_SIZE, _SIZE)
    return Causes(
        amounts.reshape(-1, *square), lines.reshape(-1, *square), of_both.reshape(square), lines_of_both.reshape(square)
    )


def _cells(before: Side, old: Int64s | None, after: Side, new: Int64s | None) -> Int64s:
    """Place in the table of activities of each cause."""
    of_old, of_new = (
        _ABSENT if rows is None else side.footprint.activity_of_pair[side.footprint.binding.pair[rows]]
        for side, rows in ((before, old), (after, new))
    )
    return np.asarray(of_old * _SIZE + of_new, dtype=np.int64)


def _emitted(side: Side, rows: Int64s | None) -> Float64s | float:
    return 0.0 if rows is None else np.abs(side.totals[rows])


def _places(activities: Collection[str]) -> NDArray[np.bool_]:
    """Whether each place of the table is of one of these activities, of shape (activities + 1,)."""
    return np.array([*(activity in activities for activity in ACTIVITIES), False], dtype=np.bool_)
