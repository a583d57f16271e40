"""A synthesis read backwards, by hand and by its properties."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.scoring.synthesis import process_mass, product_amounts
from tests.scoring.conftest import EXACT, flow, own_factor

YIELDS = st.lists(st.floats(0.05, 20), max_size=8)


def step(name, organics=(), solvents=(), water=(), **others):
    return {"name": name, "organics": list(organics), "solvents": list(solvents), "water": list(water), **others}


def test_two_yields_by_hand():
    # step 3 makes 1 kg from 1 / 0.8 = 1.25 kg of step 2, which takes 1.25 / 0.5 = 2.5 kg of step 1
    assert product_amounts([0.5, 0.8]) == (2.5, 1.25, 1.0)


@given(YIELDS)
def test_the_last_step_makes_one_and_each_follows_from_the_next(yields):
    amounts = product_amounts(yields)
    assert amounts[-1] == 1.0
    assert all(math.isclose(amounts[k] * y, amounts[k + 1]) for k, y in enumerate(yields))


@given(YIELDS, st.data())
def test_doubling_a_yield_halves_what_comes_before_it_and_nothing_else(yields, data):
    if not yields:
        return
    place = data.draw(st.integers(0, len(yields) - 1))
    doubled = product_amounts([y * 2 if k == place else y for k, y in enumerate(yields)])
    for k, (before, after) in enumerate(zip(product_amounts(yields), doubled, strict=True)):
        assert after == (before / 2 if k <= place else before)


def test_a_two_step_synthesis_by_hand(score_of):
    # per kg of active substance, step 1 makes 1 / 0.8 = 1.25 kg
    #   organics 1.5 kg x 2               = 3
    #   solvent 5 kg, 60 % recovered: 2 x 4 = 8
    #   water 10 kg x 0.001               = 0.01
    #   electricity 2 kWh x 0.5           = 1
    #   step 1: 1.25 x 12.01              = 15.0125
    # step 2: organics 0.2 kg x 10        = 2
    #   heat 3 kWh x 0.2                  = 0.6
    #   incineration 1 kg x 1.5           = 1.5
    #   step 2: 4.1; together 19.1125 kg CO2e per kg
    # 10 tablets of 0.5 g, 5 % lost: 0.005 / 0.95 kg, hence 19.1125 x 0.005 / 0.95 = 0.10059210526...
    first = step(
        "first",
        [flow("a", 1.5, "kg", own_factor(2))],
        [flow("b", 5000, "g", own_factor(4), recovered_percent=60)],
        [flow("c", 10, "kg", own_factor(0.001))],
        electricity=flow("d", 2, "kWh", own_factor(0.5, "kWh")),
        heat=flow("no heat", 0, "kWh", own_factor(0.2, "kWh")),
        solvent_incineration=flow("none", 0, "kg", own_factor(1.5)),
    )
    second = step(
        "second",
        [flow("e", 0.2, "kg", own_factor(10))],
        mass_yield=0.8,
        electricity=flow("none", 0, "kWh", own_factor(0.5, "kWh")),
        heat=flow("f", 3, "kWh", own_factor(0.2, "kWh")),
        solvent_incineration=flow("g", 1, "kg", own_factor(1.5)),
    )
    substance = {"name": "x", "quantity": 0.5, "unit": "g", "per": "unit", "data": "exact"}
    site = {"name": "site", "electricity": [flow("h", 0, "kWh", own_factor(0.5, "kWh"))], "heat": []}
    score = score_of(
        active_substances=[{**substance, "synthesis": [first, second]}],
        formulation={"loss_percent": 5, "sites": [site]},
    )
    assert score.by_stage["active_substances"] == pytest.approx(19.1125 * 0.005 / 0.95, rel=1e-14)
    assert score.total_kgco2e == score.by_stage["active_substances"]
    # 1.25 x 1.5 + 0.2 of organics, 1.25 x 5 x 0.4 of solvents, 1.25 x 10 of water
    mass = score.process_masses["x"]
    assert (mass.organics, mass.solvents, mass.water) == pytest.approx((2.075, 2.5, 12.5))
    assert score.notes == ()


def test_process_mass_counts_water_in_litres_and_says_where_it_cannot_know():
    said = [step("s", [flow("a", 1, "item", own_factor(1, "item"))], water=[flow("w", 20, "L", own_factor(1, "L"))])]
    mass = process_mass(said)
    assert (mass.organics, mass.solvents, mass.water) == (None, 0, 20)


def test_a_step_that_says_nothing_of_its_energy_is_a_gap_unless_it_says_why(score_of):
    substance = {"name": "x", "quantity": 1, "unit": "g", "data": EXACT}
    bare = step("bare", [flow("a", 1, "kg", own_factor(2))])
    gap = score_of(active_substances=[{**substance, "synthesis": [bare]}], formulation={"loss_percent": 0, "sites": []})
    assert [note.code for note in gap.notes if note.code == "score-gap-synthesis"] == ["score-gap-synthesis"]
    assert "gives no electricity, heat: nothing is counted for it" in str(gap.notes[-1].message())
    said = {**bare, "energy_included": "the factor of a includes it"}
    fine = score_of(
        active_substances=[{**substance, "synthesis": [said]}], formulation={"loss_percent": 0, "sites": []}
    )
    assert "score-gap-synthesis" not in [note.code for note in fine.notes]
