"""The importer of the Base Carbone: every row kept or set aside, every form of the file one library."""

from collections import Counter

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from decarb.errors import InvalidLibraryError, UsageError
from decarb.factors import load_factors
from decarb.factors.importers import import_base
from decarb.factors.importers.base_carbone import read_base_carbone
from decarb.factors.library import factor_value
from decarb.factors.package import Package
from decarb.factors.tables import digest_of, layer_over
from decarb.resources import read_rows
from decarb.units import Unit
from tests.factors.importers.base_carbone_files import HEADER, element, gas_network, post, write
from tests.whole_base_carbone import whole_base_carbone

PACKAGED = load_factors()


@pytest.fixture
def read(tmp_path):
    """Return a function that reads rows as an export: the stack, and the account."""

    def write_and_read(*rows, **form):
        path = write(tmp_path / "Base_Carbone_V9.1.csv", rows, **form)
        imported = read_base_carbone(path, PACKAGED)
        library = layer_over(PACKAGED, imported.tables, "base", str(path), Package())
        return library, imported.account

    return write_and_read


def aside(account):
    return [tuple(row) for row in account.tables()["set_aside"].rows]


def found(account):
    return [(int(row[0]), row[1], row[2]) for row in account.tables()["findings"].rows]


def gases(part):
    return {
        name: part.gas(name) for name in ("co2_fossil", "ch4_fossil", "n2o", "unsplit", "other", "sf6", "co2_biogenic")
    }


# What an element becomes


def test_an_element_is_a_factor_under_its_id(read):
    library, account = read(element(42, **{"Qualité TeR": "4", "Qualité GR": "0", "Qualité C": "5"}))
    factor = library.by_id["base-carbone:42"]
    assert (factor.name_fr, factor.name_en) == ("Papier inventé", "Invented paper")
    assert factor.unit == Unit("kg")
    assert factor_value(library, factor) == 1.5
    assert factor.activities == ("paper_cardboard", "packaging")
    assert (factor.default_activity, factor.domain) == ("paper_cardboard", "purchases")
    assert factor.geographies == ("FR-MAINLAND",)
    assert (factor.valid_to, factor.source_date, factor.source_row) == ("2099-12-31", "2024-05-06", 2)
    # 0 says that nobody gave a note; the base has no note of reliability
    assert factor.quality == (None, 4, None, None, 5)
    assert (factor.uncertainty_percent, factor.uncertainty_origin) == (20, "published")
    assert library.sources[factor.source].attribution == "ADEME, Base Carbone v9.1"
    assert (account.rows_read, account.rows_kept, aside(account)) == (1, 1, [])


def test_posts_are_parts_and_are_not_counted_again(read):
    library, account = read(*gas_network())
    factor = library.by_id["base-carbone:7"]
    assert factor_value(library, factor) == pytest.approx(0.24, abs=1e-12)
    burnt, upstream = factor.parts
    assert (burnt.stage, upstream.stage) == ("combustion", "upstream")
    # 0.2 - 0.19 - 0.004 - 0.005 = 0.001 is left over; CO2 b is read where it is released, not where it is taken up
    assert gases(burnt)["unsplit"] == 0.001
    assert gases(burnt)["co2_biogenic"] == 0.012
    assert gases(upstream) == {
        "co2_fossil": 0.03, "ch4_fossil": 0.01, "n2o": None, "unsplit": 0.0, "other": None, "sf6": None,
        "co2_biogenic": None,
    }  # fmt: skip
    assert (account.rows_read, account.rows_kept) == (3, 3)


def test_further_gases_go_by_their_code_which_stands_on_the_element(read):
    flight = {"Code de la catégorie": "Transport de personnes > Aérien", "Unité français": "kgCO2e/passager.km"}
    code, value = "Code gaz supplémentaire 1", "Valeur gaz supplémentaire 1"
    library, _ = read(
        element(1, **flight, **{"Total poste non décomposé": "3", code: "Divers", value: "1"}),
        post(1, "Combustion", "2", **flight, CO2f="1", **{value: "1"}),
        post(1, "Amont", "1", **flight, CO2f="1", **{value: "0"}),
        element(2, **{"Total poste non décomposé": "2", "CO2f": "1", "Autres GES": "0.5", code: "SF6", value: "0.5"}),
    )
    combustion, upstream = library.by_id["base-carbone:1"].parts
    assert (gases(combustion)["other"], gases(upstream)["other"]) == (1, None)
    (part,) = library.by_id["base-carbone:2"].parts
    assert (gases(part)["other"], gases(part)["sf6"]) == (0.5, 0.5)


def test_without_a_split_nothing_is_made_up(read):
    library, _ = read(element(1))
    (part,) = library.by_id["base-carbone:1"].parts
    assert {name for name, amount in gases(part).items() if amount is not None} == {"unsplit"}


