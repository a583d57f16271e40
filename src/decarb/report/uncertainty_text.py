"""How far a footprint may be from the truth, as a text and as a document."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from decarb.errors import printable
from decarb.footprint import Footprint
from decarb.language import mark
from decarb.report.grid import aligned, decimals_of
from decarb.report.words import Words
from decarb.reporting import view
from decarb.resources import data_file, read_rows
from decarb.uncertainty import Contributions, Drawn, Interval, Source, Uncertain
from decarb.uncertainty.contributions import MEASURED_GSD2

_BAR_WIDTH = 20
_NAME_WIDTH = 44
_MOST_ROWS = 40
_BINS = 40
_BLOCKS = " ▁▂▃▄▅▆▇█"
_KINDS = {"activity": mark("quantity"), "product": mark("product"), "factor": mark("factor")}
_GROUP_TITLES = {
    "post": mark("Post"),
    "establishment": mark("Establishment"),
    "region": mark("Region"),
    "line": mark("Line"),
    "total": mark("Total"),
}


def uncertainty_text(
    footprint: Footprint,
    by: str,
    groups: Uncertain,
    whole: Contributions,
    drawn: Drawn | None,
    view_name: str,
    language: str,
) -> str:
    """Interval of the total, of each group, what they rest on, and what measuring would change."""
    total = footprint.total(view_name)
    words = Words(language, decimals_of(total))
    blocks = [
        "\n".join(_opening(footprint, total, whole.interval, words)),
        _groups_table(by, groups, drawn, view_name, words) if by != "total" else "",
        "\n".join(_sources(footprint, whole, words)),
        "\n".join(_draws(drawn, words)) if drawn else "",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _opening(footprint: Footprint, total: float, interval: Interval, words: Words) -> Iterator[str]:
    if footprint.is_partial:
        yield words.say(mark("PARTIAL: refused lines are left out"))
    yield words.say(
        mark("Total {total} t CO2e, 95 % interval {bounds} t (analytic, errors of shared factors together)."),
        total=words.tonnes(total),
        bounds=words.bounds_in_tonnes(interval.low, interval.high),
    )
    if interval.high > interval.low:
        yield words.say(
            mark("It adds up the median of each figure; errors are ratios, so the mean of all that may be is higher.")
        )
    else:
        yield words.say(mark("No figure of it has an error: the interval is the total itself."))


def _groups_table(by: str, groups: Uncertain, drawn: Drawn | None, view_name: str, words: Words) -> str:
    names = _names(by, groups, view_name, words)
    order = np.argsort(-np.abs(np.nan_to_num(groups.value)), kind="stable") if by != "post" else range(len(names))
    header = [words.say(_GROUP_TITLES[by]), words.say(mark("t CO2e")), words.say(mark("95 % interval"))]
    shown = [groups]
    if drawn:
        header.append(words.say(mark("95 % of the draws")))
        shown.append(Uncertain(drawn.names, drawn.value, drawn.low, drawn.high))
    rows = [header]
    for place in islice(order, _MOST_ROWS):
        value = float(groups.value[place])
        if np.isnan(value):
            rows.append([names[place], words.say(mark("refused")), ""])
        else:
            bounds = [words.bounds_in_tonnes(float(each.low[place]), float(each.high[place])) for each in shown]
            rows.append([names[place], words.tonnes(value), *bounds])
    text = aligned(rows, left=(0,), total=False)
    hidden = len(names) - _MOST_ROWS
    if hidden > 0:
        text += "\n" + words.say(mark("… and {count} more, smaller: --format csv has them all"), count=hidden)
    return text


def _names(by: str, groups: Uncertain, view_name: str, words: Words) -> list[str]:
    if by == "region":
        titles = {row["region"]: row["name"] for row in read_rows(data_file("regions.csv"))}
        unknown = words.say(mark("(region unsaid)"))
        return [_short(f"{code} {titles.get(code, '')}") if code else unknown for code in groups.names]
    if by == "establishment":
        return [_short(name, kept=len(" 2024")) for name in groups.names]
    if by != "post":
        return [_short(name) for name in groups.names]
    titles = {row.code: row.name_fr if words.language == "fr" else row.name_en for row in view(view_name).rows}
    return [_short(f"{code} {titles[code]}") for code in groups.names]


def _short(name: str, kept: int = 0) -> str:
    """Cut a name to the width of its column, but for the `kept` last characters."""
    name = printable(name)
    end = len(name) - kept
    return name if len(name) <= _NAME_WIDTH else name[: _NAME_WIDTH - 1 - kept] + "…" + name[end:]


def _sources(footprint: Footprint, whole: Contributions, words: Words) -> Iterator[str]:
    if not whole.sources:
        return
    without = mark(
        "What it rests on: quantities {activity}, factors {factors}, both together (interaction) {interaction}."
    )
    within = mark(
        "What it rests on: quantities {activity}, factors {factors}, products within a mean {products}, "
        "together (interaction) {interaction}."
    )
    yield words.say(
        within if whole.products else without,
        activity=words.percent(whole.activity),
        factors=words.percent(whole.factors),
        products=words.percent(whole.products),
        interaction=words.percent(whole.interaction),
    )
    several = len(footprint.inventory.establishments) > 1
    titles = (mark("Share"), mark("What to measure better"), mark("t CO2e"), mark("GSD2"))
    share, figure, emissions, gsd2 = (words.say(title) for title in titles)
    rows = [[share, "", figure, emissions, gsd2]]
    for source in whole.sources:
        bar = "█" * max(1, round(_BAR_WIDTH * source.share))
        name = _source_name(footprint, source, words, several)
        spread = words.number(source.gsd2, 2)
        rows.append([words.percent(source.share), bar, name, words.tonnes(source.emissions_kgco2e), spread])
    yield aligned(rows, left=(1, 2), total=False)
    yield _if_measured(whole, words)


def _if_measured(whole: Contributions, words: Words) -> str:
    unsure = sum(round(source.gsd2, 9) > MEASURED_GSD2 for source in whole.sources)
    percent = words.number((MEASURED_GSD2 - 1) * 100)
    if not unsure:
        return words.say(mark("They are known to ±{percent} % or better already."), percent=percent)
    if unsure < len(whole.sources):
        message = mark(
            "If you measured the less sure of them ({count}) to ±{percent} %, "
            "the interval {before} t would become {after} t."
        )
    elif unsure == 1:
        message = mark("If you measured it to ±{percent} %, the interval {before} t would become {after} t.")
    else:
        message = mark("If you measured these {count} to ±{percent} %, the interval {before} t would become {after} t.")
    before, after = (words.bounds_in_tonnes(each.low, each.high) for each in (whole.interval, whole.measured))
    return words.say(message, count=unsure, percent=percent, before=before, after=after)


def _source_name(footprint: Footprint, source: Source, words: Words, several: bool) -> str:
    kind = words.say(_KINDS[source.kind])
    if source.line is None:
        count = words.number(source.lines)
        lines = words.say(mark("1 line") if source.lines == 1 else mark("{count} lines"), count=count)
        return f"{kind} {printable(source.name)} ({lines})"
    place = f"{footprint.inventory.file(source.line)} " if several else ""
    return f"{kind} {printable(place)}[{printable(source.name)}] {footprint.inventory.pointer(source.line)}"


def _draws(drawn: Drawn, words: Words) -> Iterator[str]:
    yield words.say(
        mark("{draws} draws (seed {seed}): 95 % within {bounds} t, median {median} t, mean {mean} t."),
        draws=words.number(drawn.draws),
        seed=drawn.seed,
        bounds=words.bounds_in_tonnes(float(drawn.low[-1]), float(drawn.high[-1])),
        median=words.tonnes(float(drawn.median[-1])),
        mean=words.tonnes(float(drawn.mean[-1])),
    )
    yield words.say(
        mark("Each line's quantity was drawn.")
        if drawn.by_line
        else mark("One error of the quantities of each establishment was drawn, with the variance of its lines'.")
    )
    low, high = np.quantile(drawn.total, (0.001, 0.999))
    if high > low:
        counts, _ = np.histogram(drawn.total, _BINS, (low, high))
        bars = "".join(_BLOCKS[int(np.ceil(count / counts.max() * (len(_BLOCKS) - 1)))] for count in counts)
        yield f"{words.tonnes(float(low))} t {bars} {words.tonnes(float(high))} t"


def uncertainty_document(
    footprint: Footprint, by: str, groups: Uncertain, whole: Contributions, drawn: Drawn | None, view_name: str
) -> dict[str, Any]:
    """All of it as data [kg CO2e]; keys and codes are never translated."""
    return {
        "options": {"view": view_name, "by": by, "gwp_set": footprint.binding.gwp_set},
        "partial": footprint.is_partial,
        "library": {"digest": footprint.library.digest},
        "total_kgco2e": footprint.total(view_name),
        "interval_95_kgco2e": [whole.interval.low, whole.interval.high],
        "variance_shares": {
            "activity": whole.activity,
            "factors": whole.factors,
            "products": whole.products,
            "interaction": whole.interaction,
        },
        "sources": [
            {
                "kind": source.kind,
                "name": source.name,
                "file": None if source.line is None else footprint.inventory.file(source.line),
                "pointer": None if source.line is None else footprint.inventory.pointer(source.line),
                "lines": source.lines,
                "kgco2e": source.emissions_kgco2e,
                "gsd2": source.gsd2,
                "variance_share": source.share,
            }
            for source in whole.sources
        ],
        "measured": {"gsd2": MEASURED_GSD2, "interval_95_kgco2e": [whole.measured.low, whole.measured.high]},
        "groups": group_records(footprint, by, groups, drawn),
        "draws": drawn_record(drawn) if drawn else None,
    }


def group_records(footprint: Footprint, by: str, groups: Uncertain, drawn: Drawn | None = None) -> list[dict[str, Any]]:
    """Each group with its value and its bounds, and those of the draws where there are [kg CO2e]; None if refused.

    A line also says whose it is: its id is its own within its document alone.
    """
    records = []
    establishments = footprint.inventory.establishments
    for place, name in enumerate(groups.names):
        refused = bool(np.isnan(groups.value[place]))
        record: dict[str, Any] = {"name": name}
        if by == "line":
            whose = establishments[footprint.inventory.establishment[place]]
            record |= {"establishment": whose.name, "start": whose.start}
        record |= {
            "kgco2e": None if refused else float(groups.value[place]),
            "low": None if refused else float(groups.low[place]),
            "high": None if refused else float(groups.high[place]),
        }
        if drawn:
            record |= {"drawn_low": float(drawn.low[place]), "drawn_high": float(drawn.high[place])}
        records.append(record)
    return records


def drawn_record(drawn: Drawn) -> dict[str, Any]:
    """Draws of the total [kg CO2e]."""
    return {
        "draws": drawn.draws,
        "seed": drawn.seed,
        "activity_errors": "line" if drawn.by_line else "group",
        "low": float(drawn.low[-1]),
        "median": float(drawn.median[-1]),
        "mean": float(drawn.mean[-1]),
        "high": float(drawn.high[-1]),
    }
