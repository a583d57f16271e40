"""Brightway's scores are ours: bw2calc loads the export, and agrees factor by factor and line by line."""

import builtins
import itertools
import json
import math
from pathlib import Path

import bw2calc
import bw_processing as bwp
import numpy as np
import pandas as pd
import pytest

from decarb import uncertainty
from decarb.errors import UsageError
from decarb.factors import load_factors
from decarb.factors.exporting import export_brightway, stable_id, without_value
from decarb.factors.exporting.brightway import SPREAD_QUANTILE
from decarb.factors.library import factor_value
from decarb.factors.records import GAS_NAMES, GWP_SETS
from decarb.footprint import compute_footprint
from decarb.inventory import read_inventory
from decarb.reporting import MEMO_GASES, TOTAL_GASES
from tests.factors.library_tables import read, write

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def packages(library, tmp_path_factory):
    folder = tmp_path_factory.mktemp("brightway")
    for gwp_set in GWP_SETS:
        export_brightway(library, folder / gwp_set, gwp_set)
    return folder


def calculation(package, **options):
    first = pd.read_csv(package / "activities.csv")["id"].tolist()[0]
    found = bw2calc.LCA({first: 1}, data_objs=[package], **options)
    found.lci(factorize=True)
    found.lcia()
    return found


def score(calculated, demand):
    calculated.lcia(demand)
    return calculated.score


@pytest.mark.parametrize("gwp_set", GWP_SETS)
@pytest.mark.parametrize("quantity", [1, 1234.5, -0.37])
def test_the_score_of_every_factor_is_quantity_times_value(library, packages, gwp_set, quantity):
    calculated = calculation(packages / gwp_set)
    ids = pd.read_csv(packages / gwp_set / "activities.csv", index_col="factor")["id"].to_dict()
    assert set(ids) == set(library.by_id) - set(without_value(library, gwp_set))
    for name, number in ids.items():
        expected = quantity * factor_value(library, library.by_id[name], gwp_set)
        assert score(calculated, {number: quantity}) == pytest.approx(expected, rel=1e-12, abs=1e-15), name


def test_scores_of_negative_parts_and_of_a_layer_are_ours(folder, tmp_path):
    rows = read("parts", folder)
    row = next(row for row in rows if row["factor"] == "electricity-fr-2024" and row["stage"] == "upstream")
    row.update(total="-1.5", unsplit="-2.25", co2_fossil="0.75")
    write("parts", rows, folder)
    spoilt_library = load_factors(folder)
    export_brightway(spoilt_library, tmp_path / "out")
    # .035 + .0038 - 1.5
    found = score(calculation(tmp_path / "out"), {stable_id("activity", "electricity-fr-2024"): 2})
    assert found == pytest.approx(2 * -1.4612, rel=1e-12)


def test_memo_gases_are_flows_that_the_method_does_not_count(library, packages):
    calculated = calculation(packages / "AR6")
    flows = pd.read_csv(packages / "AR6" / "flows.csv")
    assert set(flows.loc[flows["in_total"] == "no", "gas"]) == set(MEMO_GASES)
    assert set(flows.loc[flows["in_total"] == "yes", "gas"]) <= set(TOTAL_GASES)
    avoided = stable_id("activity", "waste-residual-household-average-avoided")
    assert score(calculated, {avoided: 3}) == 0
    (number,) = flows.loc[flows["gas"] == "avoided", "id"]
    assert calculated.inventory.sum(axis=1)[calculated.dicts.biosphere[number], 0] == 3 * -214


def test_each_flow_has_the_amount_of_its_stage_and_gas(library, packages):
    calculated = calculation(packages / "AR6")
    number_of = pd.read_csv(packages / "AR6" / "flows.csv").set_index(["stage", "gas"])["id"].to_dict()
    for name in ("natural-gas-fr-2022-kwh-pci", "wood-chips-forest-wet-kwh-pci", "bed-frame"):
        score(calculated, {stable_id("activity", name): 1})
        expected: dict = {}
        for part in library.by_id[name].parts:
            for gas, amount in zip(GAS_NAMES, part.gases, strict=True):
                if amount is not None:
                    expected[part.stage, gas] = expected.get((part.stage, gas), 0.0) + amount
        amounts = np.asarray(calculated.inventory.sum(axis=1)).ravel()
        found = {flow: amounts[calculated.dicts.biosphere[number]] for flow, number in number_of.items()}
        assert {flow: amount for flow, amount in found.items() if amount} == pytest.approx(
            {flow: amount for flow, amount in expected.items() if amount}, rel=1e-12
        )


LINES = [
    {"factor": "electricity-fr-2024", "quantity": 1.2, "unit": "GWh"},
    {"factor": "natural-gas-fr-2022-kwh-pci", "quantity": 7400, "unit": "MWh PCS"},
    {"factor": "desflurane", "quantity": 12, "unit": "L"},
    {"factor": "r410a", "quantity": 3.5, "unit": "kg"},
    {"factor": "wood-chips-forest-wet-kwh-pci", "quantity": 600, "unit": "MWh PCI"},
    {"factor": "spend-pharmaceutical-products-2023", "quantity": 6.1, "unit": "MEUR TTC", "vat_percent": 2.1},
    {"factor": "waste-residual-household-average-avoided", "quantity": 40, "unit": "t"},
    {"factor": "electricity-fr-2023", "quantity": -80, "unit": "MWh", "credit": True},
]


