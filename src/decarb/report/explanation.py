"""One line followed from its quantity to its posts, as data and as text an auditor can check by hand."""

from typing import Any

from decarb.errors import printable
from decarb.footprint import Footprint
from decarb.inventory import SECTIONS
from decarb.language import format_number, format_significant, labelled, mark, translate
from decarb.report import labels
from decarb.report.factor_text import source_document
from decarb.report.ladder_text import pricing_record
from decarb.report.problems import problem_lines
from decarb.reporting import GASES, MEMO_GASES, activities, stage_name, view


def explain_line(footprint: Footprint, line: int, language: str = "en") -> dict[str, Any]:
    """Everything that made the result of one line.

    Parameters
    ----------
    line
        Row of the line in the inventory.
    language
        Of the words of the steps and notes; keys and codes are never translated.
    """
    inventory, library = footprint.inventory, footprint.library
    terms = inventory.terms[inventory.term[line]]
    found = footprint.binding.of_line(line)
    quantity = float(inventory.quantity[line])
    explanation: dict[str, Any] = {
        "line": inventory.ids[line],
        "file": inventory.file(line),
        "pointer": inventory.pointer(line),
        "section": SECTIONS[inventory.section[line]],
        "quantity": quantity,
        "unit": terms.unit,
        "basis": terms.basis or None,
        "reference": terms.factor or f"{terms.code_system} {terms.code_value}",
        "remarks": dict(inventory.remarks.get(line, {})),
        "entered": _entered(footprint, line),
    }
    if found is None:
        refusal = next(r for r in footprint.binding.refusals if line in r.lines)
        return explanation | {
            "status": "refused",
            "stake_kgco2e": refusal.stake_kgco2e,
            "problems": [problem.to_dict(language) for problem in refusal.problems],
        }
    factor = found.factor
    return explanation | {
        "status": "computed",
        "steps": [
            {"code": step.note.code, "why": step.note.message(language), "multiplier": step.multiplier}
            for step in found.steps
        ],
        "medicine": pricing_record(found.priced, language) if found.priced else None,
        "factor_quantity": quantity * found.multiplier,
        "factor": {
            "id": factor.id,
            "name_fr": factor.name_fr,
            "name_en": factor.name_en,
            "unit": factor.unit.name,
            "basis": list(factor.unit.bases),
            "price_year": factor.unit.price_year,
            "value_kgco2e": sum(bound.part.total for bound in found.parts),
            "published_total_kgco2e": factor.published_total,
            "geography": list(factor.geographies),
            "valid_to": factor.valid_to or None,
            "uncertainty_percent": factor.uncertainty_percent,
            "status": factor.status,
            "layer": factor.layer,
            "source": {**source_document(library, factor), "date": factor.source_date},
            "note": factor.note or None,
        },
        "composition": _composition(footprint, factor.substance) if factor.model == "gwp" else [],
        "gwp_set": footprint.binding.gwp_set if factor.model == "gwp" else None,
        "activity": found.activity,
        "operated": found.operated,
        "paid": found.paid,
        "tenure": found.tenure,
        "parts": [
            {
                "stage": bound.part.stage,
                "label": bound.part.label or None,
                "value_kgco2e": bound.part.total,
                "gases_kgco2e": {
                    gas.gas: value for gas, value in zip(GASES, bound.part.gases, strict=True) if value is not None
                },
                "shares": dict(bound.shares),
                "share": bound.share("beges"),
                "beges_post": bound.rule.beges_post,
                "ghg_category": bound.rule.ghg_category,
                "iso_category": view("iso").code(bound.rule),
                "rule": bound.rule.note or None,
                "emissions_kgco2e": quantity * found.multiplier * bound.part.total * bound.share("beges"),
            }
            for bound in found.parts
        ],
        "published_gap_kgco2e": quantity * found.gap,
        "emissions_kgco2e": quantity * found.coefficient("beges"),
        "ghg_protocol_kgco2e": quantity * found.coefficient("ghg"),
        "beside_the_total_kgco2e": {gas: quantity * amount for gas in MEMO_GASES if (amount := found.memo(gas))},
        "notes": [note.to_dict(language) for note in found.notes],
    }


