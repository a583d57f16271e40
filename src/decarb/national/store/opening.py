"""Open what counts of a year as an inventory, to compute from."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from decarb.errors import InvalidStoreError, Problem, UsageError
from decarb.inventory import Inventory, Spends, in_order_of_appearance
from decarb.national.store.dictionaries import Dictionaries
from decarb.national.store.layout import Store
from decarb.national.store.ledger import Ledger, Submission
from decarb.national.store.log import batches, read_ledger
from decarb.national.store.parts import LINE_TYPES, SPEND_TYPES, column, read_table
from decarb.resources import collector_paused, usable_cores

Result = TypeVar("Result")
Span = tuple[int, int]
"""First and last row."""

_CHUNK = 65_536
"""Ids that are strings of Python at a time, where all of them are gone through."""


class Move(NamedTuple):
    """Rows of a wanted submission in its part: number, receipt, how many lines and amounts, the first of each."""

    number: int
    receipt: bytes
    lines: int
    spends: int
    row: int
    paid: int


MOVES = np.dtype([(name, "S24" if name == "receipt" else np.int64) for name in Move._fields])
"""``Move`` as a record: a nation's are sent to workers as one array, not as objects by the ten thousand."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of submissions of one batch and year, in the part where they are read.

    Attributes
    ----------
    rows, spends
        How many lines and amounts the part holds in all.
    records : array of ``MOVES``, of shape (wanted submissions,)
    """

    batch: Span
    rows: int
    spends: int
    records: NDArray[np.void]

    @property
    def moves(self) -> Iterator[Move]:
        """The wanted submissions, and where they are."""
        return map(Move._make, self.records.tolist())


@collector_paused()
def open_submissions(
    store: Store, year: int, ledger: Ledger | None = None, only: Collection[int] | None = None
) -> Inventory:
    """Open the submissions of a year that count as an inventory, as ``read_inventory`` gives of their documents.

    Parameters
    ----------
    year
        That most days of the periods fall in.
    ledger
        What the log comes to, where it was read already.
    only
        Numbers of submissions, to open no others.

    Raises
    ------
    UsageError
        If nobody submitted for this year.
    InvalidStoreError
        If columns or dictionaries are damaged: ``check_store`` says more, and repairs them.
    """
    ledger = ledger or read_ledger(store)
    current = current_submissions(store, ledger, year, only)
    dictionaries = Dictionaries()
    dictionaries.read(store, ledger.last, ledger.codes)
    starts = np.concatenate(([0], np.cumsum([one.lines for one in current])))
    first = dict(zip((one.number for one in current), starts[:-1].tolist(), strict=True))
    parts = list(parts_of(ledger, year, first))
    columns = read_lines(store, year, parts, first, int(starts[-1]))
    spends = read_spends(store, year, parts, first)
    together = np.concatenate((columns["term"], spends["term"]))
    codes, appear = in_order_of_appearance(together, len(dictionaries.terms.values))
    terms = tuple(dictionaries.terms.values[code] for code in together[appear].tolist())
    place, appear = in_order_of_appearance(columns["place"], len(dictionaries.places.values))
    places = tuple(dictionaries.places.values[code] for code in columns["place"][appear].tolist())
    return Inventory(
        establishments=tuple(one.establishment for one in current if one.establishment),
        terms=terms,
        places=places,
        establishment=np.repeat(np.arange(len(current), dtype=np.int32), np.diff(starts)),
        section=columns["section"],
        position=columns["position"],
        term=codes[: len(columns["term"])],
        place=place,
        quantity=columns["quantity"],
        activity_gsd2=columns["activity_gsd2"],
        ids=_StoredIds(store, year, parts, starts, {one.number: order for order, one in enumerate(current)}),
        spends=Spends(line=spends["line"], term=codes[len(columns["term"]) :], quantity=spends["quantity"]),
        warnings=tuple(problem for one in current for problem in one.problems),
        documents_read=False,
    )


def current_submissions(
    store: Store, ledger: Ledger, year: int, only: Collection[int] | None = None
) -> list[Submission]:
    """Submissions of a year that count, or those of some numbers, in canonical order; UsageError if there is none."""
    wanted = (one for one in ledger.current(year) if only is None or one.number in only)
    current = sorted(wanted, key=_canonical)
    if not current:
        known = sorted({one.year for one in ledger.current() if one.year is not None})
        raise UsageError([Problem("store-year-empty", {"value": year, "known": known}, file=str(store.folder))])
    return current


def _canonical(submission: Submission) -> tuple[str, ...]:
    return submission.entity, *submission.period, submission.file, submission.digest


def parts_of(ledger: Ledger, year: int, wanted: Mapping[int, int]) -> Iterator[Part]:
    """Parts that hold the wanted submissions, and where each is in its part."""
    for batch in batches(ledger.submissions):
        rows = spends = 0
        moves = []
        for one in batch:
            if one.verdict == "accepted" and one.year == year:
                if one.number in wanted:
                    moves.append(Move(one.number, one.id.encode(), one.lines, one.spends, rows, spends))
                rows, spends = rows + one.lines, spends + one.spends
        if moves:
            yield Part(batch[0].batch, rows, spends, np.array(moves, dtype=MOVES))


def read_lines(
    store: Store,
    year: int,
    parts: Sequence[Part],
    first: Mapping[int, int],
    lines: int,
    names: Sequence[str] = tuple(LINE_TYPES),
    jobs: int | None = None,
) -> dict[str, NDArray[Any]]:
    """Columns of the lines of submissions, a part at a time on each core: little more than they take is ever in memory.

    Parameters
    ----------
    first
        Row that the first line of each submission goes to, by its number.
    lines
        How many there are in all.
    names
        Columns of ``LINE_TYPES``; their submission is looked at, and not kept.
    jobs
        How many parts are read at once: all cores by default.

    Raises
    ------
    InvalidStoreError
        If a part is damaged.
    """
    kinds = {name: LINE_TYPES[name] for name in ("submission", *names)}
    found: dict[str, NDArray[Any]] = {
        name: np.empty(lines, kind) for name, kind in kinds.items() if name != "submission"
    }

    def fill(part: Part) -> None:
        read = _read(store.part(store.columns, part.batch, year), kinds, part.rows)
        for one in part.moves:
            rows, start = slice(one.row, one.row + one.lines), first[one.number]
            _check_rows(store, read["submission"][rows], one)
            for name, values in found.items():
                values[start : start + one.lines] = read[name][rows]

    for _ in _each(fill, parts, jobs):
        pass
    return found


def _each(function: Callable[[Part], Result], parts: Iterable[Part], jobs: int | None) -> Iterator[Result]:
    """Results of a function of parts, in their order; so many at once, or as many as there are cores."""
    if jobs == 1:
        yield from map(function, parts)
    else:
        with ThreadPoolExecutor(jobs or usable_cores()) as pool:
            yield from pool.map(function, parts)


def read_ids(
    store: Store, year: int, parts: Sequence[Part], first: Mapping[int, int], wanted: NDArray[np.int64]
) -> tuple[str, ...]:
    """Ids of some lines; `first` as in ``read_lines``, rows of lines ascending."""
    found = [""] * len(wanted)
    for part in parts:
        ids: Any = None
        path = store.part(store.columns, part.batch, year)
        for one in part.moves:
            start = first[one.number]
            mine = slice(*np.searchsorted(wanted, (start, start + one.lines)).tolist())
            if mine.start < mine.stop and ids is None:
                ids = _ids_of_part(path)
            for place in range(mine.start, mine.stop):
                found[place] = ids[one.row + int(wanted[place]) - start].as_py()
    return tuple(found)


def _ids_of_part(path: Path) -> Any:
    try:
        return read_table(path, ["id"]).column("id").combine_chunks()
    except (OSError, KeyError) as error:
        raise _unreadable(path, str(error)) from None


def read_spends(
    store: Store, year: int, parts: Sequence[Part], first: Mapping[int, int], jobs: int | None = None
) -> dict[str, NDArray[Any]]:
    """Columns of the amounts beside quantities, by line of the inventory; as ``read_lines``."""
    pieces: list[tuple[int, dict[str, NDArray[Any]]]] = []
    saying = [part for part in parts if part.records["spends"].any()]

    def columns(part: Part) -> dict[str, NDArray[Any]]:
        return _read(store.part(store.spends, part.batch, year), SPEND_TYPES, part.spends)

    for part, read in zip(saying, _each(columns, saying, jobs), strict=True):
        for one in part.moves:
            mine = {name: values[one.paid : one.paid + one.spends] for name, values in read.items()}
            _check_rows(store, mine["submission"], one)
            mine["line"] = mine["line"].astype(np.int64) + first[one.number]
            pieces.append((first[one.number], mine))
    pieces.sort(key=lambda piece: piece[0])
    types = {**SPEND_TYPES, "line": np.int64}
    return {
        name: np.concatenate([np.empty(0, kind), *(mine[name] for _, mine in pieces)]) for name, kind in types.items()
    }


def _read(path: Path, types: dict[str, Any], rows: int) -> dict[str, NDArray[Any]]:
    try:
        table = read_table(path, list(types))
        found = {name: column(table, name, kind) for name, kind in types.items()}
    except OSError as error:
        raise _unreadable(path, str(error)) from None
    if table.num_rows != rows:
        raise _unreadable(path, f"{table.num_rows} / {rows}")
    return found


def _check_rows(store: Store, numbers: NDArray[np.int32], submission: Move) -> None:
    """Refuse rows that are of another submission."""
    if not (numbers == submission.number).all():
        raise _unreadable(store.columns, submission.receipt.decode())


def _unreadable(path: Path, reason: str) -> InvalidStoreError:
    return InvalidStoreError([Problem("store-part-damaged", {"reason": reason}, file=str(path))])


class _StoredIds(Sequence[str]):
    """Ids of lines where they are on the disk, read when one is asked for: most who compute ask for none.

    All are read at once, each part once: documents that follow each other here are in parts all over the store, which
    would be read again for each of them.
    """

    def __init__(
        self, store: Store, year: int, parts: Sequence[Part], starts: NDArray[np.int64], order: dict[int, int]
    ) -> None:
        self._lines = int(starts[-1])
        self._documents = len(order)
        self._places = [
            (
                store.part(store.columns, part.batch, year),
                [(order[one.number], one.row, one.lines) for one in part.moves],
            )
            for part in parts
        ]
        self._read: Any = None

    def _ids(self) -> Any:
        """All of them, as an Arrow array."""
        if self._read is None:
            import pyarrow as pa

            pieces: list[Any] = [None] * self._documents
            for path, moves in self._places:
                try:
                    ids = read_table(path, ["id"]).column("id").combine_chunks().cast(pa.large_string())
                except (OSError, KeyError) as error:
                    raise _unreadable(path, str(error)) from None
                for document, row, lines in moves:
                    pieces[document] = ids.slice(row, lines)
            self._read = pa.concat_arrays(pieces)
            if len(self._read) != self._lines:
                raise _unreadable(self._places[0][0], f"{len(self._read)} / {self._lines}")
        return self._read

    def __len__(self) -> int:
        return self._lines

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            lines = range(len(self))[index]
            if lines.step != 1:
                return tuple(self[line] for line in lines)
            return tuple(self._ids().slice(lines.start, len(lines)).to_pylist())
        return self._ids()[range(len(self))[index]].as_py()

    def __iter__(self) -> Iterator[str]:
        ids = self._ids()
        for start in range(0, len(ids), _CHUNK):
            yield from ids.slice(start, _CHUNK).to_pylist()

    def index(self, value: str, start: int = 0, stop: int | None = None) -> int:
        """Return the row of the first line called `value`; ValueError if there is none."""
        for line, line_id in enumerate(self):
            if line_id == value and line >= start and (stop is None or line < stop):
                return line
        raise ValueError(value)
