"""A store of ten submissions of all kinds in several parts, one superseded, and what a footprint has of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from decarb.footprint import Footprint, compute_footprint
from decarb.national.aggregating import Aggregates
from decarb.national.store import Store, init_store, open_submissions, submit, submitting
from tests.cli.conftest import here

__all__ = ["here"]

EXAMPLES = Path(__file__).parents[3] / "examples"
PLACES = (("11", "75"), ("52", "44"), ("04", "974"))
SECTIONS = ("energy", "purchases", "medicines", "mobility", "food", "waste", "anaesthetic_gases", "capital_goods")

Documents = Callable[..., dict[str, Any]]


def example(name: str, number: int, *, year: int = 2024, medicines: int | None = None) -> dict[str, Any]:
    """An example as another establishment has it: elsewhere, with other quantities and another size."""
    document: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text())
    draw = np.random.default_rng((number, len(name)))
    head = document["establishment"]
    for field in ("finess_ej", "finess_et", "siret", "sites"):
        head.pop(field, None)
    region, department = PLACES[number % len(PLACES)]
    head |= {"name": f"{name} {number}", "region": region, "department": department, "beds": 30 + 170 * number}
    document["period"] = {"start": f"{year}-01-01", "end": f"{year}-12-31"}
    for section in SECTIONS:
        lines = document.get(section, [])
        if section == "medicines" and medicines is not None:
            del lines[medicines:]
        for line in lines:
            line.pop("site", None)
            line["quantity"] *= float(draw.lognormal(0, 1))
    return document


@pytest.fixture(scope="module")
def hand_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Store]:
    """Make a store of documents, two to a part."""

    def build(*documents: dict[str, Any]) -> Store:
        folder = tmp_path_factory.mktemp("store")
        store = init_store(folder / "national")
        paths = []
        for number, document in enumerate(documents):
            paths.append(folder / f"{number:02d}.json")
            paths[-1].write_text(json.dumps(document))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(submitting, "BATCH_DOCUMENTS", 2)
            receipts = submit(store, paths, by="tester", jobs=1)
        assert not [receipt.submission.problems for receipt in receipts if receipt.submission.verdict == "refused"]
        return store

    return build


@pytest.fixture(scope="module")
def store(hand_in: Callable[..., Store]) -> Store:
    names = ("chu", "pharmacie-par-code", "ehpad", "clinique", "pharmacie-par-code", "ehpad", "clinique", "chu")
    documents = [example(name, number) for number, name in enumerate(names)]
    documents[1] = example("pharmacie-par-code", 1, medicines=2)  # so few that another ranking of rungs holds
    other_year, superseding = example("ehpad", 20, year=2023), example("ehpad", 2)
    superseding["energy"][0]["quantity"] = 4321.5
    return hand_in(*documents, other_year, superseding)


@pytest.fixture(scope="module")
def footprint(store: Store) -> Footprint:
    return compute_footprint(open_submissions(store, 2024))


def same_bits(one: Aggregates, other: Aggregates) -> bool:
    """Whether two tables agree in everything, to the last bit."""
    arrays = ("value", "low", "high", "entities", "sites")
    same = all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in arrays)
    said = ("year", "view", "by", "rows", "columns", "warnings")
    return same and all(getattr(one, name) == getattr(other, name) for name in said)
