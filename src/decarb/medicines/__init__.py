"""Medicines: their codes, what a box holds and releases, and the ladder that prices it (docs/method.md, Medicines).

What is light is here at once; the rest is imported when it is first used, since most inventories have no code.
"""

from typing import TYPE_CHECKING, Any

from decarb.medicines.code_systems import BOX_SYSTEMS, MEDICINE_SYSTEMS, MEDICINES_LAYER, UNIT_SYSTEMS, thirteen_digits
from decarb.medicines.rungs import DIRECT, SPEND, Rung, levels, ranking, rungs

if TYPE_CHECKING:
    from decarb.medicines.codes import Code, parse_code
    from decarb.medicines.database import MedicinesDatabase, Presentation, Speciality, UcdLink
    from decarb.medicines.ladder import Ladder, Request
    from decarb.medicines.pricing import Priced
    from decarb.medicines.tables import Medicines, load_medicines

_HOMES = {
    "Code": "decarb.medicines.codes",
    "parse_code": "decarb.medicines.codes",
    "MedicinesDatabase": "decarb.medicines.database",
    "Presentation": "decarb.medicines.database",
    "Speciality": "decarb.medicines.database",
    "UcdLink": "decarb.medicines.database",
    "Ladder": "decarb.medicines.ladder",
    "Request": "decarb.medicines.ladder",
    "Priced": "decarb.medicines.pricing",
    "Medicines": "decarb.medicines.tables",
    "load_medicines": "decarb.medicines.tables",
}

__all__ = [
    "BOX_SYSTEMS",
    "DIRECT",
    "MEDICINES_LAYER",
    "MEDICINE_SYSTEMS",
    "SPEND",
    "UNIT_SYSTEMS",
    "Code",
    "Ladder",
    "Medicines",
    "MedicinesDatabase",
    "Presentation",
    "Priced",
    "Request",
    "Rung",
    "Speciality",
    "UcdLink",
    "levels",
    "load_medicines",
    "parse_code",
    "ranking",
    "rungs",
    "thirteen_digits",
]


def __getattr__(name: str) -> Any:
    """Import what is heavier when it is first used (PEP 562)."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'decarb.medicines' has no attribute {name!r}")
