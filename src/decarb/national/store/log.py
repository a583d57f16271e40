"""The log of a store: one record a line, each with the sha256 of the line before it; the truth of what was submitted.

Submissions that are made to last together are a batch, and count from the moment that all of its lines are there. What
stands after the last whole batch was being written when its process was killed: it was never acknowledged.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson

from decarb.errors import InvalidStoreError, Problem
from decarb.inventory import Establishment
from decarb.inventory.collection.shards import establishment_as_data, problems_as_data, problems_from_data
from decarb.national.store.layout import Store
from decarb.national.store.ledger import Ledger, Submission
from decarb.national.store.table import covers_until
from decarb.resources import collector_paused

_HEAD = tuple(field.name for field in fields(Establishment) if field.name not in ("file", "digest"))
"""Fields of a head that the record does not already have."""

_BATCH = re.compile(rb'"batch":\[(\d{1,18}),')
"""What batch a record is of, whatever is left of its line; within a text, quotes have a backslash."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place between two batches of the log.

    Attributes
    ----------
    size
        Bytes before it.
    number
        Number of the last submission before it.
    digest
        sha256 of the line before it; blank at the beginning.
    """

    size: int = 0
    number: int = 0
    digest: str = ""


@collector_paused()
def read_ledger(store: Store) -> Ledger:
    """Read the log.

    Raises
    ------
    InvalidStoreError
        If it is damaged before its end, or lacks submissions that the table of submissions has.
    """
    tabled = covers_until(store)  # before the log: what is submitted meanwhile is in the log before it is in the table
    ledger = Ledger()
    read_on(store, ledger, Position())
    if tabled > ledger.last:
        raise _damaged(store, ledger.last + 1)
    return ledger


def read_on(store: Store, ledger: Ledger, position: Position) -> tuple[Position, int]:
    """Add what the log holds after a position; the position then, and how many bytes of a torn batch follow it."""
    try:
        with store.log.open("rb") as stream:
            size = stream.seek(0, 2)
            if size < position.size:
                raise _damaged(store, position.number + 1)
            stream.seek(position.size)
            data = stream.read()
    except OSError:
        raise _damaged(store, position.number + 1) from None
    lines = data.splitlines(keepends=True)
    batch: list[Submission] = []
    whole, at = position, position
    for place, line in enumerate(lines):
        record = _record(line)
        if record is None and not _goes_on(b"".join(lines[place:]), whole.number + 1):
            break
        if record is None or not _follows(*record, at, whole):
            raise _damaged(store, at.number + 1)
        submission, _ = record
        batch.append(submission)
        at = Position(at.size + len(line), submission.number, hashlib.sha256(line).hexdigest())
        if submission.number == submission.batch[1]:
            for known in batch:
                ledger.add(known)
            batch, whole = [], at
    return whole, position.size + len(data) - whole.size


def _record(line: bytes) -> tuple[Submission, str] | None:
    """Record of a whole line, and the sha256 that it has of the line before; None if it is torn."""
    if not line.endswith(b"\n"):
        return None
    try:
        said = orjson.loads(line)
        return _decoded(said), said["previous"]
    except (ValueError, KeyError, TypeError):
        return None


def _follows(found: Submission, previous: str, before: Position, batch: Position) -> bool:
    """Whether a record is the one that must follow, in the batch that began at a position."""
    is_next = (found.number, previous) == (before.number + 1, before.digest)
    return is_next and found.batch[0] == batch.number + 1 and found.number <= found.batch[1]


def _goes_on(rest: bytes, first: int) -> bool:
    """Whether bytes hold a record of another batch than that which begins with `first`: that one was acknowledged."""
    return any(int(number) != first for number in _BATCH.findall(rest))


def _damaged(store: Store, line: int) -> InvalidStoreError:
    return InvalidStoreError([log_damage(store, line)])


def log_damage(store: Store, line: int) -> Problem:
    """Problem of a log that lacks what was acknowledged."""
    return Problem("store-log-damaged", {"line": line}, file=str(store.log))


def encode(submissions: Sequence[Submission], position: Position) -> tuple[bytes, Position]:
    """Lines of submissions that follow a position, and the position after them."""
    lines = []
    at = position
    for submission in submissions:
        line = orjson.dumps(_as_data(submission, at.digest), default=str, option=orjson.OPT_APPEND_NEWLINE)
        lines.append(line)
        at = Position(at.size + len(line), submission.number, hashlib.sha256(line).hexdigest())
    return b"".join(lines), at


def _as_data(submission: Submission, previous: str) -> dict[str, Any]:
    head = submission.establishment
    said = establishment_as_data(head) if head else None
    return {
        "number": submission.number,
        "receipt": submission.id,
        "batch": submission.batch,
        "previous": previous,
        "at": submission.at,
        "by": submission.by,
        "file": submission.file,
        "sha256": submission.digest,
        "bytes": submission.size,
        "engine": submission.engine,
        "verdict": submission.verdict,
        "entity": submission.entity,
        "lines": submission.lines,
        "spends": submission.spends,
        "supersedes": submission.supersedes or None,
        "codes": submission.codes,
        "establishment": {name: said[name] for name in _HEAD} if said else None,
        "problems": problems_as_data(submission.problems),
    }


def _decoded(said: dict[str, Any]) -> Submission:
    head = said["establishment"]
    file, digest = said["file"], said["sha256"]
    first, last = said["batch"]
    terms, places = said["codes"]
    return Submission(
        number=said["number"],
        batch=(first, last),
        at=said["at"],
        by=said["by"],
        file=file,
        digest=digest,
        size=said["bytes"],
        engine=said["engine"],
        verdict=said["verdict"],
        lines=said["lines"],
        spends=said["spends"],
        supersedes=said["supersedes"] or 0,
        establishment=Establishment(**head, file=file, digest=digest) if head else None,
        problems=problems_from_data(said["problems"]),
        codes=(terms, places),
    )


def batches(submissions: Iterable[Submission]) -> Iterator[list[Submission]]:
    """Submissions by batch."""
    batch: list[Submission] = []
    for submission in submissions:
        batch.append(submission)
        if submission.number == submission.batch[1]:
            yield batch
            batch = []
