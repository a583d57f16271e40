"""Tables of inhalers: what each presentation is, and that every figure has a source."""

import pytest

from decarb.factors import load_factors
from decarb.medicines.inhaler_tables import inhaler_figures, inhalers, propellant_names
from decarb.medicines.released import released_codes, released_gases
from decarb.resources import data_folder, read_rows

LIBRARY = load_factors()
VENTOLINE = "3400934438738"


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