def test_a_negative_element_stands_beside_every_total(read):
    library, _ = read(element(1, **{"Total poste non décomposé": "-214"}))
    factor = library.by_id["base-carbone:1"]
    assert factor_value(library, factor) == 0
    assert factor.parts[0].gas("avoided") == -214


@pytest.mark.parametrize(
    ("category", "kind", "label", "stage"),
    [
        ("Combustibles > Fossiles", "Combustion", "", "combustion"),
        ("Electricité > Mix réseau électrique", "Combustion à la centrale", "", "combustion_at_plant"),
        ("Electricité > Mix réseau électrique", "Transport et distribution", "Pertes", "transmission_and_distribution"),
        ("Electricité > Moyen de production > Renouvelables", "Combustion", "", "upstream"),
        ("Transport de personnes > Routier > Voiture particulière", "Amont", "Fabrication du véhicule", "manufacture"),
        ("Achats de biens > Mobilier", "Energie", "Assemblage", "manufacture"),
        ("Achats de biens > Eau,  traitement et distribution d'eau", "Energie", "réseaux", "upstream"),
        ("Traitement des déchets > Eaux usées", "Intrants", "réactifs", "end_of_life"),
    ],
)
def test_stage_of_a_post(read, category, kind, label, stage):
    # one half of the total in each of two posts, so that the element's own total stays their sum
    cells = {"Code de la catégorie": category, "Nom poste français": label}
    library, _ = read(element(1, **cells), post(1, kind, "0.5", **cells), post(1, kind, "1", **cells))
    assert {part.stage for part in library.by_id["base-carbone:1"].parts} == {stage}


@pytest.mark.parametrize(
    ("location", "sub_location", "places", "locality"),
    [
        ("France continentale", "", ("FR-MAINLAND",), ""),
        ("France continentale", "France", ("FR",), ""),
        ("France continentale", "Bretagne, Rennes", ("FR-MAINLAND",), "Bretagne, Rennes"),
        ("Outre-mer", "Corse", ("FR-20R",), ""),
        ("Outre-mer", "La Réunion", ("RE",), ""),
        ("Outre-mer", "Guadeloupe, Martinique, Guyane, Corse", ("GP", "MQ", "GF", "FR-20R"), ""),
        ("Outre-mer", "Polynésie Française - hors Tahiti", ("PF",), "Polynésie Française - hors Tahiti"),
        ("Monde", "", ("WORLD",), ""),
        ("Monde", "Asie", ("ASIA",), ""),
        ("Autre pays du monde", "Pays Bas", ("NL",), ""),
        ("Autre pays du monde", "Royaume-Uni", ("GB",), ""),
    ],
)
def test_place_of_an_element(read, location, sub_location, places, locality):
    cells = {
        "Localisation géographique": location,
        "Sous-localisation géographique français": sub_location,
    }
    library, account = read(element(1, **cells))
    factor = library.by_id["base-carbone:1"]
    assert (factor.geographies, factor.locality) == (places, locality)
    assert not found(account)


def test_a_place_that_is_not_known_is_said(read):
    cells = {"Localisation géographique": "Autre pays du monde", "Sous-localisation géographique français": "Atlantide"}
    library, account = read(element(1, **cells))
    assert library.by_id["base-carbone:1"].geographies == ("WORLD",)
    assert library.by_id["base-carbone:1"].locality == "Atlantide"
    assert found(account) == [(2, "base-carbone:1", "source-place-unknown")]


@pytest.mark.parametrize(
    ("text", "last_day", "damaged"),
    [
        ("2026-02-24", "2026-02-24", False),
        ("31/12/2024", "2024-12-31", False),
        ("2023", "2023-12-31", False),
        ("Année 2020", "2020-12-31", False),
        ("Données valides pour l'année 2024", "2024-12-31", False),
        # created on 2020-01-02
        ("3 ans", "2023-01-02", False),
        ("", "", False),
        # a spreadsheet counts days from 1899-12-30: 45362 - 45292 (2024-01-01) = 70 days on
        ("45362", "2024-03-11", True),
        ("déc.-18", "2018-12-31", True),
        ("févr.-20", "2020-02-29", True),
        ("2024-02-31", "", True),
        ("bientôt", "", True),
    ],
)
def test_validity_whatever_a_spreadsheet_made_of_it(read, text, last_day, damaged):
    library, account = read(element(1, **{"Période de validité": text}))
    assert library.by_id["base-carbone:1"].valid_to == last_day
    assert found(account) == ([(2, "base-carbone:1", "source-date-damaged")] if damaged else [])


