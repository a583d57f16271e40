"""Systems of medicine codes, by what they count."""

BOX_SYSTEMS = ("CIP13", "CIP7")
"""Codes of a box."""
UNIT_SYSTEMS = ("UCD13", "UCD7", "CIS")
"""Codes of the units in it: the smallest that is dispensed, or a speciality."""
MEDICINE_SYSTEMS = (*BOX_SYSTEMS, *UNIT_SYSTEMS)

MEDICINES_LAYER = "medicines"
"""Layer of the factors that codes are resolved to, in a result."""
