"""Years on one perimeter and by one method, by hand. A meal is 2.04 kg, a vegetarian one 0.51 (Base Carbone)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import RefusedRoadmapError
from decarb.factors import load_factors
from decarb.footprint import compute_footprint
from decarb.national.base_year import by_year, compare_years, progress_of

MEAL, VEGETARIAN, SPEND = "meal-average", "meal-vegetarian", "spend-paper-cardboard"


def submission(make, name, year, quantity, factor=MEAL, unit="meal", **others):
    line = make.line(factor, quantity, unit, id="line")
    establishment = {"name": name, **others.pop("establishment", {})}
    return make.document(line, year=year, section="food", establishment=establishment, **others)


def years(make, *documents):
    return by_year([compute_footprint(make.read_all(documents), make.library)])


def compared(make, *documents):
    found = years(make, *documents)
    (first, before), (year, after) = found.items()
    return compare_years(first, before, year, after)[0]


def added_up(change):
    return math.fsum(
        (
            change.entries_kgco2e,
            change.exits_kgco2e,
            change.moved_kgco2e,
            change.sections_kgco2e,
            change.untold_kgco2e,
            change.progress.library_kgco2e,
            change.progress.method_kgco2e,
            change.progress.change_kgco2e,
        )
    )


def test_entries_and_exits_stand_apart(make):
    change = compared(
        make,
        submission(make, "A", 2023, 100),
        submission(make, "C", 2023, 1000),
        submission(make, "A", 2024, 80),
        submission(make, "B", 2024, 10, VEGETARIAN),
    )
    assert (change.first, change.year) == (2023, 2024)
    assert (change.before_kgco2e, change.after_kgco2e) == pytest.approx((2244, 168.3))
    assert change.perimeter.constant == ("A",)
    assert (change.perimeter.entries, change.perimeter.exits) == (("B",), ("C",))
    assert (change.entries_kgco2e, change.exits_kgco2e) == pytest.approx((5.1, -2040))
    assert change.progress.change_kgco2e == pytest.approx(-40.8)
    assert change.progress.change_share == pytest.approx(-0.2)
    assert change.interval is not None


def test_a_section_that_one_year_alone_has_is_no_increase(make):
    after = submission(make, "A", 2024, 100)
    after["waste"] = [make.line("waste-glass-recycling", 10, "t", id="glass")]
    change = compared(make, submission(make, "A", 2023, 100), after)
    assert change.sections == 1
    assert change.sections_kgco2e == pytest.approx(change.after_kgco2e - 204)
    assert change.progress.change_kgco2e == pytest.approx(0, abs=1e-9)


def test_a_section_that_was_refused_in_one_year_is_no_increase(make):
    documents = []
    for year, unit in ((2023, "L"), (2024, "kg")):  # isoflurane has no density: litres are refused
        documents.append(submission(make, "A", year, 100))
        documents[-1]["anaesthetic_gases"] = [make.line("isoflurane", 5, unit, id="gas")]
    found = by_year([compute_footprint(make.read_all(documents), make.library, partial=True)])
    change, _ = compare_years(2023, found[2023], 2024, found[2024])
    assert change.sections == 1
    assert change.progress.change_kgco2e == pytest.approx(0, abs=1e-9)


FLIGHT = "plane-1000-2000km-101-220-seats-contrails"


def trips(make, year, flown, commuted, **others):
    lines = [make.line(FLIGHT, flown, "passenger.km", id="flight")]
    lines += [make.line("car-average-km", commuted, "km", id="cars", activity="commuting")] if commuted else []
    return make.document(*lines, year=year, section="mobility", establishment={"name": "A"}, **others)


def test_a_post_that_one_year_excludes_is_no_increase_in_the_other(make):
    # both years have the section: of business travel in both, of commuting (3.3) in 2024 alone
    left_out = {"excluded_posts": [{"post": "3.3", "justification": "No survey in 2023."}]}
    before, after = trips(make, 2023, 1000, 0, declaration=left_out), trips(make, 2024, 900, 5000)
    change = compared(make, before, after)
    assert (change.sections, change.untold) == (0, 1)
    flown = 1000 * 0.184661  # Base Carbone, sum of parts
    assert change.untold_kgco2e == pytest.approx(change.after_kgco2e - 0.9 * flown)
    assert (change.progress.base_kgco2e, change.progress.change_share) == pytest.approx((flown, -0.1))


def test_what_ended_is_an_exclusion_only_where_it_is_declared(make):
    change = compared(make, trips(make, 2023, 1000, 0), trips(make, 2024, 1000, 5000))
    assert change.untold == 0
    assert change.progress.change_kgco2e == pytest.approx(change.after_kgco2e - 184.661)


def test_an_exclusion_that_lines_contradict_leaves_nothing_out(make):
    said = {"excluded_posts": [{"post": "3.3", "justification": "Not significant."}]}
    change = compared(make, trips(make, 2023, 1000, 5000, declaration=said), trips(make, 2024, 1000, 4000))
    assert change.untold == 0
    # 1,000 km less, a fifth of the cars
    assert change.progress.change_kgco2e == pytest.approx(-0.2 * (change.before_kgco2e - 184.661))


@pytest.mark.parametrize("refused_year", [2023, 2024])
def test_a_line_that_one_year_refuses_is_no_increase_and_no_reduction(make, refused_year):
    documents = []
    for year in (2023, 2024):  # 273 kg of nitrous oxide; isoflurane has no density: litres are refused
        unit = "L" if year == refused_year else "kg"
        lines = [make.line("nitrous-oxide", 1, "kg", id="n2o"), make.line("isoflurane", 5, unit, id="gas")]
        documents.append(make.document(*lines, year=year, section="anaesthetic_gases", establishment={"name": "A"}))
    found = by_year([compute_footprint(make.read_all(documents), make.library, partial=True)])
    change, _ = compare_years(2023, found[2023], 2024, found[2024])
    assert (change.sections, change.untold) == (0, 1)
    assert change.progress.change_kgco2e == pytest.approx(0, abs=1e-9)
    assert added_up(change) == pytest.approx(change.after_kgco2e - change.before_kgco2e, abs=1e-9)


def test_half_a_year_is_no_reduction_of_a_whole_one(make):
    half = submission(make, "A", 2024, 50)
    half["period"]["end"] = "2024-06-30"
    before = (submission(make, "A", 2023, 100), submission(make, "B", 2023, 10))
    change = compared(make, *before, half, submission(make, "B", 2024, 10))
    assert change.perimeter.moved == ("A",)
    assert change.moved_kgco2e == pytest.approx(-102)
    assert change.progress.change_kgco2e == pytest.approx(0, abs=1e-9)


def test_a_leap_year_is_no_other_length(make):
    assert compared(make, submission(make, "A", 2023, 1), submission(make, "A", 2024, 1)).perimeter.moved == ()


def test_nothing_left_to_compare_on_one_side_is_refused(make):
    left_out = {"excluded_posts": [{"post": "3.5", "justification": "No survey in 2023."}]}
    car = make.line("car-average-km", 10, "km", id="cars", activity="commuting")
    before = make.document(car, year=2023, section="mobility", establishment={"name": "A"}, declaration=left_out)
    with pytest.raises(RefusedRoadmapError, match="nobody submitted the same"):
        compared(make, before, trips(make, 2024, 1000, 0))


def test_medicines_are_one_section_wherever_they_stand(make):
    before, after = (submission(make, "A", year, 100) for year in (2023, 2024))
    before["purchases"] = [make.line("spend-pharmaceutical-products", 1000, "EUR HT", id="pharmacy")]
    after["medicines"] = [make.line("spend-pharmaceutical-products", 900, "EUR HT", id="pharmacy")]
    change = compared(make, before, after)
    assert change.sections == 0
    assert change.progress.change_kgco2e == pytest.approx(-0.1 * (change.before_kgco2e - 204))


def test_other_sites_are_another_perimeter(make):
    other = [{"id": "one", "finess_et": "219990025"}], [{"id": "one", "finess_et": "219990033"}]
    change = compared(
        make,
        submission(make, "A", 2023, 100, sites=other[0]),
        submission(make, "B", 2023, 50),
        submission(make, "A", 2024, 90, sites=other[1]),
        submission(make, "B", 2024, 50),
    )
    assert change.perimeter.moved == ("A",)
    assert change.moved_kgco2e == pytest.approx(-20.4)
    assert change.progress.change_kgco2e == pytest.approx(0, abs=1e-9)


def test_another_gwp_set_recalculates_the_base_year(make):
    # nitrous oxide: 265 in AR5, 273 in AR6
    line = make.line("nitrous-oxide", 1, "kg", id="n2o")
    before, after = (make.compute(line, year=year, gwp=gwp) for year, gwp in ((2023, "AR5"), (2024, "AR6")))
    change, _ = compare_years(2023, before, 2024, after)
    assert change.progress.before_kgco2e == pytest.approx(265)
    assert change.progress.library_kgco2e == pytest.approx(8)
    assert change.progress.base_kgco2e == pytest.approx(273)
    assert change.progress.change_kgco2e == pytest.approx(0, abs=1e-9)


def test_counted_another_way_is_no_reduction(make):
    before = submission(make, "A", 2023, 10_000, SPEND, "EUR HT")
    change = compared(make, before, submission(make, "A", 2024, 100))
    assert change.progress.base_kgco2e == pytest.approx(204)
    assert change.progress.method_kgco2e == pytest.approx(204 - change.before_kgco2e)
    assert change.progress.change_kgco2e == pytest.approx(0, abs=1e-9)
    assert change.interval is None
    assert change.monetary_share == (1, 0)


def test_lines_of_an_activity(make):
    before, after = (submission(make, "A", year, meals) for year, meals in ((2023, 100), (2024, 80)))
    found = years(make, before, after)
    _, part = compare_years(2023, found[2023], 2024, found[2024])
    progress = progress_of(part, frozenset(("food",)))
    assert progress is not None
    assert (progress.base_kgco2e, progress.after_kgco2e) == pytest.approx((204, 163.2))
    assert progress_of(part, frozenset(("waste_clinical",))) is None


def test_a_line_counted_under_another_activity_is_recalculated_there(make):
    # 100 km by car: commuting in 2023, business travel of the same line in 2024, with 80 km; and a flight in both
    def of(year, kilometres, activity):
        lines = [make.line("car-average-km", kilometres, "km", id="cars", activity=activity)]
        lines.append(make.line(FLIGHT, 1000, "passenger.km", id="flight"))
        return make.document(*lines, year=year, section="mobility", establishment={"name": "A"})

    found = years(make, of(2023, 100, "commuting"), of(2024, 80, "business_travel"))
    change, part = compare_years(2023, found[2023], 2024, found[2024])
    cars = found[2023].total() - 184.661
    travel = progress_of(part, frozenset(("business_travel",)))
    assert (travel.before_kgco2e, travel.method_kgco2e) == pytest.approx((184.661, cars))
    assert travel.change_kgco2e == pytest.approx(-0.2 * cars) == change.progress.change_kgco2e
    assert progress_of(part, frozenset(("commuting",))) is None  # nothing of it is left to compare
    both = progress_of(part, frozenset(("business_travel", "commuting")))
    assert both.method_kgco2e == 0
    assert both.change_kgco2e == pytest.approx(-0.2 * cars)


def test_nobody_in_both_years_is_refused(make):
    with pytest.raises(RefusedRoadmapError, match="nobody submitted the same for 2023 and for 2024"):
        compared(make, submission(make, "A", 2023, 1), submission(make, "B", 2024, 1))


def test_a_base_year_that_cannot_be_restated_is_refused(make, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("id,name,unit,value,activity,source\nown-meal,Own,meal,1.5,food,kitchen\n", encoding="utf-8")
    before = make.compute(make.line("own-meal", 1, "meal", id="line"), year=2023, library=load_factors(own))
    after = make.compute(make.line(MEAL, 1, "meal", id="line"), year=2024)
    with pytest.raises(RefusedRoadmapError, match=r"1 line\(s\) of 2023 cannot be counted"):
        compare_years(2023, before, 2024, after)


def test_another_library_recalculates_the_base_year(make, tmp_path):
    # the kitchen's own average meal, in place of the packaged one
    own = tmp_path / "own.csv"
    own.write_text("id,name,unit,value,activity,source\nmeal-average,Own,meal,1.5,food,kitchen\n", encoding="utf-8")
    before = make.compute(make.line(MEAL, 100, "meal", id="line"), year=2023)
    after = make.compute(make.line(MEAL, 90, "meal", id="line"), year=2024, library=load_factors(own))
    change, _ = compare_years(2023, before, 2024, after)
    assert change.progress.before_kgco2e == pytest.approx(204)
    assert change.progress.library_kgco2e == pytest.approx(-54)
    assert change.progress.change_kgco2e == pytest.approx(-15)


def test_two_collections_of_one_year_are_refused(make):
    one, other = (make.compute(make.line(MEAL, 1, "meal"), establishment={"name": name}) for name in "AB")
    with pytest.raises(RefusedRoadmapError, match="2024 is in two collections"):
        by_year([one, other])


def test_a_footprint_of_one_year_is_taken_as_it_is(make):
    footprint = make.compute(make.line(MEAL, 1, "meal"))
    assert by_year([footprint])[2024] is footprint


amounts = st.dictionaries(st.sampled_from("ABCD"), st.floats(0.1, 1e6), min_size=1)


@given(amounts, amounts, st.sampled_from([(MEAL, "meal"), (SPEND, "EUR HT")]))
def test_the_pieces_add_up_to_the_difference(make, before, after, counted):
    factor, unit = counted
    if not before.keys() & after.keys():
        after = {**after, next(iter(before)): 1.0}
    change = compared(
        make,
        *(submission(make, name, 2023, quantity, factor, unit) for name, quantity in before.items()),
        *(submission(make, name, 2024, quantity) for name, quantity in after.items()),
    )
    scale = change.before_kgco2e + change.after_kgco2e
    assert added_up(change) == pytest.approx(change.after_kgco2e - change.before_kgco2e, abs=1e-9 * scale)
