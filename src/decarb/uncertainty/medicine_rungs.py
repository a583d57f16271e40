"""Medicines by the rung of the ladder that they stand on, with the interval of each rung."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from decarb.binding import ErrorGroups
from decarb.footprint import Footprint
from decarb.medicines import DIRECT, rungs
from decarb.quality import Z_97_5
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
    low, high = intervals_of_groups(exposures, coefficient, _errors(footprint, number, members))
    pairs = np.flatnonzero(members).tolist()
    return OnRung(
        number,
        sum(binding.pairs.counts[pair] for pair in pairs),
        len({int(binding.error_groups.product[pair]) for pair in pairs}),
        float(coefficient @ quantity),
        Interval(float(low[0]), float(high[0])),
    )


def _errors(footprint: Footprint, number: int, members: NDArray[np.bool_]) -> ErrorGroups:
    """Errors of what stands on a rung.

    The factor of a box that releases gases has the errors of both by their share: what is made of it has the rung's.
    """
    errors = footprint.binding.error_groups
    diluted = members & (footprint.released_by_medicines() != 0)
    if number == DIRECT or not diluted.any():
        return errors
    rung = rungs()[number]
    names = list(errors.names)
    whole = np.int32(names.index(rung.error_group) if rung.error_group in names else len(names))
    shared, own = math.log(rung.shared_gsd2) / Z_97_5, math.log(rung.line_gsd2) / Z_97_5
    products = np.zeros(len(errors.products), dtype=np.bool_)
    products[errors.product[diluted]] = True
    return replace(
        errors,
        of_pair=np.where(diluted, whole, errors.of_pair),
        sigma=np.append(errors.sigma, shared),
        product_group=np.where(products, whole, errors.product_group),
        product_sigma=np.where(products, own, errors.product_sigma),
    )
