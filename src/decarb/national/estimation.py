"""The whole sector from those who reported: the ratio estimator by stratum, its variance, its interval.

docs/estimation.md. Reported, estimated and total are kept apart.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, RefusedEstimationError
from decarb.national.reporting_units import ReportingUnits
from decarb.national.strata import Joined, Strata, stratify
from decarb.national.student import student_t_97_5
from decarb.quality import Z_97_5

Float64s = NDArray[np.float64]

SharedError = Callable[[Float64s], tuple[Float64s, Float64s]]
"""From the weight of each unit's report (1: itself; more: those it stands for too), the 95 % bounds that the errors of
factors and of what was reported give to the sums of each post and to the total, of shape (posts + 1,) [kg CO2e]."""

TOTAL = "total"
LARGEST_LEVERAGE = 1 - 1e-9
"""A respondent that is all of what is known of a group: what it does to the variance cannot be told."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum as it was estimated.

    ``respondents`` of ``units`` have the ``size_known`` that the ratio is made of; ``size_missing`` is that of those
    who did not report. ``ratio`` is the emissions per size given to them in all [kg CO2e per unit of size], nan where
    nobody is missing.
    """

    name: str
    units: int
    respondents: int
    size_known: float
    size_missing: float
    estimated: float
    ratio: float
    variance: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Figures of a sector of which a part reported [kg CO2e]; arrays are of shape (posts + 1,), the total last.

    Attributes
    ----------
    posts
        Names, ``total`` at the end.
    reported, estimated
        What was reported, and what is added for those who did not report; the total is their sum.
    variance, degrees
        Of the estimated part, and its degrees of freedom; infinite where nothing is uncertain.
    estimated_low, estimated_high
        95 % bounds of the estimated part, by which units responded alone.
    low, high
        95 % bounds of the total: that, and the errors of factors and of data where they were given.
    size_reported, size
        The denominator of units that reported, and of all whose denominator is known.
    units_reported, units
    strata
    joined
        Strata too small by themselves, with where they went.
    weights : array of shape (units,)
        How much of the sector each report stands for: 1 is itself alone; 0 where there is no report.
    warnings
    """

    posts: tuple[str, ...]
    reported: Float64s
    estimated: Float64s
    variance: Float64s
    degrees: Float64s
    estimated_low: Float64s
    estimated_high: Float64s
    low: Float64s
    high: Float64s
    size_reported: float
    size: float
    units_reported: int
    units: int
    strata: tuple[Stratum, ...]
    joined: tuple[Joined, ...]
    weights: Float64s
    warnings: tuple[Problem, ...]

    @property
    def total(self) -> Float64s:
        """Reported plus estimated, of shape (posts + 1,) [kg CO2e]."""
        return self.reported + self.estimated


