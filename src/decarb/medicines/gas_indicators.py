"""What an inventory says of its anaesthetic gases: masses, emissions, network loss, desflurane's share, the law.

Purchases are counted, not use: what leaks from a network was bought. A figure whose field the inventory does not give
is None, and the field is named.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from decarb.errors import Bilingual, DecarbError, InvalidInventoryError, Problem
from decarb.factors import Factor, FactorLibrary
from decarb.inventory import Establishment, Inventory, LineTerms
from decarb.medicines.database import MedicinesDatabase, packaged_database
from decarb.medicines.gas_tables import GasRule, gas_property, gas_rules
from decarb.medicines.gases import is_beside_total
from decarb.medicines.line_boxes import boxes_per_unit, cip13_of, names_medicine
from decarb.medicines.released import Released, released_gases
from decarb.units import conversion_factor, parse_unit

HALOGENATED = ("desflurane", "sevoflurane", "isoflurane", "halothane", "enflurane")
"""Volatile anaesthetics that desflurane is compared with."""
ANAESTHETIC_GASES = ("n2o", *HALOGENATED)
MEASURED_USE = "establishment.measured_gas_use"
ANAESTHESIAS = "establishment.activity.anaesthesias"
STAYS = "establishment.activity.stays"


@dataclass(frozen=True, slots=True)
class GasUse:
    """Purchases of one gas over the period.

    ``kind`` is ``anaesthetic`` or ``analgesic`` (nitrous oxide mixed with oxygen in cylinders, apart from a network).
    ``emissions_kgco2e`` is None where the GWP set has no value for the gas; ``is_beside_total`` is whether a BEGES
    reports the gas beside its total (outside the Kyoto list).
    """

    substance: str
    kind: str
    mass_kg: float
    emissions_kgco2e: float | None
    is_beside_total: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkLoss:
    """Nitrous oxide bought and not used, that the network lost [kg, kg CO2e].

    The use, the loss and its share are None where the measured use is not given. The published share is beside them,
    never in their place.
    """

    bought_kg: float
    used_kg: float | None
    lost_kg: float | None
    lost_share: float | None
    avoidable_kgco2e: float | None
    published_share: float
    published_source: str


@dataclass(frozen=True, slots=True)
class DesfluraneShare:
    """Desflurane among the halogenated anaesthetics bought; ending it would avoid its own, less its substitute's."""

    by_mass: float
    by_emissions: float | None
    avoidable_kgco2e: float | None


@dataclass(frozen=True, slots=True)
class GasIndicators:
    """Indicators of one establishment's anaesthetic gases over a period.

    Attributes
    ----------
    total_kgco2e
        Of the gases that a BEGES totals, as its post does; None where the GWP set lacks one of them.
    anaesthesias, stays
        Numbers over the period; None where the inventory does not give them.
    not_given
        Fields that the inventory could give.
    rules
        Rules of law that the purchases come under in the year.
    notices
        What the reader must know of the figures.
    """

    establishment: str
    file: str
    year: int
    gwp_set: str
    gases: tuple[GasUse, ...]
    total_kgco2e: float | None
    anaesthesias: int | None
    stays: int | None
    network: NetworkLoss | None
    desflurane: DesfluraneShare | None
    not_given: tuple[str, ...]
    rules: tuple[GasRule, ...]
    notices: tuple[Problem, ...]

    def per_anaesthesia(self, emissions_kgco2e: float | None) -> float | None:
        """Emissions over the number of anaesthesias [kg CO2e]; None where either is unknown."""
        return _per(emissions_kgco2e, self.anaesthesias)

    def per_stay(self, emissions_kgco2e: float | None) -> float | None:
        """Emissions over the number of stays [kg CO2e]; None where either is unknown."""
        return _per(emissions_kgco2e, self.stays)


@dataclass(frozen=True, slots=True)
class _Purchase:
    substance: str
    kind: str
    mass_kg: float
    line: str


