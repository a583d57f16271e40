"""Bills of materials as documents: each kind of refusal by its code, its place and its words."""

import json
import re
from pathlib import Path

import pytest

from decarb.errors import DecarbError
from decarb.inventory.documents import schema_of
from decarb.resources import CHECKOUT
from decarb.scoring import InvalidDocumentError, read_bill, score_file
from tests.scoring.conftest import document, flow, own_factor

EXAMPLES = CHECKOUT / "examples" / "medicines"
BAD = sorted((EXAMPLES / "bad").glob("*.json"))
ROWS = re.findall(r"^\| `(.+?)` \| .+? \| (.+?) \|$", (EXAMPLES / "bad" / "README.md").read_text("utf-8"), re.MULTILINE)
EXPECTED = {name: set(re.findall(r"`([a-z-]+)`", codes)) for name, codes in ROWS}
WORDS = {
    "air-by-lorry": "«Le Havre → tablet plant» goes by air, and truck-articulated-34-40t-diesel is of another mode",
    "allocation-missing": "«electricity of the plant» is per site, and its site has no allocation",
    "allocation-over-one": "the presentation takes 2,000,000 of a site whose total is 1,000,000",
    "allocation-two-rules": "the site «tablet plant» is shared by mass and by machine_hours",
    "batch-unsaid": "is per batch, and the bill does not say how many presentations a batch makes",
    "daily-dose": "the defined daily dose is of «ibuprofen»",
    "empty-synthesis": "the synthesis of «imaginarine» has no step",
    "excluded-with-data": "the stage packaging is left out, and has data",
    "factor-and-synthesis": "«paracetamol» needs exactly one of «factor» and «synthesis»",
    "money": "spend-chemical-products-2023 is per unit of money",
    "no-default": "the table of defaults has no «lactose» for FR",
    "not-a-mass": "«L» is not a unit of mass",
    "offset": "example is negative (-3): offsets and avoided emissions are no part of a score",
    "tertiary-share": "«shipping case» is tertiary packaging, and does not say how many presentations it holds",
    "unit-mismatch": "kWh cannot become t, the unit of plastic-pvc-new-t",
    "unknown-dataset": "no data set of the bill is called «asumed»",
    "without-data": "the bill has data of no stage",
    "yield-missing": "the step «active substance» has no mass_yield",
    "yield-of-first-step": "«intermediate» is the first step",
}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_bill_is_refused_with_the_code_that_the_table_says(path):
    with pytest.raises(DecarbError) as refused:
        score_file(path)
    problems = refused.value.problems
    assert {problem.code for problem in problems} == EXPECTED[path.name]
    assert all(problem.file == str(path) for problem in problems)
    assert WORDS.get(path.stem, "") in problems[0].message()


def test_every_bad_file_is_in_the_table():
    assert {path.name for path in BAD} == set(EXPECTED)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_an_example_is_whole(path):
    score = score_file(path)
    assert score.is_complete
    assert score.total_kgco2e > 0


def test_the_morphine_example_is_the_published_breakdown():
    # McAlister et al. 2016: packaging 95 g, filling and sterilisation 86, farming 6, manufacture 18: 205 as rounded
    score = score_file(EXAMPLES / "morphine-100mg-bag.json")
    found = {stage: value for stage, value in score.by_stage.items() if value is not None}
    assert found == pytest.approx({"active_substances": 0.024, "formulation": 0.086, "packaging": 0.095})
    farming, manufacture = (scored.emissions_kgco2e for scored in score.inputs[:2])
    assert (farming, manufacture) == pytest.approx((0.006, 0.018))
    assert abs(score.total_kgco2e - 0.204) <= 0.001 + 1e-12
    # the published 189 to 280 g meets the interval of the parts
    assert 0.170 < score.interval().low < 0.204 < score.interval().high < 0.280


def test_the_paracetamol_example_is_near_what_is_published():
    # 38 g a tablet of 1 g (Davies 2024): within the interval of a bill that knows nothing of the synthesis
    score = score_file(EXAMPLES / "paracetamol-1g-tablets.json")
    assert score.interval().low / 8 < 0.038 < score.interval().high / 8


