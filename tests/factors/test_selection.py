import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import UsageError
from decarb.factors import load_factors, select
from decarb.factors.columns import stored_columns
from tests.factors.library_tables import read

LIBRARY = load_factors()


def codes(selection):
    return {note.code: note for note in selection.notes}


# A pinned id or alias is never substituted


@pytest.mark.parametrize("reference", ["electricity-fr-2024", "base-carbone:43642"])
@pytest.mark.parametrize(("year", "geography"), [(2018, "FR-MAINLAND"), (2024, "FR-MAINLAND"), (2030, "RE")])
def test_pinned_is_exactly_what_it_says(reference, year, geography):
    assert select(LIBRARY, reference, year, geography).factor.id == "electricity-fr-2024"


def test_pinned_inside_its_validity_says_nothing():
    assert select(LIBRARY, "electricity-fr-2024", 2024).notes == ()


def test_pinned_past_its_validity_warns():
    selection = select(LIBRARY, "electricity-fr-2024", 2025)
    (note,) = selection.notes
    assert (note.code, note.severity) == ("factor-expired", "warning")
    assert note.message() == "electricity-fr-2024 is valid until 2024-12-31, before the year 2025"
    assert note.hint() == "the source keeps it as valid: check whether a newer one exists"


def test_pinned_of_later_data_warns():
    (note,) = select(LIBRARY, "electricity-fr-2024", 2020).notes
    assert (note.code, note.severity) == ("factor-later", "warning")
    assert note.message() == "electricity-fr-2024 is of 2024, after the year 2020"


@pytest.mark.parametrize(
    ("reference", "factor_place", "geography"),
    [("electricity-fr-2024", "FR-MAINLAND", "RE"), ("electricity-reunion", "RE", "FR-MAINLAND")],
)
def test_pinned_of_another_place_warns_and_points_to_its_series(reference, factor_place, geography):
    note = codes(select(LIBRARY, reference, 2020, geography))["factor-elsewhere-in-series"]
    assert note.severity == "warning"
    assert note.message() == f"{reference} is for {factor_place}, and its line is in {geography}"
    assert note.hint() == "the id of its series takes the factor of the place"


def test_pinned_of_another_place_without_a_series_warns():
    note = codes(select(LIBRARY, "electricity-french-polynesia-2020", 2020))["factor-elsewhere"]
    assert note.severity == "warning"
    assert note.message() == "electricity-french-polynesia-2020 is for PF, and the line is in FR-MAINLAND"


def test_pinned_of_the_world_is_elsewhere_nowhere():
    assert select(LIBRARY, "desflurane", 2024, "RE").notes == ()


def test_pinned_of_the_place_says_nothing_of_the_place():
    assert select(LIBRARY, "electricity-reunion", 2020, "RE").notes == ()


def test_pinned_flight_against_the_option_warns():
    flight = "plane-under-500km-101-220-seats"
    assert select(LIBRARY, f"{flight}-contrails", 2024).notes == ()
    note = codes(select(LIBRARY, f"{flight}-no-contrails", 2024))["contrails-differ"]
    assert note.severity == "warning"
    assert note.message() == (f"{flight}-no-contrails does not follow the document's option: contrails included")


# A series by year


@pytest.mark.parametrize(
    ("year", "taken"),
    [
        (2018, "electricity-fr-2018"),
        (2021, "electricity-fr-2021"),
        (2024, "electricity-fr-2024"),
        (2025, "electricity-fr-2024"),  # the latest before
        (2040, "electricity-fr-2024"),
        (2015, "electricity-fr-2018"),  # the earliest after, as there is none before
    ],
)
def test_series_by_year(year, taken):
    selection = select(LIBRARY, "electricity-fr", year)
    assert selection.factor.id == taken
    found = codes(selection)
    assert found["selected-from-series"].message() == f"electricity-fr: {taken} taken by year and place"
    assert found["selected-from-series"].severity == "note"
    assert ("proxy-year" in found) == (not taken.endswith(str(year)))
    if "proxy-year" in found:
        assert found["proxy-year"].severity == "warning"
        assert found["proxy-year"].message() == (
            f"electricity-fr: no factor of {year}; {taken[-4:]} is taken, the nearest year"
        )


@pytest.mark.parametrize(("year", "taken"), [(2016, "2015"), (2021, "2022"), (2022, "2022"), (2024, "2022")])
def test_series_with_a_hole_takes_the_nearest_year(year, taken):
    # gas has 2015 and 2022 (METHOD, section 1: a proxy is the nearest year)
    assert select(LIBRARY, "natural-gas-fr-kwh-pci", year).factor.id == f"natural-gas-fr-{taken}-kwh-pci"


