"""What a footprint says of inhalers: boxes by kind of device, propellant, emissions at use, what dry powder would save.

The propellant of a box comes from ``released_gases.csv`` and is assumed from the class wherever its status says so.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

from decarb.errors import Problem
from decarb.footprint import Footprint
from decarb.gases.lines import (
    Named,
    RefusedLines,
    add_notices,
    left_out,
    lines_of,
    refuse,
    refused_lines,
    with_notices,
)
from decarb.inventory import Establishment, LineTerms
from decarb.medicines.gas_tables import GasRule, gas_rules
from decarb.medicines.inhaler_tables import DEVICES, METERED_DOSE, Inhaler, inhaler_figures, inhalers
from decarb.medicines.pricing import Release, boxes_in
from decarb.medicines.products import Product
from decarb.medicines.released import Released, released_gases
from decarb.units import parse_unit


@dataclass(frozen=True, slots=True)
class InhalerUse:
    """Purchases of one presentation over the period.

    ``low_kgco2e`` to ``high_kgco2e`` are from the bounds of the propellant's mass. Emissions are those of the
    propellant at use: zero for a device without any, None where its mass is in no source.
    """

    inhaler: Inhaler
    boxes: float
    propellant: Released | None
    emissions_kgco2e: float | None
    low_kgco2e: float | None
    high_kgco2e: float | None
    lines: tuple[str, ...]

    @property
    def devices(self) -> float:
        """Devices in all boxes."""
        return self.boxes * self.inhaler.devices_per_box

    @property
    def doses(self) -> float:
        """Doses in all boxes."""
        return self.boxes * self.inhaler.doses_per_box

    @property
    def switch(self) -> "Switch | None":
        """What dry powder would save; None for another device, or where the propellant's mass is unknown."""
        if self.emissions_kgco2e is None or self.inhaler.device != METERED_DOSE:
            return None
        cheapest, dearest = (inhaler_figures()[name].value for name in ("dpi_low", "dpi_high"))
        emissions, devices = self.emissions_kgco2e, self.devices
        return Switch(devices, emissions - devices * dearest, emissions - devices * cheapest)


@dataclass(frozen=True, slots=True)
class Switch:
    """What as many dry powder devices as metered-dose ones would save [kg CO2e].

    From the propellant at use alone, less the whole life cycle of a dry powder device, the dearest and the cheapest
    published: a floor, and not for patients who cannot use dry powder.
    """

    devices: float
    low_kgco2e: float
    high_kgco2e: float


@dataclass(frozen=True, slots=True)
class InhalerIndicators:
    """Inhalers of one establishment over a period.

    Attributes
    ----------
    emissions_kgco2e
        Of what is known; ``unknown`` holds the presentations whose propellant has no known mass.
    metered_share_of_boxes, metered_share_of_doses
        Share of metered-dose inhalers; None where no box is counted.
    """

    establishment: str
    file: str
    year: int
    gwp_set: str
    uses: tuple[InhalerUse, ...]
    emissions_kgco2e: float
    low_kgco2e: float
    high_kgco2e: float
    unknown: tuple[InhalerUse, ...]
    metered_share_of_boxes: float | None
    metered_share_of_doses: float | None
    switch: Switch | None
    rules: tuple[GasRule, ...]
    notices: tuple[Problem, ...]

    def boxes(self, device: str) -> float:
        """Boxes of one kind of device."""
        return math.fsum(use.boxes for use in self.uses if use.inhaler.device == device)

    def doses(self, device: str) -> float:
        """Doses of one kind of device."""
        return math.fsum(use.doses for use in self.uses if use.inhaler.device == device)


@dataclass(frozen=True, slots=True)
class _Inhaler:
    """An inhaler of one unit of a line: ``release`` is None where its propellant is of unknown mass, or it has none."""

    cip13: str
    boxes: float
    propellant: Released | None
    release: Release | None


@dataclass(frozen=True, slots=True)
class _Purchase:
    inhaler: _Inhaler
    boxes: float
    line: str


def inhaler_indicators(footprint: Footprint) -> tuple[InhalerIndicators, ...]:
    """Inhalers of each establishment of a footprint that buys some.

    Parameters
    ----------
    footprint
        It may be partial: an inhaler whose propellant is of unknown mass is shown as such, and lines refused that are
        of no inhaler do not matter.

    Raises
    ------
    RefusedLinesError
        With every line of an inhaler that the footprint refuses for another reason.
    InvalidInventoryError
        If there is no line of an inhaler at all.
    """
    inventory = footprint.inventory
    refused = refused_lines(footprint)
    shown = [lines for lines in refused if lines.named and _is_inhaler(lines.named, lines.terms.year)]
    refuse(lines for lines in shown if not _is_of_unknown_mass(lines))
    found = dict(_bound_inhalers(footprint))
    found |= {
        int(footprint.binding.pair[lines.refusal.lines[0]]): _unknown(lines.named, lines.terms)
        for lines in shown
        if isinstance(lines.named, Product)
    }
    purchases: dict[int, list[_Purchase]] = {}
    for line in lines_of(footprint, found):
        inhaler = found[int(footprint.binding.pair[line])]
        purchase = _Purchase(inhaler, float(inventory.quantity[line]) * inhaler.boxes, inventory.ids[line])
        purchases.setdefault(int(inventory.establishment[line]), []).append(purchase)
    notices: dict[int, list[Problem]] = {}
    for lines in shown:
        for problem in lines.refusal.problems:
            add_notices(notices, problem, lines.refusal.lines, footprint)
    for establishment, problems in left_out(footprint, refused, _is_inhaler).items():
        notices.setdefault(establishment, []).extend(problems)
    nothing = Problem("no-inhaler-lines", {}, file=inventory.establishments[0].file)
    return tuple(
        _indicators(inventory.establishments[number], list(_uses(purchases[number])), footprint.binding.gwp_set, said)
        for number, said in with_notices(purchases, notices, nothing)
    )


