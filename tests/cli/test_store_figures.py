"""National figures from a store, end to end: submitted, superseded, refused, damaged; the same as from columns."""

import csv
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from decarb.factors import FactorLibrary
from tests.national.frames import finess, register

Call = Callable[..., tuple[int, str, str]]
EXAMPLES = Path(__file__).parents[2] / "examples"
POWER = "electricity-fr-2024"
REGIONS = ("84", "84", "84", "84", "11", "11", "11", "11", "94")
ON = ("--on", "2026-11-22")


def hospital(make: Any, number: int, year: int, mwh: float) -> Path:
    """A document of one of nine hospitals, each a legal entity."""
    identity = {
        "name": f"CH {number}",
        "finess_et": finess(f"01{number:04d}01"),
        "finess_ej": finess(f"01{number:04d}00"),
        "region": REGIONS[number],
        "category": "355",
        "legal_status": "13",
        "headcount": 300,
        "beds": 100 + number,
        "floor_area_m2": 1000,
    }
    lines = [
        make.line(POWER, mwh, "MWh", id="power"),
        make.line("natural-gas-fr-kwh-pci", 3000.0 + number, "kWh PCI", id="gas"),
    ]
    meals = [{"id": "meals", **make.line("meal-average", 100 * mwh, "meal")}]
    return Path(make.write(make.document(*lines, year=year, establishment=identity, food=meals)))


def mwh_of(number: int, year: int) -> float:
    return 10.0 * (number + 1) + (year - 2023)


@pytest.fixture(scope="module")
def of_year(make: Any) -> dict[int, list[Path]]:
    """What counts: nine hospitals of two years, and the examples, which are of the second."""
    found = {year: [hospital(make, number, year, mwh_of(number, year)) for number in range(9)] for year in (2023, 2024)}
    found[2024] += [EXAMPLES / f"{name}.json" for name in ("chu", "clinique", "ehpad")]
    return found


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, make: Any, of_year: dict[int, list[Path]]) -> Path:
    """A store in which two submissions were superseded, and two refused."""
    from decarb.national.store import init_store, open_store, submit

    folder = tmp_path_factory.mktemp("filled")
    store = init_store(folder / "national")
    broken = folder / "broken.json"
    broken.write_bytes(b"{")
    wrong = make.write(make.document(make.line(POWER, -1, "MWh"), establishment={"name": "Wrong"}))
    submit(store, [hospital(make, 0, 2024, 999.0), hospital(make, 4, 2023, 999.0), wrong, broken], by="tester")
    submit(open_store(folder / "national"), [*of_year[2024], *of_year[2023]], by="tester")
    return folder / "national"


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "national"))


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory, of_year: dict[int, list[Path]]) -> dict[int, Path]:
    """Folders of columns of the documents that count."""
    import decarb

    folder = tmp_path_factory.mktemp("columns")
    for year, paths in of_year.items():
        assert not decarb.ingest(paths, folder / str(year)).refused
    return {year: folder / str(year) for year in of_year}


# --- the same figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("national", "aggregate", "--by", "region,post", "--format", "json"),
        ("national", "aggregate", "--by", "region,post", "--lang", "fr"),
        ("national", "aggregate", "--by", "category,gas", "--no-secrecy", "--format", "csv"),
        ("national", "aggregate", "--by", "domain", "--view", "ghg-protocol", "--no-secrecy"),
        ("national", "benchmark", "--finess", finess("01000801"), "--format", "json"),
        ("national", "benchmark", "--finess", finess("01000801")),
        ("footprint", "--format", "csv", "--by", "establishment"),
        ("footprint", "--format", "csv", "--lines"),
        ("uncertainty", "--by", "region", "--draws", "500", "--format", "csv"),
        ("adaptation", "--by", "region", "--format", "csv", *ON),
    ],
)
def test_figures_are_those_of_columns_of_the_same_documents(
    here: Call, filled: Path, columns: dict[int, Path], words: tuple[str, ...]
) -> None:
    code, shown, errors = here(*words[:-1], words[-1], filled, "--year", 2024)
    assert (code, shown) == here(*words, columns[2024])[:2]
    assert code == 0
    assert "1 refused document(s) of 2024" in errors or "1 document(s) refusé(s) de 2024" in errors
    other = here(*words, filled, "--year", 2023)[1] if "--finess" not in words else ""
    assert other != shown


