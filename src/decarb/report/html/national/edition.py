"""One edition of the national report: what each section shows, in one language."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from decarb import __version__
from decarb.folding import fold
from decarb.language import mark
from decarb.national.secrecy import FEWEST_ENTITIES, LARGEST_SHARE
from decarb.report.estimate_text import PER
from decarb.report.grid import decimals_of
from decarb.report.html.charts import Bar, RegionTile
from decarb.report.html.national.climate import ClimateSection
from decarb.report.html.national.differences import DifferencesSection
from decarb.report.html.national.drawings import NationalDrawings
from decarb.report.html.national.figures import NationalFigures, Part
from decarb.report.html.national.following import RoadmapSection, roadmap_section
from decarb.report.html.national.naming import names_of, names_of_regions
from decarb.report.html.national.steps import national_steps
from decarb.report.html.next_steps import Step
from decarb.report.html.wording import PageWords
from decarb.report.table import VIEW_TITLES

_ONE = {
    "beds": mark("bed"),
    "places": mark("place"),
    "stays": mark("stay"),
    "days": mark("hospital day"),
    "headcount": mark("person employed"),
    "fte": mark("full-time equivalent"),
    "floor_area_m2": mark("m2"),
}
_LARGEST = 3
_MEGATONNE = 1e9
"""[kg]"""
_KILOTONNES = 1e7
"""Largest region from which tiles are in kilotonnes [kg CO2e]."""
_CLASSES = 4


class NationalEdition:
    """What the template reads: each property is a section, or what its head says."""

    template = "national.html"

    def __init__(self, figures: NationalFigures, language: str, is_first: bool) -> None:
        self.figures, self.language, self.is_first = figures, language, is_first
        self.words = PageWords(language, decimals_of(figures.whole.total))
        self.drawings = NationalDrawings(self.words)
        self._withheld = self.words.say(mark("withheld"))

    # the head

    @property
    def title(self) -> str:
        """Title of the page."""
        return self.words.say(mark("Carbon footprint of health establishments, {year}"), year=self.figures.year)

    @property
    def invitation(self) -> str:
        """Words of the link that leads to this edition, in its language."""
        return self.words.say(mark("English version"))

    @property
    def context(self) -> str:
        """What the figures are of."""
        binding = self.figures.footprint.binding
        gwp = self.words.say(mark("GWP set"))
        return " · ".join((self.words.say(VIEW_TITLES[self.figures.view]), f"{gwp} {binding.gwp_set}"))

    @property
    def is_whole(self) -> bool:
        """Whether those who did not report are in the figures."""
        return self.figures.sector is not None

    @property
    def unit(self) -> str:
        """Unit of the first figures: megatonnes from one on, which is as fine as they are known."""
        return "Mt" if self.figures.whole.total >= _MEGATONNE else "t"

    def _headline(self, kilograms: float) -> str:
        return self.words.significant(kilograms / _MEGATONNE, 3) if self.unit == "Mt" else self.words.tonnes(kilograms)

    @property
    def total(self) -> str:
        """Total [``unit``]."""
        whole = self.figures.whole
        return self._withheld if whole.is_withheld else self._headline(whole.total)

    @property
    def bounds(self) -> tuple[str, str] | None:
        """Bounds of the total [``unit``]; None where they are withheld or unknown."""
        whole = self.figures.whole
        if whole.is_withheld or np.isnan(whole.low):
            return None
        return self._headline(whole.low), self._headline(whole.high)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Reported and estimated parts of the total [``unit``]; none without a register."""
        whole = self.figures.whole
        if self.figures.sector is None or whole.is_withheld:
            return []
        return [
            (self.words.say(mark("reported")), self._headline(whole.reported)),
            (self.words.say(mark("estimated")), self._headline(whole.estimated)),
        ]

    @property
    def largest(self) -> list[tuple[str, str, str, float]]:
        """The three largest posts that are shown: name, share, amount, share as a number."""
        whole = self.figures.whole
        if whole.is_withheld or whole.total <= 0:
            return []
        shown = [part for part in self.figures.posts if not part.is_withheld and part.total > 0]
        largest = sorted(shown, key=lambda part: -part.total)[:_LARGEST]
        names = self._post_names(largest)
        return [
            (
                name,
                self.words.percent(part.total / whole.total),
                self.words.tonnes(part.total),
                part.total / whole.total,
            )
            for name, part in zip(names, largest, strict=True)
        ]

    @property
    def reporting(self) -> list[str]:
        """Who reported, in sentences."""
        figures, words, said = self.figures, self.words, []
        documents = figures.documents
        entities = len(
            {entity for entity, here in zip(figures.members.entity, figures.members.reported, strict=True) if here}
        )
        said.append(
            words.say(
                mark("Submissions: {documents}. Legal entities: {entities}."),
                documents=words.number(documents),
                entities=words.number(entities),
            )
        )
        if figures.sector is not None:
            cover = figures.sector.coverage
            said.append(
                words.say(
                    mark("Of {entities} legal entities of the register, {whole} reported in whole and {part} in part."),
                    entities=words.number(cover.entities),
                    whole=words.number(cover.entities_reported),
                    part=words.number(cover.entities_in_part),
                )
            )
            said.append(
                words.say(
                    mark("They have {share} of {size} {per}."),
                    share=words.percent(cover.size_reported / cover.size if cover.size else 0.0),
                    size=words.number(cover.size),
                    per=words.say(PER[figures.per]),
                )
            )
        return said

    @cached_property
    def steps(self) -> list[Step]:
        """What to do next."""
        return national_steps(self.figures, self.words)

    # regions and posts

    @cached_property
    def regions(self) -> list[dict[str, Any]]:
        """Regions as rows, by name."""
        figures = self.figures
        names = names_of_regions([part.code for part in figures.regions], self.figures.view, self.words)
        rows = []
        for name, part in zip(names, figures.regions, strict=True):
            intensity = self._intensity(part)
            rows.append(
                {
                    "code": part.code,
                    "name": name,
                    "reported": self._amount(part, part.reported),
                    "estimated": self._amount(part, part.estimated),
                    "total": self._amount(part, part.total),
                    "interval": self._bounds(part),
                    "intensity": "" if intensity is None else self.words.significant(intensity / 1000, 3),
                    "reporting": f"{self.words.number(part.reporting)} / {self.words.number(part.of)}"
                    if self.is_whole
                    else self.words.number(part.reporting),
                }
            )
        return _by_name(rows)

    def _intensity(self, part: Part) -> float | None:
        """What a region emits per unit of size [kg CO2e]; None where it is not shown or known."""
        size = self.figures.sizes.get(part.code)
        return None if part.is_withheld or size is None or np.isnan(part.total) else part.total / size

    @property
    def per(self) -> str:
        """One unit of the size that intensities are by."""
        return self.words.say(_ONE[self.figures.per])

    @property
    def sizes(self) -> str:
        """Units of that size."""
        return self.words.say(PER[self.figures.per])

    @cached_property
    def _classes(self) -> list[float]:
        """Upper bounds of the classes of intensity, the last one aside; none where there are too few regions."""
        known = sorted(value for part in self.figures.regions if part.code and (value := self._intensity(part)))
        if len(known) < _CLASSES:
            return []
        return [float(bound) for bound in np.quantile(known, np.arange(1, _CLASSES) / _CLASSES)]

    @property
    def class_words(self) -> list[str]:
        """Words of each class of the map, the lightest first."""
        bounds = [self.words.significant(bound / 1000, 3) for bound in self._classes]
        if not bounds:
            return []
        unit = self.words.say(mark("t CO2e / {per}"), per=self.per)
        between = [f"{low} – {high}" for low, high in pairwise(bounds)]
        return [f"{text} {unit}" for text in (f"< {bounds[0]}", *between, f"≥ {bounds[-1]}")]

    @property
    def tiles(self) -> list[RegionTile]:
        """Regions as tiles; those of which nothing is known have theirs too."""
        from decarb.report.html.charts.regions import places

        parts = {part.code: part for part in self.figures.regions}
        of_code = {row["code"]: (row, parts[row["code"]]) for row in self.regions}
        codes = [code for code in dict.fromkeys((*places(()), *of_code)) if code]
        names = names_of_regions(codes, self.figures.view, self.words)
        tiles = []
        for code, name in zip(codes, names, strict=True):
            if code not in of_code:
                tiles.append(RegionTile(code, name, "–", "", None))
                continue
            row, part = of_code[code]
            intensity = self._intensity(part)
            is_blank = part.is_withheld or np.isnan(part.total)
            shown = row["total"] if is_blank else self._short(part.total)
            tiles.append(RegionTile(code, name, shown, row["reporting"], None if is_blank else self._shade(intensity)))
        return tiles

    def _shade(self, intensity: float | None) -> int | None:
        """Class of a region; None where its size is not known and others have a class."""
        if not self._classes:
            return 0
        return None if intensity is None else int(np.searchsorted(self._classes, intensity, side="right"))

    def _short(self, kilograms: float) -> str:
        """Amount that fits on a tile: in the same unit on all of them."""
        known = [part.total for part in self.figures.regions if not part.is_withheld and not np.isnan(part.total)]
        scale, unit = (1e6, "kt") if max(known, default=0.0) >= _KILOTONNES else (1e3, "t")
        return f"{self.words.significant(kilograms / scale, 3)} {unit}"

    @property
    def posts(self) -> list[dict[str, str]]:
        """Posts as rows."""
        parts = self.figures.posts
        return [
            {
                "name": name,
                "reported": self._amount(part, part.reported),
                "estimated": self._amount(part, part.estimated),
                "total": self._amount(part, part.total),
                "interval": self._bounds(part),
                "reporting": f"{self.words.number(part.reporting)} / {self.words.number(part.of)}",
            }
            for name, part in zip(self._post_names(parts), parts, strict=True)
        ]

    @property
    def post_bars(self) -> list[Bar]:
        """Posts that are shown, as bars."""
        parts = [part for part in self.figures.posts if not part.is_withheld and not np.isnan(part.total)]
        return [
            Bar(name, part.total, f"{self.words.tonnes(part.total)} t", *self._whisker(part))
            for name, part in zip(self._post_names(parts), parts, strict=True)
        ]

    def _whisker(self, part: Part) -> tuple[float | None, float | None]:
        return (None, None) if np.isnan(part.low) else (part.low, part.high)

    def _post_names(self, parts: Sequence[Part]) -> list[str]:
        return names_of("post", [part.code for part in parts], self.figures.view, self.words)

    def _amount(self, part: Part, amount: float) -> str:
        if part.is_withheld:
            return self._withheld
        return "–" if np.isnan(amount) else self.words.tonnes(amount)

    def _bounds(self, part: Part) -> str:
        if part.is_withheld or np.isnan(part.low):
            return ""
        return self.words.bounds_in_tonnes(part.low, part.high)

    # who reported

    @cached_property
    def coverage(self) -> list[dict[str, Any]]:
        """Regions with who is expected and who reported, all of them last; none without a register."""
        found = self.figures.turnout
        if found is None:
            return []
        rows = [*found.rows("region"), found.total]
        names = names_of_regions([row.group for row in rows[:-1]], self.figures.view, self.words)
        number = self.words.number
        shown = [
            {
                "name": name,
                "expected": number(row.expected),
                "received": number(row.received),
                "in_part": number(row.in_part),
                "late": number(row.late),
                "refused": number(row.refused),
                "bound": number(row.bound),
                "share": (row.received + row.in_part) / row.expected,
                "beds": self.words.percent(row.beds_reported / row.beds) if row.beds else "–",
            }
            for name, row in zip([*names, self.words.say(mark("TOTAL"))], rows, strict=True)
        ]
        return [*_by_name(shown[:-1]), shown[-1]]

    @property
    def coverage_bars(self) -> list[tuple[str, float, str]]:
        """Shares of regions that reported."""
        if self.coverage:
            return [(row["name"], row["share"], self.words.percent(row["share"])) for row in self.coverage[:-1]]
        if not self.is_whole:
            return []
        parts = {part.code: part for part in self.figures.regions}
        shares = [(row["name"], parts[row["code"]].reporting / parts[row["code"]].of) for row in self.regions]
        return [(name, share, self.words.percent(share)) for name, share in shares]

    @property
    def flows(self) -> str:
        """What became of shared services, in a sentence; blank where none was declared."""
        flows = self.figures.shared.flows
        if not flows:
            return ""
        if self.figures.is_gross:
            return self.words.say(
                mark("Shared services: {count} were declared; each is counted by its provider and by its recipient."),
                count=self.words.number(len(flows)),
            )
        return self.words.say(
            mark("Shared services: {count} were declared, {netted} of which are counted once, by their provider."),
            count=self.words.number(len(flows)),
            netted=self.words.number(sum(flow.is_netted for flow in flows)),
        )

    # those who did not report

    @property
    def strata(self) -> list[dict[str, str]]:
        """Strata in which somebody is missing."""
        sector = self.figures.sector
        if sector is None:
            return []
        rows = []
        for number, stratum in enumerate(sector.found.strata):
            if stratum.size_missing:
                hidden = sector.withheld is not None and bool(sector.withheld.strata[number])
                rows.append(
                    {
                        "name": self._stratum_name(stratum.name),
                        "reported": f"{self.words.number(stratum.respondents)} / {self.words.number(stratum.units)}",
                        "missing": self.words.number(stratum.size_missing),
                        "ratio": self._withheld if hidden else self.words.significant(stratum.ratio / 1000, 3),
                        "estimated": "" if hidden else self.words.tonnes(stratum.estimated),
                    }
                )
        return rows

    def _stratum_name(self, name: str) -> str:
        """Category, legal status and size of a stratum in words; of several that were joined, of each."""
        said = []
        for one in name.split(" + "):
            category, *others = one.split(" / ")
            if len(others) != 2:
                return name
            status, size = others
            said += [
                [
                    *names_of("category", [category], self.figures.view, self.words),
                    *names_of("legal_status", [status], self.figures.view, self.words),
                    size,
                ]
            ]
        return " + ".join(" / ".join(parts) for parts in said)

    @property
    def scenarios(self) -> list[tuple[str, str, str]]:
        """Total if those missing are unlike those who reported; none where the total is withheld."""
        sector = self.figures.sector
        if sector is None or self.figures.whole.is_withheld:
            return []
        return [
            (
                self.words.say(
                    mark("{times} times what their like do"), times=self.words.significant(scenario.multiplier, 3)
                ),
                self.words.tonnes(scenario.total),
                self.words.bounds_in_tonnes(scenario.low, scenario.high),
            )
            for scenario in sector.sensitivity.scenarios
        ]

    # how they differ, years and climate

    @cached_property
    def differences(self) -> DifferencesSection:
        """How establishments differ in what they emit per bed."""
        return DifferencesSection(self.figures, self.words)

    @cached_property
    def climate(self) -> ClimateSection:
        """How ready for the climate they are."""
        return ClimateSection(self.figures, self.words)

    @cached_property
    def roadmap(self) -> RoadmapSection | None:
        """The years against the roadmap."""
        return roadmap_section(self.figures, self.words)

    # what the figures are not, and what they rest on

    @property
    def limits(self) -> list[str]:
        """What is to be known before a figure is quoted."""
        say, said = self.words.say, []
        if self.figures.sector is not None:
            said.append(say(mark("Response is assumed ignorable within a stratum: nothing in the data can check it.")))
        said.append(
            say(
                mark(
                    "Scope 3 of one establishment is in part scope 1 of another: the sum is not the footprint of the "
                    "health system, and is never set equal to the 49 Mt of the 2023 report, which covers town care too."
                )
            )
        )
        if self.figures.is_secret:
            said.append(
                say(
                    mark(
                        "Withheld: figures of fewer than {fewest} legal entities, or of which one has more than "
                        "{share}, and those that they would follow from. A withheld figure is neither zero nor unknown."
                    ),
                    fewest=FEWEST_ENTITIES,
                    share=self.words.percent(LARGEST_SHARE),
                )
            )
        else:
            said.append(say(mark("Statistical secrecy is not applied: not to be published.")))
        return said

    @property
    def provenance(self) -> list[tuple[str, str, str]]:
        """What the figures can be made again from."""
        say, footprint = self.words.say, self.figures.footprint
        catalogue = self.figures.checklist.catalogue
        lines = len(footprint.inventory)
        return [
            (say(mark("Engine")), f"decarb {__version__}", ""),
            (say(mark("Factor library")), say(mark("sha256 of its rows")), footprint.library.digest),
            (say(mark("GWP set")), footprint.binding.gwp_set, ""),
            (say(mark("View")), say(VIEW_TITLES[self.figures.view]), ""),
            (say(mark("Lines")), self.words.number(lines), ""),
            (say(mark("Adaptation catalogue")), catalogue.version, catalogue.digest),
        ]


def _by_name(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows by their names, accents and case aside."""
    return sorted(rows, key=lambda row: fold(row["name"]))
