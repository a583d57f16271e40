"""The result as a document (schemas/result.schema.json) and as CSV; keys and codes are never translated."""

import csv
import io
import math
import platform
from collections.abc import Iterator, Sequence
from typing import Any

from decarb import __version__
from decarb.binding import Binding
from decarb.factors import Factor
from decarb.factors.library import factor_value
from decarb.footprint import Footprint
from decarb.medicines import MEDICINES_LAYER
from decarb.report.ladder_text import rung_records
from decarb.reporting import GASES, TOTAL_GASES, view
from decarb.uncertainty import row_intervals

FORMAT = "1.3"


def result_document(
    footprint: Footprint, view_name: str = "beges", language: str = "en", *, lines: bool = True
) -> dict[str, Any]:
    """Everything a reader or a program needs to follow the result, unrounded [kg CO2e].

    Parameters
    ----------
    view_name
        ``beges``, ``ghg-protocol`` or ``iso``.
    language
        Of the messages of refusals and warnings.
    lines
        Whether the lines are in it; a nation has millions.
    """
    from importlib.metadata import version

    binding, inventory = footprint.binding, footprint.inventory
    intervals, whole = row_intervals(footprint, view_name)
    return {
        "format": FORMAT,
        "engine": {
            "decarb": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "orjson", "jsonschema-rs")},
        },
        "library": {
            "digest": footprint.library.digest,
            "layers": [
                {"name": layer.name, "version": layer.version, "digest": layer.digest, "factors": layer.factors}
                for layer in footprint.library.layers
            ],
            "shadowed": list(footprint.library.shadowed),
        },
        "options": {"view": view_name, "gwp_set": binding.gwp_set},
        "partial": footprint.is_partial,
        "establishments": [
            {
                **establishment.identity,
                "start": establishment.start,
                "end": establishment.end,
                "method": {"contrails": "included", "gas_releases": "fugitive", **establishment.method},
                "declaration": dict(establishment.declaration),
                "inventory_sha256": establishment.digest,
                "total_kgco2e": total,
                "rows_kgco2e": rows,
            }
            for establishment, total, rows in zip(
                inventory.establishments,
                footprint.totals(view_name).tolist(),
                _rows_of_establishments(footprint, view_name),
                strict=True,
            )
        ],
        "total_kgco2e": footprint.total(view_name),
        "interval_95_kgco2e": [whole.low, whole.high],
        "views_kgco2e": {name: footprint.total(name) for name in ("beges", "ghg-protocol", "iso")},
        "rows": row_records(footprint, view_name, intervals),
        "differences": footprint.differences() if lines else None,
        "crosswalk": footprint.crosswalk(),
        "market_based_memo_kgco2e": footprint.market_based_memo(),
        "intensities_kgco2e": dict(footprint.intensities),
        "coverage": dict(footprint.coverage),
        "monetary_share": footprint.monetary_share,
        "share_not_restated": footprint.share_not_restated,
        "published_gap_kgco2e": footprint.gap_kgco2e,
        "medicines": {"tables": _medicine_tables(footprint), "by_rung": rung_records(footprint, view_name)},
        "factors": _factors_used(footprint),
        "refusals": [
            *(
                {"lines": [problem.line_id], "stake_kgco2e": None, "problems": [problem.to_dict(language)]}
                for problem in inventory.set_aside
            ),
            *(
                {
                    "lines": [inventory.ids[line] for line in refusal.lines],
                    "stake_kgco2e": refusal.stake_kgco2e,
                    "problems": [problem.to_dict(language) for problem in refusal.problems],
                }
                for refusal in binding.refusals
            ),
        ],
        "warnings": [problem.to_dict(language) for problem in footprint.warnings],
        "lines": list(footprint.line_records()) if lines else None,
    }


def _factors_used(footprint: Footprint) -> list[dict[str, Any]]:
    """What the result pins: each factor in use with its value, its source and the layer that it comes from."""
    binding = footprint.binding
    used = {found.factor.id: found.factor for found in binding.bound if found}
    return [
        {
            "id": factor.id,
            "name_fr": factor.name_fr,
            "name_en": factor.name_en,
            "value_kgco2e": _value(binding, factor),
            "unit": factor.unit.name,
            "basis": list(factor.unit.bases),
            "price_year": factor.unit.price_year,
            "geography": list(factor.geographies),
            "data_year": factor.data_year,
            "valid_to": factor.valid_to,
            "uncertainty_origin": factor.uncertainty_origin,
            "gsd2": factor.gsd2,
            "line_gsd2": factor.line_gsd2,
            "status": factor.status,
            "source": factor.source,
            "source_id": factor.source_id,
            "source_date": factor.source_date,
            "layer": factor.layer,
        }
        for _, factor in sorted(used.items())
    ]


