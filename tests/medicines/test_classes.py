"""Which medicines may be priced by the mass of their active substance."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.medicines.classes import (
    CLASSES,
    canonical,
    exclusion,
    is_injected,
    sterilisation_kgco2e,
    substance_class,
)
from decarb.medicines.figures import figure
from decarb.resources import data_folder, read_rows

BDPM = Path(__file__).parents[2].parent / "shared" / "data" / "bdpm"


def product(*substances, form="comprimé", atc="", routes=("orale",), mass_mg=None, units=1.0, **box):
    presentation = {
        "container": "",
        "material": "",
        "unit": "",
        "content": None,
        "content_unit": "",
        "label": "",
        **box,
    }
    return SimpleNamespace(
        name="",
        form=form,
        atc=atc,
        routes=routes,
        substances=substances,
        substance_class=substance_class(form, atc, substances),
        presentation=SimpleNamespace(active_mass_mg=mass_mg, units=units, **presentation),
    )


@pytest.mark.parametrize(
    ("expected", "substances"),
    [
        ("", ["PARACETAMOL"]),
        ("", ["AMOXICILLINE TRIHYDRATEE", "CLAVULANATE DE POTASSIUM", "ACIDE CLAVULANIQUE"]),
        ("", ["PERINDOPRIL ARGININE", "PERINDOPRIL"]),
        ("", ["DL-LYSINE (ACETYLSALICYLATE DE)"]),
        ("", ["PHOSPHATE DE CODEINE HEMIHYDRATE"]),
        ("", ["PHOSPHATE DISODIQUE DE BETAMETHASONE"]),
        ("", ["CHLORURE DE SUXAMETHONIUM"]),
        ("", ["MORPHINE BASE ANHYDRE"]),
        ("", ["CICLOSPORINE"]),
        ("", ["ESOMEPRAZOLE MAGNESIUM TRIHYDRATE"]),
        ("", ["ESTER BORONIQUE DE MANNITOL", "BORTEZOMIB"]),
        ("", ["PARACETAMOL", "POUDRE D'OPIUM", "CAFEINE"]),
        ("gas", ["OXYGENE"]),
        ("gas", ["PROTOXYDE D'AZOTE", "OXYGENE"]),
        ("gas", ["SEVOFLURANE"]),
        ("electrolyte", ["SODIUM (CHLORURE DE)"]),
        ("electrolyte", ["MAGNESIUM (SULFATE DE) HEPTAHYDRATE"]),
        ("glucose", ["GLUCOSE MONOHYDRATE", "GLUCOSE ANHYDRE"]),
        ("glucose", ["CHLORURE DE SODIUM", "GLUCOSE ANHYDRE"]),
        ("nutrition", ["ALANINE", "LEUCINE", "VALINE", "GLUCOSE ANHYDRE", "ACIDE ASCORBIQUE"]),
        ("biologic", ["ADALIMUMAB"]),
        ("biologic", ["TRASTUZUMAB DERUXTECAN"]),
        ("biologic", ["ETANERCEPT"]),
        ("biologic", ["INSULINE GLARGINE"]),
        ("biologic", ["ENOXAPARINE SODIQUE"]),
        ("biologic", ["ALTEPLASE"]),
        ("biologic", ["EPOETINE THETA"]),
        ("biologic", ["NUSINERSEN SODIQUE"]),
        ("biologic", ["LISOCABTAGENE MARALEUCEL"]),
        ("blood_product", ["IMMUNOGLOBULINE HUMAINE NORMALE (PLASMATIQUE)"]),
        ("peptide", ["ACETATE D'OCTREOTIDE", "OCTREOTIDE"]),
        ("peptide", ["TRIPTORELINE (EMBONATE DE)"]),
        ("vaccine", ["VIRUS DE L'HEPATITE A SOUCHE GBM INACTIVE ADSORBE"]),
        ("vaccine", ["TOZINAMERAN"]),
        ("contrast", ["IOHEXOL", "IODE"]),
        ("contrast", ["ACIDE GADOTERIQUE", "OXYDE DE GADOLINIUM"]),
        ("radiopharmaceutical", ["FLUDESOXYGLUCOSE [18F]"]),
        ("radiopharmaceutical", ["SODIUM (PERTECHNETATE [99M TC] DE)"]),
        ("commodity", ["UREE [13C]"]),
        ("commodity", ["MACROGOL 3350", "CHLORURE DE SODIUM", "ACIDE ASCORBIQUE"]),
        ("homeopathy", ["ARNICA MONTANA POUR PREPARATIONS HOMEOPATHIQUES"]),
        ("homeopathy", ["AQUA MARINA POUR PREPARATIONS HOMEPATHIQUES"]),
        ("plant", ["VIGNE ROUGE (FEUILLE DE) (EXTRAIT SEC DE)"]),
        ("allergen", ["ABEILLE (VENIN D')"]),
        ("mineral_or_water", ["EAU POUR PREPARATIONS INJECTABLES"]),
        ("mineral_or_water", ["CALCIUM (CARBONATE DE)", "CHOLECALCIFEROL"]),
        ("mineral_or_water", ["HYDROGENE (PEROXYDE D'), SOLUTION DE, A 3 POUR CENT"]),
    ],
)
def test_the_class_by_substances(expected, substances):
    assert exclusion(product(*substances)) == expected


def test_the_class_by_form_and_by_atc_where_the_substances_say_nothing():
    assert exclusion(product("EXAMETAZIME", form="trousse radiopharmaceutique")) == "radiopharmaceutical"
    assert exclusion(product(form="gaz pour inhalation")) == "gas"
    assert exclusion(product("PROTEINE INCONNUE", atc="J07BM02")) == "vaccine"
    assert exclusion(product("VERTEPORFINE", atc="S01LA01")) == ""


def test_names_are_read_as_the_rules_write_them():
    assert canonical("Sodium (chlorure de)") == "CHLORURE DE SODIUM"
    assert canonical("AZOTE (MONOXYDE D’)") == "MONOXYDE DE AZOTE"
    assert canonical("CITRIQUE (ACIDE) ANHYDRE") == "ACIDE CITRIQUE ANHYDRE"


def injectable(mass_mg, **box):
    routes = ("intraveineuse",)
    return product("KETOPROFENE", form="solution injectable", routes=routes, mass_mg=mass_mg, **box)


def test_an_injectable_whose_pack_outweighs_its_substance_is_of_low_dose():
    # ampoule of 2 mL: 4.9 g x 4.3 = 21.07 g CO2e, 2 mL x 0.86 g/mL = 1.72 g; 22.79 g / 65 g per g = 350.6 mg
    box = {"container": "ampoule", "material": "verre", "content": 2, "content_unit": "ml"}
    assert exclusion(injectable(350, **box)) == "low_dose_injectable"
    assert exclusion(injectable(351, **box)) == ""


def test_the_threshold_is_for_one_unit():
    box = {"container": "ampoule", "material": "verre", "content": 2, "content_unit": "ml", "units": 10.0}
    assert exclusion(injectable(3500, **box)) == "low_dose_injectable"
    assert exclusion(injectable(3510, **box)) == ""


def test_the_morphine_of_a_bag_is_a_tenth_of_its_emissions():
    # 100 mg x 65 = 6.5 g CO2e, against 95 g of packaging and 86 g of filling and sterilisation
    bag = {"container": "poche", "material": "", "content": 100, "content_unit": "ml"}
    assert exclusion(injectable(100, **bag)) == "low_dose_injectable"
    assert sterilisation_kgco2e("solution injectable", 100, "mL") == pytest.approx(0.086)


def test_filling_and_sterilisation_is_a_figure_with_its_source():
    # 86 g CO2e for a bag of 100 mL
    found = figure("filling-and-sterilisation")
    assert found.value == pytest.approx(0.086 / 100)
    assert (found.unit, found.source) == ("kgCO2e/mL", "mcalister-morphine-2016")


def test_a_gram_of_antibiotic_powder_is_not_of_low_dose():
    # a vial of unknown size: 11.4 g x 4.3 = 49 g CO2e, a powder is not sterilised in it; 1 g x 65 = 65 g
    vials = {"container": "flacon", "material": "verre", "units": 10.0}
    form = "poudre pour solution injectable"
    assert exclusion(product("CEFTRIAXONE", form=form, mass_mg=10_000, **vials)) == ""
    assert exclusion(product("CEFTRIAXONE", form=form, mass_mg=5_000, **vials)) == "low_dose_injectable"
    assert sterilisation_kgco2e(form, 10, "ml") == 0


def test_nothing_is_of_low_dose_that_is_swallowed_or_whose_mass_is_unknown():
    assert exclusion(product("DIGOXINE", mass_mg=7.5, units=30.0)) == ""
    assert exclusion(injectable(None)) == ""


@pytest.mark.parametrize(
    ("form", "routes", "expected"),
    [
        ("solution injectable", (), True),
        ("solution à diluer pour perfusion", (), True),
        ("solution", ("intravitréenne",), True),
        ("implant", ("sous-cutanée",), True),
        ("comprimé", ("orale",), False),
        ("gel", ("cutanée",), False),
    ],
)
def test_what_is_injected(form, routes, expected):
    assert is_injected(form, routes) is expected


SUBSTANCES = st.lists(st.sampled_from(["PARACETAMOL", "ADALIMUMAB", "ZINC", "ALANINE", "GLUCOSE ANHYDRE"]), max_size=4)


@given(SUBSTANCES)
def test_the_order_of_substances_does_not_matter(substances):
    assert substance_class("", "", substances) == substance_class("", "", substances[::-1])


@given(SUBSTANCES)
def test_a_biologic_excludes_whatever_it_is_mixed_with(substances):
    assert substance_class("", "", [*substances, "ADALIMUMAB"]) == "biologic"


@given(st.text(max_size=40))
def test_any_name_has_a_class_of_the_list_or_none(name):
    assert substance_class(name, name, [name]) in {"", *CLASSES}


def test_every_rule_is_of_a_known_class_and_says_why():
    rows = list(read_rows(data_folder("emission_factors") / "medicines" / "substance_classes.csv"))
    assert {row["class"] for row in rows} == set(CLASSES) - {"low_dose_injectable"}
    assert all(row["reason"] and row["source"] for row in rows)
    assert len({(row["kind"], row["pattern"]) for row in rows}) == len(rows)


def test_the_whole_database_is_classed():
    if not (BDPM / "CIS_COMPO_bdpm.txt").is_file():
        pytest.skip("the BDPM is not beside the repository (../shared/data/bdpm)")
    found = classes_of(BDPM)
    assert len(found) == 15_848
    kept = sum(1 for name in found.values() if not name)
    assert 0.74 < kept / len(found) < 0.76
    assert set(found.values()) == {"", *CLASSES} - {"low_dose_injectable"}


def classes_of(folder):
    """Class of each speciality of the database in `folder`, by its CIS code."""
    compositions = {}
    for row in rows_of(folder / "CIS_COMPO_bdpm.txt"):
        compositions.setdefault(row[0], []).append(row[3])
    atc = {row[0]: row[1] for row in rows_of(folder / "CIS_MITM.txt")}
    specialities = rows_of(folder / "CIS_bdpm.txt")
    return {row[0]: substance_class(row[2], atc.get(row[0], ""), compositions.get(row[0], [])) for row in specialities}


def rows_of(path):
    text = path.read_bytes().decode("cp1252", errors="replace")
    return [line.split("\t") for line in text.splitlines() if line.strip()]


def test_a_small_database_of_the_same_form_is_classed(tmp_path):
    (tmp_path / "CIS_bdpm.txt").write_bytes("1\tA\tcomprimé\torale\r\n2\tB\tgaz\tinhalée\r\n".encode("cp1252"))
    (tmp_path / "CIS_COMPO_bdpm.txt").write_bytes("1\tcomprimé\t1\tPARACÉTAMOL\t1 g\r\n".encode("cp1252"))
    (tmp_path / "CIS_MITM.txt").write_bytes(b"1\tN02BE01\tA\t\r\n")
    assert classes_of(tmp_path) == {"1": "", "2": "gas"}
