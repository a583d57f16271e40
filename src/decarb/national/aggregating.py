"""Totals of many establishments by one or two of region, category, size, post, gas, ..., with margins and intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from decarb.errors import Problem, UsageError
from decarb.footprint import Footprint
from decarb.footprint.exposing import expose_sections
from decarb.inventory import SECTIONS
from decarb.kernels.arrays import distinct
from decarb.language import mark
from decarb.national.aggregate_bounds import OTHER, bounds_of_cells, groups_of_documents, of_groups
from decarb.national.breakdown import BoundColumns, amounts_by_domain, amounts_of_cells, coefficients_by_breakdown
from decarb.national.frame import Frame
from decarb.national.members import GROUPINGS, Members, members_of
from decarb.national.sharing import Flow, Netted
from decarb.national.strata import SIZE_BOUNDS, size_class
from decarb.national.summed import Summed
from decarb.reporting import TOTAL_GASES, view

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]

BREAKDOWNS = ("post", "domain", "gas")
"""What the emissions of one document are parted by: a document is in many groups of these."""
DIMENSIONS = (*GROUPINGS, *BREAKDOWNS)
NAMES: Mapping[str, str] = {
    "region": mark("Region"),
    "department": mark("Department"),
    "ght": mark("GHT"),
    "category": mark("FINESS category"),
    "legal_status": mark("Legal status"),
    "size": mark("Beds"),
    "post": mark("Post"),
    "domain": mark("Domain"),
    "gas": mark("Gas"),
}


@dataclass(frozen=True, slots=True)
class Contributions:
    """What each legal entity adds to each cell, margins apart: what secrecy is decided on, never shown.

    Attributes
    ----------
    row, column, entity : arrays of shape (contributions,)
        Codes; of the entity into ``names``.
    amount : array of shape (contributions,) [kg CO2e]
    names
        FINESS numbers of legal entities; blank for all those that are not known, which count as one.
    """

    row: Int64s
    column: Int64s
    entity: Int64s
    amount: Float64s
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NettedCells:
    """What was netted of the cells of a table, because others report it too (``sharing``).

    ``value`` is of the shape of the table [kg CO2e], nan where nothing was netted: exactly what its reports add up to
    less what the table shows. ``contributions`` are of the recipients that have something netted.
    """

    value: Float64s
    contributions: Contributions


@dataclass(frozen=True, slots=True)
class Aggregates:
    """A table of totals of one year; its last row, and of two dimensions its last column, are the margins.

    Attributes
    ----------
    by
        One or two of ``DIMENSIONS``: rows, then columns.
    rows, columns
        Labels without the margins; blank is what nobody says. Of one dimension ``columns`` is one blank label.
    value, low, high : arrays of shape (rows + 1, columns + 1), or (rows + 1, 1) of one dimension [kg CO2e]
        Totals, multiples of ``breakdown.GRAIN``, and their 95 % bounds; nan where no line reports: unknown, not zero.
    entities, sites : arrays of the same shape
        Legal entities and sites that report in the cell; entities that are not known count as one.
    entities_in_frame, beds_reported, beds_in_frame : arrays of the same shape, or None without a frame
        Legal entities of the sector in this group, and beds of those who reported and of all (nan where some are not
        known); the same along posts, domains and gases, which do not part the sector.
    contributions
    warnings
    netted
        What is not in the figures because another report has it; None where nothing was netted.
    flows
        Shared services that were declared for the year, and what became of each.
    """

    year: int
    view: str
    by: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    value: Float64s
    low: Float64s
    high: Float64s
    entities: Int64s
    sites: Int64s
    entities_in_frame: Int64s | None
    beds_reported: Float64s | None
    beds_in_frame: Float64s | None
    contributions: Contributions
    warnings: tuple[Problem, ...]
    netted: NettedCells | None = None
    flows: tuple[Flow, ...] = ()

    @property
    def gross(self) -> Float64s:
        """Sum of the reports as they are, of the shape of the table [kg CO2e]."""
        return self.value if self.netted is None else self.value + np.nan_to_num(self.netted.value)

    def of_netted(self) -> "Aggregates | None":
        """Table of what was netted, its bounds and counts aside; None where nothing was."""
        if self.netted is None:
            return None
        return replace(self, value=self.netted.value, contributions=self.netted.contributions, netted=None)


@dataclass(frozen=True, slots=True)
class _Amounts:
    """What each member that reported has in each cell, in parallel arrays; only where lines report."""

    member: Int64s
    row: Int64s
    column: Int64s
    amount: Float64s


@dataclass(frozen=True, slots=True)
class _Sector:
    """What there is of the sector in each cell."""

    entities: Int64s
    beds_reported: Float64s
    beds: Float64s


def checked_dimensions(by: Sequence[str]) -> tuple[str, ...]:
    """Return the dimensions as they were given.

    Raises
    ------
    UsageError
        If they are not one or two different ones of ``DIMENSIONS``.
    """
    unknown = [name for name in by if name not in DIMENSIONS]
    problems = [Problem("national-dimension", {"value": name, "known": list(DIMENSIONS)}) for name in unknown]
    if not problems and not (1 <= len(by) <= 2 and len(set(by)) == len(by)):
        problems.append(Problem("national-dimensions", {"value": list(by)}))
    if problems:
        raise UsageError(problems)
    return tuple(by)


def aggregate(
    footprint: Footprint,
    by: Sequence[str],
    *,
    year: int | None = None,
    frame: Frame | None = None,
    view_name: str = "beges",
    shared: Netted | None = None,
    leave_strangers_out: bool = False,
) -> Aggregates:
    """Add the documents of a year up by one or two dimensions.

    Parameters
    ----------
    by
        One or two of ``DIMENSIONS``.
    year
        Of the documents; it may be left out where all are of one.
    frame
        The sector: it says where each document belongs, and how much of the sector reports.
    view_name
        ``beges``, ``ghg-protocol`` or ``iso``: whose posts and totals.
    shared
        From ``net_shared_services`` of this footprint: the figures are net then. The plain sum by default.
    leave_strangers_out
        Leave documents of nobody in the frame out, each with a warning, instead of refusing them.

    Raises
    ------
    UsageError, RefusedEstimationError
        As ``checked_dimensions`` and ``members_of`` say.

    Notes
    -----
    Intervals: docs/method.md, Uncertainty: a factor that is too high is too high for everybody, so that that of
    a sum is wider than independent errors would make it. Another library, or GWP set: ``aggregate(restate(...), by)``.
    """
    by = checked_dimensions(by)
    members = members_of(footprint, year, frame, leave_strangers_out=leave_strangers_out)
    if shared is None:
        return tabulate(members, by, view_name, _summed(footprint, members, by, view_name))
    reported = None if shared.net is footprint else _line_amounts(footprint, by, view_name)
    table = tabulate(members, by, view_name, _summed(shared.net, members, by, view_name), reported)
    flows = tuple(flow for flow in shared.flows if flow.year == members.year)
    return replace(table, warnings=(*table.warnings, *shared.problems(members.year)), flows=flows)


def _line_amounts(footprint: Footprint, by: tuple[str, ...], view_name: str) -> Float64s:
    """What the lines of each document come to, of shape (documents, domains, rows of the view, gases) [kg CO2e]."""
    binding, inventory = footprint.binding, footprint.inventory
    if "domain" not in by:
        return amounts_of_cells(footprint.cells, footprint.present, binding, by, view_name)
    lines = BoundColumns(inventory.establishment, inventory.section, binding.pair, inventory.quantity)
    return amounts_by_domain(lines, binding, len(inventory.establishments), by, view_name)


def _summed(footprint: Footprint, members: Members, by: tuple[str, ...], view_name: str) -> Summed:
    """What the lines of a footprint come to for one table."""
    binding, inventory = footprint.binding, footprint.inventory
    documents = len(inventory.establishments)
    group, count = groups_of_documents(members, by, labels_of(members, by), documents)
    if "domain" in by:
        exposures = expose_sections(binding, footprint.activity_sigma)
        sections = len(SECTIONS)
        group = np.where(group >= 0, group * sections, OTHER)[:, None] + np.arange(sections) * (group >= 0)[:, None]
        group, count = group.ravel(), count * sections
    else:
        exposures = footprint.exposures
    amounts = _line_amounts(footprint, by, view_name)
    together = of_groups(exposures, group, count, len(binding.bound))
    return Summed(amounts, together, coefficients_by_breakdown(binding, view_name), binding.error_groups)


def tabulate(
    members: Members, by: tuple[str, ...], view_name: str, summed: Summed, reported: Float64s | None = None
) -> Aggregates:
    """Table of what the lines of the documents come to.

    Parameters
    ----------
    by
        As ``checked_dimensions`` gives them.
    summed
        Its documents are those that ``members.document`` is of.
    reported
        Amounts as ``summed`` has them, before any were netted; None where none were.
    """
    two = len(by) == 2
    found, here = _amounts(summed.amounts, members, by, labels_of(members, by), view_name)
    rows, columns = (here[by[0]], here[by[1]] if two else ("",))
    shape = (len(rows) + 1, len(columns) + two)
    entities, entity = np.unique(np.array(members.entity, dtype=np.str_), return_inverse=True)
    low, high = bounds_of_cells(summed, by, here, view_name)
    value = _with_margins(found, found.amount, shape)
    empty = _with_margins(found, np.ones(len(found.amount)), shape) == 0
    sector = _sector(members, by, here, shape, entity.astype(np.int64)) if members.from_frame else None
    names = tuple(map(str, entities))
    contributions, netted = Contributions(*_by_entity(found, entity, len(columns)), names), None
    if reported is not None:
        before, _ = _amounts(reported, members, by, labels_of(members, by), view_name)
        whole = Contributions(*_by_entity(before, entity, len(columns)), names)
        contributions, netted = _apart(contributions, whole, shape)
    return Aggregates(
        members.year,
        view_name,
        by,
        rows,
        columns,
        np.where(empty, np.nan, value),
        np.where(empty, np.nan, low),
        np.where(empty, np.nan, high),
        _distinct(found, entity[found.member], shape),
        _distinct(found, found.member, shape, members.sites),
        sector.entities if sector else None,
        sector.beds_reported if sector else None,
        sector.beds if sector else None,
        contributions,
        tuple(_doubts(members)),
        netted,
    )


def labels_of(members: Members, by: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Labels of each dimension of `by` in their order; those of breakdowns may have no line."""
    return {name: _labels(name, members) for name in by}


