"""How ready for the climate those are who reported, for the page."""

from decarb.folding import fold
from decarb.language import mark
from decarb.report.html.charts import Range
from decarb.report.html.national.figures import NationalFigures
from decarb.report.html.national.naming import names_of_regions
from decarb.report.html.wording import PageWords


class ClimateSection:
    """The checklist by hazard and by region, in one language."""

    def __init__(self, figures: NationalFigures, words: PageWords) -> None:
        self.figures, self.words = figures, words
        self._withheld = words.say(mark("withheld"))

    @property
    def ranges(self) -> list[Range]:
        """Hazards between what is met and what may be."""
        found, ranges = self.figures.readiness, []
        for column, name in enumerate(found.hazards):
            concerned, answered = int(found.concerned[-1, column]), int(found.answered[-1, column])
            if found.withheld[-1, column] or not concerned:
                continue
            low = int(found.met[-1, column]) / concerned
            high = low + (concerned - answered) / concerned
            middle = int(found.met[-1, column]) / answered if answered else None
            shown = " – ".join(dict.fromkeys(self.words.percent(bound) for bound in (low, high)))
            ranges.append(Range(self._hazard(name), low, high, middle, shown))
        return ranges

    @property
    def rows(self) -> list[list[str]]:
        """Hazards with what is answered, met, partly met and not met."""
        found = self.figures.readiness
        return [
            [self._hazard(name), *self._statuses(len(found.groups), column)]
            for column, name in enumerate(found.hazards)
        ]

    def _statuses(self, row: int, column: int) -> list[str]:
        found = self.figures.readiness
        if found.withheld[row, column]:
            return [self._withheld, "", "", ""]
        concerned, answered = int(found.concerned[row, column]), int(found.answered[row, column])
        shares = [int(each[row, column]) for each in (found.met, found.partly, found.not_met)]
        return [
            self.words.percent(answered / concerned) if concerned else "–",
            *(self.words.percent(share / answered) if answered else "–" for share in shares),
        ]

    @property
    def hazards(self) -> list[str]:
        """Hazards, as they head columns."""
        return [self._hazard(name) for name in self.figures.readiness.hazards]

    @property
    def by_region(self) -> list[list[str]]:
        """Regions with what is met of what is answered, by hazard."""
        found = self.figures.readiness
        names = [*names_of_regions(found.groups, self.figures.view, self.words), self.words.say(mark("TOTAL"))]
        order = sorted(range(len(found.groups)), key=lambda row: fold(names[row]))
        return [
            [
                names[row],
                self.words.number(int(found.establishments[row])),
                *(self._met(row, column) for column in range(len(found.hazards))),
            ]
            for row in (*order, len(found.groups))
        ]

    def _met(self, row: int, column: int) -> str:
        found = self.figures.readiness
        if found.withheld[row, column]:
            return self._withheld
        answered = int(found.answered[row, column])
        return self.words.percent(int(found.met[row, column]) / answered) if answered else "–"

    def _hazard(self, name: str) -> str:
        return self.words.of(self.figures.checklist.catalogue.hazards[name].name)

    @property
    def head(self) -> str:
        """What the checklist is of."""
        checklist = self.figures.checklist
        return self.words.say(
            mark("The PNACC-3 checklist of {count} establishments on {today}, for +{warming} °C."),
            count=self.words.number(int(self.figures.readiness.establishments[-1])),
            today=checklist.today.isoformat(),
            warming=self.words.number(checklist.warming, 1),
        )

    @property
    def is_answered(self) -> bool:
        """Whether any item of the checklist has an answer."""
        return bool(self.figures.readiness.answered[-1].sum())
