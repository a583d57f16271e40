"""Lines against factors: units, bases, years, places, control, codes; by hand where a number comes out."""

from pathlib import Path
from typing import Any

import pytest

from decarb.binding import BoundTerms, bind_terms
from decarb.factors import FactorLibrary, load_factors
from decarb.footprint import compute_footprint
from decarb.inventory import SECTIONS, LineTerms
from decarb.units import Unit


def value(bound: BoundTerms) -> float:
    """Emissions of one unit of the line [kg CO2e]."""
    return bound.coefficient("beges")


def notes(bound: BoundTerms) -> list[str]:
    return [note.code for note in bound.notes]


def steps(bound: BoundTerms) -> list[str]:
    return [step.note.code for step in bound.steps]


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


SPEND = "spend-pharmaceutical-products"
# Base Carbone 43431 to 43435: 2019 to 2023
RATIOS = {2019: 0.219, 2020: 0.215, 2021: 0.211, 2022: 0.208, 2023: 0.194}


@pytest.mark.parametrize("year", RATIOS)
def test_a_series_takes_the_ratio_of_the_year_of_the_euros(make: Any, year: int) -> None:
    by_period = make.bound(make.line(SPEND, 1, "EUR HT"), year=year)
    assert value(by_period) == pytest.approx(RATIOS[year], rel=1e-12)
    assert notes(by_period) == ["selected-from-series"]
    by_unit = make.bound(make.line(SPEND, 1, f"EUR HT {year}"), year=2024)
    by_field = make.bound(make.line(SPEND, 1, "EUR HT", price_year=year), year=2024)
    assert value(by_unit) == value(by_field) == value(by_period)


@pytest.mark.parametrize(("year", "taken"), [(2024, 2023), (2030, 2023), (2018, 2019)])
def test_a_year_without_ratio_takes_the_latest_before_else_the_first_and_says_so(
    make: Any, year: int, taken: int
) -> None:
    bound = make.bound(make.line(SPEND, 1, "EUR HT"), year=year)
    assert value(bound) == pytest.approx(RATIOS[taken], rel=1e-12)
    (note,) = [note for note in bound.notes if note.code == "proxy-price-year"]
    assert note.severity == "warning"
    assert f"no ratio for euros of {year}; the one of {taken} is taken, without deflating" in note.message()


def test_a_pinned_ratio_of_another_year_is_refused_naming_its_series(make: Any) -> None:
    problem = make.refused(make.line(f"{SPEND}-2023", 1, "EUR HT 2021"))
    assert problem.code == "price-year-differs"
    assert "euros of 2021, and spend-pharmaceutical-products-2023 is per euro of 2023" in problem.message()
    assert f"use the series {SPEND}," in problem.hint()


def test_a_pinned_ratio_without_a_year_on_the_line_warns(make: Any) -> None:
    assert "price-year-assumed" in notes(make.bound(make.line(f"{SPEND}-2023", 1, "EUR HT")))
    assert notes(make.bound(make.line(f"{SPEND}-2023", 1, "EUR HT"), year=2023)) == []
    assert notes(make.bound(make.line(f"{SPEND}-2023", 1, "EUR HT 2023"))) == []


def test_two_price_years_on_a_line_are_refused(make: Any) -> None:
    problem = make.refused(make.line(SPEND, 1, "EUR HT 2021", price_year=2022))
    assert problem.code == "contradictory-price-year"
    assert "2021, 2022" in problem.message()


# --- which factor -------------------------------------------------------------------------------------


def test_electricity_follows_the_year_and_the_place(make: Any) -> None:
    line = make.line("electricity-fr", 1, "kWh")
    assert make.bound(line, year=2022).factor.id == "electricity-fr-2022"
    overseas = make.bound(line, establishment={"region": "04"})
    assert overseas.factor.id == "electricity-reunion"
    by_department = make.bound(line, establishment={"department": "2B"})
    assert by_department.factor.id == "electricity-corsica"
    # the region of the site decides, not the establishment's
    at_site = make.bound({**line, "site": "s"}, establishment={"region": "04"}, sites=[{"id": "s", "region": "11"}])
    assert at_site.factor.id == "electricity-fr-2024"


