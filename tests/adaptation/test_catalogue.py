"""The catalogue: complete in both languages, every reference resolved, every rule of facts that exist, no copy."""

import json
import re
from datetime import date

import pytest

from decarb.adaptation import load_catalogue, read_catalogue
from decarb.adaptation.catalogue import EXPOSURE
from decarb.adaptation.loading import FOLDER, TABLES
from decarb.adaptation.recorded import LEVELS
from decarb.errors import Bilingual
from decarb.inventory.schema import schema
from decarb.reporting import activities
from decarb.resources import Table, data_folder, read_table, write_table
from decarb.units import unit_table

CATALOGUE = load_catalogue()
ITEMS = list(CATALOGUE.items.values())
FRENCH = re.compile("[éèàùçêôî’]| (de|le|la|les|du|des|un|une) ")


def test_it_is_the_proposed_list():
    counts = {"GOV": 9, "HEA": 11, "FLO": 7, "WAT": 7, "CLA": 2, "STO": 3, "FIR": 4, "COL": 2}
    counts |= {"VEC": 3, "ENE": 5, "ICT": 2, "STA": 3, "SUP": 3}
    found = [item.id for item in ITEMS]
    assert found == [f"{prefix}-{number:02}" for prefix, count in counts.items() for number in range(1, count + 1)]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_is_complete_in_both_languages(item):
    for words in (item.text, item.action, item.evidence, item.why, item.partly_means, item.caution):
        assert words.english.strip()
        assert words.french.strip()
        assert words.english != words.french
        # a space that breaks never stands before a double mark, nor a straight apostrophe in a word
        assert not re.search(r" [:;!?»]|« |\w'\w", words.french), words.french
        assert not re.search(r"NOTES|\[[MVIS]\]", words.english + words.french)
    assert 1 <= item.weight <= 5
    assert 1 <= item.effort <= 5
    assert 2026 <= item.horizon <= 2100
    assert item.scope in ("site", "entity")


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_an_item_has_a_source_that_a_reader_can_open(item):
    assert item.sources
    for name in item.sources:
        assert CATALOGUE.sources[name].url.startswith(("https://", "http://"))
    assert any(CATALOGUE.sources[name].verified == "yes" for name in item.sources)
    for name in (*item.asked_by, *item.related_law):
        assert CATALOGUE.legal_bases[name].source in CATALOGUE.sources
    for number in item.measures:
        assert CATALOGUE.measure(number).title.french


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_rules_read_facts_that_exist_and_say_yes_or_no(item):
    known = {*CATALOGUE.facts, *(EXPOSURE + hazard.id for hazard in CATALOGUE.hazards.values() if hazard.is_of_place)}
    for rule in (item.applies, item.met, item.partly, item.not_met):
        if rule is not None:
            assert set(rule.names) <= known, rule.text
    assert item.hazard in CATALOGUE.hazards


def test_no_rule_asks_for_what_no_source_gives():
    # a threshold in a rule is either the statement's own, said in its text, or all, some and none
    for item in ITEMS:
        for rule in (item.met, item.partly, item.not_met):
            numbers = {int(number) for number in re.findall(r"(?<![\w.])\d+(?![\w.])", rule.text)} if rule else set()
            months = {60: "5 years", 12: "12 months", 36: "3 years"}
            for number in numbers - {0, 1, 100}:
                text = item.text.english.replace("\u00a0", " ")
                said = str(number) in text or months.get(number, "-") in text
                yearly = number == 12 and re.search("every (year|month)|this year|DUERP", text)
                drill = (item.id, number) == ("FIR-04", 36)
                assert said or yearly or drill, (item.id, rule.text, text)


