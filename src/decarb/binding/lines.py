"""Bind every line of an inventory, once per distinct terms, into the arrays that the kernel wants."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from decarb.binding.error_groups import ErrorGroups, error_groups
from decarb.binding.terms import Binder, BoundPart, BoundTerms
from decarb.errors import DecarbError, Problem
from decarb.factors import FactorLibrary
from decarb.inventory import Inventory, LineTerms, in_order_of_appearance
from decarb.reporting import GASES, TOTAL_GASES, Rule, view
from decarb.resources import collector_paused


@dataclass(frozen=True, slots=True)
class Refusal:
    """Terms that cannot be bound: why, for which lines, and what is at stake where that can be estimated."""

    problems: tuple[Problem, ...]
    lines: tuple[int, ...]
    stake_kgco2e: float | None


@dataclass(frozen=True)
class Binding:
    """Lines bound to a library, as the kernel wants them.

    Attributes
    ----------
    pair : array of shape (lines,)
        Code of each line into ``bound``: the distinct pairs of terms and, where it matters, place.
    bound
        By pair; None where refused.
    keys
        (rule, timing) of each group of cells; a cell is ``key * len(GASES) + gas``.
    pointer, cell, coefficient
        Entries of each pair: empty where refused.
    refusals, warnings
        Grouped by distinct pair, in document order.
    """

    inventory: Inventory
    library: FactorLibrary
    gwp_set: str
    pair: NDArray[np.int32]
    bound: tuple[BoundTerms | None, ...]
    keys: tuple[tuple[Rule, str], ...]
    pointer: NDArray[np.int64]
    cell: NDArray[np.int32]
    coefficient: NDArray[np.float64]
    refusals: tuple[Refusal, ...]
    warnings: tuple[Problem, ...]

    def of_line(self, line: int) -> BoundTerms | None:
        """What a line is bound to; None if it is refused."""
        return self.bound[self.pair[line]]

    @cached_property
    def error_groups(self) -> ErrorGroups:
        """Which pairs share the error of their factor."""
        return error_groups(found.factor if found else None for found in self.bound)

    def row_coefficients(self, name: str) -> NDArray[np.float64]:
        """Emissions of one unit of each pair in each row of a view, of shape (rows, pairs) [kg CO2e]; zero if none."""
        chosen = view(name)
        number = {row.code: code for code, row in enumerate(chosen.rows)}
        read = [number[chosen.code(rule)] if timing in ("both", chosen.timing) else -1 for rule, timing in self.keys]
        key, gas = np.divmod(self.cell, len(GASES))
        row = np.array(read, dtype=np.int64)[key] if len(read) else key
        counted = (row >= 0) & (gas < len(TOTAL_GASES))
        pairs = len(self.bound)
        place = row * pairs + np.repeat(np.arange(pairs), np.diff(self.pointer))
        sums = np.bincount(place[counted], self.coefficient[counted], len(number) * pairs)
        return sums.reshape(len(number), pairs)

    @cached_property
    def computed(self) -> NDArray[np.bool_]:
        """Whether each line is bound, of shape (lines,)."""
        return np.array([found is not None for found in self.bound], dtype=np.bool_)[self.pair]


@collector_paused()
def bind(inventory: Inventory, library: FactorLibrary, gwp_set: str = "AR6") -> Binding:
    """Resolve every distinct pair of terms and place of `inventory` against `library`.

    Parameters
    ----------
    gwp_set
        ``AR4``, ``AR5`` or ``AR6``: what mass of gas released is multiplied by.

    Returns
    -------
    Binding
        With refusals as data: nothing is raised for a line that cannot be bound.
    """
    bound: list[BoundTerms | None] = []
    refused: dict[int, tuple[Problem, ...]] = {}
    noted: list[tuple[Problem, int, int]] = []
    binder = Binder(library, gwp_set)
    pairs = _pairs(inventory, binder)
    counts = np.bincount(pairs.of_line, minlength=len(pairs.first)).tolist()
    for code, (terms, geography) in enumerate(zip(pairs.terms, pairs.geography, strict=True)):
        try:
            found = binder.bind(terms, geography)
        except DecarbError as error:
            refused[code] = error.problems
            bound.append(None)
            continue
        bound.append(found)
        noted += [(note, int(pairs.first[code]), counts[code]) for note in found.notes if note.severity == "warning"]
    keys, pointer, cell, coefficient = _entries(bound)
    return Binding(
        inventory,
        library,
        gwp_set,
        pairs.of_line,
        tuple(bound),
        keys,
        pointer,
        cell,
        coefficient,
        tuple(_refusals(inventory, pairs, refused, binder)),
        tuple(_warnings(inventory, noted)),
    )


class _Pairs(NamedTuple):
    """Distinct pairs of terms and, where it matters, geography, by first appearance; ``first`` is a line of each."""

    of_line: NDArray[np.int32]
    first: NDArray[np.int64]
    terms: list[LineTerms]
    geography: list[str]


def _pairs(inventory: Inventory, binder: Binder) -> _Pairs:
    codes: dict[LineTerms, int] = {}
    essential = [binder.essential(terms) for terms in inventory.terms]
    reduced = np.array([codes.setdefault(terms, len(codes)) for terms, _ in essential], dtype=np.int32)
    geography = [binder.geography(place) for place in inventory.places]
    names = {name: code for code, name in enumerate(dict.fromkeys(geography))}
    key, count = reduced[inventory.term], len(codes)
    if len(names) > 1:
        matters = np.array([place_matters for _, place_matters in essential], dtype=np.bool_)
        of_place = np.array([names[name] for name in geography], dtype=np.int32)
        key = key * len(names) + np.where(matters[inventory.term], of_place[inventory.place], 0)
        count *= len(names)
    of_line, first = in_order_of_appearance(key, count)
    terms = [essential[code][0] for code in inventory.term[first].tolist()]
    return _Pairs(of_line, first, terms, [geography[code] for code in inventory.place[first].tolist()])


def _refusals(
    inventory: Inventory,
    pairs: _Pairs,
    refused: Mapping[int, tuple[Problem, ...]],
    binder: Binder,
) -> Iterator[Refusal]:
    """Refused pairs with their lines, in document order; lines with different spends are estimated apart."""
    is_refused = np.zeros(len(pairs.first), dtype=np.bool_)
    is_refused[list(refused)] = True
    groups: dict[tuple[int, tuple[int, float] | None], list[int]] = {}
    for line in np.flatnonzero(is_refused[pairs.of_line]).tolist():
        groups.setdefault((int(pairs.of_line[line]), inventory.spends.of(line)), []).append(line)
    for (code, spend), lines in groups.items():
        problems = tuple(_located(problem, inventory, lines[0], len(lines)) for problem in refused[code])
        terms = inventory.terms[inventory.term[lines[0]]]
        if spend is not None:
            stake = binder.stake([(inventory.terms[spend[0]], spend[1] * len(lines))], pairs.geography[code])
        else:
            amount = float(np.sum(inventory.quantity[lines]))
            stake = binder.stake([(untaxed, amount) for untaxed in _as_if_untaxed(terms)], pairs.geography[code])
        yield Refusal(problems, tuple(lines), stake)


def _as_if_untaxed(terms: LineTerms) -> tuple[LineTerms, LineTerms]:
    """Terms of an amount refused for its tax basis, as if it were excluding tax: at most what it would give."""
    return terms._replace(vat_percent=0.0), terms._replace(basis=f"{terms.basis} HT".strip())


def _located(problem: Problem, inventory: Inventory, line: int, count: int) -> Problem:
    return problem.at(
        file=inventory.file(line), pointer=inventory.pointer(line), line_id=inventory.ids[line], count=count
    )


def _warnings(inventory: Inventory, noted: Iterable[tuple[Problem, int, int]]) -> Iterator[Problem]:
    """One warning for all the pairs of a document that it says the same of, at the first of its lines.

    `noted` are problems with the first line and the number of lines of their pair.
    """
    of_kind: dict[tuple[int, str, str], tuple[Problem, int, int]] = {}
    for problem, line, count in noted:
        key = (int(inventory.establishment[line]), problem.code, repr(sorted(problem.parameters.items())))
        first, at, before = of_kind.get(key, (problem, line, 0))
        of_kind[key] = (first, at, before + count)
    for problem, line, count in of_kind.values():
        yield _located(problem, inventory, line, count)


class _Contribution(NamedTuple):
    """What a part adds to one cell, of one unit of the factor: share and value are multiplied by the quantity."""

    rule: Rule
    timing: str
    gas: int
    share: float
    value: float


def _contributions(parts: Sequence[BoundPart]) -> list[_Contribution]:
    return [
        _Contribution(bound.rule, timing, gas, share, value)
        for bound in parts
        for timing, share in bound.shares
        for gas, value in enumerate(bound.part.gases)
        if value is not None
    ]


def _entries(
    bound: Sequence[BoundTerms | None],
) -> tuple[tuple[tuple[Rule, str], ...], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Coefficients of all pairs as one compressed table: pair, then (rule, timing, gas).

    Pairs with the same parts differ in their multiplier alone: they are filled together.
    """
    alike: dict[int, list[int]] = {}
    for pair, found in enumerate(bound):
        if found is not None:
            alike.setdefault(id(found.parts), []).append(pair)
    groups = [(np.array(pairs), _contributions(_parts(bound, pairs[0]))) for pairs in alike.values()]
    rules = {entry.rule.index: entry.rule for _, entries in groups for entry in entries}
    # sorted, so that a coarser total sums its cells in one order whatever the order of the lines
    keys = sorted({(entry.rule.index, entry.timing) for _, entries in groups for entry in entries})
    row = {key: number for number, key in enumerate(keys)}
    places = [
        [row[entry.rule.index, entry.timing] * len(GASES) + entry.gas for entry in entries] for _, entries in groups
    ]
    sizes = np.zeros(len(bound), dtype=np.int64)
    for (pairs, _), of_group in zip(groups, places, strict=True):
        sizes[pairs] = len(set(of_group))
    pointer = np.concatenate(([0], np.cumsum(sizes)))
    cells = np.empty(pointer[-1], dtype=np.int32)
    coefficients = np.zeros(pointer[-1])
    multipliers = np.array([found.multiplier if found else 0.0 for found in bound])
    for (pairs, entries), of_group in zip(groups, places, strict=True):
        order = {place: number for number, place in enumerate(dict.fromkeys(of_group))}
        for entry, place in zip(entries, of_group, strict=True):
            at = pointer[pairs] + order[place]
            cells[at] = place
            coefficients[at] += multipliers[pairs] * entry.share * entry.value
    return tuple((rules[index], timing) for index, timing in keys), pointer, cells, coefficients


def _parts(bound: Sequence[BoundTerms | None], pair: int) -> Sequence[BoundPart]:
    found = bound[pair]
    return found.parts if found else ()
