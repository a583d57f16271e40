"""What another library would do to a footprint."""

import pytest

from decarb.comparison import kept_copies, library_effect
from decarb.factors import load_factors
from decarb.factors.comparing import compare_libraries
from decarb.factors.importers import import_base
from tests.factors.importers.base_carbone_files import element, write

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


def test_packaged_copies_of_elements_that_change_keep_their_value_and_say_what_the_new_one_would_do(make, tmp_path):
    # 43642 is packaged as electricity-fr-2024, 0.0519 kg/kWh; here it goes from 0.05 to 0.06: +20 %
    libraries = []
    for name, value in (("V9.1", "0.05"), ("V9.2", "0.06")):
        cells = {"Code de la catégorie": "Electricité", "Unité français": "kgCO2e/kWh"}
        row = element(43642, **cells, **{"Total poste non décomposé": value})
        import_base("base-carbone", write(tmp_path / f"Base_{name}.csv", [row]), tmp_path / name)
        libraries.append(load_factors(tmp_path / name))
    inventory = make.read(
        make.line("electricity-fr", 1000, "kWh", id="series"),
        make.line("electricity-fr-2024", 2000, "kWh", id="pinned"),
        make.line("base-carbone:43642", 10, "kWh", id="element"),
    )
    effect = library_effect(inventory, *libraries)
    assert [line.line for line in effect.lines] == ["element"]
    (copy,) = kept_copies(effect, compare_libraries(*libraries))
    assert (copy.factor, copy.element, copy.lines) == ("electricity-fr-2024", "base-carbone:43642", 2)
    assert copy.effect_kgco2e == pytest.approx(3000 * 0.0519 * 0.2)


def test_like_for_like_leaves_out_what_one_of_them_refuses(effect):
    found = effect({"x": 1, "y": 5}, {"x": 2}, "x", "y")
    assert found.before.total() == 60
    assert found.like_for_like_kgco2e == (10, 20)


def test_a_line_that_only_the_second_computes_is_named(effect):
    found = effect({"x": 1}, {"x": 1, "y": 5}, "x", "y")
    (line,) = found.lines
    assert (line.line, line.before_kgco2e, line.after_kgco2e) == ("line-y", None, 50)
    assert found.like_for_like_kgco2e == (10, 10)


def test_a_line_that_moves_to_another_post_moves(make, tmp_path):
    libraries = []
    for activity in ("food", "other_goods"):
        path = tmp_path / f"{activity}.csv"
        path.write_text(
            f"{HEADER}\nx,x,kg,1,{'services' if activity == 'food' else activity},Devis\n", encoding="utf-8"
        )
        libraries.append(load_factors(path))
    found = library_effect(make.read(make.line("x", 10, "kg")), *libraries)
    (line,) = found.lines
    assert line.effect_kgco2e == 0
