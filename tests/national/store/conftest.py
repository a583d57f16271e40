"""A store, and small documents for it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from decarb.errors import Problem
from decarb.national.store import Receipt, Store, init_store, submit, submitting

Write = Callable[..., Path]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return init_store(tmp_path / "national")


@pytest.fixture
def document(make: Any) -> Callable[..., dict[str, Any]]:
    """A document of some entity and year, whose quantities tell it from others."""

    def build(name: str = "A", year: int = 2024, quantity: float = 1.0, **fields: Any) -> dict[str, Any]:
        lines = [
            make.line("electricity-fr-2024", quantity, "MWh", uncertainty=5),
            make.line("natural-gas-fr-2022-kwh-pci", 2 * quantity, "MWh PCI"),
            make.line(f"of-{name}", quantity, "kg", spend={"factor": "spend", "quantity": quantity, "unit": "EUR"}),
        ]
        return dict(make.document(*lines, year=year, establishment={"name": name, **fields}))

    return build


@pytest.fixture
def write(tmp_path: Path, document: Callable[..., dict[str, Any]]) -> Write:
    """Path of a file with a document, of some name and year and quantity."""
    count = 0

    def build(name: str = "A", year: int = 2024, quantity: float = 1.0, **fields: Any) -> Path:
        nonlocal count
        count += 1
        path = tmp_path / f"{count:03d}.json"
        path.write_text(json.dumps(document(name, year, quantity, **fields)))
        return path

    return build


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents at a time."""
    monkeypatch.setattr(submitting, "BATCH_DOCUMENTS", 2)


def hand_in(store: Store, *paths: Path, **options: Any) -> list[Receipt]:
    return submit(store, paths, by="tester", jobs=2, **options)


def codes(problems: Sequence[Problem]) -> list[str]:
    return [problem.code for problem in problems]
