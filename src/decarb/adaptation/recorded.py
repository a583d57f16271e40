"""What documents record of adaptation: exposures, facts and answers, checked and decoded to columns of rows."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from decarb.adaptation.catalogue import Catalogue, FactKind
from decarb.adaptation.rows import Rows
from decarb.errors import Problem, Term, UnknownUnitError
from decarb.language import mark
from decarb.resources import collector_paused
from decarb.units import conversion_factor, parse_unit

LEVELS = ("none", "very_low", "low", "moderate", "high", "very_high")
"""Levels of exposure, 0 to 5."""

NOT_APPLICABLE, UNANSWERED, NOT_MET, PARTLY, MET = (np.int8(code) for code in range(5))
STATUSES = ("not_applicable", "unanswered", "not_met", "partly", "met")
"""Status of an item, by code."""

NO_ORIGIN, CLAIM, UNPROVEN_DATA, DOCUMENT, DATED_DOCUMENT, DATA = (np.int8(code) for code in range(6))
ORIGINS = ("none", "claim", "unproven_data", "document", "dated_document", "data")
"""What a status rests on, by code: data without evidence decide as others do, and prove no more than a claim.

From ``DATED_DOCUMENT`` on it is evidence: what has no day cannot be known to hold still.
"""

_COUNTED = ("bed", "item")
"""Units of what is counted one by one."""

PERCENT = "%"
"""Unit of shares: it goes without saying."""

_EPOCH = date(1970, 1, 1).toordinal()
KIND_WORDS = {"number": mark("number"), "yes_no": mark("true or false"), "day": mark("day (2026-05-31)")}


class Entry(NamedTuple):
    """One entry of the section, as the document has it, and where."""

    establishment: int
    pointer: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class Recorded:
    """What is recorded on each row, and what is wrong with it.

    Attributes
    ----------
    exposure : array of shape (rows, hazards)
        Level of exposure, 0 to 5; nan where none is recorded.
    exposure_today : array of shape (rows, hazards)
        That recorded for no warming level.
    exposure_entry : array of shape (rows, hazards)
        Which of ``entries`` says so; -1 where none does.
    facts
        By fact, an array of shape (rows,): value in the fact's unit (a day in days since 1970-01-01, yes as 1); nan
        where none is recorded.
    fact_entries
        By fact, which of ``entries`` says so.
    fact_proofs
        By fact, whether the entry names its evidence.
    answer : array of shape (rows, items)
        Status that is answered; ``UNANSWERED`` where none is.
    origin : array of shape (rows, items)
        Evidence of the answer.
    answer_entry : array of shape (rows, items)
        Which of ``entries`` it is.
    entries
        Entries that were kept.
    problems
        What is refused, and warnings.
    """

    exposure: NDArray[np.float64]
    exposure_today: NDArray[np.float64]
    exposure_entry: NDArray[np.int64]
    facts: dict[str, NDArray[np.float64]]
    fact_entries: dict[str, NDArray[np.int64]]
    fact_proofs: dict[str, NDArray[np.bool_]]
    answer: NDArray[np.int8]
    origin: NDArray[np.int8]
    answer_entry: NDArray[np.int64]
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_recorded(rows: Rows, catalogue: Catalogue, today: date, warming: float) -> Recorded:
    """Check and decode what the documents of `rows` record.

    Parameters
    ----------
    today
        Days after it are refused; what is older than its validity on it counts as not recorded, or as a claim.
    warming
        Level of the TRACC [°C]: an exposure recorded for it, or the nearest below, is taken.
    """
    return _Reader(rows, catalogue, today, warming).read()


def inherited(values: NDArray[Any], rows: Rows, missing: NDArray[np.bool_]) -> NDArray[Any]:
    """Values by row, those of the establishment where its sites have none of their own.

    Parameters
    ----------
    values : array of shape (rows, ...)
    missing : array of the same shape
        Where there is none.
    """
    return np.where(missing, values[rows.parent], values)


def day_number(text: str) -> int | None:
    """Days since 1970-01-01 of an ISO day; None if there is no such day.

    >>> day_number("1970-01-02"), day_number("2026-02-30")
    (1, None)
    """
    return _day_number(text)


@lru_cache(maxsize=20_000)
def _day_number(text: str) -> int | None:
    try:
        return date.fromisoformat(text).toordinal() - _EPOCH if len(text) == len("2026-05-31") else None
    except ValueError:
        return None


def day_text(number: float) -> str:
    """ISO day of days since 1970-01-01."""
    return date.fromordinal(int(number) + _EPOCH).isoformat()


@lru_cache(maxsize=20_000)
def begun_months(since: int, today: date) -> int:
    """Months begun since a day, as ``expressions.months_since`` counts them."""
    day = date.fromordinal(since + _EPOCH)
    return (today.year - day.year) * 12 + today.month - day.month + (today.day > day.day)


class _Reader:
    def __init__(self, rows: Rows, catalogue: Catalogue, today: date, warming: float) -> None:
        self.rows, self.catalogue, self.today, self.warming = rows, catalogue, today, warming
        self.day = today.toordinal() - _EPOCH
        self.items = {name: code for code, name in enumerate(catalogue.items)}
        self.hazards = {name: code for code, name in enumerate(catalogue.hazards)}
        self.of_entity = catalogue.facts_of_entity()
        shape = len(rows), len(self.items)
        self.found = Recorded(
            exposure=np.full((len(rows), len(self.hazards)), np.nan),
            exposure_today=np.full((len(rows), len(self.hazards)), np.nan),
            exposure_entry=np.full((len(rows), len(self.hazards)), -1),
            facts={},
            fact_entries={},
            fact_proofs={},
            answer=np.full(shape, UNANSWERED),
            origin=np.full(shape, NO_ORIGIN),
            answer_entry=np.full(shape, -1),
        )

    def read(self) -> Recorded:
        with collector_paused():
            self._read()
        return self.found

    def _read(self) -> None:
        for number, establishment in enumerate(self.rows.establishments):
            section = establishment.adaptation
            if section:
                self._exposures(number, section.get("exposure", ()))
                self._facts(number, section.get("facts", ()))
                self._answers(number, section.get("answers", ()))

    def _refuse(self, entry: Entry, name: str, code: str, severity: Any = "error", **what: Any) -> None:
        file = self.rows.establishments[entry.establishment].file
        pointer = f"{entry.pointer}/{name}" if name else entry.pointer
        self.found.problems.append(Problem(code, what, file=file, pointer=pointer, severity=severity))

    def _row(self, entry: Entry) -> int | None:
        site = entry.said.get("site", "")
        row = self.rows.row(entry.establishment, site)
        if row is None:
            known = list(self.rows.establishments[entry.establishment].sites)
            self._refuse(entry, "site", "unknown-site-of-adaptation", value=site, known=known or "-")
        return row

    def _day(self, entry: Entry, name: str = "date") -> int | None:
        """Day of an entry, refused if there is no such day or it is still to come."""
        text = entry.said[name]
        day = _day_number(text)
        if day is None:
            self._refuse(entry, name, "no-such-day", value=text)
        elif day > self.day:
            self._refuse(entry, name, "day-in-future", value=text, today=self.today.isoformat())
            return None
        return day

    def _kept(self, entry: Entry) -> int:
        self.found.entries.append(entry)
        return len(self.found.entries) - 1

    # exposures

    def _exposures(self, number: int, said: Sequence[Mapping[str, Any]]) -> None:
        seen: dict[tuple[int, str, float], Entry] = {}
        taken: dict[tuple[int, int], float] = {}
        for position, exposure in enumerate(said):
            entry = Entry(number, f"/adaptation/exposure/{position}", exposure)
            row, day = self._row(entry), self._day(entry)
            if row is None or day is None:
                continue
            hazard, warming = exposure["hazard"], float(exposure.get("warming", 0))
            first = seen.setdefault((row, hazard, warming), entry)
            if first is not entry:
                what = {"value": Term(hazard), "one": exposure["level"], "other": first.said["level"]}
                self._refuse(entry, "", "exposure-twice", **what, first=first.pointer)
                continue
            months = self.catalogue.hazards[hazard].months
            if months is not None and begun_months(day, self.today) > months:
                what = {"value": Term(hazard), "date": exposure["date"], "months": months}
                self._refuse(entry, "date", "exposure-expired", "warning", **what)
                continue
            place = row, self.hazards[hazard]
            if not warming:
                self.found.exposure_today[place] = LEVELS.index(exposure["level"])
            if warming <= self.warming and warming >= taken.get(place, 0):
                taken[place] = warming
                self.found.exposure[place] = LEVELS.index(exposure["level"])
                self.found.exposure_entry[place] = self._kept(entry)

    # facts

    def _facts(self, number: int, said: Sequence[Mapping[str, Any]]) -> None:
        seen: dict[tuple[int, str], Entry] = {}
        for position, fact in enumerate(said):
            entry = Entry(number, f"/adaptation/facts/{position}", fact)
            kind = self._kind(entry)
            row, day = self._row(entry), self._day(entry)
            if kind is None:
                continue
            value = self._value(entry, kind)
            if row is None or day is None or value is None:
                continue
            if kind.id in self.of_entity and "site" in fact:
                self._refuse(entry, "site", "fact-is-of-entity", value=kind.id)
                continue
            first = seen.setdefault((row, kind.id), entry)
            if first is not entry:
                what = {"value": kind.id, "one": fact["value"], "other": first.said["value"], "first": first.pointer}
                self._refuse(entry, "", "fact-twice", **what)
                continue
            if kind.months is not None and begun_months(day, self.today) > kind.months:
                what = {"value": kind.id, "date": fact["date"], "months": kind.months}
                self._refuse(entry, "date", "fact-expired", "warning", **what)
                continue
            self._column(self.found.facts, kind.id, np.nan)[row] = value
            self._column(self.found.fact_entries, kind.id, -1)[row] = self._kept(entry)
            self._column(self.found.fact_proofs, kind.id, False)[row] = _names_evidence(fact)

    def _column(self, columns: dict[str, Any], name: str, blank: float | bool) -> NDArray[Any]:
        if name not in columns:
            columns[name] = np.full(len(self.rows), blank)
        return columns[name]  # type: ignore[no-any-return]

    def _kind(self, entry: Entry) -> FactKind | None:
        name = entry.said["fact"]
        kind = self.catalogue.facts.get(name)
        declared = [known for known, kind in self.catalogue.facts.items() if kind.origin == "declared"]
        if kind is None:
            nearest = difflib.get_close_matches(name, declared, 3, 0.5)
            self._refuse(entry, "fact", "unknown-fact", value=name, nearest=nearest)
            return None
        if kind.origin != "declared":
            self._refuse(entry, "fact", "fact-not-declared", value=name, **_where(kind))
            return None
        return kind

    def _value(self, entry: Entry, kind: FactKind) -> float | None:
        """Value in the unit of the fact; None if it is refused."""
        value = entry.said["value"]
        types: dict[str, Any] = {"number": int | float, "yes_no": bool, "day": str}
        if not isinstance(value, types[kind.kind]) or isinstance(value, bool) != (kind.kind == "yes_no"):
            what = {"value": value, "fact": kind.id, "expected": Term(KIND_WORDS[kind.kind])}
            self._refuse(entry, "value", "fact-of-other-kind", **what)
            return None
        factor = self._unit_factor(entry, kind)
        if kind.kind == "day":
            return self._day(entry, "value")
        if factor is None:
            return None
        number = float(value) * factor
        if kind.unit in _COUNTED and not number.is_integer():
            self._refuse(entry, "value", "fact-not-whole", value=value, fact=kind.id)
            return None
        low, high = kind.minimum, kind.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            what = {"value": value, "fact": kind.id, "low": low if low is not None else "-", "unit": kind.unit}
            self._refuse(entry, "value", "fact-out-of-range", **what, high=high if high is not None else "…")
            return None
        return number

    def _unit_factor(self, entry: Entry, kind: FactKind) -> float | None:
        """How many units of the fact make one of the entry; None if it is refused."""
        said = entry.said.get("unit", "")
        if kind.unit == PERCENT and said in ("", PERCENT):
            return 1.0
        if not kind.unit or not said:
            if bool(said) != bool(kind.unit):
                code = "fact-unit-missing" if kind.unit else "fact-unit-unwanted"
                self._refuse(entry, "unit" if said else "", code, value=said, fact=kind.id, unit=kind.unit)
                return None
            return 1.0
        try:
            unit = parse_unit(said)
        except UnknownUnitError as error:
            for problem in error.problems:
                self._refuse(entry, "unit", problem.code, **problem.parameters)
            return None
        factor = None if kind.unit == PERCENT else conversion_factor(unit.name, kind.unit)
        if factor is None or unit.bases:
            self._refuse(entry, "unit", "fact-unit-differs", value=said, fact=kind.id, unit=kind.unit)
            return None
        return factor

    # answers

    def _answers(self, number: int, said: Sequence[Mapping[str, Any]]) -> None:
        seen: dict[tuple[int, int], Entry] = {}
        for position, answer in enumerate(said):
            entry = Entry(number, f"/adaptation/answers/{position}", answer)
            code = self.items.get(answer["item"])
            if code is None:
                nearest = difflib.get_close_matches(answer["item"].upper(), self.items, 3, 0.5)
                self._refuse(entry, "item", "unknown-item", value=answer["item"], nearest=nearest)
            row = self._row(entry)
            day = self._day(entry) if "date" in answer else None
            if code is None or row is None or (day is None and "date" in answer):
                continue
            item = self.catalogue.items[answer["item"]]
            if item.scope == "entity" and "site" in answer:
                self._refuse(entry, "site", "item-is-of-entity", value=item.id)
                continue
            first = seen.setdefault((row, code), entry)
            if first is not entry:
                same = first.said["answer"] == answer["answer"]
                what = {"value": item.id, "one": answer["answer"], "other": first.said["answer"]}
                self._refuse(entry, "", "answer-twice" if same else "answers-contradict", **what, first=first.pointer)
                continue
            self.found.answer[row, code] = STATUSES.index(answer["answer"])
            self.found.origin[row, code] = self._evidence(entry, day, item.id, item.evidence_months)
            self.found.answer_entry[row, code] = self._kept(entry)

    def _evidence(self, entry: Entry, day: int | None, item: str, months: int | None) -> np.int8:
        """Level of the evidence of an answer; what is older than its validity leaves a claim."""
        if not _names_evidence(entry.said):
            return CLAIM
        if day is None:
            return DOCUMENT
        if months is not None and begun_months(day, self.today) > months:
            what = {"value": item, "date": entry.said["date"], "months": months}
            self._refuse(entry, "date", "evidence-expired", "warning", **what)
            return CLAIM
        return DATED_DOCUMENT


def _names_evidence(said: Mapping[str, Any]) -> bool:
    """Whether an entry names its evidence: with a word, and not with a dash."""
    return any(map(str.isalnum, said.get("evidence", "")))


def _where(kind: FactKind) -> dict[str, Any]:
    """Where a fact that is not declared comes from."""
    names: Iterable[str] = kind.expression.names if kind.expression else ()
    return {"origin": ", ".join(names) or kind.path}
