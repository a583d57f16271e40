"""Delimited text as people have it: UTF-8 or Windows-1252, commas, semicolons or tabs, any order of columns."""

import codecs
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from decarb.errors import InvalidLibraryError, Problem, not_utf_8, unreadable
from decarb.folding import fold
from decarb.resources import parse_table

if TYPE_CHECKING:
    import pyarrow as pa

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class DelimitedColumns:
    """Columns of a file by the name asked for, each a list of text; blank where the file has no such column.

    Attributes
    ----------
    numbers
        Row of the file that each one stands in; the header is row 1.
    ragged
        Rows with more or fewer cells than the header, by number; they are in no column.
    encoding, delimiter
        What the file was found to be written in.
    """

    columns: Mapping[str, list[str]]
    numbers: list[int]
    ragged: Mapping[int, str]
    encoding: str
    delimiter: str

    def __getitem__(self, name: str) -> list[str]:
        """Cells of a column."""
        return self.columns[name]


def read_columns(path: Path, names: Iterable[str], optional: Iterable[str] = ()) -> DelimitedColumns:
    """Read some columns of a delimited file.

    A header matches a name whatever its accents, case, spaces and underscores; the others are not read.

    Raises
    ------
    InvalidLibraryError
        If the file cannot be read, or lacks one of `names`: the headers it has are given.
    """
    try:
        text, encoding = as_utf_8(read_content(path))
    except UnicodeDecodeError as error:
        raise InvalidLibraryError([not_utf_8(error).at(file=str(path))]) from None
    line = text[: text.find(b"\n") if b"\n" in text else len(text)].decode()
    delimiter = max(";,\t", key=line.count)
    headers = _header(line, delimiter, path)
    names, optional = tuple(names), tuple(optional)
    wanted = _positions(headers, names, optional, path)
    table, ragged = _parsed(text, delimiter, len(headers), sorted(wanted.values()), path)
    columns = {name: table.column(str(index)).to_pylist() for name, index in wanted.items()}
    blank = dict.fromkeys((*names, *optional), [""] * table.num_rows)
    numbers = _row_numbers(table.num_rows, ragged)
    return DelimitedColumns(
        blank | columns, numbers, {row: cells for row, cells in ragged.items() if cells}, encoding, delimiter
    )


def _parsed(
    text: bytes, delimiter: str, width: int, positions: list[int], path: Path
) -> "tuple[pa.Table, dict[int, str]]":
    """Rows of as many cells as the header, and the others by their number."""
    import pyarrow as pa
    from pyarrow import csv

    ragged: dict[int, str] = {}

    def note_ragged(row: "csv.InvalidRow") -> str:
        ragged[row.number] = f"{row.actual_columns} / {row.expected_columns}" if row.text.strip() else ""
        return "skip"

    try:
        table = csv.read_csv(
            pa.BufferReader(text),
            # only the serial reader knows the number of a row, and starting threads costs more than they save
            read_options=csv.ReadOptions(
                column_names=[str(index) for index in range(width)], skip_rows=1, use_threads=False
            ),
            parse_options=csv.ParseOptions(
                # a blank line has a number too
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=note_ragged,
            ),
            convert_options=csv.ConvertOptions(
                include_columns=[str(index) for index in positions],
                column_types={str(index): pa.string() for index in positions},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise InvalidLibraryError([Problem("ragged-row", {"reason": str(error)}, file=str(path))]) from None
    return table, ragged


def _row_numbers(rows: int, ragged: Mapping[int, str]) -> list[int]:
    if not ragged:
        return list(range(2, rows + 2))
    return [number for number in range(2, rows + len(ragged) + 2) if number not in ragged]


def read_content(path: Path) -> bytes:
    """Bytes of a file; InvalidLibraryError if it cannot be read or is empty."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidLibraryError([unreadable(path, error)]) from None
    if not content or content.isspace():
        raise InvalidLibraryError([Problem("empty-file", {}, file=str(path))])
    return content


def as_utf_8(content: bytes) -> tuple[bytes, str]:
    """Text as UTF-8 without byte order mark, and the encoding it was in: UTF-8, UTF-16 or Windows-1252.

    Raises
    ------
    UnicodeDecodeError
        If it starts as UTF-16 and does not go on so.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16").encode(), "utf-16"
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        content.decode()
    except UnicodeDecodeError:
        # Windows-1252 leaves five bytes undefined: where a file has one, the reader sees that a character is lost
        return content.decode("cp1252", errors="replace").encode(), "windows-1252"
    return content, "utf-8"


def _header(line: str, delimiter: str, path: Path) -> list[str]:
    try:
        return list(parse_table(line.rstrip("\r"), delimiter).columns)
    except ValueError as error:
        raise InvalidLibraryError([Problem("ragged-row", {"reason": str(error)}, file=str(path))]) from None


def _positions(headers: list[str], names: tuple[str, ...], optional: tuple[str, ...], path: Path) -> dict[str, int]:
    found = {folded(header): index for index, header in enumerate(headers)}
    twice = [header for index, header in enumerate(headers) if header and found[folded(header)] != index]
    if twice:
        raise InvalidLibraryError([Problem("column-twice", {"value": twice[0]}, file=str(path))])
    missing = [name for name in names if folded(name) not in found]
    if missing:
        what = {"missing": missing, "unknown": "-", "known": [header for header in headers if header.strip()][:80]}
        raise InvalidLibraryError([Problem("base-columns", what, file=str(path))])
    return {name: found[folded(name)] for name in (*names, *optional) if folded(name) in found}


def each(function: Callable[[str], Found], texts: Iterable[str]) -> list[Found]:
    """Apply a function to texts, once per distinct one."""
    texts = list(texts)
    found = {text: function(text) for text in set(texts)}
    return [found[text] for text in texts]


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Letters and digits of a text, lower case, without accents: what two spellings have in common."""
    return _NOT_ALPHANUMERIC.sub(b"", fold(mended(text)).encode("ascii", "ignore")).decode()


_NOT_ALPHANUMERIC = re.compile(rb"[^a-z0-9]+")
_GARBLED = re.compile("[ÃÂÅ]|â€")


@lru_cache(maxsize=50_000)
def mended(text: str) -> str:
    """Text whose UTF-8 was read as Windows-1252 somewhere on its way (``DonnÃ©es``), as it was meant."""
    if text.isascii() or not _GARBLED.search(text):
        return text
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text


LARGEST = 1e12
"""A larger number is a slip: gases of 1e300 kg cannot be added up."""


@lru_cache(maxsize=50_000)
def decimal_number(text: str) -> str | None:
    """Decimal number in its shortest form, blank for blank; None if it is none, or larger than any factor.

    Decimal comma or point, spaces between thousands; a date or a letter is what a spreadsheet left of a number.
    """
    plain = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if "," in plain:
        plain = (
            plain.replace(".", "").replace(",", ".") if plain.rfind(",") > plain.rfind(".") else plain.replace(",", "")
        )
    if not plain:
        return ""
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", plain):
        return None
    value = float(plain)
    return repr(value or 0.0).removesuffix(".0") if abs(value) < LARGEST else None
