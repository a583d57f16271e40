import json
from typing import Any

VENTOLINE, TURBUHALER, TRIXEO = "3400934438738", "3400935658432", "3400930219300"


def inventory(make: Any, *codes: str, unit: str = "box") -> Any:
    lines = [{"code": {"system": "CIP13", "value": code}, "quantity": 100, "unit": unit} for code in codes]
    return make.write(make.document(*lines, section="medicines"))


def test_the_table(here: Any, make: Any) -> None:
    code, out, errors = here("medicines", "inhalers", inventory(make, VENTOLINE, TURBUHALER))
    assert (code, errors) == (0, "")
    for words in (
        "VENTOLINE 100 microgrammes/dose",
        "HFC-134a (norflurane), assumed",
        "2,840",  # 100 x 18.56 g x 1530
        "2,650 to 3,029",
        "Metered-dose inhalers: 50.0 % of the boxes, 62.5 % of the doses",  # 20000 of 32000
        "2,715 to 2,804",  # less 125 or 35.9
        "not for patients who cannot inhale hard enough",
        "520,000 t CO2e, 96.6 % of it",
    ):
        assert words in out


def test_an_unknown_propellant_mass_is_a_warning(here: Any, make: Any) -> None:
    code, out, errors = here("medicines", "inhalers", inventory(make, VENTOLINE, TRIXEO))
    assert code == 0
    assert "unknown" in out
    assert "Total of what is known" in out
    assert errors.startswith("warning: ")
    assert f"{TRIXEO} releases a gas of unknown mass" in errors


def test_json(here: Any, make: Any) -> None:
    _, out, _ = here("medicines", "inhalers", inventory(make, VENTOLINE, TURBUHALER, TRIXEO), "--format", "json")
    document = json.loads(out)
    (found,) = document["establishments"]
    products = {product["cip13"]: product for product in found["products"]}
    assert (products[VENTOLINE]["status"], products[VENTOLINE]["propellant"]) == ("assumed", "hfc-134a")
    assert (products[TURBUHALER]["emissions_kgco2e"], products[TURBUHALER]["propellant"]) == (0, None)
    assert products[TRIXEO]["emissions_kgco2e"] is None
    assert found["without_known_mass"] == [TRIXEO]
    assert document["published"]["france_2019"]["value"] == 520_000


def test_units_are_no_boxes(here: Any, make: Any) -> None:
    code, _, errors = here("medicines", "inhalers", inventory(make, VENTOLINE, unit="item"))
    assert (code, "CIP13 codes count boxes, not item" in errors) == (2, True)
