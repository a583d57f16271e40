"""Words that the reports share, marked for the catalogue."""

from decarb.language import mark

QUANTITY = mark("Quantity")
FACTOR = mark("Factor")
SOURCE = mark("Source")
PLACE = mark("Place")
VALID_UNTIL = mark("Valid until")
UNCERTAINTY = mark("Uncertainty")
NOTE = mark("Note")
ACTIVITY = mark("Activity")
ACTIVITIES = mark("Activities")
RESULT = mark("Result")
BESIDE = mark("Beside the total")
OUTSIDE_KYOTO = mark("Beside the total, outside the Kyoto list")
IN_GHG_PROTOCOL = mark("in the GHG Protocol")
NO_SPLIT = mark("no split by gas at the source")
PUBLISHED_TOTAL = mark("Published total")
SERIES = mark("Series")
ORIGIN = mark("Cited by the source")
PUBLISHED_GWP_SET = mark("Published with the GWP set")
DEFAULT = mark("default")
NO_VALUE = mark("no value in this GWP set")

REMARKS = {
    "supplier": mark("supplier"),
    "evidence": mark("evidence"),
    "comment": mark("comment"),
    "account": mark("account"),
    "retroceded": mark("retroceded"),
}
SECTIONS = {
    "energy": mark("energy"),
    "purchases": mark("purchases"),
    "medicines": mark("medicines"),
    "anaesthetic_gases": mark("anaesthetic gases"),
    "refrigerants": mark("refrigerants"),
    "mobility": mark("mobility"),
    "freight": mark("freight"),
    "food": mark("food"),
    "waste": mark("waste"),
    "water": mark("water"),
    "capital_goods": mark("capital goods"),
    "digital": mark("digital"),
}

LEGAL_STATUSES = {
    "public": mark("public"),
    "private_non_profit": mark("private, non-profit"),
    "private_for_profit": mark("private, for-profit"),
}
