"""The adaptation checklist of one establishment, for the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from decarb.adaptation import MOST_ACTIONS, Checklist
from decarb.adaptation.recorded import STATUSES
from decarb.adaptation.words import STATUS_WORDS
from decarb.language import mark
from decarb.report.adaptation_view import AdaptationView
from decarb.report.html.charts import Range
from decarb.report.html.wording import PageWords


@dataclass(frozen=True, slots=True)
class AdaptationSection:
    """Scores between their bounds, by hazard as a chart and as rows, and the next actions."""

    head: str
    worst: str
    best: str
    answered: str
    ranges: list[Range]
    rows: Sequence[Sequence[str]]
    statuses: Sequence[str]
    actions: Sequence[tuple[str, str, str, str]]
    more: int


def adaptation_section(checklist: Checklist, words: PageWords) -> AdaptationSection:
    """What the checklist says of its one establishment."""
    (number,) = checklist.evaluated
    shown = AdaptationView(checklist, number, words)
    found = shown.scores
    overall = checklist.overall[number]
    ranges, rows = [], []
    for column, name in enumerate(found.groups[:-1]):
        if not found.possible[number, column] > 0:
            continue
        hazard = checklist.catalogue.hazards[name]
        worst, best, score = (float(each[number, column]) for each in (found.worst, found.best, found.score))
        bounds = " – ".join(dict.fromkeys(shown.share(each, column) for each in (found.worst, found.best)))
        ranges.append(Range(words.of(hazard.name), worst, best, None if np.isnan(score) else score, bounds))
        counts = [
            sum(STATUSES[overall[place]] == status for place, item in enumerate(checklist.items) if item.hazard == name)
            for status in STATUS_WORDS
        ]
        exposure = shown.exposure(name) if hazard.is_of_place else "–"
        rows.append([words.of(hazard.name), exposure, bounds, shown.share(found.coverage, column), *map(str, counts)])
    actions = [
        (
            action.item.id,
            shown.what(action) + (f" ({shown.where(action)})" if shown.where(action) else ""),
            words.of(action.item.why) if action.kind == "act" else "",
            shown.deadline(action),
        )
        for action in shown.actions[:MOST_ACTIONS]
    ]
    head = words.say(
        mark("On {today}, for +{warming} °C ({year}), {count} site(s)."),
        today=checklist.today.isoformat(),
        warming=words.number(checklist.warming, 1),
        year=shown.year,
        count=len(shown.rows),
    )
    return AdaptationSection(
        head,
        shown.share(found.worst),
        shown.share(found.best),
        shown.share(found.coverage),
        ranges,
        rows,
        [words.say(word) for word in STATUS_WORDS.values()],
        actions,
        max(0, len(shown.actions) - MOST_ACTIONS),
    )
