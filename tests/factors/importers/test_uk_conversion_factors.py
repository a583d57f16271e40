"""The UK flat file, in its real form with figures of our own: each row is kept or set aside, nothing is guessed."""

import csv
import io
import tempfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.errors import InvalidLibraryError
from decarb.factors import load_factors, select
from decarb.factors.importers import import_base
from decarb.factors.importers.uk_conversion_factors import read_uk_conversion_factors
from decarb.factors.package import Package
from decarb.factors.tables import layer_over
from decarb.messages import MESSAGES, SET_ASIDE
from decarb.reporting import STAGES, activities
from decarb.resources import data_file, read_rows

TOTAL, CO2, CH4, N2O = "kg CO2e", *(f"kg CO2e of {gas} per unit" for gas in ("CO2", "CH4", "N2O"))
KYOTO = "Emissions including only Kyoto products"
OTHERS = "Emissions including only non-Kyoto products"
BOTH = "Total emissions including non-Kyoto products"


def header(year=2024):
    levels = [f"Level {number}" for number in (1, 2, 3, 4)]
    return ["ID", "Scope", *levels, "Column Text", "UOM", "GHG/Unit", f"GHG Conversion Factor {year}"]


def rows_of(number, words, unit, *figures, scope="Scope 1", variant="", kinds=(TOTAL, CO2, CH4, N2O)):
    """Rows of one thing: its total, then its gases; `words` are its levels."""
    levels = [*words, "", "", "", ""][:4]
    return [
        [f"{number}_{suffix}", scope, *levels, variant, unit, kind, figure]
        for suffix, (kind, figure) in enumerate(zip(kinds, figures, strict=False), start=1)
    ]


def gas(figure, *gases, number="1_100_1004_6", unit="kWh (Gross CV)"):
    return rows_of(number, ["Fuels", "Gaseous fuels", "Natural gas"], unit, figure, *gases)


def released(name, kyoto=None, others=None, level_2="Kyoto protocol products", number="3_200"):
    """A substance as the file gives it since 2022: its Kyoto gases, the others, and both."""
    figures = {KYOTO: kyoto, OTHERS: others, BOTH: (kyoto or 0) + (others or 0)}
    return [
        rows_of(f"{number}_{index}_3", ["Refrigerant & other", level_2, name], "kg", figure, variant=variant)[0]
        for index, (variant, figure) in enumerate(figures.items(), start=2000)
    ]


GWP = [*released("Methane", 28, number="3_201"), *released("Nitrous oxide", 265, number="3_202")]
NATURAL_GAS = gas(0.2, 0.19, 0.0028, 0.00265)
FLIGHT = ["Business travel- air", "Flights", "Domestic, to/from UK", "Average passenger"]


def write_workbook(path, rows, year=2024, before=5):
    """A workbook as it is published: a front page, then a sheet with some rows of titles above its header."""
    book = openpyxl.Workbook()
    book.active.title = "Front page"
    book.active.append(["UK Government GHG Conversion Factors for Company Reporting"])
    sheet = book.create_sheet("Factors by Category")
    for _ in range(before):
        sheet.append(["Factors by Category"])
    for row in (header(year), *rows):
        sheet.append([cell if cell != "" else None for cell in row])
    book.save(path)
    return path


def as_csv(rows, year=2024, delimiter=",", decimal="."):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(header(year))
    for row in rows:
        cells = ["" if cell is None else cell for cell in row]
        writer.writerow([str(cell).replace(".", decimal) if isinstance(cell, float) else cell for cell in cells])
    return stream.getvalue()


@pytest.fixture(scope="module")
def packaged():
    return load_factors()


@pytest.fixture
def read(tmp_path, packaged):
    """Return a function that imports rows from a workbook."""

    def write_and_read(*rows, year=2024):
        return read_uk_conversion_factors(write_workbook(tmp_path / "flat.xlsx", rows, year), packaged)

    return write_and_read


