"""Lines to bind, and what the tests read off them."""

from typing import Any

from decarb.binding import BoundTerms


def value(bound: BoundTerms) -> float:
    """Emissions of one unit of the line [kg CO2e]."""
    return bound.coefficient("beges")


def notes(bound: BoundTerms) -> list[str]:
    return [note.code for note in bound.notes]


def steps(bound: BoundTerms) -> list[str]:
    return [step.note.code for step in bound.steps]


SPEND = "spend-pharmaceutical-products"


def coded(system: str, value: str, **others: Any) -> dict[str, Any]:
    return {"code": {"system": system, "value": value}, "quantity": 1, "unit": "kg", **others}
