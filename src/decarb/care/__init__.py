"""The footprint of one act of care, from a recipe that anyone can write (docs/care.md)."""

from decarb.care.computing import CareFootprint, Group, compute_care
from decarb.care.published import Placed, PublishedFigure, published_figures
from decarb.care.recipe import Recipe, read_recipe

__all__ = [
    "CareFootprint",
    "Group",
    "Placed",
    "PublishedFigure",
    "Recipe",
    "compute_care",
    "published_figures",
    "read_recipe",
]
