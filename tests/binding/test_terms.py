"""Distinct terms resolved: which factor, which activity and control, which posts."""

from pathlib import Path
from typing import Any

import pytest

from decarb.binding import BoundTerms, bind_terms
from decarb.factors import FactorLibrary, load_factors
from decarb.footprint import compute_footprint
from decarb.inventory import SECTIONS, LineTerms
from decarb.units import Unit
from tests.binding.bound_lines import SPEND, coded, notes, value

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
    problem = make.refused(coded("CAS", "74-82-8"))
    assert problem.code == "several-factors-of-cas"
    assert sorted(problem.parameters["choices"]) == ["ch4-biogenic-gwp", "ch4-fossil-gwp"]


def test_a_base_carbone_id_is_an_alias(make: Any) -> None:
    by_code = make.bound(coded("base-carbone", "43642", unit="kWh"))
    by_name = make.bound(make.line("base-carbone:43642", 1, "kWh"))
    assert by_code.factor.id == by_name.factor.id == "electricity-fr-2024"
    assert make.refused(coded("base-carbone", "1")).code == "unknown-factor"


def test_a_code_of_boxes_is_refused_with_another_unit(make: Any) -> None:
    problem = make.refused(coded("CIP13", "3400938749984", unit="item"))
    assert problem.code == "cip-counts-boxes"
    assert "CIP13 codes count boxes, not item" in problem.message()
    assert "boîte" in problem.hint()


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
    said = {"factor": factor, "unit": unit, "activity": activity, "year": 2023}
    texts = {"code_system": "", "code_value": "", "basis": "", "tenure": "", "retroceded": False}
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
