"""Names of what a national report is parted by, whole, as a page has room for them."""

from collections.abc import Sequence

from decarb.report.dimension_names import dimension_names
from decarb.report.html.wording import PageWords, with_indices


def names_of(dimension: str, codes: Sequence[str], view: str, words: PageWords) -> list[str]:
    """Names of posts, categories, regions, ... with their codes."""
    return [with_indices(name) for name in dimension_names(dimension, codes, view, words, width=None)]


def names_of_regions(codes: Sequence[str], view: str, words: PageWords) -> list[str]:
    """Names of regions without their codes."""
    names = names_of("region", codes, view, words)
    return [name.removeprefix(f"{code} ") if code else name for code, name in zip(codes, names, strict=True)]
