"""From what is recorded to the status of every item on every row, the same for one establishment and for thousands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from decarb.adaptation.catalogue import EXPOSURE, Catalogue, Item
from decarb.adaptation.expressions import FALSE, TRUE, UNKNOWN, Expression
from decarb.adaptation.facts import Columns, gather_facts, of_rows, proofs
from decarb.adaptation.loading import load_catalogue
from decarb.adaptation.recorded import (
    DATA,
    LEVELS,
    MET,
    NO_ORIGIN,
    NOT_APPLICABLE,
    NOT_MET,
    ORIGINS,
    PARTLY,
    STATUSES,
    UNANSWERED,
    UNPROVEN_DATA,
    Entry,
    Recorded,
    inherited,
    read_recorded,
)
from decarb.adaptation.rows import Rows, rows_of, without
from decarb.errors import InvalidInventoryError, Phrase, Problem, UsageError
from decarb.factors import FactorLibrary
from decarb.inventory import Establishment, Inventory
from decarb.language import mark

DEFAULT_WARMING = 2.0
"""The nearest level of the trajectory: +2.0 °C in 2030."""

CREDIT = np.array([np.nan, np.nan, 0.0, 0.5, 1.0])
"""What a status is worth, by its code."""

ASSUMED_EXPOSURE = float(LEVELS.index("moderate"))
"""Where no exposure is recorded, and for hazards that do not depend on the place."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Why an item has its status on a row.

    Attributes
    ----------
    rule
        The rule that decided; None where an answer did, or nothing.
    facts
        Values of the facts of its rules, nan where not known.
    entries
        Entries of the document that say so: of facts, of the exposure, of the answer.
    answer
        What was answered, whether it decided or not; None where nothing was.
    """

    status: str
    origin: str
    rule: Expression | None
    facts: dict[str, float]
    entries: tuple[Entry, ...]
    answer: str | None
    applies: bool | None


@dataclass(frozen=True, repr=False)
class Checklist:
    """The checklist of one or many establishments on one day, at one warming level.

    Attributes
    ----------
    status : array of shape (rows, items)
        Codes into ``STATUSES``.
    origin : array of shape (rows, items)
        Codes into ``ORIGINS``: what the status rests on.
    exposure : array of shape (rows, items)
        Level of exposure that the item is weighed by, 0 to 5.
    applies : array of shape (rows, items)
        Whether the item concerns the row: ``FALSE``, ``UNKNOWN`` or ``TRUE``.
    is_assumed : array of shape (rows, items)
        Whether no exposure was recorded where one should be, and ``ASSUMED_EXPOSURE`` stands in.
    facts
        Columns of facts by name, each of shape (rows,).
    problems
        Warnings; refusals too where the checklist was made nevertheless.
    """

    inventory: Inventory
    catalogue: Catalogue
    rows: Rows
    recorded: Recorded
    facts: Columns
    today: date
    warming: float
    status: NDArray[np.int8]
    origin: NDArray[np.int8]
    exposure: NDArray[np.float64]
    is_assumed: NDArray[np.bool_]
    applies: NDArray[np.int8]
    problems: tuple[Problem, ...]

    def __repr__(self) -> str:
        """Say how much there is."""
        return f"<Checklist of {len(self.establishments)} establishment(s), {len(self.items)} items, {self.today}>"

    @property
    def establishments(self) -> tuple[Establishment, ...]:
        """Establishments, in their order, with those that are left out."""
        return self.rows.establishments

    @cached_property
    def evaluated(self) -> tuple[int, ...]:
        """Numbers of the establishments that are evaluated: all, unless some were refused and are left out."""
        return tuple(np.unique(self.rows.parent[self.rows.is_subject]).tolist())

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Items, in the order of the columns."""
        return tuple(self.catalogue.items.values())

    @cached_property
    def applicable(self) -> NDArray[np.bool_]:
        """Whether an item concerns a row that is evaluated, of shape (rows, items)."""
        return np.asarray((self.status != NOT_APPLICABLE) & self.rows.is_subject[:, None])

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """Whether an item that concerns a row has a status, of shape (rows, items)."""
        return np.asarray(self.applicable & (self.status != UNANSWERED))

    @cached_property
    def credit(self) -> NDArray[np.float64]:
        """What each status is worth, 0 to 1, of shape (rows, items); 0 where there is none."""
        credit = np.where(self.answered, CREDIT[self.status], 0.0)
        by_data = self.answered & (self.status == PARTLY) & ((self.origin == DATA) | (self.origin == UNPROVEN_DATA))
        for column, item in enumerate(self.items):
            if item.partly_credit and by_data[:, column].any():
                share = item.partly_credit.number(self.facts, np.datetime64(self.today))
                credit[:, column] = np.where(by_data[:, column], share, credit[:, column])
        return credit

    def over_sites(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the sites of each establishment, each weighed by its share.

        Parameters
        ----------
        values : array of shape (rows, items)

        Returns
        -------
        array of shape (establishments, items)
        """
        sums = np.zeros((len(self.establishments), values.shape[1]))
        subjects = np.flatnonzero(self.rows.is_subject)
        np.add.at(sums, self.rows.parent[subjects], values[subjects] * self.rows.share[subjects, None])
        return sums

    @cached_property
    def overall(self) -> NDArray[np.int8]:
        """Status of each item for each establishment, of shape (establishments, items): over its sites together.

        Met or not met if every site that it concerns is; partly if neither can be, whatever the sites without an
        answer would say; unanswered while their answer would decide.
        """
        applicable = self.over_sites(self.applicable.astype(np.float64))
        unanswered = applicable - self.over_sites(self.answered.astype(np.float64))
        met = self.over_sites((self.applicable & (self.status == MET)).astype(np.float64))
        not_met = self.over_sites((self.applicable & (self.status == NOT_MET)).astype(np.float64))
        nearly = 1e-9
        status = np.full(applicable.shape, UNANSWERED)
        status[(met + unanswered < applicable - nearly) & (not_met + unanswered < applicable - nearly)] = PARTLY
        status[met >= applicable - nearly] = MET
        status[not_met >= applicable - nearly] = NOT_MET
        status[applicable <= nearly] = NOT_APPLICABLE
        return status

    def trace(self, row: int, item: Item) -> Trace:
        """Why an item has its status on a row."""
        column = self.items.index(item)
        facts = {name: float(self.facts[name][row]) for name in self.catalogue.facts_behind(item)}
        entries = list(self._entries(row, item, facts))
        answer = int(_entry_of(self.recorded.answer_entry[:, column], self.rows, row))
        if answer >= 0:
            entries.append(self.recorded.entries[answer])
        truth = self.applies[row, column]
        rules = {MET: item.met, PARTLY: item.partly, NOT_MET: item.not_met, NOT_APPLICABLE: item.applies}
        return Trace(
            STATUSES[self.status[row, column]],
            ORIGINS[self.origin[row, column]],
            rules.get(self.status[row, column]) if self.origin[row, column] in (DATA, UNPROVEN_DATA) else None,
            facts,
            tuple(entries),
            STATUSES[self._answer(row, column)] if answer >= 0 else None,
            None if truth == UNKNOWN else bool(truth == TRUE),
        )

    def _answer(self, row: int, column: int) -> int:
        own = self.recorded.answer[row, column]
        return int(own if own != UNANSWERED else self.recorded.answer[self.rows.parent[row], column])

    def _entries(self, row: int, item: Item, facts: dict[str, float]) -> Iterator[Entry]:
        """Entries of the facts of an item, and of the exposure that it is weighed by."""
        hazards = list(self.catalogue.hazards)
        columns = {item.hazard, *(name.removeprefix(EXPOSURE) for name in facts if name.startswith(EXPOSURE))}
        for hazard in sorted(columns, key=hazards.index):
            found = _entry_of(self.recorded.exposure_entry[:, hazards.index(hazard)], self.rows, row)
            if found >= 0:
                yield self.recorded.entries[found]
        for name in facts:
            if name in self.recorded.fact_entries:
                found = _entry_of(self.recorded.fact_entries[name], self.rows, row)
                if found >= 0:
                    yield self.recorded.entries[found]


def _entry_of(column: NDArray[np.int64], rows: Rows, row: int) -> int:
    """Entry of a row, or of its establishment; -1 for none."""
    return int(column[row] if column[row] >= 0 else column[rows.parent[row]])


def evaluate(
    inventory: Inventory,
    catalogue: Catalogue | None = None,
    library: FactorLibrary | None = None,
    today: date | None = None,
    warming: float = DEFAULT_WARMING,
    partial: bool = False,
) -> Checklist:
    """Evaluate the checklist of an inventory.

    Parameters
    ----------
    inventory
        From ``read_inventory``.
    catalogue
        From ``load_catalogue``; the packaged one by default.
    library
        What tells the activity of lines, for the facts that they give; None leaves these facts unknown.
    today
        Day that ages are counted to; the day of the computer by default.
    warming
        Level of the TRACC: 2.0, 2.7 or 4.0 [°C].
    partial
        Leave out the establishments whose section is refused, instead of refusing all.

    Returns
    -------
    Checklist
        Statuses by row and item.

    Raises
    ------
    InvalidInventoryError
        With every problem of every section, if `partial` is false.
    UsageError
        If there is no such warming level.

    Notes
    -----
    docs/adaptation.md: data decide before answers do; an item concerns a site unless a recorded fact or exposure says
    that it does not.
    """
    catalogue, today = catalogue or load_catalogue(), today or date.today()
    known = [level.warming for level in catalogue.warming_levels]
    if warming not in known:
        raise UsageError([Problem("unknown-warming-level", {"value": warming, "known": known})])
    found = _evaluated(inventory, catalogue, library, today, warming)
    errors = [problem for problem in found.problems if problem.severity == "error"]
    if not errors:
        return found
    if not partial:
        raise InvalidInventoryError(errors)
    refused = {problem.file for problem in errors}
    left_out = [number for number, said in enumerate(inventory.establishments) if said.file in refused]
    return replace(found, rows=without(found.rows, left_out))


def _evaluated(
    inventory: Inventory, catalogue: Catalogue, library: FactorLibrary | None, today: date, warming: float
) -> Checklist:
    rows = rows_of(inventory.establishments)
    recorded = read_recorded(rows, catalogue, today, warming)
    facts = gather_facts(inventory, rows, recorded, catalogue, library, today, warming)
    applies, by_data, proven = _by_rules(catalogue, facts, proofs(recorded, rows, catalogue, facts), len(rows), today)
    of_entity = np.array([item.scope == "entity" for item in catalogue.items.values()])
    for columns in (applies, by_data, proven):  # one for all sites: what the establishment says
        columns[:, of_entity] = columns[rows.parent][:, of_entity]
    given = inherited(recorded.answer, rows, recorded.answer == UNANSWERED)
    evidence = inherited(recorded.origin, rows, recorded.answer == UNANSWERED)
    problems = [
        *recorded.problems,
        *_contradictions(rows, recorded, catalogue, facts, today),
        *_unfounded(rows, recorded, catalogue, facts, applies.copy(), today),
    ]
    answered = np.where(given == NOT_APPLICABLE, UNANSWERED, given)
    status = np.where(by_data != UNANSWERED, by_data, answered)
    of_data = np.where(proven, DATA, UNPROVEN_DATA)
    origin = np.where(by_data != UNANSWERED, of_data, np.where(answered == UNANSWERED, NO_ORIGIN, evidence))
    concerned = applies != FALSE
    hazards = list(catalogue.hazards)
    column = [hazards.index(item.hazard) for item in catalogue.items.values()]
    of_place = np.array([catalogue.hazards[item.hazard].is_of_place for item in catalogue.items.values()])
    level = np.stack([facts[EXPOSURE + hazard] for hazard in hazards], axis=1)[:, column]
    return Checklist(
        inventory=inventory,
        catalogue=catalogue,
        rows=rows,
        recorded=recorded,
        facts=facts,
        today=today,
        warming=warming,
        status=np.where(concerned, status, NOT_APPLICABLE).astype(np.int8),
        origin=np.where(concerned, origin, DATA).astype(np.int8),
        exposure=np.where(np.isnan(level), ASSUMED_EXPOSURE, level),
        is_assumed=np.isnan(level) & of_place,
        applies=applies,
        problems=tuple(problems),
    )


def _by_rules(
    catalogue: Catalogue, facts: Columns, proven: dict[str, NDArray[np.bool_]], count: int, today: date
) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.bool_]]:
    """Whether each item concerns each row (a truth), its status by data, and whether these are proven.

    Arrays of shape (rows, items).
    """
    applies = np.full((count, len(catalogue.items)), TRUE)
    status = np.full((count, len(catalogue.items)), UNANSWERED)
    proof = np.ones((count, len(catalogue.items)), dtype=bool)
    day = np.datetime64(today)
    for column, item in enumerate(catalogue.items.values()):
        if item.applies:
            applies[:, column] = item.applies.truth(facts, day)
        for code, rule in ((NOT_MET, item.not_met), (PARTLY, item.partly), (MET, item.met)):
            if rule:  # the first of met, partly and not met that is true stays
                decided = rule.truth(facts, day) == TRUE
                status[decided, column] = code
                known = np.logical_and.reduce([proven[name] for name in rule.names])
                proof[decided, column] = known[decided]
    return applies, status, proof


def _contradictions(
    rows: Rows, recorded: Recorded, catalogue: Catalogue, facts: Columns, today: date
) -> Iterator[Problem]:
    """Facts of one row that cannot be true together."""
    for check in catalogue.checks:
        for row in np.flatnonzero(check.expression.truth(facts, np.datetime64(today)) == FALSE).tolist():
            names = check.expression.names
            entries = [recorded.fact_entries[name][row] for name in names if name in recorded.fact_entries]
            entry = next((recorded.entries[int(found)] for found in entries if found >= 0), None)
            if entry is None:
                continue
            values = ", ".join(f"{name} = {facts[name][row]:g}" for name in names)
            what = {"words": check.words, "values": values}
            file = rows.establishments[rows.parent[row]].file
            yield Problem("facts-contradict", what, file=file, pointer=entry.pointer)


def _unfounded(
    rows: Rows, recorded: Recorded, catalogue: Catalogue, facts: Columns, applies: NDArray[np.int8], today: date
) -> Iterator[Problem]:
    """Answers that an item does not apply where nothing recorded says so, or where something says the contrary.

    What is recorded of today founds an answer, whatever the warming level makes of it.
    """
    answered = recorded.answer == NOT_APPLICABLE
    if not answered.any():
        return
    of_today = _facts_of_today(rows, recorded, catalogue, facts)
    day = np.datetime64(today)
    for column, item in enumerate(catalogue.items.values()):
        if item.applies and answered[:, column].any():
            now = item.applies.truth(of_today, day)
            now = now[rows.parent] if item.scope == "entity" else now
            applies[:, column] = np.minimum(applies[:, column], now)
    for row, column in zip(*np.nonzero(answered), strict=True):
        below = np.array([row]) if rows.is_subject[row] else rows.subjects_of(int(row))
        own = recorded.answer[below, column]
        truths = applies[below[(own == UNANSWERED) | (own == NOT_APPLICABLE)], column]
        if (truths == FALSE).all():
            continue
        item = tuple(catalogue.items.values())[column]
        entry = recorded.entries[int(recorded.answer_entry[row, column])]
        what: dict[str, object] = {"value": item.id}
        code = "item-concerns-all"
        if item.applies is not None:
            code = "applicable-by-record" if (truths == TRUE).any() else "not-applicable-unfounded"
            what |= {"needs": _needs(item, catalogue)}
        file = rows.establishments[entry.establishment].file
        yield Problem(code, what, file=file, pointer=f"{entry.pointer}/answer")


def _facts_of_today(rows: Rows, recorded: Recorded, catalogue: Catalogue, facts: Columns) -> Columns:
    """Facts with the exposures of today, and without the thresholds of a warming level."""
    found = dict(facts)
    for column, hazard in enumerate(catalogue.hazards):
        found[EXPOSURE + hazard] = of_rows(recorded.exposure_today[:, column], rows)
    for kind in catalogue.facts.values():
        if kind.origin == "threshold":
            found[kind.id] = np.full(len(rows), np.nan if kind.default is None else kind.default)
    return found


def _needs(item: Item, catalogue: Catalogue) -> list[object]:
    """Facts and exposures that decide whether an item concerns a site, in words."""
    names = item.applies.names if item.applies else ()
    return [
        Phrase(mark("exposure ({hazard})"), {"hazard": catalogue.hazards[name.removeprefix(EXPOSURE)].name})
        if name.startswith(EXPOSURE)
        else catalogue.facts[name].name
        for name in names
    ]
