"""The declaration of shared services: what of it is refused, and in which words."""

from collections.abc import Mapping
from typing import Any

import pytest

from decarb.errors import Problem
from decarb.inventory import SECTIONS, read_inventory
from decarb.inventory.schema import schema
from decarb.inventory.shared_services import services
from decarb.reporting import view

OWN, OTHER, SITE = "690781810", "750712184", "750100125"


def received(*lines: str, provider: Mapping[str, str] | None = None, service: str = "laundry") -> dict[str, Any]:
    return {"service": service, "provider": {"finess_ej": OTHER} if provider is None else provider, "lines": [*lines]}


def problems(make: Any, *entries: dict[str, Any], **fields: Any) -> list[Problem]:
    """Problems of a document of two lines, line-1 and line-2, with these services received."""
    lines = [make.line("electricity-fr-2024", 1.0, "kWh")] * 2
    fields = {"schema_version": "1.2", "establishment": {"finess_ej": OWN, "finess_et": SITE}, **fields}
    found: list[Problem] = make.problems(make.document(*lines, shared_services={"received": [*entries]}, **fields))
    return found


def test_a_declaration_is_kept_with_the_places_of_its_lines(make: Any) -> None:
    document = make.document(
        make.line("electricity-fr-2024", 1.0, "kWh"),
        schema_version="1.2",
        waste=[{"id": "w", **make.line("electricity-fr-2024", 1.0, "kWh")}],
        shared_services={"received": [received("w", "line-1")]},
    )
    (establishment,) = read_inventory(make.write(document)).establishments
    (entry,) = establishment.shared_services["received"]
    assert entry["lines"] == ["w", "line-1"]
    assert entry["places"] == [[SECTIONS.index("waste"), 0], [SECTIONS.index("energy"), 0]]


@pytest.mark.parametrize(
    ("entry", "code", "pointer", "message", "hint"),
    [
        (
            received("lime-2"),
            "shared-line-unknown",
            "/shared_services/received/0/lines/0",
            "no line of this document is called «lime-2»",
            "nearest: line-2, line-1",
        ),
        (
            received("zzz"),
            "shared-line-unknown",
            "/shared_services/received/0/lines/0",
            "no line of this document is called «zzz»",
            "copy the id of the line from this document",
        ),
        (
            received("line-1", "line-1"),
            "shared-line-twice",
            "/shared_services/received/0/lines/1",
            "the line «line-1» is declared as a service received twice: "
            "here and at /shared_services/received/0/lines/0",
            "keep one: a line is one service from one provider",
        ),
        (
            received("line-1", provider={"finess_ej": OWN}),
            "shared-service-self",
            "/shared_services/received/0/provider",
            "690781810 is this establishment itself: a service is shared with another",
            'name the one that reports apart: another site of the same legal entity by its "finess_et"',
        ),
        (
            received("line-1", provider={"finess_ej": OTHER, "finess_et": SITE}),
            "shared-service-self",
            "/shared_services/received/0/provider",
            "750100125 is this establishment itself: a service is shared with another",
            'name the one that reports apart: another site of the same legal entity by its "finess_et"',
        ),
        (
            received("line-1", provider={"finess_ej": "690781811"}),
            "finess-key",
            "/shared_services/received/0/provider/finess_ej",
            "690781811 is not a FINESS number: its last digit does not fit the others",
            "copy it from the FINESS register, as text",
        ),
        (
            received("line-1", service="Blanchisserie"),
            "not-allowed",
            "/shared_services/received/0/service",
            "Blanchisserie is not allowed here",
            "nearest: laundry (Blanchisserie externalisée)",
        ),
        (
            received("line-1", provider={}),
            "too-few",
            "/shared_services/received/0/provider",
            "0 given; at least 1 are needed",
            "",
        ),
    ],
)
def test_each_refusal_in_its_words(
    make: Any, entry: dict[str, Any], code: str, pointer: str, message: str, hint: str
) -> None:
    (problem,) = problems(make, entry)
    assert (problem.code, problem.pointer, problem.severity) == (code, pointer, "error")
    assert problem.message("en") == message
    assert problem.hint("en") == hint


def test_all_problems_at_once(make: Any) -> None:
    found = problems(
        make,
        received("line-1", "nothing", provider={"finess_ej": "690781811"}),
        received("line-1", provider={"finess_ej": OWN}, service="it"),
    )
    assert [problem.code for problem in found] == [
        "finess-key",
        "shared-service-self",
        "shared-line-unknown",
        "shared-line-twice",
    ]


def test_another_site_of_the_same_legal_entity_may_provide(make: Any) -> None:
    assert problems(make, received("line-1", provider={"finess_ej": OWN, "finess_et": "690000245"})) == []


def test_a_line_that_is_refused_for_itself_can_be_declared(make: Any) -> None:
    document = make.document(
        make.line("electricity-fr-2024", 1.0, "parsecs"),
        make.line("electricity-fr-2024", 1.0, "kWh"),
        schema_version="1.2",
        shared_services={"received": [received("line-1")]},
    )
    assert [problem.code for problem in make.problems(document)] == ["unknown-unit"]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_earlier_versions_do_not_have_it(make: Any, version: str) -> None:
    (problem,) = problems(make, received("line-1"), schema_version=version)
    assert problem.message() == "the field «shared_services» is of schema version 1.2 and later"
    assert problem.hint() == 'write "schema_version": "1.2"'


def test_who_is_served_is_checked_too(make: Any) -> None:
    provided = {"service": "laundry", "recipients": [{"finess_ej": "690781811"}, {"finess_et": SITE}]}
    document = make.document(
        make.line("electricity-fr-2024", 1.0, "kWh"),
        schema_version="1.2",
        establishment={"finess_et": SITE},
        shared_services={"provided": [provided]},
    )
    assert [(problem.code, problem.pointer) for problem in make.problems(document)] == [
        ("finess-key", "/shared_services/provided/0/recipients/0/finess_ej"),
        ("shared-service-self", "/shared_services/provided/0/recipients/1"),
    ]


def test_services_are_those_of_the_schema_with_posts_and_sections_that_there_are() -> None:
    shared = schema()["properties"]["shared_services"]["properties"]
    for way in ("received", "provided"):
        assert shared[way]["items"]["properties"]["service"]["enum"] == list(services())
    assert {section for one in services().values() for section in one.sections} <= set(SECTIONS)
    assert {post for one in services().values() for post in one.posts} <= {row.code for row in view("beges").rows}
