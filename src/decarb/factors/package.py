"""The data package of a library: its version, its digest, and the stamp that its files were checked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from decarb import __version__
from decarb.factors.columns import LIBRARY_TABLES
from decarb.writing import PACKAGE


@dataclass(frozen=True, slots=True)
class Package:
    """What ``datapackage.json`` says of a library.

    ``released`` is the day of the version; ``hashes`` holds the sha256 of each table's file when ``engine``
    (a version of decarb) checked it.
    """

    version: str = ""
    released: str = ""
    digest: str = ""
    engine: str = ""
    seal: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)

    def is_stamp_of(self, contents: Mapping[str, bytes | None]) -> bool:
        """Whether this version of decarb has checked these very files."""
        if self.engine != __version__ or self.seal != seal(self.engine, self.digest, self.hashes):
            return False
        found = {name: file_hash(content) for name, content in contents.items() if content is not None}
        return found == {name: known for name, known in self.hashes.items() if name in contents}


def seal(engine: str, digest: str, hashes: Mapping[str, str]) -> str:
    """Hold together who checked a library, what it is and which files it is in: no tool updates one alone."""
    words = [engine, digest, *(f"{name} {hashes[name]}" for name in sorted(hashes) if name in LIBRARY_TABLES)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def file_hash(content: bytes) -> str:
    """Hash of a file as data packages write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def read_package(folder: Path) -> Package:
    """Read the data package of a library, an empty one where there is none or it cannot be read."""
    try:
        document = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Package()
    if not isinstance(document, dict):
        return Package()
    stamp = _mapping(document.get("decarb"))
    resources = document.get("resources")
    hashes = {
        str(resource.get("name")): str(resource["hash"])
        for resource in (resources if isinstance(resources, list) else ())
        if isinstance(resource, dict) and "hash" in resource
    }
    return Package(
        version=str(document.get("version", "")),
        released=str(document.get("created", ""))[:10],
        digest=str(stamp.get("digest", "")),
        engine=str(stamp.get("engine", "")),
        seal=str(stamp.get("seal", "")),
        hashes=hashes,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
