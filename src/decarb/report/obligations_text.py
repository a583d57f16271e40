"""Legal milestones of establishments, to read and to exchange."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from decarb.errors import Bilingual, printable
from decarb.language import mark
from decarb.national.obligations import STATUSES, Fact, Finding, Reason, counts, due
from decarb.report.grid import aligned
from decarb.report.result import csv_text
from decarb.report.words import Words

FORMAT = "1.0"
MOST_SHOWN = 20
"""Establishments shown one by one in a text: a nation has thousands."""

_STATUS = {
    "met": mark("met"),
    "not_met": mark("not met"),
    "unknown": mark("unknown"),
    "not_concerned": mark("not concerned"),
}
_FACTS = {
    "reporting_year": mark("reporting year"),
    "legal_status": mark("legal status"),
    "headcount": mark("headcount"),
    "region": mark("region"),
    "period": mark("period"),
    "floor_area": mark("floor area"),
    "reference_year": mark("reference year"),
    "reference_energy": mark("energy of the reference year"),
    "energy": mark("energy"),
    "energy_per_m2": mark("energy per m2"),
    "reduction": mark("reduction"),
    "absolute_value": mark("absolute value"),
    "desflurane": mark("desflurane bought"),
}
_UNITS = {"persons": mark("persons"), "years": mark("years")}


def obligations_text(found: Sequence[Finding], on: str, language: str) -> str:
    """How many stand where, then each establishment with the facts."""
    words = Words(language)
    blocks = [counts_text(found, on, language)]
    by_entity: dict[str, list[Finding]] = {}
    for finding in found:
        by_entity.setdefault(finding.entity, []).append(finding)
    for entity, own in list(by_entity.items())[:MOST_SHOWN]:
        title = f"{printable(own[0].name)} ({printable(entity)})"
        blocks.append("\n".join([title, *(line for finding in own for line in _lines(finding, words))]))
    if len(by_entity) > MOST_SHOWN:
        left = words.number(len(by_entity) - MOST_SHOWN)
        blocks.append(words.say(mark("... and {count} more (--format json or csv)"), count=left))
    blocks.append(_sources(found, words))
    return "\n\n".join(blocks) + "\n"


def counts_text(found: Sequence[Finding], on: str, language: str) -> str:
    """How many stand where on each milestone."""
    words = Words(language)
    heading = [words.say(mark("Legal milestones on {day}"), day=on), words.say(mark("due"))]
    rows = [[*heading, *(words.say(_STATUS[status]) for status in STATUSES)]]
    first = {finding.milestone.milestone: finding.milestone for finding in reversed(found)}
    for name, of_status in counts(found).items():
        amounts = [words.number(of_status[status]) for status in STATUSES]
        rows.append([words.of(first[name].name), first[name].due or "–", *amounts])
    return aligned(rows, (0, 1), total=False)


def due_text(found: Sequence[Finding], on: str, language: str) -> str:
    """How many stand where, and how many milestones are due and not met, or not known to be."""
    words = Words(language)
    open_ones = due(found)
    said = words.say(
        mark("Due, and not met or not known to be: {count}. Each with its facts: decarb national obligations"),
        count=words.number(sum(open_ones.values())),
    )
    return f"{counts_text(found, on, language)}\n\n{said}\n"


def _lines(finding: Finding, words: Words) -> Iterator[str]:
    status = words.say(_STATUS[finding.status])
    due = ""
    if finding.due:
        due = words.say(mark(" (due since {due})") if finding.is_due else mark(" (due {due})"), due=finding.due)
    yield "  " + words.labelled(words.of(finding.milestone.name), status + due)
    if finding.facts:
        yield "    " + "; ".join(_fact(fact, words) for fact in finding.facts)
    for reason in finding.reasons:
        yield "    " + _reason(reason, words)


def _fact(fact: Fact, words: Words) -> str:
    value = fact.value if isinstance(fact.value, str) else words.number(fact.value, 0 if fact.value >= 1000 else 1)
    if isinstance(fact.value, int):
        value = words.number(fact.value)
    unit = words.say(_UNITS[fact.unit]) if fact.unit in _UNITS else fact.unit
    return words.labelled(_FACTS[fact.name], f"{value} {unit}".strip())


def _reason(reason: Reason, words: Words) -> str:
    if isinstance(reason, Bilingual):
        return words.say(mark("not in submissions: {what}"), what=words.of(reason))
    return words.say(reason.template, **reason.parameters)


def _sources(found: Iterable[Finding], words: Words) -> str:
    sources = dict.fromkeys(finding.milestone.provenance for finding in found)
    lines = [words.say(mark("Sources"))]
    for source in sources:
        seen = "" if source.is_verified else words.say(mark(" (to be verified)"))
        lines.append(f"  {', '.join(part for part in (source.source, source.date, source.url) if part)}{seen}")
    return "\n".join(lines)


def obligations_document(found: Sequence[Finding], on: str, language: str) -> dict[str, Any]:
    """Counts and findings, unrounded; reasons in the language."""
    words = Words(language)
    return {
        "format": FORMAT,
        "on": on,
        "counts": counts(found),
        "findings": [
            {
                **_record(finding),
                "name": words.of(finding.milestone.name),
                "facts": [asdict(fact) for fact in finding.facts],
                "reasons": [_reason(reason, words) for reason in finding.reasons],
                "source": asdict(finding.milestone.provenance),
            }
            for finding in found
        ],
    }


def obligations_csv(found: Sequence[Finding], language: str) -> str:
    """One row for each establishment and milestone."""
    words = Words(language)
    return csv_text(
        [
            _record(finding)
            | {
                "facts": "; ".join(f"{fact.name}={fact.value} {fact.unit}".strip() for fact in finding.facts),
                "reasons": "; ".join(_reason(reason, words) for reason in finding.reasons),
                "source": finding.milestone.provenance.source,
            }
            for finding in found
        ]
    )


def _record(finding: Finding) -> dict[str, Any]:
    return {
        "entity": finding.entity,
        "establishment": finding.name,
        "year": finding.year,
        "milestone": finding.milestone.milestone,
        "status": finding.status,
        "threshold": finding.milestone.threshold,
        "unit": finding.milestone.unit,
        "due": finding.due or None,
        "is_due": finding.is_due,
    }
