"""What a footprint finds doubtful."""

from typing import Any

import pytest

from decarb.footprint import compute_footprint
from decarb.inventory import read_inventory


@pytest.mark.parametrize(
    ("quantity", "unit", "code"),
    [
        (2000, "MWh", None),  # 200 kWh/m2
        (1200, "MWh", None),  # 120, the lower bound
        (6000, "MWh", None),  # 600, the upper bound
        (1000, "MWh", "energy-intensity"),
        (7000, "MWh", "energy-intensity"),
        (2000, "kWh", "energy-intensity-far"),  # MWh typed as kWh: 0.2 kWh/m2
        (2_000_000, "MWh", "energy-intensity-far"),  # kWh typed as MWh
    ],
)
def test_implausible_energy_per_square_metre_warns(make: Any, quantity: float, unit: str, code: str | None) -> None:
    footprint = make.compute(make.line("electricity-fr-2024", quantity, unit), establishment={"floor_area_m2": 10_000})
    found = [warning for warning in footprint.warnings if warning.code.startswith("energy-intensity")]
    assert [warning.code for warning in found] == ([code] if code else [])
    for warning in found:
        assert "kWh/m2" in warning.message()
        assert warning.pointer == "/establishment/floor_area_m2"
    if code == "energy-intensity-far":
        assert "MWh typed as kWh" in found[0].hint()


def test_an_excluded_post_that_has_lines_warns(make: Any) -> None:
    excluded = [{"post": "2.1", "justification": "x"}, {"post": "5.4", "justification": "y"}]
    footprint = make.compute(make.line("electricity-fr-2024", 1, "kWh"), declaration={"excluded_posts": excluded})
    (warning,) = [warning for warning in footprint.warnings if warning.code == "excluded-post-has-lines"]
    assert warning.pointer == "/declaration/excluded_posts/0"
    assert "2.1" in warning.message()


def test_care_homes_are_only_warned_of_an_order_of_magnitude(make: Any) -> None:
    def codes(category: str, mwh: float) -> set[str]:
        identity = {"category": category, "floor_area_m2": 1000, "region": "11"}
        result = make.compute(make.line("electricity-fr-2024", mwh, "MWh"), establishment=identity)
        return {warning.code for warning in result.warnings}

    assert "energy-intensity" in codes("355", 100)
    assert "energy-intensity" not in codes("500", 100)
    assert "energy-intensity-far" in codes("500", 10_000)


def test_goods_among_capital_goods_are_named(make: Any) -> None:
    line = make.line("spend-machinery-equipment", 300, "kEUR HT")
    inventory = read_inventory(make.write(make.document(line, section="capital_goods")))
    warning = next(w for w in compute_footprint(inventory, make.library).warnings if w.code == "goods-among-assets")
    assert "equipment" in warning.hint()


def test_an_account_of_the_pharmacy_beside_its_codes_may_be_the_same_purchases(make):
    coded = {"code": {"system": "CIP13", "value": "3400957562632"}, "quantity": 2, "unit": "boîte", "id": "suprane"}
    account = make.line("spend-pharmaceutical-products", 1000, "EUR HT", id="pharmacy")
    gas = make.line("desflurane", 4, "kg", id="desflurane")
    found = make.compute(coded, account, gas, section="medicines").warnings
    said = {warning.code: warning.line_id for warning in found}
    assert said["pharmacy-counted-twice"] == "pharmacy"
    assert said["gas-counted-twice"] == "desflurane"
    for lines in ([coded], [account, gas]):
        codes = {warning.code for warning in make.compute(*lines, section="medicines").warnings}
        assert not codes & {"pharmacy-counted-twice", "gas-counted-twice"}
