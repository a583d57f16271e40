"""What a medicine code names, as far as a price needs it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from decarb.errors import Problem, UsageError
from decarb.medicines.classes import exclusion
from decarb.medicines.code_systems import BOX_SYSTEMS
from decarb.medicines.codes import to_cip13, to_ucd13
from decarb.medicines.database import MedicinesDatabase, Presentation, Speciality


@dataclass(frozen=True)
class Product:
    """A code with the presentation and the speciality that it names.

    ``units`` is how many units a box holds, None where unknown. For a code of units, the presentation is one of those
    that they come in.
    """

    system: str
    code: str
    presentation: Presentation
    speciality: Speciality | None
    units: float | None

    @property
    def name(self) -> str:
        """Name of the speciality, else the label of the box."""
        return self.speciality.name if self.speciality else self.presentation.label

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
    presentation = _presentation(system, value, database)
    return Product(
        system,
        value,
        presentation,
        database.speciality(presentation.cis),
        _units(system, value, presentation, database),
    )


def _presentation(system: str, value: str, database: MedicinesDatabase) -> Presentation:
    if system in BOX_SYSTEMS:
        found = database.presentation(value if system == "CIP13" else to_cip13(value))
    elif system == "CIS":
        found = _of_speciality(value, database)
    else:
        link = database.ucd(value if system == "UCD13" else to_ucd13(value))
        if link is None:
            raise UsageError([Problem("ucd-without-table", {"value": value})])
        found = database.presentation(link.cip13) if link.cip13 else _of_speciality(link.cis, database)
    if found is None:
        raise UsageError([Problem("medicine-code-unknown", _unknown(system, value, database))])
    return found


def _unknown(system: str, value: str, database: MedicinesDatabase) -> dict[str, Any]:
    nearest = database.near(to_cip13(value)) if system in BOX_SYSTEMS else []
    return {"system": system, "value": value, "database": database.version, "nearest": nearest}


def _of_speciality(cis: str, database: MedicinesDatabase) -> Presentation | None:
    """Return a presentation of a speciality: one on the market whose units are known, where there is one."""
    speciality = database.speciality(cis)
    known = [database.presentation(cip) for cip in speciality.cips] if speciality else []
    boxes = sorted(
        (box for box in known if box),
        key=lambda box: (not box.marketed, box.units is None, box.active_mass_mg is None, box.cip13),
    )
    return boxes[0] if boxes else None


def _units(system: str, value: str, presentation: Presentation, database: MedicinesDatabase) -> float | None:
    if system in ("UCD13", "UCD7"):
        link = database.ucd(value if system == "UCD13" else to_ucd13(value))
        if link and link.units:
            return link.units
    return presentation.units
