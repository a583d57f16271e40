"""Check a store: digests of the documents, the log, and the columns against what the documents say when read again."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

from decarb.errors import InvalidStoreError, Problem
from decarb.inventory.collection.ingesting import Counted, Progress
from decarb.inventory.collection.judging import Judge
from decarb.inventory.collection.shards import SharedVocabulary
from decarb.inventory.limits import Limits
from decarb.inventory.lines import DocumentLines
from decarb.national.store import disk
from decarb.national.store.layout import Store, writing
from decarb.national.store.ledger import Ledger, Submission
from decarb.national.store.log import Position, batches, log_damage, read_on
from decarb.national.store.parts import parts_in, read_table, sections_table, table_bytes
from decarb.national.store.replaying import Findings, Replay
from decarb.national.store.sweeping import left_behind
from decarb.national.store.table import covers_until, submissions_table, until, write_table
from decarb.resources import collector_paused, usable_cores

_NO_LIMITS = Limits(2**40, 2**31, 200, 2**31)
"""What was accepted under wider limits than the usual ones is read again under none."""

Documents = list[tuple[Submission, DocumentLines | None]]
"""Accepted submissions of a batch, with what their documents say; None where that cannot be read."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    found
        Each thing that is not as it should be.
    repaired
        Those of `found` that are as they should be now.
    left_behind
        Files and folders that a stopped run left: no damage, the next submission sweeps them.
    submissions, documents, lines
        Records of the log; documents, and lines, that were read again.
    """

    found: tuple[Problem, ...]
    repaired: tuple[Problem, ...]
    left_behind: int
    submissions: int
    documents: int
    lines: int


def check_store(
    store: Store, *, repair: bool = False, jobs: int | None = None, progress: Progress | None = None
) -> Checked:
    """Check everything that a store holds.

    Parameters
    ----------
    repair
        Whether to make columns, dictionaries and the table of submissions again from the documents and the log, where
        they differ. Documents and the log themselves cannot be made again.
    jobs
        Threads; by default one per core.
    progress
        Called with the bytes of documents done and in all.

    Raises
    ------
    UsageError
        If what is to be repaired cannot be written.
    """
    findings = Findings(store, repair=repair)
    with writing(store), collector_paused(), disk.locked(store.lock) if repair else nullcontext():
        with nullcontext() if repair else disk.locked(store.lock):
            ledger, whole = _read_log(store, findings)
            left = len(left_behind(store, ledger)) if whole else 0
            if whole:
                _check_table(store, ledger, findings)
                _check_strays(store, ledger, findings)
        _check_sections(store, findings)
        accepted = [one for one in ledger.submissions if one.verdict == "accepted"]
        counted = Counted(progress, sum(one.size for one in accepted))
        replay = Replay(store, findings)
        documents = lines = 0
        for batch in _read_again(ledger, _Reader(store, replay.vocabulary), jobs or usable_cores(), findings):
            replay.check(batch)
            documents += sum(columns is not None for _, columns in batch)
            lines += sum(one.lines for one, columns in batch if columns is not None)
            counted.add(sum(one.size for one, _ in batch))
        counted.finish()
    return Checked(tuple(findings.found), tuple(findings.repaired), left, ledger.last, documents, lines)


def _read_log(store: Store, findings: Findings) -> tuple[Ledger, bool]:
    """What can be read of the log, and whether that is all that was acknowledged."""
    ledger = Ledger()
    try:
        read_on(store, ledger, Position())
    except InvalidStoreError as error:
        for problem in error.problems:
            findings.add(problem)
        return ledger, False
    if covers_until(store) > ledger.last:
        findings.add(log_damage(store, ledger.last + 1))
        return ledger, False
    return ledger, True


def _check_table(store: Store, ledger: Ledger, findings: Findings) -> None:
    """The table of submissions; one that is behind the log was being written when its process was killed."""
    expected = submissions_table(ledger)
    try:
        table = read_table(store.submissions)
        reason = "" if until(table.schema) < ledger.last or table.equals(expected) else "!="
    except FileNotFoundError as error:
        reason = (error.strerror or str(error)) if ledger.last and findings.repair else ""
    except OSError as error:
        reason = str(error)
    if reason:
        problem = Problem("store-part-damaged", {"reason": reason}, file=str(store.submissions))
        findings.add(problem, lambda: write_table(store, ledger))


def _check_strays(store: Store, ledger: Ledger, findings: Findings) -> None:
    """Parts that no submission of the log brought: they would be counted by who reads the folders."""
    spans, named = set(), set()
    for batch in batches(ledger.submissions):
        spans.add(batch[0].batch)
        for one in batch:
            if one.verdict == "accepted":
                named.add(store.part(store.columns, one.batch, one.year))
                named |= {store.part(store.spends, one.batch, one.year)} if one.spends else set()
    for folder in (store.columns, store.spends, store.terms, store.places):
        for span, path in parts_in(folder):
            known = path in named if folder in (store.columns, store.spends) else span in spans
            if not known and span[1] <= ledger.last:
                findings.add(Problem("store-stray", file=str(path)), lambda path=path: disk.remove(path))  # type: ignore[misc]


def _check_sections(store: Store, findings: Findings) -> None:
    try:
        same = read_table(store.sections).equals(sections_table())
        reason = "" if same else "!="
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        problem = Problem("store-part-damaged", {"reason": reason}, file=str(store.sections))
        findings.add(problem, lambda: findings.write(store.sections, table_bytes(sections_table())))


class _Reader:
    """Reads documents of the store again, on threads."""

    def __init__(self, store: Store, vocabulary: SharedVocabulary) -> None:
        self._store = store
        self._judge = Judge(vocabulary, _NO_LIMITS)

    def read(self, submissions: Iterable[Submission]) -> tuple[Documents, list[Problem]]:
        """Documents, and what is wrong with those that cannot be read."""
        documents: Documents = []
        problems = []
        for one in submissions:
            columns, problem = self._read_one(one)
            documents.append((one, columns))
            problems += [problem] if problem else []
        return documents, problems

    def _read_one(self, one: Submission) -> tuple[DocumentLines | None, Problem | None]:
        path = self._store.original(one.digest)
        what = {"receipt": one.id, "file": one.file}
        try:
            data = path.read_bytes()
        except OSError as error:
            reason = {"reason": error.strerror or str(error)}
            return None, Problem("store-original-unreadable", {**what, **reason}, file=str(path))
        found = hashlib.sha256(data).hexdigest()
        if found != one.digest:
            return None, Problem("store-original-damaged", {**what, "found": found}, file=str(path))
        judged = self._judge.judge(data, one.file, one.digest)
        if judged.errors or judged.columns is None:
            return None, Problem("store-original-refused", {**what, "problem": judged.errors[0]}, file=str(path))
        return judged.columns, None


def _read_again(ledger: Ledger, reader: _Reader, jobs: int, findings: Findings) -> Iterator[Documents]:
    """Batches in the order of the log, a few of them read ahead."""

    def collect(future: "Future[tuple[Documents, list[Problem]]]") -> Documents:
        documents, problems = future.result()
        for problem in problems:
            findings.add(problem)
        return documents

    with ThreadPoolExecutor(jobs, thread_name_prefix="decarb-fsck") as pool:
        waiting: deque[Future[tuple[Documents, list[Problem]]]] = deque()
        try:
            for batch in batches(ledger.submissions):
                waiting.append(pool.submit(reader.read, [one for one in batch if one.verdict == "accepted"]))
                if len(waiting) > 2 * jobs:
                    yield collect(waiting.popleft())
            while waiting:
                yield collect(waiting.popleft())
        finally:
            pool.shutdown(cancel_futures=True)
