"""One edition of the report: what each section shows, in one language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from decarb import __version__
from decarb.errors import Problem
from decarb.footprint import Footprint
from decarb.language import mark
from decarb.report import labels
from decarb.report.factor_text import source_document
from decarb.report.grid import decimals_of
from decarb.report.html.adaptation import AdaptationSection, adaptation_section
from decarb.report.html.drawings import Drawings
from decarb.report.html.figures import Figures
from decarb.report.html.lines import MOST_EXPLAINED, MOST_LISTED, LineRow, line_rows
from decarb.report.html.next_steps import Step, next_steps, source_name
from decarb.report.html.standing import StandingSection, standing_section
from decarb.report.html.trajectory import TrajectorySection, trajectory_section
from decarb.report.html.wording import PageWords, with_indices
from decarb.report.ladder_text import rung_name
from decarb.report.table import INTENSITIES, VIEW_GROUPS, VIEW_TITLES, absent_rows, summary
from decarb.reporting import GASES, VIEWS

_LARGEST = 3
_FIRST_INTENSITIES = ("bed", "stay")
_MOST_WARNINGS = 100
_GAS_COLUMNS = ("CO2", "CH4", "N2O", "other", "unsplit")
_GAS_TITLES = (mark("CO2"), mark("CH4"), mark("N2O"), mark("Other gases"), mark("Not split"))


@dataclass(frozen=True, slots=True)
class Named:
    """A figure with its name, as they are shown."""

    name: str
    shown: str
    note: str = ""


class Edition:
    """What the template reads: each property is a section, or what its head says."""

    template = "edition.html"

    def __init__(self, figures: Figures, language: str, is_first: bool) -> None:
        self.figures, self.language, self.is_first = figures, language, is_first
        self.footprint: Footprint = figures.footprint
        self.words = PageWords(language, decimals_of(figures.total))
        self.drawings = Drawings(figures, self.words)

    # the head

    @property
    def name(self) -> str:
        """Name of the establishment, or how many there are."""
        establishments = self.footprint.inventory.establishments
        if len(establishments) == 1:
            return self.words.name(establishments[0].name)
        return self.words.say(mark("{count} establishments"), count=len(establishments))

    @property
    def title(self) -> str:
        """Title of the page."""
        return f"{self.name} – {self.words.say(mark('Carbon footprint'))}"

    @property
    def invitation(self) -> str:
        """Words of the link that leads to this edition, in its language."""
        return self.words.say(mark("English version"))

    @property
    def establishments(self) -> Sequence[Named]:
        """Each of several establishments with its total; nothing of one alone."""
        found = self.footprint.inventory.establishments
        if len(found) == 1:
            return ()
        totals = self.footprint.totals().tolist()
        return [
            Named(self.words.name(one.name), self.words.tonnes(total), f"{one.start} – {one.end}")
            for one, total in zip(found, totals, strict=True)
        ]

    @property
    def period(self) -> str:
        """Year, or first and last day."""
        establishments = self.footprint.inventory.establishments
        start, end = min(each.start for each in establishments), max(each.end for each in establishments)
        year = start[:4]
        if (start, end) == (f"{year}-01-01", f"{year}-12-31"):
            return self.words.say(mark("Year {year}"), year=year)
        return self.words.say(mark("From {start} to {end}"), start=start, end=end)

    @property
    def spread(self) -> tuple[str, str]:
        """How far below and above the total its bounds are; blank where it has no sign, or is not between them."""
        total, interval = self.figures.total, self.figures.interval
        if total <= 0 or not interval.low <= total <= interval.high:
            return "", ""
        return self.words.percent(1 - interval.low / total), self.words.percent(interval.high / total - 1)

    @property
    def total(self) -> str:
        """Total [t]."""
        return self.words.tonnes(self.figures.total)

    @property
    def bounds(self) -> tuple[str, str]:
        """Bounds of the total [t]."""
        return self.words.tonnes(self.figures.interval.low), self.words.tonnes(self.figures.interval.high)

    @property
    def intensities(self) -> list[Named]:
        """Total per bed, stay and what else is known: tonnes from one tonne on, else kilograms."""
        known = self.footprint.intensities
        first = [name for name in _FIRST_INTENSITIES if name in known]
        ordered = [*first, *(name for name in known if name not in first)]
        return [Named(self.words.say(INTENSITIES[name]), *self._intensity(known[name])) for name in ordered]

    def _intensity(self, kilograms: float) -> tuple[str, str]:
        if abs(kilograms) >= 1000:
            return self.words.significant(kilograms / 1000, 3), "t CO₂e"
        return self.words.significant(kilograms, 3), "kg CO₂e"

    @property
    def largest(self) -> list[tuple[Named, float]]:
        """The three largest posts, with their shares."""
        known = [row for row in self.figures.rows["beges"] if (row["total"] or 0.0) > 0]
        found = sorted(known, key=lambda row: -row["total"])[:_LARGEST]
        return [
            (
                Named(
                    f"{row['code']} {self._row_name(row)}", self.words.tonnes(row["total"]), self._share(row["total"])
                ),
                row["total"] / self.figures.total if self.figures.total > 0 else 0.0,
            )
            for row in found
        ]

    @property
    def monetary_share(self) -> str:
        """Share that rests on amounts of money; blank where the total is zero."""
        share = self.footprint.monetary_share
        return "" if share is None else self.words.percent(share)

    @property
    def first_source(self) -> str:
        """What the interval rests on most; blank where nothing is uncertain."""
        found = self.figures.sources.sources
        return source_name(self.figures, found[0], self.words) if found else ""

    @property
    def first_source_share(self) -> str:
        """Its share of the variance."""
        return self.words.percent(self.figures.sources.sources[0].share)

    @cached_property
    def steps(self) -> list[Step]:
        """What to do next."""
        return next_steps(self.figures, self.words)

    # sections

    @property
    def domains(self) -> list[dict[str, Any]]:
        """Sections with what they emit."""
        return [
            {
                "name": self.words.say(labels.SECTIONS[domain.section]),
                "lines": self.words.number(domain.lines),
                "refused": domain.refused,
                "tonnes": self.words.tonnes(domain.emissions) if domain.lines > domain.refused else "–",
                "share": self._share(domain.emissions) if domain.lines > domain.refused else "–",
                "monetary": self._monetary(domain.monetary, domain.emissions),
            }
            for domain in self.figures.domains
        ]

    def _monetary(self, amount: float, whole: float) -> str:
        return self.words.percent(amount / whole) if whole > 0 else "–"

    @property
    def missing_domains(self) -> str:
        """Sections without lines."""
        missing = self.footprint.coverage["sections_without_lines"]
        return ", ".join(self.words.say(labels.SECTIONS[name]) for name in missing)

    @property
    def gas_titles(self) -> list[str]:
        """Titles of the columns of gases."""
        return [self.words.say(title) for title in _GAS_TITLES]

    def view_rows(self, name: str) -> list[dict[str, Any]]:
        """Rows of a view that lines report in, as the regulatory table has them."""
        return [
            {
                "code": row["code"] if row["code"] != "other" else "–",
                "name": self._row_name(row),
                "gases": [self._gas(row, column) for column in _GAS_COLUMNS],
                "total": self.words.tonnes(row["total"]),
                "share": self._share(row["total"]),
                "interval": self.words.bounds_in_tonnes(*row["interval_95"]) if row["interval_95"] else "",
                "biogenic": self.words.tonnes(row["co2_biogenic"]) if row["co2_biogenic"] else "",
            }
            for row in self.figures.rows[name]
            if row["status"] == "computed"
        ]

    def _gas(self, row: Mapping[str, Any], column: str) -> str:
        known = [row[gas.gas] for gas in GASES if gas.beges_column == column and row[gas.gas] is not None]
        return self.words.tonnes(sum(known)) if known else ""

    @property
    def absent(self) -> list[str]:
        """Posts without lines: unknown, or excluded with their reason."""
        return [with_indices(text) for text in absent_rows(self.figures.rows["beges"], self.language)]

    @property
    def sources(self) -> list[dict[str, str]]:
        """What the interval rests on."""
        return [
            {
                "name": source_name(self.figures, source, self.words),
                "share": self.words.percent(source.share),
                "tonnes": self.words.tonnes(source.emissions_kgco2e),
                "gsd2": self.words.number(source.gsd2, 2),
            }
            for source in self.figures.sources.sources
        ]

    @property
    def measured(self) -> tuple[str, str]:
        """Interval of the total, and what measuring the sources would make of it."""
        found = self.figures.sources
        return (
            self.words.bounds_in_tonnes(found.interval.low, found.interval.high),
            self.words.bounds_in_tonnes(found.measured.low, found.measured.high),
        )

    @property
    def variance(self) -> list[Named]:
        """Shares of quantities, factors, products and several together in the variance."""
        found = self.figures.sources
        parts = (
            (mark("quantities"), found.activity),
            (mark("factors"), found.factors),
            (mark("products within a mean"), found.products),
            (mark("several together"), found.interaction),
        )
        return [Named(self.words.say(name), self.words.percent(share)) for name, share in parts if share]

    @property
    def rungs(self) -> list[dict[str, str]]:
        """Medicines by rung."""
        return [
            {
                "rung": str(found.rung) if found.rung else "–",
                "name": rung_name(found.rung, self.language),
                "lines": self.words.number(found.lines),
                "products": self.words.number(found.products) if found.rung else "",
                "tonnes": self.words.tonnes(found.emissions_kgco2e),
                "interval": self.words.bounds_in_tonnes(found.interval.low, found.interval.high),
            }
            for found in self.figures.rungs
        ]

    @property
    def views(self) -> list[dict[str, Any]]:
        """Each reading with its total and its sums of groups."""
        return [
            {
                "view": name,
                "name": self.words.say(VIEW_TITLES[name]),
                "total": self.words.tonnes(self.footprint.total(name)),
                "groups": list(self._groups(name)),
            }
            for name in VIEWS
        ]

    def _groups(self, name: str) -> Iterator[Named]:
        rows = [row for row in self.figures.rows[name] if row["status"] == "computed"]
        for group in dict.fromkeys(row["group"] for row in rows):
            amount = sum(row["total"] for row in rows if row["group"] == group)
            title = VIEW_GROUPS.get((name, group))
            label = self.words.say(title) if title else f"{self.words.say(mark('Category'))} {group}"
            yield Named(label, self.words.tonnes(amount), self._share(amount))

    @property
    def booked_otherwise(self) -> list[Named]:
        """Assets that the GHG Protocol books otherwise, the largest differences first."""
        found = sorted(self.footprint.differences(), key=lambda each: -abs(each["difference_kgco2e"]))
        return [
            Named(
                self.words.name(each["line"]),
                self.words.tonnes(each["beges_kgco2e"]),
                self.words.tonnes(each["ghg_protocol_kgco2e"]),
            )
            for each in found
        ]

    @property
    def notes(self) -> list[str]:
        """What is to be known of the total."""
        interval = (self.figures.interval.low, self.figures.interval.high)
        return [with_indices(text) for text in summary(self.footprint, "beges", interval, self.language)]

    @cached_property
    def standing(self) -> StandingSection | None:
        """Its place among its like, where it was asked for."""
        return standing_section(self.figures.standing, self.words) if self.figures.standing else None

    @cached_property
    def trajectory(self) -> TrajectorySection | None:
        """The years against the pace of the roadmap, where they were given."""
        return trajectory_section(self.figures.trajectory, self.words) if self.figures.trajectory else None

    @cached_property
    def adaptation(self) -> AdaptationSection | None:
        """The checklist, where the inventory has one."""
        return adaptation_section(self.figures.checklist, self.words) if self.figures.checklist else None

    @property
    def refusals(self) -> list[dict[str, Any]]:
        """Refused lines with what is wrong, what to do, and what is at stake."""
        aside = [((problem,), None) for problem in self.footprint.inventory.set_aside]
        bound = [(refusal.problems, refusal.stake_kgco2e) for refusal in self.footprint.binding.refusals]
        return [
            {
                "problems": [self._problem(problem) for problem in problems],
                "stake": None if stake is None else self.words.tonnes(stake),
            }
            for problems, stake in (*aside, *bound)
        ]

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """Warnings by kind, each with its lines."""
        kinds: dict[str, list[Problem]] = {}
        for problem in self.footprint.warnings:
            kinds.setdefault(problem.code, []).append(problem)
        return [
            {
                "first": self._problem(found[0]),
                "count": self.words.number(sum(problem.count for problem in found)),
                "others": [self._problem(problem) for problem in found[1:_MOST_WARNINGS]],
            }
            for found in kinds.values()
        ]

    def _problem(self, problem: Problem) -> dict[str, str]:
        more = mark("(and {count} more lines)") if problem.count > 2 else mark("(and 1 more line)")
        return {
            "line": self.words.name(problem.line_id),
            "place": self.words.name(problem.pointer),
            "message": with_indices(problem.message(self.language)),
            "hint": with_indices(problem.hint(self.language)),
            "more": self.words.say(more, count=problem.count - 1) if problem.count > 1 else "",
        }

    @cached_property
    def lines(self) -> list[LineRow]:
        """Lines with their explanations."""
        return line_rows(self.figures, self.words)

    @property
    def unexplained(self) -> int:
        """How many lines the table shows without an explanation."""
        return max(0, min(len(self.footprint.inventory), MOST_LISTED) - MOST_EXPLAINED)

    @property
    def unlisted(self) -> int:
        """How many lines the table leaves out."""
        return max(0, len(self.footprint.inventory) - MOST_LISTED)

    # provenance

    @property
    def provenance(self) -> list[Named]:
        """Versions, digests and options that the figures come from."""
        library, inventory = self.footprint.library, self.footprint.inventory
        say = self.words.say
        facts = [
            Named(say(mark("Engine")), f"decarb {__version__}"),
            *(
                Named(
                    say(mark("Factor library")), f"{self.words.name(layer.name)} {layer.version}".strip(), layer.digest
                )
                for layer in library.layers
            ),
            Named(say(mark("Digest of all factors")), "", library.digest),
            Named(say(mark("GWP set")), self.footprint.binding.gwp_set),
            Named(say(mark("Contrails of flights")), self._contrails()),
            *(
                Named(say(mark("Inventory")), self.words.name(Path(each.file).name), f"sha256 {each.digest}")
                for each in inventory.establishments
            ),
        ]
        if self.figures.checklist:
            catalogue = self.figures.checklist.catalogue
            facts.append(Named(say(mark("Adaptation catalogue")), catalogue.version, catalogue.digest))
        return facts

    def _contrails(self) -> str:
        chosen = {each.method.get("contrails", "included") for each in self.footprint.inventory.establishments}
        words = {"included": mark("included"), "excluded": mark("excluded")}
        return ", ".join(self.words.say(words[option]) for option in sorted(chosen))

    @property
    def publications(self) -> list[dict[str, str]]:
        """Publications that factors in use come from, with their licence and what rests on them."""
        totals: dict[tuple[str, str, str], list[float]] = {}
        for found, count, value in zip(
            self.footprint.binding.bound,
            self.footprint.binding.pairs.counts,
            self._emissions_of_pairs(),
            strict=True,
        ):
            if found:
                source = source_document(self.footprint.library, found.factor)
                title = " ".join(filter(None, (source["title"], source["version"])))
                place = totals.setdefault((source["publisher"], title, source["licence"]), [0.0, 0.0])
                place[0] += count
                place[1] += value
        ordered = sorted(totals.items(), key=lambda item: -item[1][1])
        return [
            {
                "publisher": self.words.name(publisher),
                "title": self.words.name(title),
                "licence": self.words.name(licence),
                "lines": self.words.number(count),
                "tonnes": self.words.tonnes(value),
            }
            for (publisher, title, licence), (count, value) in ordered
        ]

    def _emissions_of_pairs(self) -> list[float]:
        import numpy as np

        pair = self.footprint.binding.pair
        totals = np.nan_to_num(self.footprint.line_totals())
        sums: list[float] = np.bincount(pair, totals, len(self.footprint.binding.bound)).tolist()
        return sums

    def _row_name(self, row: Mapping[str, Any]) -> str:
        return with_indices(row["name_fr"] if self.language == "fr" else row["name_en"])

    def _share(self, amount: float) -> str:
        return self.words.percent(amount / self.figures.total) if self.figures.total > 0 else "–"
