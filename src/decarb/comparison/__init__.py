"""What makes two footprints differ: another library, or another inventory."""

from decarb.comparison.causes import NOT_REAL, Effect
from decarb.comparison.inventories import Difference, compare_inventories
from decarb.comparison.libraries import KeptCopy, LibraryEffect, LineChange, kept_copies, library_effect

__all__ = [
    "NOT_REAL",
    "Difference",
    "Effect",
    "KeptCopy",
    "LibraryEffect",
    "LineChange",
    "compare_inventories",
    "kept_copies",
    "library_effect",
]
