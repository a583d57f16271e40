"""What an interval rests on: shares by hand, and what measuring would make of it."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.uncertainty import Z_97_5, Interval, contributions, interval_of_sum, uncertainty
from decarb.uncertainty.contributions import MEASURED_GSD2, _largest


def w(gsd2: float) -> float:
    """e^(sigma^2) of a GSD2."""
    return math.exp((math.log(gsd2) / Z_97_5) ** 2)


def test_two_lines_by_hand(hospitals: Any, line: Any) -> None:
    # 100 kg with 30 % on half (GSD2 1.5), 2 x 40 kg with 10 % on twice (GSD2 2), independent.
    # With F = e^(f^2) and W = e^(a^2), a product x Q F has mean square x^2 F^2 W^2 and squared mean x^2 F W:
    # variance x^2 F W (F W - 1), of the factor alone x^2 F W (F - 1), of the quantity alone x^2 F W (W - 1),
    # of both together the rest, x^2 F W (F - 1) (W - 1)
    x1, f1, w1 = 100, w(1.5), w(1.3)
    x2, f2, w2 = 80, w(2), w(1.1)
    whole = x1**2 * f1 * w1 * (f1 * w1 - 1) + x2**2 * f2 * w2 * (f2 * w2 - 1)
    shares = {
        ("factor", "half"): x1**2 * f1 * w1 * (f1 - 1) / whole,
        ("factor", "twice"): x2**2 * f2 * w2 * (f2 - 1) / whole,
        ("activity", "line-1"): x1**2 * f1 * w1 * (w1 - 1) / whole,
        ("activity", "line-2"): x2**2 * f2 * w2 * (w2 - 1) / whole,
    }
    found = contributions(hospitals([line("half", 100, 30), line("twice", 40, 10)]))
    assert {(source.kind, source.name): source.share for source in found.sources} == pytest.approx(shares, rel=1e-12)
    assert found.factors == pytest.approx(shares["factor", "half"] + shares["factor", "twice"], rel=1e-12)
    assert found.activity == pytest.approx(shares["activity", "line-1"] + shares["activity", "line-2"], rel=1e-12)
    assert found.interaction == pytest.approx(1 - sum(shares.values()), rel=1e-9)
    # the largest first: .1333 x 6400 > .0437 x 10^4 > .0181 x 10^4 > .0024 x 6400
    assert [source.name for source in found.sources] == ["twice", "half", "line-1", "line-2"]
    assert [source.gsd2 for source in found.sources] == pytest.approx([2, 1.5, 1.3, 1.1], rel=1e-12)
    assert [source.emissions_kgco2e for source in found.sources] == pytest.approx([80, 100, 100, 80], rel=1e-12)
    assert [source.line for source in found.sources] == [None, None, 0, 1]


def test_a_shared_factor_is_one_source(hospitals: Any, line: Any) -> None:
    found = contributions(hospitals([line("half", 60, id="a"), line("half", -20, id="b")], [line("half", 10, id="c")]))
    (source,) = found.sources
    assert (source.kind, source.name, source.lines, source.emissions_kgco2e) == ("factor", "half", 3, 50)
    assert source.share == found.factors == pytest.approx(1, rel=1e-12)
    assert (found.activity, found.interaction) == (0, 0)
    assert [found.interval.low, found.interval.high] == pytest.approx([50 / 1.5, 75], rel=1e-9)
    # measured: as if the factor's GSD2 were 1.05
    assert [found.measured.low, found.measured.high] == pytest.approx([50 / 1.05, 52.5], rel=1e-9)


def test_measured_is_the_interval_with_those_errors_replaced(hospitals: Any, line: Any) -> None:
    lines = [line("half", 100, 30), line("twice", 40, 10), line("sure", 70, 80), line("fifth", 20, 2)]
    found = contributions(hospitals(lines), count=3)
    # shares x^2 F W (F - 1) or (W - 1): 70 kg with 80 %, factor twice, factor half
    assert [source.name for source in found.sources] == ["twice", "line-3", "half"]
    activity = [1.3, 1.1, MEASURED_GSD2, 1.02]
    factors = [MEASURED_GSD2, MEASURED_GSD2, 1, 1.2]
    sigmas = [np.log(np.array(each)) / Z_97_5 for each in (activity, factors)]
    expected = interval_of_sum(np.array([100.0, 80, 70, 20]), sigmas[0], np.arange(4), sigmas[1])
    assert [found.measured.low, found.measured.high] == pytest.approx([expected.low, expected.high], rel=1e-9)


def test_measuring_makes_nothing_worse(hospitals: Any, line: Any) -> None:
    # 2 % is below the 5 % of a measurement
    found = contributions(hospitals([line("sure", 100, 2)]))
    assert found.measured == found.interval
    assert found.sources[0].gsd2 == pytest.approx(1.02)


@pytest.mark.parametrize("quantities", [[0], [100], [100, -100], [-5]])
def test_nothing_uncertain_has_no_sources(hospitals: Any, line: Any, quantities: list[float]) -> None:
    found = contributions(hospitals([line("sure", quantity) for quantity in quantities]))
    total = float(sum(quantities))
    assert found.interval == found.measured == Interval(total, total)
    assert (found.activity, found.factors, found.interaction, found.sources) == (0, 0, 0, ())


def test_what_cancels_rests_on_its_quantities(hospitals: Any, line: Any) -> None:
    found = contributions(hospitals([line("half", 100, 30), line("half", -100, 30)]))
    # m = 0, so the factor alone changes nothing: quantities 1 / e^(f^2), both together the rest
    assert found.factors == 0
    assert found.activity == pytest.approx(1 / w(1.5), rel=1e-12)
    assert found.interaction == pytest.approx(1 - 1 / w(1.5), rel=1e-12)
    assert [source.emissions_kgco2e for source in found.sources] == [100, -100]


def test_refused_lines_have_no_share(hospitals: Any, line: Any) -> None:
    refused = line("half", 1e6, 500, unit="L")
    found = contributions(hospitals([line("half", 10, 30), refused], partial=True))
    assert found == contributions(hospitals([line("half", 10, 30)]))
    assert contributions(hospitals([refused], partial=True)).sources == ()


def test_the_largest_of_many_are_those_of_a_full_sort() -> None:
    shares = np.random.default_rng(1).random(1000)
    assert _largest(shares, 7).tolist() == np.argsort(-shares)[:7].tolist()


@pytest.mark.parametrize("view", ["beges", "ghg-protocol", "iso"])
def test_the_interval_is_that_of_the_total(hospitals: Any, line: Any, view: str) -> None:
    footprint = hospitals([line("half", 100, 30), line("twice", 40, 10)], [line("half", 50, 20)])
    found, total = contributions(footprint, view_name=view), uncertainty(footprint, view_name=view)
    expected = [float(total.low[0]), float(total.high[0])]
    assert [found.interval.low, found.interval.high] == pytest.approx(expected, rel=1e-12)


lines_of_footprints = st.lists(
    st.tuples(st.sampled_from(["half", "twice", "fifth", "sure"]), st.floats(-1e4, 1e4), st.floats(0.1, 1000)),
    min_size=1,
    max_size=6,
)


@given(lines_of_footprints, st.integers(1, 12))
def test_shares_add_up_to_one(hospitals: Any, line: Any, given_lines: Any, count: int) -> None:
    found = contributions(hospitals([line(*each) for each in given_lines]), count)
    if not found.sources:
        assert all(quantity == 0 for _, quantity, _ in given_lines)
        return
    assert found.activity + found.factors + found.interaction == pytest.approx(1, rel=1e-9)
    assert min(found.activity, found.factors, found.interaction) >= 0
    shares = [source.share for source in found.sources]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) <= count
    assert sum(shares) <= found.activity + found.factors + 1e-9
