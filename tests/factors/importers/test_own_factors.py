import pytest

from decarb.errors import InvalidLibraryError
from decarb.factors import load_factors, select
from decarb.factors.library import factor_value
from decarb.factors.records import GAS_NAMES
from decarb.units import Unit

HEADER = "id,name,unit,value,activity,source"
ROW = "wood-chips-local,Plaquettes locales,kWh PCI,0.031,stationary_biofuel,Contrat 2024"


@pytest.fixture(scope="module")
def packaged():
    return load_factors()


@pytest.fixture
def load(tmp_path):
    """Return a function that writes lines to a file of factors and loads it."""

    def write_and_load(*lines, encoding="utf-8", name="ours"):
        path = tmp_path / f"{name}.csv"
        path.write_bytes("\n".join([*lines, ""]).encode(encoding))
        return load_factors(path)

    return write_and_load


@pytest.fixture
def refuse(load):
    """Return a function that loads lines and returns the problems they are refused with."""

    def load_and_refuse(*lines, **options):
        with pytest.raises(InvalidLibraryError) as caught:
            load(*lines, **options)
        return caught.value.problems

    return load_and_refuse


def gases(factor):
    (part,) = factor.parts
    return {name: value for name, value in zip(GAS_NAMES, part.gases, strict=True) if value is not None}


def test_the_required_columns_are_enough(load, packaged):
    library = load(HEADER, ROW)
    factor = library.by_id["wood-chips-local"]
    assert factor.unit == Unit("kWh", ("PCI",))
    assert factor_value(library, factor) == 0.031
    assert gases(factor) == {"unsplit": 0.031}  # the split is unknown, not zero
    assert factor.activities == ("stationary_biofuel",)
    assert factor.default_activity == "stationary_biofuel"
    assert factor.name("fr") == factor.name("en") == "Plaquettes locales"
    assert factor.geographies == ("FR",)
    assert factor.uncertainty_percent is None
    assert (factor.source, factor.status, factor.layer) == ("Contrat 2024", "own", "ours")
    assert library.sources["Contrat 2024"].title == "Contrat 2024"
    assert len(library.by_id) == len(packaged.by_id) + 1
    assert [(layer.name, layer.factors) for layer in library.layers][1:] == [("ours", 1)]
    assert library.shadowed == ()


def test_every_documented_column(load):
    header = "note;domain;licence;source_date;uncertainty_percent;substance;valid_to;geography;" + HEADER.replace(
        ",", ";"
    )
    row = "à revoir;energy;CC-BY 4.0;2024-03-01;30;desflurane;2026-12-31;RE GP;des-2;Desflurane capté;"
    library = load(header, row + "kg;1200;anaesthetic_gas;Fabricant")
    factor = library.by_id["des-2"]
    assert factor.note == "à revoir"
    assert factor.domain == "energy"
    assert library.sources["Fabricant"].licence == "CC-BY 4.0"
    assert factor.source_date == library.sources["Fabricant"].date == "2024-03-01"
    assert factor.uncertainty_percent == 30
    assert factor.substance == "desflurane"
    assert factor.valid_to == "2026-12-31"
    assert factor.geographies == ("RE", "GP")
    assert factor_value(library, factor) == 1200


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_comma_or_semicolon(load, delimiter):
    library = load(HEADER.replace(",", delimiter), ROW.replace(",", delimiter))
    assert factor_value(library, library.by_id["wood-chips-local"]) == 0.031


def test_semicolons_with_commas_in_the_texts(load):
    library = load(HEADER.replace(",", ";"), 'x;"Gants, nitrile, boîte";item;0.9;medical_devices;Fournisseur, 2024')
    assert library.by_id["x"].name_fr == "Gants, nitrile, boîte"
    assert library.by_id["x"].source == "Fournisseur, 2024"


def test_byte_order_mark_line_ends_and_spaces(load):
    library = load(f"{HEADER}\r", "  x , Gants ,  item , 0.9 , medical_devices , Devis \r", encoding="utf-8-sig")
    assert factor_value(library, library.by_id["x"]) == 0.9


