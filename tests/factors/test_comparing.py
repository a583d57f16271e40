"""Two versions of a library, factor by factor."""

import shutil

import pytest

from decarb.factors import load_factors
from decarb.factors.comparing import compare_libraries
from decarb.factors.importers import import_base
from tests.factors.importers.base_carbone_files import element, write
from tests.factors.library_tables import read
from tests.factors.library_tables import write as write_table

HEADER = "id,name,unit,value,activity,source,note"


@pytest.fixture
def library(tmp_path):
    """Return a function that layers a CSV of one's own factors over the packaged ones."""

    def load(name, *rows):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        return load_factors(path)

    return load


def row(name, value, unit="kg", note="", label="Gants"):
    return f"{name},{label},{unit},{value},medical_devices,Devis,{note}"


def test_the_same_library_is_the_same(library):
    found = compare_libraries(library("a", row("x", 1)), library("b", row("x", 1)))
    assert (found.is_same, found.unchanged) == (True, 1)


def test_what_is_added_retired_and_changed(library):
    before = library("a", row("kept", 1), row("gone", 2), row("moved", 4))
    after = library("b", row("kept", 1), row("moved", 5), row("new", 6))
    found = compare_libraries(before, after)
    assert [factor.id for factor in found.added] == ["new"]
    assert [factor.id for factor in found.retired] == ["gone"]
    (change,) = found.changed
    assert (change.factor.id, change.value_before, change.value_after, change.ratio) == ("moved", 4, 5, 1.25)
    assert found.unchanged == 1
    assert not found.is_same


def test_the_order_of_the_rows_is_no_change(library):
    before = library("a", row("x", 1), row("y", 2))
    after = library("b", row("y", 2), row("x", 1))
    assert compare_libraries(before, after).is_same


def test_changes_come_by_size_and_those_in_words_last(library):
    before = library("a", row("words", 1), row("small", 10), row("large", 10), row("unit", 1, "kg"))
    after = library("b", row("words", 1, note="mot"), row("small", 11), row("large", 2), row("unit", 1, "t"))
    found = compare_libraries(before, after)
    # another unit cannot be compared: it comes first; then -80 %, then +10 %
    assert [change.factor.id for change in found.changed] == ["unit", "large", "small", "words"]
    unit, *_, words = found.changed
    assert (unit.ratio, unit.columns["unit"]) == (None, ("kg", "t"))
    assert (words.is_of_value, dict(words.columns)) == (False, {"note": ("", "mot")})


def test_a_gas_that_moves_within_one_total_is_a_change_of_its_parts(library, tmp_path):
    header = HEADER.replace("note", "substance")
    (tmp_path / "a.csv").write_text(f"{header}\nx,Gaz,kg,100,other_direct_gas,Devis,\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"{header}\nx,Gaz,kg,100,other_direct_gas,Devis,sf6\n", encoding="utf-8")
    (change,) = compare_libraries(load_factors(tmp_path / "a.csv"), load_factors(tmp_path / "b.csv")).changed
    assert change.columns.keys() == {"parts", "substance"}
    assert (change.ratio, change.is_of_value) == (1, True)


def test_a_removal_changes_by_what_is_published(tmp_path):
    libraries = []
    for name, value in (("V9.1", "-100"), ("V9.2", "-150")):
        row = element(1, **{"Total poste non décomposé": value})
        import_base("base-carbone", write(tmp_path / f"Base_{name}.csv", [row]), tmp_path / name)
        libraries.append(load_factors(tmp_path / name))
    (change,) = compare_libraries(*libraries).changed
    assert (change.value_before, change.value_after, change.ratio) == (-100, -150, 1.5)


def test_another_gwp_is_a_change_of_the_gas_and_is_named(folder, tmp_path):
    before = shutil.copytree(folder, tmp_path / "before")
    rows = read("gwp")
    next(row for row in rows if (row["substance"], row["gwp_set"]) == ("n2o", "AR6"))["gwp100"] = "300"
    write_table("gwp", rows, folder)
    found = compare_libraries(load_factors(before), load_factors(folder))
    assert [(change.factor.id, change.value_before, change.value_after) for change in found.changed] == [
        ("nitrous-oxide", 273, 300)
    ]
    assert found.others == ("gwp: n2o AR6",)
    assert not found.is_same


def test_another_version_of_the_base_is_no_change_but_another_publication_is(tmp_path):
    rows = [element(1)]
    libraries = []
    for name in ("V9.1", "V9.2"):
        import_base("base-carbone", write(tmp_path / f"Base_{name}.csv", rows), tmp_path / name)
        libraries.append(load_factors(tmp_path / name))
    assert compare_libraries(*libraries).changed == ()
