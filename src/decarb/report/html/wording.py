"""Words of the report: those of any text, with the signs that a page can show."""

import re
from typing import Any

from decarb.errors import printable
from decarb.language import translate
from decarb.report.words import Words

_SIGNS = (("CO2", "CO₂"), ("CH4", "CH₄"), ("N2O", "N₂O"), ("SF6", "SF₆"), ("NF3", "NF₃"), ("m2", "m²"))
_NO_BREAK = "\u00a0"
_SPACES = ((re.compile(r" (?=[%:])"), "\u00a0"), (re.compile(r" (?=;)"), "\u202f"), (re.compile(r" (?=t\b)"), "\u00a0"))
"""Spaces that no line ends with: before signs, as French has them, and before tonnes."""


class PageWords(Words):
    """Words of one edition: formulas with their indices, names that show what would reorder a text."""

    __slots__ = ()

    def say(self, message: str, **values: Any) -> str:
        """Message in the language, its values filled in; formulas in the message get their indices."""
        text = with_indices(translate(message, self.language))
        for space, fixed in _SPACES:
            text = space.sub(fixed, text)
        return text.format(**values)

    def percent(self, share: float, decimals: int = 0) -> str:
        """Share as a percentage, its sign never on another line."""
        return Words.percent(self, share, decimals).replace(" ", _NO_BREAK)

    def bounds(self, low: str, high: str) -> str:
        """Interval between two amounts, no line beginning with its semicolon."""
        return f"[{low}{_NO_BREAK}; {high}]"

    def name(self, text: object) -> str:
        """Name that a user gave: marks that steer a terminal or reorder a text are shown, not obeyed."""
        return printable(str(text))


def with_indices(text: str) -> str:
    """Chemical formulas and areas as they are printed.

    >>> with_indices("t CO2e per m2")
    't CO₂e per m²'
    """
    for plain, printed in _SIGNS:
        text = text.replace(plain, printed)
    return text
