"""An asset to book, and what the tests read off a footprint in tonnes."""

from typing import Any

import numpy as np

from decarb.footprint import Footprint
from decarb.reporting import GASES, view

GAS_INDEX = {gas.gas: index for index, gas in enumerate(GASES)}


def posts(footprint: Footprint, name: str = "beges") -> dict[str, float]:
    """Totals of the rows that have lines, in tonnes, all establishments together."""
    totals = footprint.row_totals(name)
    return {
        row.code: float(np.nansum(totals[:, number])) / 1000
        for number, row in enumerate(view(name).rows)
        if not np.isnan(totals[:, number]).all()
    }


def memo(footprint: Footprint, gas: str) -> float:
    """A memo column over all posts, in tonnes."""
    return float(np.nansum(footprint.rows()[:, :, GAS_INDEX[gas]])) / 1000


def asset(make: Any, bought: int, years: int, **others: Any) -> dict[str, Any]:
    # Base Carbone 20739: 440 kg/m2 of health building; 1,000 m2 are 440 t
    return make.line(
        "building-health-concrete-m2", 1000, "m2", acquisition_year=bought, amortisation_years=years, **others
    )
