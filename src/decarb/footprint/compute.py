"""From an inventory and a library to a footprint, or to every reason why not."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from decarb.binding import Binding, bind
from decarb.errors import InvalidInventoryError, Problem, RefusedLinesError, UsageError
from decarb.factors import FactorLibrary, load_factors
from decarb.factors.records import GWP_SETS
from decarb.footprint.cells import Footprint
from decarb.inventory import Establishment, Inventory
from decarb.kernels import accumulate
from decarb.reporting import GASES

if TYPE_CHECKING:
    from decarb.medicines import Medicines


def compute_footprint(
    inventory: Inventory,
    library: FactorLibrary | None = None,
    gwp: str | None = None,
    partial: bool = False,
    medicines: "Medicines | None" = None,
) -> Footprint:
    """Compute the footprint of an inventory.

    Parameters
    ----------
    inventory
        From ``read_inventory``.
    library
        From ``load_factors``; the packaged library by default.
    gwp
        ``AR4``, ``AR5`` or ``AR6``; by default what the documents say, else AR6.
    partial
        Compute the lines that can be bound although others are refused.
    medicines
        From ``load_medicines``: what medicine codes are resolved with; the packaged tables by default.

    Returns
    -------
    Footprint
        Unrounded [kg CO2e]; ``is_partial`` says whether lines were left out.

    Raises
    ------
    RefusedLinesError
        If a line cannot be bound and `partial` is false: every refusal is listed.
    InvalidInventoryError
        If the documents ask for different GWP sets, or one is unknown, and `gwp` does not decide.

    Notes
    -----
    emissions = quantity x conversion to the factor's unit x sum over parts of (sum over gases + unsplit),
    docs/method.md.
    """
    gwp_set = gwp_set_of(inventory.establishments, gwp)
    return _computed(bind(inventory, library or load_factors(), gwp_set, medicines=medicines), partial)


def restate(
    footprint: Footprint, library: FactorLibrary | None = None, gwp: str | None = None, partial: bool = False
) -> Footprint:
    """Compute the same lines with another library or GWP set.

    Parameters
    ----------
    library, gwp
        What the footprint itself was computed with, where not given.
    partial
        As in ``compute_footprint``.

    Raises
    ------
    RefusedLinesError
        If a line cannot be bound and `partial` is false: every refusal is listed.

    Notes
    -----
    The same bits as computing the inventory anew; a nation's pairs are not looked for again.
    """
    before = footprint.binding
    gwp_set = before.gwp_set if gwp is None else gwp_set_of(before.given.establishments, gwp)
    found = _computed(bind(before.given, library or before.library, gwp_set, before), partial)
    found.__dict__.update(_exposures_that_hold(footprint, found))
    return found


def _exposures_that_hold(before: Footprint, after: Footprint) -> dict[str, object]:
    """What was made of the lines of a footprint already, and is the same whatever their factors.

    Pairs that are refused now have no coefficient: their exposures count nothing.
    """
    if before.inventory is not after.inventory:
        return {}
    names = ["activity_sigma"]
    one, other = before.binding, after.binding
    if np.array_equal(one.pair, other.pair) and not (other.is_bound & ~one.is_bound).any():
        names += ["exposures", "exposures_together"]
    return {name: before.__dict__[name] for name in names if name in before.__dict__}


def _computed(binding: Binding, partial: bool) -> Footprint:
    """Footprint of a binding, or every reason why not."""
    if binding.refusals and not partial:
        raise RefusedLinesError(problem for refusal in binding.refusals for problem in refusal.problems)
    shape = (len(binding.inventory.establishments), len(binding.keys), len(GASES))
    with np.errstate(over="ignore", invalid="ignore"):  # refused by name just below
        values, present = _accumulated(binding, shape)
    if not np.isfinite(values).all():
        raise RefusedLinesError([Problem("total-not-finite", {})])
    return Footprint(binding, values.reshape(shape), present.reshape(shape))


def _accumulated(binding: Binding, shape: tuple[int, int, int]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    inventory = binding.inventory
    return accumulate(
        inventory.establishment,
        binding.pair,
        inventory.quantity,
        binding.pointer,
        binding.cell,
        binding.coefficient,
        shape[0],
        shape[1] * shape[2],
    )


def gwp_set_of(establishments: Sequence[Establishment], gwp: str | None) -> str:
    """GWP set that is asked for, else the one that the documents say, else AR6; errors as ``compute_footprint``."""
    if gwp is not None:
        if gwp not in GWP_SETS:
            raise UsageError([Problem("unknown-gwp-set", {"value": gwp, "known": GWP_SETS})])
        return gwp
    asked = {establishment.method.get("gwp_set", "AR6") for establishment in establishments}
    if len(asked) > 1:
        raise InvalidInventoryError([Problem("gwp-sets-differ", {"value": sorted(asked)})])
    return next(iter(asked), "AR6")