def _entered(footprint: Footprint, line: int) -> dict[str, Any] | None:
    """Quantity that a medicine's line was entered with, where it is counted by what was paid for it."""
    given, counted = footprint.binding.given, footprint.inventory
    if given.terms[given.term[line]] == counted.terms[counted.term[line]]:
        return None
    return {"quantity": float(given.quantity[line]), "unit": given.terms[given.term[line]].unit}


def _composition(footprint: Footprint, substance: str) -> list[dict[str, Any]]:
    library = footprint.library
    components = library.compositions.get(substance, ((substance, 1.0),))
    return [
        {
            "substance": component,
            "mass_fraction": fraction,
            "gwp": library.gwp[component, footprint.binding.gwp_set].value,
            "source": library.gwp[component, footprint.binding.gwp_set].source,
            "source_id": library.gwp[component, footprint.binding.gwp_set].source_id,
        }
        for component, fraction in components
    ]


def explanation_text(footprint: Footprint, line: int, language: str) -> str:
    """Render ``explain_line`` as text."""
    data = explain_line(footprint, line, language)

    def number(value: float, digits: int = 9) -> str:
        return format_significant(value, language, digits)

    def word(text: str) -> str:
        return translate(text, language)

    def label(text: str) -> str:
        return labelled(text, "", language)

    place = f"{data['file']} {data['pointer']}"
    lines = [f"{data['line']} — {place}", ""]
    lines.append(f"{label(labels.QUANTITY)}{number(data['quantity'])} {data['unit']} {data['basis'] or ''}".rstrip())
    if data["entered"]:
        entered = data["entered"]
        told = word("entered as {quantity} {unit}, counted by what was paid")
        lines.append("  " + told.format(quantity=number(entered["quantity"]), unit=entered["unit"]))
    lines += [f"  {label(labels.REMARKS[name])}{printable(str(value))}" for name, value in data["remarks"].items()]
    if data["status"] == "refused":
        refusal = next(r for r in footprint.binding.refusals if line in r.lines)
        return "\n".join([*lines, "", *problem_lines(refusal.problems, language)]) + "\n"
    factor = data["factor"]
    lines += _conversion_lines(data, number)
    source = factor["source"]
    name = factor["name_fr"] if language == "fr" else factor["name_en"] or factor["name_fr"]
    basis = " ".join([*factor["basis"], str(factor["price_year"] or "")]).strip()
    lines += [
        "",
        f"{label(labels.FACTOR)}{factor['id']} — {name}",
        f"  {number(factor['value_kgco2e'])} kg CO2e / {factor['unit']} {basis}".rstrip(),
        f"  {label(labels.SOURCE)}{_source_words(source)}",
        f"  {label(labels.PLACE)}{' '.join(factor['geography'])}"
        + (f"; {label(labels.VALID_UNTIL)}{factor['valid_to']}" if factor["valid_to"] else ""),
    ]
    if factor["uncertainty_percent"] is not None and not data["medicine"]:
        lines.append(f"  {label(labels.UNCERTAINTY)}{number(factor['uncertainty_percent'])} %")
    if data["medicine"]:
        lines += _pricing_lines(data["medicine"], number, language)
    if factor["note"]:
        lines.append(f"  {label(labels.NOTE)}{factor['note']}")
    for component in data["composition"]:
        share = format_number(component["mass_fraction"] * 100, language, 1)
        lines.append(
            f"  {component['substance']}: {share} % × {number(component['gwp'])} "
            f"({data['gwp_set']}, {component['source']} {component['source_id']})"
        )
    used = activities()[data["activity"]]
    control = [
        word("operated") if data["operated"] else word("not operated"),
        word("paid") if data["paid"] else word("not paid"),
        word("owned") if data["tenure"] == "owned" else word("leased"),
    ]
    lines += [
        "",
        f"{label(labels.ACTIVITY)}{used.name_fr if language == 'fr' else used.name_en} ({', '.join(control)})",
        "",
    ]
    for part in data["parts"]:
        lines += _part_lines(part, data["factor_quantity"], language)
    lines += [
        "",
        f"{label(labels.RESULT)}{number(data['emissions_kgco2e'])} kg CO2e"
        f" = {format_number(data['emissions_kgco2e'] / 1000, language, 2)} t CO2e",
    ]
    for gas in GASES:
        if gas.gas in data["beside_the_total_kgco2e"]:
            beside = labelled(labels.BESIDE, gas.name_fr if language == "fr" else gas.name_en, language)
            lines.append(f"  {beside} {number(data['beside_the_total_kgco2e'][gas.gas])} kg CO2e")
    if data["ghg_protocol_kgco2e"] != data["emissions_kgco2e"]:
        lines.append(f"  {label(labels.IN_GHG_PROTOCOL)}{number(data['ghg_protocol_kgco2e'])} kg CO2e")
    gap_shows = abs(data["published_gap_kgco2e"]) > 1e-9 * abs(data["factor_quantity"] * factor["value_kgco2e"])
    if factor["published_total_kgco2e"] is not None and gap_shows:
        lines.append(
            "  "
            + word("the source publishes {total} per unit, the sum of its parts is {sum}: {gap} kg apart").format(
                total=number(factor["published_total_kgco2e"]),
                sum=number(factor["value_kgco2e"]),
                gap=number(data["published_gap_kgco2e"]),
            )
        )
    bound = footprint.binding.of_line(line)
    notes = bound.notes if bound else ()
    if notes:
        lines += ["", *problem_lines(notes, language)]
    return "\n".join(lines) + "\n"


