"""A comparison of devices as a text and as a document."""

import math
from collections.abc import Iterator
from typing import Any

from decarb.devices import Break, Compared, OptionResult
from decarb.devices.comparing import STATUSES
from decarb.errors import printable
from decarb.language import mark
from decarb.report.grid import aligned
from decarb.report.problems import problem_lines
from decarb.report.words import Words

_BAR_WIDTH = 40
_KINDS = {
    "single_use": mark("used once"),
    "reusable": mark("reusable"),
    "reprocessed": mark("reprocessed"),
}
_STAGES = {
    "manufacture": mark("manufacture"),
    "end_of_life": mark("end of life"),
    "reprocessing": mark("sterilisation or reprocessing"),
    "repair": mark("repair"),
    "each_use": mark("each use"),
}


def comparison_text(compared: Compared, language: str) -> str:
    """Emissions per use, break-evens, the course with the number of uses, and what each figure rests on."""
    words = Words(language)
    blocks = [
        "\n".join(_opening(compared, words)),
        _table(compared, words),
        "\n".join(line for found in compared.breaks for line in _break_lines(compared, found, words)),
        *("\n".join(_chart(compared, result, words)) for result in compared.results if len(result.curve) > 1),
        "\n".join(_bases(compared, words)),
        "\n".join(problem_lines(compared.comparison.warnings, language)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _opening(compared: Compared, words: Words) -> Iterator[str]:
    comparison = compared.comparison
    yield printable(comparison.name)
    yield words.say(mark("Per use: {use}. Year {year}."), use=printable(comparison.use), year=comparison.year)


def _table(compared: Compared, words: Words) -> str:
    titles = (mark("Option"), mark("Kind"), mark("Uses"), mark("kg CO2e per use"), mark("95 % interval"))
    rows = [[words.say(title) for title in titles]]
    for result in compared.results:
        option = result.option
        bounds = words.bounds_in_kilograms(result.low, result.high)
        kind = words.say(_KINDS[option.kind])
        rows.append([printable(option.name), kind, words.whole(option.uses), words.kilograms(result.value), bounds])
        for stage, value in result.stages.items() if len(result.stages) > 1 else ():
            rows.append([f"  {words.say(_STAGES[stage])}", "", "", words.kilograms(value), ""])
    return aligned(rows, left=(0, 1), total=False)


def _break_lines(compared: Compared, found: Break, words: Words) -> Iterator[str]:
    options = {result.option.id: result.option for result in compared.results}
    option, against = options[found.option], options[found.against]
    uses = words.whole(found.uses) if found.uses else ""
    status = words.say(STATUSES[found.status], uses=uses, limit=words.whole(option.maximum_uses))
    yield words.say(
        mark("{option} against {against}: {status}."),
        option=printable(option.name),
        against=printable(against.name),
        status=status,
    )
    if math.isinf(found.low):
        break_even = words.say(mark("no draw has a break-even"))
    else:
        bounds = words.bounds(words.whole(found.low), words.whole(found.high))
        break_even = words.say(mark("95 % of the break-evens within {bounds} uses"), bounds=bounds)
    yield "  " + words.say(
        mark("At {uses} uses it emits less in {probability} of {draws} draws (seed {seed}); {break_even}."),
        uses=words.whole(option.uses),
        probability=words.percent(found.probability_lower),
        draws=words.number(compared.draws),
        seed=compared.seed,
        break_even=break_even,
    )
    if found.without:
        yield "  " + words.say(
            mark("In {share} of the draws there is no break-even within the maker's limit of {limit} uses."),
            share=words.percent(found.without),
            limit=words.whole(option.maximum_uses),
        )


def _chart(compared: Compared, result: OptionResult, words: Words) -> Iterator[str]:
    """Bars of emissions per use by number of uses, on a logarithmic scale, with those of devices used once."""
    yield words.say(
        mark("{option}: kg CO2e per use, by number of uses (bars on a logarithmic scale)"),
        option=printable(result.option.name),
    )
    single = [each for each in compared.results if each.option.kind == "single_use"]
    highest = max(value for _, value in (*result.curve, *((1, each.value) for each in single)))
    lowest = min(value for _, value in (*result.curve, *((1, each.value) for each in single)))
    rows = [
        *((words.whole(uses), value, "█") for uses, value in result.curve),
        *((printable(each.option.id), each.value, "░") for each in single),
    ]
    width = max(len(name) for name, _, _ in rows)
    for name, value, block in rows:
        yield f"{name:>{width}} {block * _bar(value, lowest, highest)} {words.kilograms(value)}"


def _bar(value: float, lowest: float, highest: float) -> int:
    """Width of a bar: a decade is the same everywhere, and the smallest value has a fifth of the largest."""
    if value <= 0 or lowest <= 0 or highest == lowest:
        return 0 if value <= 0 else _BAR_WIDTH
    share = math.log(value / lowest) / math.log(highest / lowest)
    return round(_BAR_WIDTH * (0.2 + 0.8 * share))


def _bases(compared: Compared, words: Words) -> Iterator[str]:
    yield words.say(mark("What the figures rest on:"))
    for result in compared.results:
        for stage, figures in result.option.figures.items():
            for figure in figures:
                yield words.say(
                    mark("  {option}, {stage}: {value} kg CO2e, {basis} (grid: {grid})"),
                    option=printable(result.option.id),
                    stage=printable(figure.label) or words.say(_STAGES[stage]),
                    value=words.kilograms(figure.emissions_kgco2e),
                    basis=printable(figure.basis),
                    grid=printable(figure.grid) or words.say(mark("unsaid")),
                )


def comparison_document(compared: Compared, language: str) -> dict[str, Any]:
    """All of it as data [kg CO2e per use]; keys and codes are never translated, an infinite number of uses is null."""
    comparison = compared.comparison
    return {
        "name": comparison.name,
        "use": comparison.use,
        "year": comparison.year,
        "draws": compared.draws,
        "seed": compared.seed,
        "options": [_option_record(result) for result in compared.results],
        "break_evens": [
            {
                "option": found.option,
                "against": found.against,
                "status": found.status,
                "uses": found.uses,
                "interval_95_uses": [_finite(found.low), _finite(found.high)],
                "share_without_break_even": found.without,
                "probability_lower_at_stated_uses": found.probability_lower,
            }
            for found in compared.breaks
        ],
        "warnings": [problem.to_dict(language) for problem in comparison.warnings],
    }


def _option_record(result: OptionResult) -> dict[str, Any]:
    option = result.option
    return {
        "id": option.id,
        "name": option.name,
        "kind": option.kind,
        "emdn": option.emdn or None,
        "uses": option.uses,
        "expected_uses": result.expected_uses,
        "maximum_uses": option.maximum_uses,
        "kgco2e_per_use": result.value,
        "interval_95_kgco2e": [result.low, result.high],
        "stages_kgco2e": result.stages,
        "curve": [{"uses": uses, "kgco2e_per_use": value} for uses, value in result.curve],
        "figures": [
            {
                "pointer": figure.pointer,
                "stage": stage,
                "label": figure.label,
                "kgco2e": figure.emissions_kgco2e,
                "basis": figure.basis,
                "grid": figure.grid or None,
            }
            for stage, figures in option.figures.items()
            for figure in figures
        ],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