@pytest.fixture
def over(packaged):
    """Return a function that puts what was imported over the packaged library."""

    def layer(*imported):
        library = packaged
        for number, each in enumerate(imported):
            library = layer_over(library, each.tables, f"uk {number}", "", Package())
        return library

    return layer


def only(imported, table="factors"):
    (row,) = imported.tables[table].dictionaries()
    return row


def aside(imported):
    return [(row[1], row[3], row[4]) for row in imported.account.tables()["set_aside"].rows]


def found(imported):
    return [(row["factor"], row["code"]) for row in imported.account.tables()["findings"].dictionaries()]


def test_the_rows_of_one_thing_are_one_factor(read):
    imported = read(*NATURAL_GAS)
    factor, part = only(imported), only(imported, "parts")
    assert factor["id"] == "uk-2024:1_100_1004_6_1"
    assert factor["series"] == "uk:fuels/gaseous-fuels/natural-gas/kwh-gross-cv"
    assert (factor["name_en"], factor["unit"], factor["basis"]) == ("Fuels - Gaseous fuels - Natural gas", "kWh", "PCS")
    assert (factor["geography"], factor["data_year"], factor["source_row"]) == ("GB", "2024", "7")
    assert (factor["activities"], factor["default_activity"]) == ("stationary_fuel mobile_fuel", "stationary_fuel")
    assert (part["stage"], part["total"], part["co2_fossil"]) == ("combustion", "0.2", "0.19")
    # 0.2 - 0.19 - 0.0028 - 0.00265, to the last decimal
    assert (part["ch4_fossil"], part["n2o"], part["unsplit"]) == ("0.0028", "0.00265", "0.00455")
    assert (imported.account.rows_read, imported.account.rows_kept) == (4, 4)


def test_gases_that_exceed_their_total_by_rounding_leave_a_negative_rest(read):
    assert only(read(*gas(0.18293, 0.18256, 0.00028, 0.0001)), "parts")["unsplit"] == "-0.00001"


def test_floats_of_a_workbook_keep_their_shortest_form(read):
    part = only(read(*gas(0.00566699, 0.1671564488805369, 5e-06, 1300)), "parts")
    assert (part["total"], part["co2_fossil"]) == ("0.00566699", "0.1671564488805369")
    assert (part["ch4_fossil"], part["n2o"]) == ("0.000005", "1300")


SHIP = rows_of("27_916_3220_14", ["Freighting goods", "Cargo ship", "Bulk carrier", "0–9999 dwt"], "tonne.km", 0.0292)
EVERYTHING = [*NATURAL_GAS, *GWP, *SHIP, *rows_of("9", ["New things"], "km", 1.5), *gas(None, number="1_100_1005_6")]
FORMS = {
    "utf-8": as_csv(EVERYTHING).encode(),
    "utf-8 with its mark": as_csv(EVERYTHING).encode("utf-8-sig"),
    "windows-1252": as_csv(EVERYTHING).encode("windows-1252"),
    "a continental spreadsheet": as_csv(EVERYTHING, delimiter=";", decimal=",").encode("windows-1252"),
    "tabs": as_csv(EVERYTHING, delimiter="\t").encode(),
    "titles above": b"Factors by Category,,,\n\n" + as_csv(EVERYTHING).encode(),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS.keys())
def test_a_csv_says_what_the_workbook_says(read, packaged, tmp_path, content):
    path = tmp_path / "flat.csv"
    path.write_bytes(content)
    of_text, of_workbook = read_uk_conversion_factors(path, packaged), read(*EVERYTHING)
    assert of_text.tables["parts"] == of_workbook.tables["parts"]
    assert of_text.tables["gwp"] == of_workbook.tables["gwp"]
    without_row = [
        [factor | {"source_row": ""} for factor in imported.tables["factors"].dictionaries()]
        for imported in (of_text, of_workbook)
    ]
    assert without_row[0] == without_row[1]
    assert aside(of_text) == aside(of_workbook)


