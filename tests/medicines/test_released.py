"""Gases released by a box: masses worked out by hand, and the table against the tables that it is made of."""

import csv
from pathlib import Path

import pytest

from decarb.factors import load_factors
from decarb.medicines.gas_tables import containers, densities, mixture_kg_per_m3
from decarb.medicines.inhaler_tables import inhalers
from decarb.medicines.released import Released, released_codes, released_gases
from decarb.resources import data_folder, read_rows

TABLE = data_folder("emission_factors") / "medicines" / "released_gases.csv"
BDPM = Path(__file__).parents[2].parent / "shared" / "data" / "bdpm"
LIBRARY = load_factors()


def only(code: str, year: int = 2025) -> Released:
    (found,) = released_gases(code, year)
    return found


@pytest.mark.parametrize(
    ("code", "substance", "mass_kg", "status"),
    [
        ("3400957562632", "desflurane", 6 * 0.3516, "read"),  # Suprane, 6 bottles of 240 mL, 351.6 g each
        ("3400955024637", "desflurane", 6 * 0.25 * 1.465, "derived"),  # Piramal, 6 x 250 mL x 1.465 kg/L
        ("3400955047575", "sevoflurane", 6 * 0.25 * 1.52, "derived"),  # Baxter, 6 x 250 mL x 1.52 kg/L
        ("3400956316274", "sevoflurane", 0.25 * 1.52, "derived"),  # Sevorane, one bottle of 250 mL
        ("3400955069317", "sevoflurane", 6 * 0.25 * 1.52, "derived"),  # Sojourn, whose composition says SEVORANE
        ("3400955083399", "isoflurane", 6 * 0.25 * 1.496, "derived"),  # Cedaconda, 6 x 250 mL x 1.496 kg/L
        ("3400956255788", "n2o", 3.75, "read"),  # Air Liquide, 5 L
        ("3400956255900", "n2o", 35, "read"),  # 47 L
        ("3400956256099", "n2o", 315, "read"),  # frame of 9 x 47 L
        ("3400956254378", "n2o", 3.75, "derived"),  # Linde, 5 L: printed by another supplier
        ("3400956254897", "n2o", 280, "derived"),  # frame of 8 x 47 L: 8 x 35 kg
        ("3400956255559", "n2o", 337.5, "derived"),  # frame of 9 x 50 L x 0.75 kg/L
        ("3400922410739", "n2o", 0.542, "derived"),  # Entonox 2 L, 0.59 m3 x 0.9185 kg/m3
        ("3400922410968", "n2o", 1.350, "derived"),  # 5 L, 1.47 m3
        ("3400958295881", "n2o", 4.042, "derived"),  # 15 L, 4.4 m3
        ("3400939642307", "n2o", 1.350, "assumed"),  # Kalinox 5 L: volume read for Entonox
        ("3400934438738", "hfc-134a", 0.01856, "assumed"),  # Ventoline: middle of 17.32 and 19.8 g
        ("3400926648794", "hfc-227ea", 0.011, "assumed"),  # Flutiform: 11 g
    ],
)
def test_masses_of_a_box(code: str, substance: str, mass_kg: float, status: str) -> None:
    found = only(code)
    assert (found.substance, found.status) == (substance, status)
    assert found.mass_kg == pytest.approx(mass_kg, abs=5e-4 if substance == "n2o" else 1e-6)


def test_a_ventoline_releases_26_to_30_kg_under_ar6() -> None:
    found = only("3400934438738")
    assert found.low_kg is not None
    assert found.high_kg is not None
    # 17.32 g and 19.8 g x 1530
    assert (found.low_kg * 1530, found.high_kg * 1530) == pytest.approx((26.5, 30.3), abs=0.05)


def test_a_mass_that_nothing_gives_is_unknown_with_its_reason() -> None:
    for code, words in (
        ("3400956255610", "evaporator"),  # filled by a tanker
        ("3400956216529", "135 bar"),  # Antasol 135
        ("3400930219300", "propellant read"),  # Trixeo
    ):
        found = only(code)
        assert (found.mass_kg, found.low_kg, found.high_kg, found.status) == (None, None, None, "unknown")
        assert words in found.basis
        assert found.basis_in("fr") != found.basis_in("en")


