"""Countries by the names that bases give them, and the rows that a library needs to place factors there."""

from functools import cache

from decarb.factors.importers.delimited import folded
from decarb.resources import data_file, read_rows


def country(name: str) -> str | None:
    """Geography code of a country by one of its names in French or English; None if it is not known.

    >>> country("Deutschland"), country("Germany"), country("Allemagne")
    (None, 'DE', 'DE')
    """
    return _codes().get(folded(name))


@cache
def _codes() -> dict[str, str]:
    codes = {"uk": "GB", "unitedkingdom": "GB", "royaumeuni": "GB", "france": "FR"}
    for row in read_rows(data_file("countries.csv")):
        for spelling in filter(None, (row["name_fr"], row["name_en"], *row["spellings"].split("|"))):
            codes.setdefault(folded(spelling), row["code"])
    return codes


def country_rows(codes: set[str]) -> list[list[str]]:
    """Rows of ``geographies`` for the countries that the packaged library does not hold (names: Unicode CLDR)."""
    return [
        [row["code"], row["name_fr"], row["name_en"], row["parent"], "", ""]
        for row in read_rows(data_file("countries.csv"))
        if row["code"] in codes
    ]
