"""Read a collection of documents on all cores, and keep it as columns; a killed run continues where it stopped."""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from decarb import __version__
from decarb.errors import InvalidInventoryError, Problem, UsageError
from decarb.inventory.collection.columns_folder import KIND, write_columns
from decarb.inventory.collection.judging import Judge
from decarb.inventory.collection.shards import SUFFIX, Kept, Outcome, Refused, Shard, WrittenVocabulary, write_shard
from decarb.inventory.collection.sources import Source, batches, find, sources
from decarb.inventory.limits import DEFAULT_LIMITS, Limits
from decarb.inventory.reading import overlaps
from decarb.resources import collector_paused, usable_cores
from decarb.writing import alone, check_folder, swap

BATCH_DOCUMENTS = 500
"""Documents that make a shard, at most."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a collection.

    Attributes
    ----------
    documents, lines
        In the columns.
    refused
        Documents that are not, with their problems.
    resumed
        Documents that an earlier run, which was stopped, had read already.
    """

    folder: Path
    documents: int
    lines: int
    refused: tuple[Refused, ...]
    resumed: int


def ingest(
    paths: str | Path | Iterable[str | Path],
    folder: str | Path,
    *,
    limits: Limits = DEFAULT_LIMITS,
    jobs: int | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> Ingested:
    """Read many inventory documents into a folder of columns.

    Parameters
    ----------
    paths
        Files (``.json``, ``.ndjson``, ``.zip``, or compressed by gzip), folders and patterns.
    folder
        To write; ``decarb.open_columns`` reads it.
    limits
        Beyond which a document is refused.
    jobs
        Threads; by default one per core.
    replace
        Whether an earlier folder of columns there may go.
    progress
        Called with the bytes done and the bytes in all.

    Returns
    -------
    Ingested
        Refused documents are in it, and in ``refused.json``; the others are in the columns.

    Raises
    ------
    InvalidInventoryError
        If a path leads to no document, or no document at all can be read.
    UsageError
        If `folder` is taken, cannot be written, or is being written by another process.
    """
    target = Path(folder).resolve()
    files = find([paths] if isinstance(paths, str | Path) else paths)
    check_folder(target, KIND, replace)
    try:
        with alone(target), collector_paused():
            return _ingest(files, target, limits, jobs or usable_cores(), progress)
    except OSError as error:
        what = {"value": str(target), "reason": error.strerror or str(error)}
        raise UsageError([Problem("file-unwritable", what)]) from None


def _ingest(files: Sequence[Path], target: Path, limits: Limits, jobs: int, progress: Progress | None) -> Ingested:
    work = _workplace(target, {"engine": __version__, **asdict(limits)})
    vocabulary = WrittenVocabulary(work / "vocabulary.ndjson")
    shards = _left(work, vocabulary)
    found = _Found(files, limits, set(chain.from_iterable(shard.sources for shard in shards)))
    counted = Counted(progress, sum(file.stat().st_size for file in files if file.exists()))
    try:
        shards += _read(found, _Reader(work, vocabulary, limits), jobs, counted)
    finally:
        vocabulary.close()
    counted.finish()
    documents, refused = _sorted(shards, found.wanted)
    if not documents:
        shutil.rmtree(work)
        raise InvalidInventoryError([problem for document in refused for problem in document.problems])
    lines = write_columns(work / "columns", documents, refused, vocabulary)
    swap(work / "columns", target, work / "old")
    shutil.rmtree(work)
    return Ingested(target, len(documents), lines, tuple(refused), found.resumed)


def _workplace(target: Path, settings: Any) -> Path:
    """Folder beside `target` where an unfinished reading lies: an earlier one is kept if its settings are the same."""
    work = target.with_name(f".{target.name}.unfinished")
    old = work / "old"
    if old.exists() and not target.exists():  # killed between the two steps of taking its place
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    said = work / "settings.json"
    if not (said.is_file() and said.read_bytes() == orjson.dumps(settings)):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        said.write_bytes(orjson.dumps(settings))
    for half_written in work.glob("*.draft"):
        half_written.unlink()
    shutil.rmtree(work / "columns", ignore_errors=True)
    return work


def _left(work: Path, vocabulary: WrittenVocabulary) -> list[Shard]:
    """Shards that an earlier run left; what is damaged is thrown away, and its documents are read again."""
    shards = []
    for path in sorted(work.glob(f"*{SUFFIX}")):
        shard = Shard.left_at(path, vocabulary)
        if shard:
            shards.append(shard)
        else:
            path.unlink()
    return shards


class Counted:
    """Tells `progress` how many bytes are done."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def add(self, size: int) -> None:
        """Count so many bytes more."""
        self._done = min(self._done + size, self._total)
        if self._progress:
            self._progress(self._done, self._total)

    def finish(self) -> None:
        """Count what is of no document: the directory of an archive, what a broken file weighs."""
        self.add(self._total - self._done)


class _Found:
    """Documents of files: all are wanted, some are `known` from an earlier run."""

    def __init__(self, files: Iterable[Path], limits: Limits, known: set[tuple[str, str]]) -> None:
        self.wanted: set[tuple[str, str]] = set()
        self.resumed = 0
        self._files = files
        self._limits = limits
        self._known = known

    def unknown(self, counted: Counted) -> Iterator[Source]:
        """Documents to be read."""
        for file in self._files:
            for source in sources(file, self._limits):
                name = source.name, source.fingerprint
                self.wanted.add(name)
                if name in self._known:
                    self.resumed += 1
                    counted.add(source.size)
                else:
                    yield source


def _read(found: _Found, reader: "_Reader", jobs: int, counted: Counted) -> list[Shard]:
    """Read what is unknown, and write it as shards: a few batches at a time, whatever the collection's size."""
    shards: list[Shard] = []
    with ThreadPoolExecutor(jobs, thread_name_prefix="decarb-ingest") as pool:
        waiting: set[Future[tuple[Shard, int]]] = set()

        def collect(finished: Iterable[Future[tuple[Shard, int]]]) -> None:
            for future in finished:
                shard, size = future.result()
                shards.append(shard)
                counted.add(size)

        try:
            for batch in batches(found.unknown(counted), BATCH_DOCUMENTS):
                waiting.add(pool.submit(reader.read, batch))
                if len(waiting) > 2 * jobs:
                    finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    collect(finished)
            collect(wait(waiting).done)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return shards


class _Reader:
    """Reads batches of documents; each thread remembers the combinations that it has met."""

    def __init__(self, work: Path, vocabulary: WrittenVocabulary, limits: Limits) -> None:
        self._work = work
        self._vocabulary = vocabulary
        self._limits = limits
        self._judge = Judge(vocabulary, limits)

    def read(self, batch: Sequence[Source]) -> tuple[Shard, int]:
        """Read a batch, and write it as a shard; the bytes done."""
        outcomes = [self._read_one(source) for source in batch]
        self._vocabulary.write()
        return write_shard(self._work, outcomes), sum(source.size for source in batch)

    def _read_one(self, source: Source) -> Outcome:
        try:
            data = source.read(self._limits)
        except InvalidInventoryError as error:
            problems = tuple(problem.at(file=source.name) for problem in error.problems)
            return Outcome(source.fingerprint, refused=Refused(source.name, "", problems))
        digest = hashlib.sha256(data).hexdigest()
        judged = self._judge.judge(data, source.name, digest)
        if judged.errors or judged.columns is None:
            return Outcome(source.fingerprint, refused=Refused(source.name, digest, judged.errors))
        return Outcome(source.fingerprint, judged.columns, judged.warnings)


def _sorted(shards: Sequence[Shard], wanted: set[tuple[str, str]]) -> tuple[list[Kept], list[Refused]]:
    """Documents in canonical order; of two of one entity over some of the same days, the second is refused."""
    documents = sorted((kept for shard in shards for kept in shard.kept(wanted)), key=_canonical)
    refused = [document for shard in shards for document in shard.refused(wanted)]
    kept: list[Kept] = []
    for document in documents:
        problem = next(overlaps([kept[-1].order, document.order]), None) if kept else None
        if problem:
            refused.append(Refused(document.establishment.file, document.establishment.digest, (problem,)))
        else:
            kept.append(document)
    return kept, sorted(refused, key=lambda document: (document.file, document.digest))


def _canonical(document: Kept) -> tuple[str, ...]:
    """Canonical order; two members of one archive may have one name."""
    return *document.order, document.establishment.digest
