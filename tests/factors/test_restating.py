"""A published part in another GWP set, gas by gas."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.factors import load_factors
from decarb.factors.records import GAS_NAMES, Figure, Part
from decarb.factors.restating import restate

LIBRARY = load_factors()
FACTOR = replace(LIBRARY.by_id["natural-gas-fr-2022-kwh-pci"], gwp_set="published")
# a publication with its own GWP: 28 for methane, 265 for N2O
GWP = {
    **LIBRARY.gwp,
    ("ch4-fossil", "published"): Figure(28, "kg CO2e/kg", "", ""),
    ("n2o", "published"): Figure(265, "kg CO2e/kg", "", ""),
    ("hfc-134a", "published"): Figure(1300, "kg CO2e/kg", "", ""),
}
FIGURES = replace(LIBRARY, gwp=GWP)


def part(**gases):
    return Part("combustion", "", tuple(gases.get(name) for name in GAS_NAMES))


def restated(gases, factor=FACTOR, gwp_set="AR6"):
    return restate(part(**gases), factor, gwp_set, FIGURES)


def test_each_gas_goes_by_the_ratio_of_its_two_gwp():
    # CH4 0.28 / 28 x 29.8 = 0.298; N2O 0.53 / 265 x 273 = 0.546; CO2 is 1 in every set
    found = restated({"co2_fossil": 2.0, "ch4_fossil": 0.28, "n2o": 0.53})
    assert found.part.gas("co2_fossil") == 2
    assert found.part.gas("ch4_fossil") == pytest.approx(0.298, rel=1e-12)
    assert found.part.gas("n2o") == pytest.approx(0.546, rel=1e-12)
    assert found.not_restated == 0


def test_what_has_no_split_keeps_its_value_and_is_counted():
    found = restated({"co2_fossil": 2.0, "unsplit": -0.4})
    assert (found.part.gas("unsplit"), found.not_restated) == (-0.4, 0.4)


def test_a_factor_of_an_unknown_set_keeps_its_gases_but_co2():
    found = restated({"co2_fossil": 2.0, "ch4_fossil": 0.28, "unsplit": 1.0}, replace(FACTOR, gwp_set=""))
    assert (found.part.gas("ch4_fossil"), found.not_restated) == (0.28, 1.28)


def test_a_factor_published_with_the_set_asked_for_is_there_already():
    found = restated({"unsplit": 1.0, "hfc": 3.0}, gwp_set="published")
    assert (found.part, found.not_restated) == (part(unsplit=1.0, hfc=3.0), 0)


def test_a_gas_of_a_group_goes_by_the_substance_of_its_factor():
    # HFC-134a: 1300 -> 1530 in AR6; without the substance, an HFC may be any
    of_substance = replace(FACTOR, substance="hfc-134a")
    assert restated({"hfc": 2600.0}, of_substance).part.gas("hfc") == pytest.approx(3060)
    assert restated({"hfc": 2600.0}).not_restated == 2600


def test_a_gas_that_the_set_asked_for_lacks_keeps_its_value():
    # sevoflurane has no GWP in AR4
    of_substance = replace(FACTOR, substance="sevoflurane", gwp_set="AR6")
    found = restated({"other": 195.0}, of_substance, "AR4")
    assert (found.part.gas("other"), found.not_restated) == (195, 195)


def test_biogenic_co2_and_avoided_emissions_are_neither_restated_nor_counted():
    found = restated({"co2_biogenic": 1.0, "avoided": -2.0, "unsplit": 0.0})
    assert (found.part.gas("co2_biogenic"), found.part.gas("avoided"), found.not_restated) == (1, -2, 0)


def test_a_gas_outside_kyoto_is_restated_by_its_substance():
    # HCFC-22: 1960 in AR6 and 1810 in AR4
    of_substance = replace(FACTOR, substance="hcfc-22", gwp_set="AR6")
    assert restated({"outside_kyoto": 1960.0}, of_substance, "AR4").part.gas("outside_kyoto") == pytest.approx(1810)
    # of no known substance it keeps its value, which is in no total and so in no share of it
    found = restated({"outside_kyoto": 1960.0}, replace(FACTOR, gwp_set="AR6"), "AR4")
    assert (found.part.gas("outside_kyoto"), found.not_restated, found.is_whole) == (1960, 0, False)


@pytest.mark.parametrize("blend", sorted(LIBRARY.compositions))
@pytest.mark.parametrize("gwp_set", ["AR4", "AR5"])
def test_a_blend_restated_is_its_composition_in_the_other_set(blend, gwp_set):
    """Whatever its columns: R-408A is 47 % HCFC-22, which stands beside the total."""
    gases, expected = {}, {}
    for component, fraction in LIBRARY.compositions[blend]:
        column = LIBRARY.substances[component].gas
        gases[column] = gases.get(column, 0) + fraction * LIBRARY.gwp[component, "AR6"].value
        figure = LIBRARY.gwp.get((component, gwp_set))
        expected[column] = expected.get(column, 0) + (fraction * figure.value if figure else float("nan"))
    found = restated(gases, replace(FACTOR, substance=blend, gwp_set="AR6"), gwp_set)
    for column, amount in expected.items():
        if not math.isnan(amount):
            assert found.part.gas(column) == pytest.approx(amount, rel=1e-9)
        elif gases[column]:
            assert not found.is_whole


AMOUNTS = st.one_of(st.none(), st.floats(-1e6, 1e6))


@given(st.fixed_dictionaries(dict.fromkeys(GAS_NAMES, AMOUNTS)))
def test_there_and_back_is_the_same_part(gases):
    there = restated(gases, gwp_set="AR6").part
    back = restate(there, replace(FACTOR, gwp_set="AR6"), "published", FIGURES).part
    for before, after in zip(part(**gases).gases, back.gases, strict=True):
        assert (before is None) == (after is None)
        assert before is None or after == pytest.approx(before, rel=1e-12, abs=1e-300)


@given(st.fixed_dictionaries(dict.fromkeys(GAS_NAMES, AMOUNTS)))
def test_what_is_not_restated_is_no_more_than_what_there_is(gases):
    found = restated(gases)
    total = sum(abs(gases[name] or 0) for name in GAS_NAMES)
    assert 0 <= found.not_restated <= total * (1 + 1e-12)
