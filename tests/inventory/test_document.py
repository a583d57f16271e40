"""From bytes to a document: everything a decoder would swallow or crash on is refused by name."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import InvalidInventoryError, Problem
from decarb.inventory.document import escape, parse_document, read_bytes

DOCUMENT = {"schema_version": "1.0", "establishment": {"name": "Hôpital"}}


def refusal_of(act: Callable[[], Any]) -> Problem:
    with pytest.raises(InvalidInventoryError) as caught:
        act()
    (problem,) = caught.value.problems
    assert problem.severity == "error"
    return problem


@pytest.mark.parametrize(
    ("data", "code", "message", "hint"),
    [
        pytest.param(b"", "empty-document", "empty", "schema_version", id="empty"),
        pytest.param(b" \n\t\r\n ", "empty-document", "empty", '{ "schema_version"', id="white space"),
        pytest.param(b"\xef\xbb\xbf", "empty-document", "empty", "", id="only a byte order mark"),
        pytest.param(json.dumps(DOCUMENT).encode("utf-16"), "utf-16", "UTF-16", "save it again as UTF-8", id="utf-16"),
        pytest.param(
            b"\xfe\xff" + json.dumps(DOCUMENT).encode("utf-16-be"), "utf-16", "UTF-16", "UTF-8", id="utf-16-be"
        ),
        # é is the byte E9 in Windows-1252; it stands on the second line
        pytest.param(
            '{\n"name": "Hôpital"}'.replace("ô", "é").encode("cp1252"),
            "not-utf-8",
            "line 2: the byte 0xe9",
            "Windows-1252",
            id="windows-1252",
        ),
        pytest.param(b'["\xed\xa0\x80"]', "not-utf-8", "0xed", "", id="a surrogate in CESU-8"),
        pytest.param(b'{"a": NaN}', "number-not-finite", "column 7: NaN is not a number", "leave", id="NaN"),
        pytest.param(b'{"a": Infinity, "b": 1}', "number-not-finite", "Infinity", "leave", id="Infinity"),
        pytest.param(b'{"a": -Infinity}', "number-not-finite", "Infinity", "leave", id="-Infinity"),
        pytest.param(b'{"a": 1e400}', "number-too-large", "1e400", "", id="1e400"),
        pytest.param(b'{"a": -1e400}', "number-too-large", "-1e400", "", id="-1e400"),
        pytest.param(b'{"a": 1' + b"0" * 400 + b"}", "number-too-large", "too large", "", id="400 digits"),
        pytest.param(b'["\\ud800"]', "lone-surrogate", "half a character", "", id="high surrogate"),
        pytest.param(b'["\\udc00 \\ud800"]', "lone-surrogate", "half a character", "", id="low surrogate"),
        pytest.param(b'{"a": 1} x', "invalid-json", "column 10: not valid JSON at «x»", "comma", id="after"),
        pytest.param(b'{"a": 1}\n{"a": 2}', "invalid-json", "line 2, column 1", "", id="two documents"),
        pytest.param(b'{"a": 1', "truncated-json", "line 1, column 8: the file stops", "last brackets", id="cut short"),
        pytest.param(b'{"a": [1,\n', "truncated-json", "line 2", "export it again", id="cut in a list"),
        pytest.param(b'{"a": 1,}', "invalid-json", "line 1", "comma", id="trailing comma"),
        pytest.param(b'{"a": 1,5}', "number-with-comma", "line 1", "7400.5", id="decimal comma"),
        pytest.param(b"{'a': 1}", "invalid-json", "line 1", "quote", id="single quotes"),
        pytest.param(b'{"a": 01}', "invalid-json", "line 1", "", id="leading zero"),
        pytest.param(b'{"a": "\x01"}', "invalid-json", "line 1", "", id="control character"),
        pytest.param(b'{"a": 1} // note', "invalid-json", "line 1", "", id="comment"),
    ],
)
def test_what_is_not_a_document_is_refused_by_name(data: bytes, code: str, message: str, hint: str) -> None:
    problem = refusal_of(lambda: parse_document(data))
    assert problem.code == code
    assert message in problem.message()
    assert hint in problem.hint()


def test_columns_are_counted_in_characters_not_bytes() -> None:
    # {"é": NaN}: N is the 7th character, the 8th byte
    assert refusal_of(lambda: parse_document('{"é": NaN}'.encode())).parameters["column"] == 7


def test_byte_order_mark_of_utf_8_is_accepted() -> None:
    assert parse_document(b"\xef\xbb\xbf" + json.dumps(DOCUMENT).encode()) == (DOCUMENT, [])


@pytest.mark.parametrize("text", ["[", '{"a":'], ids=["arrays", "objects"])
@pytest.mark.parametrize("core", ['"a"', '"\\u0061"'], ids=["plain", "escaped"])
@pytest.mark.parametrize(
    "depth", [5, 31, 33, 200, 253, 254, 255, 256, 300, 900, 985, 1000, 1020, 1024, 1025, 1100, 100_000]
)
def test_nesting_is_read_or_refused_at_any_depth(depth: int, core: str, text: str) -> None:
    # no inventory is nested more than a handful of levels: what matters is that no depth is a crash
    closing = {"[": "]", '{"a":': "}"}[text]
    data = (text * depth + core + closing * depth).encode()
    if depth > 32:
        problem = refusal_of(lambda: parse_document(data))
        assert problem.code == "too-deep"
        assert "nested too deeply" in problem.message()
        return
    document, duplicates = parse_document(data)
    assert duplicates == []
    for _ in range(depth):
        (document,) = document.values() if isinstance(document, dict) else document
    assert document == "a"


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        (b'{"a": 1, "a": 1}', ["/a"]),
        (b'{"a": 1, "\\u0061": 2}', ["/a"]),
        (b'{"\\u0061": 1, "\\u0061": 2}', ["/a"]),
        (b'{"a": {"b": 1, "b": 2}}', ["/a/b"]),
        (b'{"energy": [{"id": "x"}, {"id": "y", "quantity": 1, "quantity": 2}]}', ["/energy/1/quantity"]),
        (b'{"a": 1, "a": 2, "a": 3}', ["/a"]),
        (b'{"a": 1, "b": 1, "b": 2, "a": 2}', ["/a", "/b"]),
        (b'{"a": {"x": 1, "x": 2}, "b": [{"x": 1, "x": 2}]}', ["/a/x", "/b/0/x"]),
        (b'{"": 1, "": 2}', ["/"]),
        # RFC 6901, section 3: ~ is written ~0 and / is written ~1
        (b'{"a/b~c": 1, "a/b~c": 2}', ["/a~1b~0c"]),
        (b'{"a": 1, "A": 2, "b": {"a": 1}}', []),
        # the same letter in two normal forms (NFC, NFD) is two keys
        ('{"\u00e9": 1, "e\u0301": 2}'.encode(), []),
        (b'{"a": "a\\"a", "b": "\\\\"}', []),
    ],
)
def test_duplicate_keys_are_found_with_their_place(data: bytes, pointers: list[str]) -> None:
    _, problems = parse_document(data)
    assert [problem.pointer for problem in problems] == pointers
    assert {problem.code for problem in problems} <= {"duplicate-key"}
    for problem in problems:
        assert "stands twice" in problem.message()
        assert "keep one" in problem.hint()


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS
)
_JSON = st.recursive(
    _SCALARS,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(_TEXTS, children, max_size=4),
    max_leaves=20,
)


@given(document=_JSON, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_any_document_comes_back_as_it_was_without_duplicates(
    document: Any, ascii_only: bool, indent: int | None
) -> None:
    data = json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode()
    assert parse_document(data) == (document, [])


def _wrap(inner: str, path: list[str | int]) -> str:
    """Text of a document that holds `inner` at `path`, among other values."""
    for token in reversed(path):
        if isinstance(token, int):
            inner = "[" + "".join('{"a":"x"},' for _ in range(token)) + inner + "]"
        else:
            sibling = json.dumps(token + "'")
            inner = f"{{{sibling}:[1,{{}}],{json.dumps(token, ensure_ascii=False)}:{inner}}}"
    return inner


@given(
    path=st.lists(_TEXTS | st.integers(0, 3), max_size=4),
    key=_TEXTS,
    spelled_as_escapes=st.booleans(),
    values=st.tuples(_JSON, _JSON),
)
def test_a_duplicate_key_anywhere_is_always_found(
    path: list[str | int], key: str, spelled_as_escapes: bool, values: tuple[Any, Any]
) -> None:
    first = json.dumps(key, ensure_ascii=False)
    utf_16 = key.encode("utf-16-be").hex()
    second = '"' + "".join(f"\\u{utf_16[i : i + 4]}" for i in range(0, len(utf_16), 4)) + '"'
    second = second if spelled_as_escapes else first
    other = json.dumps(key + "!")
    inner = f"{{{first}:{json.dumps(values[0])},{other}:0,{second}:{json.dumps(values[1])}}}"
    _, problems = parse_document(_wrap(inner, path).encode())
    pointer = "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in [*path, key])
    assert [(problem.code, problem.pointer) for problem in problems] == [("duplicate-key", pointer)]


@given(st.text())
def test_pointer_tokens_have_no_bare_slash_or_tilde_and_come_back(name: str) -> None:
    token = escape(name)
    assert "/" not in token
    assert token.replace("~1", "/").replace("~0", "~") == name


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.json"
    path.write_bytes(b"[" + b" " * 9 + b"]")
    assert read_bytes(path, 11) == path.read_bytes()
    problem = refusal_of(lambda: read_bytes(path, 10))
    assert problem.code == "document-too-large"
    assert problem.file == str(path)
    assert "11 bytes; the limit is 10" in problem.message()


@pytest.mark.parametrize(
    ("name", "code", "message", "hint"),
    [
        ("missing.json", "file-missing", "there is no such file", "check the path"),
        ("no/such/folder/a.json", "file-missing", "there is no such file", "check the path"),
        (".", "file-is-folder", "this is a folder", "path of a file"),
        ("nul\0.json", "file-unreadable", "cannot read the file: embedded null", "check the path"),
        ("x" * 5000, "file-unreadable", "cannot read the file: File name too long", "check the path"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    tmp_path: Path, name: str, code: str, message: str, hint: str
) -> None:
    problem = refusal_of(lambda: read_bytes(tmp_path / name))
    assert (problem.code, problem.file) == (code, str(tmp_path / name))
    assert message in problem.message()
    assert hint in problem.hint()


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.json").touch()
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    problem = refusal_of(lambda: read_bytes(tmp_path / "a.json"))
    assert problem.code == "file-forbidden"
    assert "may not read" in problem.message()


def test_a_standard_input_over_the_limit_is_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    # eight bytes of a document, then spaces: cut at the limit it would be read as if it were whole
    data = b'{"a": 1}' + b" " * 8
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert refusal_of(lambda: read_bytes(Path("-"), 15)).code == "document-too-large"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert read_bytes(Path("-"), 16) == data
