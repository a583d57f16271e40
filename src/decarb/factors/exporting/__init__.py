"""Factors for other tools: CSV, Parquet, JSON and Brightway, each whole or not at all."""

from decarb.factors.exporting.brightway import export_brightway, stable_id
from decarb.factors.exporting.description import without_value
from decarb.factors.exporting.tables import export_csv, export_json, export_parquet

__all__ = [
    "export_brightway",
    "export_csv",
    "export_json",
    "export_parquet",
    "stable_id",
    "without_value",
]
