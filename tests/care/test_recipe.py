"""Bad recipes: one per kind of refusal, and the words that say it; lines as they become those of an inventory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.care import compute_care, read_recipe
from decarb.care.recipe import _line
from decarb.errors import InvalidDocumentError
from tests.care.recipes import recipe, written

GLOVES = {"id": "gloves", "factor": "glove-examination-single-use", "quantity": 2, "unit": "item"}


def products(**changes):
    return recipe({"products": [{**GLOVES, **changes}]})


def energy(**fields):
    return recipe({"energy": [{"id": "room", **fields}]})


BAD = {
    "wrong unit": (products(unit="kWh"), "[gloves] /groups/products/0: kWh cannot become item"),
    "unknown unit": (products(unit="gloove"), "[gloves] /groups/products/0/unit: the unit «gloove» is not known"),
    "unknown factor": (
        products(factor="glove-examination-single"),
        "[gloves] /groups/products/0: no factor, series or alias is called «glove-examination-single»",
    ),
    "missing unit": (
        recipe({"products": [{"id": "gloves", "factor": "x", "quantity": 1}]}),
        "[gloves] /groups/products/0: the field «unit» is missing",
    ),
    "no factor nor code": (
        recipe({"products": [{"id": "gloves", "quantity": 1, "unit": "item"}]}),
        "/groups/products/0: a line needs exactly one of «factor» and «code»",
    ),
    "missing year": (
        {name: value for name, value in recipe().items() if name != "year"},
        "the field «year» is missing",
    ),
    "unknown group": (recipe({"consumables": [GLOVES]}), "the field «consumables» is not in this version"),
    "no groups": (recipe({}), "/groups"),
    "empty groups": (recipe({"products": []}), "/groups: the document holds no line"),
    "duplicate id": (
        recipe({"products": [GLOVES], "waste": [GLOVES]}),
        "[gloves] /groups/waste/0/id: the line id «gloves» is already used at /groups/products/0",
    ),
    "negative quantity": (products(quantity=-1), "/groups/products/0/quantity: the quantity -1 is negative"),
    "zero acts to share": (products(shared_by=0), "/groups/products/0/shared_by: 0 is below the limit 1"),
    "negative acts": (recipe(acts=-2), "/acts: -2 is below the limit 1"),
    "zero acts": (recipe(acts=0), "/acts: 0 is below the limit 1"),
    "huge quantity": (products(quantity=1e300), "the quantity 1e+300 is above the limit"),
    "huge power": (energy(power_kw=1e9, minutes=1), "/groups/energy/0/power_kw: 1000000000.0 is above the limit"),
    "negative minutes": (energy(power_kw=1, minutes=-5), "/groups/energy/0/minutes: -5 is below the limit 0"),
    "power without minutes": (energy(power_kw=1), "[room] /groups/energy/0: the field «minutes» is missing"),
    "minutes without power": (
        energy(minutes=5),
        "[room] /groups/energy/0: a line needs either a quantity of a factor or code, or a power and minutes",
    ),
    "both forms": (energy(power_kw=1, minutes=5, quantity=3, unit="kWh"), "a line needs either a quantity"),
    "unit beside a power": (
        energy(power_kw=1, minutes=5, unit="kWh"),
        "[room] /groups/energy/0/unit: «unit» does not go with a power and minutes",
    ),
    "load beside a quantity": (
        products(load_percent=50),
        "[gloves] /groups/products/0/load_percent: «load_percent» goes with a power and minutes only",
    ),
    "load over the whole": (energy(power_kw=1, minutes=5, load_percent=120), "120 is above the limit 100"),
    "code with a wrong key": (
        recipe({"medicines": [{"id": "m", "code": {"system": "CIP13", "value": "3400938749985"}, "quantity": 1,
                               "unit": "box"}]}),
        "/groups/medicines/0/code/value: 3400938749985: the key of the code",
    ),
    "not JSON": ("", "the file is empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_recipe_is_refused_in_words(name, tmp_path, library):
    document, words = BAD[name]
    path = written(tmp_path, document)
    with pytest.raises(InvalidDocumentError) as refused:
        compute_care(read_recipe(path), library)
    assert words in str(refused.value)
    assert all(problem.file == str(path) for problem in refused.value.problems)


def test_every_problem_is_said_at_once(tmp_path, library):
    groups = {"products": [{**GLOVES, "unit": "kWh"}], "energy": [{"id": "room", "power_kw": 1}]}
    with pytest.raises(InvalidDocumentError) as refused:
        compute_care(read_recipe(written(tmp_path, recipe(groups))), library)
    assert {problem.code for problem in refused.value.problems} == {"unit-mismatch", "missing-field"}


def test_a_missing_field_leads_to_the_form_of_recipes(tmp_path):
    found = read_recipe(written(tmp_path, recipe({"energy": [{"id": "room", "power_kw": 1}]}))).problems
    assert [problem.hint() for problem in found] == ["see docs/care.md"]


def test_the_nearest_factor_is_named(tmp_path, library):
    with pytest.raises(InvalidDocumentError) as refused:
        compute_care(read_recipe(written(tmp_path, products(factor="glove-examination-single"))), library)
    assert "glove-examination-single-use" in refused.value.problems[0].hint()


def test_power_and_minutes_by_hand():
    # 10 kW x 30 min x 80 % = 4 kWh, of two acts: 2 kWh
    line = _line({"id": "room", "power_kw": 10, "minutes": 30, "load_percent": 80, "shared_by": 2})
    assert line == {"id": "room", "factor": "electricity-fr", "quantity": 2.0, "unit": "kWh"}


@given(
    quantity=st.floats(0, 1e9),
    shared=st.integers(1, 10**6),
    system=st.sampled_from(["CIP13", "UCD13", "CIS"]),
    value=st.text(min_size=1, max_size=13),
)
def test_a_code_passes_untouched(quantity, shared, system, value):
    code = {"system": system, "value": value}
    line = _line({"id": "m", "code": code, "quantity": quantity, "unit": "box", "shared_by": shared})
    assert line["code"] == code
    assert line["quantity"] == quantity / shared
    assert "shared_by" not in line
