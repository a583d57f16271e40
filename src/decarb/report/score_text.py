"""The score of a medicine, and the comparison of two, as a document and as text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from decarb.errors import Problem
from decarb.language import format_number, format_significant, labelled, mark, translate
from decarb.report.grid import aligned
from decarb.report.problems import problem_lines
from decarb.scoring import STAGES, Score, ScoreComparison, ScoredInput
from decarb.scoring.stages import CONSUMABLES, stage_name
from decarb.uncertainty.analytic import Interval

FORMAT = "1.0"
"""Version of the documents of scores and comparisons."""

BAR_COLUMNS = 30
LARGEST_SHOWN = 8
_ORIGINS = {
    "library": mark("library"),
    "bill": mark("written in the bill"),
    "default": mark("table of defaults"),
}
_SCOPE = (
    mark(
        "Scope: one presentation, cradle to grave; journeys of patients, research and corporate activities are not in."
    ),
    mark("Active substance left in water after use counts 0: it is no greenhouse gas. No offsets."),
    mark("Consistent with the published scope of the State method, ISO 14067 and the stages of PAS 2090;"),
    mark("it is not the State score: its tables of default values are not public (docs/medicine-score.md)."),
)


def score_document(score: Score, language: str = "en") -> dict[str, Any]:
    """Score as a document: what a footprint takes first, then the breakdown, each input and each gap.

    Returns
    -------
    dict
        ``kgco2e_per_box``, ``gsd2`` and what is per unit or dose are None unless every stage has data or a
        justified exclusion: a score with a hole in it is not one.
    """
    said = score.bill.document
    complete = score.is_complete
    return {
        "format": FORMAT,
        "kind": "medicine-score",
        "cip13": score.bill.presentation["cip13"],
        "kgco2e_per_box": score.total_kgco2e if complete else None,
        "units_per_box": score.units_per_box,
        "gsd2": score.gsd2 if complete else None,
        "rung": score.rung,
        "source": _source(score),
        "year": said["year"],
        "digest": score.digest,
        "name": score.bill.presentation["name"],
        "unit": score.bill.presentation["unit"],
        "complete": complete,
        "missing_stages": list(score.bill.missing),
        "excluded_stages": dict(score.bill.excluded),
        "cut_off": said.get("cut_off"),
        "method": said.get("method"),
        "gwp_set": score.gwp_set,
        "library_digest": score.library_digest,
        "bill_digest": score.bill.digest,
        "kgco2e_of_stages_with_data": score.total_kgco2e,
        "interval_95_kgco2e": _interval_document(score.interval()),
        "kgco2e_per_unit": score.per_unit_kgco2e if complete else None,
        "kgco2e_per_daily_dose": score.per_daily_dose_kgco2e if complete else None,
        "defined_daily_dose": score.bill.presentation.get("defined_daily_dose"),
        "stages": [_stage_document(score, stage) for stage in STAGES],
        "air_freight_kgco2e": score.air_kgco2e,
        "consumables_kgco2e": score.consumables_kgco2e,
        "co2_biogenic_kg": score.co2_biogenic_kg,
        "inputs_without_co2_biogenic": score.without_biogenic,
        "share_by_tier": dict(score.shares_by_tier),
        "share_by_factor_origin": dict(score.shares_by_origin),
        "mean_quality_notes": dict(score.mean_notes),
        "process_mass_kg_per_kg": {
            name: {"organics": mass.organics, "solvents": mass.solvents, "water": mass.water}
            for name, mass in score.process_masses.items()
        },
        "inputs": [_input_document(scored, language) for scored in score.inputs],
        "notes": [problem.to_dict(language) for problem in score.notes],
    }


def comparison_document(comparison: ScoreComparison, language: str = "en") -> dict[str, Any]:
    """Comparison of two scores as a document, both scores in it."""
    return {
        "format": FORMAT,
        "kind": "medicine-score-comparison",
        "difference_kgco2e_per_box": comparison.difference_kgco2e,
        "interval_95_kgco2e": _interval_document(comparison.interval),
        "probability_first_lower": comparison.probability_first_lower,
        "shared_inputs": comparison.shared_inputs,
        "notes": [problem.to_dict(language) for problem in comparison.notes],
        "first": score_document(comparison.first, language),
        "second": score_document(comparison.second, language),
    }


def _source(score: Score) -> str:
    said = score.bill.document
    parts = [said.get("title", score.bill.presentation["name"]), said.get("author", "")]
    method = said.get("method", {})
    parts.append(" ".join(filter(None, (method.get("name"), method.get("version"), method.get("verified_by")))))
    return ", ".join(filter(None, parts))


def _interval_document(interval: Interval) -> dict[str, float]:
    return {"low": interval.low, "high": interval.high}


def _stage_document(score: Score, stage: str) -> dict[str, Any]:
    emissions = score.by_stage[stage]
    return {
        "stage": stage,
        "kgco2e": emissions,
        "interval_95_kgco2e": None if emissions is None else _interval_document(score.interval(stage)),
        "share": None if emissions is None or not score.total_kgco2e else emissions / score.total_kgco2e,
        "excluded": score.bill.excluded.get(stage),
    }


def _input_document(scored: ScoredInput, language: str) -> dict[str, Any]:
    found, chosen = scored.input, scored.chosen
    data = found.provenance
    steps = (*found.steps, *chosen.steps)
    return {
        "pointer": found.pointer,
        "stage": found.stage,
        "kind": found.kind,
        "name": found.name,
        "quantity": found.quantity,
        "unit": found.unit,
        "steps": [{"multiplier": step.multiplier, "note": step.note.to_dict(language)["message"]} for step in steps],
        "amount": scored.amount,
        "factor": chosen.factor.id,
        "factor_origin": chosen.origin,
        "factor_source": chosen.factor.source_reference or chosen.factor.source,
        "factor_value_kgco2e": chosen.value,
        "factor_unit": " ".join((chosen.factor.unit.name, *chosen.factor.unit.bases)),
        "factor_gsd2": chosen.factor.gsd2,
        "kgco2e": scored.emissions_kgco2e,
        "co2_biogenic_kg": scored.co2_biogenic_kg,
        "air": found.is_air,
        "tier": data.tier,
        "country": data.country,
        "year": data.year,
        "source": data.source,
        "quality_notes": list(data.notes),
        "gsd2": data.gsd2,
        "gsd2_origin": data.origin,
    }


def score_text(score: Score, language: str, *, every_input: bool = False) -> str:
    """Score to read: the result, a bar per stage, the quality of its data, the largest inputs, the gaps."""
    return "\n".join(_score_lines(score, language, every_input)) + "\n"


def comparison_text(comparison: ScoreComparison, language: str) -> str:
    """Comparison to read: both scores by stage, the difference with its interval, and what could not be checked."""
    return "\n".join(_comparison_lines(comparison, language)) + "\n"


def _score_lines(score: Score, language: str, every_input: bool) -> Iterator[str]:
    said = score.bill.presentation
    yield f"{said['name']} — CIP13 {said['cip13']}"
    yield ""
    yield from _result_lines(score, language)
    yield ""
    yield aligned([_words(_STAGE_TITLES, language), *_stage_rows(score, language), _total_row(score, language)], (0, 5))
    yield from _beside_lines(score, language)
    yield ""
    yield from _quality_lines(score, language)
    yield ""
    yield from _input_lines(score, language, every_input)
    yield ""
    yield from _said_lines(score, language)
    if score.notes:
        yield ""
        yield from problem_lines(_gathered(score.notes), language)


def _result_lines(score: Score, language: str) -> Iterator[str]:
    kilograms, bounds = _kilograms(score.total_kgco2e, language), _bounds(score.interval(), language)
    if not score.is_complete:
        template = mark("INCOMPLETE: {kilograms} kg CO2e per presentation for the stages that have data ({bounds})")
        yield translate(template, language).format(kilograms=kilograms, bounds=bounds)
        yield "  " + labelled(mark("No data"), ", ".join(stage_name(s, language) for s in score.bill.missing), language)
        return
    template = mark("{kilograms} kg CO2e per presentation ({bounds}; GSD2 {gsd2})")
    gsd2 = format_significant(score.gsd2, language, 3)
    yield translate(template, language).format(kilograms=kilograms, bounds=bounds, gsd2=gsd2)
    per_unit = mark("{kilograms} kg CO2e per unit ({unit}), of {units} in the presentation")
    what = {"unit": score.bill.presentation["unit"], "units": format_significant(score.units_per_box, language)}
    yield "  " + translate(per_unit, language).format(kilograms=_kilograms(score.per_unit_kgco2e, language), **what)
    dose = score.per_daily_dose_kgco2e
    if dose is None:
        yield "  " + translate(mark("per defined daily dose: the bill gives no dose"), language)
    else:
        source = score.bill.presentation["defined_daily_dose"]["source"]
        template = mark("{kilograms} kg CO2e per defined daily dose ({source})")
        yield "  " + translate(template, language).format(kilograms=_kilograms(dose, language), source=source)


_STAGE_TITLES = (mark("Stage"), mark("kg CO2e"), mark("low"), mark("high"), mark("share"), "")


def _stage_rows(score: Score, language: str) -> Iterator[list[str]]:
    largest = max((value or 0.0 for value in score.by_stage.values()), default=0.0)
    for stage, emissions in score.by_stage.items():
        name = stage_name(stage, language)
        if emissions is None:
            why = mark("left out, justified") if stage in score.bill.excluded else mark("NO DATA")
            yield [name, "–", "", "", "", translate(why, language)]
            continue
        bar = "█" * round(BAR_COLUMNS * emissions / largest) if largest else ""
        yield [name, *_figures(emissions, score.interval(stage), score.total_kgco2e, language), bar]


def _total_row(score: Score, language: str) -> list[str]:
    total = score.total_kgco2e
    return [translate(mark("Total"), language), *_figures(total, score.interval(), total, language), ""]


def _figures(emissions: float, bounds: Interval, total: float, language: str) -> list[str]:
    share = f"{format_number(100 * emissions / total, language)} %" if total else "–"
    return [*(_kilograms(value, language) for value in (emissions, bounds.low, bounds.high)), share]


def _beside_lines(score: Score, language: str) -> Iterator[str]:
    yield labelled(mark("of which freight by air"), f"{_kilograms(score.air_kgco2e, language)} kg CO2e", language)
    consumables = score.consumables_kgco2e
    if consumables is not None:
        shown = f"{_kilograms(consumables, language)} kg CO2e"
        yield labelled(mark("Beside the total, consumables of administration"), shown, language)
    biogenic = f"{_kilograms(score.co2_biogenic_kg, language)} kg"
    if score.without_biogenic:
        untold = mark("not told by the factors of {count} of {total} inputs")
        counts = {"count": score.without_biogenic, "total": len(score.counted)}
        biogenic += f" ({translate(untold, language).format(**counts)})"
    yield labelled(mark("Beside the total, biogenic CO2"), biogenic, language)


def _quality_lines(score: Score, language: str) -> Iterator[str]:
    tiers = {translate(tier, language): share for tier, share in score.shares_by_tier.items()}
    origins = {translate(_ORIGINS[name], language): share for name, share in score.shares_by_origin.items()}
    yield labelled(mark("Tier of the quantities"), _shares(tiers, language), language)
    yield labelled(mark("Where the factors are from"), _shares(origins, language), language)
    notes = ", ".join(
        f"{translate(name, language)} {format_number(value, language, 1)}" for name, value in score.mean_notes.items()
    )
    yield labelled(mark("Mean quality notes, 1 (worst) to 5"), notes or "–", language)
    for name, mass in score.process_masses.items():
        shown = ", ".join(
            f"{translate(kind, language)} {'–' if value is None else format_significant(value, language, 3)}"
            for kind, value in ((_ORGANICS, mass.organics), (_SOLVENTS, mass.solvents), (_WATER, mass.water))
        )
        template = translate(mark("Process mass of {name}, kg per kg"), language).format(name=name)
        yield labelled(template, shown, language)


_UNUSED = mark("unused medicine")
_ORGANICS, _SOLVENTS, _WATER = mark("organics"), mark("solvents (net)"), mark("water")


def _shares(shares: Mapping[str, float], language: str) -> str:
    return ", ".join(f"{name} {format_number(100 * share, language)} %" for name, share in shares.items()) or "–"


def _input_lines(score: Score, language: str, every_input: bool) -> Iterator[str]:
    largest = sorted(score.inputs, key=lambda scored: -scored.emissions_kgco2e)
    shown = score.inputs if every_input else [scored for scored in largest if scored.emissions_kgco2e][:LARGEST_SHOWN]
    yield labelled(mark("Inputs") if every_input else mark("Largest inputs (all with --inputs)"), "", language).rstrip()
    for scored in shown:
        found, data = scored.input, scored.input.provenance
        apart = f" [{stage_name(CONSUMABLES, language)}]" if found.stage == CONSUMABLES else ""
        name = translate(_UNUSED, language) if found.kind == "unused" else found.name
        yield f"  {_kilograms(scored.emissions_kgco2e, language)} kg CO2e  {name}{apart}"
        if every_input:
            yield from (f"      {line}" for line in _trace(scored, language))
            tier = translate(data.tier, language)
            gsd2 = format_significant(data.gsd2, language, 3)
            yield "      " + labelled(f"{tier}, {data.country}, {data.year}, GSD2 {gsd2}", data.source, language)


def _trace(scored: ScoredInput, language: str) -> Iterator[str]:
    found, chosen = scored.input, scored.chosen
    yield labelled(found.pointer, f"{format_significant(found.quantity, language)} {found.unit}", language)
    for step in (*found.steps, *chosen.steps):
        yield labelled(f"× {format_significant(step.multiplier, language)}", step.note.message(language), language)
    unit = " ".join((chosen.factor.unit.name, *chosen.factor.unit.bases))
    origin = translate(_ORIGINS[chosen.origin], language)
    value = f"× {format_significant(chosen.value, language)} kg CO2e/{unit}"
    yield labelled(value, f"{chosen.factor.id} ({origin})", language)


def _said_lines(score: Score, language: str) -> Iterator[str]:
    said = score.bill.document
    for stage, why in score.bill.excluded.items():
        yield labelled(
            translate(mark("Left out, {stage}"), language).format(stage=stage_name(stage, language)), why, language
        )
    if "cut_off" in said:
        cut_off = said["cut_off"]
        shown = f"{format_significant(float(cut_off['percent']), language)} %. {cut_off['justification']}"
        yield labelled(mark("Cut-off"), shown, language)
    yield from _words(_SCOPE, language)
    template = mark("GWP set {gwp_set}; rung {rung} of the ladder of medicines; digest {digest}")
    what = {"gwp_set": score.gwp_set, "rung": score.rung, "digest": score.digest[:12]}
    yield translate(template, language).format(**what)


def _comparison_lines(comparison: ScoreComparison, language: str) -> Iterator[str]:
    first, second = comparison.first, comparison.second
    for letter, score in (("A", first), ("B", second)):
        yield f"{letter}  {score.bill.presentation['name']} — CIP13 {score.bill.presentation['cip13']}"
    yield ""
    titles = [translate(mark("Stage"), language), "A (kg CO2e)", "B (kg CO2e)", "A - B"]
    yield aligned([titles, *_comparison_rows(comparison, language)], (0,))
    yield ""
    template = mark("A - B: {difference} kg CO2e per presentation ({bounds})")
    shown = {"difference": _kilograms(comparison.difference_kgco2e, language)}
    yield translate(template, language).format(**shown, bounds=_bounds(comparison.interval, language))
    template = mark("Probability that A emits less than B: {percent} %")
    yield translate(template, language).format(percent=_percent(comparison.probability_first_lower, language))
    template = mark("{count} inputs are the same data in both: their errors cancel, as do those of shared factors")
    yield translate(template, language).format(count=comparison.shared_inputs)
    if comparison.notes:
        yield ""
        yield from problem_lines(comparison.notes, language)


def _comparison_rows(comparison: ScoreComparison, language: str) -> Iterator[list[str]]:
    first, second = comparison.first, comparison.second
    for stage in STAGES:
        here, there = first.by_stage[stage], second.by_stage[stage]
        difference = None if here is None or there is None else here - there
        cells = ["–" if value is None else _kilograms(value, language) for value in (here, there, difference)]
        yield [stage_name(stage, language), *cells]
    totals = (first.total_kgco2e, second.total_kgco2e, comparison.difference_kgco2e)
    yield [translate(mark("Total"), language), *(_kilograms(value, language) for value in totals)]


def _percent(share: float, language: str) -> str:
    """Per cent, never rounded to a certainty that it is not."""
    shown = format_number(100 * share, language, 1)
    if shown == format_number(0.0, language, 1) and share > 0:
        return f"< {format_number(0.1, language, 1)}"
    if shown == format_number(100.0, language, 1) and share < 1:
        return f"> {format_number(99.9, language, 1)}"
    return shown


def _kilograms(value: float, language: str) -> str:
    return format_significant(value, language, 3)


def _bounds(interval: Interval, language: str) -> str:
    template = mark("95 %: {low} to {high}")
    low, high = (_kilograms(value, language) for value in (interval.low, interval.high))
    return translate(template, language).format(low=low, high=high)


def _words(words: Iterable[str], language: str) -> list[str]:
    return [translate(word, language) for word in words]


def _gathered(problems: Iterable[Problem]) -> list[Problem]:
    """Problems that say the same, once, with their count."""
    found: dict[str, Problem] = {}
    for problem in problems:
        key = problem.message()
        found[key] = found[key].at(count=found[key].count + 1) if key in found else problem
    return list(found.values())
