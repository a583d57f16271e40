"""What a store says to those who compute from it: a year that counts, with what they should know of the rest."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from decarb.errors import Problem, UsageError
from decarb.inventory import Inventory
from decarb.national.store.layout import Store, open_store
from decarb.national.store.ledger import Ledger
from decarb.national.store.log import read_ledger
from decarb.national.store.opening import open_submissions


def read_year(folder: str | Path, year: int | None = None) -> Inventory:
    """Open the submissions of a year that count; its first warnings are of what the store holds beside them.

    Parameters
    ----------
    year
        The only year of the store, or else the latest one, by default.

    Raises
    ------
    InvalidStoreError
        If the folder is no store, or the store is damaged.
    UsageError
        If nobody submitted for this year, or nothing counts at all.
    """
    store, ledger = _opened(folder)
    known = submitted_years(ledger)
    chosen = known[-1] if year is None else year
    notes = []
    if year is None and len(known) > 1:
        what = {"value": chosen, "known": [one for one in known if one != chosen]}
        notes.append(Problem("store-latest-year", what, file=str(folder), severity="note"))
    return _noted(open_submissions(store, chosen, ledger), [*notes, *refusals(ledger, chosen, str(folder))])


def read_years(folder: str | Path, wanted: Iterable[int] | None = None) -> Iterator[Inventory]:
    """Open the submissions that count of each year, one after the other.

    Parameters
    ----------
    wanted
        Years to leave others out; all that were submitted by default.

    Raises
    ------
    InvalidStoreError, UsageError
        As ``read_year`` says.
    """
    store, ledger = _opened(folder)
    kept = None if wanted is None else frozenset(wanted)
    for year in submitted_years(ledger):
        if kept is None or year in kept:
            yield _noted(open_submissions(store, year, ledger), refusals(ledger, year, str(folder)))


def submitted_years(ledger: Ledger) -> list[int]:
    """Years of which a submission counts, ascending."""
    return sorted({one.year for one in ledger.current() if one.year is not None})


def refusals(ledger: Ledger, year: int, file: str) -> list[Problem]:
    """Warnings of the refused documents of a year, and of those whose year could not be read: they are in no figure."""
    refused = [one for one in ledger.submissions if one.verdict == "refused"]
    unread = sum(one.year is None for one in refused)
    of_year = [one for one in refused if one.year == year]
    heard = {one.entity for one in ledger.current(year)}
    left = {one.entity for one in of_year} - heard
    problems = []
    if of_year:
        what = {"documents": len(of_year), "value": year, "entities": len(left)}
        problems.append(Problem("store-refused", what, file=file, severity="warning"))
    if unread:
        what = {"documents": unread}
        problems.append(Problem("store-refused-unread", what, file=file, severity="warning"))
    return problems


def _opened(folder: str | Path) -> tuple[Store, Ledger]:
    store = open_store(folder)
    ledger = read_ledger(store)
    if not submitted_years(ledger):
        raise UsageError([Problem("store-empty", {"value": str(folder)}, file=str(folder))])
    return store, ledger


def _noted(inventory: Inventory, notes: Iterable[Problem]) -> Inventory:
    return replace(inventory, warnings=(*notes, *inventory.warnings))
