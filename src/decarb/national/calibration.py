"""Weights that add up to known margins: raking, and the estimate with them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, RefusedEstimationError
from decarb.national.estimation import (
    LARGEST_LEVERAGE,
    Estimate,
    Fit,
    Float64s,
    SharedError,
    fitted,
    predicted,
)
from decarb.national.reporting_units import ReportingUnits
from decarb.national.strata import Strata

ROUNDS = 200
TOLERANCE = 1e-9
"""Largest gap to a margin, relative to it, at which raking stops."""
CONTRADICTION = 1e-6
"""Relative gap between the sums of two margins from which they contradict each other."""


@dataclass(frozen=True, slots=True)
class Margin:
    """A known partition of the sector.

    Attributes
    ----------
    name
        ``region``, for example.
    of_unit
        Group of each unit.
    sizes
        Known size of each group [unit of the denominator], those who reported included.
    """

    name: str
    of_unit: tuple[str, ...]
    sizes: Mapping[str, float]


def estimate_calibrated(
    units: ReportingUnits,
    values: Float64s,
    posts: Sequence[str],
    margins: Sequence[Margin],
    *,
    strata: Strata | None = None,
    shared: SharedError | Float64s | None = None,
    unlike: Iterable[str] = (),
) -> Estimate:
    """Estimate with weights whose sums of sizes are the known ones, in every stratum and every group of each margin.

    Parameters
    ----------
    units, values, posts, strata, shared, unlike
        As ``estimate`` has them.
    margins
        Known sizes by region, for example, beside those of the strata, which the frame gives. None: ``estimate``.

    Raises
    ------
    RefusedEstimationError
        By name: as ``estimate``; a group that nobody, or one alone, responded of; margins that contradict each other or
        the frame; raking that does not arrive.

    Notes
    -----
    Raking (Deming and Stephan 1940) from the weights of the ratio estimator. The variance is that of the residuals of a
    regression of emissions on size within each stratum and each group, weighted by 1 / size (Deville and Särndal 1992),
    in the formula of ``estimate``, which it is where there is no margin; n less the rank are its degrees of freedom.
    """
    apart = frozenset(unlike)
    light: dict[str, None] = {}

    def by_raking(of: ReportingUnits, y: Float64s, into: Strata, group: NDArray[np.int64]) -> Fit:
        respondents = fitted(of, apart)
        names = tuple(into.names[code] for code in into.of_unit.tolist())
        every = (Margin("stratum", names, _sizes(of, into)), *margins)
        weights = rake(of, every, respondents)
        light.update((of.names[unit], None) for unit in np.flatnonzero(respondents)[weights < 1 - TOLERANCE].tolist())
        residual, leverage, rank = _residuals(y[respondents], of.size[respondents], every, respondents)
        left = float(max(len(weights) - rank, 1))
        of_groups = np.zeros((len(weights), int(group.max(initial=-1)) + 1))

        def degrees(variance: Float64s) -> float:
            return left if variance.any() else math.inf

        return Fit(respondents, weights - 1, residual, leverage, into.of_unit[respondents], degrees, of_groups)

    found = predicted(units, values, posts, by_raking, strata=strata, shared=shared, unlike=apart)
    if not light:
        return found
    first = Problem("calibration-below-one", {"value": next(iter(light))}, severity="warning").at(count=len(light))
    return replace(found, warnings=(first, *found.warnings))


def rake(units: ReportingUnits, margins: Sequence[Margin], fits: NDArray[np.bool_]) -> Float64s:
    """Weights of respondents, of shape (respondents,), with which the sizes of each group add up to the known ones.

    What respondents who stand for nobody but themselves have is taken off first.

    Raises
    ------
    RefusedEstimationError
        As ``estimate_calibrated`` says.
    """
    apart = units.responded & ~fits
    groups: list[NDArray[np.int64]] = []
    wanted: list[Float64s] = []
    problems: list[Problem] = []
    for margin in margins:
        known = sorted(margin.sizes)
        code = {name: number for number, name in enumerate(known)}
        strangers = sorted(set(margin.of_unit) - code.keys())
        problems += [Problem("calibration-unknown-group", {"value": name, "margin": margin.name}) for name in strangers]
        if strangers:
            continue
        of_unit = np.array([code[name] for name in margin.of_unit], dtype=np.int64)
        own = np.bincount(of_unit, np.where(apart, np.nan_to_num(units.size), 0.0), len(known))
        target = np.array([margin.sizes[name] for name in known], dtype=np.float64) - own
        groups.append(of_unit[fits])
        wanted.append(target)
        problems += _unsupported(margin, known, np.bincount(of_unit[fits], minlength=len(known)), target)
    if not problems:
        problems = list(_contradictions(margins, wanted))
    if problems:
        raise RefusedEstimationError(problems)
    return _raked(units.size[fits], margins, groups, wanted)


def _raked(
    size: Float64s, margins: Sequence[Margin], groups: Sequence[NDArray[np.int64]], wanted: Sequence[Float64s]
) -> Float64s:
    weights = np.ones(len(size))
    for _ in range(ROUNDS):
        gaps = []
        for group, target in zip(groups, wanted, strict=True):
            sums = np.bincount(group, weights * size, len(target)).astype(np.float64)
            gaps.append(_gap(sums, target))
            weights *= np.divide(target, sums, out=np.ones_like(target), where=sums > 0)[group]
        if max(gaps) <= TOLERANCE:
            return weights
    worst = int(np.argmax(gaps))
    what = {"value": margins[worst].name, "gap": 100 * gaps[worst], "limit": ROUNDS}
    raise RefusedEstimationError([Problem("calibration-not-converged", what)])


def _gap(sums: Float64s, target: Float64s) -> float:
    relative = np.divide(np.abs(sums - target), np.abs(target), out=np.abs(sums), where=target != 0)
    return float(relative.max(initial=0.0))


def _unsupported(
    margin: Margin, known: Sequence[str], respondents: NDArray[np.int64], target: Float64s
) -> Iterable[Problem]:
    """Groups that are more than those who responded of them can carry."""
    for name, count, size in zip(known, respondents.tolist(), target.tolist(), strict=True):
        if count < 2 and size > 0:
            yield Problem("calibration-thin-group", {"value": name, "margin": margin.name, "respondents": count})
        if size < 0:
            yield Problem("calibration-negative", {"value": name, "margin": margin.name})


def _contradictions(margins: Sequence[Margin], wanted: Sequence[Float64s]) -> Iterable[Problem]:
    """Margins whose sums are not that of the strata: no weights can meet both."""
    first = float(wanted[0].sum())
    for margin, target in zip(margins[1:], wanted[1:], strict=True):
        if abs(float(target.sum()) - first) > CONTRADICTION * first:
            what = {"value": margin.name, "one": float(target.sum()), "other": first}
            yield Problem("calibration-margins-differ", what)


def _sizes(units: ReportingUnits, strata: Strata) -> dict[str, float]:
    sums = np.bincount(strata.of_unit, np.nan_to_num(units.size), len(strata.names))
    return dict(zip(strata.names, sums.tolist(), strict=True))


def _residuals(
    y: Float64s, size: Float64s, margins: Sequence[Margin], fits: NDArray[np.bool_]
) -> tuple[Float64s, Float64s, int]:
    """Residuals of y on size within groups, weighted by 1 / size, with their leverages and the rank."""
    where = np.flatnonzero(fits)
    columns = []
    for margin in margins:
        of_respondent = np.array([margin.of_unit[unit] for unit in where], dtype=np.str_)
        columns += [np.where(of_respondent == name, size, 0.0) for name in np.unique(of_respondent)]
    root = np.sqrt(size)
    design = np.array(columns).T / root[:, None]
    left, singular, _ = np.linalg.svd(design, full_matrices=False)
    rank = int(np.count_nonzero(singular > 1e-10 * singular.max(initial=0.0)))
    basis = left[:, :rank]
    scaled = y / root[:, None]
    residual = (scaled - basis @ (basis.T @ scaled)) * root[:, None]
    leverage = np.minimum((basis**2).sum(axis=1), LARGEST_LEVERAGE)
    return residual, leverage, rank
