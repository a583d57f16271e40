"""Scores by hand, and what must not change them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.scoring import InvalidDocumentError, score_bill, score_file
from tests.scoring.conftest import document, flow, own_factor

AMOUNTS = st.floats(1e-6, 1e6)
SITE = {"name": "site", "heat": []}


def leg(mode, quantity, unit, distance_km, factor, **others):
    said = {"from": "here", "to": "there", "mode": mode, "quantity": quantity, "unit": unit, "data": "exact"}
    return {**said, "distance_km": distance_km, "factor": factor, **others}


def refusals(score_of, **fields):
    with pytest.raises(InvalidDocumentError) as refused:
        score_of(**fields)
    return {problem.code: problem for problem in refused.value.problems}


def test_one_gram_at_the_class_mean_is_65_grams(score_of):
    substance = flow("x", 1, "g", "default:active-substance")
    score = score_of(active_substances=[substance])
    # 0.001 kg x 65 kg CO2e/kg
    assert score.total_kgco2e == pytest.approx(0.065, rel=1e-15)
    assert score.shares_by_origin == {"default": 1.0}
    # the two errors of rung 4 of the ladder, 1.5 and 3: exp(sqrt(ln(1.5)^2 + ln(3)^2)) = 3.22
    assert score.inputs[0].chosen.factor.gsd2 == pytest.approx(
        math.exp(math.hypot(math.log(1.5), math.log(3))), abs=0.01
    )


def test_every_stage_by_hand(score_of):
    score = score_of(
        presentation={"units_per_box": 20, "presentations_per_batch": 1000},
        active_substances=[flow("x", 50, "mg", own_factor(100), per="unit")],
        excipients=[flow("water for injections", 3, "kg", own_factor(0.5), per="batch")],
        formulation={
            "loss_percent": 20,
            "sites": [
                {
                    "name": "plant",
                    "allocation": {"rule": "machine_hours", "site_total": 8000, "of_presentation": 2, "unit": "h"},
                    "electricity": [flow("power", 4, "MWh", own_factor(0.05, "kWh"), per="site")],
                    "heat": [flow("gas", 0.5, "kWh", own_factor(0.2, "kWh"))],
                }
            ],
        },
        packaging=[
            flow("blister", 2, "g", own_factor(3), level="primary"),
            flow("case", 300, "g", own_factor(1), level="tertiary", presentations=60),
        ],
        transport=[
            leg("road", 20, "g", 500, own_factor(0.1, "t.km")),
            leg("air", 20, "g", 9000, own_factor(1, "t.km")),
        ],
        distribution={
            "legs": [leg("road", 25, "g", 200, own_factor(0.2, "t.km"))],
            "energy": [flow("cold chain", 0.03, "kWh", own_factor(0.05, "kWh"))],
        },
        use={
            "released_gases": [flow("gas", 10, "g", own_factor(1000), captured_percent=30)],
            "consumables": [flow("syringe", 1, "item", own_factor(0.05, "item"))],
        },
        end_of_life={
            "packaging": [flow("blister", 2, "g", own_factor(2.5), route="incineration")],
            "unused": {"percent": 10, "factor": own_factor(0.8), "data": "exact"},
        },
    )
    by_hand = {
        "active_substances": 20 * 50e-6 / 0.8 * 100,  # 0.125
        "excipients": 3 / 1000 / 0.8 * 0.5,  # 0.001875
        "formulation": 4000 * 2 / 8000 * 0.05 + 0.5 * 0.2,  # 0.05 + 0.1
        "packaging": 0.002 * 3 + 0.3 / 60 * 1,
        "transport": 20e-6 * 500 * 0.1 + 20e-6 * 9000 * 1,
        "distribution": 25e-6 * 200 * 0.2 + 0.03 * 0.05,
        "use": 0.010 * 0.7 * 1000,  # the share captured is not emitted
        "end_of_life": 0.002 * 2.5 + (20 * 50e-6 + 0.003) * 0.1 * 0.8,
    }
    assert score.by_stage == pytest.approx(by_hand, rel=1e-13)
    assert score.total_kgco2e == pytest.approx(sum(by_hand.values()), rel=1e-13)
    assert score.air_kgco2e == pytest.approx(0.18, rel=1e-13)
    assert score.consumables_kgco2e == pytest.approx(0.05)
    assert score.per_unit_kgco2e == pytest.approx(score.total_kgco2e / 20)
    assert score.is_complete
    interval = score.interval()
    assert interval.low == interval.high == pytest.approx(score.total_kgco2e)
    assert score.gsd2 == pytest.approx(1)


def test_a_propellant_released_is_its_gwp(score_of):
    # 18 g of HFC-134a: 27.54 kg CO2e under AR6 (1530), 23.4 under AR5 (1300): NOTES, section 3
    gases = {"released_gases": [flow("propellant", 18, "g", "hfc-134a")]}
    assert score_of(use=gases).total_kgco2e == pytest.approx(27.54)
    assert score_of(gwp_set="AR5", use=gases).total_kgco2e == pytest.approx(23.4)


def test_a_daily_dose_by_mass_and_by_units(score_of):
    substance = [flow("x", 500, "mg", own_factor(10), per="unit")]
    dose = {"quantity": 3, "unit": "g", "source": "a test", "year": 2024}
    # a box of 10 x 0.5 g is 5/3 of a dose of 3 g
    by_mass = score_of(presentation={"defined_daily_dose": dose}, active_substances=substance)
    assert by_mass.per_daily_dose_kgco2e == pytest.approx(0.05 / (5 / 3))
    by_units = {**dose, "quantity": 2, "unit": "item"}
    score = score_of(presentation={"defined_daily_dose": by_units}, active_substances=substance)
    assert score.per_daily_dose_kgco2e == pytest.approx(0.05 / 5)
    assert score_of(active_substances=substance).per_daily_dose_kgco2e is None
    two = [*substance, flow("y", 1, "mg", own_factor(10))]
    found = refusals(score_of, presentation={"defined_daily_dose": dose}, active_substances=two)
    assert 'add "substance": one of x, y' in found["bill-dose-without-substance"].hint()
    wrong = {**dose, "unit": "km"}
    found = refusals(score_of, presentation={"defined_daily_dose": wrong}, active_substances=substance)
    assert "km does not have the expected form a mass or units (item)" in found["wrong-form"].message()


def test_a_series_is_selected_by_the_year_and_the_place_of_the_input(score_of):
    power = [flow("power", 1, "kWh", "electricity-fr", year=2022)]
    score = score_of(formulation={"loss_percent": 0, "sites": [{**SITE, "electricity": power}]})
    assert score.inputs[0].chosen.factor.id == "electricity-fr-2022"


def test_electricity_of_a_country_is_a_default_or_refused(score_of):
    def sites(factor):
        power = [flow("power", 1, "kWh", factor, country="IN")]
        return {"loss_percent": 0, "sites": [{**SITE, "electricity": power}]}

    score = score_of(formulation=sites("default:electricity"))
    assert score.inputs[0].chosen.factor.id == "electricity-in"
    found = refusals(score_of, formulation=sites("electricity-fr"))
    problem = found["score-energy-of-another-country"]
    assert problem.pointer == "/formulation/sites/0/electricity/0"
    assert "«power» is used in IN" in problem.message()
    assert "default:electricity" in problem.hint()
    german = own_factor(0.4, "kWh", country="DE", name="German mix")
    assert (
        "is energy of DE" in refusals(score_of, formulation=sites(german))["score-energy-of-another-country"].message()
    )


def test_a_french_factor_of_a_material_made_elsewhere_is_said(score_of):
    score = score_of(packaging=[flow("PVC", 1, "g", "plastic-pvc-new-t", level="primary", country="CN")])
    assert "score-factor-of-france" in {note.code for note in score.notes}


def test_a_heating_value_is_converted_with_its_source(score_of):
    site = {"name": "site", "electricity": [], "heat": [flow("gas", 1, "kWh PCS", "natural-gas-fr-kwh-pci")]}
    scored = score_of(formulation={"loss_percent": 0, "sites": [site]}).inputs[0]
    assert [step.note.code for step in scored.chosen.steps] == ["step-heating-value"]
    assert scored.amount < 1


def test_biogenic_co2_stands_beside_the_total(score_of):
    with_it = flow("card", 1, "kg", own_factor(2, co2_biogenic=1.5), level="secondary")
    score = score_of(packaging=[with_it, flow("foil", 1, "kg", own_factor(8), level="primary")])
    assert score.total_kgco2e == 10
    assert score.co2_biogenic_kg == 1.5
    assert score.without_biogenic == 1


def test_a_stage_without_data_is_missing_never_zero(bill_of, factors):
    said = document(excipients=[flow("x", 1, "g", own_factor(4.5))])
    del said["excluded_stages"]["transport"]
    score = score_bill(bill_of(said), factors)
    assert score.by_stage["transport"] is None
    assert score.bill.missing == ("transport",)
    assert not score.is_complete
    assert "no data of the stage transport to the depot" in score.notes[0].message()


def test_what_is_not_said_is_named(bill_of, factors):
    poor = {"tier": "default", "country": "FR", "year": 2020, "source": "a guess"}
    said = document(
        active_substances=[flow("x", 1, "g", own_factor(65))],
        end_of_life={"packaging": [flow("box", 1, "g", own_factor(1), route="mix", data=poor)]},
    )
    del said["cut_off"]
    codes = [note.code for note in score_bill(bill_of(said), factors).notes]
    assert codes == ["score-gap-cut-off", "score-gap-unused", "score-gap-loss", "score-gap-quality"]


def test_quality_notes_of_a_pedigree_are_turned_round(score_of):
    names = ("reliability", "technical", "geographic", "temporal", "completeness")
    plain = {"tier": "primary", "country": "FR", "year": 2024, "source": "a test"}
    decarb = {**plain, "quality": dict(zip(names, (5, 4, 3, 2, 1), strict=True))}
    pedigree = {**plain, "quality": {"scale": "pedigree", **dict(zip(names, (1, 2, 3, 4, 5), strict=True))}}
    found = [
        score_of(excipients=[flow("x", 1, "kg", own_factor(1), data=data)]).inputs[0].input.provenance
        for data in (decarb, pedigree)
    ]
    assert found[0].notes == found[1].notes == (5, 4, 3, 2, 1)
    assert found[0].gsd2 == found[1].gsd2
    # Bilan Carbone method, 4.4.2: 1.0, 1.1, 1.02, 1.2, 1.2
    logarithms = [math.log(value) for value in (1.0, 1.1, 1.02, 1.2, 1.2)]
    assert found[0].gsd2 == pytest.approx(math.exp(math.hypot(*logarithms)))


def test_a_factor_of_another_gwp_set_is_said(score_of):
    score = score_of(excipients=[flow("x", 1, "kg", own_factor(1, gwp_set="AR5"))])
    assert "in AR5, and cannot be restated in AR6" in score.notes[-1].message()


def test_a_verified_result_of_a_method_is_the_first_rung(score_of):
    stage = {"excipients": [flow("x", 1, "kg", own_factor(1))]}
    assert score_of(**stage).rung == 3
    assert score_of(method={"name": "State", "version": "2025"}, **stage).rung == 3
    assert score_of(method={"name": "decarb", "verified_by": "us"}, **stage).rung == 3
    assert score_of(method={"name": "PAS 2090", "verified_by": "an auditor"}, **stage).rung == 1


def test_every_problem_is_said_at_once(score_of):
    found = refusals(
        score_of,
        excipients=[flow("x", 1, "gramz", own_factor(1)), flow("y", 1, "kg", own_factor(-1))],
        packaging=[
            flow("z", 1, "kWh", "plastic-pvc-new-t", level="primary"),
            flow("w", 1, "g", "nothing", level="primary"),
        ],
        transport=[leg("road", 1, "L", 1, own_factor(1, "t.km"))],
    )
    together = {"unknown-unit", "score-factor-negative", "unit-mismatch", "unknown-factor", "score-not-a-mass"}
    assert set(found) == together
    assert found["unit-mismatch"].pointer == "/packaging/0"
    assert all(problem.file for problem in found.values())


def test_a_leg_by_air_needs_the_factor_of_a_flight(score_of):
    found = refusals(score_of, transport=[leg("air", 1, "kg", 9000, "truck-rigid-12-20t-diesel")])
    assert "goes by air" in found["score-mode-differs"].message()
    found = refusals(score_of, transport=[leg("road", 1, "kg", 9000, "air-freight-cargo-over-100t-long-haul")])
    assert "goes by road" in found["score-mode-differs"].message()


def test_a_factor_that_is_none_is_refused_where_it_stands(score_of):
    found = refusals(score_of, excipients=[flow("x", 1, "kg", {**own_factor(1), "unit": "kg"})])
    assert found["not-a-factor-unit"].pointer == "/excipients/0/factor/unit"


@settings(max_examples=30)
@given(AMOUNTS, st.integers(1, 12))
def test_a_batch_of_twice_the_inputs_and_presentations_is_the_same(score_of, quantity, power):
    def total(scale):
        presentation = {"presentations_per_batch": 1000 * scale}
        excipient = flow("x", quantity * scale, "kg", own_factor(4.5), per="batch")
        return score_of(presentation=presentation, excipients=[excipient]).total_kgco2e

    assert total(2**power) == total(1)


@settings(max_examples=30)
@given(AMOUNTS, st.integers(-8, 8))
def test_linear_in_the_quantities(score_of, quantity, power):
    def total(scale):
        return score_of(excipients=[flow("x", quantity * scale, "kg", own_factor(4.5))]).total_kgco2e

    assert total(2.0**power) == total(1) * 2.0**power


@settings(max_examples=20)
@given(st.lists(AMOUNTS, min_size=1, max_size=6), st.integers(0, 5))
def test_an_input_without_mass_changes_nothing(score_of, quantities, place):
    flows = [flow(f"x{n}", q, "kg", "default:excipient") for n, q in enumerate(quantities)]
    nothing = flow("nothing", 0, "kg", own_factor(1e6, uncertainty_percent=900))
    plain, more = score_of(excipients=flows), score_of(excipients=[*flows[:place], nothing, *flows[place:]])
    assert more.total_kgco2e == plain.total_kgco2e
    assert more.interval() == plain.interval()


@settings(max_examples=20)
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=2, max_size=6), st.randoms())
def test_the_order_of_the_inputs_changes_no_bit(score_of, pairs, random):
    data = {"tier": "default", "country": "FR", "year": 2024, "source": "a test"}
    flows = [flow(f"x{n}", q, "kg", own_factor(f, uncertainty_percent=30), data=data) for n, (q, f) in enumerate(pairs)]
    shuffled = list(flows)
    random.shuffle(shuffled)
    here, there = score_of(excipients=flows), score_of(excipients=shuffled)
    assert here.total_kgco2e == there.total_kgco2e
    assert here.interval() == there.interval()
    assert here.mean_notes == there.mean_notes


def test_inputs_that_share_a_factor_share_its_error(score_of):
    def width(names):
        factors = [own_factor(1, uncertainty_percent=100, name=name) for name in names]
        flows = [flow(f"x{n}", 1, "kg", factor) for n, factor in enumerate(factors)]
        bounds = score_of(excipients=flows).interval()
        return bounds.high - bounds.low

    # one factor twice is twice the interval of one; two factors are sqrt(2) of it, nearly
    assert width(["a", "a"]) == pytest.approx(2 * width(["a"]), rel=1e-12)
    assert width(["a", "b"]) < 1.6 * width(["a"])


def test_a_leg_keeps_the_mass_that_the_bill_says(score_of):
    scored = score_of(transport=[leg("road", 20, "g", 500, own_factor(0.1, "t.km"))]).inputs[0]
    assert (scored.input.quantity, scored.input.unit) == (20, "g")
    assert scored.amount == pytest.approx(0.01)  # 20e-6 t x 500 km


def test_a_default_is_meant_by_its_prefix_alone(score_of):
    found = refusals(score_of, excipients=[flow("x", 1, "kg", "hexane")])
    assert set(found) == {"unknown-factor"}


def test_an_amount_beyond_all_numbers_is_refused(score_of):
    steps = [{"name": str(n), "organics": [], "solvents": [], "water": [], "mass_yield": 1e-300} for n in range(3)]
    del steps[0]["mass_yield"]
    steps[0]["organics"] = [flow("a", 1, "kg", own_factor(1))]
    substance = {"name": "x", "quantity": 1, "unit": "kg", "data": "exact", "synthesis": steps}
    assert set(refusals(score_of, active_substances=[substance])) == {"total-not-finite"}


def test_defaults_of_ones_own_are_dropped_in(tmp_path, bill_of):
    table = tmp_path / "state.csv"
    table.write_text(
        "id,name,unit,value,activity,source\nlactose,Lactose,kg,1.25,medicines,a table dropped in\n", encoding="utf-8"
    )
    said = document(excipients=[flow("lactose", 2, "kg", "default:lactose")])
    said["defaults"] = "state.csv"
    bill = bill_of(said, tmp_path / "bill.json")
    assert score_file(bill.file).total_kgco2e == 2.5


def test_a_unit_that_is_unknown_is_said_once(bill_of, factors):
    unused = {"percent": 5, "factor": own_factor(1), "data": "exact"}
    end_of_life = {"packaging": [], "unused": unused}
    bill = bill_of(document(excipients=[flow("x", 1, "gramz", own_factor(1))], end_of_life=end_of_life))
    with pytest.raises(InvalidDocumentError) as refused:
        score_bill(bill, factors)
    assert [(problem.code, problem.pointer) for problem in refused.value.problems] == [
        ("unknown-unit", "/excipients/0/unit")
    ]
