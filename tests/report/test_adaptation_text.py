"""The checklist as it is read: what leads, what is said of an empty sheet, reasons, references, both languages."""

import io

import jsonschema_rs
import openpyxl
import pytest

from decarb.adaptation import aggregate, linked_emissions, load_catalogue
from decarb.inventory.documents import schema_of
from decarb.report.adaptation_aggregate import aggregate_text, records_workbook, scores_text
from decarb.report.adaptation_result import aggregate_records, checklist_document, item_records, score_records
from decarb.report.adaptation_text import checklist_text
from decarb.report.adaptation_view import AdaptationView, item_references
from decarb.report.adaptation_workbook import checklist_workbook
from decarb.report.catalogue_text import catalogue_text, facts_text
from decarb.report.result import flat
from decarb.report.words import Words
from tests.adaptation.checklists import answer, checklist, document, exposed, fact, shown

SITES = [{"id": "north", "name": "Hôpital Nord", "beds": 60}, {"id": "south", "beds": 40}]
RICH = checklist(
    document(
        exposure=[exposed("flood", "none", site="north"), exposed("flood", "high", site="south")],
        facts=[
            fact("electricity_autonomy", 72, "h", site="north"),
            fact("electricity_autonomy", 30, "h", site="south"),
            fact("heat_plan_date", "2026-05-20"),
        ],
        answers=[
            answer("ENE-01", "met", site="south"),
            answer("GOV-02", "not_met", **shown()),
            answer("GOV-08", "met", **shown(date="2024-01-01")),
            answer("HEA-06", "met", **shown(site="north")),
        ],
        sites=SITES,
    )
)


def lines_of(text, sign):
    return [line for line in text.splitlines() if sign in line]


