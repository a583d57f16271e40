"""The form: what it asks, and that what is filled in comes back, or is refused by its row."""

import io
import json
from pathlib import Path

import openpyxl
import pytest

from decarb.adaptation import load_catalogue
from decarb.adaptation.form import Form, document_with, questions, read_form
from decarb.errors import InvalidDocumentError
from decarb.inventory import check_document
from decarb.report.adaptation_form import form_bytes
from tests.adaptation.checklists import TODAY, answer, checklist, document, exposed, fact, shown, status

SITES = [{"id": "north", "name": "=HYPERLINK(1)", "beds": 60}, {"id": "south", "beds": 40}]
LANGUAGES = ("fr", "en")


def written(folder: Path, said, language="fr", fill=None) -> Path:
    """The form of a document, filled in by `fill` (sheet number, row, column, value)."""
    path = folder / "form.xlsx"
    path.write_bytes(form_bytes(checklist(said), 0, language))
    if fill:
        book = openpyxl.load_workbook(path)
        for sheet, column, key, value in fill:
            table = book.worksheets[sheet]
            header = [cell.value for cell in table[1]]
            row = next(row for row in range(2, table.max_row + 1) if table.cell(row, 1).value == key)
            table.cell(row, header.index(column) + 1).value = value
        book.save(path)
    return path


def test_it_asks_what_is_open_and_nothing_else():
    said = document(
        exposure=[exposed("heat", "high")],
        facts=[fact("electricity_autonomy", 72, "h")],
        answers=[answer("GOV-02", "met", **shown()), answer("GOV-04", "met")],
    )
    asked = questions(checklist(said), 0)
    assert "heat" not in {row["hazard"] for row in asked["exposure"]}
    assert {row["hazard"] for row in asked["exposure"]} == {
        "flood", "water", "storm", "wildfire", "cold", "clay", "vectors",
    }  # fmt: skip
    items = {row["item"]: row.get("answer") for row in asked["answers"]}
    assert "GOV-02" not in items  # answered with evidence
    assert "ENE-01" not in items  # decided by data
    assert items["GOV-04"] == "met"  # claimed: asked again, for its evidence
    facts = {row["fact"] for row in asked["facts"]}
    assert "electricity_autonomy" not in facts
    assert {"cooled_beds", "heat_plan_date", "has_emergency_department"} <= facts
    assert "beds" not in facts


def test_it_asks_by_site_what_is_of_a_site():
    asked = questions(checklist(document(sites=SITES)), 0)
    assert [row["site"] for row in asked["answers"] if row["item"] == "GOV-02"] == [""]
    assert [row["site"] for row in asked["answers"] if row["item"] == "HEA-05"] == ["north", "south"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_comes_back(tmp_path, language):
    said = document(exposure=[exposed("flood", "high")], answers=[answer("GOV-04", "met")])
    words = {
        "fr": ("Réponse", "En partie", "Justificatif", "Jour", "Niveau", "Forte", "Source", "Valeur", "oui"),
        "en": ("Answer", "partly met", "Evidence", "Day", "Level", "High", "Source", "Value", "yes"),
    }[language]
    reply, partly, evidence, day, level, high, source, value, yes = words
    fill = [
        (1, reply, "GOV-02", partly),
        (1, evidence, "GOV-02", "Procès-verbal"),
        (1, day, "GOV-02", "31/05/2026"),
        (1, evidence, "GOV-04", "SDI"),
        (2, value, "shaded_glazing", "62,5" if language == "fr" else 62.5),
        (2, day, "shaded_glazing", TODAY),
        (2, value, "has_dialysis", yes),
        (2, day, "has_dialysis", "2026-05-31"),
        (2, value, "heat_plan_date", TODAY),
        (2, day, "heat_plan_date", TODAY),
        (3, level, "heat", high),
        (3, source, "heat", "Climadiag"),
        (3, day, "heat", "2026-01-01"),
    ]
    form = read_form(written(tmp_path, said, language, fill), load_catalogue())
    assert [len(form.entries[name]) for name in ("exposure", "facts", "answers")] == [1, 3, 2]
    merged = document_with(said, form, "inventory.json", TODAY)
    assert merged["schema_version"] == "1.1"
    found = checklist(merged)
    assert status(found, "GOV-02") == "partly"
    assert status(found, "HEA-09") == "met"
    assert found.facts["shaded_glazing"].tolist() == [62.5]
    assert found.facts["has_dialysis"].tolist() == [1]
    assert found.facts["exposure_heat"].tolist() == [4]
    assert found.facts["exposure_flood"].tolist() == [4]
    # the claim has its evidence now, and stands once
    said_of = [one for one in merged["adaptation"]["answers"] if one["item"] == "GOV-04"]
    assert said_of == [{"item": "GOV-04", "answer": "met", "evidence": "SDI"}]
    # nothing else of the document moved
    assert {key: merged[key] for key in said if key != "adaptation"} == {
        key: said[key] for key in said if key != "adaptation"
    }
    assert check_document(merged, "x.json")[0] is not None


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [(0.45, "0%", 45), (1, "0%", 100), (0.455, "0.0 %", 45.5), (45, "General", 45), ("45 %", "@", 45)],
)
def test_a_share_is_read_as_the_workbook_shows_it(tmp_path, value, number_format, expected):
    path = written(tmp_path, document(), "fr", [(2, "Jour", "shaded_glazing", TODAY)])
    book = openpyxl.load_workbook(path)
    table = book.worksheets[2]
    row = next(row for row in range(2, table.max_row + 1) if table.cell(row, 1).value == "shaded_glazing")
    cell = table.cell(row, [one.value for one in table[1]].index("Valeur") + 1)
    cell.value, cell.number_format = value, number_format
    book.save(path)
    ((_, entry),) = read_form(path, load_catalogue()).entries["facts"]
    assert entry["value"] == pytest.approx(expected)


