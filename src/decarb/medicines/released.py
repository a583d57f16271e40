"""Gases that a box of medicine releases when it is used: anaesthetics, analgesic mixtures, propellants.

``emission_factors/medicines/released_gases.csv`` is the one place that says it. A row is one gas of one presentation
over one time; a blank mass is a mass that nothing we read gives, and its basis says what is missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from decarb.resources import data_folder, read_rows


@dataclass(frozen=True, slots=True)
class Released:
    """One gas that a box of a presentation releases.

    Attributes
    ----------
    substance
        Id of ``emission_factors/substances.csv``.
    mass_kg, low_kg, high_kg
        Mass in a box and its bounds [kg]; None where no source we read gives it: unknown, never zero.
    kind
        ``anaesthetic``, ``analgesic`` (nitrous oxide with oxygen) or ``propellant``.
    status
        ``read`` (the source's own mass), ``derived`` (computed from the source's volume), ``assumed`` (a figure of
        another product, or a propellant taken from the class) or ``unknown``.
    basis, basis_fr
        How the mass is obtained, or what is missing, in English and French.
    """

    substance: str
    mass_kg: float | None
    low_kg: float | None
    high_kg: float | None
    kind: str
    status: str
    basis: str
    source: str
    basis_fr: str = ""

    def basis_in(self, language: str) -> str:
        """Basis in `language`."""
        return (self.basis_fr if language == "fr" else self.basis) or self.basis


def released_gases(cip13: str, year: int) -> tuple[Released, ...]:
    """Gases that one box of a presentation releases, as known for a year; none for a medicine without any.

    Parameters
    ----------
    cip13
        Code of the presentation.
    year
        A row counts if it is valid on the first of July of that year.
    """
    day = date(year, 7, 1).isoformat()
    return tuple(
        released
        for valid_from, valid_to, released in _rows().get(cip13, ())
        if (not valid_from or valid_from <= day) and (not valid_to or day <= valid_to)
    )


def released_codes() -> frozenset[str]:
    """CIP13 codes of the presentations that release a gas."""
    return frozenset(_rows())


@cache
def _rows() -> dict[str, tuple[tuple[str, str, Released], ...]]:
    """Rows of the table by code, each with the days that it is valid between."""
    found: dict[str, list[tuple[str, str, Released]]] = {}
    for row in read_rows(data_folder("emission_factors") / "medicines" / "released_gases.csv"):
        low, mass, high = _masses(row[f"mass_{name}"] for name in ("low_kg", "kg_per_box", "high_kg"))
        released = Released(
            substance=row["substance"],
            mass_kg=mass,
            low_kg=low,
            high_kg=high,
            kind=row["kind"],
            status=row["status"],
            basis=row["basis"],
            source=row["source"],
            basis_fr=row["basis_fr"],
        )
        found.setdefault(row["cip13"], []).append((row["valid_from"], row["valid_to"], released))
    return {code: tuple(rows) for code, rows in found.items()}


def _masses(cells: Iterable[str]) -> list[float | None]:
    return [float(cell) if cell else None for cell in cells]
