"""Bound lines by the million, in the mix of a real collection: for the kernels, and for what they are beside."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from collections_of_documents import document_sizes
from decarb.footprint import Footprint
from decarb.reporting import TOTAL_GASES

SEED = 20_26


class Terms(NamedTuple):
    """What multiplies a quantity and where it goes, in compressed rows of terms."""

    pointer: NDArray[np.int64]
    cell: NDArray[np.uint32]
    coefficient: NDArray[np.float64]
    cells: int

    @property
    def counts(self) -> NDArray[np.int64]:
        return np.diff(self.pointer)


class BoundLines(NamedTuple):
    """Lines of many establishments, sorted by them."""

    group: NDArray[np.uint32]
    term: NDArray[np.uint32]
    quantity: NDArray[np.float64]
    activity_sigma: NDArray[np.float64]
    groups: int
    posts: Terms
    gases: Terms

    def first(self, count: int) -> "BoundLines":
        """About that many lines: every group, each with the same share of its lines."""
        return self.every(max(1, round(len(self.group) / count)))

    def every(self, step: int) -> "BoundLines":
        columns = (np.ascontiguousarray(column[::step]) for column in self[:4])
        return BoundLines(*columns, *self[4:])

    @property
    def nbytes(self) -> int:
        """Bytes of the columns that totals are computed from."""
        return self.group.nbytes + self.term.nbytes + self.quantity.nbytes


def from_footprint(footprint: Footprint, groups: int, count: int) -> BoundLines:
    """Draw `count` lines for `groups` establishments of skewed sizes.

    Each establishment draws its lines from those of one of the footprint's: a home does not buy what a hospital buys.
    """
    draw = np.random.default_rng(SEED)
    inventory, binding = footprint.inventory, footprint.binding
    sizes = document_sizes(groups, count // groups, True, draw)
    bounds = np.searchsorted(inventory.establishment, np.arange(len(inventory.establishments) + 1))
    total = sum(sizes)
    term, quantity, sigma = np.empty(total, np.uint32), np.empty(total), np.empty(total)
    place = 0
    for number, size in enumerate(sizes):
        of = number % (len(bounds) - 1)
        chosen = draw.integers(bounds[of], bounds[of + 1], size)
        term[place : place + size] = binding.pair[chosen]
        quantity[place : place + size] = inventory.quantity[chosen]
        sigma[place : place + size] = footprint.activity_sigma[chosen]
        place += size
    group = np.repeat(np.arange(groups, dtype=np.uint32), sizes)
    rows = binding.row_coefficients("beges")
    return BoundLines(group, term, quantity, sigma, groups, _posts(rows), _gases(rows, draw))


def _posts(rows: NDArray[np.float64]) -> Terms:
    """Entries of each pair in the posts that it reports in."""
    pair, post = np.nonzero(rows.T)
    pointer = np.searchsorted(pair, np.arange(rows.shape[1] + 1))
    return Terms(pointer, post.astype(np.uint32), rows[post, pair], len(rows))


def _gases(rows: NDArray[np.float64], draw: np.random.Generator) -> Terms:
    """Entries as if every factor were split in ten gases, in one post or two: a base richer than today's."""
    gases = len(TOTAL_GASES)
    size = np.abs(rows)
    posts = np.argsort(-size, axis=0, kind="stable")[:2]
    both = np.arange(rows.shape[1]) % 2 == 0
    cells, pointer = [], [0]
    for pair in range(rows.shape[1]):
        own = posts[: 1 + both[pair], pair]
        cells.append((own[:, None] * gases + np.arange(gases)).ravel())
        pointer.append(pointer[-1] + len(cells[-1]))
    cell = np.concatenate(cells).astype(np.uint32)
    return Terms(np.array(pointer), cell, draw.lognormal(-2, 2, len(cell)), len(rows) * gases)