def _is_inhaler(named: Named, _year: int) -> bool:
    """Whether what a line names is an inhaler, in any year."""
    return isinstance(named, Product) and named.presentation.cip13 in inhalers()


def _is_of_unknown_mass(lines: RefusedLines) -> bool:
    return all(problem.code == "medicine-container-unknown" for problem in lines.refusal.problems)


def _bound_inhalers(footprint: Footprint) -> Iterator[tuple[int, _Inhaler]]:
    """Pairs of the binding that are inhalers by the box or by the unit."""
    for pair, bound in enumerate(footprint.binding.bound):
        priced = bound.priced if bound else None
        if bound and priced and priced.product and priced.boxes_per_unit is not None:
            cip13 = priced.product.presentation.cip13
            if cip13 in inhalers():
                release = next(iter(priced.releases), None)
                propellant = release.released if release else None
                yield pair, _Inhaler(cip13, bound.multiplier * priced.boxes_per_unit, propellant, release)


def _unknown(product: Product, terms: LineTerms) -> _Inhaler:
    """Inhaler that the footprint refuses for want of the mass of its propellant: its boxes are known all the same."""
    cip13 = product.presentation.cip13
    boxes = boxes_in(parse_unit(terms.unit).name, product)
    return _Inhaler(cip13, boxes, released_gases(cip13, terms.year)[0], None)


def _indicators(
    establishment: Establishment, uses: Sequence[InhalerUse], gwp_set: str, notices: Iterable[Problem]
) -> InhalerIndicators:
    known = [use for use in uses if use.emissions_kgco2e is not None]
    return InhalerIndicators(
        establishment=establishment.name,
        file=establishment.file,
        year=establishment.year,
        gwp_set=gwp_set,
        uses=tuple(sorted(uses, key=lambda use: (DEVICES.index(use.inhaler.device), -(use.emissions_kgco2e or 0.0)))),
        emissions_kgco2e=math.fsum(use.emissions_kgco2e or 0.0 for use in known),
        low_kgco2e=math.fsum(use.low_kgco2e or 0.0 for use in known),
        high_kgco2e=math.fsum(use.high_kgco2e or 0.0 for use in known),
        unknown=tuple(use for use in uses if use.emissions_kgco2e is None),
        metered_share_of_boxes=_metered_share((use.inhaler.device, use.boxes) for use in uses),
        metered_share_of_doses=_metered_share((use.inhaler.device, use.doses) for use in uses),
        switch=_switch(uses),
        rules=tuple(_rules(uses, establishment.year)),
        notices=tuple(notices),
    )


def _uses(purchases: Iterable[_Purchase]) -> Iterator[InhalerUse]:
    """Purchases by presentation, in the order of the document."""
    by_code: dict[str, list[_Purchase]] = {}
    for purchase in purchases:
        by_code.setdefault(purchase.inhaler.cip13, []).append(purchase)
    for cip13, bought in by_code.items():
        boxes, lines = math.fsum(purchase.boxes for purchase in bought), tuple(purchase.line for purchase in bought)
        propellant, release = bought[0].inhaler.propellant, bought[0].inhaler.release
        if propellant is None:
            yield InhalerUse(inhalers()[cip13], boxes, None, 0.0, 0.0, 0.0, lines)
        elif release is None:
            yield InhalerUse(inhalers()[cip13], boxes, propellant, None, None, None, lines)
        else:
            low, high = (boxes * mass_kg * release.gwp for mass_kg in (release.low_kg, release.high_kg))
            yield InhalerUse(inhalers()[cip13], boxes, propellant, boxes * release.kgco2e, low, high, lines)


def _metered_share(counts: Iterable[tuple[str, float]]) -> float | None:
    counts = list(counts)
    total = math.fsum(count for _, count in counts)
    metered = math.fsum(count for device, count in counts if device == METERED_DOSE)
    return metered / total if total else None


def _switch(uses: Iterable[InhalerUse]) -> Switch | None:
    """Saving of all metered-dose devices replaced one for one; None where there is none."""
    found = [use.switch for use in uses if use.switch]
    if not found:
        return None
    return Switch(*(math.fsum(values) for values in zip(*(astuple(switch) for switch in found), strict=True)))


def _rules(uses: Iterable[InhalerUse], year: int) -> Iterator[GasRule]:
    """Rules on the propellants bought, each once."""
    bought = {use.propellant.substance for use in uses if use.propellant}
    seen: set[str] = set()
    for rule in gas_rules():
        if rule.kind == "propellant" and rule.substance in bought and rule.holds_in(year) and rule.id not in seen:
            seen.add(rule.id)
            yield rule