def demand_of(footprint, lines):
    demand: dict[int, float] = {}
    for line in lines:
        number = stable_id("activity", line["factor"])
        demand[number] = demand.get(number, 0.0) + line["factor_quantity"]
    return demand


@pytest.mark.parametrize("gwp_set", ["AR5", "AR6"])
def test_the_score_of_an_inventory_is_its_total(make, packages, gwp_set):
    footprint = make.compute(*LINES, gwp=gwp_set)
    demand = demand_of(footprint, footprint.line_records())
    assert score(calculation(packages / gwp_set), demand) == pytest.approx(footprint.total(), rel=1e-12)


def test_the_score_of_a_hospital_is_the_total_of_its_lines_but_the_assets(library, packages):
    inventory = read_inventory(ROOT / "examples" / "chu.json")
    footprint = compute_footprint(inventory, library, "AR6")
    assets = [inventory.terms[term].amortisation_years is not None for term in inventory.term]
    lines = [line for line, asset in zip(footprint.line_records(), assets, strict=True) if not asset]
    assert len(lines) > 150
    expected = math.fsum(line["emissions_kgco2e"] for line in lines)
    found = score(calculation(packages / "AR6"), demand_of(footprint, lines))
    assert found == pytest.approx(expected, rel=1e-12)
    assert expected > 0.9 * footprint.total()


def test_ids_never_change():
    # in the notebooks of users: another id for the same factor would be another activity
    assert stable_id("activity", "electricity-fr-2024") == 962345017553316
    assert stable_id("activity", "desflurane") == 918352040894704
    assert stable_id("flow", "combustion/co2_fossil") == 216554335241517


def test_ids_are_exact_in_json_and_in_spreadsheets(library, packages):
    for name in ("activities", "flows"):
        ids = pd.read_csv(packages / "AR6" / f"{name}.csv")["id"]
        assert ids.is_unique
        assert ids.between(10**14, 10**15 - 1).all()


def test_the_indexes_say_what_each_id_is(library, packages):
    activities = pd.read_csv(packages / "AR5" / "activities.csv", index_col="factor")
    gas = activities.loc["natural-gas-fr-2022-kwh-pci"]
    assert (gas["unit"], gas["basis"], gas["name_en"]) == ("kWh", "PCI", library.by_id[gas.name].name_en)
    assert activities["value_kgco2e"].to_dict() == pytest.approx(
        {name: factor_value(library, library.by_id[name], "AR5") for name in activities.index}, rel=0
    )
    package = bwp.load_datapackage(bwp.generic_directory_filesystem(dirpath=packages / "AR5"))
    loaded, described = package.get_resource("activities")
    pd.testing.assert_frame_equal(loaded.set_index("factor"), activities)
    assert described["valid_for"] == [["technosphere", "rows"], ["technosphere", "cols"]]
    flows = pd.read_csv(packages / "AR5" / "flows.csv").set_index(["stage", "gas"])
    assert flows.loc[("combustion", "n2o"), "name_fr"] == "N2O, Combustion"
    assert set(flows["unit"]) == {"kg CO2e"}


def test_the_package_says_its_set_its_library_and_what_it_leaves_out(library, packages, tmp_path):
    left_out = export_brightway(library, tmp_path / "out", "AR4")
    assert "sevoflurane" in left_out
    said = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert said["decarb"]["without_value"] == list(left_out) == list(without_value(library, "AR4"))
    assert (said["decarb"]["gwp_set"], said["decarb"]["digest"]) == ("AR4", library.digest)
    assert {licence["title"] for licence in said["licenses"]} == {s.licence for s in library.sources.values()}
    assert "created" not in said
    assert not calculation(tmp_path / "out").has("weighting")  # every resource answers for its matrix


def test_an_archive_scores_the_same(packages, library, tmp_path):
    export_brightway(library, tmp_path / "out.zip")
    found = bw2calc.LCA({stable_id("activity", "electricity-fr-2024"): 1000}, data_objs=[tmp_path / "out.zip"])
    found.lci()
    found.lcia()
    assert found.score == pytest.approx(51.9, rel=1e-12)


def test_an_activity_of_yours_may_use_ours(library, packages):
    # a night in a ward: 12 kWh, and a thousandth of a bed
    used = {"electricity-fr-2024": 12, "bed-frame": 0.001}
    night = 1
    mine = bwp.create_datapackage()
    pairs = [(night, night), *((stable_id("activity", name), night) for name in used)]
    mine.add_persistent_vector(
        matrix="technosphere_matrix",
        indices_array=np.array(pairs, dtype=bwp.INDICES_DTYPE),
        data_array=np.array([1.0, *used.values()]),
        flip_array=np.array([False, True, True]),
    )
    found = bw2calc.LCA({night: 100}, data_objs=[packages / "AR6", mine])
    found.lci()
    found.lcia()
    expected = 100 * sum(amount * factor_value(library, library.by_id[name]) for name, amount in used.items())
    assert found.score == pytest.approx(expected, rel=1e-12)


