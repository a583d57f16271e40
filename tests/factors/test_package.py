"""The stamp of a library: what is trusted, and what is looked at again."""

import json

import orjson
import pytest

from decarb.errors import InvalidLibraryError
from decarb.factors import load_factors
from decarb.factors.columns import LIBRARY_TABLES
from decarb.factors.importers import import_base
from decarb.factors.package import file_hash, read_package
from decarb.factors.rows import FactorRows
from decarb.factors.storing import restamp
from decarb.factors.tables import digest_of, read_tables
from decarb.resources import read_table
from decarb.writing import PACKAGE as FILE
from tests.factors.importers.base_carbone_files import element
from tests.factors.importers.base_carbone_files import write as write_export
from tests.factors.library_tables import FOLDER, read, write


def test_the_packaged_library_carries_a_true_stamp():
    # `make library` writes it after the tables were edited
    library = read_tables(FOLDER, None)
    package = read_package(FOLDER)
    contents = {path.stem: path.read_bytes() for path in FOLDER.glob("*.csv")}
    assert package.is_stamp_of(contents)
    tables = {name: read_table(FOLDER / f"{name}.csv") for name in LIBRARY_TABLES}
    assert package.digest == library.layers[0].digest == digest_of(tables)


def test_a_stamped_library_decodes_only_what_is_asked_for(monkeypatch):
    decoded = []
    monkeypatch.setattr("decarb.factors.rows.decode_factor", lambda row, *_: decoded.append(row[0]) or row)
    library = load_factors()
    assert decoded == []
    assert "electricity-fr-2024" in library.by_id
    assert library.series["electricity-fr"]
    assert decoded == []
    _ = library.by_id["electricity-fr-2024"], library.by_id["electricity-fr-2024"]
    assert decoded == ["electricity-fr-2024"]


def test_an_edited_table_is_looked_at_again(folder):
    rows = read("factors")
    rows[0]["unit"] = "furlong"
    write("factors", rows, folder)
    with pytest.raises(InvalidLibraryError) as caught:
        read_tables(folder, None)
    assert "furlong" in str(caught.value)


def test_the_digest_of_an_edited_table_is_computed_again(folder):
    before = read_tables(folder, None).digest
    rows = read("factors")
    rows[0]["note"] = "edited"
    write("factors", rows, folder)
    assert read_tables(folder, None).digest != before


@pytest.mark.parametrize("change", ["engine", "hash", "missing table", "no stamp", "not json", "a list"])
def test_a_stamp_that_is_not_of_these_files_is_not_trusted(folder, monkeypatch, change):
    package = json.loads((folder / FILE).read_text(encoding="utf-8"))
    if change == "engine":
        package["decarb"]["engine"] = "0.0.1"
    elif change == "hash":
        package["resources"][0]["hash"] = "sha256:0"
    elif change == "missing table":
        (folder / "gwp.csv").unlink()
    elif change == "no stamp":
        del package["decarb"]
    text = {"not json": "{", "a list": "[]"}.get(change) or json.dumps(package)
    (folder / FILE).write_text(text, encoding="utf-8")
    looked_at = []
    monkeypatch.setattr("decarb.factors.tables._defects", lambda *_: looked_at.append(1) or [])
    read_tables(folder, None)
    assert looked_at


def test_restamping_looks_at_every_row_first(folder):
    rows = read("factors")
    rows[0]["unit"] = "furlong"
    write("factors", rows, folder)
    with pytest.raises(InvalidLibraryError):
        restamp(folder)
    rows[0]["unit"] = "kg"
    rows[0]["basis"] = ""
    write("factors", rows, folder)
    restamp(folder)
    assert orjson.loads((folder / FILE).read_bytes())["version"] == read_package(FOLDER).version
    assert read_tables(folder, None).layers[0].digest == read_package(folder).digest


def test_rows_are_a_mapping_in_the_order_of_the_table():
    rows = load_factors().tables[0]
    assert isinstance(rows, FactorRows)
    assert list(rows) == [row["id"] for row in read("factors")]
    assert len(rows) == len(set(rows))
    with pytest.raises(KeyError):
        rows["nothing"]


def test_hashes_brought_up_to_date_by_another_tool_are_no_check_of_ours(folder):
    rows = read("parts")
    rows[0]["stage"] = "bogus"
    write("parts", rows, folder)
    package = json.loads((folder / FILE).read_text(encoding="utf-8"))
    for resource in package["resources"]:
        resource["hash"] = file_hash((folder / resource["path"]).read_bytes())
    (folder / FILE).write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(InvalidLibraryError, match="bogus"):
        read_tables(folder, None)


def test_a_checked_library_is_still_looked_at_against_what_is_below_it(tmp_path):
    own = tmp_path / "ours.csv"
    own.write_text(
        "id,name,unit,value,activity,source\nbase-carbone/papier-invente-kg,x,kg,1,other_goods,Devis\n",
        encoding="utf-8",
    )
    rows = [element(1, **{"Nom attribut français": "2022"}), element(2, **{"Nom attribut français": "2023"})]
    import_base("base-carbone", write_export(tmp_path / "Base_V9.1.csv", rows), tmp_path / "base")
    for order in ((own, tmp_path / "base"), (tmp_path / "base", own)):
        with pytest.raises(InvalidLibraryError, match="is both a series and a factor"):
            load_factors(*order)
