"""95 % intervals of the cells of a table of many establishments, and of its margins."""

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint
from decarb.footprint.exposing import expose_sections
from decarb.inventory import SECTIONS
from decarb.kernels import Exposures
from decarb.national.breakdown import coefficients_by_breakdown
from decarb.national.members import Members
from decarb.reporting import TOTAL_GASES, view
from decarb.uncertainty.analytic import intervals_of_groups
from decarb.uncertainty.grouping import gathered

Float64s = NDArray[np.float64]


def bounds_of_cells(
    footprint: Footprint, members: Members, by: tuple[str, ...], labels: dict[str, tuple[str, ...]], view_name: str
) -> tuple[Float64s, Float64s]:
    """95 % bounds of the cells and margins, of their shape."""
    two = len(by) == 2
    shape = (len(labels[by[0]]) + 1, len(labels[by[1]]) + 1 if two else 1)
    exposures = expose_sections(footprint.binding, footprint.activity_sigma) if "domain" in by else footprint.exposures
    coefficients = coefficients_by_breakdown(footprint, view_name)
    bounds = np.zeros((2, *shape))

    def of(*kept: str) -> Float64s:
        return _collapsed_bounds(footprint, members, exposures, coefficients, kept, labels, view_name)

    if two:
        bounds[:, :-1, :-1], bounds[:, :-1, -1] = of(*by), of(by[0])
        bounds[:, -1, :-1], bounds[:, -1, -1] = of(by[1]), of()
    else:
        bounds[:, :-1, 0], bounds[:, -1, 0] = of(*by), of()
    return bounds[0], bounds[1]


def _collapsed_bounds(
    footprint: Footprint,
    members: Members,
    exposures: Exposures,
    coefficients: Float64s,
    by: tuple[str, ...],
    labels: dict[str, tuple[str, ...]],
    view_name: str,
) -> Float64s:
    """95 % bounds of shape (2, labels of each of `by`)."""
    of_lines = [name for name in by if name not in ("post", "gas")]
    of_factors = [name for name in by if name in ("post", "gas")]
    units = len(exposures.pointer) - 1
    document, section = np.divmod(np.arange(units), units // len(footprint.inventory.establishments))
    member = np.full(len(footprint.inventory.establishments), -1, dtype=np.int64)
    member[members.document[members.reported]] = np.flatnonzero(members.reported)
    group, count = np.zeros(units, dtype=np.int64), 1
    for name in of_lines:
        if name == "domain":
            code = np.array([labels[name].index(one) if one in labels[name] else 0 for one in SECTIONS])[section]
        else:
            code = members.codes(name, labels[name])[member[document]]
        group, count = group * len(labels[name]) + code, count * len(labels[name])
    group[member[document] < 0] = count  # of another year
    together = gathered(exposures, group, count + 1, len(footprint.binding.bound))
    wanted = coefficients
    for axis, (name, every) in enumerate((("post", [row.code for row in view(view_name).rows]), ("gas", TOTAL_GASES))):
        if name in of_factors:
            wanted = wanted.take([every.index(label) for label in labels[name]], axis=axis)
        else:
            wanted = wanted.sum(axis=axis, keepdims=True)
    errors = footprint.binding.error_groups
    flat = wanted.reshape(-1, wanted.shape[-1])
    found = np.array([intervals_of_groups(together, each, errors) for each in flat])[:, :, :count]
    axes = [*of_lines, *(name for name in ("post", "gas") if name in of_factors)]
    table = found.transpose(1, 2, 0).reshape(2, *(len(labels[name]) for name in axes))
    return np.asarray(table.transpose(0, *(1 + axes.index(name) for name in by)))
