import csv
from collections import Counter

import pytest

from decarb.reporting import GASES, MEMO_GASES, TOTAL_GASES, VIEWS, load_rules, view
from decarb.resources import data_file

# The 22 posts of BEGES-R v5 in its six categories, which are those of ISO 14064-1:2018
POSTS = [
    *("1.1", "1.2", "1.3", "1.4", "1.5"),
    *("2.1", "2.2"),
    *("3.1", "3.2", "3.3", "3.4", "3.5"),
    *("4.1", "4.2", "4.3", "4.4", "4.5"),
    *("5.1", "5.2", "5.3", "5.4"),
    "6.1",
]


@pytest.mark.parametrize("name", VIEWS)
def test_every_rule_lands_in_one_row_of_the_view(name):
    codes = Counter(row.code for row in view(name).rows)
    assert set(codes.values()) == {1}
    for rule in load_rules().rules:
        assert codes[view(name).code(rule)] == 1, rule


@pytest.mark.parametrize("name", VIEWS)
def test_rows_have_names_in_both_languages(name):
    for row in view(name).rows:
        assert row.name("fr")
        assert row.name("en")
        assert row.name("fr") == row.name_fr != row.name_en == row.name("en") or row.name_fr in {"Franchises"}


def test_beges_has_its_posts_in_their_order():
    assert [row.code for row in view("beges").rows] == POSTS
    assert [row.group for row in view("beges").rows] == [post[0] for post in POSTS]


def test_ghg_protocol_has_its_scopes_and_fifteen_categories():
    rows = view("ghg-protocol").rows
    assert Counter(row.group for row in rows) == {"1": 4, "2": 2, "3": 15, "other": 1}
    scope_3 = [row.code for row in rows if row.group == "3"]
    assert scope_3 == [f"3.{number}" for number in range(1, 16)]


def test_iso_has_its_six_categories():
    assert [row.code for row in view("iso").rows] == list("123456")


@pytest.mark.parametrize("rule", load_rules().rules, ids=lambda rule: f"{rule.index}-{rule.activity}")
def test_iso_category_is_that_of_the_post(rule):
    assert view("beges").code(rule) == rule.beges_post
    assert view("ghg-protocol").code(rule) == rule.ghg_category
    assert view("iso").code(rule) == rule.beges_post[0]


def test_assets_are_spread_in_beges_and_iso_and_whole_in_the_ghg_protocol():
    assert {name: view(name).timing for name in VIEWS} == {"beges": "beges", "ghg-protocol": "ghg", "iso": "beges"}


def test_official_names():
    names = {row.code: row for row in view("beges").rows}
    assert names["3.3"].name("fr") == "Déplacements domicile-travail"
    assert names["4.1"].name("fr") == "Achats de biens"
    names = {row.code: row for row in view("ghg-protocol").rows}
    assert names["3.7"].name("en") == "Employee commuting"
    assert names["3.15"].name("en") == "Investments"


def test_gas_columns():
    # BEGES table: CO2, CH4, N2O, other gases, total; CO2 biogenic beside it (METHOD section 3)
    assert TOTAL_GASES[:4] == ("co2_fossil", "ch4_fossil", "ch4_biogenic", "n2o")
    assert TOTAL_GASES[-1] == "unsplit"
    assert MEMO_GASES == ("co2_biogenic", "outside_kyoto", "avoided")
    assert tuple(gas.gas for gas in GASES) == TOTAL_GASES + MEMO_GASES
    columns = {gas.gas: gas.beges_column for gas in GASES}
    assert columns["ch4_fossil"] == columns["ch4_biogenic"] == "CH4"
    assert {columns[name] for name in ("hfc", "pfc", "sf6", "nf3", "other")} == {"other"}


def test_nomenclature_files_repeat_no_code():
    for name, column in (
        ("beges_posts.csv", "post"),
        ("ghg_protocol_categories.csv", "category"),
        ("iso_categories.csv", "category"),
        ("activities.csv", "activity"),
        ("stages.csv", "stage"),
        ("gases.csv", "gas"),
    ):
        with data_file(name).open(encoding="utf-8", newline="") as stream:
            codes = Counter(row[column] for row in csv.DictReader(stream))
        assert set(codes.values()) == {1}, name
