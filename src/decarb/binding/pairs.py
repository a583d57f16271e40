"""The distinct pairs of terms and place that the lines of an inventory are; of a medicine code, and its level too."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from decarb.binding.terms import Binder, is_medicine_code
from decarb.inventory import Inventory, LineTerms, in_order_of_appearance
from decarb.kernels.numpy_path import CHUNK_LINES
from decarb.medicines import levels, thirteen_digits


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
    products
        Of each pair of a medicine code: with how many products it is reported, as far as that decides its rung.
    """

    of_line: NDArray[np.int32]
    first: NDArray[np.int64]
    terms: list[LineTerms]
    geography: list[str]
    counts: list[int]
    products: list[int]


def distinct_pairs(inventory: Inventory, binder: Binder) -> Pairs:
    """Return the pairs of an inventory, as far as they can bind differently."""
    codes: dict[LineTerms, int] = {}
    essential = [binder.essential(terms) for terms in inventory.terms]
    reduced = np.array([codes.setdefault(terms, len(codes)) for terms, _ in essential], dtype=np.int32)
    geography = [binder.geography(place) for place in inventory.places]
    names = {name: code for code, name in enumerate(dict.fromkeys(geography))}
    matters = np.array([place_matters for _, place_matters in essential], dtype=np.int32)
    of_place = np.array([names[name] for name in geography], dtype=np.int32)
    coded = medicine_terms(inventory).astype(np.int32)
    level = level_of_establishments(inventory, coded)
    contexts = len(names) * (len(levels()) if coded.any() else 1)
    key = np.empty(len(inventory), dtype=np.int32)
    for start in range(0, len(key), CHUNK_LINES):
        lines = slice(start, start + CHUNK_LINES)
        term, place = inventory.term[lines], inventory.place[lines]
        context = matters[term] * of_place[place]
        if coded.any():
            context = context * len(levels()) + coded[term] * level[inventory.establishment[lines]]
        key[lines] = reduced[term] * contexts + context
    of_line, first = in_order_of_appearance(key, len(codes) * contexts)
    terms = [essential[code][0] for code in inventory.term[first].tolist()]
    counts = np.bincount(of_line, minlength=len(first)).tolist()
    places = [geography[code] for code in inventory.place[first].tolist()]
    of_pair = coded[inventory.term[first]] * level[inventory.establishment[first]]
    products = [levels()[code] if code else 1 for code in of_pair.tolist()]
    return Pairs(of_line, first, terms, places, counts, products)


def medicine_terms(inventory: Inventory) -> NDArray[np.bool_]:
    """Whether each row of ``Inventory.terms`` names a medicine by its code."""
    return np.array([is_medicine_code(terms) for terms in inventory.terms], dtype=np.bool_)


def level_of_establishments(inventory: Inventory, coded: NDArray[np.generic]) -> NDArray[np.int32]:
    """Place in ``decarb.medicines.levels()`` of how many medicines each establishment counts by code.

    A box under its CIP7 and its CIP13 is one medicine; a line of nothing is none.
    """
    if not coded.any():
        return np.zeros(len(inventory.establishments), dtype=np.int32)
    of_code = np.array(_codes_of_terms(inventory), dtype=np.int64)
    lines = np.flatnonzero((coded != 0)[inventory.term] & (inventory.quantity != 0))
    codes = int(of_code.max(initial=0)) + 1
    distinct = np.unique(inventory.establishment[lines].astype(np.int64) * codes + of_code[inventory.term[lines]])
    products = np.bincount(distinct // codes, minlength=len(inventory.establishments))
    return (np.searchsorted(levels(), products, side="right") - 1).clip(0).astype(np.int32)


def _codes_of_terms(inventory: Inventory) -> list[int]:
    """Number of the medicine code of each row of ``Inventory.terms``."""
    numbers: dict[str, int] = {}
    return [
        numbers.setdefault(thirteen_digits(row.code_system, row.code_value), len(numbers)) for row in inventory.terms
    ]