def gas_indicators(
    inventory: Inventory,
    library: FactorLibrary,
    gwp_set: str | None = None,
    database: MedicinesDatabase | None = None,
) -> tuple[GasIndicators, ...]:
    """Indicators of each establishment of an inventory.

    Parameters
    ----------
    gwp_set
        ``AR4``, ``AR5`` or ``AR6``; by default each document's own, else AR6.
    database
        Boxes, and links of UCD codes; the packaged one by default.

    Raises
    ------
    InvalidInventoryError
        With every line of gas whose mass is not known, or if there is no line of gas at all.
    """
    database = database or packaged_database()
    purchases: dict[int, list[_Purchase]] = {number: [] for number in range(len(inventory.establishments))}
    problems: list[Problem] = []
    units: dict[int, int] = {}
    for line, terms in lines_that(inventory, lambda terms: _may_be_gas(terms, library)):
        establishment = int(inventory.establishment[line])
        try:
            found = _purchases(terms, float(inventory.quantity[line]), inventory.ids[line], library, database)
            units[establishment] = units.get(establishment, 0) + (found is None)
            purchases[establishment] += found or []
        except DecarbError as error:
            where = {
                "file": inventory.file(line),
                "pointer": inventory.pointer(line),
                "line_id": inventory.ids[line],
            }
            problems += (problem.at(**where) for problem in error.problems)
    if not problems and not any(purchases.values()):
        problems = [Problem("no-gas-lines", {}, file=inventory.establishments[0].file)]
    if problems:
        raise InvalidInventoryError(problems)
    return tuple(
        _indicators(inventory.establishments[number], bought, units.get(number, 0), library, gwp_set)
        for number, bought in purchases.items()
        if bought
    )


def lines_that(inventory: Inventory, matter: Callable[[LineTerms], bool]) -> Iterator[tuple[int, LineTerms]]:
    """Lines whose terms matter, looked at once per distinct terms: a nation's lines are millions."""
    chosen = [code for code, terms in enumerate(inventory.terms) if matter(terms)]
    for line in np.flatnonzero(np.isin(inventory.term, chosen)).tolist():
        yield line, inventory.terms[inventory.term[line]]


def _may_be_gas(terms: LineTerms, library: FactorLibrary) -> bool:
    if names_medicine(terms):
        return True
    factor = _factor(terms, library)
    return factor is not None and factor.model == "gwp" and factor.substance in ANAESTHETIC_GASES


def _purchases(
    terms: LineTerms, quantity: float, line: str, library: FactorLibrary, database: MedicinesDatabase
) -> list[_Purchase] | None:
    """Anaesthetic gases of a line that may be of gas, none for any other medicine; None if its code says no box."""
    if not names_medicine(terms):
        factor = _factor(terms, library)
        if factor is None:
            return []
        return [_Purchase(factor.substance, "anaesthetic", quantity * _kg_in_unit(terms, factor, library), line)]
    cip13 = cip13_of(terms, database)
    if cip13 is None:
        return None
    released = [gas for gas in released_gases(cip13, terms.year) if gas.kind != "propellant"]  # those are of inhalers
    boxes = quantity * boxes_per_unit(terms, cip13, database) if released else 0.0
    return [_bought(gas, boxes, terms, line) for gas in released]


def _bought(gas: Released, boxes: float, terms: LineTerms, line: str) -> _Purchase:
    if gas.mass_kg is None:
        what = {"value": terms.code_value, "reason": Bilingual(gas.basis, gas.basis_fr or gas.basis)}
        raise InvalidInventoryError([Problem("gas-code-without-mass", what)])
    return _Purchase(gas.substance, gas.kind, boxes * gas.mass_kg, line)


def _factor(terms: LineTerms, library: FactorLibrary) -> Factor | None:
    if terms.code_system == "CAS":
        found = library.by_cas.get(terms.code_value, ())
        return found[0] if len(found) == 1 else None
    return library.find(f"base-carbone:{terms.code_value}" if terms.code_system == "base-carbone" else terms.factor)


def _kg_in_unit(terms: LineTerms, factor: Factor, library: FactorLibrary) -> float:
    """Kilograms of a gas in the unit of a line: a mass, or a volume of a liquid of known density."""
    unit = parse_unit(terms.unit).name
    direct, litres = conversion_factor(unit, "kg"), conversion_factor(unit, "L")
    density = library.properties.get((factor.substance, "density"))
    if direct is not None:
        return direct
    if litres is not None and density is not None:
        return litres * density.value
    raise InvalidInventoryError([Problem("gas-line-unit", {"value": terms.unit, "gas": factor.substance})])


def _indicators(
    establishment: Establishment,
    purchases: Iterable[_Purchase],
    lines_by_units: int,
    library: FactorLibrary,
    gwp_set: str | None,
) -> GasIndicators:
    chosen = gwp_set or establishment.method.get("gwp_set", "AR6")
    gases = tuple(_uses(purchases, library, chosen))
    activity = establishment.identity.get("activity", {})
    anaesthesias, stays = activity.get("anaesthesias"), activity.get("stays")
    network = _network(gases, establishment)
    missing = {
        ANAESTHESIAS: not anaesthesias,
        STAYS: not stays,
        MEASURED_USE: network is not None and network.used_kg is None,
    }
    return GasIndicators(
        establishment=establishment.name,
        file=establishment.file,
        year=establishment.year,
        gwp_set=chosen,
        gases=gases,
        total_kgco2e=_sum(gas.emissions_kgco2e for gas in gases if not gas.is_beside_total),
        anaesthesias=anaesthesias or None,
        stays=stays or None,
        network=network,
        desflurane=_desflurane(gases),
        not_given=tuple(field for field, is_missing in missing.items() if is_missing),
        rules=tuple(_rules(gases, establishment.year)),
        notices=tuple(_notices(network, lines_by_units, establishment)),
    )