@pytest.mark.parametrize("series", sorted(LIBRARY.series))
@given(year=st.integers(1990, 2100))
def test_year_chosen_is_exact_else_the_nearest_and_for_euros_the_latest_before(series, year):
    selection = select(LIBRARY, series, year)
    mainland = [
        factor.unit.price_year or factor.data_year
        for factor in LIBRARY.members(series)
        if "FR-MAINLAND" in factor.geographies
    ]
    years = sorted(value for value in mainland if value)
    if not years:
        return
    before = [value for value in years if value <= year]
    if selection.factor.unit.price_year:
        expected = before[-1] if before else years[0]
    else:
        expected = min(years, key=lambda value: (abs(value - year), value))
    assert (selection.factor.unit.price_year or selection.factor.data_year) == expected
    stated = codes(selection).keys() & {"proxy-year", "proxy-price-year"}
    assert bool(stated) == (expected != year)


# A series by place


@pytest.mark.parametrize(
    ("geography", "taken"),
    [
        ("FR-MAINLAND", "electricity-fr-2020"),
        ("FR", "electricity-fr-2020"),
        ("RE", "electricity-reunion"),
        ("GP", "electricity-guadeloupe"),
        ("MQ", "electricity-martinique"),
        ("GF", "electricity-guyane"),
        ("YT", "electricity-mayotte"),
        ("FR-20R", "electricity-corsica"),
        ("PM", "electricity-saint-pierre-et-miquelon"),
        ("BL", "electricity-saint-barthelemy"),
        ("MF", "electricity-saint-martin"),
    ],
)
def test_series_by_place(geography, taken):
    selection = select(LIBRARY, "electricity-fr", 2020, geography)
    assert selection.factor.id == taken
    assert ("proxy-place" in codes(selection)) == (geography == "FR")


def test_place_comes_before_year():
    # Réunion has one vintage, valid until 2020: taken for 2024 all the same, and stated
    selection = select(LIBRARY, "electricity-fr", 2024, "RE")
    assert selection.factor.id == "electricity-reunion"
    found = codes(selection)
    assert found["factor-expired"].message() == ("electricity-reunion is valid until 2020-12-01, before the year 2024")


@pytest.mark.parametrize("geography", ["NC", "WF"])
def test_place_without_a_factor_falls_back_to_the_mainland_and_says_so(geography):
    selection = select(LIBRARY, "electricity-fr", 2024, geography)
    assert selection.factor.id == "electricity-fr-2024"
    note = codes(selection)["proxy-place"]
    assert note.severity == "warning"
    assert note.message() == f"electricity-fr: no factor for {geography}; the one of FR-MAINLAND is taken"


def test_member_of_several_places():
    assert select(LIBRARY, "diesel-fr-litre", 2024, "MQ").factor.id == "diesel-antilles-guyane-litre"
    assert select(LIBRARY, "diesel-fr-litre", 2024, "RE").factor.id == "diesel-reunion-litre"
    assert select(LIBRARY, "diesel-fr-litre", 2024).factor.id == "diesel-b7-litre"


# Spend ratios by the year of the euros


@pytest.mark.parametrize(
    ("year", "price_year", "taken"),
    [
        (2023, None, 2023),
        (2021, None, 2021),
        (2023, 2020, 2020),  # the line's euros, not the period
        (2023, 2019, 2019),
        (2024, None, 2023),
        (2025, 2024, 2023),
        (2015, None, 2019),
    ],
)
def test_spend_ratio_by_price_year(year, price_year, taken):
    selection = select(LIBRARY, "spend-pharmaceutical-products", year, price_year=price_year)
    assert selection.factor.id == f"spend-pharmaceutical-products-{taken}"
    wanted = price_year or year
    found = codes(selection)
    assert ("proxy-price-year" in found) == (wanted != taken)
    if wanted != taken:
        assert found["proxy-price-year"].message() == (
            f"spend-pharmaceutical-products: no ratio for euros of {wanted}; "
            f"the one of {taken} is taken, without deflating"
        )


# Contrails


@pytest.mark.parametrize(("option", "suffix"), [("included", "contrails"), ("excluded", "no-contrails")])
def test_series_follows_the_contrails_option(option, suffix):
    for series in sorted(name for name in LIBRARY.series if name.startswith("plane-")):
        selection = select(LIBRARY, series, 2024, contrails=option)
        assert selection.factor.id == f"{series}-{suffix}"
        assert selection.factor.contrails == option
        assert "contrails-differ" not in codes(selection)