def estimate(
    units: ReportingUnits,
    values: Float64s,
    posts: Sequence[str],
    *,
    strata: Strata | None = None,
    shared: SharedError | Float64s | None = None,
    unlike: Iterable[str] = (),
) -> Estimate:
    """Estimate what those who did not report emit, per post and in all.

    Parameters
    ----------
    units
        Who reported and who did not, with the size of each.
    values : array of shape (reports, posts) [kg CO2e]
        What each report says; rows as ``units.report`` counts them.
    strata
        From ``stratify``, which makes them by default.
    shared
        What gives the bounds that the errors of factors leave (``shared_error``), or the variance of the total per post
        and in all, of shape (posts + 1,); nothing of it by default.
    unlike
        Names of respondents that were reviewed and found right, and like no other: they count, but stand for nobody.

    Raises
    ------
    RefusedEstimationError
        By name: units without a known size, figures that are no number, too few respondents.

    Notes
    -----
    Of a stratum with respondents i of size x_i and emissions y_i: B = Y_r / X_r, estimated B X_m with X_m the size of
    those missing, e = y - B x, h = x / X_r, R = X_m / X_r, and the variance R^2 sum((e / (1 - h))^2) +
    R sum(e^2 / (1 - h)): the jackknife of B, and the spread of those missing around it (docs/estimation.md). The
    degrees of freedom are n - 1; of several strata, Satterthwaite's.
    """
    unlike = frozenset(unlike)
    y = checked_values(units, values, posts, unlike)
    strata = strata or stratify(units, unlike=unlike)
    fits = fitted(units, unlike)
    count = len(strata.names)
    size_known = np.bincount(strata.of_unit, np.where(fits, units.size, 0.0), count)
    size_missing = np.bincount(strata.of_unit, np.where(units.responded, 0.0, units.size), count)
    respondents = np.bincount(strata.of_unit, fits, count)
    alone = [name for name, n, x in zip(strata.names, respondents, size_missing, strict=True) if x > 0 and n < 2]
    if alone:
        raise RefusedEstimationError([Problem("estimation-stratum-alone", {"value": name}) for name in alone])
    rate = np.divide(size_missing, size_known, out=np.zeros(count), where=size_known > 0)
    sums = np.zeros((count, y.shape[1]))
    np.add.at(sums, strata.of_unit[fits], y[fits])
    ratio = np.divide(sums, size_known[:, None], out=np.zeros_like(sums), where=size_known[:, None] > 0)
    here = strata.of_unit[fits]
    residual = y[fits] - ratio[here] * units.size[fits, None]
    leverage = units.size[fits] / size_known[here]
    weights = np.where(units.responded, 1.0, 0.0)
    weights[fits] += rate[here]
    parts = spreads(weights[fits], residual, leverage)
    variance = np.zeros((count, y.shape[1]))
    np.add.at(variance, here, parts)
    return assembled(units, y, posts, strata, weights, variance, satterthwaite(variance, respondents - 1), shared, fits)


def fitted(units: ReportingUnits, unlike: frozenset[str]) -> NDArray[np.bool_]:
    """Respondents that the ratio is made of: of a known size above zero, and not set apart."""
    apart = np.array([name in unlike for name in units.names], dtype=np.bool_)
    return np.asarray(units.responded & (units.size > 0) & ~apart)


def checked_values(units: ReportingUnits, values: Float64s, posts: Sequence[str], unlike: frozenset[str]) -> Float64s:
    """Emissions of each unit per post with the total in a last column, zero where there is no report.

    Raises
    ------
    RefusedEstimationError
        By name: sizes that are unknown or negative, figures that are no number, names that no respondent has.
    """
    if values.shape != (values.shape[0], len(posts)) or (units.report >= len(values)).any():
        raise ValueError(f"values are of shape {values.shape}; expected (reports, {len(posts)})")
    problems = []
    for unit in np.flatnonzero(~(units.size >= 0) & ~units.responded):
        problems.append(Problem("estimation-size-unknown", {"value": units.names[unit]}))
    rows = units.report[units.responded]
    bad = ~np.isfinite(values[rows]).all(axis=1)
    for unit in np.flatnonzero(units.responded)[bad]:
        problems.append(Problem("estimation-value", {"value": units.names[unit]}))
    known = {name for name, here in zip(units.names, units.responded, strict=True) if here}
    problems += [Problem("estimation-not-a-respondent", {"value": name}) for name in sorted(unlike - known)]
    if problems:
        raise RefusedEstimationError(problems)
    y = np.zeros((len(units), len(posts) + 1))
    y[units.responded, :-1] = values[rows]
    y[:, -1] = y[:, :-1].sum(axis=1)
    return y


def spreads(weights: Float64s, residual: Float64s, leverage: Float64s) -> Float64s:
    """What each respondent adds to the variance of the estimated part, of shape (respondents, posts + 1).

    Parameters
    ----------
    weights, leverage : arrays of shape (respondents,)
    residual : array of shape (respondents, posts + 1) [kg CO2e]

    Notes
    -----
    (w - 1)^2 (e / (1 - h))^2 + (w - 1) e^2 / (1 - h), which is the formula of ``estimate`` where w = 1 + R.
    """
    beyond = np.maximum(weights - 1, 0.0)[:, None]
    left = 1 - np.minimum(leverage, LARGEST_LEVERAGE)[:, None]
    return np.asarray(beyond**2 * (residual / left) ** 2 + beyond * residual**2 / left)


