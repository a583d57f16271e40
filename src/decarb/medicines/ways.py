"""How a box is priced without a result of its own: each way gives a candidate, or says what is missing."""

from decarb.errors import Bilingual, Problem, Term
from decarb.factors.records import Figure
from decarb.language import mark
from decarb.medicines.classes import CLASSES, is_injected, sterilisation_kgco2e
from decarb.medicines.database import MASS_REASONS
from decarb.medicines.figures import figure
from decarb.medicines.packs import pack_mass
from decarb.medicines.pricing import Amount, Candidate
from decarb.medicines.products import Product
from decarb.medicines.published import published_result, substance_factor
from decarb.medicines.rungs import rungs

GAS = "gas"
LOW_DOSE = "low_dose_injectable"
_NO_PUBLISHED_RESULT = Problem("no-published-result", severity="note")


def by_published_result(product: Product) -> Candidate | Problem:
    """Rung 2: a published result of the same substance, form and strength."""
    box = product.presentation
    found = published_result(product)
    if found is None or not box.units:
        return _NO_PUBLISHED_RESULT
    why = Problem(
        "medicine-by-published-result",
        {"units": box.units, "value": found.kgco2e_per_unit, "title": Bilingual(found.name_en, found.name_fr)},
        severity="note",
    )
    amount = Amount(found.name, box.units * found.kgco2e_per_unit)
    return Candidate(rungs()[2], (amount,), why, found.source, found.key)


def by_active_mass(product: Product) -> Candidate | Problem:
    """Rung 4: mass of active substances x mean factor, and mass of packaging x mean factor (docs/method.md, 5).

    What is injected has its filling and sterilisation beside; of a low dose, only in a pack whose mass is known.
    """
    box = product.presentation
    pack = pack_mass(box.container, box.material, box.unit, box.units, box.content, box.content_unit, product.form)
    low_dose = product.excluded == LOW_DOSE
    if product.excluded and (not low_dose or pack.is_mean):
        what = {"value": product.code, "class": Term(CLASSES[product.excluded])}
        return Problem("not-by-mass", what, severity="note")
    if box.active_mass_mg is None:
        reason = Term(MASS_REASONS[box.mass_reason])
        return Problem("no-active-mass", {"value": product.code, "reason": reason}, severity="note")
    mass_kg = box.active_mass_mg * 1e-6
    active, packaging = _factor_of_substances(product), figure("packaging-mean")
    amounts = [
        Amount(mark("active substances"), mass_kg * active.value),
        Amount(mark("packaging"), pack.mass_kg * packaging.value),
    ]
    sterilised = sterilisation_kgco2e(product.form, box.content, box.content_unit) * (box.units or 0.0)
    if sterilised and is_injected(product.form, product.routes):
        amounts.append(Amount(mark("filling and sterilisation"), sterilised))
    why = Problem(
        "medicine-by-active-mass",
        {
            "mass": mass_kg * 1000,
            "factor": active.value,
            "pack": pack.mass_kg * 1000,
            "pack_factor": packaging.value,
            "basis": Term(pack.name),
        },
        severity="note",
    )
    return Candidate(rungs()[4], tuple(amounts), why, active.source, active.source_id)


def _factor_of_substances(product: Product) -> Figure:
    """Factor of the one substance where its study could be read, else the mean of all that France consumes."""
    own = substance_factor(product.substances)
    if own and own.is_primary:
        return Figure(own.kgco2e_per_kg, "kgCO2e/kg", own.source, own.source_id)
    return figure("active-substance-mean")


def by_mean_box(product: Product) -> Candidate | Problem:
    """Rung 6: the mean box of all medicines; a cylinder of gas is no box."""
    if product.excluded == GAS:
        return Problem("gas-is-no-box", {"value": product.code}, severity="note")
    mean = figure("mean-box")
    why = Problem("medicine-by-mean-box", {"value": mean.value}, severity="note")
    return Candidate(rungs()[6], (Amount(mark("mean box"), mean.value),), why, mean.source, mean.source_id)
