"""The fast way: accept a document about whose lines there is nothing to say, each constraint once per distinct value.

It never words a problem: what it does not accept, the careful way (``reading``) looks at. What it accepts, the careful
way accepts, with the same columns. The scanner (``decarb.kernels.json_scan``) finds lines and values in the bytes; the
combinations of terms that lines share are decoded here, and shown to the schema, when they are first met.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from decarb.errors import Problem
from decarb.inventory.columns import SECTIONS, Establishment, LineIds, LineTerms
from decarb.inventory.document import structural_quotes
from decarb.inventory.head import place_of, read_establishment
from decarb.inventory.limits import DEFAULT_LIMITS, Limits
from decarb.inventory.lines import (
    DocumentLines,
    Vocabulary,
    document_terms,
    gsd2_of_quality,
    is_money,
    own_terms,
    terms_problems,
    unsigned_zero,
)
from decarb.inventory.schema import head_is_valid, line_is_valid, schema
from decarb.inventory.shared_services import declared_lines, line_problems, with_places
from decarb.kernels import json_scan as scanner
from decarb.quality import CRITERIA

_OF_ONE_LINE = {
    "id": scanner.ID,
    "quantity": scanner.QUANTITY,
    "uncertainty": scanner.PERCENT,
    "quality": scanner.NOTES,
    "spend": scanner.OBJECT,
    "site": scanner.INTERNED,
    "account": scanner.INTERNED,
    "supplier": scanner.TEXT,
    "evidence": scanner.TEXT,
    "comment": scanner.FREE_TEXT,
}
"""Fields whose values are of one line, and how they are read; the others form the combinations that lines share."""

_COMBINATIONS, _SITES, _ACCOUNTS = range(3)

_DEEPEST = 4
"""Levels of objects and lists of a document that agrees with the schema, at most, shared services apart."""
_DEEPEST_SHARED = 6
"""The same with shared services: whom one works for is a list of objects."""


class _UndecidableError(Exception):
    """The careful way must look at the document."""


class Acceptor:
    """Reads documents into columns; remembers the combinations met so far. One thread at a time.

    Parameters
    ----------
    vocabulary
        Gives terms and places their codes.
    """

    def __init__(self, vocabulary: Vocabulary, limits: Limits = DEFAULT_LIMITS) -> None:
        self._vocabulary = vocabulary
        self._limits = limits
        self._combinations = _Combinations(_line_of_terms, vocabulary.judged)
        self._spends = _Combinations(_line_with_spend, {})
        self._code_of_spend: dict[bytes, int] = {}
        self._tables = tuple(_Table() for _ in ("combinations", "sites", "accounts"))
        self._ids = _Table()
        self._scratch = _scratch(len(_layout().fields.kind), 0)
        self._seed = int.from_bytes(os.urandom(7), "little")  # no crafted document makes its values collide

    def accept(self, text: bytes, file: str, digest: str) -> tuple[DocumentLines, list[Problem]] | None:
        """Columns of a document and the warnings of its head; None if the careful way must look at it."""
        try:
            return self._accept(text, file, digest)
        except _UndecidableError:
            return None

    def _accept(self, text: bytes, file: str, digest: str) -> tuple[DocumentLines, list[Problem]]:
        _require(self._limits.depth >= _DEEPEST)
        lines = self._scan(text)
        _require(np.bincount(lines.section).max() <= _longest_section())
        head = _head(text, lines.spans)
        establishment, warnings = read_establishment(head, file, digest)
        _require(all(problem.severity != "error" for problem in warnings))
        self._combinations.learn(self._tables[_COMBINATIONS].strings(len(self._combinations)))
        doubtful, credit, money, bought = self._combinations.facts(lines.combination)
        _require(
            not doubtful.any()
            and not (np.where(credit, lines.quantity, -lines.quantity) > 0).any()
            and not (np.abs(lines.quantity) > _largest("quantity")).any()
            and not ((lines.percent < 0) | (lines.percent > _largest("uncertainty"))).any()
            and not (bought > establishment.year).any()
            and not self._is_counted_twice(lines.account, money)
        )
        if establishment.shared_services:
            establishment = self._with_shared_lines(establishment, lines)
        columns = DocumentLines(
            establishment,
            lines.section,
            lines.position,
            self._combinations.terms(lines.combination, establishment, self._vocabulary),
            self._places(establishment, lines.site),
            lines.quantity,
            _gsd2(lines.percent, lines.notes),
            lines.ids,
            self._read_spends(text, lines, establishment),
        )
        return columns, warnings

    def _with_shared_lines(self, establishment: Establishment, lines: "_Lines") -> Establishment:
        """Head with the places of the lines that it declares; of so many ids only these are looked for."""
        _require(self._limits.depth >= _DEEPEST_SHARED)
        rows = lines.ids.rows_of(dict.fromkeys(declared_lines(establishment)))
        _require(not any(line_problems(establishment.shared_services, rows)))
        places = {one: (int(lines.section[row]), int(lines.position[row])) for one, row in rows.items()}
        return with_places(establishment, places)

    def _scan(self, text: bytes) -> "_Lines":
        room = text.count(b"{")
        _require(room > 0)
        columns = _room_for(room)
        ids = self._ids.cleared(room, len(text))
        spans = np.full((len(SECTIONS), 2), -1, dtype=np.int64)
        tables = tuple(table.with_room(room, len(text)) for table in self._tables)
        layout = _layout()
        if len(text) > len(self._scratch.combination):
            self._scratch = _scratch(len(layout.fields.kind), 2 * len(text))
        count = scanner.scan(
            np.frombuffer(text, dtype=np.uint8), layout.sections, layout.fields, layout.notes, layout.required,
            self._scratch, tables, ids, columns, spans, self._seed,
        )  # fmt: skip
        _require(0 < count <= self._limits.lines)
        return _lines(text, count, columns, ids, spans)

    def _is_counted_twice(self, account: NDArray[np.int32], money: NDArray[np.int64]) -> bool:
        """Whether an account has both physical and monetary lines."""
        said = account >= 0
        if not said.any():
            return False
        monetary, physical = np.unique(account[said & (money == 1)]), np.unique(account[said & (money == 0)])
        # two spellings of one account would pass for two
        table = self._tables[_ACCOUNTS]
        _require(not any(b"\\" in table.string(code) for code in (*monetary.tolist(), *physical.tolist())))
        return bool(len(np.intersect1d(monetary, physical, assume_unique=True)))

    def _read_spends(self, text: bytes, lines: "_Lines", establishment: Establishment) -> list[tuple[int, int, float]]:
        """Line, term code and amount of each spend."""
        where = np.flatnonzero(lines.begin >= 0)
        if not len(where):
            return []
        spans = zip(lines.begin[where].tolist(), lines.end[where].tolist(), strict=True)
        spends = _decoded(b"[" + b",".join(text[begin:end] for begin, end in spans) + b"]")
        amounts = [spend.pop("quantity", None) for spend in spends]
        most = schema()["$defs"]["line"]["properties"]["spend"]["properties"]["quantity"]["maximum"]
        _require(all(type(amount) in (int, float) and 0 <= amount <= most for amount in amounts))
        codes = np.array([self._spend_code(orjson.dumps(spend), spend) for spend in spends], dtype=np.int64)
        _require(not self._spends.facts(codes)[0].any())
        terms = self._spends.terms(codes, establishment, self._vocabulary)
        return list(zip(where.tolist(), terms.tolist(), map(unsigned_zero, amounts), strict=True))

    def _spend_code(self, key: bytes, spend: Mapping[str, Any]) -> int:
        code = self._code_of_spend.get(key)
        if code is None:
            code = self._code_of_spend[key] = len(self._spends)
            self._spends.add(spend)
        return code

    def _places(self, establishment: Establishment, site: NDArray[np.int32]) -> NDArray[np.int32]:
        places = np.full(len(site), self._vocabulary.place(place_of(establishment, "")), dtype=np.int32)
        for code in np.unique(site[site >= 0]).tolist():
            name = _decoded(b'"' + self._tables[_SITES].string(code) + b'"')
            _require(name in establishment.sites)
            places[site == code] = self._vocabulary.place(place_of(establishment, name))
        return places


class _Lines(NamedTuple):
    """What the scanner found, cut to the lines of the document and in their canonical order."""

    section: NDArray[np.int8]
    position: NDArray[np.int32]
    combination: NDArray[np.int32]
    quantity: NDArray[np.float64]
    percent: NDArray[np.float64]
    notes: NDArray[np.int32]
    site: NDArray[np.int32]
    account: NDArray[np.int32]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    ids: LineIds
    spans: NDArray[np.int64]


def _lines(
    text: bytes, count: int, columns: scanner.Columns, ids: scanner.ByteTable, spans: NDArray[np.int64]
) -> _Lines:
    section = columns.section[:count]
    for line in np.flatnonzero(columns.inexact[:count]).tolist():
        value = unsigned_zero(float(text[columns.number_begin[line] : columns.number_end[line]]))
        for values in (columns.quantity, columns.percent):
            values[line] = value if np.isinf(values[line]) else values[line]
    order = slice(0, count)
    named = _ids(ids.offsets[: count + 1].copy(), ids.arena[: ids.offsets[count]].tobytes())
    if (np.diff(section) < 0).any():  # the sections stand in another order than the schema's
        order = np.argsort(section, kind="stable")  # type: ignore[assignment]
        section, named = section[order], named.take(order)  # type: ignore[arg-type]
    site, account = columns.interned[:, order]
    return _Lines(
        section,
        (np.arange(count) - np.searchsorted(section, section)).astype(np.int32),
        columns.combination[order],
        columns.quantity[order],
        columns.percent[order],
        columns.notes[order],
        site,
        account,
        columns.begin[order],
        columns.end[order],
        named,
        spans,
    )


def _ids(offsets: NDArray[np.int64], text: bytes) -> LineIds:
    """Ids of the lines; those written with escapes are read, and must differ then too."""
    if b"\\" not in text:
        return LineIds(offsets, text)
    spans = zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    read = _decoded(b'["' + b'","'.join(text[begin:end] for begin, end in spans) + b'"]')
    _require(len(set(read)) == len(read))
    return LineIds.of(read)


class _Combinations:
    """What is to be known of each combination of terms: looked at once, when it is first met.

    Parameters
    ----------
    enclose
        Makes a whole line of the terms, for the schema to judge.
    judged
        What others have looked at already, by the bytes that the scanner wrote; added to.
    """

    def __init__(
        self, enclose: Callable[[Mapping[str, Any]], Mapping[str, Any]], judged: "dict[bytes, _Judgement]"
    ) -> None:
        self._enclose = enclose
        self._judged = judged
        self._terms: list[tuple[Any, ...]] = []
        self._facts = np.zeros((4, 1024), dtype=np.int64)
        self._of_context: dict[tuple[int, str, str], NDArray[np.int32]] = {}

    def __len__(self) -> int:
        return len(self._terms)

    def facts(self, codes: NDArray[Any]) -> NDArray[np.int64]:
        """Of each line: doubtful, credit, money, year of acquisition; shape (4, lines)."""
        return self._facts[:, codes]

    def terms(self, codes: NDArray[Any], establishment: Establishment, vocabulary: Vocabulary) -> NDArray[np.int32]:
        """Codes of the terms of each line in `vocabulary`, in the context of its document."""
        context = document_terms(establishment)
        known: NDArray[np.int32] = self._of_context.get(context, np.zeros(0, dtype=np.int32))
        if len(known) < len(self._terms):
            known = np.concatenate((known, np.full(2 * len(self._terms) - len(known), -1, dtype=np.int32)))
            self._of_context[context] = known
        for code in np.unique(codes[known[codes] < 0]).tolist():
            known[code] = vocabulary.term(LineTerms._make(self._terms[code] + context))
        terms: NDArray[np.int32] = known[codes]
        return terms

    def learn(self, combinations: Iterable[bytes]) -> None:
        """Decode combinations as the scanner wrote them: each value after the number of its field."""
        names = _layout().names
        for raw in combinations:
            if raw not in self._judged:
                members = (b'"%b":%b' % (names[value[0] - 1], value[1:]) for value in raw[:-1].split(b"\0"))
                try:
                    self._judged[raw] = self._judge(_decoded(b"{" + b",".join(members) + b"}"))
                except _UndecidableError:
                    self._judged[raw] = _DOUBTFUL
            self._append(*self._judged[raw])

    def add(self, terms: Mapping[str, Any]) -> None:
        """Look at one combination."""
        self._append(*self._judge(terms))

    def _judge(self, terms: Mapping[str, Any]) -> "_Judgement":
        if not line_is_valid(self._enclose(terms)) or any(terms_problems(terms, "")):
            return _DOUBTFUL
        money, bought = is_money(terms["unit"]), terms.get("acquisition_year", 0)
        return own_terms(terms), (False, bool(terms.get("credit")), bool(money), bought)

    def _append(self, terms: tuple[Any, ...], facts: tuple[int, int, int, int]) -> None:
        code = len(self._terms)
        self._terms.append(terms)
        if code == self._facts.shape[1]:
            self._facts = np.concatenate((self._facts, np.zeros_like(self._facts)), axis=1)
        self._facts[:, code] = facts


_Judgement = tuple[tuple[Any, ...], tuple[int, int, int, int]]
"""Terms of a combination, and its facts."""

_DOUBTFUL: _Judgement = (), (True, False, False, 0)


def _line_of_terms(terms: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"id": "-", "quantity": 0, **terms}


def _line_with_spend(terms: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"id": "-", "quantity": 0, "factor": "-", "unit": "-", "spend": {"quantity": 0, **terms}}


class _Table:
    """Distinct byte strings that grow from document to document, in arrays that the scanner writes to."""

    def __init__(self) -> None:
        self._table = scanner.empty_table(512, 0)

    def with_room(self, strings: int, size: int) -> scanner.ByteTable:
        """Return the arrays, grown so that so many more strings of so many bytes in all have their place."""
        table = self._table
        count = int(table.size[0])
        if 2 * (count + strings) > len(table.slots):
            slots = np.zeros(1 << (4 * (count + strings)).bit_length(), dtype=np.int32)
            scanner.place(slots, table.hashes, count)
            hashes, offsets = _grown(table.hashes, len(slots) // 2), _grown(table.offsets, len(slots) // 2 + 1)
            table = table._replace(slots=slots, hashes=hashes, offsets=offsets, mask=len(slots) - 1)
        used = int(table.offsets[count])
        if used + size > len(table.arena):
            table = table._replace(arena=_grown(table.arena, 2 * (used + size)))
        self._table = table
        return table

    def cleared(self, strings: int, size: int) -> scanner.ByteTable:
        """Return the arrays without their strings."""
        self._table.slots[:] = 0
        self._table.size[0] = 0
        return self.with_room(strings, size)

    def string(self, code: int) -> bytes:
        """Bytes of one string."""
        offsets = self._table.offsets
        return bytes(self._table.arena[offsets[code] : offsets[code + 1]])

    def strings(self, start: int) -> list[bytes]:
        """Bytes of each string from `start` on."""
        return [self.string(code) for code in range(start, int(self._table.size[0]))]


def _grown(array: NDArray[Any], size: int) -> NDArray[Any]:
    larger = np.empty(size, dtype=array.dtype)
    larger[: len(array)] = array
    return larger


class _Layout(NamedTuple):
    """The schema as the scanner wants it."""

    sections: scanner.Names
    fields: scanner.Fields
    names: tuple[bytes, ...]
    notes: scanner.Names
    required: int


@cache
def _layout() -> _Layout:
    line = schema()["$defs"]["line"]
    described = line["properties"]
    kinds = [_OF_ONE_LINE.get(name, scanner.SHARED) for name in described]
    fields = scanner.Fields(
        scanner.names(tuple(described)),
        np.array(kinds, dtype=np.int64),
        np.array([what.get("minLength", 0) for what in described.values()], dtype=np.int64),
        np.array([what.get("maxLength", 0) for what in described.values()], dtype=np.int64),
        len(kinds),
    )
    required = sum(1 << number for number, name in enumerate(described) if name in line["required"])
    names = tuple(name.encode() for name in described)
    return _Layout(scanner.names(SECTIONS), fields, names, scanner.names(CRITERIA), required)


def _room_for(lines: int) -> scanner.Columns:
    return scanner.Columns(
        section=np.empty(lines, dtype=np.int8),
        combination=np.empty(lines, dtype=np.int32),
        quantity=np.empty(lines),
        percent=np.full(lines, np.nan),
        notes=np.full(lines, -1, dtype=np.int32),
        interned=np.full((2, lines), -1, dtype=np.int32),
        begin=np.full(lines, -1, dtype=np.int64),
        end=np.empty(lines, dtype=np.int64),
        inexact=np.zeros(lines, dtype=np.uint8),
        number_begin=np.empty(lines, dtype=np.int64),
        number_end=np.empty(lines, dtype=np.int64),
        room=lines,
    )


def _scratch(fields: int, size: int) -> scanner.Scratch:
    begin, end, characters, form = np.zeros((4, fields), dtype=np.int64)
    return scanner.Scratch(begin, end, characters, form, np.empty(size, dtype=np.uint8))


def _require(condition: bool) -> None:
    if not condition:
        raise _UndecidableError


def _decoded(text: bytes) -> Any:
    """Value of a JSON text that writes no key twice."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _UndecidableError from None
    _require(structural_quotes(orjson.dumps(value)) == structural_quotes(text))
    return value


