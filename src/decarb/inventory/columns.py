"""The decoded inventory: numpy columns of lines, and the few distinct terms that they share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from types import MappingProxyType
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem

_AT_A_TIME = 1 << 18
"""Lines looked at together: a few megabytes of scratch."""

SECTIONS: tuple[str, ...] = (
    "energy",
    "purchases",
    "medicines",
    "anaesthetic_gases",
    "refrigerants",
    "mobility",
    "freight",
    "food",
    "waste",
    "water",
    "capital_goods",
    "digital",
)


class Place(NamedTuple):
    """Where a line is: INSEE codes of region and department, blank where unsaid."""

    region: str = ""
    department: str = ""


class LineTerms(NamedTuple):
    """Everything that binding needs to know of a line but its quantity and its place.

    Lines that agree on all of it share one row of ``Inventory.terms``, so that units, bases and
    controls are checked once however many lines there are.
    """

    factor: str
    code_system: str
    code_value: str
    unit: str
    basis: str
    price_year: int | None
    vat_percent: float | None
    occupancy: float | None
    activity: str
    operated: bool | None
    paid: bool | None
    tenure: str
    amortisation_years: int | None
    acquisition_year: int | None
    market_based_kgco2e_per_kwh: float | None
    retroceded: bool
    year: int
    contrails: str
    gas_releases: str


@dataclass(frozen=True, slots=True)
class Establishment:
    """A reporting entity for one period.

    ``identity`` holds the schema's fields of the establishment as they were given; ``denominators``
    those that intensities divide by (``bed``, ``hospital_day``, ``stay``, ``m2``, ``fte``), where positive;
    ``adaptation`` the section of that name as it was given, which ``decarb.adaptation`` reads; ``shared_services`` that
    of this name, with the places of its lines (``inventory.shared_services``).
    """

    name: str
    identity: Mapping[str, Any]
    start: str
    end: str
    year: int
    method: Mapping[str, str]
    declaration: Mapping[str, Any]
    sites: Mapping[str, Mapping[str, Any]]
    denominators: Mapping[str, float]
    file: str
    digest: str
    adaptation: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    shared_services: Mapping[str, Any] = field(default_factory=dict)


class LineIds(Sequence[str]):
    """Ids of lines in one buffer, decoded when they are asked for.

    Parameters
    ----------
    offsets : array of shape (lines + 1,)
    text
        UTF-8: id `n` is ``text[offsets[n]:offsets[n + 1]]``.
    """

    __slots__ = ("offsets", "text")

    def __init__(self, offsets: NDArray[np.int64], text: bytes | memoryview) -> None:
        self.offsets = offsets
        self.text = text

    @classmethod
    def of(cls, ids: Iterable[str]) -> "LineIds":
        """Ids in one buffer."""
        encoded = [line_id.encode() for line_id in ids]
        return cls(np.cumsum([0, *map(len, encoded)], dtype=np.int64), b"".join(encoded))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        """Id of a line, or ids of several."""
        if isinstance(index, slice):
            return tuple(self[line] for line in range(len(self))[index])
        line = range(len(self))[index]
        return bytes(self.text[self.offsets[line] : self.offsets[line + 1]]).decode()

    def __eq__(self, other: object) -> bool:
        """Whether another sequence holds the same ids in the same order."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(str.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def rows_of(self, wanted: Iterable[str]) -> dict[str, int]:
        """Rows of some ids, by id; without those that no line has. It looks at bytes, and decodes nothing."""
        found: dict[str, int] = {}
        text = bytes(self.text)
        for line_id in wanted:
            encoded = line_id.encode()
            at = text.find(encoded)
            while at >= 0 and line_id not in found:
                row = int(np.searchsorted(self.offsets, at, side="right")) - 1
                if self.offsets[row] == at and self.offsets[row + 1] == at + len(encoded):
                    found[line_id] = row
                at = text.find(encoded, at + 1)
        return found

    def take(self, order: NDArray[np.intp]) -> "LineIds":
        """Ids in another order."""
        return LineIds.of(self[int(line)] for line in order)


def taken(ids: Sequence[str], rows: NDArray[np.intp]) -> Iterator[str]:
    """Ids of some lines, ascending: one after the other, as they lie on the disk, where that is most of them."""
    if len(rows) * _FEW < len(ids):
        return (ids[row] for row in rows.tolist())
    wanted = np.zeros(len(ids), dtype=np.bool_)
    wanted[rows] = True
    return compress(ids, wanted.tolist())


_FEW = 16
"""Ids are looked up one by one where fewer than one in so many are wanted."""