@pytest.mark.parametrize(("year", "taken"), [(2025, 2024), (2010, 2018)])
def test_a_year_without_factor_takes_a_proxy_and_says_so(make: Any, year: int, taken: int) -> None:
    bound = make.bound(make.line("electricity-fr", 1, "kWh"), year=year)
    assert bound.factor.id == f"electricity-fr-{taken}"
    (note,) = [note for note in bound.notes if note.severity == "warning"]
    assert note.code == "proxy-year"
    assert f"no factor of {year}" in note.message()


def test_a_pinned_factor_is_never_substituted_but_warns(make: Any) -> None:
    bound = make.bound(make.line("electricity-fr-2019", 1, "kWh"), year=2024, establishment={"region": "04"})
    assert bound.factor.id == "electricity-fr-2019"
    assert notes(bound) == ["factor-expired", "factor-elsewhere-in-series"]
    assert "valid until 2019-12-31, before the year 2024" in bound.notes[0].message()
    assert "id of its series" in bound.notes[1].hint()
    later = make.bound(make.line("electricity-fr-2024", 1, "kWh"), year=2022)
    assert notes(later) == ["factor-later"]


def test_an_unknown_factor_gives_the_nearest_names(make: Any) -> None:
    problem = make.refused(make.line("electricty-fr", 1, "kWh"))
    assert problem.code == "unknown-factor"
    assert "called «electricty-fr»" in problem.message()
    assert "electricity-fr" in problem.hint()
    assert "decarb factors search" in problem.hint()


def test_contrails_of_flights_follow_the_document(make: Any) -> None:
    line = make.line("plane-1000-2000km-101-220-seats", 1, "passenger.km")
    # Base Carbone 43741 and 43742: fuel 0.0183 + 0.083, contrails 0.083, aircraft 0.000361
    assert value(make.bound(line)) == pytest.approx(0.184661, rel=1e-12)
    excluded = {"contrails": "excluded"}
    assert value(make.bound(line, method=excluded)) == pytest.approx(0.101661, rel=1e-12)
    pinned = {**line, "factor": "plane-1000-2000km-101-220-seats-contrails"}
    bound = make.bound(pinned, method=excluded)
    assert value(bound) == pytest.approx(0.184661, rel=1e-12)
    assert notes(bound) == ["contrails-differ"]


# --- codes --------------------------------------------------------------------------------------------


def coded(system: str, value: str, **others: Any) -> dict[str, Any]:
    return {"code": {"system": system, "value": value}, "quantity": 1, "unit": "kg", **others}


def test_a_cas_number_finds_the_gas(make: Any) -> None:
    # 57041-67-5 is HFE-236ea2, desflurane
    bound = make.bound(coded("CAS", "57041-67-5"))
    assert bound.factor.id == "desflurane"
    assert value(bound) == pytest.approx(2590)


def test_an_unknown_cas_number_lists_known_ones(make: Any) -> None:
    problem = make.refused(coded("CAS", "50-00-0"))
    assert problem.code == "unknown-cas"
    assert "CAS number 50-00-0" in problem.message()
    assert problem.hint().startswith("known: ")


def test_a_cas_number_of_several_factors_is_not_decided_silently(make: Any) -> None:
    # methane, 74-82-8, is fossil (29.8) or biogenic (27): nothing on the line says which
    footprint = make.compute(coded("CAS", "74-82-8"), partial=True)
    assert footprint.binding.refusals or footprint.warnings


def test_a_base_carbone_id_is_an_alias(make: Any) -> None:
    by_code = make.bound(coded("base-carbone", "43642", unit="kWh"))
    by_name = make.bound(make.line("base-carbone:43642", 1, "kWh"))
    assert by_code.factor.id == by_name.factor.id == "electricity-fr-2024"
    assert make.refused(coded("base-carbone", "1")).code == "unknown-factor"


def test_a_medicine_code_is_refused_saying_that_this_version_has_no_factor(make: Any) -> None:
    problem = make.refused(coded("CIP13", "3400938749984", unit="item"))
    assert problem.code == "code-without-factor"
    assert "CIP13 3400938749984: this version has no factor for codes of medicines" in problem.message()
    assert SPEND in problem.hint()


# --- activity and control -----------------------------------------------------------------------------