def test_unit_carries_its_basis_and_price_year(load):
    unit = load(HEADER, "x,Achats,k€ HT 2023,194,medicines,Étude").by_id["x"].unit
    assert unit == Unit("kEUR", ("HT",), 2023)


def test_several_activities_leave_the_choice_to_the_line(load):
    factor = load(HEADER, "x,Gazole,L,3.1,mobile_fuel stationary_fuel,Étude").by_id["x"]
    assert factor.activities == ("mobile_fuel", "stationary_fuel")
    assert factor.default_activity == ""


@pytest.mark.parametrize(
    ("substance", "column", "in_total"),
    [
        ("desflurane", "other", True),
        ("hfc-134a", "hfc", True),
        ("n2o", "n2o", True),
        ("sf6", "sf6", True),
        ("isoflurane", "outside_kyoto", False),
        ("diesel", "unsplit", True),  # a fuel: its name gives the density only
        ("r410a", "unsplit", True),
    ],
)
def test_substance_names_the_gas_column(load, substance, column, in_total):
    library = load(f"{HEADER},substance", f"x,Gaz,kg,100,other_direct_gas,Étude,{substance}")
    factor = library.by_id["x"]
    assert gases(factor) == {column: 100}
    assert factor_value(library, factor) == (100 if in_total else 0)


def test_substance_names_the_density(load):
    library = load(f"{HEADER},substance", "x,Desflurane,kg,2540,anaesthetic_gas,Étude,desflurane")
    factor = library.by_id["x"]
    # 351.6 g in a bottle of 240 mL (BDPM, Suprane)
    assert library.properties[factor.substance, "density"].value == pytest.approx(351.6 / 240, abs=1e-12)


def test_shadowing_is_listed(load, packaged):
    library = load(HEADER, "r410a,R-410A,kg,2088,refrigerant_leak,Arrêté", ROW)
    assert library.shadowed == ("r410a",)
    assert factor_value(library, library.by_id["r410a"]) == 2088
    assert factor_value(packaged, packaged.by_id["r410a"]) == 2255.5
    assert select(library, "r410a", 2024).factor.layer == "ours"
    assert library.digest != packaged.digest


def test_digest_is_of_the_rows_not_of_the_file(load):
    other = "x,Gants,item,0.9,medical_devices,Devis"
    first = load(HEADER, ROW, other)
    second = load(HEADER.replace(",", ";"), other.replace(",", ";").replace("0.9", "0.90"), ROW.replace(",", ";"))
    third = load(HEADER, ROW, other.replace("0.9", "0.91"))
    assert first.digest == second.digest != third.digest


def test_header_alone_is_an_empty_library(load, packaged):
    assert len(load(HEADER).by_id) == len(packaged.by_id)


# Refusals


@pytest.mark.parametrize(
    ("header", "missing", "unknown"),
    [
        ("id,name,unit,activity,source", "value", "-"),
        ("", "id, name, unit, value, activity, source", "-"),
        (f"{HEADER},colour", "-", "colour"),
        ("id,name,unit,valeur,activity,source", "value", "valeur"),
    ],
)
def test_columns_are_refused_by_name(refuse, header, missing, unknown):
    (problem,) = refuse(header, ROW)
    assert problem.code == "library-columns"
    assert problem.message() == f"columns missing: {missing}; unknown: {unknown}"
    assert problem.hint().startswith("known: id, name, unit, value, activity, source, geography")
    assert problem.file.endswith("ours.csv")


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ("x,Gaz,furlong,1,stationary_fuel,Étude", "unknown-unit", "the unit «furlong» is not known"),
        ("x,Gaz,kWh PCI PCS,1,stationary_fuel,Étude", "contradictory-basis", "says both"),
        ("x,Gaz,kg,many,stationary_fuel,Étude", "bad-library-row", "many"),
        ("x,Gaz,kg,nan,stationary_fuel,Étude", "bad-library-row", "x: not a finite number: nan"),
        ("x,Gaz,kg,1e999,stationary_fuel,Étude", "bad-library-row", "x: not a finite number: 1e999"),
        ("x,Gaz,kg,1,piracy,Étude", "bad-library-row", "x: activity piracy"),
        ("x,Gaz,kg,1,,Étude", "bad-library-row", "x: activity is blank"),
        ("x,Gaz,kg,,stationary_fuel,Étude", "bad-library-row", "x: value is blank"),
        ("x,,kg,1,stationary_fuel,Étude", "bad-library-row", "x: name is blank"),
        ("x,Gaz,kg,1,stationary_fuel,", "bad-library-row", "x: source is blank"),
        (",Gaz,kg,1,stationary_fuel,Étude", "bad-library-row", "row 3: id is blank"),
        ("x", "ragged-row", "a row has not as many cells as the header: row 3: 1 / 6"),
    ],
)
def test_bad_row_is_refused(refuse, row, code, words):
    problems = refuse(HEADER, ROW, row)
    assert code in {problem.code for problem in problems}
    assert any(words in problem.message() for problem in problems)
    assert all(problem.file.endswith("ours.csv") for problem in problems)


