"""Lines of a footprint that a view of gases reads, and those that it has to leave out."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from decarb.binding import Refusal
from decarb.binding.terms import is_medicine_code
from decarb.errors import InvalidInventoryError, Problem, RefusedLinesError, UsageError
from decarb.factors import Factor
from decarb.footprint import Footprint
from decarb.inventory import LineTerms
from decarb.medicines import SPEND, load_medicines
from decarb.medicines.products import Product

Named = Product | Factor
"""What a line names."""
IsShown = Callable[[Named, int], bool]
"""Whether a view shows what a line of a year names."""


@dataclass(frozen=True, slots=True)
class RefusedLines:
    """Lines that the footprint refuses, and what they name: None where nothing says it."""

    refusal: Refusal
    terms: LineTerms
    named: Named | None


def refused_lines(footprint: Footprint) -> list[RefusedLines]:
    """Lines that a footprint refuses, by distinct terms, in the order of the document."""
    inventory = footprint.inventory
    found = []
    for refusal in footprint.binding.refusals:
        terms = inventory.terms[inventory.term[refusal.lines[0]]]
        named = _product(terms, footprint) if is_medicine_code(terms) else _factor(refusal, terms, footprint)
        found.append(RefusedLines(refusal, terms, named))
    return found


def refuse(refused: Iterable[RefusedLines]) -> None:
    """Refuse what the footprint refuses.

    Raises
    ------
    RefusedLinesError
        With every problem of every line, as the footprint words it.
    """
    problems = [problem for lines in refused for problem in lines.refusal.problems]
    if problems:
        raise RefusedLinesError(problems)


def lines_of(footprint: Footprint, pairs: Iterable[int]) -> list[int]:
    """Lines of some pairs of the binding, in the order of the document."""
    wanted = np.zeros(len(footprint.binding.bound), dtype=np.bool_)
    wanted[list(pairs)] = True
    return np.flatnonzero(wanted[footprint.binding.pair]).tolist()


def left_out(footprint: Footprint, refused: Iterable[RefusedLines], is_shown: IsShown) -> dict[int, list[Problem]]:
    """Say which lines a view does not look at, by establishment.

    They are refused lines that may be of anything, and medicines that the view shows counted by an amount of money.
    """
    inventory = footprint.inventory
    notices: dict[int, list[Problem]] = {}
    for pair, bound in enumerate(footprint.binding.bound):
        priced = bound.priced if bound else None
        if priced and priced.product and priced.rung == SPEND:
            terms = footprint.binding.pairs.terms[pair]
            if is_shown(priced.product, terms.year):
                problem = Problem("gas-code-by-spend", {"value": terms.code_value}, severity="warning")
                add_notices(notices, problem, lines_of(footprint, [pair]), footprint)
    unknown = [line for lines in refused if lines.named is None for line in lines.refusal.lines]
    for establishment, count in sorted(Counter(inventory.establishment[unknown].tolist()).items()):
        where = inventory.establishments[establishment].file
        problem = Problem("gas-lines-unknown", {"count": count}, file=where, severity="warning")
        notices.setdefault(establishment, []).append(problem)
    return notices


def add_notices(
    notices: dict[int, list[Problem]], problem: Problem, lines: Iterable[int], footprint: Footprint
) -> None:
    """Add a warning to each establishment that some lines are of, at the first of its lines."""
    inventory = footprint.inventory
    by_establishment: dict[int, list[int]] = {}
    for line in lines:
        by_establishment.setdefault(int(inventory.establishment[line]), []).append(line)
    for establishment, own in by_establishment.items():
        where = {"file": inventory.file(own[0]), "pointer": inventory.pointer(own[0]), "line_id": inventory.ids[own[0]]}
        notices.setdefault(establishment, []).append(problem.at(**where, count=len(own), severity="warning"))


def with_notices(
    shown: Iterable[int], notices: dict[int, list[Problem]], nothing: Problem
) -> list[tuple[int, list[Problem]]]:
    """Establishments shown, each with its notices; those of others, which name their file, are with the first.

    Raises
    ------
    InvalidInventoryError
        If none is shown: `nothing`, and what is not looked at.
    """
    order = sorted(shown)
    if not order:
        raise InvalidInventoryError([nothing, *(problem for own in notices.values() for problem in own)])
    others = [problem for number, own in sorted(notices.items()) if number not in order for problem in own]
    return [(number, [*notices.get(number, ()), *(others if number == order[0] else ())]) for number in order]


def _product(terms: LineTerms, footprint: Footprint) -> Product | None:
    medicines = footprint.binding.medicines or load_medicines()
    try:
        return medicines.product(terms.code_system, terms.code_value)
    except UsageError:
        return None


def _factor(refusal: Refusal, terms: LineTerms, footprint: Footprint) -> Factor | None:
    """Factor that a line was refused for, as its problems name it, or as it names it itself."""
    names = (*(str(problem.parameters.get("factor", "")) for problem in refusal.problems), terms.factor)
    return next((found for name in names if name and (found := footprint.library.find(name))), None)
