"""A small nation of two years: seventeen regions with many legal entities, Corsica with two, and its register."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.national.frames import HEADER, finess, register

DEPARTMENTS: Mapping[str, int] = {
    "75": 9, "59": 8, "67": 7, "69": 9, "13": 8, "31": 7, "33": 7, "35": 6, "44": 6, "45": 5, "21": 5, "76": 6,
    "2A": 2, "974": 4, "971": 4, "972": 4, "973": 3, "976": 3,
}  # fmt: skip
"""Departments with how many legal entities each has; Corsica has two, whose figures are withheld."""
CATEGORIES = (("355", "13", 320), ("365", "73", 140), ("128", "73", 85), ("101", "13", 1500))
SINCE, YEAR = 2023, 2024
HAZARDS = ("heat", "flood", "storm")


def write_nation(folder: Path) -> tuple[list[Path], Path]:
    """Documents of both years, and the register of everybody: three fifths of it report."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(2024)
    documents, rows, number = [], [], 0
    for department, count in DEPARTMENTS.items():
        for place in range(count):
            number += 1
            one = _entity(department, place, number, random)
            rows.append(_row(one))
            if number % 5 < 3 or department == "2A":
                for year in (SINCE, YEAR):
                    path = folder / f"{year}-{number:03d}.json"
                    path.write_text(json.dumps(_document(one, year, number, random), ensure_ascii=False))
                    documents.append(path)
    return documents, register(folder, *rows, header=HEADER, name="register.csv")


def _entity(department: str, place: int, number: int, random: np.random.Generator) -> dict[str, Any]:
    category, status, beds = CATEGORIES[3 if place == 8 else place % 3]
    prefix = f"{department}{number:06d}" if len(department) == 2 else f"97{department[2]}{number:05d}"
    return {
        "name": f"Établissement {number} (fictif)",
        "finess_ej": finess(prefix),
        "finess_et": finess(f"{prefix[:-4]}9{prefix[-3:]}"),
        "category": category,
        "legal_status": status,
        "department": department,
        "beds": int(beds * random.lognormal(0, 0.25)),
    }


def _row(one: Mapping[str, Any]) -> str:
    fields = {"commune": "", "headcount": one["beds"] * 3, **one}
    return ",".join(str(fields.get(name, "")) for name in HEADER.split(","))


def _document(one: Mapping[str, Any], year: int, number: int, random: np.random.Generator) -> dict[str, Any]:
    beds = one["beds"] * random.lognormal(0, 0.1) * (0.97 if year == YEAR else 1.0)
    amounts = {
        "energy": (("natural-gas-fr-kwh-pcs", 14 * beds, "MWh PCS"), ("electricity-fr", 8 * beds, "MWh")),
        "purchases": (("spend-other-manufactured-products", 9000 * beds, "EUR HT"),),
        "medicines": (("spend-pharmaceutical-products", 11000 * beds, "EUR HT"),),
        "anaesthetic_gases": (("sevoflurane", 0.4 * beds, "L"),) if one["category"] == "355" else (),
        "mobility": (("car-average-km", 6500 * beds, "véhicule.km"),),
        "food": (("meal-average", 700 * beds, "repas"),) if number % 4 else (),
        "waste": (("waste-residual-household-incineration", 0.6 * beds, "t"),),
        "digital": (("spend-telecommunications", 300 * beds, "EUR HT"),),
    }
    return {
        "schema_version": "1.2",
        "establishment": {**one, "activity": {"stays": int(45 * beds)}},
        "period": {"start": f"{year}-01-01", "end": f"{year}-12-31"},
        **{section: list(_lines(section, lines)) for section, lines in amounts.items() if lines},
        **({"adaptation": _adaptation(number)} if year == YEAR else {}),
    }


def _lines(section: str, lines: tuple[tuple[str, float, str], ...]) -> Iterator[dict[str, Any]]:
    for place, (factor, quantity, unit) in enumerate(lines):
        use = {"activity": "commuting"} if section == "mobility" else {}
        yield {"id": f"{section}-{place}", "factor": factor, "quantity": round(quantity, 3), "unit": unit, **use}


def _adaptation(number: int) -> dict[str, Any]:
    exposure = [
        {
            "hazard": hazard,
            "level": ("low", "moderate", "high")[(number + place) % 3],
            "source": "carte",
            "date": "2025-01-10",
        }
        for place, hazard in enumerate(HAZARDS)
    ]
    answers = [
        {
            "item": item,
            "answer": ("met", "partly", "not_met")[(number + place) % 3],
            "evidence": "plan",
            "date": "2025-02-01",
        }
        for place, item in enumerate(("GOV-02", "GOV-04", "HEA-05", "FLO-02", "STO-01"))
        if (number + place) % 5
    ]
    return {"exposure": exposure, "answers": answers}
