"""Small sectors: units with sizes, and reports of some of them."""

from collections.abc import Sequence

import numpy as np

from decarb.national.reporting_units import ReportingUnits
from decarb.national.strata import Strata


def units(
    sizes: Sequence[float],
    responded: Sequence[bool],
    category: Sequence[str] | str = "355",
    status: Sequence[str] | str = "public",
) -> ReportingUnits:
    """Units called 0, 1, …; reports are of those that responded, in their order."""
    report = np.full(len(sizes), -1, dtype=np.int64)
    report[np.array(responded, dtype=np.bool_)] = np.arange(sum(responded))
    return ReportingUnits(
        tuple(map(str, range(len(sizes)))),
        (category,) * len(sizes) if isinstance(category, str) else tuple(category),
        (status,) * len(sizes) if isinstance(status, str) else tuple(status),
        np.array(sizes, dtype=np.float64),
        report,
    )


def strata(of_unit: Sequence[int]) -> Strata:
    """Strata called a, b, …"""
    names = tuple("abcdefgh"[: max(of_unit) + 1])
    return Strata(names, np.array(of_unit, dtype=np.int64))
