"""Lines that two footprints both have: of one entity, one section and one id."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from decarb.footprint import Footprint

Int64s = NDArray[np.int64]


def matched_lines(
    before: Footprint, names_before: Sequence[str], after: Footprint, names_after: Sequence[str]
) -> tuple[Int64s, Int64s]:
    """Bound lines of both footprints, in the order of the first.

    Parameters
    ----------
    names_before, names_after
        Whose each document is; a name stands once on each side.

    Returns
    -------
    arrays of shape (lines of both,)
        Rows of each.

    Notes
    -----
    An id stands once in a document. Most establishments keep theirs from year to year, in the same order: then a
    document is compared at once, and no line is looked up.
    """
    nothing = np.zeros(0, dtype=np.int64)
    blocks = [(nothing, nothing), *_blocks(before, names_before, after, names_after)]
    old, new = (np.concatenate(rows) for rows in zip(*blocks, strict=True))
    same = before.inventory.section[old] == after.inventory.section[new]
    same &= before.binding.computed[old] & after.binding.computed[new]
    return old[same], new[same]


def _blocks(
    before: Footprint, names_before: Sequence[str], after: Footprint, names_after: Sequence[str]
) -> Iterator[tuple[Int64s, Int64s]]:
    """Rows of the lines of one id, entity after entity."""
    starts = [side.inventory.first_lines for side in (before, after)]
    place_of = {name: place for place, name in enumerate(names_after)}
    for place, name in enumerate(names_before):
        if name not in place_of:
            continue
        (first, last), (start, stop) = starts[0][place : place + 2], starts[1][place_of[name] : place_of[name] + 2]
        ids, others = before.inventory.ids[first:last], after.inventory.ids[start:stop]
        if ids == others:
            yield np.arange(first, last), np.arange(start, stop)
            continue
        row_of = dict(zip(others, range(start, stop), strict=True))
        rows = np.array([row_of.get(line_id, -1) for line_id in ids], dtype=np.int64)
        kept = np.flatnonzero(rows >= 0)
        yield first + kept, rows[kept]
