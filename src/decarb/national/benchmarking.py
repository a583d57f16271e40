"""Where one establishment stands among its like: per bed, per stay, per m2, and by post; never another's figures."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, UsageError
from decarb.footprint import Footprint
from decarb.language import mark
from decarb.national.frame import Frame
from decarb.national.members import Members, members_of
from decarb.national.reporting_units import covered_by
from decarb.national.secrecy import FEWEST_ENTITIES, too_few
from decarb.reporting import view

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]

MEASURES = {"bed": mark("per bed"), "stay": mark("per stay"), "m2": mark("per m2")}
"""What totals are divided by."""
ALIKE: tuple[tuple[str, ...], ...] = (("category", "size"), ("category",), ("legal_status", "size"), ("size",), ())
"""What peers share, the most first: the next is taken where too few legal entities share the one before."""
FEWEST_FOR_QUARTILES = 3 * FEWEST_ENTITIES
"""Legal entities from which quartiles are told: each is the mean of three figures, and no figure is in two of them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One figure of an establishment beside those of its peers.

    Attributes
    ----------
    name
        One of ``MEASURES``, or the code of a post.
    own
        Its figure [kg CO2e per unit of the measure, or share of the total]; nan where unknown.
    low, middle, high
        Quartiles of the peers: each the mean of the three figures nearest to it, so that none of them is anybody's.
        Only ``middle``, the mean of all of them, with fewer than ``FEWEST_FOR_QUARTILES``; nan where too few say it.
    peers
        Legal entities that say it.
    """

    name: str
    own: float
    low: float
    middle: float
    high: float
    peers: int

    @property
    def quarter(self) -> int | None:
        """From 1 (below the low quartile) to 4; None where it cannot be told."""
        bounds = (self.low, self.middle, self.high)
        if np.isnan((self.own, *bounds)).any():
            return None
        return 1 + sum(self.own >= bound for bound in bounds)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """An establishment among its like.

    Attributes
    ----------
    name, finess, year
        Whose and when.
    alike
        What the peers share with it, one of ``ALIKE``; of ``GROUPINGS``, with its labels in ``labels``.
    passed_over
        What was asked before, and how many legal entities shared it.
    peers
        Legal entities beside its own.
    intensities, posts
        By measure, and shares of the total by post of the view.
    """

    name: str
    finess: str
    year: int
    view: str
    alike: tuple[str, ...]
    labels: Mapping[str, str]
    passed_over: tuple[tuple[tuple[str, ...], int], ...]
    peers: int
    intensities: tuple[Standing, ...]
    posts: tuple[Standing, ...]


def benchmark(
    footprint: Footprint,
    finess: str,
    *,
    year: int | None = None,
    frame: Frame | None = None,
    view_name: str = "beges",
    fewest: int = FEWEST_ENTITIES,
    leave_strangers_out: bool = False,
) -> Benchmark:
    """Compare one establishment with those that are like it.

    Parameters
    ----------
    finess
        Number of a site or of a legal entity that one document reports for.
    year, frame, view_name, leave_strangers_out
        As ``aggregate`` has them.
    fewest
        Legal entities that peers must be of; no fewer than secrecy asks for.

    Raises
    ------
    UsageError
        By name: nobody, or several documents, report for the number; fewer other legal entities than `fewest` in all.
    """
    if fewest < FEWEST_ENTITIES:
        raise ValueError(f"fewest is {fewest}; secrecy asks for {FEWEST_ENTITIES}")
    members = members_of(footprint, year, frame, leave_strangers_out=leave_strangers_out)
    own = _found(footprint, members, finess)
    others = members.reported & (np.array(members.entity, dtype=np.str_) != members.entity[own])
    others[own] = False
    passed_over = []
    for alike in ALIKE:
        peers = others & _sharing(members, own, alike)
        count = len({members.entity[place] for place in np.flatnonzero(peers)})
        if count >= fewest:
            break
        passed_over.append((alike, count))
    else:
        raise UsageError([Problem("benchmark-too-few", {"peers": count, "limit": fewest})])
    here, of_peer = int(members.document[own]), np.flatnonzero(peers)
    establishment = footprint.inventory.establishments[here]
    return Benchmark(
        establishment.name,
        finess,
        members.year,
        view_name,
        alike,
        {name: members.groups[name][own] for name in alike},
        tuple(passed_over),
        count,
        _intensities(footprint, members, here, of_peer, view_name),
        _shares(footprint, members, here, of_peer, view_name),
    )


def _found(footprint: Footprint, members: Members, finess: str) -> int:
    """Member that a number is of."""
    known: dict[str, list[int]] = {}
    for member in np.flatnonzero(members.reported).tolist():
        establishment = footprint.inventory.establishments[int(members.document[member])]
        numbers = {*covered_by(establishment.identity, establishment.sites.values()), members.entity[member]}
        for number in numbers - {""}:
            known.setdefault(number, []).append(member)
    found = known.get(finess, [])
    if not found:
        nearest = difflib.get_close_matches(finess, sorted(known), 3, 0.8)
        raise UsageError([Problem("benchmark-nobody", {"value": finess, "nearest": nearest})])
    if len(found) > 1:
        raise UsageError([Problem("benchmark-several", {"value": finess, "count": len(found)})])
    return found[0]


def _sharing(members: Members, own: int, alike: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each member is in the groups of one; nobody is like what nobody says."""
    shared = np.ones(len(members.entity), dtype=np.bool_)
    for name in alike:
        label = members.groups[name][own]
        shared &= np.array([label != "" and one == label for one in members.groups[name]], dtype=np.bool_)
    return shared


