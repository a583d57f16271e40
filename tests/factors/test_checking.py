"""Defects of a library by row."""

from datetime import date

import pytest

from decarb.errors import InvalidLibraryError
from decarb.factors.checking import check_library
from decarb.factors.importers import import_base
from tests.factors.importers.base_carbone_files import element, write

TODAY = date(2026, 1, 1)


@pytest.fixture
def check(tmp_path):
    """Return a function that imports rows, and lists what the check finds: row, factor, code, severity."""

    def import_and_check(*rows):
        folder = tmp_path / "base"
        import_base("base-carbone", write(tmp_path / "Base_V9.1.csv", rows), folder)
        return [
            (found.row, found.factor, found.problem.code, found.problem.severity)
            for found in check_library(folder, TODAY)
        ]

    return import_and_check


def test_a_sound_base_has_no_defect(check):
    assert check(element(1)) == []


def test_what_the_import_noted_is_there_by_row(check):
    rows = check(element(1), element(2, **{"Nom base français": '"""Carton"""'}))
    assert rows == [(3, "base-carbone:2", "source-quoted-name", "warning")]


def test_rows_set_aside_for_a_defect_are_there_and_those_that_never_were_factors_are_not(check):
    found = check(
        element(1),
        element(2, **{"Total poste non décomposé": "févr-12"}),
        element(1, **{"Total poste non décomposé": "99"}),
        element(3, **{"Statut de l'élément": "Brouillon"}),
        element(4, **{"Statut de l'élément": "Archivé"}),
    )
    assert [(row, code) for row, _, code, _ in found] == [(number, "source-set-aside") for number in (3, 4, 5)]


def test_a_row_set_aside_says_the_cell_at_fault(tmp_path):
    rows = [
        element(1),
        element(1, **{"Total poste non décomposé": "99"}),
        element(3, **{"Statut de l'élément": "Brouillon"}),
    ]
    import_base("base-carbone", write(tmp_path / "Base_V9.1.csv", rows), tmp_path / "base")
    said = [found.problem.message() for found in check_library(tmp_path / "base", TODAY)]
    assert said == [
        "set aside, an id that stands twice: 99",
        "set aside, neither valid nor archived: Brouillon",
    ]


@pytest.mark.parametrize("table", ["findings", "set_aside"])
@pytest.mark.parametrize(
    "content", ["", "row\n", "row,factor,code,severity,parameters\nx,y,z,note,{\n", "a,b\n1\n", "\x00"]
)
def test_a_damaged_account_of_an_import_is_refused_by_name(tmp_path, table, content):
    import_base("base-carbone", write(tmp_path / "Base_V9.1.csv", [element(1)]), tmp_path / "base")
    (tmp_path / "base" / f"{table}.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidLibraryError) as caught:
        check_library(tmp_path / "base", TODAY)
    assert caught.value.problems[0].file.endswith(f"{table}.csv")


def test_factors_of_one_label_unit_and_place_are_found_by_both_rows(check):
    other = {"Unité français": "kgCO2e/tonne"}
    found = check(element(1), element(2, **{"Total poste non décomposé": "1.6"}), element(3, **other))
    assert found == [
        (2, "base-carbone:1", "source-duplicate-label", "warning"),
        (3, "base-carbone:2", "source-duplicate-label", "warning"),
    ]


def test_negative_and_nil_factors_are_found(check):
    nil = {"Nom base français": "Rien", "Total poste non décomposé": "0"}
    found = check(element(1, **{"Total poste non décomposé": "-3"}), element(2, **nil))
    assert [(row, code) for row, _, code, _ in found] == [(2, "source-negative"), (3, "source-zero")]


def test_past_validity_and_missing_uncertainty_are_notes(check):
    past = {"Période de validité": "2025-12-31", "Incertitude": ""}
    assert check(element(1, **past)) == [
        (2, "base-carbone:1", "source-expired", "note"),
        (2, "base-carbone:1", "source-no-uncertainty", "note"),
    ]


def test_quality_notes_are_an_uncertainty(check):
    assert check(element(1, **{"Incertitude": "", "Qualité TeR": "3"})) == []


def test_a_csv_of_ones_own_is_checked_too(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text(
        "id,name,unit,value,activity,source\na,Gants,item,0.9,medical_devices,Devis\nb,Gants,item,0.8,medical_devices,Devis\n",
        encoding="utf-8",
    )
    codes = [(found.row, found.problem.code) for found in check_library(path, TODAY)]
    assert codes == [
        (2, "source-duplicate-label"),
        (3, "source-duplicate-label"),
        (2, "source-no-uncertainty"),
        (3, "source-no-uncertainty"),
    ]


def test_the_packaged_library_has_no_defect_but_what_it_keeps_apart():
    codes = {found.problem.code for found in check_library(today=TODAY) if found.problem.severity == "warning"}
    assert codes == {"source-negative"}


def test_the_export_itself_is_refused_with_the_command_that_imports_it(tmp_path):
    path = write(tmp_path / "Base_V9.1.csv", [element(1)], encoding="cp1252")
    with pytest.raises(InvalidLibraryError) as caught:
        check_library(path)
    (problem,) = caught.value.problems
    assert problem.hint() == f"decarb factors import base-carbone {path} --out FOLDER"
