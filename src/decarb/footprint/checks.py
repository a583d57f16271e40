"""What is doubtful in a footprint: energy that cannot be, declarations that the lines contradict."""

from collections.abc import Iterator
from functools import cache

import numpy as np

from decarb.errors import Problem
from decarb.footprint.cells import Footprint
from decarb.inventory import SECTIONS
from decarb.reporting import activities, view
from decarb.resources import data_file, read_rows

ENERGY_KWH_PER_M2 = (120.0, 600.0)
"""Usual final energy of a French hospital (Pôle énergie Bourgogne-Franche-Comté): for warnings only."""


def implausible_energy(footprint: Footprint) -> Iterator[Problem]:
    """Energy per m2 outside the band of hospitals, for establishments whose energy was all computed.

    Homes and other medico-social establishments are only warned of an order of magnitude.
    """
    low, high = ENERGY_KWH_PER_M2
    inventory = footprint.inventory
    refused = [line for refusal in footprint.binding.refusals for line in refusal.lines]
    incomplete = {inventory.establishment[line] for line in refused if SECTIONS[inventory.section[line]] == "energy"}
    energy = footprint.energy_kwh()
    for number, establishment in enumerate(inventory.establishments):
        area = establishment.denominators.get("m2")
        if not area or not energy[number] or number in incomplete:
            continue
        intensity = float(energy[number]) / area
        far = intensity > high * 10 or intensity < low / 10
        home = establishment.identity.get("category") in _medico_social()
        if far or not (home or low <= intensity <= high):
            yield Problem(
                "energy-intensity-far" if far else "energy-intensity",
                {"value": float(f"{intensity:.3g}"), "low": low, "high": high},
                file=establishment.file,
                pointer="/establishment/floor_area_m2",
                severity="warning",
            )


def goods_among_assets(footprint: Footprint) -> Iterator[Problem]:
    """Lines of the section of capital goods whose activity is no asset: they are booked as goods of the year."""
    inventory, binding = footprint.inventory, footprint.binding
    is_asset = [found is None or activities()[found.activity].asset for found in binding.bound]
    goods = ~np.array(is_asset, dtype=np.bool_)
    section = SECTIONS.index("capital_goods")
    for line in np.flatnonzero((inventory.section == section) & goods[binding.pair]).tolist():
        found = binding.of_line(line)
        if found:
            yield Problem(
                "goods-among-assets",
                {"activity": found.activity, "choices": [a for a in found.factor.activities if activities()[a].asset]},
                file=inventory.file(line),
                pointer=inventory.pointer(line),
                line_id=inventory.ids[line],
                severity="warning",
            )


def contradictions(footprint: Footprint) -> Iterator[Problem]:
    """Posts declared excluded although lines report in them."""
    column = {row.code: number for number, row in enumerate(view("beges").rows)}
    has_lines = ~np.isnan(footprint.row_totals("beges"))
    for number, establishment in enumerate(footprint.inventory.establishments):
        for position, entry in enumerate(establishment.declaration.get("excluded_posts", ())):
            if has_lines[number, column[entry["post"]]]:
                yield Problem(
                    "excluded-post-has-lines",
                    {"value": entry["post"]},
                    file=establishment.file,
                    pointer=f"/declaration/excluded_posts/{position}",
                    severity="warning",
                )


@cache
def _medico_social() -> frozenset[str]:
    rows = read_rows(data_file("finess_categories.csv"))
    return frozenset(row["code"] for row in rows if row["group"] == "medico-social")
