"""The form of what is left to answer: a workbook that people fill in, and that is read back into the document."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from decarb.adaptation.catalogue import Catalogue
from decarb.adaptation.evaluating import Checklist, evaluate
from decarb.adaptation.recorded import CLAIM, DOCUMENT, UNANSWERED
from decarb.adaptation.words import LEVEL_WORDS, NO, STATUS_WORDS, YES, code_of, is_yes
from decarb.errors import InvalidDocumentError, Problem, Term
from decarb.factors.importers.delimited import decimal_number
from decarb.factors.importers.sheets import read_sheet
from decarb.inventory import check_document
from decarb.inventory.schema import SINCE, VERSIONS
from decarb.language import LANGUAGES, mark, translate

Entry = dict[str, Any]
LISTS = ("exposure", "facts", "answers")
"""Lists of the section, in its order."""

SHEETS = {"exposure": mark("Exposure"), "facts": mark("Facts"), "answers": mark("Answers")}
HEADINGS = {
    "hazard": mark("Hazard"),
    "name": mark("Name"),
    "site": mark("Site"),
    "level": mark("Level"),
    "warming": mark("Warming level [°C]"),
    "source": mark("Source"),
    "date": mark("Day"),
    "comment": mark("Comment"),
    "fact": mark("Fact"),
    "value": mark("Value"),
    "unit": mark("Unit"),
    "evidence": mark("Evidence"),
    "item": mark("Item"),
    "statement": mark("Statement"),
    "partly": mark("Partly met means"),
    "to_file": mark("Evidence to keep"),
    "answer": mark("Answer"),
}
COLUMNS = {
    "exposure": ("hazard", "name", "site", "level", "warming", "source", "date", "comment"),
    "facts": ("fact", "name", "site", "value", "unit", "date", "evidence", "comment"),
    "answers": ("item", "statement", "partly", "to_file", "site", "answer", "evidence", "date", "comment"),
}
_READ = {
    "exposure": ("hazard", "site", "level", "warming", "source", "date", "comment"),
    "facts": ("fact", "site", "value", "unit", "date", "evidence", "comment"),
    "answers": ("item", "site", "answer", "evidence", "date", "comment"),
}
FILLED = {
    "exposure": ("level", "warming", "source", "date", "comment"),
    "facts": ("value", "date", "evidence", "comment"),
    "answers": ("answer", "evidence", "date", "comment"),
}
"""Columns that people fill in; a row where none is filled is not an entry."""

_KEYS = {"exposure": ("hazard", "site", "warming"), "facts": ("fact", "site"), "answers": ("item", "site")}


# what is asked


def questions(checklist: Checklist, establishment: int) -> dict[str, list[Entry]]:
    """Rows of the form of an establishment, by list: exposures and facts that are not recorded, items left to answer.

    An item that was answered without evidence, or without its day, is asked again, with what was said of it filled in.
    A fact is asked where an item that it would decide is open.
    """
    rows = checklist.rows.subjects_of(establishment)
    return {
        "exposure": list(_open_exposures(checklist, rows.tolist())),
        "facts": list(_open_facts(checklist, establishment, rows.tolist())),
        "answers": list(_open_items(checklist, establishment, rows.tolist())),
    }


def _open_exposures(checklist: Checklist, rows: Sequence[int]) -> Iterator[Entry]:
    for hazard in checklist.catalogue.hazards.values():
        for row in rows:
            if hazard.is_of_place and np.isnan(checklist.facts[f"exposure_{hazard.id}"][row]):
                yield {"hazard": hazard.id, "name": hazard.name, "site": checklist.rows.site_ids[row]}


def _open_facts(checklist: Checklist, establishment: int, rows: Sequence[int]) -> Iterator[Entry]:
    asked: dict[tuple[str, int], None] = {}
    for column, item in enumerate(checklist.items):
        for row in rows:
            if checklist.status[row, column] != UNANSWERED:
                continue
            for name in checklist.catalogue.facts_behind(item):
                kind = checklist.catalogue.facts.get(name)
                if kind is not None and kind.origin == "declared" and np.isnan(checklist.facts[name][row]):
                    asked[(name, establishment if item.scope == "entity" else row)] = None
    for name, row in sorted(asked, key=lambda place: list(checklist.catalogue.facts).index(place[0])):
        kind = checklist.catalogue.facts[name]
        yield {"fact": name, "name": kind.name, "site": checklist.rows.site_ids[row], "unit": kind.unit}


def _open_items(checklist: Checklist, establishment: int, rows: Sequence[int]) -> Iterator[Entry]:
    for column, item in enumerate(checklist.items):
        words = {"item": item.id, "statement": item.text, "partly": item.partly_means, "to_file": item.evidence}
        unproven: dict[int, None] = {}
        for row in rows:
            if checklist.origin[row, column] in (CLAIM, DOCUMENT):
                own = int(checklist.recorded.answer_entry[row, column])
                unproven[own if own >= 0 else int(checklist.recorded.answer_entry[establishment, column])] = None
        for number in unproven:
            said = checklist.recorded.entries[number].said
            yield words | {name: said[name] for name in ("site", *FILLED["answers"]) if name in said}
        open_rows = [row for row in rows if checklist.status[row, column] == UNANSWERED]
        if item.scope == "entity":
            open_rows = [establishment] if open_rows else []
        for row in open_rows:
            yield words | {"site": checklist.rows.site_ids[row]}


# back from the workbook


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says: entries of the section by list, each with the sheet and the row that it stands in."""

    file: str
    entries: Mapping[str, Sequence[tuple[str, Entry]]]


