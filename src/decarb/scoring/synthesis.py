"""A synthesis, backwards from the active substance: how much each step makes, and what goes in."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decarb.units import conversion_factor, parse_unit

INPUT_KINDS: tuple[str, ...] = ("organics", "solvents", "water")
ENERGY_KINDS: tuple[str, ...] = ("electricity", "heat", "solvent_incineration")


@dataclass(frozen=True, slots=True)
class ProcessMass:
    """Process mass intensity [kg of inputs per kg of active substance], by kind; None where an input is no mass."""

    organics: float | None
    solvents: float | None
    water: float | None


def product_amounts(mass_yields: Sequence[float]) -> tuple[float, ...]:
    """Product of each step for one kg of the last one's [kg/kg].

    Parameters
    ----------
    mass_yields
        Mass yield of each step from the second on [kg of its product per kg of the product of the step before].

    Returns
    -------
    tuple of ``len(mass_yields) + 1`` amounts
        Q_k = Q_(k+1) / Y_(k+1), the last 1.

    Examples
    --------
    >>> product_amounts([0.5, 0.8])
    (2.5, 1.25, 1.0)
    """
    amounts = [1.0]
    for mass_yield in reversed(mass_yields):
        amounts.append(amounts[-1] / mass_yield)
    return tuple(reversed(amounts))


def step_amounts(steps: Sequence[Mapping[str, Any]]) -> tuple[float, ...]:
    """Product of each step of a bill's synthesis [kg per kg of active substance]."""
    return product_amounts([step["mass_yield"] for step in steps[1:]])


def process_mass(steps: Sequence[Mapping[str, Any]]) -> ProcessMass:
    """Process mass intensity of a synthesis as it is charged, solvents net of what is recovered.

    Intermediates made within the synthesis are not counted again; water in volume weighs 1 kg/L.
    """
    amounts = step_amounts(steps)
    return ProcessMass(*(_mass_of(kind, steps, amounts) for kind in INPUT_KINDS))


def _mass_of(kind: str, steps: Sequence[Mapping[str, Any]], amounts: Sequence[float]) -> float | None:
    masses = [
        None if (mass := _kilograms(flow, kind)) is None else mass * amount
        for step, amount in zip(steps, amounts, strict=True)
        for flow in step[kind]
    ]
    known = [mass for mass in masses if mass is not None]
    return math.fsum(known) if len(known) == len(masses) else None


def _kilograms(flow: Mapping[str, Any], kind: str) -> float | None:
    unit = parse_unit(flow["unit"]).name
    ratio = conversion_factor(unit, "kg") or (conversion_factor(unit, "L") if kind == "water" else None)
    return None if ratio is None else flow["quantity"] * ratio * (1 - flow.get("recovered_percent", 0) / 100)
