"""The commands as people and scripts meet them: help, what they print, the files they write."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import decarb
from decarb.cli import build
from decarb.factors.records import GWP_SETS
from decarb.reporting import VIEWS
from tests.cli.command_runs import run

COMMANDS = [
    ["validate"],
    ["footprint"],
    ["explain"],
    ["uncertainty"],
    ["compare"],
    ["report"],
    ["verify"],
    ["ingest"],
    ["factors"],
    ["factors", "search"],
    ["factors", "show"],
    ["factors", "import"],
    ["factors", "check"],
    ["factors", "diff"],
    ["factors", "template"],
    ["factors", "export"],
    ["factors", "cite"],
    ["medicines"],
    ["medicines", "import"],
    ["medicines", "lookup"],
    ["medicines", "score"],
    ["medicines", "inhalers"],
    ["gases"],
    ["gases", "convert"],
    ["gases", "indicators"],
    ["devices"],
    ["devices", "compare"],
    ["care"],
    ["care", "footprint"],
    ["adaptation"],
    ["adaptation", "checklist"],
    ["adaptation", "questions"],
    ["adaptation", "record"],
    ["adaptation", "exposure"],
    ["adaptation", "items"],
    ["national"],
    ["national", "init"],
    ["national", "submit"],
    ["national", "status"],
    ["national", "fsck"],
    ["national", "aggregate"],
    ["national", "estimate"],
    ["national", "benchmark"],
    ["national", "export"],
    ["national", "roadmap"],
    ["national", "obligations"],
    ["national", "report"],
]


# --- help ---------------------------------------------------------------------------------------------


def walk(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    children = command.commands.items() if isinstance(command, click.Group) else ()
    return [(path, command), *(found for name, child in children for found in walk(child, (*path, name)))]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_command_and_option_has_help(language: str) -> None:
    root = build(language)
    assert [list(path) for path, _ in walk(root) if path] == COMMANDS
    for path, command in walk(root):
        assert command.help, path
        for parameter in command.params:
            assert isinstance(parameter, click.Argument) or parameter.help, (path, parameter.name)
        result = CliRunner().invoke(root, [*path, "--help"])
        assert result.exit_code == 0
        assert "--help" in result.output


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_the_commands(flag: str) -> None:
    result = CliRunner().invoke(build("en"), [flag])
    assert result.exit_code == 0
    for name in ("validate", "footprint", "explain", "factors"):
        assert name in result.output


def test_version() -> None:
    result = CliRunner().invoke(build("en"), ["--version"])
    assert (result.exit_code, result.output.strip()) == (0, f"decarb, version {decarb.__version__}")


# --- exit codes, in real processes --------------------------------------------------------------------


def test_validate_leaves_with_zero_and_counts(valid: Path) -> None:
    done = run("validate", valid)
    assert done.returncode == 0
    assert "valid — 1 establishment(s), 2 lines bound to 2 factors" in done.stdout
    assert done.stderr == ""


def test_validate_leaves_with_two_and_every_problem(invalid: Path) -> None:
    done = run("validate", invalid)
    assert done.returncode == 2
    assert "not valid, 2 problem(s)" in done.stdout
    for words in ("/energy/0/quantity", "-1 is negative", '"credit": true', "[line-2]", "«kwhh»", "nearest: kwh"):
        assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_footprint_leaves_with_zero_two_or_three(valid: Path, refused: Path) -> None:
    assert run("footprint", valid).returncode == 0
    stopped = run("footprint", refused)
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert "refused: " in stopped.stderr
    assert "[bottle]" in stopped.stderr
    partial = run("footprint", refused, "--partial")
    assert partial.returncode == 3
    assert "PARTIAL" in partial.stdout


# --- what the commands print --------------------------------------------------------------------------


def test_validate_as_json(here: Any, invalid: Path, valid: Path, schemas: Path) -> None:
    from jsonschema import Draft202012Validator

    check = Draft202012Validator(json.loads((schemas / "problem.schema.json").read_text(encoding="utf-8")))
    code, out, errors = here("validate", invalid, "--format", "json")
    document = json.loads(out)
    assert (code, errors, document["valid"]) == (2, "", False)
    assert document["counts"]["errors"] == 2
    assert [problem["code"] for problem in document["problems"]] == ["negative-quantity", "unknown-unit"]
    assert [problem["line"] for problem in document["problems"]] == ["line-1", "line-2"]
    for problem in document["problems"]:
        check.validate(problem)
    code, out, errors = here("validate", valid, "--format", "json")
    assert (code, errors, json.loads(out)["valid"]) == (0, "", True)
    assert json.loads(out)["counts"] == {
        "establishments": 1,
        "lines": 2,
        "lines_bound": 2,
        "factors": 2,
        "errors": 0,
        "warnings": 0,
    }


def test_validate_binds_the_good_lines_too(here: Any, make: Any) -> None:
    document = make.document(make.line("x", 1, "kwhh"), make.line("isoflurane", 1, "L"), make.line("nope", 1, "kg"))
    code, out, _ = here("validate", make.write(document), "--format", "json")
    assert code == 2
    codes = {problem["code"] for problem in json.loads(out)["problems"]}
    assert codes == {"unknown-unit", "no-density", "unknown-factor"}


def test_warnings_do_not_refuse(here: Any, make: Any) -> None:
    path = make.write(make.document(make.line("electricity-fr-2019", 1, "kWh")))
    code, out, errors = here("validate", path)
    assert code == 0
    assert "1 warning(s)" in out
    assert "warning: " in errors
    assert "valid until 2019-12-31" in errors


def test_validate_several_files_at_once(here: Any, valid: Path, invalid: Path) -> None:
    code, out, errors = here("validate", valid, invalid)
    assert code == 2
    assert str(invalid) in errors
    assert str(valid) not in errors
    assert str(valid) in out


@pytest.mark.parametrize("view", ["beges", "ghg-protocol", "iso"])
def test_footprint_as_json_is_the_result_of_the_api(here: Any, make: Any, valid: Path, view: str) -> None:
    code, out, _ = here("footprint", valid, "--format", "json", "--view", view)
    document = json.loads(out)
    footprint = decarb.compute_footprint(decarb.read_inventory(valid))
    assert code == 0
    assert document["total_kgco2e"] == footprint.total(view)
    assert document["options"]["view"] == view


def test_footprint_as_csv(here: Any, valid: Path) -> None:
    code, out, _ = here("footprint", valid, "--format", "csv")
    assert code == 0
    assert out.splitlines()[0].startswith("code,group,name_fr,name_en,status")
    code, out, _ = here("footprint", valid, "--format", "csv", "--lines")
    assert len(out.splitlines()) == 3
    code, _, errors = here("footprint", valid, "--lines")
    assert code == 2
    assert "--lines goes with --format csv" in errors


def test_the_gwp_option_decides_over_the_document(here: Any, make: Any) -> None:
    path = make.write(make.document(make.line("nitrous-oxide", 1, "kg"), method={"gwp_set": "AR4"}))
    totals = {}
    for options in ([], ["--gwp", "AR5"]):
        _, out, _ = here("footprint", path, "--format", "json", *options)
        totals[json.loads(out)["options"]["gwp_set"]] = json.loads(out)["total_kgco2e"]
    assert totals == {"AR4": 298, "AR5": 265}


def test_a_library_of_ones_own(here: Any, make: Any, tmp_path: Path) -> None:
    library = tmp_path / "own.csv"
    library.write_text("id,name,unit,value,activity,source\nown,Own,kg,3,other,S\n", encoding="utf-8")
    path = make.write(make.document(make.line("own", 2, "kg")))
    assert here("footprint", path)[0] == 2
    code, out, _ = here("footprint", path, "--library", library, "--format", "json")
    assert (code, json.loads(out)["total_kgco2e"]) == (0, 6)
    assert "own" in here("factors", "show", "own", "--library", library)[1]


@pytest.mark.parametrize("name", ["missing", "missing.csv", "empty.csv", "bad.csv", "."])
def test_a_bad_library_is_refused_by_every_command(here: Any, valid: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "bad.csv").write_bytes("id,name,unit,value,activity,source\nx,É,kg,1;2,food,S\n".encode("cp1252"))
    for words in (["validate", valid], ["footprint", valid], ["explain", valid, "gas"], ["factors", "search", "gas"]):
        code, _, errors = here(*words, "--library", tmp_path / name)
        assert code == 2, errors
        assert "refused: " in errors
        assert "our fault" not in errors


def test_explain_a_line(here: Any, valid: Path, refused: Path) -> None:
    code, out, _ = here("explain", valid, "gas")
    # 1 L x 1.465 kg/L x 2590
    assert code == 0
    assert "3,794.35 kg CO2e" in out
    code, out, _ = here("explain", valid, "gas", "--format", "json")
    assert json.loads(out)["emissions_kgco2e"] == pytest.approx(3794.35)
    code, out, _ = here("explain", refused, "bottle")
    assert code == 2
    assert "no density is known" in out


def test_explain_a_line_although_others_cannot_be_read(here: Any, make: Any) -> None:
    lines = [make.line("electricity-fr-2024", 1, "GWh", id="good"), make.line("desflurane", 1, "kgg", id="bad")]
    path = make.write(make.document(*lines))
    code, out, _ = here("explain", path, "good")
    assert (code, "51,900 kg CO2e" in out) == (0, True)
    code, out, errors = here("explain", path, "bad")
    assert (code, out) == (2, "")
    assert "«kgg»" in errors
    # what is wrong with the document itself is wrong with every line of it
    code, out, errors = here("explain", make.write(make.document(lines[0], period={"start": "2024-01-01"})), "good")
    assert (code, out) == (2, "")
    assert "«end»" in errors


def test_the_choices_are_those_of_the_core() -> None:
    # written out in the commands, so that --help loads no library
    footprint = build("en").commands["footprint"]
    choices = {option.name: getattr(option.type, "choices", None) for option in footprint.params}
    assert tuple(choices["gwp"]) == GWP_SETS
    assert tuple(choices["view"]) == VIEWS


def test_explain_an_unknown_line_gives_the_nearest(here: Any, valid: Path) -> None:
    code, out, errors = here("explain", valid, "powre")
    assert (code, out) == (2, "")
    assert "no line is called «powre»" in errors
    assert "nearest: power" in errors


def test_search_and_show_factors(here: Any) -> None:
    code, out, _ = here("factors", "search", "natural", "gas", "2022")
    assert code == 0
    assert "natural-gas-fr-2022-kwh-pci" in out
    code, out, _ = here("factors", "search", "gaz", "naturel", "--format", "json", "--limit", "2")
    assert len(json.loads(out)) == 2
    code, out, errors = here("factors", "search", "zzzz")
    assert (code, out) == (0, "")
    assert "No factor has all these words" in errors
    code, out, _ = here("factors", "show", "base-carbone:43642", "--format", "json")
    assert json.loads(out)["id"] == "electricity-fr-2024"
    code, out, _ = here("factors", "show", "electricity-fr")
    assert "is a series" in out
    assert "electricity-fr-2024" in out
    code, _, errors = here("factors", "show", "electricty-fr")
    assert code == 2
    assert "electricity-fr" in errors


def test_a_gas_without_value_in_a_set_is_shown_without_value(here: Any) -> None:
    code, out, _ = here("factors", "show", "sevoflurane", "--gwp", "AR4", "--format", "json")
    assert (code, json.loads(out)["value_kgco2e"]) == (0, None)
    assert here("factors", "show", "sevoflurane", "--gwp", "AR4")[0] == 0
    assert here("factors", "search", "sevoflurane", "--gwp", "AR4")[0] == 0


# --- files --------------------------------------------------------------------------------------------


def test_out_writes_once_and_needs_force_to_write_again(here: Any, valid: Path, tmp_path: Path) -> None:
    target = tmp_path / "result.json"
    code, out, errors = here("footprint", valid, "--out", target)
    assert (code, out) == (0, "")
    assert f"written: {target}" in errors
    # the format comes from the extension
    assert json.loads(target.read_text(encoding="utf-8"))["partial"] is False
    target.write_text("kept", encoding="utf-8")
    code, _, errors = here("footprint", valid, "--out", target)
    assert code == 2
    assert f"{target} exists already" in errors
    assert "--force" in errors
    assert target.read_text(encoding="utf-8") == "kept"
    assert here("footprint", valid, "--out", target, "--force")[0] == 0
    assert json.loads(target.read_text(encoding="utf-8"))["format"] == "1.3"
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("r.json", "{"),
        ("r.csv", "code,"),
        ("r.txt", "Hospital"),
        ("r", "Hospital"),
        ("r.JSON", "{"),
        ("r.CSV", "code,"),
    ],
)
def test_the_format_follows_the_extension(here: Any, valid: Path, tmp_path: Path, name: str, start: str) -> None:
    assert here("footprint", valid, "--out", tmp_path / name)[0] == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


@pytest.mark.parametrize(("name", "options"), [("r.json", ("--format", "csv")), ("r.xlsx", ()), ("r.pdf", ())])
def test_an_extension_that_would_lie_is_refused(
    here: Any, valid: Path, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    assert here("footprint", valid, "--out", tmp_path / name, *options)[0] == 2
    assert not (tmp_path / name).exists()


def test_the_output_never_replaces_an_input(here: Any, valid: Path, tmp_path: Path) -> None:
    before = valid.read_bytes()
    link = tmp_path / "link.json"
    link.symlink_to(valid)
    for target in (valid, link):
        code, _, said = here("footprint", valid, "--out", target, "--force")
        assert (code, valid.read_bytes()) == (2, before)
        assert "one of the files that are read" in said


def test_a_link_is_followed_not_replaced(here: Any, valid: Path, tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old", encoding="utf-8")
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "real.json")
    assert here("footprint", valid, "--out", link, "--force")[0] == 0
    assert link.is_symlink()
    assert (tmp_path / "real.json").read_text(encoding="utf-8").startswith("{")


def test_validate_says_which_files_are_valid(valid: Path, invalid: Path) -> None:
    done = run("validate", valid, invalid)
    assert done.returncode == 2
    verdicts = done.stdout.splitlines()
    assert verdicts[0].startswith(f"{valid}: valid")
    assert verdicts[1].startswith(f"{invalid}: not valid, 2 problem(s)")
    assert verdicts[2] == "1 of 2 files are not valid"


def test_a_refusal_writes_nothing(here: Any, refused: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.json"
    assert here("footprint", refused, "--out", target)[0] == 2
    assert not target.exists()
    assert here("footprint", refused, "--out", target, "--partial")[0] == 3
    assert json.loads(target.read_text(encoding="utf-8"))["partial"] is True


@pytest.mark.parametrize("target", [".", "no/such/folder/r.json"])
def test_a_target_that_cannot_be_is_refused_before_any_work(
    here: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.chdir(tmp_path)
    # the inventory does not exist either, but the target is looked at first
    code, _, errors = here("footprint", "missing.json", "--out", target)
    assert code == 2
    assert "missing.json" not in errors


def test_partial_leaves_out_lines_that_cannot_be_read(make: Any) -> None:
    document = make.document(
        make.line("electricity-fr-2024", 1, "MWh"), make.line("electricity-fr-2024", 1, "furlong", id="odd")
    )
    path = str(make.write(document))
    assert run("footprint", path).returncode == 2
    done = run("footprint", path, "--partial")
    assert done.returncode == 3
    assert "PARTIAL" in done.stdout
    assert "furlong" in done.stdout


def test_partial_of_nothing_is_refused(make: Any) -> None:
    path = str(make.write(make.document(make.line("electricity-fr-2024", 1, "kg"))))
    done = run("footprint", path, "--partial")
    assert (done.returncode, done.stdout) == (2, "")
