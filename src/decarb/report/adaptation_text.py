"""The checklist of an establishment as a person reads it: what to do first, then why, then everything."""

import textwrap
from collections.abc import Iterator, Sequence

import numpy as np

from decarb.adaptation import MOST_ACTIONS, OVERALL, Action, Checklist, Item, LinkedEmissions, priorities, renewals
from decarb.adaptation.recorded import MET, NOT_APPLICABLE, NOT_MET, PARTLY, STATUSES, UNANSWERED
from decarb.adaptation.words import STATUS_WORDS
from decarb.errors import printable
from decarb.language import mark
from decarb.report.adaptation_view import AdaptationView, item_references
from decarb.report.grid import aligned
from decarb.report.problems import problem_lines
from decarb.report.words import Words

SIGNS = {"met": "✓", "partly": "◐", "not_met": "✗", "unanswered": "?", "not_applicable": "–"}
_LEGEND = mark("✓ met   ◐ partly   ✗ not met   ? unanswered   – does not apply")
_FIRST = 3
_WIDTH = 110
_RENEWALS = 5
_EFFECTS = {
    "raises": mark("may raise emissions"),
    "lowers": mark("lowers emissions too"),
    "either": mark("raises or lowers emissions, by how it is done"),
}


def checklist_text(
    checklist: Checklist,
    establishment: int,
    links: Sequence[LinkedEmissions],
    language: str,
    width: int | None = None,
    hazard: str | None = None,
) -> str:
    """Checklist of one establishment.

    Parameters
    ----------
    links
        From ``linked_emissions``; none where no footprint was computed.
    width
        Columns of the terminal; 110 by default, and at most.
    hazard
        Show this one alone, every item with its reasons and its references.
    """
    view = AdaptationView(checklist, establishment, Words(language))
    text = _Text(view, min(width or _WIDTH, _WIDTH))
    return "\n".join([*(text.of_hazard(hazard) if hazard else text.whole(links)), ""])


