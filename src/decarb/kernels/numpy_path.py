"""The numpy path: sums of quantity x coefficient per group and cell, in the order of the lines."""

import numpy as np
from numpy.typing import NDArray

CHUNK_LINES = 65_536
"""Lines expanded at a time: two megabytes of scratch instead of gigabytes, and faster for it."""


def accumulate(
    group: NDArray[np.int32],
    term: NDArray[np.int32],
    quantity: NDArray[np.float64],
    pointer: NDArray[np.int64],
    cell: NDArray[np.int32],
    coefficient: NDArray[np.float64],
    groups: int,
    cells: int,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Sum ``quantity * coefficient`` into cells.

    Parameters
    ----------
    group, term, quantity : arrays of shape (lines,)
        Establishment, row of the entries' index, and quantity of each line.
    pointer : array of shape (terms + 1,)
        Entries of term t are ``pointer[t]:pointer[t + 1]``.
    cell, coefficient : arrays of shape (entries,)
        Where each entry goes and what multiplies the quantity [kg CO2e per unit of the line].
    groups, cells
        Shape of the result.

    Returns
    -------
    values : array of shape (groups, cells) [kg CO2e]
        Each cell is summed from zero by one thread in the order of the lines, so that any chunking
        gives the same bits.
    present : array of shape (groups, cells)
        Cells that some line contributed to, be it zero; the others are unknown, not zero.
    """
    values = np.zeros(groups * cells)
    present = np.zeros(groups * cells, dtype=np.bool_)
    entries_of = np.diff(pointer)
    for start in range(0, len(term), CHUNK_LINES):
        chunk = slice(start, start + CHUNK_LINES)
        counts = entries_of[term[chunk]]
        first = np.cumsum(counts) - counts
        entry = np.arange(counts.sum()) + np.repeat(pointer[term[chunk]] - first, counts)
        target = np.repeat(group[chunk].astype(np.int64) * cells, counts) + cell[entry]
        # unbuffered and in order, which bincount is too; but it carries on from the chunk before
        np.add.at(values, target, np.repeat(quantity[chunk], counts) * coefficient[entry])
        present[target] = True
    return values.reshape(groups, cells), present.reshape(groups, cells)
