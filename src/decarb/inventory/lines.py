"""Lines of one document: what a schema cannot say of them, their shared terms, and the columns they become."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, UnknownUnitError
from decarb.inventory.columns import Establishment, LineIds, LineTerms, Place
from decarb.inventory.head import place_of
from decarb.inventory.identifiers import check_code
from decarb.quality import CRITERIA, gsd2_of_notes, gsd2_of_percent
from decarb.units import is_currency, parse_basis, parse_unit

REMARKS = ("supplier", "evidence", "comment", "account")


class Vocabulary:
    """Terms and places met so far, each with its code.

    ``judged`` is what readers that share it know of combinations of terms, by their bytes: each looks at new ones only.
    """

    def __init__(self) -> None:
        self.judged: dict[bytes, Any] = {}
        self.terms: dict[LineTerms, int] = {}
        self.places: dict[Place, int] = {}

    def term(self, terms: LineTerms) -> int:
        """Code of `terms`, a new one if they are met for the first time."""
        return self.terms.setdefault(terms, len(self.terms))

    def place(self, place: Place) -> int:
        """Code of `place`."""
        return self.places.setdefault(place, len(self.places))


@dataclass(frozen=True, slots=True)
class DocumentLines:
    """One document as columns; ``term`` and ``place`` are codes of the reader's ``Vocabulary``.

    ``spends`` holds line, term code and amount; ``unread`` the fields of the head that could not be read.
    """

    establishment: Establishment
    section: NDArray[np.int8]
    position: NDArray[np.int32]
    term: NDArray[np.int32]
    place: NDArray[np.int32]
    quantity: NDArray[np.float64]
    activity_gsd2: NDArray[np.float64]
    ids: LineIds
    spends: Sequence[tuple[int, int, float]] = ()
    remarks: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()

    @property
    def order(self) -> tuple[str, str, str]:
        """Entity, first and last day: the canonical order of documents."""
        return entity_of(self.establishment), self.establishment.start, self.establishment.end


def entity_of(establishment: Establishment) -> str:
    """Who reports, and for which site: documents of one entity may not overlap."""
    identity = establishment.identity
    entity = identity.get("finess_ej") or identity.get("siret") or identity.get("finess_et") or identity["name"]
    return f"{entity} {identity.get('finess_et', '')}".strip()


class LineColumns:
    """Columns of a document while its lines are read one by one."""

    def __init__(self, establishment: Establishment, unread: frozenset[str], vocabulary: Vocabulary) -> None:
        self.establishment = establishment
        self.unread = unread
        self.vocabulary = vocabulary
        self.rows: list[tuple[int, int, int, int, float, float]] = []
        self.ids: list[str] = []
        self.spends: list[tuple[int, int, float]] = []
        self.remarks: dict[int, dict[str, Any]] = {}

    def add(self, section: int, position: int, line: Mapping[str, Any]) -> None:
        """Append a line that has no problem."""
        number = len(self.ids)
        remarks = {name: line[name] for name in REMARKS if name in line}
        if remarks:
            self.remarks[number] = remarks
        if "spend" in line:
            spend = self.vocabulary.term(line_terms(line["spend"], self.establishment))
            self.spends.append((number, spend, unsigned_zero(line["spend"]["quantity"])))
        term = self.vocabulary.term(line_terms(line, self.establishment))
        place = self.vocabulary.place(place_of(self.establishment, line.get("site", "")))
        self.rows.append((section, position, term, place, unsigned_zero(line["quantity"]), activity_gsd2(line)))
        self.ids.append(line["id"])

    def done(self) -> DocumentLines:
        """Columns of all lines added."""
        section, position, term, place, quantity, gsd2 = zip(*self.rows, strict=True) if self.rows else ((),) * 6
        return DocumentLines(
            self.establishment,
            np.array(section, dtype=np.int8),
            np.array(position, dtype=np.int32),
            np.array(term, dtype=np.int32),
            np.array(place, dtype=np.int32),
            np.array(quantity, dtype=np.float64),
            np.array(gsd2, dtype=np.float64),
            LineIds.of(self.ids),
            self.spends,
            self.remarks,
            self.unread,
        )


def line_terms(line: Mapping[str, Any], establishment: Establishment) -> LineTerms:
    """Terms of a line, or of its ``spend``."""
    return LineTerms._make(own_terms(line) + document_terms(establishment))


def own_terms(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """First fields of ``LineTerms``: what the line itself says."""
    code = line.get("code", {})
    return (
        line.get("factor", ""),
        code.get("system", ""),
        code.get("value", ""),
        line["unit"],
        line.get("basis", ""),
        _whole(line.get("price_year")),
        _number(line.get("vat_percent")),
        _number(line.get("occupancy")),
        line.get("activity", ""),
        line.get("operated"),
        line.get("paid"),
        line.get("tenure", ""),
        _whole(line.get("amortisation_years")),
        _whole(line.get("acquisition_year")),
        _number(line.get("market_based_kgco2e_per_kwh")),
        line.get("retroceded", False),
    )


def document_terms(establishment: Establishment) -> tuple[int, str, str]:
    """Last fields of ``LineTerms``: what its document says."""
    method = establishment.method
    return establishment.year, method.get("contrails", "included"), method.get("gas_releases", "fugitive")


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _number(value: float | None) -> float | None:
    return None if value is None else unsigned_zero(value)


def unsigned_zero(value: float) -> float:
    """Float64 of a number, of minus zero zero: numbers that are equal have the same bits, whichever is met first."""
    return float(value) + 0.0


def activity_gsd2(line: Mapping[str, Any]) -> float:
    """GSD2 of a quantity: 1 + U/100, or its quality notes combined; a missing note counts as the worst."""
    if "uncertainty" in line:
        return gsd2_of_percent(float(line["uncertainty"]))
    return gsd2_of_quality(line["quality"]) if "quality" in line else math.nan


def gsd2_of_quality(notes: Mapping[str, float]) -> float:
    """GSD2 of the quality notes that a line gives."""
    return gsd2_of_notes(int(notes[name]) if name in notes else None for name in CRITERIA)


def line_problems(
    line: Mapping[str, Any], pointer: str, establishment: Establishment, unread: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    """What is wrong with one line that its schema accepts, other lines apart."""
    yield from terms_problems(line, pointer)
    if "spend" in line:
        yield from terms_problems(line["spend"], f"{pointer}/spend")
    if "site" in line and "sites" not in unread and line["site"] not in establishment.sites:
        known = list(establishment.sites)
        yield Problem("unknown-site", {"value": line["site"], "known": known or "-"}, pointer=f"{pointer}/site")
    bought = line.get("acquisition_year")
    if bought and "period" not in unread and bought > establishment.year:
        what = {"value": bought, "year": establishment.year}
        yield Problem("bought-later", what, pointer=f"{pointer}/acquisition_year")


def terms_problems(line: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    """What is wrong with the terms of a line, whatever its quantity and its document."""
    for name, parse in (("unit", parse_unit), ("basis", parse_basis)):
        if name in line:
            try:
                parse(line[name])
            except UnknownUnitError as error:
                yield from (problem.at(pointer=f"{pointer}/{name}") for problem in error.problems)
    if "code" in line:
        yield from check_code(line["code"]["system"], line["code"]["value"], f"{pointer}/code/value")
    if line.get("acquisition_year") and not line.get("amortisation_years"):
        what = {"value": line["acquisition_year"]}
        yield Problem("no-amortisation", what, pointer=f"{pointer}/acquisition_year")


def is_money(unit: object) -> bool | None:
    """Whether a unit is money; None if it is no unit."""
    try:
        return is_currency(parse_unit(str(unit)).name)
    except UnknownUnitError:
        return None


def counted_twice(sections: Mapping[str, Sequence[Any]]) -> Iterator[Problem]:
    """An account that is counted physically is not counted again by spend: both lines are named."""
    physical: dict[str, str] = {}
    monetary: list[tuple[str, str, str]] = []
    for name, lines in sections.items():
        for position, line in enumerate(lines):
            if not (isinstance(line, dict) and isinstance(line.get("account"), str)):
                continue
            money = is_money(line.get("unit"))
            line_id = str(line.get("id"))
            if money:
                monetary.append((line["account"], line_id, f"/{name}/{position}"))
            elif money is not None:
                physical.setdefault(line["account"], line_id)
    for account, line_id, pointer in monetary:
        if account in physical:
            what = {"value": account, "physical": physical[account], "spend": line_id}
            yield Problem("account-counted-twice", what, pointer=pointer, line_id=line_id)
