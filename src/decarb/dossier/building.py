"""Build a dossier: its result is computed from its own members, so that it replays by construction."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from decarb.dossier.readme import README, readme
from decarb.dossier.replaying import RESULTS, Replayed, replay
from decarb.dossier.request import FORMAT, MANIFEST, OPTIONS, RESULT, SIGNATURE, Request, inputs_of
from decarb.dossier.signing import sign
from decarb.errors import DecarbError, InvalidDossierError, Problem
from decarb.writing import archive_bytes

_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
KIND = "decarb-dossier"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as bytes, and what identifies it.

    Attributes
    ----------
    content
        The zip file.
    manifest_sha256
        Of its manifest, which holds the digest of every other member: say it wherever the result is cited. It does
        not depend on how the file is compressed.
    is_partial
        Whether refused lines were left out.
    """

    content: bytes
    manifest_sha256: str
    is_partial: bool


def build_dossier(request: Request, key: str | Path | None = None) -> Dossier:
    """Compute a footprint and put on file all that it was made from and all that it says.

    Parameters
    ----------
    key
        Private key of OpenSSH to sign the manifest with, where one is given.

    Returns
    -------
    Dossier
        The same bytes for the same inputs, versions and key (a key that signs without chance, as Ed25519 does).

    Raises
    ------
    DecarbError
        With every problem of the inventories and every refusal, or what is wrong with an input or the key.
    """
    inputs = inputs_of(request)
    options = orjson.dumps(request.staged().document(), option=_PRETTY)
    members = {OPTIONS: options, **inputs}
    replayed = replay(members)
    if replayed.reasons:
        _refuse(request, inputs, replayed)
    members |= replayed.results
    members[README] = readme(request.language)
    result = orjson.loads(replayed.results[RESULT])
    manifest = orjson.dumps(_manifest(members, request.staged(), result, replayed.engine), option=_PRETTY)
    signed = {SIGNATURE: sign(manifest, Path(key))} if key else {}
    content = archive_bytes({MANIFEST: manifest, **signed, **dict(sorted(members.items()))})
    return Dossier(content, hashlib.sha256(manifest).hexdigest(), bool(result["partial"]))


def _manifest(
    members: Mapping[str, bytes], staged: Request, result: Mapping[str, Any], engine: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": KIND,
        "engine": dict(engine),
        "establishments": [
            {name: establishment.get(name) for name in ("name", "start", "end")}
            for establishment in result["establishments"]
        ],
        "total_kgco2e": result["total_kgco2e"],
        "partial": result["partial"],
        "library": {
            "digest": result["library"]["digest"],
            "layers": [{name: layer[name] for name in ("name", "version", "digest")} for layer in _layers(result)],
        },
        "medicines": result["medicines"]["tables"],
        "inventories": list(staged.inventories),
        "results": list(RESULTS),
        "members": [
            {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(members.items())
        ],
    }


def _layers(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(result["library"]["layers"])


def _refuse(request: Request, inputs: Mapping[str, bytes], replayed: Replayed) -> None:
    """Raise what a footprint of the same files refuses, each problem at the file that the user gave."""
    from decarb.footprint.from_files import compute_files

    with tempfile.TemporaryDirectory(prefix="decarb-") as folder:
        paths = {}
        for given, member in zip(request.inventories, request.staged().inventories, strict=True):
            path = Path(folder) / member
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(inputs[member])
            paths[str(path)] = given
        try:
            compute_files(list(paths), request.libraries, request.gwp, request.partial, request.medicines)
        except DecarbError as error:
            found = [replace(problem, file=paths.get(problem.file, problem.file)) for problem in error.problems]
            raise type(error)(found) from None
    raise InvalidDossierError([Problem("dossier-replay-refused", {"reasons": list(replayed.reasons)})])
