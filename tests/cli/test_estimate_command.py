"""``decarb national estimate``: a register of twelve hospitals, eight of which report meals in proportion to beds."""

import csv
import io
import json

import pytest

from tests.cli.command_runs import run
from tests.national.frames import finess, register

KG_PER_MEAL = 2.04
"""``meal-average`` of the library [kg CO2e]."""
ENTITIES = [finess(f"69000{number:02d}0") for number in range(12)]
SITES = [finess(f"69000{number:02d}1") for number in range(12)]
BEDS = [100 + 10 * number for number in range(12)]
"""100, 110, ... 210: 1,080 of the eight that report, 780 of the four that do not."""


@pytest.fixture(scope="module")
def frame(tmp_path_factory):
    # ten in Auvergne-Rhône-Alpes, the last two, which do not report, in Bretagne
    rows = [
        f"{site},{entity},CH {number},355,13,{'69381' if number < 10 else '35238'},,,,{beds},,,"
        for number, (site, entity, beds) in enumerate(zip(SITES, ENTITIES, BEDS, strict=True))
    ]
    return register(tmp_path_factory.mktemp("frame"), *rows)


@pytest.fixture(scope="module")
def reports(make):
    """Ten meals a bed of the first eight; the first six bought five more a bed."""
    paths = []
    for number in range(8):
        identity = {"name": f"CH {number}", "finess_et": SITES[number], "finess_ej": ENTITIES[number], "region": "84"}
        meals = make.line("meal-average", 10 * BEDS[number], "meal", id="meals")
        document = make.document(meals, section="food", establishment=identity)
        if number < 6:
            document["purchases"] = [make.line("meal-average", 5 * BEDS[number], "meal", id="more")]
        paths.append(str(make.write(document)))
    return paths


def found_by(frame, reports, *words):
    return run("national", "estimate", *reports, "--frame", frame, *words)


def test_the_sector_by_hand(frame, reports):
    # food: 10 meals a bed everywhere, 1,860 beds. More meals, bought: 5 a bed of the six that look at purchases, 750
    # beds; the others, two of which report their food alone, are taken to be like them.
    document = json.loads(found_by(frame, reports, "--format", "json", "--no-secrecy").stdout)
    total, *posts = document["figures"]
    assert [post["name"] for post in posts] == ["4.1"]
    assert total["reported_kgco2e"] == pytest.approx(KG_PER_MEAL * (10 * 1080 + 5 * 750), rel=1e-6)
    assert total["estimated_kgco2e"] == pytest.approx(KG_PER_MEAL * (10 * 780 + 5 * (1860 - 750)), rel=1e-6)
    assert total["total_kgco2e"] == pytest.approx(KG_PER_MEAL * 15 * 1860, rel=1e-6)
    assert (total["count"], total["of"]) == (6, 8)
    # as zeros: the 3,750 meals of 1,080 beds stand for 1,860
    assert document["total_if_left_out_were_zero_kgco2e"] == pytest.approx(
        KG_PER_MEAL * (10 * 1860 + 3750 * 1860 / 1080), rel=1e-6
    )
    assert document["coverage"]["size_reported"] == 1080
    assert document["coverage"]["entities_reported"] == 8
    middle = next(one for one in document["sensitivity"] if one["multiplier"] == 1.0)
    assert middle["total_kgco2e"] == pytest.approx(total["total_kgco2e"])


def test_by_region_the_missing_are_where_they_are(frame, reports):
    text = found_by(frame, reports, "--by", "region", "--format", "csv", "--no-secrecy").stdout
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(text)) if row["kind"] == "region"}
    bretagne = float(rows["53"]["estimated_kgco2e"])
    assert float(rows["53"]["reported_kgco2e"]) == 0
    assert bretagne == pytest.approx(KG_PER_MEAL * 15 * (200 + 210), rel=1e-6)
    assert (rows["53"]["count"], rows["53"]["of"]) == ("0", "2")


def test_to_read_in_both_languages(frame, reports):
    shown = found_by(frame, reports, "--by", "region", "--lang", "en").stdout
    assert "Reported: 8 of 12 sites, with 58 % of 1,860 beds." in shown
    assert "Legal entities: 8 of 12 reported in whole, 0 in part." in shown
    assert "56.9" in shown
    assert "Response is assumed ignorable within a stratum" in shown
    assert "never set equal to the 49 Mt" in shown
    assert "Withheld" not in shown
    french = found_by(frame, reports, "--lang", "fr").stdout
    assert "Estimé pour les autres, et pour ce qui a été laissé de côté" in french
    assert "jamais égalée aux 49 Mt" in french


def test_what_two_entities_would_tell_is_withheld(frame, reports):
    # a region with two reports of the five that the register then needs
    found = found_by(frame, reports[:5], "--by", "ght", "--lang", "en")
    assert found.returncode == 0, found.stderr
    shown = found_by(frame, reports, "--by", "size", "--lang", "en", "--format", "json").stdout
    sizes = {row["name"]: row for row in json.loads(shown)["figures"] if row["kind"] == "size"}
    assert {row["status"] for row in sizes.values()} == {"shown"}
    one_of_two = found_by(frame, reports, "--by", "department", "--format", "json").stdout
    assert "withheld" not in {row["status"] for row in json.loads(one_of_two)["figures"]}


