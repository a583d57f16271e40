"""The command line as people and scripts meet it: help, exit codes, files, and no traceback ever."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import decarb
from decarb.cli import build, main, requested_language

SOURCES = Path(decarb.__file__).parent.parent
COMMANDS = [
    ["validate"],
    ["footprint"],
    ["explain"],
    ["factors"],
    ["factors", "search"],
    ["factors", "show"],
]


def run(*words: Any, **options: Any) -> subprocess.CompletedProcess[str]:
    """`decarb` in a process of its own, without the language of this machine."""
    path = os.pathsep.join([str(SOURCES), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "LC_ALL": "en_US.UTF-8", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "decarb", *map(str, words)],
        env=environment,
        capture_output="stdout" not in options,
        encoding="utf-8",
        check=False,
        **options,
    )


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`decarb` in this process: exit code, output, errors."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.delenv("DECARB_DEBUG", raising=False)

    def call(*words: Any) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        shown = capsys.readouterr()
        return int(left.value.code or 0), shown.out, shown.err

    return call


@pytest.fixture
def valid(make: Any) -> Path:
    power = make.line("electricity-fr-2024", 1, "GWh", id="power")
    return make.write(make.document(power, make.line("desflurane", 1, "L", id="gas")))


@pytest.fixture
def refused(make: Any) -> Path:
    lines = [make.line("electricity-fr-2024", 1, "GWh"), make.line("isoflurane", 1, "L", id="bottle")]
    return make.write(make.document(*lines, establishment={"name": "Refused"}))


@pytest.fixture
def invalid(make: Any) -> Path:
    lines = [make.line("electricity-fr-2024", -1, "GWh"), make.line("x", 1, "kwhh")]
    return make.write(make.document(*lines, establishment={"name": "Invalid"}))


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


@pytest.mark.parametrize(
    "words",
    [
        ["footprint"],
        ["footprint", "--nope"],
        ["nope"],
        [],
        ["factors", "search"],
        ["footprint", "x.json", "--view", "x"],
        ["--lang", "de"],
    ],
    ids=" ".join,
)
def test_usage_errors_leave_with_two(here: Any, words: list[str]) -> None:
    code, _, errors = here(*words)
    assert code == 2
    assert "Usage: decarb" in errors


def test_an_unknown_option_is_named(here: Any, valid: Path) -> None:
    code, out, errors = here("footprint", valid, "--patial")
    assert (code, out) == (2, "")
    assert "--patial" in errors
    assert "--partial" in errors


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("words", [["footprint"], ["factors", "search", "kwh", "--limit", "1000"], ["--help"]])
def test_a_reader_that_leaves_is_no_failure(valid: Path, words: list[str]) -> None:
    # as in: decarb footprint ... | head -1
    reader, writer = os.pipe()
    os.close(reader)
    try:
        path = [valid] if words == ["footprint"] else []
        done = run(*words, *path, stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


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
    assert json.loads(target.read_text(encoding="utf-8"))["format"] == "1.0"
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


# --- language -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["--lang", "fr", "footprint", "x"], "fr"),
        (["footprint", "x", "--lang", "fr"], "fr"),
        (["footprint", "--lang=fr", "x"], "fr"),
        (["footprint", "x", "--lang"], "en"),
        (["footprint", "x", "--lang", "de"], "en"),
        (["footprint", "x"], "en"),
    ],
)
def test_the_language_may_stand_anywhere(monkeypatch: pytest.MonkeyPatch, words: list[str], language: str) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert requested_language(words) == language


@pytest.mark.parametrize("position", ["before", "after"])
def test_french_wherever_it_is_asked_for(valid: Path, position: str) -> None:
    words = ["--lang", "fr", "footprint", valid] if position == "before" else ["footprint", valid, "--lang", "fr"]
    done = run(*words)
    assert done.returncode == 0
    assert "Achats de biens" in done.stdout
    assert "35,0" in done.stdout


def test_a_terminal_that_knows_no_accents_is_no_failure(valid: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "decarb", "footprint", str(valid), "--lang", "fr"],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Achats de biens" in done.stdout


# --- no traceback ever --------------------------------------------------------------------------------

HEAD = (
    b'{"schema_version":"1.0","establishment":{"name":"H","region":"11"},'
    b'"period":{"start":"2024-01-01","end":"2024-12-31"}'
)
LINE = b'{"id":"l","factor":"electricity-fr-2024","quantity":1,"unit":"kWh"'

BAD_INPUTS = {
    "nothing": b"",
    "text": b"hello",
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "windows-1252": '{"schema_version":"é"}'.encode("cp1252"),
    "binary": bytes(range(256)),
    "zeros": b"\x00" * 100,
    "spreadsheet": b"PK\x03\x04\x14\x00",
    "nan": HEAD + b',"energy":[' + LINE.replace(b"1,", b"NaN,") + b"}]}",
    "huge number": HEAD + b',"energy":[' + LINE.replace(b'"quantity":1', b'"quantity":1e400') + b"}]}",
    "deep": HEAD + b',"energy":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "less deep": HEAD + b',"energy":' + b"[" * 500 + b"]" * 500 + b"}",
    "less deep, escaped": HEAD + b',"\\u0065nergy":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "null": b"null",
    "list": b"[]",
    "empty object": b"{}",
    "no period": b'{"schema_version":"1.0","establishment":{"name":"H"}}',
    "superscript field": HEAD + ',"²":1}'.encode(),
    "superscript in an array's place": HEAD + ',"energy":{"²":1,"²":2}}'.encode(),
    "line feed in a number": HEAD.replace(b'"name":"H"', b'"name":"H","finess_et":"010000024\\n"') + b"}",
    "declaration list": HEAD + b',"declaration":[]}',
    "unknown post excluded": HEAD + b',"declaration":{"excluded_posts":[{"post":"9.9","justification":"x"}]}}',
    "list of posts excluded": HEAD + b',"declaration":{"excluded_posts":[{"post":[],"justification":"x"}]}}',
    "no justification": HEAD + b',"declaration":{"excluded_posts":[{"post":"2.1"}]},"energy":[' + LINE + b"}]}",
    "decimal note": HEAD + b',"energy":[' + LINE + b',"quality":{"technical":2.0},"unit":"?"}]}',
    "duplicate keys": HEAD + b',"energy":[' + LINE + b',"unit":"MWh"}]}',
    "thousands of problems": HEAD + b',"energy":[' + b",".join([b"{}"] * 1500) + b"]}",
    "unit of brackets": HEAD + b',"energy":[' + LINE.replace(b"kWh", b"((([[[") + b"}]}",
    "spend of nonsense": HEAD + b',"energy":[' + LINE + b',"spend":{"factor":"x","quantity":1,"unit":"("}}]}',
    "long id": HEAD + b',"energy":[' + LINE.replace(b'"l"', b'"' + b"l" * 200 + b'"') + b"}]}",
    "braces": HEAD + b',"energy":[' + LINE.replace(b"kWh", b"{value} {0} %s") + b"}]}",
}


@pytest.mark.parametrize("name", BAD_INPUTS)
@pytest.mark.parametrize("command", ["validate", "footprint", "explain"])
def test_bad_input_is_refused_and_never_a_failure_of_ours(here: Any, make: Any, command: str, name: str) -> None:
    path = make.write(BAD_INPUTS[name])
    for options in ([], ["--format", "json"]):
        code, out, errors = here(command, path, *(["l"] if command == "explain" else []), *options)
        assert "our fault" not in errors
        assert "Traceback" not in out + errors
        assert code == 2, errors
        assert "refused: " in errors or '"severity": "error"' in out


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (".", "this is a folder"),
        ("", "this is a folder"),
        ("missing.json", "there is no such file"),
        ("a\x00b", "cannot read the file"),
        ("x" * 5000, "cannot read the file"),
    ],
)
@pytest.mark.parametrize("command", ["validate", "footprint", "explain"])
def test_what_is_no_file_is_refused(here: Any, command: str, path: str, words: str) -> None:
    code, _, errors = here(command, path, *(["l"] if command == "explain" else []))
    assert code == 2
    assert words in errors
    assert "→" in errors


def test_a_crash_of_ours_says_so_in_one_line_with_code_one(
    here: Any, valid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("decarb.footprint.compute_footprint", crash)
    code, _, errors = here("footprint", valid)
    assert code == 1
    assert errors.splitlines() == [
        "decarb failed: RuntimeError: boom. This is our fault: set DECARB_DEBUG=1 and report it."
    ]
    monkeypatch.setenv("DECARB_DEBUG", "1")
    with pytest.raises(RuntimeError, match="boom"):
        main(["footprint", str(valid), "--lang", "en"])


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
