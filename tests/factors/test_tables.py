"""Reading and stacking tables: the digest, layers, and every defect refused by name."""

import re
import shutil
from pathlib import Path

import pytest

from decarb.errors import InvalidLibraryError, UsageError
from decarb.factors import load_factors
from decarb.factors.columns import stored_columns
from decarb.factors.importers import import_base
from decarb.factors.library import factor_value
from decarb.factors.selection import select
from decarb.factors.tables import read_tables
from tests.factors.importers.base_carbone_files import element
from tests.factors.importers.base_carbone_files import write as write_export
from tests.factors.library_tables import TABLES, read, write

# The digest


def test_digest_is_a_sha256(library):
    assert re.fullmatch(r"[0-9a-f]{64}", library.digest)
    assert library.digest == load_factors().digest


@pytest.mark.parametrize("table", TABLES)
def test_digest_ignores_the_order_of_rows_and_columns(library, folder, table):
    rows = [dict(reversed(row.items())) for row in reversed(read(table))]
    write(table, rows, folder)
    if table == "parts":  # the loader keeps parts in the order of the file
        assert [part.stage for part in read_tables(folder, None).by_id["electricity-fr-2024"].parts]
    assert read_tables(folder, None).digest == library.digest


def test_digest_ignores_how_a_number_is_written(library, folder):
    rows = read("gwp")
    row = next(row for row in rows if (row["substance"], row["gwp_set"]) == ("hfc-152a", "AR6"))
    row["gwp100"] = "164.0"
    write("gwp", rows, folder)
    parts = read("parts")
    assert parts[0]["total"] == "0.149"
    parts[0]["total"] = "0.1490"
    write("parts", parts, folder)
    assert read_tables(folder, None).digest == library.digest


def test_digest_ignores_line_ends_and_byte_order_marks(library, folder):
    path = folder / "sources.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    assert read_tables(folder, None).digest == library.digest


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("factors", "unit", "t"),
        ("factors", "uncertainty_percent", "7"),
        ("factors", "note", "another"),
        ("parts", "label", "Fuel"),
        ("gwp", "gwp100", "25.000001"),
        ("compositions", "source", "ipcc-gwp-table"),
        ("properties", "value", "0.586"),
        ("substances", "cas", "75-10-6"),
        ("sources", "licence", "MIT"),
        ("geographies", "name_en", "Earth"),
    ],
)
def test_digest_changes_with_any_value(library, folder, table, column, value):
    rows = read(table)
    rows[0][column] = value
    write(table, rows, folder)
    try:
        changed = read_tables(folder, None)
    except InvalidLibraryError:
        pytest.fail(f"{table}.{column} = {value} should still load")
    assert changed.digest != library.digest


def test_digest_tells_codes_with_leading_zeros_apart(library, folder):
    # region 01 is Guadeloupe; a region 1 does not exist: such a table answers differently
    rows = read("geographies")
    next(row for row in rows if row["code"] == "GP")["insee_region"] = "1"
    write("geographies", rows, folder)
    changed = read_tables(folder, None)
    assert changed.region_geography("01", "") != library.region_geography("01", "")
    assert changed.digest != library.digest


def test_digest_of_a_stack_differs_and_depends_on_its_order(library, folder, tmp_path):
    rows = read("factors")
    rows[0]["note"] = "changed"
    write("factors", rows, folder)
    other = shutil.copytree(folder, tmp_path / "other")
    rows[0]["note"] = "changed otherwise"
    write("factors", rows, other)
    digests = {load_factors(*paths).digest for paths in ((), (folder,), (folder, other), (other, folder))}
    assert len(digests) == 4


# Layers


def test_a_later_library_shadows_by_id(library, folder, factors):
    rows = [row for row in read("factors") if row["id"] == "electricity-fr-2024"]
    parts = [row for row in read("parts") if row["factor"] == "electricity-fr-2024"][:1]
    parts[0] |= {"total": "0.5", "unsplit": "0.5"}
    for table in TABLES[2:]:
        (folder / f"{table}.csv").unlink()
    write("factors", rows, folder)
    write("parts", parts, folder)
    stacked = load_factors(folder)
    assert stacked.shadowed == ("electricity-fr-2024",)
    assert [layer.name for layer in stacked.layers] == ["decarb", "emission_factors"]
    assert factor_value(stacked, stacked.by_id["electricity-fr-2024"]) == 0.5
    assert stacked.by_id["electricity-fr-2024"].layer == "emission_factors"
    assert stacked.find("base-carbone:43642").layer == "emission_factors"
    assert len(stacked.by_id) == len(library.by_id)
    same = [name for name in library.by_id if name != "electricity-fr-2024"]
    assert all(stacked.by_id[name] == library.by_id[name] for name in same)


