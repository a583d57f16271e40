"""Results of single products that the user has: read, put on their rung, refused by row."""

import json

import pytest

from decarb.errors import DecarbError
from decarb.medicines import load_medicines
from decarb.medicines.results import read_results

HEADER = "cip13,kgco2e_per_box,method,verified,year,source"
CODE, OTHER = "3400938749984", "3400949497294"


@pytest.fixture
def table(tmp_path):
    def write(*rows, header=HEADER, name="results.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\n".join([header, *rows]).encode(encoding) + b"\n")
        return path

    return write


def refused(path):
    with pytest.raises(DecarbError) as raised:
        read_results(path)
    return raised.value.problems


@pytest.mark.parametrize(
    ("method", "verified", "rung"),
    [
        ("state-score", "yes", 1),
        ("pas-2090", "yes", 1),
        ("iso-14067", "yes", 1),
        ("state-score", "no", 3),
        ("published-lca", "no", 2),
        ("bill-of-materials", "yes", 3),
    ],
)
def test_a_result_stands_on_the_rung_of_its_method(table, method, verified, rung):
    (result,) = read_results(table(f"{CODE},0.4,{method},{verified},2026,Laboratoire X"))
    assert (result.rung, result.kgco2e_per_box) == (rung, 0.4)


def test_semicolons_decimal_commas_blank_lines_and_seven_digits(table):
    path = table("3874998;0,4;state-score;yes;2026;X", ";;;;;", header=HEADER.replace(",", ";"))
    problems = refused(path)
    assert [(problem.pointer, problem.code) for problem in problems] == [("row 2 cip13", "code-form")]
    (result,) = read_results(table(f"{CODE};0,4;state-score;yes;2026;X", header=HEADER.replace(",", ";")))
    assert result.kgco2e_per_box == 0.4


def test_every_defect_is_named_by_row_and_column(table):
    path = table(
        f"{CODE},0.4,state-score,yes,2026,X",
        f"{CODE},0.4,state-score,yes,2026,X",
        f"{OTHER},-1,guess,perhaps,26,",
        "3.40089E+12,1e9,pas-2090,no,2026,X",
    )
    found = [(problem.pointer, problem.code) for problem in refused(path)]
    assert found == [
        ("row 3 cip13", "result-twice"),
        ("row 4 kgco2e_per_box", "result-value"),
        ("row 4 method", "result-method"),
        ("row 4 verified", "result-method"),
        ("row 4 year", "result-value"),
        ("row 4 source", "result-source"),
        ("row 5 cip13", "code-damaged-by-spreadsheet"),
        ("row 5 kgco2e_per_box", "result-value"),
    ]
    words = [problem.message("en") for problem in refused(path)]
    assert words[0] == f"{CODE} stands twice in this table"
    assert words[2] == "guess is not one of state-score, pas-2090, iso-14067, published-lca, bill-of-materials"


def test_a_table_without_its_columns(table):
    problems = refused(table("1,2", header="cip13,kgco2e_per_box"))
    assert {problem.code for problem in problems} == {"base-columns"}


def test_a_windows_file_with_headers_in_capitals_is_read(table):
    header = "CIP13;KGCO2E_PER_BOX;METHOD;VERIFIED;YEAR;SOURCE"
    (result,) = read_results(table(f"{CODE};0,4;state-score;yes;2026;Évian", header=header, encoding="cp1252"))
    assert (result.source, result.kgco2e_per_box) == ("Évian", 0.4)


def test_the_same_box_in_two_files_is_refused(table):
    row = f"{CODE},0.4,state-score,yes,2026,X"
    with pytest.raises(DecarbError) as raised:
        load_medicines(table(row, name="a.csv"), table(row, name="b.csv"))
    assert [problem.code for problem in raised.value.problems] == ["result-twice"]


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DecarbError) as raised:
        load_medicines(tmp_path / "none.csv")
    assert raised.value.problems[0].code == "file-missing"


SCORE = {
    "format": "1.0",
    "kind": "medicine-score",
    "cip13": CODE,
    "kgco2e_per_box": 0.21,
    "units_per_box": 30,
    "gsd2": 1.4,
    "rung": 3,
    "source": "decarb medicines score",
    "year": 2026,
    "digest": "0" * 64,
}


def test_a_score_is_a_result_with_its_own_error(tmp_path):
    path = tmp_path / "score.json"
    path.write_text(json.dumps(SCORE))
    medicines = load_medicines(path)
    result = medicines.results[CODE, 3]
    assert (result.kgco2e_per_box, result.gsd2) == (0.21, 1.4)
    assert result.candidate().shared_gsd2 == 1.4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "other"}, "not-allowed"),
        ({"gsd2": 0.5}, "too-small"),
        ({"rung": 2}, "not-allowed"),
        ({"kgco2e_per_box": "much"}, "wrong-type"),
        ({"cip13": "3400938749985"}, "code-key"),
    ],
)
def test_what_is_no_score_is_refused(tmp_path, change, code):
    path = tmp_path / "score.json"
    path.write_text(json.dumps(SCORE | change))
    assert [problem.code for problem in refused(path)] == [code]


@pytest.mark.parametrize(
    "content", ["", "{", '{"rung": 1e400}', "[" * 100_000, '{"rung": Infinity}', '{"a": 1, "a": 2}']
)
def test_what_is_no_json_is_refused_by_name(tmp_path, content):
    path = tmp_path / "score.json"
    path.write_text(content)
    assert refused(path)


def test_a_score_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DecarbError) as raised:
        load_medicines(tmp_path / "none.json")
    assert [(problem.code, problem.file) for problem in raised.value.problems] == [
        ("file-missing", str(tmp_path / "none.json"))
    ]
