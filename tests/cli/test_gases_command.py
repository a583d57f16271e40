import json
from typing import Any

import pytest

from tests.test_startup import COMMAND, loaded_after


def test_a_conversion_shows_each_step_its_source_and_every_set(here: Any) -> None:
    code, out, errors = here("gases", "convert", "12 bottles desflurane 240 mL")
    assert (code, errors) == (0, "")
    for words in (
        "0.3516 kg in each",
        "351.6 g per bottle",
        "bdpm",
        "4.2192 kg",
        "10,927.7",
        "no value in this GWP set",
    ):
        assert words in out
    assert "SFAR (Sulbaek Andersen 2012)" in out
    assert out.count("for reference, not for a BEGES") == 2


def test_several_amounts_have_a_total(here: Any) -> None:
    _, out, _ = here("gases", "convert", "3 bouteilles MEOPA 5 L", "2 cadres protoxyde 9x47 L")
    assert "All together" in out
    assert "173,095.9" in out  # 3 x 1.3503 x 273 + 630 x 273


def test_isoflurane_is_beside_the_total_of_a_beges(here: Any, make: Any) -> None:
    _, out, _ = here("gases", "convert", "1 kg isoflurane")
    assert "outside the Kyoto list" in out
    path = make.write(make.document(make.line("isoflurane", 1, "kg"), make.line("sevoflurane", 1, "kg")))
    _, out, _ = here("gases", "indicators", path)
    assert "Isoflurane (HCFE-235da2) *" in out
    assert "* Beside the total, outside the Kyoto list" in out


def test_json(here: Any) -> None:
    code, out, _ = here("gases", "convert", "1 bottle Suprane 240 mL", "--captured", "0.1kg", "--format", "json")
    document = json.loads(out)
    (amount,) = document["amounts"]
    assert code == 0
    assert (amount["product"], amount["container"], amount["size_litre"]) == ("desflurane", "bottle", 0.24)
    assert (amount["mass_kg"], amount["captured_kg"]) == (0.3516, 0.1)
    assert amount["released_kg"] == pytest.approx(0.2516)
    sets = {value["gwp_set"]: value for value in amount["values"]}
    assert sets["AR4"]["emissions_kgco2e"] is None
    assert sets["AR6"]["usable_for_beges"]
    assert not sets["RCoA"]["usable_for_beges"]
    assert all(step["step"] for step in amount["steps"])


def test_every_amount_that_cannot_be_read_is_said_at_once(here: Any) -> None:
    code, out, errors = here("gases", "convert", "3 L N2O", "3 kg neon", "1 kg N2O")
    assert (code, out) == (2, "")
    assert "water volume of a cylinder or a volume of gas" in errors
    assert "no gas is named in «3 kg neon»" in errors
    assert "Traceback" not in errors


def test_a_share_captured_is_refused(here: Any) -> None:
    code, _, errors = here("gases", "convert", "1 kg sevoflurane", "--captured", "25%")
    assert code == 2
    assert "25% is a share: capture is credited on weighed mass" in errors
    code, _, errors = here("gases", "convert", "1 kg sevoflurane", "1 kg N2O", "--captured", "1 kg")
    assert (code, "goes with one amount" in errors) == (2, True)


def test_a_box_is_of_the_year_that_is_asked(here: Any) -> None:
    _, _, errors = here("gases", "convert", "1 3400930219300", "--year", "2025")
    assert "propellant read" in errors
    _, _, errors = here("gases", "convert", "1 3400930219300", "--year", "2026")
    assert "HFO-1234ze(E) by batch" in errors


def inventory(make: Any, year: int = 2026) -> Any:
    identity = {
        "activity": {"stays": 1000},
        "measured_gas_use": [{"gas": "nitrous-oxide", "quantity": 20, "unit": "kg"}],
    }
    lines = (make.line("nitrous-oxide", 100, "kg"), make.line("desflurane", 10, "kg"))
    return make.write(make.document(*lines, year=year, establishment=identity))


def test_indicators(here: Any, make: Any) -> None:
    code, out, errors = here("gases", "indicators", inventory(make))
    assert (code, errors) == (0, "")
    for words in (
        "100.0 kg bought, 20.0 kg used, 80.0 kg lost, 80.0 %; published: about 80.0 %",
        "21,840 kg CO2e avoided",  # 80 x 273
        "Desflurane: 100.0 % of the mass",
        "prohibited as an inhalation anaesthetic from 1 January 2026",
        "not given",
        "establishment.activity.anaesthesias",
    ):
        assert words in out


def test_indicators_as_json(here: Any, make: Any) -> None:
    _, out, _ = here("gases", "indicators", inventory(make, 2025), "--format", "json", "--gwp", "AR5")
    (found,) = json.loads(out)
    assert (found["gwp_set"], found["rules"]) == ("AR5", [])
    # 100 x 265 + 10 x 1790 = 44400 over 1000 stays
    assert (found["total_kgco2e"], found["per_stay_kgco2e"], found["per_anaesthesia_kgco2e"]) == (44_400, 44.4, None)
    assert found["network"]["lost_share"] == 0.8


def test_an_inventory_without_gas_is_refused(here: Any, make: Any) -> None:
    path = make.write(make.document(make.line("electricity-fr-2024", 1, "GWh")))
    code, _, errors = here("gases", "indicators", path)
    assert (code, "buys no anaesthetic gas" in errors) == (2, True)


def test_nothing_heavy_is_loaded() -> None:
    assert not loaded_after(COMMAND, "gases", "convert", "1 kg N2O") & {"pandas", "pint", "pyarrow", "numba"}
