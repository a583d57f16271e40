"""The figures of a whole sector: to read, as a document for JSON, as records for CSV."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from decarb import __version__
from decarb.footprint import Footprint
from decarb.language import mark
from decarb.national.aggregating import NAMES
from decarb.national.secrecy import FEWEST_ENTITIES, LARGEST_SHARE
from decarb.national.sector import SectorEstimate
from decarb.report.dimension_names import dimension_names
from decarb.report.grid import aligned, decimals_of
from decarb.report.problems import problem_lines
from decarb.report.words import Words

FORMAT = "1.0"
_MODERATE_RESPONDENTS = 30
"""Respondents from which the interval of a stratum of mild skew holds the truth as often as it says (METHOD 8)."""
_MOST_OUTLIERS = 10

PER = {
    "beds": mark("beds"),
    "places": mark("places"),
    "stays": mark("stays"),
    "days": mark("hospital days"),
    "headcount": mark("persons employed"),
    "fte": mark("full-time equivalents"),
    "floor_area_m2": mark("m2"),
}


def estimate_text(footprint: Footprint, sector: SectorEstimate, language: str) -> str:
    """Figures [t CO2e]: in all, by post, by group, by stratum; what they rest on, and what they do not tell."""
    largest = float(np.nanmax(np.abs(sector.found.total), initial=0.0))
    words = Words(language, decimals_of(largest))
    blocks = [
        "\n".join(_heading(footprint, sector, words)),
        _in_all(sector, words),
        _posts(sector, words),
        _groups(sector, words),
        _strata(sector, words),
        "\n".join(_outliers(sector, words)),
        _what_if(sector, words),
        "\n".join(_notes(sector, words)),
        "\n".join(problem_lines(sector.warnings, language)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(footprint: Footprint, sector: SectorEstimate, words: Words) -> Iterator[str]:
    whole = words.say(mark("The whole sector"))
    yield f"{whole} — {sector.year} — {words.say(mark('t CO2e'))}, GWP {footprint.binding.gwp_set}, {sector.view}"
    if footprint.is_partial:
        yield words.say(mark("PARTIAL: refused lines are left out"))
    if sector.strangers:
        yield words.say(mark("PARTIAL: documents of nobody in the register are left out"))
    cover = sector.coverage
    yield words.say(
        mark("Reported: {sites} of {all_sites} sites, with {share} of {size} {per}."),
        sites=words.number(cover.sites_reported),
        all_sites=words.number(cover.sites),
        share=words.percent(cover.size_reported / cover.size if cover.size else 0.0),
        size=words.number(cover.size),
        per=words.say(PER[sector.per]),
    )
    yield words.say(
        mark("Legal entities: {whole} of {entities} reported in whole, {part} in part."),
        whole=words.number(cover.entities_reported),
        entities=words.number(cover.entities),
        part=words.number(cover.entities_in_part),
    )


def _in_all(sector: SectorEstimate, words: Words) -> str:
    found = sector.found
    hidden = sector.withheld is not None and bool(sector.withheld.posts[-1])
    none = ""
    rows = [["", words.say(mark("t CO2e")), words.say(mark("95 % interval"))]]
    estimated = words.bounds_in_tonnes(float(found.estimated_low[-1]), float(found.estimated_high[-1]))
    total = words.bounds_in_tonnes(float(found.low[-1]), float(found.high[-1]))
    for name, value, bounds in (
        (mark("Reported"), found.reported[-1], none),
        (mark("Estimated for those who did not, and for what was left out"), found.estimated[-1], estimated),
        (mark("TOTAL"), found.total[-1], total),
    ):
        shown = words.say(mark("withheld")) if hidden else words.tonnes(float(value))
        rows.append([words.say(name), shown, none if hidden else bounds])
    return aligned(rows, left=(0,))


def _posts(sector: SectorEstimate, words: Words) -> str:
    found = sector.found
    heads = (
        mark("Post"),
        mark("Reported"),
        mark("Estimated"),
        mark("Total"),
        mark("95 % interval"),
        mark("Reports that cover it"),
    )
    rows = [[words.say(head) for head in heads]]
    names = dimension_names("post", found.posts[:-1], sector.view, words)
    for post, name in enumerate([*names, words.say(mark("TOTAL"))]):
        hidden = sector.withheld is not None and bool(sector.withheld.posts[post])
        figures = [found.reported[post], found.estimated[post], found.total[post]]
        bounds = float(found.low[post]), float(found.high[post])
        covering = f"{words.number(int(found.covering[post]))} / {words.number(found.units_reported)}"
        rows.append([name, *_figures(figures, bounds, words, hidden=hidden), covering])
    return aligned(rows, left=(0,))


def _figures(figures: Sequence[float], bounds: tuple[float, float], words: Words, *, hidden: bool) -> list[str]:
    """Cells of reported, estimated, total and interval."""
    if hidden:
        return [words.say(mark("withheld"))] * len(figures) + [""]
    shown = ["–" if np.isnan(figure) else words.tonnes(float(figure)) for figure in figures]
    return [*shown, "" if np.isnan(bounds[0]) else words.bounds_in_tonnes(*bounds)]


def _groups(sector: SectorEstimate, words: Words) -> str:
    if not sector.by:
        return ""
    found = sector.found
    heads = (
        mark("Reported"),
        mark("Estimated"),
        mark("Total"),
        mark("95 % interval"),
        mark("Units that reported"),
    )
    rows = [[words.say(NAMES[sector.by]), *(words.say(head) for head in heads)]]
    names = dimension_names(sector.by, [group.name for group in found.groups], sector.view, words)
    for number, (group, name) in enumerate(zip(found.groups, names, strict=True)):
        hidden = sector.withheld is not None and bool(sector.withheld.groups[number])
        figures = [group.reported, group.estimated, group.total]
        reported = f"{words.number(group.units_reported)} / {words.number(group.units)}"
        rows.append([name, *_figures(figures, (group.low, group.high), words, hidden=hidden), reported])
    return aligned(rows, left=(0,), total=False)


def _strata(sector: SectorEstimate, words: Words) -> str:
    """Strata in which somebody is missing, and how sure their interval is."""
    heads = (
        mark("Stratum"),
        mark("Reported"),
        mark("Units"),
        mark("Missing"),
        mark("kg CO2e per unit of size"),
        mark("Estimated"),
        mark("± 95 %"),
    )
    rows = [[words.say(head) for head in heads]]
    for number, stratum in enumerate(sector.found.strata):
        if not stratum.size_missing:
            continue
        hidden = sector.withheld is not None and bool(sector.withheld.strata[number])
        few = " *" if stratum.respondents < _MODERATE_RESPONDENTS else ""
        spread = _spread(stratum.respondents, stratum.variance, stratum.estimated, words)
        rows.append(
            [
                stratum.name,
                words.number(stratum.respondents) + few,
                words.number(stratum.units),
                words.number(stratum.size_missing),
                *(
                    [words.say(mark("withheld")), "", ""]
                    if hidden
                    else [words.significant(stratum.ratio, 3), words.tonnes(stratum.estimated), spread]
                ),
            ]
        )
    if len(rows) == 1:
        return ""
    text = aligned(rows, left=(0,), total=False)
    if any("*" in row[1] for row in rows):
        text += "\n" + words.say(
            mark(
                "* fewer than {count} reported: the interval holds the truth less often than 95 times in 100 where "
                "sizes differ much (docs/estimation.md: 85 to 94)."
            ),
            count=_MODERATE_RESPONDENTS,
        )
    return text


def _spread(respondents: int, variance: float, estimated: float, words: Words) -> str:
    from decarb.national.student import student_t_97_5

    if not estimated or respondents < 2:
        return ""
    return words.percent(student_t_97_5(respondents - 1) * variance**0.5 / abs(estimated))


def _outliers(sector: SectorEstimate, words: Words) -> Iterator[str]:
    if not sector.outliers:
        return
    if sector.withheld is not None:
        yield words.say(
            mark("Unlike their like: {count} reports, to be reviewed: --no-secrecy names them."),
            count=words.number(len(sector.outliers)),
        )
        return
    yield words.say(mark("Unlike their like, to be reviewed; none is taken out (--unlike once reviewed and right):"))
    shown = sector.outliers[:_MOST_OUTLIERS]
    yield from problem_lines([outlier.problem() for outlier in shown], words.language)
    if len(sector.outliers) > len(shown):
        rest = words.number(len(sector.outliers) - len(shown))
        yield words.say(mark("and {count} more: --format json"), count=rest)


def _what_if(sector: SectorEstimate, words: Words) -> str:
    if sector.withheld is not None and sector.withheld.posts[-1]:
        return ""
    rows = [[words.say(mark("If those missing emit, per unit of size,")), words.say(mark("Total")), ""]]
    for scenario in sector.sensitivity.scenarios:
        name = words.say(mark("{times} times what their like do"), times=words.significant(scenario.multiplier, 3))
        rows.append([name, words.tonnes(scenario.total), words.bounds_in_tonnes(scenario.low, scenario.high)])
    text = aligned(rows, left=(0,), total=False)
    if sector.as_zero != float(sector.found.total[-1]):
        text += "\n" + words.say(
            mark("If what reports leave out were zero: {total}."), total=words.tonnes(sector.as_zero)
        )
    return text


def _notes(sector: SectorEstimate, words: Words) -> Iterator[str]:
    if sector.flows:
        yield words.say(
            mark("Shared services: {count} were declared, {netted} of which are counted once, by their provider."),
            count=words.number(len(sector.flows)),
            netted=words.number(sum(flow.is_netted for flow in sector.flows)),
        )
    yield words.say(mark("Response is assumed ignorable within a stratum: nothing in the data can check it."))
    if sector.withheld is not None:
        hidden = sum(
            int(each.sum()) for each in (sector.withheld.posts, sector.withheld.strata, sector.withheld.groups)
        )
        if hidden:
            yield words.say(
                mark(
                    "Withheld: {count} figures of fewer than {fewest} legal entities, or of which one has more than "
                    "{share}, and those that they would follow from."
                ),
                count=words.number(hidden),
                fewest=FEWEST_ENTITIES,
                share=words.percent(LARGEST_SHARE),
            )
    else:
        yield words.say(mark("Statistical secrecy is not applied: not to be published."))
    yield words.say(
        mark(
            "Scope 3 of one establishment is in part scope 1 of another: the sum is not the footprint of the health "
            "system, and is never set equal to the 49 Mt of the 2023 report, which covers town care too."
        )
    )


# ---------------------------------------------------------------- as data


def estimate_document(footprint: Footprint, sector: SectorEstimate, language: str = "en") -> dict[str, Any]:
    """Everything that may be shown, unrounded [kg CO2e]."""
    cover = sector.coverage
    return {
        "format": FORMAT,
        "engine": {"decarb": __version__},
        "library": {"digest": footprint.library.digest},
        "options": {
            "year": sector.year,
            "view": sector.view,
            "gwp_set": footprint.binding.gwp_set,
            "per": sector.per,
            "by": sector.by or None,
            "secrecy": {"fewest_entities": FEWEST_ENTITIES, "largest_share": LARGEST_SHARE}
            if sector.withheld is not None
            else None,
        },
        "partial": footprint.is_partial or bool(sector.strangers),
        "coverage": {
            "size_reported": cover.size_reported,
            "size": cover.size,
            "sites_reported": cover.sites_reported,
            "sites": cover.sites,
            "entities_reported": cover.entities_reported,
            "entities_in_part": cover.entities_in_part,
            "entities": cover.entities,
        },
        "figures": estimate_records(sector),
        "strata": list(_stratum_records(sector)),
        "joined": [
            {
                "name": one.name,
                "respondents": one.respondents,
                "units": one.units,
                "into": one.into,
                "shared": one.shared,
            }
            for one in sector.found.joined
        ],
        **_single_figures(sector),
        "shared_services": {
            "declared": len(sector.flows),
            "netted": sum(flow.is_netted for flow in sector.flows),
        },
        "warnings": [problem.to_dict(language) for problem in sector.warnings],
    }


def estimate_records(sector: SectorEstimate) -> list[dict[str, Any]]:
    """One record for the total, each post and each group; ``status`` is shown, withheld or not-estimated."""
    found, withheld = sector.found, sector.withheld
    records = []
    for post in (len(found.posts) - 1, *range(len(found.posts) - 1)):
        values = [found.reported[post], found.estimated[post], found.total[post], found.low[post], found.high[post]]
        hidden = withheld is not None and bool(withheld.posts[post])
        kind, name = ("total", "") if post == len(found.posts) - 1 else ("post", found.posts[post])
        records.append(_record(kind, name, values, int(found.covering[post]), found.units_reported, hidden=hidden))
    for number, group in enumerate(found.groups):
        values = [group.reported, group.estimated, group.total, group.low, group.high]
        hidden = withheld is not None and bool(withheld.groups[number])
        records.append(_record(sector.by, group.name, values, group.units_reported, group.units, hidden=hidden))
    return records


def _record(kind: str, name: str, values: Sequence[float], some: int, every: int, *, hidden: bool) -> dict[str, Any]:
    status = "withheld" if hidden else "not-estimated" if np.isnan(values[1]) else "shown"
    keys = ("reported_kgco2e", "estimated_kgco2e", "total_kgco2e", "low_kgco2e", "high_kgco2e")
    shown = {key: None if hidden or np.isnan(value) else float(value) for key, value in zip(keys, values, strict=True)}
    return {"kind": kind, "name": name, "status": status, **shown, "count": some, "of": every}


def _stratum_records(sector: SectorEstimate) -> Iterator[dict[str, Any]]:
    for number, one in enumerate(sector.found.strata):
        hidden = sector.withheld is not None and bool(sector.withheld.strata[number])
        values = {"estimated_kgco2e": one.estimated, "ratio_kgco2e": one.ratio, "variance_kgco2e2": one.variance}
        yield {
            "name": one.name,
            "units": one.units,
            "respondents": one.respondents,
            "size_known": one.size_known,
            "size_missing": one.size_missing,
            "status": "withheld" if hidden else "shown",
            **{key: None if hidden or np.isnan(value) else value for key, value in values.items()},
        }


def _single_figures(sector: SectorEstimate) -> dict[str, Any]:
    """What is shown only where the total is, and of single establishments only where nothing is secret."""
    found: dict[str, Any] = {}
    if sector.withheld is None or not sector.withheld.posts[-1]:
        found["sensitivity"] = [
            {
                "multiplier": one.multiplier,
                "estimated_kgco2e": one.estimated,
                "total_kgco2e": one.total,
                "low_kgco2e": one.low,
                "high_kgco2e": one.high,
            }
            for one in sector.sensitivity.scenarios
        ]
        found["total_if_left_out_were_zero_kgco2e"] = sector.as_zero
    if sector.withheld is None:
        found["outliers"] = [
            {
                "finess": one.unit,
                "stratum": one.stratum,
                "ratio_kgco2e": one.ratio,
                "median_kgco2e": one.median,
                "score": one.score if np.isfinite(one.score) else None,
                "effect_kgco2e": one.effect_kgco2e,
            }
            for one in sector.outliers
        ]
    else:
        found["outliers_to_review"] = len(sector.outliers)
    return found
