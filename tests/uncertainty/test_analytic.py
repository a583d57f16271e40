import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from decarb.factors import load_factors
from decarb.footprint import compute_footprint
from decarb.inventory import read_inventory
from decarb.quality import UNKNOWN_GSD2
from decarb.uncertainty import (
    Z_97_5,
    Interval,
    factor_sigma,
    interval_of_sum,
    row_intervals,
)

SIGMAS = st.floats(0.001, 1.5)
AMOUNTS = st.floats(1e-3, 1e6)


def sigma(gsd2):
    return math.log(gsd2) / Z_97_5


def interval(amounts, activity_sigma, group, group_sigma):
    return interval_of_sum(
        np.array(amounts, dtype=np.float64),
        np.array(activity_sigma, dtype=np.float64),
        np.array(group, dtype=np.int64),
        np.array(group_sigma, dtype=np.float64),
    )


def test_quantile_of_the_normal():
    # 97.5 % below the mean plus 1.96 standard deviations: (1 + erf(z / sqrt 2)) / 2
    assert (1 + math.erf(Z_97_5 / math.sqrt(2))) / 2 == pytest.approx(0.975, abs=1e-8)


def test_the_published_check_of_the_method():
    # METHOD section 4: five factors, no activity error; 2 million draws gave [0.652, 2.622]
    found = interval(
        [0.40, 0.20, 0.15, 0.15, 0.10],
        [0.0] * 5,
        range(5),
        [sigma(gsd2) for gsd2 in (5, 1.8, 1.05, 1.5, 1.8)],
    )
    assert (round(found.low, 3), round(found.high, 3)) == (0.685, 2.633)


# One line: the sum is itself lognormal, so the interval is [x / GSD2, x * GSD2] exactly


@given(AMOUNTS, SIGMAS)
def test_factor_error_of_one_line(amount, spread):
    found = interval([amount], [0.0], [0], [spread])
    gsd2 = math.exp(Z_97_5 * spread)
    assert found.low == pytest.approx(amount / gsd2, rel=1e-6)
    assert found.high == pytest.approx(amount * gsd2, rel=1e-6)


@given(AMOUNTS, SIGMAS)
def test_activity_error_of_one_line(amount, spread):
    found = interval([amount], [spread], [0], [0.0])
    gsd2 = math.exp(Z_97_5 * spread)
    assert found.low == pytest.approx(amount / gsd2, rel=1e-6)
    assert found.high == pytest.approx(amount * gsd2, rel=1e-6)


@given(AMOUNTS, st.floats(0.001, 1.0), st.floats(0.001, 1.0))
def test_both_errors_of_one_line_add_in_squares(amount, activity, factor):
    # a product of two lognormals is lognormal, with sigma^2 the sum of theirs
    found = interval([amount], [activity], [0], [factor])
    gsd2 = math.exp(Z_97_5 * math.hypot(activity, factor))
    assert found.low == pytest.approx(amount / gsd2, rel=1e-6)
    assert found.high == pytest.approx(amount * gsd2, rel=1e-6)


@pytest.mark.parametrize("amounts", [[0.1, 0.2, 0.3], [1e9, 1.0, -1e9], [-5.0], [0.0], []])
def test_no_error_gives_the_value_exactly(amounts):
    found = interval(amounts, [0.0] * len(amounts), [0] * len(amounts), [0.0])
    assert found.low == found.high == float(np.bincount([0] * len(amounts), amounts, 1)[0])


@pytest.mark.parametrize("exponent", range(-12, 0))
def test_tiny_errors_give_the_narrow_interval(exponent):
    # "uncertainty": 0.000001 [%] is a valid inventory: no error of rounding may stop the command
    spread = 10.0**exponent
    for activity, factor in ((spread, 0.0), (0.0, spread)):
        found = interval([1000.0], [activity], [0], [factor])
        half = 1000 * math.expm1(Z_97_5 * spread)
        assert found.high - 1000 == pytest.approx(half, rel=0.05, abs=1e-9)
        assert 1000 - found.low == pytest.approx(half, rel=0.3 if spread > 0.05 else 0.05, abs=1e-9)


# Sums


