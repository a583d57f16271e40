"""The whole sector from those who reported: the ratio estimator by stratum, its variance, its interval.

docs/estimation.md. Reported, estimated and total are kept apart. Posts that a report leaves out are estimated for it as
for those who did not report: from those who cover them.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, RefusedEstimationError
from decarb.national.reporting_units import ReportingUnits
from decarb.national.strata import Joined, Strata, stratify
from decarb.national.student import student_t_97_5
from decarb.quality import Z_97_5

Float64s = NDArray[np.float64]

Bools = NDArray[np.bool_]

SharedError = Callable[[Float64s, Bools, int], tuple[float, float]]
"""From the weight of each unit's report (1: itself; more: those it stands for too), whether it counts as reported, and
the column (a post; -1 the total): the 95 % bounds that the errors of factors and of what was reported give to the sum
[kg CO2e]."""

TOTAL = "total"
LARGEST_LEVERAGE = 1 - 1e-9
"""A respondent that is all of what is known of a group: what it does to the variance cannot be told."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum as it was estimated.

    ``respondents`` of ``units`` have the ``size_known`` that the ratio is made of; ``size_missing`` is that of those
    who did not report. ``estimated`` is what its respondents stand for [kg CO2e], posts that other reports leave out
    among it; ``ratio`` is that per size of those missing [kg CO2e per unit of size], nan where nobody is.
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
class Group:
    """A part of the sector that is no stratum: a region, say [kg CO2e].

    ``units_reported`` of ``units`` reported; ``low`` and ``high`` are 95 % bounds of reported plus estimated;
    ``given`` is what each unit's report adds to ``estimated``, of shape (units,).
    """

    name: str
    units: int
    units_reported: int
    reported: float
    estimated: float
    low: float
    high: float
    given: Float64s

    @property
    def total(self) -> float:
        """Reported plus estimated [kg CO2e]."""
        return self.reported + self.estimated


