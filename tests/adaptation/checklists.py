"""Small documents with an adaptation section, and their checklist on a given day."""

from dataclasses import replace
from datetime import date
from typing import Any

from decarb.adaptation import Checklist, evaluate
from decarb.adaptation.recorded import ORIGINS, STATUSES
from decarb.inventory import Inventory, check_document

TODAY = date(2026, 11, 22)


def document(
    exposure: list[Any] | None = None, facts: list[Any] | None = None, answers: list[Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """A document without lines; ``establishment`` and ``sites`` in `fields` are added."""
    section = {"exposure": exposure or [], "facts": facts or [], "answers": answers or []}
    identity = {"name": "Hospital", "region": "11", "category": "355", "beds": 100} | fields.pop("establishment", {})
    return {
        "schema_version": "1.1",
        "establishment": identity,
        "period": {"start": "2025-01-01", "end": "2025-12-31"},
        "adaptation": section,
        **fields,
    }


def inventory(*documents: dict[str, Any]) -> Inventory:
    """Inventory of documents, which have no lines."""
    read = [check_document(said, f"document-{number}.json")[0] for number, said in enumerate(documents)]
    parts = [part for part in read if part is not None]
    assert len(parts) == len(documents)
    return replace(parts[0], establishments=tuple(one for part in parts for one in part.establishments))


def checklist(*documents: dict[str, Any], partial: bool = False, warming: float = 2.0) -> Checklist:
    """Checklist of documents on ``TODAY``."""
    return evaluate(inventory(*documents), today=TODAY, warming=warming, partial=partial)


def exposed(hazard: str, level: str, **others: Any) -> dict[str, Any]:
    """A recorded exposure."""
    return {"hazard": hazard, "level": level, "source": "a map", "date": "2026-01-15", **others}


def fact(name: str, value: Any, unit: str = "", **others: Any) -> dict[str, Any]:
    """A recorded fact with its evidence; none where `others` says ``evidence=""``."""
    said = {"fact": name, "value": value, **({"unit": unit} if unit else {}), "date": "2026-01-15", **others}
    proof = others.get("evidence", "a record")
    return {key: one for key, one in said.items() if key != "evidence"} | ({"evidence": proof} if proof else {})


def answer(item: str, said: str, **others: Any) -> dict[str, Any]:
    """An answer; without evidence unless it is among `others`."""
    return {"item": item, "answer": said, **others}


def shown(**others: Any) -> dict[str, Any]:
    """Dated evidence of an answer."""
    return {"evidence": "a file", "date": "2026-06-01", **others}


def status(found: Checklist, item: str, row: int = 0) -> str:
    """Status of an item on a row."""
    return STATUSES[found.status[row, list(found.catalogue.items).index(item)]]


def origin(found: Checklist, item: str, row: int = 0) -> str:
    """What the status of an item rests on."""
    return ORIGINS[found.origin[row, list(found.catalogue.items).index(item)]]
