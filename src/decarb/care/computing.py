"""The footprint of a recipe: the engine of inventories, read by the groups of the recipe."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decarb.care.published import Placed, place
from decarb.care.recipe import ELECTRICITY, TRAVEL, Recipe
from decarb.errors import InvalidDocumentError, Problem
from decarb.factors import FactorLibrary, load_factors
from decarb.factors.records import GAS_NAMES
from decarb.footprint import Footprint
from decarb.footprint.carried import CarriedLine, compute_carried
from decarb.medicines import Medicines
from decarb.uncertainty import interval_of_sum


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of a recipe together, with their 95 % interval [kg CO2e per act]."""

    name: str
    value: float
    low: float
    high: float
    lines: int


@dataclass(frozen=True, slots=True)
class CareLine:
    """One line of a recipe [kg CO2e per act]; ``quantity`` is that of one act, in ``unit``."""

    id: str
    group: str
    quantity: float
    unit: str
    factor: str
    monetary: bool
    value: float
    evidence: str
    comment: str


@dataclass(frozen=True, slots=True)
class CareFootprint:
    """Emissions of one act [kg CO2e].

    Attributes
    ----------
    total
        Of every group but travel, with what they rest on together.
    travel
        Kept apart; None where the recipe has none, which is not zero.
    groups
        In the order of the recipe, travel among them.
    beside_kgco2e
        Gases outside the Kyoto list (isoflurane, halothane), beside the total as in a BEGES; None where there are none.
    monetary_share
        Share of the total that rests on amounts of money; None if the total is zero.
    electricity_kgco2e_per_kwh
        The French factor that published figures are restated at.
    placed
        Published figures of the act, each beside the recipe within the same boundary.
    """

    recipe: Recipe
    total: Group
    travel: Group | None
    groups: tuple[Group, ...]
    lines: tuple[CareLine, ...]
    beside_kgco2e: float | None
    monetary_share: float | None
    electricity_kgco2e_per_kwh: float
    placed: tuple[Placed, ...]
    warnings: tuple[Problem, ...]


def compute_care(
    recipe: Recipe,
    library: FactorLibrary | None = None,
    gwp: str | None = None,
    medicines: Medicines | None = None,
) -> CareFootprint:
    """Compute the footprint of a recipe.

    Parameters
    ----------
    library
        The packaged factors by default.
    gwp
        ``AR4``, ``AR5`` or ``AR6``, which is the default.
    medicines
        From ``decarb.medicines.load_medicines``: what codes are resolved with; the packaged tables by default.

    Raises
    ------
    InvalidDocumentError
        With every problem of the recipe and every refusal of its lines, at their places in the recipe.
    """
    library = library or load_factors()
    if not recipe.lines:
        raise InvalidDocumentError(recipe.problems)
    footprint, warnings = compute_carried(
        recipe.lines,
        library,
        file=recipe.file,
        year=recipe.year,
        region=recipe.region,
        gwp=gwp,
        medicines=medicines,
        problems=recipe.problems,
    )
    names = np.array(recipe.groups)
    groups = tuple(_group(name, footprint, names == name, recipe.acts) for name in dict.fromkeys(recipe.groups))
    electricity = _electricity(recipe, library)
    return CareFootprint(
        recipe,
        _group("total", footprint, names != TRAVEL, recipe.acts),
        next((group for group in groups if group.name == TRAVEL), None),
        groups,
        tuple(_lines(recipe, footprint)),
        _beside(footprint, recipe.acts),
        _monetary_share(footprint, names != TRAVEL),
        electricity,
        place(recipe.act, {group.name: group.value for group in groups}, electricity),
        warnings,
    )


def _beside(footprint: Footprint, acts: int) -> float | None:
    """Gases outside the Kyoto list of one act [kg CO2e]."""
    amounts = footprint.rows("beges")[:, :, GAS_NAMES.index("outside_kyoto")]
    return float(np.nansum(amounts)) / acts if np.nansum(np.abs(amounts)) else None


def _group(name: str, footprint: Footprint, chosen: NDArray[np.bool_], acts: int) -> Group:
    """Sum of some lines and its interval, with the correlation of the factors and products that they share."""
    lines = np.flatnonzero(chosen)
    errors, pair = footprint.binding.error_groups, footprint.binding.pair[lines]
    amounts = footprint.line_totals()[lines] / acts
    interval = interval_of_sum(
        amounts,
        footprint.activity_sigma[lines],
        errors.of_pair[pair].astype(np.int64),
        errors.sigma,
        errors.product[pair].astype(np.int64),
        errors.product_sigma,
    )
    return Group(name, float(amounts.sum()), interval.low, interval.high, len(lines))


def _lines(recipe: Recipe, footprint: Footprint) -> Sequence[CareLine]:
    totals = (footprint.line_totals() / recipe.acts).tolist()
    found = []
    for number, (carried, group) in enumerate(zip(recipe.lines, recipe.groups, strict=True)):
        bound, line = footprint.binding.of_line(number), carried.line
        factor = bound.factor.id if bound else ""
        found.append(
            CareLine(
                line["id"],
                group,
                line["quantity"] / recipe.acts,
                line["unit"],
                factor,
                bool(bound and bound.is_monetary),
                totals[number],
                line.get("evidence", ""),
                line.get("comment", ""),
            )
        )
    return found


def _monetary_share(footprint: Footprint, chosen: NDArray[np.bool_]) -> float | None:
    """Share of the absolute emissions of some lines that rests on amounts of money."""
    bound = [footprint.binding.of_line(line) for line in range(len(footprint.inventory))]
    monetary = np.array([bool(found and found.is_monetary) for found in bound], dtype=np.bool_)
    absolute = np.abs(footprint.line_totals())
    whole = float(absolute[chosen].sum())
    return float(absolute[chosen & monetary].sum()) / whole if whole else None


def _electricity(recipe: Recipe, library: FactorLibrary) -> float:
    """The factor of electricity of the recipe's year and place [kg CO2e/kWh]."""
    line: dict[str, Any] = {"id": "electricity", "factor": ELECTRICITY, "quantity": 1, "unit": "kWh"}
    footprint, _ = compute_carried(
        [CarriedLine("", line)], library, file=recipe.file, year=recipe.year, region=recipe.region
    )
    return float(footprint.line_totals()[0])
