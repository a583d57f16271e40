"""How establishments differ in what they emit per bed, for the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from decarb.language import mark
from decarb.national.aggregating import NAMES
from decarb.national.distribution import Distribution
from decarb.report.html.charts import Bar, Range
from decarb.report.html.national.figures import NationalFigures
from decarb.report.html.national.naming import names_of
from decarb.report.html.wording import PageWords


@dataclass(frozen=True, slots=True)
class Spread:
    """Quartiles by group, as a chart and as rows."""

    name: str
    head: str
    ranges: Sequence[Range]
    top: float
    ticks: Sequence[str]
    rows: Sequence[Sequence[str]]


class DifferencesSection:
    """Classes and quartiles of emissions per bed, in one language."""

    def __init__(self, figures: NationalFigures, words: PageWords) -> None:
        self.figures, self.words = figures, words

    @property
    def classes(self) -> list[Bar]:
        """Legal entities by class of intensity."""
        classes = self.figures.by_category.classes
        bars = []
        for number, each in enumerate(classes):
            low, high = (self.words.significant(bound / 1000, 3) for bound in (each.low, each.high))
            name = (
                f"{low} – {high} t" if 0 < number < len(classes) - 1 else f"< {high} t" if number == 0 else f"≥ {low} t"
            )
            bars.append(Bar(name, each.entities, self.words.number(each.entities)))
        return bars

    @property
    def groups(self) -> list[Spread]:
        """Quartiles by category and by size."""
        pairs = (("category", self.figures.by_category), ("size", self.figures.by_size))
        return [self._spread(name, found) for name, found in pairs]

    def _spread(self, name: str, found: Distribution) -> Spread:
        groups = [group for group in found.groups if group.entities]
        names = names_of(name, [group.group for group in groups], self.figures.view, self.words)
        rows, ranges = [], []
        for title, group in zip(names, groups, strict=True):
            figures = [self._tonnes_or_dash(value) for value in (group.low, group.middle, group.high)]
            rows.append([title, self.words.number(group.entities), *figures])
            if not np.isnan([group.low, group.middle, group.high]).any():
                shown = f"{figures[0]} – {figures[2]} t"
                ranges.append(Range(title, group.low, group.high, group.middle, shown))
        whole = found.whole
        figures = [self._tonnes_or_dash(value) for value in (whole.low, whole.middle, whole.high)]
        rows.append([self.words.say(mark("TOTAL")), self.words.number(whole.entities), *figures])
        # the axis starts at zero: credits, and a group that emits nothing, stand in the table alone
        ranges = [each for each in ranges if each.low >= 0 and each.high > 0]
        top = max((each.high for each in ranges), default=1.0)
        ticks = ["0", *(f"{self.words.significant(top * part / 1000, 2)} t" for part in (0.5, 1))]
        return Spread(name, self.words.say(NAMES[name]), ranges, top, ticks, rows)

    def _tonnes_or_dash(self, kilograms: float) -> str:
        return "–" if np.isnan(kilograms) else self.words.significant(kilograms / 1000, 3)

    @property
    def unknown_beds(self) -> str:
        """How many legal entities say no beds; blank where all do."""
        unknown = self.figures.by_category.unknown
        if not unknown:
            return ""
        return self.words.say(mark("{count} legal entities do not say their beds."), count=self.words.number(unknown))
