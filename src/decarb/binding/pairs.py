"""The distinct pairs of terms and place that the lines of an inventory are; of a medicine code, and its level too."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from decarb.binding.terms import Binder, is_medicine_code
from decarb.inventory import Inventory, LineTerms, Place, in_order_of_appearance
from decarb.kernels.arrays import distinct
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


class PairKeys(NamedTuple):
    """What numbers the pair of each line: the same number where lines cannot bind differently.

    Attributes
    ----------
    reduced, matters, coded : arrays of shape (terms,)
        Code of what counts of the terms; 1 where their place counts, 1 where they name a medicine by its code.
    of_place : array of shape (places,)
        Code of the geography.
    levels
        How many levels of medicines there are to tell apart; one where no terms name a medicine.
    geographies, size
        How many geographies there are, and keys.
    """

    reduced: NDArray[np.int32]
    matters: NDArray[np.int32]
    coded: NDArray[np.int32]
    of_place: NDArray[np.int32]
    levels: int
    geographies: int
    size: int

    def of_lines(
        self, term: NDArray[np.int32], place: NDArray[np.int32], level: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Key of each line, of shape (lines,); `level` is ignored where no terms name a medicine."""
        key = np.empty(len(term), dtype=np.int32)
        contexts = self.geographies * self.levels
        for start in range(0, len(key), CHUNK_LINES):
            lines = slice(start, start + CHUNK_LINES)
            terms = term[lines]
            context = self.matters[terms] * self.of_place[place[lines]]
            if self.levels > 1:
                context = context * self.levels + self.coded[terms] * level[lines]
            key[lines] = self.reduced[terms] * contexts + context
        return key


class Keyed(NamedTuple):
    """What numbers pairs, what counts of each row of terms, and the geography of each place."""

    keys: PairKeys
    essential: list[LineTerms]
    geography: list[str]


def pair_keys(terms: Sequence[LineTerms], places: Sequence[Place], binder: Binder) -> Keyed:
    """Return what numbers the pairs of lines of these terms and places."""
    codes: dict[LineTerms, int] = {}
    essential = [binder.essential(one) for one in terms]
    reduced = np.array([codes.setdefault(kept, len(codes)) for kept, _ in essential], dtype=np.int32)
    geography = [binder.geography(place) for place in places]
    names = {name: code for code, name in enumerate(dict.fromkeys(geography))}
    matters = np.array([place_matters for _, place_matters in essential], dtype=np.int32)
    of_place = np.array([names[name] for name in geography], dtype=np.int32)
    coded = medicine_terms(terms).astype(np.int32)
    told_apart = len(levels()) if coded.any() else 1
    size = len(codes) * len(names) * told_apart
    keys = PairKeys(reduced, matters, coded, of_place, told_apart, len(names), size)
    return Keyed(keys, [kept for kept, _ in essential], geography)


def distinct_pairs(inventory: Inventory, binder: Binder) -> Pairs:
    """Return the pairs of an inventory, as far as they can bind differently."""
    keyed = pair_keys(inventory.terms, inventory.places, binder)
    # without medicine codes no level is looked at, and no column is made of them
    level = inventory.establishment
    if keyed.keys.levels > 1:
        level = level_of_establishments(inventory, keyed.keys.coded)[inventory.establishment]
    return pairs_of_keys(inventory, keyed, level)


def pairs_of_keys(inventory: Inventory, keyed: Keyed, level: NDArray[np.int32]) -> Pairs:
    """Return the pairs of an inventory whose terms and places are numbered already.

    Parameters
    ----------
    level : array of shape (lines,)
        Place in ``decarb.medicines.levels()`` of the establishment of each line; ignored where there is but one.
    """
    keys = keyed.keys
    of_line, first = in_order_of_appearance(keys.of_lines(inventory.term, inventory.place, level), keys.size)
    terms = [keyed.essential[code] for code in inventory.term[first].tolist()]
    counts = np.bincount(of_line, minlength=len(first)).tolist()
    places = [keyed.geography[code] for code in inventory.place[first].tolist()]
    of_pair = keys.coded[inventory.term[first]] * level[first]
    products = [levels()[code] if code else 1 for code in of_pair.tolist()]
    return Pairs(of_line, first, terms, places, counts, products)


def medicine_terms(terms: Sequence[LineTerms]) -> NDArray[np.bool_]:
    """Whether each of `terms` names a medicine by its code."""
    return np.array([is_medicine_code(one) for one in terms], dtype=np.bool_)


def level_of_establishments(inventory: Inventory, coded: NDArray[np.generic]) -> NDArray[np.int32]:
    """Place in ``decarb.medicines.levels()`` of how many medicines each establishment counts by code.

    A box under its CIP7 and its CIP13 is one medicine; a line of nothing is none.
    """
    establishments = len(inventory.establishments)
    if not coded.any():
        return np.zeros(establishments, dtype=np.int32)
    lines = np.flatnonzero((coded != 0)[inventory.term])
    columns = (inventory.establishment[lines], inventory.term[lines], inventory.quantity[lines])
    return level_of_coded(*columns, codes_of_terms(inventory.terms), establishments)


def level_of_coded(
    establishment: NDArray[np.int32],
    term: NDArray[np.int32],
    quantity: NDArray[np.float64],
    of_code: NDArray[np.int64],
    establishments: int,
) -> NDArray[np.int32]:
    """As ``level_of_establishments``, from the lines of medicine codes; `of_code` is of terms."""
    counted = quantity != 0
    codes = int(of_code.max(initial=0)) + 1
    counts = distinct(establishment[counted].astype(np.int64) * codes + of_code[term[counted]])
    products = np.bincount(counts // codes, minlength=establishments)
    return (np.searchsorted(levels(), products, side="right") - 1).clip(0).astype(np.int32)


def codes_of_terms(terms: Sequence[LineTerms]) -> NDArray[np.int64]:
    """Number of the medicine code of each of `terms`."""
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(thirteen_digits(one.code_system, one.code_value), len(numbers)) for one in terms]
    return np.array(codes, dtype=np.int64)
