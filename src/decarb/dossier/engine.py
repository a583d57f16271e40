"""What computes: the versions that the bits of a result depend on."""

import hashlib
import platform
from functools import cache
from importlib.metadata import version

from decarb import __version__
from decarb.resources import PACKAGE

_DEPENDENCIES = ("jsonschema-rs", "numba", "numpy", "orjson")
"""What has a part in the figures of a footprint, from the bytes of a document to those of a result."""


@cache
def running_engine() -> dict[str, str]:
    """Versions of decarb, Python and dependencies, and the system.

    ``nomenclatures`` is the sha256 of the posts, rules, gases and units that belong to the code: two copies that
    are called the same version and book otherwise are told apart.
    """
    return {
        "decarb": __version__,
        "nomenclatures": _nomenclatures(),
        "python": platform.python_version(),
        **{name: version(name) for name in _DEPENDENCIES},
        "system": f"{platform.system()} {platform.machine()}",
    }


def _nomenclatures() -> str:
    digest = hashlib.sha256()
    for path in sorted((PACKAGE / "data").iterdir()):
        if path.is_file():
            digest.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
