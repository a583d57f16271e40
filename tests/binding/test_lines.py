"""Lines bound together: refusals grouped, in order, with what is at stake."""

from typing import Any

import pytest

from tests.binding.bound_lines import SPEND, coded


def test_all_reasons_of_a_line_are_said_at_once(make: Any) -> None:
    (refusal,) = make.compute(
        make.line("natural-gas-fr-2022-kwh-pci", 1, "t", activity="food"), partial=True
    ).binding.refusals
    assert [problem.code for problem in refusal.problems] == ["unit-mismatch", "activity-not-served"]


def test_lines_that_share_a_problem_are_one_refusal_with_their_count(make: Any) -> None:
    bad = make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh")
    good = make.line("electricity-fr-2024", 1, "kWh")
    binding = make.compute(good, bad, {**bad, "quantity": 7}, good, bad, partial=True).binding
    (refusal,) = binding.refusals
    assert refusal.lines == (1, 2, 4)
    (problem,) = refusal.problems
    assert (problem.count, problem.line_id, problem.pointer) == (3, "line-2", "/energy/1")


def test_refusals_stand_in_document_order(make: Any) -> None:
    first = make.line("electricity-fr-2024", 1, "kg")
    second = make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh")
    refusals = make.compute(first, second, first, partial=True).binding.refusals
    assert [refusal.lines for refusal in refusals] == [(0, 2), (1,)]


def test_the_stake_of_refused_lines_comes_from_their_spend(make: Any) -> None:
    spend = {"factor": f"{SPEND}-2023", "quantity": 1000, "unit": "EUR HT"}
    line = {**coded("CIP13", "3400938749984", unit="item"), "spend": spend}
    # 1,000 EUR x 0.194 = 194 kg a line
    (refusal,) = make.compute(line, line, partial=True).binding.refusals
    assert refusal.stake_kgco2e == pytest.approx(388)
    ttc = {**line, "spend": {**spend, "quantity": 1021, "unit": "EUR", "basis": "TTC", "vat_percent": 2.1}}
    (refusal,) = make.compute(ttc, partial=True).binding.refusals
    assert refusal.stake_kgco2e == pytest.approx(194)


def test_an_amount_refused_for_its_tax_alone_is_at_stake_at_most_as_if_it_had_none(make: Any) -> None:
    # 1,000 EUR TTC are at most 1,000 EUR HT: 194 kg
    for unit in ("EUR TTC 2023", "EUR 2023"):
        line = make.line(f"{SPEND}-2023", 1000, unit)
        (refusal,) = make.compute(line, {**line, "quantity": 500}, partial=True).binding.refusals
        assert refusal.stake_kgco2e == pytest.approx(1.5 * 194)


@pytest.mark.parametrize(
    "spend",
    [None, {"factor": "nothing", "quantity": 1, "unit": "EUR HT"}, {"factor": SPEND, "quantity": 1, "unit": "EUR"}],
)
def test_a_stake_that_nothing_estimates_is_none_and_never_zero(make: Any, spend: Any) -> None:
    line = coded("CIP13", "3400938749984", unit="item") | ({"spend": spend} if spend else {})
    (refusal,) = make.compute(line, partial=True).binding.refusals
    assert refusal.stake_kgco2e is None


def test_the_spend_of_a_bound_line_is_not_counted(make: Any) -> None:
    line = make.line("electricity-fr-2024", 1000, "kWh")
    spend = {"factor": SPEND, "quantity": 1e6, "unit": "EUR HT"}
    assert make.compute({**line, "spend": spend}).total() == make.compute(line).total()
