"""Where a collection stands: what was received, refused and superseded, what counts, and who has fallen silent.

Who should report at all is a question to the register of establishments (``decarb.national.turnout``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from decarb.inventory import place_of
from decarb.national.nomenclatures import status_groups
from decarb.national.store.ledger import Ledger, Submission


def _identity(submission: Submission, name: str) -> str:
    return str(submission.establishment.identity.get(name, "")) if submission.establishment else ""


def _department(submission: Submission) -> str:
    return place_of(submission.establishment, "").department if submission.establishment else ""


GROUPS: Mapping[str, Callable[[Submission], str]] = {
    "year": lambda submission: "" if submission.year is None else str(submission.year),
    "region": lambda submission: submission.region,
    "department": _department,
    "ght": lambda submission: _identity(submission, "ght"),
    "category": lambda submission: submission.category,
    "legal_status": lambda submission: status_groups().get(_identity(submission, "legal_status"), ""),
}
"""What submissions are grouped by; a group is blank where nobody says it."""


@dataclass(frozen=True, slots=True)
class StatusRow:
    """Submissions of one group.

    Attributes
    ----------
    group
        Year, INSEE code of the region or department, FINESS category, group of the legal status or name of the GHT;
        blank where the documents do not say it.
    received
        All of them; each is one of the next three.
    current, superseded, refused
        What counts, what counted, and what never did.
    entities
        Entities that a current submission speaks for.
    late
        Entities of which something came (what counts for an earlier year, or what was refused for this one) and nothing
        counts for the year shown, in the group of what came last; None where all years are shown.
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
    late: int | None
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
    """Count submissions, of a year or of all, by one of ``GROUPS``."""
    group_of = GROUPS[by]
    wanted = [one for one in ledger.submissions if year in (None, one.year)]
    late = None if year is None else _late(ledger, year)
    groups: dict[str, list[Submission]] = {}
    for one in wanted:
        groups.setdefault(group_of(one), []).append(one)
    for one in late or ():
        groups.setdefault(str(year) if by == "year" else group_of(one), [])
    rows = []
    for group, found in sorted(groups.items()):
        silent = None if late is None else [one for one in late if by == "year" or group_of(one) == group]
        rows.append(_row(ledger, group, found, silent))
    of_no_year = sum(one.year is None for one in ledger.submissions)
    return Status(year, by, tuple(rows), _row(ledger, "", wanted, late), of_no_year)


def _late(ledger: Ledger, year: int) -> list[Submission]:
    """Last submission of each entity that something came of until a year, and of which nothing counts for it."""
    heard = {one.entity for one in ledger.current(year)}
    last: dict[str, Submission] = {}
    for one in ledger.submissions:
        if not one.entity or one.entity in heard or one.year is None:
            continue
        is_earlier = one.year < year and ledger.counts(one)
        if is_earlier or (one.year == year and one.verdict == "refused"):
            last[one.entity] = one
    return list(last.values())


def _row(ledger: Ledger, group: str, submissions: list[Submission], late: list[Submission] | None) -> StatusRow:
    current = [one for one in submissions if ledger.counts(one)]
    return StatusRow(
        group=group,
        received=len(submissions),
        current=len(current),
        superseded=sum(one.number in ledger.successor for one in submissions),
        refused=sum(one.verdict == "refused" for one in submissions),
        entities=len({one.entity for one in current}),
        late=None if late is None else len(late),
        lines=sum(one.lines for one in current),
        last=max((one.at for one in submissions), default=""),
    )