class _Text:
    """Paragraphs on one establishment."""

    def __init__(self, view: AdaptationView, width: int) -> None:
        self.view, self.words, self.checklist, self.width = view, view.words, view.checklist, width

    def whole(self, links: Sequence[LinkedEmissions]) -> Iterator[str]:
        """Everything, what matters most first."""
        yield from self._heading()
        yield from self._summary()
        yield from self._first()
        yield from self._by_hazard()
        yield from self._next_actions()
        yield from self._renewals()
        yield from self._carbon(links)
        yield from self._warming()
        yield from self._all_items()
        yield from self._warnings()

    def of_hazard(self, name: str) -> Iterator[str]:
        """One hazard in full."""
        yield from self._heading()
        hazard, column = self.checklist.catalogue.hazards[name], self.view.scores.groups.index(name)
        exposure = self.view.exposure(name) if hazard.is_of_place else "–"
        yield self.words.of(hazard.name)
        yield self.words.labelled(mark("Exposure"), exposure)
        yield from self._wrapped(self._bounds(column))
        for place, item in enumerate(self.checklist.items):
            if item.hazard == name:
                yield ""
                yield from self._item_in_full(place, item)

    def _wrapped(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        rest = first if rest is None else rest
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _heading(self) -> Iterator[str]:
        catalogue, say = self.checklist.catalogue, self.words.say
        yield say(mark("{name} — PNACC-3 adaptation checklist"), name=printable(self.view.establishment.name))
        yield say(
            mark("on {today}, for +{warming} °C ({year}), {count} site(s); catalogue {version} {digest}"),
            today=self.checklist.today.isoformat(),
            warming=self.words.number(self.checklist.warming, 1),
            year=self.view.year,
            count=len(self.view.rows),
            version=catalogue.version,
            digest=catalogue.digest[:8],
        )
        yield ""

    def _summary(self) -> Iterator[str]:
        file = self.view.establishment.file
        if self.view.is_empty:
            nothing = mark("Nothing is answered: there is no score, and an empty sheet is not a good one.")
            yield from self._wrapped(self.words.say(nothing))
            start = mark("Start with: decarb adaptation questions {file} --out answers.xlsx")
            yield self.words.say(start, file=file)
        else:
            yield from self._wrapped(self._bounds(-1))
        yield ""

    def _bounds(self, column: int) -> str:
        """Score of a group between its bounds, with its coverage."""
        found = self.view.scores
        if self.view.share(found.score, column) == "–":
            return self.words.say(mark("Score: none, nothing is answered."))
        values = (found.worst, found.best, found.coverage, found.evidenced_coverage, found.score)
        names = ("worst", "best", "coverage", "evidenced", "score")
        return self.words.say(
            mark(
                "Score between {worst} (what is unanswered, or claimed without evidence, is not met) and {best}. "
                "{coverage} is answered, {evidenced} with evidence; {score} of what is answered is met."
            ),
            **{name: self.view.share(value, column) for name, value in zip(names, values, strict=True)},
        )

    def _first(self) -> Iterator[str]:
        yield self.words.say(mark("Do first"))
        for number, action in enumerate(self.view.actions[:_FIRST], start=1):
            where = self.view.where(action)
            yield from self._wrapped(f"{self.view.what(action)} [{action.item.id}]", f" {number}. ", "    ")
            for label, text in (
                (mark("Why"), self.words.of(action.item.why)),
                (mark("Where"), where),
                (mark("Evidence to keep"), self.words.of(action.item.evidence)),
                (mark("Deadline"), self.view.deadline(action)),
                (mark("Note"), self.words.of(action.item.caution) if action.legal else ""),
            ):
                if text:
                    yield from self._wrapped(self.words.labelled(label, text), "    ")
        if not self.view.actions:
            yield self.words.say(mark("Every item that concerns you is met."))
        yield ""

    def _by_hazard(self) -> Iterator[str]:
        titles = (
            mark("Hazard"),
            mark("Exposure"),
            mark("Worst"),
            mark("Best"),
            mark("Answered"),
            mark("Evidence"),
            mark("Met"),
        )
        grid = [[*(self.words.say(title) for title in titles), *SIGNS.values()]]
        overall = self.checklist.overall[self.view.number]
        found = self.view.scores
        for column, name in enumerate(found.groups):
            hazard = self.checklist.catalogue.hazards.get(name)
            of_group = [name in (item.hazard, OVERALL) for item in self.checklist.items]
            codes = (MET, PARTLY, NOT_MET, UNANSWERED, NOT_APPLICABLE)
            values = (found.worst, found.best, found.coverage, found.evidenced_coverage, found.score)
            grid.append(
                [
                    self.words.of(hazard.name) if hazard else self.words.say(mark("All together")),
                    self.view.exposure(name) if hazard and hazard.is_of_place else "",
                    *(self.view.share(value, column) for value in values),
                    *(str(int(np.sum(overall[of_group] == code))) for code in codes),
                ]
            )
        yield aligned(grid, (0, 1))
        yield self.words.say(_LEGEND)
        if self.view.unrecorded_hazards():
            yield from self._wrapped(
                self.words.say(
                    mark(
                        "An exposure that is not recorded counts as moderate and takes no item out. "
                        "From public files: decarb adaptation exposure {file} --help"
                    ),
                    file=self.view.establishment.file,
                )
            )
        yield ""

    def _next_actions(self) -> Iterator[str]:
        gaps = [action for action in self.view.actions if action.kind == "act"]
        questions = [action for action in self.view.actions if action.kind == "answer"]
        if gaps:
            yield self.words.say(mark("Next actions, the most risk reduced per effort first"))
            yield from self._numbered(gaps[:MOST_ACTIONS])
        if questions:
            yield self.words.say(mark("To answer, what weighs most first ({count} in all)"), count=len(questions))
            yield from self._numbered(questions[:MOST_ACTIONS])
            form = mark("All of them, as a form: decarb adaptation questions {file} --out answers.xlsx")
            yield self.words.say(form, file=self.view.establishment.file)
            yield ""

    def _numbered(self, actions: Sequence[Action]) -> Iterator[str]:
        for number, action in enumerate(actions, start=1):
            text = self.words.of(action.item.text if action.kind == "answer" else action.item.action)
            yield from self._wrapped(f"{action.item.id}  {text}", f"{number:>3}. ", "     ")
            priority = mark("priority {priority} = risk {risk} / effort {effort}; {deadline}")
            said = self.words.say(
                priority,
                priority=self.words.significant(action.priority, 3),
                risk=self.words.significant(action.risk, 3),
                effort=action.item.effort,
                deadline=self.view.deadline(action),
            )
            yield from self._wrapped(self.view.joined((said, self.view.where(action))), "     ")
        yield ""

    def _renewals(self) -> Iterator[str]:
        ending = renewals(self.checklist, self.view.number)[:_RENEWALS]
        if ending:
            yield self.words.say(mark("Evidence that ends next"))
            for renewal in ending:
                site = f" ({self.view.site_name(renewal.site)})" if renewal.site else ""
                yield f"     {renewal.until}  {renewal.item.id}{site}  {self.words.of(renewal.item.evidence)}"
            yield ""

    def _carbon(self, links: Sequence[LinkedEmissions]) -> Iterator[str]:
        if not links:
            return
        yield self.words.say(mark("Carbon and adaptation"))
        for found in links:
            weighed = self.words.say(mark("the inventory has no such line: unknown, not zero"))
            if found.emissions_kgco2e is not None and found.share is not None:
                weighed = self.words.say(
                    mark(
                        "{tonnes} t CO2e today in all lines of that kind, {share} of the footprint: it touches a part"
                    ),
                    tonnes=self.words.tonnes(found.emissions_kgco2e),
                    share=self.words.percent(found.share, 1),
                )
            effect = self.words.labelled(", ".join(found.open_items), self.words.say(_EFFECTS[found.link.effect]))
            text = f"{effect}. {self.words.of(found.link.words)} ({weighed}) [{found.link.source}]"
            yield from self._wrapped(text, "   - ", "     ")
        yield ""

    def _warming(self) -> Iterator[str]:
        catalogue, warming = self.checklist.catalogue, self.checklist.warming
        changes = [change for change in catalogue.warming_changes if change.warming == warming]
        if not changes:
            return
        yield self.words.say(
            mark("What sources say of +{warming} °C ({year})"),
            warming=self.words.number(warming, 1),
            year=self.view.year,
        )
        for change in changes:
            text = self.words.labelled(
                self.words.of(catalogue.hazards[change.hazard].name), self.words.of(change.words)
            )
            if change.threshold:
                items = [item.id for item in self.checklist.items if change.threshold in catalogue.facts_behind(item)]
                text += " " + self.words.say(mark("It is the threshold of {items}."), items=", ".join(items))
            yield from self._wrapped(f"{text} [{change.source}]", "   - ", "     ")
        yield ""

    def _all_items(self) -> Iterator[str]:
        title = mark("The whole checklist (decarb adaptation {file} --hazard NAME adds the sources)")
        yield self.words.say(title, file=self.view.establishment.file)
        priority_of = priorities(self.view.actions)
        for hazard in self.checklist.catalogue.hazards.values():
            yield ""
            yield f"{self.words.of(hazard.name)} [{hazard.id}]"
            for column, item in enumerate(self.checklist.items):
                if item.hazard == hazard.id:
                    yield from self._item(column, item, priority_of.get(item.id))

    def _item(self, column: int, item: Item, priority: float | None) -> Iterator[str]:
        status = STATUSES[self.checklist.overall[self.view.number, column]]
        said = [self.words.say(STATUS_WORDS[status]), self.view.how_many(column)]
        if status != "unanswered":
            said.append(self.view.reasons(item))
        if priority is not None:
            shown = self.words.significant(priority, 3)
            said.append(self.words.say(mark("priority {priority}"), priority=shown))
            said.append(self.words.labelled(mark("to keep"), self.words.of(item.evidence)))
        yield from self._wrapped(f"{SIGNS[status]} {item.id}  {self.words.of(item.text)}", "  ", " " * 12)
        yield from self._wrapped(self.view.joined(said), " " * 12)

    def _item_in_full(self, column: int, item: Item) -> Iterator[str]:
        indent = " " * 10
        status = STATUSES[self.checklist.overall[self.view.number, column]]
        yield from self._wrapped(f"{SIGNS[status]} {item.id}  {self.words.of(item.text)}", "", indent)
        for row in self.view.rows:
            site = self.view.site_name(self.checklist.rows.site_ids[row])
            of_row = self.words.say(STATUS_WORDS[STATUSES[self.checklist.status[row, column]]])
            said = " — ".join(filter(None, (of_row, self.view.reason(row, item))))
            yield from self._wrapped(self.words.labelled(site, said) if site else said, indent, indent + "  ")
        for label, words in (
            (mark("To do"), item.action),
            (mark("Why"), item.why),
            (mark("Partly met means"), item.partly_means),
            (mark("Evidence to keep"), item.evidence),
        ):
            yield from self._wrapped(self.words.labelled(label, self.words.of(words)), indent, indent + "  ")
        for reference in item_references(self.checklist.catalogue, item, self.words):
            yield from self._wrapped(reference, indent, indent + "  ")

    def _warnings(self) -> Iterator[str]:
        file = self.view.establishment.file
        found = [problem for problem in self.checklist.problems if problem.file == file]
        if found:
            yield ""
            yield from problem_lines(found, self.words.language)