class ChosenIds(Sequence[str]):
    """Ids of some lines of a longer sequence, where they are.

    Parameters
    ----------
    rows : array of shape (lines,), ascending
    """

    def __init__(self, ids: Sequence[str], rows: NDArray[np.intp]) -> None:
        self._ids = ids
        self._rows = rows

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        """Id of a line, or ids of several."""
        if not isinstance(index, slice):
            return self._ids[int(self._rows[index])]
        rows = self._rows[index]
        if not len(rows):
            return ()
        first, stop = int(rows[0]), int(rows[-1]) + 1
        if stop - first > _FEW * len(rows):
            return tuple(self._ids[row] for row in rows.tolist())
        around = self._ids[first:stop]
        return tuple(around) if stop - first == len(rows) else tuple(around[row] for row in (rows - first).tolist())

    def __iter__(self) -> Iterator[str]:
        """Ids in order."""
        return taken(self._ids, self._rows)

    def __eq__(self, other: object) -> bool:
        """Whether another sequence holds the same ids in the same order."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(str.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Spends:
    """Amounts of money that some lines give beside their quantity, to estimate what is at stake if they are refused.

    Attributes
    ----------
    line : array of shape (spends,), ascending
        Row of the inventory.
    term : array of shape (spends,)
        Code into ``Inventory.terms``.
    quantity : array of shape (spends,)
        In the unit of the terms.
    """

    line: NDArray[np.int64]
    term: NDArray[np.int32]
    quantity: NDArray[np.float64]

    def of(self, line: int) -> tuple[int, float] | None:
        """Term code and amount of a line; None where it gives none."""
        index = int(np.searchsorted(self.line, line))
        if index == len(self.line) or self.line[index] != line:
            return None
        return int(self.term[index]), float(self.quantity[index])


@dataclass(frozen=True, slots=True, repr=False)
class Inventory:
    """Lines of one or many establishments, in canonical order.

    Attributes
    ----------
    establishments
        In canonical order: identifier, then period.
    establishment, section, position, term, place : arrays of shape (lines,)
        Codes into ``establishments``, ``SECTIONS``, the section's array in the document, ``terms``, ``places``.
    quantity : array of shape (lines,)
        In the line's unit.
    activity_gsd2 : array of shape (lines,)
        Ratio of the 97.5 % quantile of the quantity to its median; nan where the document says nothing.
    ids
        Line ids.
    spends
        Amounts beside quantities.
    remarks
        Supplier, evidence, comment and account, by line, where given and where the documents themselves were read.
    warnings
        What the reader of the documents found doubtful, but not wrong.
    set_aside
        Why lines of the documents could not be read; ``read_inventory`` raises them.
    refused_documents
        How many documents of the collection were refused whole, and are not in it.
    documents_read
        Whether the documents themselves were read, not their columns: all that lines say is at hand.
    """

    establishments: tuple[Establishment, ...]
    terms: tuple[LineTerms, ...]
    places: tuple[Place, ...]
    establishment: NDArray[np.int32]
    section: NDArray[np.int8]
    position: NDArray[np.int32]
    term: NDArray[np.int32]
    place: NDArray[np.int32]
    quantity: NDArray[np.float64]
    activity_gsd2: NDArray[np.float64]
    ids: Sequence[str]
    spends: Spends
    remarks: Mapping[int, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[Problem, ...] = ()
    set_aside: tuple[Problem, ...] = ()
    refused_documents: int = 0
    documents_read: bool = True

    def __repr__(self) -> str:
        """Say how much there is, not all of it."""
        return f"<Inventory of {len(self.establishments)} establishment(s), {len(self)} lines>"

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self.term)

    @property
    def first_lines(self) -> list[int]:
        """Row of the first line of each establishment, then how many lines there are."""
        documents = np.arange(len(self.establishments) + 1, dtype=self.establishment.dtype)
        starts: list[int] = np.searchsorted(self.establishment, documents).tolist()
        return starts

    def pointer(self, line: int) -> str:
        """JSON pointer of a line in its document."""
        return f"/{SECTIONS[self.section[line]]}/{self.position[line]}"

    def file(self, line: int) -> str:
        """File that a line stands in."""
        return self.establishments[int(self.establishment[line])].file

    def line(self, line_id: str) -> int | None:
        """Row of the line called `line_id`; None if there is none."""
        return self.ids.index(line_id) if line_id in self.ids else None


def in_order_of_appearance(codes: NDArray[np.int32], count: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Rename codes by their first appearance.

    Parameters
    ----------
    codes : array of shape (n,)
        Below `count`.

    Returns
    -------
    renamed : array of shape (n,)
    first : array of shape (codes in use,)
        Where each new code appears first, ascending.
    """
    place = np.full(count, -1, dtype=np.int64)
    for stop in range(len(codes), 0, -_AT_A_TIME):
        start = max(0, stop - _AT_A_TIME)
        place[codes[start:stop][::-1]] = np.arange(stop - 1, start - 1, -1)  # the last one written stays: the first
    first = np.sort(place[place >= 0])
    name = np.empty(count, dtype=np.int32)
    name[codes[first]] = np.arange(len(first), dtype=np.int32)
    renamed = np.empty(len(codes), dtype=np.int32)
    for start in range(0, len(codes), _AT_A_TIME):
        chunk = slice(start, start + _AT_A_TIME)
        renamed[chunk] = name[codes[chunk]]
    return renamed, first
