"""One distinct set of terms resolved: factor, unit, basis, activity, control, parts and rules."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from decarb.binding.conversions import Step, basis_steps, line_unit, unit_steps
from decarb.errors import DecarbError, Problem, UsageError
from decarb.factors import Factor, FactorLibrary, Part, Selection, select
from decarb.factors.records import GAS_NAMES
from decarb.inventory import LineTerms
from decarb.reporting import Rule, View, activities, load_rules
from decarb.units import Unit, conversion_factor, is_currency


@dataclass(frozen=True, slots=True)
class BoundPart:
    """A part of the factor with the rule it reports under and the share that each booking takes.

    ``not_restated`` is what of the part keeps the GWP set it was published with [kg CO2e per unit].
    """

    part: Part
    not_restated: float
    rule: Rule
    shares: tuple[tuple[str, float], ...]

    def share(self, timing: str) -> float:
        """Share of the quantity that a view of this timing reads."""
        return sum(share for name, share in self.shares if name in ("both", timing))


@dataclass(frozen=True, slots=True)
class BoundTerms:
    """Distinct terms with all that they resolve to.

    ``multiplier`` is factor units per unit of the line; ``gap`` what the source publishes beyond the sum
    of its parts [kg CO2e per unit of the line].
    """

    terms: LineTerms
    factor: Factor
    unit: Unit
    activity: str
    operated: bool
    paid: bool
    tenure: str
    multiplier: float
    steps: tuple[Step, ...]
    parts: tuple[BoundPart, ...]
    gap: float
    market_based: float | None
    notes: tuple[Problem, ...]

    @property
    def is_monetary(self) -> bool:
        """Whether the line is an amount of money."""
        return is_currency(self.unit.name)

    def coefficient(self, timing: str) -> float:
        """Total of the view that reads `timing` [kg CO2e per unit of the line]."""
        return self.multiplier * sum(bound.part.total * bound.share(timing) for bound in self.parts)

    @property
    def not_restated(self) -> float:
        """What BEGES counts in the GWP set its source used, absolute [kg CO2e per unit of the line]."""
        return self.multiplier * sum(bound.not_restated * bound.share("beges") for bound in self.parts)

    def split(self, chosen: View) -> dict[str, float]:
        """Total by row of a view [kg CO2e per unit of the line]."""
        rows: dict[str, float] = {}
        for bound in self.parts:
            row = chosen.code(bound.rule)
            rows[row] = rows.get(row, 0.0) + self.multiplier * bound.share(chosen.timing) * bound.part.total
        return rows

    def memo(self, gas: str) -> float | None:
        """Amount of a gas beside the total of BEGES and ISO [kg CO2e per unit of the line]; None if unknown."""
        index = GAS_NAMES.index(gas)
        known = [(bound.part.gases[index], bound.share("beges")) for bound in self.parts]
        amounts = [amount * share for amount, share in known if amount is not None]
        return self.multiplier * sum(amounts) if amounts else None


def bind_terms(terms: LineTerms, library: FactorLibrary, gwp_set: str = "AR6") -> BoundTerms:
    """Resolve one set of terms: factor, unit, basis, activity, control, parts and rules.

    Raises
    ------
    DecarbError
        With every reason that it cannot be.
    """
    unit = line_unit(terms)
    selection = _select(terms, unit, library)
    factor = selection.factor
    problems: list[Problem] = []
    steps: list[Step] = []
    notes = list(selection.notes)
    try:
        found, said = unit_steps(terms, unit, factor, library)
        based, doubtful = basis_steps(terms, unit, factor, library)
        steps, notes = [*based, *found], [*notes, *said, *doubtful]
    except DecarbError as error:
        problems += error.problems
    try:
        activity = _activity(terms, factor)
        control, assumed = _control(terms, factor, activity)
        parts, said = _bound_parts(terms, factor, activity, control, library, gwp_set)
        notes += [*assumed, *said, *_unused(terms, unit, steps)]
    except DecarbError as error:
        problems += error.problems
    if problems:
        raise UsageError(problems)
    multiplier = 1.0
    for step in steps:
        multiplier *= step.multiplier
    published = factor.published_total if factor.model == "published" else None
    taken = sum(part.total + _beside(part) for part in factor.parts)
    return BoundTerms(
        terms=terms,
        factor=factor,
        unit=unit,
        activity=activity,
        operated=control.operated,
        paid=control.paid,
        tenure=control.tenure,
        multiplier=multiplier,
        steps=tuple(steps),
        parts=parts,
        gap=multiplier * parts[0].share("beges") * (published - taken) if published is not None else 0.0,
        market_based=_market_based(terms, unit, factor),
        notes=tuple(notes),
    )


def _unused(terms: LineTerms, unit: Unit, steps: list[Step]) -> list[Problem]:
    """Fields that the line gives and nothing used: more likely a mistake than an ornament."""
    used = {step.note.code for step in steps}
    given = {
        "vat_percent": terms.vat_percent is not None and "step-tax" not in used,
        "occupancy": terms.occupancy is not None and "step-occupancy" not in used,
        "price_year": terms.price_year is not None and not is_currency(unit.name),
    }
    return [Problem("field-unused", {"value": name}, severity="warning") for name, idle in given.items() if idle]


def _select(terms: LineTerms, unit: Unit, library: FactorLibrary) -> Selection:
    reference = terms.factor or _reference_of_code(terms, library)
    place = library.region_geography(terms.region, terms.department)
    found = select(library, reference, terms.year, place, unit.price_year, terms.contrails)
    ratio_year = found.factor.unit.price_year
    if ratio_year and reference not in library.series:
        if unit.price_year and unit.price_year != ratio_year:
            raise UsageError(
                [
                    Problem(
                        "price-year-differs",
                        {
                            "value": unit.price_year,
                            "factor": found.factor.id,
                            "factor_year": ratio_year,
                            "series": found.factor.series,
                        },
                    )
                ]
            )
        if not unit.price_year and terms.year != ratio_year:
            note = Problem(
                "price-year-assumed",
                {"factor": found.factor.id, "factor_year": ratio_year, "year": terms.year},
                severity="warning",
            )
            return replace(found, notes=(*found.notes, note))
    return found


def _reference_of_code(terms: LineTerms, library: FactorLibrary) -> str:
    system, value = terms.code_system, terms.code_value
    if system == "base-carbone":
        return f"base-carbone:{value}"
    if system == "CAS":
        factors = library.by_cas.get(value, ())
        if len(factors) == 1:
            return factors[0].id
        if factors:
            choices = [factor.id for factor in factors]
            raise UsageError([Problem("several-factors-of-cas", {"value": value, "choices": choices})])
        known = ", ".join(f"{cas} {found[0].id}" for cas, found in list(library.by_cas.items())[:6])
        raise UsageError([Problem("unknown-cas", {"value": value, "known": known})])
    raise UsageError([Problem("code-without-factor", {"value": value, "system": system})])


def _activity(terms: LineTerms, factor: Factor) -> str:
    if not terms.activity:
        if factor.default_activity:
            return factor.default_activity
        raise UsageError([Problem("activity-unsaid", {"factor": factor.id, "choices": factor.activities})])
    if terms.activity not in factor.activities:
        raise UsageError(
            [
                Problem(
                    "activity-not-served",
                    {"value": terms.activity, "factor": factor.id, "choices": factor.activities},
                )
            ]
        )
    return terms.activity


class _Control(NamedTuple):
    operated: bool
    paid: bool
    tenure: str


def _control(terms: LineTerms, factor: Factor, activity: str) -> tuple[_Control, list[Problem]]:
    """Control of the source: what the line says, else the nature of the factor, else the activity's default."""
    usual = activities()[activity]
    notes = []
    operated = terms.operated
    if operated is None:
        # what is bought by the euro, or is public transport, is run by others
        bought = factor.is_monetary or factor.default_operated == "no"
        operated = usual.operated and not bought
        if operated and activity in _OWN_OR_NOT:
            notes.append(Problem("operated-assumed", {"activity": activity}, severity="warning"))
    paid = usual.paid if terms.paid is None else terms.paid
    return _Control(operated, paid, terms.tenure or usual.tenure), notes


