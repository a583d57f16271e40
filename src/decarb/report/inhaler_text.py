"""Inhalers of an establishment, to read or to exchange."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from decarb.factors import FactorLibrary
from decarb.gases import InhalerIndicators, InhalerUse, Switch
from decarb.language import format_number, format_significant, labelled, mark, translate
from decarb.medicines.inhaler_tables import DEVICES, inhaler_figures, propellant_names
from decarb.report.gas_text import law_lines, sources_text
from decarb.report.grid import aligned

_DEVICE = {
    "pmdi": mark("metered-dose, pressurised"),
    "dpi": mark("dry powder"),
    "soft_mist": mark("soft mist"),
}
_UNKNOWN = mark("unknown")


def inhalers_text(found: Sequence[InhalerIndicators], library: FactorLibrary, language: str) -> str:
    """Inhalers of each establishment, the French figures for context, then the sources."""
    cited = {use.propellant.source for one in found for use in one.uses if use.propellant}
    cited |= {rule.source for one in found for rule in one.rules}
    cited |= {figure.source for figure in inhaler_figures().values()}
    blocks = [_inhalers_text(one, language) for one in found]
    return "\n".join([*blocks, _context_text(language), sources_text(cited, library, language)])


def inhalers_document(found: Sequence[InhalerIndicators], language: str) -> dict[str, Any]:
    """Inhalers of each establishment, unrounded; null where a figure is unknown."""
    return {
        "establishments": [_document(one, language) for one in found],
        "published": {
            name: {
                "value": figure.value,
                "unit": figure.unit,
                "scope": figure.scope[language],
                "source": figure.source,
            }
            for name, figure in inhaler_figures().items()
        },
    }


def _inhalers_text(found: InhalerIndicators, language: str) -> str:
    title = translate(mark("{name}, {year}: inhalers, propellant released at use, {gwp_set}"), language)
    lines = [title.format(name=found.establishment, year=found.year, gwp_set=found.gwp_set), ""]
    lines += [_device_grid(found, language), "", _product_grid(found, language), ""]
    lines += _share_lines(found, language)
    lines += _switch_lines(found, language)
    lines += law_lines(found.rules, language)
    return "\n".join(lines) + "\n"


def _device_grid(found: InhalerIndicators, language: str) -> str:
    heading = [mark("Device"), mark("boxes"), mark("doses")]
    rows = [
        [
            translate(_DEVICE[device], language),
            format_number(found.boxes(device), language),
            format_number(found.doses(device), language),
        ]
        for device in DEVICES
    ]
    return aligned([[translate(cell, language) for cell in heading], *rows], (0,), total=False)


def _product_grid(found: InhalerIndicators, language: str) -> str:
    heading = [
        mark("Product"),
        mark("boxes"),
        mark("Propellant"),
        mark("kg CO2e"),
        mark("bounds"),
        mark("saved by dry powder"),
    ]
    rows = [_product_row(use, language) for use in found.uses if use.propellant]
    total = [
        translate(mark("Total of what is known") if found.unknown else mark("Total"), language),
        "",
        "",
        format_number(found.emissions_kgco2e, language),
        _bounds(found.low_kgco2e, found.high_kgco2e, language),
        _saving(found.switch, language),
    ]
    return aligned([[translate(cell, language) for cell in heading], *rows, total], (0, 2))


def _product_row(use: InhalerUse, language: str) -> list[str]:
    propellant = _propellant(use, language)
    name = use.inhaler.name.split(", ")[0]
    if use.emissions_kgco2e is None or use.low_kgco2e is None or use.high_kgco2e is None:
        return [name, format_number(use.boxes, language), propellant, translate(_UNKNOWN, language), "", ""]
    return [
        name,
        format_number(use.boxes, language),
        propellant,
        format_number(use.emissions_kgco2e, language),
        _bounds(use.low_kgco2e, use.high_kgco2e, language),
        _saving(use.switch, language),
    ]


def _propellant(use: InhalerUse, language: str) -> str:
    if use.propellant is None:
        return ""
    known = propellant_names()[use.propellant.substance]
    name = known.french if language == "fr" else known.english
    assumed = translate(mark("assumed"), language)
    return f"{name}, {assumed}" if use.propellant.status == "assumed" else name


def _bounds(low: float, high: float, language: str) -> str:
    between = translate(mark("{low} to {high}"), language)
    return between.format(low=format_number(low, language), high=format_number(high, language))


def _saving(switch: Switch | None, language: str) -> str:
    return "" if switch is None else _bounds(switch.low_kgco2e, switch.high_kgco2e, language)


def _share_lines(found: InhalerIndicators, language: str) -> list[str]:
    text = translate(mark("Metered-dose inhalers: {boxes} of the boxes, {doses} of the doses"), language)
    boxes, doses = (
        translate(_UNKNOWN, language) if share is None else f"{format_number(100 * share, language, 1)} %"
        for share in (found.metered_share_of_boxes, found.metered_share_of_doses)
    )
    return [text.format(boxes=boxes, doses=doses)]


def _switch_lines(found: InhalerIndicators, language: str) -> list[str]:
    if found.switch is None:
        return []
    figures = inhaler_figures()
    text = mark(
        "As many dry powder devices ({devices}) would save {low} to {high} kg CO2e: propellant at use less the whole "
        "life of a dry powder device, {cheapest} to {dearest} kg CO2e [{source}]. One for one, whatever the doses; not "
        "for patients who cannot inhale hard enough: a prescriber's decision"
    )
    return [
        translate(text, language).format(
            devices=format_number(found.switch.devices, language),
            low=format_number(found.switch.low_kgco2e, language),
            high=format_number(found.switch.high_kgco2e, language),
            cheapest=format_significant(figures["dpi_low"].value, language),
            dearest=format_significant(figures["dpi_high"].value, language),
            source=figures["dpi_low"].source,
        )
    ]


def _context_text(language: str) -> str:
    total, share = (inhaler_figures()[name] for name in ("france_2019", "france_2019_pmdi_share"))
    text = translate(mark("{tonnes} t CO2e, {share} of it from metered-dose inhalers [{source}]"), language)
    shown = text.format(
        tonnes=format_number(total.value, language),
        share=f"{format_number(100 * share.value, language, 1)} %",
        source=total.source,
    )
    return labelled(mark("All of France in 2019"), shown, language) + "\n"


def _document(found: InhalerIndicators, language: str) -> dict[str, Any]:
    return {
        "establishment": found.establishment,
        "file": found.file,
        "year": found.year,
        "gwp_set": found.gwp_set,
        "devices": {device: {"boxes": found.boxes(device), "doses": found.doses(device)} for device in DEVICES},
        "products": [
            {
                "cip13": use.inhaler.cip13,
                "name": use.inhaler.name,
                "device": use.inhaler.device,
                "boxes": use.boxes,
                "doses": use.doses,
                "propellant": use.propellant.substance if use.propellant else None,
                "status": use.propellant.status if use.propellant else None,
                "basis": use.propellant.basis_in(language) if use.propellant else None,
                "source": use.propellant.source if use.propellant else None,
                "emissions_kgco2e": use.emissions_kgco2e,
                "low_kgco2e": use.low_kgco2e,
                "high_kgco2e": use.high_kgco2e,
                "switch_to_dry_powder": asdict(use.switch) if use.switch else None,
                "lines": list(use.lines),
            }
            for use in found.uses
        ],
        "emissions_kgco2e": found.emissions_kgco2e,
        "low_kgco2e": found.low_kgco2e,
        "high_kgco2e": found.high_kgco2e,
        "without_known_mass": [use.inhaler.cip13 for use in found.unknown],
        "metered_share_of_boxes": found.metered_share_of_boxes,
        "metered_share_of_doses": found.metered_share_of_doses,
        "switch_to_dry_powder": asdict(found.switch) if found.switch else None,
        "rules": [{"rule": rule.id, "text": rule.texts[language], "source": rule.source} for rule in found.rules],
        "notices": [problem.to_dict(language) for problem in found.notices],
    }
