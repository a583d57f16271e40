"""Tables of inhalers: what each French presentation is, the names of propellants, published figures.

``emission_factors/medicines/inhaler_presentations.csv`` says what each presentation is; the propellant of a box is in
``released_gases.csv``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from decarb.errors import Bilingual
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


def _rows(name: str) -> list[dict[str, str]]:
    return list(read_rows(data_folder("emission_factors") / "medicines" / f"{name}.csv"))