def test_a_change_of_propellant_is_a_new_dated_row() -> None:
    assert "by batch" not in only("3400930219300", 2025).basis
    assert "HFO-1234ze(E) by batch" in only("3400930219300", 2026).basis


def test_a_medicine_without_gas_releases_nothing() -> None:
    assert released_gases("3400935658432", 2025) == ()  # Symbicort Turbuhaler, dry powder
    assert "3400935658432" not in released_codes()


def test_every_row_has_a_known_substance_a_source_and_ordered_bounds() -> None:
    for row in read_rows(TABLE):
        assert row["substance"] in LIBRARY.substances
        assert (row["substance"], "AR6") in LIBRARY.gwp
        assert row["source"] in LIBRARY.sources
        assert row["kind"] in ("anaesthetic", "analgesic", "propellant")
        assert row["status"] in ("read", "derived", "assumed", "unknown")
        assert row["basis"]
        assert row["basis_fr"]
        masses = [row["mass_low_kg"], row["mass_kg_per_box"], row["mass_high_kg"]]
        if row["status"] == "unknown":
            assert masses == ["", "", ""]
        else:
            low, mass, high = map(float, masses)
            assert 0 < low <= mass <= high


def test_rows_of_one_code_do_not_overlap() -> None:
    for code in released_codes():
        for year in range(2019, 2031):
            assert len(released_gases(code, year)) == 1


def test_the_mass_of_an_inhaler_is_that_of_its_class_times_its_devices() -> None:
    folder = data_folder("emission_factors") / "medicines"
    grams = {row["class"]: float(row["mass_gram"]) for row in read_rows(folder / "inhaler_classes.csv")}
    classes = {row["cip13"]: row["class"] for row in read_rows(folder / "inhaler_presentations.csv")}
    propellants = [row for row in read_rows(TABLE) if row["kind"] == "propellant" and row["mass_kg_per_box"]]
    assert len(propellants) == 72
    for row in propellants:
        expected = grams[classes[row["cip13"]]] / 1000 * inhalers()[row["cip13"]].devices_per_box
        assert float(row["mass_kg_per_box"]) == pytest.approx(expected, rel=1e-9)


def test_every_metered_dose_inhaler_has_a_row_and_no_other_device_has_one() -> None:
    metered = {code for code, inhaler in inhalers().items() if inhaler.device == "pmdi"}
    assert len(metered) == 74
    propellants = {row["cip13"] for row in read_rows(TABLE) if row["kind"] == "propellant"}
    assert propellants == metered


def test_tables_that_say_a_density_agree() -> None:
    for product, density in densities().items():
        figure = LIBRARY.properties.get((product, "density"))
        if figure is not None:
            assert density.kg_per_litre == figure.value
            assert density.basis.source == figure.source


def test_every_container_has_a_source_and_mixtures_hold_half_their_molecules() -> None:
    # 0.5 x 44.013 g/mol x 100000 Pa / (8.314462618 x 288.15 K) = 0.91854 kg/m3
    assert mixture_kg_per_m3()[0] == pytest.approx(0.91854, abs=1e-5)
    assert all(row.basis.source in LIBRARY.sources for row in containers())


@pytest.mark.skipif(not BDPM.is_dir(), reason="the public medicines database is not beside this checkout")
def test_every_anaesthetic_presentation_of_the_real_database_has_a_row() -> None:
    def rows(name: str, encoding: str) -> list[list[str]]:
        with (BDPM / name).open(encoding=encoding, newline="") as stream:
            return list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))

    wanted = ("DESFLURANE", "SÉVOFLURANE", "SEVORANE", "ISOFLURANE", "HALOTHANE", "PROTOXYDE D'AZOTE")
    specialities = {row[0] for row in rows("CIS_COMPO_bdpm.txt", "cp1252") if row and row[3].strip() in wanted}
    presentations = {row[6] for row in rows("CIS_CIP_bdpm.txt", "utf-8") if row and row[0] in specialities}
    assert len(presentations) > 40
    assert presentations - released_codes() == set()
