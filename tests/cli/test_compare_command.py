"""``decarb compare``."""

import json
import math

import pytest

from tests.cli.command_runs import run

PAIR = ("examples/pharmacie-par-depense.json", "examples/pharmacie-par-code.json")


def test_two_inventories_side_by_side_with_the_difference_explained():
    found = run("compare", *PAIR, "--lang", "en")
    assert found.returncode == 0
    assert "1.4  Direct fugitive emissions" in (found.stdout + found.stderr)
    assert "Medicines, by rung" in (found.stdout + found.stderr)
    assert "gases that medicines release, which euros do not show" in (found.stdout + found.stderr)
    assert "neither a reduction nor an increase of what is emitted" in (found.stdout + found.stderr)


def test_the_document_adds_up():
    document = json.loads(run("compare", *PAIR, "--format", "json").stdout)
    assert document["format"] == "1.0"
    total = document["after"]["total_kgco2e"] - document["before"]["total_kgco2e"]
    assert document["difference_kgco2e"] == pytest.approx(total)
    assert math.fsum(effect["emissions_kgco2e"] for effect in document["effects"]) == pytest.approx(total)
    assert [rung["rung"] for rung in document["before"]["medicines"]] == [7]
    assert document["after"]["medicines"][0]["key"] == "released"


def test_it_speaks_french():
    found = run("compare", *PAIR, "--lang", "fr")
    assert "Médicaments, par barreau" in (found.stdout + found.stderr)
    assert "ni une baisse ni une hausse" in (found.stdout + found.stderr)


def test_a_file_that_is_not_there_is_refused():
    found = run("compare", PAIR[0], "none.json", "--lang", "en")
    assert found.returncode == 2
    assert "none.json" in (found.stdout + found.stderr)


def test_refused_lines_stop_it_unless_partial():
    assert run("compare", PAIR[0], "examples/incomplete.json").returncode == 2
    assert run("compare", PAIR[0], "examples/incomplete.json", "--partial").returncode == 3
