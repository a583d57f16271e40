"""The life-cycle stages of a medicine's score, in their canonical order."""

from decarb.language import mark, translate

STAGES: tuple[str, ...] = (
    "active_substances",
    "excipients",
    "formulation",
    "packaging",
    "transport",
    "distribution",
    "use",
    "end_of_life",
)
"""What a total is made of; the fields of a bill of materials have the same names."""

CONSUMABLES = "consumables"
"""What is reported apart: materials of administration are no part of the presentation."""

TIERS: tuple[str, ...] = (mark("primary"), mark("secondary"), mark("default"))
"""How good a datum is: measured at the site, published or modelled, assumed."""

_NAMES = {
    "active_substances": mark("active substances"),
    "excipients": mark("excipients"),
    "formulation": mark("formulation"),
    "packaging": mark("packaging"),
    "transport": mark("transport to the depot"),
    "distribution": mark("distribution"),
    "use": mark("use"),
    "end_of_life": mark("end of life"),
    CONSUMABLES: mark("consumables of administration"),
}


def stage_name(stage: str, language: str) -> str:
    """Name of a stage for people."""
    return translate(_NAMES[stage], language)


def stage_term(stage: str) -> str:
    """English name of a stage, which a message translates with itself."""
    return _NAMES[stage]
