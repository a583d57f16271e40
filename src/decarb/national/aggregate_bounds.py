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

_OF_FACTORS = ("post", "gas")
"""What parts the emissions of a line; the other dimensions part the lines."""


def bounds_of_cells(
    footprint: Footprint, members: Members, by: tuple[str, ...], labels: dict[str, tuple[str, ...]], view_name: str
) -> tuple[Float64s, Float64s]:
    """95 % bounds of the cells and margins, of their shape."""
    two = len(by) == 2
    shape = (len(labels[by[0]]) + 1, len(labels[by[1]]) + 1 if two else 1)
    coefficients = coefficients_by_breakdown(footprint, view_name)
    finest = _by_groups(footprint, members, [name for name in by if name not in _OF_FACTORS], labels)
    bounds = np.zeros((2, *shape))

    def of(*kept: str) -> Float64s:
        return _collapsed_bounds(footprint, finest, by, coefficients, kept, labels, view_name)

    if two:
        bounds[:, :-1, :-1], bounds[:, :-1, -1] = of(*by), of(by[0])
        bounds[:, -1, :-1], bounds[:, -1, -1] = of(by[1]), of()
    else:
        bounds[:, :-1, 0], bounds[:, -1, 0] = of(*by), of()
    return bounds[0], bounds[1]


def _by_groups(footprint: Footprint, members: Members, by: list[str], labels: dict[str, tuple[str, ...]]) -> Exposures:
    """Exposures of each combination of labels; past the last, of documents of another year."""
    exposures = expose_sections(footprint.binding, footprint.activity_sigma) if "domain" in by else footprint.exposures
    units = len(exposures.pointer) - 1
    document, section = np.divmod(np.arange(units), units // len(footprint.inventory.establishments))
    member = np.full(len(footprint.inventory.establishments), -1, dtype=np.int64)
    member[members.document[members.reported]] = np.flatnonzero(members.reported)
    group, count = np.zeros(units, dtype=np.int64), 1
    for name in by:
        if name == "domain":
            code = np.array([labels[name].index(one) if one in labels[name] else 0 for one in SECTIONS])[section]
        else:
            code = members.codes(name, labels[name])[member[document]]
        group, count = group * len(labels[name]) + code, count * len(labels[name])
    group[member[document] < 0] = count
    return gathered(exposures, group, count + 1, len(footprint.binding.bound))


def _collapsed_bounds(
    footprint: Footprint,
    finest: Exposures,
    by: tuple[str, ...],
    coefficients: Float64s,
    kept: tuple[str, ...],
    labels: dict[str, tuple[str, ...]],
    view_name: str,
) -> Float64s:
    """95 % bounds of shape (2, labels of each of `kept`); `finest` are exposures by what of `by` parts the lines."""
    of_lines = [name for name in by if name not in _OF_FACTORS]
    place = np.unravel_index(np.arange(len(finest.pointer) - 2), [len(labels[name]) for name in of_lines] or [1])
    group, count = np.zeros(len(finest.pointer) - 1, dtype=np.int64), 1
    for name, code in zip(of_lines, place, strict=False):
        if name in kept:
            group[:-1] = group[:-1] * len(labels[name]) + code
            count *= len(labels[name])
    group[-1] = count
    together = gathered(finest, group, count + 1, len(footprint.binding.bound))
    wanted = coefficients
    for axis, (name, every) in enumerate((("post", [row.code for row in view(view_name).rows]), ("gas", TOTAL_GASES))):
        if name in kept:
            wanted = wanted.take([every.index(label) for label in labels[name]], axis=axis)
        else:
            wanted = wanted.sum(axis=axis, keepdims=True)
    errors = footprint.binding.error_groups
    flat = wanted.reshape(-1, wanted.shape[-1])
    found = np.array([intervals_of_groups(together, each, errors) for each in flat])[:, :, :count]
    axes = [*(name for name in of_lines if name in kept), *(name for name in _OF_FACTORS if name in kept)]
    table = found.transpose(1, 2, 0).reshape(2, *(len(labels[name]) for name in axes))
    return np.asarray(table.transpose(0, *(1 + axes.index(name) for name in kept)))
