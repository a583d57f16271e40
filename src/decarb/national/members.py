"""Whose documents they are: the legal entity, place, category, status and size of each, by itself or by a frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, UsageError
from decarb.footprint import Footprint
from decarb.inventory import Establishment
from decarb.inventory.head import place_of, region_of_place
from decarb.national.frame import Frame
from decarb.national.nomenclatures import status_groups
from decarb.national.reporting_units import covered_by, reporting_units
from decarb.national.strata import size_class

Float64s = NDArray[np.float64]

GROUPINGS = ("region", "department", "ght", "category", "legal_status", "size")
"""What documents are grouped by: each is of one group."""


@dataclass(frozen=True, slots=True)
class Members:
    """Who reported for a year and, where there is a frame, who did not.

    Attributes
    ----------
    document : array of shape (members,)
        Position of each member's document in the footprint; -1 where it did not report.
    entity
        FINESS number of the legal entity; blank where nobody says it.
    sites : array of shape (members,)
    beds : array of shape (members,)
        nan where unknown.
    groups
        Label of each member in each of ``GROUPINGS``; blank where nobody says it.
    from_frame
        Whether those who did not report are in it.
    strangers
        Warnings of documents, or parts of them, of nobody in the frame: they are no member's.
    """

    year: int
    document: NDArray[np.int64]
    entity: tuple[str, ...]
    sites: NDArray[np.int64]
    beds: Float64s
    groups: Mapping[str, tuple[str, ...]]
    from_frame: bool
    strangers: tuple[Problem, ...] = ()

    @property
    def reported(self) -> NDArray[np.bool_]:
        """Whether each member reported, of shape (members,)."""
        return np.asarray(self.document >= 0)

    def codes(self, name: str, labels: tuple[str, ...]) -> NDArray[np.int64]:
        """Position of each member's label of a grouping among `labels`, of shape (members,)."""
        number = {label: code for code, label in enumerate(labels)}
        return np.array([number[label] for label in self.groups[name]], dtype=np.int64)


def years_of(footprint: Footprint) -> tuple[int, ...]:
    """Years that documents of a footprint are of, ascending."""
    return tuple(sorted({establishment.year for establishment in footprint.inventory.establishments}))


def year_to_show(footprint: Footprint, year: int | None) -> int:
    """Return the year asked for; the only one there is where none is.

    Raises
    ------
    UsageError
        If no document is of it, or several years are there and none is asked for.
    """
    known = years_of(footprint)
    if year is None and len(known) > 1:
        raise UsageError([Problem("national-years", {"known": list(map(str, known))})])
    if year is not None and year not in known:
        raise UsageError([Problem("national-year", {"value": str(year), "known": list(map(str, known))})])
    return known[0] if year is None else year


def members_of(
    footprint: Footprint, year: int | None = None, frame: Frame | None = None, *, leave_strangers_out: bool = False
) -> Members:
    """Members of the sector in a year: the documents, or the units of a frame with the document of each.

    Parameters
    ----------
    year
        Of the documents; it may be left out where all are of one.
    frame
        What it says of a site counts, not what the document does.
    leave_strangers_out
        As ``reporting_units`` has it.

    Raises
    ------
    UsageError
        As ``year_to_show`` says.
    RefusedEstimationError
        As ``reporting_units`` does: a document of nobody in the frame, two documents of one site.
    """
    establishments = footprint.inventory.establishments
    return members_among(establishments, year_to_show(footprint, year), frame, leave_strangers_out=leave_strangers_out)


def members_among(
    establishments: Sequence[Establishment],
    chosen: int,
    frame: Frame | None = None,
    *,
    leave_strangers_out: bool = False,
) -> Members:
    """Members of the sector in a year, by the heads of documents; as ``members_of``."""
    places = [place for place, establishment in enumerate(establishments) if establishment.year == chosen]
    if frame is not None:
        return _of_frame(establishments, chosen, places, frame, is_lenient=leave_strangers_out)
    here = [establishments[place] for place in places]
    placed = [place_of(one, "") for one in here]
    beds = [one.denominators.get("bed", np.nan) for one in here]
    groups = {
        "region": tuple(map(region_of_place, placed)),
        "department": tuple(place.department for place in placed),
        "ght": tuple(one.identity.get("ght", "") for one in here),
        "category": tuple(one.identity.get("category", "") for one in here),
        "legal_status": tuple(status_groups().get(one.identity.get("legal_status", ""), "") for one in here),
        "size": tuple(map(_size, beds)),
    }
    return Members(
        chosen,
        np.array(places, dtype=np.int64),
        tuple(one.identity.get("finess_ej", "") for one in here),
        np.array(list(map(_sites, here)), dtype=np.int64),
        np.array(beds, dtype=np.float64),
        groups,
        from_frame=False,
    )


def _of_frame(
    establishments: Sequence[Establishment], year: int, places: list[int], frame: Frame, *, is_lenient: bool
) -> Members:
    reports = [covered_by(establishments[place].identity, establishments[place].sites.values()) for place in places]
    files = [establishments[place].file for place in places]
    units = reporting_units(frame, reports, "beds", files=files, leave_strangers_out=is_lenient)
    beds = frame.denominators["beds"]
    # the site that ``reporting_units`` takes the category and the status from
    largest = [sites[int(np.argmax(np.nan_to_num(beds[list(sites)], nan=-1.0)))] for sites in units.sites]
    groups = {
        "region": tuple(frame.region[site] for site in largest),
        "department": tuple(frame.department[site] for site in largest),
        "ght": tuple(frame.ght[site] for site in largest),
        "category": units.category,
        "legal_status": units.status,
        "size": tuple(map(_size, units.size.tolist())),
    }
    document = np.array([*places, -1], dtype=np.int64)[units.report]
    sites = np.array(list(map(len, units.sites)), dtype=np.int64)
    return Members(
        year,
        document,
        tuple(frame.finess_ej[site] for site in largest),
        sites,
        units.size,
        groups,
        from_frame=True,
        strangers=units.strangers,
    )


@cache
def _size(beds: float) -> str:
    return "" if np.isnan(beds) else size_class(beds)


def _sites(establishment: Establishment) -> int:
    covered = covered_by(establishment.identity, establishment.sites.values())
    return max(1, len(covered), len(establishment.sites))
