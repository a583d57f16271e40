"""Bad comparisons: one per kind of refusal, and the words that say it."""

import pytest

from decarb.devices import read_comparison
from decarb.devices.emdn import emdn_problems, reprocessable
from decarb.errors import InvalidDocumentError
from tests.devices.comparisons import REPROCESSED, REUSABLE, SINGLE, comparison, written

PUBLISHED = {"value_kgco2e": 1.0, "uncertainty_percent": 20, "source": "test"}


def single(**figure):
    return {**SINGLE, "manufacture": [figure]}


def without(option, name):
    return {key: value for key, value in option.items() if key != name}


BAD = {
    "wrong unit": (
        comparison(single(factor="glove-examination-single-use", quantity=1, unit="kWh"), REUSABLE),
        "/options/0/manufacture/0: kWh cannot become item",
    ),
    "unknown unit": (
        comparison(single(factor="glove-examination-single-use", quantity=1, unit="gloove"), REUSABLE),
        "/options/0/manufacture/0/unit: the unit «gloove» is not known",
    ),
    "unknown factor": (
        comparison(single(factor="glove-examination-single", quantity=1, unit="item"), REUSABLE),
        "/options/0/manufacture/0: no factor, series or alias is called «glove-examination-single»",
    ),
    "missing field": (
        comparison(without(SINGLE, "manufacture"), REUSABLE),
        "/options/0: the field «manufacture» is missing",
    ),
    "factor without quantity": (
        comparison(single(factor="glove-examination-single-use", unit="item"), REUSABLE),
        "/options/0/manufacture/0: the field «quantity» is missing",
    ),
    "value without source": (
        comparison(single(value_kgco2e=1, uncertainty_percent=5), REUSABLE),
        "/options/0/manufacture/0: the field «source» is missing",
    ),
    "value without uncertainty": (
        comparison(single(value_kgco2e=1, source="test"), REUSABLE),
        "/options/0/manufacture/0: the field «uncertainty_percent» is missing",
    ),
    "two forms": (
        comparison(single(**PUBLISHED, electricity_kwh=1), REUSABLE),
        "/options/0/manufacture/0: a figure needs exactly one of factor, electricity_kwh, value_kgco2e",
    ),
    "no form": (comparison(single(label="?"), REUSABLE), "a figure needs exactly one of"),
    "field of another form": (
        comparison(single(electricity_kwh=1, unit="kWh"), REUSABLE),
        "/options/0/manufacture/0/unit: «unit» does not go with «electricity_kwh»",
    ),
    "unknown field": (
        comparison(single(**PUBLISHED, quantities=1), REUSABLE),
        "the field «quantities» is not in this version of the schema",
    ),
    "duplicate id": (
        comparison(SINGLE, REUSABLE, {**REUSABLE}),
        "/options/2/id: the id «reusable» is already used at /options/1/id",
    ),
    "negative uses": (
        comparison(SINGLE, {**REUSABLE, "uses": -3}),
        "/options/1/uses: -3 is below the limit 1",
    ),
    "zero uses": (comparison(SINGLE, {**REUSABLE, "uses": 0}), "/options/1/uses: 0 is below the limit 1"),
    "zero cycles": (
        comparison(SINGLE, {**REUSABLE, "maximum_cycles": 0}),
        "/options/1/maximum_cycles: 0 is below the limit 1",
    ),
    "uses as text": (comparison(SINGLE, {**REUSABLE, "uses": "20"}), "20 is a text; a number was expected"),
    "a fraction of uses": (comparison(SINGLE, {**REUSABLE, "uses": 2.5}), "2.5 is not of the type whole number"),
    "huge number": (comparison(SINGLE, {**REUSABLE, "uses": 10**9}), "1000000000 is above the limit 1000000"),
    "huge quantity": (
        comparison(single(factor="glove-examination-single-use", quantity=1e300, unit="item"), REUSABLE),
        "the quantity 1e+300 is above the limit",
    ),
    "negative quantity": (
        comparison(single(factor="glove-examination-single-use", quantity=-1, unit="item"), REUSABLE),
        "/options/0/manufacture/0/quantity: -1 is below the limit 0",
    ),
    "certain breakage": (
        comparison(SINGLE, {**REUSABLE, "breakage_percent": 100}),
        "/options/1/breakage_percent: 100 is above the limit 99",
    ),
    "uses beyond the maker's limit": (
        comparison(SINGLE, {**REUSABLE, "uses": 41}),
        "/options/1/uses: 41 uses are more than the maker allows: 40 cycles make 40",
    ),
    "uses beyond the reprocessor's limit": (
        comparison(SINGLE, {**REPROCESSED, "uses": 4}),
        "/options/1/uses: 4 uses are more than the maker allows: 2 cycles make 3",
    ),
    "reusable without cycles": (
        comparison(SINGLE, without(REUSABLE, "maximum_cycles")),
        "/options/1: the field «maximum_cycles» is missing",
    ),
    "reusable without sterilisation": (
        comparison(SINGLE, without(REUSABLE, "reprocessing")),
        "/options/1: the field «reprocessing» is missing",
    ),
    "single use with uses": (
        comparison({**SINGLE, "uses": 2}, REUSABLE),
        "/options/0/uses: «uses» does not go with a device that is used once",
    ),
    "nothing used once": (
        comparison(REUSABLE, {**REUSABLE, "id": "other"}),
        "/options: no option is used once: there is nothing to break even with",
    ),
    "unknown kind": (comparison({**SINGLE, "kind": "single-use"}, REUSABLE), "single-use is not allowed here"),
    "reprocessing without code": (
        comparison(SINGLE, without(REPROCESSED, "emdn")),
        "/options/1: the field «emdn» is missing",
    ),
    "code of no form": (
        comparison(SINGLE, {**REPROCESSED, "emdn": "C02O1"}),
        "/options/1/emdn: C02O1 is not an EMDN code: a letter and up to six pairs of digits",
    ),
    "reprocessing outside the decree": (
        comparison(SINGLE, {**REPROCESSED, "emdn": "R0301"}),
        "/options/1/emdn: single-use devices of the category R0301 may not be reprocessed in France",
    ),
    "not JSON": ("{", "the file stops before the document ends"),
    "not an object": ("[]", "[] is not of the type object"),
    "key twice": ('{"name": "a", "name": "b"}', "the key «name» stands twice"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_comparison_is_refused_in_words(name, tmp_path, library):
    document, words = BAD[name]
    path = written(tmp_path, document)
    with pytest.raises(InvalidDocumentError) as refused:
        read_comparison(path, library)
    assert words in str(refused.value)
    assert all(problem.file == str(path) for problem in refused.value.problems)


def test_every_problem_is_said_at_once(tmp_path, library):
    document = comparison(
        single(factor="glove-examination-single-use", quantity=1, unit="kWh"),
        {**REPROCESSED, "emdn": "Z9", "uses": 9},
    )
    with pytest.raises(InvalidDocumentError) as refused:
        read_comparison(written(tmp_path, document), library)
    assert {problem.code for problem in refused.value.problems} == {"unit-mismatch", "emdn-form", "uses-beyond-limit"}


def test_the_nearest_factor_is_named(tmp_path, library):
    document = comparison(single(factor="glove-examination-single", quantity=1, unit="item"), REUSABLE)
    with pytest.raises(InvalidDocumentError) as refused:
        read_comparison(written(tmp_path, document), library)
    assert "glove-examination-single-use" in refused.value.problems[0].hint()


def test_no_such_file(library):
    with pytest.raises(InvalidDocumentError, match="there is no such file"):
        read_comparison("nowhere.json", library)


@pytest.mark.parametrize("code", ["C0201", "C020101", "C0203", "C02030201"])
def test_codes_of_the_experiment_and_below_it(code):
    assert list(emdn_problems(code, "")) == []


@pytest.mark.parametrize("code", ["C02", "C", "C0202", "C0104", "P0908"])
def test_other_codes_and_their_parents_are_refused(code):
    (problem,) = emdn_problems(code, "")
    assert problem.code == "reprocessing-not-allowed"
    assert "C0201" in problem.hint()
    assert "2025-895" in problem.hint("fr")


@pytest.mark.parametrize("code", ["", "c0201", "C201", "C02010", "02C01", "C0201010101010101", "C０２０１"])
def test_what_is_no_code(code):
    (problem,) = emdn_problems(code, "")
    assert problem.code == "emdn-form"


def test_the_dates_of_the_experiment_are_data():
    assert {(category.start, category.end) for category in reprocessable()} == {("2026-01-01", "2027-12-31")}
