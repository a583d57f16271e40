"""Shares of establishments that meet each item, and their scores, as a grid."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from decarb.adaptation import OVERALL, Aggregate, Checklist, scores
from decarb.language import mark
from decarb.report.grid import aligned
from decarb.report.result import flat
from decarb.report.words import Words
from decarb.report.workbook import workbook_bytes
from decarb.resources import data_file, read_rows

_FILES = {
    "region": ("regions.csv", "region", "name"),
    "department": ("departments.csv", "department", "name"),
    "category": ("finess_categories.csv", "code", "name_fr"),
    "legal_status": ("finess_legal_statuses.csv", "code", "name_fr"),
}
_LONGEST = 44


def aggregate_text(checklist: Checklist, found: Aggregate, of: str, language: str) -> str:
    """Grid of an aggregate: a row per group and column, with how many it concerns, coverage and shares."""
    words = Words(language)
    titles = [
        *([] if found.grouping == "total" else [mark("Group")]),
        mark("Item") if of == "item" else mark("Hazard"),
        mark("Concerned"),
        mark("Answered"),
        mark("Met"),
        mark("Partly"),
        mark("Not met"),
    ]
    rows = [[words.say(title) for title in titles]]
    for row in range(len(found.groups)):
        for column, name in enumerate(found.columns):
            concerned, answered = int(found.applicable[row, column]), int(found.answered[row, column])
            shares = (found.met, found.partly, found.not_met)
            shown = (
                f"{name}  {words.of(checklist.catalogue.items[name].text)}"
                if of == "item"
                else words.of(checklist.catalogue.hazards[name].name)
            )
            rows.append(
                [
                    *([] if found.grouping == "total" else [_named(found, row, words) if column == 0 else ""]),
                    _cut(shown),
                    words.number(concerned),
                    words.percent(answered / concerned) if concerned else "–",
                    *(words.percent(int(share[row, column]) / answered) if answered else "–" for share in shares),
                ]
            )
    head = words.say(
        mark("{count} establishments on {today}, for +{warming} °C; catalogue {version} {digest}"),
        count=words.number(len(checklist.evaluated)),
        today=checklist.today.isoformat(),
        warming=words.number(checklist.warming, 1),
        version=checklist.catalogue.version,
        digest=checklist.catalogue.digest[:8],
    )
    left = (0,) if found.grouping == "total" else (0, 1)
    unit = mark(
        "Concerned: establishments, summed over items of a hazard. Met, partly, not met: shares of what is answered."
    )
    return "\n".join([head, "", aligned(rows, left, total=False), words.say(unit), ""])


def scores_text(checklist: Checklist, language: str) -> str:
    """Grid of the overall score of each establishment."""
    words = Words(language)
    found = scores(checklist)
    column = found.groups.index(OVERALL)
    titles = (mark("Establishment"), mark("Score"), mark("Answered"), mark("Evidence"), mark("Worst"), mark("Best"))
    rows = [[words.say(title) for title in titles]]
    for number in checklist.evaluated:
        values = (found.score, found.coverage, found.evidenced_coverage, found.worst, found.best)
        shares = [float(value[number, column]) for value in values]
        shown = ["–" if share != share else words.percent(share) for share in shares]  # noqa: PLR0124  (nan)
        rows.append([_cut(checklist.establishments[number].name), *shown])
    return aligned(rows, (0,), total=False) + "\n"


def records_workbook(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Workbook of one sheet of records."""
    rows = [list(records[0]), *(list(flat(dict(record)).values()) for record in records)] if records else [[""]]
    return workbook_bytes([("adaptation", rows)])


def _named(found: Aggregate, row: int, words: Words) -> str:
    """Name of a group with how many it holds."""
    group = found.groups[row]
    name = _names(found.grouping).get(group, "") if found.grouping in _FILES else ""
    shown = f"{group} {name}".strip() or words.say(mark("not said"))
    return f"{_cut(shown)} ({words.number(int(found.establishments[row]))})"


@cache
def _names(grouping: str) -> dict[str, str]:
    file, code, name = _FILES[grouping]
    return {row[code]: row[name] for row in read_rows(data_file(file))}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
