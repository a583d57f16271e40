"""National figures as texts that fit a terminal: totals by dimension, and one establishment among its like."""

from collections.abc import Iterator, Sequence

import numpy as np

from decarb.errors import printable
from decarb.language import mark
from decarb.national.aggregating import NAMES, Aggregates
from decarb.national.benchmarking import MEASURES, Benchmark, Standing
from decarb.national.secrecy import FEWEST_ENTITIES, LARGEST_SHARE, Change, Published, changes
from decarb.report.dimension_names import dimension_names, short_names
from decarb.report.grid import aligned, decimals_of
from decarb.report.national_result import Computed
from decarb.report.problems import problem_lines
from decarb.report.words import Words

QUARTERS = (
    mark("among the lowest quarter"),
    mark("below the middle"),
    mark("above the middle"),
    mark("among the highest quarter"),
)


def aggregate_text(computed: Computed, published: Sequence[Published], language: str) -> str:
    """Totals of each year [t CO2e] with their intervals or, of two dimensions, as a table with margins."""
    largest = max((float(np.nanmax(np.abs(each.aggregates.value), initial=0.0)) for each in published), default=0.0)
    words = Words(language, decimals_of(largest))
    blocks = []
    for each in published:
        blocks.append("\n".join(_heading(computed, each, words)))
        blocks.append(_crossed(each, words) if len(each.aggregates.by) == 2 else _listed(each, words))
        blocks.append("\n".join(_netting(each, words)))
    for change in changes(published):
        blocks.append(_changed(change, published[0].aggregates, words))
    blocks.append("\n".join(_notes(published, words)))
    problems = [problem for each in published for problem in each.aggregates.warnings]
    blocks.append("\n".join(problem_lines(problems, language)))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(computed: Computed, published: Published, words: Words) -> Iterator[str]:
    table = published.aggregates
    by = " × ".join(words.say(NAMES[name]) for name in table.by)
    yield f"{by} — {table.year} — {words.say(mark('t CO2e'))}, GWP {computed.gwp_set}, {table.view}"
    if computed.is_partial:
        yield words.say(mark("PARTIAL: refused lines are left out"))
    entities, sites = (words.number(int(count[-1, -1])) for count in (table.entities, table.sites))
    yield words.say(mark("{entities} legal entities report, {sites} sites."), entities=entities, sites=sites)
    if table.entities_in_frame is not None:
        of_entities = int(table.entities[-1, -1]) / max(1, int(table.entities_in_frame[-1, -1]))
        yield words.say(
            mark("They are {share} of the {count} legal entities of the sector{beds}."),
            share=words.percent(of_entities),
            count=words.number(int(table.entities_in_frame[-1, -1])),
            beds=_beds(table, words),
        )


def _beds(table: Aggregates, words: Words) -> str:
    """Share of the beds of the sector, where all are known."""
    if table.beds_reported is None or table.beds_in_frame is None:
        return ""
    reported, whole = float(table.beds_reported[-1, -1]), float(table.beds_in_frame[-1, -1])
    if np.isnan(reported) or np.isnan(whole) or not whole:
        return ""
    return words.say(mark(", with {share} of its beds"), share=words.percent(reported / whole))


def _listed(published: Published, words: Words) -> str:
    """One dimension: value, interval, who reports."""
    table = published.aggregates
    titles = [words.say(mark("t CO2e")), words.say(mark("95 % interval"))]
    if table.netted is not None:
        titles = [words.say(mark("Reported")), words.say(mark("Netted")), *titles]
    titles += [words.say(mark("Entities")), words.say(mark("Sites"))]
    rows = [[words.say(NAMES[table.by[0]]), *titles]]
    names = [*dimension_names(table.by[0], table.rows, table.view, words), words.say(mark("TOTAL"))]
    for row, name in enumerate(names):
        bounds = ""
        if not published.withheld[row, 0] and not np.isnan(table.value[row, 0]):
            bounds = words.bounds_in_tonnes(float(table.low[row, 0]), float(table.high[row, 0]))
        entities = words.number(int(table.entities[row, 0]))
        if table.entities_in_frame is not None:
            entities += f" / {words.number(int(table.entities_in_frame[row, 0]))}"
        cells = [_cell(published, row, 0, words), bounds, entities, words.number(int(table.sites[row, 0]))]
        if table.netted is not None:
            before = (table.gross, published.gross_withheld), (table.netted.value, published.netted_withheld)
            cells = [*(_shown(float(of[row, 0]), bool(hidden[row, 0]), words) for of, hidden in before), *cells]
        rows.append([name, *cells])
    return aligned(rows, left=(0,))


def _crossed(published: Published, words: Words) -> str:
    """Two dimensions: rows by columns; columns are codes, which the CSV and JSON have with the intervals."""
    table = published.aggregates
    total = words.say(mark("Total"))
    heads = [printable(label) or words.say(mark("unsaid")) for label in short_names(table.by[1], table.columns, words)]
    rows = [[words.say(NAMES[table.by[0]]), *heads, total]]
    names = [*dimension_names(table.by[0], table.rows, table.view, words), words.say(mark("TOTAL"))]
    for row, name in enumerate(names):
        rows.append([name, *(_cell(published, row, column, words) for column in range(table.value.shape[1]))])
    return aligned(rows, left=(0,))


def _cell(published: Published, row: int, column: int, words: Words) -> str:
    return _shown(float(published.aggregates.value[row, column]), bool(published.withheld[row, column]), words)


def _shown(value: float, withheld: bool, words: Words) -> str:
    if withheld:
        return words.say(mark("withheld"))
    return "" if np.isnan(value) else words.tonnes(value)


