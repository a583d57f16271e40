"""Totals of many establishments: by hand, against the footprint, against a query over the exported columns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb import restate
from decarb.errors import RefusedEstimationError, UsageError
from decarb.footprint import compute_footprint
from decarb.inventory import SECTIONS
from decarb.national.aggregating import DIMENSIONS, aggregate
from decarb.national.frame import read_frame
from decarb.reporting import TOTAL_GASES, view
from decarb.uncertainty import uncertainty
from tests.national.frames import finess, register

ENTITIES = [finess(f"01000{number}00") for number in range(6)]
SITES = [finess(f"01000{number}01") for number in range(6)]
REGIONS = ["84", "84", "11", "11", "11", "75"]
BEDS = [100, 60, 500, 40, 30, 200]


def documents(make, year=2024):
    """Six hospitals; the first two are of one legal entity."""
    entities = [ENTITIES[0], *ENTITIES[:1], *ENTITIES[2:]]
    return [
        make.document(
            make.line("electricity-fr-2024", 1000.0 * (number + 1), "kWh"),
            make.line("natural-gas-fr-kwh-pci", 500.0 * number, "kWh PCI"),
            year=year,
            anaesthetic_gases=[{"id": "gas", **make.line("desflurane", 2.0, "kg")}] if number % 2 else [],
            establishment={
                "name": f"CH {number}",
                "finess_et": SITES[number],
                "finess_ej": entities[number],
                "region": REGIONS[number],
                "category": "355" if number < 4 else "365",
                "legal_status": "13" if number < 4 else "73",
                "beds": BEDS[number],
            },
        )
        for number in range(6)
    ]


def without_empty(document):
    return {name: value for name, value in document.items() if value != []}


@pytest.fixture(scope="module")
def footprint(make):
    return compute_footprint(make.read_all(map(without_empty, documents(make))), make.library)


def test_regions_by_hand(footprint):
    found = aggregate(footprint, ["region"])
    totals = dict(
        zip([e.identity["finess_et"] for e in footprint.inventory.establishments], footprint.totals(), strict=True)
    )
    assert found.rows == ("11", "75", "84")
    assert found.columns == ("",)
    by_hand = [sum(totals[SITES[n]] for n in range(6) if REGIONS[n] == region) for region in found.rows]
    assert found.value[:-1, 0] == pytest.approx(by_hand, rel=1e-9, abs=1e-3)
    assert found.value[-1, 0] == pytest.approx(footprint.total(), rel=1e-9, abs=1e-3)
    assert found.entities[:, 0].tolist() == [3, 1, 1, 5]  # the two documents of region 84 are of one entity
    assert found.sites[:, 0].tolist() == [3, 1, 2, 6]
    assert found.entities_in_frame is None


def test_sizes_and_statuses_by_hand(footprint):
    assert aggregate(footprint, ["size"]).rows == ("<50", "50-150", "150-400", ">=400")
    found = aggregate(footprint, ["legal_status", "category"])
    assert (found.rows, found.columns) == (("private_for_profit", "public"), ("355", "365"))
    assert np.isnan(found.value[0, 0])  # nobody: unknown, not zero
    assert np.isnan(found.low[0, 0])
    assert found.entities[0].tolist() == [0, 2, 2]


def test_where_no_line_reports_is_unknown(footprint):
    found = aggregate(footprint, ["region", "domain"])
    assert found.columns == ("energy", "anaesthetic_gases")
    assert not np.isnan(found.value).any()
    found = aggregate(footprint, ["category", "gas"])
    assert "sf6" not in found.columns


@pytest.mark.parametrize(
    "by", [(one,) for one in DIMENSIONS] + [(a, b) for a in DIMENSIONS for b in DIMENSIONS if a != b]
)
def test_margins_add_up_to_the_last_bit(footprint, by):
    found = aggregate(footprint, by)
    value = np.nan_to_num(found.value)
    if len(by) == 2:
        assert (value[:, :-1].sum(axis=1) == value[:, -1]).all()
        assert (value[:-1].sum(axis=0) == value[-1]).all()
    assert value[-1, -1] == value[:-1, : len(found.columns)].sum()
    assert value[-1, -1] == pytest.approx(footprint.total(), rel=1e-9, abs=1e-3)
    here = ~np.isnan(found.value)
    assert (found.low[here] <= found.value[here] + 1e-9).all()
    assert (found.value[here] <= found.high[here] + 1e-9).all()


def test_turned_around_it_is_the_same(footprint):
    one, other = aggregate(footprint, ["domain", "post"]), aggregate(footprint, ["post", "domain"])
    for name in ("value", "low", "high", "entities", "sites"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name).T)


def test_intervals_are_those_of_uncertainty(footprint):
    regions, posts = uncertainty(footprint, "region"), uncertainty(footprint, "post")
    found = aggregate(footprint, ["region", "post"])
    assert found.rows == regions.names
    assert found.columns == posts.names
    assert found.low[:-1, -1] == pytest.approx(regions.low, rel=1e-12)
    assert found.high[:-1, -1] == pytest.approx(regions.high, rel=1e-12)
    assert found.low[-1, :-1] == pytest.approx(posts.low, rel=1e-12)
    assert found.high[-1, :-1] == pytest.approx(posts.high, rel=1e-12)
    # the factors are the same everywhere: wider than the root of the sum of squares
    half = found.high[:-1, -1] - found.value[:-1, -1]
    assert found.high[-1, -1] - found.value[-1, -1] > np.sqrt((half**2).sum())


@pytest.mark.parametrize("view_name", ["beges", "ghg-protocol", "iso"])
def test_every_view(footprint, view_name):
    found = aggregate(footprint, ["post"], view_name=view_name)
    totals = footprint.row_totals(view_name)
    here = ~np.isnan(totals).all(axis=0)
    assert found.rows == tuple(row.code for row, used in zip(view(view_name).rows, here, strict=True) if used)
    assert found.value[:-1, 0] == pytest.approx(np.nansum(totals, axis=0)[here], rel=1e-9, abs=1e-3)


def test_restated_to_another_gwp_set(footprint):
    other = restate(footprint, gwp="AR5")
    found = aggregate(other, ["region", "gas"])
    assert found.value[-1, -1] == pytest.approx(other.total(), rel=1e-9, abs=1e-3)
    assert found.value[-1, -1] != pytest.approx(footprint.total(), rel=1e-3)


def test_restated_intervals_are_those_of_a_computation_anew(make, footprint):
    aggregate(footprint, ["region", "post"])  # the exposures are at hand, and taken over
    other = restate(footprint, gwp="AR5")
    anew = compute_footprint(footprint.inventory, make.library, gwp="AR5")
    assert other.exposures is footprint.exposures
    for by in (["region", "post"], ["gas"]):
        one, two = aggregate(other, by), aggregate(anew, by)
        for name in ("value", "low", "high"):
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


# ---------------------------------------------------------------- against others


def test_an_independent_query_agrees(footprint):
    """The lines with their splits, as pandas reads them, and nothing of ours in between."""
    lines = footprint.lines()
    region = {e.name: e.identity["region"] for e in footprint.inventory.establishments}
    lines["region"] = lines["establishment"].map(region)
    posts = [name for name in lines.columns if name.startswith("post_")]
    long = lines.melt(["region", "section"], posts, "post", "kgco2e").dropna()
    long["post"] = long["post"].str.removeprefix("post_")
    for by in (("region", "post"), ("region", "domain"), ("domain", "post")):
        names = ["section" if name == "domain" else name for name in by]
        asked = long.groupby(names)["kgco2e"].sum()
        found = aggregate(footprint, by)
        cells = {
            (row, column): found.value[r, c]
            for r, row in enumerate(found.rows)
            for c, column in enumerate(found.columns)
            if not np.isnan(found.value[r, c])
        }
        assert len(cells) == len(asked)
        for (row, column), kilograms in asked.items():
            assert cells[row, column] == pytest.approx(kilograms, rel=1e-9, abs=1e-3)


@settings(max_examples=20)
@given(order=st.permutations(range(6)), by=st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=2, unique=True))
def test_the_order_of_documents_does_not_matter(make, footprint, order, by):
    given_documents = list(map(without_empty, documents(make)))
    again = compute_footprint(make.read_all(given_documents[number] for number in order), make.library)
    one, other = aggregate(footprint, by), aggregate(again, by)
    assert (one.rows, one.columns) == (other.rows, other.columns)
    for name in ("value", "low", "high", "entities", "sites"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# ---------------------------------------------------------------- with a frame


@pytest.fixture(scope="module")
def frame(tmp_path_factory):
    """The sites of the six, two of them of one entity, and a seventh and an eighth that did not report."""
    entities = [ENTITIES[0], ENTITIES[0], *ENTITIES[2:], finess("01000700"), finess("75000800")]
    sites = [*SITES, finess("01000701"), finess("75000801")]
    places = ["01", "01", "75", "75", "75", "33", "01", "75"]
    rows = [
        f"{site},{entity},CH,355,13,,{place},,,{beds},,,"
        for site, entity, place, beds in zip(sites, entities, places, [*BEDS, 70, 900], strict=True)
    ]
    return read_frame(register(tmp_path_factory.mktemp("frame"), *rows))


def test_coverage_of_the_frame(footprint, frame):
    found = aggregate(footprint, ["region"], frame=frame)
    assert found.rows == ("11", "75", "84")
    assert found.entities[:, 0].tolist() == [3, 1, 1, 5]
    assert found.entities_in_frame[:, 0].tolist() == [4, 1, 2, 7]
    assert found.beds_reported[:, 0].tolist() == [570, 200, 160, 930]
    assert found.beds_in_frame[:, 0].tolist() == [1470, 200, 230, 1900]
    two = aggregate(footprint, ["post", "region"], frame=frame)
    assert two.value[-1, :] == pytest.approx(found.value[:, 0])
    for row in range(two.value.shape[0]):  # posts do not part the sector
        assert two.entities_in_frame[row].tolist() == [4, 1, 2, 7]
        assert two.beds_in_frame[row].tolist() == [1470, 200, 230, 1900]
    both = aggregate(footprint, ["region", "size"], frame=frame)
    assert both.columns == ("<50", "50-150", "150-400", ">=400")
    assert both.beds_in_frame.tolist()[0] == [70, 0, 0, 1400, 1470]


def test_the_frame_says_where_a_site_is(footprint, frame):
    # the documents say categories 355 and 365; the register has 355 alone
    assert aggregate(footprint, ["category"], frame=frame).rows == ("355",)


def test_a_document_of_nobody_in_the_frame(make, frame):
    stranger = make.document(
        make.line("electricity-fr-2024", 1.0, "kWh"), establishment={"finess_et": finess("69000001"), "region": "84"}
    )
    with pytest.raises(RefusedEstimationError, match="690000"):
        aggregate(compute_footprint(make.read_all([stranger]), make.library), ["region"], frame=frame)


# ---------------------------------------------------------------- what cannot be


def test_several_years_are_not_one_total(make):
    both = [*map(without_empty, documents(make)), *map(without_empty, documents(make, 2023))]
    footprint = compute_footprint(make.read_all(both), make.library)
    with pytest.raises(UsageError, match=r"2023, 2024") as refused:
        aggregate(footprint, ["region"])
    assert "--year" in refused.value.problems[0].hint()
    with pytest.raises(UsageError, match="2019"):
        aggregate(footprint, ["region"], year=2019)
    one, other = aggregate(footprint, ["region", "domain"], year=2023), aggregate(footprint, ["region"], year=2024)
    assert one.value[-1, -1] + other.value[-1, -1] == pytest.approx(footprint.total(), rel=1e-9, abs=1e-3)
    assert one.low[-1, -1] <= one.value[-1, -1] <= one.high[-1, -1]


@pytest.mark.parametrize(("by", "words"), [(["regions"], "regions"), ([], "one or two"), (["post"] * 2, "one or two")])
def test_dimensions_that_are_none(footprint, by, words):
    with pytest.raises(UsageError, match=words) as refused:
        aggregate(footprint, by)
    assert "region" in refused.value.problems[0].hint() or words == "one or two"


def test_entities_that_nobody_says_count_as_one(make):
    lines = [make.line("electricity-fr-2024", 1.0, "kWh")]
    unnamed = [make.document(*lines, establishment={"name": f"{n}", "finess_et": SITES[n]}) for n in range(4)]
    found = aggregate(compute_footprint(make.read_all(unnamed), make.library), ["region"])
    assert found.entities.tolist() == [[1], [1]]
    (doubt,) = found.warnings
    assert doubt.message().startswith("4 document(s)")


def test_labels_are_in_the_order_of_readers(footprint):
    found = aggregate(footprint, ["domain", "gas"])
    assert [SECTIONS.index(name) for name in found.rows] == sorted(SECTIONS.index(name) for name in found.rows)
    assert [TOTAL_GASES.index(name) for name in found.columns] == sorted(TOTAL_GASES.index(n) for n in found.columns)