def test_a_factor_of_several_activities_without_default_asks_which(make: Any) -> None:
    problem = make.refused(make.line("car-average-km", 1, "km"))
    assert problem.code == "activity-unsaid"
    assert problem.hint() == 'add "activity": one of commuting, business_travel, visitor_and_patient_travel'


def test_an_activity_that_the_factor_does_not_serve_is_refused(make: Any) -> None:
    problem = make.refused(make.line("electricity-fr-2024", 1, "kWh", activity="food"))
    assert problem.code == "activity-not-served"
    assert problem.hint() == "it serves: electricity"


def posts(bound: BoundTerms) -> dict[str, str]:
    return {part.part.stage: part.rule.beges_post for part in bound.parts}


def test_control_decides_the_post(make: Any) -> None:
    car = make.line("car-average-km", 1, "km", activity="business_travel")
    own = make.bound(car)
    # cars of the establishment: combustion 1.2, fuel upstream 4.1, manufacture 4.2, or 4.4 if leased
    assert posts(own) == {"combustion": "1.2", "upstream": "4.1", "manufacture": "4.2"}
    assert notes(own) == ["operated-assumed"]
    leased = make.bound({**car, "operated": True, "tenure": "leased"})
    assert posts(leased) == {"combustion": "1.2", "upstream": "4.1", "manufacture": "4.4"}
    assert notes(leased) == []
    assert set(posts(make.bound({**car, "operated": False})).values()) == {"3.5"}
    assert set(posts(make.bound({**car, "activity": "commuting"})).values()) == {"3.3"}
    assert set(posts(make.bound({**car, "activity": "visitor_and_patient_travel"})).values()) == {"3.4"}


def test_gas_burnt_by_a_contractor_is_bought_heat(make: Any) -> None:
    line = make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh PCI")
    assert posts(make.bound(line)) == {"combustion": "1.1", "upstream": "4.1"}
    assert posts(make.bound({**line, "operated": False})) == {"combustion": "2.2", "upstream": "4.1"}


def test_transport_of_patients_by_third_parties_is_3_4_whoever_pays(make: Any) -> None:
    taxi = make.line("taxi-regular-km", 1, "km", activity="visitor_and_patient_travel")
    for paid, category in ((True, "3.1"), (False, "other")):
        (part,) = {(p.rule.beges_post, p.rule.ghg_category) for p in make.bound({**taxi, "paid": paid}).parts}
        assert part == ("3.4", category)


# --- the set of GWPs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gwp", "expected"),
    # half HFC-32 and half HFC-125 (ASHRAE 34): AR4 675 and 3500, AR5 677 and 3170, AR6 771 and 3740
    [("AR4", 2087.5), ("AR5", 1923.5), ("AR6", 2255.5)],
)
def test_r410a_under_each_gwp_set(make: Any, gwp: str, expected: float) -> None:
    line = make.line("r410a", 1, "kg")
    assert make.compute(line, gwp=gwp).total() == pytest.approx(expected, rel=1e-12)
    assert make.compute(line, method={"gwp_set": gwp}).total() == pytest.approx(expected, rel=1e-12)


def test_a_gas_without_value_in_the_set_is_refused_by_name(make: Any) -> None:
    problem = make.refused(make.line("sevoflurane", 1, "kg"), gwp="AR4")
    assert problem.code == "gas-not-in-gwp-set"
    assert "sevoflurane has no value in AR4" in problem.message()
    assert problem.hint() == "sets that have one: AR5, AR6"


def test_factors_that_are_no_gas_keep_their_published_value(make: Any) -> None:
    line = make.line("electricity-fr-2024", 1, "kWh")
    assert len({make.compute(line, gwp=gwp).total() for gwp in ("AR4", "AR5", "AR6")}) == 1


# --- everything that is wrong, once -------------------------------------------------------------------


def test_all_reasons_of_a_line_are_said_at_once(make: Any) -> None:
    (refusal,) = make.compute(
        make.line("natural-gas-fr-2022-kwh-pci", 1, "t", activity="food"), partial=True
    ).binding.refusals
    assert [problem.code for problem in refusal.problems] == ["unit-mismatch", "activity-not-served"]