@given(AMOUNTS, SIGMAS, st.integers(2, 50))
def test_lines_that_share_a_factor_do_not_narrow(amount, spread, lines):
    one = interval([amount], [0.0], [0], [spread])
    many = interval([amount] * lines, [0.0] * lines, [0] * lines, [spread])
    assert many.low == pytest.approx(lines * one.low, rel=1e-6)
    assert many.high == pytest.approx(lines * one.high, rel=1e-6)


def width(found):
    return (found.high - found.low) / (found.high + found.low)


@given(AMOUNTS, st.floats(0.05, 0.8), st.integers(2, 50))
def test_independent_lines_narrow(amount, spread, lines):
    shared = interval([amount] * lines, [0.0] * lines, [0] * lines, [spread])
    factors = interval([amount] * lines, [0.0] * lines, range(lines), [spread] * lines)
    activities = interval([amount] * lines, [spread] * lines, [0] * lines, [0.0])
    assert width(factors) < width(shared)
    # independent errors of n factors or of n quantities are the same sum of n lognormals
    assert activities.low == pytest.approx(factors.low, rel=1e-6)
    assert activities.high == pytest.approx(factors.high, rel=1e-6)


def test_independent_lines_narrow_as_the_square_root():
    # for small sigma the sum of n is normal: relative half-width z sigma / sqrt(n)
    found = interval([1.0] * 10_000, [0.01] * 10_000, [0] * 10_000, [0.0])
    assert (found.high - found.low) / 2 / 10_000 == pytest.approx(Z_97_5 * 0.01 / 100, rel=1e-3)


lines_of_sums = st.lists(
    st.tuples(st.floats(0.01, 100.0), st.floats(0, 0.6), st.integers(0, 2)), min_size=1, max_size=12
)
group_sigmas = st.lists(st.floats(0.01, 0.8), min_size=3, max_size=3)


@given(lines_of_sums, group_sigmas, st.floats(1e-6, 1e9))
def test_scale_does_not_matter(lines, sigmas, scale):
    amounts, activity, group = zip(*lines, strict=True)
    found = interval(amounts, activity, group, sigmas)
    scaled = interval(np.array(amounts) * scale, activity, group, sigmas)
    assert scaled.low == pytest.approx(found.low * scale, rel=1e-6)
    assert scaled.high == pytest.approx(found.high * scale, rel=1e-6)


@given(lines_of_sums, group_sigmas)
def test_a_credit_mirrors(lines, sigmas):
    amounts, activity, group = zip(*lines, strict=True)
    found = interval(amounts, activity, group, sigmas)
    mirrored = interval(-np.array(amounts), activity, group, sigmas)
    assert mirrored.low == pytest.approx(-found.high, rel=1e-9)
    assert mirrored.high == pytest.approx(-found.low, rel=1e-9)


@given(lines_of_sums, group_sigmas, st.randoms(use_true_random=False))
def test_order_of_lines_does_not_matter(lines, sigmas, random):
    shuffled = list(lines)
    random.shuffle(shuffled)
    first = interval(*zip(*lines, strict=True), sigmas)
    second = interval(*zip(*shuffled, strict=True), sigmas)
    assert second.low == pytest.approx(first.low, rel=1e-9)
    assert second.high == pytest.approx(first.high, rel=1e-9)


@given(lines_of_sums, group_sigmas)
def test_the_value_is_inside(lines, sigmas):
    amounts, activity, group = zip(*lines, strict=True)
    found = interval(amounts, activity, group, sigmas)
    assert found.low < sum(amounts) < found.high


@given(st.floats(1.0, 1e6), SIGMAS)
def test_what_is_given_back_whole_leaves_no_error_of_its_factor(amount, spread):
    # a purchase and its credit share the factor's error, so their difference has none
    found = interval([amount, -amount], [0.0, 0.0], [0, 0], [spread])
    assert found == Interval(0.0, 0.0)


def test_equal_and_opposite_independent_lines_are_symmetric():
    # x of one factor minus x of another: no skewness, so a normal interval around zero
    spread = 0.3
    found = interval([100.0, -100.0], [0.0, 0.0], [0, 1], [spread, spread])
    # variance of each: x^2 e^(s^2) (e^(s^2) - 1)
    variance = 2 * 100**2 * math.exp(spread**2) * math.expm1(spread**2)
    assert found.high == pytest.approx(Z_97_5 * math.sqrt(variance), rel=1e-6)
    assert found.low == pytest.approx(-found.high, rel=1e-6)