def _uses(purchases: Iterable[_Purchase], library: FactorLibrary, gwp_set: str) -> Iterator[GasUse]:
    """Purchases by gas and kind, in the order of ``ANAESTHETIC_GASES``."""
    found: dict[tuple[str, str], list[_Purchase]] = {}
    for purchase in purchases:
        found.setdefault((purchase.substance, purchase.kind), []).append(purchase)
    for substance, kind in sorted(found, key=lambda key: (ANAESTHETIC_GASES.index(key[0]), key[1])):
        bought = found[substance, kind]
        mass_kg = math.fsum(purchase.mass_kg for purchase in bought)
        figure = library.gwp.get((substance, gwp_set))
        emissions = mass_kg * figure.value if figure else None
        lines = tuple(purchase.line for purchase in bought)
        yield GasUse(substance, kind, mass_kg, emissions, is_beside_total(substance, library), lines)


def _network(gases: Iterable[GasUse], establishment: Establishment) -> NetworkLoss | None:
    """Loss of nitrous oxide bought pure, mixtures in cylinders apart; None where none is bought."""
    pure = next((gas for gas in gases if gas.substance == "n2o" and gas.kind == "anaesthetic"), None)
    if pure is None or not pure.mass_kg > 0:
        return None
    published, basis = gas_property("n2o_network_loss_share")
    used_kg = measured_use(establishment).get("n2o")
    if used_kg is None or used_kg > pure.mass_kg:
        return NetworkLoss(pure.mass_kg, used_kg, None, None, None, published, basis.source)
    lost_kg = pure.mass_kg - used_kg
    share = lost_kg / pure.mass_kg
    avoidable = None if pure.emissions_kgco2e is None else pure.emissions_kgco2e * share
    return NetworkLoss(pure.mass_kg, used_kg, lost_kg, share, avoidable, published, basis.source)


def measured_use(establishment: Establishment) -> Mapping[str, float]:
    """Mass of each gas that anaesthetists used, as the document says it was measured, by substance [kg]."""
    found: dict[str, float] = {}
    for entry in establishment.identity.get("measured_gas_use", ()):
        ratio = conversion_factor(entry["unit"], "kg") or 0.0
        substance = "n2o" if entry["gas"] == "nitrous-oxide" else entry["gas"]
        found[substance] = found.get(substance, 0.0) + entry["quantity"] * ratio
    return found


def _desflurane(gases: Iterable[GasUse]) -> DesfluraneShare | None:
    """Share of desflurane; None where no halogenated anaesthetic is bought."""
    halogenated = [gas for gas in gases if gas.substance in HALOGENATED]
    mass_kg = math.fsum(gas.mass_kg for gas in halogenated)
    if not mass_kg > 0:
        return None
    desflurane = [gas for gas in halogenated if gas.substance == "desflurane"]
    emissions, total = _sum(g.emissions_kgco2e for g in desflurane), _sum(g.emissions_kgco2e for g in halogenated)
    share = emissions / total if emissions is not None and total else None
    return DesfluraneShare(math.fsum(gas.mass_kg for gas in desflurane) / mass_kg, share, emissions)


def _rules(gases: Iterable[GasUse], year: int) -> Iterator[GasRule]:
    bought = {gas.substance for gas in gases if gas.mass_kg > 0}
    for rule in gas_rules():
        if rule.kind == "anaesthetic" and rule.substance in bought and rule.holds_in(year):
            yield rule


def _notices(network: NetworkLoss | None, lines_by_units: int, establishment: Establishment) -> Iterator[Problem]:
    if network and network.used_kg is not None and network.used_kg > network.bought_kg:
        what = {"gas": "n2o", "used": network.used_kg, "bought": network.bought_kg}
        yield Problem("gas-used-above-bought", what, file=establishment.file, severity="warning")
    if lines_by_units:
        yield Problem("gas-codes-of-units", {"count": lines_by_units}, file=establishment.file, severity="warning")


def _sum(values: Iterable[float | None]) -> float | None:
    """Sum; None where one is unknown."""
    found = list(values)
    return None if None in found else math.fsum(value for value in found if value is not None)


def _per(total: float | None, count: float | None) -> float | None:
    return total / count if total is not None and count else None
