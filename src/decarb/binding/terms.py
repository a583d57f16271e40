"""One distinct set of terms resolved: factor, unit, basis, activity, control, parts and rules."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from decarb.binding.conversions import LEGAL_VAT_PERCENT, MAINLAND, Step, basis_steps, line_unit, unit_steps
from decarb.errors import DecarbError, Problem, UsageError
from decarb.factors import Factor, FactorLibrary, Part, Selection, depends_on_place, select
from decarb.factors.records import GAS_NAMES
from decarb.factors.restating import Restated
from decarb.inventory import LineTerms, Place
from decarb.medicines import MEDICINE_SYSTEMS
from decarb.reporting import Rule, View, activities, load_rules
from decarb.units import Unit, conversion_factor, is_currency

if TYPE_CHECKING:
    from decarb.medicines import Ladder, Medicines, Priced, Request

_Resolved = TypeVar("_Resolved")


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
    """All that distinct terms resolve to.

    ``multiplier`` is factor units per unit of the line; ``gap`` what the source publishes beyond the sum
    of its parts [kg CO2e per unit of the line]; ``priced`` how the ladder resolved a medicine code.
    """

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
    priced: "Priced | None" = None

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


def bind_terms(
    terms: LineTerms,
    library: FactorLibrary,
    gwp_set: str = "AR6",
    geography: str = MAINLAND,
    medicines: "Medicines | None" = None,
) -> BoundTerms:
    """Resolve one set of terms: factor, unit, basis, activity, control, parts and rules.

    Parameters
    ----------
    geography
        Where the line is: a code of ``geographies.csv``.
    medicines
        Tables that a medicine code is resolved with; the packaged ones by default.

    Raises
    ------
    DecarbError
        With every reason that it cannot be.
    """
    return Binder(library, gwp_set, medicines).bind(terms, geography)


class _Reach(NamedTuple):
    """What of its document can matter to a line, by the factor or the series that it names."""

    place: bool
    contrails: bool
    option: bool


_DECLARED_EITHER_WAY = frozenset(rule.activity for rule in load_rules().rules if rule.option)
"""Activities whose releases an establishment may declare as fugitive or as of a process."""


class _Converted(NamedTuple):
    """How a quantity becomes one of the factor's unit and basis."""

    steps: tuple[Step, ...]
    multiplier: float
    notes: tuple[Problem, ...]


class Binder:
    """Binds terms to one library; what many terms share is resolved once.

    A nation has tens of thousands of distinct terms, of some thousand factors in some dozen units.
    """

    def __init__(self, library: FactorLibrary, gwp_set: str = "AR6", medicines: "Medicines | None" = None) -> None:
        self.library = library
        self.gwp_set = gwp_set
        self._medicines = medicines
        self._rules = load_rules()
        self._known: dict[tuple[Any, ...], Any] = {}

    def bind(self, terms: LineTerms, geography: str = MAINLAND, products: int = 1) -> BoundTerms:
        """As ``bind_terms``; a medicine code among so many products that are reported together."""
        unit = self._once(line_unit, (terms.unit, terms.basis, terms.price_year), terms)
        priced = self.ladder.price(_request(terms, unit, products)) if is_medicine_code(terms) else None
        selection = Selection(priced.factor, priced.notes) if priced else self._selection(terms, unit, geography)
        factor = selection.factor
        problems: list[Problem] = []
        try:
            converted = self._converted(terms, unit, factor, geography)
        except DecarbError as error:
            problems += error.problems
        try:
            activity = _activity(terms, factor)
            control, assumed = _control(terms, factor, activity)
            parts, said = self._parts(terms, factor, activity, control, priced)
        except DecarbError as error:
            problems += error.problems
        if problems:
            raise UsageError(problems)
        gap = self._once(_published_gap, (factor.id,), factor)
        return BoundTerms(
            factor,
            unit,
            activity,
            *control,
            converted.multiplier,
            converted.steps,
            parts,
            converted.multiplier * parts[0].share("beges") * gap if gap is not None else 0.0,
            _market_based(terms, unit, factor),
            (*selection.notes, *converted.notes, *assumed, *said),
            priced,
        )

    @cached_property
    def ladder(self) -> "Ladder":
        """What medicine codes are resolved with."""
        from decarb.medicines import Ladder, load_medicines

        return Ladder(self.library, self.gwp_set, self._medicines or load_medicines())

    def prefers_spend(self, terms: LineTerms, products: int) -> bool:
        """Whether an amount of money beside the quantity of a medicine code prices its line better."""
        unit = self._once(line_unit, (terms.unit, terms.basis, terms.price_year), terms)
        return not is_currency(unit.name) and self.ladder.prefers_spend(_request(terms, unit, products))

    def geography(self, place: Place) -> str:
        """Code of ``geographies.csv`` that a place is in."""
        return self.library.region_geography(*place)

    def essential(self, terms: LineTerms) -> tuple[LineTerms, bool]:
        """Terms without what cannot change how they bind, and whether their place can."""
        reach = self._once(self._reach, terms[:3], terms)
        unusual_rate = terms.vat_percent is not None and terms.vat_percent not in LEGAL_VAT_PERCENT
        medicine = is_medicine_code(terms)
        option = terms.activity in _DECLARED_EITHER_WAY if terms.activity and not medicine else reach.option
        context = (
            terms.year,
            terms.contrails if reach.contrails else "included",
            terms.gas_releases if option else "fugitive",
        )
        retroceded = medicine and terms.retroceded  # a propellant is released at home, then
        return LineTerms._make((*terms[:-4], retroceded, *context)), reach.place or unusual_rate

    def _reach(self, terms: LineTerms) -> "_Reach":
        if is_medicine_code(terms):
            return _Reach(place=False, contrails=False, option=True)
        try:
            reference = terms.factor or _reference_of_code(terms, self.library)
        except DecarbError:
            return _Reach(place=False, contrails=False, option=False)
        pinned = self.library.find(reference)
        candidates = (pinned,) if pinned else self.library.members(reference)
        return _Reach(
            place=depends_on_place(self.library, reference),
            contrails=any(factor.contrails for factor in candidates),
            option=any(factor.default_activity in _DECLARED_EITHER_WAY for factor in candidates),
        )

    def stake(self, attempts: Iterable[tuple[LineTerms, float]], geography: str) -> float | None:
        """Emissions at stake in a refused amount of money [kg CO2e] by the first terms that bind; else None."""
        for terms, amount in attempts:
            try:
                found = self.bind(terms, geography)
            except DecarbError:
                continue
            if found.factor.is_monetary:
                return found.coefficient("beges") * amount
        return None

    def _once(self, resolve: Callable[..., _Resolved], key: tuple[Any, ...], *arguments: Any) -> _Resolved:
        """What `resolve` makes of `arguments`, of which only `key` matters."""
        named = (resolve, *key)
        found: _Resolved | None = self._known.get(named, _NOT_YET)
        if found is _NOT_YET:
            found = self._known[named] = resolve(*arguments)
        return found  # type: ignore[return-value]

    def _selection(self, terms: LineTerms, unit: Unit, geography: str) -> Selection:
        key = (*terms[:3], unit.price_year, terms.year, terms.contrails, geography)
        return self._once(_select, key, terms, unit, self.library, geography)

    def _converted(self, terms: LineTerms, unit: Unit, factor: Factor, geography: str) -> _Converted:
        said = (terms.unit, terms.basis, terms.price_year, terms.vat_percent, terms.occupancy)
        key = (factor.id, *said, geography == MAINLAND)
        return self._once(_convert, key, terms, unit, factor, self.library, geography)

    def _parts(
        self, terms: LineTerms, factor: Factor, activity: str, control: "_Control", priced: "Priced | None"
    ) -> tuple[tuple[BoundPart, ...], list[Problem]]:
        if priced:
            return self._bound_parts(terms, priced.restated, activity, control)
        asset = (terms.amortisation_years, terms.acquisition_year, terms.year) if terms.amortisation_years else ()
        key = (factor.id, activity, control, terms.gas_releases, *asset)
        restated = self._once(self.library.restated, (factor.id,), factor, self.gwp_set)
        return self._once(self._bound_parts, key, terms, restated, activity, control)

    def _bound_parts(
        self, terms: LineTerms, restated: Sequence[Restated], activity: str, control: "_Control"
    ) -> tuple[tuple[BoundPart, ...], list[Problem]]:
        shares, notes = _shares(terms, activity, control.tenure)
        rules = (
            self._rules.find(part.activity or activity, part.stage, *control, terms.gas_releases)
            for part, *_ in restated
        )
        parts = tuple(
            BoundPart(part, kept, rule, shares) for (part, kept, _), rule in zip(restated, rules, strict=True)
        )
        return parts, notes


