"""The closed vocabulary of units and bases: one door for factors and for inventories.

A unit converts; a basis (PCI or PCS, HT or TTC, net or live weight) does not: it is compared at binding.
Only this module imports pint, and only to write and to check the table that everything else reads.
"""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from decarb.errors import Problem, UnknownUnitError
from decarb.language import mark
from decarb.resources import data_file, read_rows

Vocabulary = str
"""Dialect of a source: ``""`` is decarb's own; in ``base-carbone``, ``mL`` is a *mètre linéaire*."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A canonical unit with the bases and the price year that its spelling carried."""

    name: str
    bases: tuple[str, ...] = ()
    price_year: int | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """A basis of the closed list: tokens of one facet exclude each other."""

    token: str
    facet: str
    required: bool
    name_fr: str
    name_en: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _TableRow:
    dimensions: str
    factor_to_base: float


@cache
def unit_table() -> dict[str, _TableRow]:
    """Canonical units with their dimensions and their ratio to the base unit, computed ahead by pint."""
    return {
        row["unit"]: _TableRow(row["dimensions"], float(row["factor_to_base"]))
        for row in read_rows(data_file("unit_table.csv"))
    }


@cache
def bases() -> dict[str, Basis]:
    """All bases by token."""
    return {
        row["token"]: Basis(
            row["token"],
            row["facet"],
            row["required"] == "yes",
            row["name_fr"],
            row["name_en"],
            tuple(row["spellings"].split("|")),
        )
        for row in read_rows(data_file("bases.csv"))
    }


FACETS: tuple[str, ...] = (
    mark("heating value"),
    mark("tax"),
    mark("weight"),
    mark("state"),
    mark("floor area"),
    mark("gas volume"),
    mark("counted as"),
)
"""Kinds of basis."""


_FACET_DIMENSIONS = {
    "heating value": "[energy]",
    "tax": "[currency",
    "gas volume": "[length] ** 3",
    "floor area": "[length] ** 2",
    "weight": "[mass]",
    "state": "[mass]",
}


def _fits(token: str, unit: str) -> bool:
    """Whether a unit can have a basis: energy a heating value, money a tax."""
    return dimensions(unit).startswith(_FACET_DIMENSIONS.get(facet(token), ""))


def facet(token: str) -> str:
    """Facet (``tax``, ``heating value``) of a basis token."""
    return bases()[token].facet


def conversion_factor(source: str, target: str) -> float | None:
    """How many `target` units make one `source` unit; None if their dimensions differ.

    >>> conversion_factor("MWh", "kWh"), conversion_factor("L", "kg")
    (1000.0, None)
    """
    table = unit_table()
    from_row, to_row = table[source], table[target]
    if from_row.dimensions != to_row.dimensions:
        return None
    return from_row.factor_to_base / to_row.factor_to_base


def dimensions(unit: str) -> str:
    """Dimensions of a canonical unit, as pint writes them (``[mass]``, ``[length] * [vehicle]``)."""
    return unit_table()[unit].dimensions


def is_currency(unit: str) -> bool:
    """Whether the unit is money."""
    return dimensions(unit).startswith("[currency")


@lru_cache(maxsize=10_000)
def parse_unit(text: str, vocabulary: Vocabulary = "") -> Unit:
    """Read a unit as people and sources spell it, with the basis beside it.

    Parameters
    ----------
    text
        ``"kWh PCS"``, ``"k€ HT 2023"``, ``"tonne.km"``, ``"kg de poids net"``, ...
    vocabulary
        Dialect of the source; ``base-carbone`` for units of that base.

    Raises
    ------
    UnknownUnitError
        With the nearest known spelling.

    Examples
    --------
    >>> parse_unit("k€ HT 2023")
    Unit(name='kEUR', bases=('HT',), price_year=2023)
    """
    spelling = _plain(text)
    spellings = _spellings(vocabulary)
    if spelling in spellings:
        return spellings[spelling]
    found, price_year, rest = _take_bases(spelling)
    name = _unit_name(rest, vocabulary)
    if name is None:
        raise UnknownUnitError([Problem("unknown-unit", {"value": text, "nearest": nearest_unit(text)})])
    found = ["nitrogen" if token == "normal" and dimensions(name) == "[mass]" else token for token in found]
    out_of_place = [token for token in found if not _fits(token, name)]
    if out_of_place or (price_year and not is_currency(name)):
        raise UnknownUnitError([Problem("basis-out-of-place", {"value": text, "unit": name})])
    return Unit(name, _distinct_facets(found, text), price_year)


def parse_factor_unit(text: str, vocabulary: Vocabulary = "") -> Unit:
    """Read the unit of a factor (``kgCO2e/kWh PCI``): the unit it is per.

    Raises
    ------
    UnknownUnitError
        If the text is not kg CO2e per a known unit.
    """
    match = re.fullmatch(r"\s*kg\s?CO2e?\s*/\s*(.+)", text)
    if match is None:
        raise UnknownUnitError([Problem("not-a-factor-unit", {"value": text})])
    return parse_unit(match[1], vocabulary)


