"""Conversions of medical gases, and indicators of an establishment's gases, to read or to exchange."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from decarb.errors import Bilingual, Phrase
from decarb.factors import FactorLibrary
from decarb.gases import GasIndicators, GasUse, together
from decarb.language import format_number, format_significant, labelled, mark, translate
from decarb.medicines.gas_tables import GasRule, reference_set_names
from decarb.medicines.gases import GasConversion, GasStep, GasValue, total_values
from decarb.report.grid import aligned
from decarb.report.labels import NO_VALUE, OUTSIDE_KYOTO, SOURCE

NOT_GIVEN = mark("not given")
_SET = mark("GWP set")
_FOR_REFERENCE = mark("for reference, not for a BEGES")
_STATUS = {
    "read": mark("read at the source"),
    "derived": mark("derived"),
    "assumed": mark("assumed"),
    "unknown": mark("unknown"),
}


def conversions_text(conversions: Sequence[GasConversion], library: FactorLibrary, language: str) -> str:
    """Each amount with its steps, its mass and its emissions in every set; their sum if there are several."""
    blocks = [_conversion_text(conversion, library, language) for conversion in conversions]
    if len(conversions) > 1:
        blocks.append(_total_text(conversions, language))
    cited = {step.basis.source for conversion in conversions for step in conversion.mass.steps if step.basis}
    cited |= {value.source for conversion in conversions for value in conversion.values}
    blocks.append(sources_text(cited, library, language))
    return "\n".join(blocks)


def conversions_document(conversions: Sequence[GasConversion], language: str) -> dict[str, Any]:
    """Conversions with their steps and sources, unrounded."""
    return {
        "amounts": [_conversion_document(conversion, language) for conversion in conversions],
        "total_kgco2e": total_values(conversions),
    }


def step_text(step: GasStep, language: str) -> str:
    """One step, with its basis and source."""
    text = worded(step.what, language)
    if step.basis is None:
        return text
    words = step.basis.words[language]
    how = ", ".join(part for part in (translate(_STATUS[step.basis.status], language), step.basis.source) if part)
    return f"{text} — {words} ({how})"


def worded(phrase: Phrase, language: str) -> str:
    """Phrase in `language`, with numbers as a reader wants them."""
    return translate(phrase.template, language).format_map(
        {name: _shown(value, language) for name, value in phrase.parameters.items()}
    )


def sources_text(names: Iterable[str], library: FactorLibrary, language: str) -> str:
    """Title and address of each source, by id."""
    known = [library.sources[name] for name in sorted(names) if name in library.sources]
    if not known:
        return ""
    lines = [f"  {source.id}: {source.title} ({source.publisher}) {source.url}".rstrip() for source in known]
    return "\n".join([translate(mark("Sources"), language), *lines]) + "\n"


def law_lines(rules: Iterable[GasRule], language: str) -> list[str]:
    """Rules of law, each with its source."""
    return [labelled(mark("The law"), f"{rule.texts[language]} [{rule.source}]", language) for rule in rules]


def _shown(value: Any, language: str) -> str:
    if isinstance(value, Bilingual):
        return value.french if language == "fr" else value.english
    return format_significant(value, language, 5) if isinstance(value, int | float) else str(value)


def _conversion_text(conversion: GasConversion, library: FactorLibrary, language: str) -> str:
    lines = [conversion.amount.text]
    lines += [f"  {step_text(step, language)}" for step in conversion.mass.steps]
    lines.append(f"  = {_mass_text(conversion, library, language)}")
    if conversion.captured_kg:
        captured, left = (
            format_significant(mass, language, 5) for mass in (conversion.captured_kg, conversion.released_kg)
        )
        text = translate(mark("less {captured} kg captured, as weighed: {left} kg released"), language)
        lines.append("  " + text.format(captured=captured, left=left))
    if conversion.is_beside_total:
        lines.append(f"  {translate(OUTSIDE_KYOTO, language)}")
    grid = aligned(
        [_heading(language), *(_value_row(value, language) for value in conversion.values)], (0, 3), total=False
    )
    return "\n".join([*lines, *(f"    {line}" for line in grid.splitlines())]) + "\n"


def _mass_text(conversion: GasConversion, library: FactorLibrary, language: str) -> str:
    mass = conversion.mass
    known = library.substances[conversion.substance]
    name = known.name_fr if language == "fr" else known.name_en
    kilograms, low, high = (
        format_significant(value, language, 5) for value in (mass.mass_kg, mass.low_kg, mass.high_kg)
    )
    if mass.low_kg == mass.high_kg:
        return translate(mark("{mass} kg of {gas}"), language).format(mass=kilograms, gas=name)
    return translate(mark("{mass} kg of {gas} ({low} to {high})"), language).format(
        mass=kilograms, gas=name, low=low, high=high
    )


def _heading(language: str) -> list[str]:
    return [translate(_SET, language), translate(mark("GWP100"), language), "kg CO2e", translate(SOURCE, language)]


def _value_row(value: GasValue, language: str) -> list[str]:
    name = value.gwp_set if value.usable else reference_set_names(language)[value.gwp_set]
    if value.gwp100 is None or value.emissions_kgco2e is None:
        return [name, "", translate(NO_VALUE, language), ""]
    note = "" if value.usable else f" — {translate(_FOR_REFERENCE, language)}"
    return [
        name,
        format_significant(value.gwp100, language),
        format_number(value.emissions_kgco2e, language, 1),
        value.source + note,
    ]


def _total_text(conversions: Sequence[GasConversion], language: str) -> str:
    rows = [
        [name, translate(NO_VALUE, language) if total is None else format_number(total, language, 1)]
        for name, total in total_values(conversions).items()
    ]
    grid = aligned([[translate(_SET, language), "kg CO2e"], *rows], (0,), total=False)
    return "\n".join([translate(mark("All together"), language), *(f"    {line}" for line in grid.splitlines())]) + "\n"


def _conversion_document(conversion: GasConversion, language: str) -> dict[str, Any]:
    amount, mass = conversion.amount, conversion.mass
    return {
        "text": amount.text,
        "product": amount.product.id if amount.product else None,
        "code": amount.code or None,
        "count": amount.count,
        "container": amount.container or None,
        "size_litre": amount.size_litre,
        "cylinders": amount.cylinders,
        "substance": conversion.substance,
        "mass_kg": mass.mass_kg,
        "mass_low_kg": mass.low_kg,
        "mass_high_kg": mass.high_kg,
        "captured_kg": conversion.captured_kg,
        "released_kg": conversion.released_kg,
        "beside_total": conversion.is_beside_total,
        "steps": [
            {
                "step": worded(step.what, language),
                "status": step.basis.status if step.basis else None,
                "basis": step.basis.words[language] if step.basis else None,
                "source": (step.basis.source or None) if step.basis else None,
            }
            for step in mass.steps
        ],
        "values": [
            {
                "gwp_set": value.gwp_set,
                "usable_for_beges": value.usable,
                "gwp100": value.gwp100,
                "emissions_kgco2e": value.emissions_kgco2e,
                "source": value.source or None,
            }
            for value in conversion.values
        ],
    }


def indicators_text(found: Sequence[GasIndicators], library: FactorLibrary, language: str) -> str:
    """Indicators of each establishment, then of all as one: gases, network loss, desflurane, the law; the sources."""
    cited = {rule.source for indicators in found for rule in indicators.rules}
    cited |= {indicators.network.published_source for indicators in found if indicators.network}
    shown = list(found)
    if len(found) > 1:
        several = translate("{count} establishments", language).format(count=len(found))
        shown.append(together(found, several))
    blocks = [_indicators_text(indicators, library, language) for indicators in shown]
    return "\n".join([*blocks, sources_text(cited, library, language)] if cited else blocks)


def indicators_document(found: Sequence[GasIndicators], language: str) -> list[dict[str, Any]]:
    """Indicators of each establishment, unrounded; null where a figure is not given."""
    return [_indicators_document(indicators, language) for indicators in found]


def _indicators_text(found: GasIndicators, library: FactorLibrary, language: str) -> str:
    title = translate(mark("{name}, {year}: anaesthetic gases bought, {gwp_set}"), language)
    lines = [title.format(name=found.establishment, year=found.year, gwp_set=found.gwp_set), ""]
    lines.append(_gas_grid(found, library, language))
    if any(use.is_beside_total for use in found.gases):
        lines.append(f"* {translate(OUTSIDE_KYOTO, language)}")
    lines.append("")
    lines += _network_lines(found, language)
    lines += _desflurane_lines(found, language)
    lines += law_lines(found.rules, language)
    if found.not_given:
        lines.append(labelled(mark("Fields not given"), ", ".join(found.not_given), language))
    return "\n".join(lines) + "\n"


def _gas_grid(found: GasIndicators, library: FactorLibrary, language: str) -> str:
    heading = [
        mark("Gas"),
        mark("kg"),
        mark("kg CO2e"),
        mark("a stay"),
        mark("an anaesthesia"),
    ]
    rows = [
        [
            _gas_name(use, library, language),
            format_number(use.mass_kg, language, 2),
            *_emissions(found, use.emissions_kgco2e, language),
        ]
        for use in found.gases
    ]
    total = [translate(mark("Total"), language), "", *_emissions(found, found.total_kgco2e, language)]
    return aligned([[translate(cell, language) for cell in heading], *rows, total], (0,))


def _gas_name(use: GasUse, library: FactorLibrary, language: str) -> str:
    known = library.substances[use.substance]
    name = known.name_fr if language == "fr" else known.name_en
    if use.is_beside_total:
        return f"{name} *"
    return name + translate(mark(", in mixtures with oxygen"), language) if use.kind == "analgesic" else name


def _emissions(found: GasIndicators, emissions: float, language: str) -> list[str]:
    """Emissions, then per stay and per anaesthesia."""
    each = (found.per_stay(emissions), found.per_anaesthesia(emissions))
    return [
        format_number(emissions, language),
        *(
            translate(NOT_GIVEN, language) if value is None else format_significant(value, language, 3)
            for value in each
        ),
    ]


def _network_lines(found: GasIndicators, language: str) -> list[str]:
    network = found.network
    if network is None:
        return []
    published = _percent(network.published_share, language)
    if network.lost_kg is None or network.lost_share is None:
        text = mark(
            "Network loss of nitrous oxide: not given, for want of a measured use; published: about {published} "
            "[{source}]"
        )
        return [translate(text, language).format(published=published, source=network.published_source)]
    words = {
        "bought": format_number(network.bought_kg, language, 1),
        "used": format_number(network.used_kg or 0.0, language, 1),
        "lost": format_number(network.lost_kg, language, 1),
        "share": _percent(network.lost_share, language),
        "published": published,
        "source": network.published_source,
        "avoided": _kilograms(network.avoidable_kgco2e or 0.0, language),
    }
    lines = (
        mark(
            "Network loss of nitrous oxide: {bought} kg bought, {used} kg used, {lost} kg lost, {share}; "
            "published: about {published} [{source}]"
        ),
        mark("  closing the network, cylinders for what is used: {avoided} avoided"),
    )
    return [translate(line, language).format(**words) for line in lines]


def _desflurane_lines(found: GasIndicators, language: str) -> list[str]:
    share = found.desflurane
    if share is None:
        return []
    by_emissions = None if share.by_emissions is None else _percent(share.by_emissions, language)
    words = {
        "mass": _percent(share.by_mass, language),
        "emissions": by_emissions or translate(NOT_GIVEN, language),
        "avoided": _kilograms(share.avoidable_kgco2e, language),
    }
    lines = [mark("Desflurane: {mass} of the mass of halogenated anaesthetics, {emissions} of their CO2e")]
    if share.by_mass:
        lines.append(mark("  ending it: {avoided} avoided, less what replaces it"))
    return [translate(line, language).format(**words) for line in lines]


def _percent(share: float, language: str) -> str:
    return f"{format_number(100 * share, language, 1)} %"


def _kilograms(value: float, language: str) -> str:
    return f"{format_number(value, language)} kg CO2e"


def _indicators_document(found: GasIndicators, language: str) -> dict[str, Any]:
    network, share = found.network, found.desflurane
    return {
        "establishment": found.establishment,
        "file": found.file,
        "year": found.year,
        "gwp_set": found.gwp_set,
        "gases": [
            {
                "substance": use.substance,
                "kind": use.kind,
                "mass_kg": use.mass_kg,
                "beside_total": use.is_beside_total,
                "emissions_kgco2e": use.emissions_kgco2e,
                "per_stay_kgco2e": found.per_stay(use.emissions_kgco2e),
                "per_anaesthesia_kgco2e": found.per_anaesthesia(use.emissions_kgco2e),
                "lines": list(use.lines),
            }
            for use in found.gases
        ],
        "total_kgco2e": found.total_kgco2e,
        "per_stay_kgco2e": found.per_stay(found.total_kgco2e),
        "per_anaesthesia_kgco2e": found.per_anaesthesia(found.total_kgco2e),
        "network": None if network is None else asdict(network),
        "desflurane": None if share is None else asdict(share),
        "not_given": list(found.not_given),
        "rules": [
            {"rule": rule.id, "substance": rule.substance, "text": rule.texts[language], "source": rule.source}
            for rule in found.rules
        ],
        "notices": [problem.to_dict(language) for problem in found.notices],
    }
