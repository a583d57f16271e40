"""The schema is the one source of truth: a fast validator accepts, the reference one words the refusals."""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from decarb.errors import Problem, Term
from decarb.inventory.columns import SECTIONS
from decarb.inventory.document import escape
from decarb.language import mark
from decarb.resources import data_file, data_folder, read_rows

VERSIONS = ("1.0", "1.1", "1.2")
SINCE: Mapping[str, str] = {"adaptation": "1.1", "shared_services": "1.2"}
"""Version that a section of the head came with."""
MAXIMUM_PROBLEMS = 1000
NO_CONTROL_CHARACTER = "^[^\\u0000-\\u001f\\u007f]*$"
_LONGEST_VALUE_SHOWN = 60
_TYPES = {
    "string": mark("text"),
    "number": mark("number"),
    "integer": mark("whole number"),
    "boolean": mark("true or false"),
    "array": mark("list"),
    "object": mark("object"),
}


@cache
def schema() -> dict[str, Any]:
    """Return the inventory schema."""
    path = data_folder("schemas") / "inventory.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def line_schema() -> dict[str, Any]:
    """Schema of one line."""
    line = {name: value for name, value in schema()["$defs"]["line"].items() if name not in ("title", "description")}
    return {"$schema": schema()["$schema"], "$defs": schema()["$defs"], **line}


@cache
def _line_validator() -> Any:
    return jsonschema_rs.validator_for(line_schema())


def line_is_valid(line: Any) -> bool:
    """Whether one line agrees with the schema."""
    return bool(_line_validator().is_valid(line))


def head_is_valid(head: Any) -> bool:
    """Whether a document without its lines agrees with the schema."""
    return bool(_validator().is_valid(head))


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(schema())


def schema_problems(document: Any) -> list[Problem]:
    """Return every disagreement with the schema, in the order of the document.

    The reference validator words them, from the lines that disagree alone: it takes 150 microseconds a line.
    """
    if _validator().is_valid(document):
        return []
    return _disagreements(document, _doubtful(document), _validator())


def disagreements(document: Any, described: dict[str, Any]) -> list[Problem]:
    """Return every disagreement of a document with another schema than that of inventories, as ``schema_problems``."""
    validator = jsonschema_rs.validator_for(described)
    if validator.is_valid(document):
        return []
    return _disagreements(document, [("", document, described)], validator)


def _disagreements(document: Any, doubtful: Iterable[tuple[str, Any, dict[str, Any]]], validator: Any) -> list[Problem]:
    """Disagreements of parts of a document, each with its pointer and its schema, up to ``MAXIMUM_PROBLEMS``."""
    from jsonschema import Draft202012Validator

    problems: list[Problem] = []
    for prefix, instance, described in doubtful:
        for error in Draft202012Validator(described).iter_errors(instance):
            for problem in _worded(error):  # one error may name a hundred thousand fields
                problems.append(problem.at(pointer=prefix + problem.pointer))
                if len(problems) >= MAXIMUM_PROBLEMS:
                    problems.append(Problem("too-many-problems", {"limit": MAXIMUM_PROBLEMS}))
                    return _in_order(problems)
    if not problems:
        problems = [_unworded(error) for error in validator.iter_errors(document)]
    return _in_order(problems)


