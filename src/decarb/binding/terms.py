"""One distinct set of terms resolved: factor, unit, basis, activity, control, parts and rules."""

from dataclasses import dataclass, replace

from decarb.binding.conversions import Step, basis_steps, line_unit, unit_steps
from decarb.errors import DecarbError, Problem, UsageError
from decarb.factors import Factor, FactorLibrary, Part, Selection, select
from decarb.factors.library import GAS_NAMES
from decarb.inventory import LineTerms
from decarb.reporting import Rule, activities, load_rules
from decarb.units import Unit, conversion_factor, is_currency

TIMINGS: tuple[str, ...] = ("both", "beges", "ghg")
"""Which views read a cell: assets are booked over their years in BEGES and ISO, at purchase in GHG Protocol."""


@dataclass(frozen=True, slots=True)
class BoundPart:
    """A part of the factor with the rule it reports under and the share that each booking takes."""

    part: Part
    rule: Rule
    shares: tuple[tuple[str, float], ...]


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
        return self.multiplier * sum(
            bound.part.total * share for bound in self.parts for name, share in bound.shares if name in ("both", timing)
        )

    def memo(self, gas: str) -> float:
        """Amount beside the total of BEGES and ISO, of a memo gas [kg CO2e per unit of the line]."""
        index = GAS_NAMES.index(gas)
        return self.multiplier * sum(
            (bound.part.gases[index] or 0.0) * share
            for bound in self.parts
            for name, share in bound.shares
            if name in ("both", "beges")
        )


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
    steps, notes = [], list(selection.notes)
    for check in (basis_steps, unit_steps):
        try:
            found, said = check(terms, unit, factor, library)
            steps += found
            notes += said
        except DecarbError as error:
            problems += error.problems
    try:
        activity = _activity(terms, factor)
        parts, said = _bound_parts(terms, factor, activity, library, gwp_set)
        notes += said
    except DecarbError as error:
        problems += error.problems
    if problems:
        raise UsageError(problems)
    multiplier = 1.0
    for step in steps:
        multiplier *= step.multiplier
    operated, paid, tenure, said = _control(terms, factor, activity)
    published = factor.published_total if factor.model == "published" else None
    taken = sum(part.part.total for part in parts) + sum(part.part.gases[-1] or 0.0 for part in parts)
    return BoundTerms(
        terms=terms,
        factor=factor,
        unit=unit,
        activity=activity,
        operated=operated,
        paid=paid,
        tenure=tenure,
        multiplier=multiplier,
        steps=tuple(steps),
        parts=parts,
        gap=multiplier * (published - taken) if published is not None else 0.0,
        market_based=_market_based(terms, unit, factor),
        notes=(*notes, *said),
    )


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


def _control(terms: LineTerms, factor: Factor, activity: str) -> tuple[bool, bool, str, list[Problem]]:
    """Control of the source: what the line says, else the factor's nature, else the activity's default."""
    usual = activities()[activity]
    notes = []
    operated = terms.operated
    if operated is None:
        operated = factor.default_operated == "yes" if factor.default_operated else usual.operated
        if activity == "business_travel" and operated:
            notes.append(Problem("operated-assumed", {"activity": activity}, severity="warning"))
    paid = usual.paid if terms.paid is None else terms.paid
    return operated, paid, terms.tenure or usual.tenure, notes


def _bound_parts(
    terms: LineTerms, factor: Factor, activity: str, library: FactorLibrary, gwp_set: str
) -> tuple[tuple[BoundPart, ...], list[Problem]]:
    operated, paid, tenure, _ = _control(terms, factor, activity)
    shares, notes = _shares(terms, activity, tenure)
    rules = load_rules()
    parts = tuple(
        BoundPart(part, rules.find(activity, part.stage, operated, paid, tenure, terms.gas_releases), shares)
        for part in library.parts_of(factor, gwp_set)
    )
    return parts, notes


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
