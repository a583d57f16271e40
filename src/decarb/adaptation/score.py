"""Scores with their coverage and their bounds, by hazard and overall."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.adaptation.evaluating import Checklist
from decarb.adaptation.recorded import DATED_DOCUMENT

OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of establishments, by hazard and overall.

    A part is a sum of weight x exposure over items and sites. Arrays are of shape (establishments, groups).

    Attributes
    ----------
    groups
        Hazards in the order of the catalogue, then ``overall``.
    possible
        Of the items that concern the establishment.
    answered
        Of those that have a status.
    evidenced
        Of those whose status rests on a dated document or on data with their evidence.
    earned, earned_evidenced
        Times the credit of each status; of evidenced items alone.
    """

    groups: tuple[str, ...]
    possible: NDArray[np.float64]
    answered: NDArray[np.float64]
    evidenced: NDArray[np.float64]
    earned: NDArray[np.float64]
    earned_evidenced: NDArray[np.float64]

    @property
    def score(self) -> NDArray[np.float64]:
        """Part of what is answered that is met, 0 to 1; nan where nothing is answered: an empty sheet has no score."""
        return _ratio(self.earned, self.answered)

    @property
    def coverage(self) -> NDArray[np.float64]:
        """Part of what concerns the establishment that is answered; nan where nothing concerns it."""
        return _ratio(self.answered, self.possible)

    @property
    def evidenced_coverage(self) -> NDArray[np.float64]:
        """Part that rests on a dated document or on data with their evidence."""
        return _ratio(self.evidenced, self.possible)

    @property
    def worst(self) -> NDArray[np.float64]:
        """Score if all that is unanswered, or claimed without evidence, were not met."""
        return _ratio(self.earned_evidenced, self.possible)

    @property
    def best(self) -> NDArray[np.float64]:
        """Score if all that is unanswered were met, and every claim true."""
        return _ratio(self.earned + self.possible - self.answered, self.possible)


def scores(checklist: Checklist) -> Scores:
    """Scores of every establishment of a checklist.

    Notes
    -----
    Weight (1 to 5) x exposure (1 to 5), summed over items, each site of an establishment standing for the same share
    of it; docs/adaptation.md.
    """
    weight = np.array([item.weight for item in checklist.items], dtype=np.float64)
    part = weight * np.maximum(
        checklist.exposure, 1.0
    )  # an exposure of none that leaves an item applicable weighs least
    evidenced = checklist.answered & (checklist.origin >= DATED_DOCUMENT)
    sums = [
        checklist.over_sites(part * factor)
        for factor in (
            checklist.applicable,
            checklist.answered,
            evidenced,
            checklist.credit,
            np.where(evidenced, checklist.credit, 0.0),
        )
    ]
    hazards = tuple(checklist.catalogue.hazards)
    membership = np.array([[item.hazard == hazard for hazard in hazards] + [True] for item in checklist.items], float)
    return Scores((*hazards, OVERALL), *(total @ membership for total in sums))


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))
