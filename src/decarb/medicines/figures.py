"""The few figures that the ladder multiplies by, each with its source."""

from functools import cache

from decarb.factors.records import Figure
from decarb.medicines.packaged import medicine_table


@cache
def _figures() -> dict[str, Figure]:
    rows = medicine_table("figures")
    return {row["figure"]: Figure(float(row["value"]), row["unit"], row["source"], row["source_id"]) for row in rows}


def figure(name: str) -> Figure:
    """Figure of ``emission_factors/medicines/figures.csv``: ``active-substance-mean``, ``mean-box``."""
    return _figures()[name]
