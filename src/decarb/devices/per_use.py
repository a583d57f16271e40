"""Emissions of one use of a device that is used several times, and from how many uses it emits less."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64s = NDArray[np.float64]
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Course:
    """Emissions per use, fixed / expected uses + each.

    Attributes
    ----------
    fixed, each : arrays of shape (draws,) [kg CO2e]
        What an item costs whatever its life, and what each of its uses adds.
    breakage
        Chance that an item is lost or rejected after a use.
    maximum_uses
        That its maker allows.
    """

    fixed: Float64s
    each: Float64s
    breakage: float
    maximum_uses: int

    def at(self, uses: float | Float64s) -> Float64s:
        """Emissions of one use where an item serves at most so many [kg CO2e]."""
        return np.asarray(self.fixed / expected_uses(uses, self.breakage) + self.each)


def expected_uses(uses: float | Float64s, breakage: float) -> Float64s:
    """Uses that an item gives on average: the sum of (1 - p)^k for k from 0 to N - 1.

    >>> float(expected_uses(40, 0.0)), float(expected_uses(3, 0.5))
    (40.0, 1.75)
    """
    if breakage == 0:
        return np.asarray(uses, dtype=np.float64)
    return np.asarray(-np.expm1(np.asarray(uses) * math.log1p(-breakage)) / breakage)


def course(
    item: Float64s,
    cycle: Float64s,
    use: Float64s,
    breakage: float,
    maximum_uses: int,
    *,
    sterile_when_new: bool,
) -> Course:
    """Return the course of a device.

    Parameters
    ----------
    item, cycle, use : arrays of shape (draws,) [kg CO2e]
        One item made and disposed of, one cycle of reprocessing, whatever else a use takes.
    sterile_when_new
        Whether the first use needs no cycle: an item of N uses then goes through U(N - 1) = (U(N) - 1) / (1 - p)
        cycles instead of U(N).
    """
    if not sterile_when_new:
        return Course(item, cycle + use, breakage, maximum_uses)
    attempt = cycle / (1 - breakage)
    return Course(item - attempt, attempt + use, breakage, maximum_uses)


def is_lower(one: Float64s, other: Float64s) -> NDArray[np.bool_]:
    """Whether emissions are lower, by more than the rounding of a computer."""
    return one < other * (1 - _ROUNDING)


def break_even(several: Course, once: Float64s) -> Float64s:
    """Smallest whole number of uses from which a device emits less than one that is used once.

    Parameters
    ----------
    once : array of shape (draws,) [kg CO2e]
        Emissions of one use of the other.

    Returns
    -------
    array of shape (draws,)
        Not bounded by the uses that the maker allows; infinite where no number of uses emits less.

    Notes
    -----
    fixed / U + each = once has the solution U = fixed / (once - each), which is reached after
    N = ln(1 - p U) / ln(1 - p) uses, and never if p U is one or more.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = several.fixed / (once - several.each)
        reached = is_lower(several.each, once) & (expected * several.breakage < 1)
    expected = np.where(reached, expected, 1.0)
    uses = np.log1p(-several.breakage * expected) / math.log1p(-several.breakage) if several.breakage else expected
    uses = np.maximum(np.ceil(uses), 1.0)
    uses = uses + ~is_lower(several.at(uses), once)  # at equality the next use is the first that is lower
    return np.where(reached, uses, np.inf)
