"""What an unfinished reading leaves: whole, or thrown away."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from decarb.errors import Phrase, Problem, Term
from decarb.inventory.collection.shards import (
    Outcome,
    Refused,
    Shard,
    WrittenVocabulary,
    problems_as_data,
    problems_from_data,
    write_shard,
)
from decarb.inventory.columns import Place
from decarb.inventory.reading import read_document
from tests.inventory.test_accepting import FULL, PLAIN, document


@pytest.fixture
def vocabulary(tmp_path: Path) -> Any:
    with_file = WrittenVocabulary(tmp_path / "vocabulary.ndjson")
    yield with_file
    with_file.close()


@pytest.fixture
def shard(tmp_path: Path, vocabulary: WrittenVocabulary) -> Shard:
    problems, columns = read_document(document(PLAIN, FULL), "a.json", vocabulary)
    refused = Refused("b.json", "sha", (Problem("no-lines", {"sections": ("energy",)}, file="b.json"),))
    vocabulary.write()
    return write_shard(tmp_path, [Outcome("1", columns, tuple(problems)), Outcome("2", refused=refused)])


WANTED = {("a.json", "1"), ("b.json", "2")}


def test_a_shard_gives_back_what_was_written(tmp_path: Path, vocabulary: WrittenVocabulary, shard: Shard) -> None:
    left = Shard.left_at(shard.path, vocabulary)
    assert left is not None
    for found in (shard, left):
        assert set(found.sources) == WANTED
        (kept,) = found.kept(WANTED)
        assert kept.read_rows()["quantity"].tolist() == [1, 12.5]
        assert kept.read_spends().tolist() == [(1, 1, 10.5)]
        assert kept.read_ids() == b"ab"
        assert kept.establishment.name == "Hôpital"
        (refused,) = found.refused(WANTED)
        assert (refused.file, refused.problems[0].code) == ("b.json", "no-lines")
        assert not [*found.kept({("a.json", "3")}), *found.refused(set())]
    assert not list(tmp_path.glob("*.draft"))


def test_a_damaged_shard_is_none(vocabulary: WrittenVocabulary, shard: Shard) -> None:
    whole = shard.path.read_bytes()
    for size in (0, 5, 12, len(whole) // 2, len(whole) - 1):
        shard.path.write_bytes(whole[:size])
        assert Shard.left_at(shard.path, vocabulary) is None
    for place in np.linspace(0, len(whole) - 1, 60, dtype=int).tolist():
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        shard.path.write_bytes(damaged)
        assert Shard.left_at(shard.path, vocabulary) is None
    shard.path.write_bytes(whole)
    assert Shard.left_at(shard.path, vocabulary)


def test_a_shard_whose_codes_are_unknown_is_none(tmp_path: Path, shard: Shard) -> None:
    lines = (tmp_path / "vocabulary.ndjson").read_bytes().splitlines(keepends=True)
    for kept in range(len(lines)):
        path = tmp_path / f"{kept}.ndjson"
        path.write_bytes(b"".join(lines[:kept]))
        vocabulary = WrittenVocabulary(path)
        assert Shard.left_at(shard.path, vocabulary) is None
        vocabulary.close()


@pytest.mark.parametrize(
    "tail", [b'["11', b'["11","7', b"\0\0\0\n[1]\n", b'["x"]\n["11","75"]\n', b"1\n", b'["11","75"]']
)
def test_a_line_that_a_killed_run_did_not_end_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "v.ndjson"
    first = WrittenVocabulary(path)
    assert first.place(Place("84", "69")) == 0
    first.write()
    first.close()
    whole = path.read_bytes()
    path.write_bytes(whole + tail)
    second = WrittenVocabulary(path)
    assert path.read_bytes() == whole
    assert second.place(Place("93", "13")) == 1
    second.write()
    second.write()
    second.close()
    third = WrittenVocabulary(path)
    assert list(third.places) == [Place("84", "69"), Place("93", "13")]
    third.close()


def test_problems_are_worded_as_before_in_either_language() -> None:
    wrong = Problem("wrong-type", {"value": "x", "expected": Term("number")}, pointer="/energy/0/quantity")
    nested = {"value": Phrase("{a} or {b}", {"a": Term("text"), "b": 2.5}), "known": (Term("text"), "x", 1)}
    problems = (wrong, Problem("no-lines", nested, severity="warning"))
    kept = problems_from_data(orjson.loads(orjson.dumps(problems_as_data(problems))))
    for language in ("en", "fr"):
        assert [problem.message(language) for problem in kept] == [problem.message(language) for problem in problems]
    assert kept[0] == wrong
    assert str(kept[1].parameters["value"]) == "text or 2.5"
    assert isinstance(kept[1].parameters["known"][0], Term)
