"""What people type, codes or words, to the boxes that it names."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from decarb.errors import Problem, UsageError
from decarb.medicines.codes import ATC, Code, parse_code, recognise, to_cip13, to_ucd13
from decarb.medicines.database import MedicinesDatabase, Presentation, UcdLink
from decarb.medicines.ladder import Ladder, Request
from decarb.medicines.pricing import Priced
from decarb.units import Unit

MOST_NEAR = 5
"""Nearest codes that are shown."""
_ALL = sys.maxsize

Prices = dict[str, Priced | tuple[Problem, ...]]
"""By CIP13, how the ladder prices a box, or why nothing does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a code or for words.

    Attributes
    ----------
    query, system
        As typed; the system of the code, "" for words.
    boxes
        The box of a CIP, the boxes of a CIS or of an ATC class, or those found by words: the first of them.
    found
        How many there are, shown or not.
    link
        What the user's table says of a UCD.
    problems
        Why nothing was found, or what is doubtful.
    """

    query: str
    system: str
    boxes: tuple[Presentation, ...] = ()
    link: UcdLink | None = None
    problems: tuple[Problem, ...] = ()
    found: int = 0

    @property
    def refused(self) -> bool:
        """Whether nothing was found."""
        return any(problem.severity == "error" for problem in self.problems)


def look_up(database: MedicinesDatabase, typed: Sequence[str], limit: int) -> list[Answer]:
    """Answer each code, and each run of words between codes."""
    return [_answer(database, query, limit) for query in _queries(typed)]


def prices_of(answers: Iterable[Answer], ladder: Ladder, year: int) -> Prices:
    """Price each box of the answers, once."""
    boxes = dict.fromkeys(box.cip13 for answer in answers for box in answer.boxes)
    return {cip13: _price(ladder, cip13, year) for cip13 in boxes}


def _price(ladder: Ladder, cip13: str, year: int) -> Priced | tuple[Problem, ...]:
    try:
        return ladder.price(Request("CIP13", cip13, Unit("box"), year))
    except UsageError as error:
        return tuple(error.problems)


def _queries(typed: Sequence[str]) -> Iterator[str]:
    words: list[str] = []
    for one in typed:
        if not recognise(one) or (words and not _looks_like_a_code(one)):
            words.append(one)  # "doliprane 1000": a short number among words is a word
            continue
        if words:
            yield " ".join(words)
            words = []
        yield one
    if words:
        yield " ".join(words)


def _looks_like_a_code(text: str) -> bool:
    return recognise(text) == ATC or sum(character.isdigit() for character in text) >= 6


def _answer(database: MedicinesDatabase, query: str, limit: int) -> Answer:
    if not recognise(query):
        boxes = database.search(query, _ALL)
        problems = () if boxes else (Problem("medicine-words-unknown", {"value": query}),)
        return Answer(query, "", tuple(boxes[:limit]), problems=problems, found=len(boxes))
    try:
        code = parse_code(query)
    except UsageError as error:
        return Answer(query, recognise(query), problems=tuple(_with_near(database, error.problems)))
    return _of_code(database, code, limit)


def _of_code(database: MedicinesDatabase, code: Code, limit: int) -> Answer:
    system, value = code.system, code.value
    if system == ATC:
        return _found(database, code, database.of_class(value, _ALL), [], limit)
    if system == "CIS":
        return _found(database, code, _boxes_of(database, value), database.near_specialities(value), limit)
    if system in ("UCD7", "UCD13"):
        link = database.ucd(to_ucd13(value))
        if link is None:
            problem = Problem("ucd-without-table", {"value": value})
            return Answer(value, system, problems=(problem, *code.warnings))
        return _of_link(database, code, link, limit)
    box = database.presentation(to_cip13(value))
    return _found(database, code, [box] if box else [], database.near(value), limit)


def _of_link(database: MedicinesDatabase, code: Code, link: UcdLink, limit: int) -> Answer:
    """Boxes that the user's table leads to; one that the database has not is named as the table names it."""
    if link.cip13:
        leads_to, near = Code("CIP13", link.cip13), database.near(link.cip13)
        box = database.presentation(link.cip13)
        boxes = [box] if box else _boxes_of(database, link.cis)
    else:
        leads_to, near = Code("CIS", link.cis), database.near_specialities(link.cis)
        boxes = _boxes_of(database, link.cis)
    found = _found(database, leads_to, boxes, near, limit)
    return replace(found, query=code.value, system=code.system, link=link, problems=(*found.problems, *code.warnings))


def _boxes_of(database: MedicinesDatabase, cis: str) -> list[Presentation]:
    speciality = database.speciality(cis)
    boxes = (database.presentation(cip) for cip in (speciality.cips if speciality else ()))
    return [box for box in boxes if box]


def _found(
    database: MedicinesDatabase,
    code: Code,
    boxes: Sequence[Presentation],
    near: Sequence[str],
    limit: int,
) -> Answer:
    if boxes:
        return Answer(code.value, code.system, tuple(boxes[:limit]), found=len(boxes))
    shown = {
        "system": code.system,
        "value": code.value,
        "database": database.version,
        "nearest": list(near[:MOST_NEAR]),
    }
    return Answer(code.value, code.system, problems=(Problem("medicine-code-unknown", shown), *code.warnings))


def _with_near(database: MedicinesDatabase, problems: Sequence[Problem]) -> Iterator[Problem]:
    """Problems of a code; for a wrong key, the boxes that are one slip of the finger away."""
    for problem in problems:
        value = str(problem.parameters["value"])
        near = database.near(value)[:MOST_NEAR] if problem.code == "code-key" and value.startswith("34009") else []
        yield Problem(problem.code, {**problem.parameters, "nearest": near}) if near else problem
