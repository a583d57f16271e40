"""The report that a person reads in a dossier, by the name of its member."""

from decarb.dossier.request import READABLE
from decarb.footprint import Footprint
from decarb.report.table import footprint_text


def readable_report(footprint: Footprint, view: str, language: str) -> dict[str, bytes]:
    """Report of a footprint for people: the table, the warnings and the refusals, as text.

    Another form of it is another member here, and in ``request.READABLE``.
    """
    return {READABLE: footprint_text(footprint, view, language).encode()}
