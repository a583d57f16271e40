"""The catalogue read from its tables."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from decarb.adaptation.catalogue import (
    CarbonLink,
    Catalogue,
    Check,
    ExposureRule,
    FactKind,
    Hazard,
    Item,
    LegalBasis,
    Measure,
    Source,
    WarmingChange,
    WarmingLevel,
)
from decarb.adaptation.expressions import Expression, parse_expression
from decarb.errors import Bilingual
from decarb.resources import Table, data_folder, read_table
from decarb.writing import PACKAGE

FOLDER = "adaptation_catalogue"
TABLES = (
    "items",
    "texts",
    "hazards",
    "facts",
    "checks",
    "measures",
    "legal_bases",
    "sources",
    "warming_levels",
    "warming_changes",
    "carbon_links",
    "exposure_rules",
    "risk_words",
)


@cache
def load_catalogue() -> Catalogue:
    """Return the packaged checklist."""
    return read_catalogue(data_folder(FOLDER))


def read_catalogue(folder: Path) -> Catalogue:
    """Read the checklist of a folder.

    Raises
    ------
    ValueError
        If a table is not what its columns promise, or a rule is not of the language.
    """
    package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    tables = {name: read_table(folder / f"{name}.csv") for name in TABLES}
    rows = {name: list(table.dictionaries()) for name, table in tables.items()}
    texts = {row["id"]: row for row in rows["texts"]}
    return Catalogue(
        version=package["version"],
        released=package["created"],
        digest=_digest(tables),
        items={row["id"]: _item(row, texts[row["id"]]) for row in rows["items"]},
        hazards={
            row["id"]: Hazard(
                row["id"],
                _both(row, "name"),
                row["exposure"] == "place",
                int(row["months"]) if row["months"] else None,
            )
            for row in rows["hazards"]
        },
        facts={row["id"]: _fact(row) for row in rows["facts"]},
        checks=tuple(Check(parse_expression(row["expression"]), _both(row, "words")) for row in rows["checks"]),
        measures=tuple(
            Measure(
                int(row["number"]),
                _both(row, "title"),
                row["axis"],
                row["edition"],
                row["verified"],
                _both(row, "note"),
                row["source"],
            )
            for row in rows["measures"]
        ),
        legal_bases={
            row["id"]: LegalBasis(
                row["id"],
                row["reference"],
                _both(row, "title"),
                _both(row, "applies"),
                _expression(row["concerns"]),
                row["in_force_since"],
                row["source"],
                row["verified"],
                _both(row, "note"),
            )
            for row in rows["legal_bases"]
        },
        sources={row["id"]: Source(**row) for row in rows["sources"]},
        warming_levels=tuple(
            WarmingLevel(float(row["warming"]), int(row["year"]), row["source"]) for row in rows["warming_levels"]
        ),
        warming_changes=tuple(
            WarmingChange(
                row["hazard"],
                float(row["warming"]),
                row["quantity"],
                _number(row["value"]),
                row["unit"],
                _both(row, "words"),
                row["threshold"],
                row["source"],
            )
            for row in rows["warming_changes"]
        ),
        carbon_links=tuple(
            CarbonLink(
                _several(row["items"]), row["effect"], _several(row["activities"]), _both(row, "words"), row["source"]
            )
            for row in rows["carbon_links"]
        ),
        exposure_rules=tuple(
            ExposureRule(row["hazard"], row["measure"], row["unit"], float(row["at_least"]), row["level"])
            for row in rows["exposure_rules"]
        ),
        risk_words=tuple((row["word"], row["hazard"]) for row in rows["risk_words"]),
    )


def _item(row: Mapping[str, str], words: Mapping[str, str]) -> Item:
    return Item(
        id=row["id"],
        hazard=row["hazard"],
        scope=row["scope"],
        text=_both(words, "text"),
        action=_both(words, "action"),
        evidence=_both(words, "evidence"),
        why=_both(words, "why"),
        partly_means=_both(words, "partly"),
        applies=_expression(row["applies"]),
        met=_expression(row["met"]),
        partly=_expression(row["partly"]),
        not_met=_expression(row["not_met"]),
        partly_credit=_expression(row["partly_credit"]),
        measures=tuple(map(int, _several(row["measures"]))),
        asked_by=_several(row["asked_by"]),
        related_law=_several(row["related_law"]),
        sources=_several(row["sources"]),
        weight=int(row["weight"]),
        effort=int(row["effort"]),
        horizon=int(row["horizon"]),
        evidence_months=int(row["evidence_months"]) if row["evidence_months"] else None,
        caution=_both(row, "caution"),
    )


def _fact(row: Mapping[str, str]) -> FactKind:
    return FactKind(
        id=row["id"],
        name=_both(row, "name"),
        unit=row["unit"],
        kind=row["kind"],
        origin=row["origin"],
        path=row["path"],
        is_amount=row["amount"] == "yes",
        minimum=_number(row["minimum"]),
        maximum=_number(row["maximum"]),
        months=int(row["months"]) if row["months"] else None,
        default=_number(row["default"]),
        expression=_expression(row["expression"]),
    )


def _both(row: Mapping[str, str], name: str) -> Bilingual:
    return Bilingual(row[f"{name}_en"], row[f"{name}_fr"])


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))


def _expression(cell: str) -> Expression | None:
    return parse_expression(cell) if cell else None


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _digest(tables: Mapping[str, Table]) -> str:
    """Digest of what the tables say, whatever the order of their rows."""
    said = hashlib.sha256()
    for name in sorted(tables):
        table = tables[name]
        rows = sorted(json.dumps(row, ensure_ascii=False) for row in table.rows)
        said.update(json.dumps([name, table.columns, rows], ensure_ascii=False).encode())
    return said.hexdigest()
