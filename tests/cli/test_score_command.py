"""``decarb medicines score``: exit codes, texts and documents."""

import json

import pytest

from decarb.medicines.results import read_results
from decarb.resources import CHECKOUT

EXAMPLES = CHECKOUT / "examples" / "medicines"
TAKEN_BY_THE_LADDER = ("format", "kind", "cip13", "kgco2e_per_box", "units_per_box", "gsd2", "rung", "source", "year")


@pytest.fixture
def incomplete(tmp_path):
    said = json.loads((EXAMPLES / "paracetamol-1g-tablets.json").read_text("utf-8"))
    del said["excluded_stages"]["use"]
    path = tmp_path / "incomplete.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def test_a_score_to_read(here):
    code, out, err = here("medicines", "score", EXAMPLES / "paracetamol-1g-tablets.json", "--lang", "en")
    assert (code, err) == (0, "")
    assert "0.597 kg CO2e per presentation (95 %: 0.234 to 1.78; GSD2 2.76)" in out
    assert "0.0746 kg CO2e per unit (tablet), of 8 in the presentation" in out
    assert "per defined daily dose: the bill gives no dose" in out
    assert "█" * 30 in out
    assert "left out, justified" in out
    assert "it is not the State score" in out
    assert "plastic-pvc-new-t is valid until 2018-12-01" in out


def test_every_input_with_its_trace(here):
    code, out, _ = here("medicines", "score", EXAMPLES / "generic-a.json", "--inputs", "--lang", "en")
    assert code == 0
    # 1 / 0.8 kg of the intermediate; 15 g in the box; 70 % of the solvent recovered
    assert "× 1.25: 1.25 kg of the product of «intermediate» per kg of active substance" in out
    assert "× 0.015: 0.015 kg of imaginarine in the presentation" in out
    assert "× 0.3: 70 % recovered and used again" in out
    assert "electricity-in (table of defaults)" in out


def test_a_document_with_what_the_ladder_takes(here, tmp_path):
    target = tmp_path / "score.json"
    code, out, _ = here("medicines", "score", EXAMPLES / "morphine-100mg-bag.json", "--out", target, "--format", "json")
    assert code == 0
    document = json.loads(target.read_text("utf-8"))
    assert document == json.loads(out)
    assert tuple(document)[: len(TAKEN_BY_THE_LADDER)] == TAKEN_BY_THE_LADDER
    assert document["kind"] == "medicine-score"
    assert document["kgco2e_per_box"] == pytest.approx(0.205)
    assert (document["units_per_box"], document["rung"], document["year"]) == (1, 3, 2016)
    assert len(document["digest"]) == 64
    taken = read_results(target)[0]
    assert (taken.cip13, taken.rung, taken.kgco2e_per_box) == (document["cip13"], 3, document["kgco2e_per_box"])
    assert taken.gsd2 == document["gsd2"] > 1
    assert sum(stage["kgco2e"] or 0 for stage in document["stages"]) == pytest.approx(document["kgco2e_per_box"])
    assert {stage["stage"] for stage in document["stages"] if stage["kgco2e"] is None} == set(
        document["excluded_stages"]
    )
    code, _, err = here("medicines", "score", EXAMPLES / "morphine-100mg-bag.json", "--out", target, "--lang", "en")
    assert code == 2
    assert "exists already" in err


def test_a_score_with_a_hole_is_said_and_never_written(here, incomplete, tmp_path):
    code, out, _ = here("medicines", "score", incomplete, "--lang", "en")
    assert code == 3
    assert "INCOMPLETE: 0.597 kg CO2e per presentation for the stages that have data" in out
    assert "No data: use" in out
    code, out, _ = here("medicines", "score", incomplete, "--format", "json")
    assert code == 3
    document = json.loads(out)
    assert (document["kgco2e_per_box"], document["gsd2"], document["missing_stages"]) == (None, None, ["use"])
    code, _, err = here("medicines", "score", incomplete, "--out", tmp_path / "score.json", "--lang", "en")
    assert code == 2
    assert "stages without data and without a justified exclusion: use" in err
    assert not (tmp_path / "score.json").exists()


def test_two_generics_side_by_side(here):
    pair = (EXAMPLES / "generic-a.json", EXAMPLES / "generic-b.json")
    code, out, err = here("medicines", "score", *pair, "--lang", "en")
    assert (code, err) == (0, "")
    assert "Probability that A emits less than B: <0.1 %" in out
    assert "the generic group imaginarine 500 mg is taken from the bill" in out
    code, out, _ = here("medicines", "score", *pair, "--format", "json")
    document = json.loads(out)
    assert document["kind"] == "medicine-score-comparison"
    difference = document["first"]["kgco2e_per_box"] - document["second"]["kgco2e_per_box"]
    assert document["difference_kgco2e_per_box"] == pytest.approx(difference)


