"""The checklist of 3,000 establishments with every item answered, beside decoding the same JSON and pandas."""

import json
import random
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pandas as pd
import pytest

from decarb.adaptation import Checklist, aggregate, evaluate, load_catalogue, read_catalogue, scores
from decarb.adaptation.loading import FOLDER
from decarb.adaptation.recorded import LEVELS, STATUSES
from decarb.inventory import Inventory, check_document
from decarb.resources import data_folder

ESTABLISHMENTS = 3000
TODAY = date(2026, 11, 22)
REGIONS = ("11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94", "01", "04")
FACTS = (("electricity_autonomy", 96, "h"), ("shaded_glazing", 100, "%"), ("staff_trained", 100, "%"))


def section(draw: random.Random, sites: list[str]) -> dict[str, Any]:
    """Exposures of each site, every item answered, half of them with dated evidence, some facts."""
    catalogue = load_catalogue()
    of_place = [hazard.id for hazard in catalogue.hazards.values() if hazard.is_of_place]
    evidence = {"evidence": "a document", "date": "2026-02-01"}
    return {
        "exposure": [
            {"hazard": hazard, "level": draw.choice(LEVELS), "source": "a map", "date": "2026-01-01"}
            | ({"site": site} if site else {})
            for site in sites
            for hazard in of_place
        ],
        "facts": [
            {"fact": name, "value": draw.randrange(most), "unit": unit, "date": "2026-03-01"}
            for name, most, unit in FACTS
        ],
        "answers": [
            {"item": item, "answer": draw.choice(STATUSES[2:])} | (evidence if draw.random() < 0.5 else {})
            for item in catalogue.items
        ],
    }


@pytest.fixture(scope="module")
def sections() -> list[dict[str, Any]]:
    draw = random.Random(6)
    return [section(draw, [""]) for _ in range(ESTABLISHMENTS)]


@pytest.fixture(scope="module")
def nation(sections: list[dict[str, Any]]) -> Inventory:
    """Establishments without lines, one in three with three sites."""
    said = {
        "schema_version": "1.1",
        "establishment": {"name": "Hospital", "category": "355", "beds": 200},
        "period": {"start": "2025-01-01", "end": "2025-12-31"},
    }
    inventory, _ = check_document(said, "document")
    assert inventory is not None
    (first,) = inventory.establishments
    sites = {name: {"id": name, "beds": 60} for name in ("north", "south", "west")}
    establishments = [
        replace(
            first,
            file=f"{number}.json",
            identity={**first.identity, "region": REGIONS[number % len(REGIONS)]},
            sites=sites if number % 3 == 0 else {},
            adaptation=adaptation,
        )
        for number, adaptation in enumerate(sections)
    ]
    return replace(inventory, establishments=tuple(establishments))


@pytest.fixture(scope="module")
def checklist(nation: Inventory) -> Checklist:
    return evaluate(nation, today=TODAY)


EVALUATE = "evaluate 61 items for 3,000 establishments (5,000 sites), 183,000 answers"


@pytest.mark.benchmark(group=EVALUATE)
def test_together(benchmark, nation):
    found = benchmark(evaluate, nation, today=TODAY)
    assert len(found.evaluated) == ESTABLISHMENTS


@pytest.mark.benchmark(group=EVALUATE)
def test_one_by_one(benchmark, nation):
    """The same verdicts, a call for each establishment."""
    alone = [replace(nation, establishments=(one,)) for one in nation.establishments]
    benchmark.pedantic(lambda: [evaluate(one, today=TODAY) for one in alone], rounds=2)


@pytest.mark.benchmark(group=EVALUATE)
def test_json_loads_the_same_sections(benchmark, sections):
    texts = [json.dumps(one) for one in sections]
    benchmark(lambda: [json.loads(text) for text in texts])


@pytest.mark.benchmark(group=EVALUATE)
def test_orjson_loads_the_same_sections(benchmark, sections):
    texts = [orjson.dumps(one) for one in sections]
    benchmark(lambda: [orjson.loads(text) for text in texts])


SHARES = "shares of establishments that meet each item, by region"


@pytest.mark.benchmark(group=SHARES)
def test_aggregate(benchmark, checklist):
    found = benchmark(aggregate, checklist, "region")
    assert found.establishments.sum() == ESTABLISHMENTS


@pytest.mark.benchmark(group=SHARES)
def test_pandas_groups_the_same_statuses(benchmark, checklist):
    """From a table of statuses that is made already."""
    regions = [said.identity["region"] for said in checklist.establishments]
    table = pd.DataFrame(checklist.overall, columns=list(checklist.catalogue.items)).assign(region=regions)
    long = table.melt("region", var_name="item", value_name="status")
    benchmark(lambda: long.groupby(["region", "item", "status"]).size())


@pytest.mark.benchmark(group="scores of 3,000 establishments, by hazard")
def test_scores(benchmark, checklist):
    benchmark(scores, checklist)


@pytest.mark.benchmark(group="load the catalogue")
def test_load(benchmark):
    benchmark(read_catalogue, data_folder(FOLDER))