def _head(text: bytes, spans: NDArray[np.int64]) -> dict[str, Any]:
    """Document without its lines."""
    pieces = []
    at = 0
    for begin, end in sorted(spans[spans[:, 0] >= 0].tolist()):
        pieces.append(text[at:begin])
        at = end
    head = _decoded(b"".join((*pieces, text[at:])))
    _require(head_is_valid(head))
    return {name: value for name, value in head.items() if name not in SECTIONS}


@cache
def _longest_section() -> int:
    return min(int(schema()["properties"][name]["maxItems"]) for name in SECTIONS)


@cache
def _largest(field: str) -> float:
    return float(schema()["$defs"]["line"]["properties"][field]["maximum"])


def _gsd2(percent: NDArray[np.float64], notes: NDArray[np.int32]) -> NDArray[np.float64]:
    of_notes = np.where(notes >= 0, _gsd2_of_notes()[notes], np.nan)
    return np.where(np.isnan(percent), of_notes, 1 + percent / 100)


@cache
def _gsd2_of_notes() -> NDArray[np.float64]:
    """GSD2 of quality notes counted in base six, a missing one as zero."""
    codes = range(6 ** len(CRITERIA))
    notes = ({name: note for place, name in enumerate(CRITERIA) if (note := code // 6**place % 6)} for code in codes)
    return np.array([gsd2_of_quality(said) for said in notes])
