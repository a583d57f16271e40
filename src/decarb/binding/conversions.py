"""From the quantity of a line to the unit and the basis of its factor, each conversion named and sourced."""

from dataclasses import dataclass

from decarb.errors import Problem, Term, UsageError
from decarb.factors import Factor, FactorLibrary
from decarb.factors.records import Figure
from decarb.inventory import LineTerms
from decarb.units import (
    Unit,
    bases,
    conversion_factor,
    dimensions,
    facet,
    parse_basis,
    parse_unit,
)

MAINLAND = "FR-MAINLAND"
LEGAL_VAT_PERCENT: tuple[float, ...] = (2.1, 5.5, 10.0, 20.0)
"""Rates of mainland France; overseas and Corsica have others (vat rates: General Tax Code, art. 278 ff.)."""


@dataclass(frozen=True, slots=True)
class Step:
    """A conversion of the quantity: what multiplies it, and why."""

    multiplier: float
    note: Problem


def line_unit(terms: LineTerms) -> Unit:
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


def basis_steps(
    terms: LineTerms, unit: Unit, factor: Factor, library: FactorLibrary, geography: str
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
            step, said_of_rate = _tax_step(terms, geography)
            steps.append(step)
            notes += said_of_rate
        elif not said and not bases()[wanted].required:
            notes.append(Problem("basis-assumed", {"factor": factor.id, "value": wanted}, severity="warning"))
        elif not said:
            problems.append(_unsaid_basis(terms, name, factor, library))
        else:
            code = "basis-differs" if wanted else "basis-unwanted"
            what = {"value": said, "expected": wanted, "unit": factor.unit.name, "factor": factor.id}
            problems.append(Problem(code, what))
    if problems:
        raise UsageError(problems)
    return steps, notes


def _unsaid_basis(terms: LineTerms, name: str, factor: Factor, library: FactorLibrary) -> Problem:
    wanted = next(token for token in factor.unit.bases if facet(token) == name)
    convertible = name == "tax" or (factor.substance, "pcs_pci_ratio") in library.properties
    choices = [token for token, basis in bases().items() if basis.facet == name and basis.required and convertible]
    spelled = [f"{terms.unit} {bases()[token].spellings[0]}" for token in choices or [wanted]]
    return Problem("basis-unsaid", {"value": terms.unit, "facet": Term(name), "choices": spelled, "factor": factor.id})


def _heating_value_step(said: str, wanted: str, factor: Factor, library: FactorLibrary) -> Step:
    ratio = library.properties.get((factor.substance, "pcs_pci_ratio"))
    if ratio is None:
        raise UsageError([Problem("no-heating-value-ratio", {"factor": factor.id, "value": said, "expected": wanted})])
    multiplier = 1 / ratio.value if said == "PCS" else ratio.value
    what = {"said": said, "wanted": wanted, "ratio": ratio.value, "substance": factor.substance}
    return Step(multiplier, Problem("step-heating-value", what | {"source": _cite(library, ratio)}, severity="note"))


def _cite(library: FactorLibrary, figure: Figure) -> str:
    source = library.sources.get(figure.source)
    return f"{source.title if source else figure.source}, {figure.source_id}"


def _tax_step(terms: LineTerms, geography: str) -> tuple[Step, list[Problem]]:
    rate = terms.vat_percent
    if rate is None:
        raise UsageError([Problem("no-vat-rate", {"rates": LEGAL_VAT_PERCENT})])
    notes = []
    if geography == MAINLAND and rate not in LEGAL_VAT_PERCENT:
        notes.append(Problem("unusual-vat-rate", {"value": rate, "rates": LEGAL_VAT_PERCENT}, severity="warning"))
    return Step(1 / (1 + rate / 100), Problem("step-tax", {"rate": rate}, severity="note")), notes


def unit_steps(
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
        for other in library.in_error_group(factor.error_group)
        if conversion_factor(source, other.unit.name) is not None
    ]
    liquid = {dimensions(source), dimensions(target)} == {dimensions("L"), dimensions("kg")}
    code = "no-density" if liquid else "unit-mismatch"
    expected = " ".join((target, *factor.unit.bases))
    return Problem(code, {"value": terms.unit, "expected": expected, "factor": factor.id, "nearest": others[:3]})
