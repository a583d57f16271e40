"""Factors as rows of text, decoded when they are asked for: a base of thousands costs what is used of it."""

import math
from collections.abc import Iterator, Mapping
from datetime import date

from decarb.errors import Phrase
from decarb.factors.columns import stored_columns
from decarb.factors.records import Factor, Part
from decarb.language import mark
from decarb.quality import CRITERIA
from decarb.resources import Table
from decarb.units import Unit, parse_basis, parse_unit

_QUALITY = tuple(f"quality_{criterion}" for criterion in CRITERIA)


class BadCellError(ValueError):
    """A cell of a library that cannot be what its column promises; the argument is a ``Phrase``."""


class FactorRows(Mapping[str, Factor]):
    """Factors of one library by id, decoded from the tables ``factors`` and ``parts`` on demand.

    Raises
    ------
    BadCellError, UnknownUnitError
        From ``[]``, where a row does not hold what its columns promise: ``tables.read_tables`` looks
        at every row before it hands one out.
    """

    def __init__(self, factors: Table, parts: Table, layer: str, retired: frozenset[str] = frozenset()) -> None:
        self.table = factors
        self.retired = retired
        self.part_table = parts
        self.layer = layer
        self._number = {name: number for number, name in enumerate(factors.column("id"))}
        self._parts: dict[str, list[list[str]]] = {}
        for row in parts.rows:
            self._parts.setdefault(row[0], []).append(row)
        self._decoded: dict[str, Factor] = {}

    def __getitem__(self, name: str) -> Factor:
        """Decode the factor `name`, once."""
        found = self._decoded.get(name)
        if found is None:
            row = self.table.rows[self._number[name]]
            parts = tuple(decode_part(part) for part in self._parts.get(name, ()))
            found = self._decoded[name] = decode_factor(row, parts, self.layer)
        return found

    def __iter__(self) -> Iterator[str]:
        """Ids in the order of the table."""
        return iter(self._number)

    def __len__(self) -> int:
        """Count the distinct ids."""
        return len(self._number)

    def __contains__(self, name: object) -> bool:
        """Whether a factor has this id, without decoding it."""
        return name in self._number


def finite_number(text: str) -> float:
    """Number written in `text`; BadCellError if it is none, or not finite."""
    try:
        value = float(text if text.isascii() and "_" not in text else "")
    except ValueError:
        raise BadCellError(Phrase(mark("not a number: {text}"), {"text": text})) from None
    if not math.isfinite(value):
        raise BadCellError(Phrase(mark("not a finite number: {text}"), {"text": text}))
    return value


MAXIMUM_UNCERTAINTY_PERCENT = 1000.0


def uncertainty_percent(text: str) -> float | None:
    """Uncertainty of a factor [%], None where it is blank; BadCellError if it cannot be one."""
    value = optional_number(text)
    if value is not None and not 0 <= value <= MAXIMUM_UNCERTAINTY_PERCENT:
        limits = {"text": text, "low": 0, "high": int(MAXIMUM_UNCERTAINTY_PERCENT)}
        raise BadCellError(Phrase(mark("the uncertainty {text} is not between {low} and {high} %"), limits))
    return value


def quality_note(text: str) -> int | None:
    """Quality note written in `text`, None where it is blank; BadCellError if it is not 1 to 5."""
    if text and text not in ("1", "2", "3", "4", "5"):
        raise BadCellError(Phrase(mark("not a quality note from 1 (the worst) to 5: {text}"), {"text": text}))
    return int(text) if text else None


def optional_number(text: str) -> float | None:
    """Number written in `text`, None where it is blank."""
    return finite_number(text) if text else None


def whole_number(text: str) -> int | None:
    """Whole number written in `text`, None where it is blank; BadCellError otherwise."""
    if text and not (text.isascii() and text.isdigit()):
        raise BadCellError(Phrase(mark("not a whole number: {text}"), {"text": text}))
    return int(text) if text else None


def iso_day(text: str) -> str:
    """Day written in `text` (``2025-02-28``), or blank; BadCellError otherwise."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise BadCellError(Phrase(mark("not a day as in 2025-02-28: {text}"), {"text": text})) from None


def decode_part(row: list[str]) -> Part:
    """Read a row of ``parts``; BadCellError if one of its numbers is none."""
    _, _, stage, label, _, *gases = row
    return Part(stage, label, tuple([optional_number(text) for text in gases]))


def decode_factor(row: list[str], parts: tuple[Part, ...], layer: str) -> Factor:
    """Read a row of ``factors``; BadCellError or UnknownUnitError with what is wrong in it."""
    cells = dict(zip(stored_columns("factors"), row, strict=True))
    basis = parse_basis(cells["basis"]) if cells["basis"] else Unit("")
    unit = parse_unit(cells["unit"])
    return Factor(
        id=cells["id"],
        series=cells["series"],
        name_fr=cells["name_fr"],
        name_en=cells["name_en"],
        domain=cells["domain"],
        unit=Unit(unit.name, basis.bases, whole_number(cells["price_year"])),
        geographies=tuple(cells["geography"].split()),
        locality=cells["locality"],
        data_year=whole_number(cells["data_year"]),
        valid_to=iso_day(cells["valid_to"]),
        published_total=optional_number(cells["published_total"]),
        model=cells["model"],
        gwp_set=cells["gwp_set"],
        substance=cells["substance"],
        contrails=cells["contrails"],
        uncertainty_percent=uncertainty_percent(cells["uncertainty_percent"]),
        quality=tuple([quality_note(cells[name]) for name in _QUALITY]),
        error_group=cells["error_group"] or cells["id"],
        activities=tuple(cells["activities"].split()),
        default_activity=cells["default_activity"],
        default_operated=cells["default_operated"],
        source=cells["source"],
        source_id=cells["source_id"],
        source_row=whole_number(cells["source_row"]),
        source_date=cells["source_date"],
        origin=cells["origin"],
        status=cells["status"],
        transparency=cells["transparency"],
        keywords=cells["keywords"],
        note=cells["note"],
        parts=parts,
        layer=layer,
    )
