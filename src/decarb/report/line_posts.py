"""Lines by where they report: one row per line and rule, with its gases; the tables of a workbook sum them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from decarb.footprint import Footprint
from decarb.reporting import GASES, view


@dataclass(frozen=True, slots=True)
class LinePost:
    """What a line reports under one rule.

    Attributes
    ----------
    rows
        Code of its row by view; blank where the view reads another booking of the line (an asset's year of purchase,
        or its years of amortisation).
    gases
        In the order of ``decarb.reporting.GASES`` [kg CO2e]; None where the factor does not tell the gas apart.
    """

    line: int
    rows: dict[str, str]
    gases: tuple[float | None, ...]


def line_posts(footprint: Footprint) -> Iterator[LinePost]:
    """Every line under each of its rules, in the order of the lines; a refused line has none."""
    binding, inventory = footprint.binding, footprint.inventory
    of_pair = [_entries(footprint, pair) for pair in range(len(binding.bound))]
    rows = [
        {
            name: view(name).code(rule) if timing in ("both", view(name).timing) else ""
            for name in ("beges", "ghg-protocol", "iso")
        }
        for rule, timing in binding.keys
    ]
    quantity = inventory.quantity.tolist()
    for line, pair in enumerate(binding.pair.tolist()):
        for key, coefficients in of_pair[pair].items():
            gases = tuple(None if one is None else quantity[line] * one for one in coefficients)
            yield LinePost(line, rows[key], gases)


def _entries(footprint: Footprint, pair: int) -> dict[int, list[float | None]]:
    """Emissions of one unit of a pair by key and gas [kg CO2e]."""
    binding = footprint.binding
    entries = slice(*binding.pointer[pair : pair + 2].tolist())
    keys, gases = (codes.tolist() for codes in np.divmod(binding.cell[entries], len(GASES)))
    found: dict[int, list[float | None]] = {}
    for key, gas, coefficient in zip(keys, gases, binding.coefficient[entries].tolist(), strict=True):
        amounts = found.setdefault(key, [None] * len(GASES))
        amounts[gas] = (amounts[gas] or 0.0) + coefficient
    return found
