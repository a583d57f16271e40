"""What a footprint says of anaesthetic gases: masses, emissions, network loss, desflurane's share, the law.

Purchases are counted, not use: what leaks from a network was bought. A figure whose field the inventory does not give
is None, and the field is named.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from decarb.binding import BoundTerms
from decarb.errors import Problem
from decarb.factors import Factor, FactorLibrary
from decarb.footprint import Footprint
from decarb.gases.lines import Named, left_out, lines_of, refuse, refused_lines, with_notices
from decarb.inventory import Establishment
from decarb.medicines.gas_tables import GasRule, gas_property, gas_rules
from decarb.medicines.gases import is_beside_total
from decarb.medicines.products import Product
from decarb.medicines.released import released_gases
from decarb.units import conversion_factor

_Number = TypeVar("_Number", int, float)

HALOGENATED = ("desflurane", "sevoflurane", "isoflurane", "halothane", "enflurane")
"""Volatile anaesthetics that desflurane is compared with."""
ANAESTHETIC_GASES = ("n2o", *HALOGENATED)
PROPELLANT = "propellant"
"""Kind of the gases of inhalers."""
MEASURED_USE = "establishment.measured_gas_use"
ANAESTHESIAS = "establishment.activity.anaesthesias"
STAYS = "establishment.activity.stays"


@dataclass(frozen=True, slots=True)
class GasUse:
    """Purchases of one gas over the period.

    ``kind`` is ``anaesthetic`` or ``analgesic`` (nitrous oxide mixed with oxygen in cylinders, apart from a network).
    ``is_beside_total`` is whether a BEGES reports the gas beside its total (outside the Kyoto list).
    """

    substance: str
    kind: str
    mass_kg: float
    emissions_kgco2e: float
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
    avoidable_kgco2e: float


@dataclass(frozen=True, slots=True)
class GasIndicators:
    """Indicators of one establishment's anaesthetic gases over a period.

    Attributes
    ----------
    total_kgco2e
        Of the gases that a BEGES totals: what its post 1.4 is of these lines.
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
    total_kgco2e: float
    anaesthesias: int | None
    stays: int | None
    network: NetworkLoss | None
    desflurane: DesfluraneShare | None
    not_given: tuple[str, ...]
    rules: tuple[GasRule, ...]
    notices: tuple[Problem, ...]

    def per_anaesthesia(self, emissions_kgco2e: float) -> float | None:
        """Emissions over the number of anaesthesias [kg CO2e]; None where it is not given."""
        return _per(emissions_kgco2e, self.anaesthesias)

    def per_stay(self, emissions_kgco2e: float) -> float | None:
        """Emissions over the number of stays [kg CO2e]; None where it is not given."""
        return _per(emissions_kgco2e, self.stays)


@dataclass(frozen=True, slots=True)
class _Gas:
    """An anaesthetic gas of one unit of a line."""

    substance: str
    kind: str
    mass_kg: float
    kgco2e: float


@dataclass(frozen=True, slots=True)
class _Purchase:
    gas: _Gas
    quantity: float
    line: str


