"""Strata: category x group of legal status x class of size, joined where too few responded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, RefusedEstimationError
from decarb.language import mark
from decarb.national.reporting_units import ReportingUnits

MINIMUM_RESPONDENTS = 5
"""Respondents that a stratum needs where others of it did not respond. Ours: four degrees of freedom (t = 2.78) are
the fewest with which an interval says something; fewer than two have no variance at all."""
SIZE_BOUNDS = (50.0, 150.0, 400.0)
"""Beds at which the classes of size part: ours. Give others for another denominator."""

SHARED = (mark("category and legal status"), mark("category"), mark("none"))
"""What joined strata have in common, the most first: the order in which they are joined."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A stratum that was too small to be estimated by itself.

    ``name`` had ``respondents`` of ``units``, and went ``into`` the stratum of the nearest mean size among those with
    which it shares ``shared``, one of ``SHARED``.
    """

    name: str
    respondents: int
    units: int
    into: str
    shared: str


@dataclass(frozen=True, slots=True)
class Strata:
    """Strata as they are estimated.

    Attributes
    ----------
    names
        Of the strata; one of several joined has all their names.
    of_unit : array of shape (units,)
    joined
        What was joined, in that order.
    """

    names: tuple[str, ...]
    of_unit: NDArray[np.int64]
    joined: tuple[Joined, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cell:
    """A stratum on its way: what its units share (None where they differ), and who is in it."""

    names: tuple[str, ...]
    category: str | None
    status: str | None
    members: tuple[int, ...]
    respondents: int
    silent: int
    log_size: float

    @property
    def name(self) -> str:
        return " + ".join(self.names)


def stratify(
    units: ReportingUnits,
    minimum: int = MINIMUM_RESPONDENTS,
    size_bounds: Sequence[float] = SIZE_BOUNDS,
    unlike: frozenset[str] = frozenset(),
) -> Strata:
    """Part units into strata, and join those that are too small until none is.

    The stratum with the fewest respondents goes first (by name among equals). It joins the stratum of the nearest mean
    size (ratio of means) among those of its category and status; if there is none, of its category; if there is none,
    of all. A stratum where everybody responded needs no ratio and is left alone.

    Parameters
    ----------
    minimum
        Respondents with a size above zero that a stratum needs; at least 2.
    size_bounds
        Where the classes of size part [unit of the denominator]; a size at a bound is of the class above.
    unlike
        Names of respondents that stand for nobody but themselves.

    Raises
    ------
    RefusedEstimationError
        If all strata together have fewer respondents than `minimum`.
    """
    if minimum < 2:
        raise ValueError(f"minimum is {minimum}; one respondent has no variance")
    cells = _cells(units, size_bounds, unlike)
    joined: list[Joined] = []
    while small := [cell for cell in cells if cell.silent and cell.respondents < minimum]:
        cell = min(small, key=lambda one: (one.respondents, one.name))
        others = [other for other in cells if other is not cell]
        if not others:
            what = {"value": cell.respondents, "limit": minimum, "units": len(units)}
            raise RefusedEstimationError([Problem("estimation-too-few", what)])
        shared, among = _candidates(cell, others)
        into = min(among, key=lambda other: (abs(other.log_size - cell.log_size), other.name))
        joined.append(Joined(cell.name, cell.respondents, len(cell.members), into.name, shared))
        cells = [other for other in others if other is not into]
        cells.append(_together(into, cell))
    cells.sort(key=lambda one: one.name)
    of_unit = np.zeros(len(units), dtype=np.int64)
    for number, cell in enumerate(cells):
        of_unit[list(cell.members)] = number
    return Strata(tuple(cell.name for cell in cells), of_unit, tuple(joined))


def size_class(size: float, bounds: Sequence[float] = SIZE_BOUNDS) -> str:
    """Class of a size in words of the bounds: ``<50``, ``50-150``, ``>=400``; ``?`` where it is unknown.

    >>> size_class(49), size_class(50), size_class(1200)
    ('<50', '50-150', '>=400')
    """
    if math.isnan(size):
        return "?"
    number = sum(size >= bound for bound in bounds)
    if number == 0:
        return f"<{bounds[0]:g}" if bounds else "all"
    if number == len(bounds):
        return f">={bounds[-1]:g}"
    return f"{bounds[number - 1]:g}-{bounds[number]:g}"


def _cells(units: ReportingUnits, bounds: Sequence[float], unlike: frozenset[str]) -> list[_Cell]:
    groups: dict[tuple[str, str, str], list[int]] = {}
    for unit, key in enumerate(zip(units.category, units.status, units.size.tolist(), strict=True)):
        groups.setdefault((key[0], key[1], size_class(key[2], bounds)), []).append(unit)
    counts = (units.responded & (units.size > 0)).tolist()
    silent = (~units.responded).tolist()
    cells = []
    for (category, status, size), members in groups.items():
        known = units.size[members]
        mean = float(np.nanmean(known)) if not np.isnan(known).all() else 0.0
        cells.append(
            _Cell(
                (" / ".join((category or "?", status or "?", size)),),
                category,
                status,
                tuple(members),
                sum(counts[unit] and units.names[unit] not in unlike for unit in members),
                sum(silent[unit] for unit in members),
                _log(mean),
            )
        )
    return cells


def _candidates(cell: _Cell, others: list[_Cell]) -> tuple[str, list[_Cell]]:
    """Strata that a small one may join: those that share most with it."""
    category = [one for one in others if cell.category is not None and one.category == cell.category]
    both = [one for one in category if cell.status is not None and one.status == cell.status]
    return next((shared, found) for shared, found in zip(SHARED, (both, category, others), strict=True) if found)


def _together(into: _Cell, cell: _Cell) -> _Cell:
    count = len(into.members) + len(cell.members)
    sizes = [(math.exp(one.log_size), len(one.members)) for one in (into, cell)]
    mean = sum(size * members for size, members in sizes) / count
    return replace(
        into,
        names=tuple(sorted((*into.names, *cell.names))),
        category=into.category if into.category == cell.category else None,
        status=into.status if into.status == cell.status else None,
        members=(*into.members, *cell.members),
        respondents=into.respondents + cell.respondents,
        silent=into.silent + cell.silent,
        log_size=_log(mean),
    )


def _log(mean: float) -> float:
    """Logarithm of a mean size; far below any other where nobody has a size."""
    return math.log(max(mean, 1e-9))
