"""The roadmap to read: the years side by side, axes, levers, the pace, and what the figures are not."""

from collections.abc import Iterator

from decarb.errors import printable
from decarb.language import mark
from decarb.national.base_year import Progress, YearChange
from decarb.national.indicators import Reading
from decarb.national.pace import compound, linear
from decarb.national.roadmap import Distance, Followed, FollowedIndicator, Roadmap
from decarb.report.grid import aligned, decimals_of
from decarb.report.roadmap_result import listed
from decarb.report.words import Words

_UNKNOWN = "–"


def roadmap_text(roadmap: Roadmap, language: str) -> str:
    """Blocks: changes on one perimeter, axes, levers, pace, caveats."""
    blocks = _Blocks(roadmap, language)
    shown = [*(blocks.change(change) for change in roadmap.changes), blocks.axes(), *blocks.levers()]
    return "\n\n".join([*shown, blocks.pace(), blocks.caveats()]) + "\n"


class _Blocks:
    """The blocks of the text, in one language and with one number of decimals."""

    def __init__(self, roadmap: Roadmap, language: str) -> None:
        self._roadmap = roadmap
        largest = max((reading.value or 0.0 for reading in roadmap.total.readings), default=0.0)
        self._words = Words(language, decimals_of(largest))

    def _signed(self, kilograms: float) -> str:
        shown = self._words.tonnes(kilograms)
        return f"+{shown}" if kilograms > 0 and not shown.startswith("≈") else shown

    def change(self, change: YearChange) -> str:
        """One year beside the base year: perimeter, method, then what is left."""
        say, progress = self._words.say, change.progress
        rows = [[say(mark("{first} to {year}"), first=change.first, year=change.year), "t CO2e"]]
        rows.append([say(mark("all submitted, {year}"), year=change.first), self._words.tonnes(change.before_kgco2e)])
        apart = (
            (say(mark("establishments of {year} alone"), year=change.year), change.entries_kgco2e),
            (say(mark("establishments of {year} alone"), year=change.first), change.exits_kgco2e),
            (say(mark("establishments whose sites or period moved")), change.moved_kgco2e),
            (say(mark("sections of one year alone ({count})"), count=change.sections), change.sections_kgco2e),
            (say(mark("lines that one year excludes or refuses ({count})"), count=change.untold), change.untold_kgco2e),
            (say(mark("another library or GWP set (no change)")), progress.library_kgco2e),
            (say(mark("counted another way (no change)")), progress.method_kgco2e),
        )
        rows += [[f"  {name}", self._signed(amount)] for name, amount in apart if amount]
        left = say(mark("change on one perimeter, by one method"))
        rows.append([f"  {left}", self._signed(progress.change_kgco2e)])
        rows.append([say(mark("all submitted, {year}"), year=change.year), self._words.tonnes(change.after_kgco2e)])
        return "\n".join([aligned(rows, (0,)), *self._notes(change)])

    def _notes(self, change: YearChange) -> Iterator[str]:
        progress, say = change.progress, self._words.say
        if progress.change_share is not None:
            yield say(
                mark(
                    "{count} establishment(s) compared: {base} t recalculated for {first}, {after} t in {year} "
                    "({share})"
                ),
                count=len(change.perimeter.constant),
                base=self._words.tonnes(progress.base_kgco2e),
                first=change.first,
                after=self._words.tonnes(progress.after_kgco2e),
                year=change.year,
                share=self._share(progress.change_share),
            )
        if change.interval:
            low, high = (self._signed(bound) for bound in (change.interval.low, change.interval.high))
            yield say(mark("95 % interval of the change: [{low} ; {high}] t"), low=low, high=high)
        else:
            yield say(mark("no interval of the change: the method moved, and its effect has none"))
        names = ((mark("entries"), change.perimeter.entries), (mark("exits"), change.perimeter.exits))
        for label, who in (*names, (mark("sites or period moved"), change.perimeter.moved)):
            if who:
                yield self._words.labelled(label, printable(listed(who)))
        before, after = change.monetary_share
        if before is not None and after is not None:
            shares = [self._words.percent(share) for share in (before, after)]
            yield say(mark("resting on amounts of money: {before}, then {after}"), before=shares[0], after=shares[1])

    def _share(self, share: float) -> str:
        shown = self._words.number(100 * share, 1)
        return f"{'+' if share > 0 and shown != self._words.number(0, 1) else ''}{shown} %"

    def axes(self) -> str:
        """The eight axes with each year, the change of the last one, and its distance to the pace."""
        say = self._words.say
        years = [str(reading.year) for reading in self._roadmap.total.readings]
        heading = ["", say(mark("Axis (t CO2e, all submitted)")), *years, *self._heading()]
        rows = [heading]
        for axis, followed in self._roadmap.axes:
            if axis is None and all(reading.value is None for reading in followed.readings):
                continue
            name = self._words.of(axis.name) if axis else say(mark("in no axis"))
            rows.append([str(axis.number) if axis else "", name, *self._row(followed)])
        rows.append(["", say(mark("TOTAL")), *self._row(self._roadmap.total)])
        note = say(mark("{sign}: no line says it; a distance above zero is too much"), sign=_UNKNOWN)
        return aligned(rows, (0, 1)) + "\n" + note

    def _heading(self) -> list[str]:
        say = self._words.say
        last = self._roadmap.last
        return [
            say(mark("change")),
            say(mark("to −5 %/yr compound")),
            say(mark("linear")),
            say(mark("left to {year} compound"), year=last),
            say(mark("linear")),
        ]

    def _row(self, followed: Followed) -> list[str]:
        values = [self._tonnes(reading) for reading in followed.readings]
        progress = followed.progress[max(followed.progress)] if followed.progress else None
        return [*values, self._of_change(progress), *self._distances(followed.distances)]

    def _tonnes(self, reading: Reading) -> str:
        return _UNKNOWN if reading.value is None else self._words.tonnes(reading.value)

    def _of_change(self, progress: Progress | None) -> str:
        return _UNKNOWN if progress is None or progress.change_share is None else self._share(progress.change_share)

    def _distances(self, distances: tuple[Distance, ...]) -> list[str]:
        if not distances:
            return [_UNKNOWN] * 4
        ends = (distances[0], distances[-1])
        return [self._signed(amount) for end in ends for amount in (end.to_compound, end.to_linear)]

    def levers(self) -> Iterator[str]:
        """Each lever with its indicators: values, from which lines, target and distance."""
        for lever, indicators in self._roadmap.levers:
            lines = [self._words.of(lever.name)]
            for one in indicators:
                lines += self._indicator(one)
            yield "\n".join(lines)

    def _indicator(self, one: FollowedIndicator) -> Iterator[str]:
        indicator, followed = one.indicator, one.followed
        name = self._words.of(indicator.name)
        if indicator.kind == "none":
            text = mark("  {name}: not computed — {missing}")
            yield self._words.say(text, name=name, missing=self._words.of(indicator.missing))
            return
        values = "; ".join(self._value(reading, indicator.unit) for reading in followed.readings)
        yield "  " + self._words.labelled(name, values)
        yield "    " + self._words.labelled(mark("from"), self._words.of(indicator.lines))
        for distance in followed.distances:
            yield "    " + self._distance(distance, one)
        if indicator.follows_pace and not followed.distances:
            yield "    " + self._words.say(mark("no distance: no such line in two years of the same establishments"))
        if indicator.target is None and not indicator.follows_pace:
            yield "    " + self._words.say(mark("no target is published"))

    def _value(self, reading: Reading, unit: str) -> str:
        value = _UNKNOWN if reading.value is None else self._amount(reading.value, unit)
        text = mark("{year}: {value} ({count} of {submitted})")
        return self._words.say(
            text, year=reading.year, value=value, count=reading.establishments, submitted=reading.submitted
        )

    def _amount(self, value: float, unit: str) -> str:
        if unit == "kgCO2e":
            return f"{self._words.tonnes(value)} t"
        return self._words.percent(value, 1) if unit == "share" else f"{self._words.number(value, 1)} {unit}"

    def _distance(self, distance: Distance, one: FollowedIndicator) -> str:
        if not one.indicator.follows_pace:
            return self._words.say(
                mark("target {year}: {target} ({source}); distance in {of}: {distance}"),
                year=distance.target_year,
                target=self._amount(distance.compound_target, one.indicator.unit),
                source=one.indicator.target_source,
                of=distance.year,
                distance=self._amount(distance.to_compound, one.indicator.unit),
            )
        return self._words.say(
            mark(
                "at the sector's pace, {year}: compound {compound} t, linear {linear} t; "
                "{of} is {first} and {second} t off"
            ),
            year=distance.target_year,
            compound=self._words.tonnes(distance.compound_target),
            linear=self._words.tonnes(distance.linear_target),
            of=distance.year,
            first=self._signed(distance.to_compound),
            second=self._signed(distance.to_linear),
        )

    def pace(self) -> str:
        """Both curves, in shares of the base year and, for the order of magnitude, of the published figure."""
        say, figure = self._words.say, self._roadmap.figure
        rows = [[say(mark("−5 % a year")), say(mark("compound")), say(mark("linear"))]]
        rows += [
            [str(year.year), self._words.percent(year.compound, 1), self._words.percent(year.linear, 1)]
            for year in self._roadmap.pace
        ]
        end = self._roadmap.pace[-1]
        # 49 x 0.65 is 31.85, of which floats fall short by 2e-15: it would be shown as 31.8
        ends = [round(curve(figure.value, end.year - figure.published), 9) for curve in (compound, linear)]
        line = say(
            mark(
                "The published {value} Mt ({low} to {high}; {source}) would be {compound} Mt compound and {linear} Mt "
                "linear in {year}, counted from {first}."
            ),
            value=self._words.significant(figure.value),
            low=self._words.significant(figure.low or figure.value),
            high=self._words.significant(figure.high or figure.value),
            source=figure.source,
            compound=self._words.number(ends[0], 1),
            linear=self._words.number(ends[1], 1),
            year=end.year,
            first=figure.published,
        )
        return aligned(rows, (0,), total=False) + "\n" + line

    def caveats(self) -> str:
        """What the figures are not."""
        return "\n".join(
            self._words.say(text)
            for text in (
                mark(
                    "What establishments submit is not that figure: it covers town care too. It is never set equal to "
                    "their sum."
                ),
                mark("Scope 3 overlaps: what one establishment sells another is counted by both."),
                mark(
                    "The pace of the sector is applied to axes and levers by decarb; no target of theirs is published "
                    "unless it is named."
                ),
                mark("Which axis an activity is counted in is decarb's choice (docs/roadmap.md)."),
                mark(
                    "Statistical secrecy is not applied here: not to be published. decarb national report applies it."
                ),
            )
        )
