"""The roadmap as data: its axes, the levers that the DGOS names, their indicators (docs/roadmap.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from decarb.errors import Bilingual, InvalidLibraryError, Problem
from decarb.reporting import activities
from decarb.resources import data_file, read_rows

KINDS = ("emissions", "rung_share", "factor_share", "desflurane_share", "energy_per_m2", "none")
"""How an indicator is computed; ``none``: it cannot be, and ``missing`` says what submissions lack."""
PACE = "pace"
"""Target of an indicator that has none of its own: the pace of the whole sector, applied to it."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a row was read: ``is_verified`` whether the page was seen."""

    source: str
    date: str
    url: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the eight axes; ``activities`` are those of the lines that decarb counts in it, none if no line tells."""

    number: int
    axis: str
    name: Bilingual
    activities: frozenset[str]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is followed of a lever.

    Attributes
    ----------
    kind
        One of ``KINDS``.
    of, out_of
        Activities, rungs or factors that are counted, and of which others they are a share.
    unit
        ``kgCO2e``, ``share``, ``kWh/m2``, …
    target, target_year, target_source
        A published target; None where there is none.
    follows_pace
        Whether the sector's pace stands in for a target: decarb's choice, no obligation.
    lines
        Exactly what of the submissions it is computed from.
    missing
        What submissions would have to say, where it cannot be computed.
    """

    indicator: str
    kind: str
    of: tuple[str, ...]
    out_of: tuple[str, ...]
    unit: str
    target: float | None
    target_year: int | None
    target_source: str
    follows_pace: bool
    name: Bilingual
    lines: Bilingual
    missing: Bilingual


@dataclass(frozen=True, slots=True)
class Lever:
    """A lever that the DGOS names, with its indicators."""

    lever: str
    axis: str
    name: Bilingual
    indicators: tuple[Indicator, ...]
    provenance: Provenance


@cache
def axes() -> tuple[Axis, ...]:
    """The eight axes in their order.

    Raises
    ------
    InvalidLibraryError
        If an activity is in no row of ``roadmap_activities.csv``, or a row names none.
    """
    axis_of = {row["activity"]: row["axis"] for row in read_rows(data_file("roadmap_activities.csv"))}
    strangers = sorted(axis_of.keys() ^ activities().keys())
    if strangers:
        raise InvalidLibraryError([Problem("bad-reporting-rule", {"value": name}) for name in strangers])
    return tuple(
        Axis(
            int(row["number"]),
            row["axis"],
            _both(row, "name"),
            frozenset(activity for activity, axis in axis_of.items() if axis == row["axis"]),
            _provenance(row),
        )
        for row in read_rows(data_file("roadmap_axes.csv"))
    )


@cache
def outside_axes() -> frozenset[str]:
    """Activities that are in no axis: with the axes they are all activities, each once."""
    return frozenset(activities()) - frozenset().union(*(axis.activities for axis in axes()))


@cache
def levers() -> tuple[Lever, ...]:
    """The levers in the order in which the DGOS names them."""
    of_lever: dict[str, list[Indicator]] = {}
    for row in read_rows(data_file("roadmap_indicators.csv")):
        of_lever.setdefault(row["lever"], []).append(_indicator(row))
    return tuple(
        Lever(row["lever"], row["axis"], _both(row, "name"), tuple(of_lever[row["lever"]]), _provenance(row))
        for row in read_rows(data_file("roadmap_levers.csv"))
    )


def _indicator(row: Mapping[str, str]) -> Indicator:
    has_target = row["target"] not in ("", PACE)
    return Indicator(
        row["indicator"],
        row["kind"],
        tuple(row["of"].split()),
        tuple(row["out_of"].split()),
        row["unit"],
        float(row["target"]) if has_target else None,
        int(row["target_year"]) if has_target else None,
        row["target_source"],
        row["target"] == PACE,
        _both(row, "name"),
        _both(row, "lines"),
        _both(row, "missing"),
    )


def _both(row: Mapping[str, str], name: str) -> Bilingual:
    return Bilingual(row[f"{name}_en"], row[f"{name}_fr"])


def _provenance(row: Mapping[str, str]) -> Provenance:
    return Provenance(row["source"], row["date"], row["url"], row["verified"] == "yes")