def test_years_are_those_of_columns_of_each_year(here: Call, filled: Path, columns: dict[int, Path]) -> None:
    for words in (
        ("roadmap", "--from", "2023", "--to", "2030", "--format", "json"),
        ("roadmap", "--from", "2023", "--to", "2030"),
        ("obligations", *ON, "--format", "json"),
        ("obligations", *ON),
    ):
        code, shown, errors = here("national", *words, filled)
        assert (code, shown) == here("national", *words, *columns.values())[:2]
        assert "warning" in errors
    document = json.loads(here("national", "roadmap", filled, "--from", 2023, "--format", "json")[1])
    assert len(document["changes"][0]["perimeter"]["constant"]) == 9
    assert len(document["changes"][0]["perimeter"]["entries"]) == 3


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_estimates_and_coverage_are_those_of_columns(
    here: Call, filled: Path, columns: dict[int, Path], tmp_path: Path, form: str
) -> None:
    rows = [
        f"{finess(f'01{number:04d}01')},{finess(f'01{number:04d}00')},CH,355,13,,01,,,{100 + number},,,"
        for number in range(18)
    ]
    frame = register(tmp_path, *rows)
    for words in (("estimate",), ("aggregate", "--by", "category,post")):
        command = ("national", *words, "--frame", frame, "--format", form, "--lang", "en")
        code, shown, errors = here(*command, filled, "--year", 2023)
        assert (code, shown) == here(*command, columns[2023])[:2]
        assert code == 0, errors
        assert "1 refused document(s) whose year could not be read" in errors


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_two_years_of_a_store_are_one_published_set(
    here: Call, filled: Path, of_year: dict[int, list[Path]], tmp_path: Path, form: str
) -> None:
    """As of one folder of columns of both: the difference of the years is withheld where it would tell of one."""
    both = tmp_path / "both"
    assert here("ingest", *of_year[2023], *of_year[2024], "--out", both)[0] == 0
    words = ("--by", "region,post", "--format", form)
    code, shown, errors = here("national", "aggregate", filled, *words, "--year", 2024, "--year", 2023)
    assert (code, shown) == here("national", "aggregate", both, *words)[:2]
    assert "latest year" not in errors
    assert here("national", "aggregate", both, *words, "--year", 2023)[1] != shown


@pytest.mark.parametrize("form", ["parquet", "csv", "xlsx"])
def test_exported_tables_are_those_of_columns(
    here: Call, store: Path, columns: dict[int, Path], tmp_path: Path, form: str
) -> None:
    code, shown, errors = here("national", "export", store, "--year", 2024, "--to", form)
    assert (code, shown) == (0, "")
    assert f"written: {store}-figures" in errors
    assert here("national", "export", columns[2024], "--to", form, "--out", tmp_path / "other")[0] == 0
    names = sorted(path.name for path in (tmp_path / "other").iterdir())
    assert sorted(path.name for path in Path(f"{store}-figures").iterdir()) == names
    for name in names:
        if form == "parquet" and name.endswith(form):
            assert pq.read_table(f"{store}-figures/{name}").equals(pq.read_table(tmp_path / "other" / name))
        elif form != "xlsx":  # a workbook says the minute that it was written at
            assert Path(f"{store}-figures", name).read_bytes() == (tmp_path / "other" / name).read_bytes()


# --- by SQL, without us ---------------------------------------------------------------------------------


def test_sql_over_the_exported_tables_gives_the_same_totals(here: Call, store: Path, tmp_path: Path) -> None:
    assert here("national", "export", store, "--year", 2024, "--to", "parquet", "--out", tmp_path / "figures")[0] == 0
    words = ("--year", 2024, "--by", "region,post", "--no-secrecy", "--format", "json")
    document = json.loads(here("national", "aggregate", store, *words)[1])
    figures = f"{tmp_path}/figures"
    asked = duckdb.sql(
        f"SELECT region, post, sum(kgco2e), count(DISTINCT finess_ej) FROM '{figures}/cells.parquet' "
        f"JOIN '{figures}/establishments.parquet' USING (establishment) WHERE in_total "
        "GROUP BY GROUPING SETS ((region, post), (region), (post), ())"
    ).fetchall()
    by_sql = {(region or "all", post or "all"): (kilograms, entities) for region, post, kilograms, entities in asked}
    shown = {
        (cell["region"], cell["post"]): (cell["kgco2e"], cell["entities"])
        for cell in document["cells"]
        if cell["status"] == "shown"
    }
    assert shown.keys() == by_sql.keys()
    assert len(shown) > 60
    for place, (kilograms, entities) in shown.items():
        assert kilograms == pytest.approx(by_sql[place][0], rel=1e-9, abs=1e-3), place  # rounded to 0.06 g a document
        assert entities == by_sql[place][1], place
    lines = duckdb.sql(f"SELECT sum(kgco2e) FROM '{figures}/lines.parquet'").fetchall()[0][0]
    assert lines == pytest.approx(shown["all", "all"][0], rel=1e-9)


