"""Medicines by the rung of the ladder that they stand on, with the interval of each rung."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.medicines import DIRECT, rungs
from decarb.uncertainty.analytic import Interval, intervals_of_groups
from decarb.uncertainty.grouping import total_coefficients


@dataclass(frozen=True, slots=True)
class OnRung:
    """What stands on one rung; ``rung`` is ``DIRECT`` for the gases that medicines release, which come first.

    ``products`` is how many codes, ``lines`` how many lines there are; a rung's emissions leave released gases out.
    """

    rung: int
    lines: int
    products: int
    emissions_kgco2e: float
    interval: Interval


def medicines_by_rung(footprint: Footprint, view_name: str = "beges") -> tuple[OnRung, ...]:
    """Return the rungs that medicines stand on, released gases first; empty where there are none.

    Rungs are never to be added up to a trend without saying which lines changed rung: better data is no reduction.
    """
    released = footprint.released_by_medicines()
    made = total_coefficients(footprint, view_name) - released
    rung = np.array([-1 if number is None else number for number in footprint.rung_of_pair], dtype=np.int64)
    kinds = [(DIRECT, released != 0, released)]
    kinds += [(number, rung == number, np.where(rung == number, made, 0.0)) for number in rungs()]
    return tuple(_on_rung(footprint, number, members, values) for number, members, values in kinds if members.any())


def _on_rung(footprint: Footprint, number: int, members: NDArray[np.bool_], coefficient: NDArray[np.float64]) -> OnRung:
    binding, exposures = footprint.binding, footprint.exposures_together
    quantity = np.zeros(len(members))
    quantity[exposures.pair] = exposures.quantity
    low, high = intervals_of_groups(exposures, coefficient, binding.error_groups.of_pair, binding.error_groups.sigma)
    pairs = np.flatnonzero(members).tolist()
    return OnRung(
        number,
        sum(binding.pairs.counts[pair] for pair in pairs),
        len({binding.pairs.terms[pair][:3] for pair in pairs}),
        float(coefficient @ quantity),
        Interval(float(low[0]), float(high[0])),
    )
