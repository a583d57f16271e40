"""What people type, codes or words, and the boxes they get."""

from pathlib import Path

import pytest

from decarb.factors import load_factors
from decarb.medicines import Ladder, Priced, load_medicines
from decarb.medicines.database import MedicinesDatabase, load_database
from decarb.medicines.looking_up import look_up, prices_of


@pytest.fixture(scope="module")
def packaged() -> MedicinesDatabase:
    return load_database()


def test_codes_and_words_in_one_go(packaged: MedicinesDatabase) -> None:
    typed = ["3400938749984", "doliprane", "1000", "suppositoire", "69170898", "J01DD13"]
    answers = look_up(packaged, typed, 3)
    assert [answer.query for answer in answers] == [
        "3400938749984",
        "doliprane 1000 suppositoire",
        "69170898",
        "J01DD13",
    ]
    assert [answer.system for answer in answers] == ["CIP13", "", "CIS", "ATC"]
    assert not any(answer.refused for answer in answers)


def test_a_ucd_without_a_table_says_what_to_give(packaged: MedicinesDatabase) -> None:
    (answer,) = look_up(packaged, ["9321332"], 3)
    (problem,) = answer.problems
    assert answer.refused
    assert "ucd13 and cip13" in problem.hint()


def test_a_ucd_through_a_table(tmp_path: Path) -> None:
    (tmp_path / "ucd.csv").write_text("ucd,cip,units\n9321332,3874998,1\n9321326,3000149,\n", encoding="utf-8")
    database = load_database(tmp_path / "ucd.csv")
    known, unknown = look_up(database, ["3400893213322", "9321326"], 3)
    assert [box.cip13 for box in known.boxes] == ["3400938749984"]
    assert unknown.problems[0].code == "medicine-code-unknown"
    # the box that the table names is what is missing, not the UCD
    assert unknown.problems[0].message() == "CIP13 3400930001493 is not in bdpm 2026-07"
    assert (unknown.query, unknown.system) == ("9321326", "UCD7")


def test_unknown_codes_say_the_nearest(packaged: MedicinesDatabase) -> None:
    wrong_key, swapped, cis = look_up(packaged, ["3400938749985", "3847998", "61266251"], 3)
    assert "3400938749984" in wrong_key.problems[0].hint()
    assert "3400938749984" in swapped.problems[0].hint()
    assert swapped.problems[0].message() == "CIP7 3847998 is not in bdpm 2026-07"
    assert "61266250" in cis.problems[0].hint()


def test_what_is_not_shown_is_counted(packaged: MedicinesDatabase) -> None:
    words, atc, cis = look_up(packaged, ["paracetamol", "N02BE01", "69170898"], 3)
    assert len(words.boxes) == len(atc.boxes) == 3
    assert words.found == len(packaged.search("paracetamol", 10_000)) > 100
    assert atc.found == len(packaged.of_class("N02BE01", 10_000)) > 100
    assert cis.found == len(cis.boxes)


def test_each_box_is_priced_or_says_why_not(packaged: MedicinesDatabase) -> None:
    ladder = Ladder(load_factors(), "AR6", load_medicines())
    # a cylinder of oxygen releases nothing that counts, and is no box of a mean
    answers = look_up(packaged, ["3400938749984", "oxygene", "air liquide"], 5)
    prices = prices_of(answers, ladder, 2026)
    assert set(prices) == {box.cip13 for answer in answers for box in answer.boxes}
    priced = prices["3400938749984"]
    assert isinstance(priced, Priced)
    assert priced.rung == 4
    refused = [found for found in prices.values() if isinstance(found, tuple)]
    assert all(found[0].code in ("medicine-without-rung", "medicine-container-unknown") for found in refused)
    assert refused
