"""The footprint of an act of care as a text and as a document."""

from collections.abc import Iterator
from typing import Any

from decarb.care import CareFootprint, Group, Placed
from decarb.care.recipe import TRAVEL
from decarb.errors import printable
from decarb.language import mark
from decarb.report.grid import aligned
from decarb.report.problems import problem_lines
from decarb.report.words import Words

GROUPS = {
    "products": mark("products"),
    "medicines": mark("medicines"),
    "sterilisation": mark("sterilisation"),
    "energy": mark("energy"),
    "gases": mark("gases"),
    "water": mark("water"),
    "linen": mark("linen"),
    "food": mark("food"),
    "equipment": mark("equipment"),
    "waste": mark("waste"),
    "travel": mark("travel"),
}
_RESTATED = {
    "energy": mark("energy at the French factor"),
    "electricity": mark("from none to all of its electricity"),
    "": mark("as published"),
}


def care_text(result: CareFootprint, language: str) -> str:
    """Groups with their intervals, lines, share of money, and published figures."""
    words = Words(language)
    blocks = [
        "\n".join(_opening(result, words)),
        _groups_table(result, words),
        "\n".join(_after_the_total(result, words)),
        _lines_table(result, words),
        "\n".join(_published(result, words)),
        "\n".join(problem_lines(result.warnings, language)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _opening(result: CareFootprint, words: Words) -> Iterator[str]:
    yield printable(result.recipe.name)
    yield words.say(
        mark("{total} kg CO2e per {per}, 95 % interval {bounds}, travel apart. Year {year}."),
        total=words.kilograms(result.total.value),
        per=printable(result.recipe.per),
        bounds=words.bounds_in_kilograms(result.total.low, result.total.high),
        year=result.recipe.year,
    )


def _groups_table(result: CareFootprint, words: Words) -> str:
    titles = (mark("Group"), mark("kg CO2e"), mark("95 % interval"), mark("Share"))
    rows = [[words.say(title) for title in titles]]
    for group in result.groups:
        if group.name != TRAVEL:
            rows.append(_row(group, words.say(GROUPS[group.name]), result, words))
    rows.append(_row(result.total, words.say(mark("Total without travel")), result, words))
    return aligned(rows, left=(0,))


def _row(group: Group, name: str, result: CareFootprint, words: Words) -> list[str]:
    share = words.percent(group.value / result.total.value) if result.total.value else ""
    return [name, words.kilograms(group.value), words.bounds_in_kilograms(group.low, group.high), share]


def _after_the_total(result: CareFootprint, words: Words) -> Iterator[str]:
    if result.travel:
        yield words.say(
            mark("Travel, apart: {value} kg CO2e, 95 % interval {bounds}; with it {total} kg."),
            value=words.kilograms(result.travel.value),
            bounds=words.bounds_in_kilograms(result.travel.low, result.travel.high),
            total=words.kilograms(result.total.value + result.travel.value),
        )
    else:
        yield words.say(mark("Travel is not in the recipe: unknown, not zero."))
    if result.beside_kgco2e is not None:
        yield words.say(
            mark("Beside the total, gases outside the Kyoto list: {amount} kg CO2e."),
            amount=words.kilograms(result.beside_kgco2e),
        )
    if result.monetary_share:
        share = words.percent(result.monetary_share)
        yield words.say(mark("{share} of the total rests on amounts of money."), share=share)
    absent = [words.say(name) for group, name in GROUPS.items() if group not in result.recipe.groups]
    if absent:
        yield words.say(mark("No line of: {groups}."), groups=", ".join(absent))


def _lines_table(result: CareFootprint, words: Words) -> str:
    titles = (mark("Line"), mark("Group"), mark("Quantity"), mark("Factor"), mark("kg CO2e"))
    rows = [[words.say(title) for title in titles]]
    for line in sorted(result.lines, key=lambda line: -abs(line.value)):
        quantity = f"{words.kilograms(line.quantity)} {printable(line.unit)}"
        cells = [printable(line.id), words.say(GROUPS[line.group]), quantity, line.factor, words.kilograms(line.value)]
        rows.append(cells)
    return aligned(rows, left=(0, 1, 3), total=False)


def _published(result: CareFootprint, words: Words) -> Iterator[str]:
    if not result.placed:
        if result.recipe.act:
            yield words.say(mark("No published figure of the act «{act}» is known."), act=printable(result.recipe.act))
        return
    yield words.say(
        mark("Published figures, in kg CO2e per act (French electricity at {factor} kg CO2e/kWh):"),
        factor=words.kilograms(result.electricity_kgco2e_per_kwh),
    )
    titles = (mark("Figure"), mark("Published"), mark("Compared as"), mark("How"), mark("This recipe"))
    rows = [[words.say(title) for title in titles]]
    rows += [_figure_row(placed, words) for placed in result.placed]
    yield aligned(rows, left=(0, 3), total=False)
    yield from _verdict(result, words)
    for placed in result.placed:
        if words.of(placed.figure.note):
            yield words.say(
                mark("  {name} ({source}): {note}"),
                name=words.of(placed.figure.name),
                source=placed.figure.source,
                note=words.of(placed.figure.note),
            )


def _figure_row(placed: Placed, words: Words) -> list[str]:
    figure = placed.figure
    same = placed.low == placed.high
    compared = words.kilograms(placed.low) if same else f"{words.kilograms(placed.low)}–{words.kilograms(placed.high)}"
    how = words.say(_RESTATED[placed.restated])
    if figure.travel_kgco2e is not None:
        how += ", " + words.say(mark("less travel"))
    elif placed.with_travel:
        how += ", " + words.say(mark("with travel"))
    if placed.recipe is not None:
        recipe = words.kilograms(placed.recipe)
    elif placed.missing:
        recipe = words.say(mark("lacks {groups}"), groups=", ".join(words.say(GROUPS[name]) for name in placed.missing))
    else:
        recipe = words.say(mark("boundary unsaid"))
    return [words.of(figure.name), words.kilograms(figure.value), compared, how, recipe]


def _verdict(result: CareFootprint, words: Words) -> Iterator[str]:
    positions = [placed.position for placed in result.placed if placed.position]
    if not positions:
        yield words.say(mark("None of them has a boundary that the recipe can be compared within."))
        return
    counts = {position: positions.count(position) for position in ("below", "within", "above")}
    yield words.say(
        mark("Of {count} comparable figures, the recipe is below {below}, within {within}, above {above}."),
        count=len(positions),
        **counts,
    )
    if counts["below"] == len(positions):
        yield words.say(
            mark(
                "Below them all: usually products left out of the recipe, devices counted by their plastic alone, "
                "or figures that rest on spend or on a grid that emits more."
            )
        )
    if counts["above"] == len(positions):
        yield words.say(
            mark(
                "Above them all: usually amounts of money at a broad ratio, shared things counted whole, "
                "or figures of a narrower boundary."
            )
        )


def care_document(result: CareFootprint, language: str) -> dict[str, Any]:
    """All of it as data [kg CO2e per act]; keys and codes are never translated."""
    recipe = result.recipe
    return {
        "name": recipe.name,
        "act": recipe.act or None,
        "per": recipe.per,
        "acts": recipe.acts,
        "year": recipe.year,
        "total_without_travel": _group_record(result.total),
        "travel": _group_record(result.travel) if result.travel else None,
        "groups": [_group_record(group) for group in result.groups],
        "outside_kyoto_kgco2e": result.beside_kgco2e,
        "monetary_share": result.monetary_share,
        "electricity_kgco2e_per_kwh": result.electricity_kgco2e_per_kwh,
        "lines": [
            {
                "line": line.id,
                "group": line.group,
                "quantity": line.quantity,
                "unit": line.unit,
                "factor": line.factor,
                "monetary": line.monetary,
                "kgco2e": line.value,
                "evidence": line.evidence or None,
                "comment": line.comment or None,
            }
            for line in result.lines
        ],
        "published": [_placed_record(placed, language) for placed in result.placed],
        "warnings": [problem.to_dict(language) for problem in result.warnings],
    }


def _group_record(group: Group) -> dict[str, Any]:
    return {
        "group": group.name,
        "kgco2e": group.value,
        "interval_95_kgco2e": [group.low, group.high],
        "lines": group.lines,
    }


def _placed_record(placed: Placed, language: str) -> dict[str, Any]:
    figure = placed.figure
    return {
        "id": figure.id,
        "name": Words(language).of(figure.name),
        "published_kgco2e": figure.value,
        "country": figure.country,
        "year": figure.year,
        "includes": list(figure.includes),
        "source": figure.source,
        "compared_kgco2e": [placed.low, placed.high],
        "restated": placed.restated or None,
        "with_travel": placed.with_travel,
        "recipe_kgco2e": placed.recipe,
        "position": placed.position or None,
        "missing_groups": list(placed.missing),
    }