@lru_cache(maxsize=10_000)
def parse_basis(text: str) -> Unit:
    """Read the basis of a line (``PCS``, ``HT 2023``, ``poids net``); the unit's name is empty.

    Raises
    ------
    UnknownUnitError
        With the nearest known basis.
    """
    spelling = _plain(text)
    found, price_year, rest = _take_bases(spelling)
    if rest:
        raise UnknownUnitError([Problem("unknown-basis", {"value": text, "nearest": _nearest_basis(spelling)})])
    return Unit("", _distinct_facets(found, text), price_year)


@lru_cache(maxsize=10_000)
def nearest_unit(text: str) -> str:
    """Return the known spelling closest to `text`, or a few common units."""
    known = list(_spellings(""))
    spelling = _plain(text)
    by_case = [name for name in known if name.casefold() == spelling.casefold()]
    nearest = by_case or difflib.get_close_matches(spelling, known, 1, 0.6)
    return nearest[0] if nearest else "kWh, kg, t, L, m3, km, passenger.km, EUR, item"


@lru_cache(maxsize=10_000)
def _nearest_basis(spelling: str) -> str:
    nearest = difflib.get_close_matches(spelling, sorted(_basis_spellings()), 1, 0.4)
    return nearest[0] if nearest else ", ".join(bases())


def _distinct_facets(tokens: list[str], text: str) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for token in tokens:
        other = kept.setdefault(facet(token), token)
        if other != token:
            raise UnknownUnitError([Problem("contradictory-basis", {"value": text, "one": other, "other": token})])
    return tuple(sorted(kept.values()))


def _plain(text: str) -> str:
    """Accents folded, superscripts lowered, spaces single; case kept: ``MWh`` is not ``mWh``."""
    text = unicodedata.normalize("NFKD", text.replace("€", "EUR").replace("œ", "oe").replace("\u2019", "'"))
    text = "".join(character for character in text if not unicodedata.combining(character))
    return re.sub(r"^Nm3\b", "m3 (n)", " ".join(text.split()))


@cache
def _spellings(vocabulary: Vocabulary) -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for row in read_rows(data_file("unit_spellings.csv")):
        if row["vocabulary"] in ("", vocabulary):
            for spelling in (row["unit"], *filter(None, row["spellings"].split("|"))):
                if row["vocabulary"] or _plain(spelling) not in table:
                    table[_plain(spelling)] = Unit(row["unit"], tuple(filter(None, [row["basis"]])))
    return table


@cache
def _basis_spellings() -> dict[str, str]:
    return {_plain(spelling): basis.token for basis in bases().values() for spelling in (basis.token, *basis.spellings)}


@cache
def _basis_pattern() -> re.Pattern[str]:
    longest_first = sorted(_basis_spellings(), key=len, reverse=True)
    words = "|".join(re.escape(word) for word in longest_first)
    # a basis follows a space or a bracket, or is glued to the unit as in kWhPCI and kgH2
    return re.compile(rf"^(?P<rest>.*?)(?:[\s(]+(?P<word>{words})|(?P<glued>PCI|PCS|H2))\)?$")


def _take_bases(spelling: str) -> tuple[list[str], int | None, str]:
    """Peel bases and a price year off the end of a spelling; return them with what is left."""
    tokens: list[str] = []
    price_year = None
    rest = spelling
    while rest:
        year = re.fullmatch(r"(?P<rest>.*?)[\s(]*\b(?P<year>(?:19|20)\d\d)\)?", rest)
        if year and price_year is None:
            price_year, rest = int(year["year"]), year["rest"].rstrip(" (")
            continue
        match = _basis_pattern().match(" " + rest)
        if match is None:
            break
        tokens.append(_basis_spellings()[match["word"] or match["glued"]])
        rest = match["rest"].strip()
    return tokens, price_year, rest


_NO_UNIT = Unit("")


def _unit_name(spelling: str, vocabulary: Vocabulary) -> str | None:
    spellings = _spellings(vocabulary)
    if spelling in spellings:
        return spellings[spelling].name
    factors = [spellings.get(part.strip(), _NO_UNIT).name for part in re.split(r"[.*·×-]", spelling)]
    if len(factors) == 2 and all(factors):
        first, second = factors
        for product in (f"{first}.{second}", f"{second}.{first}"):
            if product in unit_table():
                return product
    return None


def registry() -> Any:
    """Pint's registry of the closed vocabulary, for researchers and for the test of the table."""
    import pint

    return pint.UnitRegistry(str(data_file("units.txt")))


def table_from_registry() -> list[dict[str, str]]:
    """Rows of ``unit_table.csv`` as pint computes them from ``units.txt``."""
    quantities = registry()
    rows = []
    for row in read_rows(data_file("unit_spellings.csv")):
        if row["vocabulary"]:
            continue
        expression = re.sub(r"^(\d+)\s*", r"\1*", row["unit"]).replace(".100", "*100*").replace(".", "*")
        quantity = quantities.Quantity(expression).to_base_units()
        rows.append(
            {
                "unit": row["unit"],
                "dimensions": str(quantity.dimensionality),
                "factor_to_base": repr(float(quantity.magnitude)),
            }
        )
    return rows