def test_sql_over_the_store_gives_the_emissions_of_a_factor(
    here: Call, store: Path, tmp_path: Path, library: FactorLibrary
) -> None:
    """The quantities that count times the value of the factor, which is in kg CO2e/kWh; we are not asked."""
    assert here("national", "export", store, "--year", 2024, "--to", "parquet", "--out", tmp_path / "figures")[0] == 0
    asked = duckdb.sql(
        f"SELECT s.entity, sum(l.quantity) FROM '{store}/columns/year=2024/*.parquet' AS l "
        f"JOIN '{store}/submissions.parquet' AS s USING (submission) JOIN '{store}/terms/*.parquet' AS t USING (term) "
        f"WHERE s.current AND t.factor = '{POWER}' AND t.unit = 'MWh' AND s.name LIKE 'CH %' GROUP BY ALL"
    ).fetchall()
    assert sum(quantity for _, quantity in asked) == sum(mwh_of(number, 2024) for number in range(9))
    value = library.by_id[POWER].published_total
    exported = duckdb.sql(
        f"SELECT finess_ej || ' ' || finess_et, sum(kgco2e) FROM '{tmp_path}/figures/lines.parquet' "
        f"JOIN '{tmp_path}/figures/establishments.parquet' USING (establishment) "
        f"WHERE factor = '{POWER}' AND name LIKE 'CH %' GROUP BY ALL"
    ).fetchall()
    assert dict(exported) == {entity: pytest.approx(1000 * quantity * value) for entity, quantity in asked}


# --- what counts ----------------------------------------------------------------------------------------


def whole(here: Call, store: Path, *words: Any) -> float:
    shown = here("national", "aggregate", store, "--by", "region", "--no-secrecy", "--format", "json", *words)[1]
    return float(next(cell["kgco2e"] for cell in json.loads(shown)["cells"] if cell["region"] == "all"))


def test_what_supersedes_moves_the_figures_and_what_is_refused_does_not(
    here: Call, store: Path, make: Any, library: FactorLibrary
) -> None:
    before = {year: whole(here, store, "--year", year) for year in (2023, 2024)}
    later = hospital(make, 3, 2024, mwh_of(3, 2024) + 7)
    assert here("national", "submit", store, later)[0] == 0
    more = 7 * (1000 * library.by_id[POWER].published_total + 100 * library.by_id["meal-average"].published_total)
    assert whole(here, store, "--year", 2024) == pytest.approx(before[2024] + more, abs=1e-3)
    assert whole(here, store, "--year", 2023) == before[2023]
    refused = make.write(make.document(make.line(POWER, -5, "MWh"), establishment={"name": "Nobody"}))
    assert here("national", "submit", store, refused)[0] == 2
    assert whole(here, store, "--year", 2024) == pytest.approx(before[2024] + more, abs=1e-3)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_refused_documents_and_the_year_taken_are_said_beside_the_figures(
    here: Call, filled: Path, language: str
) -> None:
    code, shown, errors = here("national", "aggregate", filled, "--by", "region", "--lang", language)
    assert code == 0
    said = {
        "en": (
            "note: {}: the figures are of 2024, the latest year of the store",
            "other years of the store: 2023",
            "1 refused document(s) of 2024 are in no figure; nothing counts for that year of 1 of those who",
            "1 refused document(s) whose year could not be read",
        ),
        "fr": (
            "note\u00a0: {}: les chiffres sont de 2024, la dernière année du dépôt",
            "autres années du dépôt\u00a0: 2023",
            "1 document(s) refusé(s) de 2024 ne sont dans aucun chiffre",
            "1 document(s) refusé(s) dont l’année n’a pas pu être lue",
        ),
    }[language]
    for words in said:
        assert words.format(filled) in errors
    assert "2024" in shown.splitlines()[0]
    assert json.loads(here("footprint", filled, "--format", "json")[1])["warnings"][0]["code"] == "store-latest-year"
    assert "latest year" not in here("national", "aggregate", filled, "--by", "region", "--year", 2023)[2]


