"""What to do next, from what a national report knows: who and what is missing, what is unlike, where it goes astray."""

from collections.abc import Iterator

from decarb.language import mark
from decarb.report.dimension_names import dimension_names
from decarb.report.html.national.figures import NationalFigures
from decarb.report.html.next_steps import Step
from decarb.report.html.wording import PageWords, with_indices

_ENOUGH = 0.9
"""Share of reports that cover a post, or of answers, from which nothing is asked for."""
_LEAST_RISE = 0.0005
"""Rise of an axis that is told: less is shown as none [share]."""


def national_steps(figures: NationalFigures, words: PageWords) -> list[Step]:
    """Steps in the order in which they repay: who is missing, what is left out, what is doubtful, then the course."""
    found = (
        _register(figures, words),
        _late(figures, words),
        _refused(figures, words),
        _left_out(figures, words),
        _outliers(figures, words),
        _astray(figures, words),
        _unanswered(figures, words),
    )
    return [step for steps in found for step in steps]


def _register(figures: NationalFigures, words: PageWords) -> Iterator[Step]:
    if figures.sector is None:
        yield Step(
            words.say(mark("Give the register of establishments (--frame).")),
            words.say(
                mark("Without the register nobody knows who is missing: the figures are of those who submitted alone.")
            ),
            "coverage",
        )


def _late(figures: NationalFigures, words: PageWords) -> Iterator[Step]:
    total = figures.turnout.total if figures.turnout else None
    if total and total.late:
        yield Step(
            words.say(
                mark("Ask those of whom nothing counts: {count} legal entities."), count=words.number(total.late)
            ),
            words.say(
                mark(
                    "By the register {bound} of them must publish a BEGES; decarb national status --frame names them."
                ),
                bound=words.number(total.bound),
            ),
            "coverage",
        )


def _refused(figures: NationalFigures, words: PageWords) -> Iterator[Step]:
    if figures.refused:
        yield Step(
            words.say(mark("Have refused documents corrected: {count} senders."), count=words.number(figures.refused)),
            words.say(mark("Nothing of them counts; their receipts say why.")),
            "coverage",
        )
    lines = int(figures.footprint.coverage["refused"])
    if lines:
        yield Step(
            words.say(mark("Have the refused lines corrected: {count}."), count=words.number(lines)),
            words.say(mark("They are not in the total.")),
            "limits",
        )


def _left_out(figures: NationalFigures, words: PageWords) -> Iterator[Step]:
    if figures.sector is None:
        return
    posts = [part for part in figures.posts if part.of and part.reporting < _ENOUGH * part.of and not part.is_withheld]
    if posts:
        least = max(posts, key=lambda part: part.estimated if part.estimated == part.estimated else 0.0)
        (name,) = dimension_names("post", [least.code], figures.view, words)
        yield Step(
            words.say(mark("Ask for what reports leave out, first: {post}."), post=with_indices(name)),
            words.say(
                mark("{count} of {all} reports cover it; what the others have is estimated from them."),
                count=words.number(least.reporting),
                all=words.number(least.of),
            ),
            "posts",
        )


def _outliers(figures: NationalFigures, words: PageWords) -> Iterator[Step]:
    if figures.sector is not None and figures.sector.outliers:
        count = words.number(len(figures.sector.outliers))
        yield Step(
            words.say(mark("Review the reports that are unlike their like: {count}."), count=count),
            words.say(mark("None is taken out; decarb national estimate --no-secrecy names them.")),
            "estimate",
        )


def _astray(figures: NationalFigures, words: PageWords) -> Iterator[Step]:
    found = figures.roadmap
    if found is None or not found.total.progress or (figures.is_secret and found.withheld.total):
        return
    year = max(found.total.progress)
    share = found.total.progress[year].change_share
    asked = next(each.compound for each in found.pace if each.year == year) - 1
    if share is None or share <= asked:
        return
    rising = [
        (followed.progress[year], axis)
        for (axis, followed), hidden in zip(found.axes, found.withheld.axes, strict=True)
        if axis and year in followed.progress and not (figures.is_secret and hidden)
    ]
    rising = [(one, axis) for one, axis in rising if (one.change_share or 0.0) >= _LEAST_RISE]
    _, axis = max(rising, default=(None, None), key=lambda each: each[0].change_kgco2e)
    why = words.say(mark("No axis that is shown rises: none falls enough."))
    if axis:
        why = words.say(mark("What rises most: {axis}."), axis=words.of(axis.name))
    yield Step(words.say(mark("Fall faster: the pace of the roadmap is not kept.")), why, "roadmap")


def _unanswered(figures: NationalFigures, words: PageWords) -> Iterator[Step]:
    found = figures.readiness
    shares = [
        (int(found.answered[-1, column]) / int(found.concerned[-1, column]), name)
        for column, name in enumerate(found.hazards)
        if found.concerned[-1, column] and not found.withheld[-1, column]
    ]
    if not shares or min(shares)[0] >= _ENOUGH:
        return
    share, name = min(shares)
    hazard = words.of(figures.checklist.catalogue.hazards[name].name)
    yield Step(
        words.say(mark("Have the adaptation checklist answered, first: {hazard}."), hazard=hazard),
        words.say(
            mark("{share} of its items are answered; what is unanswered is not met."), share=words.percent(share)
        ),
        "adaptation",
    )
