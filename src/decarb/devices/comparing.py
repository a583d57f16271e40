"""Compare devices per use: what each emits, from how many uses one beats another, and how sure that is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from decarb.devices.document import DeviceComparison, DeviceFigure, Option
from decarb.devices.per_use import Course, Float64s, break_even, course, expected_uses, is_lower
from decarb.errors import Problem, UsageError
from decarb.language import mark
from decarb.uncertainty import standard_normals

DRAWS = 10_000
_CURVE_POINTS = 12
_STAGES = ("manufacture", "end_of_life", "reprocessing", "repair", "each_use")

STATUSES = {
    "always": mark("lower from the first use"),
    "from": mark("lower from {uses} uses on"),
    "until": mark("lower at the first use, but no longer at the maker's limit of {limit} uses"),
    "beyond_limit": mark("would be lower from {uses} uses on, beyond the maker's limit of {limit}"),
    "never": mark("no break-even: one more use alone emits as much as the single-use device, or more"),
}


@dataclass(frozen=True, slots=True)
class OptionResult:
    """One option at its stated number of uses [kg CO2e per use].

    ``stages`` splits the value by ``manufacture``, ``end_of_life``, ``reprocessing``, ``repair`` and ``each_use``;
    ``curve`` holds the value at some numbers of uses up to the maker's limit.
    """

    option: Option
    expected_uses: float
    value: float
    low: float
    high: float
    stages: dict[str, float]
    curve: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Break:
    """An option of several uses against one that is used once.

    Attributes
    ----------
    status
        Key of ``STATUSES``.
    uses
        Smallest whole number of uses from which the option emits less; None where there is none.
    low, high
        2.5 and 97.5 % quantiles of the break-evens of the draws; infinite where so many draws have none.
    without
        Share of the draws that have none within the maker's limit.
    probability_lower
        Share of the draws in which the option emits less at its stated number of uses.
    """

    option: str
    against: str
    status: str
    uses: int | None
    low: float
    high: float
    without: float
    probability_lower: float


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison comes to."""

    comparison: DeviceComparison
    results: tuple[OptionResult, ...]
    breaks: tuple[Break, ...]
    draws: int
    seed: int


def compare_devices(comparison: DeviceComparison, draws: int = DRAWS, seed: int = 1) -> Compared:
    """Compare the options of a document.

    Parameters
    ----------
    draws, seed
        Of the errors: lognormal, each factor's drawn once and shared by every figure that rests on it, so that it
        cancels where both sides do; so is a published value of one source and label.

    Raises
    ------
    UsageError
        If `draws` is below 100 or above a million.

    Notes
    -----
    docs/devices.md. The values are those of the figures as they are; the draws give intervals and probabilities.
    """
    if not 100 <= draws <= 1_000_000:
        raise UsageError([Problem("draws-out-of-range", {"value": draws, "low": 100, "high": 1_000_000})])
    certain = {option.id: _course(option, _Errors(0, seed)) for option in comparison.options}
    errors = _Errors(draws, seed)
    drawn = {option.id: _course(option, errors) for option in comparison.options}
    return Compared(
        comparison,
        tuple(_result(option, certain[option.id], drawn[option.id]) for option in comparison.options),
        tuple(
            _break(option, once, certain, drawn)
            for option in comparison.options
            if option.kind != "single_use"
            for once in comparison.options
            if once.kind == "single_use"
        ),
        draws,
        seed,
    )


class _Errors:
    """Relative errors of figures; no draws stand for the values as they are."""

    def __init__(self, draws: int, seed: int) -> None:
        self._draws = draws
        self._seed = seed

    def of(self, figures: Sequence[DeviceFigure]) -> Float64s:
        """Sum of figures, of shape (draws,) [kg CO2e]."""
        return sum((self._of_one(figure) for figure in figures), np.zeros(self._draws or 1))

    def _of_one(self, figure: DeviceFigure) -> Float64s:
        if not self._draws:
            return np.array([figure.emissions_kgco2e])
        if not figure.group:
            same = f"{figure.basis}\0{figure.label}\0{figure.emissions_kgco2e}"
            return figure.emissions_kgco2e * np.exp(figure.sigma * self._normals("value", same))
        own = figure.sigma * self._normals("figure", figure.pointer)
        shared = figure.group_sigma * self._normals("factor", figure.group)
        return figure.emissions_kgco2e * np.exp(own + shared)

    def _normals(self, kind: str, name: str) -> Float64s:
        return standard_normals(self._seed, kind, [name], self._draws).ravel()


def _course(option: Option, errors: _Errors) -> Course:
    figures = option.figures
    return course(
        errors.of(figures["manufacture"]) + errors.of(figures["end_of_life"]),
        errors.of(figures["reprocessing"]),
        errors.of(figures["each_use"]) + errors.of(figures["repair"]) / option.repair_every,
        option.breakage,
        option.maximum_uses,
        sterile_when_new=option.kind != "reusable",
    )


def _result(option: Option, certain: Course, drawn: Course) -> OptionResult:
    low, high = np.quantile(drawn.at(option.uses), (0.025, 0.975)).tolist()
    return OptionResult(
        option,
        float(expected_uses(option.uses, option.breakage)),
        float(certain.at(option.uses)[0]),
        low,
        high,
        _stages(option),
        tuple((uses, float(certain.at(uses)[0])) for uses in _numbers_of_uses(option)),
    )


def _stages(option: Option) -> dict[str, float]:
    """Emissions of one use by stage, at the stated number of uses [kg CO2e]."""
    uses = float(expected_uses(option.uses, option.breakage))
    cycles = uses if option.kind == "reusable" else float(expected_uses(option.uses - 1, option.breakage))
    times = {
        "manufacture": 1 / uses,
        "end_of_life": 1 / uses,
        "reprocessing": cycles / uses,
        "repair": 1 / option.repair_every,
        "each_use": 1.0,
    }
    sums = {stage: math.fsum(figure.emissions_kgco2e for figure in option.figures[stage]) for stage in _STAGES}
    return {stage: amount * times[stage] for stage, amount in sums.items() if option.figures[stage]}


def _numbers_of_uses(option: Option) -> list[int]:
    """Numbers of uses to show: about evenly spaced on a logarithmic scale, the stated one and the limit among them."""
    spaced = np.geomspace(1, option.maximum_uses, _CURVE_POINTS).round().astype(int).tolist()
    return sorted({*spaced, option.uses})


def _break(option: Option, once: Option, certain: dict[str, Course], drawn: dict[str, Course]) -> Break:
    single = drawn[once.id].at(1)
    status, uses = _status(certain[option.id], certain[once.id].at(1))
    numbers = break_even(drawn[option.id], single)
    low, high = np.quantile(numbers, (0.025, 0.975), method="inverted_cdf").tolist()
    return Break(
        option.id,
        once.id,
        status,
        uses,
        low,
        high,
        float(np.mean(numbers > option.maximum_uses)),
        float(np.mean(is_lower(drawn[option.id].at(option.uses), single))),
    )


def _status(several: Course, single: Float64s) -> tuple[str, int | None]:
    """How two options compare as uses grow: emissions per use rise or fall all along, so the two ends tell."""
    at_first, at_limit = (bool(is_lower(several.at(uses), single)[0]) for uses in (1, several.maximum_uses))
    if at_first:
        return ("always", 1) if at_limit else ("until", None)
    needed = float(break_even(several, single)[0])
    if not math.isfinite(needed):
        return "never", None
    return ("from" if at_limit else "beyond_limit"), int(needed)
