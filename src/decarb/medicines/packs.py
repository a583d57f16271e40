"""Mass of the packaging of a box: from weighed containers where a source weighed them, else the mean box of France."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from decarb.folding import fold
from decarb.language import mark
from decarb.medicines.packaged import medicine_table

MEAN_BOX = "mean-box"
"""Basis of a mass where no container of its kind was weighed: 35 g a box, whatever is in it."""

_NAMES = {
    MEAN_BOX: mark("mean box of all medicines: no mass is known for this container"),
    "glass-ampoule-2": mark("weighed glass ampoule of 2 mL, with its share of box and tray"),
    "glass-ampoule-10": mark("weighed glass ampoule of 5 to 10 mL, with its share of box and tray"),
    "glass-ampoule-20": mark("weighed glass ampoule of 20 mL, with its share of box and tray"),
    "plastic-ampoule-10": mark("weighed polyethylene ampoule of 10 mL, with its share of box"),
    "plastic-ampoule-20": mark("weighed polyethylene ampoule of 20 mL, with its share of box"),
    "glass-vial-2": mark("weighed glass vial of 2 mL, with its share of box and tray"),
    "glass-vial-10": mark("weighed glass vial of 10 mL, with its share of box and tray"),
    "glass-vial-20": mark("weighed glass vial of 20 mL, with its share of box and tray"),
    "glass-vial-50": mark("glass vial of 50 mL, between those of 20 and 100 mL"),
    "glass-vial-powder": mark("glass vial of unknown size, between those of 10 and 20 mL"),
    "glass-bottle-100": mark("weighed glass bottle of 100 mL, with its box"),
    "glass-bottle-200": mark("glass bottle of 200 mL, from that of 100 mL"),
    "infusion-bag-100": mark("infusion bag of 100 mL, from the emissions of its packaging"),
    "infusion-bag-250": mark("infusion bag of 250 mL, between those of 100 and 500 mL"),
    "infusion-bag-500": mark("weighed infusion bag of 500 mL"),
    "infusion-bag-1000": mark("weighed infusion bag of 1 L"),
    "plastic-bottle-100": mark("plastic bottle of 100 mL, as the infusion bag of its volume"),
    "plastic-bottle-250": mark("plastic bottle of 250 mL, as the infusion bag of its volume"),
    "plastic-bottle-500": mark("plastic bottle of 500 mL, as the infusion bag of its volume"),
    "plastic-bottle-1000": mark("plastic bottle of 1 L, as the infusion bag of its volume"),
    "plastic-syringe-5": mark("weighed prefilled plastic syringe of 5 mL, with its blister"),
}
_MILLILITRES = {"ml": 1.0, "l": 1000.0, "cl": 10.0}


@dataclass(frozen=True, slots=True)
class PackMass:
    """Mass of the packaging of one box [kg], leaflet and outer carton included as far as the basis has them.

    Attributes
    ----------
    low_kg, high_kg
        The least and the most that the sources leave open.
    basis
        Row of ``emission_factors/medicines/pack_masses.csv`` that it rests on; ``mean-box`` if on none of its own.
    source
        Source of that row.
    """

    mass_kg: float
    low_kg: float
    high_kg: float
    basis: str
    source: str

    @property
    def is_mean(self) -> bool:
        """Whether it is the mean box, for want of a mass of this container."""
        return self.basis == MEAN_BOX

    @property
    def name(self) -> str:
        """What was weighed, in English; ``translate`` knows it."""
        return _NAMES[self.basis]


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A row of the table: masses of one unit, or of the box for the mean one [g]; without limits, of any powder."""

    basis: str
    container: re.Pattern[str]
    material: re.Pattern[str]
    form: re.Pattern[str]
    limits_ml: tuple[float, float] | None
    mass_g: float
    low_g: float
    high_g: float
    source: str

    def holds(self, container: str, material: str, form: str, content_ml: float | None) -> bool:
        if self.limits_ml is None or content_ml is None:
            fits = self.limits_ml is None and content_ml is None
        else:
            fits = self.limits_ml[0] < content_ml <= self.limits_ml[1]
        texts = ((self.container, container), (self.material, material), (self.form, form))
        return fits and all(pattern.search(text) for pattern, text in texts)

    def of(self, units: float) -> PackMass:
        grams = (self.mass_g, self.low_g, self.high_g)
        mass_kg, low_kg, high_kg = (value * units / 1000 for value in grams)
        return PackMass(mass_kg, low_kg, high_kg, self.basis, self.source)


@cache
def _weighed() -> tuple[_Weighed, ...]:
    return tuple(
        _Weighed(
            row["basis"],
            re.compile(row["container"]),
            re.compile(row["material"]),
            re.compile(row["form"]),
            (float(row["from_ml"]), float(row["to_ml"])) if row["to_ml"] else None,
            float(row["mass_g"]),
            float(row["low_g"]),
            float(row["high_g"]),
            row["source"],
        )
        for row in medicine_table("pack_masses")
    )


def pack_mass(
    container: str,
    material: str,
    unit: str,
    units: float | None,
    content: float | None,
    content_unit: str,
    form: str = "",
) -> PackMass:
    """Return the mass of the packaging of a box.

    Parameters
    ----------
    container, material, unit
        What holds the units, of what, and what a unit is, as the label of the database says (``"ampoule"``,
        ``"verre"``). Only where the unit is the container can it be counted: a bottle of 30 tablets is no 30 bottles.
    units
        Units in the box; None if unknown.
    content, content_unit
        What one unit holds [content_unit]; a volume chooses among containers of one kind.
    form
        Pharmaceutical form: tells a vial for injection from a bottle, and the container where the label names none.

    Returns
    -------
    PackMass
        Units times the weighed container of this kind, material and volume; else the mean box, which says so.
    """
    volume_ml = _millilitres(content, content_unit)
    row = _fitting(unit or container or form, material, form, volume_ml) if units else None
    return row.of(units) if row and units else _weighed()[-1].of(1)


@lru_cache(maxsize=10_000)
def _fitting(container: str, material: str, form: str, volume_ml: float | None) -> _Weighed | None:
    """Weighed container of a kind, None where there is none; the last row is the mean box."""
    words = fold(container), fold(material), fold(form)
    return next((row for row in _weighed()[:-1] if row.holds(*words, volume_ml)), None)


def _millilitres(content: float | None, unit: str) -> float | None:
    factor = _MILLILITRES.get(unit.casefold())
    return content * factor if content is not None and factor else None
