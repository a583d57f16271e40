"""What is read together: runs of parts of a store, as its log has them, whoever works on them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decarb.national.store.layout import Store
from decarb.national.store.ledger import Ledger, Submission
from decarb.national.store.opening import Part, parts_of, read_lines, read_spends

Int64s = NDArray[np.int64]

TASKS = 32
"""Tasks that a store is cut in, as far as they are of a fair size: enough for two workers to end together."""
LEAST_LINES, MOST_LINES = 100_000, 2_000_000
"""Lines of a task that is full: below, handing it out takes longer than the work; above, a worker takes more than some
hundred megabytes."""


@dataclass(frozen=True, slots=True)
class Task:
    """Submissions of some parts of a store, in the order that their lines are read in: by group.

    Attributes
    ----------
    folder
        Of the store, as every worker must see it.
    bounds, records : arrays of shape (parts, 5) and (documents,)
        First and last submission of the batch of each part, its rows, its amounts, how many of its submissions are
        wanted; all of these, as ``Part`` has them. A task is a few arrays, which are sent as they are.
    documents : array of shape (documents,)
        Position of each among the submissions of the year that count.
    groups : array of shape (documents,)
        Group of each, ascending.
    numbers, starts
        Number of the submission of each, and its first row; the last start is the end.
    """

    folder: str
    year: int
    bounds: Int64s
    records: NDArray[np.void]
    documents: Int64s
    groups: Int64s
    numbers: Int64s
    starts: Int64s

    @property
    def store(self) -> Store:
        """The store."""
        return Store(Path(self.folder))

    @property
    def parts(self) -> Iterator[Part]:
        """Parts that it reads."""
        start = 0
        for first, last, rows, spends, wanted in self.bounds.tolist():
            yield Part((first, last), rows, spends, self.records[start : start + wanted])
            start += wanted

    @property
    def lines(self) -> int:
        """How many lines it reads."""
        return int(self.starts[-1])

    @property
    def first(self) -> dict[int, int]:
        """First row of each submission, by its number."""
        return dict(zip(self.numbers.tolist(), self.starts[:-1].tolist(), strict=True))

    def of_line(self, values: NDArray[Any]) -> NDArray[Any]:
        """Repeat what is of documents for each of their lines."""
        return np.repeat(values, np.diff(self.starts))

    def columns(self, *names: str) -> dict[str, NDArray[Any]]:
        """Columns of the lines; InvalidStoreError if a part is damaged."""
        return read_lines(self.store, self.year, tuple(self.parts), self.first, self.lines, names, jobs=1)

    def spends(self) -> dict[str, NDArray[Any]]:
        """Amounts beside quantities, by line; errors as ``columns``."""
        if not self.records["spends"].any():
            return {}
        return read_spends(self.store, self.year, tuple(self.parts), self.first, jobs=1)


def plan_tasks(
    store: Store,
    ledger: Ledger,
    current: Sequence[Submission],
    year: int,
    groups: Int64s,
    lines_of_a_task: int | None = None,
) -> tuple[Task, ...]:
    """Tasks in the order of the log.

    Parameters
    ----------
    current
        Submissions of the year that count.
    groups : array of shape (submissions that count,)
        Group of each.
    lines_of_a_task
        When a task is full; by default as the number of lines has it. Bounds of intervals are summed by task first:
        another number gives other last bits, which is why the number of workers must not decide on it.
    """
    most = lines_of_a_task or min(max(sum(one.lines for one in current) // TASKS, LEAST_LINES), MOST_LINES)
    position = {one.number: place for place, one in enumerate(current)}
    runs = _runs(parts_of(ledger, year, position), most)
    return tuple(_task(store, year, run, position, groups) for run in runs)


def _runs(parts: Iterable[Part], most: int) -> Iterator[list[Part]]:
    """Parts that follow each other, until they have so many lines."""
    run: list[Part] = []
    lines = 0
    for part in parts:
        run.append(part)
        lines += int(part.records["lines"].sum())
        if lines >= most:
            yield run
            run, lines = [], 0
    if run:
        yield run


def _task(store: Store, year: int, parts: Sequence[Part], position: dict[int, int], groups: Int64s) -> Task:
    records = np.concatenate([part.records for part in parts])
    documents = np.array([position[number] for number in records["number"].tolist()], dtype=np.int64)
    order = np.lexsort((documents, groups[documents]))
    return Task(
        str(store.folder),
        year,
        np.array([(*part.batch, part.rows, part.spends, len(part.records)) for part in parts], dtype=np.int64),
        records,
        documents[order],
        groups[documents[order]],
        records["number"][order],
        np.concatenate(([0], np.cumsum(records["lines"][order]))),
    )
