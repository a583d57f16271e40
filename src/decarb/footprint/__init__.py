"""The footprint of establishments: compute it, read it by post, by category or by line, and doubt it."""

from decarb.footprint.cells import Footprint
from decarb.footprint.compute import compute_footprint, restate

__all__ = ["Footprint", "compute_footprint", "restate"]
