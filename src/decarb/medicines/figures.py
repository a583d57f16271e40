"""The few figures that the ladder multiplies by, each with its source."""

from functools import cache

from decarb.factors.records import Figure
from decarb.resources import data_folder, read_rows


@cache
def _figures() -> dict[str, Figure]:
    rows = read_rows(data_folder("emission_factors") / "medicines" / "figures.csv")
    return {row["figure"]: Figure(float(row["value"]), row["unit"], row["source"], row["source_id"]) for row in rows}


def figure(name: str) -> Figure:
    """Figure of ``emission_factors/medicines/figures.csv``: ``active-substance-mean``, ``mean-box``."""
    return _figures()[name]
