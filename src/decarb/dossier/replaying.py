"""Compute a dossier from its own members, in a process that has read nothing else."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from decarb.dossier.__main__ import REASONS, REFUSED
from decarb.dossier.request import LINES, PAGE, READABLE, RESULT
from decarb.resources import PACKAGE

RESULTS = (RESULT, LINES, READABLE, PAGE)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay gave: the results by member, or the reasons why not, and what computed it."""

    results: Mapping[str, bytes]
    engine: Mapping[str, str]
    reasons: tuple[str, ...] = ()


def replay(members: Mapping[str, bytes]) -> Replayed:
    """Compute the results of a dossier from its inputs and its options.

    Parameters
    ----------
    members
        ``options.json`` and everything that it names, by safe names; what else is there is not read.

    Raises
    ------
    RuntimeError
        If the computation breaks down: a failure of ours, or a dossier made to bring it about.
    """
    with tempfile.TemporaryDirectory(prefix="decarb-") as folder, _staged(members, Path(folder)) as (staged, results):
        # -P, and a folder of ours to start in: nothing that lies where the user is, or in the dossier, is imported
        command = [sys.executable, "-P", "-m", "decarb.dossier", str(staged), str(results)]
        done = subprocess.run(command, env=_environment(), cwd=results, capture_output=True, check=False)
        if done.returncode == REFUSED:
            return Replayed({}, {}, tuple(orjson.loads((results / REASONS).read_bytes())))
        if done.returncode:
            raise RuntimeError(done.stderr.decode("utf-8", "replace").strip()[-2000:])
        engine = orjson.loads((results / "engine.json").read_bytes())
        return Replayed({name: (results / name).read_bytes() for name in RESULTS}, engine)


@contextmanager
def _staged(members: Mapping[str, bytes], folder: Path) -> Iterator[tuple[Path, Path]]:
    staged, results = folder / "staged", folder / "results"
    results.mkdir()
    for name, content in members.items():
        path = staged / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    yield staged, results


def _environment() -> dict[str, str]:
    """Environment in which the process finds this very decarb."""
    found = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, found))}
