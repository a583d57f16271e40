"""Two footprints side by side: the difference taken apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.comparison import compare_inventories
from decarb.footprint import compute_footprint
from decarb.footprint.restricting import restrict
from decarb.inventory import read_inventory
from decarb.uncertainty import row_intervals
from tests.comparison.walk import effects_by_walking

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


FLIGHT = "plane-1000-2000km-101-220-seats"


def test_flights_with_contrails_and_then_without_are_another_method(make):
    # 0.184661 kg/passenger.km with contrails, 0.101661 without (Base Carbone, sum of parts); 1,000 km and then 900
    before = make.compute(make.line(f"{FLIGHT}-contrails", 1000, "passenger.km", id="x"), section="mobility")
    after = make.compute(make.line(f"{FLIGHT}-no-contrails", 900, "passenger.km", id="x"), section="mobility")
    found = effects(compare_inventories(before, after))
    assert found == {"method": pytest.approx(-83.0), "quantities": pytest.approx(-10.1661)}


def test_the_option_of_contrails_is_a_method_too(make):
    def of(option):
        line = make.line(FLIGHT, 1000, "passenger.km", id="x")
        return make.compute(line, section="mobility", method={"contrails": option})

    assert effects(compare_inventories(of("included"), of("excluded"))) == {"method": pytest.approx(-83.0)}


amounts_drawn = st.floats(1, 1e5)
energy_lines = st.tuples(st.sampled_from([(GAS, "MWh PCS"), (POWER, "MWh"), (POWER, "kWh")]), amounts_drawn)
flights = st.tuples(
    st.sampled_from([(f"{FLIGHT}-contrails", "passenger.km"), (f"{FLIGHT}-no-contrails", "passenger.km")]),
    amounts_drawn,
)
medicine_lines = st.tuples(st.sampled_from([VENTOLINE, "3400935955838", "euros"]), amounts_drawn, st.booleans())
two_establishments = st.dictionaries(
    st.sampled_from("AB"),
    st.tuples(
        st.dictionaries(st.sampled_from("abc"), energy_lines, max_size=3),
        st.dictionaries(st.sampled_from("fg"), flights, max_size=2),
        st.dictionaries(st.sampled_from("mnop"), medicine_lines, max_size=4),
    ).filter(any),
    min_size=1,
)


def drawn(make, establishments):
    documents = []
    for name, (energy, mobility, medicines) in establishments.items():
        sections = {
            "energy": [make.line(f, quantity, unit, id=one) for one, ((f, unit), quantity) in energy.items()],
            "mobility": [make.line(f, quantity, unit, id=one) for one, ((f, unit), quantity) in mobility.items()],
            "medicines": [medicine(make, one, *said) for one, said in medicines.items()],
        }
        given_sections = {section: lines for section, lines in sections.items() if lines}
        documents.append(make.document(establishment={"name": name}, **given_sections))
    return compute_footprint(make.read_all(documents), make.library)


def medicine(make, one, code, quantity, with_spend):
    if code == "euros":
        return make.line("spend-pharmaceutical-products", quantity, "EUR HT", id=one)
    spend = {"factor": "spend-pharmaceutical-products", "quantity": 3 * quantity, "unit": "EUR HT"}
    return coded(make, code, quantity, **({"spend": spend} if with_spend else {})) | {"id": one}


@given(two_establishments, two_establishments)
def test_columns_say_what_walking_the_lines_does(make, first, second):
    before, after = drawn(make, {"Z": EVERYBODY, **first}), drawn(make, {"Z": EVERYBODY, **second})
    found, walked = compare_inventories(before, after), effects_by_walking(before, after)
    scale = before.total() + after.total()
    for kind, amount in effects(found).items():
        assert amount == pytest.approx(walked[kind], abs=1e-12 * scale)
    for kind in walked.keys() - effects(found).keys():
        assert walked[kind] == pytest.approx(0, abs=1e-9 * scale)


EVERYBODY = ({"a": ((POWER, "MWh"), 1.0)}, {}, {})
"""One who is the same in both, so that neither side is of one establishment alone."""


PARTS = [{"stationary_fuel", "electricity"}, {"business_travel"}, {"medicines"}]


@given(two_establishments, two_establishments, st.sampled_from(PARTS))
def test_causes_of_a_part_are_those_of_the_part_alone(make, first, second, part):
    before, after = drawn(make, {"Z": EVERYBODY, **first}), drawn(make, {"Z": EVERYBODY, **second})
    causes = compare_inventories(before, after).causes
    restricted = []
    for side in (before, after):
        is_of_part = np.array([found.activity in part for found in side.binding.bound])[side.binding.pair]
        everybody = np.ones(len(side.inventory.establishments), dtype=np.bool_)
        restricted.append(restrict(side, everybody, is_of_part))
    walked = effects_by_walking(*restricted)
    scale = before.total() + after.total()
    found = {effect.kind: effect.emissions_kgco2e for effect in causes.effects(part)}
    for kind, amount in found.items():
        assert amount == pytest.approx(walked[kind], abs=1e-12 * scale)
    assert math.fsum(found.values()) == pytest.approx(math.fsum(walked.values()), abs=1e-9 * scale)


@given(two_establishments, two_establishments)
def test_what_is_counted_elsewhere_is_lost_nowhere(make, first, second):
    # gas and electricity may take each other's place under one id
    before, after = drawn(make, {"Z": EVERYBODY, **first}), drawn(make, {"Z": EVERYBODY, **second})
    causes = compare_inventories(before, after).causes
    scale = before.total() + after.total()
    for activity in ("electricity", "stationary_fuel"):
        was, becomes = (side.by_activity.of(frozenset((activity,))).total or 0.0 for side in (before, after))
        made = math.fsum(effect.emissions_kgco2e for effect in causes.effects({activity}))
        assert made == pytest.approx(becomes - was, abs=1e-9 * scale)
