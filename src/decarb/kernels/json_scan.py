"""Find the lines of an inventory document in its bytes, and the values of their fields: no object is ever made.

It reads a subset of JSON, strictly: whatever it does not understand, it gives up, and a careful reader looks at the
document. Values that many lines share are interned as bytes, so that whoever decodes them does it once.
"""

# ruff: noqa: PLR1714, SIM109 -- a comparison with each byte is what is compiled fast: `in` a tuple is a loop

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]

SHARED, ID, QUANTITY, PERCENT, NOTES, OBJECT, INTERNED, TEXT, FREE_TEXT = range(9)
"""Kinds of field: of a combination that lines share, or of one line: its id, a quantity, a percentage, an object of
notes, another object, a text to be interned, a text without control characters, any text."""

GIVEN_UP = -1
_ONES = 0x0101010101010101
_QUOTES, _BACKSLASHES, _DELETES, _SPACES = (byte * _ONES for byte in (0x22, 0x5C, 0x7F, 0x20))
_HIGHEST = -0x7F7F7F7F7F7F7F80
_PLAIN, _ESCAPED, _CONTROL = 0, 1, 2


class Text(NamedTuple):
    """Bytes of a document, with a zero behind the last."""

    at: Any
    size: int


class ByteTable(NamedTuple):
    """Distinct byte strings with their codes: open addressing over a power of two of ``slots``.

    ``arena[offsets[code]:offsets[code + 1]]`` is the string of a code; ``size[0]`` how many there are.
    """

    slots: Any
    hashes: Any
    offsets: Any
    arena: Any
    size: Any
    mask: int


class Names(NamedTuple):
    """Known names of members: ``slot`` maps a hash to a name, ``arena[offsets[n]:offsets[n + 1]]`` spells it."""

    slot: Any
    offsets: Any
    arena: Any
    mask: int
    of_size: int
    of_first: int
    of_last: int


class Fields(NamedTuple):
    """What is known of each field of a line: its kind, and the least and most characters of a text."""

    names: Names
    kind: Any
    least: Any
    most: Any
    number: int


class Columns(NamedTuple):
    """What is found of each line, in the order of the text; ``-1`` and nan where a line says nothing.

    ``combination`` and ``interned`` (fields of kind INTERNED, in their order) are codes of tables; ``notes`` counts in
    base six; ``begin`` and ``end`` are where a field of kind OBJECT stands; ``inexact`` marks numbers that this module
    does not round correctly, whose text stands at ``number_begin:number_end``.
    """

    section: Any
    combination: Any
    quantity: Any
    percent: Any
    notes: Any
    interned: Any
    begin: Any
    end: Any
    inexact: Any
    number_begin: Any
    number_end: Any
    room: int


class Scratch(NamedTuple):
    """Room for one line: where each field's value begins and ends, its characters and its form, and its combination."""

    begin: Any
    end: Any
    characters: Any
    form: Any
    combination: Any


