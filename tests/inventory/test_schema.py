"""The schema, its two validators, and the words of its refusals."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from decarb.factors.records import GWP_SETS
from decarb.inventory import SECTIONS
from decarb.inventory.schema import MAXIMUM_PROBLEMS, VERSIONS, schema, schema_problems
from decarb.reporting import OPTIONS, activities, view
from decarb.resources import data_file, read_rows

LINE = {
    "id": "gas",
    "factor": "natural-gas-fr-kwh-pci",
    "quantity": 1200.5,
    "unit": "MWh PCS",
    "basis": "PCS",
    "activity": "stationary_fuel",
    "operated": True,
    "paid": True,
    "tenure": "owned",
    "site": "main",
    "credit": False,
    "account": "60612",
    "supplier": "A supplier",
    "evidence": "Invoice 12",
    "comment": "Meter read on 31 December",
    "quality": {"reliability": 3, "technical": 4, "geographic": 5, "temporal": 2, "completeness": 1},
    "uncertainty": 5,
}
# every field of the schema at least once
OPULENT: dict[str, Any] = {
    "$schema": "https://decarb-health.github.io/schemas/inventory/1.0",
    "schema_version": "1.2",
    "establishment": {
        "name": "Centre hospitalier",
        "finess_et": "750100125",
        "finess_ej": "750712184",
        "siret": "73282932000074",
        "category": "101",
        "legal_status": "01",
        "commune": "75113",
        "department": "75",
        "region": "11",
        "ght": "GHT",
        "headcount": 1200,
        "fte": 1100.5,
        "beds": 400,
        "places": 30,
        "floor_area_m2": 45000,
        "activity": {"days": 120000, "stays": 30000, "outpatient_visits": 90000, "anaesthesias": 20000},
        "measured_gas_use": [{"gas": "nitrous-oxide", "quantity": 126.5, "unit": "kg", "evidence": "ventilators"}],
    },
    "period": {"start": "2024-01-01", "end": "2024-12-31"},
    "method": {"gwp_set": "AR5", "contrails": "excluded", "gas_releases": "process"},
    "sites": [
        {
            "id": "main",
            "name": "Main site",
            "finess_et": "750100125",
            "commune": "75113",
            "department": "75",
            "region": "11",
            "beds": 400,
            "floor_area_m2": 45000,
        }
    ],
    "adaptation": {
        "exposure": [
            {
                "hazard": "heat",
                "site": "main",
                "level": "high",
                "warming": 2.7,
                "source": "A study",
                "date": "2024-05-31",
                "comment": "At the top floor",
            }
        ],
        "facts": [
            {
                "fact": "electricity_autonomy",
                "site": "main",
                "value": 72,
                "unit": "h",
                "date": "2024-05-31",
                "evidence": "A calculation",
                "comment": "Fuel stock included",
            }
        ],
        "answers": [
            {
                "item": "HEA-05",
                "site": "main",
                "answer": "partly",
                "evidence": "A survey",
                "date": "2024-05-31",
                "comment": "South façade",
            }
        ],
    },
    "shared_services": {
        "received": [
            {
                "service": "laundry",
                "provider": {"finess_ej": "690781810", "finess_et": "690000245"},
                "lines": ["box"],
                "comment": "A third of the linen",
            }
        ],
        "provided": [{"service": "it", "recipients": [{"finess_ej": "690781810"}], "comment": "The laboratory"}],
    },
    "declaration": {
        "consolidation": "operational_control",
        "significance": [{"post": "4.1", "significant": True, "criterion": "magnitude", "comment": "Large"}],
        "excluded_posts": [{"post": "5.4", "justification": "No investment"}],
    },
    "energy": [LINE],
    "medicines": [
        {
            "id": "box",
            "code": {"system": "CIP13", "value": "3400938749984"},
            "quantity": -2,
            "unit": "item",
            "credit": True,
            "retroceded": True,
            "spend": {
                "factor": "spend-pharmaceutical-products",
                "quantity": 10,
                "unit": "EUR",
                "basis": "TTC",
                "vat_percent": 2.1,
            },
        }
    ],
    "mobility": [{"id": "car", "factor": "car-average-km", "quantity": 0, "unit": "passenger.km", "occupancy": 1.4}],
    "capital_goods": [
        {
            "id": "scanner",
            "factor": "spend-machinery-equipment",
            "quantity": 1e15,
            "unit": "EUR",
            "price_year": 2023,
            "vat_percent": 20,
            "amortisation_years": 8,
            "acquisition_year": 2020,
        }
    ],
    "digital": [
        {
            "id": "dc",
            "factor": "electricity-fr",
            "quantity": 1,
            "unit": "kWh",
            "market_based_kgco2e_per_kwh": 0.01,
        }
    ],
}

FAST = jsonschema_rs.validator_for(schema())
REFERENCE = Draft202012Validator(schema())


def changed(path: str, value: Any) -> dict[str, Any]:
    """The opulent document with `value` at a pointer; ``...`` removes what is there."""
    document = copy.deepcopy(OPULENT)
    *parents, last = [int(token) if token.isdigit() else token for token in path.split("/")[1:]]
    place: Any = document
    for token in parents:
        place = place[token]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


def test_the_schema_is_valid_and_the_opulent_document_too() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema_problems(OPULENT) == []


def test_the_opulent_document_has_every_field() -> None:
    # otherwise the mutations below would leave fields untried
    def fields(node: dict[str, Any]) -> set[str]:
        own = set(node.get("properties", {})) - {"$schema"}
        inner = [*node.get("properties", {}).values(), node.get("items", {}), *node.get("$defs", {}).values()]
        return own.union(*(fields(child) for child in inner if child))

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    assert fields(schema()) - keys(OPULENT) <= set(SECTIONS)


def test_every_property_has_a_title_in_both_languages_or_belongs_to_a_titled_group() -> None:
    def untitled(node: dict[str, Any], path: str) -> set[str]:
        found = set()
        for name, child in node.get("properties", {}).items():
            if not (child.get("title") and child.get("x-fr", {}).get("title")):
                found.add(f"{path}/{name}")
            found |= untitled(child, f"{path}/{name}") | untitled(child.get("items", {}), f"{path}/{name}")
        return found

    structural = ("/$schema", "/declaration/significance/", "/declaration/excluded_posts/")
    assert {path for path in untitled(schema(), "") if not path.startswith(structural)} == set()
    groups = ("/code/", "/spend/", "/quality/")
    assert {path for path in untitled(schema()["$defs"]["line"], "") if not path.startswith(groups)} == set()


def test_every_object_is_closed() -> None:
    def open_objects(node: Any, path: str) -> list[str]:
        if isinstance(node, list):
            return [found for number, child in enumerate(node) for found in open_objects(child, f"{path}/{number}")]
        if not isinstance(node, dict):
            return []
        here = [path] if node.get("type") == "object" and node.get("additionalProperties") is not False else []
        # a condition describes no object: it asks something of one
        parts = ((name, child) for name, child in node.items() if name != "if")
        return here + [found for name, child in parts for found in open_objects(child, f"{path}/{name}")]

    assert open_objects(schema(), "") == []


def test_closed_lists_are_those_of_the_engine() -> None:
    fields = schema()["properties"]
    line = schema()["$defs"]["line"]["properties"]
    assert fields["schema_version"]["enum"] == list(VERSIONS)
    assert fields["method"]["properties"]["gwp_set"]["enum"] == list(GWP_SETS)
    assert fields["method"]["properties"]["gas_releases"]["enum"] == list(OPTIONS)
    assert line["activity"]["enum"] == list(activities())
    assert [name for name in fields if fields[name].get("items") == {"$ref": "#/$defs/line"}] == list(SECTIONS)
    posts = [row.code for row in view("beges").rows]
    for name in ("significance", "excluded_posts"):
        assert fields["declaration"]["properties"][name]["items"]["properties"]["post"]["enum"] == posts
    regions = [row["region"] for row in read_rows(data_file("regions.csv"))]
    for place in (fields["establishment"], fields["sites"]["items"]):
        assert place["properties"]["region"]["enum"] == regions


def _paths(value: Any, pointer: str = "") -> list[str]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for name, child in children for path in (f"{pointer}/{name}", *_paths(child, f"{pointer}/{name}"))]


_VALUES = st.sampled_from(
    [
        *(None, True, False, 0, 1, -1, 2.0, 2.5, 1e15, -1e15, 1.1e15, 1e16, 10**15 + 1, 5, 6, 100, 101, 1990, 2101),
        *("", " ", "x" * 60, "x" * 61, "x" * 101, "x" * 201, "x" * 2001, "é" * 60, "😀" * 61, "0101000024"),
        *("010000024", "2A0000016", "2C0000016", "٠١٠٠٠٠٠٢٤", "2024-02-31", "2024-13-01", "AR7", "AR4", "11", "1.0"),
        *([], {}, [{}], {"x": 1}, [1], {"system": "CAS", "value": "x"}, {"factor": "x"}),
    ]
)


@given(
    path=st.sampled_from(_paths(OPULENT)),
    act=st.sampled_from(["replace", "remove", "rename", "add", "repeat"]),
    value=_VALUES,
    name=st.text(max_size=4),
)
def test_the_fast_validator_and_the_reference_one_agree_on_any_change(
    path: str, act: str, value: Any, name: str
) -> None:
    document = changed(path, value if act == "replace" else ...)
    *parents, last = [int(token) if token.isdigit() else token for token in path.split("/")[1:]]
    place, source = document, OPULENT
    for token in parents:
        place, source = place[token], source[token]
    if act == "rename" and isinstance(place, dict):
        place[name] = source[last]
    elif act == "add" and isinstance(place, dict):
        place.update({last: source[last], name: value})
    elif act == "repeat" and isinstance(place, list):
        place += [source[last]] * 2
    accepted = FAST.is_valid(document)
    assert accepted == REFERENCE.is_valid(document)
    problems = schema_problems(document)
    assert accepted == (problems == [])
    for problem in problems:
        assert problem.message()


@given(st.recursive(_VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)))
def test_no_json_value_is_an_inventory_by_accident_or_crashes(document: Any) -> None:
    assert schema_problems(document) != []


@pytest.mark.parametrize(
    "path",
    [
        "/establishment/finess_et",
        "/establishment/siret",
        "/establishment/commune",
        "/period/start",
        "/sites/0/commune",
        "/energy/0/supplier",
    ],
)
def test_a_line_feed_after_an_identifier_is_refused(path: str) -> None:
    # $ of Python's regular expressions matches before a last line feed, that of ECMA 262 does not: what
    # the fast validator refuses must have a worded problem
    value = json.loads(json.dumps(OPULENT))
    for token in path.split("/")[1:]:
        value = value[int(token)] if token.isdigit() else value[token]
    document = changed(path, value + "\n")
    assert not FAST.is_valid(document)
    assert [(problem.code, problem.pointer) for problem in schema_problems(document)] == [("wrong-form", path)]


@pytest.mark.parametrize(
    ("path", "value", "code", "pointer", "message", "hint"),
    [
        ("/period", ..., "missing-field", "", "the field «period» is missing", "schema.md"),
        ("/establishment/name", ..., "missing-field", "/establishment", "«name»", "schema.md"),
        ("/energy/0/unit", ..., "missing-field", "/energy/0", "«unit»", "schema.md"),
        ("/energy/0/quantiy", 1, "unknown-field", "/energy/0/quantiy", "«quantiy»", "did you mean: quantity?"),
        ("/enegry", [], "unknown-field", "/enegry", "«enegry»", "did you mean: energy?"),
        ("/period/a~b", 1, "unknown-field", "/period/a~0b", "«a~b»", "the fields here: start, end"),
        ("/schema_version", "0.9", "unknown-version", "/schema_version", "version 0.9 is not known; known: 1.0", ""),
        ("/energy/0/factor", ..., "factor-or-code", "/energy/0", "exactly one of", "decarb factors search"),
        (
            "/energy/0/code",
            {"system": "CAS", "value": "x"},
            "factor-or-code",
            "/energy/0",
            "exactly one of «factor» and «code»",
            "",
        ),
        ("/energy", {}, "wrong-type", "/energy", "{} is not of the type", ""),
        ("/energy/0/quantity", True, "wrong-type", "/energy/0/quantity", "true is not of the type", ""),
        ("/energy/0/quantity", None, "wrong-type", "/energy/0/quantity", "null is not of the type", ""),
        ("/energy/0/unit", 3, "text-as-number", "/energy/0/unit", "3 is a number", "between quotes"),
        ("/establishment/beds", 2.5, "wrong-type", "/establishment/beds", "2.5 is not of the type", ""),
        ("/energy/0/quantity", "1 234,5", "number-as-text", "/energy/0/quantity", "1 234,5 is a text", "1234.5"),
        ("/energy/0/activity", "comuting", "not-allowed", "/energy/0/activity", "comuting", "nearest: commuting"),
        ("/energy/0/activity", "tourism", "not-allowed", "/energy/0/activity", "tourism", "one of: stationary_fuel"),
        ("/energy/0/tenure", "rented", "not-allowed", "/energy/0/tenure", "rented is not allowed", "leased"),
        ("/energy/0/quantity", -1, "negative-quantity", "/energy/0/quantity", "-1 is negative", '"credit": true'),
        ("/medicines/0/quantity", 2, "positive-credit", "/medicines/0/quantity", "2 is positive", "subtracted"),
        ("/energy/0/quantity", 1e16, "quantity-too-large", "/energy/0/quantity", "above the limit", "kWh or MWh"),
        ("/energy/0/id", "a\tb", "control-character", "/energy/0/id", "control character", ""),
        ("/establishment/name", "\x1b[2J", "control-character", "/establishment/name", "control character", ""),
        ("/energy/0/unit", "kWh\x00", "control-character", "/energy/0/unit", "control character", ""),
        ("/mobility/0/occupancy", 0, "too-small", "/mobility/0/occupancy", "0 is below the limit 0", ""),
        ("/energy/0/uncertainty", -0.5, "too-small", "/energy/0/uncertainty", "-0.5 is below the limit 0", ""),
        ("/energy/0/quality/technical", 6, "too-large", "/energy/0/quality/technical", "6 is above the limit 5", ""),
        ("/establishment/finess_et", "75010012", "wrong-form", "/establishment/finess_et", "75010012 does not", ""),
        ("/period/start", "01/01/2024", "wrong-day", "/period/start", "01/01/2024 is not a day", "2024-01-31"),
        ("/energy/0/id", "", "blank-text", "/energy/0/id", "the text is blank", ""),
        ("/energy/0/unit", "x" * 61, "too-long", "/energy/0/unit", "x… is longer than the limit 60", ""),
        ("/sites", [{"id": "x"}] * 2001, "too-long", "/sites", "longer than the limit 2,000", ""),
    ],
)
def test_each_disagreement_has_its_words_and_its_place(
    path: str, value: Any, code: str, pointer: str, message: str, hint: str
) -> None:
    (problem,) = schema_problems(changed(path, value))
    assert (problem.code, problem.pointer, problem.severity) == (code, pointer, "error")
    assert message.replace(",", "") in problem.message().replace(",", "")
    assert hint in problem.hint()


@pytest.mark.parametrize("value", [True, 3, "gas", None, []])
def test_a_line_that_is_no_object_is_only_of_the_wrong_type(value: Any) -> None:
    # asking it for a factor or a code as well would be noise
    problems = schema_problems(changed("/energy/0", value))
    assert [(problem.code, problem.pointer) for problem in problems] == [("wrong-type", "/energy/0")]


def test_all_problems_are_said_at_once_in_the_order_of_the_lines() -> None:
    document = copy.deepcopy(OPULENT)
    document["energy"] = [{**LINE, "id": str(number)} for number in range(12)]
    document["energy"][10]["unit"] = ""
    document["energy"][2] |= {"quantity": "12", "tenure": "rented"}
    document["period"]["start"] = "2024"
    del document["establishment"]["name"]
    found = {(problem.code, problem.pointer) for problem in schema_problems(document)}
    assert found == {
        ("blank-text", "/energy/10/unit"),
        ("number-as-text", "/energy/2/quantity"),
        ("not-allowed", "/energy/2/tenure"),
        ("wrong-day", "/period/start"),
        ("missing-field", "/establishment"),
    }
    lines = [problem.pointer for problem in schema_problems(document) if problem.pointer.startswith("/energy")]
    assert lines.index("/energy/10/unit") == 2


@pytest.mark.parametrize("name", ["²", "１", "٣", "a/b", "~", "", "0", "é", "__proto__"])
def test_a_field_of_any_name_is_only_an_unknown_field(name: str) -> None:
    # "²".isdigit() is true in Python, and int("²") is not a number
    problems = schema_problems({**OPULENT, name: 1})
    assert [problem.code for problem in problems] == ["unknown-field"]
    assert problems[0].parameters["value"] == name


def test_long_values_are_cut_in_messages() -> None:
    (problem,) = schema_problems(changed("/energy/0/quantity", ["x" * 1000]))
    assert len(problem.message()) < 150


def test_a_document_with_too_many_problems_says_so_and_stops() -> None:
    problems = schema_problems({**OPULENT, "energy": [{} for _ in range(MAXIMUM_PROBLEMS)]})
    assert MAXIMUM_PROBLEMS <= len(problems) <= MAXIMUM_PROBLEMS + 10
    (last,) = [problem for problem in problems if problem.code == "too-many-problems"]
    assert "more than 1,000 problems" in last.message().replace("1000", "1,000")
    assert "correct these first" in last.hint()


def test_the_schema_of_the_package_is_the_schema_of_the_checkout(schemas: Path) -> None:
    assert schema() == json.loads((schemas / "inventory.schema.json").read_text(encoding="utf-8"))
