"""The roadmap over the submissions of two years, by hand. A meal is 2.04 kg, a vegetarian one 0.51 (Base Carbone)."""

import json
from pathlib import Path

import pytest

from decarb.errors import RefusedRoadmapError
from decarb.footprint import compute_footprint
from decarb.national.base_year import by_year
from decarb.national.final_energy import final_energy
from decarb.national.roadmap import roadmap


def document(make, year, meals, **others):
    lines = [make.line("meal-average", meals, "meal", id="average"), make.line("meal-vegetarian", 25, "meal", id="veg")]
    return make.document(*lines, year=year, section="food", establishment={"name": "A"}, **others)


@pytest.fixture(scope="module")
def found(make):
    gases = [make.line("desflurane", 2, "kg", id="des"), make.line("sevoflurane", 6, "kg", id="sevo")]
    documents = (
        document(make, 2023, 100),
        document(make, 2024, 75, anaesthetic_gases=gases),
    )
    years = by_year([compute_footprint(make.read_all(documents), make.library)])
    return roadmap(years, 2023, 2030)


def indicator(found, name):
    return next(one.followed for _, ones in found.levers for one in ones if one.indicator.indicator == name)


def test_readings_and_distances_of_a_lever(found):
    # 100 x 2.04 + 25 x 0.51 = 216.75; 75 x 2.04 + 12.75 = 165.75
    food = indicator(found, "food-emissions")
    assert [reading.value for reading in food.readings] == pytest.approx([216.75, 165.75])
    assert [(reading.establishments, reading.submitted) for reading in food.readings] == [(1, 1), (1, 1)]
    now, then = food.distances
    assert (now.year, now.target_year, then.target_year) == (2024, 2024, 2030)
    assert now.compound_target == now.linear_target == pytest.approx(216.75 * 0.95)
    assert now.to_compound == pytest.approx(165.75 - 205.9125)
    assert then.compound_target == pytest.approx(216.75 * 0.95**7)
    assert then.linear_target == pytest.approx(216.75 * 0.65)
    assert then.to_linear == pytest.approx(165.75 - 140.8875)


def test_the_share_of_vegetarian_meals(found):
    assert [reading.value for reading in indicator(found, "food-vegetarian").readings] == pytest.approx([0.2, 0.25])


def test_desflurane_against_its_ban(found):
    share = indicator(found, "desflurane-share")
    assert [reading.value for reading in share.readings] == [None, 0.25]  # no gas in 2023: unknown, not zero
    (distance,) = share.distances
    assert (distance.target_year, distance.to_compound) == (2026, 0.25)


def test_what_no_line_tells_is_unknown_and_has_no_distance(found):
    for name in ("devices-reprocessed", "plastic-single-use", "renovation-works", "mobility-emissions"):
        followed = indicator(found, name)
        assert [reading.value for reading in followed.readings] == [None, None]
        assert followed.distances == ()
    # gases in one of the years alone are no increase
    assert indicator(found, "anaesthetic-emissions").distances == ()


def test_axes_add_up_to_the_total(found):
    for position, reading in enumerate(found.total.readings):
        values = [followed.readings[position].value or 0.0 for _, followed in found.axes]
        assert sum(values) == pytest.approx(reading.value)
    (change,) = found.changes
    progress = [followed.progress[2024] for _, followed in found.axes if followed.progress]
    assert sum(one.change_kgco2e for one in progress) == pytest.approx(change.progress.change_kgco2e)


def test_the_published_figure_stays_beside(found):
    assert found.figure.value == 49
    assert found.total.readings[0].value == pytest.approx(216.75)


def test_medicines_by_rung(make):
    line = make.line("spend-pharmaceutical-products", 1000, "EUR HT", id="euros")
    years = by_year([compute_footprint(make.read(line, section="medicines"), make.library)])
    followed = indicator(roadmap(years, 2024, 2030), "medicines-verified")
    assert [reading.value for reading in followed.readings] == [0.0]


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (2019, 2030, "nothing was submitted for 2019; submitted: 2024"),
        (2024, 2024, "the year 2024 is not after 2024"),
        (2024, 2020, "the year 2020 is not after 2024"),
    ],
)
def test_years_that_make_no_roadmap_are_refused(make, first, last, message):
    years = {2024: make.compute(make.line("meal-average", 1, "meal"))}
    with pytest.raises(RefusedRoadmapError, match=message):
        roadmap(years, first, last)


