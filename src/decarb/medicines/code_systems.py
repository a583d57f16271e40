"""Systems of medicine codes, by what they count."""

from decarb.inventory.medicine_codes import FORMS, ean_key

BOX_SYSTEMS = ("CIP13", "CIP7")
"""Codes of a box."""
UNIT_SYSTEMS = ("UCD13", "UCD7", "CIS")
"""Codes of the units in it: the smallest that is dispensed, or a speciality."""
MEDICINE_SYSTEMS = (*BOX_SYSTEMS, *UNIT_SYSTEMS)


def thirteen_digits(system: str, value: str) -> str:
    """Return one text for a code however it is written: the thirteen digits of a CIP or UCD, another code as it is."""
    if system not in ("CIP7", "UCD7"):
        return value
    body = FORMS[f"{system[:3]}13"].prefix + value
    return body + ean_key(body)


MEDICINES_LAYER = "medicines"
"""Layer of the factors that codes are resolved to, in a result."""
