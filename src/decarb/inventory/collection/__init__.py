"""Collections of documents, thousands at a time: found, read on all cores, kept as columns."""

from decarb.inventory.collection.columns_folder import is_columns_folder, open_columns
from decarb.inventory.collection.ingesting import Ingested, ingest

__all__ = ["Ingested", "ingest", "is_columns_folder", "open_columns"]
