"""``decarb factors export`` and ``decarb factors cite``, as people and scripts meet them."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from decarb.factors import load_factors
from tests.cli.command_runs import run
from tests.test_startup import COMMAND, loaded_after

Here = Callable[..., tuple[int, str, str]]
HEAVY = {"pandas", "pyarrow", "bw_processing", "bw2calc", "scipy", "xarray", "numpy"}
OUTPUTS = [("csv", "out"), ("parquet", "out"), ("json", "out.json"), ("brightway", "out"), ("brightway", "out.ZIP")]


# --- export ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "name"), OUTPUTS)
def test_each_form_is_written_and_nothing_else(here: Here, tmp_path: Path, form: str, name: str) -> None:
    target = tmp_path / name
    assert here("factors", "export", "--to", form, "--out", target) == (0, "", f"written: {target}\n")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert target.is_dir() == (name == "out")


@pytest.mark.parametrize(("form", "name"), OUTPUTS)
def test_what_is_there_needs_force(here: Here, tmp_path: Path, form: str, name: str) -> None:
    words = ("factors", "export", "--to", form, "--out", tmp_path / name)
    assert here(*words)[0] == 0
    code, _, errors = here(*words)
    assert code == 2
    assert "exists already" in errors
    assert "add --force to replace it" in errors
    assert here(*words, "--gwp", "AR5", "--force")[0] == 0


@pytest.mark.parametrize(
    ("form", "name", "said"),
    [
        ("csv", "factors.csv", "factors.csv is the name of a file, and the csv export is a folder"),
        ("parquet", "x.PARQUET", "is the name of a file, and the parquet export is a folder"),
        ("csv", "x.zip", "give a name without .zip"),
        ("brightway", "x.json", "give a name without .json"),
        ("json", "factors", "factors is not the name of a json export"),
        ("json", "factors.txt", "end it with .json"),
        ("csv", "no/such/folder", "there is no folder"),
        ("json", "no/such/x.json", "there is no folder"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(here: Here, tmp_path: Path, form: str, name: str, said: str) -> None:
    code, _, errors = here("factors", "export", "--to", form, "--out", tmp_path / name)
    assert code == 2
    assert said in errors
    assert list(tmp_path.iterdir()) == []


def test_a_folder_may_have_a_dot_in_its_name(here: Here, tmp_path: Path) -> None:
    assert here("factors", "export", "--to", "csv", "--out", tmp_path / "decarb-1.1.0")[0] == 0


def test_your_own_files_are_never_replaced(here: Here, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("mine", encoding="utf-8")
    code, _, errors = here("factors", "export", "--to", "csv", "--out", tmp_path / "out", "--force")
    assert code == 2
    assert "is not a folder of this kind (export) that decarb wrote, or holds more: it is never replaced" in errors
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("out", ["own", "own/ours.csv", "."])
def test_a_library_that_is_read_is_not_written_over(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "own" / "ours.csv"
    own.parent.mkdir()
    own.write_text("id,name,unit,value,activity,source\nours,Ours,kg,1,laundry,Us\n", encoding="utf-8")
    code, _, errors = here("factors", "export", "--to", "csv", "--out", out, "--library", own, "--force")
    assert code == 2
    assert "one of the files that are read" in errors or "is the name of a file" in errors
    assert own.is_file()


def test_layers_are_exported_with_the_rest(here: Here, tmp_path: Path) -> None:
    own = tmp_path / "ours.csv"
    own.write_text("id,name,unit,value,activity,source\nours,Ours,kg,1,laundry,Us\n", encoding="utf-8")
    assert here("factors", "export", "--to", "json", "--out", tmp_path / "out.json", "--library", own)[0] == 0
    document = json.loads((tmp_path / "out.json").read_bytes())
    assert [layer["name"] for layer in document["decarb"]["layers"]] == ["decarb", "ours"]
    assert document["factors"][0]["id"] == next(iter(load_factors(own).by_id))
    assert "ours" in {factor["id"] for factor in document["factors"]}


def test_factors_that_the_set_lacks_are_named(here: Here, tmp_path: Path) -> None:
    code, _, errors = here("factors", "export", "--to", "csv", "--out", tmp_path / "out", "--gwp", "AR4")
    assert code == 0
    assert "factor(s) have no value in AR4: desflurane, " in errors
    assert errors.rstrip().endswith(", …")


@pytest.mark.parametrize("draws", ["-1", "10001", "many"])
def test_draws_are_counted_within_reason(here: Here, tmp_path: Path, draws: str) -> None:
    assert here("factors", "export", "--to", "brightway", "--out", tmp_path / "x", "--draws", draws)[0] == 2


def test_draws_are_for_brightway(here: Here, tmp_path: Path) -> None:
    code, _, errors = here("factors", "export", "--to", "csv", "--out", tmp_path / "x", "--draws", "10")
    assert (code, "--draws goes with --to brightway" in errors) == (2, True)
    assert here("factors", "export", "--to", "brightway", "--out", tmp_path / "y", "--draws", "10")[0] == 0
    assert (tmp_path / "y" / "biosphere-draws.data.npy").is_file()


@pytest.mark.parametrize("words", [[], ["--to", "csv"], ["--out", "x"], ["--to", "excel", "--out", "x"]])
def test_what_is_missing_or_unknown_is_said(here: Here, words: list[str]) -> None:
    code, _, errors = here("factors", "export", *words)
    assert code == 2
    assert "--to" in errors or "--out" in errors


def test_without_bw_processing_there_is_a_hint_and_no_traceback(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "bw_processing.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    done = run_with_path(hidden, "factors", "export", "--to", "brightway", "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "the brightway export needs bw_processing, which is not installed" in done.stderr
    assert "pip install 'decarb[brightway]'" in done.stderr
    assert "Traceback" not in done.stderr


def run_with_path(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        return run(*words)


# --- cite -----------------------------------------------------------------------------------------------


def test_cite_prints_the_text_or_the_entries(here: Here) -> None:
    library = load_factors()
    assert here("factors", "cite") == (0, library.citation(), "")
    assert here("factors", "cite", "electricity-fr-2024") == (0, library.citation(["electricity-fr-2024"]), "")
    code, shown, _ = here("factors", "cite", "r410a", "--format", "bibtex")
    assert (code, shown.count("@misc{")) == (0, 5)


def test_cite_refuses_an_unknown_name(here: Here) -> None:
    code, shown, errors = here("factors", "cite", "electricity-fr-2042")
    assert (code, shown) == (2, "")
    assert "no factor, series or alias is called «electricity-fr-2042»" in errors


# --- start-up -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [["factors", "export", "--help"], ["factors", "cite", "--help"], ["factors", "cite", "electricity-fr-2024"]],
    ids=" ".join,
)
def test_help_and_citations_load_nothing_heavy(words: list[str]) -> None:
    assert loaded_after(COMMAND, *words) & HEAVY == set()


def test_an_export_to_json_loads_no_heavy_library(tmp_path: Path) -> None:
    loaded = loaded_after(COMMAND, "factors", "export", "--to", "json", "--out", str(tmp_path / "out.json"))
    assert loaded & (HEAVY - {"numpy"}) == set()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_export_to_tables_does_not_load_brightway(tmp_path: Path, form: str) -> None:
    loaded = loaded_after(COMMAND, "factors", "export", "--to", form, "--out", str(tmp_path / "out"))
    assert loaded & {"bw_processing", "bw2calc", "scipy", "xarray"} == set()