def test_a_folder_without_factors_is_refused_by_name(tmp_path):
    with pytest.raises(InvalidLibraryError) as caught:
        load_factors(tmp_path)
    assert str(caught.value) == f"{tmp_path} is not a factor library: there is no factors.csv in it"
    assert caught.value.problems[0].code == "library-not-found"


# Every defect is refused by name

FIRST = read("factors")[0]["id"]

GAS_FACTOR = "r410a"


def change(table, row_key, row_value, **changes):
    def break_it(folder):
        rows = read(table)
        row = next(row for row in rows if row[row_key] == row_value)
        row.update(changes)
        write(table, rows, folder)

    return break_it


def drop(table, row_key, row_value):
    return lambda folder: write(table, [row for row in read(table) if row[row_key] != row_value], folder)


def duplicate(table, row_key, row_value):
    def break_it(folder):
        rows = read(table)
        rows.append(next(row for row in rows if row[row_key] == row_value))
        write(table, rows, folder)

    return break_it


DEFECTS = {
    "duplicate id": (duplicate("factors", "id", FIRST), "duplicate-factor", f"the factor id {FIRST} stands twice"),
    "unknown unit": (change("factors", "id", FIRST, unit="furlong"), "bad-library-row", "furlong"),
    "unknown basis": (change("factors", "id", FIRST, basis="XYZ"), "bad-library-row", "XYZ"),
    "unknown activity": (
        change("factors", "id", FIRST, activities="piracy freight_inbound"),
        "bad-library-row",
        f"{FIRST}: activity piracy",
    ),
    "no activity": (
        change("factors", "id", FIRST, activities="", default_activity=""),
        "bad-library-row",
        f"{FIRST}: activities",
    ),
    "default not served": (
        change("factors", "id", FIRST, default_activity="water"),
        "bad-library-row",
        f"{FIRST}: default_activity water",
    ),
    "unknown geography": (
        change("factors", "id", FIRST, geography="ATLANTIS"),
        "bad-library-row",
        f"{FIRST}: geography ATLANTIS",
    ),
    "unknown source": (
        change("factors", "id", FIRST, source="hearsay"),
        "bad-library-row",
        f"{FIRST}: source hearsay",
    ),
    "unknown substance": (
        change("factors", "id", GAS_FACTOR, substance="phlogiston"),
        "bad-library-row",
        f"{GAS_FACTOR}: substance phlogiston",
    ),
    "unknown model": (change("factors", "id", FIRST, model="guess"), "bad-library-row", "guess"),
    "series is an id": (
        change("factors", "id", "electricity-fr-2024", series="bed-frame"),
        "series-is-a-factor",
        "bed-frame is both a series and a factor",
    ),
    "total not a number": (change("factors", "id", FIRST, published_total="1,5"), "bad-library-row", "1,5"),
    "total not finite": (change("factors", "id", FIRST, published_total="inf"), "bad-library-row", "inf"),
    "year not a number": (change("factors", "id", FIRST, data_year="last"), "bad-library-row", "last"),
    "uncertainty not finite": (
        change("factors", "id", FIRST, uncertainty_percent="nan"),
        "bad-library-row",
        "nan",
    ),
    "no parts": (drop("parts", "factor", FIRST), "bad-library-row", f"{FIRST}: parts"),
    "part of nothing": (
        change("parts", "factor", FIRST, factor="ghost"),
        "part-without-factor",
        "parts.csv has parts of ghost, which factors.csv does not list",
    ),
    "unknown stage": (change("parts", "factor", FIRST, stage="magic"), "bad-library-row", "stage magic"),
    "gas not finite": (change("parts", "factor", FIRST, n2o="nan"), "bad-library-row", "nan"),
    "gas not a number": (change("parts", "factor", FIRST, n2o="some"), "bad-library-row", "some"),
    "gases do not add up": (change("parts", "factor", FIRST, total="0.2"), "bad-library-row", FIRST),
    "GWP not a number": (change("gwp", "substance", "n2o", gwp100="many"), "bad-library-row", "many"),
    "GWP not finite": (change("gwp", "substance", "n2o", gwp100="nan"), "bad-library-row", "nan"),
    "GWP twice": (duplicate("gwp", "substance", "n2o"), "bad-library-row", "n2o"),
    "blend does not add up to one": (
        change("compositions", "blend", GAS_FACTOR, mass_fraction="0.4"),
        "bad-library-row",
        GAS_FACTOR,
    ),
    "blend of an unknown gas": (
        change("compositions", "blend", GAS_FACTOR, component="phlogiston"),
        "bad-library-row",
        "phlogiston",
    ),
    "fraction not a number": (
        change("compositions", "blend", GAS_FACTOR, mass_fraction="half"),
        "bad-library-row",
        "half",
    ),
    "property not a number": (
        change("properties", "substance", "desflurane", value="thick"),
        "bad-library-row",
        "thick",
    ),
    "gas without a column": (
        change("substances", "substance", "hfc-32", gas="aether"),
        "bad-library-row",
        "aether",
    ),
    "place in nowhere": (change("geographies", "code", "RE", parent="ATLANTIS"), "bad-library-row", "ATLANTIS"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_defect_is_refused_by_name(folder, defect):
    break_it, code, words = DEFECTS[defect]
    break_it(folder)
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    assert code in {problem.code for problem in caught.value.problems}
    assert words in str(caught.value)
    assert {problem.file for problem in caught.value.problems} == {str(folder)}


def test_every_defect_is_listed_at_once(folder):
    rows = read("factors")
    rows[0]["unit"], rows[1]["source"], rows[2]["geography"] = "furlong", "hearsay", "ATLANTIS"
    write("factors", rows, folder)
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    named = {problem.parameters["value"] for problem in caught.value.problems}
    assert {rows[0]["id"], rows[1]["id"], rows[2]["id"]} <= named


@pytest.mark.parametrize("table", TABLES)
def test_missing_column_is_refused_by_name(folder, table):
    rows = read(table)
    column = list(rows[0])[-1] if table != "factors" else "unit"
    write(table, [{key: value for key, value in row.items() if key != column} for row in rows], folder)
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    assert column in str(caught.value)


@pytest.mark.parametrize("table", ["factors", "parts"])
@pytest.mark.parametrize("change_cells", ["short", "long"])
def test_row_with_too_few_or_too_many_cells_is_refused(folder, table, change_cells):
    path = folder / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = ",".join(lines[1].split(",")[:-3]) if change_cells == "short" else lines[1] + ",surplus"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    assert str(folder) in str(caught.value)


def test_table_in_windows_1252_is_refused_by_name(folder):
    path = folder / "factors.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252", errors="replace"))
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    assert caught.value.problems[0].code == "not-utf-8"
    assert caught.value.problems[0].file.endswith("factors.csv")


