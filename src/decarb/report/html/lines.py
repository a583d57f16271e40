"""Every line with what explains it: quantity, conversions, factor, source, parts, posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from decarb.inventory import SECTIONS
from decarb.language import mark, translate
from decarb.report import labels
from decarb.report.explanation import explain_line
from decarb.report.html.figures import Figures
from decarb.report.html.wording import PageWords
from decarb.reporting import GASES, activities, stage_name

MOST_EXPLAINED = 500
"""Lines whose explanation is in the page: a page of more is slow to open; ``decarb explain`` has the others."""

MOST_LISTED = 3000
"""Lines in the table, the largest first; ``decarb footprint --format csv --lines`` has them all."""


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line as the table shows it.

    ``problems`` are why it was refused, with what to do; ``explanation`` is None for a refused line, and past
    ``MOST_EXPLAINED``.
    """

    number: int
    name: str
    owner: str
    section: str
    quantity: str
    factor: str
    emissions: str
    share: str
    interval: str
    posts: str
    is_monetary: bool
    problems: Sequence[Mapping[str, Any]]
    explanation: "Explanation | None"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A computation to follow by hand: pairs of label and text, conversions, parts, and notes."""

    facts: Sequence[tuple[str, str]]
    formula: str
    parts: Sequence[str]
    notes: Sequence[str]


def line_rows(figures: Figures, words: PageWords) -> list[LineRow]:
    """Lines by what they emit, the largest first, refused ones at the end."""
    values = figures.lines.value
    order = np.argsort(-np.abs(np.nan_to_num(values)) + np.where(np.isnan(values), np.inf, 0.0), kind="stable")
    listed = order[:MOST_LISTED].tolist()
    return [_row(figures, words, line, place < MOST_EXPLAINED) for place, line in enumerate(listed)]


def _row(figures: Figures, words: PageWords, line: int, is_explained: bool) -> LineRow:
    footprint, inventory = figures.footprint, figures.footprint.inventory
    found = footprint.binding.of_line(line)
    terms = inventory.terms[inventory.term[line]]
    value, low, high = (float(each[line]) for each in (figures.lines.value, figures.lines.low, figures.lines.high))
    several = len(inventory.establishments) > 1
    quantity = f"{words.significant(float(inventory.quantity[line]))} {words.name(terms.unit)} {terms.basis}".rstrip()
    common: dict[str, Any] = {
        "number": line,
        "name": words.name(inventory.ids[line]),
        "owner": words.name(inventory.establishments[inventory.establishment[line]].name) if several else "",
        "section": words.say(labels.SECTIONS[SECTIONS[inventory.section[line]]]),
        "quantity": quantity,
    }
    if found is None:
        data = explain_line(footprint, line, words.language)
        return LineRow(
            **common,
            factor=words.name(data["reference"]),
            emissions=words.say(mark("refused")),
            share="",
            interval="",
            posts="",
            is_monetary=False,
            problems=data["problems"],
            explanation=None,
        )
    data = explain_line(footprint, line, words.language) if is_explained else {}
    posts = list(dict.fromkeys(bound.rule.beges_post for bound in found.parts if bound.part.total))
    return LineRow(
        **common,
        factor=words.name(found.factor.name(words.language)),
        emissions=words.tonnes(value),
        share=words.percent(value / figures.total, 1) if figures.total > 0 else "",
        interval=words.bounds_in_tonnes(low, high),
        posts=", ".join(posts),
        is_monetary=found.is_monetary,
        problems=(),
        explanation=_explanation(data, words.bounds_in_tonnes(low, high), words) if data else None,
    )


def _explanation(data: Mapping[str, Any], interval: str, words: PageWords) -> Explanation:
    return Explanation(
        [
            (words.say(mark("Section")), words.say(labels.SECTIONS[data["section"]])),
            (words.say(mark("95 % interval")), f"{interval} t CO₂e"),
            *_facts(data, words),
        ],
        _formula(data, words),
        [_part(part, data, words) for part in data["parts"]],
        [note["message"] + (f" → {note['hint']}" if note["hint"] else "") for note in data["notes"]],
    )


def _number(value: float, words: PageWords) -> str:
    return words.significant(value, 9)


def _facts(data: Mapping[str, Any], words: PageWords) -> "list[tuple[str, str]]":
    factor, source = data["factor"], data["factor"]["source"]
    name = factor["name_fr"] if words.language == "fr" else factor["name_en"] or factor["name_fr"]
    title = " ".join(filter(None, (source["title"], source["version"])))
    published = ", ".join(filter(None, (source["publisher"], title, source["source_id"])))
    day = f" ({source['date']})" if source["date"] else ""
    used = activities()[data["activity"]]
    control = (
        words.say(mark("operated") if data["operated"] else mark("not operated")),
        words.say(mark("paid") if data["paid"] else mark("not paid")),
        words.say(mark("owned") if data["tenure"] == "owned" else mark("leased")),
    )
    activity = used.name_fr if words.language == "fr" else used.name_en
    unit = " ".join([factor["unit"], *factor["basis"], str(factor["price_year"] or "")]).strip()
    valid = f"; {words.labelled(labels.VALID_UNTIL, factor['valid_to'])}" if factor["valid_to"] else ""
    facts = [(words.say(labels.REMARKS[key]), words.name(value)) for key, value in data["remarks"].items()]
    conversion = words.say(mark("Conversion"))
    facts += [(conversion, f"{_times(step['multiplier'], words)} ({step['why']})") for step in data["steps"]]
    facts += [
        (words.say(labels.FACTOR), f"{name} [{factor['id']}]"),
        (words.say(mark("Value")), f"{_number(factor['value_kgco2e'], words)} kg CO₂e / {unit}"),
        (words.say(labels.SOURCE), f"{published}{day}; {source['licence']}"),
        (words.say(labels.PLACE), " ".join(factor["geography"]) + valid),
        (words.say(labels.ACTIVITY), f"{activity} ({', '.join(control)})"),
    ]
    if factor["uncertainty_percent"] is not None and not data["medicine"]:
        facts.append((words.say(labels.UNCERTAINTY), f"{_number(factor['uncertainty_percent'], words)} %"))
    if data["medicine"]:
        facts += _medicine(data["medicine"], words)
    facts += [(component["substance"], _component(component, data, words)) for component in data["composition"]]
    return facts


def _medicine(medicine: Mapping[str, Any], words: PageWords) -> list[tuple[str, str]]:
    rung = f"{medicine['rung'] or '–'} — {medicine['name']}"
    facts = [(words.say(mark("Rung of the ladder")), "; ".join((rung, *medicine["why"])))]
    if medicine["passed"]:
        facts.append((words.say(mark("Why no better rung")), "; ".join(medicine["passed"])))
    if medicine["lift"]:
        facts.append((words.say(mark("What would lift it")), medicine["lift"]))
    return facts


def _component(component: Mapping[str, Any], data: Mapping[str, Any], words: PageWords) -> str:
    share = words.number(component["mass_fraction"] * 100, 1)
    gwp = _number(component["gwp"], words)
    return f"{share} % × {gwp} ({data['gwp_set']}, {component['source']} {component['source_id']})"


def _formula(data: Mapping[str, Any], words: PageWords) -> str:
    """Quantity, conversions and factor, multiplied out."""
    unit = " ".join(filter(None, (data["unit"], data["basis"])))
    factor = data["factor"]
    steps = [f"{_number(data['quantity'], words)} {words.name(unit)}"]
    steps += [_times(step["multiplier"], words) for step in data["steps"]]
    steps.append(f"× {_number(factor['value_kgco2e'], words)} kg CO₂e/{factor['unit']}")
    whole = data["factor_quantity"] * factor["value_kgco2e"]
    counted = data["emissions_kgco2e"]
    text = f"{' '.join(steps)} = {_number(whole, words)} kg CO₂e"
    if abs(whole - counted) > 1e-9 * abs(whole):
        share = words.say(mark("of which this year counts {amount} kg CO2e"), amount=_number(counted, words))
        text += f"; {share}"
    return text


def _times(multiplier: float, words: PageWords) -> str:
    """A multiplication, or the division it came from where that has the shorter figure."""
    if multiplier and len(_number(1 / multiplier, words)) < len(_number(multiplier, words)):
        return f"÷ {_number(1 / multiplier, words)}"
    return f"× {_number(multiplier, words)}"


def _part(part: Mapping[str, Any], data: Mapping[str, Any], words: PageWords) -> str:
    """Stage, multiplication and posts of a part."""
    label = f" ({words.name(translate(part['label'], words.language))})" if part["label"] else ""
    share = f" {_times(part['share'], words)}" if part["share"] != 1 else ""
    product = (
        f"{_number(data['factor_quantity'], words)} × {_number(part['value_kgco2e'], words)}{share}"
        f" = {_number(part['emissions_kgco2e'], words)} kg CO₂e"
    )
    gases = ", ".join(
        f"{gas.name_fr if words.language == 'fr' else gas.name_en} {_number(part['gases_kgco2e'][gas.gas], words)}"
        for gas in GASES
        if part["gases_kgco2e"].get(gas.gas) and gas.gas != "unsplit"
    )
    posts = f"BEGES {part['beges_post']} · GHG {part['ghg_category']} · ISO {part['iso_category']}"
    detail = f"{product} ({gases})" if gases else product
    return words.labelled(f"{stage_name(part['stage'], words.language)}{label}", f"{detail} → {posts}")
