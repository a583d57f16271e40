"""How the command leaves: usage errors, languages, readers that leave, and no traceback ever."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from decarb.cli import main, requested_language
from tests.cli.command_runs import SOURCES, run


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

    monkeypatch.setattr("decarb.footprint.from_files.compute_footprint", crash)
    code, _, errors = here("footprint", valid)
    assert code == 1
    assert errors.splitlines() == [
        "decarb failed: RuntimeError: boom. This is our fault: set DECARB_DEBUG=1 and report it."
    ]
    monkeypatch.setenv("DECARB_DEBUG", "1")
    with pytest.raises(RuntimeError, match="boom"):
        main(["footprint", str(valid), "--lang", "en"])