def cumulants_by_powers(lines, sigmas):
    """K1, K2, K3 as METHOD section 4 writes them, with the subtractions that the code avoids."""
    total = np.zeros(3)
    for number, spread in enumerate(sigmas):
        members = [(x, math.exp(a**2)) for x, a, group in lines if group == number]
        mean = sum(x * math.sqrt(w) for x, w in members)
        second = sum(x**2 * w * (w - 1) for x, w in members)
        third = sum(x**3 * w**1.5 * (w - 1) ** 2 * (w + 2) for x, w in members)
        s = (mean, second + mean**2, third + 3 * mean * second + mean**3)
        r1, r2, r3 = (math.exp(n**2 * spread**2 / 2) * s[n - 1] for n in (1, 2, 3))
        total += (r1, r2 - r1**2, r3 - 3 * r1 * r2 + 2 * r1**3)
    return total


@given(lines_of_sums, st.lists(st.floats(0.2, 0.8), min_size=3, max_size=3))
def test_cumulants_are_those_of_the_method(lines, sigmas):
    # the shifted lognormal through the published cumulants, solved here by bisection on w, not in closed form
    k1, k2, k3 = cumulants_by_powers(lines, sigmas)
    skewness = k3 / k2**1.5
    assume(skewness > 0.05)
    low, high = 0.0, 50.0
    for _ in range(200):
        middle = (low + high) / 2  # w - 1
        low, high = (middle, high) if (middle + 3) * math.sqrt(middle) < skewness else (low, middle)
    w = 1 + low
    median, spread = math.sqrt(k2 / (w * low)), math.sqrt(math.log1p(low))
    shift = k1 - median * math.sqrt(w)
    found = interval(*zip(*lines, strict=True), sigmas)
    scale = math.sqrt(k2)
    assert found.low == pytest.approx(shift + median * math.exp(-Z_97_5 * spread), abs=1e-6 * scale)
    assert found.high == pytest.approx(shift + median * math.exp(Z_97_5 * spread), abs=1e-6 * scale)


@pytest.mark.parametrize("seed", [1, 2])
def test_draws_agree(seed):
    random = np.random.default_rng(seed)
    amounts = np.array([120.0, 80.0, 60.0, 40.0, 40.0, 30.0, 20.0, -15.0])
    activity = np.array([0.05, 0.10, 0.30, 0.02, 0.20, 0.10, 0.05, 0.10])
    group = np.array([0, 0, 1, 1, 2, 2, 3, 0])
    sigmas = np.array([0.15, 0.35, 0.05, 0.45])
    draws = 200_000
    quantities = np.exp(activity * random.standard_normal((draws, 8)))
    factors = np.exp(sigmas * random.standard_normal((draws, 4)))
    totals = (amounts * quantities * factors[:, group]).sum(axis=1)
    low, high = np.quantile(totals, [0.025, 0.975])
    found = interval(amounts, activity, group, sigmas)
    assert found.low == pytest.approx(low, rel=0.02)
    assert found.high == pytest.approx(high, rel=0.02)


# From a footprint


def test_unknown_error_is_every_note_at_its_worst():
    # sqrt(ln1.5^2 + ln2^2 + ln1.1^2 + ln1.5^2 + ln1.2^2) = sqrt(.16440 + .48045 + .00908 + .16440 + .03324)
    # = sqrt(.85158) = .92281, and e^.92281 = 2.516
    assert pytest.approx(2.516, abs=5e-4) == UNKNOWN_GSD2


def test_sigma_of_a_factor():
    library = load_factors()
    gas = library.by_id["natural-gas-fr-2022-kwh-pci"]
    assert gas.uncertainty_percent == 5
    assert factor_sigma(gas) == pytest.approx(math.log(1.05) / 1.959964, rel=1e-12)
    # one note of five, technical 4 (1.1), the others missing and so the worst:
    # ln(GSD2)^2 = ln1.5^2 + ln1.1^2 + ln1.1^2 + ln1.5^2 + ln1.2^2 = .16440 + 2 x .00908 + .16440 + .03324 = .38020
    food = library.by_id["food-beef-steak-raw"]
    assert (food.uncertainty_percent, food.quality) == (None, (None, 4, None, None, None))
    assert factor_sigma(food) == pytest.approx(math.sqrt(0.38020) / 1.959964, rel=1e-4)
    # nothing is said at all
    silent = replace(food, quality=(None,) * 5)
    assert factor_sigma(silent) == pytest.approx(math.log(UNKNOWN_GSD2) / 1.959964, rel=1e-12)
    # a published uncertainty replaces the notes
    assert factor_sigma(replace(food, uncertainty_percent=20)) == pytest.approx(math.log(1.2) / 1.959964, rel=1e-12)
    # the uncertainty of a GWP is left out, as the standards do
    assert factor_sigma(library.by_id["desflurane"]) == 0


