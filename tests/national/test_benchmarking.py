"""One establishment among its like: quartiles by hand, wider groups, and nobody's figure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import UsageError
from decarb.national.benchmarking import benchmark, quartiles
from tests.national.hospitals import computed, entity, hospital, site


@pytest.fixture(scope="module")
def thirteen(make):
    """Thirteen hospitals of 100 beds; the number n emits n times what the first does."""
    return computed(make, [hospital(make, number, 1000.0 * number) for number in range(1, 14)])


def test_quartiles_by_hand(thirteen):
    found = benchmark(thirteen, site(13))
    assert (found.alike, dict(found.labels), found.peers) == (
        ("category", "size"),
        {"category": "355", "size": "50-150"},
        12,
    )
    per_bed = found.intensities[0]
    one = thirteen.totals()[[e.identity["finess_et"] for e in thirteen.inventory.establishments].index(site(1))] / 100
    # of 1 to 12 in order, the quartiles 3.75, 6.5 and 9.25: three figures about each, 2 to 4, 5 to 7, 8 to 10
    assert per_bed.own == pytest.approx(13 * one)
    assert np.array([per_bed.low, per_bed.middle, per_bed.high]) / one == pytest.approx([3, 6, 9])
    assert (per_bed.peers, per_bed.quarter) == (12, 4)
    assert np.isnan(found.intensities[2].own)  # nobody says m2
    assert found.intensities[2].peers == 0


def test_shares_by_post(thirteen):
    found = benchmark(thirteen, entity(1))
    assert [each.name for each in found.posts] == ["2.1", "4.1"]
    assert sum(each.own for each in found.posts) == pytest.approx(1)
    assert sum(each.middle for each in found.posts) == pytest.approx(1)
    assert found.intensities[0].quarter == 1


def test_too_few_alike_are_sought_wider(make):
    documents = [hospital(make, number, 1000.0, beds=100 if number < 3 else 500) for number in range(1, 7)]
    found = benchmark(computed(make, documents), site(1))
    assert found.alike == ("category",)
    assert found.passed_over == ((("category", "size"), 1),)
    assert found.peers == 5
    # five others: the mean of all, and no quartile
    assert found.intensities[0].middle == pytest.approx(found.intensities[0].own * (1 / 5 + 4 / 5 / 5))
    assert np.isnan(found.intensities[0].low)
    assert found.intensities[0].quarter is None


def test_like_what_nobody_says_is_nobody(make):
    documents = [hospital(make, number, 1000.0, beds=0, category="", legal_status="") for number in range(1, 5)]
    found = benchmark(computed(make, documents), site(1))
    assert (found.alike, found.peers) == ((), 3)


def test_sites_of_one_entity_are_one_peer(make):
    documents = [hospital(make, number, 1000.0 * number, finess_ej=entity(min(number, 3))) for number in range(1, 8)]
    footprint = computed(make, documents)
    with pytest.raises(UsageError, match="2 other legal entities"):  # of seven sites, three legal entities
        benchmark(footprint, site(1))


def test_whom_a_number_is_of(make, thirteen):
    with pytest.raises(UsageError, match="no document reports") as refused:
        benchmark(thirteen, site(13)[:-1] + "x")
    assert site(13) in refused.value.problems[0].hint()
    documents = [hospital(make, number, 1.0, finess_ej=entity(1)) for number in (1, 2)]
    with pytest.raises(UsageError, match="2 documents report"):
        benchmark(computed(make, documents), entity(1))
    with pytest.raises(ValueError, match="secrecy asks for 3"):
        benchmark(thirteen, site(1), fewest=2)


@given(st.lists(st.floats(0.1, 1000), min_size=0, max_size=60, unique=True))
def test_no_quartile_is_anybodys_figure(figures):
    ascending = np.sort(np.array(figures))
    low, middle, high = quartiles(ascending)
    if len(figures) < 3:
        assert np.isnan((low, middle, high)).all()
    elif len(figures) < 9:
        assert np.isnan((low, high)).all()
        assert np.isnan(middle) or middle == pytest.approx(ascending.mean())
    else:
        told = [figure for figure in (low, middle, high) if not np.isnan(figure)]
        assert told == sorted(told)
        # means of three, and no figure is in two of them
        windows = [ascending[start : start + 3].mean() for start in range(len(ascending) - 2)]
        starts = [int(np.argmin(np.abs(np.array(windows) - figure))) for figure in told]
        assert all(np.isclose(windows[start], figure) for start, figure in zip(starts, told, strict=True))


def test_one_figure_that_is_most_of_three_is_not_told():
    assert np.isnan(quartiles(np.array([1.0, 1.0, 500.0]))[1])
