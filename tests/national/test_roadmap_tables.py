"""The roadmap's tables: eight axes, eight levers, every row sourced and every name known."""

from decarb.factors import load_factors
from decarb.medicines.rungs import rungs
from decarb.national.legal_milestones import legal_milestones
from decarb.national.roadmap_tables import KINDS, axes, levers, outside_axes
from decarb.reporting import activities


def test_the_axes_part_the_activities():
    assert [axis.number for axis in axes()] == list(range(1, 9))
    parts = [*(axis.activities for axis in axes()), outside_axes()]
    assert sum(map(len, parts)) == len(frozenset().union(*parts)) == len(activities())


def test_nothing_tells_training_and_research():
    assert [axis.axis for axis in axes() if not axis.activities] == ["training"]


def test_the_levers_are_those_that_the_dgos_names():
    assert [lever.lever for lever in levers()] == [
        "medicines",
        "reprocessing",
        "purchasing",
        "food",
        "single-use-plastic",
        "eco-care",
        "mobility",
        "thermal-renovation",
    ]
    assert {lever.axis for lever in levers()} <= {axis.axis for axis in axes()}


def test_every_indicator_says_from_which_lines_or_what_is_missing():
    library = load_factors()
    for lever in levers():
        assert lever.indicators
        for indicator in lever.indicators:
            assert indicator.kind in KINDS
            said = indicator.missing if indicator.kind == "none" else indicator.lines
            assert said.english, indicator
            assert said.french, indicator
            assert (indicator.target is None) or indicator.target_source
            if indicator.kind == "emissions":
                assert set(indicator.of) <= set(activities())
            if indicator.kind == "rung_share":
                assert {int(rung) for rung in indicator.of} <= set(rungs())
            if indicator.kind == "factor_share":
                assert all(library.find(name) for name in (*indicator.of, *indicator.out_of))
                assert set(indicator.of) <= set(indicator.out_of)


def test_every_milestone_is_sourced():
    for milestone in legal_milestones().values():
        assert milestone.provenance.source
        assert milestone.provenance.url.startswith("https://")
        assert milestone.name.english
        assert milestone.name.french
    # what is not verified is marked so
    unverified = {m.milestone for m in legal_milestones().values() if not m.provenance.is_verified}
    assert unverified == {"tertiary-absolute", "fleet-renewal", "desflurane"}
