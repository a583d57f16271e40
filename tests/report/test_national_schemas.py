"""National figures as documents: the published schemas hold, with and without secrecy, and are closed."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from decarb.footprint import Footprint, compute_footprint
from decarb.inventory import read_inventory
from decarb.national.aggregating import aggregate
from decarb.national.frame import Frame, read_frame
from decarb.national.secrecy import as_it_is, publish
from decarb.national.sector import estimate_sector
from decarb.national.sharing import net_shared_services
from decarb.report.estimate_text import estimate_document
from decarb.report.national_result import Computed, aggregate_document
from tests.national.test_sharing import by_hand
from tests.report.html.nation import SINCE, YEAR, write_nation


def check(schemas: Path, name: str, document: dict[str, Any]) -> list[str]:
    validator = Draft202012Validator(json.loads((schemas / f"{name}.schema.json").read_text(encoding="utf-8")))
    validator.check_schema(validator.schema)
    plain = orjson.loads(orjson.dumps(document))
    return [f"{error.json_path}: {error.message[:120]}" for error in validator.iter_errors(plain)]


@pytest.fixture(scope="module")
def nation(library: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Footprint, Frame]:
    documents, path = write_nation(tmp_path_factory.mktemp("nation"))
    return compute_footprint(read_inventory(*documents), library), read_frame(path)


@pytest.mark.parametrize("secrecy", [True, False])
@pytest.mark.parametrize("by", ["", "region"])
def test_an_estimate_follows_its_schema(schemas: Path, nation: tuple[Footprint, Frame], secrecy: bool, by: str) -> None:
    footprint, frame = nation
    found = estimate_sector(footprint, frame, year=YEAR, by=by, secrecy=secrecy)
    document = estimate_document(footprint, found)
    assert check(schemas, "sector_estimate", document) == []
    assert {record["status"] for record in document["figures"]} >= {"shown"}
    # the schema is closed: neither more nor less
    assert len(check(schemas, "sector_estimate", {**document, "more": 1})) == 1
    assert len(check(schemas, "sector_estimate", {k: v for k, v in document.items() if k != "coverage"})) == 1


@pytest.mark.parametrize("by", [["region"], ["category", "gas"], ["post"]])
def test_an_aggregate_follows_its_schema(schemas: Path, nation: tuple[Footprint, Frame], by: list[str]) -> None:
    footprint, frame = nation
    computed = Computed.of(footprint)
    for register in (None, frame):
        tables = [aggregate(footprint, by, year=year, frame=register) for year in (SINCE, YEAR)]
        for shown in (publish(tables), tuple(map(as_it_is, tables))):
            document = aggregate_document(computed, shown)
            assert check(schemas, "aggregate", document) == []
            assert len(document["changes"]) > 0
    assert len(check(schemas, "aggregate", {**document, "more": 1})) == 1


def test_shared_services_are_in_the_schema(schemas: Path, make: Any) -> None:
    gross = compute_footprint(make.read_all(by_hand(make)), make.library)
    shared = net_shared_services(gross)
    for shown in (publish, lambda tables: tuple(map(as_it_is, tables))):
        document = aggregate_document(Computed.of(gross), shown([aggregate(gross, ["post"], shared=shared)]))
        assert check(schemas, "aggregate", document) == []
        assert len(document["shared_services"]) == 2