def _doubtful(document: Any) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Parts of a document to be worded, each with its pointer and its schema: the head, and each refused line."""
    if not isinstance(document, dict):
        yield "", document, schema()
        return
    longest = _longest_section()
    lists = {name: lines for name in SECTIONS if isinstance(lines := document.get(name), list)}
    if any(len(lines) > longest for lines in lists.values()):
        yield "", document, schema()
        return
    yield "", {name: value for name, value in document.items() if name not in lists}, schema()
    for name, lines in lists.items():
        for position, line in enumerate(lines):
            if not line_is_valid(line):
                yield f"/{name}/{position}", line, line_schema()


@cache
def _longest_section() -> int:
    return min(int(schema()["properties"][name]["maxItems"]) for name in SECTIONS)


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: _natural(problem.pointer))


def _unworded(error: Any) -> Problem:
    """Refusal that the reference validator does not share: its ``$`` also matches before a last line break."""
    pointer = "".join(f"/{escape(str(token))}" for token in error.instance_path)
    return Problem("wrong-form", {"value": _show(error.instance), "expected": error.message}, pointer=pointer)


def _natural(pointer: str) -> list[tuple[int, int | str]]:
    return [(0, int(token)) if token.isdecimal() and token.isascii() else (1, token) for token in pointer.split("/")]


def _worded(error: Any) -> Iterator[Problem]:
    pointer = "".join(f"/{escape(str(token))}" for token in error.absolute_path)
    shown = _show(error.instance)
    match error.validator:
        case "required":
            missing = error.message.split("'")[1]
            yield Problem("missing-field", {"value": missing, "page": "docs/schema.md"}, pointer=pointer)
        case "additionalProperties":
            known = list(error.schema["properties"])
            for name in error.instance:
                if name not in known:
                    nearest = _nearest_field(name, error.schema["properties"])
                    yield Problem(
                        "unknown-field",
                        {"value": name, "nearest": nearest, "choices": known},
                        pointer=f"{pointer}/{escape(name)}",
                    )
        case "oneOf":
            if isinstance(error.instance, dict):
                yield Problem("factor-or-code", {}, pointer=pointer)
        case "type":
            code = "number-as-text" if _is_number_as_text(error) else "wrong-type"
            if error.validator_value == "string" and isinstance(error.instance, int | float):
                code = "text-as-number"
            wanted = error.validator_value
            names = [Term(_TYPES.get(name, name)) for name in ([wanted] if isinstance(wanted, str) else wanted)]
            expected = names[0] if len(names) == 1 else names
            yield Problem(code, {"value": shown, "expected": expected}, pointer=pointer)
        case "enum":
            if pointer == "/schema_version":
                yield Problem("unknown-version", {"value": shown, "known": VERSIONS}, pointer=pointer)
            else:
                allowed = [str(value) for value in error.validator_value]
                nearest = _with_names(_nearest_choices(str(error.instance), allowed))
                choices = _with_names(allowed)
                yield Problem("not-allowed", {"value": shown, "nearest": nearest, "choices": choices}, pointer=pointer)
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            code = _bound_code(error, pointer)
            yield Problem(code, {"value": shown, "limit": error.validator_value}, pointer=pointer)
        case "pattern" if error.validator_value == NO_CONTROL_CHARACTER:
            yield Problem("control-character", {"value": shown}, pointer=pointer)
        case "pattern" if pointer.startswith("/period/"):
            yield Problem("wrong-day", {"value": shown}, pointer=pointer)
        case "pattern":
            yield Problem("wrong-form", {"value": shown, "expected": error.validator_value}, pointer=pointer)
        case "minLength":
            yield Problem("blank-text", {}, pointer=pointer)
        case "not":  # what the declared version has not yet
            (name,) = error.validator_value["required"]
            what = {"value": name, "version": SINCE[name]}
            yield Problem("field-of-later-version", what, pointer=f"{pointer}/{escape(name)}")
        case "minItems" | "minProperties":
            what = {"count": len(error.instance), "limit": error.validator_value}
            yield Problem("too-few", what, pointer=pointer)
        case _:
            yield Problem("too-long", {"value": shown, "limit": error.validator_value}, pointer=pointer)


def _bound_code(error: Any, pointer: str) -> str:
    """Code of a number beyond its bound; a quantity below zero, or a credit above it, is a sign gone wrong."""
    of_quantity = pointer.endswith("/quantity")
    sign = of_quantity and error.validator_value == 0
    match error.validator:
        case "exclusiveMinimum":
            return "not-above"
        case "exclusiveMaximum":
            return "not-below"
        case "minimum":
            return "negative-quantity" if sign else "too-small"
        case _:
            return "positive-credit" if sign else "quantity-too-large" if of_quantity else "too-large"


def _nearest_field(name: str, known: Mapping[str, Any]) -> list[str]:
    """Field that `name` may mean, by its name or by its French or English title."""
    titled = {field: field for field in known}
    for field, described in known.items():
        for title in (described.get("title", ""), described.get("x-fr", {}).get("title", "")):
            titled.setdefault(title.casefold(), field)
            titled.update({word: field for word in title.casefold().split() if word not in titled})
    nearest = difflib.get_close_matches(name.casefold(), titled, 1, 0.6)
    return [titled[found] for found in nearest]


def _nearest_choices(value: str, allowed: list[str]) -> list[str]:
    """Allowed values nearest to `value`, by code or by the name that people know them by."""
    names = {code: code for code in allowed} | {name: code for code, name in _known_names().items() if code in allowed}
    folded = {name.casefold(): code for name, code in names.items()}
    nearest = difflib.get_close_matches(value.casefold(), folded, 3, 0.6)
    return list(dict.fromkeys(folded[name] for name in nearest))


def _with_names(codes: list[str]) -> list[str]:
    """Codes with the names that people know them by, where they have one."""
    return [f"{code} ({_known_names()[code]})" if code in _known_names() else code for code in codes]


@cache
def _known_names() -> dict[str, str]:
    """Names of regions and, in French, of activities and services, by code."""
    regions = {row["region"]: row["name"] for row in read_rows(data_file("regions.csv"))}
    shared = {row["service"]: row["name_fr"] for row in read_rows(data_file("shared_services.csv"))}
    return shared | regions | {row["activity"]: row["name_fr"] for row in read_rows(data_file("activities.csv"))}


def _is_number_as_text(error: Any) -> bool:
    wanted = error.validator_value
    if wanted not in ("number", "integer") or not isinstance(error.instance, str):
        return False
    return any(character.isdigit() for character in error.instance)


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= _LONGEST_VALUE_SHOWN else text[:_LONGEST_VALUE_SHOWN] + "…"