def test_series_that_cannot_follow_the_option_says_so():
    # belly freight exists with contrails only: taken, but never silently (METHOD section 2: printed)
    series = "air-freight-belly-over-220-seats-long-haul"
    selection = select(LIBRARY, series, 2024, contrails="excluded")
    assert selection.factor.contrails == "included"
    assert "contrails-differ" in codes(selection)


# Names


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("electricity-fr-2042", "electricity-fr-2024"),
        ("electricty-fr", "electricity-fr"),
        ("desfluran", "desflurane"),
        ("spend-pharmaceutical-product", "spend-pharmaceutical-products"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest(typed, nearest):
    with pytest.raises(UsageError) as caught:
        select(LIBRARY, typed, 2024)
    (problem,) = caught.value.problems
    assert problem.code == "unknown-factor"
    assert problem.message() == f"no factor, series or alias is called «{typed}»"
    assert nearest in problem.parameters["nearest"]
    assert nearest in problem.hint()
    assert problem.hint().endswith("decarb factors search WORDS")


@pytest.mark.parametrize("typed", ["", "zzzzzz", "base-carbone:1", "base-carbone:", "BASE-CARBONE:43642"])
def test_nothing_is_guessed(typed):
    with pytest.raises(UsageError) as caught:
        select(LIBRARY, typed, 2024)
    assert caught.value.problems[0].code == "unknown-factor"


@pytest.mark.parametrize("name", sorted(LIBRARY.by_id))
def test_every_id_and_alias_pins_itself(name):
    factor = LIBRARY.by_id[name]
    assert select(LIBRARY, name, 2024).factor is factor
    if factor.source == "base-carbone-23.6":
        assert select(LIBRARY, f"base-carbone:{factor.source_id}", 2024).factor is factor


# What a source leaves doubtful


@pytest.fixture
def folder_of(tmp_path):
    """Return a function that writes a folder with copies of one packaged factor, some cells changed."""

    def write_copies(*changes):
        columns, rows, parts = stored_columns("factors"), [], []
        (row,) = [row for row in read("factors") if row["id"] == "natural-gas-fr-2022-kwh-pci"]
        own = [part for part in read("parts") if part["factor"] == row["id"]]
        for change in changes:
            rows.append({**row, "source_id": "", **change})
            parts += [{**part, "factor": change["id"]} for part in own]
        for name, found in (("factors", rows), ("parts", parts)):
            with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(found[0]))
                writer.writeheader()
                writer.writerows(found)
        assert tuple(rows[0]) == columns
        return load_factors(tmp_path)

    return write_copies


def test_two_factors_of_one_year_and_place_are_never_chosen_between(folder_of):
    library = folder_of({"id": "a", "series": "twins"}, {"id": "b", "series": "twins"})
    with pytest.raises(UsageError) as caught:
        select(library, "twins", 2022)
    (problem,) = caught.value.problems
    assert problem.code == "factor-ambiguous"
    assert problem.message() == "twins: a, b are of one year and place"
    assert problem.hint() == "write one of them as the factor of the line"
    assert select(library, "b", 2022).factor.id == "b"


def test_twins_do_not_stand_in_the_way_of_another_year(folder_of):
    library = folder_of(
        {"id": "a", "series": "twins"},
        {"id": "b", "series": "twins"},
        {"id": "c", "series": "twins", "data_year": "2024"},
    )
    assert select(library, "twins", 2024).factor.id == "c"


def test_a_factor_of_no_year_comes_after_any_that_says_one(folder_of):
    # the packaged gas says 2022; b says nothing, and is not a better match for 2024
    library = folder_of({"id": "a", "series": "mixed"}, {"id": "b", "series": "mixed", "data_year": ""})
    assert select(library, "mixed", 2024).factor.id == "a"


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"status": "doubtful"}, "factor-doubtful", "a is doubtful at its source"),
        ({"published_total": "0"}, "factor-zero", "a is zero at its source"),
    ],
)
@pytest.mark.parametrize("reference", ["a", "one"])
def test_a_doubtful_or_nil_factor_is_said_whatever_chose_it(folder_of, change, code, words, reference):
    library = folder_of({"id": "a", "series": "one", **change})
    notes = [note for note in select(library, reference, 2022).notes if note.code == code]
    assert [(note.severity, note.message()) for note in notes] == [("warning", words)]
