"""What a batch of submissions must have brought, made again from its documents and compared with what is there.

Codes are given by first appearance, in the order of the log: dictionaries and columns can be made again from the
documents alone. Where a document is lost, what is stored of it is all that there is, and is kept.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from decarb.errors import Problem
from decarb.inventory.collection.shards import SharedVocabulary
from decarb.inventory.lines import DocumentLines
from decarb.national.store import disk
from decarb.national.store.dictionaries import Dictionaries, Dictionary, read_places, read_terms
from decarb.national.store.layout import Store
from decarb.national.store.ledger import Submission
from decarb.national.store.parts import (
    Codes,
    line_table,
    place_table,
    read_table,
    spend_table,
    table_bytes,
    term_table,
)

if TYPE_CHECKING:
    import pyarrow as pa

_Value = TypeVar("_Value", bound=tuple[Any, ...])


class Findings:
    """What is not as it should be, and what of it was put right."""

    def __init__(self, store: Store, *, repair: bool) -> None:
        self.found: list[Problem] = []
        self.repaired: list[Problem] = []
        self.repair = repair
        self._store = store

    def add(self, problem: Problem, remedy: Callable[[], None] | None = None) -> None:
        """Note a problem, and put it right if that is asked for and can be."""
        self.found.append(problem)
        if remedy and self.repair:
            remedy()
            self.repaired.append(problem)

    def write(self, target: Path, content: bytes) -> None:
        """Write a file instead of what is there."""
        draft = self._store.drafts / f"repaired-{target.name}"
        disk.remove(draft)
        disk.write(draft, content)
        disk.make_folder(target.parent)
        disk.place(draft, target)
        disk.settle((target.parent,))


class Replay:
    """Goes through the batches of a store in the order of its log."""

    def __init__(self, store: Store, findings: Findings) -> None:
        self.vocabulary = SharedVocabulary()
        self._store = store
        self._findings = findings
        self._dictionaries = Dictionaries()
        self._lost = False

    def check(self, batch: Sequence[tuple[Submission, DocumentLines | None]]) -> None:
        """Compare what a batch brought: dictionaries, then columns by year."""
        if self._lost or not batch:
            return
        if not self._check_dictionaries(batch):
            self._lost = True
            span = batch[0][0].batch
            self._findings.add(Problem("store-codes-lost", {"first": span[0]}, file=str(self._store.terms)))
            return
        read = [columns for _, columns in batch if columns is not None]
        codes = iter(self._dictionaries.codes(read, self.vocabulary))
        rows = [(one, columns, None if columns is None else next(codes)) for one, columns in batch]
        for year in sorted({one.year or 0 for one, _ in batch}):
            of_year = [row for row in rows if row[0].year == year]
            self._check_part(self._store.columns, year, of_year, line_table, lambda one: one.lines)
            if any(one.spends for one, *_ in of_year):
                self._check_part(self._store.spends, year, of_year, spend_table, lambda one: one.spends)

    def _check_dictionaries(self, batch: Sequence[tuple[Submission, DocumentLines | None]]) -> bool:
        """Compare the dictionaries; whether the codes of the batch are known then."""
        store, known = self._store, self._dictionaries
        span = batch[0][0].batch
        whole = all(columns is not None for _, columns in batch)
        terms, places = len(known.terms.values), len(known.places.values)
        if not whole:
            adopted = _adopt(known.terms, store.part(store.terms, span), read_terms)
            if not (_adopt(known.places, store.part(store.places, span), read_places) and adopted):
                return False
            terms, places = len(known.terms.values), len(known.places.values)
        known.codes([columns for _, columns in batch if columns is not None], self.vocabulary)
        if not whole:
            return (terms, places) == (len(known.terms.values), len(known.places.values))
        self._check_dictionary(store.part(store.terms, span), terms, known.terms, read_terms, term_table)
        self._check_dictionary(store.part(store.places, span), places, known.places, read_places, place_table)
        return True

    def _check_dictionary(
        self,
        path: Path,
        first: int,
        dictionary: Dictionary[_Value],
        read: Callable[[Path, int], list[_Value]],
        tabulate: Callable[[int, Sequence[_Value]], "pa.Table"],
    ) -> None:
        expected = dictionary.values[first:]
        try:
            stored = read(path, first) if path.exists() else []
            reason = "" if stored == expected else f"{len(stored)} / {len(expected)}"
        except OSError as error:
            reason = str(error)
        if reason:
            content = table_bytes(tabulate(first, expected)) if expected else None
            self._findings.add(
                Problem("store-part-damaged", {"reason": reason}, file=str(path)),
                lambda: disk.remove(path) if content is None else self._findings.write(path, content),
            )

    def _check_part(
        self,
        folder: Path,
        year: int,
        rows: Sequence[tuple[Submission, DocumentLines | None, Codes | None]],
        tabulate: Callable[[Sequence[int], Sequence[DocumentLines], Sequence[Codes]], "pa.Table"],
        count: Callable[[Submission], int],
    ) -> None:
        """Compare the columns of a year, submission by submission where they differ."""
        path = self._store.part(folder, rows[0][0].batch, year)
        stored, reason = _stored(path, sum(count(one) for one, *_ in rows))
        pieces, differ, at = [], [], 0
        for one, columns, codes in rows:
            there = None if stored is None else stored.slice(at, count(one))
            at += count(one)
            if columns is not None and codes is not None:
                piece = tabulate([one.number], [columns], [codes])
                if there is not None and not piece.equals(there):
                    differ.append(one.id)
                there = piece
            pieces.append(there)
        if reason:
            problem = Problem("store-part-damaged", {"reason": reason}, file=str(path))
        elif differ:
            problem = Problem("store-columns-differ", {"receipts": differ}, file=str(path))
        else:
            return
        if any(piece is None for piece in pieces):
            self._findings.add(problem)
        else:
            self._findings.add(problem, lambda: self._findings.write(path, table_bytes(_together(pieces))))


def _adopt(dictionary: Dictionary[_Value], path: Path, read: Callable[[Path, int], list[_Value]]) -> bool:
    """Learn the codes that are stored; whether they can be read."""
    try:
        dictionary.learn(read(path, len(dictionary.values)) if path.exists() else [])
    except OSError:
        return False
    return True


def _stored(path: Path, rows: int) -> "tuple[pa.Table | None, str]":
    """Table of a part, which must have so many rows; or why there is none."""
    try:
        table = read_table(path)
    except OSError as error:
        return None, error.strerror or str(error)
    return (table, "") if table.num_rows == rows else (None, f"{table.num_rows} / {rows}")


def _together(pieces: Sequence[Any]) -> "pa.Table":
    import pyarrow as pa

    return pa.concat_tables(pieces).combine_chunks()