def read_form(path: Path, catalogue: Catalogue) -> Form:
    """Read a form that was filled in, in French or in English.

    Raises
    ------
    InvalidLibraryError
        If the file cannot be read, or has not the columns of the form.
    InvalidDocumentError
        With every cell that cannot be read: sheet and row, value, what was expected.
    """
    problems: list[Problem] = []
    entries = {}
    for name in LISTS:
        columns = {column: _pattern(HEADINGS[column]) for column in _READ[name]}
        sheet = read_sheet(path, columns, with_percents=True)
        title = sheet.form.partition(", ")[2] if sheet.form.startswith("xlsx") else name
        read = []
        for row in sheet.rows:
            if any(row.cells[column].strip() for column in FILLED[name]):
                entry, found = _entry(name, row.cells, catalogue)
                where = f"{title} {row.number}"
                problems += [problem.at(file=str(path), pointer=where) for problem in found]
                read.append((where, entry))
        entries[name] = read
    if problems:
        raise InvalidDocumentError(problems)
    return Form(str(path), entries)


def _pattern(heading: str) -> str:
    # a bracket has a meaning of its own in a pattern
    return "|".join(re.sub(r"([\[\]])", "?", translate(heading, language)) for language in LANGUAGES)


def _entry(name: str, cells: Mapping[str, str], catalogue: Catalogue) -> tuple[Entry, list[Problem]]:
    """Entry of a row, and what cannot be read of it."""
    entry: Entry = {}
    problems = []
    for column in _READ[name]:
        text = cells[column].strip()
        if not text:
            continue
        value = _READERS.get(column, str)(text)
        if column == "value":
            kind = catalogue.facts.get(cells["fact"].strip())
            value = _value(text, kind.kind if kind else "")
        if value is None:
            what = {"value": text, "column": Term(HEADINGS[column]), "known": _known(column)}
            problems.append(Problem("form-cell", what))
        else:
            entry[column] = value
    wanted = {"exposure": ("hazard", "level", "source", "date"), "facts": ("fact", "value", "date")}.get(
        name, ("item", "answer")
    )
    missing = [Term(HEADINGS[column]) for column in wanted if not cells[column].strip()]
    if missing:
        problems.append(Problem("form-row-incomplete", {"missing": missing}))
    if name == "facts" and catalogue.facts.get(cells["fact"].strip(), None) is not None:
        kind = catalogue.facts[cells["fact"].strip()]
        if not kind.unit:
            entry.pop("unit", None)
    return entry, problems


def _value(text: str, kind: str) -> float | bool | str | None:
    """Value of a fact of a kind; a percentage in points, as the units of facts have it."""
    if kind == "yes_no":
        return is_yes(text)
    if kind == "day":
        return _day(text)
    number = decimal_number(text.removesuffix("%"))
    return float(number) if number else None


def _day(text: str) -> str | None:
    """ISO day of a cell: a date of the spreadsheet, or a text in either order; None if it is none."""
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?: [\d:.]+)?", text)
    numbers = match.groups() if match else None
    if numbers is None and (match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)):
        numbers = match.groups()[::-1]
    if numbers is None:
        return None
    try:
        return date(*map(int, numbers)).isoformat()
    except ValueError:
        return None


