"""The importers by name, and the way that all of them go: read, check, store."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from decarb.errors import InvalidLibraryError, Problem
from decarb.factors.importers.account import Imported
from decarb.factors.library import FactorLibrary
from decarb.factors.loading import load_factors
from decarb.factors.package import Package
from decarb.factors.storing import store
from decarb.factors.tables import layer_over
from decarb.language import mark
from decarb.resources import collector_paused


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of base that can be imported.

    ``read`` takes its file, the packaged library, and the version that the user says, blank if the file says it.
    """

    name: str
    title: str
    read: Callable[[Path, FactorLibrary, str], Imported]


def _base_carbone(path: Path, below: FactorLibrary, version: str) -> Imported:
    from decarb.factors.importers.base_carbone import read_base_carbone

    return read_base_carbone(path, below, version)


def _uk_conversion_factors(path: Path, below: FactorLibrary, version: str) -> Imported:
    from decarb.factors.importers.uk_conversion_factors import read_uk_conversion_factors

    imported = read_uk_conversion_factors(path, below)
    said = {"version": version} if version else {}
    return replace(imported, description={**imported.description, **said})


def _own(path: Path, below: FactorLibrary, version: str) -> Imported:
    from decarb.factors.importers.own_factors import read_own_csv

    imported = read_own_csv(path, below)
    return replace(imported, description={**imported.description, "version": version})


IMPORTERS: dict[str, Importer] = {
    importer.name: importer
    for importer in (
        Importer("base-carbone", mark("ADEME Base Carbone, the official export"), _base_carbone),
        Importer("uk", mark("UK government conversion factors, the flat file"), _uk_conversion_factors),
        Importer("own", mark("your own factors, a CSV"), _own),
    )
}


def import_base(name: str, path: Path, folder: Path, *, version: str = "", force: bool = False) -> Imported:
    """Import the base `name` from its file, and store it as a library in `folder`.

    Parameters
    ----------
    version
        Of the base, where neither its file nor the file's name says it.
    force
        Whether an earlier library in `folder` may go.

    Raises
    ------
    InvalidLibraryError
        If the file cannot be read, is not of that base, or gives no sound library.
    UsageError
        If `folder` is taken, by anything without `force`, or cannot be written.
    """
    with collector_paused():
        below = load_factors()
        imported = IMPORTERS[name].read(path, below, version)
        library = layer_over(below, imported.tables, folder.name, str(path), Package(), problems=imported.problems)
        account = imported.account
        if not len(library.tables[-1]):
            raise InvalidLibraryError([Problem("base-without-factors", {"rows": account.rows_read}, file=str(path))])
        counts = {"rows_read": account.rows_read, "rows_kept": account.rows_kept, "set_aside": dict(account.reasons)}
        source = {**imported.description.get("decarb", {}), **counts}
        description = {**imported.description, "decarb": source}
        digest = library.layers[-1].digest
        store(folder, {**imported.tables, **account.tables()}, description, digest, replace=force)
    return imported
