"""The examples: complete ones compute, the incomplete one says what is missing, bad files are refused by name."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import decarb
from decarb.footprint import compute_footprint

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
BAD = sorted(path for path in (EXAMPLES / "bad").iterdir() if path.suffix == ".json")
TABLE = [
    [cell.strip() for cell in row.strip("|\n").split("|")]
    for row in (EXAMPLES / "bad" / "README.md").read_text(encoding="utf-8").splitlines()
    if row.startswith("| `")
]
EXPECTED = {file.strip("`"): (set(re.findall(r"`([a-z0-9-]+)`", codes)), int(code)) for file, _, codes, code in TABLE}
SECTIONS_OF_A_CHU = 12


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "decarb", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "chu.json",
        "clinique.json",
        "ehpad.json",
        "pharmacie-par-depense.json",
        "pharmacie-par-code.json",
        "ght/ch-bellerive.json",
        "ght/ch-montaudin.json",
        "ght/ehpad-les-tilleuls.json",
    ],
)
def test_complete_examples_compute_every_line(name, library):
    result = compute_footprint(decarb.read_inventory(EXAMPLES / name), library)
    assert result.coverage["refused"] == 0
    assert result.total() > 0
    by_post = result.by_post()["total"]
    assert by_post.sum() == pytest.approx(result.total(), rel=1e-12)
    assert result.lines()["emissions_kgco2e"].sum() == pytest.approx(result.total(), rel=1e-9)


def test_the_chu_is_of_real_size(library):
    inventory = decarb.read_inventory(EXAMPLES / "chu.json")
    assert len(inventory) >= 140
    assert len(compute_footprint(inventory, library).coverage["sections_with_lines"]) == SECTIONS_OF_A_CHU
    assert 1500 <= inventory.establishments[0].denominators["bed"] <= 1700


def test_the_incomplete_example_is_refused_then_partial():
    refused = run("footprint", "examples/incomplete.json", "--lang", "en")
    assert refused.returncode == 2
    assert refused.stdout == ""
    partial = run("footprint", "examples/incomplete.json", "--partial", "--lang", "en")
    assert partial.returncode == 3
    assert "PARTIAL" in partial.stdout
    assert "at stake: about" in partial.stdout
    assert "at stake: not estimable" in partial.stdout


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_the_code_that_the_table_says(path):
    expected, exit_code = EXPECTED[path.name]
    done = run("validate", str(path.relative_to(ROOT)), "--format", "json")
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)
    assert done.returncode == exit_code
    assert found["valid"] == (exit_code == 0)
    errors = [problem for problem in found["problems"] if problem["severity"] == "error"]
    assert {problem["code"] for problem in errors} == expected
    assert all(problem["file"] for problem in errors)


def test_every_bad_file_is_in_the_table():
    assert {path.name for path in BAD} == set(EXPECTED)
