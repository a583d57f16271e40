"""A published part in another GWP set, gas by gas (docs/method.md, Factors)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, Protocol

from decarb.factors.records import GAS_NAMES, Factor, Figure, Part, Substance
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


def restate(part: Part, factor: Factor, gwp_set: str, library: "Figures") -> Restated:
    """Restate a published part: amount x GWP in `gwp_set` / GWP in the set it was published with.

    CO2 has a GWP of 1 in every set. A column of a blend goes by the blend's components of that column. What has no
    split, a gas whose published set is unknown, and one that either set lacks keep their value, and count in
    ``not_restated`` (absolute amounts). A factor published with the set asked for is there already, split or not.
    """
    if factor.gwp_set == gwp_set:
        return Restated(part, 0.0)
    gases = list(part.gases)
    kept, is_whole = 0.0, True
    for index, gas in enumerate(GAS_NAMES):
        amount = part.gases[index]
        if not amount or gas in _WITHOUT_GWP:
            continue
        ratio = _ratio(gas, factor, gwp_set, library)
        if ratio is not None:
            gases[index] = amount * ratio
            continue
        is_whole = is_whole and gas == "unsplit" and abs(amount) <= _ROUNDING * abs(part.total)
        kept += abs(amount) if gas in TOTAL_GASES else 0.0
    return Restated(replace(part, gases=tuple(gases)), kept, is_whole)


_ROUNDING = 0.01
"""Share of a part that a source's rounding may leave unsplit."""


class Figures(Protocol):
    """What restating reads of a library."""

    @property
    def gwp(self) -> Mapping[tuple[str, str], Figure]:
        """GWP by substance and set."""

    @property
    def compositions(self) -> Mapping[str, tuple[tuple[str, float], ...]]:
        """Components of each blend with their mass fractions."""

    @property
    def substances(self) -> Mapping[str, Substance]:
        """Substances by id."""


def _ratio(gas: str, factor: Factor, gwp_set: str, library: Figures) -> float | None:
    """GWP after to GWP before of a column; None if a set lacks it, or nothing says which gas it is."""
    if gas == "unsplit":
        return None
    single = _SUBSTANCE_OF_GAS.get(gas)
    components = [(single, 1.0)] if single else _components(gas, factor.substance, library)
    before, after = (
        [library.gwp.get((component, name)) for component, _ in components] for name in (factor.gwp_set, gwp_set)
    )
    if not components or None in before or None in after:
        return None
    shares = [fraction for _, fraction in components]
    nominal = sum(figure.value * share for figure, share in zip(before, shares, strict=True) if figure)
    wanted = sum(figure.value * share for figure, share in zip(after, shares, strict=True) if figure)
    return wanted / nominal if nominal else None


def _components(gas: str, substance: str, library: Figures) -> list[tuple[str, float]]:
    """Components of a substance or blend that a column of a result holds, with their mass fractions."""
    return [
        (component, fraction)
        for component, fraction in library.compositions.get(substance, ((substance, 1.0),))
        if component in library.substances and library.substances[component].gas == gas
    ]
