"""What if those who did not report are unlike those who did? The one assumption that the data cannot check."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from decarb.national.estimation import Estimate
from decarb.national.student import student_t_97_5

MULTIPLIERS = (0.75, 0.9, 1.0, 1.1, 1.25)
"""Emissions per size of those who did not report, over those of respondents of their stratum: ours, to be argued."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """The total [kg CO2e], with 95 % bounds, if those missing emit ``multiplier`` times what their like do per size."""

    multiplier: float
    estimated: float
    total: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Scenarios beside an estimate.

    ``leaves_below`` and ``leaves_above`` are the multipliers at which the total would leave the interval that assumes
    none; nan where everybody reported.
    """

    scenarios: tuple[Scenario, ...]
    leaves_below: float
    leaves_above: float


def sensitivity(found: Estimate, multipliers: Sequence[float] = MULTIPLIERS) -> Sensitivity:
    """Show the total under other ratios of those who did not report.

    Notes
    -----
    With multiplier k: reported + k estimated; the variance of the estimated part times k^2; what the factors' errors
    add stays in proportion to the total.
    """
    reported, estimated = float(found.reported[-1]), float(found.estimated[-1])
    total = reported + estimated
    half = student_t_97_5(float(found.degrees[-1])) * float(np.sqrt(found.variance[-1]))
    beyond = [np.sqrt(max(0.0, distance**2 - half**2)) for distance in (total - found.low[-1], found.high[-1] - total)]
    scenarios = []
    for multiplier in multipliers:
        if not multiplier >= 0:
            raise ValueError(f"multiplier is {multiplier}; emissions per size are not negative")
        sum_of_both = reported + multiplier * estimated
        scale = sum_of_both / total if total else 1.0
        below, above = (float(np.hypot(multiplier * half, scale * distance)) for distance in beyond)
        scenarios.append(
            Scenario(multiplier, multiplier * estimated, sum_of_both, sum_of_both - below, sum_of_both + above)
        )
    leaves = [
        (float(bound) - reported) / estimated if estimated else np.nan for bound in (found.low[-1], found.high[-1])
    ]
    return Sensitivity(tuple(scenarios), *leaves)
