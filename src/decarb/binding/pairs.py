"""The distinct pairs of terms and place that the lines of an inventory are."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from decarb.binding.terms import Binder
from decarb.inventory import Inventory, LineTerms, in_order_of_appearance
from decarb.kernels.numpy_path import CHUNK_LINES


class Pairs(NamedTuple):
    """Distinct pairs of terms and, where it matters, geography, by first appearance.

    Attributes
    ----------
    of_line : array of shape (lines,)
        Code of the pair of each line.
    first : array of shape (pairs,)
        First line of each pair.
    terms, geography, counts
        Of each pair: what it binds, where, and how many lines it has.
    """

    of_line: NDArray[np.int32]
    first: NDArray[np.int64]
    terms: list[LineTerms]
    geography: list[str]
    counts: list[int]


def distinct_pairs(inventory: Inventory, binder: Binder) -> Pairs:
    """Return the pairs of an inventory, as far as they can bind differently."""
    codes: dict[LineTerms, int] = {}
    essential = [binder.essential(terms) for terms in inventory.terms]
    reduced = np.array([codes.setdefault(terms, len(codes)) for terms, _ in essential], dtype=np.int32)
    geography = [binder.geography(place) for place in inventory.places]
    names = {name: code for code, name in enumerate(dict.fromkeys(geography))}
    matters = np.array([place_matters for _, place_matters in essential], dtype=np.int32)
    of_place = np.array([names[name] for name in geography], dtype=np.int32)
    key = np.empty(len(inventory), dtype=np.int32)
    for start in range(0, len(key), CHUNK_LINES):
        lines = slice(start, start + CHUNK_LINES)
        term, place = inventory.term[lines], inventory.place[lines]
        key[lines] = reduced[term] * len(names) + matters[term] * of_place[place]
    of_line, first = in_order_of_appearance(key, len(codes) * len(names))
    terms = [essential[code][0] for code in inventory.term[first].tolist()]
    counts = np.bincount(of_line, minlength=len(first)).tolist()
    return Pairs(of_line, first, terms, [geography[code] for code in inventory.place[first].tolist()], counts)