def test_a_refused_document_that_was_submitted_again_is_no_gap(here: Call, store: Path, make: Any) -> None:
    right = make.write(make.document(make.line(POWER, 1, "MWh"), establishment={"name": "Wrong"}))
    assert here("national", "submit", store, right)[0] == 0
    errors = here("national", "aggregate", store, "--by", "region", "--year", 2024)[2]
    assert "1 refused document(s) of 2024 are in no figure; nothing counts for that year of 0 of those who" in errors


# --- refusals -------------------------------------------------------------------------------------------

COMMANDS = [
    ("aggregate", "--by", "region"),
    ("benchmark", "--finess", finess("01000801")),
    ("export", "--to", "csv"),
    ("roadmap", "--from", "2023"),
    ("obligations",),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("how", ["columns", "terms", "log", "log-end"])
def test_a_damaged_store_is_refused_by_name(here: Call, store: Path, words: tuple[str, ...], how: str) -> None:
    if how == "columns":
        named = next((store / "columns" / "year=2024").iterdir())
        named.write_bytes(named.read_bytes()[:-100])
    elif how == "terms":
        named = store
        next((store / "terms").iterdir()).unlink()
    else:
        named = store / "log.jsonl"
        lines = named.read_bytes().splitlines(keepends=True)
        named.write_bytes(b"".join(lines[:-1]) if how == "log-end" else b"".join([lines[1], lines[0], *lines[2:]]))
        if how == "log-end":  # a whole batch that was acknowledged, and is not there
            named.write_bytes(b"".join(lines[: json.loads(lines[0])["batch"][1]]))
    code, shown, errors = here("national", *words, store)
    assert (code, shown) == (2, "")
    assert str(named) in errors
    assert "fsck" in errors or "restore the log from a copy" in errors
    assert "Traceback" not in errors
    assert not Path(f"{store}-figures").exists()


@pytest.mark.parametrize("words", [*COMMANDS[:3], ("footprint",)], ids=lambda words: words[0])
def test_a_store_is_read_alone(here: Call, store: Path, columns: dict[int, Path], words: tuple[str, ...]) -> None:
    group = () if words[0] == "footprint" else ("national",)
    for other in (EXAMPLES / "chu.json", columns[2023], store):
        code, shown, errors = here(*group, *words, store, other, *(("--out", "x") if words[0] == "export" else ()))
        assert (code, shown) == (2, "")
        assert "a store of submissions is read alone" in errors
        assert f"decarb national submit {store}" in errors


def test_a_year_from_elsewhere_beside_the_years_of_a_store(
    here: Call, store: Path, make: Any, columns: dict[int, Path]
) -> None:
    older = hospital(make, 0, 2022, 5.0)
    words = ("--format", "json", "--from")
    document = json.loads(here("national", "roadmap", store, older, *words, 2022)[1])
    assert [change["year"] for change in document["changes"]] == [2023, 2024]
    for command in (("roadmap", "--from", 2023), ("obligations",)):
        code, _, errors = here("national", *command, store, columns[2023])
        assert code == 2
        assert "2023 is in two collections" in errors


@pytest.mark.parametrize("words", COMMANDS[:3], ids=lambda words: words[0])
def test_years_that_nobody_submitted_for(here: Call, store: Path, words: tuple[str, ...]) -> None:
    code, _, errors = here("national", *words, store, "--year", 2019)
    assert code == 2
    assert "nobody submitted for 2019" in errors
    assert "years in the store: 2023, 2024" in errors
    code, _, errors = here("national", "roadmap", store, "--from", 2019)
    assert code == 2
    assert "nothing was submitted for 2019; submitted: 2023, 2024" in errors


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_store_in_which_nothing_counts(here: Call, tmp_path: Path, words: tuple[str, ...]) -> None:
    here("national", "init", tmp_path / "empty")
    (tmp_path / "broken.json").write_bytes(b"{")
    for _ in range(2):
        code, shown, errors = here("national", *words, tmp_path / "empty")
        assert (code, shown) == (2, "")
        assert "nothing in this store counts" in errors
        here("national", "submit", tmp_path / "empty", tmp_path / "broken.json")


def test_nothing_is_written_into_a_store(here: Call, store: Path, of_year: dict[int, list[Path]]) -> None:
    for words in (
        ("national", "export", store, "--to", "csv", "--out", store / "figures"),
        ("national", "export", store, "--to", "csv", "--out", store, "--force"),
        ("national", "export", of_year[2024][0], "--to", "csv", "--out", store / "columns" / "x"),
        ("footprint", store, "--out", store / "footprint.csv"),
        ("footprint", store, "--out", store / "log.jsonl", "--force", "--format", "json"),
        ("ingest", of_year[2024][0], "--out", store / "originals" / "x"),
    ):
        code, shown, errors = here(*words)
        assert (code, shown) == (2, "")
        assert "is only added to" in errors or "it would be lost" in errors or "extension" in errors
    assert here("national", "fsck", store)[0] == 0
    assert {path.name for path in store.iterdir()} == {
        "columns", "datapackage.json", "drafts", "lock", "log.jsonl", "originals", "places", "sections.parquet",
        "spends", "submissions.parquet", "terms",
    }  # fmt: skip


def test_a_store_is_no_folder_of_documents(here: Call, store: Path, make: Any, tmp_path: Path) -> None:
    """Its documents are superseded ones too: neither ingested nor submitted elsewhere by a slip."""
    here("national", "init", tmp_path / "other")
    for words in (("ingest", store, "--out", tmp_path / "x"), ("national", "submit", tmp_path / "other", store)):
        code, shown, errors = here(*words)
        assert (code, shown) == (2, "")
        assert "this is a store of submissions, not a folder of documents" in errors
        assert f"decarb national aggregate {store}" in errors
    beside = tmp_path / "beside.json"
    beside.write_bytes(hospital(make, 0, 2022, 1.0).read_bytes())
    code, shown, _ = here("ingest", tmp_path, "--out", tmp_path / "x", "--format", "json")
    assert (code, json.loads(shown)["documents"]) == (0, 1)  # the stores in the folder are left alone


def test_where_an_export_goes(
    here: Call, store: Path, columns: dict[int, Path], of_year: dict[int, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--to", "csv", "--year", 2024)
    for given in (f"{store}{os.sep}", store):
        assert here("national", "export", given, *words, "--force")[0] == 0
    code, _, errors = here("national", "export", store, *words)
    assert code == 2
    assert "add --force to replace it" in errors
    monkeypatch.chdir(store)
    assert here("national", "export", ".", *words, "--force")[0] == 0
    assert not (store / ".-figures").exists()
    code, _, errors = here("national", "export", of_year[2024][0], *words)
    assert code == 2
    assert "--out FOLDER is needed" in errors
    rows = list(csv.DictReader(io.StringIO(Path(f"{store}-figures", "establishments.csv").read_text())))
    assert {row["year"] for row in rows} == {"2024"}


def test_a_year_of_documents(here: Call, of_year: dict[int, list[Path]], columns: dict[int, Path]) -> None:
    both = [*of_year[2023], *of_year[2024]]
    for words in (
        ("footprint", "--format", "csv"),
        ("uncertainty", "--format", "csv"),
        ("adaptation", "--by", "region"),
    ):
        assert here(*words, *both, "--year", 2024)[1] == here(*words, *of_year[2024])[1]
        code, _, errors = here(*words, *both, "--year", 2019)
        assert code == 2
        assert "no document is of the year 2019" in errors


def test_documents_are_explained_and_asked_one_by_one(here: Call, store: Path, tmp_path: Path) -> None:
    code, _, errors = here("explain", store, "power")
    assert code == 2
    assert "this is a store of submissions" in errors
    assert f"decarb explain {store}/originals/SHA256.json power" in errors
    assert here("adaptation", "questions", store, "--out", tmp_path / "x.xlsx")[0] == 2
    original = next((store / "originals").iterdir())
    assert here("footprint", original)[0] == 0
