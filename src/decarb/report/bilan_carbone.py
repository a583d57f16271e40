"""Lines in the data model that the Bilan Carbone method asks tools to exchange (conformance criterion D.5).

For each emission: label, post and sub-post; of the activity its value, type, source and uncertainty; of the factor its
label, value, unit, uncertainty with every characteristic, type, source and version of the source; the footprint.
Posts and sub-posts are those of the method's own tool, by activity (``bilan_carbone_posts.csv``).
"""

import datetime
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import orjson

from decarb.binding import BoundTerms
from decarb.errors import Problem, UsageError
from decarb.factors import Factor, FactorLibrary
from decarb.factors.library import factor_value
from decarb.footprint import Footprint
from decarb.language import mark
from decarb.medicines import MEDICINES_LAYER
from decarb.quality import CRITERIA, Z_97_5
from decarb.report.line_tables import parquet_bytes
from decarb.report.result import csv_text
from decarb.report.sheets import PLAIN, ROWS, Sheet, workbook_of
from decarb.report.words import Words
from decarb.resources import data_file, read_rows

FORMAT = "1.0"
_TITLES = {
    "establishment": mark("Establishment"),
    "label": mark("Label"),
    "post": mark("Post"),
    "sub_post": mark("Sub-post"),
    "activity_value": mark("Activity: value"),
    "activity_unit": mark("Activity: unit"),
    "activity_type": mark("Activity: type"),
    "activity_source": mark("Activity: source"),
    "activity_gsd2": mark("Activity: uncertainty (97.5 % quantile to median)"),
    "factor_label": mark("Factor: label"),
    "factor_id": mark("Factor: identifier"),
    "factor_kgco2e": mark("Factor: value [kg CO2e per unit]"),
    "factor_unit": mark("Factor: unit"),
    "factor_gsd2": mark("Factor: uncertainty (97.5 % quantile to median)"),
    "factor_uncertainty_percent": mark("Factor: published uncertainty [%]"),
    "factor_quality_reliability": mark("Factor: reliability (1 to 5)"),
    "factor_quality_technical": mark("Factor: technical fit (1 to 5)"),
    "factor_quality_geographic": mark("Factor: geographic fit (1 to 5)"),
    "factor_quality_temporal": mark("Factor: temporal fit (1 to 5)"),
    "factor_quality_completeness": mark("Factor: completeness (1 to 5)"),
    "factor_type": mark("Factor: type"),
    "factor_source": mark("Factor: source"),
    "factor_source_version": mark("Factor: version of the source"),
    "footprint_kgco2e": mark("Footprint [kg CO2e]"),
    "status": mark("Status"),
}


def bilan_carbone_file(footprint: Footprint, form: str, language: str) -> bytes:
    """Lines in the data model as a file.

    Parameters
    ----------
    form
        ``.csv``, ``.json``, ``.parquet`` or ``.xlsx``.
    language
        Of the names of posts, of factors and, in a workbook, of columns; fields are never translated.

    Raises
    ------
    UsageError
        If the lines do not fit in a sheet.
    """
    records = list(bilan_carbone_records(footprint, language))
    match form:
        case ".csv":
            return csv_text(records).encode()
        case ".json":
            document = {"format": FORMAT, "model": "bilan-carbone", "partial": footprint.is_partial, "lines": records}
            return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        case ".parquet":
            said = {"model": "bilan-carbone", "format": FORMAT, "library_digest": footprint.library.digest}
            return parquet_bytes(records, said)
        case ".xlsx":
            return _workbook(footprint, records, Words(language))
    raise ValueError(f"no form is called {form!r}; .csv, .json, .parquet and .xlsx are")


