"""The three readings of one set of cells: BEGES-R v5, GHG Protocol, ISO 14064-1:2018."""

from dataclasses import dataclass
from functools import cache

from decarb.reporting.rules import Rule
from decarb.resources import data_file, read_rows

VIEWS: tuple[str, ...] = ("beges", "ghg-protocol", "iso")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a view: a post or a category, and the group it is sub-totalled in."""

    code: str
    group: str
    name_fr: str
    name_en: str

    def name(self, language: str) -> str:
        """Official name in `language`."""
        return self.name_fr if language == "fr" else self.name_en


@dataclass(frozen=True, slots=True)
class View:
    """Rows of a view in their official order, and the way from a rule to its row.

    ``timing`` says which booking of assets the view reads: spread over their amortisation years
    (``beges``: BEGES-R and ISO) or whole in the year of purchase (``ghg``).
    """

    name: str
    rows: tuple[Row, ...]
    timing: str

    def code(self, rule: Rule) -> str:
        """Row of this view in which `rule` reports."""
        if self.name == "ghg-protocol":
            return rule.ghg_category
        return rule.beges_post if self.name == "beges" else _iso_of_post()[rule.beges_post]


@cache
def _iso_of_post() -> dict[str, str]:
    return {row["post"]: row["iso_category"] for row in read_rows(data_file("beges_posts.csv"))}


@cache
def view(name: str) -> View:
    """Return the view called ``beges``, ``ghg-protocol`` or ``iso``."""
    if name == "beges":
        rows = tuple(
            Row(row["post"], row["iso_category"], row["name_fr"], row["name_en"])
            for row in read_rows(data_file("beges_posts.csv"))
        )
        return View(name, rows, "beges")
    if name == "ghg-protocol":
        rows = tuple(
            Row(row["category"], row["scope"], row["name_fr"], row["name_en"])
            for row in read_rows(data_file("ghg_protocol_categories.csv"))
        )
        return View(name, rows, "ghg")
    if name != "iso":
        raise ValueError(f"no view is called {name!r}; beges, ghg-protocol and iso are")
    rows = tuple(
        Row(row["category"], row["category"], row["name_fr"], row["name_en"])
        for row in read_rows(data_file("iso_categories.csv"))
    )
    return View(name, rows, "beges")
