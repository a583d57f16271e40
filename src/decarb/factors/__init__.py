"""The emission-factor library: load, check, select by period and place, search, import, compare, export."""

from decarb.factors.library import FactorLibrary
from decarb.factors.loading import load_factors
from decarb.factors.records import Factor, Part, Source
from decarb.factors.search import known_gaps, search
from decarb.factors.selection import Selection, depends_on_place, select

__all__ = [
    "Factor",
    "FactorLibrary",
    "Part",
    "Selection",
    "Source",
    "depends_on_place",
    "known_gaps",
    "load_factors",
    "search",
    "select",
]
