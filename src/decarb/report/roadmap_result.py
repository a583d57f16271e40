"""The roadmap as a document and as CSV; keys and codes are never translated, figures never rounded."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from decarb.errors import Bilingual
from decarb.national.base_year import Progress, YearChange
from decarb.national.pace import NationalFigure
from decarb.national.roadmap import Followed, Roadmap
from decarb.national.roadmap_tables import Indicator
from decarb.report.result import csv_text

FORMAT = "1.0"


def roadmap_document(roadmap: Roadmap, language: str) -> dict[str, Any]:
    """Everything of the roadmap [kg CO2e, or the indicator's unit]; null where nothing tells."""
    return {
        "format": FORMAT,
        "from": roadmap.first,
        "to": roadmap.last,
        "pace": [asdict(year) for year in roadmap.pace],
        "changes": [_change(change) for change in roadmap.changes],
        "total": _followed(roadmap.total),
        "axes": [
            {
                "number": axis.number if axis else None,
                "axis": axis.axis if axis else None,
                "name": _word(axis.name, language) if axis else None,
                "activities": sorted(axis.activities) if axis else [],
                **_followed(followed),
            }
            for axis, followed in roadmap.axes
        ],
        "levers": [
            {
                "lever": lever.lever,
                "axis": lever.axis,
                "name": _word(lever.name, language),
                "source": asdict(lever.provenance),
                "indicators": [
                    {**_indicator(one.indicator, language), **_followed(one.followed)} for one in indicators
                ],
            }
            for lever, indicators in roadmap.levers
        ],
        "national_figure": _figure(roadmap.figure, language),
        "warnings": [problem.to_dict(language) for problem in roadmap.warnings],
    }


def roadmap_csv(roadmap: Roadmap) -> str:
    """One row for each reading of the total, of each axis and of each indicator."""
    return csv_text(list(_records(roadmap)))


def _records(roadmap: Roadmap) -> Iterator[dict[str, Any]]:
    yield from _rows("total", "total", "kgCO2e", True, roadmap.total)
    for axis, followed in roadmap.axes:
        yield from _rows("axis", axis.axis if axis else "none", "kgCO2e", True, followed)
    for lever, indicators in roadmap.levers:
        for one in indicators:
            kind = one.indicator.kind
            yield from _rows(lever.lever, one.indicator.indicator, one.indicator.unit, kind != "none", one.followed)


def _rows(of: str, name: str, unit: str, computed: bool, followed: Followed) -> Iterator[dict[str, Any]]:
    for reading in followed.readings:
        progress = followed.progress.get(reading.year)
        targets = {distance.target_year: distance for distance in followed.distances if distance.year == reading.year}
        furthest = targets[max(targets)] if targets else None
        yield {
            "of": of,
            "indicator": name,
            "unit": unit,
            "year": reading.year,
            "computed": computed,
            "value": reading.value,
            "establishments": reading.establishments,
            "submitted": reading.submitted,
            "base_recalculated": progress.base_kgco2e if progress else None,
            "compared": progress.after_kgco2e if progress else None,
            "change": progress.change_kgco2e if progress else None,
            "library_effect": progress.library_kgco2e if progress else None,
            "method_effect": progress.method_kgco2e if progress else None,
            "target_year": furthest.target_year if furthest else None,
            "target_compound": furthest.compound_target if furthest else None,
            "target_linear": furthest.linear_target if furthest else None,
            "distance_compound": furthest.to_compound if furthest else None,
            "distance_linear": furthest.to_linear if furthest else None,
        }


def _change(change: YearChange) -> dict[str, Any]:
    interval = change.interval
    return {
        "year": change.year,
        "before_kgco2e": change.before_kgco2e,
        "after_kgco2e": change.after_kgco2e,
        "perimeter": {name: list(names) for name, names in asdict(change.perimeter).items()},
        "entries_kgco2e": change.entries_kgco2e,
        "exits_kgco2e": change.exits_kgco2e,
        "moved_kgco2e": change.moved_kgco2e,
        "sections_of_one_year": change.sections,
        "sections_kgco2e": change.sections_kgco2e,
        "lines_left_out_of_one_year": change.untold,
        "left_out_kgco2e": change.untold_kgco2e,
        **_progress(change.progress),
        "interval_95_kgco2e": [interval.low, interval.high] if interval else None,
        "monetary_share": list(change.monetary_share),
    }


def _progress(progress: Progress) -> dict[str, Any]:
    return {
        "constant_before_kgco2e": progress.before_kgco2e,
        "library_kgco2e": progress.library_kgco2e,
        "method_kgco2e": progress.method_kgco2e,
        "base_recalculated_kgco2e": progress.base_kgco2e,
        "constant_after_kgco2e": progress.after_kgco2e,
        "change_kgco2e": progress.change_kgco2e,
        "change_share": progress.change_share,
        "effects": [asdict(effect) for effect in progress.effects],
    }


def _followed(followed: Followed) -> dict[str, Any]:
    return {
        "readings": [asdict(reading) for reading in followed.readings],
        "progress": [{"year": year, **_progress(found)} for year, found in followed.progress.items()],
        "distances": [
            asdict(distance) | {"to_compound": distance.to_compound, "to_linear": distance.to_linear}
            for distance in followed.distances
        ],
    }


def _indicator(indicator: Indicator, language: str) -> dict[str, Any]:
    return {
        "indicator": indicator.indicator,
        "name": _word(indicator.name, language),
        "unit": indicator.unit,
        "computed": indicator.kind != "none",
        "lines": _word(indicator.lines, language) or None,
        "missing": _word(indicator.missing, language) or None,
        "target": indicator.target,
        "target_year": indicator.target_year,
        "target_source": indicator.target_source or None,
        "follows_pace_of_sector": indicator.follows_pace,
    }


def _figure(figure: NationalFigure, language: str) -> dict[str, Any]:
    return asdict(figure) | {"perimeter": _word(figure.perimeter, language), "same_as_submissions": False}


def _word(text: Bilingual, language: str) -> str:
    return text.french if language == "fr" else text.english


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names as a text shows them, the first few of many."""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")
