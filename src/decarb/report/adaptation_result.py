"""The checklist for programs: a JSON document, a row per item and site, and the rows of an aggregate."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from decarb import __version__
from decarb.adaptation import (
    Aggregate,
    Checklist,
    LinkedEmissions,
    Scores,
    next_actions,
    priorities,
    renewals,
    scores,
)
from decarb.adaptation.recorded import LEVELS, ORIGINS, STATUSES, day_text
from decarb.errors import Bilingual

FORMAT = "1.0"


def checklist_document(
    checklist: Checklist, establishment: int, links: Sequence[LinkedEmissions], language: str
) -> dict[str, Any]:
    """Checklist of one establishment, in the form of ``schemas/adaptation_result.schema.json``; shares unrounded."""
    said = checklist.establishments[establishment]
    found = scores(checklist)
    actions = next_actions(checklist, establishment)
    return {
        "format": FORMAT,
        "engine": __version__,
        "catalogue": {"version": checklist.catalogue.version, "digest": checklist.catalogue.digest},
        "today": checklist.today.isoformat(),
        "warming_celsius": checklist.warming,
        "establishment": {
            "name": said.name,
            "finess_et": said.identity.get("finess_et"),
            "finess_ej": said.identity.get("finess_ej"),
            "period": {"start": said.start, "end": said.end},
            "file": said.file,
            "inventory_sha256": said.digest,
            "sites": [
                checklist.rows.site_ids[row] or None for row in checklist.rows.subjects_of(establishment).tolist()
            ],
        },
        "scores": [_score(found, establishment, column) for column in range(len(found.groups))],
        "actions": [
            {
                "item": action.item.id,
                "kind": action.kind,
                "status": action.status,
                "text": _of(action.item.action if action.kind == "act" else action.item.text, language),
                "evidence_to_keep": _of(action.item.evidence, language),
                "sites": [site or None for site in action.sites],
                "exposure": action.exposure,
                "exposure_recorded": not action.is_assumed,
                "risk": action.risk,
                "effort": action.item.effort,
                "priority": action.priority,
                "law": [text.reference for text in action.legal],
                "law_since": action.since or None,
                "deadline_year": action.deadline,
            }
            for action in actions
        ],
        "renewals": [
            {"item": renewal.item.id, "site": renewal.site or None, "until": renewal.until}
            for renewal in renewals(checklist, establishment)
        ],
        "carbon_links": [
            {
                "items": list(found.open_items),
                "effect": found.link.effect,
                "text": _of(found.link.words, language),
                "source": found.link.source,
                "emissions_today_kgco2e": found.emissions_kgco2e,
                "share_of_footprint": found.share,
            }
            for found in links
        ],
        "items": list(item_records(checklist, establishment, language)),
        "problems": [problem.to_dict(language) for problem in checklist.problems if problem.file == said.file],
    }


def _score(found: Scores, establishment: int, column: int) -> dict[str, Any]:
    def at(values: np.ndarray) -> float | None:
        return known(float(values[establishment, column]))

    return {
        "group": found.groups[column],
        "score": at(found.score),
        "coverage": at(found.coverage),
        "evidenced": at(found.evidenced_coverage),
        "worst": at(found.worst),
        "best": at(found.best),
    }


def item_records(checklist: Checklist, establishment: int, language: str) -> Iterator[dict[str, Any]]:
    """One record per item and site: status, what it rests on, the facts used."""
    said = checklist.establishments[establishment]
    priority = priorities(next_actions(checklist, establishment))
    for column, item in enumerate(checklist.items):
        for row in checklist.rows.subjects_of(establishment).tolist():
            trace = checklist.trace(row, item)
            answer = next((entry.said for entry in trace.entries if "item" in entry.said), {})
            yield {
                "establishment": said.name,
                "finess_et": said.identity.get("finess_et"),
                "site": checklist.rows.site_ids[row] or None,
                "item": item.id,
                "hazard": item.hazard,
                "text": _of(item.text, language),
                "status": STATUSES[checklist.status[row, column]],
                "rests_on": ORIGINS[checklist.origin[row, column]],
                "answer": trace.answer,
                "rule": trace.rule.text if trace.rule else None,
                "facts": _facts(checklist, trace.facts, trace.entries),
                "evidence": answer.get("evidence"),
                "evidence_date": answer.get("date"),
                "exposure": LEVELS[int(checklist.exposure[row, column])],
                "exposure_recorded": not bool(checklist.is_assumed[row, column]),
                "weight": item.weight,
                "effort": item.effort,
                "priority": priority.get(item.id),
                "evidence_to_keep": _of(item.evidence, language),
                "horizon": item.horizon,
                "measures": list(item.measures),
                "law": [checklist.catalogue.legal_bases[name].reference for name in item.asked_by],
                "sources": list(item.sources),
            }


def _facts(checklist: Checklist, facts: dict[str, float], entries: Sequence[Any]) -> list[dict[str, Any]]:
    days = {entry.said["fact"]: entry.said["date"] for entry in entries if "fact" in entry.said}
    days |= {f"exposure_{entry.said['hazard']}": entry.said["date"] for entry in entries if "hazard" in entry.said}
    found = []
    for name, value in facts.items():
        kind = checklist.catalogue.facts.get(name)
        shown: Any = known(value)
        if shown is not None and kind is not None and kind.kind != "number":
            shown = day_text(value) if kind.kind == "day" else bool(value)
        found.append(
            {"fact": name, "value": shown, "unit": (kind.unit if kind else "") or None, "date": days.get(name)}
        )
    return found


def known(value: float) -> float | None:
    """Value, None where it is not known."""
    return None if math.isnan(value) else value


def score_records(checklist: Checklist) -> Iterator[dict[str, Any]]:
    """One record per establishment and hazard, the overall score last."""
    found = scores(checklist)
    for number in checklist.evaluated:
        said = checklist.establishments[number]
        for column in range(len(found.groups)):
            yield {
                "establishment": said.name,
                "finess_et": said.identity.get("finess_et"),
                "file": said.file,
                **_score(found, number, column),
            }


def aggregate_records(found: Aggregate, of: str) -> Iterator[dict[str, Any]]:
    """One record per group and item, or hazard: counts, the share that meets it, and coverage."""
    for row, group in enumerate(found.groups):
        for column, name in enumerate(found.columns):
            yield {
                found.grouping: group,
                "establishments": int(found.establishments[row]),
                of: name,
                "applicable": int(found.applicable[row, column]),
                "answered": int(found.answered[row, column]),
                "met": int(found.met[row, column]),
                "partly": int(found.partly[row, column]),
                "not_met": int(found.not_met[row, column]),
                "share_met": known(float(found.share_met[row, column])),
                "coverage": known(float(found.coverage[row, column])),
            }


def _of(words: Bilingual, language: str) -> str:
    return words.french if language == "fr" else words.english