@pytest.mark.parametrize(
    "row",
    [
        "x,Gaz,furlong,1,stationary_fuel,Étude",
        "x,Gaz,kg,many,stationary_fuel,Étude",
        "x,Gaz,kg,,stationary_fuel,Étude",
        ",Gaz,kg,1,stationary_fuel,Étude",
    ],
)
def test_bad_row_is_refused_with_its_number(refuse, row):
    # the header is row 1, so the second factor is row 3, as a spreadsheet numbers it
    problems = refuse(HEADER, ROW, row, "y,Gants,item,0.9,medical_devices,Devis")
    assert {problem.pointer for problem in problems} == {"row 3"}


def test_blank_lines_are_counted_as_a_spreadsheet_counts_them(refuse):
    problems = refuse(HEADER, ROW, "", "x,Gaz,furlong,1,stationary_fuel,Étude")
    assert {problem.pointer for problem in problems} == {"row 4"}


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("geography", "ATLANTIS", "x: geography ATLANTIS"),
        ("substance", "phlogiston", "phlogiston"),
        ("uncertainty_percent", "some", "some"),
        ("uncertainty_percent", "inf", "not a finite number: inf"),
    ],
)
def test_bad_optional_value_is_refused(refuse, column, value, words):
    (problem,) = refuse(f"{HEADER},{column}", f"x,Gaz,kg,1,stationary_fuel,Étude,{value}")
    assert problem.code == "bad-library-row"
    assert words in problem.message()


def test_a_date_that_is_none_is_refused(refuse):
    # `valid_to` is compared with the year of the period: a text would stop the command later
    (problem,) = refuse(f"{HEADER},valid_to", "x,Gaz,kg,1,stationary_fuel,Étude,bientôt")
    assert problem.code == "bad-library-row"
    assert "bientôt" in problem.message()


def test_every_bad_row_is_listed_at_once(refuse):
    problems = refuse(
        HEADER,
        "a,Gaz,furlong,1,stationary_fuel,Étude",
        "b,Gaz,kg,many,stationary_fuel,Étude",
        "c,Gaz,kg,1,piracy,Étude",
    )
    assert len(problems) == 3
    assert {problem.code for problem in problems} == {"unknown-unit", "bad-library-row"}


def test_same_id_twice_is_refused(refuse):
    (problem,) = refuse(HEADER, ROW, ROW)
    assert problem.code == "duplicate-factor"
    assert problem.message() == "the factor id wood-chips-local stands twice"


def test_id_of_a_series_is_refused(refuse):
    # `electricity-fr` is selected by year and place: one factor of that name would hide them all, unlisted
    (problem,) = refuse(HEADER, "electricity-fr,Électricité,kWh,0.05,electricity,Contrat")
    assert problem.code == "series-is-a-factor"
    assert problem.message() == "electricity-fr is both a series and a factor"


