"""How far a footprint may be from the truth: intervals, what they rest on, and draws (docs/method.md, Uncertainty)."""

from decarb.binding import factor_sigma
from decarb.quality import Z_97_5
from decarb.uncertainty.analytic import Interval, interval_of_sum, intervals
from decarb.uncertainty.contributions import Contributions, Source, contributions
from decarb.uncertainty.draws import Drawn, draw, standard_normals
from decarb.uncertainty.grouping import GROUPINGS, Uncertain, row_intervals, uncertainty
from decarb.uncertainty.medicine_rungs import OnRung, medicines_by_rung

__all__ = [
    "GROUPINGS",
    "Z_97_5",
    "Contributions",
    "Drawn",
    "Interval",
    "OnRung",
    "Source",
    "Uncertain",
    "contributions",
    "draw",
    "factor_sigma",
    "interval_of_sum",
    "intervals",
    "medicines_by_rung",
    "row_intervals",
    "standard_normals",
    "uncertainty",
]
