"""Lines that another document carries: computed as an inventory's, refused at their own places."""

import pytest

from decarb.errors import InvalidDocumentError, Problem
from decarb.footprint.carried import CarriedLine, compute_carried

GLOVES = {"factor": "glove-examination-single-use", "quantity": 3, "unit": "item"}


def computed(library, *lines, **options):
    carried = [CarriedLine(f"/here/{number}", line) for number, line in enumerate(lines)]
    return compute_carried(carried, library, file="mine.json", year=2024, **options)


def test_values_are_those_of_an_inventory(library, make):
    found, warnings = computed(library, GLOVES, {**GLOVES, "quantity": 5})
    assert found.line_totals().tolist() == [
        make.compute(make.line(**{**GLOVES, "quantity": q})).total() for q in (3, 5)
    ]
    assert warnings == ()


def test_problems_lead_to_the_document_that_carries_the_lines(library):
    known = Problem("missing-field", {"value": "name"}, file="mine.json")
    lines = {**GLOVES, "id": "twice"}, {**GLOVES, "id": "twice"}, {**GLOVES, "unit": "kWh"}
    with pytest.raises(InvalidDocumentError) as refused:
        computed(library, *lines, problems=[known])
    found = {problem.code: problem for problem in refused.value.problems}
    assert set(found) == {"missing-field", "duplicate-line-id", "unit-mismatch"}
    assert found["duplicate-line-id"].pointer == "/here/1/id"
    assert found["duplicate-line-id"].parameters["first"] == "/here/0"
    assert found["unit-mismatch"].pointer.startswith("/here/2")
    assert found["unit-mismatch"].line_id == ""  # the line has no id of its own
    assert {problem.file for problem in refused.value.problems} == {"mine.json"}


def test_what_is_known_to_be_wrong_is_said_even_if_the_lines_are_sound(library):
    with pytest.raises(InvalidDocumentError, match="the field «name» is missing"):
        computed(library, GLOVES, problems=[Problem("missing-field", {"value": "name"})])


def test_the_region_selects_from_a_series(library):
    power = {"factor": "electricity-fr", "quantity": 1, "unit": "kWh"}
    mainland, reunion = (computed(library, power, region=region)[0].total() for region in ("", "04"))
    assert reunion > 10 * mainland


@pytest.mark.parametrize("factor", ["/purchases/9999/x", "/purchases/0/x"])
def test_what_a_person_wrote_is_shown_as_it_was_written(library, factor):
    with pytest.raises(InvalidDocumentError) as refused:
        computed(library, {**GLOVES, "factor": factor})
    (problem,) = refused.value.problems
    assert (problem.parameters["value"], problem.pointer) == (factor, "/here/0")
