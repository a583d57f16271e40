"""What lies where in the folder of a store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from decarb import __version__
from decarb.errors import InvalidStoreError, Problem, UsageError
from decarb.national.store import disk
from decarb.writing import PACKAGE, STORE

FORMAT = "1.0"


@dataclass(frozen=True, slots=True)
class Store:
    """Folder of a store.

    Attributes
    ----------
    folder
        docs/national-store.md says what it holds.
    """

    folder: Path

    @property
    def lock(self) -> Path:
        """File that whoever changes the store has locked."""
        return self.folder / "lock"

    @property
    def log(self) -> Path:
        """One record a line, of every submission."""
        return self.folder / "log.jsonl"

    @property
    def originals(self) -> Path:
        """Documents as they came, each named by its sha256."""
        return self.folder / "originals"

    @property
    def submissions(self) -> Path:
        """Table of the submissions, made from the log."""
        return self.folder / "submissions.parquet"

    @property
    def columns(self) -> Path:
        """Lines, by year."""
        return self.folder / "columns"

    @property
    def spends(self) -> Path:
        """Amounts beside quantities, by year."""
        return self.folder / "spends"

    @property
    def terms(self) -> Path:
        """What term codes mean."""
        return self.folder / "terms"

    @property
    def places(self) -> Path:
        """What place codes mean."""
        return self.folder / "places"

    @property
    def sections(self) -> Path:
        """What section codes mean."""
        return self.folder / "sections.parquet"

    @property
    def drafts(self) -> Path:
        """Folders of the processes that are submitting: what is not yet in its place."""
        return self.folder / "drafts"

    @property
    def marker(self) -> Path:
        """File that is there while names are put in their places: who finds it sweeps after a killed process."""
        return self.drafts / "committing"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder."""
        return self.originals, self.columns, self.spends, self.terms, self.places, self.drafts

    def original(self, digest: str) -> Path:
        """Where the document of this sha256 is.

        One folder holds them all: to make a hundred names last then takes one call, not one for each of many folders.
        """
        return self.originals / f"{digest}.json"

    def part(self, folder: Path, batch: tuple[int, int], year: int | None = None) -> Path:
        """File of `folder` with what a batch of submissions brought, of one year where the folder is by year."""
        within = folder if year is None else folder / f"year={year}"
        return within / f"{batch[0]:08d}-{batch[1]:08d}.parquet"


def batch_of(part: Path) -> tuple[int, int] | None:
    """Numbers of the first and the last submission of a part, by its name; None if it is no part."""
    first, _, last = part.stem.partition("-")
    if part.suffix != ".parquet" or not (len(first) == len(last) == 8 and first.isdecimal() and last.isdecimal()):
        return None
    return int(first), int(last)


def init_store(folder: str | Path) -> Store:
    """Make an empty store.

    Raises
    ------
    UsageError
        If the folder holds something already, or cannot be written.
    """
    from decarb.national.store.parts import sections_table, table_bytes

    store = Store(Path(folder).resolve())
    with writing(store):
        if _is_store(store):
            raise UsageError([Problem("store-exists", {"value": str(folder)})])
        known = {path.name for path in (store.lock, store.log, store.sections, *store.folders)}
        taken = store.folder.exists() and not {path.name for path in store.folder.iterdir()} <= known
        if taken or (store.log.exists() and store.log.stat().st_size):
            raise UsageError([Problem("folder-not-empty", {"value": str(folder)})])
        if not store.folder.parent.is_dir():
            raise UsageError([Problem("folder-missing", {"value": str(folder), "folder": str(store.folder.parent)})])
        disk.make_folder(store.folder)
        for path in store.folders:
            disk.make_folder(path)
        for path, content in ((store.log, b""), (store.sections, table_bytes(sections_table()))):
            disk.remove(path)  # what a run left that was killed before this folder was a store
            disk.write(path, content)
        store.lock.touch()
        disk.settle((store.folder,))
        draft = store.drafts / PACKAGE
        disk.remove(draft)
        disk.write(draft, _description())
        disk.place(draft, store.folder / PACKAGE)
        disk.settle((store.folder,))
    return store


def open_store(folder: str | Path) -> Store:
    """Return the store that a folder is.

    Raises
    ------
    InvalidStoreError
        If it is none, or not of this version.
    """
    store = Store(Path(folder).resolve())
    if not _is_store(store):
        code = "store-missing" if not store.folder.exists() else "not-a-store"
        raise InvalidStoreError([Problem(code, {"value": str(folder)}, file=str(folder))])
    said = _said(store)
    if said.get("format") != FORMAT:
        what = {"value": str(said.get("format")), "known": FORMAT}
        raise InvalidStoreError([Problem("store-format", what, file=str(folder))])
    return store


def _is_store(store: Store) -> bool:
    return _said(store).get("kind") == STORE


def _said(store: Store) -> dict[str, object]:
    try:
        said = orjson.loads((store.folder / PACKAGE).read_bytes())["decarb"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return said if isinstance(said, dict) else {}


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """Say what cannot be written by name.

    Raises
    ------
    UsageError
        If the disk is full, may not be written, ...
    """
    try:
        yield
    except OSError as error:
        what = {"value": str(store.folder), "reason": error.strerror or str(error)}
        raise UsageError([Problem("store-unwritable", what)]) from None


def _description() -> bytes:
    names = (
        "log.jsonl",
        "submissions.parquet",
        "sections.parquet",
        "terms",
        "places",
        "columns",
        "spends",
        "originals",
    )
    description = {
        "name": "decarb-submissions",
        "title": "Inventories as they were submitted, and their columns",
        "resources": [{"name": Path(name).stem, "path": name} for name in names],
        "decarb": {"kind": STORE, "format": FORMAT, "engine": __version__},
    }
    return orjson.dumps(description, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
