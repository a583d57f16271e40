import csv
import json
from itertools import product

import pytest

from decarb.errors import InvalidLibraryError
from decarb.reporting import OPTIONS, STAGES, activities, load_rules, rules
from decarb.resources import data_file, data_folder

TABLE = load_rules()
SCHEMA = json.loads((data_folder("schemas") / "inventory.schema.json").read_text(encoding="utf-8"))
LINE = SCHEMA["$defs"]["line"]["properties"]


def rows_of(name):
    with data_file(name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def report(activity, stage, operated=None, paid=None, tenure="", option="fugitive"):
    """Post and category, with the control that the activity has by default."""
    default = activities()[activity]
    rule = TABLE.find(
        activity,
        stage,
        default.operated if operated is None else operated,
        default.paid if paid is None else paid,
        tenure or default.tenure,
        option,
    )
    return rule.beges_post, rule.ghg_category


# Completeness


def test_activities_are_those_of_the_schema():
    assert list(activities()) == LINE["activity"]["enum"]


def test_every_combination_of_the_schema_is_walked():
    releases = SCHEMA["properties"]["method"]["properties"]["gas_releases"]["enum"]
    assert sorted(OPTIONS) == sorted(releases)
    accepted = product(
        LINE["activity"]["enum"],
        [row["stage"] for row in rows_of("stages.csv")],
        [True, False],
        [True, False],
        LINE["tenure"]["enum"],
        releases,
    )
    walked = list(TABLE.combinations())
    assert len(walked) == len(set(walked))
    assert set(walked) == set(accepted)


@pytest.mark.parametrize("activity", activities())
def test_every_combination_has_exactly_one_rule_that_comes_first(activity):
    posts = {row["post"] for row in rows_of("beges_posts.csv")}
    categories = {row["category"] for row in rows_of("ghg_protocol_categories.csv")}
    table = rows_of("reporting_rules.csv")
    for combination in TABLE.combinations():
        if combination[0] != activity:
            continue
        _, stage, operated, paid, tenure, option = combination
        # matched here from the file itself, independently of RuleTable
        said = {"stage": stage, "operated": "yes" if operated else "no", "paid": "yes" if paid else "no"}
        said["tenure"] = tenure
        matching = [
            row
            for row in table
            if row["activity"] == activity
            and all(row[name] in {"any", value} for name, value in said.items())
            and row["option"] in {"", option}
        ]
        assert matching, combination
        strength = [sum(row[name] != "any" for name in said) + 2 * bool(row["option"]) for row in matching]
        first = [row for row, stated in zip(matching, strength, strict=True) if stated == max(strength)]
        assert len(first) == 1, (combination, first)
        found = TABLE.find(*combination)
        assert (found.beges_post, found.ghg_category) == (first[0]["beges_post"], first[0]["ghg_category"])
        assert found.beges_post in posts
        assert found.ghg_category in categories


def test_every_rule_is_used():
    used = {TABLE.find(*combination).index for combination in TABLE.combinations()}
    assert [rule for rule in TABLE.rules if rule.index not in used] == []


def test_cells_are_of_their_vocabulary():
    for row in rows_of("reporting_rules.csv"):
        assert row["operated"] in {"yes", "no", "any"}, row
        assert row["paid"] in {"yes", "no", "any"}, row
        assert row["tenure"] in {"owned", "leased", "any"}, row
        assert row["option"] in {"", *OPTIONS}, row


def test_every_rule_says_where_it_comes_from():
    assert {rule.origin for rule in TABLE.rules} == {"bilan-carbone", "decided"}


def test_unknown_activity_or_stage_is_never_guessed():
    with pytest.raises(KeyError):
        TABLE.find("piracy", "combustion", True, True, "owned", "fugitive")


# The cases decided in METHOD section 3, one by one


@pytest.mark.parametrize(
    ("activity", "stage", "control", "post", "category"),
    [
        # fuel of a leased vehicle that the hospital runs: 1.2, its upstream 4.1, its manufacture 4.4
        ("mobile_fuel", "combustion", {"tenure": "leased"}, "1.2", "1.2"),
        ("mobile_fuel", "upstream", {"tenure": "leased"}, "4.1", "3.3"),
        ("mobile_fuel", "manufacture", {"tenure": "leased"}, "4.4", "3.8"),
        ("vehicles", "manufacture", {"tenure": "leased"}, "4.4", "3.8"),
        # leased MRI: electricity at the meter 2.1 and 4.1, manufacture 4.4
        ("electricity", "combustion_at_plant", {"tenure": "leased"}, "2.1", "2.1"),
        ("electricity", "upstream", {"tenure": "leased"}, "4.1", "3.3"),
        ("equipment", "manufacture", {"tenure": "leased"}, "4.4", "3.8"),
        ("equipment", "undivided", {"tenure": "leased"}, "4.4", "3.8"),
        # electricity bought: the plant 2.1, upstream and losses 4.1
        ("electricity", "combustion_at_plant", {}, "2.1", "2.1"),
        ("electricity", "upstream", {}, "4.1", "3.3"),
        ("electricity", "transmission_and_distribution", {}, "4.1", "3.3"),
        # self-consumed solar: its life cycle is all upstream, so 4.1; or an asset, 4.2
        ("electricity", "manufacture", {}, "4.1", "3.3"),
        ("equipment", "manufacture", {}, "4.2", "3.2"),
        # own boiler or cogeneration 1.1; a plant operated by a contractor 2.2, its upstream 4.1
        ("stationary_fuel", "combustion", {}, "1.1", "1.1"),
        ("stationary_fuel", "upstream", {}, "4.1", "3.3"),
        ("stationary_fuel", "combustion", {"operated": False}, "2.2", "2.2"),
        ("stationary_fuel", "upstream", {"operated": False}, "4.1", "3.3"),
        ("stationary_biofuel", "combustion", {}, "1.1", "1.1"),
        ("stationary_biofuel", "combustion", {"operated": False}, "2.2", "2.2"),
        ("heat_network", "undivided", {}, "2.2", "2.2"),
        ("heat_network", "combustion_at_plant", {}, "2.2", "2.2"),
        ("heat_network", "network_losses", {}, "4.1", "3.3"),
        ("cooling_network", "undivided", {}, "2.2", "2.2"),
        # SMUR and own ambulances 1.2, by litre or by kilometre
        ("mobile_fuel", "combustion", {}, "1.2", "1.2"),
        ("mobile_fuel", "upstream", {}, "4.1", "3.3"),
        ("visitor_and_patient_travel", "combustion", {"operated": True}, "1.2", "1.2"),
        ("visitor_and_patient_travel", "upstream", {"operated": True}, "4.1", "3.3"),
        ("visitor_and_patient_travel", "manufacture", {"operated": True}, "4.2", "3.2"),
        ("visitor_and_patient_travel", "manufacture", {"operated": True, "tenure": "leased"}, "4.4", "3.8"),
        # transport of patients by third parties 3.4, whoever pays
        ("visitor_and_patient_travel", "combustion", {"paid": True}, "3.4", "3.1"),
        ("visitor_and_patient_travel", "combustion", {"paid": False}, "3.4", "other"),
        ("visitor_and_patient_travel", "undivided", {}, "3.4", "other"),
        # outsourced services 4.5
        ("laundry", "undivided", {}, "4.5", "3.1"),
        ("cleaning", "undivided", {}, "4.5", "3.1"),
        ("catering_service", "undivided", {}, "4.5", "3.1"),
        # medicines retroceded stay in 4.1; propellant released at home 5.1, on site 1.4
        ("medicines", "undivided", {}, "4.1", "3.1"),
        ("inhaler_propellant_at_home", "release", {}, "5.1", "3.11"),
        ("other_direct_gas", "release", {}, "1.4", "1.4"),
        # anaesthetic gases 1.4, option 1.3
        ("anaesthetic_gas", "release", {}, "1.4", "1.4"),
        ("anaesthetic_gas", "release", {"option": "process"}, "1.3", "1.3"),
        ("other_direct_gas", "release", {"option": "process"}, "1.3", "1.3"),
        ("refrigerant_leak", "leak", {}, "1.4", "1.4"),
        ("refrigerant_leak", "leak", {"option": "process"}, "1.4", "1.4"),
        # waste burnt on site: with energy recovery 1.1, else 1.3; taken away 4.3
        ("stationary_fuel", "undivided", {}, "1.1", "1.1"),
        ("process", "undivided", {}, "1.3", "1.3"),
        ("waste_clinical", "undivided", {}, "4.3", "3.5"),
        ("wastewater", "end_of_life", {}, "4.3", "3.5"),
        # travel: staff by their own means 3.3, missions by train or plane 3.5, own cars 1.2
        ("commuting", "combustion", {}, "3.3", "3.7"),
        ("commuting", "manufacture", {}, "3.3", "3.7"),
        ("business_travel", "upstream", {"operated": False}, "3.5", "3.6"),
        ("business_travel", "fugitive", {"operated": False}, "3.5", "3.6"),
        ("business_travel", "combustion", {}, "1.2", "1.2"),
        ("business_travel", "manufacture", {}, "4.2", "3.2"),
        # freight: paid is upstream, not paid is downstream, own trucks 1.2
        ("freight_inbound", "combustion", {}, "3.1", "3.4"),
        ("freight_outbound", "combustion", {}, "3.1", "3.4"),
        ("freight_outbound", "combustion", {"paid": False}, "3.2", "3.9"),
        ("freight_internal", "combustion", {"operated": True}, "1.2", "1.2"),
        # assets 4.2, leased 4.4; the rest of the purchases
        ("buildings", "undivided", {}, "4.2", "3.2"),
        ("buildings", "undivided", {"tenure": "leased"}, "4.4", "3.8"),
        ("it_equipment", "manufacture", {}, "4.2", "3.2"),
        ("water", "upstream", {}, "4.1", "3.1"),
        ("food", "undivided", {}, "4.1", "3.1"),
        ("digital_use", "undivided", {}, "4.5", "3.1"),
        ("land_use", "undivided", {}, "1.5", "other"),
        ("use_of_sold_products", "use", {}, "5.1", "3.11"),
        ("products_leased_out", "undivided", {}, "5.2", "3.13"),
        ("end_of_life_of_sold_products", "end_of_life", {}, "5.3", "3.12"),
        ("investments", "undivided", {}, "5.4", "3.15"),
        ("other", "undivided", {}, "6.1", "other"),
    ],
)
def test_case_decided(activity, stage, control, post, category):
    assert report(activity, stage, **control) == (post, category)


@pytest.mark.parametrize(
    ("activity", "operated", "paid"),
    [
        ("commuting", False, False),
        ("visitor_and_patient_travel", False, False),
        ("freight_inbound", False, True),
        ("freight_internal", True, True),
        ("freight_outbound", False, True),
        ("business_travel", True, True),
        ("stationary_fuel", True, True),
        ("medicines", True, True),
    ],
)
def test_default_control(activity, operated, paid):
    found = activities()[activity]
    assert (found.operated, found.paid, found.tenure) == (operated, paid, "owned")


def test_only_what_is_someone_else_s_is_not_operated_by_default():
    others = {name for name, activity in activities().items() if not activity.operated}
    freight = {"freight_inbound", "freight_outbound"}
    assert others == {"commuting", "visitor_and_patient_travel", *freight}


def test_assets():
    assets = {name for name, activity in activities().items() if activity.asset}
    assert assets == {"buildings", "infrastructure", "equipment", "it_equipment", "vehicles"}


def test_nothing_direct_is_reported_of_what_the_hospital_does_not_run():
    # operational control: scope 1 needs a source that the establishment operates, whatever the activity
    for activity, stage, operated, paid, tenure, option in TABLE.combinations():
        rule = TABLE.find(activity, stage, operated, paid, tenure, option)
        if not operated:
            assert not rule.beges_post.startswith("1."), (activity, stage)
            assert rule.ghg_category not in {"1.1", "1.2", "1.3", "1.4"}, (activity, stage)


def test_direct_in_one_view_is_direct_in_the_other():
    # 1.5, biomass of soils and forests, has no category of the GHG Protocol's corporate standard
    for rule in TABLE.rules:
        if rule.beges_post[0] in "12" and rule.beges_post != "1.5":
            assert rule.ghg_category == rule.beges_post, rule
        elif rule.beges_post != "1.5":
            assert rule.ghg_category[0] in "3o", rule


def test_upstream_of_energy_is_never_direct():
    for activity in ("stationary_fuel", "stationary_biofuel", "mobile_fuel", "heat_network", "electricity"):
        assert report(activity, "upstream") == ("4.1", "3.3")


# The file itself is refused where it is wrong


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Return a function that loads the rules of given rows."""

    def load_rows(rows):
        path = tmp_path / "reporting_rules.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        monkeypatch.setattr(rules, "data_file", lambda name: path if name == path.name else data_file(name))
        return load_rules.__wrapped__()

    return load_rows


def test_rules_of_a_copy_are_the_rules(load):
    assert load(rows_of("reporting_rules.csv")) == TABLE


def test_order_of_rows_does_not_matter(load):
    turned = load(rows_of("reporting_rules.csv")[::-1])
    for combination in TABLE.combinations():
        first, second = TABLE.find(*combination), turned.find(*combination)
        assert (first.beges_post, first.ghg_category) == (second.beges_post, second.ghg_category), combination


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("beges_post", ""),
        ("ghg_category", ""),
        ("activity", "piracy"),
        ("stage", "magic"),
        ("stage", ""),
    ],
)
def test_bad_cell_is_refused(load, column, value):
    changed = rows_of("reporting_rules.csv")
    row = next(row for row in changed if row["activity"] == "heat_network" and row["stage"] == "upstream")
    row[column] = value
    with pytest.raises(InvalidLibraryError) as caught:
        load(changed)
    (problem,) = caught.value.problems
    assert problem.code == "bad-reporting-rule"
    assert problem.message().startswith(f"bad reporting rule: {row['activity']}, {row['stage']}, {row['operated']}")


def test_repeated_row_is_refused(load):
    rows = rows_of("reporting_rules.csv")
    with pytest.raises(InvalidLibraryError) as caught:
        load([*rows, rows[0] | {"beges_post": "6.1"}])
    assert str(caught.value) == "bad reporting rule: stationary_fuel, any, yes, any, any, "


def test_combination_without_a_rule_is_refused_by_name(load):
    rows = [row for row in rows_of("reporting_rules.csv") if (row["activity"], row["operated"]) != ("process", "no")]
    table = load(rows)
    with pytest.raises(InvalidLibraryError) as caught:
        table.find("process", "release", False, True, "owned", "fugitive")
    (problem,) = caught.value.problems
    assert problem.code == "no-reporting-rule"
    assert problem.message() == "no reporting rule for process, release, False, True, owned"


@pytest.mark.parametrize("stage", STAGES)
def test_stages_have_names_in_both_languages(stage):
    row = next(row for row in rows_of("stages.csv") if row["stage"] == stage)
    assert row["name_fr"]
    assert row["name_en"]
