"""The whole public medicines database of July 2026: it stands beside the repository where it stands at all."""

from pathlib import Path

import pytest

_WHOLE = Path(__file__).parents[4] / "shared" / "data" / "bdpm"


def whole_bdpm() -> Path:
    """Return the folder of the official files; without it the test skips, and one on a small base stands beside."""
    if not (_WHOLE / "CIS_bdpm.txt").is_file():
        pytest.skip("the public medicines database is not beside the repository (../shared/data/bdpm)")
    return _WHOLE
