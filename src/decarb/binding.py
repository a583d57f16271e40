"""Bind inventory lines to factors: every unit, basis, period and control check, once per distinct terms."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from decarb.errors import DecarbError, Problem, Term, UsageError
from decarb.factors import Factor, FactorLibrary, Part, Selection, select
from decarb.inventory import Inventory, LineTerms
from decarb.reporting import GASES, Rule, activities, load_rules
from decarb.units import (
    Unit,
    bases,
    conversion_factor,
    dimensions,
    facet,
    is_currency,
    parse_basis,
    parse_unit,
)

TIMINGS: tuple[str, ...] = ("both", "beges", "ghg")
"""Which views read a cell: assets are booked over their years in BEGES and ISO, at purchase in GHG Protocol."""

LEGAL_VAT_PERCENT: tuple[float, ...] = (2.1, 5.5, 10.0, 20.0)
"""Rates of mainland France; overseas and Corsica have others (vat rates: General Tax Code, art. 278 ff.)."""


@dataclass(frozen=True, slots=True)
class Step:
    """A conversion of the quantity: what multiplies it, and why."""

    multiplier: float
    note: Problem


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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Terms that cannot be bound: why, for which lines, and what is at stake where that can be estimated."""

    problems: tuple[Problem, ...]
    lines: tuple[int, ...]
    stake_kgco2e: float | None


@dataclass(frozen=True, slots=True)
class Binding:
    """Lines bound to a library, as the kernel wants them.

    Attributes
    ----------
    bound
        By term code of the inventory; None where refused.
    keys
        (rule, timing) of each group of cells; a cell is ``key * len(GASES) + gas``.
    pointer, cell, coefficient
        Entries of each term code: empty where refused.
    refusals, warnings
        Grouped by distinct terms, in document order.
    """

    inventory: Inventory
    library: FactorLibrary
    gwp_set: str
    bound: tuple[BoundTerms | None, ...]
    keys: tuple[tuple[Rule, str], ...]
    pointer: NDArray[np.int64]
    cell: NDArray[np.int32]
    coefficient: NDArray[np.float64]
    refusals: tuple[Refusal, ...]
    warnings: tuple[Problem, ...]


def bind(inventory: Inventory, library: FactorLibrary, gwp_set: str = "AR6") -> Binding:
    """Resolve every distinct terms of `inventory` against `library`.

    Parameters
    ----------
    gwp_set
        ``AR4``, ``AR5`` or ``AR6``: what mass of gas released is multiplied by.

    Returns
    -------
    Binding
        With refusals as data: nothing is raised for a line that cannot be bound.
    """
    bound: list[BoundTerms | None] = []
    refusals: list[Refusal] = []
    warnings: list[Problem] = []
    lines_of = _lines_by_term(inventory)
    for code, terms in enumerate(inventory.terms):
        lines = lines_of[code]
        try:
            found = bind_terms(terms, library, gwp_set)
        except DecarbError as error:
            located = tuple(_located(problem, inventory, lines) for problem in error.problems)
            stake = _stake(terms, len(lines), library, gwp_set)
            refusals.append(Refusal(located, tuple(int(line) for line in lines), stake))
            bound.append(None)
            continue
        bound.append(found)
        warnings += [_located(note, inventory, lines) for note in found.notes if note.severity == "warning"]
    keys, pointer, cell, coefficient = _entries(bound)
    return Binding(
        inventory,
        library,
        gwp_set,
        tuple(bound),
        keys,
        pointer,
        cell,
        coefficient,
        tuple(sorted(refusals, key=lambda refusal: refusal.lines[0])),
        tuple(warnings),
    )


def bind_terms(terms: LineTerms, library: FactorLibrary, gwp_set: str = "AR6") -> BoundTerms:
    """Resolve one set of terms: factor, unit, basis, activity, control, parts and rules.

    Raises
    ------
    DecarbError
        With every reason that it cannot be.
    """
    unit = _line_unit(terms)
    selection = _select(terms, unit, library)
    factor = selection.factor
    problems: list[Problem] = []
    steps, notes = [], list(selection.notes)
    for check in (_basis_steps, _unit_steps):
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


def _lines_by_term(inventory: Inventory) -> list[NDArray[np.intp]]:
    order = np.argsort(inventory.term, kind="stable")
    bounds = np.searchsorted(inventory.term[order], np.arange(len(inventory.terms) + 1))
    return [order[start:stop] for start, stop in pairwise(bounds)]


def _located(problem: Problem, inventory: Inventory, lines: NDArray[np.intp]) -> Problem:
    first = int(lines[0])
    return problem.at(
        file=inventory.file(first),
        pointer=inventory.pointer(first),
        line_id=inventory.ids[first],
        count=len(lines),
    )


def _stake(terms: LineTerms, lines: int, library: FactorLibrary, gwp_set: str) -> float | None:
    """Emissions at stake in refused lines [kg CO2e], from their spend; None if that says nothing."""
    if terms.spend is None:
        return None
    spend, amount = terms.spend
    try:
        return bind_terms(spend, library, gwp_set).coefficient("beges") * amount * lines
    except DecarbError:
        return None


