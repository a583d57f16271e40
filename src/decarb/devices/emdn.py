"""The European nomenclature of devices (EMDN), and what may be reprocessed in France."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from decarb.errors import Bilingual, Problem
from decarb.resources import data_folder, read_rows

_FORM = re.compile(r"[A-Z]([0-9][0-9]){0,6}")


@dataclass(frozen=True, slots=True)
class Reprocessable:
    """A category of single-use devices that may be reprocessed, and from when to when [ISO dates]."""

    emdn: str
    name_fr: str
    name_en: str
    start: str
    end: str
    text: str
    source: str


@cache
def reprocessable() -> tuple[Reprocessable, ...]:
    """Categories open to reprocessing: ``emission_factors/devices/reprocessing_experiment.csv``."""
    path = data_folder("emission_factors") / "devices" / "reprocessing_experiment.csv"
    return tuple(Reprocessable(**row) for row in read_rows(path))


def category_of(emdn: str) -> Reprocessable | None:
    """Category open to reprocessing that a code is in: its own, or that of one of its parents."""
    return next((category for category in reprocessable() if emdn.startswith(category.emdn)), None)


def emdn_problems(emdn: str, pointer: str) -> Iterator[Problem]:
    """What is wrong with the EMDN code of a device that is reprocessed: its form, then its category.

    A letter, then up to six pairs of digits; the parent of a code is the code without its last pair.
    """
    if not _FORM.fullmatch(emdn):
        yield Problem("emdn-form", {"value": emdn}, pointer=pointer)
    elif category_of(emdn) is None:
        allowed = reprocessable()
        names = (
            ", ".join(f"{category.emdn} {category.name_en}" for category in allowed),
            ", ".join(f"{category.emdn} {category.name_fr}" for category in allowed),
        )
        what = {"value": emdn, "text": allowed[0].text, "known": Bilingual(*names)}
        yield Problem("reprocessing-not-allowed", what, pointer=pointer)


def date_problems(emdn: str, year: int, pointer: str) -> Iterator[Problem]:
    """Warn where a category is open to reprocessing in other years than that of a comparison."""
    category = category_of(emdn)
    if category and not int(category.start[:4]) <= year <= int(category.end[:4]):
        what = {"value": category.emdn, "start": category.start, "end": category.end, "year": str(year)}
        yield Problem("reprocessing-outside-dates", what, pointer=pointer, severity="warning")
