"""``decarb care footprint``: what is shown, in both languages, and what is refused."""

import json
from pathlib import Path

from tests.care.recipes import recipe, written

EXAMPLES = Path(__file__).parents[2] / "examples" / "care"


def test_an_example_says_it_all(here):
    code, shown, _ = here("care", "footprint", EXAMPLES / "haemodialysis-session.json", "--lang", "en")
    assert code == 0
    for words in (
        "kg CO2e per séance, 95 % interval",
        "Total without travel",
        "Travel, apart:",
        "of the total rests on amounts of money",
        "Haemodialysis, 15 facilities in Ohio",
        "boundary unsaid",
        "Of 2 comparable figures",
        "dialyseur, lignes et autres consommables",
    ):
        assert words in shown


def test_as_data(here):
    code, shown, _ = here("care", "footprint", EXAMPLES / "intensive-care-day.json", "--format", "json")
    found = json.loads(shown)
    assert code == 0
    assert found["travel"] is None
    assert [group["group"] for group in found["groups"]] == ["products", "medicines", "energy", "water", "waste"]
    total = sum(group["kgco2e"] for group in found["groups"])
    assert abs(found["total_without_travel"]["kgco2e"] - total) < 1e-9
    positions = {figure["id"]: figure["position"] for figure in found["published"]}
    assert positions["icu-sweden"] == "within"
    assert positions["icu-brooklyn"] is None


def test_an_act_without_published_figures_says_so(here, tmp_path):
    _, shown, _ = here("care", "footprint", written(tmp_path, recipe(act="tea")), "--lang", "en")
    assert "No published figure of the act «tea» is known." in shown
    assert "Travel is not in the recipe: unknown, not zero." in shown


def test_below_every_figure_says_why_that_may_be(here, tmp_path):
    groups = {"products": [{"id": "g", "factor": "glove-examination-single-use", "quantity": 1, "unit": "item"}]}
    path = written(tmp_path, recipe(groups, act="carpal-tunnel-operation"))
    _, shown, _ = here("care", "footprint", path, "--lang", "en")
    assert "Of 1 comparable figures, the recipe is below 1, within 0, above 0." in shown
    assert "Below them all: usually products left out" in shown


def test_a_bad_recipe_is_refused(here, tmp_path):
    groups = {"products": [{"id": "g", "factor": "glove", "quantity": 1, "unit": "item"}]}
    code, shown, said = here("care", "footprint", written(tmp_path, recipe(groups)), "--lang", "en")
    assert (code, shown) == (2, "")
    assert "/groups/products/0: no factor, series or alias is called «glove»" in said
    assert "Traceback" not in said
