"""Every reason has its words."""

from typing import get_args

from decarb.medicines.bdpm import labels, masses
from decarb.report.medicine_text import MASS_REASONS, UNITS_REASONS


def test_every_reason_is_worded() -> None:
    assert {"", *UNITS_REASONS} == set(get_args(labels.Reason))
    assert {"", *MASS_REASONS} == set(get_args(masses.Reason))