@dataclass(frozen=True, slots=True)
class Estimate:
    """Figures of a sector of which a part reported [kg CO2e]; arrays are of shape (posts + 1,), the total last.

    Attributes
    ----------
    posts
        Names, ``total`` at the end.
    reported, estimated
        What was reported, and what is added for those who did not report, or left the post out; the total is their
        sum. ``estimated`` is nan for a post that too few reports cover: the total has what was reported of it alone.
    variance, degrees
        Of the estimated part, and its degrees of freedom; infinite where nothing is uncertain.
    estimated_low, estimated_high
        95 % bounds of the estimated part, by which units responded alone.
    low, high
        95 % bounds of the total: that, and the errors of factors and of data where they were given.
    covering
        How many reports cover each post with all of its columns; of the total, how many leave nothing out.
    size_reported, size
        The denominator of units that reported, and of all whose denominator is known.
    units_reported, units
    strata
    joined
        Strata too small by themselves, with where they went.
    groups
        Parts of the sector, where they were asked for.
    weights : array of shape (units,)
        How much of the sector each report stands for: 1 is itself alone; 0 where there is no report. Where posts have
        different ones, their mean by emissions.
    own, given : arrays of shape (units, posts + 1)
        What each unit reported, and what its report adds to ``estimated``.
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
    covering: NDArray[np.int64]
    size_reported: float
    size: float
    units_reported: int
    units: int
    strata: tuple[Stratum, ...]
    joined: tuple[Joined, ...]
    groups: tuple[Group, ...]
    weights: Float64s
    own: Float64s
    given: Float64s
    warnings: tuple[Problem, ...]

    @property
    def total(self) -> Float64s:
        """Reported plus estimated, of shape (posts + 1,) [kg CO2e]."""
        return self.reported + self.estimated


@dataclass(frozen=True, slots=True)
class Fit:
    """What respondents say of those missing, for posts that the same reports cover; arrays are of their order.

    Attributes
    ----------
    respondents : array of shape (units,)
        Who they are.
    beyond : array of shape (respondents,)
        How much each stands for beside itself: its weight less 1.
    residual : array of shape (respondents, posts) [kg CO2e]
    leverage : array of shape (respondents,)
    stratum : array of shape (respondents,)
    degrees
        Degrees of freedom of a sum, from its variance in each stratum.
    of_groups : array of shape (respondents, groups)
        What of `beyond` is of each group of units.
    """

    respondents: Bools
    beyond: Float64s
    residual: Float64s
    leverage: Float64s
    stratum: NDArray[np.int64]
    degrees: Callable[[Float64s], float]
    of_groups: Float64s


Fitting = Callable[[ReportingUnits, Float64s, Strata, NDArray[np.int64]], Fit]
"""From units, the emissions of each, its strata and the group of each unit."""


def estimate(
    units: ReportingUnits,
    values: Float64s,
    posts: Sequence[str],
    *,
    strata: Strata | None = None,
    shared: SharedError | Float64s | None = None,
    unlike: Iterable[str] = (),
    groups: Sequence[str] | None = None,
) -> Estimate:
    """Estimate what those who did not report emit, per post and in all.

    Parameters
    ----------
    units
        Who reported and who did not, with the size of each.
    values : array of shape (reports, columns) [kg CO2e]
        What each report says; rows as ``units.report`` counts them; nan where it leaves a column out.
    posts
        Post of each column; columns of one post are parts of it, which others may leave out: food beside purchases.
    strata
        For all columns; by default ``stratify`` makes them, for each column of those who cover it.
    shared
        What gives the bounds that the errors of factors leave (``shared_error``), or the variance of the total per post
        and in all, of shape (posts + 1,); nothing of it by default.
    unlike
        Names of respondents that were reviewed and found right, and like no other: they count, but stand for nobody.
    groups
        Group of each unit, whose totals are wanted too: its region, say.

    Raises
    ------
    RefusedEstimationError
        By name: units without a known size, figures that are no number, too few respondents.

    Notes
    -----
    Of a stratum with respondents i of size x_i and emissions y_i: B = Y_r / X_r, estimated B X_m with X_m the size of
    those missing, e = y - B x, h = x / X_r, R = X_m / X_r, and the variance R^2 sum((e / (1 - h))^2) +
    R sum(e^2 / (1 - h)): the jackknife of B, and the spread of those missing around it (docs/estimation.md). The
    degrees of freedom are n - 1; of several strata, Satterthwaite's. A column has the R of those who cover it.
    """
    apart = frozenset(unlike)

    def by_ratio(of: ReportingUnits, y: Float64s, into: Strata, group: NDArray[np.int64]) -> Fit:
        return ratio_fit(of, y, into, fitted(of, apart), group)

    return predicted(units, values, posts, by_ratio, strata=strata, shared=shared, unlike=apart, groups=groups)


def ratio_fit(units: ReportingUnits, y: Float64s, strata: Strata, respondents: Bools, group: NDArray[np.int64]) -> Fit:
    """Ratio estimator of each stratum.

    Raises
    ------
    RefusedEstimationError
        If one respondent alone would stand for others.
    """
    count, groups = len(strata.names), int(group.max(initial=-1)) + 1
    known = np.bincount(strata.of_unit, np.where(respondents, units.size, 0.0), count)
    silent = np.where(units.responded, 0.0, units.size)
    missing = np.bincount(strata.of_unit, silent, count)
    many = np.bincount(strata.of_unit, respondents, count)
    alone = [name for name, n, x in zip(strata.names, many, missing, strict=True) if x > 0 and n < 2]
    if alone:
        raise RefusedEstimationError([Problem("estimation-stratum-alone", {"value": name}) for name in alone])
    here = strata.of_unit[respondents]
    sums = np.zeros((count, y.shape[1]))
    np.add.at(sums, here, y[respondents])
    ratio = np.divide(sums, known[:, None], out=np.zeros_like(sums), where=known[:, None] > 0)
    size = units.size[respondents]
    rate = np.divide(missing, known, out=np.zeros(count), where=known > 0)
    apart = np.bincount(strata.of_unit * groups + group, silent, count * groups).reshape(count, groups)
    of_groups = np.divide(apart, known[:, None], out=np.zeros_like(apart), where=known[:, None] > 0)
    return Fit(
        respondents,
        rate[here],
        y[respondents] - ratio[here] * size[:, None],
        size / known[here],
        here,
        lambda variance: satterthwaite(variance, many - 1),
        of_groups[here],
    )


def predicted(
    units: ReportingUnits,
    values: Float64s,
    posts: Sequence[str],
    fitting: Fitting,
    *,
    strata: Strata | None = None,
    shared: SharedError | Float64s | None = None,
    unlike: frozenset[str] = frozenset(),
    groups: Sequence[str] | None = None,
) -> Estimate:
    """Estimate from what `fitting` makes of those who cover each post; the rest is as ``estimate`` says."""
    y, covers = checked_values(units, values, posts, unlike)
    names, group = np.unique(np.array(groups or [""] * len(units), dtype=np.str_), return_inverse=True)
    group = group.astype(np.int64)
    base = strata or stratify(units, unlike=unlike)
    whole = fitting(units, y, base, group)
    parts = _Parts.of(posts, len(units), len(names))
    warnings = list(_doubts(units))
    patterns, of_column = np.unique(covers, axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T):
        columns = np.flatnonzero(of_column == number)
        covering = replace(units, report=np.where(pattern, units.report, -1))
        try:
            into = base if (pattern == units.responded).all() else strata or stratify(covering, unlike=unlike)
            parts.take(columns, fitting(covering, y[:, columns], into, group))
        except RefusedEstimationError:
            said = list(dict.fromkeys(posts[column] for column in columns.tolist()))
            what = {"value": said, "covering": int(pattern.sum())}
            warnings.append(Problem("estimation-post-too-few", what, severity="warning"))
    found = _assembled(units, y, covers, base, whole, parts, shared)
    of_groups = _groups(units, y, names.tolist(), group, whole, parts, shared) if groups else ()
    return replace(found, groups=of_groups, warnings=(*warnings, *found.warnings))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What each report stands for in each column, and what it adds to the error; arrays of shape (units, columns).

    Attributes
    ----------
    posts
        Their names, and the total.
    of_post : array of shape (columns, posts + 1)
        1 where a column is a part of a post; every one is of the total.
    beyond
    jackknife, spread
        Residuals over 1 - h, and over its root.
    of_groups : array of shape (units, columns, groups)
        What of `beyond` is of each group.
    fits
        Of each column; None where too few reports cover it.
    """

    posts: tuple[str, ...]
    of_post: Float64s
    beyond: Float64s
    jackknife: Float64s
    spread: Float64s
    of_groups: Float64s
    fits: list[Fit | None]

    @classmethod
    def of(cls, posts: Sequence[str], units: int, groups: int) -> "_Parts":
        """Nothing of anybody."""
        names = (*dict.fromkeys(posts), TOTAL)
        of_post = np.array([[name in (post, TOTAL) for name in names] for post in posts], dtype=np.float64)
        beyond, jackknife, spread = (np.zeros((units, len(posts))) for _ in range(3))
        of_groups = np.zeros((units, len(posts), groups))
        return cls(names, of_post, beyond, jackknife, spread, of_groups, [None] * len(posts))

    def take(self, columns: NDArray[np.intp], fit: Fit) -> None:
        """Take the columns of a fit."""
        left = 1 - np.minimum(fit.leverage, LARGEST_LEVERAGE)[:, None]
        place = np.ix_(np.flatnonzero(fit.respondents), columns)
        self.beyond[place] = fit.beyond[:, None]
        self.jackknife[place] = fit.residual / left
        self.spread[place] = fit.residual / np.sqrt(left)
        self.of_groups[place] = fit.of_groups[:, None, :]
        for column in columns.tolist():
            self.fits[column] = fit

    def fit_of(self, post: int, whole: Fit) -> Fit | None:
        """Fit of a post: that of all reports where its columns have several; None where none has one."""
        fits = {id(self.fits[column]): self.fits[column] for column in np.flatnonzero(self.of_post[:, post])}
        return next(iter(fits.values())) if len(fits) == 1 else whole

    def squares(self, beyond: Float64s) -> Float64s:
        """What each report adds to the variance of each post and of the total, of shape (units, posts + 1).

        Notes
        -----
        (w - 1)^2 (e / (1 - h))^2 + (w - 1) e^2 / (1 - h), which is the formula of ``estimate`` where w = 1 + R. Of
        several columns, the squares of the sums over them: exact where all have one w, and otherwise not too small
        while the residuals of an establishment go together (docs/estimation.md).
        """
        weight = np.maximum(beyond, 0.0)  # what raking takes below 1 stands for nobody
        jackknife, spread = weight * self.jackknife @ self.of_post, np.sqrt(weight) * self.spread @ self.of_post
        return np.asarray(jackknife**2 + spread**2)

    def weights(self, units: ReportingUnits, beyond: Float64s, y: Float64s) -> Float64s:
        """How much each report stands for beside itself in each post and in all, of shape (units, posts + 1).

        The mean of the columns by emissions, exactly so where they have one.
        """
        found = np.zeros((len(units), len(self.posts)))
        for post in range(len(self.posts)):
            columns = self.of_post[:, post] > 0
            mine, amounts = beyond[:, columns], y[:, columns]
            one = mine.max(axis=1, initial=0.0)
            same = ((mine == one[:, None]) | (amounts == 0)).all(axis=1)
            sums, mean = amounts.sum(axis=1), one.copy()
            np.divide((mine * amounts).sum(axis=1), sums, out=mean, where=~same & (sums != 0))
            found[:, post] = mean
        return found


