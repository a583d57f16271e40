"""95 % intervals of the cells of a table of many establishments, and of its margins."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from decarb.inventory import SECTIONS
from decarb.kernels import Exposures
from decarb.national.members import GROUPINGS, Members
from decarb.national.summed import Summed
from decarb.reporting import TOTAL_GASES, view
from decarb.uncertainty.analytic import intervals_of_groups
from decarb.uncertainty.grouping import gathered

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]
Labels = Mapping[str, tuple[str, ...]]

OTHER = -1
"""Group of documents that are of another year."""


def groups_of_documents(members: Members, by: Sequence[str], labels: Labels, documents: int) -> tuple[Int64s, int]:
    """Group that each document is in by what documents are grouped by in a table, and how many groups there are.

    Returns
    -------
    array of shape (documents,)
        ``OTHER`` where a document is none of the members'.
    """
    group, count = np.zeros(len(members.document), dtype=np.int64), 1
    for name in by:
        if name in GROUPINGS:
            group, count = group * len(labels[name]) + members.codes(name, labels[name]), count * len(labels[name])
    of_document = np.full(documents, OTHER, dtype=np.int64)
    of_document[members.document[members.reported]] = group[members.reported]
    return of_document, count


def of_groups(exposures: Exposures, group: Int64s, count: int, pairs: int) -> Exposures:
    """Exposures of `count` groups, without those that are ``OTHER``."""
    kept = group >= 0
    together = gathered(exposures, np.where(kept, group, count), count + 1 - bool(kept.all()), pairs)
    if len(together.pointer) == count + 1:
        return together
    pointer = together.pointer[: count + 1]
    sums = (together.quantity, together.mean, together.second, together.third)
    return Exposures(pointer, together.pair[: pointer[-1]], *(column[: pointer[-1]] for column in sums))


def bounds_of_cells(summed: Summed, by: tuple[str, ...], labels: Labels, view_name: str) -> tuple[Float64s, Float64s]:
    """95 % bounds of the cells and margins, of their shape.

    Parameters
    ----------
    labels
        Of the rows and the columns of the table.
    """
    two = len(by) == 2
    shape = (len(labels[by[0]]) + 1, len(labels[by[1]]) + 1 if two else 1)
    bounds = np.zeros((2, *shape))

    def of(*kept: str) -> Float64s:
        return _collapsed_bounds(summed, by, kept, labels, view_name)

    if two:
        bounds[:, :-1, :-1], bounds[:, :-1, -1] = of(*by), of(by[0])
        bounds[:, -1, :-1], bounds[:, -1, -1] = of(by[1]), of()
    else:
        bounds[:, :-1, 0], bounds[:, -1, 0] = of(*by), of()
    return bounds[0], bounds[1]


def _collapsed_bounds(
    summed: Summed, by: tuple[str, ...], kept: tuple[str, ...], labels: Labels, view_name: str
) -> Float64s:
    """95 % bounds of shape (2, labels of each of `kept`)."""
    of_lines = [name for name in kept if name not in ("post", "gas")]
    of_factors = [name for name in kept if name in ("post", "gas")]
    code = _codes_of_groups(by, labels, len(summed.exposures.pointer) - 1)
    group, count = np.zeros(len(summed.exposures.pointer) - 1, dtype=np.int64), 1
    for name in of_lines:
        group, count = group * len(labels[name]) + code[name], count * len(labels[name])
    together = gathered(summed.exposures, group, count, summed.coefficients.shape[-1])
    wanted = summed.coefficients
    for axis, (name, every) in enumerate((("post", [row.code for row in view(view_name).rows]), ("gas", TOTAL_GASES))):
        if name in of_factors:
            wanted = wanted.take([every.index(label) for label in labels[name]], axis=axis)
        else:
            wanted = wanted.sum(axis=axis, keepdims=True)
    flat = wanted.reshape(-1, wanted.shape[-1])
    found = np.array([intervals_of_groups(together, each, summed.errors) for each in flat])
    axes = [*of_lines, *(name for name in ("post", "gas") if name in of_factors)]
    table = found.transpose(1, 2, 0).reshape(2, *(len(labels[name]) for name in axes))
    return np.asarray(table.transpose(0, *(1 + axes.index(name) for name in kept)))


def _codes_of_groups(by: tuple[str, ...], labels: Labels, groups: int) -> dict[str, Int64s]:
    """Code among `labels` of each group of exposures, in each dimension that parts lines."""
    names = [name for name in by if name in GROUPINGS]
    sizes = [len(labels[name]) for name in names]
    if "domain" in by:
        names, sizes = [*names, "domain"], [*sizes, len(SECTIONS)]
    if not names:
        return {}
    codes = dict(zip(names, np.unravel_index(np.arange(groups), sizes), strict=True))
    if "domain" in by:
        # a section without lines has no label, and no exposures to put under another
        here = [labels["domain"].index(name) if name in labels["domain"] else 0 for name in SECTIONS]
        codes["domain"] = np.array(here)[codes["domain"]]
    return codes
