"""What the errors of factors, and of the data reported, do to a figure that stands for the whole sector."""

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.kernels import Exposures
from decarb.kernels.arrays import distinct
from decarb.national.breakdown import BoundColumns, amounts_by_domain
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
    """What documents report in each row of a view from each domain: what ``estimate`` takes.

    Parameters
    ----------
    view_name
        ``beges``, ``ghg-protocol`` or ``iso``.

    Returns
    -------
    posts, array of shape (documents, columns) [kg CO2e]
        Code of the row of each column, in the order of the view, once for each domain with lines that report there.
        Nan where a document has no line in the domain, or declares the post excluded (in the BEGES view) and has none
        that reports there: it leaves it out. Zero where it has lines in the domain, none of which reports there.
    """
    inventory, binding = footprint.inventory, footprint.binding
    lines = BoundColumns(inventory.establishment, inventory.section, binding.pair, inventory.quantity)
    documents = len(inventory.establishments)
    cells = amounts_by_domain(lines, binding, documents, ("domain", "post"), view_name)[:, :, :, 0]
    reports: NDArray[np.bool_] = ~np.isnan(cells)
    covers = np.repeat(np.any(reports, axis=2, keepdims=True), cells.shape[2], axis=2)
    codes = [row.code for row in view(view_name).rows]
    if view_name == "beges":
        for document, establishment in enumerate(inventory.establishments):
            excluded = {entry["post"] for entry in establishment.declaration.get("excluded_posts", ())}
            covers[document, :, [code in excluded for code in codes]] = False
    values = np.where(covers | reports, np.nan_to_num(cells), np.nan)
    row, domain = np.nonzero(reports.any(axis=0).T)
    return tuple(codes[number] for number in row.tolist()), values[:, domain, row]


def shared_error(footprint: Footprint, units: ReportingUnits, view_name: str = "beges") -> SharedError:
    """Return what gives the bounds of sums of weighted reports, per post of ``values_by_post`` and in all.

    Parameters
    ----------
    footprint
        Of all reports: document i is the report that ``units.report`` calls i.

    Notes
    -----
    docs/method.md, Uncertainty, on reported plus estimated exposures. A factor that is too high is too high for those
    missing as well: the means of the exposures are weighted. The errors of the quantities that were reported are
    independent and count once, with the reports themselves; in what is estimated from them they are part of the
    residuals, and so of the variance of the estimator already.
    """
    exposures, errors = footprint.exposures, footprint.binding.error_groups
    row = np.repeat(np.arange(len(exposures.pointer) - 1), np.diff(exposures.pointer))
    here = ~np.isnan(footprint.row_totals(view_name)).all(axis=0)
    of_posts = footprint.binding.row_coefficients(view_name)[here]
    coefficients = (*of_posts, total_coefficients(footprint, view_name))
    responded = units.responded

    def bounds(weights: Float64s, own: NDArray[np.bool_], column: int) -> tuple[float, float]:
        of_report, is_own = np.zeros(len(exposures.pointer) - 1), np.zeros(len(exposures.pointer) - 1)
        of_report[units.report[responded]] = weights[responded]
        is_own[units.report[responded]] = (own & (weights > 0))[responded]
        together = _weighted(exposures, of_report[row], is_own[row], len(footprint.binding.bound))
        low, high = intervals_of_groups(together, coefficients[column], errors)
        return float(low[0]), float(high[0])

    return bounds


def _weighted(exposures: Exposures, weight: Float64s, once: Float64s, pairs: int) -> Exposures:
    """Exposures of all reports as one group: means by weight, independent errors once."""
    columns = (
        (exposures.quantity, weight),
        (exposures.mean, weight),
        (exposures.second, once),
        (exposures.third, once),
    )
    sums = [np.bincount(exposures.pair, values * by, pairs).astype(np.float64) for values, by in columns]
    used = distinct(exposures.pair)
    return Exposures(np.array([0, len(used)]), used, *(column[used] for column in sums))
