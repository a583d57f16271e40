"""What is loaded when: importing decarb is free, and a footprint needs none of the heavy libraries."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import decarb

SOURCES = Path(decarb.__file__).parent.parent


def loaded_after(code: str, *arguments: str) -> set[str]:
    """Names in ``sys.modules`` after `code` ran in a fresh interpreter: packages, and the modules of decarb."""
    script = f"import sys\n{code}\nimport json\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCES), "LC_ALL": "en_US.UTF-8", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    names = json.loads(done.stdout.splitlines()[-1])
    return {name.split(".")[0] for name in names} | {name for name in names if name.startswith("decarb.")}


COMMAND = """
from decarb.cli import main
try:
    main(sys.argv[1:])
except SystemExit as left:
    assert left.code in (0, None), left.code
"""


def test_importing_decarb_loads_nothing_heavy() -> None:
    assert loaded_after("import decarb") & {"numpy", "pandas", "pint", "jsonschema", "jsonschema_rs", "click"} == set()


def test_public_names_are_there_when_asked_for() -> None:
    for name in decarb.__all__:
        assert getattr(decarb, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = decarb.nothing


@pytest.mark.parametrize(
    ("options", "heavy"),
    [
        ([], set()),
        (["--format", "json"], set()),
        (["--format", "csv", "--lines"], set()),
    ],
    ids=["table", "json", "csv"],
)
def test_a_footprint_loads_no_heavy_library(make: Any, options: list[str], heavy: set[str]) -> None:
    path = make.write(make.document(make.line("natural-gas-fr-2022-kwh-pci", 1, "MWh PCS")))
    loaded = loaded_after(COMMAND, "footprint", str(path), *options)
    assert loaded & {"pandas", "pint", "jsonschema", "numba", "scipy", "babel"} == heavy
    assert {"numpy", "decarb"} <= loaded
    # no line names a medicine by its code: none of their tables is needed
    assert loaded & {"decarb.medicines.ladder", "decarb.medicines.tables", "decarb.medicines.database"} == set()


@pytest.mark.parametrize("words", [["--help"], ["footprint", "--help"], ["--version"]], ids=" ".join)
def test_help_loads_no_numerical_library(words: list[str]) -> None:
    assert loaded_after(COMMAND, *words) & {"numpy", "pandas", "pint", "jsonschema", "numba"} == set()


def test_an_aggregate_of_columns_loads_no_pandas(make: Any, tmp_path: Path) -> None:
    path = make.write(make.document(make.line("natural-gas-fr-2022-kwh-pci", 1, "MWh PCS")))
    decarb.ingest([path], tmp_path / "columns")
    loaded = loaded_after(COMMAND, "national", "aggregate", str(tmp_path / "columns"), "--by", "region,post")
    assert loaded & {"pandas", "pint", "jsonschema", "numba", "scipy"} == set()
