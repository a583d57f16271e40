"""What killed processes left: files that no record names, and folders of drafts that no process has."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from decarb.national.store import disk
from decarb.national.store.layout import Store
from decarb.national.store.ledger import Ledger
from decarb.national.store.parts import parts_in

OWNER = "owner"
"""In a folder of drafts: a file that its process has locked for as long as it lives."""


def sweep(store: Store, ledger: Ledger) -> None:
    """Remove what killed processes left; whoever calls has the store to himself."""
    for path in _unnamed_originals(store, ledger):
        disk.remove(path)
    for path in _abandoned(store):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else disk.remove(path)


def sweep_parts(store: Store, last: int) -> None:
    """Remove parts of submissions after the `last` of the log."""
    for path in _unnamed_parts(store, last):
        disk.remove(path)


def left_behind(store: Store, ledger: Ledger) -> list[Path]:
    """What the next submission will sweep; whoever calls has the store to himself."""
    return [*_unnamed_originals(store, ledger), *_abandoned(store), *_unnamed_parts(store, ledger.last)]


def _unnamed_originals(store: Store, ledger: Ledger) -> Iterator[Path]:
    for path in store.originals.iterdir():
        if path.suffix == ".json" and len(path.stem) == 64 and not ledger.accepted(path.stem):
            yield path


def _unnamed_parts(store: Store, last: int) -> Iterator[Path]:
    for folder in (store.columns, store.spends, store.terms, store.places):
        for batch, path in parts_in(folder):
            if batch[1] > last:
                yield path


def _abandoned(store: Store) -> Iterator[Path]:
    """Drafts without a process; those of the store itself are of one that has ended."""
    for path in store.drafts.iterdir():
        if not path.is_dir():
            yield path
        elif (lock := disk.try_lock(path / OWNER)) is not None:
            lock.close()
            yield path
