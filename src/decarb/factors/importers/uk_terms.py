"""What the words of the UK conversion factors mean in decarb's terms: categories, units, gases, places."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from decarb.factors.importers.delimited import folded
from decarb.factors.importers.places import country
from decarb.factors.library import FactorLibrary
from decarb.resources import data_file, read_rows
from decarb.units import Unit, parse_unit


@dataclass(frozen=True, slots=True)
class Category:
    """What the factors of a category are and serve: a row of ``uk_categories.csv``.

    ``carbon`` is ``fossil``, ``biogenic`` (its methane) or ``outside`` (its CO2, in no total); ``place`` names
    the level that holds a country, blank where it is the United Kingdom.
    """

    level_1: str
    level_2: str
    level_3: str
    domain: str
    stage: str
    activities: str
    default_activity: str
    default_operated: str
    carbon: str
    place: str
    note: str


@lru_cache(maxsize=10_000)
def category(level_1: str, level_2: str, level_3: str) -> Category | None:
    """Terms of a category, by the most specific row of the table; None if it holds none: nothing is guessed."""
    for found in _categories().get(folded(level_1), ()):
        if _is(level_2, found.level_2) and _is(level_3, found.level_3):
            return found
    return None


def _is(name: str, pattern: str) -> bool:
    """Whether a name is that of the table: blank for any, an asterisk after a beginning."""
    if pattern.endswith("*"):
        return folded(name).startswith(folded(pattern))
    return not pattern or folded(name) == folded(pattern)


@cache
def _categories() -> dict[str, list[Category]]:
    """Rows by level 1, those that say more first."""
    rows = [Category(**row) for row in read_rows(data_file("uk_categories.csv"))]
    found: dict[str, list[Category]] = {}
    for row in sorted(rows, key=lambda row: (not row.level_3, not row.level_2)):
        found.setdefault(folded(row.level_1), []).append(row)
    return found


@lru_cache(maxsize=1_000)
def unit(name: str) -> Unit | None:
    """Unit of a factor; None for those that decarb's vocabulary has no word for (miles, hours of work)."""
    return _units().get(folded(name))


@cache
def _units() -> dict[str, Unit]:
    return {folded(row["uom"]): parse_unit(row["unit"]) for row in read_rows(data_file("uk_units.csv"))}


SPLIT_GASES = {
    "kgco2e": "total",
    "kgco2eofco2perunit": "co2",
    "kgco2eofch4perunit": "ch4",
    "kgco2eofn2operunit": "n2o",
}
"""What a row holds, by its folded ``GHG/Unit``: every figure is in kg CO2e."""


def column_of(kind: str, carbon: str) -> str:
    """Column of ``parts`` that the row of one gas goes to; the CO2 that a total counts is fossil."""
    if kind == "ch4":
        return "ch4_biogenic" if carbon == "biogenic" else "ch4_fossil"
    return "co2_fossil" if kind == "co2" else kind


@dataclass(frozen=True, slots=True)
class Released:
    """A substance that is a factor by its GWP: its column of a result, and its names in the library."""

    gas: str
    substances: tuple[str, ...] = ()


def released(level_2: str, name: str, variant: str, below: FactorLibrary) -> Released | None:
    """Column of a substance released; None for the rows that only add up two others.

    From 2022 on the file gives each substance thrice: its Kyoto gases, the others, and both together. Before,
    its level 2 says whether it is of the Kyoto or of the Montreal protocol.
    """
    said = folded(variant)
    if said.startswith("total"):
        return None
    if "nonkyoto" in said or (not said and folded(level_2).startswith("montreal")):
        return Released("outside_kyoto")
    gas = _gas(name)
    if gas is None:
        return _blend(name, below)
    substance = name.lower()
    return Released(gas.gas, (substance,)) if not gas.substances and substance in below.substances else gas


@lru_cache(maxsize=1_000)
def _gas(name: str) -> Released | None:
    """Row of ``uk_gases.csv``, a whole name before a beginning: HFC-23 is no HFC-236fa."""
    rows = list(read_rows(data_file("uk_gases.csv")))
    for row in sorted(rows, key=lambda row: row["name"].endswith("*")):
        if _is(name, row["name"]):
            return Released(row["gas"], tuple(row["substances"].split()))
    return None


def _blend(name: str, below: FactorLibrary) -> Released:
    """Column of a blend whose components are all of one; else its gases are left together."""
    found = folded(name)
    gases = {below.substances[part].gas for part, _ in below.compositions.get(found, ())}
    return Released(gases.pop(), (found,)) if len(gases) == 1 else Released("unsplit")


@dataclass(frozen=True, slots=True)
class Place:
    """Geography code, and the town that it leaves unsaid."""

    code: str
    locality: str = ""


_COUNTRIES = {
    "Czech Republic": "Czechia",
    "Korea": "South Korea",
    "Macau": "Macao SAR China",
    "Russian Federation": "Russia",
    "Turkey": "Türkiye",
}
"""Names of this base that Unicode CLDR has others for."""


def place(name: str) -> Place | None:
    """Place of a hotel (``UK (London)``, ``Hong Kong, China``); None if the country is not known."""
    match = re.fullmatch(r"(?P<country>[^(]*?)(?:, China)?\s*(?:\((?P<town>.*)\))?", name)
    if match is None:
        return None
    code = country(_COUNTRIES.get(match["country"], match["country"]))
    return Place(code, match["town"] or "") if code else None


def contrails(variant: str) -> str:
    """Whether a flight counts its radiative forcing: ``included``, ``excluded``, or blank."""
    return {"withrf": "included", "withoutrf": "excluded"}.get(folded(variant), "")
