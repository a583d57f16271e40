"""The figures of a whole sector in a year: what ``estimate`` makes of reports and a register, and what may be shown."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from decarb.errors import InvalidFrameError, Problem, UsageError
from decarb.factors.importers.delimited import decimal_number
from decarb.footprint import Footprint
from decarb.national.calibration import Margin, estimate_calibrated
from decarb.national.estimation import Estimate, estimate
from decarb.national.files import read_frame_columns
from decarb.national.frame import Frame
from decarb.national.frame_csv import DENOMINATORS
from decarb.national.members import GROUPINGS, Members, members_of, year_to_show
from decarb.national.outliers import Outlier, outliers
from decarb.national.reporting_units import Coverage, ReportingUnits, coverage, reporting_units
from decarb.national.secrecy import withheld_parts
from decarb.national.sensitivity import Sensitivity, sensitivity
from decarb.national.shared_error import reports_of, shared_error, values_by_post
from decarb.national.sharing import Flow, net_shared_services
from decarb.national.strata import stratify

Float64s = NDArray[np.float64]
Bools = NDArray[np.bool_]

_OF_MARGINS = tuple(name for name in GROUPINGS if name != "size")
"""What sizes may be known by."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is not shown of each post and of the total, of each stratum, and of each group."""

    posts: Bools
    strata: Bools
    groups: Bools


@dataclass(frozen=True, slots=True)
class SectorEstimate:
    """The figures of a sector.

    Attributes
    ----------
    year, view
    per
        Denominator: one of ``DENOMINATORS``.
    by
        What ``found.groups`` are: one of ``GROUPINGS``; blank where none was asked for.
    found
    as_zero
        Total if what reports leave out were zero [kg CO2e]: where they say nothing, it is between the two at least.
    coverage
    outliers
        To be reviewed; of single establishments, and so not to be published.
    sensitivity
    withheld
        None where secrecy is not applied.
    flows
        Shared services that were declared for the year, and what became of each; empty where nothing was to be netted.
    strangers
        Documents, or parts of them, of nobody in the frame, that were left out; each as a warning.
    warnings
        These, and what is to be known of the estimate and of shared services.
    """

    year: int
    view: str
    per: str
    by: str
    found: Estimate
    as_zero: float
    coverage: Coverage
    outliers: tuple[Outlier, ...]
    sensitivity: Sensitivity
    withheld: Withheld | None
    flows: tuple[Flow, ...]
    strangers: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def estimate_sector(
    footprint: Footprint,
    frame: Frame,
    *,
    year: int | None = None,
    per: str = "beds",
    by: str = "",
    view_name: str = "beges",
    unlike: Iterable[str] = (),
    margins: Sequence[Path] = (),
    secrecy: bool = True,
    public: Collection[str] = (),
    gross: bool = False,
    leave_strangers_out: bool = False,
) -> SectorEstimate:
    """Estimate the sector that a frame lists from the documents of a year.

    Parameters
    ----------
    per
        Denominator that emissions of those who did not report are in proportion to: one of ``DENOMINATORS``.
    by
        One of ``GROUPINGS``, whose groups are wanted too.
    unlike
        FINESS numbers of respondents that were reviewed and found right, and like no other.
    margins
        Files of known sizes of groups (``read_margin``); with them there are no groups.
    public
        Legal entities whose figures are public by law.
    gross
        Take the reports as they are: shared services that both their provider and their recipient report count twice.
        They are netted otherwise, also those of providers that did not report, for whom the estimate stands.
    leave_strangers_out
        As ``reporting_units`` has it.

    Raises
    ------
    UsageError, InvalidFrameError, RefusedEstimationError
        By name, as the parts of it do.
    """
    _check(per, by, margins)
    flows: tuple[Flow, ...] = ()
    doubts: tuple[Problem, ...] = ()
    if not gross:
        shared = net_shared_services(footprint, frozenset((*frame.finess_et, *frame.finess_ej)))
        chosen = year_to_show(footprint, year)
        flows = tuple(flow for flow in shared.flows if flow.year == chosen)
        footprint, doubts = shared.net, shared.problems(chosen)
    members = members_of(footprint, year, frame, leave_strangers_out=leave_strangers_out)
    units = _units(footprint, frame, members, per)
    posts, values = values_by_post(footprint, view_name)
    errors = shared_error(footprint, units, view_name)
    apart = frozenset(unlike)
    known = [read_margin(path, members) for path in margins]
    groups = members.groups[by] if by else None

    def made(of: Float64s) -> Estimate:
        if known:
            return estimate_calibrated(units, of, posts, known, shared=errors, unlike=apart)
        return estimate(units, of, posts, shared=errors, unlike=apart, groups=groups)

    found = made(values)
    as_zero = estimate(units, np.nan_to_num(values), posts, unlike=apart) if np.isnan(values).any() else found
    strata = stratify(units, unlike=apart)
    return SectorEstimate(
        members.year,
        view_name,
        per,
        by,
        found,
        float(as_zero.total[-1]),
        coverage(frame, units),
        outliers(units, values, strata),
        sensitivity(found),
        _withheld(found, members, strata.of_unit, groups, frozenset(public)) if secrecy else None,
        flows,
        members.strangers,
        (*members.strangers, *doubts, *found.warnings),
    )