def test_columns_are_found_by_name_in_any_order(packaged, tmp_path):
    order = [9, 3, 0, 8, 7, 1, 2, 4, 5, 6]
    lines = [[row[index] for index in order] for row in (header(2021), *NATURAL_GAS)]
    lines[0][3] = "GHG"
    path = tmp_path / "flat.csv"
    path.write_text("\n".join(",".join(map(str, line)) for line in lines))
    assert only(read_uk_conversion_factors(path, packaged))["id"] == "uk-2021:1_100_1004_6_1"


def test_a_row_that_an_unquoted_comma_made_too_long_is_set_aside(packaged, tmp_path):
    path = tmp_path / "flat.csv"
    path.write_text(as_csv(NATURAL_GAS) + "21_1,Scope 3,Flights,Domestic, to/from UK,a,b,c,km,kg CO2e,1.5\n")
    imported = read_uk_conversion_factors(path, packaged)
    assert aside(imported) == [("", "ragged-row", "11 / 10")]
    assert (imported.account.rows_read, imported.account.rows_kept) == (5, 4)


def test_gases_are_restated_from_the_gwp_that_the_file_publishes(read, over):
    """CH4 0.28 at 28 is 0.01 kg: 0.298 at the 29.8 of AR6; N2O 2.65 at 265 is 0.01 kg: 2.73 at 273."""
    imported = read(*gas(10, 6, 0.28, 2.65), *GWP)
    library = over(imported)
    factor = library.find("uk-2024:1_100_1004_6_1")
    ((part, kept, _),) = library.restated(factor, "AR6")
    assert factor.gwp_set == "uk-2024"
    assert part.gas("ch4_fossil") == pytest.approx(0.298, rel=1e-12)
    assert part.gas("n2o") == pytest.approx(2.73, rel=1e-12)
    assert part.gas("co2_fossil") == 6
    # what no row splits keeps its value, and says so: 10 - 6 - 0.28 - 2.65
    assert (part.gas("unsplit"), kept) == (1.07, 1.07)
    figure = library.gwp["n2o", "uk-2024"]
    assert (figure.value, figure.source, figure.source_id) == (265, "uk-conversion-factors-2024", "3_202_2000_3_1")


def test_an_edition_of_the_fourth_report_says_so_itself(read, over):
    """Until 2022 the file publishes methane 25: CH4 0.25 is 0.01 kg, 0.298 in AR6."""
    old = [["Refrigerant & other", "Kyoto protocol - standard", name] for name in ("Methane", "Nitrous oxide")]
    rows = [*rows_of("3_1_1_3", old[0], "kg", 25), *rows_of("3_1_2_3", old[1], "kg", 298)]
    library = over(read(*gas(10, 9, 0.25), *rows, year=2021))
    ((part, _, _),) = library.restated(library.find("uk-2021:1_100_1004_6_1"), "AR6")
    assert part.gas("ch4_fossil") == pytest.approx(0.298, rel=1e-12)


def test_without_published_gwp_the_set_is_blank_and_nothing_is_restated(read, over):
    library = over(read(*gas(10, 6, 0.28, 2.65)))
    factor = library.find("uk-2024:1_100_1004_6_1")
    ((part, kept, _),) = library.restated(factor, "AR6")
    assert (factor.gwp_set, part.gas("ch4_fossil")) == ("", 0.28)
    assert kept == pytest.approx(0.28 + 2.65 + 1.07)


def test_a_gwp_that_the_file_gives_twice_differently_is_not_taken(read):
    again = rows_of("3_9_9_3", ["Refrigerant & other", "Other products", "Methane"], "kg", 25)
    published = {row[0] for row in read(*GWP, *again).tables["gwp"].rows}
    assert published == {"n2o"}


