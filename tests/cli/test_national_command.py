"""``decarb national roadmap`` and ``obligations``."""

import csv
import io
import json

import pytest

from tests.cli.command_runs import run


@pytest.fixture(scope="module")
def two_years(make):
    """Meals of A in two years, 204 kg and 163.2 kg; B in the second alone."""

    def meals(name, year, quantity):
        line = make.line("meal-average", quantity, "meal", id="meals")
        identity = {"name": name, "legal_status": "13", "headcount": 300}
        return make.write(make.document(line, year=year, section="food", establishment=identity))

    return [str(meals("A", 2023, 100)), str(meals("A", 2024, 80)), str(meals("B", 2024, 10))]


def test_the_roadmap_to_read(two_years):
    found = run("national", "roadmap", *two_years, "--from", 2023, "--lang", "en")
    assert found.returncode == 0, found.stderr
    assert "change on one perimeter, by one method" in found.stdout
    assert "(-20.0 %)" in found.stdout
    assert "entries: B" in found.stdout
    assert "Mass of single-use plastic: not computed" in found.stdout
    assert "34.2 Mt compound and 31.9 Mt linear in 2030, counted from 2023" in found.stdout
    assert "It is never set equal to their sum." in found.stdout


def test_the_roadmap_speaks_french(two_years):
    found = run("national", "roadmap", *two_years, "--from", 2023, "--lang", "fr")
    assert "variation sur un périmètre, par une méthode" in found.stdout
    assert "Masse de plastique à usage unique : non calculé" in found.stdout.replace("\u00a0", " ")
    assert "Il n’est jamais égalé à leur somme." in found.stdout


def test_the_document_of_the_roadmap(two_years):
    document = json.loads(
        run("national", "roadmap", *two_years, "--from", 2023, "--to", 2040, "--format", "json").stdout
    )
    (change,) = document["changes"]
    assert change["perimeter"] == {"constant": ["A"], "entries": ["B"], "exits": [], "moved": []}
    assert change["change_kgco2e"] == pytest.approx(-40.8)
    assert change["entries_kgco2e"] == pytest.approx(20.4)
    assert document["pace"][-1]["year"] == 2040
    assert document["national_figure"]["same_as_submissions"] is False
    levers = {lever["lever"]: lever["indicators"] for lever in document["levers"]}
    assert levers["reprocessing"][0]["computed"] is False
    assert levers["reprocessing"][0]["readings"][0]["value"] is None
    assert levers["food"][0]["distances"][-1]["compound_target"] == pytest.approx(204 * 0.95**17)


def test_the_rows_of_the_roadmap(two_years):
    text = run("national", "roadmap", *two_years, "--from", 2023, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    food = next(row for row in rows if row["indicator"] == "food-emissions" and row["year"] == "2024")
    assert float(food["value"]) == pytest.approx(183.6)
    assert float(food["compared"]) == pytest.approx(163.2)
    assert float(food["distance_linear"]) == pytest.approx(163.2 - 204 * 0.65)
    plastic = next(row for row in rows if row["indicator"] == "plastic-single-use")
    assert (plastic["computed"], plastic["value"]) == ("False", "")


def test_columns_of_one_year_beside_documents_of_another(two_years, tmp_path):
    folder = tmp_path / "columns"
    assert run("ingest", *two_years[1:], "--out", folder).returncode == 0
    found = run("national", "roadmap", two_years[0], folder, "--from", 2023, "--format", "json")
    assert json.loads(found.stdout)["changes"][0]["change_kgco2e"] == pytest.approx(-40.8)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "2019"], "nothing was submitted for 2019; submitted: 2023, 2024"),
        (["--from", "2023", "--to", "2023"], "the year 2023 is not after 2023"),
        (["--from", "soon"], "'soon' is not a valid integer"),
        ([], "Missing option '--from'"),
    ],
)
def test_a_roadmap_that_cannot_be_followed_is_refused_in_words(two_years, words, message):
    found = run("national", "roadmap", *two_years, *words, "--lang", "en")
    assert found.returncode == 2
    assert message in found.stderr
    assert "Traceback" not in found.stderr


def test_strangers_are_not_compared(two_years):
    found = run("national", "roadmap", two_years[0], two_years[2], "--from", 2023, "--lang", "en")
    assert found.returncode == 2
    assert "nobody submitted the same for 2023 and for 2024" in found.stderr


def test_twice_the_same_document_is_refused(two_years):
    found = run("national", "roadmap", two_years[0], two_years[0], "--from", 2023, "--lang", "en")
    assert found.returncode == 2
    assert "Traceback" not in found.stderr


def test_obligations_to_read(two_years):
    found = run("national", "obligations", *two_years, "--on", "2026-11-22", "--lang", "en")
    assert found.returncode == 0, found.stderr
    assert "BEGES, public entity: every 3 years: met (due 2028)" in found.stdout
    assert "not in submissions: contracts and their criteria" in found.stdout
    assert "(to be verified)" in found.stdout


def test_obligations_as_a_document_and_as_rows(two_years):
    words = ("national", "obligations", *two_years, "--on", "2026-11-22", "--format")
    document = json.loads(run(*words, "json").stdout)
    assert document["counts"]["beges-public"] == {"met": 2, "not_met": 0, "unknown": 0, "not_concerned": 0}
    rows = list(csv.DictReader(io.StringIO(run(*words, "csv").stdout)))
    assert len(rows) == len(document["findings"])
    assert {row["status"] for row in rows if row["milestone"] == "egalim-organic"} == {"unknown"}


def test_obligations_speak_french(two_years):
    found = run("national", "obligations", two_years[0], "--lang", "fr")
    assert "statut juridique" in found.stdout
    assert "pas dans les transmissions" in found.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [(["--on", "tomorrow"], "'tomorrow' does not match"), (["--reference", "2015"], "nothing was submitted for 2015")],
)
def test_obligations_that_cannot_be_looked_at_are_refused_in_words(two_years, words, message):
    found = run("national", "obligations", *two_years, *words, "--lang", "en")
    assert found.returncode == 2
    assert message in found.stderr


def test_refused_lines_stop_both_unless_partial(make):
    lines = [make.line("meal-average", 1, "meal"), make.line("isoflurane", 1, "L")]
    path = make.write(make.document(*lines))
    for words in (("roadmap", "--from", 2024), ("obligations",)):
        assert run("national", *words, path).returncode == 2
        assert run("national", *words, path, "--partial").returncode == 3