def test_files_that_are_no_bill_are_refused(tmp_path):
    def codes(content: bytes):
        path = tmp_path / "bill.json"
        path.write_bytes(content)
        with pytest.raises(InvalidDocumentError) as refused:
            read_bill(path)
        assert all(problem.file == str(path) for problem in refused.value.problems)
        return {problem.code for problem in refused.value.problems}

    assert codes(b"[1") == {"truncated-json"}
    assert codes(b"[]") == {"wrong-type"}
    assert codes(b"{}") == {"missing-field"}
    assert codes(b'{"year": 1, "year": 2}') >= {"duplicate-key", "missing-field", "too-small"}
    with pytest.raises(InvalidDocumentError, match="there is no such file"):
        read_bill(tmp_path / "none.json")


def test_a_factor_is_a_text_or_an_object(bill_of):
    with pytest.raises(InvalidDocumentError) as refused:
        bill_of(document(excipients=[flow("x", 1, "kg", 4)]))
    assert refused.value.problems[0].message() == "4 is not of the type text, object"


def test_a_table_of_defaults_that_is_not_there_is_refused(bill_of, tmp_path):
    said = document(excipients=[flow("x", 1, "kg", own_factor(1))])
    said["defaults"] = "nowhere.csv"
    bill = bill_of(said, tmp_path / "bill.json")
    with pytest.raises(DecarbError, match=r"nowhere\.csv"):
        score_file(bill.file)


@pytest.mark.parametrize("named", ["/etc/passwd", "../defaults.csv", "link.csv"])
def test_a_table_of_defaults_elsewhere_is_refused(bill_of, tmp_path, named):
    (tmp_path / "defaults.csv").write_text("", encoding="utf-8")
    folder = tmp_path / "bills"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "defaults.csv")
    with pytest.raises(InvalidDocumentError) as refused:
        bill_of({**document(excipients=[flow("x", 1, "kg", own_factor(1))]), "defaults": named}, folder / "bill.json")
    assert [problem.pointer for problem in refused.value.problems] == ["/defaults"]


def test_consumables_alone_are_no_data_of_use(bill_of):
    use = {"released_gases": [], "consumables": [flow("x", 1, "kg", own_factor(1))]}
    said = document(excipients=[flow("x", 1, "kg", own_factor(1))])
    bill = bill_of({**said, "use": use})
    assert not bill.has_data("use")
    assert bill.missing == ()


def test_the_schema_names_every_field_in_both_languages():
    def fields(node):
        if isinstance(node, dict):
            yield from (node["properties"] if isinstance(node.get("properties"), dict) else {}).items()
            for part in node.values():
                yield from fields(part)
        elif isinstance(node, list):
            for part in node:
                yield from fields(part)

    schema = schema_of("bill_of_materials")
    stages = set(schema["properties"]["excluded_stages"]["properties"])
    untitled = {
        name
        for name, described in fields(schema)
        if "$ref" not in described and name != "$schema" and not (described.get("title") and described.get("x-fr"))
    }
    assert untitled <= stages | set()


def test_the_schema_is_written_as_the_others_are():
    path = CHECKOUT / "schemas" / "bill_of_materials.schema.json"
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    assert Path(json.loads(text)["$id"]).parts[-2:] == ("bill_of_materials", "1.0")


def test_every_field_of_a_bill_is_documented():
    page = (CHECKOUT / "docs" / "medicine-score.md").read_text(encoding="utf-8")

    def names(node):
        if isinstance(node, list):
            return set().union(*map(names, node)) if node else set()
        if not isinstance(node, dict):
            return set()
        own = set(node["properties"]) if isinstance(node.get("properties"), dict) else set()
        return own.union(*(names(value) for value in node.values()))

    known = sorted(names(schema_of("bill_of_materials")))
    missing = [name for name in known if f"`{name}`" not in page and f".{name}`" not in page]
    assert missing == []
