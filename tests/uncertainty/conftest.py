"""Factors of round numbers, and footprints on them."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from decarb.factors import FactorLibrary, load_factors
from decarb.footprint import Footprint, compute_footprint

OWN = """id,name,unit,value,activity,source,uncertainty_percent
half,Half,kg,1,other,S,50
twice,Twice,kg,2,food,S,100
fifth,Fifth,kg,1,food,S,20
sure,Sure,kg,1,other,S,0
"""

Compute = Callable[..., Footprint]


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> FactorLibrary:
    """Factors of GSD2 1.5, 2, 1.2 and 1; of ``half`` and ``sure`` one kilogram is one kilogram of CO2e."""
    path = tmp_path_factory.mktemp("own") / "own.csv"
    path.write_text(OWN, encoding="utf-8")
    return load_factors(path)


@pytest.fixture(scope="session")
def hospitals(make: Any, own: FactorLibrary) -> Compute:
    """Footprint of hospitals, each a list of lines, or of (lines, region): the n-th is called ``H{n}``."""

    def compute(*hospitals: Any, partial: bool = False, order: Iterable[int] | None = None) -> Footprint:
        documents = []
        for number, hospital in enumerate(hospitals):
            lines, region = hospital if isinstance(hospital, tuple) else (hospital, "11")
            document = make.document(*lines, establishment={"name": f"H{number}", "region": region})
            if not region:
                del document["establishment"]["region"]
            documents.append(document)
        chosen = documents if order is None else [documents[place] for place in order]
        return compute_footprint(make.read_all(chosen), own, partial=partial)

    return compute


@pytest.fixture(scope="session")
def line() -> Callable[..., dict[str, Any]]:
    """One line of a factor, in kg: its quantity, its uncertainty [%], and where it is negative its credit."""

    def of(factor: str, quantity: float, uncertainty: float = 0, unit: str = "kg", **others: Any) -> dict[str, Any]:
        credit = {"credit": True} if quantity < 0 else {}
        return {
            "factor": factor,
            "quantity": quantity,
            "unit": unit,
            "uncertainty": uncertainty,
            **credit,
            **others,
        }

    return of
