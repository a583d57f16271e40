"""Emissions by establishment and activity: what the lines one by one say."""

import pytest

from decarb.footprint import by_activity as module
from decarb.footprint import compute_footprint
from decarb.footprint.by_activity import ACTIVITIES

# 2.04 kg a meal (Base Carbone); nitrous oxide 273 (AR6); isoflurane has no density: litres are refused


def documents(make):
    meals = make.line("meal-average", 10, "meal", id="meal")
    gases = [make.line("nitrous-oxide", 2, "kg", id="n2o"), make.line("isoflurane", 5, "L", id="refused")]
    return [
        make.document(meals, section="food", establishment={"name": "A"}, anaesthetic_gases=gases),
        make.document(meals, section="food", establishment={"name": "B"}),
    ]


@pytest.mark.parametrize("at_a_time", [1, 2, 1_000_000])
def test_lines_are_added_by_establishment_and_activity(make, monkeypatch, at_a_time):
    monkeypatch.setattr(module, "AT_A_TIME", at_a_time)
    found = compute_footprint(make.read_all(documents(make)), make.library, partial=True).by_activity
    food, gas = ACTIVITIES.index("food"), ACTIVITIES.index("anaesthetic_gas")
    assert found.emissions_kgco2e[:, food].tolist() == pytest.approx([20.4, 20.4])
    assert found.emissions_kgco2e[:, gas].tolist() == pytest.approx([546, 0])
    assert found.lines[:, gas].tolist() == [1, 0]  # the refused one is not in it
    assert (found.of(frozenset(("food",))).total, found.of(frozenset(("food",))).establishments) == (
        pytest.approx(40.8),
        2,
    )


def test_an_activity_without_lines_is_unknown_not_zero(make):
    found = compute_footprint(make.read_all(documents(make)), make.library, partial=True).by_activity
    assert found.of(frozenset(("commuting",))).total is None
    assert found.of(frozenset(("commuting",))).establishments == 0
