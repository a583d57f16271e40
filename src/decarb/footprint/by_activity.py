"""What establishments emit by activity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.reporting import activities

ACTIVITIES: tuple[str, ...] = tuple(activities())
AT_A_TIME = 1_000_000
"""Lines added together: some megabytes of scratch."""


@dataclass(frozen=True, slots=True)
class ByActivity:
    """Lines of a footprint by establishment and activity, refused ones apart.

    Attributes
    ----------
    emissions_kgco2e, lines : arrays of shape (establishments, activities)
        In the order of ``ACTIVITIES``.
    """

    emissions_kgco2e: NDArray[np.float64]
    lines: NDArray[np.int64]

    def of(self, chosen: frozenset[str]) -> "ByActivity":
        """Some activities alone."""
        columns = [place for place, activity in enumerate(ACTIVITIES) if activity in chosen]
        return ByActivity(self.emissions_kgco2e[:, columns], self.lines[:, columns])

    @property
    def total(self) -> float | None:
        """Emissions of all lines [kg CO2e]; None where there is none."""
        return float(self.emissions_kgco2e.sum()) if self.lines.any() else None

    @property
    def establishments(self) -> int:
        """How many establishments have lines."""
        return int(np.count_nonzero(self.lines.any(axis=1)))


def add_by_activity(
    establishment: NDArray[np.int32],
    activity: NDArray[np.int64],
    pair: NDArray[np.int32],
    quantity: NDArray[np.float64],
    coefficient: NDArray[np.float64],
    establishments: int,
) -> ByActivity:
    """Add lines up by establishment and activity.

    Parameters
    ----------
    establishment, pair, quantity : arrays of shape (lines,)
    activity, coefficient : arrays of shape (pairs,)
        Place in ``ACTIVITIES``, past it where refused; emissions of one unit [kg CO2e].
    establishments
        How many there are.
    """
    columns = len(ACTIVITIES) + 1
    sums, lines = np.zeros(establishments * columns), np.zeros(establishments * columns, dtype=np.int64)
    known = np.nan_to_num(coefficient)
    for start in range(0, len(pair), AT_A_TIME):
        part = slice(start, start + AT_A_TIME)
        cell = establishment[part] * np.int64(columns) + activity[pair[part]]
        sums += np.bincount(cell, quantity[part] * known[pair[part]], len(sums))
        lines += np.bincount(cell, minlength=len(lines))
    return ByActivity(sums.reshape(-1, columns)[:, :-1], lines.reshape(-1, columns)[:, :-1])
