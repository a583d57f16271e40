"""The FINESS structures as published since 2026 (``finess-structures-1``): JSON, legal entities with their sites.

Form: ``schema-structures-v1.json`` of the ANS (github.com/ansforge/finess). ``pmej`` are legal entities, each with its
sites (``ege``); ``gcc`` are groups without legal personality, among which the GHT. It is the first file to say who is
in which GHT.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from decarb.errors import InvalidFrameError, Problem
from decarb.inventory.head import department_of_commune
from decarb.national.register import Register, RegisterRow, Sector

ACTIVE = "A"
"""``etatObjet`` of what is open; ``I`` is closed."""
GHT = "001"
"""``typeGcc`` of a GHT, as in the example that the ANS publishes beside the schema."""

_SITE_ADDRESS = "03"
"""``usageAdresse`` of where a site lies; ``02`` is that of the legal entity."""


def is_structures(content: bytes) -> bool:
    """Whether a file starts as JSON does."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_structures(path: Path, content: bytes, sectors: Collection[str]) -> Register:
    """Open sites of the structures that are in the sector; closed ones are no longer the nation's.

    Raises
    ------
    InvalidFrameError
        If the file is not JSON of that schema.
    """
    try:
        document = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise InvalidFrameError([Problem("frame-not-structures", {"reason": str(error)}, file=str(path))]) from None
    entities = document.get("pmej") if isinstance(document, dict) else None
    if not isinstance(entities, list):
        raise InvalidFrameError([Problem("frame-not-structures", {"reason": "pmej"}, file=str(path))])
    groups, problems = _groups(_objects(document.get("gcc")), path)
    scope = Sector(sectors)
    rows = []
    for number, entity in enumerate(_objects(entities)):
        if entity.get("etatObjet") == ACTIVE:
            rows += list(_sites(entity, number, groups, scope))
    problems += scope.warnings(path)
    return Register(
        path, f"FINESS structures, {_text(document, 'schemaVersion')}", rows, scope.left_out, tuple(problems)
    )


def _groups(found: Sequence[Mapping[str, Any]], path: Path) -> tuple[dict[str, str], list[Problem]]:
    """Name of the GHT of each legal entity, by the register's own id of it."""
    groups: dict[str, str] = {}
    problems = []
    for number, group in enumerate(found):
        if group.get("typeGcc") != GHT or group.get("etatObjet") != ACTIVE:
            continue
        name = _text(group, "nomGcc")
        for member in _objects(group.get("pmejDuGcc")):
            entity = _text(member, "pmSmsseId")
            if groups.setdefault(entity, name) != name:
                what = {"value": entity, "column": "ght", "one": groups[entity], "other": name, "first": "/gcc"}
                problems.append(Problem("frame-contradiction", what, file=str(path), pointer=f"/gcc/{number}"))
    return groups, problems


def _sites(entity: Mapping[str, Any], number: int, groups: Mapping[str, str], scope: Sector) -> Iterator[RegisterRow]:
    about = _object(entity, "informationsGeneralesPMEJ")
    for position, site in enumerate(_objects(entity.get("ege"))):
        if site.get("etatObjet") != ACTIVE:
            continue
        category = _text(site, "categorieentiteGeographiqueExercice")
        if not scope.has(category):
            continue
        said = _object(site, "informationsGeneralesEGE")
        commune = _commune(site) or _commune(entity)
        yield RegisterRow(
            f"/pmej/{number}/ege/{position}",
            _text(said, "numFinessEge"),
            _text(about, "numFinessPm"),
            _text(said, "nomEgeLong") or _text(said, "nomEgeCourt"),
            category,
            _text(about, "statutJuridique"),
            commune,
            department_of_commune(commune),
            ght=groups.get(_text(about, "pmSmsseId"), ""),
        )


def _commune(structure: Mapping[str, Any]) -> str:
    """INSEE code of the commune of a structure: of where it lies, else of its first address."""
    addresses = _objects(structure.get("adresse"))
    chosen = [address for address in addresses if address.get("usageAdresse") == _SITE_ADDRESS] or addresses
    return _text(chosen[0], "cogCommune") if chosen else ""


def _objects(found: Any) -> Sequence[Mapping[str, Any]]:
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else ()


def _object(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value.strip() if isinstance(value, str) else ""
