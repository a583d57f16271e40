"""Words and numbers of a text in one language."""

import math
from dataclasses import dataclass
from typing import Any

from decarb.errors import Bilingual
from decarb.language import format_number, format_significant, labelled, translate
from decarb.report.grid import tonnes

_NEARLY = 1e-9


@dataclass(frozen=True, slots=True)
class Words:
    """How a text says things in `language`; `tonne_decimals` is how it rounds tonnes, the same all through."""

    language: str
    tonne_decimals: int = 1

    def say(self, message: str, **values: Any) -> str:
        """Message in the language, its values filled in."""
        return translate(message, self.language).format(**values)

    def labelled(self, label: str, text: str) -> str:
        """Text after a translated label, with the colon of the language."""
        return labelled(label, text, self.language)

    def of(self, text: Bilingual) -> str:
        """Text that data gives in both languages."""
        return text.french if self.language == "fr" else text.english

    def number(self, value: float, decimals: int = 0) -> str:
        """Number with so many decimals."""
        return format_number(value, self.language, decimals)

    def whole(self, value: float) -> str:
        """Number rounded up to a whole one: of uses, say; ``∞`` is one."""
        return "∞" if math.isinf(value) else self.number(math.ceil(value))

    def significant(self, value: float, digits: int = 6) -> str:
        """Number with at most so many significant digits."""
        return format_significant(value, self.language, digits)

    def kilograms(self, value: float) -> str:
        """Amount [kg] with three significant digits."""
        return self.significant(value, 3)

    def tonnes(self, kilograms: float) -> str:
        """Amount in kilograms, in tonnes."""
        return tonnes(kilograms, self.language, self.tonne_decimals)

    def percent(self, share: float, decimals: int = 0) -> str:
        """Share as a percentage, never rounded to a nothing or a certainty that it is not.

        >>> words = Words("en")
        >>> words.percent(0.25), words.percent(0.001), words.percent(0.9999, 1), words.percent(1)
        ('25 %', '<1 %', '>99.9 %', '100 %')
        """
        shown, step = self.number(share * 100, decimals), 10.0**-decimals
        if share and shown == self.number(0.0, decimals):
            return f"<{self.number(step, decimals)} %"
        if share < 1 - _NEARLY and shown == self.number(100.0, decimals):
            return f">{self.number(100 - step, decimals)} %"
        return f"{shown} %"

    def bounds(self, low: str, high: str) -> str:
        """Interval between two amounts as they are shown."""
        return f"[{low} ; {high}]"

    def bounds_in_kilograms(self, low: float, high: float) -> str:
        """Interval [kg]."""
        return self.bounds(self.kilograms(low), self.kilograms(high))

    def bounds_in_tonnes(self, low: float, high: float) -> str:
        """Interval of kilograms, in tonnes."""
        return self.bounds(self.tonnes(low), self.tonnes(high))