@pytest.mark.parametrize(
    ("unit", "category", "read_as"),
    [
        ("kgCO2e/KWh PCI", "Combustibles", Unit("kWh", ("PCI",))),
        ("kgCO2e/TEP PCI", "Combustibles", Unit("toe", ("PCI",))),
        ("kgCO2e/km", "Transport de personnes > Routier", Unit("vehicle.km")),
        ("kgCO2e/mL", "Achats de biens", Unit("m")),
        ("kgCO2e/keuro (2023) HT", "Achats de biens > Ratios monétaires", Unit("kEUR", ("HT",), 2023)),
        ("kgCO2e/keuro", "Achats de biens > Ratios monétaires", Unit("kEUR", ("tax unstated",))),
        ("kgCO2e/m2 SHON", "Achats de biens", Unit("m2", ("SHON",))),
    ],
)
def test_unit_of_an_element(read, unit, category, read_as):
    library, _ = read(element(1, **{"Unité français": unit, "Code de la catégorie": category}))
    assert library.by_id["base-carbone:1"].unit == read_as


def test_food_by_net_weight_is_raw_or_cooked_where_its_name_says_so(read):
    food = {
        "Unité français": "kgCO2e/kg de poids net",
        "Code de la catégorie": "Achats de biens > Produits agro-alimentaires, plats préparés et boissons",
    }
    library, _ = read(
        element(1, **food, **{"Nom base français": "Boeuf, steak, cru"}),
        element(2, **food, **{"Nom base français": "Boeuf, steak, cuit"}),
        element(3, **food, **{"Nom base français": "Crudités"}),
    )
    bases = [library.by_id[f"base-carbone:{number}"].unit.bases for number in (1, 2, 3)]
    assert list(map(set, bases)) == [{"net weight", "raw"}, {"net weight", "cooked"}, {"net weight"}]


# Gases released


RELEASE = {
    "Code de la catégorie": "Process et émissions fugitives > PRG à 100 ans issus du 6eme rapport du GIEC > Divers",
    "Localisation géographique": "Monde",
}


def released(identifier, name, total):
    return element(identifier, **RELEASE, **{"Nom base français": name, "Total poste non décomposé": total})


@pytest.mark.parametrize(
    ("name", "gas"),
    [
        ("HFC-32", "hfc"),
        ("HFO-1234yf", "hfc"),
        ("PFC-14", "pfc"),
        ("HCFC-22", "outside_kyoto"),
        ("HCFE-235da2", "outside_kyoto"),
        ("Halon-1301", "outside_kyoto"),
        ("Chloroform", "outside_kyoto"),
        ("HFE-125", "other"),
        ("Ethane", "other"),
        ("Methane - fossil", "ch4_fossil"),
        ("Methane - non fossil", "ch4_biogenic"),
        ("Sulfur hexafluoride", "sf6"),
    ],
)
def test_gas_column_of_a_release(read, name, gas):
    library, _ = read(released(1, name, "100"))
    (part,) = library.by_id["base-carbone:1"].parts
    assert (part.stage, part.gas(gas)) == ("release", 100)
    assert part.total == (0 if gas == "outside_kyoto" else 100)


def test_a_blend_is_split_by_its_composition_and_keeps_its_published_value(read):
    # R-410A: 50 % HFC-32 (771) and 50 % HFC-125 (3740) = 2255.5; published 2256, of which 0.5 is left over
    library, account = read(released(1, "R410a", "2256"))
    (part,) = library.by_id["base-carbone:1"].parts
    assert (part.gas("hfc"), part.gas("unsplit"), part.total) == (2255.5, 0.5, 2256)
    assert not found(account)


def test_a_blend_that_is_not_its_composition_is_doubtful(read):
    # R-507A is 50 % HFC-125 (3740) and 50 % HFC-143a (5810) = 4775; 2635 is the mean of HFC-125 and HFC-134a
    library, account = read(released(43638, "R507a", "2635"))
    factor = library.by_id["base-carbone:43638"]
    assert (factor.status, factor_value(library, factor)) == ("doubtful", 2635)
    assert found(account) == [(2, "base-carbone:43638", "source-blend-differs")]


def test_a_release_is_restated_to_another_gwp_set(read):
    # published with AR6; HFC-134a is 1530 in AR6 and 1430 in AR4
    library, _ = read(released(1, "HFC-134a", "1530"))
    factor = library.by_id["base-carbone:1"]
    assert factor_value(library, factor, "AR6") == 1530
    assert factor_value(library, factor, "AR4") == pytest.approx(1430, rel=1e-12)


def test_a_gas_released_is_refused_in_a_set_that_has_no_value_for_it(read):
    # its value is its GWP: HFC-329p is not among the AR4 values of the library, and AR6 is another figure
    library, _ = read(released(1, "HFC-329p", "2890"))
    factor = library.by_id["base-carbone:1"]
    assert factor_value(library, factor, "AR6") == 2890
    assert factor_value(library, factor, "AR4") is None
    with pytest.raises(UsageError, match="has no value in AR4"):
        library.parts_of(factor, "AR4")