def bilan_carbone_records(footprint: Footprint, language: str) -> Iterator[dict[str, Any]]:
    """One record per line, in the order of ``_TITLES``; a refused line has no factor and no footprint, not zero."""
    inventory, binding = footprint.inventory, footprint.binding
    totals = footprint.line_totals("beges").tolist()
    # what the line says, else what its interval is computed with
    assumed = np.exp(Z_97_5 * footprint.activity_sigma)
    spread = np.where(np.isnan(inventory.activity_gsd2), assumed, inventory.activity_gsd2).tolist()
    of_factor = [_factor_fields(found, binding.library, binding.gwp_set, language) for found in binding.bound]
    for line, line_id in enumerate(inventory.ids):
        found = binding.of_line(line)
        remarks = inventory.remarks.get(line, {})
        terms = inventory.terms[inventory.term[line]]
        source = " — ".join(str(remarks[name]) for name in ("supplier", "evidence") if remarks.get(name))
        fields = {
            "establishment": inventory.establishments[inventory.establishment[line]].name,
            "label": line_id,
            "activity_value": float(inventory.quantity[line]),
            "activity_unit": " ".join(filter(None, (terms.unit, terms.basis))),
            "activity_source": source or None,
            "activity_gsd2": spread[line],
            "footprint_kgco2e": totals[line] if found else None,
            "status": "computed" if found else "refused",
            **of_factor[binding.pair[line]],
        }
        yield {name: fields[name] for name in _TITLES}


def _factor_fields(found: BoundTerms | None, library: FactorLibrary, gwp_set: str, language: str) -> dict[str, Any]:
    """What a pair says of its posts and its factor; everything is unknown where it is refused."""
    if found is None:
        names = [name for name in _TITLES if name.startswith("factor_")]
        return dict.fromkeys(("post", "sub_post", "activity_type", *names))
    factor, kind = found.factor, "monetary" if found.is_monetary else "physical"
    post, sub_post = post_of(found.activity, found.is_monetary, language)
    source = library.sources.get(factor.source)
    return {
        "post": post,
        "sub_post": sub_post,
        "activity_type": kind,
        "factor_label": factor.name(language),
        "factor_id": factor.id,
        "factor_kgco2e": _value(factor, library, gwp_set),
        "factor_unit": " ".join((factor.unit.name, *factor.unit.bases)),
        "factor_gsd2": factor.gsd2,
        "factor_uncertainty_percent": factor.uncertainty_percent,
        **{f"factor_quality_{name}": note for name, note in zip(CRITERIA, factor.quality, strict=True)},
        "factor_type": "monetary" if factor.is_monetary else "physical",
        "factor_source": source.title if source else factor.source,
        "factor_source_version": (source.version or source.date) if source else factor.source_date,
    }


def _value(factor: Factor, library: FactorLibrary, gwp_set: str) -> float | None:
    if factor.layer == MEDICINES_LAYER:
        return sum(part.total for part in factor.parts)
    return factor_value(library, factor, gwp_set)


def post_of(activity: str, monetary: bool, language: str) -> tuple[str, str]:
    """Post and sub-post of the Bilan Carbone method that an activity is counted in."""
    row, suffix = _posts()[activity], "fr" if language == "fr" else "en"
    sub_post = row[f"monetary_{suffix}"] if monetary and row["monetary_fr"] else row[f"sub_post_{suffix}"]
    return row[f"post_{suffix}"], sub_post


@cache
def _posts() -> dict[str, dict[str, str]]:
    return {row["activity"]: row for row in read_rows(data_file("bilan_carbone_posts.csv"))}


def _workbook(footprint: Footprint, records: list[dict[str, Any]], words: Words) -> bytes:
    if len(records) >= ROWS:
        raise UsageError([Problem("report-too-many-rows", {"value": len(records), "limit": ROWS - 1})])
    header = [words.say(title) for title in _TITLES.values()]
    sheet = Sheet("Bilan Carbone", header, [list(record.values()) for record in records], PLAIN, frozen_columns=2)
    last = max(establishment.end for establishment in footprint.inventory.establishments)
    return workbook_of([sheet], datetime.date.fromisoformat(last))
