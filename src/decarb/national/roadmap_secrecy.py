"""What of a roadmap would tell of one or two legal entities: each axis, and each indicator, in any year of it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.national.base_year import Comparable
from decarb.national.indicators import Reading
from decarb.national.roadmap_tables import Indicator, axes, levers, outside_axes
from decarb.national.secrecy import FEWEST_ENTITIES, too_few, withheld_parts

Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WithheldRoadmap:
    """What is not to be shown where secrecy is applied.

    Attributes
    ----------
    total
        The total and its change.
    axes
        Of each axis in its order, then of the lines in none: its figures of all years, and how they changed.
    indicators
        Names.
    """

    total: bool
    axes: tuple[bool, ...]
    indicators: frozenset[str]


def withheld_of_roadmap(
    years: Mapping[int, Footprint],
    compared: Mapping[int, Comparable],
    readings: Mapping[str, Sequence[Reading]],
    public: Collection[str] = (),
) -> WithheldRoadmap:
    """Decide on the axes and the indicators of a roadmap.

    Parameters
    ----------
    years
        What was submitted.
    compared
        Of each later year: it and the base year, on the perimeter of both.
    readings
        Of each indicator, by its name.
    public
        Legal entities whose figures are public by law.

    Notes
    -----
    docs/national-aggregates.md, Secrecy: an axis is withheld where what was submitted for it in any year, or on the
    constant perimeter, or its change there, is of one or two legal entities, or almost all of one; and others with it,
    so that it does not follow from the total.
    """
    figures = [_by_axis(footprint) for footprint in years.values()]
    for one in compared.values():
        sides = [_by_axis(one.before), _by_axis(one.after)]
        figures += [*sides, _difference(*sides)]
    whose, amounts = [name for figure in figures for name in figure], []
    parts, start = len(axes()) + 1, 0
    for figure in figures:
        amount = np.zeros((len(whose), parts))
        amount[start : start + len(figure)] = list(figure.values())
        amounts.append(amount.ravel())
        start += len(figure)
    part = np.tile(np.arange(parts), len(whose))
    withheld = withheld_parts(part, np.repeat(whose, parts).tolist(), amounts, parts, public)
    few = (
        indicator.indicator
        for lever in levers()
        for indicator in lever.indicators
        if _is_of_few(indicator, readings[indicator.indicator], years, compared, public)
    )
    return WithheldRoadmap(bool(withheld[-1]), tuple(withheld[:-1].tolist()), frozenset(few))


def _by_axis(footprint: Footprint) -> dict[str, Float64s]:
    """What each legal entity emits by axis, and in none [kg CO2e]."""
    return _by_entity(footprint, [*(axis.activities for axis in axes()), outside_axes()])


def _by_entity(footprint: Footprint, chosen: Sequence[frozenset[str]]) -> dict[str, Float64s]:
    """What the lines of some activities of each legal entity emit [kg CO2e]; blank for all that are not known."""
    columns = [footprint.by_activity.of(activities).emissions_kgco2e.sum(axis=1) for activities in chosen]
    sums: dict[str, Float64s] = {}
    for establishment, row in zip(footprint.inventory.establishments, np.stack(columns, axis=1), strict=True):
        entity = establishment.identity.get("finess_ej", "")
        sums[entity] = sums.get(entity, 0.0) + row
    return sums


def _difference(before: Mapping[str, Float64s], after: Mapping[str, Float64s]) -> dict[str, Float64s]:
    """Change of each legal entity [kg CO2e]."""
    nothing = np.zeros_like(next(iter((*before.values(), *after.values())), np.zeros(1)))
    return {name: after.get(name, nothing) - before.get(name, nothing) for name in dict.fromkeys((*before, *after))}


def _is_of_few(
    indicator: Indicator,
    readings: Sequence[Reading],
    years: Mapping[int, Footprint],
    compared: Mapping[int, Comparable],
    public: Collection[str],
) -> bool:
    """Whether an indicator is of too few legal entities in some year; where it is no sum of emissions, may be."""
    if indicator.kind != "emissions":
        return any(_may_be_few(each, years[each.year], public) for each in readings)
    chosen = [frozenset(indicator.of)]
    figures = [_by_entity(footprint, chosen) for footprint in years.values()]
    for one in compared.values():
        sides = [_by_entity(one.before, chosen), _by_entity(one.after, chosen)]
        figures += [*sides, _difference(*sides)]
    return any(_is_few(each, public) for each in figures)


def _is_few(amounts: Mapping[str, Float64s], public: Collection[str]) -> bool:
    counted = np.array([amount[0] for name, amount in amounts.items() if name not in public and amount[0] != 0])
    return bool(too_few(np.zeros(len(counted), dtype=np.int64), np.arange(len(counted)), counted, 1)[0])


def _may_be_few(reading: Reading, footprint: Footprint, public: Collection[str]) -> bool:
    """Whether the establishments that tell an indicator may be of too few legal entities, those that are public aside.

    Who they are is not known: as few as they can be, for the number of documents that one legal entity has.
    """
    documents = Counter(one.identity.get("finess_ej", "") for one in footprint.inventory.establishments)
    exempt = sum(count for name, count in documents.items() if name in public)
    others = [count for name, count in documents.items() if name not in public]
    fewest, most = max(0, reading.establishments - exempt), min(reading.establishments, sum(others))
    return most > 0 and fewest <= (FEWEST_ENTITIES - 1) * max(others)