def test_the_uncertainty_of_a_gwp_is_left_out(read):
    library, _ = read(released(1, "HFC-134a", "1530"))
    assert (library.by_id["base-carbone:1"].uncertainty_origin, library.by_id["base-carbone:1"].gsd2) == ("none", 1)


def test_an_element_that_is_packaged_serves_what_its_packaged_copy_serves(read):
    # 43125 is desflurane, under its chemical name
    library, _ = read(released(43125, "HCFE-236ea2", "2590"))
    factor = library.by_id["base-carbone:43125"]
    assert (factor.default_activity, factor.substance) == ("anaesthetic_gas", "desflurane")


def test_the_order_of_the_rows_changes_nothing(tmp_path):
    year = "Nom attribut français"
    rows = [*gas_network(), element(1, **{year: "2022"}), element(2, **{year: "2023"}), element(30, CO2f="0.5")]
    one = read_base_carbone(write(tmp_path / "a_V9.1.csv", rows), PACKAGED)
    other = read_base_carbone(write(tmp_path / "b_V9.1.csv", rows[::-1]), PACKAGED)
    assert digest_of(one.tables) == digest_of(other.tables)


def test_an_english_name_keeps_in_french_what_is_not_translated(read):
    cells = {
        "Nom base anglais": "",
        "Nom frontière français": "PRG à 100 ans",
        "Nom frontière anglais": "GWP 100 years",
    }
    library, _ = read(element(1, **cells), element(2, **{"Nom base anglais": ""}))
    assert library.by_id["base-carbone:1"].name_en == "Papier inventé - GWP 100 years"
    assert library.by_id["base-carbone:2"].name_en == ""


# What is set aside, and what is found


def test_each_row_is_kept_or_set_aside_with_its_reason(read):
    library, account = read(
        element(1),
        element(2, **{"Statut de l'élément": "Archivé"}),
        post(2, "Amont", "1"),
        element(3, **{"Type de l'élément": "Données source"}),
        element(4, **{"Total poste non décomposé": ""}),
        element(5, **{"Total poste non décomposé": "févr-12"}),
        element(6, **{"Unité français": "kgCO2e/furlong"}),
        element(1, **{"Total poste non décomposé": "9"}),
        post(99, "Amont", "1"),
        element("", **{"Nom base français": "Sans numéro"}),
        element(7, **{"Statut de l'élément": "en discussion"}),
        element(8, **{"Type Ligne": "Total"}),
        element(9),
        post(9, "Magie", "1.5"),
        element(10, CO2f="1,2,3x"),
    )
    assert [(row, reason) for row, _, _, reason, _ in aside(account)] == [
        ("3", "archived"),
        ("4", "archived"),
        ("5", "not-a-factor"),
        ("6", "no-value"),
        ("7", "number-damaged"),
        ("8", "unit-unknown"),
        ("9", "duplicate-id"),
        ("10", "part-without-element"),
        ("11", "no-identifier"),
        ("12", "status-unknown"),
        ("13", "line-type-unknown"),
        ("14", "post-type-unknown"),
        ("15", "post-type-unknown"),
        ("16", "number-damaged"),
    ]
    details = {row: detail for row, _, _, _, detail in aside(account)}
    assert (details["7"], details["8"], details["14"], details["16"]) == (
        "févr-12",
        "kgCO2e/furlong",
        "Magie",
        "1,2,3x",
    )
    assert factor_value(library, library.by_id["base-carbone:1"]) == 1.5
    assert list(library.tables[-1]) == ["base-carbone:1"]
    assert account.rows_read == account.rows_kept + sum(account.reasons.values()) == 15


def test_an_archived_id_is_retired_and_says_when(read):
    library, _ = read(element(1), element(25019, **{"Statut de l'élément": "Archivé"}))
    assert library.retired["base-carbone:25019"].reason == "archivé, modifié le / archived, modified 2024-05-06"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ('"""Barre """"équilibre"""" aux fruits"""', 'Barre "équilibre" aux fruits'),
        ('"""\tSalade César au poulet (salade verte"""', "Salade César au poulet (salade verte"),
        ('"""Céréales (non enrichies', "Céréales (non enrichies"),
    ],
)
def test_quotes_of_an_export_are_taken_off_and_said(read, name, clean):
    library, account = read(element(1, **{"Nom base français": name}))
    assert library.by_id["base-carbone:1"].name_fr == clean
    assert found(account) == [(2, "base-carbone:1", "source-quoted-name")]


def test_text_read_in_a_wrong_encoding_is_mended_and_said(read):
    library, account = read(element(1, **{"Nom base français": "DÃ©chets mÃ©langÃ©s"}))
    assert library.by_id["base-carbone:1"].name_fr == "Déchets mélangés"
    assert found(account) == [(2, "base-carbone:1", "source-mojibake")]


