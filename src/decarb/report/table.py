"""The footprint as a table that fits a terminal: posts, gases, total, interval, and what to know of them."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from decarb.errors import Problem
from decarb.footprint import Footprint
from decarb.language import format_number, mark, translate
from decarb.report import labels
from decarb.report.problems import problem_lines
from decarb.report.result import row_records
from decarb.reporting import GASES
from decarb.uncertainty import row_intervals

_BAR_WIDTH = 8
_NAME_WIDTH = 40

_TITLES = {
    "beges": mark("BEGES-R v5"),
    "ghg-protocol": mark("GHG Protocol"),
    "iso": mark("ISO 14064-1:2018"),
}
_COLUMNS = (
    ("CO2", mark("CO2")),
    ("CH4", mark("CH4")),
    ("N2O", mark("N2O")),
    ("other", mark("Other gases")),
    ("unsplit", mark("Not split")),
)
_LAST_COLUMNS = (mark("Total"), mark("Share"), mark("CO2 b"), mark("95 % interval"))
_INTENSITIES = {
    "bed": mark("per bed"),
    "hospital_day": mark("per hospital day"),
    "stay": mark("per stay"),
    "m2": mark("per m2"),
    "fte": mark("per FTE"),
}
_GROUPS = {
    ("ghg-protocol", "1"): mark("Scope 1"),
    ("ghg-protocol", "2"): mark("Scope 2"),
    ("ghg-protocol", "3"): mark("Scope 3"),
    ("ghg-protocol", "other"): mark("Outside the scopes"),
}


def footprint_text(footprint: Footprint, view_name: str, language: str) -> str:
    """Table of a view in tonnes CO2e, rounded half up, with the summary, the warnings and the refusals."""
    intervals, whole = row_intervals(footprint, view_name)
    records = row_records(footprint, view_name, intervals)
    blocks = [
        _heading(footprint, view_name, language),
        _table(records, footprint.total(view_name), (whole.low, whole.high), view_name, language),
        "\n".join(_absent(records, language)),
        "\n".join(_summary(footprint, view_name, language)),
        "\n".join(_warnings(footprint, language)),
        "\n".join(_refusals(footprint, language)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(footprint: Footprint, view_name: str, language: str) -> str:
    establishments = footprint.inventory.establishments
    first = establishments[0]
    name = first.name if len(establishments) == 1 else f"{len(establishments)} × …"
    partial = "  " + translate("PARTIAL: refused lines are left out", language) if footprint.is_partial else ""
    title = f"{name} — {first.start} … {first.end} — {translate(_TITLES[view_name], language)}{partial}"
    contrails = {e.method.get("contrails", "included") for e in establishments}
    words = {"included": translate("included", language), "excluded": translate("excluded", language)}
    options = translate("t CO2e, GWP {gwp}, contrails {contrails}, library {library}", language).format(
        gwp=footprint.binding.gwp_set,
        contrails="/".join(sorted(words[option] for option in contrails)),
        library=" + ".join(f"{layer.name} {layer.digest[:8]}" for layer in footprint.library.layers),
    )
    return f"{title}\n{options}"


def _table(
    records: list[dict[str, Any]],
    total: float,
    interval: tuple[float, float],
    view_name: str,
    language: str,
) -> str:
    header = ["", translate("Post", language) if view_name == "beges" else translate("Category", language)]
    header += [translate(title, language) for _, title in _COLUMNS]
    header += [translate(word, language) for word in _LAST_COLUMNS]
    decimals = _decimals(total)
    rows: list[list[str]] = []
    shown = [record for record in records if record["status"] == "computed"]
    largest = max((abs(record["total"]) for record in shown), default=0.0)
    groups = Counter(record["group"] for record in shown)
    for position, record in enumerate(shown):
        rows.append(_row(record, total, largest, decimals, language))
        last_of_group = position + 1 == len(shown) or shown[position + 1]["group"] != record["group"]
        if last_of_group and view_name != "iso" and groups[record["group"]] > 1:
            members = [other for other in shown if other["group"] == record["group"]]
            name = _GROUPS.get((view_name, record["group"])) or mark("Category")
            title = translate(name, language) + (f" {record['group']}" if view_name == "beges" else "")
            rows.append(
                [
                    "",
                    f"= {title}",
                    *_cells(members, decimals, language),
                    *_totals(members, total, decimals, language),
                    "",
                    "",
                ]
            )
    sums = _cells(shown, decimals, language)
    memo = _tonnes(sum(record["co2_biogenic"] or 0.0 for record in shown), language, decimals)
    bounds = f"[{_tonnes(interval[0], language, decimals)} ; {_tonnes(interval[1], language, decimals)}]"
    rows.append(["", translate("TOTAL", language), *sums, _tonnes(total, language, decimals), "", memo, bounds])
    return _aligned([header, *rows])


def _row(record: dict[str, Any], total: float, largest: float, decimals: int, language: str) -> list[str]:
    interval = record["interval_95"]
    bounds = (
        f"[{_tonnes(interval[0], language, decimals)} ; {_tonnes(interval[1], language, decimals)}]" if interval else ""
    )
    name = record["name_fr"] if language == "fr" else record["name_en"]
    share = record["total"] / total if total else 0.0
    bar = "█" * round(_BAR_WIDTH * abs(record["total"]) / largest) if largest else ""
    biogenic = record["co2_biogenic"]
    return [
        record["code"] if record["code"] != "other" else "–",
        name if len(name) <= _NAME_WIDTH else name[: _NAME_WIDTH - 1] + "…",
        *_cells([record], decimals, language),
        _tonnes(record["total"], language, decimals),
        f"{format_number(share * 100, language):>3} % {bar}",
        _tonnes(biogenic, language, decimals) if biogenic else "",
        bounds,
    ]


def _cells(records: list[dict[str, Any]], decimals: int, language: str) -> list[str]:
    """Gas columns of the regulatory table; blank where no factor tells the gas apart."""
    cells = []
    for column, _ in _COLUMNS:
        names = [gas.gas for gas in GASES if gas.beges_column == column]
        known = [record[name] for record in records for name in names if record[name] is not None]
        cells.append(_tonnes(sum(known), language, decimals) if known else "")
    return cells


def _totals(members: list[dict[str, Any]], total: float, decimals: int, language: str) -> list[str]:
    amount = sum(record["total"] for record in members)
    share = amount / total * 100 if total else 0.0
    return [_tonnes(amount, language, decimals), f"{format_number(share, language):>3} %"]


def _decimals(total_kgco2e: float) -> int:
    """One decimal of a tonne; none in a total of ten thousand tonnes and more."""
    return 0 if abs(total_kgco2e) >= 1e7 else 1


def _tonnes(kilograms: float, language: str, decimals: int = 1) -> str:
    """Kilograms shown in tonnes; an amount too small for the decimals shows as less than, never as zero."""
    tonnes = kilograms / 1000
    shown = format_number(tonnes, language, decimals)
    if tonnes and shown == format_number(0.0, language, decimals):
        sign = "<" if tonnes > 0 else ">-"
        return sign + format_number(10.0**-decimals, language, decimals)
    return shown


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    left = {0, 1, 8}
    lines = []
    for number, row in enumerate(rows):
        cells = [
            cell + " " * (width - _width(cell)) if column in left else " " * (width - _width(cell)) + cell
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
        if number == 0 or number == len(rows) - 2:
            lines.append("─" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))


def _absent(records: list[dict[str, Any]], language: str) -> Iterator[str]:
    """Rows without lines: unknown, or excluded with their justification; never shown as zero."""
    unknown = [record["code"] for record in records if record["status"] == "no-data"]
    if unknown:
        yield translate("No line reports in {posts}: unknown, not zero.", language).format(posts=", ".join(unknown))
    for record in records:
        if record["status"] == "excluded":
            yield translate("{post} excluded: {why}", language).format(post=record["code"], why=record["justification"])


def _summary(footprint: Footprint, view_name: str, language: str) -> Iterator[str]:
    coverage = footprint.coverage
    yield translate("Lines: {computed} computed of {lines}. Sections without lines: {missing}.", language).format(
        computed=coverage["computed"],
        lines=coverage["lines"],
        missing=", ".join(translate(labels.SECTIONS[name], language) for name in coverage["sections_without_lines"])
        or translate("none", language),
    )
    if footprint.intensities:
        shown = [
            f"{format_number(value, language, 1 if value < 1000 else 0)} {translate(_INTENSITIES[name], language)}"
            for name, value in footprint.intensities.items()
        ]
        yield translate("Intensity (kg CO2e): {list}.", language).format(list=" · ".join(shown))
    if footprint.monetary_share is not None:
        yield translate("Still monetary: {monetary} % of the total.", language).format(
            monetary=format_number(footprint.monetary_share * 100, language, 1)
        )
    if footprint.share_not_restated is not None:
        yield translate(
            "Not restated to {gwp}: {share} % of the total keeps the GWP set its source used.", language
        ).format(
            gwp=footprint.binding.gwp_set,
            share=format_number(footprint.share_not_restated * 100, language, 1),
        )
    yield translate(
        "Sources publish {gap} t beyond the sum of their parts, which is what is counted.", language
    ).format(gap=_tonnes(footprint.gap_kgco2e, language))
    yield from _memos(footprint, language)
    yield from _view_differences(footprint, view_name, language)
    shadowed = footprint.library.shadowed
    if shadowed:
        yield translate("Factors replaced by a later library: {list}.", language).format(list=", ".join(shadowed))


def _memos(footprint: Footprint, language: str) -> Iterator[str]:
    records = row_records(footprint, "beges", {})
    titles = {
        "outside_kyoto": mark("Beside the total, gases outside the Kyoto list: {amount} t."),
        "avoided": mark("Beside the total, avoided emissions, never netted: {amount} t."),
    }
    for name, title in titles.items():
        known = [record[name] for record in records if record[name] is not None]
        if any(known):
            yield translate(title, language).format(amount=_tonnes(sum(known), language))
    market = footprint.market_based_memo()
    if market is not None:
        yield translate("Beside the total, electricity of scope 2 market-based: {amount} t.", language).format(
            amount=_tonnes(market, language)
        )
    retroceded = sum(bool(remarks.get("retroceded")) for remarks in footprint.inventory.remarks.values())
    if retroceded:
        yield translate("Lines of retroceded medicines, kept in 4.1: {count}.", language).format(count=retroceded)


def _view_differences(footprint: Footprint, view_name: str, language: str) -> Iterator[str]:
    differences = footprint.differences()
    if differences:
        yield translate(
            "The GHG Protocol books {count} assets in their year of purchase: its total is {amount} t from BEGES "
            "and ISO.",
            language,
        ).format(
            count=len(differences),
            amount=("+" if (total := sum(d["difference_kgco2e"] for d in differences)) > 0 else "")
            + _tonnes(total, language),
        )
    if view_name == "ghg-protocol":
        yield translate("Travel of patients and visitors has no exact GHG Protocol category: shown apart.", language)


def _warnings(footprint: Footprint, language: str) -> Iterator[str]:
    """One warning per kind, with how many more lines share it; ``decarb validate`` lists them all."""
    of_kind: dict[str, list[Problem]] = {}
    for warning in footprint.warnings:
        of_kind.setdefault(warning.code, []).append(warning)
    summed = [warnings[0].at(count=sum(warning.count for warning in warnings)) for warnings in of_kind.values()]
    yield from problem_lines(summed, language)
    if any(len(warnings) > 1 for warnings in of_kind.values()):
        yield translate("decarb validate lists every warning.", language)


def _refusals(footprint: Footprint, language: str) -> Iterator[str]:
    for refusal in footprint.binding.refusals:
        yield from problem_lines(refusal.problems, language)
        if refusal.stake_kgco2e is None:
            yield "    " + translate("at stake: not estimable", language)
        else:
            yield "    " + translate("at stake: about {amount} t, from the spend", language).format(
                amount=_tonnes(refusal.stake_kgco2e, language)
            )
