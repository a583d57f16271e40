"""Respondents unlike their like: found by a robust rule, explained, to be reviewed and never deleted."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem
from decarb.national.estimation import Float64s, checked_values, fitted
from decarb.national.reporting_units import ReportingUnits
from decarb.national.strata import Strata

THRESHOLD = 3.5
"""Robust score from which a respondent is shown: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993."""
FEWEST = 5
"""Respondents that a stratum needs: the median of fewer says nothing of their spread."""

_NORMAL_MAD = 1.4826
"""Standard deviation of a normal per median absolute deviation from the median."""
_NORMAL_MEAN = 1.2533
"""The same per mean absolute deviation, which serves where more than half of the ratios are equal."""


@dataclass(frozen=True, slots=True)
class Outlier:
    """A respondent whose emissions per size are far from those of its stratum.

    Attributes
    ----------
    unit
        Its name, a FINESS number.
    stratum
    ratio, median
        Emissions per size [kg CO2e per unit of size]: its own, and the median of its stratum.
    score
        How many robust standard deviations of the logarithm it lies above the median; negative below; infinite where
        it reported nothing, or less.
    effect_kgco2e
        What the total would lose if it stood for itself alone (``unlike``).
    """

    unit: str
    stratum: str
    ratio: float
    median: float
    score: float
    effect_kgco2e: float

    def problem(self) -> Problem:
        """In words, as a warning."""
        if self.ratio <= 0:
            return Problem("outlier-nothing", {"value": self.unit, "stratum": self.stratum}, severity="warning")
        times = self.ratio / self.median if self.score > 0 else self.median / self.ratio
        what = {
            "value": self.unit,
            "stratum": self.stratum,
            "times": float(f"{times:.2g}"),
            "score": round(abs(self.score), 1),
            "tonnes": float(f"{self.effect_kgco2e / 1000:.3g}"),
        }
        return Problem("outlier-high" if self.score > 0 else "outlier-low", what, severity="warning")


def outliers(
    units: ReportingUnits, values: Float64s, strata: Strata, threshold: float = THRESHOLD
) -> tuple[Outlier, ...]:
    """Respondents to review, the largest effect on the total first.

    Parameters
    ----------
    units, values
        As ``estimate`` has them, with any posts; the sum of the posts is looked at.
    threshold
        Robust score from which a respondent is shown.

    Notes
    -----
    Per stratum, on the logarithm of emissions per size: distance to the median, over 1.4826 times the median of those
    distances (over 1.2533 times their mean where that is zero). Half of a stratum may be wrong before this misleads.
    A post that a report leaves out counts as the emissions per size of all who cover it: it makes nobody an outlier.
    """
    fits = fitted(units, frozenset())
    y = _completed(units, values, fits)
    found: list[Outlier] = []
    for code, name in enumerate(strata.names):
        here = strata.of_unit == code
        members = np.flatnonzero(here & fits)
        if len(members) >= FEWEST:
            missing = float(units.size[here & ~units.responded].sum())
            found += _of_stratum(units, y, name, members, missing, threshold)
    return tuple(sorted(found, key=lambda outlier: -abs(outlier.effect_kgco2e)))


def _completed(units: ReportingUnits, values: Float64s, fits: NDArray[np.bool_]) -> Float64s:
    """Emissions of each unit in all, of shape (units,), with what it leaves out by its size [kg CO2e]."""
    y, covers = checked_values(units, values, [""] * values.shape[1])
    size = np.where(fits, units.size, 0.0)
    known = (covers * size[:, None]).sum(axis=0)
    sums = (y * fits[:, None]).sum(axis=0)
    per_size = np.divide(sums, known, out=np.zeros_like(sums), where=known > 0)
    left_out = ~covers & units.responded[:, None]
    return np.asarray(y.sum(axis=1) + (left_out * per_size).sum(axis=1) * np.nan_to_num(units.size))


def _of_stratum(
    units: ReportingUnits, y: Float64s, name: str, members: NDArray[np.intp], missing: float, threshold: float
) -> Iterator[Outlier]:
    ratio = y[members] / units.size[members]
    positive = ratio > 0
    logarithm = np.log(ratio[positive])
    middle = float(np.median(logarithm)) if positive.any() else math.nan
    distance = np.abs(logarithm - middle)
    spread = _NORMAL_MAD * float(np.median(distance)) if positive.any() else 0.0
    spread = spread or (_NORMAL_MEAN * float(distance.mean()) if positive.any() else 0.0)
    scores = np.full(len(members), -np.inf)
    scores[positive] = (logarithm - middle) / spread if spread else 0.0
    sum_y, sum_x = float(y[members].sum()), float(units.size[members].sum())
    for member, score, own in zip(members.tolist(), scores.tolist(), ratio.tolist(), strict=True):
        if abs(score) <= threshold:
            continue
        rest = sum_x - float(units.size[member])
        without = (sum_y - float(y[member])) / rest if rest > 0 else 0.0
        effect = (sum_y / sum_x - without) * missing
        yield Outlier(units.names[member], name, own, math.exp(middle), score, effect)