def satterthwaite(variance: Float64s, degrees: NDArray[np.integer]) -> Float64s:
    """Degrees of freedom of sums over strata, of shape (posts + 1,); infinite where nothing varies.

    Parameters
    ----------
    variance : array of shape (strata, posts + 1)
    degrees : array of shape (strata,)

    Notes
    -----
    (sum V)^2 / sum(V^2 / (n - 1)): Satterthwaite 1946; Cochran 1977, 5.16. One stratum has n - 1.
    """
    largest = variance.max(axis=0, initial=0.0)
    share = np.divide(variance, largest, out=np.zeros_like(variance), where=largest > 0)
    below = (share**2 / np.maximum(degrees, 1)[:, None]).sum(axis=0)
    degrees_of = np.full(len(below), math.inf)
    np.divide(share.sum(axis=0) ** 2, below, out=degrees_of, where=below > 0)
    return degrees_of


def assembled(
    units: ReportingUnits,
    y: Float64s,
    posts: Sequence[str],
    strata: Strata,
    weights: Float64s,
    variance: Float64s,
    degrees: Float64s,
    shared: SharedError | Float64s | None,
    fits: NDArray[np.bool_],
    warnings: Sequence[Problem] = (),
) -> Estimate:
    """Estimate from weights of the reports, and the variance of each stratum."""
    reported = y.sum(axis=0)
    beyond = np.where(units.responded, weights - 1, 0.0)
    estimated = beyond @ y
    whole = variance.sum(axis=0)
    t = np.array([student_t_97_5(float(degree)) for degree in degrees])
    half = t * np.sqrt(whole)
    below, above = _shared_distances(shared, weights, reported + estimated)
    return Estimate(
        (*posts, TOTAL),
        reported,
        estimated,
        whole,
        degrees,
        estimated - half,
        estimated + half,
        reported + estimated - np.hypot(half, below),
        reported + estimated + np.hypot(half, above),
        float(np.nansum(units.size[units.responded])),
        float(np.nansum(units.size)),
        int(units.responded.sum()),
        len(units),
        _described(units, strata, beyond * y[:, -1], variance[:, -1], fits),
        strata.joined,
        weights,
        (*warnings, *_doubts(units)),
    )


def _shared_distances(
    shared: SharedError | Float64s | None, weights: Float64s, total: Float64s
) -> tuple[Float64s, Float64s]:
    """How far the shared errors reach below and above the total."""
    if shared is None:
        return np.zeros_like(total), np.zeros_like(total)
    if not callable(shared):
        if shared.shape != total.shape or not (shared >= 0).all():
            raise ValueError(f"a shared variance of shape {shared.shape}; expected {total.shape}, none below zero")
        half = Z_97_5 * np.sqrt(shared)
        return half, half
    low, high = shared(weights)
    return total - low, high - total


def _described(
    units: ReportingUnits, strata: Strata, estimated: Float64s, variance: Float64s, fits: NDArray[np.bool_]
) -> tuple[Stratum, ...]:
    count = len(strata.names)
    missing = np.bincount(strata.of_unit, np.where(units.responded, 0.0, units.size), count)
    added = np.bincount(strata.of_unit, estimated, count)
    columns = (
        np.bincount(strata.of_unit, minlength=count).tolist(),
        np.bincount(strata.of_unit, fits, count).astype(int).tolist(),
        np.bincount(strata.of_unit, np.where(fits, units.size, 0.0), count).tolist(),
        missing.tolist(),
        added.tolist(),
        np.divide(added, missing, out=np.full(count, np.nan), where=missing > 0).tolist(),
        variance.tolist(),
    )
    return tuple(Stratum(name, *row) for name, *row in zip(strata.names, *columns, strict=True))


def _doubts(units: ReportingUnits) -> Iterable[Problem]:
    """Units that the ratio cannot say anything of, or that say nothing to it."""
    kinds = (
        ("estimation-missing-of-no-size", ~units.responded & (units.size == 0)),
        ("estimation-respondent-of-no-size", units.responded & ~(units.size > 0)),
    )
    for code, found in kinds:
        if found.any():
            first = units.names[int(np.argmax(found))]
            yield Problem(code, {"value": first}, severity="warning", count=int(found.sum()))
