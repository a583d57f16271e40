"""Axes and indicators of too few legal entities are withheld, in any year and on the constant perimeter."""

import pytest

from decarb.footprint import compute_footprint
from decarb.national.base_year import by_year
from decarb.national.roadmap import roadmap
from decarb.national.roadmap_tables import axes
from tests.national.frames import finess

MEALS, POWER, GAS = ("meal-average", "repas"), ("electricity-fr-2024", "kWh"), ("desflurane", "kg")


def document(make, number, year, meals=0.0, gas=0.0, kwh=1000.0):
    sections = {
        "energy": [make.line(POWER[0], kwh, POWER[1], id="power")],
        "food": [make.line(MEALS[0], meals, MEALS[1], id="meals")] if meals else [],
        "anaesthetic_gases": [make.line(GAS[0], gas, GAS[1], id="gas")] if gas else [],
    }
    identity = {
        "name": f"CH {number}",
        "finess_ej": finess(f"01{number:04d}00"),
        "finess_et": finess(f"01{number:04d}01"),
        "region": "84",
    }
    return make.document(
        year=year, establishment=identity, **{name: lines for name, lines in sections.items() if lines}
    )


def followed(make, documents, public=()):
    return roadmap(by_year([compute_footprint(make.read_all(documents), make.library)]), 2023, 2030, public)


def withheld_axes(found):
    names = [axis.axis for axis in axes()] + ["none"]
    return {name for name, hidden in zip(names, found.withheld.axes, strict=True) if hidden}


@pytest.fixture(scope="module")
def documents(make):
    """Four of power and food; one alone of anaesthetic gases, which are eco-responsible care."""
    return [
        document(make, number, year, meals=number * (100.0 + 10 * (year - 2023)), gas=5.0 if number == 1 else 0.0,
                 kwh=1e6 - 1000.0 * (year - 2023) * number)
        for number in (1, 2, 3, 4)
        for year in (2023, 2024)
    ]  # fmt: skip


def test_an_axis_of_one_is_withheld_and_another_with_it(make, documents):
    found = followed(make, documents)
    assert "care" in withheld_axes(found)
    # the total is shown: alone, what is withheld would follow from it
    assert len(withheld_axes(found)) >= 2
    assert not found.withheld.total
    assert "anaesthetic-emissions" in found.withheld.indicators
    assert "food-emissions" not in found.withheld.indicators


def test_what_is_public_by_law_is_told(make, documents):
    found = followed(make, documents, public=[finess(f"01{number:04d}00") for number in (1, 2, 3, 4)])
    assert withheld_axes(found) == set()
    assert not found.withheld.indicators


def test_a_change_of_one_is_withheld_though_many_report(make):
    """Four emit the same from food in both years but one, whose change would be the change of the axis."""
    documents = [
        document(make, number, year, meals=100.0 + (50 if (number, year) == (1, 2024) else 0),
                 kwh=1e6 - 1000.0 * (year - 2023) * number)
        for number in (1, 2, 3, 4)
        for year in (2023, 2024)
    ]  # fmt: skip
    food_axis = next(axis.axis for axis in axes() if "food" in axis.activities)
    found = followed(make, documents)
    assert food_axis in withheld_axes(found)
    assert "food-emissions" in found.withheld.indicators


def test_two_legal_entities_in_all_withhold_everything(make, documents):
    found = followed(make, documents[:4])
    assert found.withheld.total
    assert all(found.withheld.axes)
