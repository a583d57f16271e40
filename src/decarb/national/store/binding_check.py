"""What of new submissions the factors of today would refuse: told to who submits, who alone can mend it."""

from collections.abc import Iterable, Mapping, Sequence

from decarb.binding import Binding, bind
from decarb.errors import Problem
from decarb.factors import FactorLibrary
from decarb.national.store.committing import Receipt
from decarb.national.store.layout import Store
from decarb.national.store.log import read_ledger
from decarb.national.store.opening import open_submissions


def refused_lines(
    store: Store, receipts: Iterable[Receipt], library: FactorLibrary
) -> Mapping[int, tuple[Problem, ...]]:
    """Bind the lines of new submissions that count.

    Parameters
    ----------
    receipts
        Of one run; those that repeat an earlier one are left alone.

    Returns
    -------
    mapping from the number of a submission to problems
        Why lines are refused, each reason once for each document, at the first of its lines; nothing where all lines
        can be computed. They are warnings: which library somebody computes with is not known yet.
    """
    ledger = read_ledger(store)
    by_year: dict[int, set[int]] = {}
    for receipt in receipts:
        one = receipt.submission
        if one.year is not None and not receipt.repeated and ledger.counts(one):
            by_year.setdefault(one.year, set()).add(one.number)
    found: dict[int, tuple[Problem, ...]] = {}
    for year, numbers in by_year.items():
        inventory = open_submissions(store, year, ledger, numbers)
        number_of = {(one.digest, one.file): one.number for one in map(ledger.__getitem__, numbers)}
        submissions = [number_of[one.digest, one.file] for one in inventory.establishments]
        binding = bind(inventory, library)
        for document, problems in _by_document(binding).items():
            found[submissions[document]] = tuple(problems)
    return found


def _by_document(binding: Binding) -> dict[int, list[Problem]]:
    """Problems of refused lines, by document."""
    inventory = binding.given
    found: dict[int, list[Problem]] = {}
    for refusal in binding.refusals:
        lines: dict[int, list[int]] = {}
        for line in refusal.lines:
            lines.setdefault(int(inventory.establishment[line]), []).append(line)
        for document, mine in lines.items():
            found.setdefault(document, []).extend(_at_first(binding, refusal.problems, mine))
    return found


def _at_first(binding: Binding, problems: Sequence[Problem], lines: Sequence[int]) -> Iterable[Problem]:
    inventory, line = binding.given, lines[0]
    place = {"file": inventory.file(line), "pointer": inventory.pointer(line), "line_id": inventory.ids[line]}
    return [problem.at(**place, count=len(lines), severity="warning") for problem in problems]
