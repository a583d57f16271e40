"""`decarb report` writes what the extension asks for, `decarb verify` says whether it still holds."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from decarb.cli.report import WRITERS
from decarb.dossier.archive import read_archive
from decarb.writing import archive_bytes
from tests.cli.command_runs import SOURCES, run

Here = Callable[..., tuple[int, str, str]]
EXAMPLES = SOURCES.parent / "examples"


def test_the_workbook_shows_what_the_command_line_prints(here: Here, tmp_path: Path) -> None:
    path = EXAMPLES / "ehpad.json"
    assert here("report", path, "--out", tmp_path / "beges.xlsx", "--lang", "en")[0] == 0
    _, printed, _ = here("footprint", path, "--format", "json")
    rows = {row["code"]: row["total"] for row in json.loads(printed)["rows"]}
    sheet = openpyxl.load_workbook(tmp_path / "beges.xlsx", data_only=True)["BEGES-R v5"]
    shown = {row[0]: row[11] for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]}
    assert shown == {code: None if total is None else total / 1000 for code, total in rows.items()}


def test_json_is_the_result_of_the_footprint_command(here: Here, valid: Path, tmp_path: Path) -> None:
    assert here("report", valid, "--out", tmp_path / "result.json")[0] == 0
    _, printed, _ = here("footprint", valid, "--format", "json")
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8")) == json.loads(printed)


def test_csv_and_parquet_are_the_lines(here: Here, valid: Path, tmp_path: Path) -> None:
    for name in ("lines.csv", "lines.parquet"):
        assert here("report", valid, "--out", tmp_path / name)[0] == 0
    _, printed, _ = here("footprint", valid, "--format", "csv", "--lines")
    assert (tmp_path / "lines.csv").read_bytes().decode() == printed.replace("\n", "\r\n").replace("\r\r\n", "\r\n")
    assert pq.read_table(tmp_path / "lines.parquet").column("line").to_pylist() == ["power", "gas"]


def test_bilan_carbone_in_each_form(here: Here, valid: Path, tmp_path: Path) -> None:
    for suffix in WRITERS["bilan-carbone"]:
        target = tmp_path / f"lines{suffix}"
        assert here("report", valid, "--as", "bilan-carbone", "--out", target)[0] == 0
        assert target.stat().st_size > 100
    lines = json.loads((tmp_path / "lines.json").read_text(encoding="utf-8"))["lines"]
    assert [line["label"] for line in lines] == ["power", "gas"]


def test_a_dossier_is_written_and_verified(here: Here, valid: Path, tmp_path: Path) -> None:
    target = tmp_path / "dossier.zip"
    code, _, said = here("report", valid, "--out", target, "--lang", "en")
    assert code == 0
    digest = said.split("sha256 of the manifest: ")[1].strip()
    code, shown, _ = here("verify", target, "--lang", "en")
    assert code == 0
    assert "replays to the bit" in shown
    assert digest in shown
    code, shown, _ = here("verify", target, "--format", "json")
    assert json.loads(shown)["manifest_sha256"] == digest
    code, shown, _ = here("verify", target, "--lang", "fr")
    assert "se rejoue au bit près" in shown


def test_a_changed_dossier_is_refused_without_a_traceback(here: Here, valid: Path, tmp_path: Path) -> None:
    target = tmp_path / "dossier.zip"
    here("report", valid, "--out", target)
    members = read_archive(target)
    members["report.txt"] = b"less"
    target.write_bytes(archive_bytes(members))
    code, _, said = here("verify", target, "--lang", "en")
    assert code == 2
    assert "member report.txt is not what the manifest holds the digest of" in said
    assert "ask its author for the original" in said


def test_a_standard_input_goes_into_the_dossier(valid: Path, tmp_path: Path) -> None:
    target = tmp_path / "dossier.zip"
    with valid.open("rb") as stream:
        done = run("report", "-", "--out", target, stdin=stream, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    assert read_archive(target)["inventories/1-stdin.json"] == valid.read_bytes()


def test_own_factors_are_pinned_and_replayed(here: Here, valid: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    _, template, _ = here("factors", "template")
    header, *rows = template.splitlines()
    own.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    target = tmp_path / "dossier.zip"
    code, _, said = here("report", valid, "--library", own, "--out", target)
    assert code == 0, said
    own.unlink()
    assert here("verify", target)[0] == 0
    manifest = json.loads(read_archive(target)["manifest.json"])
    assert [layer["name"] for layer in manifest["library"]["layers"]] == ["decarb", "own"]


def test_medicine_codes_replay_from_the_tables_in_the_dossier(here: Here, tmp_path: Path) -> None:
    target = tmp_path / "dossier.zip"
    assert here("report", EXAMPLES / "pharmacie-par-code.json", "--out", target, "--partial")[0] in (0, 3)
    assert here("verify", target)[0] == 0
    assert json.loads(read_archive(target)["manifest.json"])["medicines"]["digest"]


def test_refused_lines_stop_a_report_and_partial_marks_it(here: Here, refused: Path, tmp_path: Path) -> None:
    for name in ("beges.xlsx", "dossier.zip", "lines.parquet"):
        code, _, said = here("report", refused, "--out", tmp_path / name, "--lang", "en")
        assert code == 2
        assert "[bottle]" in said
        assert str(refused) in said
        assert not (tmp_path / name).exists()
        assert here("report", refused, "--out", tmp_path / name, "--partial")[0] == 3
    code, shown, _ = here("verify", tmp_path / "dossier.zip", "--lang", "en")
    assert code == 0
    assert "partial" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--out", "report.pdf"],
            "no report is written as .pdf here; there are: .html, .xlsx, .zip, .json, .csv, .parquet",
        ),
        (["--out", "report"], "no report is written as report here"),
        (["--out", "x.zip", "--as", "bilan-carbone"], "no report is written as .zip here; there are: .csv"),
        (["--out", "x.xlsx", "--sign", "key"], "--sign is for a dossier"),
        (["--out", "missing/x.xlsx"], "missing"),
    ],
)
def test_what_cannot_be_written_is_refused(
    here: Here, valid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, errors = here("report", valid, *words, "--lang", "en")
    assert code == 2
    assert said in errors
    assert not list(tmp_path.iterdir())


def test_an_existing_file_stays(here: Here, valid: Path, tmp_path: Path) -> None:
    target = tmp_path / "beges.xlsx"
    target.write_bytes(b"mine")
    assert here("report", valid, "--out", target)[0] == 2
    assert target.read_bytes() == b"mine"
    assert here("report", valid, "--out", target, "--force")[0] == 0


def test_a_folder_of_columns_has_no_dossier(here: Here, valid: Path, tmp_path: Path) -> None:
    columns = tmp_path / "columns"
    assert here("ingest", valid, "--out", columns)[0] == 0
    code, _, said = here("report", columns, "--out", tmp_path / "dossier.zip", "--lang", "en")
    assert code == 2
    assert "a folder of columns has no documents to put on file" in said
    assert here("report", columns, "--out", tmp_path / "beges.xlsx")[0] == 0


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")
def test_a_signed_dossier_says_by_whom(here: Here, valid: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = Path(f"{key}.pub").read_text(encoding="utf-8")
    (tmp_path / "allowed").write_text(f"dpd@chu.example {public}", encoding="utf-8")
    target = tmp_path / "dossier.zip"
    assert here("report", valid, "--out", target, "--sign", key)[0] == 0
    code, shown, _ = here("verify", target, "--signed-by", tmp_path / "allowed", "--lang", "en")
    assert code == 0
    assert "good, by dpd@chu.example" in shown
    (tmp_path / "nobody").write_text("", encoding="utf-8")
    code, _, said = here("verify", target, "--signed-by", tmp_path / "nobody", "--lang", "en")
    assert code == 2
    assert "does not allow" in said