def _warming(text: str) -> float | None:
    number = decimal_number(text.removeprefix("+"))
    return float(number) if number else None


def _level(text: str) -> str | None:
    return code_of(text, LEVEL_WORDS)


def _answer(text: str) -> str | None:
    code = code_of(text, STATUS_WORDS)
    return None if code == "unanswered" else code


_READERS: dict[str, Callable[[str], Any]] = {
    "date": _day,
    "warming": _warming,
    "level": _level,
    "answer": _answer,
    "item": str.upper,
}


def _known(column: str) -> list[Any]:
    """What a cell of a column may say, in words."""
    words = {"answer": STATUS_WORDS, "level": LEVEL_WORDS}.get(column)
    if words:
        return [Term(word) for code, word in words.items() if code != "unanswered"]
    if column == "date":
        return ["2026-05-31", "31/05/2026"]
    return ["2.0", "2.7", "4.0"] if column == "warming" else [Term(YES), Term(NO), "12.5", "2026-05-31"]


# into the document


def document_with(document: Mapping[str, Any], form: Form, name: str, today: date | None = None) -> dict[str, Any]:
    """Inventory with the entries of a form, each in the place of those that it says anew; of schema version 1.1.

    Parameters
    ----------
    document
        The inventory as it was decoded.
    name
        Its file, for the problems that are of it.

    Raises
    ------
    InvalidDocumentError
        With every problem of the new document; of an entry of the form, by its sheet and row.
    """
    found, rows = _merged(document, form)
    inventory, problems = check_document(found, name)
    if inventory is not None:
        problems += evaluate(inventory, today=today, partial=True).problems
    errors = [
        _of_form(problem, form, rows)
        for problem in problems
        if problem.severity == "error" and problem.code != "no-lines"
    ]
    if errors:
        raise InvalidDocumentError(errors)
    return found


def _merged(document: Mapping[str, Any], form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """Document with the entries, and the row of the form that each pointer of an entry stands in."""
    given = document.get("adaptation", {})
    section: Entry = {}
    rows: dict[str, str] = {}
    for name in LISTS:
        entries = [(row, _at_site(entry, document)) for row, entry in form.entries.get(name, ())]
        coming: dict[Any, list[tuple[str, Entry]]] = {_key(name, entry): [] for _, entry in entries}
        for row, entry in entries:
            coming[_key(name, entry)].append((row, entry))
        merged: list[tuple[str, Entry]] = []
        for entry in given.get(name, ()):
            replacing = coming.get(_key(name, entry))
            if replacing is None:
                merged.append(("", entry))
            else:
                merged += replacing
                replacing.clear()
        merged += [entry for of_key in coming.values() for entry in of_key]
        rows |= {f"/adaptation/{name}/{place}": row for place, (row, _) in enumerate(merged) if row}
        if merged:
            section[name] = [entry for _, entry in merged]
    head = {
        key: _with_adaptation(document[key]) if key == "schema_version" else document[key]
        for key in document
        if key in _HEAD
    }
    rest = {key: value for key, value in document.items() if key not in (*_HEAD, "adaptation")}
    return {**head, "adaptation": section, **rest}, rows


def _with_adaptation(version: Any) -> str:
    """Version of a document that has the section: its own where it may have it."""
    first = SINCE["adaptation"]
    return str(version) if version in VERSIONS[VERSIONS.index(first) :] else first


_HEAD = ("$schema", "schema_version", "establishment", "period", "method", "sites", "declaration")


def _at_site(entry: Entry, document: Mapping[str, Any]) -> Entry:
    """Entry whose site is an id, where people wrote its name, or without the spaces around it."""
    said = entry.get("site", "")
    sites = {} if not said else {site["id"]: site for site in document.get("sites", ())}
    if not said or said in sites:
        return entry
    meant = [name for name, site in sites.items() if said in (name.strip(), site.get("name", "").strip())]
    return entry | {"site": meant[0]} if len(meant) == 1 else entry


def _key(name: str, entry: Entry) -> tuple[Any, ...]:
    return tuple(entry.get(key, "") for key in _KEYS[name])


def _of_form(problem: Problem, form: Form, rows: Mapping[str, str]) -> Problem:
    """Problem at the row of the form that it comes from, if it does."""
    pointer = "/".join(problem.pointer.split("/")[:4])
    if pointer not in rows:
        return problem
    return problem.at(file=form.file, pointer=rows[pointer])
