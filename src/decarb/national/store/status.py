"""Where a collection stands: what was received, refused and superseded, and what counts.

Who is late, and which obligations are due, is a question to the register of establishments: it takes the ledger's
current submissions, by entity and period, and is not answered here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from decarb.national.store.ledger import Ledger, Submission

GROUPS: Mapping[str, Callable[[Submission], str]] = {
    "year": lambda submission: "" if submission.year is None else str(submission.year),
    "region": lambda submission: submission.region,
    "category": lambda submission: submission.category,
}
"""What submissions are grouped by; a group is blank where nobody says it."""


@dataclass(frozen=True, slots=True)
class StatusRow:
    """Submissions of one group.

    Attributes
    ----------
    group
        Year, INSEE code of the region or FINESS category; blank where the documents do not say it.
    received
        All of them; each is one of the next three.
    current, superseded, refused
        What counts, what counted, and what never did.
    entities
        Entities that a current submission speaks for.
    lines
        Of the current ones.
    last
        When the last one was received (ISO 8601).
    """

    group: str
    received: int
    current: int
    superseded: int
    refused: int
    entities: int
    lines: int
    last: str


@dataclass(frozen=True, slots=True)
class Status:
    """Status of a store.

    Attributes
    ----------
    year
        Year that is shown; None for all.
    by
        One of ``GROUPS``.
    rows
        In the order of their groups.
    total
        All together.
    of_no_year
        Refused documents whose year could not be read: of no row if a year is shown.
    """

    year: int | None
    by: str
    rows: tuple[StatusRow, ...]
    total: StatusRow
    of_no_year: int


def store_status(ledger: Ledger, year: int | None = None, by: str = "year") -> Status:
    """Count submissions, of a year or of all, by year, region or category."""
    group_of = GROUPS[by]
    wanted = [one for one in ledger.submissions if year in (None, one.year)]
    groups: dict[str, list[Submission]] = {}
    for one in wanted:
        groups.setdefault(group_of(one), []).append(one)
    rows = tuple(_row(ledger, group, found) for group, found in sorted(groups.items()))
    of_no_year = sum(one.year is None for one in ledger.submissions)
    return Status(year, by, rows, _row(ledger, "", wanted), of_no_year)


def _row(ledger: Ledger, group: str, submissions: list[Submission]) -> StatusRow:
    current = [one for one in submissions if ledger.counts(one)]
    return StatusRow(
        group=group,
        received=len(submissions),
        current=len(current),
        superseded=sum(one.number in ledger.successor for one in submissions),
        refused=sum(one.verdict == "refused" for one in submissions),
        entities=len({one.entity for one in current}),
        lines=sum(one.lines for one in current),
        last=max((one.at for one in submissions), default=""),
    )
