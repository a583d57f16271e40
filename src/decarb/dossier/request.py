"""What a dossier is asked for, and where each thing lies in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from decarb.errors import InvalidDossierError, Problem, UsageError, unreadable
from decarb.inventory.document import read_bytes
from decarb.inventory.limits import DEFAULT_LIMITS
from decarb.resources import data_folder

FORMAT = "1.0"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
"""Detached signature of the manifest, as ssh-keygen writes it; the manifest does not list it."""
OPTIONS = "options.json"
RESULT = "result.json"
LINES = "lines.csv"
READABLE = "report.txt"
PAGE = "report.html"
PACKAGED_LIBRARY = "library/decarb"

LIBRARY_SUBFOLDERS = ("", "medicines")
"""What of ``emission_factors`` a footprint reads."""
_TABLE_SUFFIXES = (".csv", ".json")
_UNPORTABLE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


@dataclass(frozen=True, slots=True)
class Request:
    """A footprint to be put on file.

    Attributes
    ----------
    inventories
        Documents; ``-`` is the standard input.
    libraries, medicines
        As in ``load_factors`` and ``load_medicines``.
    gwp
        As in ``compute_footprint``.
    partial
        Whether lines that are refused are left out.
    view, language
        Of the readable report and of the messages.
    day
        That ages of answers to the adaptation checklist are counted to, in the page (ISO 8601).
    """

    inventories: tuple[str, ...]
    libraries: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    gwp: str | None = None
    partial: bool = False
    view: str = "beges"
    language: str = "en"
    day: str = field(default_factory=lambda: date.today().isoformat())

    def staged(self) -> "Request":
        """The same request of the members of its dossier, by their paths in it."""
        return Request(
            tuple(_numbered("inventories", number, path) for number, path in enumerate(self.inventories, start=1)),
            tuple(f"library/layers/{number}/{name}" for number, name in self._named(self.libraries)),
            tuple(f"medicines/{number}/{name}" for number, name in self._named(self.medicines)),
            self.gwp,
            self.partial,
            self.view,
            self.language,
            self.day,
        )

    @staticmethod
    def _named(paths: Sequence[str]) -> list[tuple[int, str]]:
        """Paths by number and name: what a layer is called is part of the result."""
        return [(number, _portable(path)) for number, path in enumerate(paths, start=1)]

    def document(self) -> dict[str, Any]:
        """Form of ``options.json``."""
        return {
            "format": FORMAT,
            "inventories": list(self.inventories),
            "libraries": list(self.libraries),
            "medicines": list(self.medicines),
            "gwp_set": self.gwp,
            "partial": self.partial,
            "view": self.view,
            "language": self.language,
            "day": self.day,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Request":
        """Request that ``options.json`` says."""
        return cls(
            tuple(document["inventories"]),
            tuple(document["libraries"]),
            tuple(document["medicines"]),
            document["gwp_set"],
            document["partial"],
            document["view"],
            document["language"],
            document["day"],
        )


def inputs_of(request: Request) -> dict[str, bytes]:
    """Content of everything that a request is computed from, by its path in the dossier, bytes as they came.

    Raises
    ------
    DecarbError
        If one cannot be read, is a folder of columns, or a library has a name that not every system can write.
    """
    staged = request.staged()
    files = packaged_tables()
    for path, member in zip(request.inventories, staged.inventories, strict=True):
        if Path(path).is_dir():
            raise UsageError([Problem("dossier-of-columns", {}, file=path)])
        files[member] = read_bytes(Path(path))
    given = zip(
        (*request.libraries, *request.medicines),
        (*staged.libraries, *staged.medicines),
        strict=True,
    )
    for path, member in given:
        files |= _tables(Path(path), member)
    return files


def packaged_tables() -> dict[str, bytes]:
    """Tables of the packaged library that a footprint reads, by their paths in a dossier."""
    root = data_folder("emission_factors")
    files: dict[str, bytes] = {}
    for subfolder in LIBRARY_SUBFOLDERS:
        prefix = "/".join(filter(None, (PACKAGED_LIBRARY, subfolder)))
        files |= _tables(root / subfolder if subfolder else root, prefix)
    return files


def _tables(path: Path, member: str) -> dict[str, bytes]:
    """A file, or the tables of a folder."""
    try:
        if not path.is_dir():
            return {member: read_bytes(path, DEFAULT_LIMITS.document_bytes)}
        found = sorted(file for file in path.iterdir() if file.suffix in _TABLE_SUFFIXES and file.is_file())
        return {f"{member}/{_portable(file)}": file.read_bytes() for file in found}
    except OSError as error:
        raise InvalidDossierError([unreadable(path, error)]) from None


def _numbered(folder: str, number: int, path: str) -> str:
    """Path of a member whose own name says nothing to the result."""
    name = "stdin.json" if path == "-" else Path(path).name
    return f"{folder}/{number}-{_UNPORTABLE.sub('_', name).rstrip('. ') or 'inventory'}"


def _portable(path: str | Path) -> str:
    name = Path(path).resolve().name
    if not name or _UNPORTABLE.search(name) or name != name.rstrip(". "):
        raise UsageError([Problem("name-not-portable", {"value": name or str(path)}, file=str(path))])
    return name
