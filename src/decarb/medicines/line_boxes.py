"""Boxes that a line buys by its code: of a CIP as they are, of a UCD through the link that a user gives."""

from decarb.errors import InvalidInventoryError, Problem
from decarb.inventory import LineTerms
from decarb.medicines.code_systems import BOX_SYSTEMS, MEDICINE_SYSTEMS
from decarb.medicines.codes import to_cip13, to_ucd13
from decarb.medicines.database import MedicinesDatabase
from decarb.units import parse_unit


def names_medicine(terms: LineTerms) -> bool:
    """Whether a line names a medicine by its code."""
    return not terms.factor and terms.code_system in MEDICINE_SYSTEMS


def cip13_of(terms: LineTerms, database: MedicinesDatabase) -> str | None:
    """Box of a line of a medicine; None where its code does not say which: a CIS, a UCD without a table."""
    if terms.code_system in BOX_SYSTEMS:
        return to_cip13(terms.code_value)
    link = database.ucd(to_ucd13(terms.code_value)) if terms.code_system != "CIS" else None
    return link.cip13 or None if link else None


def boxes_per_unit(terms: LineTerms, cip13: str, database: MedicinesDatabase) -> float:
    """How many boxes one unit of a line is: one of a CIP, a part of one of a UCD.

    Raises
    ------
    InvalidInventoryError
        If the unit is not what the code counts, or how many units a box holds is not known.
    """
    of_boxes = terms.code_system in BOX_SYSTEMS
    if parse_unit(terms.unit).name != ("box" if of_boxes else "item"):
        code = "gas-line-boxes" if of_boxes else "gas-line-units"
        raise InvalidInventoryError([Problem(code, {"value": terms.unit, "code": terms.code_value})])
    if of_boxes:
        return 1.0
    link, box = database.ucd(to_ucd13(terms.code_value)), database.presentation(cip13)
    units = (link.units if link else None) or (box.units if box else None)
    if not units:
        what = {"value": terms.code_value, "label": box.label if box else cip13}
        raise InvalidInventoryError([Problem("medicine-units-unknown", what)])
    return 1.0 / units
