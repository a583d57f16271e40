"""The charts of one edition, with the words that stand for them."""

from decarb.language import mark
from decarb.report import labels
from decarb.report.html.charts import (
    Bar,
    Chart,
    Curve,
    Range,
    Tile,
    bars,
    drawn,
    ranges,
    sankey,
    shares,
    treemap,
    years,
)
from decarb.report.html.figures import Figures
from decarb.report.html.next_steps import source_name
from decarb.report.html.wording import PageWords, with_indices

_SMALLEST_TILE = 0.002
"""Share of the total under which a line is part of the rest of its section."""


class Drawings:
    """Charts of a report, each drawn when the template asks for it."""

    def __init__(self, figures: Figures, words: PageWords) -> None:
        self._figures, self._words = figures, words

    def _name(self, chart: str) -> str:
        return f"{self._words.language}-chart-{chart}"

    def _shown(self, amount: float) -> str:
        """Amount [t] with its share of the total."""
        share = self._words.percent(amount / self._figures.total) if self._figures.total > 0 else ""
        return f"{self._words.tonnes(amount)} t · {share}" if share else f"{self._words.tonnes(amount)} t"

    def _largest(self, names: list[tuple[str, float]]) -> str:
        """Words for the largest of some amounts."""
        found = sorted(names, key=lambda item: -item[1])[:3]
        return "; ".join(f"{name} {self._shown(amount)}" for name, amount in found)

    def flows(self) -> Chart | None:
        """From sections to posts; None where nothing is emitted."""
        words = self._words
        flows = {ends: amount for ends, amount in self._figures.flows.items() if amount > 0}
        if not flows:
            return None
        by_source = {domain.section: 0.0 for domain in self._figures.domains}
        by_target: dict[str, float] = {}
        for (section, post), amount in flows.items():
            by_source[section] += amount
            by_target[post] = by_target.get(post, 0.0) + amount
        sources = [
            (section, _capital(words.say(labels.SECTIONS[section])), f"{words.tonnes(amount)} t")
            for section, amount in sorted(by_source.items(), key=lambda item: -item[1])
            if amount > 0
        ]
        rows = {row["code"]: row for row in self._figures.rows["beges"]}
        targets = []
        for post in sorted(by_target):
            name = rows[post]["name_fr"] if words.language == "fr" else rows[post]["name_en"]
            targets.append((post, with_indices(name), f"{words.tonnes(by_target[post])} t"))
        largest = [(words.say(labels.SECTIONS[section]), amount) for section, amount in by_source.items()]
        return drawn(
            self._name("flows"),
            words.say(mark("From sections of the inventory to posts of BEGES")),
            words.say(
                mark("Bands as thick as their emissions. The largest sections: {list}."), list=self._largest(largest)
            ),
            lambda width: sankey(flows, sources, targets, width),
        )

    def posts(self) -> Chart | None:
        """Posts with their intervals."""
        items = [
            Bar(
                f"{row['code']} {with_indices(row['name_fr'] if self._words.language == 'fr' else row['name_en'])}",
                row["total"],
                self._shown(row["total"]),
                *(row["interval_95"] or (None, None)),
            )
            for row in self._figures.rows["beges"]
            if row["status"] == "computed"
        ]
        return self._bars(
            "posts",
            mark("Emissions by post, with 95 % intervals"),
            mark("Bars in t CO2e; a whisker is a 95 % interval. The largest: {list}."),
            items,
        )

    def _bars(self, name: str, title: str, description: str, items: list[Bar]) -> Chart | None:
        if not items:
            return None
        largest = self._largest([(item.name, item.value) for item in items]) if name == "posts" else ""
        return drawn(
            self._name(name),
            self._words.say(title),
            self._words.say(description, list=largest),
            lambda width: bars(items, width),
        )

    def tiles(self) -> Chart | None:
        """Lines as tiles."""
        figures, words = self._figures, self._words
        inventory = figures.footprint.inventory
        if figures.total <= 0:
            return None
        tiles, rest = [], {domain.section: (0, 0.0) for domain in figures.domains}
        from decarb.inventory import SECTIONS

        for line, value in enumerate(figures.lines.value.tolist()):
            section = SECTIONS[inventory.section[line]]
            if value > _SMALLEST_TILE * figures.total:
                tiles.append(Tile(section, words.name(inventory.ids[line]), f"{words.tonnes(value)} t", value))
            elif value > 0:
                count, amount = rest[section]
                rest[section] = count + 1, amount + value
        for section, (count, amount) in rest.items():
            if amount > 0:
                name = words.say(mark("{count} smaller lines"), count=count)
                tiles.append(Tile(section, name, f"{words.tonnes(amount)} t", amount))
        names = {domain.section: _capital(words.say(labels.SECTIONS[domain.section])) for domain in figures.domains}
        largest = [(tile.name, tile.amount) for tile in tiles]
        return drawn(
            self._name("tiles"),
            words.say(mark("Lines by what they emit")),
            words.say(
                mark("Tiles as large as their emissions, by section. The largest: {list}."), list=self._largest(largest)
            ),
            lambda width: treemap(tiles, names, width),
        )

    def sources(self) -> Chart | None:
        """What the interval rests on."""
        words = self._words
        items = [
            Bar(_capital(_plain(source_name(self._figures, source, words))), source.share, words.percent(source.share))
            for source in self._figures.sources.sources
        ]
        return self._bars(
            "sources",
            mark("What the interval rests on"),
            mark("Bars are shares of the variance of the total."),
            items,
        )

    def money(self) -> Chart | None:
        """Share of each section that rests on amounts of money."""
        words = self._words
        items = []
        for domain in self._figures.domains:
            if domain.emissions > 0:
                share = max(0.0, min(1.0, domain.monetary / domain.emissions))
                name = f"{_capital(words.say(labels.SECTIONS[domain.section]))} · {words.tonnes(domain.emissions)} t"
                items.append((name, share, words.percent(share)))
        if not items:
            return None
        return drawn(
            self._name("money"),
            words.say(mark("Share of each section that rests on amounts of money")),
            words.say(mark("The filled part of a bar is counted in euros, the rest in physical quantities.")),
            lambda width: shares(items, width),
        )

    def rungs(self) -> Chart | None:
        """Medicines by rung, with their intervals."""
        from decarb.report.ladder_text import rung_name

        words = self._words
        items = [
            Bar(
                f"{found.rung or '–'} {rung_name(found.rung, words.language)}",
                found.emissions_kgco2e,
                self._shown(found.emissions_kgco2e),
                found.interval.low,
                found.interval.high,
            )
            for found in self._figures.rungs
        ]
        return self._bars(
            "rungs",
            mark("Medicines by rung of the ladder"),
            mark("Bars in t CO2e; a whisker is a 95 % interval. Rung 1 is the best data, rung 7 is spend."),
            items,
        )

    def hazards(self, items: list[Range]) -> Chart:
        """Adaptation by hazard."""
        words = self._words
        return drawn(
            self._name("hazards"),
            words.say(mark("Adaptation by hazard, between worst and best")),
            words.say(
                mark(
                    "A bar goes from the score if what is unknown is not met to the score if it is; "
                    "the diamond is what is met of what is answered."
                )
            ),
            lambda width: ranges(items, width),
        )

    def years(self, curves: list[Curve]) -> Chart:
        """The years against the pace."""
        words = self._words
        return drawn(
            self._name("years"),
            words.say(mark("The years against the pace of the roadmap")),
            words.say(
                mark(
                    "The thick curve with points is what was reported; "
                    "the others are the pace, compound (dashes) and linear (dots)."
                )
            ),
            lambda width: years(curves, width),
        )


def _capital(text: str) -> str:
    """Text with a capital at its head."""
    return text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    """Text without marks of direction, which a drawing does not need: its names are shown for what they are."""
    return text.replace("\u2068", "").replace("\u2069", "")
