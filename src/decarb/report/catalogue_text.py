"""The catalogue of the checklist, to read or to exchange."""

import difflib
import textwrap
from collections.abc import Sequence
from typing import Any

from decarb.adaptation import Catalogue, Item
from decarb.adaptation.recorded import KIND_WORDS
from decarb.errors import Problem, UsageError
from decarb.language import mark
from decarb.report.adaptation_view import item_references
from decarb.report.grid import aligned
from decarb.report.words import Words

_WIDTH = 110


def selected(catalogue: Catalogue, names: Sequence[str], hazard: str | None) -> list[Item]:
    """Items of a hazard, or by name; all where neither is asked.

    Raises
    ------
    UsageError
        If there is no such hazard or item: the nearest is given.
    """
    problems: list[Problem] = []
    try:
        hazard = None if hazard is None else catalogue.known_hazard(hazard)
    except UsageError as error:
        problems += error.problems
    for name in names:
        if name.upper() not in catalogue.items:
            nearest = difflib.get_close_matches(name.upper(), catalogue.items, 3, 0.5)
            problems.append(Problem("unknown-item", {"value": name, "nearest": nearest}))
    if problems:
        raise UsageError(problems)
    wanted = {name.upper() for name in names}
    return [
        item for item in catalogue.items.values() if hazard in (None, item.hazard) and (not wanted or item.id in wanted)
    ]


def catalogue_text(catalogue: Catalogue, items: Sequence[Item], language: str) -> str:
    """Items with all that stands behind them."""
    words = Words(language)
    lines = [
        words.say(
            mark("PNACC-3 adaptation checklist, catalogue {version} of {day}, {count} items, {digest}"),
            version=catalogue.version,
            day=catalogue.released,
            count=len(catalogue.items),
            digest=catalogue.digest[:8],
        )
    ]
    hazard = ""
    for item in items:
        if item.hazard != hazard:
            hazard = item.hazard
            lines += ["", f"{words.of(catalogue.hazards[hazard].name)} ({hazard})"]
        lines.append("")
        lines += textwrap.wrap(f"{item.id}  {words.of(item.text)}", _WIDTH, subsequent_indent="        ")
        for line in _details(catalogue, item, words):
            lines += textwrap.wrap(
                line,
                _WIDTH,
                initial_indent="        ",
                subsequent_indent="          ",
                break_long_words=False,
                break_on_hyphens=False,
            )
    return "\n".join([*lines, ""])


def _details(catalogue: Catalogue, item: Item, words: Words) -> list[str]:
    scope = mark("one answer for the establishment") if item.scope == "entity" else mark("an answer for each site")
    rules = [
        (mark("Concerns"), item.applies),
        (mark("Met if"), item.met),
        (mark("Partly met if"), item.partly),
        (mark("Not met if"), item.not_met),
    ]
    months = item.evidence_months
    return [
        words.labelled(mark("To do"), words.of(item.action)),
        words.labelled(mark("Why"), words.of(item.why)),
        words.labelled(mark("Partly met means"), words.of(item.partly_means)),
        words.labelled(
            mark("Evidence to keep"),
            words.of(item.evidence) + (words.say(mark(" (holds {months} months)"), months=months) if months else ""),
        ),
        words.say(
            mark("{scope}; weight {weight}, effort {effort} (1 to 5, proposed by decarb); before {year}"),
            scope=words.say(scope),
            weight=item.weight,
            effort=item.effort,
            year=item.horizon,
        ),
        *(words.labelled(label, rule.text) for label, rule in rules if rule),
        *item_references(catalogue, item, words),
    ]


def item_records(catalogue: Catalogue, items: Sequence[Item], language: str) -> list[dict[str, Any]]:
    """Items as records, references and rules included."""
    words = Words(language)
    return [
        {
            "item": item.id,
            "hazard": item.hazard,
            "scope": item.scope,
            "text": words.of(item.text),
            "action": words.of(item.action),
            "evidence_to_keep": words.of(item.evidence),
            "why": words.of(item.why),
            "partly_means": words.of(item.partly_means),
            "concerns": item.applies.text if item.applies else None,
            "met_if": item.met.text if item.met else None,
            "partly_if": item.partly.text if item.partly else None,
            "not_met_if": item.not_met.text if item.not_met else None,
            "weight": item.weight,
            "effort": item.effort,
            "horizon": item.horizon,
            "evidence_months": item.evidence_months,
            "measures": [
                {
                    "number": number,
                    "title": words.of(catalogue.measure(number).title),
                    "edition": catalogue.measure(number).edition,
                    "verified": catalogue.measure(number).verified,
                }
                for number in item.measures
            ],
            "law": [
                {
                    "reference": catalogue.legal_bases[name].reference,
                    "asks_for_it": name in item.asked_by,
                    "in_force_since": catalogue.legal_bases[name].in_force_since or None,
                    "verified": catalogue.legal_bases[name].verified,
                }
                for name in (*item.asked_by, *item.related_law)
            ],
            "sources": [catalogue.sources[name].url for name in item.sources],
            "note": words.of(item.caution) or None,
        }
        for item in items
    ]


def fact_records(catalogue: Catalogue, language: str) -> list[dict[str, Any]]:
    """Facts that a document may record, with the items that they decide."""
    words = Words(language)
    return [
        {
            "fact": kind.id,
            "name": words.of(kind.name),
            "kind": kind.kind,
            "unit": kind.unit or None,
            "minimum": kind.minimum,
            "maximum": kind.maximum,
            "holds_months": kind.months,
            "items": [item.id for item in catalogue.items.values() if kind.id in catalogue.facts_behind(item)],
        }
        for kind in catalogue.facts.values()
        if kind.origin == "declared"
    ]


def facts_text(catalogue: Catalogue, language: str) -> str:
    """Facts that a document may record, as a grid."""
    words = Words(language)
    titles = [mark("Fact"), mark("Kind"), mark("Unit"), mark("Decides"), mark("What it is")]
    rows = [
        [
            record["fact"],
            words.say(KIND_WORDS[record["kind"]]),
            record["unit"] or "",
            ", ".join(record["items"]),
            record["name"],
        ]
        for record in fact_records(catalogue, language)
    ]
    return aligned([[words.say(title) for title in titles], *rows], (0, 1, 2, 3, 4), total=False) + "\n"
