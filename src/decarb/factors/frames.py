"""Tidy pandas frames of a library; ``library_columns.csv`` says what each column holds and its unit."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from decarb.errors import UsageError
from decarb.factors.columns import column_dictionary, units_of
from decarb.factors.library import FactorLibrary, factor_value
from decarb.factors.records import Factor
from decarb.quality import CRITERIA

if TYPE_CHECKING:
    import pandas as pd


def factor_record(library: FactorLibrary, factor: Factor, gwp_set: str = "AR6") -> dict[str, Any]:
    """One row of ``factor_frame``: every column of the dictionary, stored and computed."""
    source = library.sources.get(factor.source)
    special = {
        "unit": factor.unit.name,
        "basis": " ".join(factor.unit.bases),
        "price_year": factor.unit.price_year,
        "geography": " ".join(factor.geographies),
        "activities": " ".join(factor.activities),
        "value_kgco2e": factor_value(library, factor, gwp_set),
        "licence": source.licence if source else "",
        **{f"quality_{name}": note for name, note in zip(CRITERIA, factor.quality, strict=True)},
    }
    return {
        column.name: special[column.name] if column.name in special else getattr(factor, column.name)
        for column in column_dictionary()["factors"]
    }


def factor_frame(library: FactorLibrary, gwp_set: str = "AR6") -> "pd.DataFrame":
    """All factors, one row each, with the columns ``factors`` of the dictionary.

    Parameters
    ----------
    gwp_set
        Set of ``value_kgco2e`` (``AR4``, ``AR5`` or ``AR6``), nan where it lacks a gas of the factor.

    Returns
    -------
    pandas.DataFrame of shape (factors, columns), indexed by ``id``
        Numbers are float64, whole numbers Int64, texts and ISO days str, blank where the source says
        nothing. Amounts are in kg CO2e per ``unit`` of the row. ``frame.attrs`` holds ``units`` (by
        column, where there is one), ``gwp_set``, ``library`` and ``digest``; pandas writes them to Parquet.
    """
    records = (factor_record(library, factor, gwp_set).values() for factor in library.by_id.values())
    return _frame("factors", records, library, gwp_set).set_index("id")


def part_frame(library: FactorLibrary, gwp_set: str = "AR6") -> "pd.DataFrame":
    """All parts, one row per factor and life-cycle stage, with the columns ``parts`` of the dictionary.

    Parameters
    ----------
    gwp_set
        Set that ``FactorLibrary.restated`` restates the gases to. A substance that it does not know is
        left out; ``factor_frame`` lists it all the same.

    Returns
    -------
    pandas.DataFrame of shape (parts, columns) [kg CO2e per unit of the factor]
        A gas is nan where the source gives no split: unknown, not zero. ``total`` is the sum of the gases
        that count in a total. Types and ``frame.attrs`` as ``factor_frame`` has them.
    """
    return _frame("parts", _part_rows(library, gwp_set), library, gwp_set)


def source_frame(library: FactorLibrary) -> "pd.DataFrame":
    """All publications, one row each, with the columns ``sources`` of the dictionary, indexed by ``id``."""
    return _frame("sources", map(astuple, library.sources.values()), library, "").set_index("id")


def _part_rows(library: FactorLibrary, gwp_set: str) -> Iterator[tuple[Any, ...]]:
    for factor in library.by_id.values():
        try:
            parts = library.parts_of(factor, gwp_set)
        except UsageError:
            continue
        for position, part in enumerate(parts, start=1):
            yield (factor.id, position, part.stage, part.label, part.total, *part.gases)


_TYPES = {"integer": "Int64", "number": "float64"}
"""Type in a frame by the type of the dictionary; the others are ``str``, as this version of pandas has it."""


def _frame(table: str, rows: Iterable[Iterable[Any]], library: FactorLibrary, gwp_set: str) -> "pd.DataFrame":
    """Rows in the columns of the dictionary, typed by it: an empty or blank column has its type too."""
    import pandas as pd

    columns = column_dictionary()[table]
    frame = pd.DataFrame([tuple(row) for row in rows], columns=[column.name for column in columns])
    frame = frame.astype({column.name: _TYPES.get(column.type, "str") for column in columns})
    frame.attrs = {
        "units": units_of(table),
        "gwp_set": gwp_set,
        "library": " + ".join(f"{layer.name} {layer.version}".strip() for layer in library.layers),
        "digest": library.digest,
    }
    return frame
