"""Labels of the public medicines database (ANSM, Licence Ouverte 2.0) against what a person reads in them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.medicines.bdpm.label_words import form_unit
from decarb.medicines.bdpm.labels import Label, parse_label
from decarb.resources import read_rows

GOLDEN = list(read_rows(Path(__file__).parent / "labels_read_by_hand.csv"))


@pytest.mark.parametrize(("draw", "count"), [("1", 300), ("2", 300), ("3", 150), ("4", 150)])
def test_labels_drawn_at_random_are_read_as_a_person_reads_them(draw: str, count: int) -> None:
    # draws 1 and 2 are of all labels, 3 and 4 of the tenth with an unusual shape (docs/medicines-database.md)
    rows = [row for row in GOLDEN if row["draw"] == draw]
    assert len(rows) == count
    wrong = []
    for row in rows:
        # the form is that of the speciality in CIS_bdpm.txt: a bare number ("de 30") takes its unit from it
        read = parse_label(row["label"], row["form"])
        if ("" if read.units is None else str(read.units), read.unit) != (row["units"], row["unit"]):
            wrong.append(row["label"])
    assert wrong == []


@pytest.mark.parametrize(
    ("label", "units", "unit"),
    [
        # several blisters multiply, said or not how many in the box
        ("3 plaquette(s) thermoformée(s) PVC-Aluminium de 28 comprimé(s)", 84, "comprimé"),
        ("plaquette(s) PVC PVDC aluminium de 30 comprimé(s)", 30, "comprimé"),
        ("30 plaquette(s) prédécoupées unitaires PVC aluminium de 1 comprimé(s) (30x1)", 30, "comprimé"),
        ("plaquette(s) aluminium de 60 comprimé(s) (6x10)", 60, "comprimé"),
        ("plaquettes prédécoupées unitaires PVC de 84 x 1 comprimés (12 x 7 comprimés)", 84, "comprimé"),
        ("plaquettes aluminium de 90 (3 x 30) comprimés, (conditionnement multiple)", 90, "comprimé"),
        ("plaquette(s) thermoformée(s) aluminium PVC PVDC de 100 * 1 comprimé(s)", 100, "comprimé"),
        # a desiccant is no sachet of the medicine, however it is spelled
        ("1 flacon(s) polyéthylène (PEHD) avec sachet de dessicant de 60 comprimé(s)", 60, "comprimé"),
        ("1 flacon(s) jaune(brun) avec fermeture de sécurité enfant avec dessicant de 8 comprimé(s)", 8, "comprimé"),
        ("1 flacon(s) avec sachet de dessiccant de 30 gélule(s)", 30, "gélule"),
        # 3 x (21 + 7)
        ("3 plaquettes PVC PVDC aluminium de 21 comprimés roses et de 7 comprimés blancs", 84, "comprimé"),
        (
            "3 plaquette(s) PVC-Aluminium de 21 comprimé(s) - 3 plaquette(s) PVC-Aluminium de 7 comprimé(s)",
            84,
            "comprimé",
        ),
        (
            "3 plaquettes PVC PVDC aluminium de 28 comprimés (21 comprimés roses et de 7 comprimés blancs)",
            84,
            "comprimé",
        ),
        # 6 + 5 + 10
        ("1 plaquette(s) PVC de 6 comprimés beiges, 5 comprimés blancs et 10 comprimés verts", 21, "comprimé"),
        # 4 + 4 + 19
        (
            "plaquette(s) PVC-Aluminium de 4 comprimé(s) de 10 mg - 4 comprimé(s) de 20 mg - 19 comprimé(s) de 30 mg. "
            "Etui d'initiation de 27 comprimés",
            27,
            "comprimé",
        ),
        (
            "56 comprimés sous 4 plaquettes (PVC/ACLAR/PVC) contenant 7 comprimés de 15 mg et 7 comprimés de 45 mg",
            56,
            "comprimé",
        ),
        ("plaquette aluminium de 1 gélule de 125 mg et de 2 gélule(s) de 80 mg", 3, "gélule"),
        # a bottle of tablets is its tablets, a bottle of syrup a bottle
        (
            "1 flacon polyéthylène haute densité (PEHD) avec fermeture de sécurité enfant de 60 comprimé(s)",
            60,
            "comprimé",
        ),
        ("2 flacon(s) polyéthylène haute densité (PEHD) de 45 comprimé(s)", 90, "comprimé"),
        ("6 flacon(s) aluminium de 250 ml", 6, "flacon"),
        # what is said twice is counted once
        (
            "20 récipient(s) unidose(s) de 2 ml suremballée(s)/surpochée(s) par plaquette de 5 récipients",
            20,
            "récipient",
        ),
        ("3 sachets de 5 récipients unidoses polyéthylène basse densité (PEBD) de 0,4 ml", 15, "récipient"),
        # powder and solvent
        ("5 flacon de poudre en verre - 5 seringue préremplie de solvant en verre de 2 ml avec aiguille", 5, "flacon"),
        (
            "1 flacon en verre de 2500 UI - 1 seringue préremplie de 2,5 mL + 1 aiguille + 2 tampons alcoolisés",
            1,
            "flacon",
        ),
        ("1 sachet A papier de 112 g + 1 sachet B papier de 11 g", 2, "sachet"),
        # pens, syringes in pens, patches, films
        (
            "6 (3 x 2) seringues préremplies en verre de 0,5 ml dans stylo pré-rempli (conditionnement multiple)",
            6,
            "stylo",
        ),
        ("boîte de 5 stylos jetables contenant une cartouche en verre de 3 ml", 5, "stylo"),
        ("un étui de 5 sachets aluminium de 1 dispositif", 5, "dispositif"),
        ("2 sachet(s) papier kraft polyéthylène de 1 film", 2, "film"),
        # inhalers
        (
            "3 inhalateur(s) multidose(s) de 120 dose(s). Chaque inhalateur est conditionné dans un sachet",
            3,
            "inhalateur",
        ),
        ("Bande thermoformée aluminium de 90 (3 x 30) dose(s) avec 3 inhalateurs unidoses", 3, "inhalateur"),
        ("1 flacon(s) pressurisé(s) aluminium de 200 doses avec valve(s) doseuse(s)", 1, "flacon"),
        # others
        ("1000 ml en poche à trois compartiments (Polypropylène-co-éthylène) , boîte de 4", 4, "poche"),
        ("1 bouteille(s) acier de 15 l munie d'un robinet en laiton avec manodétendeur de 0 à 5 l/min", 1, "bouteille"),
        ("film(s) thermosoudé(s) PVC polyéthylène de 8 suppositoire(s)", 8, "suppositoire"),
    ],
)
def test_units_per_box(label: str, units: int, unit: str) -> None:
    read = parse_label(label)
    assert (read.units, read.unit, read.reason) == (units, unit, "")


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("1 ou plusieurs poches EVA - Spécifique au patient, jusqu’à 100 mL,", "patient-specific"),
        ("1 à 6 flacons copolymère de cyclooléfines (COC) de 1 mL", "patient-specific"),
        ("12 comprimés et 4 gélules sous plaquette (PVC/Aluminium)", "several-units"),
        ("2 flacon(s) en verre de 5,5 ml - 5 flacon(s) de 8,3 ml", "several-units"),
        ("ampoule(s) en verre de 0,9 ml", "no-count"),
        ("plaquette(s) PVC de 30", "no-count"),
        ("quelque chose", "no-unit"),
        ("", "no-unit"),
    ],
)
def test_what_a_label_does_not_say_is_not_made_up(label: str, reason: str) -> None:
    read = parse_label(label)
    assert (read.units, read.reason) == (None, reason)


def test_a_bare_number_takes_its_unit_from_the_form() -> None:
    assert parse_label("plaquette(s) PVC aluminium de 30", "comprimé pelliculé").unit == "comprimé"
    assert form_unit("gélule gastro-résistant(e)") == "gélule"
    assert form_unit("sirop") == ""


@pytest.mark.parametrize(
    ("label", "content", "unit", "doses"),
    [
        ("6 flacon(s) aluminium de 250 ml", 250, "mL", None),
        ("1 bouteille acier de 5 l munie d'un robinet", 5, "L", None),
        ("1 flacon en verre de 25 microgrammes de poudre", 0.025, "mg", None),
        ("1 flacon(s) en verre de 125 ml rempli à 100 ml", 100, "mL", None),
        ("1 flacon(s) en verre avec compte-gouttes de 5 ml", 5, "mL", None),
        ("1 flacon(s) en verre avec seringue pour administration orale de 5 ml", None, "", None),
        ("1 flacon(s) polyéthylène de 16 g (120 doses), avec pompe doseuse", 16, "g", 120),
        ("1 flacon(s) pressurisé(s) aluminium de 200 dose(s) avec valve", 200, "dose", 200),
        ("1 flacon(s) en verre de 0,5 à 15 mL", None, "", None),
        ("flacon(s) en verre de 25 microlitres à 80 microlitres", None, "", None),
        ("5 poche(s) polypropylène de 1250 ml à 3 compartiments", 1250, "mL", None),
        # 250 + 4750
        ("2 poche(s) bicompartimenté(e)(s) de 250 ml (petit compartiment A) + 4750 ml (grand)", 5000, "mL", None),
        ("1 flacon(s) en verre de 100 unité(s)", 100, "U", None),
        ("24 flacons en verre de 125 ml partiellement remplis à 50 ml", 50, "mL", None),
        ("plaquette(s) PVC de 30 comprimé(s)", None, "", None),
    ],
)
def test_content_of_a_unit(label: str, content: float | None, unit: str, doses: float | None) -> None:
    read = parse_label(label)
    assert (read.content, read.content_unit, read.doses) == (content, unit, doses)


@pytest.mark.parametrize(
    ("label", "container", "material"),
    [
        ("plaquette(s) thermoformée(s) PVC-Aluminium de 8 comprimé(s)", "plaquette", "PVC/aluminium"),
        ("1 flacon(s) polyéthylène haute densité (PEHD) de 5 ml", "flacon", "PEHD"),
        ("1 bouteille(s) aluminium ou acier de 5 l munie d'un robinet en laiton", "bouteille", "acier/aluminium"),
        ("1 flacon(s) pressurisé(s) aluminium de 200 dose(s)", "flacon pressurisé", "aluminium"),
        (
            "film(s) thermosoudé(s) aluminium polyéthylène de 8 comprimé(s)",
            "film thermosoudé",
            "aluminium/polyéthylène",
        ),
        ("1 flacon de poudre de 15 mL (verre)", "flacon", "verre"),
        ("1 seringue(s) préremplie(s) copolymère de cyclooléfines de 1 ml", "seringue", "copolymère de cyclooléfines"),
    ],
)
def test_container_and_material(label: str, container: str, material: str) -> None:
    read = parse_label(label)
    assert (read.container, read.material) == (container, material)


@given(st.integers(1, 999), st.integers(1, 200), st.sampled_from(["comprimé", "gélule", "capsule", "suppositoire"]))
def test_blisters_multiply(blisters: int, each: int, solid: str) -> None:
    read = parse_label(f"{blisters} plaquette(s) PVC aluminium de {each} {solid}(s)")
    assert (read.units, read.unit, read.container) == (blisters * each, solid, "plaquette")


@given(st.text(max_size=80))
def test_no_text_makes_it_fail(text: str) -> None:
    read = parse_label(text)
    assert isinstance(read, Label)
    assert (read.units is None) == bool(read.reason)
