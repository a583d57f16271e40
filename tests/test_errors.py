"""Problems as data: every code has words, every word its parameters, every place its file."""

import ast
import pickle
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import decarb
from decarb.errors import (
    DecarbError,
    InvalidFrameError,
    InvalidInventoryError,
    InvalidLibraryError,
    Problem,
    RefusedEstimationError,
    RefusedLinesError,
    UnknownUnitError,
    UsageError,
    printable,
)
from decarb.messages import FALLBACK_HINTS, HINTS, MESSAGES

ERRORS = (
    InvalidInventoryError,
    RefusedLinesError,
    InvalidLibraryError,
    InvalidFrameError,
    RefusedEstimationError,
    UnknownUnitError,
    UsageError,
)
# codes built from a field's name, in reading.py
BUILT = {"unknown-category", "unknown-legal-status"}


def raised() -> Iterator[tuple[str, set[str] | None, str]]:
    """Each `Problem("code", {...})` of the source: its code, its parameters if they are literal, its place."""
    for path in sorted(Path(decarb.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"):
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                keys: set[str] | None = set()
                if len(node.args) > 1:
                    given = node.args[1]
                    literal = isinstance(given, ast.Dict) and all(isinstance(k, ast.Constant) for k in given.keys)
                    keys = {k.value for k in given.keys} if literal else None
                yield node.args[0].value, keys, f"{path.name}:{node.lineno}"


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_problem_of_the_source_has_words_and_gives_what_they_show() -> None:
    found = list(raised())
    assert len(found) > 60
    for code, keys, place in found:
        assert code in MESSAGES, place
        if keys is not None:
            missing = (fields(MESSAGES[code]) | fields(HINTS.get(code, ""))) - keys
            assert not missing, (place, code, missing)


def test_no_message_is_left_that_nothing_says() -> None:
    source = "\n".join(p.read_text(encoding="utf-8") for p in Path(decarb.__file__).parent.rglob("*.py"))
    unused = {code for code in MESSAGES if source.count(f'"{code}"') < 2 and code not in HINTS}
    unused |= {code for code in HINTS if source.count(f'"{code}"') < 3}
    assert unused - BUILT == set()


def test_hints_belong_to_messages_and_codes_are_plain() -> None:
    assert set(HINTS) <= set(MESSAGES)
    for code in MESSAGES:
        assert code == code.lower()
        assert set(code) <= set(string.ascii_lowercase + string.digits + "-")


def test_words_show_the_values_as_they_are() -> None:
    problem = Problem("unknown-unit", {"value": "{0} {x} %s", "nearest": ["kWh", "kg"]})
    assert problem.message() == "the unit «{0} {x} %s» is not known"
    assert problem.hint() == "nearest: kWh, kg"


def test_a_hint_without_anything_to_offer_falls_back_or_is_silent() -> None:
    assert set(FALLBACK_HINTS) <= set(HINTS)
    problem = Problem("unknown-factor", {"value": "x", "nearest": []})
    assert problem.hint() == "find it with: decarb factors search WORDS"
    for code in HINTS:
        names = fields(MESSAGES[code]) | fields(HINTS[code])
        # what only the fallback shows is never blank: the choices that there are
        offered = dict.fromkeys(fields(FALLBACK_HINTS.get(code, "")) - names, "a, b")
        silent = Problem(code, {**dict.fromkeys(names, ""), **offered}).hint()
        assert ": ;" not in silent
        assert not silent.endswith(": "), code


def test_control_characters_of_values_are_not_shown() -> None:
    problem = Problem("unknown-line", {"value": "a\x1b[2J\nb"}, file="f\x07", pointer="/\x9b", line_id="i\r")
    shown = problem.message() + problem.place()
    assert shown.isprintable()


def test_french_spaces_of_values_are_shown() -> None:
    assert printable("CHU\xa0: 1\u202f600 lits\x1b[2J") == "CHU\xa0: 1\u202f600 lits\ufffd[2J"


def test_place_says_what_is_known() -> None:
    problem = Problem("empty-document")
    assert problem.place() == ""
    assert problem.at(file="a.json", pointer="/x/0", line_id="gas").place() == "a.json [gas] /x/0"
    assert problem.at(pointer="/x").place() == "/x"


def test_at_leaves_the_original_alone() -> None:
    problem = Problem("empty-document")
    moved = problem.at(file="a.json", count=3, severity="warning")
    assert (moved.file, moved.count, moved.severity, moved.code) == ("a.json", 3, "warning", "empty-document")
    assert (problem.file, problem.count, problem.severity) == ("", 1, "error")


def test_as_a_dictionary_codes_and_parameters_are_not_translated() -> None:
    problem = Problem(
        "quantity-too-large", {"value": 7, "limit": 5.5, "choices": ["a"]}, file="f", pointer="/q", count=2
    )
    assert problem.to_dict("en") == {
        "code": "quantity-too-large",
        "severity": "error",
        "file": "f",
        "pointer": "/q",
        "line": None,
        "count": 2,
        "message": "the quantity 7 is above the limit 5.5",
        "hint": "check the unit: kWh or MWh, kg or t, EUR or kEUR?",
        "parameters": {"value": 7, "limit": 5.5, "choices": "['a']"},
    }
    assert Problem("empty-document", line_id="x").to_dict()["line"] == "x"


@pytest.mark.parametrize("error", ERRORS)
def test_errors_have_one_base_and_a_builtin_one_and_survive_pickling(error: type[DecarbError]) -> None:
    raised_error = error([Problem("unknown-line", {"value": "x"}, file="a.json"), Problem("empty-document")])
    assert isinstance(raised_error, DecarbError)
    assert isinstance(raised_error, ValueError)
    assert str(raised_error) == "a.json: no line is called «x»\nthe file is empty"
    copy = pickle.loads(pickle.dumps(raised_error))
    assert type(copy) is error
    assert copy.problems == raised_error.problems


def test_an_error_takes_any_iterable_of_problems_once() -> None:
    error = UsageError(Problem("unknown-line", {"value": name}) for name in "ab")
    assert [problem.parameters["value"] for problem in error.problems] == ["a", "b"]
    assert error.problems == error.problems


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_is_complete_in_both_languages(code: str) -> None:
    names = fields(MESSAGES[code]) | fields(HINTS.get(code, ""))
    problem = Problem(code, {name: f"<{name}>" for name in names})
    for language in ("en", "fr"):
        assert problem.message(language)
        for name in fields(MESSAGES[code]):
            assert f"<{name}>" in problem.message(language)
        for name in fields(HINTS.get(code, "")):
            assert f"<{name}>" in problem.hint(language)
        assert bool(problem.hint(language)) == (code in HINTS)
