"""The dictionaries of a store: a code, once given to terms or to a place, means them for ever."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from decarb.errors import InvalidStoreError, Problem
from decarb.inventory import LineTerms, Place, in_order_of_appearance
from decarb.inventory.collection.columns_folder import term_schema
from decarb.inventory.collection.shards import SharedVocabulary
from decarb.inventory.lines import DocumentLines
from decarb.national.store.layout import Store, batch_of
from decarb.national.store.parts import Codes, column, dictionary_schema, place_schema, read_table

if TYPE_CHECKING:
    import pyarrow as pa

_Value = TypeVar("_Value", bound=tuple[Any, ...])

Int32s = NDArray[np.int32]


class Dictionary(Generic[_Value]):
    """Values by code, and the codes that the vocabulary of this process has for them.

    Codes are given by first appearance, so that the same submissions in the same order have the same codes.
    """

    def __init__(self) -> None:
        self.values: list[_Value] = []
        self._known: dict[_Value, int] = {}
        self._of_local: Int32s = np.zeros(0, dtype=np.int32)

    def learn(self, values: Sequence[_Value]) -> None:
        """Take the next codes for `values`."""
        for value in values:
            self._known[value] = len(self.values)
            self.values.append(value)

    def translate(self, codes: Int32s, local: Sequence[_Value]) -> Int32s:
        """Codes of the store for codes of this process, which mean `local`; new ones for what is new."""
        if len(self._of_local) < len(local):
            more = np.full(len(local) - len(self._of_local), -1, dtype=np.int32)
            self._of_local = np.concatenate((self._of_local, more))
        unknown = codes[self._of_local[codes] < 0]
        if len(unknown):
            for code in unknown[in_order_of_appearance(unknown, len(local))[1]].tolist():
                if local[code] not in self._known:
                    self.learn([local[code]])
                self._of_local[code] = self._known[local[code]]
        return self._of_local[codes]


class Dictionaries:
    """Terms and places of a store, as far as its log has come.

    Attributes
    ----------
    read_until
        Number of the last submission whose terms and places are known.
    """

    def __init__(self) -> None:
        self.terms: Dictionary[LineTerms] = Dictionary()
        self.places: Dictionary[Place] = Dictionary()
        self.read_until = 0

    @property
    def size(self) -> tuple[int, int]:
        """How many terms and places there are."""
        return len(self.terms.values), len(self.places.values)

    def read(self, store: Store, last: int, size: tuple[int, int]) -> None:
        """Read what other processes added, up to submission `last`, of which the log says how many codes there are.

        Raises
        ------
        InvalidStoreError
            If it cannot be read, or codes are missing.
        """
        try:
            self._read(store, last)
        except OSError as error:
            raise _damaged(store, str(error)) from None
        if self.size != size:
            raise _damaged(store, f"{self.size} / {size}")

    def _read(self, store: Store, last: int) -> None:
        if last > self.read_until:
            for _, path in _new(store.terms, self.read_until, last):
                self.terms.learn(read_terms(path, len(self.terms.values)))
            for _, path in _new(store.places, self.read_until, last):
                self.places.learn(read_places(path, len(self.places.values)))
            self.read_until = last

    def codes(self, documents: Sequence[DocumentLines], vocabulary: SharedVocabulary) -> list[Codes]:
        """Codes of each document, for those of `vocabulary`."""
        terms, places = vocabulary.values()
        found = []
        for document in documents:
            spends = np.array([term for _, term, _ in document.spends], dtype=np.int32)
            together = self.terms.translate(np.concatenate((document.term, spends)), terms)
            count = len(document.term)
            found.append((together[:count], self.places.translate(document.place, places), together[count:]))
        return found


def _damaged(store: Store, reason: str) -> InvalidStoreError:
    return InvalidStoreError([Problem("store-dictionary-damaged", {"reason": reason}, file=str(store.folder))])


def _new(folder: Path, after: int, last: int) -> list[tuple[tuple[int, int], Path]]:
    batches = [(batch, path) for path in folder.iterdir() if (batch := batch_of(path))]
    return sorted((batch, path) for batch, path in batches if after < batch[0] and batch[1] <= last)


def read_terms(path: Path, first: int) -> list[LineTerms]:
    """Terms of a part, whose first code must be `first`; OSError as ``read_table`` says."""
    return _read(path, first, dictionary_schema("term", term_schema()), LineTerms._make)


def read_places(path: Path, first: int) -> list[Place]:
    """Places of a part; as ``read_terms``."""
    return _read(path, first, dictionary_schema("place", place_schema()), Place._make)


def _read(path: Path, first: int, schema: "pa.Schema", make: Callable[[Any], _Value]) -> list[_Value]:
    table = read_table(path)
    codes = column(table, schema.names[0], np.int32)
    if not len(codes) or not table.schema.equals(schema) or not (codes == np.arange(first, first + len(codes))).all():
        raise OSError(f"{path.name}: {table.num_rows} / {first}")
    return [make(row) for row in zip(*(said.to_pylist() for said in table.columns[1:]), strict=True)]