def _medicine_tables(footprint: Footprint) -> dict[str, Any] | None:
    """Tables that medicine codes were resolved with; None where no line has one."""
    if not any(found and found.priced for found in footprint.binding.bound):
        return None
    from decarb.medicines import load_medicines  # most inventories have no code, and need none of its tables

    database = (footprint.binding.medicines or load_medicines()).database
    return {"version": database.version, "digest": database.digest}


def _value(binding: Binding, factor: Factor) -> float | None:
    """Value of a factor [kg CO2e per unit]; that of a medicine code is in the GWP set in use already."""
    if factor.layer == MEDICINES_LAYER:
        return math.fsum(part.total for part in factor.parts)
    return factor_value(binding.library, factor, binding.gwp_set)


def row_records(footprint: Footprint, view_name: str, intervals: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a view over all establishments; a row without lines is ``no-data`` or ``excluded``, never zero."""
    chosen = view(view_name)
    values = footprint.rows(view_name)
    excluded = _excluded(footprint) if view_name == "beges" else {}
    records = []
    for number, row in enumerate(chosen.rows):
        gases = [_sum_known(values[:, number, gas].tolist()) for gas in range(len(GASES))]
        known = [gas for gas in gases[: len(TOTAL_GASES)] if gas is not None]
        interval = intervals.get(row.code)
        has_lines = any(gas is not None for gas in gases)
        records.append(
            {
                "code": row.code,
                "group": row.group,
                "name_fr": row.name_fr,
                "name_en": row.name_en,
                "status": "computed" if has_lines else "excluded" if row.code in excluded else "no-data",
                "justification": excluded.get(row.code),
                **{gas.gas: value for gas, value in zip(GASES, gases, strict=True)},
                "total": sum(known) if known else (0.0 if has_lines else None),
                "interval_95": [interval.low, interval.high] if interval else None,
            }
        )
    return records


def _excluded(footprint: Footprint) -> dict[str, str]:
    """Posts that every establishment excludes, with their justifications; by only some, a post is unknown."""
    declared = [
        {entry["post"]: entry["justification"] for entry in establishment.declaration.get("excluded_posts", ())}
        for establishment in footprint.inventory.establishments
    ]
    everywhere = [post for post in declared[0] if all(post in posts for posts in declared)]
    return {post: " / ".join(dict.fromkeys(posts[post] for posts in declared)) for post in everywhere}


def _sum_known(values: list[float]) -> float | None:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) if known else None


def rows_csv(footprint: Footprint, view_name: str) -> str:
    """Rows of a view as CSV [kg CO2e], unrounded; a cell without lines is blank."""
    intervals, _ = row_intervals(footprint, view_name)
    records = row_records(footprint, view_name, intervals)
    for record in records:
        low, high = record.pop("interval_95") or (None, None)
        record |= {"interval_95_low": low, "interval_95_high": high}
    return csv_text(records)


def _rows_of_establishments(footprint: Footprint, view_name: str) -> Iterator[dict[str, float]]:
    """Of each establishment, the totals of the rows of a view that it has lines in [kg CO2e]."""
    codes = [row.code for row in view(view_name).rows]
    for totals in footprint.row_totals(view_name).tolist():
        yield {code: total for code, total in zip(codes, totals, strict=True) if not math.isnan(total)}


def establishments_csv(footprint: Footprint, view_name: str) -> str:
    """Rows of a view of each establishment as CSV [kg CO2e], unrounded; a gas that no factor tells apart is blank."""
    values, totals = footprint.rows(view_name), footprint.row_totals(view_name)
    return csv_text(
        [
            {
                "establishment": establishment.name,
                **{name: establishment.identity.get(name) for name in ("finess_ej", "finess_et", "siret")},
                "start": establishment.start,
                "end": establishment.end,
                "code": row.code,
                **{gas.gas: _known(values[place, number, code]) for code, gas in enumerate(GASES)},
                "total": float(totals[place, number]),
            }
            for place, establishment in enumerate(footprint.inventory.establishments)
            for number, row in enumerate(view(view_name).rows)
            if not math.isnan(totals[place, number])
        ]
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def lines_csv(footprint: Footprint) -> str:
    """Lines as CSV, unrounded."""
    return csv_text(list(footprint.line_records()))


def csv_text(records: Sequence[dict[str, Any]]) -> str:
    """Write records of the same fields as CSV; nothing in it is run as a formula by a spreadsheet."""
    stream = io.StringIO(newline="")
    if records:
        writer = csv.DictWriter(stream, list(records[0]))
        writer.writeheader()
        writer.writerows({name: _safe(value) for name, value in record.items()} for record in records)
    return stream.getvalue()


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """Record of which lists are one cell, as CSV and sheets have them."""
    return {name: _cell(value) for name, value in record.items()}


def _cell(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return "; ".join(
        " ".join(f"{name}={part}" for name, part in item.items() if part is not None)
        if isinstance(item, dict)
        else str(item)
        for item in value
    )


def _safe(value: Any) -> Any:
    """Keep as text what a spreadsheet would run as a formula."""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
