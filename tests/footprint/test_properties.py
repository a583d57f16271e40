"""What must hold of any inventory."""

import math
from functools import cache
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.factors import load_factors
from decarb.factors.library import factor_value
from decarb.footprint import Footprint, compute_footprint
from decarb.inventory import read_inventory
from decarb.reporting import TOTAL_GASES, VIEWS, activities


@cache
def choices() -> list[tuple[str, str, str]]:
    """(factor, its own unit with its basis, an activity) for every factor and every activity it serves."""
    return [
        (
            factor.id,
            " ".join([factor.unit.name, *factor.unit.bases, str(factor.unit.price_year or "")]).strip(),
            activity,
        )
        for factor in load_factors().by_id.values()
        for activity in factor.activities
    ]


@st.composite
def any_line(draw: st.DrawFn) -> dict[str, Any]:
    factor, unit, activity = draw(st.sampled_from(choices()))
    quantity = draw(st.floats(1e-6, 1e9) | st.integers(0, 10**11))
    line: dict[str, Any] = {"factor": factor, "unit": unit, "activity": activity, "quantity": quantity}
    if draw(st.booleans()):
        line |= {"credit": True, "quantity": -quantity}
    if draw(st.booleans()):
        line["operated"] = draw(st.booleans())
    if draw(st.booleans()):
        line["paid"] = draw(st.booleans())
    if draw(st.booleans()):
        line["tenure"] = draw(st.sampled_from(["owned", "leased"]))
    if activities()[activity].asset and draw(st.booleans()):
        line["amortisation_years"] = draw(st.integers(1, 60))
        if draw(st.booleans()):
            line["acquisition_year"] = draw(st.integers(1970, 2024))
    return line


any_lines = st.lists(any_line(), min_size=1, max_size=25)


def magnitude(footprint: Footprint) -> float:
    """Scale of rounding errors: what the lines add up to without their signs."""
    lines = float(np.nansum(np.abs(footprint.line_totals("beges"))))  # a line and its credit leave cells empty
    return float(np.sum(np.abs(footprint.cells))) + lines + 1e-9


@given(lines=any_lines, gas_releases=st.sampled_from(["fugitive", "process"]))
def test_gases_add_to_posts_and_posts_to_the_total_in_every_view(
    make: Any, lines: list[dict[str, Any]], gas_releases: str
) -> None:
    footprint = make.compute(*lines, method={"gas_releases": gas_releases})
    scale = magnitude(footprint)
    for name in VIEWS:
        rows, totals = footprint.rows(name), footprint.row_totals(name)
        gases = np.nansum(rows[:, :, : len(TOTAL_GASES)], axis=2)
        assert np.abs(gases - np.nan_to_num(totals)).max() <= 1e-9 * scale
        assert abs(float(np.nansum(totals)) - footprint.total(name)) <= 1e-9 * scale
    lines_sum = float(np.nansum(footprint.line_totals("beges")))
    assert abs(lines_sum - footprint.total("beges")) <= 1e-9 * scale
    split = footprint.lines().filter(like="post_").to_numpy(dtype=float)
    assert abs(float(np.nansum(split)) - footprint.total("beges")) <= 1e-9 * scale


@given(lines=any_lines)
def test_the_three_views_share_one_total_but_for_the_itemised_differences(
    make: Any, lines: list[dict[str, Any]]
) -> None:
    footprint = make.compute(*lines)
    scale = magnitude(footprint)
    assert abs(footprint.total("beges") - footprint.total("iso")) <= 1e-9 * scale
    gap = footprint.total("ghg-protocol") - footprint.total("beges")
    differences = footprint.differences()
    assert abs(gap - sum(d["difference_kgco2e"] for d in differences)) <= 1e-9 * scale
    timed = {f"line-{n}" for n, line in enumerate(lines, start=1) if "acquisition_year" in line}
    assert {d["line"] for d in differences} <= timed


@given(lines=any_lines)
def test_the_total_is_quantity_times_value_over_the_lines(make: Any, lines: list[dict[str, Any]]) -> None:
    # straight from the tables, without posts, gases or cells
    lines = [{name: value for name, value in line.items() if name != "acquisition_year"} for line in lines]
    expected = math.fsum(
        line["quantity"]
        * factor_value(make.library, make.library.by_id[line["factor"]])
        / line.get("amortisation_years", 1)
        for line in lines
    )
    footprint = make.compute(*lines)
    assert abs(footprint.total() - expected) <= 1e-9 * magnitude(footprint)


@given(lines=any_lines, data=st.data())
def test_order_and_splitting_of_lines_do_not_matter(make: Any, lines: list[dict[str, Any]], data: Any) -> None:
    whole = make.compute(*lines)
    shuffled = data.draw(st.permutations(lines))
    halves = [{**line, "quantity": line["quantity"] / 2} for line in shuffled for _ in range(2)]
    split = make.compute(*halves)
    for name in VIEWS:
        difference = np.abs(np.nan_to_num(whole.rows(name)) - np.nan_to_num(split.rows(name)))
        assert difference.max() <= 1e-9 * magnitude(whole)
        assert np.array_equal(np.isnan(whole.rows(name)), np.isnan(split.rows(name)))


@settings(max_examples=40)
@given(batches=st.lists(any_lines, min_size=1, max_size=4), data=st.data())
def test_many_establishments_are_each_alone_in_any_order_of_files(
    make: Any, batches: list[list[dict[str, Any]]], data: Any
) -> None:
    finess = ["010000024", "010780054", "750712184", "970400024"]
    paths = [
        make.write(make.document(*lines, establishment={"finess_ej": number}))
        for lines, number in zip(batches, finess, strict=False)
    ]
    together = compute_footprint(read_inventory(*data.draw(st.permutations(paths))), make.library)
    for name in VIEWS:
        for number, path in enumerate(paths):
            alone = compute_footprint(read_inventory(path), make.library)
            # the same bits: an establishment's cells are summed by themselves
            assert np.array_equal(together.rows(name)[number], alone.rows(name)[0], equal_nan=True)
            assert together.totals(name)[number] == alone.totals(name)[0]
    again = compute_footprint(read_inventory(*data.draw(st.permutations(paths))), make.library)
    assert again.total() == together.total()
    assert np.array_equal(again.cells, together.cells)


@given(lines=any_lines, scale=st.sampled_from([2.0, 0.5, 1024.0]))
def test_twice_the_activity_is_twice_the_footprint(make: Any, lines: list[dict[str, Any]], scale: float) -> None:
    # powers of two: exact in binary
    once = make.compute(*lines)
    scaled = make.compute(*({**line, "quantity": line["quantity"] * scale} for line in lines))
    assert np.array_equal(once.rows() * scale, scaled.rows(), equal_nan=True)
    assert once.total() * scale == scaled.total()
