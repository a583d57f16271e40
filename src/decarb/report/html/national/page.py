"""Both editions of a national report in one file."""

from decarb.report.html.national.edition import NationalEdition
from decarb.report.html.national.figures import NationalFigures
from decarb.report.html.page import page_of


def national_page(figures: NationalFigures, language: str = "fr") -> str:
    """Report of a year of submissions as one HTML page, which opens offline and prints.

    Parameters
    ----------
    figures
        From ``gather_nation``.
    language
        Of the edition that is shown first, ``fr`` or ``en``; the other is in the page too.
    """
    return page_of(lambda each, is_first: NationalEdition(figures, each, is_first), language)
