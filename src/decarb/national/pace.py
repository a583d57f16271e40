"""The roadmap's pace: -5 % a year, compound and linear, and the published figures that it starts from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from decarb.errors import Bilingual, Problem, RefusedRoadmapError
from decarb.resources import data_file, read_rows


@dataclass(frozen=True, slots=True)
class NationalFigure:
    """A figure that was published of the sector, with where it comes from.

    ``value``, ``low`` and ``high`` are in ``unit``; ``method`` names how it was counted: figures of two methods are no
    series. ``derivation`` says how it was read off its source; ``is_verified`` whether that page was seen.
    """

    figure: str
    series: str
    published: int
    value: float
    low: float | None
    high: float | None
    unit: str
    method: str
    perimeter: Bilingual
    derivation: str
    source: str
    date: str
    url: str
    is_verified: bool


@cache
def national_figures() -> dict[str, NationalFigure]:
    """Figures of ``national_figures.csv`` by name."""
    return {
        row["figure"]: NationalFigure(
            row["figure"],
            row["series"],
            int(row["published"]),
            float(row["value"]),
            float(row["low"]) if row["low"] else None,
            float(row["high"]) if row["high"] else None,
            row["unit"],
            row["method"],
            Bilingual(row["perimeter_en"], row["perimeter_fr"]),
            row["derivation"],
            row["source"],
            row["date"],
            row["url"],
            row["verified"] == "yes",
        )
        for row in read_rows(data_file("national_figures.csv"))
    }


def figure_series(names: Sequence[str]) -> tuple[NationalFigure, ...]:
    """Figures as a series over time, the earliest first.

    Raises
    ------
    RefusedRoadmapError
        If they are not of one series and one method: what lies between them would be no trend.
    """
    unknown = [name for name in names if name not in national_figures()]
    if unknown:
        known = list(national_figures())
        raise RefusedRoadmapError(
            [Problem("roadmap-unknown-figure", {"value": name, "known": known}) for name in unknown]
        )
    found = sorted((national_figures()[name] for name in names), key=lambda figure: figure.published)
    kinds = {(figure.series, figure.method, figure.unit) for figure in found}
    if len(kinds) > 1:
        what = {
            "value": [f"{figure.value:g} {figure.unit} ({figure.published})" for figure in found],
            "methods": list(dict.fromkeys(figure.method for figure in found)),
        }
        raise RefusedRoadmapError([Problem("roadmap-figures-spliced", what)])
    return tuple(found)


def annual_rate() -> float:
    """Share by which the roadmap asks emissions to fall each year."""
    return national_figures()["annual-reduction"].value / 100


def compound(base: float, years: int, rate: float | None = None) -> float:
    """What is left after some years of a fall by a share of the year before [unit of the base].

    >>> round(compound(49, 7), 1), round(compound(49, 27), 1)
    (34.2, 12.3)
    """
    return float(base * (1 - (annual_rate() if rate is None else rate)) ** years)


def linear(base: float, years: int, rate: float | None = None) -> float:
    """What is left after some years of a fall by a share of the base, never below zero [unit of the base].

    >>> round(linear(49, 7), 2), linear(49, 27)
    (31.85, 0.0)
    """
    return float(base * max(0.0, 1 - (annual_rate() if rate is None else rate) * years))


@dataclass(frozen=True, slots=True)
class PaceYear:
    """Where the pace leads in a year, in shares of the base year: two curves, which are never mixed."""

    year: int
    compound: float
    linear: float


def pace(first: int, last: int) -> tuple[PaceYear, ...]:
    """Both curves from a base year on."""
    return tuple(PaceYear(year, compound(1, year - first), linear(1, year - first)) for year in range(first, last + 1))
