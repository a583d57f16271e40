"""From the line's quantity to the factor's unit and basis: converted by name, or refused."""

from typing import Any

import pytest

from tests.binding.bound_lines import notes, steps, value

# --- the same quantity, spelled otherwise -------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "unit", "basis"),
    [
        (1e6, "kWh PCI", ""),
        (1e6, "kWh", "PCI"),
        (1e6, "kWh PCI", "PCI"),
        (1e3, "MWh PCI", ""),
        (1, "GWh LHV", ""),
        (3600, "GJ", "PCI"),  # 1 GWh = 3.6e12 J
    ],
)
def test_one_gwh_of_gas_is_the_same_in_any_unit(make: Any, quantity: float, unit: str, basis: str) -> None:
    line = make.line("natural-gas-fr-2022-kwh-pci", quantity, unit, **({"basis": basis} if basis else {}))
    # Base Carbone 37132: combustion 0.201, upstream 0.0382 kg CO2e per kWh PCI
    assert make.compute(line).total() == pytest.approx(239_200, rel=1e-12)


def test_pcs_is_converted_for_a_pci_factor_and_the_trace_says_so(make: Any) -> None:
    bound = make.bound(make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh PCS"))
    # 1 kWh PCS is 1 / 1.11 kWh PCI: 0.2392 / 1.11 = 0.2154955
    assert value(bound) == pytest.approx(0.2392 / 1.11, rel=1e-12)
    assert value(bound) * 1e3 == pytest.approx(215.4955, abs=5e-5)
    assert steps(bound) == ["step-heating-value"]
    words = bound.steps[0].note.message()
    assert "PCS to PCI" in words
    assert "1.11" in words
    assert "15 septembre 2006" in words


def test_pci_is_converted_for_a_pcs_factor_the_other_way(make: Any) -> None:
    bound = make.bound(make.line("natural-gas-fr-2022-kwh-pcs", 1, "kWh PCI"))
    # 0.181 + 0.0344 = 0.2154 per kWh PCS, and 1 kWh PCI is 1.11 kWh PCS
    assert value(bound) == pytest.approx(0.2154 * 1.11, rel=1e-12)


def test_pcs_with_the_pcs_factor_needs_no_conversion(make: Any) -> None:
    bound = make.bound(make.line("natural-gas-fr-2022-kwh-pcs", 1, "kWh PCS"))
    assert bound.steps == ()
    assert value(bound) == pytest.approx(0.2154, rel=1e-12)


def test_bare_kwh_of_gas_is_refused_offering_both_spellings(make: Any) -> None:
    problem = make.refused(make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh"))
    assert (problem.code, problem.pointer, problem.line_id) == ("basis-unsaid", "/energy/0", "line-1")
    assert "«kWh» does not say its basis (heating value)" in problem.message()
    assert problem.hint() == "write one of: kWh PCI, kWh PCS"


def test_heating_value_without_a_known_ratio_is_refused(make: Any) -> None:
    problem = make.refused(make.line("wood-waste-clean-kwh-pci", 1, "kWh PCS"))
    assert problem.code == "no-heating-value-ratio"
    assert "PCS" in problem.message()
    assert "PCI" in problem.message()


def test_a_heating_value_on_electricity_is_refused(make: Any) -> None:
    problem = make.refused(make.line("electricity-fr-2024", 1, "kWh PCI"))
    assert problem.code == "basis-unwanted"
    assert problem.hint() == "write only kWh"


def test_unit_and_basis_that_contradict_each_other_are_refused(make: Any) -> None:
    problem = make.refused(make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh PCI", basis="PCS"))
    assert problem.code == "contradictory-basis"
    assert "says both PCI and PCS" in problem.message()


# --- litres and kilograms -----------------------------------------------------------------------------


def test_a_litre_of_desflurane_has_the_density_of_suprane(make: Any) -> None:
    bound = make.bound(make.line("desflurane", 1, "L"))
    # BDPM: 351.6 g in 240 mL = 1.465 kg/L; AR6 GWP 2590
    assert value(bound) == pytest.approx(1.465 * 2590, rel=1e-12)
    assert steps(bound) == ["step-density"]
    assert "density of desflurane 1.465 kg/L" in bound.steps[0].note.message()
    # one full bottle of 240 mL: 910.6 kg (reference/medicines/NOTES.md, 3)
    assert 240 * value(make.bound(make.line("desflurane", 1, "mL"))) == pytest.approx(910.6, abs=0.05)


def test_a_kilogram_for_a_factor_per_litre_goes_back_through_the_density(make: Any) -> None:
    bound = make.bound(make.line("diesel-b7-litre", 1, "kg"))
    per_litre = value(make.bound(make.line("diesel-b7-litre", 1, "L")))
    # 0.845 kg/L: a kilogram is 1 / 0.845 L
    assert value(bound) == pytest.approx(per_litre / 0.845, rel=1e-12)


def test_a_litre_of_isoflurane_is_refused_for_want_of_a_density(make: Any) -> None:
    problem = make.refused(make.line("isoflurane", 1, "L"))
    assert problem.code == "no-density"
    assert "L cannot become kg, the unit of isoflurane: no density is known" in problem.message()
    assert "give the quantity in kg" in problem.hint()


def test_a_volume_of_gas_is_not_a_mass(make: Any) -> None:
    assert make.refused(make.line("nitrous-oxide", 1, "m3")).code == "no-density"


def test_units_of_other_dimensions_are_refused_with_the_same_factor_in_other_units(make: Any) -> None:
    problem = make.refused(make.line("natural-gas-fr-2022-kwh-pci", 1, "m3", basis="PCI"))
    assert problem.code == "unit-mismatch"
    assert "m3 cannot become kWh PCI" in problem.message()
    assert "natural-gas-fr-2022-m3" in problem.hint()


# --- passengers and vehicles --------------------------------------------------------------------------

# Base Carbone 43791: fuel upstream 0.0532, combustion 0.161, manufacture 0.041 kg CO2e per vehicle.km
CAR_KM = 0.0532 + 0.161 + 0.041


def test_bare_kilometres_of_a_car_are_those_of_the_vehicle(make: Any) -> None:
    bound = make.bound(make.line("car-average-km", 1, "km", activity="commuting"))
    assert value(bound) == pytest.approx(CAR_KM, rel=1e-12)
    assert steps(bound) == ["step-bare-kilometre"]
    assert "kilometres of the vehicle" in bound.steps[0].note.message()


def test_passenger_kilometres_need_the_occupancy(make: Any) -> None:
    line = make.line("car-average-km", 1, "passenger.km", activity="commuting")
    problem = make.refused(line)
    assert problem.code == "no-occupancy"
    assert "passenger.km cannot become vehicle.km" in problem.message()
    assert '"occupancy"' in problem.hint()
    # two passengers: one passenger.km is half a vehicle.km
    assert value(make.bound({**line, "occupancy": 2})) == pytest.approx(CAR_KM / 2, rel=1e-12)


def test_vehicle_kilometres_for_a_factor_per_passenger(make: Any) -> None:
    line = make.line("car-average-long-passenger-km", 1, "vehicle.km", activity="commuting")
    assert make.refused(line).code == "no-occupancy"
    alone = value(make.bound({**line, "unit": "passenger.km"}))
    bound = make.bound({**line, "occupancy": 2.5})
    assert value(bound) == pytest.approx(2.5 * alone, rel=1e-12)
    assert "occupancy 2.5 as stated" in bound.steps[0].note.message()


def test_bare_kilometres_are_not_those_of_a_passenger(make: Any) -> None:
    line = make.line("tgv-2022-passenger-km", 1, "km", activity="business_travel")
    assert make.refused(line).code == "unit-mismatch"


# --- weights of food ----------------------------------------------------------------------------------


def test_food_without_net_or_live_weight_is_refused(make: Any) -> None:
    problem = make.refused(make.line("food-beef-steak-raw", 1, "kg"))
    assert problem.code == "basis-unsaid"
    assert "(weight)" in problem.message()
    assert problem.hint() == "write one of: kg de poids net"


def test_the_offered_spellings_are_accepted(make: Any) -> None:
    problem = make.refused(make.line("food-beef-steak-raw", 1, "kg"))
    first = problem.parameters["choices"][0]
    assert make.bound(make.line("food-beef-steak-raw", 1, first)).factor.id == "food-beef-steak-raw"


def test_live_weight_is_not_net_weight_and_cooked_is_not_raw(make: Any) -> None:
    assert make.refused(make.line("food-beef-steak-raw", 1, "kg live weight")).code == "basis-differs"
    problem = make.refused(make.line("food-beef-steak-raw", 1, "kg net weight cooked"))
    assert problem.code == "basis-differs"
    assert "cooked" in problem.message()
    assert "raw" in problem.message()


# --- money --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [2.1, 5.5, 10, 20])
def test_an_amount_with_tax_is_the_amount_without_times_one_plus_the_rate(make: Any, rate: float) -> None:
    ht = make.line("spend-pharmaceutical-products-2023", 1000, "EUR HT 2023")
    ttc = make.line("spend-pharmaceutical-products-2023", 1000 * (1 + rate / 100), "EUR TTC 2023", vat_percent=rate)
    # Base Carbone 43435: 0.194 kg CO2e per EUR HT of 2023
    assert make.compute(ht).total() == pytest.approx(194, rel=1e-12)
    assert make.compute(ttc).total() == pytest.approx(194, rel=1e-12)
    bound = make.bound(ttc)
    assert steps(bound) == ["step-tax"]
    assert "unusual-vat-rate" not in notes(bound)


def test_an_amount_with_tax_and_no_rate_is_refused(make: Any) -> None:
    problem = make.refused(make.line("spend-pharmaceutical-products-2023", 1000, "EUR TTC 2023"))
    assert problem.code == "no-vat-rate"
    assert "needs its VAT rate" in problem.message()
    assert problem.hint().startswith('add "vat_percent" (2.1, 5.5, 10, 20')


def test_an_amount_that_says_nothing_of_tax_is_refused(make: Any) -> None:
    problem = make.refused(make.line("spend-pharmaceutical-products-2023", 1000, "EUR 2023"))
    assert problem.code == "basis-unsaid"
    assert "(tax)" in problem.message()
    assert problem.hint() == "write one of: EUR 2023 HT, EUR 2023 TTC"


def test_an_unusual_rate_warns_in_mainland_france_only(make: Any) -> None:
    line = make.line("spend-pharmaceutical-products-2023", 1, "EUR TTC 2023", vat_percent=8.5)
    assert "unusual-vat-rate" in notes(make.bound(line))
    # 8.5 % is the standard rate of Réunion, Guadeloupe and Martinique
    assert "unusual-vat-rate" not in notes(make.bound(line, establishment={"region": "04"}))
    assert "unusual-vat-rate" not in notes(make.bound(line, establishment={"department": "2A"}))


@pytest.mark.parametrize("unit", ["EUR", "EUR HT", "EUR TTC"])
def test_a_ratio_that_hides_its_tax_is_taken_as_it_is_with_a_warning(make: Any, unit: str) -> None:
    bound = make.bound(make.line("office-consumables-eur", 1, unit))
    assert "tax-unstated" in notes(bound)
    assert bound.multiplier == 1