# --- draws ----------------------------------------------------------------------------------------------

DRAWS = 4000


@pytest.fixture(scope="module")
def drawn(library, tmp_path_factory):
    folder = tmp_path_factory.mktemp("draws") / "brightway"
    export_brightway(library, folder, draws=DRAWS)
    return folder


def drawn_values(package, name):
    """Total of one unit of a factor in every draw, of shape (draws,) [kg CO2e]."""
    indices, draws = np.load(package / "biosphere-draws.indices.npy"), np.load(package / "biosphere-draws.data.npy")
    flows = pd.read_csv(package / "flows.csv")
    counted = flows.loc[flows["in_total"] == "yes", "id"]
    rows = (indices["col"] == stable_id("activity", name)) & np.isin(indices["row"], counted)
    return draws[rows].sum(axis=0)


def test_the_quantile_is_that_of_the_intervals():
    assert SPREAD_QUANTILE == uncertainty.Z_97_5


def test_bw2calc_goes_through_the_draws_in_order(drawn):
    number = stable_id("activity", "electricity-fr-2024")
    found = bw2calc.LCA({number: 1}, data_objs=[drawn], use_arrays=True)
    found.lci()
    found.lcia()
    found.keep_first_iteration()
    scores = [found.score for _ in itertools.islice(found, 20)]
    assert scores == pytest.approx(drawn_values(drawn, "electricity-fr-2024")[:20].tolist(), rel=1e-12)


def test_without_arrays_the_draws_change_nothing(drawn):
    assert score(calculation(drawn), {stable_id("activity", "electricity-fr-2024"): 1000}) == pytest.approx(51.9)


@pytest.mark.parametrize("name", ["electricity-fr-2024", "natural-gas-fr-2022-kwh-pci", "bike-km", "bottled-water-kg"])
def test_a_factor_is_drawn_with_its_own_spread(library, drawn, name):
    factor = library.by_id[name]
    logs = np.log(drawn_values(drawn, name) / factor_value(library, factor))
    sigma = uncertainty.factor_sigma(factor)
    assert logs.mean() == pytest.approx(0, abs=4 * sigma / math.sqrt(DRAWS))
    assert logs.std() == pytest.approx(sigma, rel=4 / math.sqrt(2 * DRAWS))


def test_a_released_gas_has_no_error(drawn):
    assert set(drawn_values(drawn, "r410a").tolist()) == {2255.5}


def test_factors_of_one_group_move_together_and_others_do_not(library, drawn):
    names = ("electricity-fr-2023", "electricity-fr-2024", "natural-gas-fr-2022-kwh-pci")
    one, same, other = (np.log(drawn_values(drawn, name)) for name in names)
    assert np.corrcoef(one, same)[0, 1] == pytest.approx(1, abs=1e-12)
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / math.sqrt(DRAWS)


def test_the_spread_of_a_sum_is_that_of_our_intervals(library, drawn):
    amounts = {"electricity-fr-2023": 3e6, "electricity-fr-2024": 2e6, "bike-km": 4e6, "r410a": 20}
    names = list(amounts)
    values = np.array([amounts[name] * factor_value(library, library.by_id[name]) for name in names])
    sigmas = [uncertainty.factor_sigma(library.by_id[name]) for name in names[1:]]
    expected = uncertainty.interval_of_sum(values, np.zeros(4), np.array([0, 0, 1, 2]), np.array(sigmas))
    sums = sum(amounts[name] * drawn_values(drawn, name) for name in names)
    low, high = np.quantile(sums, [0.025, 0.975])
    assert low == pytest.approx(expected.low, rel=0.02)
    assert high == pytest.approx(expected.high, rel=0.04)


def test_the_draws_of_a_group_do_not_depend_on_the_rest(library, drawn, tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("id,name,unit,value,activity,source\nours,Ours,kg,0.9,laundry,Supplier\n", encoding="utf-8")
    export_brightway(load_factors(path), tmp_path / "out", draws=DRAWS)
    name = "electricity-fr-2024"
    assert drawn_values(tmp_path / "out", name).tolist() == drawn_values(drawn, name).tolist()


# --- without the library --------------------------------------------------------------------------------


def test_without_bw_processing_the_export_says_how_to_install_it(library, tmp_path, monkeypatch):
    real = builtins.__import__

    def absent(name, *arguments, **options):
        if name == "bw_processing":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(UsageError) as caught:
        export_brightway(library, tmp_path / "out")
    (problem,) = caught.value.problems
    assert problem.code == "package-missing"
    assert problem.message() == "the brightway export needs bw_processing, which is not installed"
    assert problem.hint() == "install it: pip install 'decarb[brightway]'"
    assert list(tmp_path.iterdir()) == []
