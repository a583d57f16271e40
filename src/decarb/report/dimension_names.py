"""Names of what national figures are parted by: regions, categories, posts, ..."""

from collections.abc import Sequence

from decarb.errors import printable
from decarb.language import mark
from decarb.report import labels
from decarb.report.words import Words
from decarb.reporting import GASES, view
from decarb.resources import data_file, read_rows

_NAME_WIDTH = 40


def dimension_names(
    name: str, codes: Sequence[str], view_name: str, words: Words, width: int | None = _NAME_WIDTH
) -> list[str]:
    """Labels of a dimension with their titles, as wide as a column of names may be; whole where `width` is None."""
    titles = _titles(name, view_name, words)
    shown = [f"{code} {titles[code]}" if titles.get(code) else code for code in codes]
    if name in ("domain", "gas", "legal_status"):
        shown = [titles.get(code, code) for code in codes]
    return [_short(text, width) or words.say(mark("unsaid")) for text in shown]


def short_names(name: str, codes: Sequence[str], words: Words) -> list[str]:
    """Labels of a dimension for the heads of columns: codes, unless these say nothing."""
    titles = _titles(name, "beges", words) if name in ("domain", "gas", "legal_status") else {}
    return [titles.get(code, code) for code in codes]


def _titles(name: str, view_name: str, words: Words) -> dict[str, str]:
    french = words.language == "fr"
    if name == "region":
        return {row["region"]: row["name"] for row in read_rows(data_file("regions.csv"))}
    if name == "department":
        return {row["department"]: row["name"] for row in read_rows(data_file("departments.csv"))}
    if name == "category":
        return {row["code"]: row["name_fr"] for row in read_rows(data_file("finess_categories.csv"))}
    if name == "legal_status":
        return {code: words.say(title) for code, title in labels.LEGAL_STATUSES.items()}
    if name == "post":
        return {row.code: row.name(words.language) for row in view(view_name).rows}
    if name == "domain":
        return {code: words.say(title) for code, title in labels.SECTIONS.items()}
    if name == "gas":
        return {gas.gas: gas.name_fr if french else gas.name_en for gas in GASES}
    return {}


def _short(text: str, width: int | None) -> str:
    text = printable(text)
    return text if width is None or len(text) <= width else text[: width - 1] + "…"
