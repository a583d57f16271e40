import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import UnknownUnitError
from decarb.resources import data_file, read_rows
from decarb.units import (
    Unit,
    bases,
    conversion_factor,
    dimensions,
    facet,
    is_currency,
    nearest_unit,
    parse_basis,
    parse_factor_unit,
    parse_unit,
    table_from_registry,
    unit_table,
)
from tests.whole_base_carbone import whole_base_carbone

# Every `Unité français` of the Base Carbone v23.6 (107 and the empty one), with what each is per, by hand.
# A blank unit is a row of statistics, which is no emission factor.
BASE_CARBONE_UNITS = list(read_rows(Path(__file__).parent / "factors/fixtures/base_carbone_units.csv"))
UNITS = sorted(unit_table())


def refusal(parse, *arguments):
    """Return the only problem with which `parse` refuses its arguments."""
    with pytest.raises(UnknownUnitError) as caught:
        parse(*arguments)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


# The table that everything reads


def test_table_is_what_pint_computes():
    with data_file("unit_table.csv").open(encoding="utf-8", newline="") as stream:
        assert list(csv.DictReader(stream)) == table_from_registry()


def test_every_spelled_unit_is_in_the_table():
    spelled = {row["unit"] for row in read_rows(data_file("unit_spellings.csv"))}
    assert spelled == set(unit_table())


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("MWh", "kWh", 1000),
        ("GWh", "MWh", 1000),
        ("kWh", "MJ", 3.6),  # definition of the watt-hour
        ("toe", "MWh", 11.63),  # 41.868 GJ / 3.6 GJ/MWh
        ("GJ", "kWh", 1000 / 3.6),
        ("kt", "t", 1000),  # a kilotonne, not a knot
        ("t", "kg", 1000),
        ("mg", "g", 1e-3),
        ("m3", "L", 1000),
        ("hL", "L", 100),
        ("cL", "mL", 10),
        ("ha", "m2", 10_000),
        ("km2", "ha", 100),
        ("km", "m", 1000),
        ("kEUR", "EUR", 1000),
        ("MEUR", "kEUR", 1000),
        ("day", "h", 24),
        ("year", "day", 365.2425),  # mean Gregorian year
        ("year", "month", 12),
        ("t.km", "kg.km", 1000),
        ("person.year", "person.month", 12),
        ("100 sheet", "sheet", 100),
        ("kg.100km", "kg.km", 100),
    ],
)
def test_known_conversions(source, target, expected):
    assert conversion_factor(source, target) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("L", "kg"),
        ("kWh", "kg"),
        ("passenger.km", "vehicle.km"),  # needs an occupancy
        ("km", "vehicle.km"),
        ("EUR", "XPF"),  # the parity is not ours to apply
        ("m2", "m3"),
        ("bed", "item"),
        ("person", "passenger"),
        ("hospital_day", "day"),
        ("kg.100km", "kg"),
    ],
)
def test_no_conversion_between_dimensions(source, target):
    assert conversion_factor(source, target) is None
    assert conversion_factor(target, source) is None


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_conversions_compose_and_come_back(first, second, third):
    assert conversion_factor(first, first) == 1
    forth, back = conversion_factor(first, second), conversion_factor(second, first)
    assert (forth is None) == (back is None) == (dimensions(first) != dimensions(second))
    if forth is None:
        return
    assert forth > 0
    assert math.isclose(forth * back, 1, rel_tol=1e-15)
    through = conversion_factor(second, third)
    if through is not None:
        assert math.isclose(forth * through, conversion_factor(first, third), rel_tol=1e-15)


@pytest.mark.parametrize("unit", UNITS)
def test_only_money_is_currency(unit):
    assert is_currency(unit) == (unit in {"EUR", "kEUR", "MEUR", "XPF"})


# Spellings


@pytest.mark.parametrize("unit", UNITS)
def test_canonical_name_reads_as_itself(unit):
    assert parse_unit(unit) == Unit(unit)


def test_no_spelling_stands_for_two_units():
    seen = {}
    for row in read_rows(data_file("unit_spellings.csv")):
        for spelling in filter(None, row["spellings"].split("|")):
            key = (row["vocabulary"], spelling)
            assert seen.setdefault(key, row["unit"]) == row["unit"], spelling
            assert parse_unit(spelling, row["vocabulary"]).name == row["unit"], spelling


def test_base_carbone_has_108_spellings():
    assert len({row["spelling"] for row in BASE_CARBONE_UNITS}) == 108


@pytest.mark.parametrize("row", BASE_CARBONE_UNITS, ids=lambda row: row["spelling"] or "(empty)")
def test_base_carbone_spelling(row):
    if not row["unit"]:
        problem = refusal(parse_factor_unit, row["spelling"], "base-carbone")
        assert problem.code == "not-a-factor-unit"
        assert problem.message() == f"«{row['spelling']}» is not the unit of an emission factor (kgCO2e/...)"
        return
    expected = Unit(
        row["unit"],
        (row["basis"],) if row["basis"] else (),
        int(row["price_year"]) if row["price_year"] else None,
    )
    assert parse_factor_unit(row["spelling"], "base-carbone") == expected


