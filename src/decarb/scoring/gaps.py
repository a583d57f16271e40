"""What a bill of materials does not say: named, never counted as zero in silence."""

from collections.abc import Iterator, Sequence

from decarb.errors import Problem, Term
from decarb.language import mark
from decarb.scoring.bill import Bill
from decarb.scoring.score import ScoredInput
from decarb.scoring.stages import stage_term
from decarb.scoring.synthesis import ENERGY_KINDS

_ENERGY_TERMS = {
    "electricity": mark("electricity"),
    "heat": mark("heat"),
    "solvent_incineration": mark("solvent incineration"),
}


def gaps_of(bill: Bill, scored: Sequence[ScoredInput]) -> Iterator[Problem]:
    """Gaps in the data of a bill, each a warning at its place."""
    for problem in (*_of_stages(bill), *_of_formulation(bill), *_of_syntheses(bill), *_of_quality(scored)):
        yield problem.at(severity="warning")


def _of_stages(bill: Bill) -> Iterator[Problem]:
    for stage in bill.missing:
        yield Problem("score-gap-stage", {"stage": Term(stage_term(stage))}, pointer=f"/{stage}")
    if "cut_off" not in bill.document:
        yield Problem("score-gap-cut-off")
    if bill.has_data("end_of_life") and "unused" not in bill.document["end_of_life"]:
        yield Problem("score-gap-unused", pointer="/end_of_life")


def _of_formulation(bill: Bill) -> Iterator[Problem]:
    if bill.has_data("active_substances") and "loss_percent" not in bill.document.get("formulation", {}):
        yield Problem("score-gap-loss", pointer="/formulation")


def _of_syntheses(bill: Bill) -> Iterator[Problem]:
    for number, substance in enumerate(bill.document.get("active_substances", [])):
        for position, step in enumerate(substance.get("synthesis", [])):
            needed = ENERGY_KINDS if step["solvents"] else ENERGY_KINDS[:2]
            absent = [Term(_ENERGY_TERMS[kind]) for kind in needed if kind not in step]
            if absent and "energy_included" not in step:
                pointer = f"/active_substances/{number}/synthesis/{position}"
                yield Problem("score-gap-synthesis", {"name": step["name"], "absent": absent}, pointer=pointer)


def _of_quality(scored: Sequence[ScoredInput]) -> Iterator[Problem]:
    unsaid = [one.input for one in scored if one.input.provenance.origin == "default"]
    if unsaid:
        yield Problem("score-gap-quality", {"count": len(unsaid), "total": len(scored)}, pointer=unsaid[0].pointer)
