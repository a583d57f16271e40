"""Two years compared on one perimeter and by one method; what moved of either stands apart (docs/roadmap.md).

The change between two totals is taken apart into establishments that are in one year alone, those whose sites or period
moved, sections that one year alone has, lines that one year leaves out, another library, another way to count, and what
is left: the change.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from decarb.comparison import NOT_REAL, Difference, Effect, compare_inventories
from decarb.errors import Problem, RefusedRoadmapError
from decarb.footprint import Footprint, compute_footprint
from decarb.footprint.restricting import restrict, restrict_inventory
from decarb.inventory import Establishment
from decarb.inventory.lines import entity_of
from decarb.national.reporting_units import covered_by
from decarb.national.shared_lines import YearLines, shared_lines
from decarb.uncertainty import Interval

Bools = NDArray[np.bool_]

_YEAR_DAYS = (360, 371)
"""Lengths of a period of about a year, as the reader of documents has them."""


@dataclass(frozen=True, slots=True)
class Perimeter:
    """Who is in both years, by identifier.

    ``constant`` are compared; ``entries`` and ``exits`` are in one year alone; ``moved`` cover other sites than before,
    or a period of another length.
    """

    constant: tuple[str, ...]
    entries: tuple[str, ...]
    exits: tuple[str, ...]
    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparable:
    """Two years on the perimeter that both have.

    ``before`` is the first as it was computed, ``restated`` the same lines by the library, the GWP set and the tables
    of medicines of ``after``; ``difference`` is from ``restated`` to ``after``.
    """

    before: Footprint
    restated: Footprint
    after: Footprint
    difference: Difference


@dataclass(frozen=True, slots=True)
class Progress:
    """Lines of one kind in two years [kg CO2e].

    Attributes
    ----------
    before_kgco2e
        The first year as it was computed.
    library_kgco2e
        What the later library, GWP set and medicine tables make of it: no change of what is emitted.
    method_kgco2e
        What another way to count makes of it (euros before, quantities or codes after; another rung): none either.
    after_kgco2e
    effects
        What the rest is made of, as ``compare_inventories`` has it.
    """

    before_kgco2e: float
    library_kgco2e: float
    method_kgco2e: float
    after_kgco2e: float
    effects: tuple[Effect, ...]

    @property
    def base_kgco2e(self) -> float:
        """The base year recalculated: as if it had been counted as the later year is."""
        return math.fsum((self.before_kgco2e, self.library_kgco2e, self.method_kgco2e))

    @property
    def change_kgco2e(self) -> float:
        """After, less the recalculated base."""
        return self.after_kgco2e - self.base_kgco2e

    @property
    def change_share(self) -> float | None:
        """Change as a share of the recalculated base; None where that is not above zero."""
        return self.change_kgco2e / self.base_kgco2e if self.base_kgco2e > 0 else None


@dataclass(frozen=True, slots=True)
class YearChange:
    """A year beside the base year [kg CO2e].

    Attributes
    ----------
    first, year
    before_kgco2e, after_kgco2e
        Totals of all that was submitted; their difference is the sum of all that follows.
    perimeter
    entries_kgco2e, exits_kgco2e
        What entries add, and what exits take away (below zero).
    moved_kgco2e
        Change of those that cover other sites, or a period of another length.
    sections
        How many sections of the others one year alone has.
    sections_kgco2e
        What they make.
    untold
        How many lines of the sections that both have are in a post that the other year declares excluded, or are
        refused there.
    untold_kgco2e
        What they make.
    progress
        The rest: library, method and change.
    interval
        95 % interval of the change; None where the method moved, whose effect has none.
    monetary_share
        Share of both years' totals that rests on amounts of money, on the constant perimeter.
    """

    first: int
    year: int
    before_kgco2e: float
    after_kgco2e: float
    perimeter: Perimeter
    entries_kgco2e: float
    exits_kgco2e: float
    moved_kgco2e: float
    sections: int
    sections_kgco2e: float
    untold: int
    untold_kgco2e: float
    progress: Progress
    interval: Interval | None
    monetary_share: tuple[float | None, float | None]


def by_year(footprints: Iterable[Footprint]) -> dict[int, Footprint]:
    """Footprints by the year that they report, in order; one that holds several years is parted.

    Raises
    ------
    RefusedRoadmapError
        If two of them hold the same year, or one holds an establishment twice for a year.
    """
    found: dict[int, Footprint] = {}
    problems = []
    for footprint in footprints:
        years = np.array([establishment.year for establishment in footprint.inventory.establishments])
        for year in sorted(set(years.tolist())):
            if year in found:
                problems.append(Problem("roadmap-year-in-two", {"value": year}))
                continue
            part = footprint
            if (years != year).any():
                binding = footprint.binding
                given = restrict_inventory(binding.given, years == year)
                part = compute_footprint(given, binding.library, binding.gwp_set, True, binding.medicines)
            found[year] = part
            problems += _twice(part, year)
    if problems:
        raise RefusedRoadmapError(problems)
    return dict(sorted(found.items()))


def _twice(footprint: Footprint, year: int) -> list[Problem]:
    names = _entities(footprint)
    repeated = dict.fromkeys(name for name in names if names.count(name) > 1) if len(set(names)) < len(names) else {}
    return [Problem("roadmap-twice-in-year", {"value": name, "year": year}) for name in repeated]


def compare_years(first: int, before: Footprint, year: int, after: Footprint) -> tuple[YearChange, Comparable]:
    """Put a year beside the base year on one perimeter and by one method.

    Raises
    ------
    RefusedRoadmapError
        If no establishment and section is in both, or a line of the base year cannot be counted as the later one is.
    """
    perimeter = _perimeter(before, after)
    who = set(perimeter.constant)
    sides = (before, after)
    constant = [np.array([name in who for name in _entities(side)], dtype=np.bool_) for side in sides]
    restated = _restated(before, after, first, year)
    shared = shared_lines(*(YearLines(s, _entities(s), c) for s, c in zip(sides, constant, strict=True)))
    if not all(chosen.any() for chosen in shared.compared):
        raise RefusedRoadmapError([Problem("roadmap-nothing-in-common", {"first": first, "value": year})])
    was = _parted(before, perimeter, constant[0], shared.in_sections[0], shared.compared[0])
    becomes = _parted(after, perimeter, constant[1], shared.in_sections[1], shared.compared[1])
    on_old = restrict(before, constant[0], shared.compared[0])
    on_both = on_old if restated is before else restrict(restated, constant[0], shared.compared[0])
    difference = compare_inventories(on_both, restrict(after, constant[1], shared.compared[1]))
    parts = Comparable(on_old, on_both, difference.after, difference)
    progress = Progress(
        parts.before.total(),
        parts.restated.total() - parts.before.total(),
        difference.of_method_kgco2e,
        parts.after.total(),
        difference.effects,
    )
    change = YearChange(
        first,
        year,
        before.total(),
        after.total(),
        perimeter,
        becomes["entries"],
        0.0 - was["exits"],
        becomes["moved"] - was["moved"],
        shared.sections,
        becomes["sections"] - was["sections"],
        shared.untold,
        becomes["untold"] - was["untold"],
        progress,
        None if progress.method_kgco2e else difference.interval,
        (parts.restated.monetary_share, parts.after.monetary_share),
    )
    return change, parts


def progress_of(comparable: Comparable, activities: frozenset[str]) -> Progress | None:
    """Progress of the lines of some activities; None where one of the years has no such line.

    A line that the base year counts under another activity is recalculated into that of the later year: it is here by
    another way to count, and its first year's emissions are.
    """
    before, after = (side.by_activity.of(activities).total for side in (comparable.restated, comparable.after))
    causes = comparable.difference.causes
    if after is None or (before is None and not causes.come(activities)):
        return None
    restated = before or 0.0
    was = restated
    if comparable.before is not comparable.restated:
        was = comparable.before.by_activity.of(activities).total or 0.0
    effects = causes.effects(activities)
    of_method = math.fsum(effect.emissions_kgco2e for effect in effects if effect.kind in NOT_REAL)
    return Progress(was, restated - was, of_method, after, effects)


def _entities(footprint: Footprint) -> list[str]:
    return [entity_of(establishment) for establishment in footprint.inventory.establishments]


def days(establishment: Establishment) -> int:
    """Length of the period that a document reports [days]."""
    start, end = (date.fromisoformat(day) for day in (establishment.start, establishment.end))
    return (end - start).days + 1


def are_of_one_length(one: Establishment, other: Establishment) -> bool:
    """Whether two documents report periods of about the same length: half a year is no reduction of a whole one."""
    return abs(days(one) - days(other)) <= _YEAR_DAYS[1] - _YEAR_DAYS[0]


def is_of_a_year(establishment: Establishment) -> bool:
    """Whether a document reports a period of about a year."""
    return _YEAR_DAYS[0] <= days(establishment) <= _YEAR_DAYS[1]


def _covered(footprint: Footprint) -> dict[str, tuple[str, ...]]:
    """FINESS numbers that each entity reports for, by its name."""
    return {
        entity_of(establishment): tuple(sorted(covered_by(establishment.identity, establishment.sites.values())))
        for establishment in footprint.inventory.establishments
    }


def _perimeter(before: Footprint, after: Footprint) -> Perimeter:
    old, new = _covered(before), _covered(after)
    both = sorted(old.keys() & new.keys())
    documents = [{entity_of(one): one for one in side.inventory.establishments} for side in (before, after)]
    moved = tuple(
        name for name in both if old[name] != new[name] or not are_of_one_length(documents[0][name], documents[1][name])
    )
    return Perimeter(
        tuple(name for name in both if name not in moved),
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        moved,
    )


def _parted(
    footprint: Footprint, perimeter: Perimeter, constant: Bools, in_sections: Bools, compared: Bools
) -> Mapping[str, float]:
    """Emissions of a year that are not compared, by the reason [kg CO2e]."""
    names, of_line = _entities(footprint), footprint.inventory.establishment
    totals = np.nan_to_num(footprint.line_totals())
    sums = {}
    for kind in ("entries", "exits", "moved"):
        who = set(getattr(perimeter, kind))
        chosen = np.array([name in who for name in names], dtype=np.bool_)
        sums[kind] = float(totals[chosen[of_line]].sum())
    sums["sections"] = float(totals[constant[of_line] & ~in_sections].sum())
    sums["untold"] = float(totals[in_sections & ~compared].sum())
    return sums


def _restated(before: Footprint, after: Footprint, first: int, year: int) -> Footprint:
    """The base year by the library, GWP set and medicine tables of the later one."""
    old, new = before.binding, after.binding
    same = old.library.digest == new.library.digest and old.gwp_set == new.gwp_set
    if same and old.medicines is new.medicines:
        return before
    found = compute_footprint(old.given, new.library, new.gwp_set, True, new.medicines)
    lost = int(np.count_nonzero(old.computed & ~found.binding.computed))
    if lost:
        what = {"count": lost, "value": first, "other": year}
        raise RefusedRoadmapError([Problem("roadmap-not-restated", what)])
    return found
