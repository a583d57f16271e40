"""Legal milestones by hand: who is bound, when, what is met, and what submissions do not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import RefusedRoadmapError
from decarb.footprint import compute_footprint
from decarb.national.base_year import by_year
from decarb.national.obligations import STATUSES, counts, obligations

ON = "2026-11-22"
POWER = "electricity-fr-2024"


def years(make, *documents):
    return by_year([compute_footprint(make.read_all(documents), make.library)])


def document(make, year=2024, mwh=100, *lines, **establishment):
    return make.document(make.line(POWER, mwh, "MWh"), *lines, year=year, establishment={"name": "A", **establishment})


def finding(found, milestone):
    (one,) = (each for each in found if each.milestone.milestone.startswith(milestone))
    return one


def beges(make, on=ON, year=2024, **establishment):
    return finding(obligations(years(make, document(make, year, **establishment)), on), "beges")


PUBLIC, FOR_PROFIT = "13", "95"


@pytest.mark.parametrize(
    ("establishment", "milestone", "status"),
    [
        ({"legal_status": PUBLIC, "headcount": 251}, "beges-public", "met"),
        ({"legal_status": PUBLIC, "headcount": 250}, "beges-public", "not_concerned"),
        ({"legal_status": PUBLIC}, "beges-public", "unknown"),
        ({"legal_status": "01"}, "beges-public", "met"),  # the State, whatever its staff
        ({"legal_status": "03", "headcount": 9000}, "beges-public", "unknown"),  # a commune: by its population
        ({"legal_status": FOR_PROFIT, "headcount": 501, "region": "11"}, "beges-private", "met"),
        ({"legal_status": FOR_PROFIT, "headcount": 500, "region": "11"}, "beges-private", "not_concerned"),
        ({"legal_status": FOR_PROFIT, "headcount": 251, "region": "04"}, "beges-private-overseas", "met"),
        ({"legal_status": FOR_PROFIT, "headcount": 250, "region": "04"}, "beges-private-overseas", "not_concerned"),
        ({"legal_status": FOR_PROFIT, "headcount": 300, "department": "974"}, "beges-private-overseas", "met"),
        ({"headcount": 9000, "region": "11"}, "beges-private", "unknown"),
        ({"headcount": 250, "region": "11"}, "beges-private", "not_concerned"),
        ({"headcount": 300, "region": "11"}, "beges-private", "unknown"),
        ({}, "beges-private", "unknown"),
    ],
)
def test_who_is_bound(make, establishment, milestone, status):
    found = beges(make, **establishment)
    assert (found.milestone.milestone, found.status) == (milestone, status)
    assert found.reasons if status == "unknown" else True


def test_the_region_decides_only_between_the_thresholds(make):
    line = make.line("meal-average", 1, "meal")  # the place does not matter to a meal
    for headcount, status in ((250, "not_concerned"), (300, "unknown"), (501, "met")):
        given_document = make.document(line, establishment={"name": "A", "legal_status": FOR_PROFIT})
        given_document["establishment"] = {"name": "A", "legal_status": FOR_PROFIT, "headcount": headcount}
        assert finding(obligations(years(make, given_document), ON), "beges").status == status


@pytest.mark.parametrize(
    ("on", "status", "is_due"),
    # figures of 2020, published in 2021 or 2022: the next is due in 2024 or 2025
    [
        ("2023-12-31", "met", False),
        ("2024-06-30", "met", True),
        ("2025-01-01", "unknown", True),
        ("2026-01-01", "not_met", True),
    ],
)
def test_the_calendar_of_a_public_entity(make, on, status, is_due):
    found = beges(make, on, 2020, legal_status=PUBLIC, headcount=1000)
    assert (found.status, found.due, found.is_due) == (status, "2024", is_due)


def test_sites_of_one_legal_entity_are_counted_together(make):
    sites = [
        document(make, name=name, finess_ej="219990017", finess_et=number, legal_status=PUBLIC, headcount=200)
        for name, number in (("A", "219990025"), ("B", "219990033"))
    ]
    found = obligations(years(make, *sites), ON)
    bound = finding(found, "beges")
    assert (bound.entity, bound.status) == ("219990017", "met")
    assert next(fact.value for fact in bound.facts if fact.name == "headcount") == 400


def test_an_older_report_of_the_whole_entity_is_not_counted_beside_its_sites(make):
    whole = document(make, 2023, finess_ej="219990017", legal_status=PUBLIC, headcount=200)
    site = document(make, 2024, finess_ej="219990017", finess_et="219990025", legal_status=PUBLIC, headcount=200)
    bound = finding(obligations(years(make, whole, site), ON), "beges")
    assert (bound.status, bound.year) == ("unknown", 2024)  # 200 is not 400, and may not be all


def tertiary(make, *documents, **options):
    found = obligations(years(make, *documents), ON, **options)
    return {f.milestone.milestone: f for f in found if f.milestone.rule == "tertiary"}


def test_the_tertiary_decree_by_two_years(make):
    # 1,000 to 550 MWh: -45 %
    old, new = (document(make, year, mwh, floor_area_m2=5000) for year, mwh in ((2015, 1000), (2024, 550)))
    found = tertiary(make, old, new)
    assert [found[f"tertiary-{year}"].status for year in (2030, 2040, 2050)] == ["met", "not_met", "not_met"]
    facts = {fact.name: fact.value for fact in found["tertiary-2030"].facts}
    assert facts["reduction"] == pytest.approx(45)
    assert facts["energy_per_m2"] == pytest.approx(110)
    assert facts["reference_year"] == "2015"
    assert not found["tertiary-2040"].is_due
    assert found["tertiary-absolute"].status == "unknown"


def test_exactly_forty_per_cent_is_met(make):
    old, new = (document(make, year, mwh, floor_area_m2=5000) for year, mwh in ((2015, 1000), (2024, 600)))
    assert tertiary(make, old, new)["tertiary-2030"].status == "met"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ({}, {}, "the floor area is not given"),
        ({"floor_area_m2": 4000}, {"floor_area_m2": 5000}, "the sites or the floor area moved"),
        ({"year": 2021, "floor_area_m2": 5000}, {"floor_area_m2": 5000}, "a reference year between 2010 and 2019"),
    ],
)
def test_the_tertiary_decree_is_unknown_where_the_years_cannot_be_compared(make, old, new, reason):
    found = tertiary(make, document(make, **{"year": 2015, **old}), document(make, **new))["tertiary-2030"]
    assert found.status == "unknown"
    assert any(reason in r.template.format(**r.parameters) for r in found.reasons)


def test_energy_in_litres_leaves_the_decree_unknown(make):
    oil = make.line("heating-oil-fr-litre", 1, "L")
    old, new = document(make, 2015, 1000, floor_area_m2=5000), document(make, 2024, 500, oil, floor_area_m2=5000)
    found = tertiary(make, old, new)["tertiary-2030"]
    assert found.status == "unknown"
    assert found.reasons[0].parameters == {"year": "2024", "count": 1}


def test_energy_of_half_a_year_is_not_compared_with_that_of_a_year(make):
    old, new = (
        document(make, year, mwh, floor_area_m2=5000, finess_et="219990025")
        for year, mwh in ((2015, 1000), (2024, 500))
    )
    new["period"]["end"] = "2024-06-30"
    found = tertiary(make, old, new, absolute={"219990025": 1000.0})
    relative, absolute = found["tertiary-2030"], found["tertiary-absolute"]
    assert (relative.status, absolute.status) == ("unknown", "unknown")
    assert relative.reasons[0].parameters == {"before": "365", "after": "182"}
    assert absolute.reasons[0].parameters == {"days": "182"}
    assert "energy_per_m2" not in {fact.name for fact in absolute.facts}


def test_a_gas_refused_in_one_establishment_leaves_that_of_others_known(make):
    def of(name, unit):
        lines = [make.line("desflurane", 2, "kg", id="des"), make.line("isoflurane", 1, unit, id="iso")]
        return make.document(*lines, section="anaesthetic_gases", establishment={"name": name})

    footprint = compute_footprint(make.read_all([of("A", "kg"), of("B", "L")]), make.library, partial=True)
    found = [one for one in obligations(by_year([footprint]), "2025-06-30") if one.milestone.milestone == "desflurane"]
    assert {one.name: one.status for one in found} == {"A": "not_met", "B": "unknown"}
    assert [fact.value for fact in found[0].facts] == [2]


def test_small_buildings_are_not_concerned(make):
    found = tertiary(make, document(make, floor_area_m2=999))
    assert {one.status for one in found.values()} == {"not_concerned"}


@pytest.mark.parametrize(("limit", "status"), [(20.0, "met"), (19.9, "not_met")])
def test_the_absolute_way(make, limit, status):
    given_document = document(make, floor_area_m2=5000, finess_et="219990025")  # 100 MWh / 5,000 m2 = 20 kWh/m2
    found = tertiary(make, given_document, absolute={"219990025": limit})
    assert found["tertiary-absolute"].status == status


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_an_absolute_value_that_is_none_is_refused(make, value):
    with pytest.raises(RefusedRoadmapError, match="is not an absolute value"):
        obligations(years(make, document(make)), ON, absolute={"219990025": value})


def test_a_reference_year_that_was_not_submitted_is_refused(make):
    with pytest.raises(RefusedRoadmapError, match="nothing was submitted for 2015"):
        obligations(years(make, document(make)), ON, reference=2015)


@pytest.mark.parametrize(
    ("year", "gas", "on", "status"),
    [
        (2026, "desflurane", "2027-01-01", "unknown"),  # it may have been strictly required
        (2026, "sevoflurane", "2027-01-01", "met"),
        (2025, "desflurane", "2025-12-31", "not_met"),
        (2025, "sevoflurane", "2025-12-31", "met"),
        (2025, "sevoflurane", "2026-01-01", "unknown"),  # nothing says what 2026 was
    ],
)
def test_desflurane(make, year, gas, on, status):
    found = obligations(years(make, document(make, year, 1, make.line(gas, 1, "kg"))), on)
    assert finding(found, "desflurane").status == status


def test_no_gas_is_unknown(make):
    assert finding(obligations(years(make, document(make)), ON), "desflurane").status == "unknown"


def test_what_submissions_do_not_say_is_unknown_and_named(make):
    for one in obligations(years(make, document(make)), ON):
        if one.milestone.rule in ("egalim", "fleet", "tender"):
            assert one.status == "unknown"
            assert one.reasons[0].english


@given(st.integers(0, 10_000), st.sampled_from([PUBLIC, FOR_PROFIT, ""]), st.integers(2010, 2024))
def test_every_establishment_is_counted_once_on_each_milestone(make, headcount, status, year):
    given_document = document(make, year, headcount=headcount, **({"legal_status": status} if status else {}))
    found = obligations(years(make, given_document), ON)
    for of_status in counts(found).values():
        assert set(of_status) == set(STATUSES)
        assert sum(of_status.values()) == 1