def _labels(name: str, members: Members) -> tuple[str, ...]:
    """Labels of a dimension in their order; blank last."""
    if name in BREAKDOWNS:
        return {"domain": SECTIONS, "gas": TOTAL_GASES}.get(name, ())
    used = set(members.groups[name])
    if name == "size":
        classes = [size_class(bound) for bound in (0.0, *SIZE_BOUNDS)]
        return tuple(label for label in (*classes, "") if label in used)
    return tuple(sorted(used, key=lambda label: (not label, label)))


def _amounts(
    amounts: Float64s,
    members: Members,
    by: tuple[str, ...],
    labels: dict[str, tuple[str, ...]],
    view_name: str,
) -> tuple[_Amounts, dict[str, tuple[str, ...]]]:
    """Amounts in cells, and the labels of the dimensions that are left: of breakdowns those that lines report in."""
    of_members = np.flatnonzero(members.reported)
    cells = amounts[members.document[of_members]]
    axes = {"domain": 1, "post": 2, "gas": 3}
    place = np.nonzero(~np.isnan(cells))
    labels = labels | {"post": tuple(row.code for row in view(view_name).rows)}
    here, codes = {}, []
    for name in by:
        if name in axes:
            used, code = np.unique(place[axes[name]], return_inverse=True)
            here[name] = tuple(labels[name][number] for number in used.tolist())
        else:
            here[name] = labels[name]
            code = members.codes(name, labels[name])[of_members][place[0]]
        codes.append(code.astype(np.int64))
    column = codes[1] if len(codes) > 1 else np.zeros_like(codes[0])
    return _Amounts(of_members[place[0]], codes[0], column, cells[place]), here


