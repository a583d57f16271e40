"""Quality notes of activity data and of factors, and the geometric spread they stand for."""

import math
from collections.abc import Iterable, Mapping

from decarb.language import mark

Z_97_5 = 1.959964
"""Standard normal quantile of 97.5 %."""

QUALITY_GSD2: Mapping[str, tuple[float, ...]] = {
    "reliability": (1.5, 1.2, 1.1, 1.05, 1.0),
    "technical": (2.0, 1.5, 1.2, 1.1, 1.0),
    "geographic": (1.1, 1.05, 1.02, 1.01, 1.0),
    "temporal": (1.5, 1.2, 1.1, 1.03, 1.0),
    "completeness": (1.2, 1.1, 1.05, 1.02, 1.0),
}
"""GSD2 of each note, from 1 (the worst) to 5 (the best): Bilan Carbone method, 4.4.2."""

CRITERIA: tuple[str, ...] = (
    mark("reliability"),
    mark("technical"),
    mark("geographic"),
    mark("temporal"),
    mark("completeness"),
)
"""The five criteria, in their canonical order."""


def gsd2_of_notes(notes: Iterable[int | None]) -> float:
    """GSD2 of five notes in the order of ``CRITERIA``: exp(sqrt(sum of ln(GSD2)^2)).

    A missing note (None) counts as the worst (Bilan Carbone method, 4.4.2).
    """
    squares = (
        math.log(values[(note or 1) - 1]) ** 2 for note, values in zip(notes, QUALITY_GSD2.values(), strict=True)
    )
    return math.exp(math.sqrt(sum(squares)))


def gsd2_of_percent(percent: float) -> float:
    """GSD2 of a published uncertainty [%, 95 %]: 1 + U/100, decarb's convention."""
    return 1 + percent / 100


UNKNOWN_GSD2 = gsd2_of_notes([None] * len(CRITERIA))
"""GSD2 where nothing is said: every note missing (2.6)."""
