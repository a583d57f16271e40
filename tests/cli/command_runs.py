"""`decarb` in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import decarb

SOURCES = Path(decarb.__file__).parent.parent


def run(*words: Any, **options: Any) -> subprocess.CompletedProcess[str]:
    """`decarb` in a process of its own, without the language of this machine."""
    path = os.pathsep.join([str(SOURCES), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "LC_ALL": "en_US.UTF-8", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "decarb", *map(str, words)],
        env=environment,
        capture_output="stdout" not in options,
        encoding="utf-8",
        check=False,
        **options,
    )