def _with_margins(found: _Amounts, amount: Float64s, shape: tuple[int, int]) -> Float64s:
    """Sums of the cells with their margins: a last row, and a last column where there are two dimensions."""
    sums = np.zeros(shape)
    inside = (shape[0] - 1, max(shape[1] - 1, 1))
    places = found.row * inside[1] + found.column
    sums[: inside[0], : inside[1]] = np.bincount(places, amount, inside[0] * inside[1]).reshape(inside)
    if shape[1] > inside[1]:
        sums[:, -1] = sums[:, :-1].sum(axis=1)
    sums[-1] = sums[:-1].sum(axis=0)
    return sums


def collapsed(row: Int64s, column: Int64s, shape: tuple[int, int]) -> list[tuple[slice | int, slice | int, Int64s]]:
    """Rows and columns of the table and of its margins, and the place within each that contributions go to.

    Returns
    -------
    list of (rows, columns, places)
        Where in a table of `shape` the sums of one collapse stand, and the flat place of each contribution among them.
    """
    inside = (shape[0] - 1, max(shape[1] - 1, 1))
    rows, columns = slice(0, inside[0]), slice(0, inside[1])
    parts: list[tuple[slice | int, slice | int, Int64s]] = [(rows, columns, row * inside[1] + column)]
    parts.append((-1, columns, column))
    if shape[1] > inside[1]:
        parts += [(rows, -1, row), (-1, -1, np.zeros_like(row))]
    return parts