def test_base_carbone_fixture_is_the_whole_of_its_units():
    with whole_base_carbone().open(encoding="utf-8", newline="") as stream:
        spellings = {row["Unité français"] for row in csv.DictReader(stream, delimiter=";")}
    assert spellings == {row["spelling"] for row in BASE_CARBONE_UNITS}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kWh PCS", Unit("kWh", ("PCS",))),
        ("kWhPCS", Unit("kWh", ("PCS",))),
        ("  kWh   (PCI) ", Unit("kWh", ("PCI",))),
        ("kWh HHV", Unit("kWh", ("PCS",))),
        ("mégawattheures PCI", Unit("MWh", ("PCI",))),
        ("kilowatt-heure", Unit("kWh")),
        ("€ HT", Unit("EUR", ("HT",))),
        ("€ hors taxes", Unit("EUR", ("HT",))),
        ("k€ HT 2023", Unit("kEUR", ("HT",), 2023)),
        ("k€ (2023) HT", Unit("kEUR", ("HT",), 2023)),
        ("M€ 2021 TTC", Unit("MEUR", ("TTC",), 2021)),
        ("EUR excl. VAT", Unit("EUR", ("HT",))),
        ("milliers d’euros TTC", Unit("kEUR", ("TTC",))),
        ("euro dépensé", Unit("EUR", ("tax unstated",))),
        ("m²", Unit("m2")),
        ("m³", Unit("m3")),
        ("m² SHON", Unit("m2", ("SHON",))),
        ("Nm3", Unit("m3", ("normal",))),
        ("Nm³", Unit("m3", ("normal",))),
        ("m3 (n)", Unit("m3", ("normal",))),
        ("tonne.km", Unit("t.km")),
        ("km.tonne", Unit("t.km")),
        ("tkm", Unit("t.km")),
        ("passagers.km", Unit("passenger.km")),
        ("km.personne", Unit("passenger.km")),
        ("peq.km", Unit("passenger.km")),
        ("véhicule.km", Unit("vehicle.km")),
        ("kg de poids net", Unit("kg", ("net weight",))),
        ("kg de poids net cru", Unit("kg", ("net weight", "raw"))),
        ("kg poids vif", Unit("kg", ("live weight",))),
        ("kg cuit", Unit("kg", ("cooked",))),
        ("kgH2", Unit("kg", ("hydrogen",))),
        ("tonne de N", Unit("t", ("nitrogen",))),
        ("journées d'hospitalisation", Unit("hospital_day")),
        ("journées d’hospitalisation", Unit("hospital_day")),
        ("séjours", Unit("stay")),
        ("nuitées", Unit("night")),
        ("100 feuilles A4", Unit("100 sheet")),
        ("pièces", Unit("item")),
        ("pers.mois", None),  # a passenger for a month is no unit
        ("personne.mois", Unit("person.month")),
    ],
)
def test_spelling(text, expected):
    if expected is None:
        assert refusal(parse_unit, text).code == "unknown-unit"
    else:
        assert parse_unit(text) == expected


@pytest.mark.parametrize(
    ("accented", "plain"),
    [("véhicule.km", "vehicule.km"), ("unité", "unite"), ("mètre cube", "metre cube"), ("séjour", "sejour")],
)
def test_accents_do_not_matter(accented, plain):
    # é as one character (NFC) and as e with a combining accent (NFD), as macOS exports write it
    decomposed = accented.replace("é", "e\u0301").replace("è", "e\u0300")
    assert parse_unit(accented) == parse_unit(plain) == parse_unit(decomposed)


def test_millilitre_is_a_metre_in_the_base_carbone_only():
    assert parse_unit("mL") == Unit("mL")
    assert parse_unit("mL", "base-carbone") == Unit("m")
    assert dimensions("mL") != dimensions("m")


def test_livre_is_a_book_in_the_base_carbone_only():
    assert parse_unit("livre", "base-carbone") == Unit("item")
    assert refusal(parse_unit, "livre").code == "unknown-unit"


def test_kt_is_a_kilotonne():
    assert parse_unit("kt") == Unit("kt")
    assert dimensions("kt") == "[mass]"


@pytest.mark.parametrize(
    "text", ["", " ", "a", "livre", "lb", "gal", "Mg", "G", "furlong", "HT", "2023", "kg.L.m", "3.6 MJ"]
)
def test_unknown_unit_is_refused_with_a_choice(text):
    problem = refusal(parse_unit, text)
    assert problem.code == "unknown-unit"
    assert problem.message() == f"the unit «{text}» is not known"
    assert problem.hint().startswith("nearest: ")
    assert problem.parameters["nearest"] == nearest_unit(text) != ""


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("mWh", "MWh"), ("tkM", "tkm"), ("Mj", "MJ"), ("kilowatheure", "kilowattheure"), ("ML", "mL")],
)
def test_case_that_changes_a_unit_is_refused_with_the_nearest(typed, nearest):
    problem = refusal(parse_unit, typed)
    assert problem.code == "unknown-unit"
    assert problem.hint() == f"nearest: {nearest}"


