"""What the errors of factors, and of the data reported, do to a figure that stands for the whole sector."""

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.kernels import Exposures
from decarb.national.estimation import SharedError
from decarb.national.reporting_units import ReportingUnits, covered_by
from decarb.reporting import view
from decarb.uncertainty.analytic import intervals_of_groups
from decarb.uncertainty.grouping import total_coefficients

Float64s = NDArray[np.float64]


def reports_of(footprint: Footprint) -> tuple[tuple[str, ...], ...]:
    """FINESS numbers that each document of a footprint reports for (``reporting_units``)."""
    return tuple(
        covered_by(establishment.identity, establishment.sites.values())
        for establishment in footprint.inventory.establishments
    )


def values_by_post(footprint: Footprint, view_name: str = "beges") -> tuple[tuple[str, ...], Float64s]:
    """Codes of the rows of a view that any document has lines in, and values of shape (documents, rows) [kg CO2e].

    A row without lines in a document is zero there: nothing tells it from one that was not counted.
    """
    totals = footprint.row_totals(view_name)
    here = np.flatnonzero(~np.isnan(totals).all(axis=0))
    rows = view(view_name).rows
    return tuple(rows[row].code for row in here), np.nan_to_num(totals[:, here])


def shared_error(footprint: Footprint, units: ReportingUnits, view_name: str = "beges") -> SharedError:
    """Return what gives the bounds of sums of weighted reports, per post of ``values_by_post`` and in all.

    Parameters
    ----------
    footprint
        Of all reports: document i is the report that ``units.report`` calls i.

    Notes
    -----
    docs/method.md, section 4, on reported plus estimated exposures. A factor that is too high is too high for those
    missing as well: the means of the exposures are weighted. The errors of the quantities that were reported are
    independent and count once, with the reports themselves; in what is estimated from them they are part of the
    residuals, and so of the variance of the estimator already.
    """
    exposures, errors = footprint.exposures, footprint.binding.error_groups
    row = np.repeat(np.arange(len(exposures.pointer) - 1), np.diff(exposures.pointer))
    posts, _ = values_by_post(footprint, view_name)
    codes = [one.code for one in view(view_name).rows]
    of_posts = footprint.binding.row_coefficients(view_name)[[codes.index(post) for post in posts]]
    coefficients = (*of_posts, total_coefficients(footprint, view_name))
    responded = units.responded

    def bounds(weights: Float64s) -> tuple[Float64s, Float64s]:
        of_report = np.zeros(len(exposures.pointer) - 1)
        of_report[units.report[responded]] = weights[responded]
        together = _weighted(exposures, of_report[row], len(footprint.binding.bound))
        low, high = zip(
            *(intervals_of_groups(together, coefficient, errors) for coefficient in coefficients), strict=True
        )
        return np.concatenate(low), np.concatenate(high)

    return bounds


def _weighted(exposures: Exposures, weight: Float64s, pairs: int) -> Exposures:
    """Exposures of all reports as one group: means by weight, independent errors once."""
    once = (weight > 0).astype(np.float64)
    columns = (
        (exposures.quantity, weight),
        (exposures.mean, weight),
        (exposures.second, once),
        (exposures.third, once),
    )
    sums = [np.bincount(exposures.pair, values * by, pairs).astype(np.float64) for values, by in columns]
    used = np.unique(exposures.pair).astype(np.int32)
    return Exposures(np.array([0, len(used)]), used, *(column[used] for column in sums))