def _assembled(
    units: ReportingUnits,
    y: Float64s,
    covers: Bools,
    base: Strata,
    whole: Fit,
    parts: _Parts,
    shared: SharedError | Float64s | None,
) -> Estimate:
    own, given = y @ parts.of_post, (parts.beyond * y) @ parts.of_post
    reported, estimated = own.sum(axis=0), given.sum(axis=0)
    squares = parts.squares(parts.beyond)
    variance = squares.sum(axis=0)
    of_total = _by_stratum(squares[:, -1], whole, len(base.names))
    fits = [*(parts.fit_of(post, whole) for post in range(len(parts.posts) - 1)), whole]
    degrees = np.array([_degrees(squares[:, post], fit) for post, fit in enumerate(fits)])
    half = np.array([student_t_97_5(float(degree)) for degree in degrees]) * np.sqrt(variance)
    # of a post that a report leaves out it has no lines, and its weight none to be multiplied by
    weights = np.where(units.responded[:, None], 1 + parts.weights(units, parts.beyond, y), 0.0)
    below, above = _shared_distances(shared, weights, units.responded, reported + estimated)
    unknown = np.array([np.nan if fit is None else 0.0 for fit in fits])
    complete = ~(~covers[units.responded]).astype(np.float64).dot(parts.of_post).astype(np.bool_)
    return Estimate(
        parts.posts,
        reported,
        estimated + unknown,
        variance + unknown,
        degrees + unknown,
        estimated - half + unknown,
        estimated + half + unknown,
        reported + estimated - np.hypot(half, below) + unknown,
        reported + estimated + np.hypot(half, above) + unknown,
        complete.sum(axis=0).astype(np.int64),
        float(np.nansum(units.size[units.responded])),
        float(np.nansum(units.size)),
        int(units.responded.sum()),
        len(units),
        _described(units, base, given[:, -1], of_total, whole.respondents),
        base.joined,
        (),
        weights[:, -1],
        own,
        given,
        (),
    )