def test_bioenergy_keeps_its_set_unknown_and_its_methane_biogenic(read):
    wood = rows_of("2_104_1043_15", ["Bioenergy", "Biomass", "Wood logs"], "tonnes", 60, 0, 40, 20)
    imported = read(*wood, *GWP)
    factor = next(imported.tables["factors"].dictionaries())
    part = next(imported.tables["parts"].dictionaries())
    assert (factor["gwp_set"], factor["default_activity"]) == ("", "stationary_biofuel")
    assert (part["ch4_biogenic"], part["ch4_fossil"], part["unsplit"]) == ("40", "", "0")


UNITS = {
    "kWh": ("kWh", ""),
    "kWh (Net CV)": ("kWh", "PCI"),
    "kWh (Gross CV)": ("kWh", "PCS"),
    "GJ": ("GJ", ""),
    "kg": ("kg", ""),
    "tonnes": ("t", ""),
    "litres": ("L", ""),
    "cubic metres": ("m3", ""),
    "km": ("vehicle.km", ""),
    "passenger.km": ("passenger.km", ""),
    "tonne.km": ("t.km", ""),
    "Room per night": ("night", ""),
}


@pytest.mark.parametrize(("written", "meant"), UNITS.items())
def test_units_are_mapped_one_by_one(read, written, meant):
    factor = only(read(*gas(1.5, unit=written)))
    assert (factor["unit"], factor["basis"]) == meant


def test_no_unit_is_mapped_that_is_not_tested():
    assert {row["uom"] for row in read_rows(data_file("uk_units.csv"))} == UNITS.keys()


@pytest.mark.parametrize("unit", ["miles", "million litres", "per FTE Working Hour", "therms", ""])
def test_a_unit_outside_the_vocabulary_is_set_aside_by_its_name(read, unit):
    imported = read(*NATURAL_GAS, *gas(1.5, 1.4, number="1_100_1004_9", unit=unit))
    assert aside(imported) == [
        ("1_100_1004_9_1", "unit-unknown", unit),
        ("1_100_1004_9_2", "unit-unknown", unit),
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["Overseas electricity", "Electricity generated", "Electricity: Albania"],
        ["Transmission and distribution", "T&D- overseas electricity", "Electricity: Albania"],
        ["Fuels", "Plasma", "Hydrogen"],
        ["Space travel", "Rockets", "Moon"],
    ],
)
def test_a_category_that_the_table_does_not_know_is_set_aside_by_its_name(read, words):
    imported = read(*NATURAL_GAS, *rows_of("7_1_1_5", words, "kWh", 0.5))
    assert aside(imported) == [("7_1_1_5_1", "category-unknown", " > ".join(words))]


def test_a_blank_is_no_zero_and_a_zero_is_noted(read):
    imported = read(*gas(None, None, number="1_100_1000_6"), *gas(0, 0, 0, 0, number="1_100_1001_6"))
    assert aside(imported) == [("1_100_1000_6_1", "no-value", ""), ("1_100_1000_6_2", "no-value", "")]
    assert only(imported)["published_total"] == "0"
    assert found(imported) == [("uk-2024:1_100_1001_6_1", "source-zero")]


def test_a_missing_gas_is_unknown_not_zero(read):
    imported = read(*gas(0.2, 0.19, None, 0.00265))
    part = only(imported, "parts")
    assert (part["ch4_fossil"], part["unsplit"]) == ("", "0.00735")
    assert aside(imported) == [("1_100_1004_6_3", "no-value", "")]


def test_gases_without_their_total_are_set_aside(read):
    imported = read(*NATURAL_GAS, *gas(None, 0.19, number="1_100_1000_6"))
    assert aside(imported) == [("1_100_1000_6_1", "no-value", ""), ("1_100_1000_6_2", "no-total", "")]


