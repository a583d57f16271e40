"""Links between adaptation and carbon: what the lines weigh today, unknown where there is none."""

import pytest

from decarb.adaptation import evaluate, linked_emissions
from decarb.footprint import compute_footprint
from tests.adaptation.checklists import TODAY, answer, fact, shown


def test_emissions_of_the_lines_that_a_link_touches(make, library):
    # 10 kg of R410A; 2,088 in AR5, the total of the footprint for the rest
    lines = [make.line("r410a", 10, "kg"), make.line("natural-gas-fr-kwh-pci", 100, "MWh PCI")]
    inventory = make.read(*lines, section="refrigerants", year=2024)
    footprint = compute_footprint(inventory, library)
    found = linked_emissions(evaluate(inventory, today=TODAY), footprint, 0)
    by_activity = {one.link.activities: one for one in found}
    cooling = by_activity[("refrigerant_leak",)]
    assert cooling.link.effect == "raises"
    assert cooling.emissions_kgco2e == pytest.approx(footprint.line_totals()[0])
    assert cooling.share == pytest.approx(footprint.line_totals()[0] / footprint.total())
    water = by_activity[("water", "wastewater")]
    assert (water.emissions_kgco2e, water.share) == (None, None)


def test_a_link_whose_items_are_all_met_is_not_shown(make, library):
    answers = [answer(item, "met", **shown()) for item in ("WAT-01", "WAT-02")]
    facts = [fact("nonpotable_reuse_allowed", False)]  # WAT-06 does not apply
    inventory = make.read(
        make.line("water-supply-m3", 10, "m3"),
        section="water",
        year=2024,
        schema_version="1.1",
        adaptation={"answers": answers, "facts": facts},
    )
    found = linked_emissions(evaluate(inventory, today=TODAY), compute_footprint(inventory, library), 0)
    assert not [one for one in found if "water" in one.link.activities]
