"""Mass of the packaging of a box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.language import translate
from decarb.medicines.packs import pack_mass
from decarb.resources import data_folder, read_rows

TABLE = data_folder("emission_factors") / "medicines" / "pack_masses.csv"


def test_ten_glass_ampoules_of_two_millilitres():
    # 1.9 g of glass + 2 g of carton + 1 g of polyethylene a piece, ten of them
    mass = pack_mass("ampoule", "verre", "ampoule", 10, 2, "ml", "solution injectable")
    assert mass.mass_kg == pytest.approx(0.049)
    assert (mass.low_kg, mass.high_kg) == (pytest.approx(0.019), pytest.approx(0.049))
    assert (mass.basis, mass.source) == ("glass-ampoule-2", "nhs-girft-calculator")


@pytest.mark.parametrize(
    ("container", "material", "content", "content_unit", "basis", "grams"),
    [
        ("ampoule", "verre", 10, "ml", "glass-ampoule-10", 6.8),
        ("ampoule", "verre", 20, "mL", "glass-ampoule-20", 16),
        ("ampoule", "polyéthylène basse densité (PEBD)", 10, "ml", "plastic-ampoule-10", 4.71),
        ("récipient unidose", "polyéthylène", 5, "ml", "plastic-ampoule-10", 4.71),
        ("flacon", "verre", 2, "ml", "glass-vial-2", 4.9),
        ("flacon", "verre", 10, "ml", "glass-vial-10", 6.8),
        ("flacon", "verre", 20, "ml", "glass-vial-20", 16),
        ("flacon", "verre", 50, "ml", "glass-vial-50", 51),
        ("flacon", "verre", None, "", "glass-vial-powder", 11.4),
        ("flacon", "verre", 1, "g", "glass-vial-powder", 11.4),
        ("flacon", "verre", 100, "ml", "glass-bottle-100", 106),
        ("flacon", "verre", 200, "ml", "glass-bottle-200", 156),
        ("flacon", "PEHD", 200, "ml", "plastic-bottle-250", 32.5),
        ("poche", "polyoléfine", 100, "ml", "infusion-bag-100", 22),
        ("poche", "PVC", 250, "ml", "infusion-bag-250", 32.5),
        ("poche", "", 0.5, "l", "infusion-bag-500", 50),
        ("poche", "PVC", 1000, "ml", "infusion-bag-1000", 82),
        ("seringue préremplie", "polypropylène", 5, "ml", "plastic-syringe-5", 25),
    ],
)
def test_a_weighed_container_counts_once_a_unit(container, material, content, content_unit, basis, grams):
    mass = pack_mass(container, material, "", 1, content, content_unit, "solution injectable")
    assert mass.basis == basis
    assert mass.mass_kg == pytest.approx(grams / 1000)


def test_the_bag_of_100_millilitres_is_derived_from_its_emissions():
    # 95 g CO2e of packaging (McAlister 2016) / 4.3 kg CO2e per kg of packaging = 22.1 g
    assert pack_mass("poche", "", "", 1, 100, "ml").mass_kg == pytest.approx(0.095 / 4.3, rel=0.01)


def test_what_lies_between_two_weighed_containers_is_between_their_masses():
    # 5 g of glass at 20 mL, 100 g at 100 mL: 5 + 30 / 80 x 95 = 40.6 g at 50 mL, + 10 g of carton
    assert pack_mass("flacon", "verre", "", 1, 50, "ml").mass_kg == pytest.approx(0.0506, abs=0.0005)
    # 22 g at 100 mL, 50 g at 500 mL: 22 + 150 / 400 x 28 = 32.5 g at 250 mL
    assert pack_mass("poche", "", "", 1, 250, "ml").mass_kg == pytest.approx(0.0325)
    # a vial of powder of unknown size: the mean of 6.8 and 16 g
    powder = pack_mass("flacon", "verre", "flacon", 1, None, "", "poudre pour solution injectable")
    assert powder.mass_kg == pytest.approx((6.8 + 16) / 2000)


def test_the_mean_box_is_115_kt_over_48_boxes_of_68_million_people():
    mass = pack_mass("plaquette", "PVC aluminium", "comprimé", 30, None, "", "comprimé")
    assert mass.is_mean
    assert mass.mass_kg == pytest.approx(115e6 / (48 * 68e6), rel=0.01)
    assert mass.name == "mean box of all medicines: no mass is known for this container"
    assert mass.low_kg < mass.mass_kg < mass.high_kg


@pytest.mark.parametrize(
    ("container", "material", "units", "content", "unit"),
    [
        ("flacon", "polyéthylène", 1, 10, "ml"),  # no plastic bottle of 10 mL was weighed
        ("flacon", "polyéthylène", 1, None, ""),  # nor of an unknown volume
        ("seringue", "verre", 6, 0.5, "ml"),  # no glass syringe was weighed
        ("ampoule", "verre", None, 2, "ml"),  # how many is not known
        ("ampoule", "verre", 10, 2, "g"),  # a mass is no volume
        ("poche", "PVC", 1, 3000, "ml"),  # larger than any that was weighed
    ],
)
def test_what_was_not_weighed_is_the_mean_box(container, material, units, content, unit):
    assert pack_mass(container, material, "", units, content, unit).is_mean


def test_a_bottle_of_tablets_is_not_as_many_bottles():
    assert pack_mass("flacon", "verre", "comprimé", 30, None, "", "comprimé").is_mean
    assert pack_mass("flacon", "verre", "comprimé", 30, 100, "ml", "comprimé").is_mean


def test_a_bottle_of_oral_powder_is_no_vial():
    assert pack_mass("flacon", "verre", "flacon", 1, None, "", "poudre pour suspension buvable").is_mean


def test_the_form_names_the_container_where_the_label_does_not():
    assert pack_mass("", "verre", "", 1, 2, "ml", "solution injectable en ampoule").basis == "glass-ampoule-2"


@given(st.floats(1, 1000), st.floats(0.1, 5000))
def test_mass_grows_with_units_and_stays_between_its_bounds(units, content):
    one, many = (pack_mass("poche", "PVC", "", number, content, "ml") for number in (1, units))
    assert 0 < many.low_kg <= many.mass_kg <= many.high_kg
    assert many.mass_kg == pytest.approx(one.mass_kg * (1 if one.is_mean else units))


def test_every_row_says_where_its_mass_comes_from_and_has_a_name():
    sources = {row["id"] for row in read_rows(data_folder("emission_factors") / "sources.csv")}
    rows = list(read_rows(TABLE))
    assert rows[-1]["basis"] == "mean-box"
    for row in rows:
        assert row["source"] in sources
        assert row["derivation"]
        assert 0 < float(row["low_g"]) <= float(row["mass_g"]) <= float(row["high_g"])


def test_french_names_are_other_than_english_ones():
    mass = pack_mass("poche", "PVC", "", 1, 1000, "ml")
    assert translate(mass.name, "fr") != translate(mass.name, "en") == mass.name
