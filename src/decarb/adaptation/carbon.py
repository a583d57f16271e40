"""What adaptation does to the footprint and the other way round, with what the inventory weighs in it today."""

from dataclasses import dataclass

import numpy as np

from decarb.adaptation.catalogue import CarbonLink
from decarb.adaptation.evaluating import Checklist
from decarb.adaptation.recorded import MET, NOT_APPLICABLE
from decarb.footprint import Footprint


@dataclass(frozen=True, slots=True)
class LinkedEmissions:
    """A link between items and lines of the footprint.

    Attributes
    ----------
    open_items
        Items of the link that are not met, or not answered.
    emissions_kgco2e
        What the lines of its activities weigh today [kg CO2e]; None where the inventory has none: unknown, not zero.
    share
        Of the footprint of the establishment; None with it.
    """

    link: CarbonLink
    open_items: tuple[str, ...]
    emissions_kgco2e: float | None
    share: float | None


def linked_emissions(checklist: Checklist, footprint: Footprint, establishment: int) -> list[LinkedEmissions]:
    """Links of an establishment between its checklist and its footprint, those with open items alone."""
    of_line = footprint.inventory.establishment == establishment
    totals = np.nan_to_num(footprint.line_totals()[of_line])
    activities = [found.activity if found else "" for found in footprint.binding.bound]
    pair = footprint.binding.pair[of_line]
    whole = float(totals.sum())
    found = []
    for link in checklist.catalogue.carbon_links:
        columns = [column for column, item in enumerate(checklist.items) if item.id in link.items]
        status = checklist.overall[establishment, columns]
        open_items = tuple(
            checklist.items[column].id
            for column, code in zip(columns, status.tolist(), strict=True)
            if code not in (MET, NOT_APPLICABLE)
        )
        if not open_items:
            continue
        touched = np.isin(pair, [code for code, activity in enumerate(activities) if activity in link.activities])
        weighed = float(totals[touched].sum()) if touched.any() else None
        share = weighed / whole if weighed is not None and whole > 0 else None
        found.append(LinkedEmissions(link, open_items, weighed, share))
    return found
