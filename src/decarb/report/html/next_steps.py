"""What to do next, from what decarb knows of the result: nothing in it is advice that no figure founds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from decarb.language import mark
from decarb.medicines import DIRECT, rungs
from decarb.report import labels
from decarb.report.adaptation_view import AdaptationView
from decarb.report.html.figures import Figures
from decarb.report.html.wording import PageWords
from decarb.uncertainty import Source
from decarb.uncertainty.contributions import MEASURED_GSD2

_LARGEST_MONETARY = 3
_FIRST_ACTIONS = 2
_ENOUGH_MONETARY = 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, why (the figure that says so), and the section of the report that has the rest."""

    what: str
    why: str
    anchor: str


def next_steps(figures: Figures, words: PageWords) -> list[Step]:
    """Steps in the order in which they repay: what is missing, what is unsure, then adaptation."""
    found = (
        _refused(figures, words),
        _missing_sections(figures, words),
        _unsure(figures, words),
        _medicines(figures, words),
        _monetary(figures, words),
        _denominators(figures, words),
        _missing_posts(figures, words),
        _adaptation(figures, words),
    )
    return [step for steps in found for step in steps]


def _refused(figures: Figures, words: PageWords) -> Iterator[Step]:
    count = figures.refused_lines
    if not count:
        return
    stakes = [refusal.stake_kgco2e for refusal in figures.footprint.binding.refusals]
    known = sum(stake for stake in stakes if stake is not None)
    unknown = sum(stake is None for stake in stakes) + len(figures.footprint.inventory.set_aside)
    why = words.say(mark("They are not in the total."))
    if known:
        why = words.say(
            mark("They are not in the total: about {amount} t CO2e is at stake."), amount=words.tonnes(known)
        )
    if unknown:
        why += " " + words.say(mark("For {count} of them nothing tells how much."), count=words.number(unknown))
    yield Step(words.say(mark("Correct the refused lines: {count}."), count=words.number(count)), why, "refusals")


def _missing_sections(figures: Figures, words: PageWords) -> Iterator[Step]:
    missing = figures.footprint.coverage["sections_without_lines"]
    if missing:
        names = ", ".join(words.say(labels.SECTIONS[name]) for name in missing)
        yield Step(
            words.say(mark("Enter what no line says: {names}."), names=names),
            words.say(mark("A section without lines is unknown, not zero: the total is too low by it.")),
            "domains",
        )


def _missing_posts(figures: Figures, words: PageWords) -> Iterator[Step]:
    missing = figures.footprint.coverage["sections_without_lines"]
    posts = [row["code"] for row in figures.rows["beges"] if row["status"] == "no-data"]
    if posts and not missing:
        yield Step(
            words.say(
                mark("Say of the posts {posts} what they hold, or why they are left out."), posts=", ".join(posts)
            ),
            words.say(mark("No line reports in them and no justification excludes them: a declaration needs either.")),
            "posts",
        )


def _unsure(figures: Figures, words: PageWords) -> Iterator[Step]:
    sources = [source for source in figures.sources.sources if round(source.gsd2, 9) > MEASURED_GSD2]
    if not sources:
        return
    first = sources[0]
    before, after = (
        words.bounds_in_tonnes(each.low, each.high) for each in (figures.interval, figures.sources.measured)
    )
    yield Step(
        words.say(
            mark("Know better what the interval rests on, first: {name}."), name=source_name(figures, first, words)
        ),
        words.say(
            mark(
                "It makes {share} of the variance. "
                "With the {count} largest known to ±{percent} %, {before} becomes {after} t."
            ),
            share=words.percent(first.share),
            count=len(figures.sources.sources),
            percent=words.number((MEASURED_GSD2 - 1) * 100),
            before=before,
            after=after,
        ),
        "uncertainty",
    )


def _medicines(figures: Figures, words: PageWords) -> Iterator[Step]:
    liftable = [found for found in figures.rungs if found.rung not in (DIRECT, 1)]
    if not liftable:
        return
    largest = max(liftable, key=lambda found: found.emissions_kgco2e)
    above = rungs()[largest.rung - 1]
    yield Step(
        words.say(
            mark("Give for medicines: {needs}."), needs=above.needs_fr if words.language == "fr" else above.needs_en
        ),
        words.say(
            mark("{amount} t CO2e of medicines stand on rung {rung} of the ladder; that takes them to rung {above}."),
            amount=words.tonnes(largest.emissions_kgco2e),
            rung=largest.rung,
            above=above.number,
        ),
        "quality",
    )


