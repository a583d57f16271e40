"""A bill of materials as one list of inputs, each with what leads from its quantity to one presentation."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from decarb.binding.conversions import Step
from decarb.errors import DecarbError, Problem, UsageError
from decarb.quality import CRITERIA, UNKNOWN_GSD2, gsd2_of_notes, gsd2_of_percent
from decarb.scoring.bill import Bill
from decarb.scoring.stages import CONSUMABLES
from decarb.scoring.synthesis import ENERGY_KINDS, INPUT_KINDS, step_amounts
from decarb.units import conversion_factor, parse_unit

Flow = Mapping[str, Any]
ENERGY: frozenset[str] = frozenset({"electricity", "heat"})
"""Kinds of input whose factor must be that of the country it is used in."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a quantity comes from, and how far it may be off.

    ``notes`` are those of ``decarb.quality.CRITERIA``, 1 (the worst) to 5; ``origin`` says what the spread rests on:
    ``stated``, ``quality_notes`` or ``default`` (nothing is said).
    """

    tier: str
    country: str
    year: int
    source: str
    notes: tuple[int | None, ...]
    gsd2: float
    origin: str


@dataclass(frozen=True, slots=True)
class Input:
    """A quantity of the bill: ``quantity`` times the multipliers of ``steps`` is what one presentation takes.

    ``unit`` is as the bill says; ``unit_taken`` is that of the product, another for legs alone (t.km).
    ``reference`` is what the bill says of the factor; ``kind`` what the input is within its stage.
    """

    pointer: str
    stage: str
    kind: str
    name: str
    quantity: float
    unit: str
    reference: str | Flow
    provenance: Provenance
    steps: tuple[Step, ...]
    unit_taken: str
    mode: str

    @property
    def is_air(self) -> bool:
        """Whether it is a leg by air."""
        return self.mode == "air"


def read_inputs(bill: Bill) -> tuple[list[Input], list[Problem]]:
    """Every input of a bill that can be read, in the order of the stages, and the problems of the others.

    A problem is a unit that is unknown, or no mass where a mass is needed.
    """
    problems: list[Problem] = []
    found: list[Input] = []
    reader = _Reader(bill)
    for part in (
        reader.active_substances,
        reader.excipients,
        reader.formulation,
        reader.packaging,
        reader.transport,
        reader.distribution,
        reader.use,
        reader.end_of_life,
    ):
        try:
            found += part()
        except DecarbError as error:
            problems += error.problems
    return found, problems


def dosage_mg(bill: Bill) -> Mapping[str, float]:
    """Mass of each active substance in one unit [mg], by name."""
    reader, units = _Reader(bill), float(bill.presentation["units_per_box"])
    return {
        substance["name"]: reader.mass_kg(substance, f"/active_substances/{number}") * 1e6 / units
        for number, substance in enumerate(bill.document.get("active_substances", []))
    }


def note(code: str, **parameters: Any) -> Problem:
    """Word a step of the calculation."""
    return Problem(code, parameters, severity="note")


class _Reader:
    """Reads the stages of one bill."""

    def __init__(self, bill: Bill) -> None:
        self.bill = bill
        self.document = bill.document
        self.loss = float(bill.document.get("formulation", {}).get("loss_percent", 0.0)) / 100

    def active_substances(self) -> Iterator[Input]:
        for number, substance in enumerate(self.document.get("active_substances", [])):
            pointer = f"/active_substances/{number}"
            if "factor" in substance:
                yield self._input(substance, pointer, "active_substances", "factor", self._loss())
            else:
                yield from self._synthesis(substance, pointer)

    def excipients(self) -> Iterator[Input]:
        return self._flows("excipients", "/excipients", self.document.get("excipients", []), "mass", self._loss())

    def formulation(self) -> Iterator[Input]:
        for number, site in enumerate(self.document.get("formulation", {}).get("sites", [])):
            allocation = site.get("allocation")
            for kind in ("electricity", "heat", "others"):
                pointer = f"/formulation/sites/{number}/{kind}"
                for position, flow in enumerate(site.get(kind, [])):
                    steps = [_allocated(allocation, site["name"])] if flow.get("per") == "site" else []
                    yield self._input(flow, f"{pointer}/{position}", "formulation", kind, steps)

    def packaging(self) -> Iterator[Input]:
        for number, material in enumerate(self.document.get("packaging", [])):
            held = float(material.get("presentations", 1))
            steps = [Step(1 / held, note("score-step-held", presentations=held))] if held != 1 else []
            yield self._input(material, f"/packaging/{number}", "packaging", material["level"], steps)

    def transport(self) -> Iterator[Input]:
        return self._legs("transport", "/transport", self.document.get("transport", []))

    def distribution(self) -> Iterator[Input]:
        distribution = self.document.get("distribution", {})
        yield from self._legs("distribution", "/distribution/legs", distribution.get("legs", []))
        yield from self._flows("distribution", "/distribution/energy", distribution.get("energy", []), "electricity")

    def use(self) -> Iterator[Input]:
        use = self.document.get("use", {})
        for number, gas in enumerate(use.get("released_gases", [])):
            captured = float(gas.get("captured_percent", 0.0))
            steps = [Step(1 - captured / 100, note("score-step-captured", percent=captured))] if captured else []
            yield self._input(gas, f"/use/released_gases/{number}", "use", "released_gas", steps)
        yield from self._flows(CONSUMABLES, "/use/consumables", use.get("consumables", []), "consumable")

    def end_of_life(self) -> Iterator[Input]:
        end = self.document.get("end_of_life", {})
        for number, waste in enumerate(end.get("packaging", [])):
            yield self._input(waste, f"/end_of_life/packaging/{number}", "end_of_life", waste["route"], [])
        if unused := end.get("unused"):
            contents = math.fsum(
                self.mass_kg(flow, f"/{stage}/{number}")
                for stage in ("active_substances", "excipients")
                for number, flow in enumerate(self.document.get(stage, []))
            )
            share = float(unused["percent"])
            steps = [Step(share / 100, note("score-step-unused", percent=share))]
            flow = {**unused, "name": "unused medicine", "quantity": contents, "unit": "kg"}
            yield self._input(flow, "/end_of_life/unused", "end_of_life", "unused", steps)

    def mass_kg(self, flow: Flow, pointer: str) -> float:
        """Mass of a substance in one presentation [kg]."""
        steps = self._per(flow)
        return float(flow["quantity"]) * _mass_ratio(flow, pointer) * math.prod(step.multiplier for step in steps)

    def _synthesis(self, substance: Flow, pointer: str) -> Iterator[Input]:
        mass = self.mass_kg(substance, pointer)
        made = Step(mass, note("score-step-substance", mass_kg=mass, name=substance["name"]))
        of_substance = self._provenance(substance)
        steps = substance["synthesis"]
        for number, (step, amount) in enumerate(zip(steps, step_amounts(steps), strict=True)):
            product = Step(amount, note("score-step-product", amount=amount, name=step["name"]))
            for kind, place, flow in _step_flows(step):
                recovered = float(flow.get("recovered_percent", 0.0))
                kept = [Step(1 - recovered / 100, note("score-step-recovered", percent=recovered))]
                chain = [product, made, *self._loss(), *(kept if recovered else [])]
                named = {**flow, "name": f"{step['name']}: {flow['name']}"}
                found = self._input(named, f"{pointer}/synthesis/{number}/{place}", "active_substances", kind, chain)
                yield _with_spread_of(found, of_substance)

    def _legs(self, stage: str, pointer: str, legs: Sequence[Flow]) -> Iterator[Input]:
        for number, leg in enumerate(legs):
            place = f"{pointer}/{number}"
            ratio = _mass_ratio(leg, place) / 1000
            distance = float(leg["distance_km"])
            carried = Step(ratio * distance, note("score-step-leg", unit=leg["unit"], distance=distance))
            named = {"name": f"{leg['from']} → {leg['to']}", **leg}
            yield self._input(named, place, stage, "leg", [carried], leg["mode"])

    def _flows(
        self, stage: str, pointer: str, flows: Sequence[Flow], kind: str, steps: Sequence[Step] = ()
    ) -> Iterator[Input]:
        for number, flow in enumerate(flows):
            yield self._input(flow, f"{pointer}/{number}", stage, kind, steps)

    def _input(self, flow: Flow, pointer: str, stage: str, kind: str, steps: Sequence[Step], mode: str = "") -> Input:
        return Input(
            pointer,
            stage,
            kind,
            flow["name"],
            float(flow["quantity"]),
            flow["unit"],
            flow["factor"],
            self._provenance(flow),
            (*self._per(flow), *steps),
            "t.km" if mode else flow["unit"],
            mode,
        )

    def _per(self, flow: Flow) -> list[Step]:
        match flow.get("per", "presentation"):
            case "unit":
                units = float(self.bill.presentation["units_per_box"])
                return [Step(units, note("score-step-units", units=units))]
            case "batch":
                batch = float(self.bill.presentation["presentations_per_batch"])
                return [Step(1 / batch, note("score-step-batch", presentations=batch))]
            case _:
                return []

    def _loss(self) -> list[Step]:
        if not self.loss:
            return []
        return [Step(1 / (1 - self.loss), note("score-step-loss", percent=self.loss * 100))]

    def _provenance(self, flow: Flow) -> Provenance:
        said = flow["data"]
        data = self.document["datasets"][said] if isinstance(said, str) else said
        notes, gsd2, origin = quality_spread(data)
        country, year = flow.get("country", data["country"]), flow.get("year", data["year"])
        return Provenance(data["tier"], country, year, data["source"], notes, gsd2, origin)


def quality_spread(said: Flow) -> tuple[tuple[int | None, ...], float, str]:
    """Quality notes, GSD2, and what it rests on: a stated uncertainty replaces the notes.

    Notes of an ecoinvent pedigree, 1 the best, are turned round as 6 - note.
    """
    quality = said.get("quality", {})
    turned = quality.get("scale") == "pedigree"
    notes = tuple(
        None if quality.get(name) is None else 6 - quality[name] if turned else quality[name] for name in CRITERIA
    )
    if "uncertainty_percent" in said:
        return notes, gsd2_of_percent(said["uncertainty_percent"]), "stated"
    if any(value is not None for value in notes):
        return notes, gsd2_of_notes(notes), "quality_notes"
    return notes, UNKNOWN_GSD2, "default"


def _step_flows(step: Flow) -> Iterator[tuple[str, str, Flow]]:
    for kind in INPUT_KINDS:
        for number, flow in enumerate(step[kind]):
            yield kind, f"{kind}/{number}", flow
    for kind in ENERGY_KINDS:
        if kind in step:
            yield kind, kind, step[kind]


def _with_spread_of(found: Input, substance: Provenance) -> Input:
    """Input of a synthesis: the mass of substance that it serves is uncertain too."""
    own = found.provenance
    logarithm = math.hypot(math.log(own.gsd2), math.log(substance.gsd2))
    return replace(found, provenance=replace(own, gsd2=math.exp(logarithm)))


def _allocated(allocation: Flow, site: str) -> Step:
    share = allocation["of_presentation"] / allocation["site_total"]
    what = {"site": site, "part": float(allocation["of_presentation"]), "total": float(allocation["site_total"])}
    return Step(share, note("score-step-allocated", unit=allocation["unit"], **what))


def _mass_ratio(flow: Flow, pointer: str) -> float:
    """Kilograms in the unit of a flow."""
    try:
        unit = parse_unit(flow["unit"])
    except DecarbError as error:
        raise UsageError(problem.at(pointer=f"{pointer}/unit") for problem in error.problems) from None
    ratio = conversion_factor(unit.name, "kg")
    if ratio is None:
        raise UsageError([Problem("score-not-a-mass", {"value": flow["unit"]}, pointer=f"{pointer}/unit")])
    return ratio
