"""Inhalers of an inventory: boxes by kind of device, propellant, emissions at use, what dry powder would save.

``emission_factors/medicines/inhaler_presentations.csv`` says what each French presentation is; the propellant of a box
comes from ``released_gases`` and is assumed from the class wherever its status says so.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from functools import cache

from decarb.errors import Bilingual, DecarbError, InvalidInventoryError, Problem
from decarb.factors import FactorLibrary
from decarb.inventory import Establishment, Inventory
from decarb.medicines.database import MedicinesDatabase, packaged_database
from decarb.medicines.gas_indicators import lines_that
from decarb.medicines.gas_tables import GasRule, gas_rules
from decarb.medicines.line_boxes import boxes_per_unit, cip13_of, names_medicine
from decarb.medicines.released import Released, released_gases
from decarb.resources import data_folder, read_rows

METERED_DOSE, DRY_POWDER, SOFT_MIST = DEVICES = ("pmdi", "dpi", "soft_mist")
"""Kinds of device: pressurised metered-dose, dry powder, soft mist."""


@dataclass(frozen=True, slots=True)
class Inhaler:
    """A French presentation; refills without a device count none."""

    cip13: str
    name: str
    device: str
    devices_per_box: int
    doses_per_box: int


@dataclass(frozen=True, slots=True)
class InhalerFigure:
    """A published figure, with what it covers and its source."""

    value: float
    unit: str
    scope: Mapping[str, str]
    source: str


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


@cache
def inhalers() -> Mapping[str, Inhaler]:
    """French presentations of inhalers by CIP13."""
    return {
        row["cip13"]: Inhaler(
            row["cip13"], row["name_fr"], row["device"], int(row["devices_per_box"]), int(row["doses_per_box"])
        )
        for row in _rows("inhaler_presentations")
    }


@cache
def inhaler_figures() -> Mapping[str, InhalerFigure]:
    """Published figures that results are set beside."""
    return {
        row["figure"]: InhalerFigure(
            float(row["value"]), row["unit"], {"en": row["scope_en"], "fr": row["scope_fr"]}, row["source"]
        )
        for row in _rows("inhaler_figures")
    }


@cache
def propellant_names() -> Mapping[str, Bilingual]:
    """Name of each propellant by substance."""
    return {row["substance"]: Bilingual(row["name_en"], row["name_fr"]) for row in _rows("inhaler_propellants")}


def inhaler_indicators(
    inventory: Inventory,
    library: FactorLibrary,
    gwp_set: str | None = None,
    database: MedicinesDatabase | None = None,
) -> tuple[InhalerIndicators, ...]:
    """Inhalers of each establishment of an inventory.

    Parameters
    ----------
    gwp_set
        ``AR4``, ``AR5`` or ``AR6``; by default each document's own, else AR6.
    database
        Boxes, and links of UCD codes; the packaged one by default.

    Raises
    ------
    InvalidInventoryError
        With every line of an inhaler that does not count boxes, if the GWP set has no value for a propellant, or if
        there is no line of an inhaler at all.
    """
    bought: dict[int, dict[str, list[tuple[float, str]]]] = {}
    units: dict[int, int] = {}
    problems: list[Problem] = []
    database = database or packaged_database()
    for line, terms in lines_that(inventory, names_medicine):
        establishment = int(inventory.establishment[line])
        cip13 = cip13_of(terms, database)
        if cip13 is None:
            units[establishment] = units.get(establishment, 0) + 1
        try:
            inhaler = inhalers().get(cip13 or "")
            if inhaler:
                boxes = float(inventory.quantity[line]) * boxes_per_unit(terms, inhaler.cip13, database)
                bought.setdefault(establishment, {}).setdefault(inhaler.cip13, []).append((boxes, inventory.ids[line]))
        except DecarbError as error:
            where = {"file": inventory.file(line), "pointer": inventory.pointer(line), "line_id": inventory.ids[line]}
            problems += (problem.at(**where) for problem in error.problems)
    if not problems and not bought:
        problems = [Problem("no-inhaler-lines", {}, file=inventory.establishments[0].file)]
    if problems:
        raise InvalidInventoryError(problems)
    return tuple(
        _indicators(inventory.establishments[number], entries, units.get(number, 0), library, gwp_set)
        for number, entries in sorted(bought.items())
    )


def _indicators(
    establishment: Establishment,
    bought: Mapping[str, list[tuple[float, str]]],
    lines_by_units: int,
    library: FactorLibrary,
    gwp_set: str | None,
) -> InhalerIndicators:
    chosen = gwp_set or establishment.method.get("gwp_set", "AR6")
    uses = tuple(
        use
        for code, entries in bought.items()
        for use in _uses(inhalers()[code], entries, establishment.year, library, chosen)
    )
    known = [use for use in uses if use.emissions_kgco2e is not None]
    return InhalerIndicators(
        establishment=establishment.name,
        file=establishment.file,
        year=establishment.year,
        gwp_set=chosen,
        uses=tuple(sorted(uses, key=lambda use: (DEVICES.index(use.inhaler.device), -(use.emissions_kgco2e or 0.0)))),
        emissions_kgco2e=math.fsum(use.emissions_kgco2e or 0.0 for use in known),
        low_kgco2e=math.fsum(use.low_kgco2e or 0.0 for use in known),
        high_kgco2e=math.fsum(use.high_kgco2e or 0.0 for use in known),
        unknown=tuple(use for use in uses if use.emissions_kgco2e is None),
        metered_share_of_boxes=_metered_share((use.inhaler.device, use.boxes) for use in uses),
        metered_share_of_doses=_metered_share((use.inhaler.device, use.doses) for use in uses),
        switch=_switch(uses),
        rules=tuple(_rules(uses, establishment.year)),
        notices=tuple(_notices(uses, lines_by_units, establishment)),
    )


def _uses(
    inhaler: Inhaler, entries: Iterable[tuple[float, str]], year: int, library: FactorLibrary, gwp_set: str
) -> Iterator[InhalerUse]:
    entries = list(entries)
    boxes, lines = math.fsum(count for count, _ in entries), tuple(line for _, line in entries)
    released = released_gases(inhaler.cip13, year)
    if not released:
        yield InhalerUse(inhaler, boxes, None, 0.0, 0.0, 0.0, lines)
    for gas in released:
        figure = library.gwp.get((gas.substance, gwp_set))
        if gas.mass_kg is None or gas.low_kg is None or gas.high_kg is None:
            yield InhalerUse(inhaler, boxes, gas, None, None, None, lines)
        elif figure is None:
            what = {"gas": gas.substance, "gwp_set": gwp_set, "factor": inhaler.cip13}
            raise InvalidInventoryError([Problem("gas-not-in-gwp-set", what, line_id=lines[0])])
        else:
            middle, low, high = (boxes * mass * figure.value for mass in (gas.mass_kg, gas.low_kg, gas.high_kg))
            yield InhalerUse(inhaler, boxes, gas, middle, low, high, lines)


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


def _notices(uses: Iterable[InhalerUse], lines_by_units: int, establishment: Establishment) -> Iterator[Problem]:
    for use in uses:
        if use.propellant and use.emissions_kgco2e is None:
            reason = Bilingual(use.propellant.basis, use.propellant.basis_fr or use.propellant.basis)
            what = {"value": use.inhaler.cip13, "reason": reason}
            yield Problem(
                "gas-code-without-mass", what, file=establishment.file, line_id=use.lines[0], severity="warning"
            )
    if lines_by_units:
        yield Problem("gas-codes-of-units", {"count": lines_by_units}, file=establishment.file, severity="warning")


def _rows(name: str) -> list[dict[str, str]]:
    return list(read_rows(data_folder("emission_factors") / "medicines" / f"{name}.csv"))
