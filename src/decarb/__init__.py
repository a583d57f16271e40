"""decarb: the carbon and climate-adaptation engine of the French health system.

>>> import decarb
>>> decarb.load_factors().by_id["r410a"].id
'r410a'
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decarb.errors import DecarbError, Problem
    from decarb.factors import FactorLibrary, load_factors
    from decarb.footprint import Footprint, compute_footprint, restate
    from decarb.inventory import Inventory, Limits, check_inventory, ingest, open_columns, read_inventory
    from decarb.report.html import html_report, write_report

__version__ = "0.1.0"

_HOMES = {
    "DecarbError": "decarb.errors",
    "Problem": "decarb.errors",
    "FactorLibrary": "decarb.factors",
    "load_factors": "decarb.factors",
    "Footprint": "decarb.footprint",
    "compute_footprint": "decarb.footprint",
    "restate": "decarb.footprint",
    "Inventory": "decarb.inventory",
    "Limits": "decarb.inventory",
    "check_inventory": "decarb.inventory",
    "ingest": "decarb.inventory",
    "open_columns": "decarb.inventory",
    "read_inventory": "decarb.inventory",
    "html_report": "decarb.report.html",
    "write_report": "decarb.report.html",
}

__all__ = [
    "DecarbError",
    "FactorLibrary",
    "Footprint",
    "Inventory",
    "Limits",
    "Problem",
    "__version__",
    "check_inventory",
    "compute_footprint",
    "html_report",
    "ingest",
    "load_factors",
    "open_columns",
    "read_inventory",
    "restate",
    "write_report",
]


def __dir__() -> list[str]:
    """Public names, for completion."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Import public names when they are first used (PEP 562): ``import decarb`` loads nothing heavy."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'decarb' has no attribute {name!r}")
