"""What a medicine code names, as far as a price needs it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from decarb.errors import Problem, UsageError
from decarb.medicines.classes import exclusion
from decarb.medicines.code_systems import BOX_SYSTEMS
from decarb.medicines.codes import to_cip13, to_ucd13
from decarb.medicines.database import MedicinesDatabase, Presentation, Speciality

_ALIKE = 1.5
"""Ratio between the units of a speciality's boxes up to which one stands for the others."""


@dataclass(frozen=True)
class Product:
    """A code with the presentation and the speciality that it names.

    ``units`` is how many units a box holds, None where unknown. For a code of a speciality, the presentation is one of
    those that it comes in, which ``boxes`` holds.
    """

    system: str
    code: str
    presentation: Presentation
    speciality: Speciality | None
    units: float | None
    boxes: tuple[Presentation, ...] = ()

    @property
    def name(self) -> str:
        """Name of the speciality, else the label of the box."""
        return self.speciality.name if self.speciality else self.presentation.label

    @property
    def is_one_of_unlike_boxes(self) -> bool:
        """Whether the code does not say which box, and a unit of one holds much more substance than that of another."""
        masses = [box.active_mass_mg / box.units for box in self.boxes if box.active_mass_mg and box.units]
        return len(masses) > 1 and max(masses) > _ALIKE * min(masses)

    @property
    def routes(self) -> tuple[str, ...]:
        """Routes of administration."""
        return self.speciality.routes if self.speciality else ()

    @property
    def form(self) -> str:
        """Pharmaceutical form."""
        return self.speciality.form if self.speciality else ""

    @property
    def atc(self) -> str:
        """ATC code, blank where the tables do not know it."""
        return self.speciality.atc if self.speciality else ""

    @property
    def substances(self) -> tuple[str, ...]:
        """Active substances, accents folded."""
        return self.speciality.substances if self.speciality else ()

    @property
    def substance_class(self) -> str:
        """Class that its substances, its form or its ATC code give it; blank for a small molecule."""
        return self.speciality.substance_class if self.speciality else ""

    @cached_property
    def excluded(self) -> str:
        """Class that keeps it off rung 4; blank for a synthetic small molecule."""
        return exclusion(self)


def product_of(system: str, value: str, database: MedicinesDatabase) -> Product:
    """Return what a code names.

    Parameters
    ----------
    system
        One of ``MEDICINE_SYSTEMS``; `value` has its form and its key.

    Raises
    ------
    UsageError
        If the tables do not know the code: a UCD needs a table that the user gives.
    """
    cip13, cis, units = _named(system, value, database)
    boxes = _boxes_of(cis, database) if not cip13 else []
    presentation = database.presentation(cip13) if cip13 else next(iter(boxes), None)
    if presentation is None:
        # a UCD is of the code that its table leads to, which is the one that the base lacks
        named = ("CIP13", cip13) if cip13 else ("CIS", cis)
        raise UsageError([Problem("medicine-code-unknown", _unknown(*named, database))])
    speciality = database.speciality(presentation.cis)
    return Product(system, value, presentation, speciality, units or presentation.units, tuple(boxes))


def _named(system: str, value: str, database: MedicinesDatabase) -> tuple[str, str, float | None]:
    """CIP13, else CIS, that a code leads to, and the units of a box where a table of the user says them."""
    if system in BOX_SYSTEMS:
        return to_cip13(value), "", None
    if system == "CIS":
        return "", value, None
    link = database.ucd(to_ucd13(value))
    if link is None:
        raise UsageError([Problem("ucd-without-table", {"value": value})])
    return link.cip13, link.cis, link.units


def _boxes_of(cis: str, database: MedicinesDatabase) -> list[Presentation]:
    """Boxes of a speciality, first those on the market whose units and mass are known."""
    speciality = database.speciality(cis)
    known = [database.presentation(cip) for cip in speciality.cips] if speciality else []
    return sorted(
        (box for box in known if box),
        key=lambda box: (not box.marketed, box.units is None, box.active_mass_mg is None, box.cip13),
    )


def _unknown(system: str, value: str, database: MedicinesDatabase) -> dict[str, Any]:
    nearest = database.near(to_cip13(value)) if system in BOX_SYSTEMS else []
    return {"system": system, "value": value, "database": database.version, "nearest": nearest}
