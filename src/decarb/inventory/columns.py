"""The decoded inventory: numpy columns of lines, and the few distinct terms that they share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem

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


class LineTerms(NamedTuple):
    """Everything that binding needs to know of a line but its quantity.

    Lines that agree on all of it share one row of ``Inventory.terms``, so that units, bases and
    controls are checked once however many lines there are.
    """

    factor: str
    code_system: str
    code_value: str
    unit: str
    basis: str
    year: int
    price_year: int | None
    region: str
    department: str
    vat_percent: float | None
    occupancy: float | None
    activity: str
    operated: bool | None
    paid: bool | None
    tenure: str
    amortisation_years: int | None
    acquisition_year: int | None
    market_based_kgco2e_per_kwh: float | None
    contrails: str
    gas_releases: str
    spend: "tuple[LineTerms, float] | None" = None


@dataclass(frozen=True, slots=True)
class Establishment:
    """A reporting entity for one period.

    ``identity`` holds the schema's fields of the establishment as they were given; ``denominators``
    those that intensities divide by (``bed``, ``hospital_day``, ``stay``, ``m2``, ``fte``), where positive.
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


@dataclass(frozen=True, slots=True, repr=False)
class Inventory:
    """Lines of one or many establishments, in canonical order.

    Attributes
    ----------
    establishments
        In canonical order: identifier, then period.
    establishment, section, position, term : arrays of shape (lines,)
        Codes into ``establishments``, ``SECTIONS``, the section's array in the document, ``terms``.
    quantity : array of shape (lines,)
        In the line's unit.
    activity_gsd2 : array of shape (lines,)
        Ratio of the 97.5 % quantile of the quantity to its median; nan where the document says nothing.
    ids
        Line ids.
    remarks
        Supplier, evidence, comment, account and flags, by line, where given.
    warnings
        What the reader of the documents found doubtful, but not wrong.
    set_aside
        Why lines of the documents could not be read; ``read_inventory`` raises them.
    """

    establishments: tuple[Establishment, ...]
    terms: tuple[LineTerms, ...]
    establishment: NDArray[np.int32]
    section: NDArray[np.int8]
    position: NDArray[np.int32]
    term: NDArray[np.int32]
    quantity: NDArray[np.float64]
    activity_gsd2: NDArray[np.float64]
    ids: tuple[str, ...]
    remarks: Mapping[int, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[Problem, ...] = ()
    set_aside: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        """Say how much there is, not all of it."""
        return f"<Inventory of {len(self.establishments)} establishment(s), {len(self)} lines>"

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self.ids)

    def pointer(self, line: int) -> str:
        """JSON pointer of a line in its document."""
        return f"/{SECTIONS[self.section[line]]}/{self.position[line]}"

    def file(self, line: int) -> str:
        """File that a line stands in."""
        return self.establishments[int(self.establishment[line])].file

    def line(self, line_id: str) -> int | None:
        """Row of the line called `line_id`; None if there is none."""
        return self.ids.index(line_id) if line_id in self.ids else None