def _line_unit(terms: LineTerms) -> Unit:
    """Unit of the line with the bases and the price year said beside it."""
    unit = parse_unit(terms.unit)
    said = parse_basis(terms.basis) if terms.basis else Unit("")
    tokens = {facet(token): token for token in unit.bases}
    for token in said.bases:
        other = tokens.setdefault(facet(token), token)
        if other != token:
            raise UsageError(
                [
                    Problem(
                        "contradictory-basis",
                        {"value": f"{terms.unit}, {terms.basis}", "one": other, "other": token},
                    )
                ]
            )
    years = {year for year in (unit.price_year, said.price_year, terms.price_year) if year}
    if len(years) > 1:
        raise UsageError([Problem("contradictory-price-year", {"value": sorted(years)})])
    return Unit(unit.name, tuple(sorted(tokens.values())), next(iter(years), None))


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
        factor = library.by_cas.get(value)
        if factor:
            return factor.id
        known = ", ".join(f"{cas} {factor.id}" for cas, factor in list(library.by_cas.items())[:6])
        raise UsageError([Problem("unknown-cas", {"value": value, "known": known})])
    raise UsageError([Problem("code-without-factor", {"value": value, "system": system})])


def _basis_steps(
    terms: LineTerms, unit: Unit, factor: Factor, library: FactorLibrary
) -> tuple[list[Step], list[Problem]]:
    """Compare the bases of line and factor, facet by facet; convert where a named property allows it."""
    of_line = {facet(token): token for token in unit.bases}
    of_factor = {facet(token): token for token in factor.unit.bases}
    steps: list[Step] = []
    notes: list[Problem] = []
    problems: list[Problem] = []
    for name in sorted(of_line.keys() | of_factor.keys()):
        said, wanted = of_line.get(name, ""), of_factor.get(name, "")
        if said == wanted:
            continue
        if wanted == "tax unstated":
            notes.append(Problem("tax-unstated", {"factor": factor.id}, severity="warning"))
        elif name == "heating value" and said and wanted:
            steps.append(_heating_value_step(said, wanted, factor, library))
        elif name == "tax" and (said, wanted) == ("TTC", "HT"):
            step, said_of_rate = _tax_step(terms, library)
            steps.append(step)
            notes += said_of_rate
        elif not said and not bases()[wanted].required:
            continue
        elif not said:
            problems.append(_unsaid_basis(terms, name, factor))
        else:
            problems.append(Problem("basis-differs", {"value": said, "expected": wanted or "-", "factor": factor.id}))
    if problems:
        raise UsageError(problems)
    return steps, notes


def _unsaid_basis(terms: LineTerms, name: str, factor: Factor) -> Problem:
    choices = [token for token, basis in bases().items() if basis.facet == name and basis.required]
    spelled = [f"{terms.unit} {bases()[token].spellings[0]}" for token in choices]
    return Problem("basis-unsaid", {"value": terms.unit, "facet": Term(name), "choices": spelled, "factor": factor.id})


def _heating_value_step(said: str, wanted: str, factor: Factor, library: FactorLibrary) -> Step:
    ratio = library.properties.get((factor.substance, "pcs_pci_ratio"))
    if ratio is None:
        raise UsageError([Problem("no-heating-value-ratio", {"factor": factor.id, "value": said, "expected": wanted})])
    multiplier = 1 / ratio.value if said == "PCS" else ratio.value
    what = {"said": said, "wanted": wanted, "ratio": ratio.value, "substance": factor.substance}
    return Step(multiplier, Problem("step-heating-value", what | {"source": _cite(library, ratio)}, severity="note"))


def _cite(library: FactorLibrary, figure: object) -> str:
    source = library.sources.get(figure.source)  # type: ignore[attr-defined]
    return f"{source.title if source else figure.source}, {figure.source_id}"  # type: ignore[attr-defined]


def _tax_step(terms: LineTerms, library: FactorLibrary) -> tuple[Step, list[Problem]]:
    rate = terms.vat_percent
    if rate is None:
        raise UsageError([Problem("no-vat-rate", {"rates": LEGAL_VAT_PERCENT})])
    mainland = library.region_geography(terms.region, terms.department) == "FR-MAINLAND"
    notes = []
    if mainland and rate not in LEGAL_VAT_PERCENT:
        notes.append(Problem("unusual-vat-rate", {"value": rate, "rates": LEGAL_VAT_PERCENT}, severity="warning"))
    return Step(1 / (1 + rate / 100), Problem("step-tax", {"rate": rate}, severity="note")), notes


def _unit_steps(
    terms: LineTerms, unit: Unit, factor: Factor, library: FactorLibrary
) -> tuple[list[Step], list[Problem]]:
    """Convert the line's unit to the factor's, through a named property where dimensions differ."""
    source, target = unit.name, factor.unit.name
    direct = conversion_factor(source, target)
    if direct is not None:
        if source == target:
            return [], []
        note = Problem("step-unit", {"source": source, "target": target, "ratio": direct}, severity="note")
        return [Step(direct, note)], []
    steps = _density_steps(source, target, factor, library) or _occupancy_steps(terms, source, target, factor)
    if steps:
        return steps, []
    raise UsageError([_unit_mismatch(terms, source, target, factor, library)])


