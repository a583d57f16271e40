"""An amount of medical gas to kilograms, and to kg CO2e in each set of GWPs, every step with its source."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from decarb.errors import Bilingual, Phrase, Problem, UsageError
from decarb.factors import FactorLibrary
from decarb.factors.records import GWP_SETS
from decarb.language import mark
from decarb.medicines.gas_amounts import GasAmount, read_amount
from decarb.medicines.gas_tables import (
    Basis,
    Container,
    GasProduct,
    containers,
    densities,
    gas_property,
    mixture_kg_per_m3,
    mixture_mass_fraction,
    reference_sets,
)
from decarb.medicines.released import released_gases
from decarb.reporting import TOTAL_GASES
from decarb.units import conversion_factor

PLAUSIBLE_BOTTLE_LITRE = 1.0
"""Volatile anaesthetics come in bottles of 100 to 250 mL."""


@dataclass(frozen=True, slots=True)
class GasStep:
    """A step from the amount to the mass: what is done, and on what basis."""

    what: Phrase
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class GasMass:
    """Mass of gas in an amount [kg], with its bounds and the steps that lead to it."""

    mass_kg: float
    low_kg: float
    high_kg: float
    steps: tuple[GasStep, ...]


@dataclass(frozen=True, slots=True)
class GasValue:
    """Emissions in one set of GWPs; None where the set has no value for the gas.

    ``usable`` is whether a BEGES may use the set.
    """

    gwp_set: str
    usable: bool
    gwp100: float | None
    emissions_kgco2e: float | None
    source: str


@dataclass(frozen=True, slots=True)
class GasConversion:
    """An amount of gas with its mass and its emissions.

    ``released_kg`` is the mass less what was weighed back as captured; ``is_beside_total`` is whether a BEGES reports
    the gas beside its total (outside the Kyoto list).
    """

    amount: GasAmount
    substance: str
    mass: GasMass
    captured_kg: float
    released_kg: float
    values: tuple[GasValue, ...]
    is_beside_total: bool

    def emissions_kgco2e(self, gwp_set: str) -> float | None:
        """Emissions in a set; None where it has no value for the gas."""
        return next(value.emissions_kgco2e for value in self.values if value.gwp_set == gwp_set)


def convert_gas(text: str, library: FactorLibrary, year: int, captured_kg: float = 0.0) -> GasConversion:
    """Mass and emissions of an amount of medical gas.

    Parameters
    ----------
    text
        ``12 bottles desflurane 240 mL``, ``3 bouteilles MEOPA 5 L``, ``1.4 kg isoflurane``, ``300 m3 N2O``,
        or boxes by code: ``12 3400957562632``.
    year
        Of the table of released gases, for a box named by its code.
    captured_kg
        Mass of gas that was captured, as weighed [kg].

    Raises
    ------
    UsageError
        If the amount cannot be read, may be read in two ways, no table has its container, or more was captured
        than was bought.
    """
    amount = read_amount(text)
    product = amount.product
    substance, mass = (product.substance, _mass(amount, product)) if product else _of_box(amount, year)
    if captured_kg > mass.mass_kg:
        raise UsageError([Problem("gas-captured-too-much", {"value": captured_kg, "mass": mass.mass_kg, "text": text})])
    released_kg = mass.mass_kg - captured_kg
    values = tuple(gas_values(substance, released_kg, library))
    return GasConversion(amount, substance, mass, captured_kg, released_kg, values, is_beside_total(substance, library))


def is_beside_total(substance: str, library: FactorLibrary) -> bool:
    """Whether a BEGES reports a gas beside its total: isoflurane and halothane, outside the Kyoto list."""
    return library.substances[substance].gas not in TOTAL_GASES


def gas_values(substance: str, mass_kg: float, library: FactorLibrary) -> Iterator[GasValue]:
    """Emissions of a mass of gas in every set: those of a BEGES, then those that hospitals read.

    mass x GWP100; GWP20 is in no set.
    """
    for gwp_set in GWP_SETS:
        figure = library.gwp.get((substance, gwp_set))
        gwp100 = figure.value if figure else None
        yield GasValue(gwp_set, True, gwp100, _times(mass_kg, gwp100), figure.source if figure else "")
    for gwp_set, values in reference_sets().items():
        gwp100, source = values.get(substance, (None, ""))
        yield GasValue(gwp_set, False, gwp100, _times(mass_kg, gwp100), source)


def total_values(conversions: Iterable[GasConversion]) -> dict[str, float | None]:
    """Sum of several conversions by set; None where the set lacks one of the gases."""
    found: dict[str, list[float | None]] = {}
    for conversion in conversions:
        for value in conversion.values:
            found.setdefault(value.gwp_set, []).append(value.emissions_kgco2e)
    return {
        name: None if None in values else math.fsum(v for v in values if v is not None)
        for name, values in found.items()
    }


def read_captured(text: str) -> float:
    """Mass captured as it was weighed [kg].

    Raises
    ------
    UsageError
        If it is a share, or not a mass.
    """
    match = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(kg|g)\s*", text)
    if match is None:
        code = "gas-captured-share" if "%" in text else "gas-captured-form"
        raise UsageError([Problem(code, {"value": text})])
    return float(match[1].replace(",", ".")) * (conversion_factor(match[2], "kg") or 0.0)


def _times(mass_kg: float, gwp100: float | None) -> float | None:
    return None if gwp100 is None else mass_kg * gwp100


def _of_box(amount: GasAmount, year: int) -> tuple[str, GasMass]:
    """Gas of boxes named by their code."""
    released = released_gases(amount.code, year)
    if not released:
        raise UsageError([Problem("gas-code-releases-nothing", {"value": amount.code, "year": year})])
    (gas,) = released
    if gas.mass_kg is None or gas.low_kg is None or gas.high_kg is None:
        what = {"value": amount.code, "reason": Bilingual(gas.basis, gas.basis_fr)}
        raise UsageError([Problem("gas-code-without-mass", what)])
    basis = Basis(gas.status, {"en": gas.basis, "fr": gas.basis_fr}, gas.source)
    steps = (
        GasStep(Phrase(mark("{count} boxes of {code}"), {"count": amount.count, "code": amount.code})),
        GasStep(Phrase(mark("x {mass} kg of gas in each"), {"mass": gas.mass_kg}), basis),
    )
    mass, low, high = (amount.count * value for value in (gas.mass_kg, gas.low_kg, gas.high_kg))
    return gas.substance, GasMass(mass, low, high, steps)


def _mass(amount: GasAmount, product: GasProduct) -> GasMass:
    """Mass of the gas that counts: of the nitrous oxide in a mixture."""
    if amount.mass_kg is not None:
        return _of_mass(amount, product, amount.mass_kg)
    if amount.gas_m3 is not None:
        return _of_volume(amount, product, amount.gas_m3)
    if product.state == "liquid" and not amount.container:
        return _of_liquid(amount, product)
    return _of_containers(amount, product)


def _understood(amount: GasAmount, product: GasProduct) -> GasStep:
    what = {"count": amount.count, "gas": Bilingual(product.names["en"], product.names["fr"]), "size": _size(amount)}
    notes = Basis("assumed", product.notes, "") if product.notes["en"] and amount.container else None
    return GasStep(Phrase(_CONTAINER_WORDS[amount.container], what), notes)


_CONTAINER_WORDS = {
    "": mark("{gas}"),
    "bottle": mark("{count} bottle(s) of {gas}{size}"),
    "cylinder": mark("{count} cylinder(s) of {gas}{size}"),
    "frame": mark("{count} frame(s) of {gas}{size}"),
}


def _size(amount: GasAmount) -> str:
    if amount.size_litre is None:
        return ""
    each = f"{amount.cylinders} x " if amount.cylinders > 1 else ""
    if amount.size_litre < 1:
        return f", {each}{amount.size_litre * 1000:g} mL"
    return f", {each}{amount.size_litre:g} L"


def _of_mass(amount: GasAmount, product: GasProduct, mass_kg: float) -> GasMass:
    """A mass: of the mixture, nitrous oxide is 57.9 %, not half."""
    given = Phrase(mark("{mass} kg as given"), {"mass": amount.count * mass_kg})
    if product.state != "mixture":
        return _product_of(amount, product, given, amount.count * mass_kg)
    fraction, basis = mixture_mass_fraction()
    ratio = GasStep(Phrase(mark("x {fraction} of nitrous oxide by mass"), {"fraction": fraction}), basis)
    return _product_of(amount, product, given, amount.count * mass_kg, fraction, ratio)


def _of_volume(amount: GasAmount, product: GasProduct, gas_m3: float) -> GasMass:
    """A volume of gas at 15 degC and 1 bar."""
    volume_m3 = amount.count * gas_m3
    if product.state == "mixture":
        kg_per_m3, basis = mixture_kg_per_m3()
    else:
        density = densities()[product.id]
        kg_per_m3, basis = density.kg_per_litre * 1000, density.basis
    given = Phrase(mark("{volume} m3 of gas as given"), {"volume": volume_m3})
    ratio = GasStep(Phrase(mark("x {density} kg of nitrous oxide per m3"), {"density": kg_per_m3}), basis)
    return _product_of(amount, product, given, volume_m3, kg_per_m3, ratio, gas_property("gas_volume_spread")[0])


def _of_liquid(amount: GasAmount, product: GasProduct) -> GasMass:
    density = densities()[product.id]
    volume_litre = amount.count * (amount.size_litre or 0.0)
    given = Phrase(mark("{volume} L of liquid"), {"volume": volume_litre})
    ratio = GasStep(Phrase(mark("x {density} kg/L"), {"density": density.kg_per_litre}), density.basis)
    return _product_of(amount, product, given, volume_litre, density.kg_per_litre, ratio)


def _product_of(
    amount: GasAmount,
    product: GasProduct,
    given: Phrase,
    quantity: float,
    kg_per_unit: float = 1.0,
    ratio: GasStep | None = None,
    spread: float = 0.0,
) -> GasMass:
    """Mass of a quantity as given: times what a unit of it holds, give or take its spread."""
    mass_kg = quantity * kg_per_unit
    steps = (_understood(amount, product), GasStep(given), *([ratio] if ratio else []))
    return GasMass(mass_kg, mass_kg * (1 - spread), mass_kg * (1 + spread), steps)


def _of_containers(amount: GasAmount, product: GasProduct) -> GasMass:
    """Bottles, cylinders or frames of a table; a bottle of any other size by its density."""
    found = _container(amount, product)
    if found is None:
        return _of_liquid(amount, product)
    if found.mass_kg is None or found.low_kg is None or found.high_kg is None:
        what = {"value": amount.text, "reason": Bilingual(found.basis.words["en"], found.basis.words["fr"])}
        raise UsageError([Problem("gas-container-without-mass", what)])
    steps = (
        _understood(amount, product),
        GasStep(Phrase(_MASS_IN_EACH[product.state], {"mass": found.mass_kg}), found.basis),
    )
    mass, low, high = (amount.count * value for value in (found.mass_kg, found.low_kg, found.high_kg))
    return GasMass(mass, low, high, steps)


_MASS_IN_EACH = {
    "liquid": mark("x {mass} kg in each"),
    "gas": mark("x {mass} kg in each"),
    "mixture": mark("x {mass} kg of nitrous oxide in each"),
}


def _container(amount: GasAmount, product: GasProduct) -> Container | None:
    """Container of the tables; None for a bottle of a size that no table has, whose density does as well.

    Raises
    ------
    UsageError
        If its size is not said, or no table has it.
    """
    known = [row for row in containers() if row.product == product.id]
    of_kind = [row for row in known if row.kind == amount.container] or known
    same = sorted(of_kind, key=lambda row: (row.count, row.volume_litre))
    choices = [_choice(row) for row in same]
    if amount.size_litre is None:
        raise UsageError([Problem("gas-size-missing", {"value": amount.text, "choices": choices})])
    size, count = amount.size_litre, amount.cylinders
    for row in known:
        if row.kind == amount.container and math.isclose(row.volume_litre, size) and row.count == count:
            return row
    if amount.container == "bottle" and size <= PLAUSIBLE_BOTTLE_LITRE and product.id in densities():
        return None
    raise UsageError(
        [
            Problem(
                "gas-container-unknown",
                {"value": amount.text, "size": _size(amount).removeprefix(", "), "choices": choices},
            )
        ]
    )


def _choice(row: Container) -> str:
    size = f"{row.volume_litre * 1000:g} mL" if row.volume_litre < 1 else f"{row.volume_litre:g} L"
    return f"{row.count} x {size}" if row.count > 1 else size
