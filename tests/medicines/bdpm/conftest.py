from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.medicines.bdpm.small_base import write_small_base


@pytest.fixture
def small_base(tmp_path: Path) -> Callable[..., Path]:
    """Write the small base, with files changed; its folder."""

    def write(**changed: Any) -> Path:
        return write_small_base(tmp_path / "bdpm", **changed)

    return write