def _density_steps(source: str, target: str, factor: Factor, library: FactorLibrary) -> list[Step]:
    """Litres of a substance with a known density to kilograms, or back."""
    ratio = library.properties.get((factor.substance, "density"))
    if ratio is None or factor.is_monetary:
        return []
    to_litres, to_kilograms = conversion_factor(source, "L"), conversion_factor(source, "kg")
    if to_litres is not None and (onwards := conversion_factor("kg", target)) is not None:
        multiplier, through = to_litres * ratio.value * onwards, "kg/L"
    elif to_kilograms is not None and (onwards := conversion_factor("L", target)) is not None:
        multiplier, through = to_kilograms / ratio.value * onwards, "L/kg"
    else:
        return []
    what = {
        "source": source,
        "target": target,
        "density": ratio.value,
        "substance": factor.substance,
        "through": through,
        "reference": _cite(library, ratio),
    }
    return [Step(multiplier, Problem("step-density", what, severity="note"))]


def _occupancy_steps(terms: LineTerms, source: str, target: str, factor: Factor) -> list[Step]:
    """Kilometres of vehicles and of passengers; a bare kilometre is one of the vehicle."""
    by_vehicle, by_passenger = "vehicle.km", "passenger.km"
    if dimensions(source) == dimensions("km") and target == by_vehicle:
        ratio = conversion_factor(source, "km") or 1.0
        return [Step(ratio, Problem("step-bare-kilometre", {"source": source}, severity="note"))]
    if (source, target) not in ((by_vehicle, by_passenger), (by_passenger, by_vehicle)):
        return []
    if terms.occupancy is None:
        raise UsageError([Problem("no-occupancy", {"source": source, "target": target, "factor": factor.id})])
    multiplier = terms.occupancy if source == by_vehicle else 1 / terms.occupancy
    what = {"source": source, "target": target, "occupancy": terms.occupancy}
    return [Step(multiplier, Problem("step-occupancy", what, severity="note"))]


def _unit_mismatch(terms: LineTerms, source: str, target: str, factor: Factor, library: FactorLibrary) -> Problem:
    others = [
        other.id
        for other in library.by_id.values()
        if other.error_group == factor.error_group and conversion_factor(source, other.unit.name) is not None
    ]
    liquid = {dimensions(source), dimensions(target)} == {dimensions("L"), dimensions("kg")}
    code = "no-density" if liquid else "unit-mismatch"
    expected = " ".join((target, *factor.unit.bases))
    return Problem(code, {"value": terms.unit, "expected": expected, "factor": factor.id, "nearest": others[:3] or "-"})


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
    note = Problem("step-amortised", {"years": years, "bought": bought, "last": bought + years - 1}, severity="note")
    return (("beges", 1 / years if in_use else 0.0), ("ghg", 1.0 if bought == terms.year else 0.0)), [note]


def _market_based(terms: LineTerms, unit: Unit, factor: Factor) -> float | None:
    """Contract's factor per unit of the line [kg CO2e], for the memo of the GHG Protocol view."""
    rate = terms.market_based_kgco2e_per_kwh
    if rate is None:
        return None
    to_kwh = conversion_factor(unit.name, "kWh")
    if to_kwh is None or "electricity" not in factor.activities:
        raise UsageError([Problem("market-based-of-no-electricity", {"factor": factor.id})])
    return rate * to_kwh


def _entries(
    bound: list[BoundTerms | None],
) -> tuple[tuple[tuple[Rule, str], ...], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Coefficients of all terms as one compressed table: term, then (rule, timing, gas)."""
    contributions = [list(_contributions(found)) if found else [] for found in bound]
    rules = {rule.index: rule for entries in contributions for rule, *_ in entries}
    # sorted, so that a coarser total sums its cells in one order whatever the order of the lines
    keys = sorted({(rule.index, timing) for entries in contributions for rule, timing, *_ in entries})
    row = {key: number for number, key in enumerate(keys)}
    pointer = [0]
    cells: list[int] = []
    coefficients: list[float] = []
    for entries in contributions:
        merged: dict[int, float] = {}
        for rule, timing, gas, value in entries:
            place = row[rule.index, timing] * len(GASES) + gas
            merged[place] = merged.get(place, 0.0) + value
        cells += merged
        coefficients += merged.values()
        pointer.append(len(cells))
    return (
        tuple((rules[index], timing) for index, timing in keys),
        np.array(pointer, dtype=np.int64),
        np.array(cells, dtype=np.int32),
        np.array(coefficients, dtype=np.float64),
    )


def _contributions(found: BoundTerms) -> Iterator[tuple[Rule, str, int, float]]:
    for bound in found.parts:
        for timing, share in bound.shares:
            for gas, value in enumerate(bound.part.gases):
                if value is not None:
                    yield bound.rule, timing, gas, found.multiplier * share * value