def _groups(
    units: ReportingUnits,
    y: Float64s,
    names: Sequence[str],
    group: NDArray[np.int64],
    whole: Fit,
    parts: _Parts,
    shared: SharedError | Float64s | None,
) -> tuple[Group, ...]:
    """Parts of the sector: what was reported there, and what is estimated of those missing there."""
    found = []
    for number, name in enumerate(names):
        here = group == number
        beyond = parts.of_groups[:, :, number]
        given = (beyond * y).sum(axis=1)
        reported, estimated = float(y[here].sum()), float(given.sum())
        squares = parts.squares(beyond)[:, -1]
        half = student_t_97_5(_degrees(squares, whole)) * float(np.sqrt(squares.sum()))
        own = here & units.responded
        weights = own + parts.weights(units, beyond, y)[:, -1]
        below = above = 0.0
        if callable(shared):
            low, high = shared(weights, own, -1)
            below, above = reported + estimated - low, high - reported - estimated
        total = reported + estimated
        bounds = total - float(np.hypot(half, below)), total + float(np.hypot(half, above))
        found.append(Group(name, int(here.sum()), int(own.sum()), reported, estimated, *bounds, given))
    return tuple(found)


def _by_stratum(squares: Float64s, fit: Fit, count: int = 0) -> Float64s:
    """Variance of each stratum, of shape (strata,)."""
    return np.bincount(fit.stratum, squares[fit.respondents], count).astype(np.float64)


