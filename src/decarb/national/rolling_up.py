"""Site to legal entity to GHT to region to nation: each level parts the sites, so that each is counted once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decarb.language import mark
from decarb.national.frame import Frame

Float64s = NDArray[np.float64]

LEVELS = (mark("site"), mark("entity"), mark("ght"), mark("region"), mark("nation"))
"""From the finest to the coarsest. A GHT may lie in two regions and a company in ten: a level is a partition of the
sites, not of the level below it."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its groups, and that of each site.

    ``names`` are FINESS numbers, names of GHT, INSEE codes of regions; blank gathers what is in none. ``of_site`` is of
    shape (sites,).
    """

    level: str
    names: tuple[str, ...]
    of_site: NDArray[np.int64]

    def sums(self, values: Float64s) -> Float64s:
        """Sums of values of sites, of shape (groups, ...); they add up to the nation's at every level.

        Parameters
        ----------
        values : array of shape (sites, ...)
        """
        sums = np.zeros((len(self.names), *values.shape[1:]))
        np.add.at(sums, self.of_site, values)
        return sums


def level_of(frame: Frame, level: str) -> Level:
    """Groups of a level in the order of their names.

    Parameters
    ----------
    level
        One of ``LEVELS``.
    """
    columns = {
        "site": frame.finess_et,
        "entity": frame.finess_ej,
        "ght": frame.ght,
        "region": frame.region,
        "nation": ("FR",) * len(frame),
    }
    if level not in columns:
        raise ValueError(f"level is {level!r}; expected one of {', '.join(LEVELS)}")
    names, of_site = np.unique(np.array(columns[level], dtype=np.str_), return_inverse=True)
    return Level(level, tuple(names.tolist()), of_site.astype(np.int64))