@pytest.mark.parametrize("text", ["<1", "#N/A", "1e400", "nan", "inf", "1,436", "1 436", "１２", "1_0", "0x10", "TRUE"])
def test_what_is_no_number_is_set_aside_as_it_stands(read, text):
    imported = read(*NATURAL_GAS, *gas(text, number="1_100_1000_6"))
    assert aside(imported) == [("1_100_1000_6_1", "number-damaged", text)]


def test_gases_that_do_not_make_their_total_are_found(read):
    assert found(read(*gas(0.2, 0.19, 2.8, 0.00265))) == [("uk-2024:1_100_1004_6_1", "source-gases-unequal")]


def test_a_negative_total_is_avoided_and_in_no_total(read):
    imported = read(*rows_of("20_1_1_15", ["Waste disposal", "Metal", "Metal: scrap metal"], "tonnes", -500))
    part = only(imported, "parts")
    assert (part["total"], part["avoided"], part["unsplit"]) == ("0", "-500", "")
    assert found(imported) == [("uk-2024:20_1_1_15_1", "source-negative")]


def test_a_row_that_stands_twice_is_kept_once(read):
    imported = read(*NATURAL_GAS, NATURAL_GAS[0])
    assert only(imported)["published_total"] == "0.2"
    assert aside(imported) == [("1_100_1004_6_1", "duplicate-id", "")]


def test_an_id_with_two_values_is_set_aside_whole(read):
    imported = read(*gas(1.5, number="1_100_1000_6"), *NATURAL_GAS, [*NATURAL_GAS[0][:-1], 0.3])
    assert only(imported)["id"] == "uk-2024:1_100_1000_6_1"
    assert Counter(reason for _, reason, _ in aside(imported)) == {"duplicate-id": 5}


def test_an_id_of_two_things_is_set_aside_with_both(read):
    other = rows_of("1_100_1004_6", ["Fuels", "Gaseous fuels", "Butane"], "litres", 1.7)
    imported = read(*NATURAL_GAS, *other, *gas(1.5, number="1_100_1000_6"))
    assert only(imported)["id"] == "uk-2024:1_100_1000_6_1"
    assert imported.account.reasons == {"duplicate-id": 5}


def test_two_things_of_the_same_words_are_kept_out_of_any_series(read):
    imported = read(*NATURAL_GAS, *gas(0.3, 0.3, number="1_100_2004_6"))
    assert [row["series"] for row in imported.tables["factors"].dictionaries()] == ["", ""]
    assert found(imported).count(("uk-2024:1_100_2004_6_1", "source-duplicate-label")) == 1


def test_a_row_without_an_id_cannot_be_pinned(read):
    nameless = gas(1.5)
    nameless[0][0] = ""
    assert aside(read(*NATURAL_GAS, *nameless)) == [("", "no-identifier", "")]


def test_energy_and_marks_of_the_end_are_not_emissions(read):
    words = ["SECR kWh pass & delivery vehs", "Cars (by size)", "Small car"]
    energy = rows_of("9_1_1_4", words, "km", 0.6, variant="Diesel", kinds=["kWh (Net CV)"])
    imported = read(*NATURAL_GAS, *energy, ["END"])
    assert aside(imported) == [("9_1_1_4_1", "not-emissions", "kWh (Net CV)"), ("END", "not-emissions", "")]


def test_co2_outside_of_scopes_is_biogenic_and_in_no_total(read, over):
    words = ["Outside of scopes", "Biomass", "Wood logs"]
    rows = rows_of("99_104_1043_15", words, "tonnes", 1436.23, scope="Outside of Scopes", kinds=[CO2])
    imported = read(*rows)
    part = only(imported, "parts")
    assert (part["total"], part["co2_biogenic"], part["co2_fossil"]) == ("0", "1436.23", "")
    assert only(imported)["published_total"] == ""
    assert over(imported).find("uk-2024:99_104_1043_15_1").parts[0].gas("co2_biogenic") == 1436.23