def test_table_that_cannot_be_read_is_refused_by_name(folder, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == ("file-forbidden", str(folder / "factors.csv"))


@pytest.mark.parametrize(("note", "refused"), [("red \x1b[31m", True), ("deux\xa0: l\u2019espace\u202f!", False)])
def test_control_characters_are_refused_and_french_spaces_are_not(folder, note, refused):
    change("factors", "id", FIRST, note=note)(folder)
    if not refused:
        assert read_tables(folder, None).by_id[FIRST].note == note
        return
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    assert f"{FIRST}: note holds a control character" in str(caught.value)


# The ledger of retired ids


def retire(folder, *rows):
    text = "id,version,reason,successor\n" + "".join(",".join(row) + "\n" for row in rows)
    (folder / "retired.csv").write_text(text, encoding="utf-8")


def test_a_retired_id_is_refused_with_what_to_use_instead(folder):
    retire(folder, ("old-mix", "2.0.0", "withdrawn by its source", "electricity-fr-2024"))
    with pytest.raises(UsageError) as caught:
        select(read_tables(folder, None), "old-mix", 2024)
    (problem,) = caught.value.problems
    assert problem.message() == "old-mix is retired: withdrawn by its source"
    assert problem.hint() == "use electricity-fr-2024"


def test_a_retired_id_is_never_used_again(folder, tmp_path):
    retire(folder, (FIRST, "2.0.0", "withdrawn", ""))
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    (problem,) = caught.value.problems
    assert problem.message() == f"{FIRST} is a retired id (in 2.0.0): an id is never used again"


def test_a_base_may_take_an_archived_element_up_again(tmp_path):
    old = [element(1), element(2, **{"Statut de l'élément": "Archivé"})]
    import_base("base-carbone", write_export(tmp_path / "Base_V9.1.csv", old), tmp_path / "old")
    import_base("base-carbone", write_export(tmp_path / "Base_V9.2.csv", [element(2)]), tmp_path / "new")
    library = load_factors(tmp_path / "old", tmp_path / "new")
    assert library.find("base-carbone:2").layer == "new"


def test_an_alias_of_the_packaged_library_is_not_taken_where_the_base_archived_the_element(tmp_path):
    rows = [element(1), element(43642, **{"Statut de l'élément": "Archivé"})]
    import_base("base-carbone", write_export(tmp_path / "Base_V9.1.csv", rows), tmp_path / "base")
    library = load_factors(tmp_path / "base")
    assert library.find("base-carbone:43642") is None
    with pytest.raises(UsageError, match="is retired"):
        select(library, "base-carbone:43642", 2024)
    # the curated id pins the packaged factor whatever the base does
    assert select(library, "electricity-fr-2024", 2024).factor.layer == "decarb"


def test_an_imported_element_takes_over_the_alias_and_says_so(tmp_path):
    import_base("base-carbone", write_export(tmp_path / "Base_V9.1.csv", [element(43642)]), tmp_path / "base")
    library = load_factors(tmp_path / "base")
    assert library.find("base-carbone:43642").layer == "base"
    assert library.shadowed == ("base-carbone:43642 (electricity-fr-2024)",)


def test_an_element_that_the_newer_base_archived_is_not_looked_for_in_the_older(tmp_path):
    import_base("base-carbone", write_export(tmp_path / "Base_V9.1.csv", [element(1), element(2)]), tmp_path / "old")
    rows = [element(1, **{"Statut de l'élément": "Archivé"}), element(2)]
    import_base("base-carbone", write_export(tmp_path / "Base_V9.2.csv", rows), tmp_path / "new")
    assert load_factors(tmp_path / "old", tmp_path / "new").find("base-carbone:1") is None
    assert load_factors(tmp_path / "new", tmp_path / "old").find("base-carbone:1").layer == "old"


def test_a_figure_that_a_layer_takes_over_is_said(folder):
    rows = [row for row in read("gwp") if (row["substance"], row["gwp_set"]) == ("n2o", "AR6")]
    rows[0]["gwp100"] = "300"
    for table in TABLES:
        (folder / f"{table}.csv").unlink()
    (folder / "factors.csv").write_text(",".join(stored_columns("factors")) + "\n", encoding="utf-8")
    write("gwp", rows, folder)
    library = load_factors(folder)
    assert library.shadowed == ("gwp: n2o AR6",)
    assert factor_value(library, library.by_id["nitrous-oxide"]) == 300


@pytest.mark.parametrize("table", ["gwp", "properties"])
def test_a_figure_without_a_known_source_or_substance_is_refused(folder, table):
    rows = read(table)
    rows[0]["source"], rows[1]["substance"] = "hearsay", "aether"
    write(table, rows, folder)
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    assert {"source hearsay", "substance aether"} <= {
        str(problem.parameters["reason"]) for problem in caught.value.problems
    }


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("contrails", "maybe", "contrails maybe"),
        ("default_operated", "perhaps", "default_operated perhaps"),
        ("status", "nope", "status nope"),
        ("substance", "nosuch", "substance nosuch"),
        ("name_fr", "", "name_fr is blank"),
        ("error_group", "a\x1b[0m", "error_group holds a control character"),
    ],
)
def test_a_cell_that_the_dictionary_does_not_allow_is_refused(folder, column, cell, words):
    change("factors", "id", FIRST, **{column: cell})(folder)
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    assert f"{FIRST}: {words}" in str(caught.value)


def test_a_part_that_stands_twice_is_refused_and_not_counted_twice(folder):
    rows = read("parts")
    write("parts", [rows[0], *rows], folder)
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    assert f"{rows[0]['factor']}: its part 1 stands twice" in str(caught.value)


def test_a_small_factor_must_add_up_as_exactly_as_a_large_one(folder):
    rows = read("parts")
    small = next(row for row in rows if row["unsplit"] == row["total"] and 0 < float(row["total"]) < 1)
    small |= {"total": "1e-9", "unsplit": "2e-9"}
    write("parts", rows, folder)
    with pytest.raises(InvalidLibraryError, match="add up to"):
        read_tables(folder, None)


def test_a_column_that_stands_twice_is_refused(folder):
    text = (folder / "gwp.csv").read_text(encoding="utf-8")
    header, rest = text.split("\n", 1)
    doubled = "\n".join(f"{line},1" for line in rest.splitlines())
    (folder / "gwp.csv").write_text(f"{header},gwp100\n{doubled}\n", encoding="utf-8")
    with pytest.raises(InvalidLibraryError, match="gwp100 x 2"):
        read_tables(folder, None)
