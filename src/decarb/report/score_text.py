"""The score of a medicine, and the comparison of two, as a document and as text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from decarb.errors import Problem
from decarb.language import mark
from decarb.report.grid import aligned
from decarb.report.problems import problem_lines
from decarb.report.words import Words
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
    return "\n".join(_score_lines(score, Words(language), every_input)) + "\n"


def comparison_text(comparison: ScoreComparison, language: str) -> str:
    """Comparison to read: both scores by stage, the difference with its interval, and what could not be checked."""
    return "\n".join(_comparison_lines(comparison, Words(language))) + "\n"


def _score_lines(score: Score, words: Words, every_input: bool) -> Iterator[str]:
    said = score.bill.presentation
    yield f"{said['name']} — CIP13 {said['cip13']}"
    yield ""
    yield from _result_lines(score, words)
    yield ""
    yield aligned([[*map(words.say, _STAGE_TITLES)], *_stage_rows(score, words), _total_row(score, words)], (0, 5))
    yield from _beside_lines(score, words)
    yield ""
    yield from _quality_lines(score, words)
    yield ""
    yield from _input_lines(score, words, every_input)
    yield ""
    yield from _said_lines(score, words)
    if score.notes:
        yield ""
        yield from problem_lines(_gathered(score.notes), words.language)


def _result_lines(score: Score, words: Words) -> Iterator[str]:
    kilograms, bounds = words.kilograms(score.total_kgco2e), _bounds(score.interval(), words)
    if not score.is_complete:
        template = mark("INCOMPLETE: {kilograms} kg CO2e per presentation for the stages that have data ({bounds})")
        yield words.say(template, kilograms=kilograms, bounds=bounds)
        missing = ", ".join(stage_name(stage, words.language) for stage in score.bill.missing)
        yield "  " + words.labelled(mark("No data"), missing)
        return
    template = mark("{kilograms} kg CO2e per presentation ({bounds}; GSD2 {gsd2})")
    gsd2 = words.significant(score.gsd2, 3)
    yield words.say(template, kilograms=kilograms, bounds=bounds, gsd2=gsd2)
    per_unit = mark("{kilograms} kg CO2e per unit ({unit}), of {units} in the presentation")
    what = {"unit": score.bill.presentation["unit"], "units": words.significant(score.units_per_box)}
    yield "  " + words.say(per_unit, kilograms=words.kilograms(score.per_unit_kgco2e), **what)
    dose = score.per_daily_dose_kgco2e
    if dose is None:
        yield "  " + words.say(mark("per defined daily dose: the bill gives no dose"))
    else:
        source = score.bill.presentation["defined_daily_dose"]["source"]
        template = mark("{kilograms} kg CO2e per defined daily dose ({source})")
        yield "  " + words.say(template, kilograms=words.kilograms(dose), source=source)


_STAGE_TITLES = (mark("Stage"), mark("kg CO2e"), mark("low"), mark("high"), mark("share"), "")


def _stage_rows(score: Score, words: Words) -> Iterator[list[str]]:
    largest = max((value or 0.0 for value in score.by_stage.values()), default=0.0)
    for stage, emissions in score.by_stage.items():
        name = stage_name(stage, words.language)
        if emissions is None:
            why = mark("left out, justified") if stage in score.bill.excluded else mark("NO DATA")
            yield [name, "–", "", "", "", words.say(why)]
            continue
        bar = "█" * round(BAR_COLUMNS * emissions / largest) if largest else ""
        yield [name, *_figures(emissions, score.interval(stage), score.total_kgco2e, words), bar]


def _total_row(score: Score, words: Words) -> list[str]:
    total = score.total_kgco2e
    return [words.say(mark("Total")), *_figures(total, score.interval(), total, words), ""]


def _figures(emissions: float, bounds: Interval, total: float, words: Words) -> list[str]:
    share = words.percent(emissions / total) if total else "–"
    return [*(words.kilograms(value) for value in (emissions, bounds.low, bounds.high)), share]


def _beside_lines(score: Score, words: Words) -> Iterator[str]:
    yield words.labelled(mark("of which freight by air"), f"{words.kilograms(score.air_kgco2e)} kg CO2e")
    consumables = score.consumables_kgco2e
    if consumables is not None:
        shown = f"{words.kilograms(consumables)} kg CO2e"
        yield words.labelled(mark("Beside the total, consumables of administration"), shown)
    biogenic = f"{words.kilograms(score.co2_biogenic_kg)} kg"
    if score.without_biogenic:
        untold = mark("not told by the factors of {count} of {total} inputs")
        counts = {"count": score.without_biogenic, "total": len(score.counted)}
        biogenic += f" ({words.say(untold, **counts)})"
    yield words.labelled(mark("Beside the total, biogenic CO2"), biogenic)


def _quality_lines(score: Score, words: Words) -> Iterator[str]:
    tiers = {words.say(tier): share for tier, share in score.shares_by_tier.items()}
    origins = {words.say(_ORIGINS[name]): share for name, share in score.shares_by_origin.items()}
    yield words.labelled(mark("Tier of the quantities"), _shares(tiers, words))
    yield words.labelled(mark("Where the factors are from"), _shares(origins, words))
    notes = ", ".join(f"{words.say(name)} {words.number(value, 1)}" for name, value in score.mean_notes.items())
    yield words.labelled(mark("Mean quality notes, 1 (worst) to 5"), notes or "–")
    for name, mass in score.process_masses.items():
        shown = ", ".join(
            f"{words.say(kind)} {'–' if value is None else words.kilograms(value)}"
            for kind, value in ((_ORGANICS, mass.organics), (_SOLVENTS, mass.solvents), (_WATER, mass.water))
        )
        template = words.say(mark("Process mass of {name}, kg per kg"), name=name)
        yield words.labelled(template, shown)


_UNUSED = mark("unused medicine")
_ORGANICS, _SOLVENTS, _WATER = mark("organics"), mark("solvents (net)"), mark("water")


def _shares(shares: Mapping[str, float], words: Words) -> str:
    return ", ".join(f"{name} {words.percent(share)}" for name, share in shares.items()) or "–"


def _input_lines(score: Score, words: Words, every_input: bool) -> Iterator[str]:
    largest = sorted(score.inputs, key=lambda scored: -scored.emissions_kgco2e)
    shown = score.inputs if every_input else [scored for scored in largest if scored.emissions_kgco2e][:LARGEST_SHOWN]
    yield words.labelled(mark("Inputs") if every_input else mark("Largest inputs (all with --inputs)"), "").rstrip()
    for scored in shown:
        found, data = scored.input, scored.input.provenance
        apart = f" [{stage_name(CONSUMABLES, words.language)}]" if found.stage == CONSUMABLES else ""
        name = words.say(_UNUSED) if found.kind == "unused" else found.name
        yield f"  {words.kilograms(scored.emissions_kgco2e)} kg CO2e  {name}{apart}"
        if every_input:
            yield from (f"      {line}" for line in _trace(scored, words))
            tier = words.say(data.tier)
            gsd2 = words.significant(data.gsd2, 3)
            yield "      " + words.labelled(f"{tier}, {data.country}, {data.year}, GSD2 {gsd2}", data.source)


def _trace(scored: ScoredInput, words: Words) -> Iterator[str]:
    found, chosen = scored.input, scored.chosen
    yield words.labelled(found.pointer, f"{words.significant(found.quantity)} {found.unit}")
    for step in (*found.steps, *chosen.steps):
        yield words.labelled(f"× {words.significant(step.multiplier)}", step.note.message(words.language))
    unit = " ".join((chosen.factor.unit.name, *chosen.factor.unit.bases))
    origin = words.say(_ORIGINS[chosen.origin])
    value = f"× {words.significant(chosen.value)} kg CO2e/{unit}"
    yield words.labelled(value, f"{chosen.factor.id} ({origin})")


def _said_lines(score: Score, words: Words) -> Iterator[str]:
    said = score.bill.document
    for stage, why in score.bill.excluded.items():
        yield words.labelled(words.say(mark("Left out, {stage}"), stage=stage_name(stage, words.language)), why)
    if "cut_off" in said:
        cut_off = said["cut_off"]
        shown = f"{words.significant(float(cut_off['percent']))} %. {cut_off['justification']}"
        yield words.labelled(mark("Cut-off"), shown)
    yield from map(words.say, _SCOPE)
    template = mark("GWP set {gwp_set}; rung {rung} of the ladder of medicines; digest {digest}")
    what = {"gwp_set": score.gwp_set, "rung": score.rung, "digest": score.digest[:12]}
    yield words.say(template, **what)


def _comparison_lines(comparison: ScoreComparison, words: Words) -> Iterator[str]:
    first, second = comparison.first, comparison.second
    for letter, score in (("A", first), ("B", second)):
        yield f"{letter}  {score.bill.presentation['name']} — CIP13 {score.bill.presentation['cip13']}"
    yield ""
    titles = [words.say(mark("Stage")), "A (kg CO2e)", "B (kg CO2e)", "A - B"]
    yield aligned([titles, *_comparison_rows(comparison, words)], (0,))
    yield ""
    template = mark("A - B: {difference} kg CO2e per presentation ({bounds})")
    shown = {"difference": words.kilograms(comparison.difference_kgco2e)}
    yield words.say(template, **shown, bounds=_bounds(comparison.interval, words))
    template = mark("Probability that A emits less than B: {share}")
    yield words.say(template, share=words.percent(comparison.probability_first_lower, 1))
    template = mark("{count} inputs are the same data in both: their errors cancel, as do those of shared factors")
    yield words.say(template, count=comparison.shared_inputs)
    if comparison.notes:
        yield ""
        yield from problem_lines(comparison.notes, words.language)


def _comparison_rows(comparison: ScoreComparison, words: Words) -> Iterator[list[str]]:
    first, second = comparison.first, comparison.second
    for stage in STAGES:
        here, there = first.by_stage[stage], second.by_stage[stage]
        difference = None if here is None or there is None else here - there
        cells = ["–" if value is None else words.kilograms(value) for value in (here, there, difference)]
        yield [stage_name(stage, words.language), *cells]
    totals = (first.total_kgco2e, second.total_kgco2e, comparison.difference_kgco2e)
    yield [words.say(mark("Total")), *(words.kilograms(value) for value in totals)]


def _bounds(interval: Interval, words: Words) -> str:
    low, high = words.kilograms(interval.low), words.kilograms(interval.high)
    return words.say(mark("95 %: {low} to {high}"), low=low, high=high)


def _gathered(problems: Iterable[Problem]) -> list[Problem]:
    """Problems that say the same, once, with their count."""
    found: dict[str, Problem] = {}
    for problem in problems:
        key = problem.message()
        found[key] = found[key].at(count=found[key].count + 1) if key in found else problem
    return list(found.values())