def test_parts_or_gases_that_do_not_add_up_are_found(read):
    rows = [
        element(1, **{"Total poste non décomposé": "3"}),
        post(1, "Combustion", "1"),
        post(1, "Amont", "1"),
        element(2, **{"Total poste non décomposé": "3"}, CO2f="1"),
        # three significant digits explain 0.005 + 0.005 + 0.0005
        element(3, **{"Total poste non décomposé": "1.85"}),
        post(3, "Combustion", "1.34"),
        post(3, "Amont", "0.505"),
    ]
    _, account = read(*rows)
    assert found(account) == [
        (2, "base-carbone:1", "source-parts-unequal"),
        (5, "base-carbone:2", "source-gases-unequal"),
    ]


def test_a_flight_whose_two_options_are_one_figure_is_found_by_both_rows(read):
    flight = {"Code de la catégorie": "Transport de marchandises > Aérien", "Unité français": "kgCO2e/t.km"}
    name = "Nom frontière français"
    library, account = read(
        element(1, **flight, **{name: "1000 kms, 2023 - AVEC trainées", "Total poste non décomposé": "2.72"}),
        element(2, **flight, **{name: "1000 kms, 2023 - SANS trainées", "Total poste non décomposé": "2.72"}),
        element(3, **flight, **{name: "5000 kms, 2023 - AVEC trainées", "Total poste non décomposé": "2"}),
        element(4, **flight, **{name: "5000 kms, 2023 - SANS trainées", "Total poste non décomposé": "1"}),
    )
    assert found(account) == [
        (2, "base-carbone:1", "source-contrails-equal"),
        (3, "base-carbone:2", "source-contrails-equal"),
    ]
    status = {number: library.by_id[f"base-carbone:{number}"].status for number in (1, 2, 3, 4)}
    assert status == {1: "generic", 2: "doubtful", 3: "generic", 4: "generic"}
    assert library.by_id["base-carbone:3"].contrails == "included"
    assert library.by_id["base-carbone:4"].contrails == "excluded"


def test_a_row_of_another_length_is_set_aside_and_the_others_keep_their_numbers(tmp_path):
    path = write(tmp_path / "base.csv", [element(1), element(2), element(3)])
    lines = path.read_bytes().split(b"\r\n")
    lines[2] = lines[2].rsplit(b";", 3)[0]
    path.write_bytes(b"\r\n".join(lines))
    imported = read_base_carbone(path, PACKAGED)
    assert [(row[0], row[3]) for row in aside(imported.account)] == [("3", "ragged-row")]
    rows = imported.tables["factors"]
    assert dict(zip(rows.column("source_id"), rows.column("source_row"), strict=True)) == {"1": "2", "3": "4"}


# Series and shared errors


def test_vintages_of_one_label_are_a_series_and_share_their_error(read):
    year = "Nom attribut français"
    library, _ = read(
        element(1, **{year: "2022"}),
        element(2, **{year: "2023", "Total poste non décomposé": "1.4"}),
        element(3, **{"Nom base français": "Autre papier"}),
    )
    first, second, other = (library.by_id[f"base-carbone:{number}"] for number in (1, 2, 3))
    assert first.series == second.series == "base-carbone/papier-invente-kg"
    assert (first.data_year, second.data_year) == (2022, 2023)
    assert first.error_group == second.error_group == "base-carbone:1"
    assert other.error_group == "base-carbone:3"
    assert other.series == ""


def test_two_factors_of_one_label_are_no_series_but_share_their_error(read):
    library, _ = read(element(1), element(2, **{"Total poste non décomposé": "1.6"}))
    first, second = (library.by_id[f"base-carbone:{number}"] for number in (1, 2))
    assert (first.series, second.series) == ("", "")
    assert first.error_group == second.error_group


def test_units_of_one_fuel_share_their_error(read):
    fuel = {"Code de la catégorie": "Combustibles > Fossiles > Gazeux", "Nom base français": "Gaz inventé"}
    library, _ = read(
        element(1, **fuel, **{"Unité français": "kgCO2e/kWh PCI"}),
        element(2, **fuel, **{"Unité français": "kgCO2e/GJ PCI"}),
    )
    groups = {library.by_id[f"base-carbone:{number}"].error_group for number in (1, 2)}
    assert len(groups) == 1


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("Avion passagers - >220 sièges, 1000 - 2000 kms, 2023 - AVEC trainées", "2023"),
        ("Avion cargo, 2000-5000 kms, 2023", "2023"),
        ("Avion, >2000 sièges", ""),
        ("Bateau - 2000 kW", ""),
        ("Mix moyen - Année 2012", "2012"),
        ("Blé - 2009-2011", ""),
    ],
)
def test_a_distance_or_a_power_is_not_a_year(read, name, year):
    library, _ = read(element(1, **{"Nom base français": name}))
    assert library.by_id["base-carbone:1"].data_year == (int(year) if year else None)