def test_flights_follow_the_option_of_contrails(read, over):
    with_uplift = rows_of("21_316_3160_11", FLIGHT, "passenger.km", 0.25, 0.24, 0.001, 0.002, variant="With RF")
    without = rows_of("21_316_3161_11", FLIGHT, "passenger.km", 0.15, 0.14, 0.001, 0.002, variant="Without RF")
    imported = read(*with_uplift, *without)
    series = "uk:business-travel-air/flights/domestic-to-from-uk/average-passenger/passenger-km"
    library = over(imported)
    chosen = [select(library, series, 2024, contrails=option).factor for option in ("included", "excluded")]
    assert [factor.source_id for factor in chosen] == ["21_316_3160_11_1", "21_316_3161_11_1"]
    # the source files its uplift under CO2: 0.25 - 0.001 - 0.002 stay together
    assert (chosen[0].parts[0].gas("co2_fossil"), chosen[0].parts[0].gas("unsplit")) == (None, 0.247)
    assert (chosen[1].parts[0].gas("co2_fossil"), chosen[1].parts[0].gas("unsplit")) == (0.14, 0.007)
    assert chosen[0].default_operated == "no"
    assert imported.account.reasons == {}


def test_what_a_battery_car_emits_is_emitted_at_the_plant(read):
    words = ["Business travel- land", "Cars (by size)", "Small car"]
    car = rows_of("25_1_1_4", words, "km", 0.05, variant="Battery Electric Vehicle")
    assert only(read(*car), "parts")["stage"] == "combustion_at_plant"


def test_a_refrigerant_is_its_kyoto_gases_and_the_others_apart(read, over):
    imported = read(
        *released("HFC-134a", 1300, number="3_300"),
        *released("R410A", 1924, level_2="Blends", number="3_301"),
        *released("R408A", 2058, 829, level_2="Blends", number="3_302"),
        *released(
            "HCFC-22/R22 = chlorodifluoromethane", None, 1760, level_2="Montreal protocol products", number="3_303"
        ),
    )
    library = over(imported)
    gases = {
        factor.source_id: {
            name: factor.parts[0].gas(name) for name in ("hfc", "outside_kyoto", "unsplit") if factor.parts[0].gas(name)
        }
        for factor in library.tables[-1].values()
    }
    assert gases == {
        "3_300_2000_3_1": {"hfc": 1300},
        "3_301_2000_3_1": {"hfc": 1924},
        "3_302_2000_3_1": {"unsplit": 2058},
        "3_302_2001_3_1": {"outside_kyoto": 829},
        "3_303_2001_3_1": {"outside_kyoto": 1760},
    }
    assert library.find("uk-2024:3_303_2001_3_1").parts[0].total == 0
    assert imported.account.reasons == {"sum-of-others": 4, "no-value": 3}
    ((part, kept, _),) = library.restated(library.find("uk-2024:3_300_2000_3_1"), "AR6")
    assert (part.gas("hfc"), kept) == (pytest.approx(1530, rel=1e-12), 0)


@pytest.mark.parametrize(
    ("level_2", "name", "gas_name"),
    [
        ("Kyoto protocol - standard", "Carbon dioxide", "co2_fossil"),
        ("Kyoto protocol - standard", "HFC-23", "hfc"),
        ("Kyoto protocol - standard", "HFC-236fa", "hfc"),
        ("Kyoto protocol - standard", "Perfluoromethane (PFC-14)", "pfc"),
        ("Kyoto protocol - standard", "Sulphur hexafluoride (SF6)", "sf6"),
        ("Kyoto protocol - standard", "Nitrogen trifluoride", "nf3"),
        ("Kyoto protocol- blends", "R-unheard", "unsplit"),
        ("Montreal protocol - standard", "CFC-11/R11 = trichlorofluoromethane", "outside_kyoto"),
    ],
)
def test_before_2022_the_protocol_is_in_the_level(read, level_2, name, gas_name):
    part = only(read(*rows_of("3_1_1_3", ["Refrigerant & other", level_2, name], "kg", 12), year=2021), "parts")
    assert part[gas_name] == "12"


