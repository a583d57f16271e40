"""How emissions per bed are spread over legal entities: quartiles by group, numbers by class; nobody's figure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.national.aggregating import labels_of
from decarb.national.benchmarking import FEWEST_FOR_QUARTILES, quartiles
from decarb.national.members import Members
from decarb.national.secrecy import FEWEST_ENTITIES

Float64s = NDArray[np.float64]

_CLASSES = 12
"""Classes between the fifth and the ninety-fifth percentile, before those of too few are joined to their neighbours."""
_INSIDE = (5, 95)


@dataclass(frozen=True, slots=True)
class Spread:
    """Emissions per bed of the legal entities of one group [kg CO2e].

    ``low``, ``middle`` and ``high`` are quartiles as ``benchmarking.quartiles`` has them, of nine legal entities or
    more; nan of fewer, whose mean told by category and by size would tell who is in one of the two alone. ``group`` is
    blank for what nobody says.
    """

    group: str
    entities: int
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Class:
    """How many legal entities are from `low` up to `high` [kg CO2e per bed]; the ends are open."""

    low: float
    high: float
    entities: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """Emissions per bed in a year.

    Attributes
    ----------
    unknown
        Legal entities that reported and whose beds are not all known.
    whole
        All of them.
    groups
        By what `by` said, in the order of the labels; blank last.
    classes
        Ascending; none where the beds of fewer than three times ``FEWEST_ENTITIES`` are known.
    """

    by: str
    unknown: int
    whole: Spread
    groups: tuple[Spread, ...]
    classes: tuple[Class, ...]


def distribution(footprint: Footprint, members: Members, by: str, *, view_name: str = "beges") -> Distribution:
    """Spread of what legal entities emit per bed.

    Parameters
    ----------
    members
        Of the footprint; beds are those of the register where it is given.
    by
        One of ``GROUPINGS``. A legal entity in several groups has a figure in each, of what it reports there.
    """
    reported = np.flatnonzero(members.reported)
    amount = footprint.totals(view_name)[members.document[reported]]
    beds = members.beds[reported]
    entity = _numbered([members.entity[member] for member in reported.tolist()])
    group = np.array([members.groups[by][member] for member in reported.tolist()], dtype=np.str_)
    figures = _per_entity(entity, amount, beds)
    here = set(group.tolist())
    return Distribution(
        by,
        len(np.unique(entity)) - len(figures),
        _spread("", figures),
        tuple(
            _spread(label, _per_entity(*(each[group == label] for each in (entity, amount, beds))))
            for label in labels_of(members, (by,))[by]
            if label in here
        ),
        tuple(_classes(figures)),
    )


def _numbered(entities: Sequence[str]) -> NDArray[np.int64]:
    """Number of each legal entity; all that are not known are one, as secrecy counts them."""
    return np.unique(np.array(entities, dtype=np.str_), return_inverse=True)[1].astype(np.int64)


def _per_entity(entity: NDArray[np.int64], amount: Float64s, beds: Float64s) -> Float64s:
    """Emissions per bed of each legal entity whose emissions and beds are known, ascending."""
    if not len(entity):
        return np.zeros(0)
    sums = [np.bincount(entity, values) for values in (amount, beds)]
    here = np.bincount(entity) > 0
    known = here & ~np.isnan(sums[0]) & (sums[1] > 0)
    return np.sort(sums[0][known] / sums[1][known])


def _spread(group: str, figures: Float64s) -> Spread:
    shown = quartiles(figures) if len(figures) >= FEWEST_FOR_QUARTILES else (np.nan, np.nan, np.nan)
    return Spread(group, len(figures), *shown)


def _classes(figures: Float64s) -> list[Class]:
    """Classes of equal width with round bounds, each of at least ``FEWEST_ENTITIES``."""
    if len(figures) < 3 * FEWEST_ENTITIES:
        return []
    low, high = np.percentile(figures, _INSIDE)
    step = _round_step(float(high - low) / _CLASSES or abs(float(high)) / _CLASSES or 1.0)
    first = np.floor(low / step)
    last = max(np.ceil(high / step), first + 1)
    bounds = (np.arange(first, last + 1) * step).tolist()
    counts = np.histogram(figures, [-np.inf, *bounds[1:-1], np.inf])[0].tolist()
    found: list[Class] = []
    for lower, upper, count in zip(bounds[:-1], bounds[1:], counts, strict=True):
        found.append(Class(lower, upper, count))
        if len(found) > 1 and min(found[-2].entities, found[-1].entities) < FEWEST_ENTITIES:
            before, after = found[-2:]
            found[-2:] = [Class(before.low, after.high, before.entities + after.entities)]
    return found


def _round_step(step: float) -> float:
    """Smallest of 1, 2 and 5 times a power of ten that is not below a step.

    >>> _round_step(0.3), _round_step(7), _round_step(2000)
    (0.5, 10.0, 2000.0)
    """
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(times * power for times in (1, 2, 5, 10) if times * power >= step * (1 - 1e-12)))
