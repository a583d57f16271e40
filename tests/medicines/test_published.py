"""Published life-cycle results, and factors of substances."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.medicines.published import published_result, substance_factor
from decarb.resources import data_folder, read_rows

FOLDER = data_folder("emission_factors")


def product(name="", substances=("PARACETAMOL",), form="comprimé", routes=("orale",), **box):
    presentation = {
        "units": 8.0,
        "active_mass_mg": 8000.0,
        "container": "plaquette",
        "material": "PVC aluminium",
        "unit": "comprimé",
        "content": None,
        "content_unit": "",
        "label": "",
        **box,
    }
    return SimpleNamespace(
        name=name,
        form=form,
        atc="",
        routes=routes,
        substances=substances,
        presentation=SimpleNamespace(**presentation),
    )


def test_a_tablet_of_one_gram_of_paracetamol():
    found = published_result(product())
    assert found.key == "paracetamol-1g-tablet"
    assert found.kgco2e_per_unit == pytest.approx(0.038)
    assert found.source == "davies-paracetamol-2024"
    assert (found.name, found.named("fr")) == ("Paracetamol 1 g, tablet", "Paracétamol 1 g, comprimé")


@pytest.mark.parametrize(
    "other",
    [
        product(active_mass_mg=4000.0),  # tablets of 500 mg
        product(active_mass_mg=None),
        product(units=None),
        product(form="comprimé effervescent(e) sécable"),
        product(form="comprimé orodispersible"),
        product(form="gélule"),
        product(form="suppositoire", routes=("rectale",)),
        product(substances=("PARACETAMOL", "CAFEINE")),
        product(substances=("CHLORHYDRATE DE PROPACETAMOL",)),
        product(substances=()),
        # a bottle of 100 mL with 3 g in it: no dose of 1 g
        product(form="suspension buvable", container="flacon", units=1.0, active_mass_mg=3000.0),
    ],
    ids=lambda one: one.form,
)
def test_another_strength_form_or_substance_is_not_that_tablet(other):
    assert published_result(other) is None


@pytest.mark.parametrize("form", ["comprimé pelliculé", "comprimé sécable", "comprimé pelliculé sécable"])
def test_a_coated_or_scored_tablet_is_a_tablet(form):
    assert published_result(product(form=form)).key == "paracetamol-1g-tablet"


@pytest.mark.parametrize(
    ("container", "material", "expected"),
    [
        ("flacon", "verre", 0.628),
        ("poche", "polyoléfine", 0.310),
        ("flacon", "polypropylène", 0.310),
        ("flacon", "", None),
    ],
)
def test_paracetamol_for_infusion_by_its_container(container, material, expected):
    bottle = {"container": container, "material": material, "units": 12.0, "active_mass_mg": 12_000.0}
    found = published_result(product(form="solution pour perfusion", routes=("intraveineuse",), **bottle))
    assert (found.kgco2e_per_unit if found else None) == expected


def test_morphine_in_a_bag_whatever_its_salt():
    bag = {"container": "poche", "material": "", "units": 1.0, "active_mass_mg": 100.0}
    for salt in ("SULFATE DE MORPHINE", "MORPHINE (SULFATE DE)", "CHLORHYDRATE DE MORPHINE"):
        found = published_result(product(substances=(salt, "MORPHINE"), form="solution injectable", **bag))
        assert found.key == "morphine-100mg-bag"
        assert (found.low_kgco2e_per_unit, found.kgco2e_per_unit, found.high_kgco2e_per_unit) == (0.189, 0.204, 0.28)


def test_apomorphine_is_not_morphine():
    bag = {"container": "poche", "material": "", "units": 1.0, "active_mass_mg": 100.0}
    assert (
        published_result(product(substances=("CHLORHYDRATE D'APOMORPHINE",), form="solution injectable", **bag)) is None
    )


def inhaler(name, label, *substances, form="poudre pour inhalation", units=1.0):
    box = {
        "label": label,
        "units": units,
        "active_mass_mg": None,
        "container": "inhalateur",
        "material": "",
        "unit": "",
    }
    return published_result(product(name=name, substances=substances, form=form, **box))


NEXTHALER = "INNOVAIR NEXTHALER 100 microgrammes/6 microgrammes par inhalation, poudre pour inhalation"
NEXTHALER_SUBSTANCES = ("DIPROPIONATE DE BECLOMETASONE ANHYDRE", "FUMARATE DE FORMOTEROL DIHYDRATE")


@pytest.mark.parametrize(("count", "units"), [(1, 1.0), (3, 3.0), (1, 120.0)])
def test_an_inhaler_is_counted_by_its_label_and_shared_among_its_units(count, units):
    # 7.63 g CO2e an actuation x 120 = 915.6 g an inhaler, however the box counts its units
    label = f"{count} inhalateur(s) multidose(s) acrylonitrile butadiène styrène de 120 dose(s)"
    found = inhaler(NEXTHALER, label, *NEXTHALER_SUBSTANCES, units=units)
    assert found.kgco2e_per_unit * units == pytest.approx(count * 0.9156)


def test_another_strength_of_an_inhaler_was_not_assessed():
    label = "1 inhalateur(s) multidose(s) acrylonitrile butadiène styrène de 120 dose(s)"
    assert inhaler(NEXTHALER.replace("100", "200"), label, *NEXTHALER_SUBSTANCES) is None


@pytest.mark.parametrize(
    "label",
    ["Bande thermoformée aluminium de 30 dose(s) avec inhalateur(s)", "Bande aluminium de 30 dose avec inhalateur"],
)
def test_labels_match_as_the_database_writes_them_and_as_they_are_packaged(label):
    # 27 g CO2e a dose x 30
    substances = ("FUROATE DE FLUTICASONE", "TRIFENATATE DE VILANTEROL")
    name = "RELVAR ELLIPTA 92 microgrammes/22 microgrammes, poudre pour inhalation, en récipient unidose"
    assert inhaler(name, label, *substances).kgco2e_per_unit == pytest.approx(0.027 * 30)


def test_methoxyflurane_with_its_device():
    label = "1 flacon(s) de 3 ml avec inhalateur(s) PENTHROX avec chambre(s) de charbon actif"
    name = "PENTHROX 99,9 %, liquide pour inhalation par vapeur de 3 mL"
    found = inhaler(name, label, "METHOXYFLURANE", form="liquide pour inhalation par vapeur")
    assert found.kgco2e_per_unit == 0.84
    assert "do not count it again" in found.note


def test_the_breezhaler_without_its_sensor():
    name = "ENERZAIR BREEZHALER 114 microgrammes/46 microgrammes/136 microgrammes, poudre pour inhalation en gélule"
    substances = ("BROMURE DE GLYCOPYRRONIUM", "FUROATE DE MOMETASONE", "ACETATE D'INDACATEROL", "INDACATEROL")
    label = "30 plaquette(s) unidose(s) polyamide aluminium PVC-Aluminium de 1 gélule(s) avec inhalateur(s)"
    form = "poudre pour inhalation en gélule"
    found = inhaler(name, label, *substances, form=form, units=30.0)
    assert found.kgco2e_per_unit * 30 == pytest.approx(0.359)
    assert inhaler(name, f"{label} avec capteur(s)", *substances, form=form, units=30.0) is None


@given(st.floats(1, 5000), st.floats(1, 100))
def test_only_a_gram_a_tablet_matches(strength_mg, units):
    found = published_result(product(units=units, active_mass_mg=strength_mg * units))
    assert (found is not None) == (abs(strength_mg - 1000) <= 0.02 * max(strength_mg, 1000))


@pytest.mark.parametrize("table", ["published_results.csv", "substance_factors.csv"])
def test_every_figure_has_its_source(table):
    sources = {row["id"] for row in read_rows(FOLDER / "sources.csv")}
    for row in read_rows(FOLDER / "medicines" / table):
        assert row["source"] in sources
        assert row["source_id"]
        assert row["derivation"]
        assert row["boundary"]


def test_the_factor_of_morphine_is_derived_from_its_study():
    # 6 g of farming + 18 g of pelletising and manufacturing, for 100 mg
    found = substance_factor(["SULFATE DE MORPHINE", "MORPHINE"])
    assert found.kgco2e_per_kg == pytest.approx((6 + 18) / 0.1)
    assert found.is_primary


def test_a_factor_is_for_a_substance_by_itself():
    assert substance_factor(["PROPOFOL"]).kgco2e_per_kg == 25
    assert not substance_factor(["PROPOFOL"]).is_primary
    assert substance_factor(["LIDOCAINE", "PRILOCAINE"]) is None
    assert substance_factor(["PARACETAMOL"]) is None
    assert substance_factor([]) is None
