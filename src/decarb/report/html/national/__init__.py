"""The national report as one HTML file: regions, coverage, the whole sector, the roadmap, readiness for the climate."""

from decarb.report.html.national.figures import NationalFigures, NationalRequest, gather_nation
from decarb.report.html.national.page import national_page

__all__ = ["NationalFigures", "NationalRequest", "gather_nation", "national_page"]
