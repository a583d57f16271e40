import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from decarb.factors import load_factors
from tests.test_startup import COMMAND, loaded_after

OWN = "id,name,unit,value,activity,source,geography,domain\n"


def rows(out: str) -> list[str]:
    """Ids of a table."""
    return [line.split()[0] for line in out.splitlines()[1:]]


# --- table --------------------------------------------------------------------------------------------


def test_words_as_a_buyer_types_them(here: Any) -> None:
    for words in (["hôpital béton m2"], ["hôpital", "béton", "m2"], ["HOPITAL beton m²"]):
        code, out, errors = here("factors", "search", *words)
        assert (code, errors) == (0, "")
        assert rows(out) == ["building-health-concrete-m2"]


def test_the_table_shows_value_unit_name_validity_place_and_source(here: Any) -> None:
    _, out, _ = here("factors", "search", "natural-gas-fr-2022-kwh-pci", "--limit", "1")
    title, line = out.splitlines()
    for word in ("id", "value", "name", "valid to", "place", "source"):
        assert word in title
    for word in (
        "natural-gas-fr-2022-kwh-pci",
        "0.2392 kg CO2e/kWh PCI",
        "Natural gas, France average mix 2022",
        "2025",
        "FR-MAINLAND",
        "base-carbone:37132",
    ):
        assert word in line
    assert "lacks" not in title


def test_a_locality_stands_beside_its_place(here: Any) -> None:
    _, out, _ = here("factors", "search", "heat-network-villefranche-hospital")
    assert "FR-MAINLAND Rhône-Alpes, GLEI…" in out.splitlines()[1]


def test_filters_do_without_words(here: Any) -> None:
    command = ["factors", "search", "--unit", "kWh", "--domain", "energy", "--geography", "FR"]
    code, out, errors = here(*command)
    assert (code, len(rows(out))) == (0, 20)
    assert rows(out)[0] == "electricity-fr-2024"
    assert errors.startswith("20 of ")
    assert errors.endswith("--limit shows more\n")
    _, everything, errors = here(*command, "--limit", "1000")
    assert errors == ""
    assert rows(everything)[:20] == rows(out)
    library = load_factors()
    assert all(library.by_id[name].unit.name == "kWh" for name in rows(everything))


def test_filters_narrow_the_words(here: Any) -> None:
    _, out, _ = here("factors", "search", "gaz", "--unit", "kWh PCS", "--activity", "stationary_fuel")
    assert rows(out)
    assert all(name.endswith("kwh-pcs") for name in rows(out))


# --- notes --------------------------------------------------------------------------------------------


def test_the_number_shown_of_the_number_found(here: Any) -> None:
    _, out, errors = here("factors", "search", "gaz", "--limit", "3")
    assert len(rows(out)) == 3
    count = errors.removeprefix("3 of ").split(";")[0]
    _, out, errors = here("factors", "search", "gaz", "--limit", count)
    assert (str(len(rows(out))), errors) == (count, "")


def test_a_mistyped_word_is_said(here: Any) -> None:
    code, out, errors = here("factors", "search", "fioull", "--limit", "1000")
    assert (code, errors) == (0, "Nothing holds «fioull»; shown: fioul\n")
    assert out == here("factors", "search", "fioul", "--limit", "1000")[1]
    assert here("factors", "search", "electrcite", "--limit", "1")[2].startswith("Nothing holds «electrcite»")


def test_what_lacks_a_word_says_it(here: Any) -> None:
    code, out, errors = here("factors", "search", "ordinateur", "portable", "xyzzy")
    assert code == 0
    title, line = out.splitlines()
    assert title.endswith("lacks")
    assert line.startswith("laptop ")
    assert line.endswith("xyzzy")
    assert errors.startswith("No factor has all these words: each says which it lacks.")


@pytest.mark.parametrize(
    ("words", "notes"),
    [
        (["zzzz"], ["No factor has all these words; try fewer, or others."]),
        (["-"], ["No factor has all these words; try fewer, or others."]),
        (["--unit", "m2", "--geography", "RE"], ["No factor passes these filters."]),
        (
            ["béton", "--domain", "food"],
            ["No factor has all these words; try fewer, or others.", "Without the filters, 7 factor(s) have all these"],
        ),
        (["seringues"], ["A known gap: medical devices by item", "Meanwhile: decarb factors search device"]),
        (["seringues"], ["No factor has all these words", "A known gap: medical devices by item"]),
        (["DASRI", "désinfectés"], ["each says which it lacks", "A known gap: DASRI disinfected on site"]),
    ],
    ids=" ".join,
)
def test_what_to_do_where_no_factor_is_called_so(here: Any, words: list[str], notes: list[str]) -> None:
    code, _, errors = here("factors", "search", *words)
    assert code == 0
    for note in notes:
        assert note in errors