def empty_table(strings: int, size: int) -> ByteTable:
    """Return a table with room for so many strings, or a few more, of so many bytes in all."""
    slots = 1 << (2 * strings).bit_length()
    return ByteTable(
        np.zeros(slots, dtype=np.int32),
        np.empty(slots // 2, dtype=np.int64),
        np.zeros(slots // 2 + 1, dtype=np.int64),
        np.empty(size, dtype=np.uint8),
        np.zeros(1, dtype=np.int64),
        slots - 1,
    )


def names(spelled: Sequence[str]) -> Names:
    """Known names, with multipliers under which no two share a slot."""
    encoded = [name.encode() for name in spelled]
    slots = 4 * 1 << len(encoded).bit_length()
    for multipliers in itertools.product(range(1, 64), repeat=3):
        places = [_place_of(name, multipliers) % slots for name in encoded]
        if len(set(places)) == len(places):
            break
    else:
        raise AssertionError(spelled)
    slot = np.full(slots, -1, dtype=np.int32)
    slot[places] = np.arange(len(encoded))
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    return Names(slot, offsets, np.frombuffer(b"".join(encoded), dtype=np.uint8), slots - 1, *multipliers)


def _place_of(name: bytes, multipliers: Sequence[int]) -> int:
    return len(name) * multipliers[0] + name[0] * multipliers[1] + name[-1] * multipliers[2]


_Compiled = Callable[..., Any]

_njit: Any = numba.njit  # numba's annotations know nothing of some options
_OPTIONS = {"nogil": True, "error_model": "numpy"}


def _compiled(function: _Compiled) -> Any:
    """Compile for Python to call, and keep in numba's cache."""
    try:
        return _njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:  # no writable place for the cache
        return _njit(**_OPTIONS)(function)


def _called(function: _Compiled) -> Any:
    """Compile for compiled code alone: what Python would need to call it took half of the time to compile."""
    return _njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(function)


def _inlined(function: _Compiled) -> Any:
    """Compile into the caller: handing dozens of pointers over for every field took half of the time."""
    return _njit(inline="always", **_OPTIONS)(function)


def _intrinsic(function: _Compiled) -> Any:
    return intrinsic(function)


# Pointers, not arrays: numba counts the references of every array that it hands to a function, and checks for negative
# indices, which made the scanner twenty times slower.
def _pointer(item: Any) -> Any:
    pointer: Any = types.CPointer(item)  # type: ignore[no-untyped-call]
    return _njit(pointer(pointer), no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(_same_address)


def _same_address(address: Any) -> Any:
    return address


_bytes, _int8, _int32, _int64, _float64 = map(
    _pointer, (types.uint8, types.int8, types.int32, types.int64, types.float64)
)


@_intrinsic
def _word(_context: Any, pointer: types.Type, _at: types.Type) -> Any:
    """Eight bytes from a place on, at once."""

    def load(_target: Any, builder: Any, _signature: Any, arguments: Sequence[Any]) -> Any:
        address = builder.gep(arguments[0], [arguments[1]])
        return builder.load(builder.bitcast(address, ir.IntType(64).as_pointer()), align=1)

    return types.int64(pointer, types.int64), load


@_intrinsic
def _lowest_bit(_context: Any, word: types.Type) -> Any:
    """Place of the lowest bit that is set; `word` is not zero."""

    def count(_target: Any, builder: Any, _signature: Any, arguments: Sequence[Any]) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(word), count


@_called
def _pointers_of_table(table: ByteTable) -> ByteTable:
    return ByteTable(
        _int32(table.slots.ctypes),
        _int64(table.hashes.ctypes),
        _int64(table.offsets.ctypes),
        _bytes(table.arena.ctypes),
        _int64(table.size.ctypes),
        table.mask,
    )


@_called
def _pointers_of_names(names: Names) -> Names:
    return Names(
        _int32(names.slot.ctypes),
        _int64(names.offsets.ctypes),
        _bytes(names.arena.ctypes),
        names.mask,
        names.of_size,
        names.of_first,
        names.of_last,
    )


@_called
def _pointers_of_fields(fields: Fields) -> Fields:
    return Fields(
        _pointers_of_names(fields.names),
        _int64(fields.kind.ctypes),
        _int64(fields.least.ctypes),
        _int64(fields.most.ctypes),
        fields.number,
    )


@_called
def _pointers_of_columns(columns: Columns) -> Columns:
    return Columns(
        _int8(columns.section.ctypes),
        _int32(columns.combination.ctypes),
        _float64(columns.quantity.ctypes),
        _float64(columns.percent.ctypes),
        _int32(columns.notes.ctypes),
        _int32(columns.interned.ctypes),
        _int64(columns.begin.ctypes),
        _int64(columns.end.ctypes),
        _bytes(columns.inexact.ctypes),
        _int64(columns.number_begin.ctypes),
        _int64(columns.number_end.ctypes),
        columns.room,
    )


@_called
def _pointers_of_scratch(scratch: Scratch) -> Scratch:
    return Scratch(
        _int64(scratch.begin.ctypes),
        _int64(scratch.end.ctypes),
        _int64(scratch.characters.ctypes),
        _int64(scratch.form.ctypes),
        _bytes(scratch.combination.ctypes),
    )


@_called
def _skip_space(text: Text, at: int) -> int:
    while text.at[at] == 32 or text.at[at] == 10 or text.at[at] == 13 or text.at[at] == 9:
        at += 1
    return at


@_called
def _escape(text: Text, at: int) -> tuple[int, int]:
    """Bytes of the escape whose backslash is at `at`, and whether it stands for a control character; (0, 0): none."""
    kind = text.at[at + 1]
    if kind == 34 or kind == 92 or kind == 47:
        return 2, _ESCAPED
    if kind == 98 or kind == 102 or kind == 110 or kind == 114 or kind == 116:
        return 2, _CONTROL
    if kind != 117:
        return 0, 0
    value = 0
    for place in range(at + 2, at + 6):
        digit = text.at[place]
        if 48 <= digit <= 57:
            value = value * 16 + digit - 48
        elif 97 <= (digit | 32) <= 102:
            value = value * 16 + (digit | 32) - 87
        else:
            return 0, 0
    if 0xD800 <= value <= 0xDFFF:  # half of a pair: left to the careful reader
        return 0, 0
    return 6, (_CONTROL if value < 32 or value == 127 else _ESCAPED)


@_called
def _multibyte(text: Text, at: int) -> int:
    """Bytes of the UTF-8 sequence at `at`; 0 if it is none (Unicode 15, table 3-7)."""
    first = text.at[at]
    if first < 0xC2:  # the zero behind the text among others: nothing is read beyond it
        return 0
    second = text.at[at + 1]
    if 0xC2 <= first <= 0xDF:
        return 2 if second & 0xC0 == 0x80 else 0
    if 0xE0 <= first <= 0xEF:
        low = 0xA0 if first == 0xE0 else 0x80
        high = 0x9F if first == 0xED else 0xBF
        return 3 if low <= second <= high and text.at[at + 2] & 0xC0 == 0x80 else 0
    if 0xF0 <= first <= 0xF4:
        low = 0x90 if first == 0xF0 else 0x80
        high = 0x8F if first == 0xF4 else 0xBF
        followed = low <= second <= high and text.at[at + 2] & 0xC0 == 0x80 and text.at[at + 3] & 0xC0 == 0x80
        return 4 if followed else 0
    return 0


@_called
def _next_special(text: Text, at: int) -> Any:
    """Where the next byte is that is no plain character of a string: a quote, a backslash, a control, not ASCII.

    Eight bytes at a time (H. S. Warren, Hacker's Delight, 6-1): `marks` sets the highest bit of the first such byte.
    """
    while at + 8 <= text.size:
        word = _word(text.at, at)
        quotes, backslashes, deletes = word ^ _QUOTES, word ^ _BACKSLASHES, word ^ _DELETES
        marks = ((quotes - _ONES) & ~quotes) | ((backslashes - _ONES) & ~backslashes)
        marks = (marks | ((deletes - _ONES) & ~deletes) | (word - _SPACES) | word) & _HIGHEST
        if marks != 0:
            return at + (_lowest_bit(marks) >> 3)
        at += 8
    while 32 <= text.at[at] < 127 and text.at[at] != 34 and text.at[at] != 92:
        at += 1
    return at


@_called
def _string(text: Text, at: int) -> tuple[int, int, int]:
    """Where the string that opens at `at` ends (past its closing quote, or -1), its characters and its form."""
    at += 1
    characters = 0
    form = _PLAIN
    while True:
        start = at
        at = _next_special(text, at)
        byte = text.at[at]
        characters += at - start
        if byte == 34:
            return at + 1, characters, form
        if byte == 92:
            length, meant = _escape(text, at)
        elif byte == 127:
            length, meant = 1, _CONTROL
        else:
            length, meant = _multibyte(text, at), form
        if length == 0:
            return -1, 0, 0
        form = max(form, meant)
        characters += 1
        at += length


@_called
def _object(text: Text, at: int) -> int:
    """Where the object or list that opens at `at` ends, or -1: its brackets are paired, what is in them not judged."""
    depth = 0
    while True:
        byte = text.at[at]
        if byte == 34:
            at, _, _ = _string(text, at)
            if at < 0:
                return -1
            continue
        if byte == 123 or byte == 91:
            depth += 1
        elif byte == 125 or byte == 93:
            depth -= 1
            if depth == 0:
                return at + 1
        elif byte == 0:
            return -1
        at += 1


@_called
def _value(text: Text, at: int) -> Any:
    """Where the value at `at` ends, or -1; characters and form of a string."""
    byte = text.at[at]
    if byte == 34:
        return _string(text, at)
    if byte == 123 or byte == 91:
        return _object(text, at), 0, _PLAIN
    start = at
    while byte > 32 and byte != 44 and byte != 125 and byte != 93 and byte != 34 and byte != 58:
        at += 1
        byte = text.at[at]
    return (at if at > start else -1), 0, _PLAIN


@_called
def _find(text: Text, begin: int, end: int, names: Names) -> Any:
    """Number of the name that stands at begin:end, or -1."""
    size = end - begin
    if size == 0:
        return -1
    place = size * names.of_size + text.at[begin] * names.of_first + text.at[end - 1] * names.of_last
    name = names.slot[place & names.mask]
    if name < 0 or names.offsets[name + 1] - names.offsets[name] != size:
        return -1
    start = names.offsets[name]
    for index in range(size):
        if names.arena[start + index] != text.at[begin + index]:
            return -1
    return name


@_called
def _member(text: Text, at: int, names: Names) -> tuple[int, int]:
    """Name of the member at `at` (-1 if unknown), and where its value begins (-1 if it is no member)."""
    if text.at[at] != 34:
        return -1, -1
    end = at + 1
    while text.at[end] >= 32 and text.at[end] != 34 and text.at[end] != 92:
        end += 1
    if text.at[end] != 34:
        return -1, -1
    name = _find(text, at + 1, end, names)
    at = _skip_space(text, end + 1)
    if text.at[at] != 58:
        return -1, -1
    return name, _skip_space(text, at + 1)


@_called
def _hash(source: Any, begin: int, end: int, seed: int) -> Any:
    mixed: Any = seed
    at = begin
    while at + 8 <= end:
        mixed = (mixed ^ _word(source, at)) * np.int64(-7046029254386353131)
        mixed ^= mixed >> 29
        at += 8
    word = np.int64(end - begin) << 56
    for shift in range(end - at):
        word |= np.int64(source[at + shift]) << (8 * shift)
    mixed = (mixed ^ word) * np.int64(-7046029254386353131)
    return mixed ^ (mixed >> 32)


@_called
def _same(first: Any, start: int, second: Any, begin: int, size: int) -> bool:
    """Whether two strings of `size` bytes are the same."""
    index = 0
    while index + 8 <= size:
        if _word(first, start + index) != _word(second, begin + index):
            return False
        index += 8
    while index < size:
        if first[start + index] != second[begin + index]:
            return False
        index += 1
    return True


@_called
def _intern(table: ByteTable, source: Any, begin: int, end: int, seed: int) -> Any:
    """Code of the bytes at begin:end, a new one if they are met for the first time."""
    mask = table.mask
    hashed = _hash(source, begin, end, seed)
    slot = hashed & mask
    size = end - begin
    while table.slots[slot] != 0:
        code = table.slots[slot] - 1
        start = table.offsets[code]
        alike = table.hashes[code] == hashed and table.offsets[code + 1] - start == size
        if alike and _same(table.arena, start, source, begin, size):
            return code
        slot = (slot + 1) & mask
    code = np.int32(table.size[0])
    table.size[0] += 1
    table.slots[slot] = code + 1
    table.hashes[code] = hashed
    start = table.offsets[code]
    for index in range(size):
        table.arena[start + index] = source[begin + index]
    table.offsets[code + 1] = start + size
    return code


@_called
def _number(text: Text, begin: int, end: int) -> tuple[float, int]:
    """Value of the number at begin:end, and how it was read: 1 correctly rounded, 0 not, -1 it is no number.

    Correct where digits and power of ten are both exact in float64 (W. D. Clinger, How to read floating point numbers
    accurately, 1990, section 3): up to 2^53 times or over 10^22.
    """
    at = begin
    negative = text.at[at] == 45
    if negative:
        at += 1
    digits = np.int64(0)
    count = 0
    first = at
    while 48 <= text.at[at] <= 57:
        if count < 18:
            digits = digits * 10 + (text.at[at] - 48)
        count += 1
        at += 1
    if at == first or (text.at[first] == 48 and at > first + 1):
        return 0.0, -1
    power = 0
    if text.at[at] == 46:
        at += 1
        first = at
        while 48 <= text.at[at] <= 57:
            if count < 18:
                digits = digits * 10 + (text.at[at] - 48)
            count += 1
            power -= 1
            at += 1
        if at == first:
            return 0.0, -1
    if text.at[at] == 101 or text.at[at] == 69:
        at += 1
        downwards = text.at[at] == 45
        if downwards or text.at[at] == 43:
            at += 1
        first = at
        exponent = 0
        while 48 <= text.at[at] <= 57:
            exponent = min(exponent * 10 + (text.at[at] - 48), 100_000)
            at += 1
        if at == first:
            return 0.0, -1
        power += -exponent if downwards else exponent
    if at != end:
        return 0.0, -1
    if count > 18 or digits > 9007199254740992 or power > 22 or power < -22:
        return 0.0, 0
    scale = 1.0
    for _ in range(abs(power)):
        scale *= 10.0
    value = digits / scale if power < 0 else digits * scale
    return (-value if negative else value) + 0.0, 1


@_called
def _notes(text: Text, at: int, names: Names) -> Any:
    """Notes from one to five of an object, in base six; -1 if it is anything else."""
    at = _skip_space(text, at + 1)
    total = 0
    seen = 0
    if text.at[at] == 125:
        return 0
    while True:
        name, at = _member(text, at, names)
        if name < 0 or (seen >> name) & 1 or not 49 <= text.at[at] <= 53:
            return -1
        seen |= 1 << name
        weight = 1
        for _ in range(name):
            weight *= 6
        total += weight * (text.at[at] - 48)
        at = _skip_space(text, at + 1)
        if text.at[at] == 125:
            return total
        if text.at[at] != 44:
            return -1
        at = _skip_space(text, at + 1)


@_inlined
def _members(text: Text, at: int, fields: Fields, scratch: Scratch) -> Any:
    """Fill `scratch` with the values of the line that opens at `at`; where it ends (or -1), and its fields as bits."""
    seen = np.int64(0)
    at = _skip_space(text, at + 1)
    while True:
        name, at = _member(text, at, fields.names)
        if name < 0 or (seen >> name) & 1:
            return -1, seen
        seen |= np.int64(1) << name
        end, scratch.characters[name], scratch.form[name] = _value(text, at)
        if end < 0:
            return -1, seen
        scratch.begin[name], scratch.end[name] = at, end
        at = _skip_space(text, end)
        if text.at[at] == 125:
            return at + 1, seen
        if text.at[at] != 44:
            return -1, seen
        at = _skip_space(text, at + 1)


@_inlined
def _combine(text: Text, seen: int, fields: Fields, scratch: Scratch) -> int:
    """Write the values of the shared fields one after the other, each after its number; their length."""
    size = 0
    for field in range(fields.number):
        if (seen >> field) & 1 and fields.kind[field] == SHARED:
            scratch.combination[size] = field + 1
            size += 1
            for at in range(scratch.begin[field], scratch.end[field]):
                scratch.combination[size] = text.at[at]
                size += 1
            scratch.combination[size] = 0
            size += 1
    return size


@_inlined
def _keep_number(text: Text, begin: int, end: int, values: Any, line: int, columns: Columns) -> Any:
    """Store the number at begin:end; false if it is none."""
    value, read = _number(text, begin, end)
    values[line] = value
    if read == 0:
        if columns.inexact[line] != 0:
            return False  # two in one line: left to the careful reader
        columns.inexact[line] = 1
        columns.number_begin[line], columns.number_end[line] = begin, end
        values[line] = np.inf
    return read >= 0


@_inlined
def _keep(
    text: Text,
    field: int,
    fields: Fields,
    note_names: Names,
    scratch: Scratch,
    interned: Sequence[ByteTable],
    ids: ByteTable,
    columns: Columns,
    line: int,
    seed: int,
) -> Any:
    """Store the value of a field of one line; false if it is not of its kind."""
    kind = fields.kind[field]
    begin, end = scratch.begin[field], scratch.end[field]
    if kind == QUANTITY:
        return _keep_number(text, begin, end, columns.quantity, line, columns)
    if kind == PERCENT:
        return _keep_number(text, begin, end, columns.percent, line, columns)
    if kind == NOTES or kind == OBJECT:
        if text.at[begin] != 123:
            return False
        if kind == NOTES:
            columns.notes[line] = _notes(text, begin, note_names)
            return columns.notes[line] >= 0
        columns.begin[line], columns.end[line] = begin, end
        return True
    size, form = scratch.characters[field], scratch.form[field]
    if text.at[begin] != 34 or not fields.least[field] <= size <= fields.most[field]:
        return False
    if kind == FREE_TEXT:
        return True
    if form == _CONTROL:
        return False
    if kind == ID:
        return _intern(ids, text.at, begin + 1, end - 1, seed) == line
    if kind == INTERNED:
        order = 0
        for other in range(field):
            order += fields.kind[other] == INTERNED
        columns.interned[order * columns.room + line] = _intern(interned[order], text.at, begin + 1, end - 1, seed)
    return True


@_inlined
def _line(
    text: Text,
    at: int,
    fields: Fields,
    note_names: Names,
    required: int,
    scratch: Scratch,
    combinations: ByteTable,
    interned: Sequence[ByteTable],
    ids: ByteTable,
    columns: Columns,
    line: int,
    seed: int,
) -> Any:
    """Read the line that opens at `at`; where it ends, or -1."""
    if text.at[at] != 123:
        return -1
    end, seen = _members(text, at, fields, scratch)
    if end < 0 or seen & required != required:
        return -1
    for field in range(fields.number):
        of_line = (seen >> field) & 1 and fields.kind[field] != SHARED
        if of_line and not _keep(text, field, fields, note_names, scratch, interned, ids, columns, line, seed):
            return -1
    size = _combine(text, seen, fields, scratch)
    columns.combination[line] = _intern(combinations, scratch.combination, 0, size, seed)
    return end


@_called
def _document(
    text: Text,
    sections: Names,
    fields: Fields,
    note_names: Names,
    required: int,
    scratch: Scratch,
    combinations: ByteTable,
    interned: Sequence[ByteTable],
    ids: ByteTable,
    columns: Columns,
    spans: Any,
    seed: int,
) -> int:
    """Read a document: as ``scan``, through pointers."""
    line = 0
    at = _skip_space(text, 0)
    if text.at[at] != 123:
        return GIVEN_UP
    at = _skip_space(text, at + 1)
    while True:
        name, at = _member(text, at, sections)
        if at < 0:
            return GIVEN_UP
        if name < 0:
            at, _, _ = _value(text, at)
        else:
            if text.at[at] != 91 or spans[2 * name] >= 0:
                return GIVEN_UP
            at += 1
            spans[2 * name] = at
            at = _skip_space(text, at)
            while text.at[at] != 93:
                columns.section[line] = name
                at = _line(
                    text, at, fields, note_names, required, scratch, combinations, interned, ids, columns, line, seed
                )
                if at < 0:
                    return GIVEN_UP
                line += 1
                at = _skip_space(text, at)
                if text.at[at] == 44:
                    at = _skip_space(text, at + 1)
                    if text.at[at] == 93:
                        return GIVEN_UP
                elif text.at[at] != 93:
                    return GIVEN_UP
            spans[2 * name + 1] = at
            at += 1
        if at < 0:
            return GIVEN_UP
        at = _skip_space(text, at)
        if text.at[at] == 125:
            break
        if text.at[at] != 44:
            return GIVEN_UP
        at = _skip_space(text, at + 1)
    at = _skip_space(text, at + 1)
    return line if at == text.size else GIVEN_UP


@_compiled
def scan(
    text: Bytes,
    sections: Names,
    fields: Fields,
    note_names: Names,
    required: int,
    scratch: Scratch,
    tables: Sequence[ByteTable],
    ids: ByteTable,
    columns: Columns,
    spans: Integers,
    seed: int,
) -> Any:
    """Read a document whose sections hold lines.

    Parameters
    ----------
    text : array of shape (bytes,)
        The document; a zero stands behind it in memory, as behind every ``bytes`` of Python.
    sections : Names
        Members of the document that are lists of lines.
    fields, note_names, required
        Fields of a line, names of its notes, and the fields that it must have, as bits.
    scratch, tables, ids, columns
        Written to; ``tables`` are of combinations and of each interned field, ``ids`` of the line ids.
    spans : array of shape (sections, 2)
        Written to: what stands between the brackets of each section; -1 where there is none.

    Returns
    -------
    int
        Number of lines, or ``GIVEN_UP``.
    """
    combinations, sites, accounts = tables
    return _document(
        Text(_bytes(text.ctypes), text.size),
        _pointers_of_names(sections),
        _pointers_of_fields(fields),
        _pointers_of_names(note_names),
        required,
        _pointers_of_scratch(scratch),
        _pointers_of_table(combinations),
        (_pointers_of_table(sites), _pointers_of_table(accounts)),
        _pointers_of_table(ids),
        _pointers_of_columns(columns),
        _int64(spans.ctypes),
        seed,
    )


@_compiled
def place(slots: NDArray[np.int32], hashes: Integers, count: int) -> None:
    """Enter the codes of a table's strings into larger `slots`."""
    mask = slots.size - 1
    for code in range(count):
        slot = hashes[code] & mask
        while slots[slot] != 0:
            slot = (slot + 1) & mask
        slots[slot] = code + 1
