"""The column dictionary of the library: one data file that tables, frames, checks and docs are made from."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from decarb.resources import data_file, read_table

LIBRARY_TABLES: tuple[str, ...] = (
    "factors",
    "parts",
    "gwp",
    "compositions",
    "properties",
    "substances",
    "sources",
    "geographies",
    "retired",
)
"""Tables of a library; a layer over another may leave out any but ``factors``."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, as ``library_columns.csv`` describes it.

    ``stored`` columns are in the files; the others are computed when a frame is asked for.
    ``references`` names the table and column that its values are found in (``sources.id``).
    """

    table: str
    name: str
    type: str
    unit: str
    required: bool
    unique: bool
    values: tuple[str, ...]
    references: str
    stored: bool
    description_en: str
    description_fr: str

    def description(self, language: str) -> str:
        """What the column holds, with its unit."""
        text = self.description_fr if language == "fr" else self.description_en
        return f"{text} [{self.unit}]" if self.unit else text


@cache
def column_dictionary() -> dict[str, tuple[Column, ...]]:
    """Columns by table, in the order of the files."""
    tables: dict[str, list[Column]] = {}
    for table, name, kind, unit, required, unique, values, references, stored, english, french in read_table(
        data_file("library_columns.csv")
    ).rows:
        tables.setdefault(table, []).append(
            Column(
                table,
                name,
                kind,
                unit,
                bool(required),
                bool(unique),
                tuple(filter(None, values.split("|"))),
                references,
                bool(stored),
                english,
                french,
            )
        )
    return {table: tuple(columns) for table, columns in tables.items()}


@cache
def stored_columns(table: str) -> tuple[str, ...]:
    """Names of the columns that the file of a table has."""
    return tuple(column.name for column in column_dictionary()[table] if column.stored)


def units_of(table: str) -> dict[str, str]:
    """Units of the columns of a frame that have one."""
    return {column.name: column.unit for column in column_dictionary()[table] if column.unit}


def frictionless_resource(table: str) -> dict[str, Any]:
    """Description of a table's file for ``datapackage.json`` (Frictionless tabular data resource)."""
    columns = [column for column in column_dictionary()[table] if column.stored]
    schema: dict[str, Any] = {"fields": [_field(column) for column in columns], "missingValues": [""]}
    keys = _PRIMARY_KEYS.get(table) or [column.name for column in columns if column.unique]
    if keys:
        schema["primaryKey"] = keys
    return {
        "name": table.replace("_", "-"),
        "path": f"{table}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": schema,
    }


_PRIMARY_KEYS = {
    "parts": ["factor", "position"],
    "gwp": ["substance", "gwp_set"],
    "compositions": ["blend", "component"],
    "properties": ["substance", "property"],
}
_FRICTIONLESS_TYPES = {"list": "string", "date": "date", "integer": "integer", "number": "number", "string": "string"}


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {
        name: True for name, holds in (("required", column.required), ("unique", column.unique)) if holds
    }
    if column.values:
        number = column.type == "integer"
        constraints["enum"] = [int(value) for value in column.values] if number else list(column.values)
    field: dict[str, Any] = {
        "name": column.name,
        "type": _FRICTIONLESS_TYPES[column.type],
        "description": column.description("en"),
    }
    return field | {"constraints": constraints} if constraints else field
