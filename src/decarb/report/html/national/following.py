"""The years against the roadmap, for the page: as shares of the base year, which give nobody away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decarb.language import mark
from decarb.national.indicators import Reading
from decarb.national.roadmap import Followed, FollowedIndicator, Roadmap
from decarb.report.html.charts import Bar, Curve
from decarb.report.html.national.figures import NationalFigures
from decarb.report.html.wording import PageWords

_UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class RoadmapSection:
    """Curves and bars with the rows behind them, what is said of the years, and what is followed of each lever.

    Attributes
    ----------
    axes
        Name, change, change at the pace, distance [points], and how many establishments have such lines.
    levers
        Lever, indicator, figure, target, distance, how many establishments tell.
    headline
        Change since the base year against the pace, blank where it is not known.
    """

    sentences: Sequence[str]
    curves: Sequence[Curve]
    years: Sequence[Sequence[str]]
    bars: Sequence[Bar]
    axes: Sequence[Sequence[str]]
    levers: Sequence[Sequence[str]]
    headline: str


def roadmap_section(figures: NationalFigures, words: PageWords) -> RoadmapSection | None:
    """What is shown of the roadmap; None where there are no years to compare."""
    found = figures.roadmap
    if found is None:
        return None
    view = _View(found, words, is_secret=figures.is_secret)
    return RoadmapSection(
        list(view.sentences()),
        view.curves(),
        view.years(),
        view.bars(),
        view.axes(),
        list(view.levers()),
        view.headline(),
    )


class _View:
    """A roadmap in one language."""

    def __init__(self, roadmap: Roadmap, words: PageWords, *, is_secret: bool) -> None:
        self._roadmap, self._words = roadmap, words
        hidden = roadmap.withheld
        self._is_total_hidden = is_secret and hidden.total
        self._axes = [
            (axis, followed, is_secret and is_hidden)
            for (axis, followed), is_hidden in zip(roadmap.axes, hidden.axes, strict=True)
            if axis or any(reading.value is not None for reading in followed.readings)
        ]
        self._hidden_indicators = hidden.indicators if is_secret else frozenset[str]()
        self._withheld = words.say(mark("withheld"))

    def headline(self) -> str:
        followed = self._roadmap.total
        share = _change(followed)
        if share is None or self._is_total_hidden:
            return ""
        year = max(followed.progress)
        return self._words.say(
            mark("{change} since {first} where the pace asks for {pace}"),
            change=self._percent(share),
            first=self._roadmap.first,
            pace=self._percent(self._asked(year)),
        )

    def sentences(self) -> Iterator[str]:
        for change in self._roadmap.changes:
            yield self._words.say(
                mark(
                    "{year}: compared on the {count} establishments and the sections that {first} has too, the base "
                    "year counted as {year} is; {entries} are new, {exits} are gone, of {moved} sites or period moved."
                ),
                year=change.year,
                first=change.first,
                count=self._words.number(len(change.perimeter.constant)),
                entries=self._words.number(len(change.perimeter.entries)),
                exits=self._words.number(len(change.perimeter.exits)),
                moved=self._words.number(len(change.perimeter.moved)),
            )
        interval = self._roadmap.changes[-1].interval if self._roadmap.changes else None
        progress = self._roadmap.changes[-1].progress if self._roadmap.changes else None
        if interval and progress and progress.base_kgco2e and not self._is_total_hidden:
            low, high = (self._percent(bound / progress.base_kgco2e) for bound in (interval.low, interval.high))
            yield self._words.say(mark("95 % interval of the change: from {low} to {high}."), low=low, high=high)
        yield self._words.say(
            mark("Years are shown as shares of the base year; another year’s amounts stand in its own report.")
        )

    def curves(self) -> list[Curve]:
        known = {self._roadmap.first: 1.0}
        for year, progress in self._roadmap.total.progress.items():
            if progress.base_kgco2e:
                known[year] = progress.after_kgco2e / progress.base_kgco2e
        if len(known) < 2 or self._is_total_hidden:
            return []
        number = self._words.number
        curves = [
            Curve(
                self._words.say(mark("reported")),
                [(year, 100 * share, number(100 * share, 1)) for year, share in sorted(known.items())],
            )
        ]
        for name, kind in ((mark("compound"), "compound"), (mark("linear"), "linear")):
            said = self._words.say(name)
            points = [
                (each.year, 100.0 * getattr(each, kind), said if each.year == self._roadmap.last else "")
                for each in self._roadmap.pace
            ]
            curves.append(Curve(said, points))
        return curves

    def years(self) -> list[list[str]]:
        progress = self._roadmap.total.progress
        rows = []
        for each in self._roadmap.pace:
            found = progress.get(each.year)
            shown = "100" if each.year == self._roadmap.first else ""
            if found and found.base_kgco2e:
                share = 100 * found.after_kgco2e / found.base_kgco2e
                shown = self._withheld if self._is_total_hidden else self._words.number(share, 1)
            rows.append(
                [str(each.year), shown, *(self._words.number(100 * p, 1) for p in (each.compound, each.linear))]
            )
        return rows

    def bars(self) -> list[Bar]:
        found = []
        for axis, followed, is_hidden in self._axes:
            share = _change(followed)
            if share is not None and not is_hidden:
                found.append(Bar(self._name(axis), share, self._percent(share)))
        if found and self._roadmap.total.progress:
            asked = self._asked(max(self._roadmap.total.progress))
            found.append(Bar(self._words.say(mark("The pace (compound)")), asked, self._percent(asked)))
        return found

    def axes(self) -> list[list[str]]:
        rows = []
        for axis, followed, is_hidden in self._axes:
            share, last = _change(followed), followed.readings[-1]
            asked = self._asked(max(followed.progress)) if followed.progress else None
            told = f"{self._words.number(last.establishments)} / {self._words.number(last.submitted)}"
            if is_hidden:
                figures = [self._withheld, "", ""]
            elif share is None or asked is None:
                figures = [_UNKNOWN, _UNKNOWN, _UNKNOWN]
            else:
                figures = [self._percent(share), self._percent(asked), self._points(share - asked)]
            rows.append([f"{axis.number}" if axis else "", self._name(axis), *figures, told])
        return rows

    def levers(self) -> Iterator[list[str]]:
        for lever, indicators in self._roadmap.levers:
            for one in indicators:
                name = self._words.of(one.indicator.name)
                yield [self._words.of(lever.name), name, *self._indicator(one)]

    def _indicator(self, one: FollowedIndicator) -> list[str]:
        """Figure, target, distance, and how many tell."""
        indicator, followed = one.indicator, one.followed
        if indicator.kind == "none":
            return [self._words.say(mark("not told by submissions")), "", "", ""]
        last = followed.readings[-1]
        told = f"{self._words.number(last.establishments)} / {self._words.number(last.submitted)}"
        if indicator.indicator in self._hidden_indicators:
            return [self._withheld, "", "", told]
        if indicator.kind == "emissions":
            share = _change(followed)
            if share is None:
                return [_UNKNOWN, "", "", told]
            asked = self._asked(max(followed.progress))
            return [self._percent(share), self._percent(asked), self._points(share - asked), told]
        return [self._value(indicator.unit, last), *self._target(one), told]

    def _target(self, one: FollowedIndicator) -> list[str]:
        indicator = one.indicator
        if indicator.target is None or not one.followed.distances:
            return ["", ""]
        distance = one.followed.distances[-1]
        shown = self._share(indicator.target) if indicator.unit == "share" else self._words.number(indicator.target)
        return [f"{shown} ({indicator.target_year})", self._points(distance.to_compound)]

    def _value(self, unit: str, reading: Reading) -> str:
        if reading.value is None:
            return _UNKNOWN
        if unit == "share":
            return self._share(reading.value)
        return f"{self._words.significant(reading.value, 3)} {unit.replace('m2', 'm²')}"

    def _name(self, axis: object) -> str:
        from decarb.national.roadmap_tables import Axis

        return self._words.of(axis.name) if isinstance(axis, Axis) else self._words.say(mark("in no axis"))

    def _asked(self, year: int) -> float:
        """Change that the pace asks for from the base year on, compound."""
        return next(each.compound for each in self._roadmap.pace if each.year == year) - 1

    def _share(self, share: float) -> str:
        return self._words.percent(share, 1)

    def _percent(self, share: float) -> str:
        return f"{_signed(self._words.number(100 * share, 1), share)}\u00a0%"

    def _points(self, share: float) -> str:
        return _signed(self._words.number(100 * share, 1), share)


def _change(followed: Followed) -> float | None:
    """Change of the last year that can be compared; None where there is none."""
    return followed.progress[max(followed.progress)].change_share if followed.progress else None


def _signed(shown: str, value: float) -> str:
    """Number with its sign, a minus as it is printed."""
    return f"+{shown}" if value > 0 and any(digit in shown for digit in "123456789") else shown.replace("-", "−")
