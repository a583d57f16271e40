"""The charts of one edition of the national report, with the words that stand for them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from decarb.language import mark
from decarb.report.html.charts import (
    Bar,
    Chart,
    Curve,
    Range,
    RegionTile,
    bars,
    drawn,
    ranges,
    region_map,
    shares,
    years,
)
from decarb.report.html.wording import PageWords


class NationalDrawings:
    """Charts of a national report, each drawn when the template asks for it."""

    def __init__(self, words: PageWords) -> None:
        self._words = words

    def _drawn(
        self, name: str, title: str, description: str, draw: Callable[[int], Mapping[str, Any]], **values: str
    ) -> Chart:
        words = self._words
        return drawn(f"{words.language}-chart-{name}", words.say(title), words.say(description, **values), draw)

    def regions(self, tiles: Sequence[RegionTile], classes: Sequence[str]) -> Chart | None:
        """Regions as tiles; None where no region is known."""
        if not tiles:
            return None
        return self._drawn(
            "regions",
            mark("Emissions by region"),
            mark(
                "One tile for each region, about where it lies, with its emissions in t CO2e. Darker tiles emit more "
                "per unit of size; the words of each say its figures. A dashed tile is in no "
                "class: its figure, or its size, is withheld or unknown."
            ),
            lambda width: region_map(tiles, classes, width),
        )

    def posts(self, items: Sequence[Bar]) -> Chart | None:
        """Posts with their intervals."""
        return self._bars(
            "posts",
            items,
            mark("Emissions by post, with 95 % intervals"),
            mark("Bars in t CO2e; a whisker is a 95 % interval. The largest: {list}."),
            list="; ".join(f"{item.name} {item.shown}" for item in sorted(items, key=lambda item: -item.value)[:3]),
        )

    def coverage(self, items: Sequence[tuple[str, float, str]]) -> Chart | None:
        """Share of each region that reported."""
        if not items:
            return None
        return self._drawn(
            "coverage",
            mark("Who reported, by region"),
            mark("The filled part of a bar is the share of legal entities that reported, in whole or in part."),
            lambda width: shares(items, width),
        )

    def classes(self, items: Sequence[Bar]) -> Chart | None:
        """How many legal entities are in each class of intensity."""
        return self._bars(
            "classes",
            items,
            mark("Legal entities by what they emit per bed"),
            mark("Bars are numbers of legal entities; classes of fewer than three are joined to their neighbours."),
        )

    def quartiles(self, name: str, items: Sequence[Range], top: float, ticks: Sequence[str]) -> Chart | None:
        """Quartiles of intensities by group."""
        if not items:
            return None
        titles = {
            "category": mark("Emissions per bed by FINESS category, from the low to the high quartile"),
            "size": mark("Emissions per bed by number of beds, from the low to the high quartile"),
        }
        return self._drawn(
            f"quartiles-{name}",
            titles[name],
            mark("A bar goes from the low quartile to the high one; the diamond is the middle."),
            lambda width: ranges(items, width, top, ticks),
        )

    def pace(self, curves: Sequence[Curve]) -> Chart | None:
        """Years against the pace, of one hundred in the base year."""
        if not curves:
            return None
        return self._drawn(
            "pace",
            mark("The years against the pace of the roadmap, the base year being 100"),
            mark(
                "The thick curve with points is what was reported by who is in both years; "
                "the others are the pace, compound (dashes) and linear (dots)."
            ),
            lambda width: years(curves, width),
        )

    def axes(self, items: Sequence[Bar]) -> Chart | None:
        """Change of each axis."""
        return self._bars(
            "axes",
            items,
            mark("Change by axis of the roadmap since the base year"),
            mark("Bars to the left are less than in the base year, bars to the right more."),
        )

    def hazards(self, items: Sequence[Range]) -> Chart | None:
        """Adaptation by hazard."""
        if not items:
            return None
        return self._drawn(
            "hazards",
            mark("Adaptation by hazard"),
            mark(
                "A bar goes from what is met to what would be if all that is unanswered were; "
                "the diamond is what is met of what is answered."
            ),
            lambda width: ranges(items, width),
        )

    def _bars(self, name: str, items: Sequence[Bar], title: str, description: str, **values: str) -> Chart | None:
        if not items:
            return None
        return self._drawn(name, title, description, lambda width: bars(items, width), **values)
