"""Footprints of recipes, against hand cases and against the same lines in an inventory."""

from pathlib import Path

import pytest

from decarb.care import compute_care, read_recipe
from tests.care.recipes import recipe, written

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "care").glob("*.json"))
GROUPS = {
    "products": [
        {"id": "gloves", "factor": "glove-examination-single-use", "quantity": 10, "unit": "item"},
        {"id": "lens", "factor": "spend-other-manufactured-products", "quantity": 100, "unit": "EUR HT",
         "price_year": 2023},
    ],
    "energy": [{"id": "room", "power_kw": 10, "minutes": 60}],
    "gases": [{"id": "sevoflurane", "factor": "sevoflurane", "quantity": 20, "unit": "g"}],
    "travel": [
        {"id": "taxi", "factor": "taxi-regular-km", "quantity": 30, "unit": "vehicle.km",
         "activity": "visitor_and_patient_travel", "shared_by": 3},
    ],
}  # fmt: skip


def computed(tmp_path, library, groups=None, **changes):
    return compute_care(read_recipe(written(tmp_path, recipe(groups, **changes))), library)


def test_groups_by_hand(tmp_path, library):
    result = computed(tmp_path, library, GROUPS)
    values = {group.name: group.value for group in result.groups}
    # 10 x 0.0266 + 100 EUR x 0.231; 10 kWh x 0.0519; 0.020 kg x 195; 30 km x 0.2598 / 3
    assert values["products"] == pytest.approx(0.266 + 23.1)
    assert values["energy"] == pytest.approx(0.519, rel=0.005)
    assert values["gases"] == pytest.approx(3.9)
    assert values["travel"] == pytest.approx(2.598, rel=1e-3)
    assert result.total.value == pytest.approx(values["products"] + values["energy"] + values["gases"])
    assert result.travel.value == values["travel"]
    assert result.monetary_share == pytest.approx(23.1 / result.total.value)


def test_the_total_is_that_of_an_inventory_of_the_same_lines(tmp_path, library, make):
    line = make.line("glove-examination-single-use", 7, "item")
    expected = make.compute(line).total()
    groups = {"products": [{"id": "gloves", "factor": line["factor"], "quantity": 7, "unit": "item"}]}
    assert computed(tmp_path, library, groups).total.value == expected


def test_acts_divide_everything(tmp_path, library):
    one, many = computed(tmp_path, library, GROUPS), computed(tmp_path, library, GROUPS, acts=4)
    assert many.total.value == pytest.approx(one.total.value / 4)
    assert many.total.high == pytest.approx(one.total.high / 4)
    assert many.travel.value == pytest.approx(one.travel.value / 4)
    assert many.lines[0].quantity == pytest.approx(one.lines[0].quantity / 4)


def test_travel_that_is_not_in_the_recipe_is_unknown(tmp_path, library):
    assert computed(tmp_path, library).travel is None


def test_one_factor_on_two_lines_has_one_error(tmp_path, library):
    def gloves(*quantities):
        named = enumerate(quantities)
        return {
            "products": [
                {"id": f"{n}", "factor": "glove-examination-single-use", "quantity": q, "unit": "item",
                 "uncertainty": 0}
                for n, q in named
            ]
        }  # fmt: skip

    one, two = (computed(tmp_path, library, gloves(*quantities)).total for quantities in ((10,), (4, 6)))
    assert (two.value, two.low, two.high) == pytest.approx((one.value, one.low, one.high), rel=1e-9)


def test_one_medicine_on_two_lines_has_one_error(tmp_path, library):
    def boxes(*quantities):
        code = {"system": "CIP13", "value": "3400935955838"}
        lines = [
            {"id": f"{n}", "code": code, "quantity": quantity, "unit": "boîte", "uncertainty": 0}
            for n, quantity in enumerate(quantities)
        ]
        return {"medicines": lines}

    one, two = (computed(tmp_path, library, boxes(*quantities)).total for quantities in ((10,), (4, 6)))
    assert (two.value, two.low, two.high) == pytest.approx((one.value, one.low, one.high), rel=1e-9)


def test_the_place_decides_the_electricity(tmp_path, library):
    powered = {"energy": [{"id": "room", "power_kw": 10, "minutes": 60}]}
    mainland, reunion = (computed(tmp_path, library, powered, **place) for place in ({}, {"region": "04"}))
    assert reunion.total.value > 10 * mainland.total.value
    assert reunion.electricity_kgco2e_per_kwh == pytest.approx(reunion.total.value / 10)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_run_and_say_where_their_quantities_come_from(path, library):
    result = compute_care(read_recipe(path), library)
    assert 0 < result.total.low < result.total.value < result.total.high
    assert all(line.evidence or "hypothèse illustrative" in line.comment for line in result.lines)
    assert any(placed.position for placed in result.placed)


def test_there_are_the_three_examples():
    assert [path.stem for path in EXAMPLES] == ["cataract-operation", "haemodialysis-session", "intensive-care-day"]


def test_a_gas_outside_the_kyoto_list_stands_beside_the_total(tmp_path, library):
    gases = {"gases": [{"id": "isoflurane", "factor": "isoflurane", "quantity": 20, "unit": "g"}]}
    result = computed(tmp_path, library, gases, acts=2)
    assert result.total.value == 0
    assert result.beside_kgco2e == pytest.approx(0.020 * 539 / 2)
    assert computed(tmp_path, library, GROUPS).beside_kgco2e is None