def test_negative_value_is_never_netted(load):
    # METHOD section 3: avoided emissions are never netted; refused, or beside the total
    try:
        library = load(HEADER, "x,Don de chaleur,kWh,-0.2,heat_network,Étude")
    except InvalidLibraryError as error:
        assert "-0.2" in str(error)  # noqa: PT017
    else:
        assert factor_value(library, library.by_id["x"]) == 0
        assert gases(library.by_id["x"])["avoided"] == -0.2


def test_source_called_as_a_packaged_one_does_not_take_its_licence(load, packaged):
    library = load(HEADER, "x,Gants,item,0.9,medical_devices,base-carbone-23.6")
    kept = library.sources[library.by_id["electricity-fr-2024"].source]
    assert kept == packaged.sources["base-carbone-23.6"]


def test_windows_1252_is_read_as_a_french_spreadsheet_writes_it(load):
    # é of "Étude" is the byte 0xC9
    factor = load(HEADER, "x,Gants à usage unique,item,0.9,medical_devices,Étude", encoding="cp1252").by_id["x"]
    assert (factor.name_fr, factor.source) == ("Gants à usage unique", "Étude")


SPREADSHEET = "id;name;unit;value;activity;source;valid_to;uncertainty_percent"


@pytest.mark.parametrize(
    ("value", "read_as"), [("1,5", 1.5), ("1 234,5", 1234.5), ("1\u202f234,5", 1234.5), ("1.234,5", 1234.5)]
)
def test_numbers_days_and_percents_as_a_french_spreadsheet_writes_them(load, value, read_as):
    library = load("sep=;", SPREADSHEET, f"x;Gants;item;{value};medical_devices;Devis;31/12/2025;20 %", ";;;;;;;")
    factor = library.by_id["x"]
    assert factor_value(library, factor) == read_as
    assert (factor.valid_to, factor.uncertainty_percent, factor.source_row) == ("2025-12-31", 20, 2)


def test_a_thousands_comma_is_never_taken_for_a_decimal_one(refuse):
    (problem,) = refuse(HEADER, 'x,Gants,item,"1,234",medical_devices,Devis')
    assert problem.message() == "x: not a number: 1,234"


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(InvalidLibraryError) as caught:
        load_factors(tmp_path / "nowhere.csv")
    (problem,) = caught.value.problems
    assert problem.code == "file-missing"
    assert problem.file.endswith("nowhere.csv")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("x,Gaz,kWh,0.2,stationary_fuel,Étude", "x: write kWh PCI or kWh PCS: a fuel says its basis"),
        ("x,Achat,EUR,0.2,goods_by_spend,Étude", "x: write EUR HT or EUR TTC: a ratio says its tax basis"),
        ("x,Gaz,kg,1_000,stationary_fuel,Étude", "x: not a number: 1_000"),
        ("x,Gaz,kg,٣,stationary_fuel,Étude", "x: not a number: ٣"),
    ],
)
def test_a_factor_that_no_line_could_use_is_refused(refuse, row, words):
    assert words in {problem.message() for problem in refuse(HEADER, row)}


@pytest.mark.parametrize("percent", ["-5", "-100", "1e308", "many"])
def test_an_uncertainty_that_cannot_be_is_refused(refuse, percent):
    problems = refuse(f"{HEADER},uncertainty_percent", f"{ROW},{percent}")
    assert [problem.code for problem in problems] == ["bad-library-row"]


def test_a_french_spreadsheet_has_semicolons_and_decimal_commas(load):
    header = HEADER.replace(",", ";") + ";uncertainty_percent"
    factor = load(header, "x;Gaz;kg;2,5;stationary_fuel;Étude;12,5").by_id["x"]
    assert factor.parts[0].total == 2.5
    assert factor.uncertainty_percent == 12.5


def test_a_quoted_header_is_a_header(load):
    quoted = ",".join(f'"{name}"' for name in HEADER.split(","))
    assert load(quoted, '"x","Gaz","kg","2.5","stationary_fuel","Étude"').by_id["x"].parts[0].total == 2.5
