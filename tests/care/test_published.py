"""Published figures as data, and a recipe among them."""

import pytest

from decarb.care.published import PublishedFigure, _placed, place, published_figures
from decarb.care.recipe import read_recipe
from decarb.errors import Bilingual
from tests.care.recipes import recipe, written
from tests.factors.library_tables import read

GROUPS = ("products", "medicines", "sterilisation", "energy", "gases", "water", "linen", "food", "equipment", "waste",
          "travel")  # fmt: skip


def figure(**changes):
    of_none = dict.fromkeys(("low", "high", "travel_kgco2e", "energy_kwh", "energy_kgco2e", "electricity_share"))
    fields = {
        "id": "test",
        "act": "test",
        "name": Bilingual("test", "test"),
        "value": 100.0,
        "per": "act",
        "country": "AU",
        "year": 2020,
        "includes": ("products", "energy"),
        "source": "test",
        "note": Bilingual("", ""),
    }
    return PublishedFigure(**{**fields, **of_none, **changes})


def test_every_figure_has_a_source_and_is_sound():
    sources = {row["id"] for row in read("sources")}
    ids = [found.id for found in published_figures()]
    assert len(ids) == len(set(ids)) > 30
    for found in published_figures():
        assert found.source in sources, found.id
        assert found.name.french, found.id
        assert found.name.english, found.id
        assert set(found.includes) <= set(GROUPS), found.id
        assert found.value > 0, found.id
        assert (found.low or found.value) <= found.value <= (found.high or found.value), found.id
        assert (found.energy_kwh is None) == (found.energy_kgco2e is None), found.id


def test_energy_is_restated_where_the_source_publishes_it():
    # 88 less 67 kg of 143 kWh, plus 143 x 0.05 = 7.15: 28.15, and so for the bounds
    (melbourne,) = (found for found in published_figures() if found.id == "icu-melbourne")
    placed = _placed(melbourne, {"products": 20.0, "energy": 7.0, "waste": 1.0, "medicines": 99.0}, 0.05)
    assert (placed.low, placed.high) == pytest.approx((77 - 59.85, 107 - 59.85))
    assert placed.restated == "energy"
    assert placed.recipe == 28.0  # its medicines are outside the boundary
    assert placed.position == "within"


def test_a_share_of_electricity_bounds_it():
    # a quarter of 100 is electricity of another grid: between 75, without it, and 100
    placed = _placed(figure(electricity_share=0.25), {"products": 50.0, "energy": 1.0}, 0.05)
    assert (placed.low, placed.high, placed.restated) == (75, 100, "electricity")
    assert placed.position == "below"
    at_home = _placed(figure(electricity_share=0.25, country="FR"), {"products": 50.0, "energy": 1.0}, 0.05)
    assert (at_home.low, at_home.high) == (100, 100)


def test_travel_is_taken_out_where_the_source_publishes_it():
    known = figure(includes=("products", "energy", "travel"), travel_kgco2e=30.0)
    placed = _placed(known, {"products": 70.0, "energy": 1.0}, 0.05)
    assert (placed.low, placed.with_travel, placed.recipe, placed.position) == (70, False, 71, "above")
    unknown = _placed(figure(includes=("products", "energy", "travel")), {"products": 70.0, "energy": 1.0}, 0.05)
    assert (unknown.with_travel, unknown.recipe, unknown.missing, unknown.position) == (True, None, ("travel",), "")


def test_a_boundary_that_is_unsaid_is_never_compared():
    placed = _placed(figure(includes=()), {"products": 70.0, "energy": 1.0}, 0.05)
    assert (placed.recipe, placed.position) == (None, "")


def test_an_act_that_nobody_published(tmp_path):
    assert place(read_recipe(written(tmp_path, recipe(act="tea"))).act, {"products": 1.0}, 0.05) == ()