def _source_words(source: dict[str, Any]) -> str:
    """Publication, element and day, as far as they are known."""
    title = " ".join(filter(None, (source["title"], source["version"])))
    date = f" ({source['date']})" if source["date"] else ""
    return f"{', '.join(filter(None, (source['publisher'], title, source['source_id'])))}{date}; {source['licence']}"


def _pricing_lines(medicine: dict[str, Any], number: Any, language: str) -> list[str]:
    """How the ladder priced a medicine, and what would lift it."""
    title = translate(mark("Rung {rung}: {name}") if medicine["rung"] else mark("Without a rung: {name}"), language)
    spread = translate(
        mark("uncertain by a factor of {shared} that its lines share, and of {line} for one product"), language
    ).format(shared=number(medicine["shared_gsd2"], 3), line=number(medicine["line_gsd2"], 3))
    return [
        f"  {title.format(**medicine)}; {spread}",
        *(f"    {why}" for why in medicine["why"]),
        *(f"    – {why}" for why in medicine["passed"]),
        *([f"    ↑ {medicine['lift']}"] if medicine["lift"] else []),
    ]


def _conversion_lines(data: dict[str, Any], number: Any) -> list[str]:
    lines = [f"  {_times(step['multiplier'], number)}   {step['why']}" for step in data["steps"]]
    factor = data["factor"]
    unit = " ".join([factor["unit"], *factor["basis"]])
    if lines:
        lines.append(f"  = {number(data['factor_quantity'])} {unit}")
    return lines


def _times(multiplier: float, number: Any) -> str:
    """Write a multiplication, or the division it came from where that has the shorter figure."""
    if multiplier and len(number(1 / multiplier)) < len(number(multiplier)):
        return f"÷ {number(1 / multiplier)}"
    return f"× {number(multiplier)}"


def _part_lines(part: dict[str, Any], factor_quantity: float, language: str) -> list[str]:
    def number(value: float) -> str:
        return format_significant(value, language, 9)

    label = f" ({translate(part['label'], language)})" if part["label"] else ""
    factors = [number(factor_quantity), number(part["value_kgco2e"])]
    share = f" {_times(part['share'], number)}" if part["share"] != 1 else ""
    posts = f"BEGES {part['beges_post']} · GHG {part['ghg_category']} · ISO {part['iso_category']}"
    rows = [
        f"  {stage_name(part['stage'], language)}{label}: {' × '.join(factors)}{share}"
        f" = {number(part['emissions_kgco2e'])} kg CO2e   → {posts}"
    ]
    gases = [
        f"{gas.name_fr if language == 'fr' else gas.name_en} {number(part['gases_kgco2e'][gas.gas])}"
        for gas in GASES
        if part["gases_kgco2e"].get(gas.gas) and gas.gas != "unsplit"
    ]
    if gases:
        rows.append(f"      {', '.join(gases)}")
    elif part["value_kgco2e"]:
        rows.append(f"      {translate(labels.NO_SPLIT, language)}")
    return rows