def test_flights_of_two_distances_are_two_series_and_two_errors(read):
    flight = {"Code de la catégorie": "Transport de personnes > Aérien", "Unité français": "kgCO2e/passager.km"}
    label = "Nom attribut français"
    library, _ = read(
        element(1, **flight, **{label: "2000-5000 kms, 2023 - AVEC trainées"}),
        element(2, **flight, **{label: "2000-5000 kms, 2023 - SANS trainées", "Total poste non décomposé": "1"}),
        element(3, **flight, **{label: ">5000 kms, 2023 - AVEC trainées"}),
        element(4, **flight, **{label: ">5000 kms, 2023 - SANS trainées", "Total poste non décomposé": "1"}),
    )
    factors = [library.by_id[f"base-carbone:{number}"] for number in (1, 2, 3, 4)]
    assert [factor.series for factor in factors] == [
        *["base-carbone/papier-invente-2000-5000-kms-passenger-km"] * 2,
        *["base-carbone/papier-invente-plus-de-5000-kms-passenger-km"] * 2,
    ]
    assert [factor.error_group for factor in factors] == [*["base-carbone:1"] * 2, *["base-carbone:3"] * 2]


@pytest.mark.parametrize(("one", "other"), [("bateau <880 kW", "bateau >880 kW"), ("HG-01", "HG'-01")])
def test_bounds_and_primes_tell_models_apart(read, one, other):
    library, _ = read(element(1, **{"Nom base français": one}), element(2, **{"Nom base français": other}))
    first, second = (library.by_id[f"base-carbone:{number}"] for number in (1, 2))
    assert first.error_group != second.error_group


def test_one_label_in_two_categories_is_two_models(read):
    # an electric bicycle as a good, per item, and as a way to travel, per km
    library, _ = read(
        element(1), element(2, **{"Code de la catégorie": "Transport de personnes > Routier > Deux roues"})
    )
    first, second = (library.by_id[f"base-carbone:{number}"] for number in (1, 2))
    assert first.error_group != second.error_group


def test_a_place_that_is_not_known_makes_no_series_and_widens_nothing(read):
    overseas = {"Localisation géographique": "Outre-mer"}
    place = "Sous-localisation géographique français"
    library, _ = read(
        element(1, **overseas, **{place: "Guadeloupe hors COM"}),
        element(2, **overseas, **{place: "La Réunion"}),
        element(3, **overseas, **{place: "Atlantide"}),
    )
    first, second, unknown = (library.by_id[f"base-carbone:{number}"] for number in (1, 2, 3))
    assert (first.geographies, first.locality) == (("GP",), "Guadeloupe hors COM")
    assert first.series == second.series != ""
    assert (unknown.geographies, unknown.series) == (("FR",), "")


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Pizza au speck ou jambon cru", ""),
        ("Fromage à pâte pressée cuite", ""),
        ("Cabillaud - rôti/cuit au four", "cooked"),
        ("Carotte, crue", "raw"),
        ("Pomme de terre - frite", "cooked"),
    ],
)
def test_a_food_is_raw_or_cooked_where_a_segment_of_its_name_says_so(read, name, state):
    food = {"Unité français": "kgCO2e/kg de poids net", "Nom base français": name}
    library, _ = read(element(1, **food))
    assert set(library.by_id["base-carbone:1"].unit.bases) == {"net weight", *([state] if state else [])}


def test_a_release_carries_the_report_that_its_category_names(read):
    fifth = {"Code de la catégorie": "Process et émissions fugitives > PRG à 100 ans issus du 5eme rapport du GIEC"}
    library, _ = read(released(1, "Methane - fossil", "30") | fifth, released(2, "HFC-32", "771"))
    assert library.by_id["base-carbone:1"].gwp_set == "AR5"
    assert factor_value(library, library.by_id["base-carbone:1"], "AR6") == pytest.approx(29.8)
    assert library.by_id["base-carbone:2"].gwp_set == "AR6"


BAD_CELLS = {
    "Période de validité": "9999 ans",
    "Date de création": "2024-02-29",
    "Incertitude": "5000",
    "Date de modification": "2024\x0b-01-01",
    "CO2f": "1e300",
    "Transparence": "\x07",
}


@pytest.mark.parametrize("column", BAD_CELLS)
def test_one_bad_cell_never_refuses_a_whole_base(read, column):
    cells = {column: BAD_CELLS[column]}
    if column == "Date de création":
        cells["Période de validité"] = "3 ans"
    library, account = read(element(1), element(2, **cells))
    assert "base-carbone:1" in library.by_id
    assert account.rows_kept + sum(account.reasons.values()) == 2


def test_blank_lines_are_no_rows_and_move_no_number(tmp_path):
    path = write(tmp_path / "base.csv", [element(1), element(2)])
    first, second, third, _ = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([first, b"", second, b"", b"", third, b""]))
    imported = read_base_carbone(path, PACKAGED)
    assert imported.tables["factors"].column("source_row") == ["3", "6"]
    assert (imported.account.rows_read, imported.account.reasons) == (2, {})


