"""The packaged tables as they are, read without the loader."""

import csv
import math
import re
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from decarb.factors import load_factors
from decarb.factors.records import GWP_SETS
from decarb.units import bases, parse_unit, unit_table
from tests.factors.library_tables import FOLDER, MEMO_GASES, TOTAL_GASES, read


def data_column(table, column):
    package = FOLDER.parent / "src/decarb/data"
    with (package / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return {row[column] for row in csv.DictReader(stream)}


# The tables as they are, read without the loader


def test_every_factor_says_what_it_is(factors):
    assert len(factors) > 600
    sources = {row["id"]: row for row in read("sources")}
    for row in factors:
        name = row["id"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name), name
        assert row["name_fr"], name
        assert row["name_en"], name
        assert sources[row["source"]]["licence"], name
        assert sources[row["source"]]["attribution"], name
        assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", row["source_date"] or sources[row["source"]]["date"])
        assert row["source_id"] or row["source"] == "ashrae-34-2019", name
        assert row["status"] in {"generic", "proxy"}, name
        assert row["model"] in {"published", "gwp"}, name
        assert row["contrails"] in {"", "included", "excluded"}, name
        assert row["default_operated"] in {"", "yes", "no"}, name
        assert row["error_group"], name
        assert re.fullmatch(r"(\d{4}-\d\d-\d\d)?", row["valid_to"]), name
        assert re.fullmatch(r"((19|20)\d\d)?", row["data_year"]), name


def test_no_id_stands_twice_and_no_series_is_an_id(factors):
    ids = Counter(row["id"] for row in factors)
    assert not [name for name, count in ids.items() if count > 1]
    assert not {row["series"] for row in factors} & set(ids)


def test_no_source_element_stands_twice(factors):
    elements = Counter((row["source"], row["source_id"]) for row in factors if row["source_id"])
    assert not [element for element, count in elements.items() if count > 1]


def test_units_and_bases_are_of_the_vocabulary(factors):
    for row in factors:
        assert parse_unit(row["unit"]).name == row["unit"] in unit_table(), row["id"]
        left = row["basis"]
        for token in sorted(bases(), key=len, reverse=True):
            left = re.sub(rf"(^|\s){re.escape(token)}(?=\s|$)", "", left)
        assert left.strip() == "", row["id"]


def test_every_fuel_and_every_amount_says_its_basis(factors):
    # METHOD section 2: a bare kWh on a fuel, or a bare euro, is the error that matters most
    for row in factors:
        energy = parse_unit(row["unit"]).name in {"kWh", "MWh", "GJ", "MJ", "toe"}
        if energy and row["default_activity"] in {"stationary_fuel", "stationary_biofuel", "mobile_fuel"}:
            assert row["basis"] in {"PCI", "PCS"}, row["id"]
        if row["unit"] in {"EUR", "kEUR"}:
            assert row["basis"] in {"HT", "TTC", "tax unstated"}, row["id"]
            assert row["price_year"] or row["basis"] == "tax unstated", row["id"]
        else:
            assert not row["price_year"], row["id"]


def test_values_are_finite(factors, parts):
    for row in factors:
        for column in ("published_total", "uncertainty_percent"):
            assert row[column] == "" or math.isfinite(float(row[column])), row["id"]
        assert row["uncertainty_percent"] == "" or 0 < float(row["uncertainty_percent"]) <= 400, row["id"]
    for rows in parts.values():
        for row in rows:
            for column in ("total", *TOTAL_GASES, *MEMO_GASES):
                assert row[column] == "" or math.isfinite(float(row[column])), row["factor"]
            assert row["total"] != "", row["factor"]
            assert row["unsplit"] != "", row["factor"]


def test_foreign_keys(factors, parts):
    stages, activities = data_column("stages", "stage"), data_column("activities", "activity")
    places = {row["code"] for row in read("geographies")}
    substances = {row["substance"]: row for row in read("substances")}
    sources = {row["id"] for row in read("sources")}
    gwp = {(row["substance"], row["gwp_set"]) for row in read("gwp")}
    blends = defaultdict(set)
    for row in read("compositions"):
        blends[row["blend"]].add(row["component"])
    for row in factors:
        served = row["activities"].split()
        assert served, row["id"]
        assert set(served) <= activities, row["id"]
        assert row["default_activity"] in {"", *served}, row["id"]
        assert len(served) != 1 or row["default_activity"] == served[0], row["id"]
        assert row["geography"].split(), row["id"]
        assert set(row["geography"].split()) <= places, row["id"]
        assert row["source"] in sources, row["id"]
        assert row["substance"] in {"", *substances}, row["id"]
        if row["model"] == "gwp":
            assert row["unit"] == "kg", row["id"]
            for component in blends.get(row["substance"], {row["substance"]}):
                assert (component, "AR6") in gwp, row["id"]
                assert substances[component]["gas"] in {*TOTAL_GASES, *MEMO_GASES}, row["id"]
    assert {row["id"] for row in factors if row["model"] == "published"} == set(parts)
    assert {row["stage"] for rows in parts.values() for row in rows} <= stages
    assert {row["parent"] for row in read("geographies")} <= {"", *places}
    for table in ("gwp", "properties"):
        assert {row["substance"] for row in read(table)} <= set(substances)
        assert {row["source"] for row in read(table)} <= sources
    assert {row["source"] for row in read("compositions")} <= sources
    assert {name for components in blends.values() for name in components} <= set(substances)
    assert {name for name, _ in gwp} <= set(substances)
    assert {gwp_set for _, gwp_set in gwp} == set(GWP_SETS)


def test_parts_are_numbered_in_order(parts):
    for factor, rows in parts.items():
        assert [int(row["position"]) for row in rows] == list(range(1, len(rows) + 1)), factor


def test_gases_add_up_to_every_part(parts):
    for factor, rows in parts.items():
        for row in rows:
            gases = math.fsum(float(row[name] or 0) for name in TOTAL_GASES)
            scale = max(1.0, abs(float(row["total"])))
            assert abs(gases - float(row["total"])) <= 1e-12 * scale, (factor, row["position"])


def test_parts_add_up_to_what_the_source_publishes(factors, parts):
    # METHOD section 1: the gap from the source's rounding is up to 0.5 %. The worst: rail-freight-average
    # .00025 + .01 = .01025 against .0102 (0.49 %), car-e85-km .1748 against .174 (0.46 %), e-bike-km (0.45 %)
    gaps = {}
    for row in factors:
        if row["model"] == "published":
            summed = math.fsum(float(part["total"]) + float(part["avoided"] or 0) for part in parts[row["id"]])
            gaps[row["id"]] = abs(summed / float(row["published_total"]) - 1)
    assert {name: gap for name, gap in gaps.items() if gap > 0.005} == {}
    assert max(gaps, key=gaps.__getitem__) == "rail-freight-average"


def test_a_missing_split_is_blank_not_zero(factors, parts):
    # a part without a split has its whole in unsplit and no zero in the other gases
    for rows in parts.values():
        for row in rows:
            known = [row[name] for name in TOTAL_GASES[:-1]]
            if all(value in {"", "0"} for value in known) and float(row["unsplit"]) == float(row["total"]) != 0:
                assert set(known) == {""}, row["factor"]


def test_biogenic_co2_is_read_from_combustion_only(parts):
    # METHOD section 9; upstream carries the negative uptake, which would cancel it
    for rows in parts.values():
        for row in rows:
            if row["co2_biogenic"]:
                assert row["stage"] == "combustion", row["factor"]
                assert float(row["co2_biogenic"]) >= 0, row["factor"]


def test_blends_add_up_to_one():
    fractions = defaultdict(list)
    for row in read("compositions"):
        assert 0 < float(row["mass_fraction"]) < 1
        fractions[row["blend"]].append(float(row["mass_fraction"]))
    assert {blend: math.fsum(values) for blend, values in fractions.items()} == pytest.approx(
        dict.fromkeys(fractions, 1.0), abs=1e-12
    )


def test_error_groups_hold_one_model_each(factors):
    # unit variants, basis variants and vintages of one model share an error (METHOD section 4), and only they
    groups = defaultdict(set)
    for row in factors:
        groups[row["error_group"]].add(row["id"])
    assert groups["natural-gas-fr"] == {
        f"natural-gas-fr-{suffix}"
        for suffix in ("2015-kwh-pci", "2015-kwh-pcs", "2022-gj-pci", "2022-kwh-pci", "2022-kwh-pcs", "2022-m3")
    }
    assert groups["electricity-fr"] == {f"electricity-fr-{year}" for year in range(2018, 2025)}
    uncertainties = defaultdict(set)
    for row in factors:
        uncertainties[row["error_group"]].add(row["uncertainty_percent"])
    vintages = {name: values for name, values in uncertainties.items() if len(groups[name]) > 1}
    assert all(len(values) <= 2 for values in vintages.values())


def test_members_of_a_series_differ_by_place_year_or_contrails_only(factors):
    members = defaultdict(list)
    for row in factors:
        if row["series"]:
            members[row["series"]].append(row)
    assert len(members) > 50
    for series, rows in members.items():
        shared = {(r["unit"], r["basis"], r["activities"], r["default_activity"], r["model"]) for r in rows}
        assert len(shared) == 1, series
        keys = [(r["geography"], r["data_year"], r["price_year"], r["contrails"]) for r in rows]
        assert len(set(keys)) == len(keys), series


def test_no_figure_of_a_source_without_a_licence(factors):
    # GES 1point5 states none: its figures stay out, and the gap is listed
    text = (FOLDER / "factors.csv").read_text(encoding="utf-8").casefold()
    assert "1point5" not in text
    assert "nacres" not in text
    assert not [row["id"] for row in read("sources") if "1point5" in " ".join(row.values()).casefold()]
    assert any("1point5" in row["found"] for row in read("gaps"))


def test_known_error_of_the_source_stays_out(factors):
    # R507a (43638) is the mean of the wrong two gases; R507 (43637) is right (NOTES, trap 7)
    assert "43638" not in {row["source_id"] for row in factors}
    assert "43637" in {row["source_id"] for row in factors}


def test_datapackage_is_valid():
    command = [sys.executable, "-m", "frictionless", "validate", "datapackage.json"]
    run = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_changes_tell_of_this_very_version():
    # whoever edits a table writes here what it does, and then stamps: make library
    version, day, digest = re.search(
        r"^## (\S+) — (\S+)\n\nsha256 `([0-9a-f]{64})`",
        (FOLDER / "CHANGES.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    ).groups()
    (layer,) = load_factors().layers
    assert (version, day, digest) == (layer.version, layer.released, layer.digest)


def test_no_id_is_of_a_retired_factor(factors):
    retired = {row["id"]: row for row in read("retired")}
    assert not retired.keys() & {row["id"] for row in factors}
    successors = {row["successor"] for row in retired.values() if row["successor"]}
    assert successors <= {row["id"] for row in factors}
