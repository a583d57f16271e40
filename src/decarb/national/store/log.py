"""The log of a store: one record a line, each with the sha256 of the line before it; the truth of what was submitted.

Submissions that are made to last together are a batch, and count from the moment that all of its lines are there. What
stands after the last whole batch was being written when its process was killed: it was never acknowledged.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson

from decarb.errors import InvalidStoreError, Problem
from decarb.inventory import Establishment
from decarb.inventory.collection.shards import establishment_as_data, problems_as_data, problems_from_data
from decarb.national.store.layout import Store
from decarb.national.store.ledger import Ledger, Submission

_HEAD = tuple(field.name for field in fields(Establishment) if field.name not in ("file", "digest"))
"""Fields of a head that the record does not already have."""


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


def read_ledger(store: Store) -> Ledger:
    """Read the log.

    Raises
    ------
    InvalidStoreError
        If it is damaged before its end.
    """
    ledger = Ledger()
    read_on(store, ledger, Position())
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
        submission = _submission(line, at, whole)
        if submission is None:
            if _goes_on(lines[place + 1 :], whole.number + 1):
                raise _damaged(store, at.number + 1)
            break
        batch.append(submission)
        at = Position(at.size + len(line), submission.number, hashlib.sha256(line).hexdigest())
        if submission.number == submission.batch[1]:
            for known in batch:
                ledger.add(known)
            batch, whole = [], at
    return whole, position.size + len(data) - whole.size


def _submission(line: bytes, before: Position, batch: Position) -> Submission | None:
    """Record of a line; None if it is not the one that must follow."""
    if not line.endswith(b"\n"):
        return None
    try:
        said = orjson.loads(line)
        found = _decoded(said)
    except (ValueError, KeyError, TypeError):
        return None
    follows = said["previous"] == before.digest and found.number == before.number + 1
    return found if follows and found.batch[0] == batch.number + 1 and found.number <= found.batch[1] else None


def _goes_on(lines: Iterable[bytes], first: int) -> bool:
    """Whether lines hold a record of another batch than that which begins with `first`: that one was acknowledged."""
    for line in lines:
        try:
            if orjson.loads(line)["batch"][0] != first:
                return True
        except (ValueError, KeyError, TypeError, IndexError):
            continue
    return False


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
        "establishment": {name: said[name] for name in _HEAD} if said else None,
        "problems": problems_as_data(submission.problems),
    }


def _decoded(said: dict[str, Any]) -> Submission:
    head = said["establishment"]
    file, digest = said["file"], said["sha256"]
    first, last = said["batch"]
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
    )


def batches(submissions: Iterable[Submission]) -> Iterator[list[Submission]]:
    """Submissions by batch."""
    batch: list[Submission] = []
    for submission in submissions:
        batch.append(submission)
        if submission.number == submission.batch[1]:
            yield batch
            batch = []
