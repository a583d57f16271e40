"""What a report shows of a footprint, computed once for both languages [kg CO2e]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from decarb.adaptation import Checklist, evaluate
from decarb.footprint import Footprint
from decarb.inventory import SECTIONS
from decarb.national.benchmarking import Benchmark
from decarb.report.result import row_records
from decarb.reporting import VIEWS, view
from decarb.uncertainty import (
    Contributions,
    Interval,
    OnRung,
    Uncertain,
    contributions,
    medicines_by_rung,
    row_intervals,
    uncertainty,
)

MOST_SOURCES = 8
"""Figures named among those that the interval rests on."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A section of the inventory: what its lines emit, and how much of it rests on amounts of money [kg CO2e]."""

    section: str
    lines: int
    refused: int
    emissions: float
    monetary: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that both editions of a report are written from.

    Attributes
    ----------
    rows
        Of each view, the records of ``row_records``, with intervals.
    domains
        Sections with lines, the largest first.
    flows
        Emissions by section and BEGES post [kg CO2e].
    lines, gsd2
        Of each line: value with bounds, nan where refused, and spread.
    checklist
        None where the inventory has no section on adaptation, or several establishments.
    standing, trajectory
        Given beside the footprint, None where they were not: its place among its like, the document of
        ``decarb national roadmap --format json``.
    """

    footprint: Footprint
    total: float
    interval: Interval
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    domains: Sequence[Domain]
    flows: Mapping[tuple[str, str], float]
    lines: Uncertain
    sources: Contributions
    rungs: Sequence[OnRung]
    checklist: Checklist | None
    standing: Benchmark | None
    trajectory: Mapping[str, Any] | None

    @property
    def refused_lines(self) -> int:
        """Lines that are not in the total."""
        return int(self.footprint.coverage["refused"])


def gather(
    footprint: Footprint, standing: Benchmark | None, trajectory: Mapping[str, Any] | None, today: date | None = None
) -> Figures:
    """Figures of a footprint whose documents were read, one by one; ages of answers are counted to `today`."""
    intervals, whole = row_intervals(footprint)
    of_views = {name: intervals if name == "beges" else row_intervals(footprint, name)[0] for name in VIEWS}
    return Figures(
        footprint,
        footprint.total(),
        whole,
        {name: row_records(footprint, name, found) for name, found in of_views.items()},
        _domains(footprint),
        _flows(footprint),
        uncertainty(footprint, "line"),
        contributions(footprint, MOST_SOURCES),
        medicines_by_rung(footprint),
        _checklist(footprint, today),
        standing,
        trajectory,
    )


def _domains(footprint: Footprint) -> list[Domain]:
    section, computed = footprint.inventory.section, footprint.binding.computed
    totals = np.nan_to_num(footprint.line_totals())
    of_pair = np.array([bool(found and found.is_monetary) for found in footprint.binding.bound], dtype=np.bool_)
    size = len(SECTIONS)
    count, refused = (np.bincount(section[which], minlength=size) for which in (slice(None), ~computed))
    emissions = np.bincount(section, totals, size)
    monetary = np.bincount(section, np.where(of_pair[footprint.binding.pair], totals, 0.0), size)
    found = [
        Domain(name, int(count[code]), int(refused[code]), float(emissions[code]), float(monetary[code]))
        for code, name in enumerate(SECTIONS)
        if count[code]
    ]
    return sorted(found, key=lambda domain: -domain.emissions)


def _flows(footprint: Footprint) -> dict[tuple[str, str], float]:
    inventory, pair = footprint.inventory, footprint.binding.pair
    pairs = len(footprint.binding.bound)
    key = inventory.section.astype(np.int64) * pairs + pair
    quantity = np.bincount(key, inventory.quantity, len(SECTIONS) * pairs).reshape(len(SECTIONS), pairs)
    flows: dict[tuple[str, str], float] = {}
    for code, found in enumerate(footprint.binding.bound):
        for post, amount in (found.split(view("beges")) if found else {}).items():
            for section in np.flatnonzero(quantity[:, code]).tolist():
                place = (SECTIONS[section], post)
                flows[place] = flows.get(place, 0.0) + float(quantity[section, code]) * amount
    return flows


def _checklist(footprint: Footprint, today: date | None) -> Checklist | None:
    """Checklist of the one establishment; None where its section is refused, which ``decarb adaptation`` words."""
    establishments = footprint.inventory.establishments
    if len(establishments) != 1 or not establishments[0].adaptation:
        return None
    found = evaluate(footprint.inventory, library=footprint.library, today=today, partial=True)
    return found if len(found.evaluated) else None
