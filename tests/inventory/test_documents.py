"""Other documents than inventories, read within the same limits."""

import json

import pytest

from decarb.errors import InvalidDocumentError
from decarb.inventory.documents import PAGES, read_as, schema_of
from decarb.inventory.schema import MAXIMUM_PROBLEMS

KINDS = sorted(PAGES)


def refused(tmp_path, content, kind):
    path = tmp_path / "document.json"
    path.write_bytes(content)
    with pytest.raises(InvalidDocumentError) as raised:
        read_as(path, kind)
    assert {problem.file for problem in raised.value.problems} == {str(path)}
    return raised.value.problems


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-other-document"),
        (b"[" * 100_000, "too-deep"),
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b'{"a": "\xe9"}', "not-utf-8"),
        (b'{"a": 1e999}', "number-too-large"),
        (b'{"schema_version": "1.0", "establishment": {"name": "X"}}', "inventory-given"),
        (b"{}", "missing-field"),
    ],
)
def test_each_kind_is_refused_in_its_own_words(tmp_path, kind, content, code):
    problems = refused(tmp_path, content, kind)
    found = [problem for problem in problems if problem.code == code]
    assert found
    if code in ("empty-other-document", "missing-field", "inventory-given"):
        assert PAGES[kind] in found[0].hint("en")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_not_there(kind):
    with pytest.raises(InvalidDocumentError, match="there is no such file"):
        read_as("nowhere.json", kind)


def test_a_hundred_thousand_mistakes_are_not_worded_one_by_one(tmp_path):
    mistakes = json.dumps({"excipients": [{"x": 1}] * 100_000}).encode()
    problems = refused(tmp_path, mistakes, "bill_of_materials")
    assert "too-many-problems" in {problem.code for problem in problems}
    assert len(problems) < 2 * MAXIMUM_PROBLEMS


@pytest.mark.parametrize("named", ["/etc/passwd", "../defaults.csv", "a/b.csv", "c:\\x.csv", "table.txt"])
def test_a_bill_names_no_table_elsewhere(named):
    import jsonschema_rs

    described = schema_of("bill_of_materials")["properties"]["defaults"]
    assert not jsonschema_rs.is_valid(described, named)
    assert jsonschema_rs.is_valid(described, "table.csv")


def test_unknown_fields_without_number_are_not_all_worded(tmp_path):
    problems = refused(tmp_path, json.dumps({f"x{number}": 1 for number in range(20_000)}).encode(), "care_recipe")
    assert len(problems) <= MAXIMUM_PROBLEMS + 1
