"""Bind every line of an inventory, once per distinct terms, into the arrays that the kernel wants."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from decarb.binding.terms import BoundTerms, bind_terms
from decarb.errors import DecarbError, Problem
from decarb.factors import FactorLibrary
from decarb.inventory import Inventory, LineTerms
from decarb.reporting import GASES, Rule


@dataclass(frozen=True, slots=True)
class Refusal:
    """Terms that cannot be bound: why, for which lines, and what is at stake where that can be estimated."""

    problems: tuple[Problem, ...]
    lines: tuple[int, ...]
    stake_kgco2e: float | None


@dataclass(frozen=True, slots=True)
class Binding:
    """Lines bound to a library, as the kernel wants them.

    Attributes
    ----------
    bound
        By term code of the inventory; None where refused.
    keys
        (rule, timing) of each group of cells; a cell is ``key * len(GASES) + gas``.
    pointer, cell, coefficient
        Entries of each term code: empty where refused.
    refusals, warnings
        Grouped by distinct terms, in document order.
    """

    inventory: Inventory
    library: FactorLibrary
    gwp_set: str
    bound: tuple[BoundTerms | None, ...]
    keys: tuple[tuple[Rule, str], ...]
    pointer: NDArray[np.int64]
    cell: NDArray[np.int32]
    coefficient: NDArray[np.float64]
    refusals: tuple[Refusal, ...]
    warnings: tuple[Problem, ...]


def bind(inventory: Inventory, library: FactorLibrary, gwp_set: str = "AR6") -> Binding:
    """Resolve every distinct terms of `inventory` against `library`.

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
    refusals: list[Refusal] = []
    warnings: list[Problem] = []
    lines_of = _lines_by_term(inventory)
    for code, terms in enumerate(inventory.terms):
        lines = lines_of[code]
        try:
            found = bind_terms(terms, library, gwp_set)
        except DecarbError as error:
            located = tuple(_located(problem, inventory, lines) for problem in error.problems)
            stake = _stake(terms, inventory.quantity[lines], library, gwp_set)
            refusals.append(Refusal(located, tuple(int(line) for line in lines), stake))
            bound.append(None)
            continue
        bound.append(found)
        warnings += [_located(note, inventory, lines) for note in found.notes if note.severity == "warning"]
    keys, pointer, cell, coefficient = _entries(bound)
    return Binding(
        inventory,
        library,
        gwp_set,
        tuple(bound),
        keys,
        pointer,
        cell,
        coefficient,
        tuple(sorted(refusals, key=lambda refusal: refusal.lines[0])),
        tuple(_merged(warnings)),
    )


def _lines_by_term(inventory: Inventory) -> list[NDArray[np.intp]]:
    order = np.argsort(inventory.term, kind="stable")
    bounds = np.searchsorted(inventory.term[order], np.arange(len(inventory.terms) + 1))
    return [order[start:stop] for start, stop in pairwise(bounds)]


def _located(problem: Problem, inventory: Inventory, lines: NDArray[np.intp]) -> Problem:
    first = int(lines[0])
    return problem.at(
        file=inventory.file(first),
        pointer=inventory.pointer(first),
        line_id=inventory.ids[first],
        count=len(lines),
    )


def _merged(warnings: list[Problem]) -> Iterator[Problem]:
    """One warning for all the terms that it says the same of, at the first of its lines."""
    of_kind: dict[tuple[str, str, str], list[Problem]] = {}
    for warning in warnings:
        key = (warning.file, warning.code, repr(sorted(warning.parameters.items())))
        of_kind.setdefault(key, []).append(warning)
    for same in of_kind.values():
        yield same[0].at(count=sum(warning.count for warning in same))


def _stake(terms: LineTerms, quantities: NDArray[np.float64], library: FactorLibrary, gwp_set: str) -> float | None:
    """Emissions at stake in refused lines [kg CO2e], where an amount and a spend ratio are given; else None.

    They are those of the line's ``spend``; or, for an amount refused for its tax basis alone, those of the
    amount as if it were excluding tax: at most what the line would give.
    """
    if terms.spend is not None:
        spend, amount = terms.spend
        attempts = [(spend, amount * len(quantities))]
    else:
        amount = float(np.sum(quantities))
        untaxed = (terms._replace(vat_percent=0.0), terms._replace(basis=f"{terms.basis} HT".strip()))
        attempts = [(attempt, amount) for attempt in untaxed]
    for attempt, amount in attempts:
        try:
            found = bind_terms(attempt, library, gwp_set)
        except DecarbError:
            continue
        if found.factor.is_monetary:
            return found.coefficient("beges") * amount
    return None


def _entries(
    bound: list[BoundTerms | None],
) -> tuple[tuple[tuple[Rule, str], ...], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Coefficients of all terms as one compressed table: term, then (rule, timing, gas)."""
    contributions = [list(_contributions(found)) if found else [] for found in bound]
    rules = {rule.index: rule for entries in contributions for rule, *_ in entries}
    # sorted, so that a coarser total sums its cells in one order whatever the order of the lines
    keys = sorted({(rule.index, timing) for entries in contributions for rule, timing, *_ in entries})
    row = {key: number for number, key in enumerate(keys)}
    pointer = [0]
    cells: list[int] = []
    coefficients: list[float] = []
    for entries in contributions:
        merged: dict[int, float] = {}
        for rule, timing, gas, value in entries:
            place = row[rule.index, timing] * len(GASES) + gas
            merged[place] = merged.get(place, 0.0) + value
        cells += merged
        coefficients += merged.values()
        pointer.append(len(cells))
    return (
        tuple((rules[index], timing) for index, timing in keys),
        np.array(pointer, dtype=np.int64),
        np.array(cells, dtype=np.int32),
        np.array(coefficients, dtype=np.float64),
    )


def _contributions(found: BoundTerms) -> Iterator[tuple[Rule, str, int, float]]:
    for bound in found.parts:
        for timing, share in bound.shares:
            for gas, value in enumerate(bound.part.gases):
                if value is not None:
                    yield bound.rule, timing, gas, found.multiplier * share * value
