"""Whether rows of factors and parts are what their columns promise: each distinct cell looked at once."""

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from decarb.errors import Phrase, UnknownUnitError, has_control_character
from decarb.factors.columns import column_dictionary
from decarb.factors.library import FactorLibrary
from decarb.factors.records import GAS_NAMES
from decarb.factors.rows import (
    BadCellError,
    finite_number,
    iso_day,
    optional_number,
    quality_note,
    uncertainty_percent,
    whole_number,
)
from decarb.language import mark
from decarb.messages import MESSAGES
from decarb.quality import CRITERIA
from decarb.reporting import STAGES, TOTAL_GASES, activities
from decarb.resources import Table
from decarb.units import parse_basis, parse_unit

Wrong = tuple[int, object]
"""Number of a row, and what is wrong in it: a phrase, or a reference that leads nowhere."""

_CELLS: dict[str, Callable[[str], Any]] = {
    "unit": parse_unit,
    "basis": lambda text: parse_basis(text) if text else None,
    "price_year": whole_number,
    "data_year": whole_number,
    "source_row": whole_number,
    "valid_to": iso_day,
    "published_total": optional_number,
    "uncertainty_percent": uncertainty_percent,
    **{f"quality_{criterion}": quality_note for criterion in CRITERIA},
}
_SHOWN = (
    *("id", "name_fr", "name_en", "locality", "domain", "source", "source_date", "origin", "keywords", "note"),
    *("error_group", "series", "transparency"),
)


def wrong_factors(table: Table, with_parts: set[str], library: FactorLibrary) -> Iterator[tuple[str, str, object]]:
    """Row in its source file, id and what is wrong, for each unsound factor in the order of the table.

    Parameters
    ----------
    with_parts
        Ids that have parts.
    library
        The whole stack, where references are looked for.
    """
    found: list[Wrong] = []
    for name, read in _CELLS.items():
        found += _unreadable(table.column(name), read)
    for name in _SHOWN:
        found += _control_characters(name, table.column(name))
    found += _promised(table)
    found += _references(table, library)
    found += _contradictions(table, with_parts)
    rows, ids = table.column("source_row"), table.column("id")
    return ((rows[number], ids[number], reason) for number, reason in sorted(found, key=lambda wrong: wrong[0]))


def _unreadable(cells: list[str], read: Callable[[str], Any]) -> Iterator[Wrong]:
    reasons: dict[str, list[object]] = {}
    for text in set(cells):
        try:
            read(text)
        except UnknownUnitError as error:
            reasons[text] = [Phrase(MESSAGES[problem.code], problem.parameters) for problem in error.problems]
        except BadCellError as error:
            reasons[text] = [error.args[0]]
    return _at(cells, reasons)


def _at(cells: Iterable[Any], reasons: dict[Any, list[object]]) -> Iterator[Wrong]:
    """Rows whose cell has reasons to be refused."""
    if reasons:
        for number, cell in enumerate(cells):
            yield from ((number, reason) for reason in reasons.get(cell, ()))


def _control_characters(name: str, cells: list[str]) -> Iterator[Wrong]:
    if has_control_character("".join(cells)):
        reason = Phrase(mark("{column} holds a control character"), {"column": name})
        yield from ((number, reason) for number, cell in enumerate(cells) if has_control_character(cell))


def _promised(table: Table) -> Iterator[Wrong]:
    """Cells that the column dictionary does not allow: blank where one is required, not one of its values."""
    for column in column_dictionary()["factors"]:
        if not column.stored or column.name in _CELLS or column.name in _FOLLOWED:
            continue
        cells = table.column(column.name)
        if column.required and "" in cells:
            yield from _at(cells, {"": [Phrase(mark("{column} is blank"), {"column": column.name})]})
        if column.values:
            yield from _at(cells, {text: [f"{column.name} {text}"] for text in set(cells) - {"", *column.values}})


_FOLLOWED = ("geography", "activities", "source", "model")


def _references(table: Table, library: FactorLibrary) -> Iterator[Wrong]:
    """Activities, places, sources, models and GWP sets that do not exist."""
    gwp_sets = {gwp_set for _, gwp_set in library.gwp}
    known: dict[str, Callable[[str], Sequence[object]]] = {
        "activities": lambda text: _unknown("activity", text.split(), activities()) if text else ["activities"],
        "geography": lambda text: _unknown("geography", text.split(), library.geographies) if text else ["geography"],
        "source": lambda text: _unknown("source", [text], library.sources),
        "model": lambda text: _unknown("model", [text], ("published", "gwp")),
        "substance": lambda text: _unknown("substance", [text] if text else [], library.substances),
        "gwp_set": lambda text: _unknown("gwp_set", [text] if text else [], gwp_sets),
    }
    for name, unknown in known.items():
        cells = table.column(name)
        yield from _at(cells, {text: list(unknown(text)) for text in set(cells)})


def _unknown(kind: str, names: Iterable[str], known: Any) -> list[object]:
    return [_not_known(kind, name, known) for name in names if name not in known]


def _not_known(kind: str, name: str, known: Any) -> object:
    nearest = difflib.get_close_matches(name, list(known), 3, 0.5)
    if not nearest:
        return f"{kind} {name}".strip()
    return Phrase(
        mark("{kind} {text} is not known; nearest: {nearest}"), {"kind": kind, "text": name, "nearest": nearest}
    )


def _contradictions(table: Table, with_parts: set[str]) -> Iterator[Wrong]:
    """Cells of a row that cannot stand together."""
    names = ("id", "activities", "default_activity", "model", "substance")
    for number, (factor, served, default, model, substance) in enumerate(
        zip(*(table.column(name) for name in names), strict=True)
    ):
        if default and default not in served.split():
            yield number, f"default_activity {default}"
        if model == "gwp" and not substance:
            yield number, "substance"
        if model == "published" and factor not in with_parts:
            yield number, "parts"


def _largest(total: float, amounts: list[float]) -> float:
    return max(abs(total), *map(abs, amounts))


_UNEQUAL = mark("its gases and unsplit add up to {sum}, not to its total {total}")


def wrong_parts(table: Table) -> Iterator[tuple[str, object]]:
    """Factor of each unsound part with what is wrong in it."""
    numbers: dict[str, float] = {"": 0.0}
    seen: set[tuple[str, str]] = set()
    columns = [table.columns.index(gas) for gas in GAS_NAMES]
    counted = [table.columns.index(gas) for gas in TOTAL_GASES]
    total_at, stage_at = table.columns.index("total"), table.columns.index("stage")
    for row in table.rows:
        try:
            for index in columns:
                if row[index] not in numbers:
                    numbers[row[index]] = finite_number(row[index])
            total = finite_number(row[total_at])
        except BadCellError as error:
            yield row[0], error.args[0]
            continue
        added = math.fsum([numbers[row[index]] for index in counted if row[index]])
        if row[stage_at] not in STAGES:
            yield row[0], f"stage {row[stage_at]}"
        elif added != total and abs(added - total) > 1e-9 * _largest(total, [numbers[row[index]] for index in counted]):
            yield row[0], Phrase(_UNEQUAL, {"sum": added, "total": total})
        if (row[0], row[1]) in seen:
            yield row[0], Phrase(mark("its part {text} stands twice"), {"text": row[1]})
        seen.add((row[0], row[1]))