def test_a_column_that_stands_twice_is_refused(tmp_path):
    path = write(tmp_path / "base.csv", [element(1)])
    header, row, _ = path.read_text(encoding="utf-8").split("\n")
    text = f"{header.strip()};Total poste non décomposé\n{row.strip()};99999\n"
    path.write_text(text, encoding="utf-8")
    (problem,) = refusal(path)
    assert "Total poste non décomposé" in problem.message()


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_line_ends_of_any_system_are_read(tmp_path, end):
    path = write(tmp_path / "base.csv", [element(1), element(2)])
    path.write_bytes(path.read_bytes().replace(b"\r\n", end))
    assert read_base_carbone(path, PACKAGED).tables["factors"].column("source_row") == ["2", "3"]


def test_a_header_that_is_no_header_is_refused_by_name(tmp_path):
    path = tmp_path / "base.csv"
    path.write_text("x" * 200_000, encoding="utf-8")
    assert refusal(path)[0].file == str(path)


# The forms of the file


FORMS = {
    "UTF-8, semicolons": {},
    "Windows-1252": {"encoding": "cp1252"},
    "byte order mark": {"encoding": "utf-8-sig"},
    "UTF-16 of a spreadsheet": {"encoding": "utf-16", "delimiter": "\t"},
    "commas": {"delimiter": ","},
    "tabs": {"delimiter": "\t"},
    "decimal commas": {"comma": True},
    "another order of columns": {"order": sorted(HEADER)},
    "all at once": {"encoding": "cp1252", "comma": True, "order": HEADER[::-1]},
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_file_gives_the_same_library(tmp_path, form):
    rows = [element(1), element(2, **{"Total poste non décomposé": "12.5"}), *gas_network()]
    plain = read_base_carbone(write(tmp_path / "Base_V9.1.csv", rows), PACKAGED)
    other = read_base_carbone(write(tmp_path / "other_V9.1.csv", rows, **FORMS[form]), PACKAGED)
    assert digest_of(other.tables) == digest_of(plain.tables)
    assert other.account.reasons == plain.account.reasons


def test_headers_with_underscores_are_the_same_headers(tmp_path):
    path = write(tmp_path / "base.csv", [element(1)])
    header, rest = path.read_text(encoding="utf-8").split("\n", 1)
    path.write_text(header.replace(" ", "_") + "\n" + rest, encoding="utf-8")
    assert len(read_base_carbone(path, PACKAGED).tables["factors"].rows) == 1


NUMBERS = {
    "1 234,5": "1234.5",
    "1.234,5": "1234.5",
    "1,234.5": "1234.5",
    "1\u202f234,5": "1234.5",
    "3,61E-05": "3.61e-05",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_as_people_write_them(read, text):
    library, _ = read(element(1, **{"Total poste non décomposé": text}))
    assert factor_value(library, library.by_id["base-carbone:1"]) == float(NUMBERS[text])


# Files that are refused


def refusal(path):
    with pytest.raises(InvalidLibraryError) as caught:
        read_base_carbone(path, PACKAGED)
    return caught.value.problems


def test_a_file_that_is_not_the_export_is_refused_with_what_it_lacks(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id;nom;valeur\n1;Papier;1,5\n", encoding="utf-8")
    (problem,) = refusal(path)
    assert problem.code == "base-columns"
    assert "Identifiant de l'élément" in problem.message()
    assert "id, nom, valeur" in problem.message()


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty-file"), (b"\n \n", "empty-file"), (b"\xff\xfea", "not-utf-8")]
)
def test_an_empty_or_cut_file_is_refused(tmp_path, content, code):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert [problem.code for problem in refusal(path)] == [code]


def test_a_missing_file_is_refused(tmp_path):
    assert [problem.code for problem in refusal(tmp_path / "none.csv")] == ["file-missing"]


def test_an_export_without_a_valid_factor_is_refused(tmp_path):
    path = write(tmp_path / "x.csv", [element(1, **{"Statut de l'élément": "Archivé"})])
    (problem,) = refusal(path)
    assert problem.message() == "no valid factor among its 1 rows"


# Properties


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=12)
ROW = st.builds(
    lambda kind, identifier, status, total, unit, name: {
        **element(identifier),
        "Type Ligne": kind,
        "Statut de l'élément": status,
        "Total poste non décomposé": total,
        "Unité français": unit,
        "Nom base français": name,
        "Type poste": "Amont",
    },
    st.sampled_from(["Elément", "Poste", "?"]),
    st.integers(1, 4),
    st.sampled_from(["Valide générique", "Valide spécifique", "Archivé", "Refusé"]),
    st.one_of(st.sampled_from(["1.5", "0", "-3", "", "1,5"]), CELL),
    st.one_of(st.just("kgCO2e/kg"), CELL),
    CELL,
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=8))
def test_no_row_vanishes_whatever_it_holds(tmp_path_factory, rows):
    path = write(tmp_path_factory.mktemp("base") / "base.csv", rows)
    try:
        imported = read_base_carbone(path, PACKAGED)
    except InvalidLibraryError as error:
        event(f"refused: {error.problems[0].code}")
        if error.problems[0].code != "base-without-factors":
            raise
        return
    account = imported.account
    assert account.rows_read == len(rows) == account.rows_kept + sum(account.reasons.values())
    # what is kept is sound: the loader looks at every cell of it
    layer_over(PACKAGED, imported.tables, "base", str(path), Package())


