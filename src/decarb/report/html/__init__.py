"""The report of a footprint as one HTML file: opens offline, in French and English, prints."""

from decarb.report.html.page import html_report, write_report
from decarb.report.html.trajectory import read_trajectory

__all__ = ["html_report", "read_trajectory", "write_report"]
