"""Where an establishment stands among its like, for the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from decarb.national.benchmarking import MEASURES, Benchmark
from decarb.report.html.wording import PageWords
from decarb.report.national_text import QUARTERS, among, standing_figure


@dataclass(frozen=True, slots=True)
class StandingSection:
    """Among whom, in one sentence each; a row for each intensity; how its quarter is said, blank where unknown."""

    among: Sequence[str]
    rows: Sequence[Sequence[str]]
    headline: str


def standing_section(found: Benchmark, words: PageWords) -> StandingSection:
    """Intensities beside the quartiles of peers; nobody's figure is shown."""
    rows, headline = [], ""
    for each in found.intensities:
        name = words.say(MEASURES[each.name])
        figures = [standing_figure(value, "kg", words) for value in (each.own, each.low, each.middle, each.high)]
        place = words.say(QUARTERS[each.quarter - 1]) if each.quarter else ""
        headline = headline or (
            f"{name} : {place}" if place and words.language == "fr" else f"{name}: {place}" if place else ""
        )
        rows.append([name, *figures, words.number(each.peers), place])
    return StandingSection(list(among(found, words)), rows, headline)