def gas_indicators(footprint: Footprint, *, whole_alone: bool = False) -> tuple[GasIndicators, ...]:
    """Indicators of each establishment of a footprint that buys anaesthetic gases.

    Parameters
    ----------
    footprint
        It may be partial: lines refused that are of no anaesthetic gas do not matter.
    whole_alone
        Leave out establishments with a refused line of an anaesthetic gas, of which the mass may be anything.

    Raises
    ------
    RefusedLinesError
        With every line of an anaesthetic gas that the footprint refuses, unless `whole_alone`.
    InvalidInventoryError
        If there is no line of such a gas at all.
    """
    inventory, library = footprint.inventory, footprint.library
    refused = refused_lines(footprint)
    of_gas = [lines for lines in refused if lines.named and _is_anaesthetic(lines.named, lines.terms.year)]
    refuse(() if whole_alone else of_gas)
    not_whole = {int(inventory.establishment[line]) for lines in of_gas for line in lines.refusal.lines}
    gases = {pair: _gases_of(bound) for pair, bound in enumerate(footprint.binding.bound) if bound}
    purchases: dict[int, list[_Purchase]] = {}
    for line in lines_of(footprint, (pair for pair, found in gases.items() if found)):
        if (establishment := int(inventory.establishment[line])) in not_whole:
            continue
        bought = purchases.setdefault(establishment, [])
        quantity, name = float(inventory.quantity[line]), inventory.ids[line]
        bought += (_Purchase(gas, quantity, name) for gas in gases[int(footprint.binding.pair[line])])
    notices = left_out(footprint, refused, _is_anaesthetic)
    nothing = Problem("no-gas-lines", {}, file=inventory.establishments[0].file)
    return tuple(
        _indicators(
            inventory.establishments[number],
            tuple(_uses(purchases[number], library)),
            footprint.binding.gwp_set,
            said,
        )
        for number, said in with_notices(purchases, notices, nothing)
    )


def _is_anaesthetic(named: Named, year: int) -> bool:
    """Whether what a line names releases an anaesthetic gas; propellants are of inhalers."""
    if isinstance(named, Product):
        return any(gas.kind != PROPELLANT for gas in released_gases(named.presentation.cip13, year))
    return _is_gas(named)


def _gases_of(bound: BoundTerms) -> tuple[_Gas, ...]:
    """Anaesthetic gases of one unit of a line, of the mass and emissions that its footprint counts."""
    if bound.priced:
        boxes = bound.multiplier * (bound.priced.boxes_per_unit or 0.0)  # of an amount of money no release is counted
        return tuple(
            _Gas(release.substance, release.released.kind, boxes * release.mass_kg, boxes * release.kgco2e)
            for release in bound.priced.releases
            if release.released.kind != PROPELLANT
        )
    if not _is_gas(bound.factor):
        return ()
    kgco2e_per_kg = math.fsum(amount or 0.0 for bound_part in bound.parts for amount in bound_part.part.gases)
    return (_Gas(bound.factor.substance, "anaesthetic", bound.multiplier, bound.multiplier * kgco2e_per_kg),)


def _is_gas(factor: Factor) -> bool:
    """Whether a factor is a kilogram of an anaesthetic gas released."""
    return factor.model == "gwp" and factor.substance in ANAESTHETIC_GASES


def _indicators(
    establishment: Establishment, gases: Sequence[GasUse], gwp_set: str, notices: Iterable[Problem]
) -> GasIndicators:
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
        gwp_set=gwp_set,
        gases=tuple(gases),
        total_kgco2e=math.fsum(gas.emissions_kgco2e for gas in gases if not gas.is_beside_total),
        anaesthesias=anaesthesias or None,
        stays=stays or None,
        network=network,
        desflurane=_desflurane(gases),
        not_given=tuple(field for field, is_missing in missing.items() if is_missing),
        rules=tuple(_rules(gases, establishment.year)),
        notices=(*_network_notices(network, establishment), *notices),
    )


def _uses(purchases: Iterable[_Purchase], library: FactorLibrary) -> Iterator[GasUse]:
    """Purchases by gas and kind, in the order of ``ANAESTHETIC_GASES``."""
    found: dict[tuple[str, str], list[_Purchase]] = {}
    for purchase in purchases:
        found.setdefault((purchase.gas.substance, purchase.gas.kind), []).append(purchase)
    for substance, kind in sorted(found, key=lambda key: (ANAESTHETIC_GASES.index(key[0]), key[1])):
        bought = found[substance, kind]
        yield GasUse(
            substance,
            kind,
            math.fsum(purchase.quantity * purchase.gas.mass_kg for purchase in bought),
            math.fsum(purchase.quantity * purchase.gas.kgco2e for purchase in bought),
            is_beside_total(substance, library),
            tuple(purchase.line for purchase in bought),
        )


