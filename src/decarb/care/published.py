"""Published footprints of acts of care, to see where a result lies among them: a doubt, never a target."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from decarb.errors import Bilingual
from decarb.factors.rows import optional_number
from decarb.resources import data_folder, read_rows

HOME = "FR"
_DECIDING = ("products", "energy")
"""Groups that a recipe must hold where a figure does, to be compared with it: they dominate every study."""


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A row of ``emission_factors/care/published_figures.csv`` [kg CO2e per act].

    ``includes`` names the groups of a recipe within its boundary, none where the source was not read to say;
    None stands for what the source does not publish.
    """

    id: str
    act: str
    name: Bilingual
    value: float
    low: float | None
    high: float | None
    per: str
    country: str
    year: int | None
    includes: tuple[str, ...]
    travel_kgco2e: float | None
    energy_kwh: float | None
    energy_kgco2e: float | None
    electricity_share: float | None
    source: str
    note: Bilingual


@dataclass(frozen=True, slots=True)
class Placed:
    """A published figure beside the recipe [kg CO2e per act].

    Attributes
    ----------
    low, high
        Of the figure, its travel taken out and its energy restated as far as its source publishes them.
    restated
        ``energy``: at the French factor; ``electricity``: from without its electricity to with it all; blank: as it is.
    with_travel
        Whether its travel could not be taken out.
    recipe
        The recipe within the same groups; None where it lacks a deciding one, or the boundary is unsaid.
    missing
        Groups that decide and that the recipe has no line of.
    """

    figure: PublishedFigure
    low: float
    high: float
    restated: str
    with_travel: bool
    recipe: float | None
    missing: tuple[str, ...]

    @property
    def position(self) -> str:
        """Where the recipe lies: ``below``, ``within`` or ``above`` the figure; blank where it cannot be compared."""
        if self.recipe is None:
            return ""
        if self.low <= self.recipe <= self.high:
            return "within"
        return "below" if self.recipe < self.low else "above"


@cache
def published_figures() -> tuple[PublishedFigure, ...]:
    """Every published figure."""
    path = data_folder("emission_factors") / "care" / "published_figures.csv"
    return tuple(
        PublishedFigure(
            id=row["id"],
            act=row["act"],
            name=Bilingual(row["name_en"], row["name_fr"]),
            value=float(row["value"]),
            low=optional_number(row["low"]),
            high=optional_number(row["high"]),
            per=row["per"],
            country=row["country"],
            year=int(row["year"]) if row["year"] else None,
            includes=tuple(row["includes"].split()),
            travel_kgco2e=optional_number(row["travel_kgco2e"]),
            energy_kwh=optional_number(row["energy_kwh"]),
            energy_kgco2e=optional_number(row["energy_kgco2e"]),
            electricity_share=optional_number(row["electricity_share"]),
            source=row["source"],
            note=Bilingual(row["note_en"], row["note_fr"]),
        )
        for row in read_rows(path)
    )


def place(act: str, groups: Mapping[str, float], electricity_kgco2e_per_kwh: float) -> tuple[Placed, ...]:
    """Published figures of an act, each beside what a recipe comes to within the same boundary.

    Parameters
    ----------
    groups
        Emissions of the recipe by group [kg CO2e per act].
    electricity_kgco2e_per_kwh
        The French factor that energy of other grids is restated at.
    """
    return tuple(
        _placed(figure, groups, electricity_kgco2e_per_kwh) for figure in published_figures() if figure.act == act
    )


def _placed(figure: PublishedFigure, groups: Mapping[str, float], electricity: float) -> Placed:
    low, high = figure.low or figure.value, figure.high or figure.value
    away = figure.travel_kgco2e or 0.0
    with_travel = "travel" in figure.includes and figure.travel_kgco2e is None
    restated = ""
    if figure.energy_kwh is not None and figure.energy_kgco2e is not None:
        away += figure.energy_kgco2e - figure.energy_kwh * electricity
        restated = "energy"
    low, high = low - away, high - away
    if figure.electricity_share is not None and figure.country != HOME:
        low, restated = low - figure.electricity_share * figure.value, "electricity"
    within = [name for name in figure.includes if name != "travel" or with_travel]
    missing = tuple(name for name in (*_DECIDING, "travel") if name in within and name not in groups)
    comparable = bool(within) and not missing
    recipe = sum(groups.get(name, 0.0) for name in within) if comparable else None
    return Placed(figure, low, high, restated, with_travel, recipe, missing)
