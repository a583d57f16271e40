"""Dossiers to verify: a small one, and ways to spoil it."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from decarb.dossier import Dossier, Request, build_dossier, verify_dossier
from decarb.dossier.archive import read_archive
from decarb.errors import InvalidDossierError
from decarb.writing import archive_bytes

ROOT = Path(__file__).parent.parent.parent


def small(folder: Path, **options: Any) -> tuple[Dossier, Path]:
    """A dossier of two lines, and the file it is in; `options` are those of ``Request`` and ``key``."""
    inventory = folder / "small.json"
    inventory.write_text(
        json.dumps(
            {
                "schema_version": "1.0",
                "establishment": {"name": "=Hospital", "region": "11"},
                "period": {"start": "2024-01-01", "end": "2024-12-31"},
                "energy": [{"id": "power", "factor": "electricity-fr-2024", "quantity": 1000, "unit": "MWh"}],
                "anaesthetic_gases": [{"id": "gas", "factor": "desflurane", "quantity": 10, "unit": "L"}],
            }
        ),
        encoding="utf-8",
    )
    key = options.pop("key", None)
    dossier = build_dossier(Request((str(inventory),), **options), key)
    path = folder / "small.zip"
    path.write_bytes(dossier.content)
    return dossier, path


def rewritten(path: Path, target: Path, changed: Mapping[str, bytes | None]) -> Path:
    """The same archive with members changed, added, or (None) left out."""
    files: dict[str, bytes | None] = {**read_archive(path), **changed}
    target.write_bytes(archive_bytes({name: content for name, content in files.items() if content is not None}))
    return target


def forged(path: Path, target: Path, changed: Mapping[str, bytes]) -> Path:
    """As ``rewritten``, the manifest brought in line with the changes as a forger would."""
    members = read_archive(path) | dict(changed)
    manifest = orjson.loads(members["manifest.json"])
    for member in manifest["members"]:
        content = members[member["name"]]
        member |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return rewritten(path, target, {**changed, "manifest.json": orjson.dumps(manifest)})


def archive_of(target: Path, *members: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    """A zip file of members as they are given, wherever they lead."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return target


def another_decarb(folder: Path) -> Path:
    """A copy of the sources and of what they are packaged with, to be changed."""
    for name in ("src", "emission_factors", "schemas", "adaptation_catalogue"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.po"))
    return folder


def run_in(folder: Path, *words: Any) -> subprocess.CompletedProcess[str]:
    """`decarb` as it is in that copy, in a process of its own."""

    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "LC_ALL": "en_US.UTF-8",
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, "-m", "decarb", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, cwd=folder)


def refused(path: Path, **options: object) -> dict[str, str]:
    """Messages by code of a dossier that is refused."""
    with pytest.raises(InvalidDossierError) as found:
        verify_dossier(path, **options)  # type: ignore[arg-type]
    return {problem.code: problem.message() for problem in found.value.problems}
