"""Inhalers of an inventory: emissions worked out by hand, what is assumed, what is unknown."""

from typing import Any

import pytest

from decarb.errors import InvalidInventoryError
from decarb.factors import load_factors
from decarb.medicines.inhalers import inhaler_figures, inhaler_indicators, inhalers, propellant_names
from decarb.medicines.released import released_codes, released_gases
from decarb.resources import data_folder, read_rows

LIBRARY = load_factors()
VENTOLINE, FLUTIFORM, TURBUHALER = "3400934438738", "3400926648794", "3400935658432"
RESPIMAT, TRIXEO = "3400930168448", "3400930219300"


def boxes(code: str, quantity: float, unit: str = "box", system: str = "CIP13") -> dict[str, Any]:
    return {"code": {"system": system, "value": code}, "quantity": quantity, "unit": unit}


def indicators(make: Any, *lines: dict[str, Any], gwp: str | None = None, **fields: Any) -> Any:
    (found,) = inhaler_indicators(make.read(*lines, **fields), LIBRARY, gwp)
    return found


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
    assert [notice.code for notice in found.notices] == ["gas-code-without-mass"]


def test_a_seven_digit_code_is_the_same_box(make: Any) -> None:
    # 3400934438738 is 34009 + 3443873 + its key
    found = indicators(make, boxes("3443873", 2, system="CIP7"), boxes(VENTOLINE, 1))
    (use,) = found.uses
    assert (use.boxes, use.lines) == (3, ("line-1", "line-2"))


def test_no_box_is_no_share(make: Any) -> None:
    found = indicators(make, boxes(VENTOLINE, 0))
    assert found.metered_share_of_boxes is None
    assert found.emissions_kgco2e == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (boxes(VENTOLINE, 1, "item"), "item is not a number of boxes"),
        ({"factor": "electricity-fr-2024", "quantity": 1, "unit": "kWh"}, "buys no inhaler"),
    ],
)
def test_lines_refused(make: Any, line: Any, words: str) -> None:
    with pytest.raises(InvalidInventoryError, match=words):
        inhaler_indicators(make.read(line), LIBRARY)


def test_presentations_of_the_table() -> None:
    counts = {
        device: sum(row.device == device for row in inhalers().values()) for device in ("pmdi", "dpi", "soft_mist")
    }
    assert counts == {"pmdi": 74, "dpi": 121, "soft_mist": 10}
    for code, inhaler in inhalers().items():
        assert inhaler.doses_per_box >= max(10, inhaler.devices_per_box)
        assert (code in released_codes()) == (inhaler.device == "pmdi")


def test_every_figure_and_class_has_a_source() -> None:
    folder = data_folder("emission_factors") / "medicines"
    for name in ("inhaler_classes", "inhaler_figures", "inhaler_propellants"):
        assert all(row["source"] in LIBRARY.sources for row in read_rows(folder / f"{name}.csv"))
    assert inhaler_figures()["dpi_low"].value < inhaler_figures()["dpi_high"].value
    substances = {gas.substance for code in inhalers() for gas in released_gases(code, 2025)}
    assert substances <= set(propellant_names())


@pytest.mark.parametrize(
    ("code", "devices", "doses"),
    [
        (VENTOLINE, 1, 200),
        ("3400930230688", 3, 360),  # Trixeo, three devices
        ("3400930208557", 3, 90),  # Anoro Ellipta, 90 doses (3 x 30)
        ("3400930210741", 3, 90),  # Trelegy Ellipta, 3 x 30 doses
        ("3400930224700", 3, 360),  # Trimbow NEXThaler, dry powder though its label says pressurised
        ("3400930168455", 0, 60),  # Spiriva Respimat, a cartridge alone
        ("3400930168974", 1, 180),  # Spiolto Respimat, three cartridges and a device
        ("3400936984783", 1, 200),  # Novopulmon, two cartridges of 100
        ("3400939982236", 1, 30),  # Onbrez, 3 blisters of 10 capsules
        ("3400930222751", 1, 60),  # Airmaster, 60 blisters of one dose
        ("3400930123522", 1, 120),  # Bricanyl Turbuhaler, 60 mg (120 doses)
    ],
)
def test_doses_read_by_hand(code: str, devices: int, doses: int) -> None:
    found = inhalers()[code]
    assert (found.devices_per_box, found.doses_per_box) == (devices, doses)