def footprint_of(folder, lines):
    document = {
        "schema_version": "1.0",
        "establishment": {"name": "Hôpital de test"},
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        **lines,
    }
    path = folder / "inventory.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return compute_footprint(read_inventory(path))


def test_rows_and_total_of_a_footprint(tmp_path):
    # 1 GWh of electricity on two meters, 10 %, 1 GWh of gas PCI, 5 %, and 10 kg of desflurane, exact
    meters = [
        {"id": f"meter-{n}", "factor": "electricity-fr-2024", "quantity": 500, "unit": "MWh", "uncertainty": 0}
        for n in (1, 2)
    ]
    gas = {
        "id": "gas",
        "factor": "natural-gas-fr-2022-kwh-pci",
        "quantity": 1000,
        "unit": "MWh PCI",
        "uncertainty": 20,
    }
    desflurane = {"id": "des", "factor": "desflurane", "quantity": 10, "unit": "kg", "uncertainty": 0}
    footprint = footprint_of(tmp_path, {"energy": [*meters, gas], "anaesthetic_gases": [desflurane]})
    rows, total = row_intervals(footprint)
    assert set(rows) == {"1.1", "1.4", "2.1", "4.1"}
    # 2.1: 1e6 kWh x .035, both meters share the 10 % of the factor
    assert rows["2.1"].low == pytest.approx(35_000 / 1.1, rel=1e-9)
    assert rows["2.1"].high == pytest.approx(35_000 * 1.1, rel=1e-9)
    # 1.1: 1e6 kWh x .201, GSD2 = exp(sqrt(ln 1.05^2 + ln 1.2^2)) = e^.188737 = 1.207723
    assert rows["1.1"].low == pytest.approx(201_000 / 1.207723, rel=1e-6)
    assert rows["1.1"].high == pytest.approx(201_000 * 1.207723, rel=1e-6)
    # 1.4: 10 kg x 2590, neither error
    assert rows["1.4"] == Interval(25_900.0, 25_900.0)
    # the total is the interval of the whole lines: 51.9 t on one factor, 239.2 t on another, 25.9 t exact
    expected = interval(
        [51_900.0, 239_200.0, 25_900.0],
        [0.0, sigma(1.2), 0.0],
        [0, 1, 2],
        [sigma(1.1), sigma(1.05), 0.0],
    )
    assert total.low == pytest.approx(expected.low, rel=1e-9)
    assert total.high == pytest.approx(expected.high, rel=1e-9)
    assert total.low < footprint.total() < total.high


def test_variants_of_one_model_share_their_error(tmp_path):
    # gas per kWh PCI and per kWh PCS are one error group, so the two lines do not narrow: 5 % on the sum
    lines = [
        {
            "id": basis,
            "factor": f"natural-gas-fr-2022-kwh-{basis.lower()}",
            "quantity": 1000,
            "unit": f"kWh {basis}",
            "uncertainty": 0,
        }
        for basis in ("PCI", "PCS")
    ]
    _, total = row_intervals(footprint_of(tmp_path, {"energy": lines}))
    # 1000 x (.201 + .0382 + .181 + .0344) = 454.6
    assert total.low == pytest.approx(454.6 / 1.05, rel=1e-9)
    assert total.high == pytest.approx(454.6 * 1.05, rel=1e-9)


def test_a_quantity_that_says_nothing_has_the_worst_error(tmp_path):
    line = {"id": "des", "factor": "desflurane", "quantity": 1, "unit": "kg"}
    _, total = row_intervals(footprint_of(tmp_path, {"anaesthetic_gases": [line]}))
    assert total.low == pytest.approx(2590 / UNKNOWN_GSD2, rel=1e-9)
    assert total.high == pytest.approx(2590 * UNKNOWN_GSD2, rel=1e-9)
