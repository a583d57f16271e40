"""Rows that the checklist is evaluated on: each establishment, then each of its sites.

What is recorded of an establishment as a whole holds for each of its sites that records nothing of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from decarb.inventory import Establishment


@dataclass(frozen=True, slots=True, repr=False)
class Rows:
    """Establishments, one row each, then their sites.

    Attributes
    ----------
    parent : array of shape (rows,)
        Row of the establishment; its own for an establishment.
    is_subject : array of shape (rows,)
        Whether the checklist is evaluated on the row: a site, or an establishment that declares none.
    share : array of shape (rows,)
        Part of its establishment that a subject stands for, the same for each of its sites; 0 for other rows.
    site_ids
        Blank for an establishment.
    """

    establishments: tuple[Establishment, ...]
    parent: NDArray[np.intp]
    is_subject: NDArray[np.bool_]
    share: NDArray[np.float64]
    site_ids: tuple[str, ...]
    _by_site: Mapping[tuple[int, str], int]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.parent)

    def row(self, establishment: int, site: str) -> int | None:
        """Row of a site, of the establishment itself where `site` is blank; None if there is no such site."""
        return self._by_site.get((establishment, site)) if site else establishment

    def subjects_of(self, establishment: int) -> NDArray[np.intp]:
        """Rows that an establishment is evaluated on."""
        return np.flatnonzero((self.parent == establishment) & self.is_subject)


def rows_of(establishments: Sequence[Establishment]) -> Rows:
    """Rows of establishments, in their order."""
    count = len(establishments)
    sites = [(number, site) for number, found in enumerate(establishments) for site in found.sites]
    parent = np.array([*range(count), *(number for number, _ in sites)], dtype=np.intp)
    how_many = np.bincount(parent, minlength=count) - 1
    is_subject = np.arange(len(parent)) >= count
    is_subject[:count] = how_many == 0
    share = np.where(is_subject, 1 / np.maximum(how_many, 1)[parent], 0.0)
    by_site = {place: count + number for number, place in enumerate(sites)}
    return Rows(
        tuple(establishments), parent, is_subject, share, ("",) * count + tuple(site for _, site in sites), by_site
    )


def without(rows: Rows, establishments: Sequence[int]) -> Rows:
    """Rows of which some establishments are not evaluated."""
    kept = rows.is_subject & ~np.isin(rows.parent, establishments)
    return replace(rows, is_subject=kept, share=np.where(kept, rows.share, 0.0))
