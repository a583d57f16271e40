"""From a bill of materials to its score."""

from collections.abc import Mapping
from pathlib import Path

from decarb.errors import DecarbError, InvalidDocumentError, Phrase, Problem
from decarb.factors import FactorLibrary, load_factors
from decarb.language import mark
from decarb.scoring.bill import Bill, read_bill
from decarb.scoring.choosing import FactorChooser
from decarb.scoring.gaps import gaps_of
from decarb.scoring.inputs import dosage_mg, read_inputs
from decarb.scoring.score import Score, ScoredInput
from decarb.scoring.synthesis import ProcessMass, process_mass
from decarb.units import conversion_factor, parse_unit

DEFAULT_GWP_SET = "AR6"
LARGEST_KGCO2E = 1e100


def score_file(path: str | Path, *libraries: str | Path, gwp_set: str | None = None) -> Score:
    """Score of the presentation that a file describes; errors as ``read_bill`` and ``score_bill`` say.

    Parameters
    ----------
    path
        A bill of materials (``schemas/bill_of_materials.schema.json``).
    libraries
        Folders or CSV files of factors over the packaged ones.
    gwp_set
        That of the bill by default, else AR6.
    """
    bill = read_bill(path)
    return score_bill(bill, factors_for(bill, *libraries), gwp_set)


def factors_for(bill: Bill, *libraries: str | Path) -> FactorLibrary:
    """Library that a bill is computed with: its table of defaults is the last layer.

    Raises
    ------
    InvalidLibraryError
        With every defect of the libraries or of the table.
    """
    return load_factors(*libraries, bill.defaults_path)


def score_bill(bill: Bill, library: FactorLibrary, gwp_set: str | None = None) -> Score:
    """Score of one presentation.

    Parameters
    ----------
    library
        From ``factors_for``.
    gwp_set
        That of the bill by default, else AR6.

    Raises
    ------
    InvalidDocumentError
        With every input that has no factor, or a factor that does not fit it.
    """
    gwp_set = gwp_set or bill.document.get("gwp_set", DEFAULT_GWP_SET)
    chooser = FactorChooser(library, gwp_set)
    inputs, problems = read_inputs(bill)
    scored: list[ScoredInput] = []
    for found in inputs:
        try:
            scored.append(_checked(ScoredInput(found, chooser.choose(found))))
        except DecarbError as error:
            problems += [problem.at(pointer=problem.pointer or found.pointer) for problem in error.problems]
    try:
        doses = _doses_per_box(bill)
    except DecarbError as error:
        problems += error.problems
    if problems:
        raise InvalidDocumentError(problem.at(file=bill.file) for problem in _distinct(problems))
    notes = [
        note.at(file=bill.file, pointer=one.input.pointer)
        for one in scored
        for note in one.chosen.notes
        if note.severity == "warning"
    ]
    gaps = [gap.at(file=bill.file) for gap in gaps_of(bill, scored)]
    return Score(
        bill, tuple(scored), _process_masses(bill), doses, gwp_set, library.digest, (*bill.notes, *notes, *gaps)
    )


def _distinct(problems: list[Problem]) -> list[Problem]:
    """Problems, each once: a mass is read for its stage, for what is unused and for the dose."""
    return list({(problem.code, problem.pointer, repr(problem.parameters)): problem for problem in problems}.values())


def _checked(scored: ScoredInput) -> ScoredInput:
    """Return an input whose emissions are a number that sums can hold.

    Raises
    ------
    InvalidDocumentError
        If they are not.
    """
    if not scored.emissions_kgco2e < LARGEST_KGCO2E:
        raise InvalidDocumentError([Problem("total-not-finite")])
    return scored


def _process_masses(bill: Bill) -> Mapping[str, ProcessMass]:
    return {
        substance["name"]: process_mass(substance["synthesis"])
        for substance in bill.document.get("active_substances", [])
        if "synthesis" in substance
    }


def _doses_per_box(bill: Bill) -> float | None:
    """Defined daily doses in the presentation, where the bill gives the dose.

    Raises
    ------
    InvalidDocumentError
        If the dose is neither a mass of one substance of the bill nor a number of units.
    """
    dose = bill.presentation.get("defined_daily_dose")
    if dose is None:
        return None
    pointer = "/presentation/defined_daily_dose"
    try:
        unit = parse_unit(dose["unit"]).name
    except DecarbError as error:
        raise InvalidDocumentError(problem.at(pointer=f"{pointer}/unit") for problem in error.problems) from None
    units = float(bill.presentation["units_per_box"])
    if conversion_factor(unit, "item") is not None:
        return units / float(dose["quantity"])
    milligrams = conversion_factor(unit, "mg")
    if milligrams is None:
        expected = Phrase(mark("a mass or units (item)"))
        raise InvalidDocumentError(
            [Problem("wrong-form", {"value": dose["unit"], "expected": expected}, pointer=pointer)]
        )
    dosage = dosage_mg(bill)
    name = dose.get("substance") or (next(iter(dosage)) if len(dosage) == 1 else "")
    if not name:
        raise InvalidDocumentError(
            [Problem("bill-dose-without-substance", {"known": list(dosage) or "-"}, pointer=pointer)]
        )
    return dosage[name] * units / (float(dose["quantity"]) * milligrams)