def _intensities(
    footprint: Footprint, members: Members, here: int, peers: Int64s, view_name: str
) -> tuple[Standing, ...]:
    totals, establishments = footprint.totals(view_name), footprint.inventory.establishments
    found = []
    for name in MEASURES:
        size = np.array([one.denominators.get(name, np.nan) for one in establishments])
        own = float(totals[here] / size[here])
        found.append(_standing(name, own, members, peers, totals, size))
    return tuple(found)


def _shares(footprint: Footprint, members: Members, here: int, peers: Int64s, view_name: str) -> tuple[Standing, ...]:
    """Shares of the total by post that it or a peer has lines in; a post without lines is unknown, not zero."""
    totals, rows = footprint.totals(view_name), footprint.row_totals(view_name)
    documents = members.document[peers]
    found = []
    for number, row in enumerate(view(view_name).rows):
        if not np.isnan(rows[[here, *documents.tolist()], number]).all():
            own = float(rows[here, number] / totals[here]) if totals[here] > 0 else np.nan
            of_those = np.where(totals > 0, totals, np.nan)
            found.append(_standing(row.code, own, members, peers, rows[:, number], of_those))
    return tuple(found)


def _standing(name: str, own: float, members: Members, peers: Int64s, amount: Float64s, size: Float64s) -> Standing:
    """Figure of one beside quartiles of its peers: one figure for each legal entity, of its documents together."""
    documents = members.document[peers]
    said = ~np.isnan(amount[documents]) & ~np.isnan(size[documents])
    names, entity = np.unique(np.array(members.entity, dtype=np.str_)[peers[said]], return_inverse=True)
    count = len(names)
    sums = [np.bincount(entity, values[documents[said]], count) for values in (amount, size)]
    figures = np.sort(sums[0] / sums[1])
    return Standing(name, own, *quartiles(figures), count)


def quartiles(figures: Float64s) -> tuple[float, float, float]:
    """Means of the three figures nearest to each quartile, none of them in two; nan where that would tell of somebody.

    Parameters
    ----------
    figures : array of shape (legal entities,)
        Ascending. Of fewer than ``FEWEST_FOR_QUARTILES`` there is only the middle: the mean of all.
    """
    count = len(figures)
    if count < FEWEST_FOR_QUARTILES:
        return np.nan, _mean(figures), np.nan
    last = count - FEWEST_ENTITIES
    starts = [round(share * last) for share in (0.25, 0.5, 0.75)]
    # no figure is in two of them: else their difference would be that of two establishments
    starts = [min(starts[0], starts[1] - FEWEST_ENTITIES), starts[1], max(starts[2], starts[1] + FEWEST_ENTITIES)]
    low, middle, high = (_mean(figures[start : start + FEWEST_ENTITIES]) for start in starts)
    return low, middle, high


def _mean(figures: Float64s) -> float:
    """Mean of figures; nan where secrecy withholds it."""
    each = np.arange(len(figures))
    if not len(figures) or bool(too_few(np.zeros_like(each), each, figures, 1)[0]):
        return float(np.nan)
    return float(figures.mean())
