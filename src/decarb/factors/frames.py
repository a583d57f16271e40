"""Tidy pandas frames of a library; ``library_columns.csv`` says what each column holds and its unit."""

from typing import TYPE_CHECKING, Any

from decarb.errors import UsageError
from decarb.factors.columns import column_dictionary, units_of
from decarb.factors.library import FactorLibrary, factor_value
from decarb.factors.records import GAS_NAMES, Factor
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
    """All factors, one row each, indexed by id.

    Parameters
    ----------
    gwp_set
        Set of ``value_kgco2e``; blank where it lacks a gas of the factor.

    Returns
    -------
    pandas.DataFrame
        ``frame.attrs["units"]`` holds the unit of each column that has one (kept by Parquet).
    """
    import pandas as pd

    rows = [factor_record(library, factor, gwp_set) for factor in library.by_id.values()]
    frame = pd.DataFrame(rows, columns=[column.name for column in column_dictionary()["factors"]])
    whole = [column.name for column in column_dictionary()["factors"] if column.type == "integer"]
    return _with_units(frame.astype(dict.fromkeys(whole, "Int64")).set_index("id"), "factors")


def part_frame(library: FactorLibrary, gwp_set: str = "AR6") -> "pd.DataFrame":
    """All parts, one row each [kg CO2e per unit of the factor], as ``FactorLibrary.restated`` gives them.

    A substance that `gwp_set` does not know is left out; ``factor_frame`` lists it all the same.
    """
    import pandas as pd

    rows = []
    for factor in library.by_id.values():
        try:
            parts = library.parts_of(factor, gwp_set)
        except UsageError:
            continue
        for position, part in enumerate(parts, start=1):
            rows.append((factor.id, position, part.stage, part.label, part.total, *part.gases))
    names = ("factor", "position", "stage", "label", "total", *GAS_NAMES)
    return _with_units(pd.DataFrame(rows, columns=list(names)), "parts")


def _with_units(frame: "pd.DataFrame", table: str) -> "pd.DataFrame":
    frame.attrs["units"] = {name: unit for name, unit in units_of(table).items() if name in frame.columns}
    return frame