def test_known_margins(frame, reports, tmp_path):
    margin = tmp_path / "sizes.csv"
    margin.write_text("legal_status;size\npublic;1860\n", encoding="utf-8")
    document = json.loads(found_by(frame, reports, "--margin", margin, "--format", "json").stdout)
    assert document["figures"][0]["total_kgco2e"] == pytest.approx(KG_PER_MEAL * 15 * 1860, rel=1e-6)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("region\n84\n", "a margin has two columns"),
        ("legal_status;size\npublic;many\n", "the size many is no number of zero or more"),
        ("legal_status;size\npublic;1\npublic;2\n", "public stands twice"),
        ("legal_status;size\nprivate;1860\n", "has no known size for «public»"),
    ],
)
def test_margins_that_cannot_be_used_are_refused_in_words(frame, reports, tmp_path, content, message):
    margin = tmp_path / "sizes.csv"
    margin.write_text(content, encoding="utf-8")
    found = found_by(frame, reports, "--margin", margin, "--lang", "en")
    assert found.returncode == 2
    assert message in found.stderr
    assert "Traceback" not in found.stderr


def test_files_beside_a_register_need_one_and_sectors_add_up(frame, reports, make):
    aside = run("national", "aggregate", *reports, "--by", "region", "--denominators", "beds.csv", "--lang", "en")
    assert (aside.returncode, aside.stdout) == (2, "")
    assert "beds.csv stands beside a register, and none is given" in aside.stderr
    # no EHPAD is in the register: both sectors together are the hospitals
    both = found_by(frame, reports, "--sector", "hospital", "--sector", "medico-social", "--format", "json")
    assert json.loads(both.stdout)["coverage"]["sites"] == 12
    other = found_by(frame, reports, "--sector", "other", "--lang", "en")
    assert other.returncode == 2
    assert "no site of the sector is in this file" in other.stderr


def test_what_cannot_be_estimated_is_refused_in_words(frame, reports, make):
    few = found_by(frame, reports[:4], "--lang", "en")
    assert few.returncode == 2
    assert "4 respondent(s) of 12 units in all: at least 5 are needed" in few.stderr
    stranger = make.write(
        make.document(make.line("meal-average", 1, "meal"), section="food", establishment={"finess_et": "750100125"})
    )
    unknown = found_by(frame, [*reports, str(stranger)], "--lang", "en")
    assert "750100125 reported, but is neither a site nor a legal entity of the frame" in unknown.stderr
    assert f"refused: {stranger}" in unknown.stderr
    for command in (("estimate",), ("aggregate", "--by", "region")):
        words = ("national", *command, *reports, str(stranger), "--frame", frame, "--format", "json")
        left_out = run(*words, "--partial", "--lang", "en")
        whole = run("national", *command, *reports, "--frame", frame, "--format", "json", "--lang", "en")
        assert (left_out.returncode, whole.returncode) == (3, 0)
        found, expected = json.loads(left_out.stdout), json.loads(whole.stdout)
        figures = "figures" if command == ("estimate",) else "cells"
        assert found[figures] == expected[figures]
        assert "1 FINESS numbers (750100125)" in found["warnings"][0]["message"]
    stays = found_by(frame, reports, "--per", "stays", "--lang", "en")
    assert "its denominator is unknown" in stays.stderr
    unlike = found_by(frame, reports, "--unlike", "123", "--lang", "en")
    assert "123 is set apart, but did not report" in unlike.stderr
    both = found_by(frame, reports, "--by", "region", "--margin", frame, "--lang", "en")
    assert "do not go together" in both.stderr
    assert {found.returncode for found in (unknown, stays, unlike, both)} == {2}


def test_an_outlier_is_named_to_those_who_may_see(frame, reports, make):
    identity = {"name": "CH 7", "finess_et": SITES[7], "finess_ej": ENTITIES[7], "region": "84"}
    meals = make.line("meal-average", 10_000 * BEDS[7], "meal", id="meals")
    wrong = make.write(make.document(meals, section="food", establishment=identity))
    open_to_all = found_by(frame, [*reports[:7], str(wrong)], "--lang", "en").stdout
    assert "1 reports, to be reviewed" in open_to_all
    assert ENTITIES[7] not in open_to_all
    named = found_by(frame, [*reports[:7], str(wrong)], "--no-secrecy", "--lang", "en").stdout
    assert ENTITIES[7] in named
    kept = found_by(frame, [*reports[:7], str(wrong)], "--no-secrecy", "--unlike", ENTITIES[7], "--format", "json")
    total = json.loads(kept.stdout)["figures"][0]
    assert total["reported_kgco2e"] > KG_PER_MEAL * 10_000 * BEDS[7]
    assert total["estimated_kgco2e"] < KG_PER_MEAL * 15 * 1860
