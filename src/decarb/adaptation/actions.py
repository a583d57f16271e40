"""What to do next: gaps by the risk reduced per effort, questions by what hangs on their answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from decarb.adaptation.catalogue import Item, LegalBasis
from decarb.adaptation.evaluating import Checklist
from decarb.adaptation.expressions import TRUE
from decarb.adaptation.recorded import DATED_DOCUMENT, LEVELS, STATUSES, UNANSWERED, day_number, day_text

MOST_ACTIONS = 10


@dataclass(frozen=True, slots=True)
class Action:
    """An item to act on.

    Attributes
    ----------
    kind
        ``act`` on a gap, or ``answer`` what nobody has answered.
    status
        Of the item, over the sites together.
    sites
        Ids of the sites where it is wanted; blank where it is for the whole establishment.
    exposure
        Highest level among them.
    is_assumed
        Whether the exposure is not recorded.
    risk
        Weight x exposure x what is missing (1 for not met or unanswered, 0.5 for partly), mean over sites.
    priority
        ``risk`` per effort.
    legal
        Texts in force that ask for it.
    since
        Day since which the law asks for it; blank where it does not, or its day is not known.
    deadline
        Year by whose end it should be done, whatever the law.
    """

    item: Item
    kind: str
    status: str
    sites: tuple[str, ...]
    exposure: str
    is_assumed: bool
    risk: float
    priority: float
    legal: tuple[LegalBasis, ...]
    since: str
    deadline: int


@dataclass(frozen=True, slots=True)
class Renewal:
    """Evidence that stops holding: the item, the site (blank for all), and the last day."""

    item: Item
    site: str
    until: str


def next_actions(checklist: Checklist, establishment: int) -> list[Action]:
    """Actions on gaps, the most risk reduced per effort first, then questions in the same order; all of them.

    An item with a gap at one site and no answer at another is among both.

    Parameters
    ----------
    checklist
        From ``evaluate``.
    establishment
        Place of an establishment in the checklist, from 0.
    """
    rows = checklist.rows.subjects_of(establishment)
    missing = np.where(checklist.applicable, 1 - checklist.credit, 0.0)[rows]
    weight = np.array([item.weight for item in checklist.items])
    risk = missing * weight * np.maximum(checklist.exposure[rows], 1.0)
    is_open = (checklist.status[rows] == UNANSWERED) & checklist.applicable[rows]
    actions = [
        _action(checklist, establishment, column, kind, rows, np.where(of_kind[:, column], risk[:, column], 0.0))
        for kind, of_kind in (("act", ~is_open), ("answer", is_open))
        for column in np.flatnonzero((risk * of_kind).any(axis=0)).tolist()
    ]
    order = list(checklist.catalogue.items)
    return sorted(actions, key=lambda action: (action.kind == "answer", -action.priority, order.index(action.item.id)))


def _action(
    checklist: Checklist,
    establishment: int,
    column: int,
    kind: str,
    rows: NDArray[np.intp],
    risk: NDArray[np.float64],
) -> Action:
    """Action on an item, on the rows of an establishment where its `risk` is above 0."""
    item = checklist.items[column]
    wanted = rows[risk > 0]
    whole = len(wanted) == len(rows) or item.scope == "entity"
    total = float(risk.sum() / len(rows))
    legal = in_force(checklist, item, wanted)
    return Action(
        item=item,
        kind=kind,
        status=STATUSES[checklist.overall[establishment, column]],
        sites=("",) if whole else tuple(checklist.rows.site_ids[row] for row in wanted.tolist()),
        exposure=LEVELS[int(max(checklist.exposure[wanted, column]))],
        is_assumed=bool(checklist.is_assumed[wanted, column].any()),
        risk=total,
        priority=total / item.effort,
        legal=legal,
        since=min(filter(None, (text.in_force_since for text in legal)), default=""),
        deadline=item.horizon,
    )


def priorities(actions: Iterable[Action]) -> dict[str, float]:
    """Highest priority of each item that has an action."""
    found: dict[str, float] = {}
    for action in actions:
        found[action.item.id] = max(found.get(action.item.id, 0.0), action.priority)
    return found


def in_force(checklist: Checklist, item: Item, rows: NDArray[np.intp]) -> tuple[LegalBasis, ...]:
    """Texts of law that ask for an item on the day of the checklist, on one of some rows at least.

    A text asks for nothing where it is not known to bind.
    """
    today = np.datetime64(checklist.today)
    texts = (checklist.catalogue.legal_bases[name] for name in item.asked_by)
    return tuple(
        text
        for text in texts
        if text.in_force_since <= checklist.today.isoformat()
        and (text.concerns is None or (text.concerns.truth(checklist.facts, today)[rows] == TRUE).any())
    )


def renewals(checklist: Checklist, establishment: int) -> list[Renewal]:
    """Last day of each piece of dated evidence that an answer rests on, the next to end first.

    Parameters
    ----------
    checklist
        From ``evaluate``.
    establishment
        Place of an establishment in the checklist, from 0.
    """
    found: dict[tuple[str, str], Renewal] = {}
    rows = checklist.rows.subjects_of(establishment)
    for row in rows.tolist():
        for column in np.flatnonzero(checklist.origin[row] == DATED_DOCUMENT).tolist():
            item = checklist.items[column]
            own = checklist.recorded.answer_entry[row, column]
            place = row if own >= 0 else establishment
            entry = checklist.recorded.entries[int(checklist.recorded.answer_entry[place, column])]
            since = day_number(entry.said["date"])
            if item.evidence_months is None or since is None:
                continue
            until = _months_later(date.fromisoformat(day_text(since)), item.evidence_months)
            found[(item.id, entry.said.get("site", ""))] = Renewal(item, entry.said.get("site", ""), until.isoformat())
    return sorted(found.values(), key=lambda renewal: (renewal.until, renewal.item.id, renewal.site))


def _months_later(day: date, months: int) -> date:
    """Same day so many months later, the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(last, day.day))
        except ValueError:
            continue
    raise AssertionError(day)
