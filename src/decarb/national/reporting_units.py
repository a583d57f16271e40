"""Who reported and who did not: the sites of the frame as units of response, each in exactly one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, RefusedEstimationError
from decarb.national.frame import Frame
from decarb.national.nomenclatures import status_groups

Float64s = NDArray[np.float64]


_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class ReportingUnits:
    """Units of response: what one report covers, or what could report and did not.

    Attributes
    ----------
    names
        FINESS number: of the legal entity where the unit is all of it, else of its largest site.
    category, status
        FINESS category of the largest site, group of the legal status; blank where unsaid.
    size : array of shape (units,) [unit of the denominator]
        X of the method; nan where it is unknown.
    report : array of shape (units,)
        Position of the report of each unit; -1 where there is none.
    sites
        Positions in the frame; empty where no frame was asked.
    strangers
        Warning of what was left out: reports, or parts of them, of nobody in the frame; blank where nothing was.
    """

    names: tuple[str, ...]
    category: tuple[str, ...]
    status: tuple[str, ...]
    size: Float64s
    report: NDArray[np.int64]
    sites: tuple[tuple[int, ...], ...] = ()
    strangers: tuple[Problem, ...] = ()

    @property
    def responded(self) -> NDArray[np.bool_]:
        """Whether each unit reported, of shape (units,)."""
        return np.asarray(self.report >= 0)

    def __len__(self) -> int:
        """How many units there are."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the frame reported.

    ``size_reported`` of ``size`` is in the unit of the denominator; ``entities_reported`` legal entities reported all
    their sites, ``entities_in_part`` some, of ``entities``.
    """

    size_reported: float
    size: float
    sites_reported: int
    sites: int
    entities_reported: int
    entities_in_part: int
    entities: int


def covered_by(identity: Mapping[str, Any], sites: Iterable[Mapping[str, Any]] = ()) -> tuple[str, ...]:
    """FINESS numbers that a document reports for: those of its sites, else its own site, else its legal entity.

    Parameters
    ----------
    identity, sites
        ``establishment`` and ``sites`` of an inventory.
    """
    own = identity.get("finess_et", "")
    of_sites = [site["finess_et"] for site in sites if site.get("finess_et")]
    if of_sites:
        return tuple(dict.fromkeys((*([own] if own else []), *of_sites)))
    return (own,) if own else ((identity["finess_ej"],) if identity.get("finess_ej") else ())


def reporting_units(
    frame: Frame,
    reports: Sequence[Sequence[str]],
    denominator: str,
    *,
    files: Sequence[str] = (),
    leave_strangers_out: bool = False,
) -> ReportingUnits:
    """Part the sites of a frame into what each report covers, and what nobody reported.

    Sites without a report are one unit for each legal entity: what is left of it where some of its sites reported.

    Parameters
    ----------
    reports
        FINESS numbers of sites or of legal entities that each report covers (``covered_by``).
    denominator
        One of ``DENOMINATORS``.
    files
        Of each report, to name it by; none by default.
    leave_strangers_out
        Leave numbers that the frame does not have out, and reports that have no others, instead of refusing them.

    Raises
    ------
    RefusedEstimationError
        By name, where a report is of nobody in the frame, or two are of one site.
    """
    if denominator not in frame.denominators:
        raise ValueError(f"denominator is {denominator!r}; expected one of {', '.join(frame.denominators)}")
    covering, strangers = _covering(frame, reports, files or [""] * len(reports), is_lenient=leave_strangers_out)
    groups: dict[tuple[str, int], list[int]] = {}
    for site, report in enumerate(covering.tolist()):
        key = ("", report) if report >= 0 else (frame.finess_ej[site], -1)
        groups.setdefault(key, []).append(site)
    whole: dict[str, int] = {}
    for entity in frame.finess_ej:
        whole[entity] = whole.get(entity, 0) + 1
    sizes = frame.denominators[denominator]
    of_status = status_groups()
    names, category, status, size, rows = [], [], [], [], []
    for (_, report), members in groups.items():
        known = sizes[members]
        largest = members[int(np.argmax(np.nan_to_num(known, nan=-1.0)))]
        entity = frame.finess_ej[largest]
        is_whole = len(members) == whole[entity] and len({frame.finess_ej[site] for site in members}) == 1
        names.append(entity if is_whole else frame.finess_et[largest])
        category.append(frame.category[largest])
        status.append(of_status.get(frame.legal_status[largest], ""))
        # a site of unknown size among known ones: the unit's would be too small, and nobody would see it
        size.append(float(known.sum()))
        rows.append(report)
    return ReportingUnits(
        tuple(names),
        tuple(category),
        tuple(status),
        np.array(size),
        np.array(rows, dtype=np.int64),
        tuple(map(tuple, groups.values())),
        strangers,
    )


def sites_by_number(frame: Frame) -> dict[str, tuple[int, ...]]:
    """Positions in the frame of the site, or of the sites of the legal entity, that each FINESS number is of."""
    of_entity: dict[str, list[int]] = {}
    for position, number in enumerate(frame.finess_ej):
        of_entity.setdefault(number, []).append(position)
    of_site = {number: (position,) for position, number in enumerate(frame.finess_et)}
    return {number: tuple(positions) for number, positions in of_entity.items()} | of_site


def _covering(
    frame: Frame, reports: Sequence[Sequence[str]], files: Sequence[str], *, is_lenient: bool
) -> tuple[NDArray[np.int64], tuple[Problem, ...]]:
    """Report of each site, -1 where there is none; warnings of what is of nobody in the frame."""
    of_number = sites_by_number(frame)
    covering = np.full(len(frame), -1, dtype=np.int64)
    problems = []
    for report, (numbers, file) in enumerate(zip(reports, files, strict=True)):
        found: dict[int, None] = {}
        for number in numbers:
            if number not in of_number:
                problems.append(Problem("estimation-not-in-frame", {"value": number}, file=file))
            found.update(dict.fromkeys(of_number.get(number, ())))
        if not numbers:
            problems.append(Problem("estimation-report-unnamed", {"value": report + 1}, file=file))
        for site in found:
            if covering[site] >= 0:
                both = [", ".join(reports[covering[site]]), ", ".join(numbers)]
                what = {"value": frame.finess_et[site], "choices": both}
                problems.append(Problem("estimation-site-twice", what, file=file))
            covering[site] = report
    strangers = [problem for problem in problems if is_lenient and problem.code != "estimation-site-twice"]
    if len(problems) > len(strangers):
        raise RefusedEstimationError([problem for problem in problems if problem not in strangers])
    return covering, tuple(_left_out(strangers))


def _left_out(strangers: Sequence[Problem]) -> Iterator[Problem]:
    """One warning of all that is of nobody in the frame; ``turnout`` names them one by one."""
    if strangers:
        numbers = [str(one.parameters["value"]) for one in strangers if one.code == "estimation-not-in-frame"]
        unnamed = len(strangers) - len(numbers)
        what = {"count": len(numbers), "known": numbers[:_MOST_NAMED], "documents": unnamed}
        yield Problem("estimation-strangers-left-out", what, severity="warning")


def coverage(frame: Frame, units: ReportingUnits) -> Coverage:
    """How much of the denominator, how many sites and how many legal entities reported."""
    has_report = np.zeros(len(frame), dtype=np.bool_)
    for unit, sites in enumerate(units.sites):
        has_report[list(sites)] = units.responded[unit]
    entities, of_site = np.unique(np.array(frame.finess_ej, dtype=np.str_), return_inverse=True)
    share = np.bincount(of_site, has_report) / np.bincount(of_site)
    return Coverage(
        float(np.nansum(units.size[units.responded])),
        float(np.nansum(units.size)),
        int(has_report.sum()),
        len(frame),
        int(np.count_nonzero(share == 1)),
        int(np.count_nonzero((share > 0) & (share < 1))),
        len(entities),
    )
