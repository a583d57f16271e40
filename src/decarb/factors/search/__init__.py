"""Find a factor by words, French or English, and by what it is per, of, for and valid in."""

from decarb.factors.search.filters import Filters
from decarb.factors.search.finding import Found, SearchResult, find_factors, search
from decarb.factors.search.gaps import known_gaps

__all__ = ["Filters", "Found", "SearchResult", "find_factors", "known_gaps", "search"]