def _degrees(squares: Float64s, fit: Fit | None) -> float:
    """Degrees of freedom of a sum of squares of units; infinite where nothing varies."""
    return fit.degrees(_by_stratum(squares, fit)) if fit else math.inf


def fitted(units: ReportingUnits, unlike: frozenset[str]) -> Bools:
    """Respondents that the ratio is made of: of a known size above zero, and not set apart."""
    apart = np.array([name in unlike for name in units.names], dtype=np.bool_)
    return np.asarray(units.responded & (units.size > 0) & ~apart)


def checked_values(
    units: ReportingUnits, values: Float64s, posts: Sequence[str], unlike: frozenset[str] = frozenset()
) -> tuple[Float64s, Bools]:
    """Emissions of each unit in each column, and which columns it covers.

    Returns
    -------
    array of shape (units, columns) [kg CO2e], array of shape (units, columns)
        Zero where a unit does not cover the column, or there is no report.

    Raises
    ------
    RefusedEstimationError
        By name: sizes that are unknown or negative, figures that are no number, names that no respondent has.
    """
    if values.shape != (values.shape[0], len(posts)) or (units.report >= len(values)).any():
        raise ValueError(f"values are of shape {values.shape}; expected (reports, {len(posts)})")
    y = np.zeros((len(units), len(posts)))
    covers = np.zeros((len(units), len(posts)), dtype=np.bool_)
    said = values[units.report[units.responded]]
    covers[units.responded] = ~np.isnan(said)
    y[units.responded] = np.nan_to_num(said, nan=0.0, posinf=np.inf, neginf=-np.inf)
    problems = list(_wrong_values(units, y, covers, unlike))
    if problems:
        raise RefusedEstimationError(problems)
    return y, covers


def _wrong_values(units: ReportingUnits, y: Float64s, covers: Bools, unlike: frozenset[str]) -> Iterator[Problem]:
    unsized = ~(units.size >= 0)
    for unit in np.flatnonzero(unsized & ~units.responded):
        yield Problem("estimation-size-unknown", {"value": units.names[unit]})
    leaves_out = units.responded & ~covers.all(axis=1)
    for unit in np.flatnonzero(unsized & leaves_out):
        yield Problem("estimation-post-size-unknown", {"value": units.names[unit]})
    nothing = units.responded & ~covers.any(axis=1)
    for unit in np.flatnonzero(nothing | ~np.isfinite(y).all(axis=1)):
        yield Problem("estimation-value", {"value": units.names[unit]})
    known = {name for name, here in zip(units.names, units.responded, strict=True) if here}
    for name in sorted(unlike - known):
        yield Problem("estimation-not-a-respondent", {"value": name})


def satterthwaite(variance: Float64s, degrees: NDArray[np.integer]) -> float:
    """Degrees of freedom of a sum over strata; infinite where nothing varies.

    Parameters
    ----------
    variance, degrees : arrays of shape (strata,)
        Strata at the end that have no variance may be left out of `variance`.

    Notes
    -----
    (sum V)^2 / sum(V^2 / (n - 1)): Satterthwaite 1946; Cochran 1977, 5.16. One stratum has n - 1.
    """
    largest = float(variance.max(initial=0.0))
    if not largest:
        return math.inf
    share = variance / largest
    return float(share.sum() ** 2 / (share**2 / np.maximum(degrees[: len(share)], 1)).sum())


def _shared_distances(
    shared: SharedError | Float64s | None, weights: Float64s, own: Bools, total: Float64s
) -> tuple[Float64s, Float64s]:
    """How far the shared errors reach below and above each total; `weights` are of shape (units, posts + 1)."""
    if shared is None:
        return np.zeros_like(total), np.zeros_like(total)
    if not callable(shared):
        if shared.shape != total.shape or not (shared >= 0).all():
            raise ValueError(f"a shared variance of shape {shared.shape}; expected {total.shape}, none below zero")
        half = Z_97_5 * np.sqrt(shared)
        return half, half
    columns = range(len(total))
    bounds = [shared(weights[:, column], own, column if column < len(total) - 1 else -1) for column in columns]
    low, high = np.array(bounds).T
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