def _netting(published: Published, words: Words) -> Iterator[str]:
    """What the reports add up to, and what of it is netted."""
    table = published.aggregates
    if table.netted is None:
        return
    gross, netted = (
        _shown(float(of[-1, -1]), bool(hidden[-1, -1]), words)
        for of, hidden in (
            (table.gross, published.gross_withheld),
            (table.netted.value, published.netted_withheld),
        )
    )
    if published.gross_withheld[-1, -1]:
        yield words.say(
            mark(
                "Shared services that their provider reports as well are netted where they are received; how much is "
                "withheld."
            )
        )
        return
    yield words.say(
        mark(
            "Reported in all: {gross} t CO2e, of which {netted} of shared services that their provider reports as "
            "well: netted where they are received."
        ),
        gross=gross,
        netted=netted,
    )


def _changed(change: Change, table: Aggregates, words: Words) -> str:
    """Differences between two years; of two dimensions, of the rows' totals."""
    title = words.say(mark("From {before} to {after}"), before=change.before, after=change.after)
    rows = [[words.say(NAMES[table.by[0]]), title]]
    for row, name in enumerate(
        [*dimension_names(table.by[0], change.rows, table.view, words), words.say(mark("TOTAL"))]
    ):
        value = float(change.value[row, -1])
        shown = words.say(mark("withheld")) if change.withheld[row, -1] else ""
        if not np.isnan(value):
            shown = ("+" if value > 0 else "") + words.tonnes(value)
        rows.append([name, shown])
    return aligned(rows, left=(0,))


def _notes(published: Sequence[Published], words: Words) -> Iterator[str]:
    hidden = sum(int(each.withheld.sum() + each.netted_withheld.sum()) for each in published)
    if hidden:
        yield words.say(
            mark(
                "Withheld: {count} figures of fewer than {fewest} legal entities, or of which one has more than "
                "{share}, and those that they would follow from."
            ),
            count=words.number(hidden),
            fewest=FEWEST_ENTITIES,
            share=words.percent(LARGEST_SHARE),
        )
    if not all(each.is_secret for each in published):
        yield words.say(mark("Statistical secrecy is not applied: not to be published."))
    if any(np.isnan(each.aggregates.value).any() for each in published):
        yield words.say(mark("A blank is where no line reports: unknown, not zero."))
    if any((each.aggregates.value < each.aggregates.low)[~each.withheld].any() for each in published):
        yield words.say(
            mark("It adds up the median of each figure; errors are ratios, so the mean of all that may be is higher.")
        )
    yield words.say(
        mark("These are sums of what was reported, not of the sector; scope 3 of one is in part scope 1 of another.")
    )


# ---------------------------------------------------------------- one among its like


def benchmark_text(found: Benchmark, language: str) -> str:
    """Where one establishment stands, per bed, stay and m2 and by post, and among whom."""
    words = Words(language)
    title = f"{printable(found.name)} ({found.finess}) — {found.year} — {found.view}"
    blocks = [
        "\n".join((title, *among(found, words))),
        _standings(found.intensities, [words.say(MEASURES[each.name]) for each in found.intensities], "kg", words),
        _standings(
            found.posts, dimension_names("post", [each.name for each in found.posts], found.view, words), "%", words
        ),
        "\n".join(_reading(found, words)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def among(found: Benchmark, words: Words) -> Iterator[str]:
    """Say who the peers are, and what too few shared."""
    shared = ", ".join(
        words.labelled(NAMES[name], dimension_names(name, [found.labels[name]], found.view, words)[0])
        for name in found.alike
    )
    count = words.number(found.peers)
    if shared:
        yield words.say(mark("Among {count} other legal entities ({shared})."), count=count, shared=shared)
    else:
        yield words.say(mark("Among all {count} other legal entities that report."), count=count)
    for alike, peers in found.passed_over:
        names = ", ".join(words.say(NAMES[name]) for name in alike)
        if peers:
            yield words.say(mark("Too few share all of: {names} ({count})."), names=names, count=words.number(peers))
        else:
            yield words.say(mark("No other shares all of: {names}."), names=names)


def _standings(standings: Sequence[Standing], names: Sequence[str], unit: str, words: Words) -> str:
    if not standings:
        return ""
    head = words.say(mark("kg CO2e")) if unit == "kg" else words.say(mark("Share of the total"))
    titles = (mark("here"), mark("low quartile"), mark("middle"), mark("high quartile"), mark("Peers"))
    rows = [[head, *map(words.say, titles), ""]]
    for each, name in zip(standings, names, strict=True):
        figures = [standing_figure(value, unit, words) for value in (each.own, each.low, each.middle, each.high)]
        place = words.say(QUARTERS[each.quarter - 1]) if each.quarter else ""
        rows.append([name, *figures, words.number(each.peers), place])
    return aligned(rows, left=(0, 6), total=False)


def standing_figure(value: float, unit: str, words: Words) -> str:
    """Figure of a standing; a dash where it is unknown or withheld."""
    if np.isnan(value):
        return "–"
    return words.significant(value, 3) if unit == "kg" else words.percent(value)


def _reading(found: Benchmark, words: Words) -> Iterator[str]:
    yield words.say(
        mark(
            "A quartile is the mean of the three figures nearest to it, from nine legal entities on; the middle of "
            "fewer is the mean of all. Nobody's figure is shown."
        )
    )
    if any(np.isnan(each.own) for each in found.intensities):
        yield words.say(mark("–: the document does not say it, or too few do."))