def _network(gases: Iterable[GasUse], establishment: Establishment) -> NetworkLoss | None:
    """Loss of nitrous oxide bought pure, mixtures in cylinders apart; None where none is bought."""
    pure = next((gas for gas in gases if gas.substance == "n2o" and gas.kind == "anaesthetic"), None)
    if pure is None or not pure.mass_kg > 0:
        return None
    return _loss(pure, measured_use(establishment).get("n2o"))


def _loss(pure: GasUse, used_kg: float | None) -> NetworkLoss:
    """Loss of a mass bought, of which so much was used; unknown where the use is, or is more than what was bought."""
    published, basis = gas_property("n2o_network_loss_share")
    if used_kg is None or used_kg > pure.mass_kg:
        return NetworkLoss(pure.mass_kg, used_kg, None, None, None, published, basis.source)
    lost_kg = pure.mass_kg - used_kg
    share = lost_kg / pure.mass_kg
    return NetworkLoss(pure.mass_kg, used_kg, lost_kg, share, pure.emissions_kgco2e * share, published, basis.source)


def together(found: Sequence[GasIndicators], name: str) -> GasIndicators:
    """Return the indicators of several establishments as one, under a name.

    A number that one of them does not give is unknown of all: anaesthesias, stays, the measured use.
    """
    gases = tuple(_merged(use for one in found for use in one.gases))
    pure = next((use for use in gases if use.substance == "n2o" and use.kind == "anaesthetic"), None)
    networks = [one.network for one in found if one.network]
    return replace(
        found[0],
        establishment=name,
        file="",
        year=max(one.year for one in found),
        gases=gases,
        total_kgco2e=math.fsum(one.total_kgco2e for one in found),
        anaesthesias=_sum(one.anaesthesias for one in found),
        stays=_sum(one.stays for one in found),
        network=_loss(pure, _sum(network.used_kg for network in networks)) if pure and networks else None,
        desflurane=_desflurane(gases),
        not_given=tuple(dict.fromkeys(field for one in found for field in one.not_given)),
        rules=tuple(dict.fromkeys(rule for one in found for rule in one.rules)),
        notices=(),
    )


def _merged(uses: Iterable[GasUse]) -> Iterator[GasUse]:
    of_kind: dict[tuple[str, str], list[GasUse]] = {}
    for use in uses:
        of_kind.setdefault((use.substance, use.kind), []).append(use)
    for substance, kind in sorted(of_kind, key=lambda key: (ANAESTHETIC_GASES.index(key[0]), key[1])):
        same = of_kind[substance, kind]
        mass_kg, kgco2e = math.fsum(use.mass_kg for use in same), math.fsum(use.emissions_kgco2e for use in same)
        yield GasUse(substance, kind, mass_kg, kgco2e, same[0].is_beside_total, ())


def _sum(numbers: Iterable[_Number | None]) -> _Number | None:
    """Sum of numbers; None where one of them is not known."""
    known = list(numbers)
    return None if None in known else sum(known)  # type: ignore[arg-type]


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
    emissions, total = (math.fsum(gas.emissions_kgco2e for gas in uses) for uses in (desflurane, halogenated))
    by_mass = math.fsum(gas.mass_kg for gas in desflurane) / mass_kg
    return DesfluraneShare(by_mass, emissions / total if total else None, emissions)


def _rules(gases: Iterable[GasUse], year: int) -> Iterator[GasRule]:
    bought = {gas.substance for gas in gases if gas.mass_kg > 0}
    for rule in gas_rules():
        if rule.kind == "anaesthetic" and rule.substance in bought and rule.holds_in(year):
            yield rule


def _network_notices(network: NetworkLoss | None, establishment: Establishment) -> Iterator[Problem]:
    if network and network.used_kg is not None and network.used_kg > network.bought_kg:
        what = {"gas": "n2o", "used": network.used_kg, "bought": network.bought_kg}
        yield Problem("gas-used-above-bought", what, file=establishment.file, severity="warning")


def _per(total: float, count: float | None) -> float | None:
    return total / count if count else None