def _monetary(figures: Figures, words: PageWords) -> Iterator[Step]:
    footprint = figures.footprint
    if (footprint.monetary_share or 0.0) < _ENOUGH_MONETARY:
        return
    values = np.nan_to_num(footprint.line_totals())
    candidates = np.argsort(-values, kind="stable").tolist()
    lines = list(islice((line for line in candidates if _is_other_money(figures, line)), _LARGEST_MONETARY))
    if not lines:
        return
    names = ", ".join(
        f"\u2068{words.name(footprint.inventory.ids[line])}\u2069 ({words.tonnes(float(values[line]))}\u00a0t)"
        for line in lines
    )
    yield Step(
        words.say(
            mark("Ask suppliers for quantities where amounts of money are counted, first: {names}."), names=names
        ),
        words.say(
            mark("{share} of the total rests on amounts of money, which follow prices rather than emissions."),
            share=words.percent(footprint.monetary_share or 0.0),
        ),
        "quality",
    )


def _is_other_money(figures: Figures, line: int) -> bool:
    """Whether a line that emits is counted by an amount of money, and is no medicine, which has its own step."""
    footprint = figures.footprint
    found = footprint.binding.of_line(line)
    is_medicine = footprint.rung_of_pair[footprint.binding.pair[line]] is not None
    emits = bool(found and found.coefficient("beges") * footprint.inventory.quantity[line] > 0)
    return bool(emits and found and found.is_monetary and not is_medicine)


def _denominators(figures: Figures, words: PageWords) -> Iterator[Step]:
    known = figures.footprint.intensities
    wanted = ((mark("beds"), {"bed"}), (mark("stays"), {"stay", "hospital_day"}))
    missing = [words.say(name) for name, measures in wanted if not measures & known.keys()]
    if missing:
        yield Step(
            words.say(mark("Give the number of {names} in the inventory."), names=", ".join(missing)),
            words.say(
                mark("Without it the result cannot stand beside that of others, nor beside next year's activity.")
            ),
            "notes",
        )


def _adaptation(figures: Figures, words: PageWords) -> Iterator[Step]:
    if figures.checklist is None:
        return
    (number,) = figures.checklist.evaluated
    shown = AdaptationView(figures.checklist, number, words)
    for action in shown.actions[:_FIRST_ACTIONS]:
        place = f" ({shown.where(action)})" if shown.where(action) else ""
        why = f"{words.say(mark('Climate adaptation'))} [{action.item.id}]{place} — {shown.deadline(action)}"
        yield Step(shown.what(action), why, "adaptation")


_KINDS = {
    "activity": mark("the quantity of {name}"),
    "product": mark("the product {name}"),
    "factor": mark("the factor “{name}” ({lines})"),
}


def source_name(figures: Figures, source: Source, words: PageWords) -> str:
    """Words for what makes a share of the variance: the factor by its name, the line by its id."""
    name = source.name
    if source.kind != "activity":
        alike = _names_of_error(figures, source.name, words)
        name = alike[0] if alike else name
        if len(alike) > 1:
            name = words.say(mark("{name} and {count} more of its kind"), name=name, count=len(alike) - 1)
    lines = words.say(mark("1 line") if source.lines == 1 else mark("{count} lines"), count=words.number(source.lines))
    return words.say(_KINDS[source.kind], name=f"\u2068{words.name(name)}\u2069", lines=lines)


def _names_of_error(figures: Figures, error: str, words: PageWords) -> Sequence[str]:
    """Names of what shares an error: the rung that medicines stand on, else the factors."""
    for rung in rungs().values():
        if rung.error_group == error:
            return [words.say(mark("medicines by {rung}"), rung=rung.name(words.language))]
    used = (found.factor for found in figures.footprint.binding.bound if found)
    alike = (factor.name(words.language) for factor in used if error in (factor.error_group, factor.id))
    return list(dict.fromkeys(alike))
