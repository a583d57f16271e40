"""Between the passes, where the library is: every distinct pair of the store is bound once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.binding import Binding
from decarb.binding.lines import bind_pairs
from decarb.binding.pairs import Keyed, codes_of_terms, pair_keys, pairs_of_keys
from decarb.binding.spends import taken_terms
from decarb.binding.terms import Binder
from decarb.inventory import Establishment, Inventory, LineTerms, Place, Spends
from decarb.inventory.columns import LineIds
from decarb.kernels import Path
from decarb.medicines import levels
from decarb.national.cluster.surveying import Numbering, Surveyed
from decarb.national.cluster.table import Table, number_paid


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What codes of a store mean, and how they number pairs."""

    terms: tuple[LineTerms, ...]
    places: tuple[Place, ...]
    keyed: Keyed

    @classmethod
    def of(cls, terms: Sequence[LineTerms], places: Sequence[Place], binder: Binder) -> "Vocabulary":
        """Vocabulary of terms and places."""
        return cls(tuple(terms), tuple(places), pair_keys(terms, places, binder))

    @property
    def numbering(self) -> Numbering:
        """What tasks need of it."""
        keys = self.keyed.keys
        medicine = codes_of_terms(self.terms) if keys.levels > 1 else np.zeros(0, np.int64)
        return Numbering(keys, medicine)


@dataclass(frozen=True, slots=True)
class BoundStore:
    """The pairs of a store with their factors.

    Attributes
    ----------
    binding
        Of one line for each pair or more: what is said of lines in it is not of the store's.
    vocabulary
        Of the store, then the terms that medicines are counted by for what was paid.
    numbering, of_key, paid, taken
        As in ``Table``.
    """

    binding: Binding
    vocabulary: Vocabulary
    numbering: Numbering
    of_key: tuple[NDArray[np.int32], NDArray[np.int32]]
    paid: NDArray[np.int64]
    taken: NDArray[np.int32]

    def table(self, by: tuple[str, ...], view_name: str, groups: int, path: Path | None) -> Table:
        """Return what tasks are sent of it."""
        binding = self.binding
        return Table(
            self.numbering,
            self.of_key,
            self.paid,
            self.taken,
            binding.keys,
            binding.pointer,
            binding.cell,
            binding.coefficient,
            binding.is_bound,
            by,
            view_name,
            groups,
            path,
        )


def bind_surveyed(
    surveyed: Sequence[Surveyed], vocabulary: Vocabulary, establishments: Sequence[Establishment], binder: Binder
) -> BoundStore:
    """Bind every pair that the tasks found.

    Parameters
    ----------
    vocabulary
        Of the store.
    establishments
        Heads of the submissions that count.
    """
    _, first = np.unique(np.concatenate([one.key for one in surveyed]), return_index=True)
    term, place, level = (
        np.concatenate([getattr(one, name) for one in surveyed])[first] for name in ("term", "place", "level")
    )
    spends = np.unique(np.concatenate([one.spends for one in surveyed]), axis=0)
    terms = {one: code for code, one in enumerate(vocabulary.terms)}
    instead = []
    for own, spend, _, of_document in spends.tolist():
        taken = taken_terms(vocabulary.terms[own], vocabulary.terms[spend], levels()[of_document], binder)
        instead.append(own if taken is None else terms.setdefault(taken, len(terms)))
    counted = np.array(instead, dtype=np.int32)
    if len(terms) > len(vocabulary.terms):
        vocabulary = Vocabulary.of(tuple(terms), vocabulary.places, binder)
    paid, at = np.unique(number_paid(spends[:, 0], spends[:, 1], spends[:, 3]), return_index=True)
    inventory = _one_line_each(
        vocabulary, establishments, np.concatenate((term, counted)), np.concatenate((place, spends[:, 2]))
    )
    of_line = np.concatenate((level, spends[:, 3])).astype(np.int32)
    pairs = pairs_of_keys(inventory, vocabulary.keyed, of_line)
    key = vocabulary.keyed.keys.of_lines(inventory.term, inventory.place, of_line)
    binding = bind_pairs(inventory, inventory, pairs, binder)
    return BoundStore(binding, vocabulary, vocabulary.numbering, (key, pairs.of_line), paid, counted[at])


def _one_line_each(
    vocabulary: Vocabulary,
    establishments: Sequence[Establishment],
    term: NDArray[np.int32],
    place: NDArray[np.int32],
) -> Inventory:
    lines = len(term)
    return Inventory(
        establishments=tuple(establishments),
        terms=vocabulary.terms,
        places=vocabulary.places,
        establishment=np.zeros(lines, dtype=np.int32),
        section=np.zeros(lines, dtype=np.int8),
        position=np.zeros(lines, dtype=np.int32),
        term=term,
        place=place,
        quantity=np.ones(lines),
        activity_gsd2=np.full(lines, np.nan),
        ids=LineIds(np.zeros(lines + 1, dtype=np.int64), b""),
        spends=Spends(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0)),
        documents_read=False,
    )
