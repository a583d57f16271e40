"""The checklist as a workbook: scores, actions, every item, sources."""

from collections.abc import Iterator, Sequence
from typing import Any

from decarb.adaptation import Checklist, LinkedEmissions, next_actions, scores
from decarb.adaptation.recorded import STATUSES
from decarb.adaptation.words import LEVEL_WORDS, ORIGIN_WORDS, STATUS_WORDS
from decarb.language import mark
from decarb.report.adaptation_result import item_records, known
from decarb.report.adaptation_view import AdaptationView, item_references
from decarb.report.words import Words
from decarb.report.workbook import workbook_bytes

_SHARES = (mark("Score"), mark("Answered"), mark("Evidence"), mark("Worst"), mark("Best"))


def checklist_workbook(
    checklist: Checklist, establishment: int, links: Sequence[LinkedEmissions], language: str
) -> bytes:
    """Workbook of the checklist of one establishment."""
    words = Words(language)
    sheets = [
        (words.say(mark("Summary")), list(_summary(checklist, establishment, words))),
        (words.say(mark("Actions")), list(_actions(checklist, establishment, words))),
        (words.say(mark("Items")), list(_items(checklist, establishment, words))),
        (words.say(mark("References")), list(_references(checklist, words))),
    ]
    if links:
        sheets.insert(3, (words.say(mark("Carbon")), list(_links(links, words))))
    return workbook_bytes(sheets)


def _summary(checklist: Checklist, establishment: int, words: Words) -> Iterator[list[Any]]:
    found = scores(checklist)
    yield [words.say(mark("Hazard")), words.say(mark("Exposure")), *map(words.say, _SHARES)]
    view = AdaptationView(checklist, establishment, words)
    for column, group in enumerate(found.groups):
        hazard = checklist.catalogue.hazards.get(group)
        values = (found.score, found.coverage, found.evidenced_coverage, found.worst, found.best)
        yield [
            words.of(hazard.name) if hazard else words.say(mark("All together")),
            view.exposure(group) if hazard and hazard.is_of_place else "",
            *(known(float(value[establishment, column])) for value in values),
        ]
    yield []
    for name, value in (
        (mark("Establishment"), checklist.establishments[establishment].name),
        (mark("Day"), checklist.today.isoformat()),
        (mark("Warming level [°C]"), checklist.warming),
        (mark("Catalogue"), f"{checklist.catalogue.version} {checklist.catalogue.digest}"),
    ):
        yield [words.say(name), value]


def _actions(checklist: Checklist, establishment: int, words: Words) -> Iterator[list[Any]]:
    titles = (
        mark("Rank"),
        mark("Item"),
        mark("Status"),
        mark("To do"),
        mark("Where"),
        mark("Risk"),
        mark("Effort"),
        mark("Priority"),
        mark("Evidence to keep"),
        mark("Deadline"),
    )
    yield [words.say(title) for title in titles]
    view = AdaptationView(checklist, establishment, words)
    for rank, action in enumerate(next_actions(checklist, establishment), start=1):
        yield [
            rank,
            action.item.id,
            words.say(STATUS_WORDS[action.status]),
            view.what(action),
            view.where(action),
            round(action.risk, 2),
            action.item.effort,
            round(action.priority, 2),
            words.of(action.item.evidence),
            view.deadline(action),
        ]


def _items(checklist: Checklist, establishment: int, words: Words) -> Iterator[list[Any]]:
    titles = (
        mark("Item"),
        mark("Hazard"),
        mark("Site"),
        mark("Statement"),
        mark("Status"),
        mark("Rests on"),
        mark("Reason"),
        mark("Evidence"),
        mark("Day"),
        mark("Exposure"),
        mark("Evidence to keep"),
    )
    yield [words.say(title) for title in titles]
    view = AdaptationView(checklist, establishment, words)
    for record in item_records(checklist, establishment, words.language):
        row = checklist.rows.row(establishment, record["site"] or "")
        assert row is not None
        item = checklist.catalogue.items[record["item"]]
        answered = record["status"] != STATUSES[1]
        yield [
            item.id,
            words.of(checklist.catalogue.hazards[item.hazard].name),
            view.site_name(record["site"]) if record["site"] else "",
            words.of(item.text),
            words.say(STATUS_WORDS[record["status"]]),
            words.say(ORIGIN_WORDS[record["rests_on"]]) if answered else "",
            view.reason(row, item) if answered else "",
            record["evidence"] or "",
            record["evidence_date"] or "",
            words.say(LEVEL_WORDS[record["exposure"]]) if record["exposure_recorded"] else "",
            words.of(item.evidence),
        ]


def _links(links: Sequence[LinkedEmissions], words: Words) -> Iterator[list[Any]]:
    yield [words.say(title) for title in (mark("Items"), mark("Effect"), mark("t CO2e today"), mark("Share"))]
    for found in links:
        kilograms = found.emissions_kgco2e
        yield [
            ", ".join(found.open_items),
            words.of(found.link.words),
            round(kilograms / 1000, 1) if kilograms is not None else "",
            found.share if found.share is not None else "",
        ]


def _references(checklist: Checklist, words: Words) -> Iterator[list[Any]]:
    yield [words.say(mark("Item")), words.say(mark("Reference"))]
    for item in checklist.items:
        for line in item_references(checklist.catalogue, item, words):
            yield [item.id, line]
