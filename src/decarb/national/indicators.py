"""What one year's submissions say of a lever: its indicators, each from the lines that its row names."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.errors import InvalidInventoryError
from decarb.footprint import Footprint
from decarb.gases import gas_indicators, together
from decarb.kernels.arrays import distinct
from decarb.national.base_year import is_of_a_year
from decarb.national.final_energy import final_energy
from decarb.national.roadmap_tables import Indicator


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator in one year.

    ``value`` is in the indicator's unit, None where no line tells: unknown, not zero. ``establishments`` of the year's
    ``submitted`` have such lines.
    """

    year: int
    value: float | None
    establishments: int
    submitted: int


def read_indicator(indicator: Indicator, year: int, footprint: Footprint) -> Reading:
    """Compute an indicator from the submissions of a year.

    Parameters
    ----------
    indicator
        A row of ``roadmap_indicators.csv``; one of the kind ``none`` has no value.
    """
    value, establishments = _read(indicator, footprint)
    return Reading(year, value, establishments, len(footprint.inventory.establishments))


def _read(indicator: Indicator, footprint: Footprint) -> tuple[float | None, int]:
    if indicator.kind == "emissions":
        return emissions_of(footprint, frozenset(indicator.of))
    if indicator.kind == "rung_share":
        return _rung_share(footprint, indicator)
    if indicator.kind == "factor_share":
        return _factor_share(footprint, indicator)
    if indicator.kind == "desflurane_share":
        return _desflurane_share(footprint)
    return _energy_per_m2(footprint) if indicator.kind == "energy_per_m2" else (None, 0)


def emissions_of(footprint: Footprint, activities: frozenset[str]) -> tuple[float | None, int]:
    """Emissions of the lines of some activities [kg CO2e], None where there is none; how many establishments have any.

    Lines refused are not in it.
    """
    found = footprint.by_activity.of(activities)
    return found.total, found.establishments


def _sum(footprint: Footprint, lines: NDArray[np.bool_]) -> tuple[float | None, int]:
    if not lines.any():
        return None, 0
    who = len(distinct(footprint.inventory.establishment[lines]))
    return float(footprint.line_totals(lines=lines).sum()), who


def _rung_share(footprint: Footprint, indicator: Indicator) -> tuple[float | None, int]:
    """Share of the emissions of medicines that stands on some rungs, credits counted as what they give back."""
    wanted = {int(rung) for rung in indicator.of}
    rungs = footprint.rung_of_pair
    pair = footprint.binding.pair
    is_medicine = np.array([rung is not None for rung in rungs], dtype=np.bool_)[pair]
    on_rung = np.array([rung in wanted for rung in rungs], dtype=np.bool_)[pair]
    whole, who = _sum(footprint, is_medicine)
    if whole is None or not whole > 0:
        return None, who
    return (_sum(footprint, on_rung)[0] or 0.0) / whole, who


def _factor_share(footprint: Footprint, indicator: Indicator) -> tuple[float | None, int]:
    """Share of the quantities of some factors in those of others, all in the unit of the factor."""
    bound = footprint.binding.bound
    pair = footprint.binding.pair
    is_counted = np.array([bool(found and found.factor.id in indicator.out_of) for found in bound], dtype=np.bool_)
    is_wanted = np.array([bool(found and found.factor.id in indicator.of) for found in bound], dtype=np.bool_)
    multiplier = np.array([found.multiplier if found else 0.0 for found in bound])
    lines = is_counted[pair]
    amounts = footprint.inventory.quantity * multiplier[pair]
    whole = float(amounts[lines].sum())
    who = len(distinct(footprint.inventory.establishment[lines]))
    return (float(amounts[is_wanted[pair]].sum()) / whole, who) if whole > 0 else (None, who)


def _desflurane_share(footprint: Footprint) -> tuple[float | None, int]:
    """Share of desflurane by mass, of establishments with no line of gas refused: its mass may be anything."""
    try:
        found = gas_indicators(footprint, whole_alone=True)
    except InvalidInventoryError:
        return None, 0
    share = together(found, "").desflurane
    return (share.by_mass if share else None), sum(one.desflurane is not None for one in found)


def _energy_per_m2(footprint: Footprint) -> tuple[float | None, int]:
    """Energy over floor area, of the establishments that give both whole, for about a year [kWh PCI / m2]."""
    kwh = final_energy(footprint).whole()
    area = np.array([e.denominators.get("m2", math.nan) for e in footprint.inventory.establishments])
    of_a_year = np.array(list(map(is_of_a_year, footprint.inventory.establishments)), dtype=np.bool_)
    known = np.isfinite(kwh) & (area > 0) & of_a_year
    return (float(kwh[known].sum() / area[known].sum()) if known.any() else None), int(known.sum())
