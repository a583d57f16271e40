"""`decarb` in this process, and documents of each kind for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from decarb.cli import main


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`decarb` in this process: exit code, output, errors."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.delenv("DECARB_DEBUG", raising=False)

    def call(*words: Any) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        shown = capsys.readouterr()
        return int(left.value.code or 0), shown.out, shown.err

    return call


@pytest.fixture
def valid(make: Any) -> Path:
    power = make.line("electricity-fr-2024", 1, "GWh", id="power")
    return make.write(make.document(power, make.line("desflurane", 1, "L", id="gas")))


@pytest.fixture
def refused(make: Any) -> Path:
    lines = [make.line("electricity-fr-2024", 1, "GWh"), make.line("isoflurane", 1, "L", id="bottle")]
    return make.write(make.document(*lines, establishment={"name": "Refused"}))


@pytest.fixture
def invalid(make: Any) -> Path:
    lines = [make.line("electricity-fr-2024", -1, "GWh"), make.line("x", 1, "kwhh")]
    return make.write(make.document(*lines, establishment={"name": "Invalid"}))