@pytest.mark.parametrize("site", ["Hôpital Nord", " north ", "north"])
def test_a_site_may_be_named(site):
    said = document(sites=[{"id": " north " if site == "north" else "north", "name": "Hôpital Nord"}, {"id": "south"}])
    entries = {"answers": [("Answers 2", answer("HEA-06", "met", site=site.strip()))]}
    merged = document_with(said, Form("form.xlsx", entries), "inventory.json", TODAY)
    assert merged["adaptation"]["answers"][0]["site"] == said["sites"][0]["id"]


def test_an_untouched_form_changes_nothing(tmp_path):
    form = read_form(written(tmp_path, document()), load_catalogue())
    assert all(not entries for entries in form.entries.values())
    # nor does it lose what was said beside a claim, or make three of one that is of all sites
    answers = [
        answer("GOV-04", "met", comment="à revoir"),
        answer("GOV-07", "met", evidence="minutes"),
        answer("GOV-08", "met", evidence="register", date="2020-01-01"),
        answer("HEA-05", "partly", comment="façade sud"),
        answer("HEA-06", "not_met", site="south"),
    ]
    said = document(answers=answers, sites=SITES)
    form = read_form(written(tmp_path, said), load_catalogue())
    assert [entry for _, entry in form.entries["answers"]] == answers
    assert document_with(said, form, "inventory.json", TODAY)["adaptation"]["answers"] == answers


@pytest.mark.parametrize(
    ("fill", "code", "pointer", "words"),
    [
        ([(1, "Réponse", "GOV-02", "peut-être")], "form-cell", "Réponses 3", ["peut-être", "partly met"]),
        ([(1, "Justificatif", "GOV-02", "Procès-verbal")], "form-row-incomplete", "Réponses 3", ["missing Answer"]),
        ([(2, "Valeur", "shaded_glazing", "beaucoup")], "form-cell", "Données", ["beaucoup"]),
        ([(3, "Niveau", "heat", "énorme")], "form-cell", "Exposition 2", ["énorme", "Very high"]),
        ([(1, "Réponse", "GOV-02", "satisfait"), (1, "Jour", "GOV-02", "31/02/2026")], "form-cell", "Réponses 3", []),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_by_its_row(tmp_path, fill, code, pointer, words):
    path = written(tmp_path, document(), "fr", fill)
    with pytest.raises(InvalidDocumentError) as refused:
        read_form(path, load_catalogue())
    problem = refused.value.problems[0]
    assert problem.code == code
    assert problem.pointer.startswith(pointer)
    assert problem.file == str(path)
    assert [word for word in words if word not in f"{problem.message()} {problem.hint()}"] == []


def test_what_the_checklist_refuses_is_named_by_its_row_too(tmp_path):
    fill = [(1, "Réponse", "GOV-02", "satisfait"), (1, "Jour", "GOV-02", "2030-01-01")]
    form = read_form(written(tmp_path, document(), "fr", fill), load_catalogue())
    with pytest.raises(InvalidDocumentError) as refused:
        document_with(document(), form, "inventory.json", TODAY)
    (problem,) = refused.value.problems
    assert (problem.code, problem.pointer) == ("day-in-future", "Réponses 3")
    assert problem.file.endswith("form.xlsx")


def test_two_rows_of_one_item_that_differ_are_refused():
    entries = {"answers": [("Answers 2", answer("GOV-02", "met")), ("Answers 9", answer("GOV-02", "not_met"))]}
    with pytest.raises(InvalidDocumentError) as refused:
        document_with(document(), Form("form.xlsx", entries), "inventory.json", TODAY)
    assert [(p.code, p.pointer) for p in refused.value.problems] == [("answers-contradict", "Answers 9")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_it_is_run_as_a_formula(language):
    said = document(establishment={"name": "=1+1"}, sites=SITES)
    book = openpyxl.load_workbook(io.BytesIO(form_bytes(checklist(said), 0, language)))
    kinds = {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert book.worksheets[0]["A2"].value == "=1+1"
    assert [sheet.freeze_panes for sheet in book.worksheets[1:]] == ["B2", "B2", "B2"]


def test_a_document_of_a_later_version_keeps_it(make):
    shared = {"received": [{"service": "other", "provider": {"finess_ej": "750712184"}, "lines": ["line-1"]}]}
    line = make.line("water-supply-m3", 10, "m3")
    said = make.document(line, section="water", schema_version="1.2", shared_services=shared)
    entries = {"answers": [("Answers 2", answer("GOV-02", "met"))]}
    merged = document_with(said, Form("form.xlsx", entries), "inventory.json", TODAY)
    assert (merged["schema_version"], merged["shared_services"]) == ("1.2", shared)


def test_the_order_of_a_document_is_kept_and_the_section_stands_before_the_lines(make):
    line = make.line("water-supply-m3", 10, "m3")
    said = make.document(line, section="water", schema_version="1.0")
    entries = {"answers": [("Answers 2", answer("GOV-02", "met"))]}
    merged = document_with(said, Form("form.xlsx", entries), "inventory.json", TODAY)
    assert list(merged) == ["schema_version", "establishment", "period", "adaptation", "water"]
    assert json.loads(json.dumps(merged["water"])) == said["water"]
