"""The footprint as a table that fits a terminal: posts, gases, total, interval, and what to know of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from decarb.errors import Problem, printable
from decarb.footprint import Footprint
from decarb.inventory.shared_services import declared_lines
from decarb.language import format_number, mark, translate
from decarb.report import labels
from decarb.report.grid import aligned, decimals_of, tonnes, width_of
from decarb.report.ladder_text import rungs_text
from decarb.report.problems import problem_lines
from decarb.report.result import row_records
from decarb.reporting import GASES
from decarb.uncertainty import row_intervals

_BAR_WIDTH = 8
_NAME_WIDTH = 40

VIEW_TITLES = {
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
INTENSITIES = {
    "bed": mark("per bed"),
    "hospital_day": mark("per hospital day"),
    "stay": mark("per stay"),
    "m2": mark("per m2"),
    "fte": mark("per FTE"),
}
VIEW_GROUPS = {
    ("ghg-protocol", "1"): mark("Scope 1"),
    ("ghg-protocol", "2"): mark("Scope 2"),
    ("ghg-protocol", "3"): mark("Scope 3"),
    ("ghg-protocol", "other"): mark("Outside the scopes"),
}


@dataclass(frozen=True, slots=True)
class _Style:
    """How a table is written: language, decimals of a tonne, and whether gases have columns."""

    view: str
    language: str
    decimals: int
    gases: bool

    def word(self, message: str) -> str:
        return translate(message, self.language)

    def tonnes(self, kilograms: float) -> str:
        return tonnes(kilograms, self.language, self.decimals)

    def share(self, kilograms: float, total: float) -> str:
        return f"{format_number(kilograms / total * 100 if total else 0.0, self.language):>3} %"

    def bounds(self, interval: Sequence[float] | None) -> str:
        return f"[{self.tonnes(interval[0])} ; {self.tonnes(interval[1])}]" if interval else ""


def footprint_text(footprint: Footprint, view_name: str, language: str, width: int | None = None) -> str:
    """Table of a view in tonnes CO2e, rounded half up, with the summary, the warnings and the refusals.

    Parameters
    ----------
    width
        Columns of the terminal: where the table does not fit, gases are left to wider screens and to CSV.
    """
    intervals, whole = row_intervals(footprint, view_name)
    records = row_records(footprint, view_name, intervals)
    total = footprint.total(view_name)
    interval = (whole.low, whole.high)
    style = _Style(view_name, language, decimals_of(total), gases=True)
    table = _table(records, total, interval, style)
    if width is not None and max(map(width_of, table.splitlines())) > width:
        table = _table(records, total, interval, replace(style, gases=False))
        table += "\n" + translate("Gases: widen the terminal, or --format csv.", language)
    blocks = [
        _heading(footprint, view_name, language),
        table,
        "\n".join(absent_rows(records, language)),
        "\n".join(rungs_text(footprint, view_name, language)),
        "\n".join(summary(footprint, view_name, interval, language)),
        "\n".join(_warnings(footprint, language)),
        "\n".join(_refusals(footprint, language)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(footprint: Footprint, view_name: str, language: str) -> str:
    establishments = footprint.inventory.establishments
    first = establishments[0]
    several = translate("{count} establishments", language).format(count=len(establishments))
    name = first.name if len(establishments) == 1 else several
    partial = "  " + translate("PARTIAL: refused lines are left out", language) if footprint.is_partial else ""
    start, end = min(e.start for e in establishments), max(e.end for e in establishments)
    title = f"{printable(name)} — {start} … {end} — {translate(VIEW_TITLES[view_name], language)}{partial}"
    contrails = {e.method.get("contrails", "included") for e in establishments}
    words = {"included": translate("included", language), "excluded": translate("excluded", language)}
    options = translate("t CO2e, GWP {gwp}, contrails {contrails}, library {library}", language).format(
        gwp=footprint.binding.gwp_set,
        contrails="/".join(sorted(words[option] for option in contrails)),
        library=" + ".join(
            " ".join(filter(None, (layer.name, layer.version, layer.digest[:8]))) for layer in footprint.library.layers
        ),
    )
    return f"{title}\n{options}"


def _table(records: list[dict[str, Any]], total: float, interval: tuple[float, float], style: _Style) -> str:
    shown = [record for record in records if record["status"] == "computed"]
    largest = max((abs(record["total"]) for record in shown), default=0.0)
    rows = [_header(style)]
    for _, members in groupby(shown, key=lambda record: record["group"]):
        group = list(members)
        rows += [_row(record, total, largest, style) for record in group]
        if len(group) > 1:
            rows.append(_subtotal(group, total, style))
    biogenic = [record["co2_biogenic"] for record in shown if record["co2_biogenic"] is not None]
    beside = style.tonnes(sum(biogenic)) if biogenic else ""
    sums = [*_cells(shown, style), style.tonnes(total), "", beside, style.bounds(interval)]
    rows.append(["", style.word("TOTAL"), *sums])
    return aligned(rows, left=(0, 1, len(rows[0]) - 3))


def _header(style: _Style) -> list[str]:
    first = mark("Post") if style.view == "beges" else mark("Category")
    gases = [title for _, title in _COLUMNS] if style.gases else []
    return ["", *(style.word(title) for title in (first, *gases, *_LAST_COLUMNS))]


def _row(record: dict[str, Any], total: float, largest: float, style: _Style) -> list[str]:
    name = record["name_fr"] if style.language == "fr" else record["name_en"]
    bar = "█" * round(_BAR_WIDTH * abs(record["total"]) / largest) if largest else ""
    biogenic = record["co2_biogenic"]
    return [
        record["code"] if record["code"] != "other" else "–",
        name if len(name) <= _NAME_WIDTH else name[: _NAME_WIDTH - 1] + "…",
        *_cells([record], style),
        style.tonnes(record["total"]),
        f"{style.share(record['total'], total)} {bar}",
        style.tonnes(biogenic) if biogenic else "",
        style.bounds(record["interval_95"]),
    ]


def _subtotal(members: list[dict[str, Any]], total: float, style: _Style) -> list[str]:
    group = members[0]["group"]
    name = VIEW_GROUPS.get((style.view, group)) or mark("Category")
    title = f"= {style.word(name)}" + (f" {group}" if style.view == "beges" else "")
    amount = sum(record["total"] for record in members)
    return ["", title, *_cells(members, style), style.tonnes(amount), style.share(amount, total), "", ""]


def _cells(records: list[dict[str, Any]], style: _Style) -> list[str]:
    """Gas columns of the regulatory table; blank where no factor tells the gas apart."""
    cells = []
    for column, _ in _COLUMNS if style.gases else ():
        names = [gas.gas for gas in GASES if gas.beges_column == column]
        known = [record[name] for record in records for name in names if record[name] is not None]
        cells.append(style.tonnes(sum(known)) if known else "")
    return cells


def absent_rows(records: Sequence[Mapping[str, Any]], language: str) -> Iterator[str]:
    """Rows without lines: unknown, or excluded with their justification; never shown as zero."""
    unknown = [record["code"] for record in records if record["status"] == "no-data"]
    if unknown:
        yield translate("No line reports in {posts}: unknown, not zero.", language).format(posts=", ".join(unknown))
    for record in records:
        if record["status"] == "excluded":
            yield translate("{post} excluded: {why}", language).format(
                post=record["code"], why=printable(record["justification"])
            )


def summary(footprint: Footprint, view_name: str, interval: tuple[float, float], language: str) -> Iterator[str]:
    """What is to be known of a total: coverage, intensities, what it rests on, what stands beside it."""
    coverage = footprint.coverage
    yield translate("Lines: {computed} computed of {lines}. Sections without lines: {missing}.", language).format(
        computed=coverage["computed"],
        lines=coverage["lines"],
        missing=", ".join(translate(labels.SECTIONS[name], language) for name in coverage["sections_without_lines"])
        or translate("none", language),
    )
    if coverage["refused_documents"]:
        yield translate("Documents refused, and not in it: {count}.", language).format(
            count=coverage["refused_documents"]
        )
    if footprint.intensities:
        shown = [
            f"{format_number(value, language, 1 if value < 1000 else 0)} {translate(INTENSITIES[name], language)}"
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
        "The total is the deterministic value; the mean of random draws would be higher.",
        language,
    )
    if not interval[0] <= footprint.total(view_name) <= interval[1]:
        yield translate(
            "It lies outside of its interval, which the mean of many independent errors moves: decarb uncertainty.",
            language,
        )
    gap = footprint.gap_kgco2e
    more = mark("Sources publish {gap} t more than the sum of their parts, which is what is counted.")
    less = mark("Sources publish {gap} t less than the sum of their parts, which is what is counted.")
    if gap:
        yield translate(more if gap > 0 else less, language).format(gap=tonnes(abs(gap), language))
    yield from _memos(footprint, view_name, language)
    yield from _view_differences(footprint, view_name, language)
    if view_name == "beges":
        yield from _significance(footprint, language)
    yield from _shared(footprint, language)
    yield from _shadowed(footprint, language)


def _shared(footprint: Footprint, language: str) -> Iterator[str]:
    """What is declared as done by establishments that report it too: it is in this footprint all the same."""
    if not any(declared_lines(establishment) for establishment in footprint.inventory.establishments):
        return
    from decarb.national.sharing import net_shared_services

    flows = net_shared_services(footprint).flows
    yield translate(
        "Shared services received: {lines} lines, {amount} t. They count here; sums of establishments net them where "
        "the provider reports as well.",
        language,
    ).format(lines=sum(len(flow.rows) for flow in flows), amount=tonnes(sum(flow.kgco2e for flow in flows), language))


def _shadowed(footprint: Footprint, language: str) -> Iterator[str]:
    """Factors that a later library took over: those that lines use by name, the others by their number."""
    used = {found.factor.id for found in footprint.binding.bound if found}
    known = [entry for entry in footprint.library.shadowed if entry.split(" ")[0] in used]
    named = [entry for entry in known if " " not in entry]
    aliases = [entry for entry in known if " " in entry]
    others = len(footprint.library.shadowed) - len(known)
    if named:
        yield translate("Factors replaced by a later library: {list}.", language).format(list=", ".join(named))
    if aliases:
        yield translate("Taken from a later library (its packaged copy keeps its value): {list}.", language).format(
            list=", ".join(aliases)
        )
    if others:
        yield translate("Replaced too, and used by no line: {count} (the JSON result lists them).", language).format(
            count=format_number(others, language, 0)
        )


def _memos(footprint: Footprint, view_name: str, language: str) -> Iterator[str]:
    records = row_records(footprint, "beges", {})
    titles = {
        "outside_kyoto": mark("Beside the total, gases outside the Kyoto list: {amount} t."),
        "avoided": mark("Beside the total, avoided emissions, never netted: {amount} t."),
    }
    for name, title in titles.items():
        known = [record[name] for record in records if record[name] is not None]
        if any(known):
            yield translate(title, language).format(amount=tonnes(sum(known), language))
    market = footprint.market_based_memo()
    if market is not None and view_name == "ghg-protocol":
        yield translate("Beside the total, electricity of scope 2 market-based: {amount} t.", language).format(
            amount=tonnes(market, language)
        )
    retroceded = footprint.retroceded_lines
    if retroceded:
        yield translate(
            "Lines of retroceded medicines: {count} (purchases in 4.1, propellants used at home in 5.1).", language
        ).format(count=retroceded)


def _view_differences(footprint: Footprint, view_name: str, language: str) -> Iterator[str]:
    lines, beges, ghg = footprint.booked_otherwise
    if len(lines):
        difference = float((ghg - beges).sum())
        yield translate(
            "The GHG Protocol books {count} assets in their year of purchase: its total is {amount} t from BEGES "
            "and ISO.",
            language,
        ).format(
            count=len(lines),
            amount=("+" if difference > 0 else "") + tonnes(difference, language),
        )
    other = [record for record in row_records(footprint, view_name, {}) if record["code"] == "other"]
    if any(record["status"] == "computed" for record in other):
        yield translate("Travel of patients and visitors has no exact GHG Protocol category: shown apart.", language)


def _significance(footprint: Footprint, language: str) -> Iterator[str]:
    """Declared outcome of the significance test of indirect posts."""
    titles = {True: mark("Declared significant: {posts}."), False: mark("Declared not significant: {posts}.")}
    for significant, title in titles.items():
        posts = sorted(
            {
                entry["post"]
                for establishment in footprint.inventory.establishments
                for entry in establishment.declaration.get("significance", ())
                if entry["significant"] == significant
            }
        )
        if posts:
            yield translate(title, language).format(posts=", ".join(posts))


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
    unknown = "    " + translate("at stake: not estimable", language)
    for problem in footprint.inventory.set_aside:
        yield from (*problem_lines([problem], language), unknown)
    for refusal in footprint.binding.refusals:
        yield from problem_lines(refusal.problems, language)
        if refusal.stake_kgco2e is None:
            yield unknown
        else:
            yield "    " + translate("at stake: about {amount} t, from the spend", language).format(
                amount=tonnes(refusal.stake_kgco2e, language)
            )
