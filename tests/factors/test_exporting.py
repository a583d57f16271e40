"""Exports say the same as the library, whole or not at all."""

import itertools
import json
import math
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from decarb.errors import UsageError
from decarb.factors.columns import column_dictionary, units_of
from decarb.factors.exporting import (
    export_brightway,
    export_csv,
    export_json,
    export_parquet,
    without_value,
)
from decarb.factors.frames import source_frame
from decarb.report.factor_text import factor_document
from decarb.writing import check_folder
from tests.factors.library_tables import read


def documents(library, gwp_set="AR6"):
    return [factor_document(library, factor, gwp_set) for factor in library.by_id.values()]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusal(act):
    with pytest.raises(UsageError) as caught:
        act()
    (problem,) = caught.value.problems
    return problem


# --- tables ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def csv_folder(library, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports") / "csv"
    export_csv(library, folder, "AR5")
    return folder


@pytest.fixture(scope="module")
def parquet_folder(library, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports") / "parquet"
    export_parquet(library, folder, "AR5")
    return folder


@pytest.mark.parametrize("table", ["factors", "parts"])
def test_csv_gives_the_numbers_back_to_the_last_digit(library, csv_folder, table):
    frame = library.factors("AR5").reset_index() if table == "factors" else library.parts("AR5")
    rows = read(table, csv_folder)
    assert list(rows[0]) == list(frame.columns)
    for column, kind in frame.dtypes.items():
        texts = [row[column] for row in rows]
        if kind == "float64":
            found = [float(text) if text else math.nan for text in texts]
            assert np.array_equal(found, frame[column].to_numpy(), equal_nan=True), column
        else:
            assert texts == ["" if value is pd.NA else str(value) for value in frame[column]], column


def test_csv_is_a_sound_data_package(csv_folder):
    command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json"]
    done = subprocess.run(command, cwd=csv_folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    described = json.loads((csv_folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in described["resources"]:
        header = (csv_folder / resource["path"]).read_text(encoding="utf-8").partition("\n")[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_folder_holds_the_tables_their_dictionary_and_the_citation(library, csv_folder, parquet_folder, form):
    folder = csv_folder if form == "csv" else parquet_folder
    tables = [f"{name}.{form}" for name in ("columns", "factors", "parts", "sources")]
    assert sorted(contents(folder)) == sorted(["CITATION.txt", "datapackage.json", *tables])
    assert (folder / "CITATION.txt").read_text(encoding="utf-8") == library.citation()
    said = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["decarb"]
    assert (said["export"], said["gwp_set"], said["digest"]) == (form, "AR5", library.digest)
    assert [layer["digest"] for layer in said["layers"]] == [layer.digest for layer in library.layers]
    assert said["without_value"] == list(without_value(library, "AR5"))
    dictionary = pd.read_csv(folder / "columns.csv") if form == "csv" else pd.read_parquet(folder / "columns.parquet")
    dictionary = dictionary.reset_index()
    named = set(zip(dictionary["table"], dictionary["name"], strict=True))
    assert named == {(t, c.name) for t in ("factors", "parts", "sources") for c in column_dictionary()[t]}


def test_parquet_gives_the_frames_back(library, parquet_folder):
    frames = {"factors": library.factors("AR5"), "parts": library.parts("AR5"), "sources": source_frame(library)}
    for name, frame in frames.items():
        again = pd.read_parquet(parquet_folder / f"{name}.parquet")
        pd.testing.assert_frame_equal(again, frame, check_exact=True)
        assert again.attrs == frame.attrs


@pytest.mark.parametrize("table", ["factors", "parts"])
def test_parquet_has_the_unit_of_each_column_in_its_metadata(parquet_folder, table):
    schema = pq.read_schema(parquet_folder / f"{table}.parquet")
    units = {field.name: field.metadata[b"unit"].decode() for field in schema if b"unit" in field.metadata}
    assert units == units_of(table)
    for column in column_dictionary()[table]:
        assert schema.field(column.name).metadata[b"description"].decode() == column.description_en


@pytest.mark.parametrize("gwp_set", ["AR4", "AR6"])
def test_json_holds_documents_of_the_schema(library, schemas, tmp_path, gwp_set):
    path = tmp_path / "factors.json"
    export_json(library, path, documents(library, gwp_set), gwp_set)
    document = json.loads(path.read_bytes())
    assert (document["decarb"]["digest"], document["decarb"]["gwp_set"]) == (library.digest, gwp_set)
    validator = jsonschema.Draft202012Validator(json.loads((schemas / "factor.schema.json").read_text("utf-8")))
    assert [error.message for found in document["factors"] for error in validator.iter_errors(found)] == []
    assert [found["id"] for found in document["factors"]] == list(library.by_id)
    lacking = [found["id"] for found in document["factors"] if found["value_kgco2e"] is None]
    assert lacking == document["decarb"]["without_value"] == list(without_value(library, gwp_set))


# --- whole, or not at all -------------------------------------------------------------------------------


@pytest.mark.parametrize("export", [export_csv, export_parquet, partial(export_brightway, draws=3)])
def test_the_same_library_gives_the_same_bytes(library, tmp_path, export):
    export(library, tmp_path / "one")
    export(library, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_same_library_gives_the_same_archive(library, tmp_path):
    export_brightway(library, tmp_path / "one.zip")
    export_brightway(library, tmp_path / "two.zip")
    export_brightway(library, tmp_path / "folder")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == contents(tmp_path / "folder")


@pytest.mark.parametrize("export", [export_csv, export_parquet, export_brightway])
def test_a_folder_that_is_there_is_refused_and_an_export_replaced_when_asked(library, tmp_path, export):
    target = tmp_path / "out"
    target.mkdir()
    export(library, target)  # an empty folder is as good as none
    before = contents(target)
    assert refusal(lambda: export(library, target, "AR5")).code == "file-exists"
    assert contents(target) == before
    export(library, target, "AR5", replace=True)
    assert contents(target) != before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_export_may_take_the_place_of_one_of_another_kind(library, tmp_path):
    export_csv(library, tmp_path / "out")
    export_parquet(library, tmp_path / "out", replace=True)
    assert "factors.csv" not in contents(tmp_path / "out")


def spoilt(folder, how):
    match how:
        case "a file of yours":
            (folder / "notes.txt").write_text("mine", encoding="utf-8")
        case "no stamp":
            (folder / "datapackage.json").write_text("{}", encoding="utf-8")
        case "not json":
            (folder / "datapackage.json").write_text("{", encoding="utf-8")
        case "a list":
            (folder / "datapackage.json").write_text("[]", encoding="utf-8")
        case _:
            (folder / "datapackage.json").unlink()


@pytest.mark.parametrize("how", ["a file of yours", "no stamp", "not json", "a list", "no package"])
def test_what_is_not_an_export_is_never_replaced(library, tmp_path, how):
    target = tmp_path / "out"
    export_csv(library, target)
    spoilt(target, how)
    before = contents(target)
    assert refusal(lambda: export_csv(library, target, replace=True)).code == "folder-not-ours"
    assert contents(target) == before


def test_a_library_is_not_an_export(folder, library):
    assert refusal(lambda: check_folder(folder, "export", replace=True)).code == "folder-not-ours"


def test_a_file_is_refused_where_a_folder_is_meant_and_the_reverse(library, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "folder.json").mkdir()
    assert refusal(lambda: export_csv(library, tmp_path / "file", replace=True)).code == "folder-not-ours"
    assert refusal(lambda: export_json(library, tmp_path / "folder.json", [], replace=True)).code == "file-is-folder"


def test_files_are_refused_unless_they_may_be_replaced(library, tmp_path):
    for path, export in (
        (tmp_path / "factors.json", lambda path, **said: export_json(library, path, [], **said)),
        (tmp_path / "factors.zip", lambda path, **said: export_brightway(library, path, **said)),
    ):
        path.write_text("mine", encoding="utf-8")
        assert refusal(partial(export, path)).code == "file-exists"
        assert path.read_text(encoding="utf-8") == "mine"
        export(path, replace=True)
        assert path.read_bytes() != b"mine"


def test_a_folder_that_vanished_is_refused(library, tmp_path):
    problem = refusal(lambda: export_csv(library, tmp_path / "gone" / "out"))
    assert problem.code == "file-unwritable"
    assert "No such file or directory" in problem.message()


@pytest.mark.parametrize("method", ["write_bytes", "rename"])
def test_a_failure_leaves_the_earlier_export_whole(library, tmp_path, monkeypatch, method):
    target = tmp_path / "out"
    export_csv(library, target)
    before = contents(target)
    real = getattr(Path, method)
    calls = itertools.count(1)

    def failing(*arguments):
        # the second rename puts the draft in place: what stepped aside must come back
        if next(calls) == 2:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(Path, method, failing)
    problem = refusal(lambda: export_csv(library, target, "AR5", replace=True))
    assert "No space left on device" in problem.message()
    assert contents(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_interruption_leaves_nothing_behind_and_goes_on(library, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_csv(library, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