def hotel(name, number):
    return rows_of(f"29_600_{number}_13", ["Hotel stay", "Hotel stay", name], "Room per night", 10.4, scope="Scope 3")


def test_a_hotel_is_in_its_country(read, over):
    names = ["UK (London)", "France", "Belgium", "Hong Kong, China", "Turkey", "Atlantis"]
    imported = read(*(row for number, name in enumerate(names) for row in hotel(name, number)))
    places = [(row["geography"], row["locality"]) for row in imported.tables["factors"].dictionaries()]
    assert places == [("GB", "London"), ("FR", ""), ("BE", ""), ("HK", ""), ("TR", "")]
    assert aside(imported) == [("29_600_5_13_1", "place-unknown", "Atlantis")]
    library = over(imported)
    assert library.geographies["BE"].parent == "EUROPE"
    assert library.geographies["FR"].parent != ""


def test_two_years_stand_side_by_side(read, over):
    library = over(read(*gas(0.2), year=2023), read(*gas(0.3), year=2024))
    series = "uk:fuels/gaseous-fuels/natural-gas/kwh-gross-cv"
    assert library.members(series) == (
        library.find("uk-2023:1_100_1004_6_1"),
        library.find("uk-2024:1_100_1004_6_1"),
    )
    assert [select(library, series, year).factor.published_total for year in (2022, 2023, 2024)] == [0.2, 0.2, 0.3]
    # the alias by source is of the later edition; no id is taken over
    assert library.find("uk-conversion-factors:1_100_1004_6_1").data_year == 2024
    assert library.shadowed == ()


def test_the_source_of_a_known_year_is_that_of_the_packaged_library(read, packaged):
    source = only(read(*NATURAL_GAS, year=2023), "sources")
    assert source["title"] == packaged.sources["uk-conversion-factors-2023"].title
    new = only(read(*NATURAL_GAS, year=2024), "sources")
    assert new["url"].endswith("greenhouse-gas-reporting-conversion-factors-2024")
    assert new["licence"] == "Open Government Licence v3.0"


def test_a_line_is_computed_with_an_imported_factor(tmp_path, make):
    """1,000 kWh: CO2 190 kg, CH4 2.8 to 2.98, N2O 2.65 to 2.73, unsplit 4.55: 200.26 kg in AR6."""
    folder = tmp_path / "uk"
    imported = import_base("uk", write_workbook(tmp_path / "flat.xlsx", [*NATURAL_GAS, *GWP]), folder)
    assert imported.description["decarb"]["form"] == "xlsx, Factors by Category"
    library = load_factors(folder)
    line = make.line("uk:fuels/gaseous-fuels/natural-gas/kwh-gross-cv", 1000, "kWh PCS")
    footprint = make.compute(line, library=library)
    assert footprint.total() == pytest.approx(200.26, rel=1e-12)


REFUSED = {
    "of another base": (b"Identifiant;Nom\n1;Gaz\n", "header-not-found", "the nearest, row 1, is: Identifiant, Nom"),
    "two years at once": (
        as_csv(NATURAL_GAS).replace("Factor 2024", "Factor 2024,GHG Conversion Factor 2023").encode(),
        "header-not-found",
        "one column each for ID, Scope, Level 1",
    ),
    "an old workbook": (
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500,
        "workbook-old",
        "the old .xls form, or one with a password",
    ),
    "a damaged workbook": (b"PK\x03\x04 and then nothing", "workbook-unreadable", "cannot open this workbook"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "header-not-found", "the nearest, row 1, is: %PDF-1.7"),
    "half a UTF-16": (b"\xff\xfeI\0D", "not-utf-8", "is not UTF-8"),
    "only a header": (as_csv([]).encode(), "base-without-factors", "no valid factor among its 0 rows"),
    "only blanks": (as_csv(gas(None)).encode(), "base-without-factors", "no valid factor among its 1 rows"),
    "a quote never closed": (b'"' + b"a,\n" * 200_000, "ragged-row", "field larger than field limit"),
}


