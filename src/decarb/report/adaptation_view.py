"""What the checklist of one establishment says, in the words of a language: shared by the text and the workbook."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from decarb.adaptation import Action, Catalogue, Checklist, Item, next_actions, scores
from decarb.adaptation.catalogue import EXPOSURE
from decarb.adaptation.recorded import LEVELS, MET, UNANSWERED, day_text
from decarb.adaptation.words import LEVEL_WORDS, NO, ORIGIN_WORDS, STATUS_WORDS, YES
from decarb.errors import printable
from decarb.language import mark
from decarb.report.words import Words

_NOT_RECORDED = mark("not recorded")
_SEMICOLON = mark("; ")
_UNITS = {"bed": "", "item": "", "hospital_day": ""}
"""Units as a reader wants them, where the name of the fact says what is counted."""

_EDITIONS = {
    "draft": mark("draft of October 2024, 51 measures"),
    "final": mark("final plan of March 2025, 52 measures"),
}
_VERIFIED = {"yes": mark("verified"), "secondary": mark("seen cited, not read"), "no": mark("unverified")}


class AdaptationView:
    """Words on one establishment of a checklist.

    Attributes
    ----------
    rows
        Rows that it is evaluated on.
    scores, actions
        Of ``decarb.adaptation``.
    """

    def __init__(self, checklist: Checklist, establishment: int, words: Words) -> None:
        self.checklist, self.number, self.words = checklist, establishment, words
        self.establishment = checklist.establishments[establishment]
        self.rows: list[int] = checklist.rows.subjects_of(establishment).tolist()
        self.scores = scores(checklist)
        self.actions = next_actions(checklist, establishment)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is answered."""
        return bool(np.isnan(self.scores.score[self.number, -1]))

    @property
    def year(self) -> int:
        """Year of the warming level."""
        levels = self.checklist.catalogue.warming_levels
        return next(level.year for level in levels if level.warming == self.checklist.warming)

    def share(self, values: NDArray[np.float64], column: int = -1) -> str:
        """Share of a group, the overall one by default; a dash where there is none."""
        value = float(values[self.number, column])
        return "–" if np.isnan(value) else self.words.percent(value)

    def site_name(self, site: str) -> str:
        """Name of a site, its id where it has none."""
        return printable(str(self.establishment.sites.get(site, {}).get("name", site)))

    def joined(self, parts: Iterable[str]) -> str:
        """Parts of a sentence that are not blank, with the semicolon of the language."""
        return self.words.say(_SEMICOLON).join(filter(None, parts))

    # actions

    def what(self, action: Action) -> str:
        """What to do: the action, or the question."""
        if action.kind == "answer":
            return self.words.say(mark("Find out whether: {statement}"), statement=self.words.of(action.item.text))
        return self.words.of(action.item.action)

    def where(self, action: Action) -> str:
        """Names of the sites where it is wanted; blank for all of them."""
        return ", ".join(self.site_name(site) for site in action.sites if site)

    def deadline(self, action: Action) -> str:
        """By when: now where the law asks for it."""
        if not action.legal:
            return self.words.say(mark("by the end of {year}"), year=action.deadline)
        references = ", ".join(text.reference for text in action.legal)
        if action.since:
            what = {"references": references, "day": action.since}
            return self.words.say(mark("now: the law asks for it ({references}, since {day})"), **what)
        return self.words.say(mark("now: the law asks for it ({references})"), references=references)

    # exposure and reasons

    def unrecorded_hazards(self) -> list[str]:
        """Hazards of the place without a recorded exposure on some site."""
        return [
            hazard.id
            for hazard in self.checklist.catalogue.hazards.values()
            if hazard.is_of_place and np.isnan(self.checklist.facts[EXPOSURE + hazard.id][self.rows]).any()
        ]

    def exposure(self, hazard: str) -> str:
        """Level of exposure over the sites."""
        levels = self.checklist.facts[EXPOSURE + hazard][self.rows]
        known = levels[~np.isnan(levels)]
        if not len(known):
            return self.words.say(_NOT_RECORDED)
        low, high = (self.words.say(LEVEL_WORDS[LEVELS[int(level)]]) for level in (known.min(), known.max()))
        text = low if low == high else self.words.say(mark("{low} to {high}"), low=low, high=high.lower())
        if len(known) < len(levels):
            text += self.words.say(mark(" ({known}/{all} sites)"), known=len(known), all=len(levels))
        return text

    def how_many(self, column: int) -> str:
        """How many sites meet an item, where they differ; blank where they do not."""
        status = self.checklist.status[self.rows, column]
        if len(set(status.tolist())) == 1:
            return ""
        concerned = int(self.checklist.applicable[self.rows, column].sum())
        blank = int((status == UNANSWERED).sum())
        text = self.words.say(mark("{met} of {all} sites"), met=int((status == MET).sum()), all=concerned)
        return text + (self.words.say(mark(", {count} unanswered"), count=blank) if blank else "")

    def reasons(self, item: Item) -> str:
        """What the status of an item rests on, over the sites."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            found.setdefault(self.reason(row, item), []).append(self.site_name(self.checklist.rows.site_ids[row]))
        if len(found) == 1:
            return next(iter(found))
        return self.joined(
            self.words.labelled(", ".join(sites), reason or self.words.say(STATUS_WORDS["unanswered"]))
            for reason, sites in found.items()
        )

    def reason(self, row: int, item: Item) -> str:
        """What the status of an item rests on, on one row; blank where it is not answered."""
        trace = self.checklist.trace(row, item)
        if trace.origin == "none":
            return ""
        if not trace.origin.endswith("data"):
            entry = trace.entries[-1].said
            words = self.words.say(ORIGIN_WORDS[trace.origin])
            shown = printable(", ".join(filter(None, (str(entry.get("evidence", "")), str(entry.get("date", ""))))))
            return self.words.labelled(words, shown) if shown else words
        days = {EXPOSURE + e.said["hazard"]: e.said["date"] for e in trace.entries if "hazard" in e.said}
        days |= {e.said["fact"]: e.said["date"] for e in trace.entries if "fact" in e.said}
        names = trace.rule.names if trace.rule else ()
        unproven = self.words.say(ORIGIN_WORDS["unproven_data"]) if trace.origin == "unproven_data" else ""
        parts = [
            self.fact(name, trace.facts[name], days) for name in names if self._is_telling(name, trace.facts[name])
        ]
        if trace.answer not in (None, trace.status):
            answer = self.words.say(STATUS_WORDS[str(trace.answer)])
            parts.append(self.words.say(mark("the answer «{answer}» gives way"), answer=answer))
        return ", ".join(filter(None, (*parts, unproven)))

    def _is_telling(self, name: str, value: float) -> bool:
        """Whether a fact is known, and no threshold that the warming level leaves alone."""
        kind = self.checklist.catalogue.facts.get(name)
        return not np.isnan(value) and not (kind is not None and kind.origin == "threshold" and value == kind.default)

    def fact(self, name: str, value: float, days: Mapping[str, str]) -> str:
        """Value of a fact in words, with its day where it has one."""
        kind = self.checklist.catalogue.facts.get(name)
        if kind is None:
            hazard = self.words.of(self.checklist.catalogue.hazards[name.removeprefix(EXPOSURE)].name)
            label = self.words.say(mark("exposure ({hazard})"), hazard=hazard)
            shown = self.words.say(LEVEL_WORDS[LEVELS[int(value)]])
        elif kind.kind == "day":
            return self.words.labelled(self.words.of(kind.name), day_text(value))
        else:
            label = self.words.of(kind.name)
            number = f"{self.words.significant(value, 4)} {_UNITS.get(kind.unit, kind.unit)}".rstrip()
            shown = number if kind.kind == "number" else self.words.say(YES if value else NO)
        day = f" ({days[name]})" if name in days else ""
        return self.words.labelled(label, shown) + day


def item_references(catalogue: Catalogue, item: Item, words: Words) -> Iterator[str]:
    """Measures of the plan, law and sources of an item, a line each; what is not verified says so."""
    for number in item.measures:
        measure = catalogue.measure(number)
        name = words.say(mark("PNACC-3 measure {number}"), number=number)
        edition = f"{words.say(_EDITIONS[measure.edition.split()[0]])}, {words.say(_VERIFIED[measure.verified])}"
        yield words.labelled(
            name, " ".join(filter(None, (f"{words.of(measure.title)} ({edition})", words.of(measure.note))))
        )
    for name in (*item.asked_by, *item.related_law):
        text = catalogue.legal_bases[name]
        label = mark("Asked by law") if name in item.asked_by else mark("Related law")
        since = words.say(mark("since {day}"), day=text.in_force_since) if text.in_force_since else ""
        state = "" if text.verified == "yes" else words.say(_VERIFIED[text.verified])
        said = words.say(_SEMICOLON).join(filter(None, (words.of(text.title), words.of(text.applies), since, state)))
        yield words.labelled(label, f"{text.reference} — {said}")
    for name in item.sources:
        source = catalogue.sources[name]
        state = "" if source.verified == "yes" else f" ({words.say(_VERIFIED[source.verified])})"
        published = ", ".join(filter(None, (source.publisher, source.date)))
        yield words.labelled(mark("Source"), f"{source.title} ({published}) {source.url}{state}")
    if caution := words.of(item.caution):
        yield words.labelled(mark("Note"), caution)
