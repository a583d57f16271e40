"""What a search is narrowed to: a unit, a domain, a place, an activity."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decarb.errors import Problem, UsageError
from decarb.factors.search.texts import FactorTexts
from decarb.folding import fold
from decarb.reporting import activities
from decarb.units import Unit, dimensions, parse_basis, parse_unit

if TYPE_CHECKING:
    from decarb.factors.library import FactorLibrary

_UNKNOWN = {"domain": "unknown-domain", "geography": "unknown-geography", "activity": "unknown-activity"}

_UNIT_COLUMNS = ("unit", "basis", "price_year")

NEARER = 0.8
"""Worth of a factor of a place, beside one of a place that it contains and that was asked for."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a factor must be; blank where anything goes.

    Attributes
    ----------
    unit
        Any spelling; with a basis (``kWh PCI``, ``EUR HT 2023``) only factors of that basis.
    domain, activity
        As the library and ``activities.csv`` write them.
    geography
        Code or name of a place: factors valid for it or for a place that contains it (for ``RE``: La
        Réunion, France, Europe, the world), the nearest first. ``FR`` takes mainland France in, where
        most factors of French sources are.
    """

    unit: str = ""
    domain: str = ""
    geography: str = ""
    activity: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return any((self.unit, self.domain, self.geography, self.activity))


def worth_of_rows(library: "FactorLibrary", texts: FactorTexts, filters: Filters) -> dict[int, float]:
    """Rows that pass `filters`, with what the nearness of their place is worth: 1 for the place itself.

    Raises
    ------
    UnknownUnitError
        If the unit is none.
    UsageError
        If the domain, the place or the activity is not known, or no factor is per that unit; with the
        nearest that is.
    """
    if not filters:
        return dict.fromkeys(range(len(texts)), 1.0)
    unit = parse_unit(filters.unit) if filters.unit else Unit("")
    found, problems = _known(library, texts, filters)
    if unit.name and unit.name not in _units(texts):
        problems.append(_no_factor_per(unit, filters.unit, texts))
    if problems:
        raise UsageError(problems)
    worth = _worth_of_places(library, texts, found.geography)
    units = {cells for cells in set(texts.rows(*_UNIT_COLUMNS)) if not unit.name or _is_per(unit, *cells)}
    served = {cell for cell in set(texts.columns["activities"]) if found.activity in ("", *cell.split())}
    rows = zip(texts.rows(*_UNIT_COLUMNS), texts.rows("domain", "activities", "geography"), strict=True)
    return {
        row: worth[geography]
        for row, (per, (domain, serves, geography)) in enumerate(rows)
        if per in units and serves in served and geography in worth and found.domain in ("", domain)
    }


def _is_per(unit: Unit, name: str, basis: str, price_year: str) -> bool:
    """Whether a factor per `name` is per `unit`: it may be anything that `unit` does not say."""
    return (
        parse_unit(name).name == unit.name
        and (not unit.bases or set(unit.bases) <= set(parse_basis(basis).bases if basis else ()))
        and (unit.price_year is None or str(unit.price_year) == price_year)
    )


def _worth_of_places(library: "FactorLibrary", texts: FactorTexts, geography: str) -> dict[str, float]:
    """Worth of the cells ``geography`` that hold the place asked for, or one that contains it."""
    cells = set(texts.columns["geography"])
    if not geography:
        return dict.fromkeys(cells, 1.0)
    worth = {"FR-MAINLAND": 1.0} if geography == "FR" else {}
    step = 1.0
    while geography:
        worth[geography] = step
        geography = library.geographies[geography].parent
        step *= NEARER
    held = {cell: [worth[code] for code in cell.split() if code in worth] for cell in cells}
    return {cell: max(steps) for cell, steps in held.items() if steps}


def _known(library: "FactorLibrary", texts: FactorTexts, filters: Filters) -> tuple[Filters, list[Problem]]:
    """Filters as the library writes them, and those that it does not know."""
    choices = {
        "domain": {fold(domain): domain for domain in dict.fromkeys(texts.columns["domain"]) if domain},
        "geography": _by_name((place.name_en, place.name_fr, place.code) for place in library.geographies.values()),
        "activity": _by_name((served.name_en, served.name_fr, served.activity) for served in activities().values()),
    }
    known, problems = {}, []
    for kind, codes in choices.items():
        value = getattr(filters, kind)
        known[kind] = codes.get(fold(value).strip(), "")
        if value and not known[kind]:
            near = difflib.get_close_matches(fold(value), codes, 3, 0.6)
            what = {"nearest": _codes(codes[name] for name in near), "known": _codes(codes.values())}
            problems.append(Problem(_UNKNOWN[kind], {"value": value, **what}))
    return Filters(**known), problems


def _by_name(names: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Codes by folded name, French or English, and by folded code; the code stands last in `names`."""
    return {fold(text): code for *texts, code in names for text in (*texts, code)}


def _codes(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))


def _units(texts: FactorTexts) -> dict[str, str]:
    """Dimensions of the units that factors are per, by unit."""
    names = (parse_unit(text).name for text in dict.fromkeys(texts.columns["unit"]))
    return {name: dimensions(name) for name in names}


def _no_factor_per(unit: Unit, value: str, texts: FactorTexts) -> Problem:
    alike = [name for name, of_name in _units(texts).items() if of_name == dimensions(unit.name)]
    return Problem("no-factor-per-unit", {"value": value, "nearest": alike, "known": list(_units(texts))})
