"""Inhalers of a footprint: emissions worked out by hand, what is assumed, what is unknown."""

from pathlib import Path
from typing import Any

import pytest

from decarb.errors import InvalidInventoryError, RefusedLinesError
from decarb.factors import load_factors
from decarb.footprint import compute_footprint
from decarb.gases import InhalerIndicators, inhaler_indicators
from decarb.inventory import Inventory
from decarb.medicines import Medicines, load_medicines

LIBRARY = load_factors()
VENTOLINE, FLUTIFORM, TURBUHALER = "3400934438738", "3400926648794", "3400935658432"
VENTOLINE_CIS = "64720167"
RESPIMAT, TRIXEO = "3400930168448", "3400930219300"


def boxes(code: str, quantity: float, unit: str = "box", system: str = "CIP13") -> dict[str, Any]:
    return {"code": {"system": system, "value": code}, "quantity": quantity, "unit": unit}


def of(inventory: Inventory, gwp: str | None = None, medicines: Medicines | None = None) -> InhalerIndicators:
    (found,) = inhaler_indicators(compute_footprint(inventory, LIBRARY, gwp, partial=True, medicines=medicines))
    return found


def indicators(make: Any, *lines: dict[str, Any], gwp: str | None = None, **fields: Any) -> InhalerIndicators:
    return of(make.read(*lines, **fields), gwp)


def test_emissions_by_hand(make: Any) -> None:
    found = indicators(
        make, boxes(VENTOLINE, 100), boxes(FLUTIFORM, 10), boxes(TURBUHALER, 50), boxes(RESPIMAT, 40), year=2025
    )
    by_code = {use.inhaler.cip13: use for use in found.uses}
    # Ventoline: 18.56 g (17.32 to 19.8) x 1530 = 28.40 kg (26.50 to 30.29); Flutiform: 11 g x 3600 = 39.6 kg
    assert by_code[VENTOLINE].emissions_kgco2e == pytest.approx(2839.68)
    assert (by_code[VENTOLINE].low_kgco2e, by_code[VENTOLINE].high_kgco2e) == pytest.approx((2649.96, 3029.4))
    assert by_code[FLUTIFORM].emissions_kgco2e == pytest.approx(396)
    assert by_code[TURBUHALER].emissions_kgco2e == by_code[RESPIMAT].emissions_kgco2e == 0
    assert found.emissions_kgco2e == pytest.approx(3235.68)
    # 110 of 200 boxes; 100 x 200 + 10 x 120 = 21200 of 21200 + 50 x 120 + 40 x 60 = 29600 doses
    assert found.metered_share_of_boxes == pytest.approx(0.55)
    assert found.metered_share_of_doses == pytest.approx(21200 / 29600)
    assert (found.boxes("dpi"), found.doses("dpi"), found.boxes("soft_mist")) == (50, 6000, 40)
    # 110 devices: 3235.68 less 110 x 1.25 or 110 x 0.359
    assert found.switch is not None
    assert (found.switch.low_kgco2e, found.switch.high_kgco2e) == pytest.approx((3098.18, 3196.19))
    assert [rule.id for rule in found.rules] == ["hfc-inhalers-quota"]
    assert found.notices == ()


def test_assumed_propellants_are_shown_as_assumed(make: Any) -> None:
    found = indicators(make, boxes(VENTOLINE, 1))
    (use,) = found.uses
    assert use.propellant is not None
    assert (use.propellant.status, use.propellant.substance) == ("assumed", "hfc-134a")
    assert "assumed from the class" in use.propellant.basis


def test_another_gwp_set(make: Any) -> None:
    # 18.56 g x 1300 in AR5, 1430 in AR4
    assert indicators(make, boxes(VENTOLINE, 1), gwp="AR5").emissions_kgco2e == pytest.approx(24.128)
    assert indicators(make, boxes(VENTOLINE, 1), method={"gwp_set": "AR4"}).emissions_kgco2e == pytest.approx(26.5408)


