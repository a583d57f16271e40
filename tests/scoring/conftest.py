"""Small bills of materials: what a test is about, everything else exact or left out."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from decarb.factors import FactorLibrary, load_factors
from decarb.resources import data_folder
from decarb.scoring import STAGES, Bill, Score, read_bill, score_bill

Document = dict[str, Any]
EXACT = {"tier": "primary", "country": "FR", "year": 2024, "source": "a test", "uncertainty_percent": 0}
WHY = "Not what this test is about"


def own_factor(value: float, unit: str = "kg", **others: Any) -> Document:
    """A factor written in the bill, exact unless `others` say otherwise."""
    said = {"value": value, "unit": f"kgCO2e/{unit}", "source": "a test", "year": 2024, "uncertainty_percent": 0}
    return {**said, **others}


def flow(name: str, quantity: float, unit: str, factor: Any, **others: Any) -> Document:
    """An exact input."""
    return {"name": name, "quantity": quantity, "unit": unit, "factor": factor, "data": "exact", **others}


def document(**fields: Any) -> Document:
    """A whole bill: the stages that are not among `fields` are left out; ``presentation`` is added to a box of 10."""
    given = copy.deepcopy(fields)
    presentation = {"cip13": "3400900000013", "name": "Box", "unit": "tablet", "units_per_box": 10}
    datasets = {"exact": EXACT, **given.pop("datasets", {})}
    excluded = {stage: WHY for stage in STAGES if stage not in given}
    return {
        "schema_version": "1.0",
        "year": 2024,
        "presentation": {**presentation, **given.pop("presentation", {})},
        "cut_off": {"percent": 0, "justification": "nothing is left out"},
        "excluded_stages": {**excluded, **given.pop("excluded_stages", {})},
        "datasets": datasets,
        **given,
    }


@pytest.fixture(scope="session")
def factors() -> FactorLibrary:
    """The packaged library with the packaged table of defaults."""
    return load_factors(data_folder("emission_factors") / "medicines" / "production" / "defaults.csv")


@pytest.fixture(scope="session")
def bill_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Document], Bill]:
    """Reads a document as a file."""
    path = tmp_path_factory.mktemp("bills") / "bill.json"

    def read(content: Document, at: Path = path) -> Bill:
        at.write_text(json.dumps(content), encoding="utf-8")
        return read_bill(at)

    return read


@pytest.fixture(scope="session")
def score_of(bill_of: Callable[[Document], Bill], factors: FactorLibrary) -> Callable[..., Score]:
    """Scores a bill of some fields."""

    def score(gwp_set: str | None = None, **fields: Any) -> Score:
        return score_bill(bill_of(document(**fields)), factors, gwp_set)

    return score
