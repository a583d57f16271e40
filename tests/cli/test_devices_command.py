"""``decarb devices compare``: what is shown, in both languages, and what is refused."""

import json

import pytest

from tests.devices.comparisons import REPROCESSED, REUSABLE, SINGLE, comparison, written


def test_the_example_says_it_all(here):
    code, shown, _ = here("devices", "compare", "--example", "laryngeal-mask", "--lang", "en")
    assert code == 0
    for words in (
        "kg CO2e per use",
        "lower from 3 uses on",
        "95 % of the break-evens within",
        "by number of uses",
        "████",
        "sterilisation-instrument-in-pouch (grid: GB)",
        "laryngeal-mask-single-use-igel",
    ):
        assert words in shown


def test_as_data(here, tmp_path):
    path = written(tmp_path, comparison())
    code, shown, _ = here("devices", "compare", path, "--format", "json", "--draws", "500", "--seed", "7")
    found = json.loads(shown)
    assert code == 0
    assert (found["draws"], found["seed"]) == (500, 7)
    assert [option["id"] for option in found["options"]] == ["single", "reusable"]
    assert found["break_evens"][0]["uses"] == 11
    assert found["options"][1]["figures"][1]["grid"] == "GB"


def test_no_break_even_is_null_as_data_and_said_as_text(here, tmp_path):
    dear = {**REUSABLE, "reprocessing": [{"value_kgco2e": 2, "uncertainty_percent": 1, "source": "test"}]}
    path = written(tmp_path, comparison(SINGLE, dear))
    _, shown, _ = here("devices", "compare", path, "--format", "json")
    assert json.loads(shown)["break_evens"][0]["interval_95_uses"] == [None, None]
    _, shown, _ = here("devices", "compare", path, "--lang", "en")
    assert "no break-even" in shown
    assert "no draw has a break-even" in shown


def test_a_category_outside_the_decree_is_refused(here, tmp_path):
    path = written(tmp_path, comparison(SINGLE, {**REPROCESSED, "emdn": "R0301"}))
    code, shown, said = here("devices", "compare", path, "--lang", "en")
    assert (code, shown) == (2, "")
    assert "R0301 may not be reprocessed in France" in said
    assert "C0201 Cardiac electrophysiology and mapping devices" in said


@pytest.mark.parametrize("words", [(), ("x.json", "--example", "laryngeal-mask")])
def test_a_file_or_an_example(here, words):
    code, _, said = here("devices", "compare", *words, "--lang", "en")
    assert code == 2
    assert "one of the two" in said


def test_an_unknown_example_names_the_nearest(here):
    code, _, said = here("devices", "compare", "--example", "laryngal", "--lang", "en")
    assert code == 2
    assert "nearest: laryngeal-mask" in said
