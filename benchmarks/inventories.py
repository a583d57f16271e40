"""Inventories of a realistic form and any size, for the benchmarks: seeded, every factor in its own unit."""

import json
import random
from pathlib import Path
from typing import Any

from decarb.factors import FactorLibrary

SECTIONS = ("energy", "purchases", "food", "waste", "mobility", "freight", "digital")


def write_inventory(path: Path, lines: int, library: FactorLibrary, seed: int = 1) -> Path:
    """Write an inventory of `lines` lines over the published factors; quantities are lognormal."""
    choose = random.Random(seed)
    factors = [factor for factor in library.by_id.values() if factor.model == "published"]
    document: dict[str, Any] = {
        "schema_version": "1.0",
        "establishment": {"name": "Benchmark", "region": "84", "beds": 1600},
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        **{section: [] for section in SECTIONS},
    }
    for number in range(lines):
        factor = choose.choice(factors)
        line = {
            "id": f"line-{number}",
            "factor": factor.id,
            "quantity": round(choose.lognormvariate(5, 2), 2),
            "unit": factor.unit.name,
            "activity": factor.default_activity or factor.activities[0],
            "evidence": f"Facture {choose.randrange(10**6):06d}, export de la comptabilité",
        }
        bases = [token for token in factor.unit.bases if token != "tax unstated"]
        if bases:
            line["basis"] = " ".join(bases)
        document[SECTIONS[number % len(SECTIONS)]].append(line)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
