"""Make submissions last: the one place where a store grows. One batch at a time, one process at a time.

The order of the steps is what keeps a promise: documents and columns first, each whole under its name, then the record
in the log. Whatever stops the process before the record is whole leaves files that nothing names; they are swept. A
receipt is given once the record is on the disk.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from decarb import __version__
from decarb.errors import InvalidStoreError, Problem
from decarb.inventory.collection.judging import Judged
from decarb.inventory.collection.shards import SharedVocabulary
from decarb.inventory.lines import DocumentLines, entity_of
from decarb.national.store import disk
from decarb.national.store.dictionaries import Dictionaries
from decarb.national.store.layout import Store
from decarb.national.store.ledger import Ledger, Submission
from decarb.national.store.log import Position, encode, log_damage, read_on
from decarb.national.store.parts import Codes, line_table, place_table, spend_table, table_bytes, term_table
from decarb.national.store.sweeping import sweep, sweep_parts
from decarb.national.store.table import covers_until, write_table

_SHARE_OF_NEW = 2
"""The table of submissions is written again within a run when one in so many rows is new: its cost stays linear."""


Accepted = tuple[Submission, DocumentLines]


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read.

    Attributes
    ----------
    judged
        None where its bytes had been accepted already, and were not looked at.
    draft
        Where its bytes lie if it can be accepted.
    """

    file: str
    digest: str
    size: int
    judged: Judged | None
    draft: Path | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a submitter gets for a document, once that is on the disk.

    Attributes
    ----------
    repeated
        Whether these bytes were submitted before: the receipt is the one that was given then.
    supersedes
        Id of the receipt whose place it took; blank if there is none.
    superseded_by
        Id of the receipt that took its place, if one did; blank otherwise.
    """

    submission: Submission
    repeated: bool
    supersedes: str
    superseded_by: str


class Committer:
    """Adds batches of documents to a store.

    Parameters
    ----------
    vocabulary
        What the codes of the documents mean.
    by
        Who submits.
    """

    def __init__(self, store: Store, vocabulary: SharedVocabulary, by: str) -> None:
        self.ledger = Ledger()
        self._store = store
        self._vocabulary = vocabulary
        self._by = by
        self._dictionaries = Dictionaries()
        self._position = Position()
        self._tabled = 0

    @contextmanager
    def alone(self, *, thorough: bool = False) -> Iterator[None]:
        """Have the store to oneself, as it is now and without what a killed process left.

        Raises
        ------
        InvalidStoreError
            If the log lacks what it acknowledged, or the dictionaries do.
        """
        with disk.locked(self._store.lock):
            self._position, torn = read_on(self._store, self.ledger, self._position)
            if torn or thorough:
                self._tabled = covers_until(self._store)
                if self._tabled > self.ledger.last:  # the table is only ever made of what was acknowledged
                    raise InvalidStoreError([log_damage(self._store, self.ledger.last + 1)])
            if torn:
                disk.append(self._store.log, self._position.size, b"")
            if thorough or self._store.marker.exists():
                sweep_parts(self._store, self.ledger.last)
                disk.remove(self._store.marker)
            if thorough:
                sweep(self._store, self.ledger)
            yield

    def commit(self, documents: Sequence[Read]) -> list[Receipt]:
        """Add documents, in order; a receipt for each, of which the log is on the disk.

        Raises
        ------
        OSError
            If something cannot be written; nothing of the batch counts then.
        """
        with self.alone():
            self._dictionaries.read(self._store, self.ledger.last, self.ledger.codes)
            batch = _Batch(self.ledger, self._by)
            decided = [batch.decide(document) for document in documents]
            if batch.submissions:
                self._write(batch)
            return [self._receipt(number, repeated) for number, repeated in decided]

    def finish(self) -> None:
        """Bring the table of submissions up to date with the log, if it is not."""
        with self.alone():
            if self._tabled != self.ledger.last or not self._store.submissions.exists():
                self._write_table()

    def _receipt(self, number: int, repeated: bool) -> Receipt:
        ledger = self.ledger
        submission, successor = ledger[number], ledger.successor.get(number)
        return Receipt(
            submission,
            repeated,
            ledger[submission.supersedes].id if submission.supersedes else "",
            ledger[successor].id if successor else "",
        )

    def _write(self, batch: "_Batch") -> None:
        """Write a batch, its record last."""
        store = self._store
        span = batch.first, self.ledger.last
        staged = [(draft, store.original(digest)) for digest, draft in batch.originals.items()]
        room = next((draft.parent for draft, _ in staged), store.drafts)
        for target, content in part_contents(store, span, batch.documents, self._dictionaries, self._vocabulary):
            draft = room / "-".join(target.relative_to(store.folder).parts)
            disk.remove(draft)
            disk.write(draft, content)
            staged.append((draft, target))
        for folder in {target.parent for _, target in staged}:
            disk.make_folder(folder)
        store.marker.touch()
        for draft, target in staged:
            disk.place(draft, target)
        disk.settle(sorted({target.parent for _, target in staged}))
        batch.close(self._dictionaries.size)
        lines, after = encode(batch.submissions, self._position)
        disk.append(store.log, self._position.size, lines)
        store.marker.unlink(missing_ok=True)
        self._position = after
        self._dictionaries.read_until = self.ledger.last
        if (self.ledger.last - self._tabled) * _SHARE_OF_NEW > self.ledger.last:
            self._write_table()

    def _write_table(self) -> None:
        write_table(self._store, self.ledger)
        self._tabled = self.ledger.last


def part_contents(
    store: Store,
    span: tuple[int, int],
    accepted: Sequence[Accepted],
    dictionaries: Dictionaries,
    vocabulary: SharedVocabulary,
) -> Iterator[tuple[Path, bytes]]:
    """Files that a batch of submissions brings, other than the documents: dictionaries first, then columns by year."""
    known = len(dictionaries.terms.values), len(dictionaries.places.values)
    codes = dictionaries.codes([columns for _, columns in accepted], vocabulary)
    terms, places = dictionaries.terms.values[known[0] :], dictionaries.places.values[known[1] :]
    if terms:
        yield store.part(store.terms, span), table_bytes(term_table(known[0], terms))
    if places:
        yield store.part(store.places, span), table_bytes(place_table(known[1], places))
    for year, of_year in by_year(accepted, codes):
        numbers = [submission.number for submission, _, _ in of_year]
        said = numbers, [columns for _, columns, _ in of_year], [mine for *_, mine in of_year]
        yield store.part(store.columns, span, year), table_bytes(line_table(*said))
        if any(columns.spends for _, columns, _ in of_year):
            yield store.part(store.spends, span, year), table_bytes(spend_table(*said))


def by_year(
    accepted: Iterable[Accepted], codes: Iterable[Codes]
) -> list[tuple[int, list[tuple[Submission, DocumentLines, Codes]]]]:
    """Documents with their codes, by year; in order within each."""
    years: dict[int, list[tuple[Submission, DocumentLines, Codes]]] = {}
    for (submission, columns), mine in zip(accepted, codes, strict=True):
        years.setdefault(columns.establishment.year, []).append((submission, columns, mine))
    return sorted(years.items(), key=lambda of_year: of_year[0])


class _Batch:
    """Decides what becomes of each document of a batch, in order, and adds it to the ledger."""

    def __init__(self, ledger: Ledger, by: str) -> None:
        self.first = ledger.last + 1
        self.originals: dict[str, Path] = {}
        self.documents: list[Accepted] = []
        self._ledger = ledger
        self._by = by
        self._at = datetime.now(UTC).isoformat(timespec="seconds")

    @property
    def submissions(self) -> list[Submission]:
        """What is new."""
        return self._ledger.submissions[self.first - 1 :]

    def decide(self, document: Read) -> tuple[int, bool]:
        """Number of the submission of a document, and whether it was there already."""
        accepted = self._ledger.accepted(document.digest)
        if accepted:
            self._forget(document)
            return accepted.number, True
        judged = document.judged
        if judged is None:
            raise RuntimeError(f"{document.digest} was accepted, and is no more")
        errors = judged.errors
        supersedes = 0
        if not errors and judged.columns:
            errors, supersedes = self._place(document.file, judged.columns)
        if errors:
            self._forget(document)
            earlier = self._ledger.refused(document.digest)
            if earlier and _signs(earlier.problems) == _signs(errors):
                return earlier.number, True
        return self._add(document, judged, errors, supersedes), False

    def close(self, codes: tuple[int, int]) -> None:
        """Say of each submission which batch it is of, and how many codes there are with it."""
        span = self.first, self._ledger.last
        self._ledger.submissions[self.first - 1 :] = [replace(one, batch=span, codes=codes) for one in self.submissions]

    def _place(self, file: str, columns: DocumentLines) -> tuple[tuple[Problem, ...], int]:
        """Why a one does not fit beside what its entity submitted; and the number of what it supersedes, or zero."""
        establishment = columns.establishment
        beside = self._ledger.overlapping(establishment)
        period = establishment.start, establishment.end
        errors = tuple(
            Problem(
                "period-overlaps",
                {
                    "entity": entity_of(establishment),
                    "start": establishment.start,
                    "end": establishment.end,
                    "receipt": other.id,
                    "other_start": other.period[0],
                    "other_end": other.period[1],
                },
                file=file,
                pointer="/period",
            )
            for other in beside
            if other.period != period
        )
        return errors, 0 if errors else max((other.number for other in beside), default=0)

    def _add(self, document: Read, judged: Judged, errors: tuple[Problem, ...], supersedes: int) -> int:
        number = self._ledger.last + 1
        columns = judged.columns
        is_read = columns is not None and not columns.unread & {"establishment", "period"}
        is_read = is_read and all(problem.code != "no-such-day" for problem in errors)
        submission = Submission(
            number=number,
            batch=(self.first, number),
            at=self._at,
            by=self._by,
            file=document.file,
            digest=document.digest,
            size=document.size,
            engine=__version__,
            verdict="refused" if errors else "accepted",
            lines=0 if errors or columns is None else len(columns.ids),
            spends=0 if errors or columns is None else len(columns.spends),
            supersedes=supersedes,
            establishment=columns.establishment if is_read and columns else None,
            problems=errors or judged.warnings,
        )
        self._ledger.add(submission)
        if not errors and columns is not None and document.draft is not None:
            self.documents.append((submission, columns))
            self.originals[document.digest] = document.draft
        return number

    def _forget(self, document: Read) -> None:
        if document.draft:
            disk.remove(document.draft)


def _signs(problems: Iterable[Problem]) -> list[tuple[str, str]]:
    return [(problem.code, problem.pointer) for problem in problems]
