"""What the lines of many documents come to, as far as one table needs it: all that is left to do is small."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.binding import ErrorGroups
from decarb.kernels import Exposures

Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Summed:
    """What the lines of documents come to for one table.

    Attributes
    ----------
    amounts : array of shape (documents, domains, rows of the view, gases) [kg CO2e]
        Multiples of ``breakdown.GRAIN``, nan where no line reports. What the table does not tell apart is one: one
        domain, one row, one gas.
    exposures
        Of the groups of documents that the table has, by domain where it tells domains apart (domains vary fastest),
        and pairs.
    coefficients : array of shape (rows of the view, gases, pairs) [kg CO2e per unit of the pair]
        What one unit of each pair emits; zero where nothing.
    errors
        Which pairs share an error.
    """

    amounts: Float64s
    exposures: Exposures
    coefficients: Float64s
    errors: ErrorGroups
