"""Draws: the same for one seed whatever the order and the threads, and of the distribution the intervals are of."""

import hashlib
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from decarb.errors import UsageError
from decarb.uncertainty import Z_97_5, draw, standard_normals, uncertainty
from decarb.uncertainty.draws import _quantile

GROUPS = ("total", "establishment", "region", "post")


@pytest.fixture
def by_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """One activity error of each group, as if there were more than ten million line-draws."""
    monkeypatch.setattr("decarb.uncertainty.draws.LINE_DRAWS", 0)


@pytest.fixture(params=["line", "group"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to draw activity errors."""
    if request.param == "group":
        monkeypatch.setattr("decarb.uncertainty.draws.LINE_DRAWS", 0)
    return str(request.param)


def nation(hospitals: Any, line: Any, **options: Any) -> Any:
    many = [line("half", 10 + n, 30, id=f"m{n}") for n in range(20)]
    return hospitals(
        ([*many, line("twice", 40, 10)], "11"),
        ([line("half", 300, 60), line("fifth", 100, 30), line("sure", 5)], "84"),
        ([line("twice", 30, 20), line("half", -5, 30)], "11"),
        ([line("fifth", 25)], ""),
        **options,
    )


def summaries(found: Any) -> Any:
    return np.array([found.value, found.low, found.median, found.mean, found.high])


# Reproducible


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("by", GROUPS)
def test_threads_and_order_of_files_do_not_matter(
    hospitals: Any, line: Any, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = draw(nation(hospitals, line), 500, 7, by, threads=1)
    shuffled = nation(hospitals, line, order=(2, 0, 3, 1))
    for threads in (1, 2, 3):
        found = draw(shuffled, 500, 7, by, threads=threads)
        assert found.names == expected.names
        np.testing.assert_allclose(summaries(found), summaries(expected), rtol=1e-12)
        np.testing.assert_allclose(found.total, expected.total, rtol=1e-12)
    # one establishment at a time in memory
    monkeypatch.setattr("decarb.uncertainty.draws.BLOCK_DRAWS", 1)
    np.testing.assert_allclose(summaries(draw(shuffled, 500, 7, by, threads=2)), summaries(expected), rtol=1e-12)


@pytest.mark.usefixtures("by_group")
def test_numba_and_numpy_draw_the_same(hospitals: Any, line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    footprint = nation(hospitals, line)
    expected = draw(footprint, 500, 7)
    monkeypatch.setattr("decarb.uncertainty.draws.NUMBA_FROM", {"blend": 0})
    np.testing.assert_allclose(draw(footprint, 500, 7).total, expected.total, rtol=1e-12)


@settings(max_examples=20)
@given(st.permutations(range(4)), st.integers(0, 2**40), st.sampled_from(GROUPS))
def test_any_order_of_files_any_seed(hospitals: Any, line: Any, order: list[int], seed: int, by: str) -> None:
    expected, found = (draw(nation(hospitals, line, order=each), 100, seed, by) for each in (None, order))
    np.testing.assert_allclose(summaries(found), summaries(expected), rtol=1e-12)


@pytest.mark.usefixtures("either")
def test_lines_in_another_order_draw_the_same(hospitals: Any, line: Any) -> None:
    # a line's error is that of its id in its document
    lines = [line("half", 10, 30, id="a"), line("twice", 20, 50, id="b"), line("half", 30, 10, id="c")]
    first, second = draw(hospitals(lines), 300), draw(hospitals(lines[::-1]), 300)
    np.testing.assert_allclose(first.total, second.total, rtol=1e-12)


@pytest.mark.usefixtures("either")
def test_another_seed_draws_otherwise(hospitals: Any, line: Any) -> None:
    footprint = nation(hospitals, line)
    assert (draw(footprint, 100, 1).total != draw(footprint, 100, 2).total).all()


@pytest.mark.usefixtures("either")
def test_a_hospital_more_does_not_change_the_others(hospitals: Any, line: Any) -> None:
    one = [line("half", 100, 30), line("twice", 40, 10)]
    # the other brings a factor whose name comes first, so that the error groups are renumbered
    alone = draw(hospitals(one), 300, by="establishment")
    together = draw(hospitals(one, [line("fifth", 9, 50)]), 300, by="establishment")
    np.testing.assert_allclose(summaries(together)[:, 0], summaries(alone)[:, 0], rtol=1e-12)


def test_results_share_the_errors_of_their_factors(hospitals: Any, line: Any) -> None:
    # sure quantities: both are 'half' times its error, so that their draws are as 3 to 1, in whatever company
    first = draw(hospitals([line("half", 300)]), 300)
    second = draw(hospitals([line("half", 100), line("sure", 50)]), 300)
    np.testing.assert_allclose(first.total, 3 * (second.total - 50), rtol=1e-9)


@pytest.mark.usefixtures("either")
def test_years_of_one_hospital_have_errors_of_their_own(make: Any, own: Any, line: Any) -> None:
    from decarb.footprint import compute_footprint

    documents = [make.document(line("sure", 100, 50), year=year) for year in (2022, 2023)]
    inventory = make.read_all(documents)
    found = draw(compute_footprint(inventory, own), 300, by="establishment")
    assert found.low[0] != found.low[1]


# Of the right distribution


def standard_errors(draws: int, share: float, spread: float) -> float:
    """Standard error of a quantile of a lognormal of small spread, relative: sqrt(p (1 - p) / n) / density."""
    z = {0.025: 1.96, 0.5: 0.0, 0.975: 1.96}[share]
    return spread * math.sqrt(share * (1 - share) / draws) / (math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi))


@pytest.mark.usefixtures("either")
def test_one_line_draws_its_lognormal(hospitals: Any, line: Any) -> None:
    # exact: median 100, sigma = sqrt(ln(1.5)^2 + ln(1.3)^2) / 1.959964 = .2464, mean 100 e^(sigma^2 / 2)
    draws, spread = 200_000, math.hypot(math.log(1.5), math.log(1.3)) / Z_97_5
    found = draw(hospitals([line("half", 100, 30)]), draws)
    for share, value, exact in (
        (0.025, found.low[0], 100 * math.exp(-Z_97_5 * spread)),
        (0.5, found.median[0], 100),
        (0.975, found.high[0], 100 * math.exp(Z_97_5 * spread)),
    ):
        assert value == pytest.approx(exact, rel=4 * standard_errors(draws, share, spread))
    # the mean has a standard error of about spread / sqrt(n)
    assert found.mean[0] == pytest.approx(100 * math.exp(spread**2 / 2), rel=4 * spread / math.sqrt(draws))


def test_the_check_of_the_method(make: Any, tmp_path: Any) -> None:
    # METHOD section 4: two million draws gave [0.652, 2.622]
    from decarb.factors import load_factors
    from decarb.footprint import compute_footprint

    gsd2 = (5, 1.8, 1.05, 1.5, 1.8)
    rows = [f"f{n},F{n},kg,1,other,S,{100 * (each - 1):.6g}" for n, each in enumerate(gsd2)]
    path = tmp_path / "five.csv"
    path.write_text("\n".join(["id,name,unit,value,activity,source,uncertainty_percent", *rows, ""]), encoding="utf-8")
    lines = [make.line(f"f{n}", share, "kg", uncertainty=0) for n, share in enumerate((0.40, 0.20, 0.15, 0.15, 0.10))]
    footprint = compute_footprint(make.read(*lines), load_factors(path))
    found = draw(footprint, 1_000_000)
    # standard errors of the quantiles .0004 and .005 (density of the draws there .06 and .03 per unit)
    assert found.low[0] == pytest.approx(0.652, abs=0.002)
    assert found.high[0] == pytest.approx(2.622, abs=0.02)
    analytic = uncertainty(footprint)
    assert [round(float(bound), 3) for bound in (analytic.low[0], analytic.high[0])] == [0.685, 2.633]


@pytest.mark.parametrize("by", GROUPS)
def test_draws_come_to_the_analytic_interval(hospitals: Any, line: Any, either: str, by: str) -> None:
    # A million draws here: bounds within 0.6 % of the width of the analytic ones by line, 2 % by group (a lognormal
    # error of a group matches two moments of it); 40,000 draws add a standard error of about 0.5 %.
    footprint = nation(hospitals, line)
    found, expected = draw(footprint, 40_000, 3, by), uncertainty(footprint, by)
    assert found.by_line == (either == "line")
    assert found.names == (*(() if by == "total" else expected.names), "total")
    groups = len(expected.value)
    width = expected.high - expected.low
    assert (np.abs(found.value[:groups] - expected.value) <= 1e-9 * expected.value).all()
    assert (np.abs(found.low[:groups] - expected.low) < 0.04 * width).all()
    assert (np.abs(found.high[:groups] - expected.high) < 0.04 * width).all()
    whole = uncertainty(footprint)
    assert found.mean[-1] == pytest.approx(found.total.mean(), rel=1e-12)
    assert (found.low[-1], found.high[-1]) == pytest.approx((whole.low[0], whole.high[0]), rel=0.03)


def first_moments(footprint: Any) -> tuple[float, float]:
    """Mean and standard deviation that draws ought to have, from the cumulants of the method."""
    from decarb.kernels import cumulants
    from decarb.uncertainty.grouping import total_coefficients

    errors = footprint.binding.error_groups
    coefficient = total_coefficients(footprint, "beges")
    k1, k2, _ = cumulants(footprint.exposures_together, coefficient, errors.of_pair, errors.sigma)
    return float(k1[0]), math.sqrt(float(k2[0]))


@pytest.mark.usefixtures("either")
def test_mean_and_variance_are_those_of_the_method(hospitals: Any, line: Any) -> None:
    footprint = nation(hospitals, line)
    mean, deviation = first_moments(footprint)
    found = draw(footprint, 100_000)
    assert found.total.mean() == pytest.approx(mean, abs=4 * deviation / math.sqrt(100_000))
    # a skewed sum: the standard error of its deviation is about 1 % here
    assert found.total.std() == pytest.approx(deviation, rel=0.03)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("credit", [-100, -95, -60])
def test_what_nearly_cancels_keeps_the_errors_of_its_quantities(hospitals: Any, line: Any, credit: float) -> None:
    # one ratio to the difference of 0, 5 or 40 kg could not spread over the some 35 kg of the quantities
    footprint = hospitals([line("half", 100, 50, id="use"), line("half", credit, 50, id="credit")])
    found, expected = draw(footprint, 40_000), uncertainty(footprint)
    width = expected.high[0] - expected.low[0]
    assert width > 80
    assert found.low[0] == pytest.approx(expected.low[0], abs=0.05 * width)
    assert found.high[0] == pytest.approx(expected.high[0], abs=0.05 * width)


# Degenerate


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("by", GROUPS)
@pytest.mark.parametrize("quantities", [[0], [5], [-5], [100, -100], [-1, -2]])
def test_nothing_uncertain_draws_the_total(hospitals: Any, line: Any, by: str, quantities: list[float]) -> None:
    found = draw(hospitals([line("sure", quantity) for quantity in quantities]), 100, by=by)
    assert (found.total == sum(quantities)).all()
    assert (summaries(found) == sum(quantities)).all()


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("by", GROUPS)
def test_all_lines_refused(hospitals: Any, line: Any, by: str) -> None:
    refused = [line("half", 7, 50, unit="L"), line("half", -7, 50, unit="L")]
    found = draw(hospitals(refused, partial=True), 100, by=by)
    assert (summaries(found) == 0).all()
    assert (found.total == 0).all()


@pytest.mark.usefixtures("either")
def test_a_group_without_lines_draws_zero(hospitals: Any, line: Any) -> None:
    footprint = hospitals([line("half", 10, 30)], ([line("half", 7, unit="L")], "84"), partial=True)
    for by in ("establishment", "region"):
        found = draw(footprint, 100, by=by)
        assert (summaries(found)[:, 1] == 0).all()
        np.testing.assert_allclose(summaries(found)[:, 0], summaries(found)[:, -1], rtol=1e-12)


@pytest.mark.usefixtures("either")
def test_credits_alone_mirror_what_they_credit(hospitals: Any, line: Any) -> None:
    found = draw(hospitals([line("half", -100, 30), line("twice", -10, 20)]), 1000)
    assert (found.total < 0).all()
    assert found.low[0] < -120 < found.high[0]


@pytest.mark.parametrize("draws", [-1, 0, 99, 1_000_001])
def test_too_few_or_too_many(hospitals: Any, line: Any, draws: int) -> None:
    with pytest.raises(UsageError) as refused:
        draw(hospitals([line("half", 1)]), draws)
    assert [problem.code for problem in refused.value.problems] == ["draws-out-of-range"]


def test_lines_are_not_drawn(hospitals: Any, line: Any) -> None:
    with pytest.raises(UsageError) as refused:
        draw(hospitals([line("half", 1)]), by="line")
    assert [problem.code for problem in refused.value.problems] == ["lines-need-no-draws"]


@pytest.mark.usefixtures("either")
def test_unknown_groups_are_refused(hospitals: Any, line: Any) -> None:
    with pytest.raises(ValueError, match="'hospital'; expected one of"):
        draw(hospitals([line("half", 1)]), by="hospital")


def test_ten_million_line_draws_are_drawn_by_line(hospitals: Any, line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    footprint = hospitals([line("half", 1), line("half", 2)])
    monkeypatch.setattr("decarb.uncertainty.draws.LINE_DRAWS", 200)
    assert draw(footprint, 100).by_line
    assert not draw(footprint, 101).by_line


def test_quantiles_are_those_of_numpy() -> None:
    values = np.random.default_rng(1).standard_normal((3, 101))
    for share in (0.0, 0.025, 0.5, 0.975, 1.0):
        expected = np.quantile(values, share, axis=1)
        np.testing.assert_allclose(_quantile(np.sort(values, axis=1), share), expected, rtol=1e-14)


def test_normals_depend_on_the_seed_the_kind_and_the_name_alone() -> None:
    words = np.frombuffer(hashlib.sha256(b"factor\0steel").digest(), dtype="<u4").tolist()
    expected = np.random.Generator(np.random.SFC64(np.random.SeedSequence([7, *words]))).standard_normal(100)
    assert_array_equal(standard_normals(7, "factor", ["aluminium", "steel"], 100)[1], expected)
    assert_array_equal(standard_normals(7, "factor", ["steel"], 100)[0], expected)
    for seed, kind in ((8, "factor"), (7, "activity")):
        assert (standard_normals(seed, kind, ["steel"], 100)[0] != expected).any()
