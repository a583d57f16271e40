"""-5 % a year, both ways; published figures that are no series."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import RefusedRoadmapError
from decarb.national.pace import annual_rate, compound, figure_series, linear, national_figures, pace


def test_the_published_sector_at_both_paces():
    # 49 x 0.95^7 = 34.22; 49 x 0.95^27 = 12.27; 49 x (1 - 7 x 0.05) = 31.85
    assert annual_rate() == 0.05
    assert round(compound(49, 7), 1) == 34.2
    assert round(compound(49, 27), 1) == 12.3
    assert linear(49, 7) == pytest.approx(31.85)
    assert linear(49, 20) == linear(49, 27) == 0


def test_the_curves_by_year():
    years = pace(2023, 2030)
    assert (years[0].compound, years[0].linear) == (1, 1)
    assert (years[1].compound, years[1].linear) == pytest.approx((0.95, 0.95))
    assert (years[-1].year, years[-1].linear) == (2030, pytest.approx(0.65))


@given(st.floats(0, 1e12), st.integers(0, 100))
def test_linear_is_never_above_compound_nor_below_zero(base, years):
    assert 0 <= linear(base, years) <= compound(base, years) * (1 + 1e-12) <= base * (1 + 1e-12)


def test_health_products_of_two_methods_are_no_series():
    with pytest.raises(RefusedRoadmapError) as refused:
        figure_series(["health-products-2025", "health-products-2023"])
    (problem,) = refused.value.problems
    assert problem.message("en") == (
        "24.5 MtCO2e (2023), 16.5 MtCO2e (2025) are no series: they were counted by different methods "
        "(shift-2023, shift-2025)"
    )
    assert "ne font pas une série" in problem.message("fr")


def test_figures_of_different_things_are_no_series_either():
    with pytest.raises(RefusedRoadmapError):
        figure_series(["sector-2023", "health-products-2023"])


def test_a_figure_by_itself_is_shown():
    (figure,) = figure_series(["sector-2023"])
    assert (figure.value, figure.low, figure.high) == (49, 40, 61)


def test_an_unknown_figure_is_named():
    with pytest.raises(RefusedRoadmapError, match="no national figure is called x"):
        figure_series(["x"])


def test_every_figure_has_its_source():
    for figure in national_figures().values():
        assert figure.source
        assert figure.date
        assert figure.url.startswith("https://")
        assert figure.perimeter.english
        assert figure.perimeter.french