_NOT_YET: Any = object()


def is_medicine_code(terms: LineTerms) -> bool:
    """Whether terms name a medicine by its code."""
    return not terms.factor and terms.code_system in MEDICINE_SYSTEMS


def _request(terms: LineTerms, unit: Unit, products: int) -> "Request":
    from decarb.medicines import Request

    return Request(terms.code_system, terms.code_value, unit, terms.year, products, terms.retroceded)


def _convert(terms: LineTerms, unit: Unit, factor: Factor, library: FactorLibrary, geography: str) -> _Converted:
    found, said = unit_steps(terms, unit, factor, library)
    based, doubtful = basis_steps(terms, unit, factor, library, geography)
    steps = (*based, *found)
    return _Converted(
        steps,
        math.prod((step.multiplier for step in steps), start=1.0),
        (*said, *doubtful, *_unused(terms, unit, steps)),
    )


def _published_gap(factor: Factor) -> float | None:
    """What the source publishes beyond the sum of the factor's parts [kg CO2e per unit]; None if it says no total."""
    if factor.model != "published" or factor.published_total is None:
        return None
    return factor.published_total - sum(part.total + _beside(part) for part in factor.parts)


def _unused(terms: LineTerms, unit: Unit, steps: Sequence[Step]) -> list[Problem]:
    """Fields that the line gives and nothing used: more likely a mistake than an ornament."""
    used = {step.note.code for step in steps}
    given = {
        "vat_percent": terms.vat_percent is not None and "step-tax" not in used,
        "occupancy": terms.occupancy is not None and "step-occupancy" not in used,
        "price_year": terms.price_year is not None and not is_currency(unit.name),
    }
    return [Problem("field-unused", {"value": name}, severity="warning") for name, idle in given.items() if idle]


def _select(terms: LineTerms, unit: Unit, library: FactorLibrary, geography: str) -> Selection:
    reference = terms.factor or _reference_of_code(terms, library)
    found = select(library, reference, terms.year, geography, unit.price_year, terms.contrails)
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
    """Factor of a code that names one: an element of the base, or a substance by its CAS number."""
    value = terms.code_value
    if terms.code_system == "base-carbone":
        return f"base-carbone:{value}"
    factors = library.by_cas.get(value, ())
    if len(factors) == 1:
        return factors[0].id
    if factors:
        choices = [factor.id for factor in factors]
        raise UsageError([Problem("several-factors-of-cas", {"value": value, "choices": choices})])
    known = ", ".join(f"{cas} {found[0].id}" for cas, found in list(library.by_cas.items())[:6])
    raise UsageError([Problem("unknown-cas", {"value": value, "known": known})])


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
