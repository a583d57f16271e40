"""Footprints of published and hand-derived cases, and what is refused whole."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from decarb.errors import InvalidInventoryError, RefusedLinesError, UsageError
from decarb.factors import FactorLibrary, load_factors
from decarb.factors.library import factor_value
from decarb.footprint import compute_footprint
from decarb.reporting import VIEWS
from tests.footprint.footprint_readings import asset, memo, posts

# --- energy -------------------------------------------------------------------------------------------


def test_one_gwh_pci_of_natural_gas(make: Any) -> None:
    footprint = make.compute(make.line("natural-gas-fr-2022-kwh-pci", 1, "GWh PCI"))
    # Base Carbone 37132: combustion 0.201 kg/kWh PCI, upstream 0.0382; published 0.239
    assert posts(footprint) == pytest.approx({"1.1": 201.0, "4.1": 38.2})
    assert posts(footprint, "ghg-protocol") == pytest.approx({"1.1": 201.0, "3.3": 38.2})
    assert posts(footprint, "iso") == pytest.approx({"1": 201.0, "4": 38.2})
    assert footprint.total() / 1000 == pytest.approx(239.2)
    assert footprint.gap_kgco2e / 1000 == pytest.approx(-0.2)
    # upstream: CO2 0.027 and CH4 0.0112 kg CO2e per kWh
    gases = footprint.by_post().loc["4.1"]
    assert (gases["co2_fossil"], gases["ch4_fossil"], gases["n2o"]) == pytest.approx((27_000, 11_200, 0))
    assert math.isnan(gases["hfc"])


def test_one_gwh_pcs_of_natural_gas(make: Any) -> None:
    # Base Carbone 37133: 0.181 + 0.0344 kg/kWh PCS
    direct = make.compute(make.line("natural-gas-fr-2022-kwh-pcs", 1, "GWh PCS"))
    assert posts(direct) == pytest.approx({"1.1": 181.0, "4.1": 34.4})
    # the PCI factor instead: 239.2 / 1.11 = 215.4955
    converted = make.compute(make.line("natural-gas-fr-2022-kwh-pci", 1, "GWh PCS"))
    assert converted.total() / 1000 == pytest.approx(215.4955, abs=5e-5)


def test_one_gwh_of_electricity_of_2024(make: Any) -> None:
    footprint = make.compute(make.line("electricity-fr-2024", 1, "GWh"))
    # Base Carbone 43642: plants 0.035, upstream 0.0131, losses 0.0038
    assert posts(footprint) == pytest.approx({"2.1": 35.0, "4.1": 16.9})
    assert posts(footprint, "ghg-protocol") == pytest.approx({"2.1": 35.0, "3.3": 16.9})
    assert footprint.total() / 1000 == pytest.approx(51.9)
    assert footprint.share_not_restated == 1.0


def test_biogenic_co2_of_wood_stands_beside_the_total(make: Any) -> None:
    footprint = make.compute(make.line("wood-pellets-kwh-pci", 1, "GWh PCI"))
    # combustion: 0 in the total and 0.4031 kg of biogenic CO2; upstream 0.0113
    assert posts(footprint) == pytest.approx({"1.1": 0.0, "4.1": 11.3})
    assert footprint.total() / 1000 == pytest.approx(11.3)
    by_post = footprint.by_post()
    assert by_post.loc["1.1", "co2_biogenic"] / 1000 == pytest.approx(403.1)
    assert by_post.loc["1.1", "total"] == 0


def test_market_based_electricity_is_a_memo(make: Any) -> None:
    contract = make.line("electricity-fr-2024", 1, "GWh", market_based_kgco2e_per_kwh=0.01)
    other = make.line("electricity-fr-2024", 2, "GWh")
    gas = make.line("natural-gas-fr-2022-kwh-pci", 1, "GWh PCI")
    footprint = make.compute(contract, other, gas)
    # 1 GWh x 0.01 = 10 t; the other line keeps its location-based 2 x 35 t; the gas is no electricity
    assert footprint.market_based_memo() / 1000 == pytest.approx(80)
    assert footprint.total() / 1000 == pytest.approx(3 * 51.9 + 239.2)
    assert make.compute(other).market_based_memo() is None
    zero = {**contract, "market_based_kgco2e_per_kwh": 0}
    assert make.compute(zero).market_based_memo() == 0


# --- gases --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_sulbaek(tmp_path_factory: pytest.TempPathFactory) -> FactorLibrary:
    path = tmp_path_factory.mktemp("own") / "sulbaek.csv"
    path.write_text(
        "id,name,unit,value,activity,source,substance\n"
        "desflurane-sulbaek,Desflurane,kg,2540,anaesthetic_gas,Sulbaek Andersen 2012,desflurane\n",
        encoding="utf-8",
    )
    return load_factors(path)


def test_the_desflurane_that_montpellier_saved(make: Any, with_sulbaek: FactorLibrary) -> None:
    # CHU de Montpellier published 181 L -> 20 L = 409 t saved, which is 161 L x 2540 without the density;
    # with 1.465 kg/L: 161 x 1.465 x 2540 = 599.10 t, and 610.89 t with the 2590 of AR6
    own = make.compute(make.line("desflurane-sulbaek", 161, "L"), library=with_sulbaek)
    assert own.total() / 1000 == pytest.approx(599.0971, abs=1e-4)
    assert posts(own) == pytest.approx({"1.4": 599.0971}, abs=1e-4)
    assert own.by_post().loc["1.4", "other"] == own.total()
    packaged = make.compute(make.line("desflurane", 161, "L"))
    assert packaged.total() / 1000 == pytest.approx(610.8904, abs=1e-4)
    assert [layer.name for layer in own.library.layers] == ["decarb", "sulbaek"]


def test_gases_outside_the_kyoto_list_stand_beside_the_total(make: Any) -> None:
    footprint = make.compute(
        make.line("isoflurane", 10, "kg"), make.line("hcfc-22", 3, "kg"), make.line("desflurane", 1, "kg")
    )
    # AR6: isoflurane 539, R-22 1960; only the desflurane, 2590, is in the total
    assert memo(footprint, "outside_kyoto") == pytest.approx((5390 + 5880) / 1000)
    assert footprint.total() == pytest.approx(2590)
    assert posts(footprint) == pytest.approx({"1.4": 2.59})


def test_releases_may_be_declared_as_process(make: Any) -> None:
    lines = [make.line("desflurane", 1, "kg"), make.line("sf6-gwp", 1, "kg"), make.line("r410a", 1, "kg")]
    assert set(posts(make.compute(*lines))) == {"1.4"}
    footprint = make.compute(*lines, method={"gas_releases": "process"})
    # leaks of refrigerants stay fugitive
    assert posts(footprint) == pytest.approx({"1.3": 2.59 + 24.3, "1.4": 2.2555})
    assert posts(footprint, "ghg-protocol") == pytest.approx({"1.3": 2.59 + 24.3, "1.4": 2.2555})


def test_each_gas_has_its_column(make: Any) -> None:
    footprint = make.compute(
        *(
            make.line(factor, 1, "kg")
            for factor in ("nitrous-oxide", "hfc-134a", "pfc-14", "sf6-gwp", "nf3", "sevoflurane")
        ),
        make.line("ch4-biogenic-gwp", 1, "kg"),
    )
    row = footprint.by_post().loc["1.4"]
    expected = {"n2o": 273, "hfc": 1530, "pfc": 7380, "sf6": 24300, "nf3": 17400, "other": 195, "ch4_biogenic": 27}
    assert {name: row[name] for name in expected} == pytest.approx(expected)
    assert row["total"] == pytest.approx(sum(expected.values()))
    assert footprint.share_not_restated == 0.0


# --- other signs, other units -------------------------------------------------------------------------


def test_two_hundred_million_euros_of_medicines(make: Any) -> None:
    footprint = make.compute(make.line("spend-pharmaceutical-products", 200, "MEUR HT"), year=2023)
    # 200e6 EUR x 0.194 kg/EUR HT (2023) = 38,800 t
    assert footprint.total() / 1000 == pytest.approx(38_800)
    assert posts(footprint) == pytest.approx({"4.1": 38_800})
    assert footprint.monetary_share == 1.0


def test_avoided_emissions_are_a_memo_and_never_netted(make: Any) -> None:
    footprint = make.compute(
        make.line("waste-residual-household-average-avoided", 10, "t"), make.line("electricity-fr-2024", 1, "MWh")
    )
    # -214 kg avoided a tonne
    assert memo(footprint, "avoided") == pytest.approx(-2.14)
    assert footprint.total() == pytest.approx(51.9)
    assert posts(footprint)["4.3"] == 0
    assert footprint.gap_kgco2e == pytest.approx(0, abs=1e-9)


def test_a_credit_line_subtracts(make: Any) -> None:
    bought = make.line("electricity-fr-2024", 1000, "kWh")
    footprint = make.compute(bought, {**bought, "quantity": -250, "credit": True})
    assert footprint.total() == pytest.approx(0.75 * 51.9)
    assert footprint.line_totals().tolist() == pytest.approx([51.9, -12.975])


def test_shares_of_money_and_of_the_rest(make: Any) -> None:
    footprint = make.compute(
        make.line("spend-pharmaceutical-products", 1000, "EUR HT"),  # 194 kg
        make.line("electricity-fr-2024", 1000, "kWh"),  # 51.9 kg
        make.line("nitrous-oxide", 1, "kg"),  # 273 kg, restated
        year=2023,
    )
    assert footprint.monetary_share == pytest.approx(194 / 518.9)
    assert footprint.share_not_restated == pytest.approx(245.9 / 518.9)


# --- assets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bought", "years", "beges", "ghg"),
    [
        (2024, 5, 88, 440),  # the purchase year: a fifth in BEGES, whole in the GHG Protocol
        (2022, 5, 88, 0),
        (2020, 5, 88, 0),  # 2020 to 2024: the last year
        (2019, 5, 0, 0),  # 2019 to 2023: no longer, which a warning says
        (2024, 1, 440, 440),
        (2023, 1, 0, 0),
        (1975, 50, 8.8, 0),
    ],
)
def test_an_asset_counts_while_in_use_in_beges_and_whole_at_purchase_in_the_ghg_protocol(
    make: Any, bought: int, years: int, beges: float, ghg: float
) -> None:
    footprint = make.compute(asset(make, bought, years))
    assert footprint.total("beges") / 1000 == pytest.approx(beges)
    assert footprint.total("iso") / 1000 == pytest.approx(beges)
    assert footprint.total("ghg-protocol") / 1000 == pytest.approx(ghg)
    assert posts(footprint) == pytest.approx({"4.2": beges})
    written_off = bought + years <= 2024
    assert ("asset-written-off" in [warning.code for warning in footprint.warnings]) == written_off
    assert posts(footprint, "ghg-protocol") == pytest.approx({"3.2": ghg})


def test_differences_reconcile_the_views_line_by_line(make: Any) -> None:
    lines = [asset(make, 2024, 5), asset(make, 2022, 5), asset(make, 2019, 5), asset(make, 2024, 1)]
    footprint = make.compute(*lines, make.line("electricity-fr-2024", 1, "GWh"))
    differences = footprint.differences()
    assert [(d["line"], d["difference_kgco2e"]) for d in differences] == [
        ("line-1", pytest.approx(352_000)),
        ("line-2", pytest.approx(-88_000)),
    ]
    assert {d["reason"] for d in differences} == {"asset-timing"}
    for difference in differences:
        assert difference["ghg_protocol_kgco2e"] - difference["beges_kgco2e"] == difference["difference_kgco2e"]
    gap = footprint.total("ghg-protocol") - footprint.total("beges")
    assert gap == pytest.approx(sum(d["difference_kgco2e"] for d in differences), rel=1e-12)


def test_leased_equipment_is_in_4_4_spread_evenly_in_every_view(make: Any) -> None:
    line = make.line("server", 10, "item", tenure="leased", amortisation_years=5)
    whole = factor_value(make.library, make.library.by_id["server"])
    footprint = make.compute(line)
    assert posts(footprint) == pytest.approx({"4.4": 10 * whole / 5 / 1000})
    assert posts(footprint, "ghg-protocol") == pytest.approx({"3.8": 10 * whole / 5 / 1000})
    assert footprint.differences() == []


def test_an_asset_without_acquisition_year_is_spread_evenly_and_without_years_is_whole(make: Any) -> None:
    line = make.line("building-health-concrete-m2", 1000, "m2")
    whole = make.compute(line)
    assert whole.total() / 1000 == pytest.approx(440)
    assert "asset-without-amortisation" in [warning.code for warning in whole.warnings]
    spread = make.compute({**line, "amortisation_years": 20})
    assert {name: spread.total(name) / 1000 for name in VIEWS} == pytest.approx(dict.fromkeys(VIEWS, 22))
    assert "asset-without-amortisation" not in [warning.code for warning in spread.warnings]


# --- refusals -----------------------------------------------------------------------------------------


def test_a_refusal_fails_the_whole_and_lists_them_all(make: Any) -> None:
    bad = make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh")
    other = make.line("isoflurane", 1, "L")
    with pytest.raises(RefusedLinesError) as caught:
        make.compute(make.line("electricity-fr-2024", 1, "kWh"), bad, other)
    assert [(p.code, p.line_id) for p in caught.value.problems] == [
        ("basis-unsaid", "line-2"),
        ("no-density", "line-3"),
    ]
    assert "line-2" in str(caught.value)


def test_partial_computes_the_rest_and_says_so(make: Any) -> None:
    good, bad = make.line("electricity-fr-2024", 1000, "kWh"), make.line("isoflurane", 1, "L")
    footprint = make.compute(good, bad, good, partial=True)
    assert footprint.is_partial
    assert footprint.total() == pytest.approx(103.8)
    assert footprint.coverage["lines"] == 3
    assert (footprint.coverage["computed"], footprint.coverage["refused"]) == (2, 1)
    totals = footprint.line_totals()
    assert math.isnan(totals[1])
    refused = list(footprint.line_records())[1]
    assert (refused["status"], refused["emissions_kgco2e"], refused["factor"]) == ("refused", None, None)
    assert not make.compute(good, partial=True).is_partial


def test_everything_refused_is_a_partial_result_of_nothing_not_of_zero(make: Any) -> None:
    footprint = make.compute(make.line("isoflurane", 1, "L"), partial=True)
    assert np.isnan(footprint.rows()).all()
    assert footprint.monetary_share is None
    assert footprint.lines()["emissions_kgco2e"].isna().all()


def test_posts_without_lines_are_nan_and_a_line_of_nothing_is_zero(make: Any) -> None:
    footprint = make.compute(make.line("electricity-fr-2024", 0, "kWh"))
    totals = footprint.by_post()["total"]
    assert totals.dropna().to_dict() == {"2.1": 0.0, "4.1": 0.0}
    assert footprint.total() == 0
    assert len(totals) == 22


def test_a_quantity_too_large_is_refused_on_reading(make: Any) -> None:
    with pytest.raises(InvalidInventoryError) as caught:
        make.compute(make.line("electricity-fr-2024", 1e16, "kWh"))
    assert [problem.code for problem in caught.value.problems] == ["quantity-too-large"]


def test_a_total_that_is_no_number_is_refused(make: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("id,name,unit,value,activity,source\nhuge,Huge,kg,1e300,other,Nobody\n", encoding="utf-8")
    with pytest.raises(RefusedLinesError) as caught:
        make.compute(make.line("huge", 1e15, "kg"), library=load_factors(path))
    assert [problem.code for problem in caught.value.problems] == ["total-not-finite"]


def test_gwp_sets_of_documents_must_agree_unless_one_is_chosen(make: Any) -> None:
    line = make.line("nitrous-oxide", 1, "kg")
    inventory = make.read_all(
        make.document(line, method={"gwp_set": gwp}, establishment={"name": gwp}) for gwp in ("AR4", "AR5")
    )
    with pytest.raises(InvalidInventoryError) as caught:
        compute_footprint(inventory, make.library)
    (problem,) = caught.value.problems
    assert problem.code == "gwp-sets-differ"
    assert "AR4, AR5" in problem.message()
    assert "--gwp" in problem.hint()
    assert compute_footprint(inventory, make.library, "AR6").total() == pytest.approx(2 * 273)
    with pytest.raises(UsageError) as caught_usage:
        compute_footprint(inventory, make.library, "AR7")
    assert caught_usage.value.problems[0].message() == "AR7 is not a GWP set; known: AR4, AR5, AR6"