def test_what_cannot_be_compared_is_refused(here, tmp_path):
    pair = (EXAMPLES / "generic-a.json", EXAMPLES / "paracetamol-1g-tablets.json")
    code, out, err = here("medicines", "score", *pair, "--lang", "en")
    assert (code, out) == (2, "")
    assert "the bill gives no generic group" in err
    assert "one unit holds paracetamol 1000 mg, and imaginarine 500 mg in" in err
    code, _, err = here("medicines", "score", *pair, pair[0], "--lang", "en")
    assert code == 2
    assert "3 bills are given: one is scored, two are compared" in err
    code, _, err = here("medicines", "score", *pair, "--out", tmp_path / "x.json", "--lang", "en")
    assert code == 2
    assert "a comparison is not a score that a footprint could take" in err


def test_a_group_that_the_public_database_contradicts_is_refused(here, tmp_path):
    # the July 2026 database has 3400921610840 (nicorandil 20 mg, 30 tablets) in the generic group 480
    said = json.loads((EXAMPLES / "generic-a.json").read_text("utf-8"))
    for name, group in (("right.json", "480"), ("wrong.json", "481")):
        said["presentation"] |= {"cip13": "3400921610840", "generic_group": group}
        (tmp_path / name).write_text(json.dumps(said), encoding="utf-8")
    right, wrong = tmp_path / "right.json", tmp_path / "wrong.json"
    code, out, _ = here("medicines", "score", right, right, "--lang", "en")
    assert code == 0
    assert "A - B: 0 kg CO2e per presentation (95 %: 0 to 0)" in out
    assert "taken from the bill" not in out
    code, _, err = here("medicines", "score", wrong, wrong, "--lang", "en")
    assert code == 2
    assert "3400921610840 is not of the generic group 481 in the public database, but of: 480" in err


def test_problems_of_both_bills_at_once(here):
    bad = EXAMPLES / "bad"
    code, _, err = here("medicines", "score", bad / "code-key.json", bad / "unknown-dataset.json", "--lang", "en")
    assert code == 2
    assert "code-key.json /presentation/cip13" in err
    assert "unknown-dataset.json /excipients/0/data" in err
    assert "did you mean: assumed?" in err


def test_a_gwp_set_and_a_library_are_options(here):
    code, out, _ = here("medicines", "score", EXAMPLES / "generic-a.json", "--gwp", "AR5", "--lang", "en")
    assert code == 0
    assert "GWP set AR5" in out


def test_air_consumables_and_a_daily_dose_are_shown(here, tmp_path):
    said = json.loads((EXAMPLES / "paracetamol-1g-tablets.json").read_text("utf-8"))
    del said["excluded_stages"]["use"]
    factor = {"value": 2, "unit": "kgCO2e/kg", "source": "a test", "year": 2024}
    shared = {"unit": "g", "factor": factor, "data": "assumed"}
    said["use"] = {
        "released_gases": [{"name": "none", "quantity": 0, **shared}],
        "consumables": [{"name": "cup", "quantity": 5, **shared}],
    }
    said["transport"][0] |= {"mode": "air", "factor": "air-freight-cargo-over-100t-long-haul", "country": "CN"}
    said["presentation"]["defined_daily_dose"] = {"quantity": 4, "unit": "item", "source": "a test", "year": 2024}
    path = tmp_path / "bill.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    code, out, _ = here("medicines", "score", path, "--lang", "en", "--inputs")
    assert code == 0
    # 9e-6 t x 20,000 km x 1.01005 kg CO2e/t.km; 0.005 kg x 2
    assert "of which freight by air: 0.182 kg CO2e" in out
    assert "Beside the total, consumables of administration: 0.01 kg CO2e" in out
    assert "0.01 kg CO2e  cup [consumables of administration]" in out
    assert "per defined daily dose (a test)" in out


def test_no_option_is_of_no_use_in_silence(here):
    bill = EXAMPLES / "generic-a.json"
    code, out, err = here("medicines", "score", bill, "--medicines", "/nope.parquet", "--lang", "en")
    assert (code, out) == (2, "")
    assert "/nope.parquet" in err
    code, out, err = here("medicines", "score", bill, EXAMPLES / "generic-b.json", "--inputs", "--lang", "en")
    assert (code, out) == (2, "")
    assert "the inputs are shown of one bill, and two are compared" in err