# Stored and loaded


def test_an_import_is_stored_whole_and_loads_as_it_was_read(tmp_path):
    path = write(tmp_path / "Base_Carbone_V9.1.csv", [*gas_network(), element(2, **{"Statut de l'élément": "Archivé"})])
    folder = tmp_path / "base"
    imported = import_base("base-carbone", path, folder)
    library = load_factors(folder)
    assert library.layers[-1].version == "9.1"
    assert library.layers[-1].digest == digest_of({**imported.tables, **_absent(imported.tables)})
    assert [row["reason"] for row in read_rows(folder / "set_aside.csv")] == ["archived"]
    assert factor_value(library, library.by_id["base-carbone:7"]) == pytest.approx(0.24)


def _absent(tables):
    from decarb.factors.columns import LIBRARY_TABLES, stored_columns
    from decarb.resources import Table

    return {name: Table(stored_columns(name), []) for name in LIBRARY_TABLES if name not in tables}


def test_a_stopped_import_leaves_the_earlier_one_and_nothing_else(tmp_path, monkeypatch):
    folder = tmp_path / "base"
    import_base("base-carbone", write(tmp_path / "Base_V9.1.csv", [element(1)]), folder)
    before = (folder / "factors.csv").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("decarb.factors.storing.write_package", full)
    with pytest.raises(UsageError, match="No space left on device"):
        import_base("base-carbone", write(tmp_path / "Base_V9.2.csv", [element(2)]), folder, force=True)
    assert (folder / "factors.csv").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Base_V9.1.csv", "Base_V9.2.csv", "base"]


def test_a_folder_that_is_taken_is_never_written_over(tmp_path):
    folder = tmp_path / "base"
    path = write(tmp_path / "Base_V9.1.csv", [element(1)])
    import_base("base-carbone", path, folder)
    with pytest.raises(UsageError, match="exists already"):
        import_base("base-carbone", path, folder)
    (folder / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="that decarb wrote"):
        import_base("base-carbone", path, folder, force=True)
    assert (folder / "thesis.txt").read_text(encoding="utf-8") == "mine"


# The whole base, where it is


@pytest.fixture(scope="module")
def whole():
    return read_base_carbone(whole_base_carbone(), PACKAGED)


def test_the_whole_base_is_accounted_for(whole):
    assert whole.account.rows_read == 18_616
    assert len(whole.tables["factors"].rows) == 6_518
    assert whole.account.reasons == Counter({"archived": 6_938, "not-a-factor": 1_878})
    assert whole.account.rows_kept + 6_938 + 1_878 == 18_616


def test_decomposed_elements_of_the_whole_base_add_up_within_rounding(whole):
    parts = Counter(row[0] for row in whole.tables["parts"].rows)
    assert sum(count > 1 for count in parts.values()) > 1_100
    codes = {row[2] for row in whole.account.tables()["findings"].rows}
    assert not codes & {"source-parts-unequal", "source-gases-unequal"}


def test_defects_of_the_whole_base_are_found_by_row(whole):
    rows = {(row[1], row[2]) for row in whole.account.tables()["findings"].rows}
    assert ("base-carbone:43638", "source-blend-differs") in rows
    assert {("base-carbone:43660", "source-contrails-equal"), ("base-carbone:43661", "source-contrails-equal")} <= rows
    assert sum(code == "source-quoted-name" for _, code in rows) == 30


def test_the_whole_base_agrees_with_the_packaged_factors(whole):
    """Elements that were transcribed by hand have the same value, unit and stages here."""
    library = layer_over(PACKAGED, whole.tables, "whole", "", Package())
    compared = 0
    for factor in PACKAGED.by_id.values():
        if factor.source != "base-carbone-23.6" or factor.model != "published":
            continue
        imported = library.by_id[f"base-carbone:{factor.source_id}"]
        scale = 1000 if imported.unit.name == "kEUR" else 1
        assert factor_value(library, imported) == pytest.approx(scale * factor_value(PACKAGED, factor), rel=1e-9)
        # the base files the hydrogen van under freight, and a hospital's staff drive one
        assert set(factor.activities) & set(imported.activities) or factor.id == "van-hydrogen-smr-km"
        compared += 1
    assert compared > 550
