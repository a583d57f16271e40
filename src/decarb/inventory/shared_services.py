"""Services that establishments share: what a document declares of them, checked, with the places of its lines."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from decarb.errors import Problem
from decarb.inventory.columns import Establishment
from decarb.inventory.identifiers import check_finess
from decarb.resources import data_file, read_rows

Declared = Mapping[str, Any]
"""``shared_services`` of a document: entries that are ``received``, and others ``provided``."""

LinePlace = tuple[int, int]
"""Section, as a code into ``SECTIONS``, and position in its list."""


class Service(NamedTuple):
    """A kind of service, and what a provider that has counted it cannot lack.

    ``sections`` are those of which a provider has lines in one at least, all of them where it is blank; ``posts`` those
    of BEGES that it cannot have excluded.
    """

    service: str
    name_en: str
    name_fr: str
    sections: tuple[str, ...]
    posts: tuple[str, ...]


@cache
def services() -> Mapping[str, Service]:
    """Kinds of services by code, in the order of the schema."""
    return {
        row["service"]: Service(
            row["service"], row["name_en"], row["name_fr"], _listed(row["sections"]), _listed(row["posts"])
        )
        for row in read_rows(data_file("shared_services.csv"))
    }


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))


def head_problems(declared: Declared, identity: Mapping[str, Any], sites: Iterable[Declared]) -> Iterator[Problem]:
    """What is wrong with the establishments that a document names: a key, or that it is the document's own.

    Parameters
    ----------
    identity, sites
        ``establishment`` and ``sites`` of the document.
    """
    own_sites = {place.get("finess_et", "") for place in (identity, *sites)} - {""}
    for pointer, named in _named(declared):
        for name, value in named.items():
            yield from check_finess(value, f"{pointer}/{name}")
        site, entity = named.get("finess_et", ""), named.get("finess_ej", "")
        # another site of the same legal entity may well report by itself
        own = site if site in own_sites else entity if not site and entity == identity.get("finess_ej") else ""
        if own:
            yield Problem("shared-service-self", {"value": own}, pointer=pointer)


def _named(declared: Declared) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Pointer and numbers of each establishment that is named."""
    for place, entry in enumerate(declared.get("received", ())):
        yield f"/shared_services/received/{place}/provider", entry["provider"]
    for place, entry in enumerate(declared.get("provided", ())):
        for number, recipient in enumerate(entry["recipients"]):
            yield f"/shared_services/provided/{place}/recipients/{number}", recipient


def declared_lines(establishment: Establishment) -> list[str]:
    """Ids of the lines that are declared as services received."""
    received = establishment.shared_services.get("received", ())
    return [line_id for entry in received for line_id in entry["lines"]]


def line_problems(declared: Declared, known: Iterable[str]) -> Iterator[Problem]:
    """Lines that the document does not have, and lines that are declared twice.

    Parameters
    ----------
    known
        Ids of the lines of the document.
    """
    known = dict.fromkeys(known)
    first: dict[str, str] = {}
    for number, entry in enumerate(declared.get("received", ())):
        for place, line_id in enumerate(entry["lines"]):
            pointer = f"/shared_services/received/{number}/lines/{place}"
            if line_id not in known:
                nearest = difflib.get_close_matches(line_id, known, 3, 0.6)
                yield Problem("shared-line-unknown", {"value": line_id, "nearest": nearest}, pointer=pointer)
            elif first.setdefault(line_id, pointer) != pointer:
                what = {"value": line_id, "first": first[line_id]}
                yield Problem("shared-line-twice", what, pointer=pointer, line_id=line_id)


def with_places(establishment: Establishment, places: Mapping[str, LinePlace]) -> Establishment:
    """Add where each declared line is, so that nothing has to look for an id again.

    Each entry that is received gets ``places``, section code and position of each of its ``lines``; a line that
    is not among `places` has none, and its document is refused.
    """
    declared = establishment.shared_services
    if "received" not in declared:
        return establishment
    received = [
        {**entry, "places": [list(places[line_id]) for line_id in entry["lines"] if line_id in places]}
        for entry in declared["received"]
    ]
    return replace(establishment, shared_services={**declared, "received": received})


def places_of_lines(sections: Mapping[str, Sequence[Any]], names: Sequence[str]) -> dict[str, LinePlace]:
    """Where each line of a document is, by its id, whether it can be read or not; the first of an id.

    Parameters
    ----------
    sections
        Lists of lines by the name of their section.
    names
        Sections by their codes.
    """
    places: dict[str, LinePlace] = {}
    for name, lines in sections.items():
        code = names.index(name)
        for position, line in enumerate(lines):
            if isinstance(line, dict) and isinstance(line.get("id"), str):
                places.setdefault(line["id"], (code, position))
    return places
