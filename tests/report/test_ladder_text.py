"""Medicines by rung, as the footprint shows them."""

import pytest

from decarb.footprint import compute_footprint
from decarb.inventory import read_inventory
from decarb.report.explanation import explain_line, explanation_text
from decarb.report.ladder_text import rung_records, rungs_text
from decarb.uncertainty import medicines_by_rung


@pytest.fixture(scope="module")
def pharmacy():
    from pathlib import Path

    return compute_footprint(read_inventory(Path(__file__).parents[2] / "examples" / "pharmacie-par-code.json"))


def test_rungs_and_released_gases_are_all_that_medicines_emit(pharmacy):
    found = medicines_by_rung(pharmacy)
    posts = pharmacy.by_post()["total"]
    assert sum(each.emissions_kgco2e for each in found if each.rung) == pytest.approx(
        sum(r["emissions_kgco2e"] for r in pharmacy.line_records() if r["rung"]) - found[0].emissions_kgco2e
        + sum(r["emissions_kgco2e"] for r in pharmacy.line_records() if r["section"] == "medicines" and not r["rung"])
    )  # fmt: skip
    assert found[0].emissions_kgco2e == pytest.approx(posts["1.4"])
    for each in found:
        assert each.interval.low < each.emissions_kgco2e < each.interval.high or each.rung == 0


def test_the_table_says_what_would_lift_the_largest_rung_and_that_rungs_are_not_comparable(pharmacy):
    text = "\n".join(rungs_text(pharmacy, "beges", "en"))
    assert "gases that they release, direct emissions" in text
    assert "To lift rung 2 to 1: the supplier's result" in text
    assert "Rungs are not comparable" in text
    assert "research and corporate activities" in text


def test_an_inventory_without_medicines_has_no_such_table(make):
    footprint = make.compute(make.line("electricity-fr-2024", 1, "MWh"))
    assert list(rungs_text(footprint, "beges", "en")) == []
    assert rung_records(footprint) == []


def test_an_account_of_the_pharmacy_stands_on_the_rung_of_spend_without_a_product_error(make):
    footprint = make.compute(make.line("spend-pharmaceutical-products", 1000, "EUR HT", uncertainty=0))
    (record,) = rung_records(footprint)
    assert (record["rung"], record["lines"]) == (7, 1)
    assert footprint.line_gsd2.tolist() == [pytest.approx(1.8)]


def test_explain_says_how_a_box_is_priced_and_why_no_better_rung_holds(pharmacy):
    line = pharmacy.inventory.line("pembrolizumab")
    text = explanation_text(pharmacy, line, "en")
    assert "Rung 6: mean box" in text
    assert "not by its mass: a biologic" in text
    assert "↑ one rung up, to 5, with: its ATC class" in text
    medicine = explain_line(pharmacy, line)["medicine"]
    assert (medicine["rung"], medicine["shared_gsd2"], medicine["line_gsd2"]) == (6, 1.5, pytest.approx(5))