def _check(per: str, by: str, margins: Sequence[Path]) -> None:
    problems = []
    if per not in DENOMINATORS:
        problems.append(Problem("estimation-denominator", {"value": per, "known": list(DENOMINATORS)}))
    if by and by not in GROUPINGS:
        problems.append(Problem("national-dimension", {"value": by, "known": list(GROUPINGS)}))
    if by and margins:
        problems.append(Problem("estimation-groups-and-margins", {"value": by}))
    if problems:
        raise UsageError(problems)


def _units(footprint: Footprint, frame: Frame, members: Members, per: str) -> ReportingUnits:
    """Units of the frame with the reports of the year, numbered as the footprint has its documents."""
    documents = sorted(members.document[members.reported].tolist())
    reports = reports_of(footprint)
    # what the frame does not know was refused, or left out, where the members were told
    units = reporting_units(frame, [reports[document] for document in documents], per, leave_strangers_out=True)
    return replace(units, report=np.array([*documents, -1], dtype=np.int64)[units.report])


def read_margin(path: Path, members: Members) -> Margin:
    """Known sizes of the groups of a dimension: a CSV of ``region``, ``category``, ... and ``size``.

    Raises
    ------
    InvalidFrameError
        If it cannot be read, has not these columns, a size is no number, or a group stands twice.
    """
    table = read_frame_columns(path, (), (*_OF_MARGINS, "size"))
    names = [name for name in _OF_MARGINS if any(table[name])]
    if len(names) != 1 or not any(table["size"]):
        raise InvalidFrameError([Problem("margin-columns", {"known": list(_OF_MARGINS)}, file=str(path))])
    sizes: dict[str, float] = {}
    problems = []
    for row, group, size in zip(table.numbers, table[names[0]], table["size"], strict=True):
        number, name = decimal_number(size), group.strip()
        if not number or float(number) < 0:
            problems.append(Problem("margin-size", {"value": size}, file=str(path), pointer=f"row {row}"))
        elif name in sizes:
            problems.append(Problem("margin-twice", {"value": name}, file=str(path), pointer=f"row {row}"))
        else:
            sizes[name] = float(number)
    if problems:
        raise InvalidFrameError(problems)
    return Margin(names[0], members.groups[names[0]], sizes)


def _withheld(
    found: Estimate,
    members: Members,
    stratum: NDArray[np.int64],
    groups: Sequence[str] | None,
    public: frozenset[str],
) -> Withheld:
    """Figures of too few: of what was reported, and of those whom what is estimated rests on."""

    def parts(part: NDArray[np.int64], own: Float64s, given: Float64s, count: int) -> Bools:
        """Withhold parts; `part`, `own` and `given` are of shape (units, ...)."""
        whose = np.broadcast_to(np.array(members.entity, dtype=np.str_)[:, None], own.shape).ravel().tolist()
        part = np.broadcast_to(part, own.shape).ravel()
        return withheld_parts(part, whose, (own.ravel(), given.ravel()), count, public)

    count = len(found.posts) - 1
    posts = parts(np.arange(count), found.own[:, :-1], found.given[:, :-1], count)
    strata = parts(stratum[:, None], found.own[:, -1:], found.given[:, -1:], len(found.strata))
    strata = _two_of_those_missing(strata, found)
    of_groups = np.zeros(1, dtype=np.bool_)
    if groups is not None:
        names = np.array([group.name for group in found.groups], dtype=np.str_)
        own = np.where(np.array(groups, dtype=np.str_)[:, None] == names, found.own[:, -1:], 0.0)
        given = np.column_stack([group.given for group in found.groups])
        of_groups = parts(np.arange(len(names)), own, given, len(names))
    return Withheld(posts, strata[:-1], of_groups[:-1])


def _two_of_those_missing(withheld: Bools, found: Estimate) -> Bools:
    """Withhold a second stratum in which somebody is missing, where one alone is withheld.

    What is estimated of one alone follows from the total: so does its ratio, by that what its respondents reported, and
    by that what those of a withheld stratum in which nobody is missing did.
    """
    is_missing = np.array([stratum.estimated != 0 for stratum in found.strata], dtype=np.bool_)
    others = [number for number in np.flatnonzero(is_missing).tolist() if not withheld[number]]
    if np.count_nonzero(withheld[:-1] & is_missing) != 1 or not others:
        return withheld
    closed = withheld.copy()
    closed[min(others, key=lambda number: found.strata[number].estimated)] = True
    return closed
