"""The readings of a footprint: sums, memos, intensities, frames."""

from typing import Any

import pytest

from decarb.footprint import compute_footprint
from decarb.inventory import check_inventory
from decarb.reporting import view
from tests.footprint.footprint_readings import asset, posts


def test_energy_adds_meters_of_every_kind_and_no_plane(make: Any) -> None:
    footprint = make.compute(
        make.line("electricity-fr-2024", 1, "GWh"),
        make.line("natural-gas-fr-2022-kwh-pci", 1000, "MWh PCS"),
        make.line("heat-network-lyon", 3600, "GJ"),
        make.line("plane-1000-2000km-101-220-seats", 1e6, "passenger.km"),
        make.line("wood-pellets-kwh-pci", 500, "MWh PCI"),
    )
    assert footprint.energy_kwh().tolist() == pytest.approx([3.5e6])


def test_intensities_divide_by_what_the_document_says(make: Any) -> None:
    identity = {"beds": 100, "fte": 250, "floor_area_m2": 5190, "activity": {"days": 1000}}
    footprint = make.compute(make.line("electricity-fr-2024", 1, "GWh"), establishment=identity)
    # 51,900 kg
    assert footprint.intensities == pytest.approx({"bed": 519, "fte": 207.6, "m2": 10, "hospital_day": 51.9})


def test_intensities_of_several_establishments_need_all_to_say(make: Any) -> None:
    line = make.line("electricity-fr-2024", 1, "GWh")
    footprint = compute_footprint(
        make.read_all(
            make.document(line, establishment=identity)
            for identity in ({"name": "A", "beds": 100, "fte": 10}, {"name": "B", "beds": 300, "floor_area_m2": 10})
        ),
        make.library,
    )
    assert footprint.intensities == pytest.approx({"bed": 2 * 51_900 / 400})


def test_the_crosswalk_adds_up_to_each_view(make: Any) -> None:
    footprint = make.compute(
        asset(make, 2022, 5), asset(make, 2024, 5), make.line("natural-gas-fr-2022-kwh-pci", 1, "GWh PCI")
    )
    cells = footprint.crosswalk()
    for column, name, timings in (
        ("beges_post", "beges", ("both", "beges")),
        ("iso_category", "iso", ("both", "beges")),
        ("ghg_category", "ghg-protocol", ("both", "ghg")),
    ):
        sums: dict[str, float] = {}
        for cell in cells:
            if cell["timing"] in timings:
                sums[cell[column]] = sums.get(cell[column], 0.0) + cell["kgco2e"] / 1000
        assert {code: value for code, value in sums.items() if value} == pytest.approx(
            {code: value for code, value in posts(footprint, name).items() if value}
        )


def test_frames_have_one_index_for_one_establishment_and_two_for_many(make: Any) -> None:
    line = make.line("electricity-fr-2024", 1, "GWh")
    one = make.compute(line)
    assert list(one.by_post().index) == [row.code for row in view("beges").rows]
    assert list(one.by_row("iso").index) == ["1", "2", "3", "4", "5", "6"]
    two = compute_footprint(
        make.read_all(make.document(line, establishment={"name": name}) for name in ("A", "B")), make.library
    )
    assert two.by_post().loc[("A 2024", "2.1"), "total"] == pytest.approx(35_000)
    assert two.total() == pytest.approx(103_800)
    assert two.totals().tolist() == pytest.approx([51_900, 51_900])
    assert list(one.lines()["post_2.1"]) == pytest.approx([35_000])


def test_market_based_memo_is_of_scope_2_only(make: Any) -> None:
    green = {"market_based_kgco2e_per_kwh": 0.01}
    own = make.compute(make.line("electricity-fr-2024", 1000, "MWh", **green))
    assert own.market_based_memo() == pytest.approx(10_000)
    mixed = make.compute(
        make.line("electricity-fr-2024", 1000, "MWh", **green), make.line("electricity-fr-2024", 1000, "MWh")
    )
    # the line without a contract keeps its 0.035 kg/kWh at the plant
    assert mixed.market_based_memo() == pytest.approx(10_000 + 35_000)
    others = make.compute(make.line("electricity-fr-2024", 1000, "MWh", operated=False, **green))
    assert others.market_based_memo() is None


def test_lines_the_reader_sets_aside_make_a_partial_result(make: Any) -> None:
    document = make.document(
        make.line("electricity-fr-2024", 1, "MWh"), make.line("electricity-fr-2024", 1, "furlong", id="odd")
    )
    inventory, problems = check_inventory(make.write(document))
    assert [problem.code for problem in problems] == ["unknown-unit"]
    result = compute_footprint(inventory, make.library, partial=True)
    assert result.is_partial
    assert (result.coverage["lines"], result.coverage["computed"], result.coverage["refused"]) == (2, 1, 1)


def test_a_memo_that_no_factor_states_is_unknown_not_zero(make: Any) -> None:
    (record,) = make.compute(make.line("electricity-fr-2024", 1, "MWh")).line_records()
    assert record["co2_biogenic_kgco2e"] is None
    assert record["outside_kyoto_kgco2e"] is None
    (wood,) = make.compute(make.line("wood-pellets-kwh-pci", 1, "MWh PCI")).line_records()
    assert wood["co2_biogenic_kgco2e"] == pytest.approx(403.1)


def test_the_gap_is_amortised_like_the_line(make: Any) -> None:
    # laptop: published 156, parts 156.24; 120 of them over 4 years: (156 - 156.24) x 120 / 4 = -7.2 kg
    line = make.line("laptop", 120, "item", amortisation_years=4)
    assert make.compute(line).gap_kgco2e == pytest.approx(-7.2)


def test_what_is_large_says_what_it_is_not_all_it_holds(make: Any) -> None:
    result = make.compute(make.line("electricity-fr-2024", 1000, "MWh"))
    assert repr(result) == "<Footprint 51.9 t CO2e, 1 lines>"
    assert len(repr(result.inventory)) < 100
    assert len(repr(result.library)) < 200
