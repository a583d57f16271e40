"""An inventory: validated documents decoded to columns, one establishment or thousands."""

from decarb.inventory.collection import Ingested, ingest, is_columns_folder, open_columns
from decarb.inventory.columns import (
    SECTIONS,
    Establishment,
    Inventory,
    LineTerms,
    Place,
    Spends,
    in_order_of_appearance,
)
from decarb.inventory.document import read_json
from decarb.inventory.head import place_of, region_of
from decarb.inventory.limits import Limits
from decarb.inventory.reading import check_document, check_inventory, read_inventory

__all__ = [
    "SECTIONS",
    "Establishment",
    "Ingested",
    "Inventory",
    "Limits",
    "LineTerms",
    "Place",
    "Spends",
    "check_document",
    "check_inventory",
    "in_order_of_appearance",
    "ingest",
    "is_columns_folder",
    "open_columns",
    "place_of",
    "read_inventory",
    "read_json",
    "region_of",
]
