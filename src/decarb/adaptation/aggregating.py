"""Shares of establishments that meet each item, by group, with coverage."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.adaptation.evaluating import Checklist
from decarb.adaptation.recorded import MET, NOT_APPLICABLE, NOT_MET, PARTLY, UNANSWERED
from decarb.inventory import Establishment, region_of

GROUPINGS = ("total", "region", "department", "category", "legal_status", "ght")
"""What establishments are grouped by."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Counts of establishments by group and by item, or by hazard.

    Arrays are of shape (groups, columns). Of a hazard, counts are sums over its items.

    Attributes
    ----------
    groups
        Code of each group; blank for establishments that do not say it.
    establishments
        How many are in each group, of shape (groups,).
    columns
        Items, or hazards.
    applicable
        How many the column concerns.
    met, partly, not_met
        How many of them have each status.
    """

    grouping: str
    groups: tuple[str, ...]
    establishments: NDArray[np.int64]
    columns: tuple[str, ...]
    applicable: NDArray[np.int64]
    met: NDArray[np.int64]
    partly: NDArray[np.int64]
    not_met: NDArray[np.int64]

    @property
    def answered(self) -> NDArray[np.int64]:
        """How many have a status."""
        return self.met + self.partly + self.not_met

    @property
    def coverage(self) -> NDArray[np.float64]:
        """Share of those concerned that have a status; nan where none is concerned."""
        return _share(self.answered, self.applicable)

    @property
    def share_met(self) -> NDArray[np.float64]:
        """Share of those with a status that meet it; nan where none has one."""
        return _share(self.met, self.answered)


def aggregate(checklist: Checklist, by: str = "total", of: str = "item") -> Aggregate:
    """Count statuses by group of establishments.

    Parameters
    ----------
    by
        One of ``GROUPINGS``.
    of
        ``item`` or ``hazard``.
    """
    numbers = np.array(checklist.evaluated, dtype=np.intp)
    names = [_group(checklist.establishments[number], by) for number in numbers.tolist()]
    groups, codes = np.unique(np.array(names, dtype=str), return_inverse=True)
    status = checklist.overall[numbers]
    counts = {}
    for code in (MET, PARTLY, NOT_MET, UNANSWERED, NOT_APPLICABLE):
        sums = np.zeros((len(groups), status.shape[1]), dtype=np.int64)
        np.add.at(sums, codes, status == code)
        counts[int(code)] = sums
    columns = tuple(checklist.catalogue.items)
    if of == "hazard":
        columns = tuple(checklist.catalogue.hazards)
        membership = np.array([[item.hazard == hazard for hazard in columns] for item in checklist.items], np.int64)
        counts = {code: sums @ membership for code, sums in counts.items()}
    met, partly, not_met = (counts[int(code)] for code in (MET, PARTLY, NOT_MET))
    return Aggregate(
        by,
        tuple(groups.tolist()),
        np.bincount(codes, minlength=len(groups)),
        columns,
        met + partly + not_met + counts[int(UNANSWERED)],
        met,
        partly,
        not_met,
    )


def _group(establishment: Establishment, by: str) -> str:
    if by == "total":
        return "total"
    if by == "region":
        return region_of(establishment)
    identity: Mapping[str, str] = establishment.identity
    if by == "department":
        from decarb.inventory import place_of

        return place_of(establishment, "").department
    return str(identity.get(by, ""))


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))
