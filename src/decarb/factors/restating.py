"""A published part in another GWP set, gas by gas (docs/method.md, section 2)."""

from collections.abc import Mapping
from typing import NamedTuple

from decarb.factors.records import GAS_NAMES, Factor, Figure, Part
from decarb.reporting import TOTAL_GASES

_SUBSTANCE_OF_GAS = {
    "ch4_fossil": "ch4-fossil",
    "ch4_biogenic": "ch4-biogenic",
    "n2o": "n2o",
    "sf6": "sf6",
    "nf3": "nf3",
}
"""Columns that hold one gas; HFC, PFC and others need the factor to name its substance."""

_WITHOUT_GWP = ("co2_fossil", "co2_biogenic", "avoided")
"""CO2, whose GWP is 1 in every set, and what is avoided, of which no gas is known."""


class Restated(NamedTuple):
    """A part in the set asked for.

    ``not_restated`` is how much of its total kept the published value [kg CO2e per unit], absolute;
    ``is_whole`` whether every gas of it, in the total or beside, is in the set.
    """

    part: Part
    not_restated: float
    is_whole: bool = True


def restate(
    part: Part,
    factor: Factor,
    gwp_set: str,
    gwp: Mapping[tuple[str, str], Figure],
    compositions: Mapping[str, tuple[tuple[str, float], ...]],
) -> Restated:
    """Restate a published part: amount x GWP in `gwp_set` / GWP in the set it was published with.

    CO2 has a GWP of 1 in every set. What has no split, a gas whose published set is unknown, and one that
    either set lacks keep their value, and count in ``not_restated`` (absolute amounts). A factor published
    with the set asked for is there already, split or not.
    """
    if factor.gwp_set == gwp_set:
        return Restated(part, 0.0)
    gases = list(part.gases)
    kept, is_whole = 0.0, True
    for index, gas in enumerate(GAS_NAMES):
        amount = part.gases[index]
        if not amount or gas in _WITHOUT_GWP:
            continue
        substance = _SUBSTANCE_OF_GAS.get(gas, factor.substance)
        ratio = None if gas == "unsplit" else _ratio(substance, factor.gwp_set, gwp_set, gwp, compositions)
        if ratio is not None:
            gases[index] = amount * ratio
            continue
        is_whole = False
        kept += abs(amount) if gas in TOTAL_GASES else 0.0
    return Restated(Part(part.stage, part.label, tuple(gases)), kept, is_whole)


def _ratio(
    substance: str,
    published: str,
    wanted: str,
    gwp: Mapping[tuple[str, str], Figure],
    compositions: Mapping[str, tuple[tuple[str, float], ...]],
) -> float | None:
    before, after = (_gwp100(substance, name, gwp, compositions) for name in (published, wanted))
    return after / before if before and after is not None else None


def _gwp100(
    substance: str,
    gwp_set: str,
    gwp: Mapping[tuple[str, str], Figure],
    compositions: Mapping[str, tuple[tuple[str, float], ...]],
) -> float | None:
    """GWP of a substance or blend [kg CO2e/kg]; None if the set lacks a component."""
    figures = [
        (gwp.get((component, gwp_set)), fraction)
        for component, fraction in compositions.get(substance, ((substance, 1.0),))
    ]
    return None if any(found is None for found, _ in figures) else sum(f.value * part for f, part in figures if f)