def test_facts_are_sound():
    seen = set()
    for kind in CATALOGUE.facts.values():
        assert kind.kind in ("number", "yes_no", "day")
        assert kind.origin in ("declared", "identity", "place", "lines", "computed", "threshold")
        if kind.expression:
            assert set(kind.expression.names) <= seen, "computed from what stands before"
            assert kind.expression.is_logical == (kind.kind == "yes_no")
        if kind.origin == "lines":
            assert kind.path in activities()
        if kind.origin == "declared" and kind.unit not in ("", "%"):
            assert kind.unit in unit_table()
        seen.add(kind.id)
    for check in CATALOGUE.checks:
        assert set(check.expression.names) <= seen


def test_every_declared_fact_decides_an_item():
    behind = {name for item in ITEMS for name in CATALOGUE.facts_behind(item)}
    assert [kind.id for kind in CATALOGUE.facts.values() if kind.origin == "declared" and kind.id not in behind] == []


def test_other_tables_refer_to_what_exists():
    hazards, sources = CATALOGUE.hazards, CATALOGUE.sources
    for change in CATALOGUE.warming_changes:
        assert change.hazard in hazards
        assert change.source in sources
        assert change.threshold == "" or CATALOGUE.facts[change.threshold].origin == "threshold"
    for link in CATALOGUE.carbon_links:
        assert set(link.items) <= set(CATALOGUE.items)
        assert set(link.activities) <= set(activities())
        assert link.source in sources
        assert link.effect in ("raises", "lowers", "either")
    for rule in CATALOGUE.exposure_rules:
        assert hazards[rule.hazard].is_of_place
        assert rule.level in LEVELS
    for _, hazard in CATALOGUE.risk_words:
        assert hazard == "" or hazards[hazard].is_of_place
    for text in CATALOGUE.legal_bases.values():
        assert text.in_force_since == "" or date.fromisoformat(text.in_force_since)
    for level in CATALOGUE.warming_levels:
        assert level.source in sources


def test_the_schema_knows_the_hazards_of_a_place_and_the_levels():
    exposure = schema()["properties"]["adaptation"]["properties"]["exposure"]["items"]["properties"]
    assert exposure["hazard"]["enum"] == [hazard.id for hazard in CATALOGUE.hazards.values() if hazard.is_of_place]
    assert exposure["level"]["enum"] == list(LEVELS)
    assert exposure["warming"]["enum"] == [level.warming for level in CATALOGUE.warming_levels]


def test_the_measures_say_what_was_seen_of_them():
    # the two traps: the final edition gave procurement number 45, and its measure 29 was not read
    assert CATALOGUE.measure(45).title == Bilingual(
        "Use public procurement to serve adaptation",
        "Mobiliser la commande publique au service de l’adaptation au changement climatique.",
    )
    assert CATALOGUE.measure(29).verified == "secondary"
    assert "draft" in CATALOGUE.measure(29).note.english
    assert len({measure.number for measure in CATALOGUE.measures if measure.edition.startswith("draft")}) == 51


def test_the_digest_is_of_what_is_said_and_not_of_the_order_of_rows(tmp_path):
    folder = data_folder(FOLDER)
    tables = {name: read_table(folder / f"{name}.csv") for name in TABLES}
    (tmp_path / "datapackage.json").write_text((folder / "datapackage.json").read_text(encoding="utf-8"))
    for name, table in tables.items():
        rows = table.rows if name in ("facts", "risk_words") else table.rows[::-1]
        write_table(tmp_path / f"{name}.csv", Table(table.columns, rows))
    assert read_catalogue(tmp_path).digest == CATALOGUE.digest
    items = tables["items"]
    weight = items.columns.index("weight")
    items.rows[0][weight] = "1"
    write_table(tmp_path / "items.csv", items)
    assert read_catalogue(tmp_path).digest != CATALOGUE.digest


def test_no_address_of_a_source_is_there_twice_under_another_name():
    urls = [source.url for source in CATALOGUE.sources.values()]
    assert len(urls) == len(set(urls))


def test_the_package_says_its_version():
    package = json.loads((data_folder(FOLDER) / "datapackage.json").read_text(encoding="utf-8"))
    assert package["version"] == CATALOGUE.version
    assert re.fullmatch(r"\d+\.\d+\.\d+", CATALOGUE.version)
