"""The reports that people read in a dossier, by the names of their members."""

from datetime import date

from decarb.dossier.request import PAGE, READABLE
from decarb.footprint import Footprint
from decarb.report.html import html_report
from decarb.report.table import footprint_text


def readable_report(footprint: Footprint, view: str, language: str, today: date) -> dict[str, bytes]:
    """Report of a footprint for people: the table as text, and the page, in both languages."""
    return {
        READABLE: footprint_text(footprint, view, language).encode(),
        PAGE: html_report(footprint, language, today=today).encode(),
    }
