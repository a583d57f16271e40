"""What is doubtful in a footprint: energy that cannot be, declarations that the lines contradict."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from decarb.binding import BoundTerms
from decarb.errors import Problem
from decarb.footprint.cells import Footprint
from decarb.inventory import SECTIONS
from decarb.medicines import SPEND
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


def medicines_counted_twice(footprint: Footprint) -> Iterator[Problem]:
    """Purchases that may stand twice: a pharmacy's account beside its codes, a gas by code beside its mass."""
    inventory, binding = footprint.inventory, footprint.binding
    coded = np.array([bool(found and found.priced) for found in binding.bound], dtype=np.bool_)
    account = np.array([rung == SPEND for rung in footprint.rung_of_pair], dtype=np.bool_) & ~coded
    for number, line in _both(footprint, coded, account):
        what = {"account": inventory.ids[line]}
        yield _at(footprint, number, line, Problem("pharmacy-counted-twice", what, severity="warning"))
    substances = {found.factor.substance for found in binding.bound if found and found.factor.model == "gwp"}
    for substance in sorted(substances):
        released = np.array([_releases(found, substance) for found in binding.bound], dtype=np.bool_)
        own = np.array(
            [bool(found and found.factor.model == "gwp" and found.factor.substance == substance
                  and found.activity == "anaesthetic_gas") for found in binding.bound], dtype=np.bool_
        )  # fmt: skip
        for number, line in _both(footprint, released, own):
            what = {"substance": substance}
            yield _at(footprint, number, line, Problem("gas-counted-twice", what, severity="warning"))


def _releases(found: BoundTerms | None, substance: str) -> bool:
    return bool(found and found.priced and any(part.part.label == substance for part in found.parts))


def _both(footprint: Footprint, first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Establishments with lines of both kinds of pair, and the first line of the second kind."""
    if not (first.any() and second.any()):
        return
    inventory, pair = footprint.inventory, footprint.binding.pair
    has_first = np.zeros(len(inventory.establishments), dtype=np.bool_)
    has_first[inventory.establishment[first[pair]]] = True
    lines = np.flatnonzero(second[pair])
    owners, places = np.unique(inventory.establishment[lines], return_index=True)
    yield from (
        (int(owner), int(lines[place])) for owner, place in zip(owners, places, strict=True) if has_first[owner]
    )


def _at(footprint: Footprint, establishment: int, line: int, problem: Problem) -> Problem:
    inventory = footprint.inventory
    return problem.at(
        file=inventory.establishments[establishment].file, pointer=inventory.pointer(line), line_id=inventory.ids[line]
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
