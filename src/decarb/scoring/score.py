"""The score of one presentation: its inputs with their emissions, and every reading of them."""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from decarb.errors import Problem
from decarb.quality import CRITERIA
from decarb.scoring.bill import Bill
from decarb.scoring.choosing import Chosen
from decarb.scoring.inputs import Input
from decarb.scoring.spread import Line, interval, sigma_of
from decarb.scoring.stages import CONSUMABLES, STAGES
from decarb.scoring.synthesis import ProcessMass
from decarb.uncertainty.analytic import Interval

VERIFIABLE_METHODS: tuple[str, ...] = ("State", "PAS 2090", "ISO 14067")
"""Methods whose verified result is the first rung of the ladder of medicines."""
FIRST_RUNG, BILL_RUNG = 1, 3


@dataclass(frozen=True, slots=True)
class ScoredInput:
    """An input with its factor and what it emits for one presentation."""

    input: Input
    chosen: Chosen

    @property
    def amount(self) -> float:
        """Quantity for one presentation [unit of the factor]."""
        steps = (*self.input.steps, *self.chosen.steps)
        return self.input.quantity * math.prod(step.multiplier for step in steps)

    @property
    def emissions_kgco2e(self) -> float:
        """Emissions [kg CO2e per presentation]."""
        return self.amount * self.chosen.value

    @property
    def co2_biogenic_kg(self) -> float | None:
        """Biogenic CO2 beside the emissions [kg per presentation]; None where the factor does not tell."""
        known = self.chosen.co2_biogenic
        return None if known is None else self.amount * known

    @property
    def line(self) -> Line:
        """The input as a term of an interval."""
        activity_sigma = sigma_of(self.input.provenance.gsd2)
        return Line(self.chosen.group, self.emissions_kgco2e, activity_sigma, sigma_of(self.chosen.factor.gsd2))


@dataclass(frozen=True)
class Score:
    """Carbon score of one presentation from its bill of materials.

    Attributes
    ----------
    bill
        What it was computed from.
    inputs
        Every input, consumables of administration too.
    process_masses
        Process mass intensity of each substance with a synthesis, by name.
    gwp_set, library_digest
        What it was computed with.
    notes
        Warnings of the factors and of the bill.
    """

    bill: Bill
    inputs: tuple[ScoredInput, ...]
    process_masses: Mapping[str, ProcessMass]
    doses_per_box: float | None
    gwp_set: str
    library_digest: str
    notes: tuple[Problem, ...]

    @cached_property
    def counted(self) -> tuple[ScoredInput, ...]:
        """Inputs of the total: all but the consumables."""
        return tuple(scored for scored in self.inputs if scored.input.stage != CONSUMABLES)

    @cached_property
    def total_kgco2e(self) -> float:
        """Sum of the stages that have data [kg CO2e per presentation]."""
        return _sum(self.counted)

    @property
    def is_complete(self) -> bool:
        """Whether every stage has data, or a justified exclusion."""
        return not self.bill.missing

    @property
    def units_per_box(self) -> float:
        """Units of the presentation."""
        return float(self.bill.presentation["units_per_box"])

    @property
    def per_unit_kgco2e(self) -> float:
        """Emissions of one unit (UCD) [kg CO2e]."""
        return self.total_kgco2e / self.units_per_box

    @property
    def per_daily_dose_kgco2e(self) -> float | None:
        """Emissions of one defined daily dose [kg CO2e]; None unless the bill gives the dose."""
        return None if self.doses_per_box is None else self.total_kgco2e / self.doses_per_box

    @cached_property
    def by_stage(self) -> Mapping[str, float | None]:
        """Emissions of each stage [kg CO2e per presentation]; None where there is no data, never zero."""
        return {stage: self._of_stage(stage) if self.bill.has_data(stage) else None for stage in STAGES}

    @property
    def air_kgco2e(self) -> float:
        """Emissions of freight by air, which the stages include [kg CO2e per presentation]."""
        return _sum(scored for scored in self.counted if scored.input.is_air)

    @property
    def consumables_kgco2e(self) -> float | None:
        """Emissions of the materials of administration, beside the total; None where the bill gives none."""
        consumables = [scored for scored in self.inputs if scored.input.stage == CONSUMABLES]
        return _sum(consumables) if consumables else None

    @property
    def co2_biogenic_kg(self) -> float:
        """Biogenic CO2 of the factors that tell it [kg per presentation], beside the total."""
        return math.fsum(scored.co2_biogenic_kg or 0.0 for scored in self.counted)

    @property
    def without_biogenic(self) -> int:
        """How many inputs have a factor that does not tell its biogenic CO2."""
        return sum(scored.co2_biogenic_kg is None for scored in self.counted if scored.amount)

    def interval(self, stage: str = "") -> Interval:
        """95 % interval of the total, or of one stage [kg CO2e per presentation]."""
        return interval(scored.line for scored in self.counted if stage in ("", scored.input.stage))

    @property
    def gsd2(self) -> float:
        """Geometric half-width of the interval: sqrt(high / low), the GSD2 of a lognormal; 1 for nothing.

        Where three moments leave no positive low, high / total.
        """
        bounds = self.interval()
        if not self.total_kgco2e:
            return 1.0
        return math.sqrt(bounds.high / bounds.low) if bounds.low > 0 else bounds.high / self.total_kgco2e

    @property
    def shares_by_tier(self) -> Mapping[str, float]:
        """Share of the total by tier of the quantities [1]; empty where the total is zero."""
        return self._shares(lambda scored: scored.input.provenance.tier)

    @property
    def shares_by_origin(self) -> Mapping[str, float]:
        """Share of the total by where the factor is from: ``library``, ``bill`` or ``default`` [1]."""
        return self._shares(lambda scored: scored.chosen.origin)

    @property
    def mean_notes(self) -> Mapping[str, float]:
        """Mean quality note of the quantities by criterion, weighted by emissions; a missing note counts as 1.

        Quantities that state an uncertainty instead of notes are left out; empty where none has notes to count.
        """
        noted = [scored for scored in self.counted if scored.input.provenance.origin != "stated"]
        total = _sum(noted)
        if not total:
            return {}
        return {
            name: math.fsum((one.input.provenance.notes[place] or 1) * one.emissions_kgco2e for one in noted) / total
            for place, name in enumerate(CRITERIA)
        }

    @property
    def rung(self) -> int:
        """Rung of the ladder of medicines: the first where the result is verified by a method of its own."""
        method = self.bill.document.get("method", {})
        verified = method.get("name") in VERIFIABLE_METHODS and method.get("verified_by")
        return FIRST_RUNG if verified else BILL_RUNG

    @property
    def digest(self) -> str:
        """sha256 of the bill, the factors and the GWP set: the same for the same result."""
        parts = f"{self.bill.digest} {self.library_digest} {self.gwp_set}"
        return hashlib.sha256(parts.encode()).hexdigest()

    def _of_stage(self, stage: str) -> float:
        return _sum(scored for scored in self.counted if scored.input.stage == stage)

    def _shares(self, key: Callable[[ScoredInput], str]) -> Mapping[str, float]:
        if not self.total_kgco2e:
            return {}
        names = sorted({key(scored) for scored in self.counted})
        return {
            name: _sum(scored for scored in self.counted if key(scored) == name) / self.total_kgco2e for name in names
        }


def _sum(scored: Iterable[ScoredInput]) -> float:
    """Exact sum, rounded once: the order of the inputs changes no bit."""
    return math.fsum(one.emissions_kgco2e for one in scored)
