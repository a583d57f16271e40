"""Final energy of buildings as submitted, on one basis: kWh of lower heating value."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.binding import BoundTerms
from decarb.factors import FactorLibrary
from decarb.footprint import Footprint
from decarb.inventory import SECTIONS
from decarb.units import conversion_factor

ENERGY_ACTIVITIES = frozenset(
    ("stationary_fuel", "stationary_biofuel", "heat_network", "cooling_network", "electricity")
)


@dataclass(frozen=True, slots=True)
class FinalEnergy:
    """Energy of each establishment, of shape (establishments,).

    Attributes
    ----------
    kwh
        Sum of the lines in units of energy [kWh PCI]; nan where no line is of energy.
    left_out
        How many lines of energy are in litres, tonnes or euros, or are refused: with one, ``kwh`` is not all of it.
    """

    kwh: NDArray[np.float64]
    left_out: NDArray[np.int64]

    def whole(self) -> NDArray[np.float64]:
        """Energy where all of it is told; nan elsewhere, of shape (establishments,) [kWh PCI]."""
        return np.where(self.left_out == 0, self.kwh, np.nan)


def final_energy(footprint: Footprint) -> FinalEnergy:
    """Energy used in buildings, neither corrected for the climate nor for how much they are used.

    Notes
    -----
    Higher heating value is divided by the ratio of the library's properties (``pcs_pci_ratio``); a line on that basis
    of a fuel without a ratio is left out.
    """
    inventory, binding = footprint.inventory, footprint.binding
    per_unit = kwh_per_unit(footprint)
    of_line = per_unit[binding.pair] if len(per_unit) else np.zeros(0)
    is_energy = ~np.isinf(of_line)
    told = is_energy & ~np.isnan(of_line)
    count = len(inventory.establishments)
    sums = np.bincount(inventory.establishment[told], inventory.quantity[told] * of_line[told], minlength=count).astype(
        np.float64
    )
    lines = np.bincount(inventory.establishment[told], minlength=count)
    refused = ~binding.computed & (inventory.section == SECTIONS.index("energy"))
    left_out = np.bincount(inventory.establishment[refused | (is_energy & ~told)], minlength=count)
    unread = Counter(problem.file for problem in inventory.set_aside if problem.pointer.startswith("/energy/"))
    left_out += [unread[establishment.file] for establishment in inventory.establishments]
    return FinalEnergy(np.where(lines > 0, sums, np.nan), left_out.astype(np.int64))


def kwh_per_unit(footprint: Footprint) -> NDArray[np.float64]:
    """Energy of one unit of each pair [kWh PCI]; nan where its unit is of no energy, infinity where it is of none."""
    return np.array([_kwh(found, footprint.library) for found in footprint.binding.bound], dtype=np.float64)


def _kwh(found: BoundTerms | None, library: FactorLibrary) -> float:
    """Kilowatt-hours of one unit; nan where the unit is of no energy, infinity where the line is of none."""
    if found is None or found.activity not in ENERGY_ACTIVITIES:
        return np.inf
    direct = conversion_factor(found.unit.name, "kWh")
    if direct is None:
        return np.nan
    if "PCS" not in found.unit.bases:
        return direct
    ratio = library.properties.get((found.factor.substance, "pcs_pci_ratio"))
    return direct / ratio.value if ratio else np.nan
