"""An inventory: validated documents decoded to columns, one establishment or thousands."""

from decarb.inventory.columns import SECTIONS, Establishment, Inventory, LineTerms
from decarb.inventory.reading import check_inventory, read_inventory

__all__ = ["SECTIONS", "Establishment", "Inventory", "LineTerms", "check_inventory", "read_inventory"]
