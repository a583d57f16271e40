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
class Rows:
    """What of a submission a task needs to find its rows; as in ``Submission``."""

    number: int
    id: str
    lines: int
    spends: int


@dataclass(frozen=True, slots=True)
class Task:
    """Submissions of some parts of a store, in the order that their lines are read in: by group.

    Attributes
    ----------
    folder
        Of the store, as every worker must see it.
    documents : array of shape (documents,)
        Position of each among the submissions of the year that count.
    groups : array of shape (documents,)
        Group of each, ascending.
    numbers, starts
        Number of the submission of each, and its first row; the last start is the end.
    """

    folder: str
    year: int
    parts: tuple[Part, ...]
    documents: Int64s
    groups: Int64s
    numbers: Int64s
    starts: Int64s

    @property
    def store(self) -> Store:
        """The store."""
        return Store(Path(self.folder))

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
        return read_lines(self.store, self.year, self.parts, self.first, self.lines, names, jobs=1)

    def spends(self) -> dict[str, NDArray[Any]]:
        """Amounts beside quantities, by line; errors as ``columns``."""
        if not any(one.spends for part in self.parts for one, _, _ in part.moves):
            return {}
        return read_spends(self.store, self.year, self.parts, self.first)


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


def _runs(parts: Iterable[Part], most: int) -> Iterator[tuple[Part, ...]]:
    """Parts that follow each other, until they have so many lines."""
    run: list[Part] = []
    lines = 0
    for part in parts:
        moves = tuple((Rows(one.number, one.id, one.lines, one.spends), row, paid) for one, row, paid in part.moves)
        run.append(Part(part.batch, part.rows, part.spends, moves))
        lines += sum(one.lines for one, _, _ in part.moves)
        if lines >= most:
            yield tuple(run)
            run, lines = [], 0
    if run:
        yield tuple(run)


def _task(store: Store, year: int, parts: tuple[Part, ...], position: dict[int, int], groups: Int64s) -> Task:
    submissions = [one for part in parts for one, _, _ in part.moves]
    submissions.sort(key=lambda one: (int(groups[position[one.number]]), position[one.number]))
    documents = np.array([position[one.number] for one in submissions], dtype=np.int64)
    return Task(
        str(store.folder),
        year,
        parts,
        documents,
        groups[documents],
        np.array([one.number for one in submissions], dtype=np.int64),
        np.concatenate(([0], np.cumsum([one.lines for one in submissions], dtype=np.int64))),
    )