_OWN_OR_NOT = ("business_travel", "freight_internal")
"""Activities done with the establishment's vehicles or with others': the line should say."""


def _bound_parts(
    terms: LineTerms, factor: Factor, activity: str, control: _Control, library: FactorLibrary, gwp_set: str
) -> tuple[tuple[BoundPart, ...], list[Problem]]:
    shares, notes = _shares(terms, activity, control.tenure)
    rules = load_rules()
    parts = tuple(
        BoundPart(part, kept, rules.find(activity, part.stage, *control, terms.gas_releases), shares)
        for part, kept, _ in library.restated(factor, gwp_set)
    )
    return parts, notes


def _beside(part: Part) -> float:
    """What a part's published total counts and ours does not: gases outside Kyoto, avoided emissions."""
    return sum(part.gases[GAS_NAMES.index(gas)] or 0.0 for gas in ("outside_kyoto", "avoided"))


def _shares(terms: LineTerms, activity: str, tenure: str) -> tuple[tuple[tuple[str, float], ...], list[Problem]]:
    """Share of an asset that each booking takes this year: 1/years in BEGES, whole at purchase in GHG Protocol."""
    years, bought = terms.amortisation_years, terms.acquisition_year
    if not activities()[activity].asset:
        if years:
            raise UsageError([Problem("amortisation-of-no-asset", {"activity": activity})])
        return (("both", 1.0),), []
    if not years:
        note = Problem("asset-without-amortisation", {"activity": activity}, severity="warning")
        return (("both", 1.0),), [note]
    if bought is None or tenure == "leased":
        note = Problem("step-amortised-evenly", {"years": years}, severity="note")
        return (("both", 1 / years),), [note]
    in_use = terms.year - bought < years
    if not in_use:
        what = {"bought": bought, "years": years, "last": bought + years - 1}
        return (("beges", 0.0), ("ghg", 0.0)), [Problem("asset-written-off", what, severity="warning")]
    note = Problem("step-amortised", {"years": years, "bought": bought, "last": bought + years - 1}, severity="note")
    return (("beges", 1 / years), ("ghg", 1.0 if bought == terms.year else 0.0)), [note]


def _market_based(terms: LineTerms, unit: Unit, factor: Factor) -> float | None:
    """Contract's factor per unit of the line [kg CO2e], for the memo of the GHG Protocol view."""
    rate = terms.market_based_kgco2e_per_kwh
    if rate is None:
        return None
    to_kwh = conversion_factor(unit.name, "kWh")
    if to_kwh is None or "electricity" not in factor.activities:
        raise UsageError([Problem("market-based-of-no-electricity", {"factor": factor.id})])
    return rate * to_kwh