def _distinct(found: _Amounts, what: Int64s, shape: tuple[int, int], weight: Int64s | None = None) -> Int64s:
    """How many different ones contribute to each cell and margin, or the sum of their weights."""
    counts = np.zeros(shape, dtype=np.int64)
    many = int(what.max(initial=0)) + 1
    for rows, columns, place in collapsed(found.row, found.column, shape):
        once = distinct(place * many + what)
        size = np.zeros(shape)[rows, columns].size
        sums = np.bincount(once // many, None if weight is None else weight[once % many], size)
        counts[rows, columns] = sums.astype(np.int64).reshape(np.shape(counts[rows, columns]))
    return counts


def _by_entity(found: _Amounts, entity: Int64s, columns: int) -> tuple[Int64s, Int64s, Int64s, Float64s]:
    """Row, column, entity and amount of what each legal entity has in each cell."""
    many = int(entity.max(initial=0)) + 1
    key, inverse = np.unique((found.row * columns + found.column) * many + entity[found.member], return_inverse=True)
    amount = np.bincount(inverse, found.amount, len(key)).astype(np.float64)
    row, column = np.divmod(key // many, columns)
    return row, column, key % many, amount


def _apart(net: Contributions, gross: Contributions, shape: tuple[int, int]) -> tuple[Contributions, NettedCells]:
    """What each legal entity has left in each cell, and what of it was netted.

    Both have the same cells: a line that is netted still reports. Who has nothing left is nobody's company in a cell.
    """
    amount = gross.amount - net.amount  # exact: both are multiples of the grain
    away = amount != 0
    taken = _of(gross, away, amount)
    cells = _Amounts(taken.entity, taken.row, taken.column, taken.amount)
    value = _with_margins(cells, taken.amount, shape)
    empty = _with_margins(cells, np.ones(len(taken.amount)), shape) == 0
    left = _of(net, ~away | (net.amount != 0), net.amount)
    return left, NettedCells(np.where(empty, np.nan, value), taken)


def _of(contributions: Contributions, chosen: NDArray[np.bool_], amount: Float64s) -> Contributions:
    """Some of the contributions, with these amounts."""
    return Contributions(
        contributions.row[chosen],
        contributions.column[chosen],
        contributions.entity[chosen],
        amount[chosen],
        contributions.names,
    )


def _sector(
    members: Members, by: tuple[str, ...], labels: dict[str, tuple[str, ...]], shape: tuple[int, int], entity: Int64s
) -> _Sector:
    """Legal entities of the sector, beds of those who reported, beds of all, by cell.

    Posts, domains and gases do not part the sector: all of it is in each of them.
    """
    parting = [name if name in members.groups else "" for name in by]
    codes = [members.codes(name, labels[name]) if name else np.zeros(len(entity), np.int64) for name in parting]
    inside = tuple(len(labels[name]) if name else 1 for name in parting)
    everybody = _Amounts(np.arange(len(entity)), codes[0], codes[-1] if len(by) > 1 else 0 * codes[0], members.beds)
    small = (inside[0] + 1, inside[1] + 1 if len(by) > 1 else 1)
    reported = np.where(members.reported, members.beds, 0.0)
    entities = _distinct(everybody, entity, small)
    beds_reported, beds = (_with_margins(everybody, each, small) for each in (reported, members.beds))
    for axis, name in enumerate(parting):
        if not name:  # the margin stands for each group
            entities = np.repeat(entities.take([-1], axis=axis), shape[axis], axis=axis)
            beds_reported = np.repeat(beds_reported.take([-1], axis=axis), shape[axis], axis=axis)
            beds = np.repeat(beds.take([-1], axis=axis), shape[axis], axis=axis)
    return _Sector(entities, beds_reported, beds)


def _doubts(members: Members) -> list[Problem]:
    """Documents of nobody in the frame, and those whose legal entity nobody says."""
    unknown = int(np.count_nonzero(members.reported & (np.array(members.entity, dtype=np.str_) == "")))
    unsaid = [Problem("national-entity-unsaid", {"documents": unknown}, severity="warning")] if unknown else []
    return [*members.strangers, *unsaid]