def test_refused_lines_are_said(make):
    years = {2024: make.compute(make.line("meal-average", 1, "meal"), make.line("isoflurane", 1, "L"), partial=True)}
    assert [problem.code for problem in roadmap(years, 2024, 2030).warnings] == ["roadmap-partial"]


def test_final_energy_on_one_basis(make):
    # 111 MWh PCS / 1.11 = 100 MWh PCI; electricity has no heating value
    found = make.compute(
        make.line("natural-gas-fr-kwh-pcs", 111, "MWh PCS"), make.line("electricity-fr-2024", 50, "MWh")
    )
    energy = final_energy(found)
    assert energy.kwh.tolist() == pytest.approx([150_000])
    assert energy.whole().tolist() == pytest.approx([150_000])


@pytest.mark.parametrize(
    "line", [("heating-oil-fr-litre", 1, "L", {}), ("isoflurane", 1, "L", {}), ("no-such-factor", 1, "kWh", {})]
)
def test_energy_that_is_not_told_whole(make, line):
    factor, quantity, unit, others = line
    found = make.compute(
        make.line("electricity-fr-2024", 50, "MWh"), make.line(factor, quantity, unit, **others), partial=True
    )
    energy = final_energy(found)
    assert energy.left_out.tolist() == [1]
    assert str(energy.whole()[0]) == "nan"
    assert energy.kwh.tolist() == pytest.approx([50_000])


def test_energy_per_floor_area(make):
    found = make.compute(make.line("electricity-fr-2024", 50, "MWh"), establishment={"floor_area_m2": 500})
    per_m2 = indicator(roadmap({2024: found}, 2024, 2030), "energy-per-m2")
    assert per_m2.readings[0].value == pytest.approx(100)


def test_energy_of_those_who_give_no_floor_area_is_not_in_it(make):
    documents = [
        make.document(make.line("electricity-fr-2024", 50, "MWh"), establishment={"name": name, **area})
        for name, area in (("A", {"floor_area_m2": 500}), ("B", {}))
    ]
    found = compute_footprint(make.read_all(documents), make.library)
    (reading,) = indicator(roadmap({2024: found}, 2024, 2030), "energy-per-m2").readings
    assert (reading.value, reading.establishments, reading.submitted) == (pytest.approx(100), 1, 2)


def test_energy_of_half_a_year_is_not_that_of_a_year(make):
    half = make.document(make.line("electricity-fr-2024", 50, "MWh"), establishment={"floor_area_m2": 500})
    half["period"]["end"] = "2024-06-30"
    found = compute_footprint(make.read_all([half]), make.library)
    (reading,) = indicator(roadmap({2024: found}, 2024, 2030), "energy-per-m2").readings
    assert (reading.value, reading.establishments) == (None, 0)


def test_a_gas_refused_in_one_establishment_is_left_out_of_the_share_of_desflurane(make):
    documents = [
        make.document(
            make.line("desflurane", 2, "kg", id="des"),
            make.line("sevoflurane", quantity, unit, id="other"),
            section="anaesthetic_gases",
            establishment={"name": name},
        )
        for name, quantity, unit in (("A", 6, "kg"), ("B", 1, "MWh"))
    ]
    found = compute_footprint(make.read_all(documents), make.library, partial=True)
    (reading,) = indicator(roadmap({2024: found}, 2024, 2030), "desflurane-share").readings
    assert (reading.value, reading.establishments, reading.submitted) == (0.25, 1, 2)


def test_no_energy_is_unknown(make):
    found = make.compute(make.line("meal-average", 1, "meal"), section="food")
    assert str(final_energy(found).kwh[0]) == "nan"


def test_a_pharmacy_that_turns_from_euros_to_codes_has_neither_risen_nor_fallen(make):
    folder = Path(__file__).parent.parent.parent / "examples"
    by_spend, by_code = (
        json.loads((folder / f"pharmacie-par-{how}.json").read_text(encoding="utf-8")) for how in ("depense", "code")
    )
    by_spend["period"] = {"start": "2023-01-01", "end": "2023-12-31"}
    years = by_year([compute_footprint(make.read_all([by_spend, by_code]), make.library)])
    found = roadmap(years, 2023, 2030)
    products = next(followed for axis, followed in found.axes if axis and axis.axis == "products")
    before, after = (reading.value for reading in products.readings)
    assert after > 2 * before  # as submitted
    assert products.progress[2024].base_kgco2e == pytest.approx(after, rel=1e-3)
    assert found.changes[0].interval is None