@pytest.mark.parametrize(("content", "code", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_flat_file_is_refused_with_what_was_looked_for(packaged, tmp_path, content, code, words):
    path = tmp_path / "flat.xlsx"
    path.write_bytes(content)
    with pytest.raises(InvalidLibraryError) as caught:
        read_uk_conversion_factors(path, packaged)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == (code, str(path))
    assert words in problem.message()


def test_a_workbook_of_other_sheets_is_refused(packaged, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["ID", "Scope", "Level 1"])
    book.save(tmp_path / "full set.xlsx")
    with pytest.raises(InvalidLibraryError, match="the nearest, row 1, is: ID, Scope, Level 1"):
        read_uk_conversion_factors(tmp_path / "full set.xlsx", packaged)


def test_an_empty_file_and_a_missing_one_are_refused(packaged, tmp_path):
    (tmp_path / "empty.csv").touch()
    for path, words in ((tmp_path / "empty.csv", "the file is empty"), (tmp_path / "none.csv", "no such file")):
        with pytest.raises(InvalidLibraryError, match=words):
            read_uk_conversion_factors(path, packaged)


def test_the_table_of_categories_speaks_decarb():
    for row in read_rows(data_file("uk_categories.csv")):
        served = row["activities"].split()
        assert set(served) <= activities().keys(), row
        assert row["stage"] in STAGES, row
        assert row["default_activity"] in ("", *served), row
        assert row["default_operated"] in ("", "yes", "no"), row
        assert row["carbon"] in ("fossil", "biogenic", "outside"), row
        assert row["place"] in ("", "level_3"), row


WORDS = st.sampled_from(
    [
        ["Fuels", "Gaseous fuels", "Natural gas"],
        ["Bioenergy", "Biogas", "Biogas"],
        ["Outside of scopes", "Biogas", "Biogas"],
        ["Refrigerant & other", "Kyoto protocol products", "Methane"],
        ["Refrigerant & other", "Blends", "R410A"],
        ["Hotel stay", "Hotel stay", "Atlantis"],
        ["Hotel stay", "Hotel stay", "Belgium"],
        ["Unheard of"],
    ]
)
ROWS = st.lists(
    st.builds(
        lambda number, words, variant, unit, kind, value: [
            number, "Scope 1", *[*words, "", "", ""][:4], variant, unit, kind, value
        ],
        st.sampled_from(["", "1_1_1_1", "1_1_1_2", "1_1_1_3", "2_2_2_1", "2_2_2_2", "END"]),
        WORDS,
        st.sampled_from(["", KYOTO, OTHERS, BOTH, "With RF", "Battery Electric Vehicle"]),
        st.sampled_from(["kWh", "kg", "miles", "Room per night"]),
        st.sampled_from([TOTAL, CO2, CH4, N2O, "kWh (Net CV)", ""]),
        st.sampled_from(["", "0", "-1", "<1", "28", "0.2", "1e-05", "1e300", "1e400"]),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=300)
@given(ROWS)
def test_every_row_is_kept_or_set_aside_once_and_what_is_kept_is_sound(rows):
    packaged = load_factors()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flat.csv"
        path.write_text(as_csv([*rows, *gas(0.5, number="9_9_9_9")]))
        imported = read_uk_conversion_factors(path, packaged)
    account = imported.account
    numbers = [int(row[0]) for row in account.tables()["set_aside"].rows]
    assert account.rows_read == len(rows) + 1
    assert account.rows_read == account.rows_kept + len(numbers)
    assert len(set(numbers)) == len(numbers)
    assert account.reasons.keys() <= SET_ASIDE.keys()
    assert {code for _, code in account.defects} <= MESSAGES.keys()
    layer_over(packaged, imported.tables, "uk", "", Package())
