"""Where the sector stands against the roadmap: per year, per axis and per lever, with targets and distances.

Totals are of what was submitted. They are never set equal to the figure published of the whole sector, which covers
town care too; and what one establishment sells another is in the scope 3 of both (docs/roadmap.md).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from decarb.errors import Problem, RefusedRoadmapError
from decarb.footprint import Footprint
from decarb.national.base_year import Comparable, Progress, YearChange, compare_years, progress_of
from decarb.national.indicators import Reading, emissions_of, read_indicator
from decarb.national.pace import NationalFigure, PaceYear, compound, linear, national_figures, pace
from decarb.national.roadmap_secrecy import WithheldRoadmap, withheld_of_roadmap
from decarb.national.roadmap_tables import Axis, Indicator, Lever, axes, levers, outside_axes


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a year is from a target, in the unit of the indicator; above zero: too much.

    ``compound`` and ``linear`` are two curves from the recalculated base year; a published target is in both.
    """

    year: int
    target_year: int
    compound_target: float
    linear_target: float
    value: float

    @property
    def to_compound(self) -> float:
        """Value less the target of the compound curve."""
        return self.value - self.compound_target

    @property
    def to_linear(self) -> float:
        """Value less the target of the linear curve."""
        return self.value - self.linear_target


@dataclass(frozen=True, slots=True)
class Followed:
    """Something followed over the years: readings of each year, progress since the base year, distances.

    ``progress`` has a year only where both years have such lines on the constant perimeter; ``distances`` are of the
    last year submitted: to the pace of that year and to the target year.
    """

    readings: tuple[Reading, ...]
    progress: Mapping[int, Progress]
    distances: tuple[Distance, ...]


@dataclass(frozen=True, slots=True)
class FollowedIndicator:
    """An indicator of a lever, and what the submissions say of it."""

    indicator: Indicator
    followed: Followed


@dataclass(frozen=True, slots=True)
class Roadmap:
    """Submissions of several years against the roadmap.

    Attributes
    ----------
    first, last
        Base year, and the year of the target.
    pace
        Shares of the base year that the two curves leave.
    changes
        Each later year beside the base year.
    total
        All lines; readings are totals of BEGES [kg CO2e].
    axes
        The eight axes, then the lines in none (None).
    levers
        Each with its indicators.
    figure
        The sector's published figure, for the order of magnitude only.
    withheld
        What is not to be shown where secrecy is applied; the figures themselves are all here.
    warnings
    """

    first: int
    last: int
    pace: tuple[PaceYear, ...]
    changes: tuple[YearChange, ...]
    total: Followed
    axes: tuple[tuple[Axis | None, Followed], ...]
    levers: tuple[tuple[Lever, tuple[FollowedIndicator, ...]], ...]
    figure: NationalFigure
    withheld: WithheldRoadmap
    warnings: tuple[Problem, ...]


def roadmap(years: Mapping[int, Footprint], first: int, last: int, public: Collection[str] = ()) -> Roadmap:
    """Follow the roadmap from a base year.

    Parameters
    ----------
    years
        Footprints by year (``by_year``); those before the base year or after `last` are left alone.
    first, last
        Base year, which must be among them, and year of the target.
    public
        FINESS numbers of legal entities whose figures are public by law.

    Raises
    ------
    RefusedRoadmapError
        If the base year was not submitted, `last` is not after it, or a year cannot be compared with it.
    """
    if last <= first:
        raise RefusedRoadmapError([Problem("roadmap-years-reversed", {"value": last, "first": first})])
    if first not in years:
        raise RefusedRoadmapError([Problem("roadmap-year-missing", {"value": first, "known": sorted(years)})])
    shown = {year: years[year] for year in sorted(years) if first <= year <= last}
    compared: dict[int, tuple[YearChange, Comparable]] = {}
    problems: list[Problem] = []
    for year, footprint in shown.items():
        if year > first:
            try:
                compared[year] = compare_years(first, shown[first], year, footprint)
            except RefusedRoadmapError as error:
                problems += error.problems
    if problems:
        raise RefusedRoadmapError(problems)
    changes = {year: change for year, (change, _) in compared.items()}
    parts = {year: part for year, (_, part) in compared.items()}
    whole = tuple(
        Reading(year, f.total(), len(f.inventory.establishments), len(f.inventory.establishments))
        for year, f in shown.items()
    )
    progress = {year: change.progress for year, change in changes.items()}
    followed = tuple((lever, tuple(_indicators(lever, shown, parts, first, last))) for lever in levers())
    readings = {one.indicator.indicator: one.followed.readings for _, indicators in followed for one in indicators}
    return Roadmap(
        first,
        last,
        pace(first, last),
        tuple(changes.values()),
        Followed(whole, progress, _on_pace(progress, first, last)),
        tuple(_axes(shown, parts, first, last)),
        followed,
        national_figures()["sector-2023"],
        withheld_of_roadmap(shown, parts, readings, public),
        tuple(
            Problem("roadmap-partial", {"value": year}, severity="warning")
            for year, footprint in shown.items()
            if footprint.is_partial
        ),
    )


def _axes(
    years: Mapping[int, Footprint], parts: Mapping[int, Comparable], first: int, last: int
) -> Iterator[tuple[Axis | None, Followed]]:
    for axis in (*axes(), None):
        activities = axis.activities if axis else outside_axes()
        readings = tuple(
            Reading(year, *emissions_of(footprint, activities), len(footprint.inventory.establishments))
            for year, footprint in years.items()
        )
        progress = _progress(parts, activities)
        yield axis, Followed(readings, progress, _on_pace(progress, first, last))


def _indicators(
    lever: Lever, years: Mapping[int, Footprint], parts: Mapping[int, Comparable], first: int, last: int
) -> Iterator[FollowedIndicator]:
    for indicator in lever.indicators:
        readings = tuple(read_indicator(indicator, year, footprint) for year, footprint in years.items())
        progress = _progress(parts, frozenset(indicator.of)) if indicator.kind == "emissions" else {}
        distances: tuple[Distance, ...] = ()
        if indicator.follows_pace:
            distances = _on_pace(progress, first, last)
        elif indicator.target is not None and indicator.target_year is not None:
            told = [reading for reading in readings if reading.value is not None]
            target = indicator.target
            distances = tuple(
                Distance(reading.year, indicator.target_year, target, target, reading.value)
                for reading in told[-1:]
                if reading.value is not None
            )
        yield FollowedIndicator(indicator, Followed(readings, progress, distances))


def _progress(parts: Mapping[int, Comparable], activities: frozenset[str]) -> dict[int, Progress]:
    found = {year: progress_of(part, activities) for year, part in parts.items()}
    return {year: progress for year, progress in found.items() if progress is not None}


def _on_pace(progress: Mapping[int, Progress], first: int, last: int) -> tuple[Distance, ...]:
    """Distances of the last year that can be compared: to the pace of that year, and to the target year."""
    if not progress:
        return ()
    year = max(progress)
    base, value = progress[year].base_kgco2e, progress[year].after_kgco2e
    return tuple(
        Distance(year, target, compound(base, target - first), linear(base, target - first), value)
        for target in dict.fromkeys((year, last))
    )