def test_lines_that_share_a_problem_are_one_refusal_with_their_count(make: Any) -> None:
    bad = make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh")
    good = make.line("electricity-fr-2024", 1, "kWh")
    binding = make.compute(good, bad, {**bad, "quantity": 7}, good, bad, partial=True).binding
    (refusal,) = binding.refusals
    assert refusal.lines == (1, 2, 4)
    (problem,) = refusal.problems
    assert (problem.count, problem.line_id, problem.pointer) == (3, "line-2", "/energy/1")


def test_refusals_stand_in_document_order(make: Any) -> None:
    first = make.line("electricity-fr-2024", 1, "kg")
    second = make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh")
    refusals = make.compute(first, second, first, partial=True).binding.refusals
    assert [refusal.lines for refusal in refusals] == [(0, 2), (1,)]


def test_the_stake_of_refused_lines_comes_from_their_spend(make: Any) -> None:
    spend = {"factor": f"{SPEND}-2023", "quantity": 1000, "unit": "EUR HT"}
    line = {**coded("CIP13", "3400938749984", unit="item"), "spend": spend}
    # 1,000 EUR x 0.194 = 194 kg a line
    (refusal,) = make.compute(line, line, partial=True).binding.refusals
    assert refusal.stake_kgco2e == pytest.approx(388)
    ttc = {**line, "spend": {**spend, "quantity": 1021, "unit": "EUR", "basis": "TTC", "vat_percent": 2.1}}
    (refusal,) = make.compute(ttc, partial=True).binding.refusals
    assert refusal.stake_kgco2e == pytest.approx(194)


def test_an_amount_refused_for_its_tax_alone_is_at_stake_at_most_as_if_it_had_none(make: Any) -> None:
    # 1,000 EUR TTC are at most 1,000 EUR HT: 194 kg
    for unit in ("EUR TTC 2023", "EUR 2023"):
        line = make.line(f"{SPEND}-2023", 1000, unit)
        (refusal,) = make.compute(line, {**line, "quantity": 500}, partial=True).binding.refusals
        assert refusal.stake_kgco2e == pytest.approx(1.5 * 194)


@pytest.mark.parametrize(
    "spend",
    [None, {"factor": "nothing", "quantity": 1, "unit": "EUR HT"}, {"factor": SPEND, "quantity": 1, "unit": "EUR"}],
)
def test_a_stake_that_nothing_estimates_is_none_and_never_zero(make: Any, spend: Any) -> None:
    line = coded("CIP13", "3400938749984", unit="item") | ({"spend": spend} if spend else {})
    (refusal,) = make.compute(line, partial=True).binding.refusals
    assert refusal.stake_kgco2e is None


def test_the_spend_of_a_bound_line_is_not_counted(make: Any) -> None:
    line = make.line("electricity-fr-2024", 1000, "kWh")
    spend = {"factor": SPEND, "quantity": 1e6, "unit": "EUR HT"}
    assert make.compute({**line, "spend": spend}).total() == make.compute(line).total()


@pytest.mark.parametrize("section", SECTIONS)
def test_any_section_may_hold_any_factor(make: Any, section: str) -> None:
    line = make.line("electricity-fr-2024", 1000, "kWh")
    assert make.compute(line, section=section).total() == pytest.approx(51.9)


def own_unit(unit: Unit) -> str:
    return " ".join([unit.name, *unit.bases, *([str(unit.price_year)] if unit.price_year else [])])


def test_every_factor_binds_in_its_own_unit_for_each_of_its_activities(make: Any, library: FactorLibrary) -> None:
    lines = [
        make.line(factor.id, 1, own_unit(factor.unit), activity=activity)
        for factor in library.by_id.values()
        for activity in factor.activities
    ]
    footprint = make.compute(*lines)
    for terms, bound in zip(footprint.inventory.terms, footprint.binding.bound, strict=True):
        assert bound is not None
        assert bound.steps == ()
        assert (bound.factor.id, bound.activity, bound.multiplier) == (terms.factor, terms.activity, 1.0)


