"""Frames hold what the column dictionary says: columns, types, units, enumerations, references."""

from datetime import date

import pandas as pd
import pytest

from decarb.factors import load_factors
from decarb.factors.columns import LIBRARY_TABLES, column_dictionary, units_of
from decarb.factors.frames import source_frame
from decarb.factors.library import factor_value
from tests.factors.library_tables import FOLDER, MEMO_GASES, TOTAL_GASES, read

FRAMES = ("factors", "parts", "sources")
COLUMNS = [(table, column) for table in FRAMES for column in column_dictionary()[table]]
STORED = [(table, column) for table in LIBRARY_TABLES for column in column_dictionary()[table] if column.stored]


def name_of(value):
    return value if isinstance(value, str) else value.name


@pytest.fixture(scope="module")
def frames(library):
    found = {"factors": library.factors(), "parts": library.parts(), "sources": source_frame(library)}
    return {table: frame.reset_index() if frame.index.name else frame for table, frame in found.items()}


@pytest.fixture(scope="module")
def tables():
    return {table: read(table) if (FOLDER / f"{table}.csv").is_file() else [] for table in LIBRARY_TABLES}


# The dictionary over the frames


@pytest.mark.parametrize("table", FRAMES)
def test_a_frame_has_the_columns_of_the_dictionary_and_no_other(frames, table):
    assert list(frames[table].columns) == [column.name for column in column_dictionary()[table]]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=name_of)
def test_a_column_has_the_type_of_the_dictionary(frames, table, column):
    values = frames[table][column.name]
    expected = {"integer": "Int64", "number": "float64"}.get(column.type)
    if expected:
        assert str(values.dtype) == expected
    else:
        assert values.dtype == pd.Series(["text"]).dtype
        assert values.notna().all()
        assert all(type(value) is str for value in values)


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=name_of)
def test_values_of_a_frame_are_those_that_the_dictionary_allows(frames, table, column):
    values = frames[table][column.name]
    given = values.dropna() if column.type in ("integer", "number") else values[values != ""]
    if column.required:
        assert len(given) == len(values)
    if column.unique:
        assert values.is_unique
    if column.values:
        assert {str(value) for value in given} <= set(column.values)
    if column.type == "date":
        assert all(date.fromisoformat(value).isoformat() == value for value in given)


@pytest.mark.parametrize("table", FRAMES)
def test_units_are_metadata(frames, table):
    assert frames[table].attrs["units"] == units_of(table)


# The dictionary over the files


@pytest.mark.parametrize(("table", "column"), STORED, ids=name_of)
def test_stored_values_are_those_that_the_dictionary_allows(tables, table, column):
    texts = [row[column.name] for row in tables[table]]
    given = [text for text in texts if text]
    if column.required:
        assert len(given) == len(texts)
    if column.unique:
        assert len(set(texts)) == len(texts)
    if column.values:
        assert set(given) <= set(column.values)
    convert = {"integer": int, "number": float, "date": date.fromisoformat}.get(column.type, str)
    for text in given:
        convert(text)


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, c in STORED if c.references], ids=name_of)
def test_references_lead_to_a_row(tables, table, column):
    target, _, field = column.references.partition(".")
    there = {row[field] for row in tables[target]}
    texts = [row[column.name] for row in tables[table] if row[column.name]]
    given = {name for text in texts for name in (text.split() if column.type == "list" else [text])}
    assert given - there == set()


def test_every_reference_is_to_a_table_and_a_column():
    for columns in column_dictionary().values():
        for column in columns:
            target, _, field = column.references.partition(".")
            assert not target or field in {other.name for other in column_dictionary()[target]}


def test_every_column_is_described_in_both_languages():
    columns = [column for columns in column_dictionary().values() for column in columns]
    assert [c.name for c in columns if not (c.description("en").strip() and c.description("fr").strip())] == []


# What the frames say


def test_frame_of_factors(library):
    frame = library.factors()
    assert frame.index.name == "id"
    assert frame.index.is_unique
    assert list(frame.index) == list(library.by_id)
    gas = frame.loc["natural-gas-fr-2022-kwh-pci"]
    assert gas["value_kgco2e"] == pytest.approx(0.2392, abs=1e-15)
    assert (gas["unit"], gas["basis"], gas["source_id"]) == ("kWh", "PCI", "37132")
    assert gas["licence"] == "Licence Ouverte / Open Licence 2.0"
    assert gas["layer"] == "decarb"
    assert (frame["licence"] != "").all()
    assert frame.loc["r410a", "value_kgco2e"] == 2255.5
    assert frame["value_kgco2e"].notna().all()
    ratio = frame.loc["spend-pharmaceutical-products-2019"]
    assert (ratio["unit"], ratio["basis"], ratio["price_year"]) == ("EUR", "HT", 2019)


def test_frame_of_parts(library):
    frame = library.parts()
    assert list(frame.columns) == ["factor", "position", "stage", "label", "total", *TOTAL_GASES, *MEMO_GASES]
    gas_factors = sum(factor.model == "gwp" for factor in library.by_id.values())
    assert len(frame) == len(read("parts")) + gas_factors
    sums = frame[list(TOTAL_GASES)].fillna(0).sum(axis=1)
    assert (sums - frame["total"]).abs().max() <= 1e-9
    electricity = frame[frame["factor"] == "electricity-fr-2024"].set_index("stage")
    assert electricity.loc["combustion_at_plant", "total"] == 0.035
    assert pd.isna(electricity.loc["combustion_at_plant", "co2_fossil"])  # no split, not zero
    assert electricity["position"].tolist() == [1, 2, 3]
    assert frame[frame["factor"] == "r410a"]["hfc"].tolist() == [2255.5]
    assert frame[frame["factor"] == "r410a"]["stage"].tolist() == ["release"]
    assert frame[frame["factor"] == "desflurane"]["stage"].tolist() == ["release"]


@pytest.mark.parametrize("gwp_set", ["AR4", "AR5", "AR6"])
def test_values_are_the_sums_of_the_parts(library, gwp_set):
    values = library.factors(gwp_set)["value_kgco2e"]
    sums = library.parts(gwp_set).groupby("factor")["total"].sum()
    known = values.dropna()
    assert set(known.index) == set(sums.index)
    assert (known - sums[known.index]).abs().max() <= 1e-9
    assert all(factor_value(library, library.by_id[name], gwp_set) is None for name in values.index[values.isna()])


def test_frames_of_another_gwp_set(library):
    frame = library.parts("AR4")
    assert frame[frame["factor"] == "r410a"]["total"].tolist() == [2087.5]
    assert "sevoflurane" not in set(frame["factor"])
    assert pd.isna(library.factors("AR4").loc["sevoflurane", "value_kgco2e"])
    assert library.factors("AR4").attrs["gwp_set"] == frame.attrs["gwp_set"] == "AR4"


def test_frames_say_which_library_they_come_from(library):
    attributes = library.factors().attrs
    layer = library.layers[0]
    assert attributes["library"] == f"decarb {layer.version}"
    assert attributes["digest"] == library.digest


def test_a_layer_with_blank_columns_keeps_the_types(tmp_path, library):
    path = tmp_path / "ours.csv"
    path.write_text("id,name,unit,value,activity,source\nours,Ours,kg,0.9,laundry,Supplier\n", encoding="utf-8")
    frame = load_factors(path).factors()
    assert frame.dtypes.to_dict() == library.factors().dtypes.to_dict()
    assert frame.loc["ours", ["name_fr", "value_kgco2e", "layer"]].tolist() == ["Ours", 0.9, "ours"]
    assert pd.isna(frame.loc["ours", "data_year"])
