"""``decarb adaptation`` as people meet it: the issue's commands, forms that come back, refusals, exit codes."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from tests.adaptation.checklists import answer, document, exposed, fact, shown
from tests.cli.command_runs import run

CHU = "examples/chu.json"
ON = ("--on", "2026-11-22")
EXAMPLES = Path("examples/adaptation")


def test_the_checklist_of_the_example_leads_with_what_to_do(here):
    code, out, err = here("adaptation", CHU, *ON, "--lang", "en")
    assert (code, err) == (0, "")
    assert out.startswith("CHU de Valmont (établissement fictif) — PNACC-3 adaptation checklist\n")
    first = out[: out.index("Hazard  ")]
    assert first.count("Evidence to keep: ") == first.count("Deadline: ") == 3
    for hazard in ("Governance", "Heat", "Flood", "Energy continuity", "Supply chain", "All together"):
        assert hazard in out
    assert "the answer «met» gives way" in " ".join(out.split())


def test_the_short_form_is_that_of_the_checklist(here):
    assert here("adaptation", CHU, *ON)[1] == here("adaptation", "checklist", CHU, *ON)[1]
    french = here("adaptation", "--lang", "fr", "items", "ENE-01")
    assert french[1].count("ENE-01") == 1
    assert "Demandé par le droit" in french[1]
    assert "checklist" in here("adaptation", "--help")[1]


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_forms_of_output_at_another_warming_level(here, form):
    code, out, _ = here("adaptation", CHU, "--warming", "2.7", "--format", form, *ON)
    assert code == 0
    if form == "json":
        assert json.loads(out)["warming_celsius"] == 2.7
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(out)))
        assert len(rows) == 61 * 3
        assert {row["site"] for row in rows} == {"tilleuls", "saint-aubert", "roseliere"}
    else:
        assert "+2.7 °C (2050)" in out


def test_the_workbook_is_written_and_never_shown(here, tmp_path):
    target = tmp_path / "checklist.xlsx"
    assert here("adaptation", CHU, "--out", target, *ON)[0] == 0
    book = openpyxl.load_workbook(target)
    assert len(book.worksheets) == 5
    code, out, err = here("adaptation", CHU, "--format", "xlsx", *ON)
    assert (code, out) == (2, "")
    assert "add --out FILE.xlsx" in err
    code, _, err = here("adaptation", CHU, "--out", target, *ON)
    assert code == 2
    assert "exists already" in err


def test_questions_are_answered_and_recorded(here, tmp_path):
    form, new = tmp_path / "answers.xlsx", tmp_path / "new.json"
    code, _, err = here("adaptation", "questions", CHU, "--out", form, *ON, "--lang", "en")
    assert code == 0
    assert "answers," in err
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[1]
    header = [cell.value for cell in sheet[1]]
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == "GOV-08")
    sheet.cell(row, header.index("Answer") + 1).value = "partly met"
    sheet.cell(row, header.index("Evidence") + 1).value = "Registre des événements"
    book.save(form)
    code, _, err = here("adaptation", "record", CHU, form, "--out", new, *ON, "--lang", "en")
    assert code == 0, err
    before, after = json.loads(Path(CHU).read_text()), json.loads(new.read_text())
    assert [key for key in after if after[key] != before[key]] == ["adaptation"]
    recorded = [one for one in after["adaptation"]["answers"] if one["item"] == "GOV-08"]
    assert recorded == [{"item": "GOV-08", "answer": "partly", "evidence": "Registre des événements"}]
    text = " ".join(here("adaptation", new, *ON, "--lang", "en")[1].split())
    assert "partly met; document: Registre des événements" in text
    # the footprint of the new inventory is that of the old one
    assert here("footprint", CHU)[1] == here("footprint", new)[1].replace(str(new), CHU)


def test_exposures_are_recorded_from_public_files(here, tmp_path):
    new = tmp_path / "new.json"
    said = json.loads(Path(CHU).read_text())
    del said["adaptation"]
    said["schema_version"] = "1.0"
    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps(said))
    files = ("--gaspar", EXAMPLES / "risq_gaspar.csv", "--gaspar", EXAMPLES / "catnat_gaspar.csv")
    climate = ("--climate", EXAMPLES / "climadiag_commune.csv", "--climate", EXAMPLES / "indicateurs.csv")
    code, _, err = here("adaptation", "exposure", bare, *files, *climate, "--out", new, *ON, "--lang", "en")
    assert code == 0, err
    assert "exposures recorded" in err
    after = json.loads(new.read_text())
    assert after["schema_version"] == "1.1"
    heat = [one for one in after["adaptation"]["exposure"] if (one["hazard"], one["site"]) == ("heat", "tilleuls")]
    assert [(one["warming"], one["level"]) for one in heat] == [(2.0, "moderate"), (2.7, "moderate"), (4.0, "high")]
    assert here("adaptation", "exposure", bare, "--out", tmp_path / "x.json")[0] == 2


def test_the_catalogue(here):
    code, out, _ = here("adaptation", "items", "--hazard", "heat", "--lang", "en")
    assert code == 0
    assert out.count("HEA-") == 11
    assert "GOV-01" not in out
    assert "PNACC-3 measure 29" in out
    assert "Source: " in out
    found = json.loads(here("adaptation", "items", "--format", "json")[1])
    assert len(found["items"]) == 61
    assert all(item["sources"] for item in found["items"])
    facts = here("adaptation", "items", "--facts", "--format", "csv")[1]
    assert "electricity_autonomy" in facts
    code, out, err = here("adaptation", "items", "HEA-99", "--hazard", "heta", "--lang", "en")
    assert (code, out) == (2, "")
    assert "«HEA-99»" in err
    assert "nearest: heat" in err


def test_several_inventories_give_shares(here, make, tmp_path):
    said = document(
        answers=[answer("GOV-02", "met", **shown())], establishment={"region": "11", "finess_et": "750100125"}
    )
    other = document(exposure=[exposed("flood", "none")], establishment={"region": "84", "finess_et": "010000024"})
    paths = [make.write(said), make.write(other)]
    code, out, _ = here("adaptation", *paths, "--by", "region", "--of", "item", "--format", "csv", *ON)
    assert code == 0
    rows = {(row["region"], row["item"]): row for row in csv.DictReader(io.StringIO(out))}
    assert rows[("11", "GOV-02")]["share_met"] == "1.0"
    assert rows[("84", "GOV-02")]["share_met"] == ""
    assert rows[("84", "FLO-02")]["applicable"] == "0"
    assert "2 establishments" in here("adaptation", *paths, *ON, "--lang", "en")[1]
    rows = list(csv.DictReader(io.StringIO(here("adaptation", *paths, "--by", "establishment", "--format", "csv")[1])))
    assert len(rows) == 2 * 14
    document_of_shares = json.loads(here("adaptation", *paths, "--by", "total", "--format", "json")[1])
    assert len(document_of_shares["rows"]) == 13


def test_a_folder_of_columns_has_the_same_shares_as_its_documents(here, make, tmp_path):
    line = make.line("water-supply-m3", 10, "m3")
    for number, region in enumerate(("11", "84")):
        said = make.document(
            line,
            section="water",
            schema_version="1.1",
            establishment={"name": f"H{number}", "region": region},
            adaptation={"answers": [answer("GOV-02", "met", **shown())], "facts": [fact("shaded_glazing", 10)]},
        )
        (tmp_path / f"{number}.json").write_text(json.dumps(said))
    columns = tmp_path / "columns"
    assert here("ingest", tmp_path / "0.json", tmp_path / "1.json", "--out", columns)[0] == 0
    options = ("--by", "region", "--of", "item", "--format", "csv", *ON)
    together = here("adaptation", columns, *options)
    assert together[0] == 0
    assert together[1] == here("adaptation", tmp_path / "0.json", tmp_path / "1.json", *options)[1]
    code, _, err = here("adaptation", "questions", columns, "--out", tmp_path / "x.xlsx", "--lang", "en")
    assert code == 2
    assert "a form is of one inventory" in err


def test_what_is_wrong_is_refused_with_its_place_and_left_out_if_asked(here, make):
    good = make.write(document(establishment={"finess_et": "750100125"}))
    bad = make.write(document(answers=[answer("ENE-1", "met"), answer("GOV-02", "met", **shown(date="2030-01-01"))]))
    code, out, err = here("adaptation", bad, *ON, "--lang", "en")
    assert (code, out) == (2, "")
    assert f"{bad} /adaptation/answers/0/item" in err
    assert "2030-01-01 is still to come" in err
    assert here("adaptation", good, bad, *ON)[0] == 2
    code, out, err = here("adaptation", good, bad, "--partial", *ON, "--lang", "en")
    assert code == 3
    assert "1 establishments" in out
    assert "1 establishment(s) left out" in err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{}", "missing"),
        (b"[1, 2]", "type"),
        (b'{"schema_version": "1.1", "adaptation": {"answers": [{"item": "GOV-02"}]}}', "answer"),
        (
            b'{"schema_version": "1.1", "establishment": {"name": "H"}, "period": {"start": "2025-01-01", "end": '
            b'"2025-12-31"}, "adaptation": {"answers": [{"item": "GOV-02", "answer": "perhaps"}]}}',
            "perhaps is not allowed here",
        ),
        ('{"nom": "Hôpital"}'.encode("cp1252"), "UTF-8"),
        (b'{"adaptation": {}, "adaptation": {}}', "twice"),
        (b"", "empty"),
    ],
)
@pytest.mark.parametrize("command", [["adaptation"], ["adaptation", "record"], ["adaptation", "exposure"]])
def test_bad_input_is_worded_and_never_a_traceback(make, tmp_path, command, content, words):
    path = make.write(content)
    others = {
        "record": [EXAMPLES / "risq_gaspar.csv", "--out", tmp_path / "n.json"],
        "exposure": ["--gaspar", EXAMPLES / "risq_gaspar.csv", "--out", tmp_path / "n.json"],
    }.get(command[-1], [])
    done = run(*command, path, *others, "--lang", "en")
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "our fault" not in done.stderr
    assert words in done.stderr
    assert not (tmp_path / "n.json").exists()


def test_bad_options_are_refused(here, tmp_path):
    assert here("adaptation", CHU, "--warming", "3")[0] == 2
    assert here("adaptation", CHU, "--on", "22/11/2026")[0] == 2
    assert here("adaptation", CHU, "--hazard", "heta")[0] == 2
    assert here("adaptation", "record", CHU, tmp_path / "none.xlsx", "--out", tmp_path / "n.json")[0] == 2
    assert here("adaptation", "questions", CHU, "--out", tmp_path / "form.csv")[0] == 2
    assert here("adaptation", "questions", CHU, "--out", CHU)[0] == 2


def test_validate_looks_at_the_section_too(here, make, valid):
    said = json.loads(valid.read_text()) | {
        "schema_version": "1.1",
        "adaptation": {"answers": [answer("ENE-1", "met")]},
    }
    code, _, err = here("validate", make.write(said), "--lang", "en")
    assert code == 2
    assert "no item of the checklist is called «ENE-1»" in err
