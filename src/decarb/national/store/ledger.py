"""What the log of a store comes to: who has submitted what, and which submission counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from decarb.errors import Problem
from decarb.inventory import Establishment, region_of
from decarb.inventory.lines import entity_of

Verdict = Literal["accepted", "refused"]


@dataclass(frozen=True, slots=True)
class Submission:
    """One record of the log.

    Attributes
    ----------
    number
        Its place in the log, from one.
    batch
        Numbers of the first and the last submission that were made to last with it.
    at
        When, in UTC (ISO 8601).
    by
        Who, as they said.
    file
        Name that the document came under.
    digest, size
        sha256 of its bytes, and how many; blank and zero where they could not be read.
    engine
        Version of decarb that judged it.
    lines, spends
        Rows that it has in the columns; zero if refused.
    supersedes
        Number of the submission of the same entity and period that counted before; zero if there is none.
    establishment
        Head of the document; None where it could not be read.
    problems
        Why it is refused; warnings, where it is not.
    codes
        How many terms and places the dictionaries hold with its batch.
    """

    number: int
    batch: tuple[int, int]
    at: str
    by: str
    file: str
    digest: str
    size: int
    engine: str
    verdict: Verdict
    lines: int
    spends: int
    supersedes: int
    establishment: Establishment | None
    problems: tuple[Problem, ...]
    codes: tuple[int, int] = (0, 0)

    @property
    def id(self) -> str:
        """Id of the receipt."""
        return receipt_id(self.number, self.digest)

    @property
    def entity(self) -> str:
        """Who reports, and for which site; blank where that could not be read."""
        return entity_of(self.establishment) if self.establishment else ""

    @property
    def period(self) -> tuple[str, str]:
        """First and last day; blank where they could not be read."""
        return (self.establishment.start, self.establishment.end) if self.establishment else ("", "")

    @property
    def year(self) -> int | None:
        """Year that most days of the period fall in."""
        return self.establishment.year if self.establishment else None

    @property
    def region(self) -> str:
        """INSEE code of the region; blank where nobody says it."""
        return region_of(self.establishment) if self.establishment else ""

    @property
    def category(self) -> str:
        """FINESS category; blank where nobody says it."""
        return str(self.establishment.identity.get("category", "")) if self.establishment else ""


def receipt_id(number: int, digest: str) -> str:
    """Id of a receipt: the number of the submission, and the first figures of its sha256."""
    return f"{number:08d}-{digest[:8] or 'unread'}"


class Ledger:
    """Submissions in the order of the log, and what counts of them.

    Attributes
    ----------
    submissions
        Submission `n` is at ``n - 1``.
    successor
        Number of the submission that superseded another, by the number of that one.
    """

    def __init__(self) -> None:
        self.submissions: list[Submission] = []
        self.successor: dict[int, int] = {}
        self._accepted: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        self._current: dict[str, list[int]] = {}

    @property
    def last(self) -> int:
        """Number of the last submission; zero if there is none."""
        return len(self.submissions)

    @property
    def codes(self) -> tuple[int, int]:
        """How many terms and places the dictionaries hold."""
        return self.submissions[-1].codes if self.submissions else (0, 0)

    def __getitem__(self, number: int) -> Submission:
        """Submission of a number."""
        return self.submissions[number - 1]

    def add(self, submission: Submission) -> None:
        """Take the next submission."""
        self.submissions.append(submission)
        number = submission.number
        if submission.verdict == "refused":
            if submission.digest:
                self._refused[submission.digest] = number
            return
        self._accepted[submission.digest] = number
        counting = self._current.setdefault(submission.entity, [])
        if submission.supersedes:
            self.successor[submission.supersedes] = number
            counting.remove(submission.supersedes)
        counting.append(number)

    def accepted(self, digest: str) -> Submission | None:
        """Accepted submission of these bytes."""
        number = self._accepted.get(digest)
        return self[number] if number else None

    def refused(self, digest: str) -> Submission | None:
        """Last refused submission of these bytes."""
        number = self._refused.get(digest)
        return self[number] if number else None

    def counts(self, submission: Submission) -> bool:
        """Whether a submission is what its entity says of its period today."""
        return submission.verdict == "accepted" and submission.number not in self.successor

    def overlapping(self, establishment: Establishment) -> list[Submission]:
        """Submissions of the same entity that count, over some of the same days."""
        numbers = self._current.get(entity_of(establishment), ())
        return [
            self[number]
            for number in numbers
            if self[number].period[0] <= establishment.end and establishment.start <= self[number].period[1]
        ]

    def current(self, year: int | None = None) -> Iterator[Submission]:
        """Submissions that count, of a year or of all."""
        for submission in self.submissions:
            if self.counts(submission) and year in (None, submission.year):
                yield submission
