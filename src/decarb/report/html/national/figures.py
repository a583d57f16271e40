"""What the national report shows, computed once for both languages [kg CO2e]."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from decarb.adaptation import Checklist, evaluate
from decarb.errors import Problem, RefusedRoadmapError, UsageError
from decarb.footprint import Footprint
from decarb.footprint.restricting import restrict
from decarb.national.aggregating import aggregate
from decarb.national.distribution import Distribution, distribution
from decarb.national.frame import Frame
from decarb.national.members import Members, members_of
from decarb.national.readiness import Readiness, readiness
from decarb.national.reporting_units import covered_by
from decarb.national.roadmap import Roadmap, roadmap
from decarb.national.secrecy import Published, as_it_is, publish
from decarb.national.sector import SectorEstimate, estimate_sector
from decarb.national.sharing import Netted, net_shared_services
from decarb.national.store import Ledger
from decarb.national.turnout import Turnout, turnout

Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """The whole, or one region or post of it [kg CO2e].

    Attributes
    ----------
    code
        Blank of the whole, and of what nobody says.
    reported, estimated, low, high
        ``estimated`` is nan without a register, and where too few report the post; ``low`` and ``high`` are 95 %
        bounds of both together, nan where nothing is known.
    reporting, of
        Of a region units that reported, of the whole and of a post reports that cover it; of how many.
    is_withheld
        Whether no figure of it may be shown.
    """

    code: str
    reported: float
    estimated: float
    low: float
    high: float
    reporting: int
    of: int
    is_withheld: bool

    @property
    def total(self) -> float:
        """Reported and estimated; what was reported alone where nothing was estimated."""
        return self.reported + (0.0 if np.isnan(self.estimated) else self.estimated)


@dataclass(frozen=True, slots=True)
class NationalFigures:
    """Everything that both editions of a national report are written from.

    Attributes
    ----------
    footprint
        Of the documents of the year, with what shared services count twice netted.
    whole, regions, posts
        Of the sector where there is a register, else of what was reported.
    sizes
        Size of each region in the unit of `per`; absent where it is not known.
    per
        One of ``DENOMINATORS``.
    sector
        None without a register.
    turnout
        None without a register, or without a store.
    refused
        Entities of which a submission was refused, and nothing counts; None without a store.
    by_category, by_size
    roadmap
        None where no earlier year was submitted, or `roadmap_problems` say why they cannot be compared.
    readiness, checklist
    shared
    is_secret
        Whether statistical secrecy is applied.
    """

    year: int
    view: str
    footprint: Footprint
    members: Members
    whole: Part
    regions: Sequence[Part]
    posts: Sequence[Part]
    sizes: Mapping[str, float]
    per: str
    sector: SectorEstimate | None
    turnout: Turnout | None
    refused: int | None
    by_category: Distribution
    by_size: Distribution
    roadmap: Roadmap | None
    roadmap_problems: Sequence[Problem]
    readiness: Readiness
    checklist: Checklist
    shared: Netted
    is_secret: bool

    @property
    def documents(self) -> int:
        """Documents that count: those of nobody in the register aside."""
        return len(np.unique(self.members.document[self.members.reported]))

    @property
    def is_gross(self) -> bool:
        """Whether shared services are counted by their provider and by their recipients."""
        return self.footprint is not self.shared.net

    @property
    def is_partial(self) -> bool:
        """Whether refused lines, or documents of nobody in the register, are left out."""
        return self.footprint.is_partial or bool(self.members.strangers)


@dataclass(frozen=True, slots=True)
class NationalRequest:
    """How a national report is made.

    Attributes
    ----------
    year
        Which of the years is reported.
    first, last
        Base year of the roadmap, the earliest one by default, and the year of its target.
    per
        Denominator of the estimate.
    partial
        Leave documents of nobody in the register out instead of refusing them.
    public
        FINESS numbers of legal entities whose figures are public by law.
    today
        Day that ages of answers to the adaptation checklist are counted to; the day of the computer by default.
    """

    year: int
    first: int | None = None
    last: int = 2030
    per: str = "beds"
    view: str = "beges"
    gross: bool = False
    partial: bool = False
    secrecy: bool = True
    public: Collection[str] = ()
    today: date | None = None


def gather_nation(
    years: Mapping[int, Footprint],
    request: NationalRequest,
    frame: Frame | None = None,
    ledger: Ledger | None = None,
) -> NationalFigures:
    """Figures of a year of submissions.

    Parameters
    ----------
    years
        Footprints by year (``by_year``), the one reported among them.
    frame
        The register of the sector: what is missing is estimated then.
    ledger
        Of the store that the submissions are in.

    Raises
    ------
    UsageError, RefusedEstimationError
        As ``aggregate`` and ``estimate_sector`` do; and if the target year is before the one reported.
    RefusedRoadmapError
        If a base year was asked for and the years cannot be compared.
    """
    if request.last < request.year:
        what = {"value": request.last, "year": request.year}
        raise UsageError([Problem("national-target-before", what)])
    gross = years[request.year]
    shared = net_shared_services(gross, _numbers(frame))
    footprint = gross if request.gross else shared.net
    members = members_of(footprint, request.year, frame, leave_strangers_out=request.partial)
    if frame is None:
        sector, (whole, regions, posts) = None, _reported(footprint, request)
    else:
        sector = estimate_sector(
            gross,
            frame,
            year=request.year,
            per=request.per,
            by="region",
            view_name=request.view,
            secrecy=request.secrecy,
            public=request.public,
            gross=request.gross,
            leave_strangers_out=request.partial,
        )
        whole, regions, posts = _estimated(sector)
    checklist = evaluate(footprint.inventory, library=footprint.library, today=request.today, partial=True)
    place = {int(document): member for member, document in enumerate(members.document.tolist()) if document >= 0}
    of_document = [place.get(document) for document in range(len(footprint.inventory.establishments))]
    found, problems = _roadmap(years, request, _numbers(frame) if members.from_frame and request.partial else None)
    return NationalFigures(
        request.year,
        request.view,
        footprint,
        members,
        whole,
        regions,
        posts,
        _sizes(members, frame, request.per),
        request.per if frame is not None else "beds",
        sector,
        turnout(ledger, frame, request.year) if ledger is not None and frame is not None else None,
        None if ledger is None else _refused(ledger, request.year),
        distribution(footprint, members, "category", view_name=request.view),
        distribution(footprint, members, "size", view_name=request.view),
        found,
        problems,
        readiness(
            checklist,
            [None if member is None else members.groups["region"][member] for member in of_document],
            ["" if member is None else members.entity[member] for member in of_document],
            secrecy=request.secrecy,
            public=request.public,
        ),
        checklist,
        shared,
        request.secrecy,
    )


def _numbers(frame: Frame | None) -> frozenset[str]:
    """FINESS numbers of everybody whose emissions are in the total, reported or estimated."""
    return frozenset() if frame is None else frozenset((*frame.finess_et, *frame.finess_ej))


def _refused(ledger: Ledger, year: int) -> int:
    """Entities of which a submission of the year was refused, and nothing counts."""
    heard = {one.entity for one in ledger.current(year)}
    return len({one.entity for one in ledger.submissions if one.year == year and one.verdict == "refused"} - heard)


def _estimated(sector: SectorEstimate) -> tuple[Part, list[Part], list[Part]]:
    """Whole, regions and posts of an estimated sector."""
    found, withheld = sector.found, sector.withheld
    nothing = np.zeros(max(len(found.posts), len(found.groups)), dtype=np.bool_)
    of_posts, of_groups = (withheld.posts, withheld.groups) if withheld is not None else (nothing, nothing)
    posts = [
        Part(
            name if number < len(found.posts) - 1 else "",
            float(found.reported[number]),
            float(found.estimated[number]),
            float(found.low[number]),
            float(found.high[number]),
            int(found.covering[number]),
            found.units_reported,
            bool(of_posts[number]),
        )
        for number, name in enumerate(found.posts)
    ]
    regions = [
        Part(
            group.name,
            group.reported,
            group.estimated,
            group.low,
            group.high,
            group.units_reported,
            group.units,
            bool(of_groups[number] or of_posts[-1]),
        )
        for number, group in enumerate(found.groups)
    ]
    return posts[-1], regions, posts[:-1]


def _reported(footprint: Footprint, request: NationalRequest) -> tuple[Part, list[Part], list[Part]]:
    """Whole, regions and posts of what was reported."""
    tables = [aggregate(footprint, (by,), year=request.year, view_name=request.view) for by in ("region", "post")]
    shown = [publish([table], request.public)[0] if request.secrecy else as_it_is(table) for table in tables]
    regions, posts = map(_parts, shown)
    return regions[-1], regions[:-1], posts[:-1]


def _parts(published: Published) -> list[Part]:
    """Rows of a table of one dimension, all of it last."""
    table = published.aggregates
    return [
        Part(
            code,
            float(table.value[number, 0]),
            float("nan"),
            float(table.low[number, 0]),
            float(table.high[number, 0]),
            int(table.entities[number, 0]),
            int(table.entities[-1, 0]),
            bool(published.withheld[number, 0]),
        )
        for number, code in enumerate((*table.rows, ""))
    ]


def _sizes(members: Members, frame: Frame | None, per: str) -> dict[str, float]:
    """Size of each region: of all in the register, else of those who reported; beds as the figures part them."""
    if frame is None or per == "beds":
        region, size = members.groups["region"], members.beds
    else:
        region, size = frame.region, frame.denominators[per]
    sums: dict[str, float] = {}
    for name, value in zip(region, size.tolist(), strict=True):
        sums[name] = sums.get(name, 0.0) + value
    return {name: value for name, value in sums.items() if value > 0}


def _of_register(footprint: Footprint, known: frozenset[str]) -> Footprint | None:
    """What documents of somebody in the register emit; None where there are none."""
    establishments = footprint.inventory.establishments
    is_known = np.array([not known.isdisjoint(covered_by(one.identity, one.sites.values())) for one in establishments])
    return restrict(footprint, is_known) if is_known.any() else None


def _roadmap(
    years: Mapping[int, Footprint], request: NationalRequest, known: frozenset[str] | None
) -> tuple[Roadmap | None, Sequence[Problem]]:
    """Years against the roadmap; why not, where none was asked for and they cannot be compared.

    ``known`` has the FINESS numbers of everybody who counts; None where all do.
    """
    shown = {year: footprint for year, footprint in years.items() if year <= request.year}
    if known is not None:
        among = {year: _of_register(footprint, known) for year, footprint in shown.items()}
        shown = {year: footprint for year, footprint in among.items() if footprint is not None}
    first = min(shown) if request.first is None else request.first
    if first >= request.year and request.first is None:
        return None, ()
    try:
        return roadmap(shown, first, request.last, request.public), ()
    except RefusedRoadmapError as error:
        if request.first is not None:
            raise
        return None, error.problems
