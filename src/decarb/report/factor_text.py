"""A factor, or a list of them, to read."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from decarb.errors import Problem
from decarb.factors import Factor, FactorLibrary
from decarb.factors.library import factor_value
from decarb.language import format_significant, labelled, mark, translate
from decarb.report import labels
from decarb.reporting import GASES, stage_name


def factor_document(library: FactorLibrary, factor: Factor, gwp_set: str = "AR6") -> dict[str, Any]:
    """Form of ``schemas/factor.schema.json`` [kg CO2e per unit], unrounded."""
    value = factor_value(library, factor, gwp_set)
    restated = library.restated(factor, gwp_set) if value is not None else ()
    parts = [found.part for found in restated]
    not_restated = sum(found.not_restated for found in restated) if value is not None else None
    return {
        "id": factor.id,
        "series": factor.series,
        "name_fr": factor.name_fr,
        "name_en": factor.name_en,
        "domain": factor.domain,
        "value_kgco2e": value,
        "unit": factor.unit.name,
        "basis": list(factor.unit.bases),
        "price_year": factor.unit.price_year,
        "geography": list(factor.geographies),
        "locality": factor.locality,
        "data_year": factor.data_year,
        "valid_to": factor.valid_to,
        "published_total_kgco2e": factor.published_total,
        "published_gwp_set": factor.gwp_set,
        "not_restated_kgco2e": not_restated,
        "model": factor.model,
        "gwp_set": gwp_set if factor.model == "gwp" else "",
        "substance": factor.substance,
        "uncertainty_percent": factor.uncertainty_percent,
        "quality": factor.quality_notes(),
        "uncertainty_origin": factor.uncertainty_origin,
        "gsd2": factor.gsd2,
        "error_group": factor.error_group,
        "activities": list(factor.activities),
        "default_activity": factor.default_activity,
        "status": factor.status,
        "transparency": factor.transparency,
        "origin": factor.origin,
        "keywords": factor.keywords,
        "source_row": factor.source_row,
        "note": factor.note,
        "layer": factor.layer,
        "source": source_document(library, factor),
        "parts": [
            {
                "stage": part.stage,
                "label": part.label,
                "total_kgco2e": part.total,
                "gases_kgco2e": {gas.gas: value for gas, value in zip(GASES, part.gases, strict=True)},
            }
            for part in parts
        ],
    }


def source_document(library: FactorLibrary, factor: Factor) -> dict[str, str]:
    """Where a factor comes from: the publication, its licence, and the id there."""
    return {**asdict(library.sources[factor.source]), "source_id": factor.source_id}


def factor_text(library: FactorLibrary, factor: Factor, language: str, gwp_set: str = "AR6") -> str:
    """One factor with its parts, gases, validity and source."""
    data = factor_document(library, factor, gwp_set)

    def word(text: str) -> str:
        return translate(text, language)

    def label(text: str) -> str:
        return labelled(text, "", language)

    def number(value: float) -> str:
        return format_significant(value, language, 9)

    value = data["value_kgco2e"]
    unit = unit_text(factor)
    lines = [
        f"{factor.id} — {factor.name(language)}",
        f"  {number(value) if value is not None else word(labels.NO_VALUE)} kg CO2e / {unit}",
    ]
    for part in data["parts"]:
        gases = ", ".join(
            f"{name} {number(amount)}" for name, amount in part["gases_kgco2e"].items() if amount and name != "unsplit"
        )
        named = f" ({part['label']})" if part["label"] else ""
        lines.append(
            f"    {stage_name(part['stage'], language)}{named}: {number(part['total_kgco2e'])}"
            + (f"   [{gases}]" if gases else "")
        )
    beside = sum(part["gases_kgco2e"]["outside_kyoto"] or 0.0 for part in data["parts"])
    if beside:
        lines.append(f"  {label(labels.OUTSIDE_KYOTO)}{number(beside)} kg CO2e / {unit}")
    if factor.published_total is not None:
        lines.append(f"  {label(labels.PUBLISHED_TOTAL)}{number(factor.published_total)}")
    if factor.series:
        lines.append(f"  {label(labels.SERIES)}{factor.series}")
    lines.append(f"  {label(labels.PLACE)}{' '.join(factor.geographies)} {factor.locality}".rstrip())
    if factor.valid_to:
        lines.append(f"  {label(labels.VALID_UNTIL)}{factor.valid_to}")
    lines.append(f"  {label(labels.UNCERTAINTY)}{_uncertainty(factor, language)}")
    default = f" ({label(labels.DEFAULT)}{factor.default_activity})" if factor.default_activity else ""
    lines.append(f"  {label(labels.ACTIVITIES)}{', '.join(factor.activities)}{default}")
    source = data["source"]
    lines.append(
        f"  {label(labels.SOURCE)}{source['publisher']}, {source['title']} {source['version']}, {factor.source_id} "
        f"({factor.source_date}); {source['licence']}"
    )
    if factor.status == "doubtful":
        lines.append(f"  {Problem('factor-doubtful', {'factor': factor.id}).message(language)}")
    if factor.origin:
        lines.append(f"  {label(labels.ORIGIN)}{factor.origin}")
    if factor.gwp_set:
        lines.append(f"  {label(labels.PUBLISHED_GWP_SET)}{factor.gwp_set}")
    if factor.note:
        lines.append(f"  {label(labels.NOTE)}{factor.note}")
    return "\n".join(lines) + "\n"


_ORIGINS = {
    "published": mark("published, ± {percent} %"),
    "quality_notes": mark("from its quality notes ({notes})"),
    "default": mark("nothing is said: every quality note counts as the worst"),
    "none": mark("that of a GWP is left out"),
}


def _uncertainty(factor: Factor, language: str) -> str:
    """GSD2 of a factor, and what it rests on."""
    notes = ", ".join(f"{translate(name, language)} {note or '–'}" for name, note in factor.quality_notes().items())
    percent = "" if factor.uncertainty_percent is None else format_significant(factor.uncertainty_percent, language)
    origin = translate(_ORIGINS[factor.uncertainty_origin], language).format(percent=percent, notes=notes)
    return f"GSD2 {format_significant(factor.gsd2, language, 3)}, {origin}"


_LIST_TITLES = (
    mark("id"),
    mark("series (by year and place)"),
    mark("value"),
    mark("name"),
    mark("valid to"),
    mark("place"),
    mark("source"),
)
_MISSING_TITLE = mark("lacks")


def factor_list_text(
    library: FactorLibrary,
    factors: Sequence[Factor],
    language: str,
    gwp_set: str = "AR6",
    missing: Sequence[Sequence[str]] = (),
) -> str:
    """One line per factor: id, value and unit, name, validity, place, source, and the words it lacks of a search."""
    titles = (*_LIST_TITLES, _MISSING_TITLE) if any(missing) else _LIST_TITLES
    rows = [tuple(translate(title, language) for title in titles)]
    for number, factor in enumerate(factors):
        value = factor_value(library, factor, gwp_set)
        shown = format_significant(value, language, 6) if value is not None else "–"
        cells = (
            factor.id,
            factor.series,
            f"{shown} kg CO2e/{unit_text(factor)}",
            _shortened(factor.name(language), 60),
            factor.valid_to[:4],
            _shortened(" ".join([*factor.geographies, factor.locality]).strip(), 30),
            factor.source_reference or factor.source,
        )
        rows.append((*cells, " ".join(missing[number])) if any(missing) else cells)
    widths = [max(len(row[column]) for row in rows) for column in range(len(titles))]
    return "".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows)


def factor_list_csv(
    library: FactorLibrary, factors: Sequence[Factor], gwp_set: str, missing: Sequence[Sequence[str]]
) -> str:
    """Factors as CSV, with the columns of ``factors`` in ``library_columns.csv`` and the words each lacks."""
    from decarb.factors.frames import factor_record
    from decarb.report.result import csv_text

    return csv_text(
        [
            {**factor_record(library, factor, gwp_set), "missing": " ".join(lacks)}
            for factor, lacks in zip(factors, missing, strict=True)
        ]
    )


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def unit_text(factor: Factor) -> str:
    """Unit of a factor with its basis and the year of its euros."""
    return " ".join([factor.unit.name, *factor.unit.bases, str(factor.unit.price_year or "")]).strip()
