"""The ladder: which rung a code takes, what its factor is made of, and what is refused."""

import math

import pytest

from decarb.errors import UsageError
from decarb.factors import load_factors
from decarb.medicines import DIRECT, SPEND, Ladder, Medicines, Request
from decarb.medicines.results import OwnResult
from decarb.units import parse_unit
from tests.medicines.small_database import SmallDatabase, box, speciality

TABLETS, OTHERS, VACCINE, OXYGEN, UNPARSED = (
    "3400930000014",
    "3400930000021",
    "3400930000038",
    "3400930000045",
    "3400930000052",
)
INHALER, DESFLURANE, MEOPA, WITHOUT_VOLUME = "3400949001453", "3400957562632", "3400930302859", "3400956215058"
UCD = "3400892571720"


@pytest.fixture(scope="module")
def database():
    gas = {"form": "gaz pour inhalation", "routes": ("inhalée",), "atc": "V03AN01", "substances": ("OXYGENE",)}
    # OTHERS has no mass; three specialities of the class have: 1, 2 and 3 g of substance in 10 tablets
    priced = [box(f"340093000010{n}", f"6000010{n}", units=10.0, active_mass_mg=1000.0 * n) for n in (1, 2, 3)]
    return SmallDatabase(
        [
            box(TABLETS, "60000001"),
            box(OTHERS, "60000002", active_mass_mg=None, mass_reason="no-composition"),
            box(VACCINE, "60000003", unit="seringue", units=1.0, active_mass_mg=None, mass_reason="no-composition"),
            box(OXYGEN, "60000004", unit="bouteille", units=1.0, active_mass_mg=None, mass_reason="no-composition"),
            box(UNPARSED, "60000001", units=None, unit="", active_mass_mg=None, mass_reason="no-composition"),
            box(INHALER, "60000005", unit="flacon", units=1.0, active_mass_mg=20.0),
            box(DESFLURANE, "60000006", unit="flacon", units=6.0, active_mass_mg=None, mass_reason="no-composition"),
            box(MEOPA, "60000007", unit="bouteille", units=1.0, active_mass_mg=None, mass_reason="no-composition"),
            *priced,
        ],
        [
            speciality("60000001", TABLETS, UNPARSED, atc="B01AC06", substances=("ACIDE ACETYLSALICYLIQUE",)),
            speciality("60000002", OTHERS),
            speciality("60000003", VACCINE, form="suspension injectable", routes=("intramusculaire",), atc="J07BB02"),
            speciality("60000004", OXYGEN, **gas),
            speciality(
                "60000005", INHALER, form="suspension pour inhalation", atc="R03AC02", substances=("SALBUTAMOL",)
            ),
            speciality("60000006", DESFLURANE, form="liquide", atc="N01AB07", substances=("DESFLURANE",)),
            speciality("60000007", MEOPA, **{**gas, "atc": "N01AX63", "substances": ("PROTOXYDE D'AZOTE", "OXYGENE")}),
            *(speciality(each.cis, each.cip13, atc="C09AA01") for each in priced),
        ],
        [(UCD, TABLETS, 30.0)],
    )


@pytest.fixture(scope="module")
def ladder(database):
    return Ladder(load_factors(), "AR6", Medicines(database))


def request(value, unit="box", system="CIP13", **others):
    return Request(system, value, parse_unit(unit), 2024, **others)


def per_unit(priced):
    return sum(part.total for part in priced.factor.parts)


def refusal(ladder, asked):
    with pytest.raises(UsageError) as raised:
        ladder.price(asked)
    (problem,) = raised.value.problems
    return problem


def test_rung_4_is_mass_of_substance_and_of_packaging(ladder):
    priced = ladder.price(request(TABLETS))
    # 15 g of substance x 65 kg/kg; packaging: the mean box, 115 kt / (48 x 68 million boxes) = 35.2 g, x 4.3 kg/kg
    assert priced.rung == 4
    active, pack = (part.total for part in priced.factor.parts)
    assert active == pytest.approx(0.015 * 65)
    assert pack == pytest.approx(0.035 * 4.3, rel=0.02)
    assert (priced.factor.gsd2, priced.factor.line_gsd2) == (pytest.approx(1.5), pytest.approx(3))
    assert [problem.code for problem in priced.passed] == ["no-own-result", "no-published-result", "no-own-result"]
    assert "bill of materials" in priced.lift.message("en")
    assert "nomenclature" in priced.lift.message("fr")


def test_a_ucd_counts_units_of_a_box(ladder):
    boxed, unit = ladder.price(request(TABLETS)), ladder.price(request(UCD, "item", "UCD13"))
    assert per_unit(unit) == pytest.approx(per_unit(boxed) / 30)


def test_rung_5_is_the_mean_of_the_class(ladder):
    priced = ladder.price(request(OTHERS))
    # C09AA: boxes of 10 tablets with 1, 2 and 3 g: their mean unit, x 30 tablets
    pack = 0.035 * 4.3 / 10
    mean = sum(0.0001 * n * 65 + pack for n in (1, 2, 3)) / 3
    assert priced.rung == 5
    assert per_unit(priced) == pytest.approx(30 * mean, rel=0.02)
    assert priced.factor.error_group == ladder.price(request(TABLETS)).factor.error_group


def test_rung_6_is_the_mean_box(ladder):
    priced = ladder.price(request(VACCINE))
    assert (priced.rung, per_unit(priced)) == (6, pytest.approx(2.8))
    assert [problem.code for problem in priced.passed][-2:] == ["not-by-mass", "not-by-class"]
    assert ladder.price(request(UNPARSED)).rung == 6


