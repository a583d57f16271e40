"""Bind every line of an inventory, once per distinct terms, into the arrays that the kernel wants."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from decarb.binding.entries import compressed_entries
from decarb.binding.error_groups import ErrorGroups, error_groups
from decarb.binding.pairs import Pairs, distinct_pairs
from decarb.binding.spends import by_spend_where_better
from decarb.binding.terms import Binder, BoundTerms
from decarb.errors import DecarbError, Problem
from decarb.factors import FactorLibrary
from decarb.inventory import Inventory, LineTerms
from decarb.medicines import thirteen_digits
from decarb.reporting import GASES, TOTAL_GASES, Rule, view
from decarb.resources import collector_paused

if TYPE_CHECKING:
    from decarb.medicines import Medicines


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
    inventory
        What is counted: a medicine's line by what was paid for it, where that is the better rung.
    given
        The inventory as it was read; the same object where nothing is counted otherwise.
    pairs
        The distinct pairs of terms and, where it matters, place.
    bound
        By pair; None where refused.
    keys
        (rule, timing) of each group of cells; a cell is ``key * len(GASES) + gas``.
    pointer, cell, coefficient
        Entries of each pair: empty where refused.
    refusals
        Grouped by distinct pair, in document order.
    medicines
        Tables that medicine codes were resolved with; None for the packaged ones.
    """

    inventory: Inventory
    given: Inventory
    library: FactorLibrary
    gwp_set: str
    pairs: Pairs
    bound: tuple[BoundTerms | None, ...]
    keys: tuple[tuple[Rule, str], ...]
    pointer: NDArray[np.int64]
    cell: NDArray[np.int32]
    coefficient: NDArray[np.float64]
    refusals: tuple[Refusal, ...]
    medicines: "Medicines | None" = None

    @property
    def pair(self) -> NDArray[np.int32]:
        """Code of each line into ``bound``, of shape (lines,)."""
        return self.pairs.of_line

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """What is doubtful in how lines are bound: once for all lines of a document that it is said of."""
        noted = (
            (note, line, count)
            for found, line, count in zip(self.bound, self.pairs.first.tolist(), self.pairs.counts, strict=True)
            for note in (found.notes if found else ())
            if note.severity == "warning"
        )
        return tuple(_warnings(self.inventory, noted))

    def of_line(self, line: int) -> BoundTerms | None:
        """What a line is bound to; None if it is refused."""
        return self.bound[int(self.pair[line])]

    @cached_property
    def error_groups(self) -> ErrorGroups:
        """Which pairs share the error of their factor."""
        codes = (
            thirteen_digits(terms.code_system, terms.code_value) if found and found.priced else ""
            for found, terms in zip(self.bound, self.pairs.terms, strict=True)
        )
        return error_groups((found.factor if found else None for found in self.bound), codes)

    def row_coefficients(self, name: str) -> NDArray[np.float64]:
        """Emissions of one unit of each pair in each row of a view, of shape (rows, pairs) [kg CO2e]; zero if none."""
        chosen = view(name)
        number = {row.code: code for code, row in enumerate(chosen.rows)}
        read = [number[chosen.code(rule)] if timing in ("both", chosen.timing) else -1 for rule, timing in self.keys]
        key, gas = np.divmod(self.cell, len(GASES))
        row = np.array(read, dtype=np.int64)[key] if read else key
        counted = (row >= 0) & (gas < len(TOTAL_GASES))
        pairs = len(self.bound)
        place = row * pairs + np.repeat(np.arange(pairs), np.diff(self.pointer))
        sums = np.bincount(place[counted], self.coefficient[counted], len(number) * pairs)
        return np.asarray(sums.reshape(len(number), pairs), dtype=np.float64)

    @cached_property
    def computed(self) -> NDArray[np.bool_]:
        """Whether each line is bound, of shape (lines,)."""
        return self.is_bound[self.pair]

    @cached_property
    def is_bound(self) -> NDArray[np.bool_]:
        """Whether each pair is bound, of shape (pairs,)."""
        return np.array([found is not None for found in self.bound], dtype=np.bool_)


@collector_paused()
def bind(
    inventory: Inventory,
    library: FactorLibrary,
    gwp_set: str = "AR6",
    like: Binding | None = None,
    medicines: "Medicines | None" = None,
) -> Binding:
    """Resolve every distinct pair of terms and place of `inventory` against `library`.

    Parameters
    ----------
    gwp_set
        ``AR4``, ``AR5`` or ``AR6``: what mass of gas released is multiplied by.
    like
        Another binding of this inventory: its pairs are taken if it is to the same library.
    medicines
        Tables that medicine codes are resolved with; those of `like`, else the packaged ones, by default.

    Returns
    -------
    Binding
        With refusals as data: nothing is raised for a line that cannot be bound.
    """
    medicines = medicines or (like.medicines if like else None)
    binder = Binder(library, gwp_set, medicines)
    counted = by_spend_where_better(inventory, binder)
    same = like is not None and like.library is library and counted is like.inventory
    pairs = like.pairs if like and same else distinct_pairs(counted, binder)
    return bind_pairs(counted, inventory, pairs, binder, medicines)


@collector_paused()
def bind_pairs(
    counted: Inventory, given: Inventory, pairs: Pairs, binder: Binder, medicines: "Medicines | None" = None
) -> Binding:
    """Resolve pairs that are known already; as ``bind``."""
    bound: list[BoundTerms | None] = []
    refused: dict[int, tuple[Problem, ...]] = {}
    for code, (terms, geography, products) in enumerate(zip(pairs.terms, pairs.geography, pairs.products, strict=True)):
        try:
            bound.append(binder.bind(terms, geography, products))
        except DecarbError as error:
            refused[code] = error.problems
            bound.append(None)
    keys, pointer, cell, coefficient = compressed_entries(bound)
    return Binding(
        counted,
        given,
        binder.library,
        binder.gwp_set,
        pairs,
        tuple(bound),
        keys,
        pointer,
        cell,
        coefficient,
        tuple(_refusals(counted, pairs, refused, binder)),
        medicines,
    )


def _refusals(
    inventory: Inventory,
    pairs: Pairs,
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
            sign = np.sign(inventory.quantity[lines]).sum() or len(lines)  # credits give back
            stake = binder.stake([(inventory.terms[spend[0]], spend[1] * float(sign))], pairs.geography[code])
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