def test_refusal_survives_as_text():
    with pytest.raises(UnknownUnitError) as caught:
        parse_unit("mWh")
    assert str(caught.value) == "the unit «mWh» is not known"
    assert isinstance(caught.value, ValueError)


@given(st.text(max_size=30), st.sampled_from(["", "base-carbone"]))
def test_any_text_is_a_unit_of_the_table_or_refused(text, vocabulary):
    try:
        unit = parse_unit(text, vocabulary)
    except UnknownUnitError:
        return
    assert unit.name in unit_table()
    assert set(unit.bases) <= set(bases())
    assert len({facet(token) for token in unit.bases}) == len(unit.bases)


@pytest.mark.parametrize("text", ["kg N", "t N"])
def test_a_mass_is_never_in_normal_conditions(text):
    # normal conditions are of a gas volume; beside a mass, N is nitrogen, or nothing that we know
    try:
        tokens = parse_unit(text).bases
    except UnknownUnitError:
        return
    assert tokens == ("nitrogen",)


def test_a_year_belongs_to_money_only():
    assert parse_unit("EUR 2019").price_year == 2019
    assert refusal(parse_unit, "kWh 2019").code == "basis-out-of-place"


# Units of factors


@pytest.mark.parametrize("text", ["kWh", "gCO2e/kWh", "tCO2e/t", "kgCO2e", "kgCO2e/", "kg/kg", "%"])
def test_unit_of_no_factor_is_refused(text):
    problem = refusal(parse_factor_unit, text)
    assert problem.code == "not-a-factor-unit"
    assert problem.message() == f"«{text}» is not the unit of an emission factor (kgCO2e/...)"


@pytest.mark.parametrize("text", ["kgCO2e/kWh PCI", "kg CO2e / kWh PCI", "kgCO2/kWh PCI"])
def test_unit_of_a_factor(text):
    assert parse_factor_unit(text) == Unit("kWh", ("PCI",))


def test_unknown_denominator_is_refused():
    assert refusal(parse_factor_unit, "kgCO2e/lb").code == "unknown-unit"


# Bases


@pytest.mark.parametrize("token", sorted(bases()))
def test_every_spelling_of_a_basis(token):
    for spelling in bases()[token].spellings:
        assert parse_basis(spelling) == Unit("", (token,)), spelling


def test_basis_spellings_are_of_one_basis_each():
    spellings = [spelling for basis in bases().values() for spelling in basis.spellings]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PCS", Unit("", ("PCS",))),
        ("poids net", Unit("", ("net weight",))),
        ("HT 2023", Unit("", ("HT",), 2023)),
        ("2023 HT", Unit("", ("HT",), 2023)),
        ("de poids net cru", Unit("", ("net weight", "raw"))),
        ("Hors taxes", None),
        ("hors taxes", Unit("", ("HT",))),
    ],
)
def test_basis(text, expected):
    if expected is None:
        assert refusal(parse_basis, text).hint() == "nearest: hors taxes"
    else:
        assert parse_basis(text) == expected


@pytest.mark.parametrize("text", ["PCX", "zzz", "kWh", "PCI kWh", "HT 2022 2023"])
def test_unknown_basis_is_refused(text):
    problem = refusal(parse_basis, text)
    assert problem.code == "unknown-basis"
    assert problem.message() == f"the basis «{text}» is not known"
    assert problem.hint().startswith("nearest: ")


@pytest.mark.parametrize(
    ("parse", "text", "sides"),
    [
        (parse_unit, "kWh PCI PCS", {"PCI", "PCS"}),
        (parse_unit, "kWh PCI (PCS)", {"PCI", "PCS"}),
        (parse_unit, "kWhPCI PCS", {"PCI", "PCS"}),
        (parse_unit, "EUR HT TTC", {"HT", "TTC"}),
        (parse_unit, "kg poids net poids vif", {"net weight", "live weight"}),
        (parse_basis, "PCI PCS", {"PCI", "PCS"}),
        (parse_basis, "cru cuit", {"raw", "cooked"}),
    ],
)
def test_contradictory_bases_are_refused(parse, text, sides):
    problem = refusal(parse, text)
    assert problem.code == "contradictory-basis"
    assert {problem.parameters["one"], problem.parameters["other"]} == sides
    one, other = problem.parameters["one"], problem.parameters["other"]
    assert problem.message() == f"«{text}» says both {one} and {other}"


def test_a_basis_said_twice_is_said_once():
    assert parse_unit("kWh PCI PCI") == Unit("kWh", ("PCI",))


def test_bases_that_change_an_amount_are_required():
    # METHOD section 2: PCI and PCS, HT and TTC, net and live weight must be said
    required = {token for token, basis in bases().items() if basis.required}
    assert {"PCI", "PCS", "HT", "TTC", "net weight", "live weight"} <= required
    assert facet("PCI") == facet("PCS") != facet("HT") == facet("TTC")
    assert facet("net weight") == facet("live weight") != facet("raw") == facet("cooked")
