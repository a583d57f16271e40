"""Masses of active substances, each derived by hand from dosage, reference quantity and content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.medicines.bdpm.labels import parse_label
from decarb.medicines.bdpm.masses import Component, box_mass, parse_dosage, parse_reference, substances_once


def component(dosage: str, reference: str, nature: str = "SA", link: str = "1", element: str = "e") -> Component:
    return Component(element, f"SUBSTANCE {link}", dosage, reference, nature, link)


@pytest.mark.parametrize(
    ("dosage", "reference", "label", "mass_mg"),
    [
        # 1 mg x 30
        ("1,00 mg", "un comprimé", "plaquette(s) PVC de 30 comprimé(s)", 30),
        # 20 mg per 100 mL x 150 mL
        ("20 mg", "100 ml de sirop", "1 flacon(s) en verre de 150 ml", 30),
        # 500 g per L x 2 x 0.5 L
        ("500 g", "1 l de solution", "2 poche(s) de 500 ml", 500_000),
        # 0.1 g per 100 g x 30 g
        ("0,1 g", "100 g de crème", "1 tube(s) aluminium de 30 g", 30),
        # 100 µg a dose x 200 doses x 2
        ("100 microgrammes", "une dose délivrée", "2 flacon(s) pressurisé(s) de 200 doses", 40),
        # 15 µg per 0.5 mL x 5 mL x 10
        ("15 µg", "une dose de 0,5 mL", "10 flacon(s) multidose(s) en verre de 5 ml", 1.5),
        # an ampoule is counted, its volume is not needed
        ("280 mg", "une ampoule de 20 ml", "10 ampoule(s) en verre de 20 ml", 2800),
        # 250 mg per spoon of 5 mL x 60 mL
        ("250 mg", "une cuillère-mesure de 5 ml de suspension reconstituée", "1 flacon(s) en verre de 60 ml", 3000),
        # the middle of 10 and 20
        ("10 - 20 mg", "un comprimé", "plaquette(s) PVC de 2 comprimé(s)", 30),
        ("1 g", "une gélule", "plaquette(s) PVC de 10 comprimé(s)", 10_000),
        ("1 000 mg", "un flacon de poudre", "1 flacon en verre de poudre - 1 ampoule de solvant de 10 ml", 1000),
    ],
)
def test_mass_of_a_box(dosage: str, reference: str, label: str, mass_mg: float) -> None:
    mass = box_mass([component(dosage, reference)], parse_label(label), "")
    assert mass.reason == ""
    assert mass.mass_mg == pytest.approx(mass_mg)


def test_a_salt_and_its_fraction_count_once() -> None:
    salt, fraction = component("280 mg", "une ampoule"), component("250 mg", "une ampoule", "FT")
    other = component("5 mg", "une ampoule", link="2")
    label = parse_label("10 ampoule(s) en verre de 20 ml")
    assert box_mass([fraction, salt, other], label, "").mass_mg == 2850
    # where the salt has no dosage, that of the fraction
    assert box_mass([component("", ""), fraction], label, "").mass_mg == 2500
    assert substances_once([component("", "")]) == [component("", "")]


@pytest.mark.parametrize(
    ("components", "label", "form", "reason"),
    [
        ([component("200 000 UI", "100 g")], "1 tube(s) de 50 g", "pommade", "not-a-mass"),
        ([component("37 MBq", "1 ml")], "1 flacon(s) de 10 ml", "solution", "not-a-mass"),
        ([component("2CH à 30CH et 4DH à 60DH", "un comprimé")], "1 tube(s) de 4 g", "granules", "homeopathic"),
        ([component("5 mg (3DH)", "un comprimé")], "plaquette(s) de 30 comprimé(s)", "comprimé", "homeopathic"),
        (
            [component("qs (sous une pression de 200 bar)", "un comprimé")],
            "1 bouteille acier de 5 l",
            "gaz pour inhalation",
            "gas",
        ),
        ([component("98 %", "un comprimé")], "1 bouteille acier de 5 l", "gaz médicinal", "gas"),
        ([component("", "")], "1 tube(s) de 50 g", "pommade", "no-dosage"),
        ([], "1 tube(s) de 50 g", "pommade", "no-composition"),
        ([component("1 mg", "un comprimé")], "12 comprimés et 4 gélules sous plaquette", "", "no-units"),
        ([component("1 mg", "un comprimé")], "1 flacon(s) en verre de 15 ml", "solution", "reference-unit"),
        ([component("1 mg", "une ampoule de 5 ml")], "5 ampoule(s) en verre de 2 ml", "solution", "reference-unit"),
        ([component("1 mg", "1 ml")], "1 flacon(s) en verre", "solution", "no-content"),
        ([component("1 mg", "1 ml")], "1 flacon(s) en verre de 14 g", "poudre", "content-unit"),
        (
            [
                component("1 mg", "un comprimé", element="comprimé rose"),
                component("2 mg", "un comprimé", element="comprimé bleu"),
            ],
            "plaquette(s) de 21 comprimé(s)",
            "comprimé",
            "several-elements",
        ),
    ],
)
def test_an_unknown_mass_says_why(components: list[Component], label: str, form: str, reason: str) -> None:
    mass = box_mass(components, parse_label(label), form)
    assert (mass.mass_mg, mass.reason) == (None, reason)


def test_one_unknown_substance_makes_the_mass_unknown() -> None:
    rows = [component("1 mg", "un comprimé"), component("400 UI", "un comprimé", link="2")]
    assert box_mass(rows, parse_label("plaquette(s) de 30 comprimé(s)"), "comprimé").reason == "not-a-mass"


def test_powder_and_solvent_that_both_act_are_in_one_unit() -> None:
    rows = [
        component("10 mg", "un flacon de poudre", element="poudre"),
        component("5 mg", "une ampoule", element="solution"),
    ]
    assert box_mass(rows, parse_label("3 flacon(s) en verre - 3 ampoule(s) de 1 ml"), "").mass_mg == 45


@pytest.mark.parametrize(
    ("text", "quantity", "unit"),
    [
        ("un comprimé", 1, "comprimé"),
        ("un comrpimé", 1, "comprimé"),
        ("1000 ml d'émulsion après mélange", 1000, "mL"),
        ("un 1 mL de solution", 1, "mL"),
        ("100 microlitres", 0.1, "mL"),
        ("2 flacons", 2, "flacon"),
        ("une pulvérisation (0,1 g)", 1, "dose"),
        ("", 1, ""),
    ],
)
def test_reference_quantities(text: str, quantity: float, unit: str) -> None:
    reference = parse_reference(text)
    assert reference.quantity == pytest.approx(quantity)
    assert reference.unit == unit


@given(st.integers(1, 10_000), st.integers(1, 500))
def test_the_mass_is_proportional_to_the_units(dosage: int, units: int) -> None:
    label = parse_label(f"plaquette(s) PVC de {units} gélule(s)")
    assert box_mass([component(f"{dosage} microgrammes", "une gélule")], label, "").mass_mg == pytest.approx(
        dosage * units / 1000
    )


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_makes_it_fail(dosage: str, reference: str) -> None:
    assert (parse_dosage(dosage).mass_mg is None) == bool(parse_dosage(dosage).reason)
    assert parse_reference(reference).quantity >= 0


@pytest.mark.parametrize(
    ("substance", "dosage", "fraction", "reference", "label", "mass_mg"),
    [
        # 3 mg of chlorhexidine digluconate x 24; the 15.97 mg of its solution are mostly water
        ("SOLUTION DE DIGLUCONATE DE CHLORHEXIDINE", "15,97 mg", "3,00 mg", "une pastille", "24 pastille(s)", 72),
        # 0.2 g per 100 mL x 200 mL
        (
            "DIGLUCONATE DE CHLORHEXIDINE, SOLUTION DE",
            "1,065 g",
            "0,200 g",
            "100 ml de solution",
            "1 flacon(s) en verre de 200 ml",
            400,
        ),
        # the solution is dosed by its volume: 0.1 g per 100 mL x 90 mL
        ("SOLUTION DE X", "0,5 ml", "0,100 g", "100 ml", "1 flacon(s) en verre de 90 ml", 90),
        # a salt for a solution is no solution: 280 mg x 10
        ("GLUCONATE DE CALCIUM POUR SOLUTION INJECTABLE", "280 mg", "25 mg", "une ampoule", "10 ampoule(s)", 2800),
    ],
)
def test_of_a_solution_of_the_substance_the_fraction_counts(
    substance: str, dosage: str, fraction: str, reference: str, label: str, mass_mg: float
) -> None:
    rows = [
        Component("e", substance, dosage, reference, "SA", "1"),
        Component("e", "FRACTION", fraction, reference, "FT", "1"),
    ]
    assert box_mass(rows, parse_label(label), "").mass_mg == pytest.approx(mass_mg)
    # where no fraction is given, the solution is all that is known
    assert substances_once(rows[:1]) == rows[:1]