def test_an_empty_sheet_says_so_first_and_shows_no_score():
    text = checklist_text(checklist(document()), 0, [], "en")
    head = text[: text.index("Do first")]
    assert "Nothing is answered: there is no score, and an empty sheet is not a good one." in head
    assert "decarb adaptation questions document-0.json --out answers.xlsx" in head
    assert "%" not in head
    (total,) = lines_of(text, "All together")
    assert total.split()[2:7] == ["0", "%", "100", "%", "0"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_three_things_to_do_stand_on_the_first_screen(language):
    text = checklist_text(RICH, 0, [], language, 80)
    first = text.splitlines()[:32]
    assert [line[:3] for line in first if line[:4] in (" 1. ", " 2. ", " 3. ")] == [" 1.", " 2.", " 3."]
    assert "[GOV-02]" in "".join(first)
    prose = text[: text.index("✓ ")].splitlines()
    assert all(len(line) <= 80 for line in prose if "  " not in line.strip())


def test_reasons_show_the_facts_their_day_and_what_gave_way():
    view = AdaptationView(RICH, 0, Words("en"))
    energy = RICH.catalogue.items["ENE-01"]
    assert view.reasons(energy) == (
        "Hôpital Nord: autonomous electricity, fuel stock included: 72 h (2026-01-15); "
        "south: autonomous electricity, fuel stock included: 30 h (2026-01-15), the answer «met» gives way"
    )
    assert view.how_many(list(RICH.catalogue.items).index("ENE-01")) == "1 of 2 sites"
    register = RICH.catalogue.items["GOV-08"]
    assert view.reason(1, register) == "claim: a file, 2024-01-01"
    flood = RICH.catalogue.items["FLO-02"]
    assert view.reason(1, flood) == "exposure (Flood, heavy rain and sea flooding): None (2026-01-15)"
    plan = RICH.catalogue.items["HEA-09"]
    assert view.reason(1, plan) == "day the heat section of the plan blanc or bleu was updated: 2026-05-20"


def test_what_ends_and_what_is_wrong_are_said():
    text = checklist_text(RICH, 0, [], "en")
    assert "2031-06-01  HEA-06 (Hôpital Nord)" in text
    assert "the evidence of GOV-08, of 2024-01-01, is more than 12 months old" in text
    assert "An exposure that is not recorded counts as moderate" in text


def test_a_threshold_of_the_warming_level_is_said_with_its_items():
    warm = checklist(document(), warming=4.0)
    text = " ".join(checklist_text(warm, 0, [], "en").split())
    assert "Intense rain gets 15 % stronger (up to 20 % in the northern half). It is the threshold of FLO-06." in text
    assert "(2100)" in text


def test_one_hazard_in_full_has_its_references():
    text = " ".join(checklist_text(RICH, 0, [], "en", hazard="energy").split())
    assert "Asked by law: CSP R.6111-22" in text
    assert "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000029669205" in text
    assert "PNACC-3 measure 31" in text
    assert "GOV-01" not in text


def test_what_is_not_verified_says_so():
    catalogue = load_catalogue()
    lines = list(item_references(catalogue, catalogue.items["GOV-01"], Words("en")))
    assert any(line.startswith("PNACC-3 measure 29") and "seen cited, not read" in line for line in lines)
    assert any("PNACC3.pdf (seen cited, not read)" in line for line in lines)
    assert any("the draft" in line for line in lines)


def test_links_with_carbon_are_weighed_and_unknown_is_not_zero(make, library):
    from decarb.adaptation import evaluate
    from decarb.footprint import compute_footprint
    from tests.adaptation.checklists import TODAY

    inventory = make.read(make.line("r410a", 10, "kg"), section="refrigerants")
    found = evaluate(inventory, today=TODAY)
    text = " ".join(
        checklist_text(found, 0, linked_emissions(found, compute_footprint(inventory, library), 0), "en").split()
    )
    assert "t CO2e today in all lines of that kind, 100.0 % of the footprint" in text.replace("100 %", "100.0 %")
    assert "the inventory has no such line: unknown, not zero" in text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_document_is_that_of_its_schema(language):
    validator = jsonschema_rs.validator_for(schema_of("adaptation_result"))
    for found in (RICH, checklist(document())):
        said = checklist_document(found, 0, [], language)
        assert [error.message for error in validator.iter_errors(said)] == []
    said = checklist_document(RICH, 0, [], language)
    assert len(said["items"]) == 61 * 2
    assert said["scores"][-1]["group"] == "overall"
    assert 0 < said["scores"][-1]["worst"] < said["scores"][-1]["best"] < 1
    assert checklist_document(checklist(document()), 0, [], language)["scores"][-1]["score"] is None


def test_records_hold_the_facts_of_their_item():
    records = {(record["item"], record["site"]): record for record in item_records(RICH, 0, "en")}
    energy = records[("ENE-01", "south")]
    assert (energy["status"], energy["rests_on"], energy["answer"]) == ("partly", "data", "met")
    assert energy["rule"] == "electricity_autonomy > 0"
    facts = {one["fact"]: one for one in energy["facts"]}
    assert facts["electricity_autonomy"] == {
        "fact": "electricity_autonomy",
        "value": 30,
        "unit": "h",
        "date": "2026-01-15",
    }
    assert "electricity_autonomy" in flat(energy)["facts"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_workbook_says_the_same_and_runs_nothing(language):
    named = checklist(document(establishment={"name": "=1+1"}, sites=[{"id": "a", "name": "@SUM(1)"}, {"id": "b"}]))
    book = openpyxl.load_workbook(io.BytesIO(checklist_workbook(named, 0, [], language)))
    assert "f" not in {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    summary, actions, items, references = book.worksheets
    assert summary.max_row > 13
    assert actions.max_row == 1 + sum(1 for status in named.overall[0] if status not in (0, 4))
    assert items.max_row == 1 + 61 * 2
    assert references.max_row > 200


def test_the_grid_of_an_aggregate_counts():
    both = checklist(
        document(answers=[answer("GOV-02", "met", **shown())], establishment={"region": "11"}),
        document(establishment={"region": "84"}),
    )
    text = aggregate_text(both, aggregate(both, "region"), "item", "en")
    (row,) = [line for line in lines_of(text, "GOV-02") if "100 %" in line]
    assert row.split()[-5:] == ["100", "%", "0", "%", "0"][-5:] or "1" in row
    assert "Île-de-France (1)" in text
    assert "Auvergne-Rhône-Alpes (1)" in text
    records = list(aggregate_records(aggregate(both, "region"), "item"))
    assert len(records) == 2 * 61
    assert records[1]["share_met"] == 1
    assert [record["share_met"] for record in records if record["region"] == "84"] == [None] * 61
    assert openpyxl.load_workbook(io.BytesIO(records_workbook(records))).worksheets[0].max_row == 1 + 2 * 61
    assert scores_text(both, "en").count("Hospital") == 2
    assert len(list(score_records(both))) == 2 * 14


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_catalogue_is_shown_whole(language):
    catalogue = load_catalogue()
    text = catalogue_text(catalogue, list(catalogue.items.values()), language)
    for item in catalogue.items.values():
        assert item.id in text
    for source in {name for item in catalogue.items.values() for name in item.sources}:
        assert catalogue.sources[source].url in text
    facts = facts_text(catalogue, language)
    assert "electricity_autonomy" in facts
    assert "cooled_bed_share" not in facts
