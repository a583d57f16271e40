"""The text of the factors in use, column by column: what a search reads instead of decoded factors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decarb.factors.library import FactorLibrary

COLUMNS = (
    "id",
    "series",
    "name_fr",
    "name_en",
    "domain",
    "unit",
    "basis",
    "price_year",
    "geography",
    "locality",
    "data_year",
    "activities",
    "source",
    "source_id",
    "source_date",
    "status",
    "keywords",
    "note",
)
PACKAGED = "decarb"
"""Layer of the library that comes with decarb."""

_HERE = frozenset({"FR-MAINLAND", "FR", "EUROPE", "WORLD"})
"""Places that most users are in, or that hold them."""

_STATUS_ORDER = {"generic": 0, "own": 0, "specific": 1, "proxy": 2}


@dataclass(frozen=True)
class FactorTexts:
    """Columns of text, one cell per factor in use, in the order of the library.

    Attributes
    ----------
    columns
        Cells by name of column; ``place`` names the places of ``geography`` in both languages.
    preference
        Rank of each factor among equals, 0 the first: valid in mainland France before elsewhere, then
        recent data, then the packaged library, then generic before specific before proxy, then what is counted
        before spend, then recent euros and sources.
    """

    columns: Mapping[str, tuple[str, ...]]
    preference: tuple[int, ...]

    def __len__(self) -> int:
        """Count the factors."""
        return len(self.preference)

    def rows(self, *names: str) -> Iterator[tuple[str, ...]]:
        """Cells of some columns, one tuple per factor."""
        return zip(*(self.columns[name] for name in names), strict=True)


def factor_texts(library: "FactorLibrary") -> FactorTexts:
    """Text of every factor of `library`; none is decoded."""
    cells = list(zip(*library.cells(*COLUMNS), strict=True)) or [()] * len(COLUMNS)
    columns = dict(zip(COLUMNS, cells, strict=True))
    named = {
        code: f"{geography.code} {geography.name_fr} {geography.name_en}"
        for code, geography in library.geographies.items()
    }
    places = {codes: " ".join(named.get(code, code) for code in codes.split()) for codes in set(columns["geography"])}
    columns["place"] = tuple(places[codes] for codes in columns["geography"])
    return FactorTexts(columns, _preference(library, columns))


def _preference(library: "FactorLibrary", columns: Mapping[str, tuple[str, ...]]) -> tuple[int, ...]:
    packaged: set[str] = set()
    for rows in library.tables:
        packaged = packaged | rows.keys() if rows.layer == PACKAGED else packaged - rows.keys()
    names, statuses, price_years = columns["id"], columns["status"], columns["price_year"]
    order = sorted(range(len(names)), key=names.__getitem__)
    order.sort(key=columns["source_date"].__getitem__, reverse=True)
    order.sort(key=price_years.__getitem__, reverse=True)
    order.sort(
        key=lambda row: (names[row] not in packaged, _STATUS_ORDER.get(statuses[row], 3), price_years[row] != "")
    )
    order.sort(key=columns["data_year"].__getitem__, reverse=True)
    far = {codes: _HERE.isdisjoint(codes.split()) for codes in set(columns["geography"])}
    order.sort(key=lambda row: far[columns["geography"][row]])
    ranks = [0] * len(order)
    for rank, row in enumerate(order):
        ranks[row] = rank
    return tuple(ranks)