def test_market_based_is_for_electricity_only(make: Any) -> None:
    problem = make.refused(make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh PCI", market_based_kgco2e_per_kwh=0.1))
    assert problem.code == "market-based-of-no-electricity"
    bound = make.bound(make.line("electricity-fr-2024", 1, "MWh", market_based_kgco2e_per_kwh=0.01))
    assert bound.market_based == pytest.approx(10)  # kg per MWh


def test_amortisation_of_what_is_no_asset_is_refused(make: Any) -> None:
    problem = make.refused(make.line("electricity-fr-2024", 1, "kWh", amortisation_years=5))
    assert problem.code == "amortisation-of-no-asset"
    assert "it_equipment" in problem.hint()


def test_an_own_factor_is_bound_like_the_others(make: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "id,name,unit,value,activity,source\nlaundry-own,Linge,kg,0.5,laundry,Supplier 2024\n", encoding="utf-8"
    )
    footprint = make.compute(make.line("laundry-own", 2, "t"), library=load_factors(path))
    assert footprint.total() == pytest.approx(1000)
    assert posts(footprint.binding.bound[0]) == {"undivided": "4.5"}


BY_SPEND = ("spend-land-transport-2023", "spend-travel-agencies-2023", "spend-accommodation-catering-2023")


@pytest.mark.parametrize("factor", BY_SPEND)
def test_travel_bought_by_the_euro_is_never_the_establishment_s_own(make: Any, factor: str) -> None:
    found = make.bound(make.line(factor, 1, "MEUR HT", activity="business_travel", price_year=2023))
    assert {part.rule.beges_post for part in found.parts} == {"3.5"}
    assert not found.operated


def test_no_factor_lands_in_scope_1_by_default_but_fuels_gases_and_own_vehicles(library: FactorLibrary) -> None:
    direct = set()
    for factor in library.by_id.values():
        for activity in factor.activities:
            unit = " ".join((factor.unit.name, *(b for b in factor.unit.bases if b != "tax unstated")))
            terms = terms_of(factor.id, unit, activity)
            found = bind_terms(terms, library)
            if any(part.rule.beges_post.startswith("1.") for part in found.parts):
                direct.add((factor.is_monetary, activity))
    assert direct == {
        (False, activity)
        for activity in (
            *("stationary_fuel", "stationary_biofuel", "mobile_fuel", "process", "anaesthetic_gas"),
            *("other_direct_gas", "refrigerant_leak", "business_travel", "freight_internal"),
        )
    }


def terms_of(factor: str, unit: str, activity: str) -> LineTerms:
    nothing = dict.fromkeys(LineTerms._fields)
    said = {"factor": factor, "unit": unit, "activity": activity, "year": 2023, "region": "11", "department": ""}
    texts = {"code_system": "", "code_value": "", "basis": "", "tenure": ""}
    options = {"contrails": "included", "gas_releases": "fugitive"}
    return LineTerms(**{**nothing, **said, **texts, **options})


def test_the_gap_leaves_out_what_stands_beside_the_total(make: Any) -> None:
    # 539 of isoflurane are beside the total, not missing from it
    folder = make.folder / "own.csv"
    folder.write_text(
        "id,name,unit,value,activity,source,substance\niso,Isoflurane,kg,539,anaesthetic_gas,Study,isoflurane\n",
        encoding="utf-8",
    )
    inventory = make.read(make.line("iso", 1000, "kg"))
    result = compute_footprint(inventory, load_factors(folder))
    assert result.gap_kgco2e == 0
    assert result.by_post().loc["1.4", "outside_kyoto"] == 539_000


def test_internal_freight_says_that_it_is_taken_as_the_establishment_s_own(make: Any) -> None:
    found = make.bound(make.line("truck-rigid-12-20t-diesel", 10, "t.km", activity="freight_internal"))
    assert {part.rule.beges_post for part in found.parts} == {"1.2", "4.1", "4.2"}
    assert "operated-assumed" in {note.code for note in found.notes}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"factor": "spend-furniture-2023", "unit": "EUR HT", "vat_percent": 20}, "vat_percent"),
        ({"factor": "car-average-km", "unit": "vehicle.km", "activity": "commuting", "occupancy": 2}, "occupancy"),
        ({"factor": "electricity-fr-2024", "unit": "kWh", "price_year": 2024}, "price_year"),
    ],
)
def test_a_field_that_nothing_uses_is_named(make: Any, line: dict[str, Any], field: str) -> None:
    found = make.bound({**line, "quantity": 1})
    (note,) = [note for note in found.notes if note.code == "field-unused"]
    assert (note.severity, note.parameters["value"]) == ("warning", field)