def test_an_unknown_mass_is_named_and_out_of_the_total(make: Any) -> None:
    found = indicators(make, boxes(VENTOLINE, 1), boxes(TRIXEO, 3), year=2025)
    assert [use.inhaler.cip13 for use in found.unknown] == [TRIXEO]
    assert found.unknown[0].emissions_kgco2e is None
    assert found.unknown[0].switch is None
    assert found.emissions_kgco2e == pytest.approx(28.3968)
    # the unknown mass is said as the footprint says it
    (notice,) = found.notices
    assert (notice.code, notice.severity) == ("medicine-container-unknown", "warning")
    assert (notice.line_id, notice.pointer, notice.count) == ("line-2", "/energy/1", 1)
    assert found.unknown[0].boxes == 3


def test_a_seven_digit_code_is_the_same_box(make: Any) -> None:
    # 3400934438738 is 34009 + 3443873 + its key
    found = indicators(make, boxes("3443873", 2, system="CIP7"), boxes(VENTOLINE, 1))
    (use,) = found.uses
    assert (use.boxes, use.lines) == (3, ("line-1", "line-2"))


def test_no_box_is_no_share(make: Any) -> None:
    found = indicators(make, boxes(VENTOLINE, 0))
    assert found.metered_share_of_boxes is None
    assert found.emissions_kgco2e == 0


def test_a_line_that_counts_no_boxes_is_refused_as_the_footprint_refuses_it(make: Any) -> None:
    with pytest.raises(RefusedLinesError, match="codes count boxes, not item"):
        indicators(make, boxes(VENTOLINE, 1, "item"))


def test_an_inventory_without_inhaler_is_refused(make: Any) -> None:
    with pytest.raises(InvalidInventoryError, match="buys no inhaler"):
        indicators(make, {"factor": "electricity-fr-2024", "quantity": 1, "unit": "kWh"})


def test_refused_lines_of_another_thing_do_not_matter_and_unknown_ones_are_said(make: Any) -> None:
    suprane_by_item = boxes("3400957562632", 1, "item")
    assert indicators(make, boxes(VENTOLINE, 1), suprane_by_item).notices == ()
    ucd = boxes("3400892571720", 1, "item", "UCD13")
    (notice,) = indicators(make, boxes(VENTOLINE, 1), ucd).notices
    assert (notice.code, notice.parameters) == ("gas-lines-unknown", {"count": 1})


def test_inhalers_counted_by_their_price_are_said(make: Any) -> None:
    euros = {**boxes(TURBUHALER, 1000, "EUR"), "basis": "HT", "price_year": 2023}
    (notice,) = indicators(make, boxes(VENTOLINE, 1), euros).notices
    assert (notice.code, notice.line_id) == ("gas-code-by-spend", "line-2")


@pytest.mark.parametrize("code", ["CIP13", "UCD13", "CIS"])
@pytest.mark.parametrize(("retroceded", "post"), [(True, "5.1"), (False, "1.4")])
def test_emissions_are_what_the_footprint_counts_at_use(
    make: Any, tmp_path: Path, code: str, retroceded: bool, post: str
) -> None:
    # a box of Ventoline is one inhaler
    table = tmp_path / "ucd.csv"
    table.write_text(f"ucd13,cip13\n3400892571720,{VENTOLINE}\n", encoding="utf-8")
    value = {"CIP13": VENTOLINE, "UCD13": "3400892571720", "CIS": VENTOLINE_CIS}[code]
    unit = "box" if code == "CIP13" else "item"
    inventory = make.read({**boxes(value, 7, unit, code), "retroceded": retroceded}, boxes(TURBUHALER, 3))
    medicines = load_medicines(table)
    found = of(inventory, medicines=medicines)
    computed = compute_footprint(inventory, LIBRARY, medicines=medicines)
    assert found.emissions_kgco2e == pytest.approx(computed.by_post().loc[post, "total"], rel=1e-12)
    assert found.emissions_kgco2e == pytest.approx(7 * 18.56e-3 * 1530)
