"""Two footprints side by side: the difference taken apart."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.comparison import compare_inventories
from decarb.footprint import compute_footprint
from decarb.inventory import read_inventory
from decarb.uncertainty import row_intervals

GAS, POWER = "natural-gas-fr-kwh-pcs", "electricity-fr-2024"
UNITS = {GAS: "MWh PCS", POWER: "MWh"}


def effects(difference):
    return {effect.kind: effect.emissions_kgco2e for effect in difference.effects}


def test_a_line_of_both_differs_by_its_quantity(make):
    before = make.compute(make.line(POWER, 100, "MWh", id="power"))
    after = make.compute(make.line(POWER, 80, "MWh", id="power"))
    found = compare_inventories(before, after)
    assert effects(found) == {"quantities": pytest.approx(-0.2 * before.total())}
    assert found.of_method_kgco2e == 0


def test_another_year_of_the_series_is_another_factor(make):
    before = make.compute(make.line("electricity-fr-2022", 100, "MWh", id="power"))
    after = make.compute(make.line(POWER, 80, "MWh", id="power"))
    found = effects(compare_inventories(before, after))
    assert found["quantities"] == pytest.approx(-0.2 * before.total())
    assert found["factors"] == pytest.approx(after.total() - 0.8 * before.total())


def test_euros_before_and_quantities_after_are_another_method(make):
    before = make.compute(make.line("spend-pharmaceutical-products", 1000, "EUR HT", id="x"), section="purchases")
    after = make.compute(make.line(POWER, 10, "MWh", id="x"), section="purchases")
    found = compare_inventories(before, after)
    assert set(effects(found)) == {"method"}
    assert found.of_method_kgco2e == pytest.approx(found.total_kgco2e)


def test_lines_of_one_alone_are_new_or_ended(make):
    before = make.compute(make.line(GAS, 10, "MWh PCS", id="gas"))
    after = make.compute(make.line(POWER, 10, "MWh", id="power"))
    found = effects(compare_inventories(before, after))
    assert found == {"ended": pytest.approx(-before.total()), "new": pytest.approx(after.total())}


def test_a_row_that_one_of_them_lacks_is_unknown_not_zero(make):
    found = compare_inventories(make.compute(make.line(GAS, 10, "MWh PCS")), make.compute(make.line(POWER, 10, "MWh")))
    rows = {row.code: (row.before_kgco2e, row.after_kgco2e) for row in found.rows}
    assert rows["1.1"][1] is None
    assert rows["2.1"][0] is None


def test_the_error_of_a_factor_that_both_share_cancels(make):
    lines = [make.line(POWER, quantity, "MWh", id="power", uncertainty=0) for quantity in (100, 100)]
    before, after = (make.compute(line) for line in lines)
    found = compare_inventories(before, after)
    assert found.interval.low == found.interval.high == 0
    _, alone = row_intervals(before)
    assert alone.high > alone.low


quantities = st.floats(0.1, 1e6)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.sampled_from([GAS, POWER]), quantities), min_size=1),
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.sampled_from([GAS, POWER]), quantities), min_size=1),
)
def test_effects_add_up_to_the_difference(make, first, second):
    before, after = (
        make.compute(
            *(make.line(factor, quantity, UNITS[factor], id=name) for name, (factor, quantity) in lines.items())
        )
        for lines in (first, second)
    )
    found = compare_inventories(before, after)
    scale = before.total() + after.total()
    assert math.fsum(effects(found).values()) == pytest.approx(found.total_kgco2e, abs=1e-12 * scale)


@pytest.fixture(scope="module")
def examples():
    from pathlib import Path

    folder = Path(__file__).parents[2] / "examples"
    return [
        compute_footprint(read_inventory(folder / name))
        for name in ("pharmacie-par-depense.json", "pharmacie-par-code.json")
    ]


def test_a_pharmacy_in_euros_and_by_code(examples):
    before, after = examples
    found = compare_inventories(before, after)
    by_kind = effects(found)
    assert math.fsum(by_kind.values()) == pytest.approx(found.total_kgco2e)
    # no line of the pharmacy is in both: everything but the electricity, which is the same, is another way to count
    assert set(by_kind) == {"method", "released", "coverage"}
    assert found.of_method_kgco2e == pytest.approx(found.total_kgco2e)
    # 472,000 EUR in the accounts, 436,832 EUR on coded lines, at the ratio of 2023: 0.194 kg CO2e per EUR before tax
    assert by_kind["coverage"] == pytest.approx((436_832 - 472_000) * 0.194)
    # 14 cylinders of 35 kg of nitrous oxide alone are 14 x 35 x 273 kg
    assert by_kind["released"] > 14 * 35 * 273


VENTOLINE = "3400949001453"


def coded(make, code, quantity, **others):
    return {"id": "x", "code": {"system": "CIP13", "value": code}, "quantity": quantity, "unit": "boîte", **others}


def test_a_product_in_the_place_of_another_is_no_other_way_to_count(make):
    before, after = (make.compute(coded(make, code, 100), section="medicines") for code in (VENTOLINE, "3400935955838"))
    found = compare_inventories(before, after)
    assert effects(found) == {"ended": pytest.approx(-before.total()), "new": pytest.approx(after.total())}
    assert found.of_method_kgco2e == 0


def test_the_error_of_a_product_that_both_buy_cancels(make):
    lines = [coded(make, "3400935955838", 100, uncertainty=0), coded(make, VENTOLINE, 3, id="y", uncertainty=0)]
    found = compare_inventories(*(make.compute(*lines, section="medicines") for _ in range(2)))
    assert (found.interval.low, found.interval.high) == (0, 0)


def test_boxes_of_an_inhaler_show_gases_that_its_euros_did_not(make):
    spend = {"factor": "spend-pharmaceutical-products", "quantity": 300, "unit": "EUR HT"}
    before = make.compute(make.line(spend["factor"], 300, "EUR HT", id="x"), section="medicines")
    after = make.compute(coded(make, VENTOLINE, 100, spend=spend), section="medicines")
    found = effects(compare_inventories(before, after))
    assert found["released"] == pytest.approx(100 * 0.01856 * 1530, rel=1e-3)
    assert set(found) == {"released", "method"}


def test_a_credit_gives_back_what_was_paid(make):
    spend = {"factor": "spend-pharmaceutical-products", "quantity": 500, "unit": "EUR HT"}
    vaccine = "3400930296165"
    back = {**coded(make, vaccine, -10, credit=True, spend=spend), "id": "y"}
    assert make.compute(coded(make, vaccine, 10, spend=spend), back, section="medicines").total() == 0


def test_establishments_are_matched_by_who_they_are(make):
    def of(*names):
        line = make.line(POWER, 10, "MWh", id="power")
        return make.read_all(make.document(line, establishment={"name": name}) for name in names)

    both, one = (compute_footprint(inventory, make.library) for inventory in (of("W", "X"), of("X", "Y")))
    assert set(effects(compare_inventories(both, one))) == {"ended", "new"}


def test_no_line_is_lost_where_one_side_has_two_years_of_an_establishment(make):
    def of(*years):
        line = make.line("electricity-fr-2024", 10, "MWh", id="power")
        return make.read_all(make.document(line, year=year, establishment={"name": "A"}) for year in years)

    both, one = (compute_footprint(inventory, make.library) for inventory in (of(2023, 2024), of(2024)))
    for first, second in ((both, one), (one, both)):
        found = compare_inventories(first, second)
        assert math.fsum(effects(found).values()) == pytest.approx(found.total_kgco2e)
        assert found.total_kgco2e != 0


def test_a_box_under_its_short_code_is_the_same_product(make):
    seven = {**coded(make, VENTOLINE, 100), "code": {"system": "CIP7", "value": VENTOLINE[5:12]}}
    first, second = (make.compute(line, section="medicines") for line in (coded(make, VENTOLINE, 80), seven))
    assert set(effects(compare_inventories(first, second))) == {"quantities"}