def test_a_gap_is_not_shown_beside_the_factor_that_is_asked_for(here: Any) -> None:
    # the gap for medicines by molecule holds the word too
    assert "A known gap" not in here("factors", "search", "pharmaceutiques")[2]


def test_notes_in_french(here: Any) -> None:
    code, out, _ = here("factors", "search", "électricité", "--limit", "1", "--lang", "fr")
    assert code == 0
    assert "0,0519 kg CO2e/kWh" in out


# --- refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], [""], ["  "], ["--limit", "3"], ["--unit", ""]], ids=str)
def test_nothing_to_look_for_is_refused(here: Any, words: list[str]) -> None:
    code, out, errors = here("factors", "search", *words)
    assert (code, out) == (2, "")
    assert "say what to look for: words, or a filter" in errors


def test_every_unknown_filter_is_refused_at_once_with_the_nearest(here: Any) -> None:
    command = ["factors", "search", "--domain", "energi", "--geography", "FRA", "--activity", "laundri"]
    code, out, errors = here(*command)
    assert (code, out) == (2, "")
    for text in (
        "no factor is of the domain «energi»",
        "waste, water",
        "nearest: energy",
        "no place of the library is called «FRA»",
        "no activity is called «laundri»",
        "nearest: laundry",
    ):
        assert text in errors
    code, _, errors = here("factors", "search", "gaz", "--unit", "kWhh")
    assert code == 2
    assert "the unit «kWhh» is not known" in errors
    assert "nearest: kWh" in errors


# --- formats ------------------------------------------------------------------------------------------


def test_json_is_that_of_show_with_what_each_lacks(here: Any, schemas: Path) -> None:
    _, out, _ = here("factors", "search", "laptop", "--format", "json", "--limit", "1")
    (document,) = json.loads(out)
    assert document.pop("missing") == []
    assert document == json.loads(here("factors", "show", "laptop", "--format", "json")[1])
    jsonschema.validate(document, json.loads((schemas / "factor.schema.json").read_text(encoding="utf-8")))
    _, out, errors = here("factors", "search", "laptop xyzzy", "--format", "json")
    assert json.loads(out)[0]["missing"] == ["xyzzy"]
    assert "each says which it lacks" in errors
    assert here("factors", "search", "zzzz", "--format", "json")[1] == "[]\n"


def test_csv_has_the_columns_of_the_library(here: Any) -> None:
    _, out, _ = here("factors", "search", "gaz naturel xyzzy", "--format", "csv", "--limit", "2", "--gwp", "AR5")
    records = list(csv.DictReader(io.StringIO(out)))
    frame = load_factors().factors("AR5")
    assert list(records[0]) == ["id", *frame.columns, "missing"]
    for record in records:
        assert float(record["value_kgco2e"]) == frame.loc[record["id"], "value_kgco2e"]
        assert record["missing"] == "xyzzy"
    assert here("factors", "search", "zzzz", "--format", "csv")[1] == ""


def test_own_factors_are_found_with_the_packaged_ones(here: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"{OWN}mine,Électricité Zorglub,kWh,0.1,electricity,Contract,RE,energy\n", encoding="utf-8")
    _, out, _ = here("factors", "search", "zorglub", "--library", path)
    assert rows(out) == ["mine"]
    _, out, _ = here("factors", "search", "électricité", "--geography", "RE", "--unit", "kWh", "--library", path)
    assert set(rows(out)) == {"mine", "electricity-reunion"}


# --- start-up -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "loaded"),
    [
        (["factors", "search", "gaz"], {"tantivy"}),
        (["factors", "search", "--unit", "kWh"], set()),
        (["factors", "show", "laptop"], set()),
        (["factors", "search", "--help"], set()),
    ],
    ids=" ".join,
)
def test_the_search_library_loads_with_the_first_words(words: list[str], loaded: set[str]) -> None:
    heavy = {"tantivy", "numpy", "pandas", "pint", "jsonschema"}
    assert loaded_after(COMMAND, *words) & heavy == loaded


def test_a_footprint_does_not_load_the_search_library(make: Any) -> None:
    path = make.write(make.document(make.line("natural-gas-fr-2022-kwh-pci", 1, "MWh PCS")))
    assert "tantivy" not in loaded_after(COMMAND, "footprint", str(path))
