"""Intervals by line, post, establishment and region: by hand, and as the sums that they are."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.kernels import Exposures
from decarb.uncertainty import GROUPINGS, Z_97_5, grouping, interval_of_sum, row_intervals, uncertainty

# factors of conftest: half 1 kg (GSD2 1.5), twice 2 kg (2), fifth 1 kg (1.2), sure 1 kg (1)


def sigma(gsd2: float) -> float:
    return math.log(gsd2) / Z_97_5


def of_sum(amounts: list[float], activity: list[float], group: list[int], factors: list[float]) -> list[float]:
    """Bounds of lines given the GSD2 of each quantity and of each factor."""
    spreads = np.array([sigma(gsd2) for gsd2 in activity])
    found = interval_of_sum(np.array(amounts), spreads, np.array(group), np.array([sigma(gsd2) for gsd2 in factors]))
    return [found.low, found.high]


def bounds(found: Any, place: int = 0) -> list[float]:
    return [float(found.low[place]), float(found.high[place])]


def test_two_lines_that_share_a_factor_against_two_that_do_not(hospitals: Any, line: Any) -> None:
    # sharing: 200 kg on one factor of GSD2 1.5, as if one line: [200 / 1.5, 200 x 1.5]
    shared = uncertainty(hospitals([line("half", 100), line("half", 100)]))
    assert bounds(shared) == pytest.approx([200 / 1.5, 300], rel=1e-9)
    # apart, GSD2 1.5 and 1.2: s1 = ln 1.5 / 1.959964 = .206874, s2 = ln 1.2 / 1.959964 = .093023
    # K1 = 100 (e^(s1^2/2) + e^(s2^2/2)) = 102.162923 + 100.433601 = 202.596524
    # K2 = 100^2 (e^(s1^2) (e^(s1^2) - 1) + e^(s2^2) (e^(s2^2) - 1)) = 456.4 + 87.7 = 544.1, sd 23.3: narrower
    apart = uncertainty(hospitals([line("half", 100), line("fifth", 100)]))
    variance = 1e4 * sum(math.exp(s**2) * math.expm1(s**2) for s in (sigma(1.5), sigma(1.2)))
    assert variance == pytest.approx(544.1, abs=0.1)
    assert apart.high[0] - apart.low[0] == pytest.approx(2 * Z_97_5 * math.sqrt(variance), rel=0.01)
    assert bounds(apart) == pytest.approx(of_sum([100, 100], [1, 1], [0, 1], [1.5, 1.2]), rel=1e-9)


@pytest.mark.parametrize("split", [1, 2])
def test_a_factor_is_as_wrong_in_one_hospital_as_in_two(hospitals: Any, line: Any, split: int) -> None:
    lines = [line("half", 100, 30, id="a"), line("half", 100, 30, id="b")]
    found = uncertainty(hospitals(lines) if split == 1 else hospitals(*([each] for each in lines)))
    assert found.names == ("total",)
    assert found.value[0] == 200
    assert bounds(found) == pytest.approx(of_sum([100, 100], [1.3, 1.3], [0, 0], [1.5]), rel=1e-9)


def nation(hospitals: Any, line: Any, **options: Any) -> Any:
    """Two hospitals in region 11, one in 84, one that says no region; in two posts, and with a credit."""
    return hospitals(
        ([line("half", 100, 30), line("twice", 40, 10)], "11"),
        ([line("half", 50, 60), line("half", -20, 30), line("sure", 5)], "84"),
        ([line("twice", 30, 20)], "11"),
        ([line("fifth", 25)], ""),
        **options,
    )


def test_a_region_is_the_sum_of_its_establishments(hospitals: Any, line: Any) -> None:
    found = uncertainty(nation(hospitals, line), "region")
    assert found.names == ("", "11", "84")
    # 100 + 2 x 40 + 2 x 30; 50 - 20 + 5; 25
    assert found.value.tolist() == [25, 240, 35]
    expected = of_sum([100, 80, 60], [1.3, 1.1, 1.2], [0, 1, 1], [1.5, 2])
    assert bounds(found, 1) == pytest.approx(expected, rel=1e-9)
    assert bounds(found, 2) == pytest.approx(of_sum([50, -20, 5], [1.6, 1.3, 1], [0, 0, 1], [1.5, 1]), rel=1e-9)
    assert bounds(found) == pytest.approx([25 / 1.2, 25 * 1.2], rel=1e-9)


def test_establishments_posts_and_the_total(hospitals: Any, line: Any) -> None:
    footprint = nation(hospitals, line)
    by_place = uncertainty(footprint, "establishment")
    assert by_place.names == ("H0 2024", "H1 2024", "H2 2024", "H3 2024")
    assert by_place.value.tolist() == [180, 35, 60, 25]
    assert bounds(by_place) == pytest.approx(of_sum([100, 80], [1.3, 1.1], [0, 1], [1.5, 2]), rel=1e-9)
    # food is post 4.1, other 6.1
    by_post = uncertainty(footprint, "post")
    assert (by_post.names, by_post.value.tolist()) == (("4.1", "6.1"), [165, 135])
    food = of_sum([80, 60, 25], [1.1, 1.2, 1], [0, 0, 1], [2, 1.2])
    other = of_sum([100, 50, -20, 5], [1.3, 1.6, 1.3, 1], [0, 0, 0, 1], [1.5, 1])
    assert [bounds(by_post), bounds(by_post, 1)] == [pytest.approx(food, rel=1e-9), pytest.approx(other, rel=1e-9)]
    rows, whole = row_intervals(footprint)
    assert [rows["4.1"].low, rows["4.1"].high] == bounds(by_post)
    total = uncertainty(footprint)
    assert [whole.low, whole.high] == bounds(total)
    expected = of_sum(
        [100, 80, 50, -20, 5, 60, 25], [1.3, 1.1, 1.6, 1.3, 1, 1.2, 1], [0, 1, 0, 0, 2, 1, 3], [1.5, 2, 1, 1.2]
    )
    assert bounds(total) == pytest.approx(expected, rel=1e-9)


def test_a_line_is_lognormal(hospitals: Any, line: Any) -> None:
    found = uncertainty(nation(hospitals, line), "line")
    assert found.names == ("line-1", "line-2", "line-1", "line-2", "line-3", "line-1", "line-1")
    gsd2 = math.exp(math.hypot(math.log(1.3), math.log(1.5)))  # ln 1.3 = .2624, ln 1.5 = .4055: 1.6208
    assert gsd2 == pytest.approx(1.6208, abs=1e-4)
    assert bounds(found) == pytest.approx([100 / gsd2, 100 * gsd2], rel=1e-12)
    # a credit of 20: [-20 x GSD2, -20 / GSD2]
    assert bounds(found, 3) == pytest.approx([-20 * gsd2, -20 / gsd2], rel=1e-12)


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("view", ["beges", "ghg-protocol", "iso"])
def test_values_of_groups_add_up(hospitals: Any, line: Any, by: str, view: str) -> None:
    footprint = nation(hospitals, line)
    found = uncertainty(footprint, by, view)
    assert found.value.sum() == pytest.approx(footprint.total(view), rel=1e-12)
    assert (found.low <= found.value).all()
    assert (found.value <= found.high).all()


def test_unknown_groups_are_refused(hospitals: Any, line: Any) -> None:
    with pytest.raises(ValueError, match="'hospital'; expected one of post, establishment, region, line, total"):
        uncertainty(hospitals([line("half", 1)]), "hospital")


# Refused lines, and nothing at all


def test_refused_lines_have_no_interval_and_change_none(hospitals: Any, line: Any) -> None:
    refused = line("half", 7, 50, unit="L", id="odd")
    without = hospitals([line("half", 100, 30)])
    footprint = hospitals([line("half", 100, 30), refused], [refused], partial=True)
    assert bounds(uncertainty(footprint)) == bounds(uncertainty(without))
    by_line = uncertainty(footprint, "line")
    assert np.isnan([by_line.value[1], by_line.low[1], by_line.high[1]]).all()
    # a hospital whose lines are all refused
    places = uncertainty(footprint, "establishment")
    assert [float(places.value[1]), *bounds(places, 1)] == [0, 0, 0]


@pytest.mark.parametrize("by", GROUPINGS)
def test_all_lines_refused(hospitals: Any, line: Any, by: str) -> None:
    found = uncertainty(hospitals([line("half", 7, 50, unit="L")], partial=True), by)
    if by == "line":
        assert np.isnan(found.low).all()
    else:
        assert found.value.tolist() == found.low.tolist() == found.high.tolist() == ([] if by == "post" else [0.0])


# Degenerate sums


@pytest.mark.parametrize("quantities", [[0], [0, 0], [5], [-5], [100, -100], [-1, -2, 2]])
@pytest.mark.parametrize("by", ["post", "establishment", "region", "line", "total"])
def test_no_error_anywhere(hospitals: Any, line: Any, quantities: list[float], by: str) -> None:
    found = uncertainty(hospitals([line("sure", quantity) for quantity in quantities]), by)
    assert found.value.sum() == sum(quantities)
    assert found.low.tolist() == found.value.tolist() == found.high.tolist()


def test_a_zero_total_of_zeros_is_sure(hospitals: Any, line: Any) -> None:
    assert bounds(uncertainty(hospitals([line("half", 0, 50), line("twice", 0)]))) == [0, 0]


def test_what_cancels_keeps_the_errors_of_its_quantities(hospitals: Any, line: Any) -> None:
    # +100 and -100 on one factor: K1 = 0, K3 = 0, and K2 = 2 e^(2 f^2) 100^2 e^(a^2) (e^(a^2) - 1) of the quantities
    found = uncertainty(hospitals([line("half", 100, 30), line("half", -100, 30)]))
    f, a = sigma(1.5), sigma(1.3)
    half = Z_97_5 * math.sqrt(2 * 100**2 * math.exp(2 * f**2) * math.exp(a**2) * math.expm1(a**2))
    assert found.value[0] == 0
    assert bounds(found) == pytest.approx([-half, half], rel=1e-9)


def test_credits_alone_mirror_what_they_credit(hospitals: Any, line: Any) -> None:
    bought = uncertainty(hospitals([line("half", 100, 30), line("twice", 10, 20)]))
    credited = uncertainty(hospitals([line("half", -100, 30), line("twice", -10, 20)]))
    assert bounds(credited) == pytest.approx([-high for high in bounds(bought)[::-1]], rel=1e-12)


@pytest.mark.parametrize("by", GROUPINGS)
def test_the_largest_errors_of_a_document(hospitals: Any, line: Any, by: str) -> None:
    # 1000 %: GSD2 11 of the quantity
    found = uncertainty(hospitals([line("sure", 1e15, 1000)]), by)
    assert bounds(found) == pytest.approx([1e15 / 11, 11e15], rel=1e-6)


# Properties

amounts = st.lists(
    st.tuples(st.sampled_from(["half", "twice", "fifth"]), st.floats(0.01, 1e4), st.floats(0, 100)),
    min_size=1,
    max_size=6,
)


@given(amounts, st.randoms(use_true_random=False))
def test_order_of_files_and_lines_does_not_matter(hospitals: Any, line: Any, given_lines: Any, random: Any) -> None:
    lines = [line(*each, id=f"line-{number}") for number, each in enumerate(given_lines)]
    first = hospitals(lines, [line("half", 3)], [line("twice", 2, 50)])
    shuffled = hospitals(lines, [line("half", 3)], [line("twice", 2, 50)], order=random.sample(range(3), 3))
    random.shuffle(lines)
    permuted = hospitals(lines, [line("half", 3)], [line("twice", 2, 50)])
    for by in ("post", "establishment", "region", "total"):
        expected = uncertainty(first, by)
        same = uncertainty(shuffled, by)
        assert (same.low.tolist(), same.high.tolist()) == (expected.low.tolist(), expected.high.tolist())
        close = uncertainty(permuted, by)
        np.testing.assert_allclose([close.low, close.high], [expected.low, expected.high], rtol=1e-9)


@given(amounts)
def test_shared_factors_never_narrow_a_sum_of_uses(hospitals: Any, line: Any, given_lines: Any) -> None:
    found = uncertainty(hospitals([line(*each) for each in given_lines]))
    gsd2 = {"half": 1.5, "twice": 2.0, "fifth": 1.2}
    emitted = [quantity * (2 if factor == "twice" else 1) for factor, quantity, _ in given_lines]
    spreads = [1 + percent / 100 for *_, percent in given_lines]
    own = [gsd2[factor] for factor, *_ in given_lines]
    low, high = of_sum(emitted, spreads, list(range(len(emitted))), own)
    assert found.high[0] - found.low[0] >= (high - low) * (1 - 1e-9)


@given(amounts, st.floats(0.001, 1000))
def test_bounds_scale_with_the_quantities(hospitals: Any, line: Any, given_lines: Any, scale: float) -> None:
    found = uncertainty(hospitals([line(*each) for each in given_lines]))
    scaled = uncertainty(hospitals([line(factor, scale * quantity, error) for factor, quantity, error in given_lines]))
    assert bounds(scaled) == pytest.approx([scale * bound for bound in bounds(found)], rel=1e-9)


@pytest.mark.parametrize("value", [1e-170, 1e-110, 1e80, 1e150, 1e290])
def test_cubes_of_any_factor_stay_finite(make: Any, tmp_path: Any, value: float) -> None:
    # GSD2 11 of both: sqrt(2) ln 11 = 3.39113, GSD2 29.6997 together
    from decarb.factors import load_factors
    from decarb.footprint import compute_footprint
    from decarb.uncertainty import contributions, draw

    path = tmp_path / "own.csv"
    header = "id,name,unit,value,activity,source,uncertainty_percent"
    path.write_text(f"{header}\nodd,Odd,kg,{value},other,S,1000\n", encoding="utf-8")
    footprint = compute_footprint(make.read(make.line("odd", 1e13, "kg", uncertainty=1000)), load_factors(path))
    gsd2 = math.exp(math.sqrt(2) * math.log(11))
    expected = pytest.approx([value * 1e13 / gsd2, value * 1e13 * gsd2], rel=1e-6, abs=0)
    for by in GROUPINGS:
        assert bounds(uncertainty(footprint, by)) == expected
    found = contributions(footprint)
    assert [found.interval.low, found.interval.high] == expected
    assert found.activity == pytest.approx(found.factors, rel=1e-9)
    assert np.isfinite(draw(footprint, 100).total).all()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.floats(0.1, 10)), min_size=1), st.integers(1, 3))
def test_few_exposures_of_many_groups_are_gathered_as_many_of_few(
    entries: list[tuple[int, int, float]], groups: int
) -> None:
    of_entry, pair, quantity = (np.array(column) for column in zip(*sorted(entries, key=lambda e: e[:2]), strict=True))
    pointer = np.searchsorted(of_entry, np.arange(5))
    columns = [quantity, 2 * quantity, 3 * quantity, 4 * quantity]
    exposures = Exposures(pointer, pair.astype(np.int32), *columns)
    group = np.arange(4) % groups
    with pytest.MonkeyPatch.context() as patched:
        found = []
        for share in (0, 1_000_000):
            patched.setattr(grouping, "DENSE_SHARE", share)
            found.append(grouping.gathered(exposures, group, groups, 3))
    for name in ("pointer", "pair", "quantity", "mean", "second", "third"):
        assert getattr(found[0], name).tolist() == getattr(found[1], name).tolist()
    assert found[0].quantity.sum() == pytest.approx(quantity.sum())
