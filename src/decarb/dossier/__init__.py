"""A result that anyone can replay: what it was made from, what it says, and the digest of each (docs/dossier.md).

What is here is imported when it is first used: a replay must choose its tables before anything reads them.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decarb.dossier.building import Dossier, build_dossier
    from decarb.dossier.comparing import Difference
    from decarb.dossier.request import Request
    from decarb.dossier.signing import Signer
    from decarb.dossier.verifying import Verification, verify_dossier

_HOMES = {
    "Difference": "decarb.dossier.comparing",
    "Dossier": "decarb.dossier.building",
    "Request": "decarb.dossier.request",
    "Signer": "decarb.dossier.signing",
    "Verification": "decarb.dossier.verifying",
    "build_dossier": "decarb.dossier.building",
    "verify_dossier": "decarb.dossier.verifying",
}

__all__ = [
    "Difference",
    "Dossier",
    "Request",
    "Signer",
    "Verification",
    "build_dossier",
    "verify_dossier",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is first used (PEP 562)."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'decarb.dossier' has no attribute {name!r}")
