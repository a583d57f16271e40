"""How ready for the climate those who reported are: items of the checklist by hazard, in all and by group."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.adaptation import Checklist
from decarb.adaptation.recorded import MET, NOT_APPLICABLE, NOT_MET, PARTLY
from decarb.national.secrecy import withheld_parts

Int64s = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Items that concern establishments, and how they stand; arrays: (groups + 1, hazards), all of them last.

    An item of a hazard counts once for each establishment that it concerns.

    Attributes
    ----------
    groups
        Labels in their order; blank last.
    hazards
        In the order of the catalogue.
    establishments : array of shape (groups + 1,)
    concerned, met, partly, not_met
        What is in none of the last three is unanswered.
    withheld
        What is not shown: where the items, or those that are answered, are of one or two legal entities, or almost all
        of one; and what it would follow from.
    """

    groups: tuple[str, ...]
    hazards: tuple[str, ...]
    establishments: Int64s
    concerned: Int64s
    met: Int64s
    partly: Int64s
    not_met: Int64s
    withheld: NDArray[np.bool_]

    @property
    def answered(self) -> Int64s:
        """Items that have a status."""
        return self.met + self.partly + self.not_met


def readiness(
    checklist: Checklist,
    group: Sequence[str | None],
    entity: Sequence[str],
    *,
    secrecy: bool = True,
    public: Collection[str] = (),
) -> Readiness:
    """Count items by hazard and group.

    Parameters
    ----------
    group, entity
        Of each establishment of the checklist: its label, None to leave it out; and the FINESS number of its legal
        entity, blank where nobody says it.
    public
        Legal entities whose figures are public by law.
    """
    numbers = [number for number in checklist.evaluated if group[number] is not None]
    names = [group[number] or "" for number in numbers]
    labels = tuple(sorted(set(names), key=lambda label: (not label, label)))
    place = np.array([labels.index(name) for name in names], dtype=np.int64)
    hazards = tuple(checklist.catalogue.hazards)
    belongs = np.array([[item.hazard == hazard for hazard in hazards] for item in checklist.items], dtype=np.int64)
    status = checklist.overall[numbers]

    def by_hazard(of: NDArray[np.bool_]) -> Int64s:
        return np.asarray(of.astype(np.int64) @ belongs)

    def with_all(counts: Int64s) -> Int64s:
        sums = np.zeros((len(labels) + 1, *counts.shape[1:]), dtype=np.int64)
        np.add.at(sums, place, counts)
        sums[-1] = counts.sum(axis=0)
        return sums

    concerned = by_hazard(status != NOT_APPLICABLE)
    answered = by_hazard((status == MET) | (status == PARTLY) | (status == NOT_MET))
    withheld = np.zeros((len(labels) + 1, len(hazards)), dtype=np.bool_)
    if secrecy and numbers:
        whose = [entity[number] for number in numbers]
        for column in range(len(hazards)):
            # shares are of what is answered: one answer among many who are concerned would be told
            amounts = [each[:, column].astype(np.float64) for each in (concerned, answered)]
            withheld[:, column] = withheld_parts(place, whose, amounts, len(labels), public)
    return Readiness(
        labels,
        hazards,
        with_all(np.ones(len(numbers), dtype=np.int64)),
        with_all(concerned),
        with_all(by_hazard(status == MET)),
        with_all(by_hazard(status == PARTLY)),
        with_all(by_hazard(status == NOT_MET)),
        withheld,
    )
