"""The whole Base Carbone v23.6: it stands beside the repository where it stands at all, and is no part of it."""

from pathlib import Path

import pytest

_WHOLE = Path(__file__).parents[1] / "../shared/data/base_carbone/base_carbone_v23.6.csv"


def whole_base_carbone() -> Path:
    """Return the official export; without it the test skips, and one on a small file of its form stands beside."""
    if not _WHOLE.is_file():
        pytest.skip("the Base Carbone v23.6 is not beside the repository (../shared/data/base_carbone)")
    return _WHOLE
