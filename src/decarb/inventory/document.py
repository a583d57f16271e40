"""From the bytes of a file to a JSON document: encoding, syntax, numbers, duplicate keys."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from decarb.errors import InvalidInventoryError, Problem, not_utf_8, unreadable
from decarb.inventory.limits import DEFAULT_LIMITS

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_bytes(path: Path, maximum_bytes: int = DEFAULT_LIMITS.document_bytes) -> bytes:
    """Bytes of the file at `path`; ``-`` is the standard input.

    Raises
    ------
    InvalidInventoryError
        If there is no such file, it cannot be read, or it is larger than `maximum_bytes`.
    """
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(maximum_bytes + 1)  # one more than allowed tells that there is more
            size = len(data)
        else:
            size = path.stat().st_size
            data = path.read_bytes() if size <= maximum_bytes else b""
    except (OSError, ValueError) as error:
        raise InvalidInventoryError([unreadable(path, error)]) from None
    if size > maximum_bytes:
        problem = Problem("document-too-large", {"bytes": size, "limit": maximum_bytes})
        raise InvalidInventoryError([problem.at(file=str(path))])
    return data


def parse_document(data: bytes, maximum_depth: int = DEFAULT_LIMITS.depth) -> tuple[Any, list[Problem]]:
    """Decode JSON; return the document, and the duplicate keys that a decoder would swallow.

    Raises
    ------
    InvalidInventoryError
        If the bytes are not one JSON document in UTF-8 with finite numbers.
    """
    text = data.removeprefix(BYTE_ORDER_MARK)
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInventoryError([_syntax_problem(text, error)]) from None
    _refuse_depth(text, maximum_depth)
    # every decoder keeps the last of two equal keys: as many quotes in the text as in its re-encoding means none
    if structural_quotes(orjson.dumps(document)) != structural_quotes(text):
        return document, list(_duplicate_keys(text))
    return document, []


def read_json(path: Path) -> tuple[Any, list[Problem]]:
    """Decode the JSON document at `path` as it stands, and the duplicate keys in it; errors as its two steps have."""
    try:
        document, problems = parse_document(read_bytes(path))
    except InvalidInventoryError as error:
        raise InvalidInventoryError([problem.at(file=str(path)) for problem in error.problems]) from None
    return document, [problem.at(file=str(path)) for problem in problems]


def structural_quotes(text: bytes) -> int:
    """Quotes of a JSON text that open or close a string; those within a string are escaped.

    Every decoder keeps the last of two equal keys in silence: a text with as many structural quotes as what was
    decoded of it writes no key twice.
    """
    if b"\\" not in text:
        return text.count(b'"')
    if b"\\\\" not in text:
        return text.count(b'"') - text.count(b'\\"')
    return _ESCAPED.sub(b"", text).count(b'"')


def _refuse_depth(text: bytes, maximum_depth: int) -> None:
    """Refuse a document that is nested deeper than any inventory: what reads it next would not hold it."""
    bare = _STRING.sub(b"", text)
    marks = np.frombuffer(bare, dtype=np.uint8)
    opening = (marks == ord("{")) | (marks == ord("["))
    brackets = np.flatnonzero(opening | (marks == ord("}")) | (marks == ord("]")))
    depth = np.cumsum(np.where(opening[brackets], 1, -1))
    if depth.size and depth.max() > maximum_depth:
        line = bare.count(b"\n", 0, int(brackets[np.argmax(depth > maximum_depth)])) + 1
        raise InvalidInventoryError([Problem("too-deep", {"line": line, "limit": maximum_depth})])


def _syntax_problem(text: bytes, error: orjson.JSONDecodeError) -> Problem:
    if text.startswith((b"\x1f\x8b", b"PK\x03\x04", b"%PDF")) or (b"\0" in text and not text.startswith(_UTF_16_MARKS)):
        return Problem("not-a-text")
    try:
        decoded = text.decode()
    except UnicodeDecodeError as undecodable:
        if text.startswith(_UTF_16_MARKS):
            return Problem("utf-16")
        return not_utf_8(undecodable)
    if not decoded.strip():
        return Problem("empty-document")
    place = {"line": error.lineno, "column": error.colno}
    rest = decoded[error.pos : error.pos + 20].split("\n")[0]
    if rest.startswith(("NaN", "Infinity", "-Infinity")):
        return Problem("number-not-finite", {**place, "value": rest.split(",")[0].strip(" }]")})
    if not rest:
        return Problem("truncated-json", place)
    before = decoded[max(0, error.pos - 12) : error.pos]
    if rest[0].isdigit() and re.search(r"\d[, \u00a0\u202f]\s*$", before):
        return Problem("number-with-comma", {**place, "value": before.split(":")[-1].strip() + rest.split()[0]})
    codes = {"infinity": "number-too-large", "surrogate": "lone-surrogate", "depth limit": "too-deep"}
    code = next((code for sign, code in codes.items() if sign in str(error)), "invalid-json")
    return Problem(code, {**place, "value": rest})


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys were repeated."""

    repeated: tuple[str, ...] = ()


def _keep_repeated(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        found.repeated = tuple(name for name in found if names.count(name) > 1)
    return found


def _duplicate_keys(text: bytes) -> Iterator[Problem]:
    yield from _repeated(json.loads(text, object_pairs_hook=_keep_repeated), "")


def _repeated(value: Any, pointer: str) -> Iterator[Problem]:
    if isinstance(value, _Object):
        for name in value.repeated:
            yield Problem("duplicate-key", {"value": name}, pointer=f"{pointer}/{escape(name)}")
        for name, child in value.items():
            yield from _repeated(child, f"{pointer}/{escape(name)}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _repeated(child, f"{pointer}/{index}")


def escape(name: str) -> str:
    """Token of a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
