"""Who is expected, by a register of establishments, and who has submitted for a year: received, in part, refused, late.

Legal entities are expected, each in the groups of its largest site; sites and beds say how much of the sector reports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from decarb.national.frame import Frame
from decarb.national.members import GROUPINGS
from decarb.national.nomenclatures import status_groups
from decarb.national.obligations import is_bound
from decarb.national.reporting_units import covered_by, sites_by_number
from decarb.national.store import Ledger, Submission
from decarb.national.strata import size_class

State = Literal["received", "in_part", "refused", "late"]
_NEAR, _MOST_NEAR = 2, 3
"""Characters that a number may differ by (a slip, and the key that goes with it), and how many numbers are told."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A legal entity of the register.

    Attributes
    ----------
    entity, name
        FINESS number, and the name of its largest site.
    groups
        Label in each of ``GROUPINGS``; blank where the register does not say it.
    state
        ``received``: what counts covers all its sites; ``in_part``: some; ``refused``: none, and what came was refused;
        ``late``: nothing came.
    sites, sites_reported
    beds, beds_reported
        Of the sites whose beds are known.
    sites_without_beds
        The others.
    bound
        Whether it must publish a BEGES by its status, staff and region in the register; None where that is not said.
    receipts
        Of what counts, or of what was refused.
    """

    entity: str
    name: str
    groups: Mapping[str, str]
    state: State
    sites: int
    sites_reported: int
    beds: float
    beds_reported: float
    sites_without_beds: int
    bound: bool | None
    receipts: tuple[str, ...]

    @property
    def is_late(self) -> bool:
        """Whether it is expected, and nothing of it counts."""
        return self.state in ("refused", "late")


@dataclass(frozen=True, slots=True)
class Stranger:
    """A submission that counts, and reports for numbers that the register does not have, or for none.

    ``nearest`` are numbers of the register that differ by two characters at most.
    """

    receipt: str
    name: str
    numbers: tuple[str, ...]
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurnoutRow:
    """Legal entities of one group, or all: ``expected`` is the sum of ``received``, ``in_part`` and ``late``.

    Among the late, ``refused`` are those whose documents were refused, ``bound`` those who must publish a BEGES, and
    ``of_unknown_bond`` those of whom the register does not say it.
    """

    group: str
    expected: int
    received: int
    in_part: int
    late: int
    refused: int
    bound: int
    of_unknown_bond: int
    sites: int
    sites_reported: int
    beds: float
    beds_reported: float
    sites_without_beds: int


@dataclass(frozen=True, slots=True)
class Turnout:
    """Turnout of a year.

    Attributes
    ----------
    entities
        Everybody who is expected, by number.
    strangers
        In the order of the log.
    twice
        Sites that more than one submission reports for, with the receipts.
    """

    year: int
    entities: tuple[Expected, ...]
    strangers: tuple[Stranger, ...]
    twice: tuple[tuple[str, tuple[str, ...]], ...]

    def rows(self, by: str) -> tuple[TurnoutRow, ...]:
        """Rows by one of ``GROUPINGS``, in the order of their labels; blank last."""
        groups: dict[str, list[Expected]] = {}
        for one in self.entities:
            groups.setdefault(one.groups[by], []).append(one)
        return tuple(_row(group, groups[group]) for group in sorted(groups, key=lambda group: (not group, group)))

    @property
    def total(self) -> TurnoutRow:
        """All of them."""
        return _row("", self.entities)


def turnout(ledger: Ledger, frame: Frame, year: int) -> Turnout:
    """Hold what was submitted for a year against the register."""
    of_number = sites_by_number(frame)
    known = sorted(of_number)
    characters = np.array([number.encode() for number in known], dtype="S9").view(np.uint8).reshape(-1, 9)
    receipts: list[list[str]] = [[] for _ in range(len(frame))]
    refused: list[list[str]] = [[] for _ in range(len(frame))]
    strangers: list[Stranger] = []
    for one in ledger.submissions:
        if one.year != year or not (ledger.counts(one) or one.verdict == "refused"):
            continue
        numbers = _numbers(one)
        for site in dict.fromkeys(site for number in numbers for site in of_number.get(number, ())):
            (receipts if ledger.counts(one) else refused)[site].append(one.id)
        unknown = tuple(number for number in numbers if number not in of_number)
        if ledger.counts(one) and (unknown or not numbers):
            name = one.establishment.name if one.establishment else ""
            nearest = dict.fromkeys(near for number in unknown for near in _nearest(number, known, characters))
            strangers.append(Stranger(one.id, name, unknown, tuple(nearest)))
    of_entity: dict[str, list[int]] = {}
    for site, entity in enumerate(frame.finess_ej):
        of_entity.setdefault(entity, []).append(site)
    return Turnout(
        year,
        tuple(_expected(frame, entity, sites, receipts, refused) for entity, sites in sorted(of_entity.items())),
        tuple(strangers),
        tuple((frame.finess_et[site], tuple(said)) for site, said in enumerate(receipts) if len(said) > 1),
    )


def _numbers(submission: Submission) -> tuple[str, ...]:
    """FINESS numbers that a submission reports for; none where its head could not be read."""
    head = submission.establishment
    return covered_by(head.identity, head.sites.values()) if head else ()


def _nearest(number: str, known: Sequence[str], characters: NDArray[np.uint8]) -> list[str]:
    """Numbers of the register that differ from one by a slip, the nearest first."""
    here = np.array([number.encode()[:9]], dtype="S9").view(np.uint8)
    distance = (characters != here).sum(axis=1)
    order = np.argsort(distance, kind="stable")[:_MOST_NEAR]
    return [known[place] for place in order.tolist() if distance[place] <= _NEAR]


def _expected(
    frame: Frame, entity: str, sites: Sequence[int], receipts: Sequence[Sequence[str]], refused: Sequence[Sequence[str]]
) -> Expected:
    beds = frame.denominators["beds"][list(sites)]
    largest = sites[int(np.argmax(np.nan_to_num(beds, nan=-1.0)))]
    has_report = np.array([bool(receipts[site]) for site in sites])
    came = dict.fromkeys(receipt for site in sites for receipt in receipts[site] or refused[site])
    state: State = "late"
    if has_report.any():
        state = "received" if has_report.all() else "in_part"
        came = dict.fromkeys(receipt for site in sites for receipt in receipts[site])
    elif came:
        state = "refused"
    code, region = frame.legal_status[largest], frame.region[largest]
    group = status_groups().get(code, "")
    groups = {
        "region": region,
        "department": frame.department[largest],
        "ght": frame.ght[largest],
        "category": frame.category[largest],
        "legal_status": group,
        "size": "" if np.isnan(beds).any() else size_class(float(beds.sum())),
    }
    staff = frame.denominators["headcount"][list(sites)]
    return Expected(
        entity,
        frame.name[largest],
        {name: groups[name] for name in GROUPINGS},
        state,
        len(sites),
        int(has_report.sum()),
        float(np.nansum(beds)),
        float(np.nansum(beds[has_report])),
        int(np.isnan(beds).sum()),
        is_bound(code, group, int(np.nansum(staff)), not np.isnan(staff).any(), region)[0],
        tuple(came),
    )


def _row(group: str, entities: Sequence[Expected]) -> TurnoutRow:
    late = [one for one in entities if one.is_late]
    return TurnoutRow(
        group,
        len(entities),
        sum(one.state == "received" for one in entities),
        sum(one.state == "in_part" for one in entities),
        len(late),
        sum(one.state == "refused" for one in late),
        sum(one.bound is True for one in late),
        sum(one.bound is None for one in late),
        sum(one.sites for one in entities),
        sum(one.sites_reported for one in entities),
        float(sum(one.beds for one in entities)),
        float(sum(one.beds_reported for one in entities)),
        sum(one.sites_without_beds for one in entities),
    )