def test_a_lone_product_prefers_spend_to_the_mean_box_and_a_pharmacy_does_not(ladder):
    assert ladder.prefers_spend(request(VACCINE, products=1))
    assert ladder.prefers_spend(request(VACCINE, products=7))
    assert not ladder.prefers_spend(request(VACCINE, products=8))
    assert not ladder.prefers_spend(request(TABLETS, products=1))
    # what the tables do not know has its spend alone, and a wrong unit is refused whatever is paid
    assert ladder.prefers_spend(request("3400930000990", products=100))
    assert not ladder.prefers_spend(request(TABLETS, "item"))


def test_euros_of_a_code_stand_on_rung_7_with_the_error_of_one_product(ladder):
    priced = ladder.price(request(TABLETS, "EUR HT"))
    assert (priced.rung, priced.factor.id) == (SPEND, "spend-pharmaceutical-products-2023")
    assert (priced.factor.gsd2, priced.factor.line_gsd2) == (pytest.approx(1.8), 3)


def test_euros_of_an_inhaler_say_that_its_propellant_is_not_counted(ladder):
    (note,) = [note for note in ladder.price(request(INHALER, "EUR HT")).notes if note.code.startswith("medicine")]
    assert "releases hfc-134a" in note.message("en")


def test_a_propellant_comes_first_and_switches_with_the_set(database, ladder):
    priced = ladder.price(request(INHALER))
    released = next(part for part in priced.factor.parts if part.activity)
    # large-volume salbutamol: 17.32 to 19.8 g of HFC-134a, middle 18.56 g, x 1530
    assert released.total == pytest.approx(0.01856 * 1530)
    assert 26.5 <= released.total <= 30.3
    assert released.gas("hfc") == released.total
    assert released.activity == "other_direct_gas"
    in_ar5 = Ladder(load_factors(), "AR5", Medicines(database)).price(request(INHALER))
    assert next(part for part in in_ar5.factor.parts if part.activity).total == pytest.approx(0.01856 * 1300)


def test_an_inhaler_used_at_home_is_use_of_a_product(ladder):
    parts = ladder.price(request(INHALER, retroceded=True)).factor.parts
    assert [part.activity for part in parts if part.activity] == ["inhaler_propellant_at_home"]


def test_the_error_of_an_inhaler_is_that_of_its_parts_by_their_share(ladder):
    priced = ladder.price(request(INHALER))
    made = sum(part.total for part in priced.factor.parts if not part.activity)
    released = 0.01856 * 1530
    own = math.hypot(made * math.log(3), released * math.log(0.0198 / 0.01732) / 2) / (made + released)
    assert math.log(priced.factor.line_gsd2) == pytest.approx(own)
    assert math.log(priced.factor.gsd2) == pytest.approx(made * math.log(1.5) / (made + released))


def test_anaesthetics_are_direct_emissions_alone(ladder):
    priced = ladder.price(request(DESFLURANE))
    # 6 bottles of 351.6 g x 2590
    assert (priced.rung, per_unit(priced)) == (DIRECT, pytest.approx(6 * 0.3516 * 2590))
    assert priced.factor.gsd2 == 1
    assert "making-not-counted" in [note.code for note in priced.notes]


def test_meopa_is_half_nitrous_oxide_by_volume(ladder):
    # 5 L: 1.47 m3 x 0.5 x 44.013 / 0.023958 = 1.35 kg of N2O, x 273 = 369 kg CO2e
    assert per_unit(ladder.price(request(MEOPA))) == pytest.approx(369, abs=0.5)


def test_a_supplier_result_comes_before_all_and_one_that_nobody_verified_does_not(database):
    results = {(TABLETS, rung): OwnResult(TABLETS, 0.5, rung, 2026, "Supplier") for rung in (1, 3)}
    for rung, (shared, line) in {1: (1.15, 1), 3: (1.5, 1.2)}.items():
        medicines = Medicines(database, {key: result for key, result in results.items() if key[1] == rung})
        priced = Ladder(load_factors(), "AR6", medicines).price(request(TABLETS))
        assert (priced.rung, per_unit(priced)) == (rung, pytest.approx(0.5))
        assert (priced.factor.gsd2, priced.factor.line_gsd2) == (pytest.approx(shared), pytest.approx(line))


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (request(TABLETS, "item"), "cip-counts-boxes", "CIP13 codes count boxes, not item"),
        (request(UCD, "box", "UCD13"), "ucd-counts-units", "UCD13 codes count units dispensed, not box"),
        (request(TABLETS, "kg"), "cip-counts-boxes", "count boxes, not kg"),
        (request(OXYGEN), "medicine-without-rung", "a cylinder of gas is no mean box"),
        (request("3400892592190", "item", "UCD13"), "ucd-without-table", "no public table says which medicine"),
    ],
)
def test_refusals(ladder, asked, code, words):
    problem = refusal(ladder, asked)
    assert problem.code == code
    assert words in problem.message("en")
    assert problem.hint("en")


def test_a_code_that_no_table_knows_is_refused_by_name(ladder):
    assert "3400930000990" in refusal(ladder, request("3400930000990")).message("en")


def test_units_of_a_box_that_could_not_be_counted(ladder, database):
    only = SmallDatabase([database.presentation(UNPARSED)], [speciality("60000001", UNPARSED)])
    alone = Ladder(load_factors(), "AR6", Medicines(only))
    assert refusal(alone, request("60000001", "item", "CIS")).code == "medicine-units-unknown"


def test_a_gas_without_a_value_in_the_set_is_refused_not_zero(database):
    in_ar4 = Ladder(load_factors(), "AR4", Medicines(database))
    assert refusal(in_ar4, request(DESFLURANE)).code == "gas-not-in-gwp-set"
