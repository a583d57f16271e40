"""Submit documents: read on all cores, in order made to last, a receipt for each."""

import getpass
import hashlib
import shutil
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from decarb.errors import InvalidInventoryError, Problem, UsageError, has_control_character
from decarb.inventory.collection.ingesting import Counted, Progress
from decarb.inventory.collection.judging import Judge, Judged
from decarb.inventory.collection.shards import SharedVocabulary
from decarb.inventory.collection.sources import Source, batches, find, sources
from decarb.inventory.limits import DEFAULT_LIMITS, Limits
from decarb.national.store import disk
from decarb.national.store.committing import Committer, Read, Receipt
from decarb.national.store.layout import Store, writing
from decarb.national.store.ledger import Ledger
from decarb.national.store.sweeping import OWNER
from decarb.resources import collector_paused, usable_cores

__all__ = ["Receipt", "submit"]

BATCH_DOCUMENTS = 100
"""Documents that are made to last together, at most: a submitter waits for no more of them."""

LONGEST_NAME = 200


def submit(
    store: Store,
    paths: str | Path | Iterable[str | Path],
    *,
    by: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    jobs: int | None = None,
    progress: Progress | None = None,
    given: Callable[[Sequence[Receipt]], None] | None = None,
) -> list[Receipt]:
    """Submit inventory documents to a store.

    Parameters
    ----------
    paths
        Files (``.json``, ``.ndjson``, ``.zip``, or compressed by gzip), folders and patterns, as ``ingest`` takes.
    by
        Who submits; the name of the user of this machine by default.
    limits
        Beyond which a document is refused.
    jobs
        Threads; by default one per core.
    progress
        Called with the bytes done and the bytes in all.
    given
        Called with receipts as soon as what they say is on the disk, in the order of the documents.

    Returns
    -------
    list of Receipt
        One for each document, accepted or refused, in the order of the documents.

    Raises
    ------
    InvalidInventoryError
        If a path leads to no document.
    InvalidStoreError
        If the store is damaged.
    UsageError
        If it cannot be written, or the name is none. What receipts were `given` for stays.
    """
    who = _name(by)
    files = find([paths] if isinstance(paths, str | Path) else paths)
    counted = Counted(progress, sum(file.stat().st_size for file in files if file.exists()))
    vocabulary = SharedVocabulary()
    committer = Committer(store, vocabulary, who)
    receipts: list[Receipt] = []
    with collector_paused(), _room(store, committer) as room:
        reader = _Reader(store, room, committer.ledger, Judge(vocabulary, limits), limits)
        for documents, size in _in_order(files, reader, limits, jobs or usable_cores()):
            with writing(store):
                done = committer.commit(documents)
            receipts += done
            if given:
                given(done)
            counted.add(size)
        with writing(store):
            committer.finish()
    counted.finish()
    return receipts


def _name(by: str | None) -> str:
    """Who submits.

    Raises
    ------
    UsageError
        If the name is blank, too long, or not to be shown.
    """
    if by is None:
        try:
            return getpass.getuser()[:LONGEST_NAME]
        except (OSError, KeyError, ImportError):  # a container may run as a user without a name
            return "-"
    if not by.strip() or len(by) > LONGEST_NAME or has_control_character(by) or not _is_text(by):
        raise UsageError([Problem("submitter-name", {"value": by, "limit": LONGEST_NAME})])
    return by.strip()


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def _room(store: Store, committer: Committer) -> Iterator[Path]:
    """Folder of drafts of this process, made once what killed ones left is swept."""
    room = store.drafts / uuid.uuid4().hex
    with writing(store), committer.alone(thorough=True):
        room.mkdir()
        owner = disk.try_lock(room / OWNER)
    try:
        yield room
    finally:
        if owner:
            owner.close()
        shutil.rmtree(room, ignore_errors=True)


class _Reader:
    """Reads documents on threads; what can be accepted is on the disk when it is handed on."""

    def __init__(self, store: Store, room: Path, ledger: Ledger, judge: Judge, limits: Limits) -> None:
        self._store = store
        self._room = room
        self._ledger = ledger
        self._judge = judge
        self._limits = limits

    def read(self, batch: Sequence[Source]) -> tuple[list[Read], int]:
        """Read a batch; the bytes done."""
        return [self._read_one(source) for source in batch], sum(source.size for source in batch)

    def _read_one(self, source: Source) -> Read:
        try:
            data = source.read(self._limits)
        except InvalidInventoryError as error:
            problems = tuple(problem.at(file=source.name) for problem in error.problems)
            return Read(source.name, "", 0, Judged(None, problems, ()), None)
        digest = hashlib.sha256(data).hexdigest()
        if self._ledger.accepted(digest):
            return Read(source.name, digest, len(data), None, None)
        judged = self._judge.judge(data, source.name, digest)
        draft = None
        if not judged.errors and judged.columns is not None:
            draft = self._room / uuid.uuid4().hex
            with writing(self._store):
                disk.write(draft, data)
        return Read(source.name, digest, len(data), judged, draft)


def _in_order(files: Iterable[Path], reader: _Reader, limits: Limits, jobs: int) -> Iterator[tuple[list[Read], int]]:
    """Batches of documents in the order of the files, a few of them read ahead."""
    found = (source for file in files for source in sources(file, limits))
    with ThreadPoolExecutor(jobs, thread_name_prefix="decarb-submit") as pool:
        waiting: deque[Future[tuple[list[Read], int]]] = deque()
        try:
            for batch in batches(found, BATCH_DOCUMENTS):
                waiting.append(pool.submit(reader.read, batch))
                while waiting and (len(waiting) > 2 * jobs or waiting[0].done()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
