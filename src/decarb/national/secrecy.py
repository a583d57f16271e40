"""Which cells of a published set are withheld, and that none of them can be had from the others by subtraction.

The rule, and what it does not protect from: docs/national-aggregates.md, Secrecy.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from decarb.national.aggregating import Aggregates, Contributions, collapsed
from decarb.national.suppression import Cells, cheapest_cycle, on_no_cycle

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

FEWEST_ENTITIES = 3
LARGEST_SHARE = 0.85
"""A cell of fewer legal entities, or of which one has more than this share, is withheld."""

_INSIDE, _MARGIN, _WHOLE = 1.0, 1e3, 1e6
"""What withholding a cell costs: a margin only where no cells inside do, the whole only where no margins do."""
_CROSSED = 0.1
"""What is left of it where another cell of the row or column that crosses is withheld already."""


@dataclass(frozen=True, slots=True)
class Published:
    """A table of a published set: what may be shown of it.

    Attributes
    ----------
    aggregates
        With every figure in it.
    withheld : array of the shape of its tables
        Cells whose value, interval and differences between years are not shown. Neither unknown nor zero.
    is_secret
        Whether the rule was applied at all.
    netted_withheld : array of the same shape
        Cells of which it is not shown what was netted, nor the sum of the reports, which would tell.
    """

    aggregates: Aggregates
    withheld: Bools
    is_secret: bool
    netted_withheld: Bools

    @property
    def gross_withheld(self) -> Bools:
        """Cells of which the sum of the reports is not shown: it would tell one of its parts by the other."""
        return self.withheld | self.netted_withheld


@dataclass(frozen=True, slots=True)
class Change:
    """Difference between two years of a published set, where both show the cell [kg CO2e].

    ``value`` is of shape (rows + 1, columns + 1), or (rows + 1, 1); nan where either year has no line, or is withheld.
    """

    before: int
    after: int
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    value: Float64s
    withheld: Bools


def as_it_is(aggregates: Aggregates) -> Published:
    """Return a table with nothing withheld: for those who may see every figure."""
    nothing = np.zeros(aggregates.value.shape, dtype=np.bool_)
    return Published(aggregates, nothing, is_secret=False, netted_withheld=nothing)


def publish(tables: Sequence[Aggregates], exempt: Collection[str] = ()) -> tuple[Published, ...]:
    """Withhold what must be, in every table of one published set: one table a year, by the same dimensions.

    Parameters
    ----------
    tables
        In the order of their years.
    exempt
        FINESS numbers of legal entities whose figures are public by law: what is left of a cell without them decides.

    Notes
    -----
    A cell is withheld where the legal entities in it that are not exempt are one or two, or one of them has more than
    ``LARGEST_SHARE`` of what they have (of sizes, where there are credits), and in the later of two years where that is
    so of the difference. Then others are, until no withheld cell follows from what is shown, and until neither the sum
    of the withheld cells of a row or column, which follows where its total is shown, nor one of any two is such a cell.

    What was netted is a table of its own, withheld by the same rule. The sum of the reports is shown only where both
    are: it says nothing more than the two do, and no other relation ties one to the other.
    """
    masks = _withheld(tables, exempt)
    netted = [table.of_netted() or _nothing_netted(table) for table in tables]
    of_netted = _withheld(netted, exempt)
    return tuple(
        Published(table, mask, is_secret=True, netted_withheld=other)
        for table, mask, other in zip(tables, masks, of_netted, strict=True)
    )


def _withheld(tables: Sequence[Aggregates], exempt: Collection[str]) -> list[Bools]:
    """What is withheld of each year of one published set."""
    masks = []
    before: Aggregates | None = None
    for table in tables:
        sensitive = _sensitive(table.contributions, table.value.shape, exempt)
        if before is not None:
            sensitive |= _of_difference(before, table, exempt)
        masks.append(_protected(table, sensitive, exempt))
        before = table
    return masks


def _nothing_netted(table: Aggregates) -> Aggregates:
    """Table of what was netted in a year in which nothing was."""
    whose = table.contributions
    empty = Contributions(whose.row[:0], whose.column[:0], whose.entity[:0], whose.amount[:0], whose.names)
    return replace(table, value=np.full_like(table.value, np.nan), contributions=empty)


def changes(published: Sequence[Published]) -> Iterator[Change]:
    """Differences between each year of a published set and the one before."""
    for one, other in pairwise(published):
        rows, columns = one.aggregates.rows, one.aggregates.columns
        rows = tuple(label for label in rows if label in other.aggregates.rows)
        columns = tuple(label for label in columns if label in other.aggregates.columns)
        values, masks = zip(*(_taken(each, rows, columns) for each in (one, other)), strict=True)
        withheld = masks[0] | masks[1]
        value = np.where(withheld, np.nan, values[1] - values[0])
        yield Change(one.aggregates.year, other.aggregates.year, rows, columns, value, withheld)


def _taken(published: Published, rows: Sequence[str], columns: Sequence[str]) -> tuple[Float64s, Bools]:
    """Values and mask of some rows and columns, with the margins."""
    table = published.aggregates
    row = [*(table.rows.index(label) for label in rows), -1]
    column = [table.columns.index(label) for label in columns]
    column += [-1] if table.value.shape[1] > len(table.columns) else []
    return table.value[row][:, column], published.withheld[row][:, column]


def withheld_parts(
    part: Int64s, entity: Sequence[str], amounts: Sequence[Float64s], parts: int, exempt: Collection[str] = ()
) -> Bools:
    """Withhold parts of a sum that is shown: those of too few, and others so that their sum does not follow either.

    Parameters
    ----------
    part : array of shape (contributions,)
        Which of the parts a contribution is to.
    entity
        Whose each is: the FINESS number of the legal entity; blank for all that are not known, which count as one.
    amounts
        What each contributes to figures that stand beside each other, of shape (contributions,) each [kg CO2e]: a part
        is withheld whole where any of its figures is of too few.
    parts
        How many there are.
    exempt
        Legal entities whose figures are public by law.

    Returns
    -------
    array of shape (parts + 1,)
        The sum itself in the last place.
    """
    names, code = np.unique(np.array(entity, dtype=np.str_), return_inverse=True)
    withheld = np.zeros(parts + 1, dtype=np.bool_)
    figures = []
    for amount in amounts:
        used = amount != 0
        everything = Contributions(
            part[used], np.zeros_like(part[used]), code[used], amount[used], tuple(names.tolist())
        )
        figures.append(_counted(everything, exempt))
        withheld |= _sensitive(figures[-1], (parts + 1, 1), exempt)[:, 0]
    if withheld[-1]:
        return np.ones(parts + 1, dtype=np.bool_)
    value = sum(np.bincount(part, np.abs(amount), parts) for amount in amounts)
    cost = np.append(_INSIDE * (1 + value / (float(np.max(value, initial=0.0)) or 1.0)), _MARGIN)
    before = None
    while before is None or (withheld != before).any():
        before = withheld
        for each in figures:
            everybody = np.ones(len(each.row), dtype=np.bool_)
            withheld = _line(withheld, each.row, each, everybody, cost, np.append(value != 0, np.bool_(True)))
    return withheld


# ---------------------------------------------------------------- what is sensitive


def _counted(contributions: Contributions, exempt: Collection[str]) -> Contributions:
    """Contributions of the legal entities that are not exempt."""
    apart = np.array([name in exempt for name in contributions.names], dtype=np.bool_)
    kept = ~apart[contributions.entity]
    return Contributions(
        contributions.row[kept],
        contributions.column[kept],
        contributions.entity[kept],
        contributions.amount[kept],
        contributions.names,
    )


def _sensitive(contributions: Contributions, shape: tuple[int, ...], exempt: Collection[str]) -> Bools:
    """Cells and margins of too few entities, or that one has almost all of."""
    counted = _counted(contributions, exempt)
    found = np.zeros(shape, dtype=np.bool_)
    for rows, columns, place in collapsed(counted.row, counted.column, (shape[0], shape[1])):
        target = np.shape(found[rows, columns])
        found[rows, columns] = too_few(place, counted.entity, counted.amount, int(np.prod(target))).reshape(target)
    return found


def too_few(place: Int64s, entity: Int64s, amount: Float64s, places: int) -> Bools:
    """Whether each place is of too few entities, or one of them has almost all of it; of nobody it is neither.

    Parameters
    ----------
    place, entity, amount : arrays of shape (contributions,)
        Where, whose, and how much [kg CO2e].
    places
        How many there are.

    Returns
    -------
    array of shape (places,)
    """
    many = int(entity.max(initial=0)) + 1
    key, inverse = np.unique(place * many + entity, return_inverse=True)
    size = np.abs(np.bincount(inverse, amount, len(key)))
    where = key // many
    count = np.bincount(where, minlength=places)
    largest = np.zeros(places)
    np.maximum.at(largest, where, size)
    whole = np.bincount(where, size, places)
    return np.asarray((count > 0) & ((count < FEWEST_ENTITIES) | (largest > LARGEST_SHARE * whole)))


def _of_difference(before: Aggregates, after: Aggregates, exempt: Collection[str]) -> Bools:
    """Cells of the later year whose difference from the earlier one is that of too few entities."""
    if before.by != after.by or before.view != after.view:
        raise ValueError("tables of one published set have the same dimensions and view")
    earlier, later = (_counted(table.contributions, exempt) for table in (before, after))
    row, column = _number(after.rows), _number(after.columns)
    entity = _number(after.contributions.names)
    for name in before.contributions.names:
        entity.setdefault(name, len(entity))
    # a row that the later year lacks can be subtracted from nothing but its margins
    rows = np.array([row.get(label, len(row)) for label in before.rows], dtype=np.int64)[earlier.row]
    columns = np.array([column.get(label, len(column)) for label in before.columns], dtype=np.int64)[earlier.column]
    same = np.array([entity[name] for name in before.contributions.names], dtype=np.int64)[earlier.entity]
    found = np.zeros(after.value.shape, dtype=np.bool_)
    two = after.value.shape[1] > len(after.columns)
    both = Contributions(
        np.concatenate((later.row, rows)),
        np.concatenate((later.column, columns)),
        np.concatenate((later.entity, same)),
        np.concatenate((later.amount, -earlier.amount)),
        tuple(entity),
    )
    both = _that_change(both, len(column) + 1)
    wide = (len(row) + 2, len(column) + 2 if two else 1)
    for of_rows, of_columns, place in collapsed(both.row, both.column, wide):
        target = np.shape(np.empty(wide)[of_rows, of_columns])
        sensitive = too_few(place, both.entity, both.amount, int(np.prod(target))).reshape(target)
        table = np.zeros(wide, dtype=np.bool_)
        table[of_rows, of_columns] = sensitive
        found |= np.delete(np.delete(table, len(row), 0), len(column), 1) if two else np.delete(table, len(row), 0)
    return found


def _that_change(both: Contributions, columns: int) -> Contributions:
    """One contribution for each cell and entity that changed: those who report the same again hide nobody."""
    many = len(both.names)
    key, inverse = np.unique((both.row * columns + both.column) * many + both.entity, return_inverse=True)
    amount = np.bincount(inverse, both.amount, len(key))
    key, amount = key[amount != 0], amount[amount != 0]
    row, column = np.divmod(key // many, columns)
    return Contributions(row, column, key % many, amount, both.names)


def _number(labels: Sequence[str]) -> dict[str, int]:
    return {label: code for code, label in enumerate(labels)}


# ---------------------------------------------------------------- what is withheld with it


def _protected(table: Aggregates, sensitive: Bools, exempt: Collection[str]) -> Bools:
    """Sensitive cells, and the others that must be withheld so that they stay so."""
    if not sensitive.any():
        return sensitive
    withheld = sensitive
    cells = _cells(table)
    counted = _counted(table.contributions, exempt)
    while True:
        # sums first: what is enough for them often closes the cycles too
        more = _against_subtraction(cells, _against_sums(table, counted, cells, withheld))
        if (more == withheld).all():
            more = _against_pairs(table, counted, cells, withheld, sensitive)
        if (more == withheld).all():
            return withheld
        withheld = more


def _cells(table: Aggregates) -> Cells:
    """Cells of a table as a graph: an edge between the row and the column that each is in."""
    rows, columns = table.value.shape
    row, column = np.divmod(np.arange(rows * columns), columns)
    value = np.nan_to_num(table.value).ravel()
    scale = float(np.abs(value).max(initial=0.0)) or 1.0
    two = columns > len(table.columns)
    on_margin = (row == rows - 1).astype(np.int64) + ((column == columns - 1) & two)
    cost = np.array([_INSIDE, _MARGIN, _WHOLE if two else _MARGIN])[on_margin] * (1 + np.abs(value) / scale)
    # of one dimension there is one relation, the column; a single node stands for what is outside of it
    start = row if two else np.zeros_like(row)
    return Cells(start, column + rows, value != 0, cost, rows + columns)


def _against_subtraction(cells: Cells, withheld: Bools) -> Bools:
    """Cells to withhold so that each withheld one lies on a cycle of withheld ones: then nothing determines it."""
    hidden = withheld.ravel().copy()
    while len(exposed := on_no_cycle(cells, hidden)):
        path = cheapest_cycle(cells, hidden, int(exposed[0]))
        if path is None:
            hidden[:] = True
            break
        hidden[path] = True
    return hidden.reshape(withheld.shape)


def _against_sums(table: Aggregates, counted: Contributions, cells: Cells, withheld: Bools) -> Bools:
    """One more cell for each row or column whose withheld cells together, which its total gives away, are too few."""
    added = withheld.copy()
    rows, columns = withheld.shape
    cost = cells.cost.reshape(withheld.shape)
    usable = cells.is_flexible.reshape(withheld.shape)
    two = columns > len(table.columns)
    # margins first, and then cells in the rows and columns that these took: they close cycles with each other
    for column in reversed(range(columns)):
        members = counted.column == column if column < columns - two else np.ones(len(counted.row), dtype=np.bool_)
        price = np.where(added.any(axis=1), _CROSSED, 1.0) * cost[:, column]
        added[:, column] = _line(added[:, column], counted.row[members], counted, members, price, usable[:, column])
    for row in reversed(range(rows)) if two else ():
        members = counted.row == row if row < rows - 1 else np.ones(len(counted.row), dtype=np.bool_)
        price = np.where(added.any(axis=0), _CROSSED, 1.0) * cost[row]
        added[row] = _line(added[row], counted.column[members], counted, members, price, usable[row])
    return added


def _against_pairs(table: Aggregates, counted: Contributions, cells: Cells, withheld: Bools, sensitive: Bools) -> Bools:
    """Cells to withhold so that no sum or difference of two cells, in whatever rows and columns, is of too few.

    It follows from what is shown where the two together part the graph of withheld cells. Two cells that are not
    sensitive are not together either.
    """
    hidden = withheld.ravel().copy()
    columns = withheld.shape[1]
    if columns == len(table.columns):
        return withheld  # of one dimension the sum of all withheld cells alone follows
    inside = np.zeros(withheld.shape, dtype=np.bool_)
    inside[:-1, :-1] = True
    within = inside.ravel() & cells.is_flexible
    place = counted.row * columns + counted.column
    for cell in np.flatnonzero(sensitive.ravel() & within).tolist():
        rest = hidden.copy()
        rest[cell] = False
        for other in on_no_cycle(cells, rest).tolist():
            both = np.isin(place, (cell, other))
            one = np.zeros(int(both.sum()), dtype=np.int64)
            if not within[other] or not too_few(one, counted.entity[both], counted.amount[both], 1)[0]:
                continue
            path = cheapest_cycle(cells, hidden, cell, without=other)
            hidden[path if path is not None else slice(None)] = True
            break
    return hidden.reshape(withheld.shape)


def _line(
    withheld: Bools, place: Int64s, counted: Contributions, members: Bools, cost: Float64s, usable: Bools
) -> Bools:
    """Cells of one row or column to withhold; the last is its margin.

    The cheapest cell with which the sum of the withheld ones is safe is taken: the margin at last, which ends the sum.
    """
    line = withheld.copy()
    entity, amount = counted.entity[members], counted.amount[members]

    def gives_away(hidden: Bools) -> bool:
        if hidden[-1] or not hidden.any():
            return False
        here = hidden[place]
        return bool(too_few(np.zeros(int(here.sum()), dtype=np.int64), entity[here], amount[here], 1)[0])

    while gives_away(line):
        candidates = np.flatnonzero(usable & ~line)
        ordered = candidates[np.argsort(cost[candidates], kind="stable")].tolist()
        each = np.arange(len(line))
        line[next((cell for cell in ordered if not gives_away(line | (each == cell))), -1)] = True
    return line
