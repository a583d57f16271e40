"""What another library would do to a footprint."""

import pytest

from decarb.comparison import library_effect
from decarb.factors import load_factors

HEADER = "id,name,unit,value,activity,source"


@pytest.fixture
def effect(make, tmp_path):
    """Return a function that computes lines of 10 kg with two CSV of factors."""

    def preview(before, after, *lines):
        libraries = []
        for name, values in (("a", before), ("b", after)):
            path = tmp_path / f"{name}.csv"
            rows = [f"{factor},{factor},kg,{value},other_goods,Devis" for factor, value in values.items()]
            path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
            libraries.append(load_factors(path))
        inventory = make.read(*(make.line(factor, 10, "kg", id=f"line-{factor}") for factor in lines))
        return library_effect(inventory, *libraries)

    return preview


def test_lines_that_move_by_size_and_the_total(effect):
    # 10 kg of each: x 1 -> 2 (+10), y 5 -> 1 (-40), z unchanged
    found = effect({"x": 1, "y": 5, "z": 3}, {"x": 2, "y": 1, "z": 3}, "x", "y", "z")
    assert [(line.line, line.effect_kgco2e) for line in found.lines] == [("line-y", -40), ("line-x", 10)]
    assert found.after.total() - found.before.total() == -30
    assert found.by_factor() == {"y": -40, "x": 10}
    assert found.newly_refused == ()


def test_a_factor_that_is_gone_refuses_its_line_by_name_and_is_no_silent_zero(effect):
    found = effect({"x": 1, "y": 5}, {"x": 1}, "x", "y")
    (line,) = found.newly_refused
    assert (line.line, line.before_kgco2e, line.after_kgco2e, line.effect_kgco2e) == ("line-y", 50, None, None)
    assert [problem.code for problem in line.problems] == ["unknown-factor"]
    assert found.after.is_partial


def test_a_line_that_both_refuse_does_not_move(effect):
    assert effect({"x": 1}, {"x": 1}, "x", "nothing").lines == ()


def test_the_same_libraries_move_nothing(effect):
    assert effect({"x": 1}, {"x": 1}, "x").lines == ()
