"""Documents to columns: order, shared terms, and every check that a schema cannot say."""

import difflib
import itertools
import json
import math
from typing import Any

import numpy as np
import pytest

from decarb.errors import InvalidInventoryError
from decarb.inventory import SECTIONS, check_inventory, read_inventory

GAS = {"factor": "natural-gas-fr-2022-kwh-pci", "quantity": 10, "unit": "MWh PCI"}
POWER = {"factor": "electricity-fr", "quantity": 5, "unit": "MWh"}


def codes(problems: Any) -> list[str]:
    return [problem.code for problem in problems]


def test_lines_become_columns_in_document_order(make: Any) -> None:
    inventory = read_inventory(
        make.write(
            {
                "water": [{"id": "w", "factor": "tap-water-m3", "quantity": 3, "unit": "m3"}],
                **make.document(GAS, {**POWER, "id": "p", "supplier": "EDF", "comment": "c", "retroceded": True}),
            }
        )
    )
    # sections in the order of the schema, whatever their order in the file
    assert inventory.ids == ("line-1", "p", "w")
    assert [SECTIONS[code] for code in inventory.section] == ["energy", "energy", "water"]
    assert inventory.position.tolist() == [0, 1, 0]
    assert inventory.quantity.tolist() == [10.0, 5.0, 3.0]
    assert inventory.establishment.tolist() == [0, 0, 0]
    assert np.isnan(inventory.activity_gsd2).all()
    assert inventory.remarks == {1: {"supplier": "EDF", "comment": "c"}}
    assert [inventory.terms[code].retroceded for code in inventory.term] == [False, True, False]
    assert [inventory.pointer(line) for line in range(3)] == ["/energy/0", "/energy/1", "/water/0"]
    assert (inventory.line("w"), inventory.line("nobody"), len(inventory)) == (2, None, 3)
    assert inventory.file(0).endswith("inventory.json")


def test_lines_that_agree_share_one_row_of_terms(make: Any) -> None:
    inventory = make.read(
        GAS,
        {**GAS, "quantity": 99, "supplier": "another", "uncertainty": 5},
        POWER,
        {**GAS, "unit": "kWh PCI"},
        GAS,
        {**GAS, "operated": False},
    )
    assert inventory.term.tolist() == [0, 0, 1, 2, 0, 3]
    assert len(inventory.terms) == 4
    assert inventory.terms[3].operated is False
    assert inventory.terms[0].operated is None


def test_spends_are_kept_beside_the_lines_that_give_them(make: Any) -> None:
    spend = {"factor": "spend-pharmaceutical-products", "quantity": 10, "unit": "EUR HT"}
    inventory = make.read({**GAS, "spend": spend}, POWER, {**GAS, "spend": {**spend, "quantity": 20}})
    found = [inventory.spends.of(line) for line in range(3)]
    assert [spent and spent[1] for spent in found] == [10.0, None, 20.0]
    assert {inventory.terms[spent[0]].factor for spent in found if spent} == {spend["factor"]}
    assert inventory.term.tolist() == [0, 1, 0]  # an amount beside a quantity does not set its line apart


def identified(make: Any, ej: str, year: int, **fields: Any) -> Any:
    return make.document(GAS, POWER, year=year, establishment={"finess_ej": ej, **fields})


def test_canonical_order_is_entity_then_period_whatever_the_order_of_files(make: Any) -> None:
    documents = [
        identified(make, "750712184", 2023),
        identified(make, "010780054", 2024),
        identified(make, "010780054", 2023, finess_et="010000032"),
        identified(make, "010780054", 2023, finess_et="010000024"),
    ]
    paths = [make.write(document) for document in documents]
    expected = [
        ("010780054", None, 2024),
        ("010780054", "010000024", 2023),
        ("010780054", "010000032", 2023),
        ("750712184", None, 2023),
    ]
    columns = set()
    for order in itertools.permutations(paths):
        inventory = read_inventory(*order)
        assert [
            (e.identity["finess_ej"], e.identity.get("finess_et"), e.year) for e in inventory.establishments
        ] == expected
        assert inventory.establishment.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
        columns.add((inventory.terms, tuple(inventory.term.tolist()), inventory.ids))
    assert len(columns) == 1


def test_documents_without_identifiers_have_a_canonical_order_too(make: Any) -> None:
    paths = [make.write(make.document(GAS, establishment={"name": name})) for name in ("B", "A", "C")]
    orders = {tuple(e.name for e in read_inventory(*order).establishments) for order in itertools.permutations(paths)}
    assert len(orders) == 1


def test_the_same_entity_and_period_twice_is_refused_naming_both_files(make: Any) -> None:
    first, second = (make.write(identified(make, "750712184", 2024), name) for name in ("a.json", "b.json"))
    with pytest.raises(InvalidInventoryError) as caught:
        read_inventory(first, second)
    (problem,) = caught.value.problems
    assert problem.code == "same-entity-and-period"
    assert {str(first), str(second)} == {problem.file, problem.parameters["value"]}
    assert "same entity 750712184 and an overlapping period" in problem.message()
    assert "keep one" in problem.hint()


def test_the_same_entity_in_two_years_or_two_sites_of_it_are_accepted(make: Any) -> None:
    inventory = make.read_all(
        [
            identified(make, "750712184", 2023),
            identified(make, "750712184", 2024, finess_et="750100125"),
            identified(make, "750712184", 2024, finess_et="010000024"),
        ]
    )
    assert len(inventory.establishments) == 3


def test_the_same_file_given_twice_is_refused_even_without_identifiers(make: Any) -> None:
    path = make.write(make.document(GAS))
    assert codes(check_inventory(path, path)[1]) == ["same-entity-and-period"]


def test_duplicate_line_ids_name_the_first_across_sections(make: Any) -> None:
    document = make.document({**GAS, "id": "x"}, {**GAS, "id": "y"})
    document["water"] = [{"id": "x", "factor": "tap-water-m3", "quantity": 3, "unit": "m3"}]
    (problem,) = make.problems(document)
    assert (problem.code, problem.pointer, problem.line_id) == ("duplicate-line-id", "/water/0/id", "x")
    assert "«x» is already used at /energy/0" in problem.message()


def test_an_unknown_site_lists_the_known_ones(make: Any) -> None:
    document = make.document({**GAS, "site": "nord"}, sites=[{"id": "north"}, {"id": "south"}])
    (problem,) = make.problems(document)
    assert (problem.code, problem.pointer, problem.line_id) == ("unknown-site", "/energy/0/site", "line-1")
    assert "«nord» is not among the sites: north, south" in problem.message()


def test_a_site_used_twice_is_refused(make: Any) -> None:
    (problem,) = make.problems(make.document(GAS, sites=[{"id": "a"}, {"id": "b"}, {"id": "a"}]))
    assert (problem.code, problem.pointer) == ("duplicate-site", "/sites/2/id")


def test_the_place_of_a_line_is_that_of_its_site_else_of_the_establishment(make: Any) -> None:
    inventory = make.read(
        {**POWER, "site": "island"},
        {**POWER, "site": "annex"},
        POWER,
        {**POWER, "site": "town"},
        establishment={"region": "11", "department": "75"},
        sites=[
            {"id": "island", "region": "04"},
            {"id": "annex", "name": "No place said"},
            # INSEE code of Fort-de-France: the department is its three first characters overseas
            {"id": "town", "commune": "97209"},
        ],
    )
    assert inventory.places == (("04", ""), ("11", "75"), ("", "972"))
    assert inventory.place.tolist() == [0, 1, 1, 2]
    assert inventory.term.tolist() == [0, 0, 0, 0]


def test_an_establishment_without_a_place_is_taken_on_the_mainland_with_a_warning(make: Any) -> None:
    document = make.document(GAS)
    del document["establishment"]["region"]
    inventory, (problem,) = check_inventory(make.write(document))
    assert (problem.code, problem.severity, problem.pointer) == ("place-unsaid", "warning", "/establishment")
    assert "mainland France is assumed" in problem.message()
    assert '"region"' in problem.hint()
    # whoever computes sees it too
    assert inventory is not None
    assert inventory.warnings == (problem,)


@pytest.mark.parametrize("lines", [{}, {"energy": []}, {"energy": [], "water": []}])
def test_an_inventory_without_lines_is_refused_and_says_where_they_go(make: Any, lines: dict[str, Any]) -> None:
    (problem,) = make.problems({**make.document(), **lines})
    assert (problem.code, problem.severity) == ("no-lines", "error")
    assert "nothing to compute" in problem.message()
    assert "energy, purchases" in problem.hint()


@pytest.mark.parametrize(
    ("start", "end", "year", "found"),
    [
        ("2024-01-01", "2024-12-31", 2024, []),
        # a year from July: the middle day of 2023-07-01 ... 2024-06-30 is 31 December 2023
        ("2023-07-01", "2024-06-30", 2023, []),
        ("2023-09-01", "2024-08-31", 2024, []),
        # 4-4-5 accounting years have 52 or 53 weeks: 364 or 371 days
        ("2024-01-01", "2024-12-29", 2024, []),
        ("2024-01-01", "2025-01-05", 2024, []),
        ("2024-01-01", "2025-01-06", 2024, ["period-not-a-year"]),
        ("2024-01-01", "2024-06-30", 2024, ["period-not-a-year"]),
        ("2024-02-29", "2024-02-29", 2024, ["period-not-a-year"]),
        ("2023-02-29", "2023-12-31", 2024, ["no-such-day"]),
        ("2024-01-01", "2024-11-31", 2024, ["no-such-day"]),
        ("0000-01-01", "0000-12-31", 2024, ["no-such-day", "no-such-day"]),
        ("2024-12-31", "2024-01-01", 2024, ["period-backwards"]),
        ("1789-01-01", "1789-12-31", 1789, ["year-out-of-range"]),
    ],
)
def test_period(make: Any, start: str, end: str, year: int | None, found: list[str]) -> None:
    inventory, problems = check_inventory(make.write(make.document(GAS, period={"start": start, "end": end})))
    assert codes(problems) == found
    assert (inventory.establishments[0].year if inventory else None) == year
    if found == ["period-not-a-year"]:
        assert problems[0].severity == "warning"
        assert "intensities" in problems[0].message()
    if found == ["period-backwards"]:
        assert "ends on 2024-01-01, before it starts on 2024-12-31" in problems[0].message()


def test_an_account_counted_physically_and_by_spend_names_both_lines(make: Any) -> None:
    document = make.document({**GAS, "id": "meter", "account": "60612"}, {**POWER, "account": "60613"})
    ledger = {"factor": "spend-furniture-2023", "quantity": 1, "unit": "kEUR HT"}
    document["purchases"] = [
        {**ledger, "id": "other", "account": "60621"},
        {**ledger, "id": "ledger", "account": "60612"},
        {**ledger, "id": "ledger again", "account": "60612"},
    ]
    problem, again = make.problems(document)
    assert (problem.code, problem.severity) == ("account-counted-twice", "error")
    assert (problem.pointer, problem.line_id) == ("/purchases/1", "ledger")
    assert (again.pointer, again.line_id) == ("/purchases/2", "ledger again")
    assert "account 60612" in problem.message()
    assert "by the line meter and again by spend by the line ledger" in problem.message()
    assert "keep the physical line" in problem.hint()


def test_an_account_split_over_lines_of_one_kind_is_accepted(make: Any) -> None:
    ledger = {"factor": "spend-furniture-2023", "quantity": 1, "unit": "EUR HT", "account": "60621"}
    assert make.problems(make.document(ledger, ledger)) == []
    assert make.problems(make.document({**GAS, "account": "60612"}, {**GAS, "account": "60612"})) == []


def test_quality_notes_combine_to_a_gsd2(make: Any) -> None:
    notes = {"reliability": 3, "technical": 4, "geographic": 5, "temporal": 2, "completeness": 4}
    # GSD2 1.1, 1.1, 1, 1.2, 1.02: ln = 0.0953102, 0.0953102, 0, 0.1823216, 0.0198026; the squares add up
    # to 0.0090840 x 2 + 0.0332411 + 0.0003921 = 0.0518014; root 0.2275991; exp = 1.2555818
    worst = {"reliability": 1, "technical": 1, "geographic": 1, "temporal": 1, "completeness": 1}
    best = dict.fromkeys(worst, 5)
    inventory = make.read(
        {**GAS, "quality": notes},
        {**GAS, "quality": worst},
        {**GAS, "quality": {}},
        {**GAS, "quality": best},
        {**GAS, "quality": {name: 5 for name in worst if name != "technical"}},
        GAS,
    )
    gsd2 = inventory.activity_gsd2.tolist()
    assert gsd2[0] == pytest.approx(1.2555818, abs=1e-7)
    # ln 1.5 = 0.4054651 (twice), ln 2 = 0.6931472, ln 1.1 = 0.0953102, ln 1.2 = 0.1823216: squares
    # 0.3288038 + 0.4804530 + 0.0090840 + 0.0332411 = 0.8515820; root 0.9228120; exp = 2.5163569
    assert gsd2[1] == pytest.approx(2.5163569, abs=1e-6)
    assert gsd2[2] == gsd2[1]  # a missing note counts as the worst
    assert gsd2[3] == 1.0
    assert gsd2[4] == pytest.approx(2.0)
    assert math.isnan(gsd2[5])


def test_a_note_written_with_a_decimal_point_is_the_same_note(make: Any) -> None:
    # JSON Schema: 5.0 is an integer; some exports write every number that way
    whole = make.read({**GAS, "quality": {"reliability": 3}})
    assert make.read({**GAS, "quality": {"reliability": 3.0}}).activity_gsd2 == whole.activity_gsd2


def test_uncertainty_percent_replaces_the_notes(make: Any) -> None:
    # our convention (METHOD, section 4): GSD2 = 1 + U / 100
    inventory = make.read({**GAS, "uncertainty": 10, "quality": {"technical": 1}}, {**GAS, "uncertainty": 0})
    assert inventory.activity_gsd2.tolist() == [pytest.approx(1.1), 1.0]


def test_denominators_leave_out_zero_and_what_is_not_said(make: Any) -> None:
    identity = {"beds": 0, "floor_area_m2": 100.5, "fte": 12, "activity": {"days": 365, "outpatient_visits": 9}}
    (establishment,) = make.read(GAS, establishment=identity).establishments
    assert establishment.denominators == {"hospital_day": 365.0, "m2": 100.5, "fte": 12.0}


@pytest.mark.parametrize(
    ("fields", "code", "pointer", "severity"),
    [
        ({"finess_et": "010000025"}, "finess-key", "/establishment/finess_et", "error"),
        ({"finess_ej": "2A0000014"}, "finess-corsica", "/establishment/finess_ej", "warning"),
        ({"siret": "73282932000073"}, "siret-key", "/establishment/siret", "error"),
        ({"department": "20"}, "unknown-department", "/establishment/department", "error"),
        ({"department": "75", "region": "84"}, "department-outside-region", "/establishment/region", "error"),
        ({"commune": "2A004", "department": "2B"}, "commune-outside-department", "/establishment/commune", "error"),
        ({"category": "999"}, "unknown-category", "/establishment/category", "warning"),
        ({"legal_status": "99"}, "unknown-legal-status", "/establishment/legal_status", "warning"),
    ],
)
def test_identity(make: Any, fields: dict[str, str], code: str, pointer: str, severity: str) -> None:
    (problem,) = make.problems(make.document(GAS, establishment=fields))
    assert (problem.code, problem.pointer, problem.severity) == (code, pointer, severity)
    assert next(iter(fields.values())) in problem.message()


@pytest.mark.parametrize(
    "fields",
    [
        {"department": "2A", "region": "94"},
        {"department": "974", "region": "04"},
        {"department": "975"},
        {"department": "2A", "commune": "2A004"},
        {"department": "972", "commune": "97209"},
        {"department": "01", "commune": "01053", "region": "84"},
        {"department": "988"},
        {"category": "101", "legal_status": "01"},
        {"category": "355"},
        {"finess_et": "970400024", "siret": "35600000049837"},
    ],
)
def test_identity_accepted(make: Any, fields: dict[str, str]) -> None:
    assert make.problems(make.document(GAS, establishment=fields)) == []


def test_identifiers_of_sites_are_checked_too(make: Any) -> None:
    (problem,) = make.problems(make.document(GAS, sites=[{"id": "a"}, {"id": "b", "finess_et": "010000025"}]))
    assert (problem.code, problem.pointer) == ("finess-key", "/sites/1/finess_et")


@pytest.mark.parametrize(
    ("line", "code", "pointer", "message", "hint"),
    [
        ({"unit": "kwhh"}, "unknown-unit", "/energy/0/unit", "«kwhh»", "nearest: kwh"),
        ({"basis": "PCX"}, "unknown-basis", "/energy/0/basis", "«PCX»", "nearest: PCS"),
        ({"unit": "kWh PCI PCS"}, "contradictory-basis", "/energy/0/unit", "both", ""),
        (
            {"spend": {"factor": "x", "quantity": 1, "unit": "EURO$"}},
            "unknown-unit",
            "/energy/0/spend/unit",
            "EURO$",
            "nearest",
        ),
        (
            {"acquisition_year": 2025, "amortisation_years": 5},
            "bought-later",
            "/energy/0/acquisition_year",
            "bought in 2025, after the year 2024",
            "",
        ),
        (
            {"acquisition_year": 2020},
            "no-amortisation",
            "/energy/0/acquisition_year",
            "without amortisation",
            '"amortisation_years"',
        ),
    ],
)
def test_problems_of_a_line(make: Any, line: dict[str, Any], code: str, pointer: str, message: str, hint: str) -> None:
    (problem,) = make.problems(make.document({**GAS, **line}))
    assert (problem.code, problem.pointer, problem.line_id) == (code, pointer, "line-1")
    assert message in problem.message()
    assert hint in problem.hint()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ({"system": "UCD13", "value": "3400893213322"}, []),
        ({"system": "UCD13", "value": "3400892567123"}, ["code-key"]),
        ({"system": "CIP7", "value": "3874999"}, ["code-old-key"]),
    ],
)
def test_codes_of_medicines_are_checked_before_binding(make: Any, code: dict[str, str], found: list[str]) -> None:
    problems = make.problems(make.document({"code": code, "quantity": 1, "unit": "item"}, section="medicines"))
    assert codes(problems) == found
    assert {problem.pointer for problem in problems} <= {"/medicines/0/code/value"}


def test_posts_declared_twice_are_refused(make: Any) -> None:
    entry = {"post": "5.4", "justification": "none"}
    test = {"post": "4.1", "significant": True, "criterion": "risk"}
    declaration = {"excluded_posts": [entry, entry], "significance": [test, test, test]}
    problems = make.problems(make.document(GAS, declaration=declaration))
    assert [(problem.code, problem.pointer) for problem in problems] == [
        ("post-declared-twice", "/declaration/significance/1/post"),
        ("post-declared-twice", "/declaration/significance/2/post"),
        ("post-declared-twice", "/declaration/excluded_posts/1/post"),
    ]


def test_every_problem_of_a_document_is_said_at_once_with_line_ids(make: Any) -> None:
    document = make.document(
        {**GAS, "id": "a", "unit": "kwhh"},
        {**GAS, "id": "b", "quantity": "12"},
        {**GAS, "id": "c", "site": "x"},
        establishment={"siret": "73282932000073"},
    )
    text = json.dumps(document).replace('"id": "c"', '"id": "c", "id": "c"')
    found = {(problem.code, problem.line_id) for problem in make.problems(text.encode())}
    assert found == {
        ("duplicate-key", "c"),
        ("number-as-text", "b"),
        ("unknown-unit", "a"),
        ("siret-key", ""),
    }


def test_lines_with_problems_are_left_out_of_what_is_bound_on(make: Any) -> None:
    document = make.document(GAS, {**GAS, "unit": "kwhh"}, {**GAS, "quantity": -3}, POWER)
    inventory, problems = check_inventory(make.write(document))
    assert inventory is not None
    assert inventory.ids == ("line-1", "line-4")
    assert codes(problems) == ["negative-quantity", "unknown-unit"]


@pytest.mark.parametrize("field", ["schema_version", "establishment", "period"])
def test_a_missing_field_of_the_document_is_a_problem_and_no_crash(make: Any, field: str) -> None:
    document = make.document(GAS)
    del document[field]
    problems = make.problems(document)
    assert [(problem.code, problem.parameters["value"]) for problem in problems] == [("missing-field", field)]


@pytest.mark.parametrize("data", [b"[]", b"1", b'"text"', b"null", b"true", b"[{}]"])
def test_what_is_no_object_is_of_the_wrong_type(make: Any, data: bytes) -> None:
    inventory, problems = check_inventory(make.write(data))
    assert inventory is None
    assert [(problem.code, problem.pointer) for problem in problems] == [("wrong-type", "")]


def test_an_empty_object_lists_the_three_missing_fields(make: Any) -> None:
    assert codes(make.problems({})) == [*["missing-field"] * 3, "no-lines"]


def test_more_problems_than_are_listed_do_not_let_the_other_lines_through(make: Any) -> None:
    document = make.document(*({"unit": "kWh", "quantity": 1, "factor": ["x"]} for _ in range(1500)))
    problems = make.problems(document)
    assert "too-many-problems" in codes(problems)
    assert set(codes(problems)) == {"wrong-type", "too-many-problems"}


@pytest.mark.parametrize(
    "declaration",
    [
        [],
        "none",
        {"excluded_posts": {}},
        {"excluded_posts": [1]},
        {"excluded_posts": [{"post": ["5.4"], "justification": "x"}]},
        {"excluded_posts": [{"post": {}, "justification": "x"}]},
        {"significance": [{"post": None}, {"post": None}]},
    ],
)
def test_a_misshapen_declaration_is_a_problem_and_no_crash(make: Any, declaration: Any) -> None:
    problems = make.problems(make.document(GAS, declaration=declaration))
    assert problems
    assert all(problem.pointer.startswith("/declaration") for problem in problems)


def test_files_that_cannot_be_read_do_not_hide_the_problems_of_the_others(make: Any, tmp_path: Any) -> None:
    good = make.write(make.document(GAS))
    bad = make.write(make.document({**GAS, "unit": "kwhh"}, establishment={"name": "Another"}))
    inventory, problems = check_inventory(tmp_path / "missing.json", good, bad)
    assert inventory is not None
    assert [(problem.code, problem.file) for problem in problems] == [
        ("file-missing", str(tmp_path / "missing.json")),
        ("unknown-unit", str(bad)),
    ]


def test_warnings_do_not_refuse_a_document(make: Any) -> None:
    path = make.write(make.document(GAS, establishment={"finess_et": "2A0000014"}))
    assert len(read_inventory(path)) == 1


def test_digest_is_of_the_bytes_of_the_file(make: Any) -> None:
    # sha256 of the same document differs by one space, and only then
    document = make.document(GAS)
    first, second = make.read_all([document]), make.read_all([document])
    spaced = read_inventory(make.write(json.dumps(document, indent=1).encode()))
    digest = first.establishments[0].digest
    assert len(digest) == 64
    assert second.establishments[0].digest == digest != spaced.establishments[0].digest


def test_lines_are_checked_although_the_period_is_wrong(make: Any) -> None:
    lines = ({**GAS, "id": "same"}, {**GAS, "id": "same"}, {**GAS, "id": "odd", "unit": "furlong"})
    problems = make.problems(make.document(*lines, period={"start": "01/01/2024", "end": "2024-12-31"}))
    assert set(codes(problems)) == {"wrong-day", "duplicate-line-id", "unknown-unit"}


def test_periods_of_one_entity_may_not_overlap(make: Any) -> None:
    first = make.document(GAS, period={"start": "2024-01-01", "end": "2024-12-31"})
    second = make.document(GAS, period={"start": "2024-07-01", "end": "2025-06-30"})
    after = make.document(GAS, period={"start": "2025-01-01", "end": "2025-12-31"})
    assert codes(check_inventory(make.write(first), make.write(second))[1]) == ["same-entity-and-period"]
    assert codes(check_inventory(make.write(first), make.write(after))[1]) == []


def test_a_spend_line_counted_physically_already_is_left_out_of_a_partial_result(make: Any) -> None:
    document = make.document({**GAS, "id": "meter", "account": "60612"})
    ledger = {"id": "ledger", "factor": "spend-furniture-2023", "quantity": 1, "unit": "kEUR HT", "account": "60612"}
    document["purchases"] = [ledger]
    inventory, problems = check_inventory(make.write(document))
    assert codes(problems) == ["account-counted-twice"]
    assert inventory is not None
    assert inventory.ids == ("meter",)
    assert [problem.line_id for problem in inventory.set_aside] == ["ledger"]


def test_problems_of_the_document_are_not_lines_set_aside(make: Any) -> None:
    inventory, problems = check_inventory(make.write(make.document(GAS, period={"start": "x", "end": "y"})))
    assert len(problems) == 2
    assert inventory is not None
    assert inventory.set_aside == ()


def test_the_nearest_spelling_is_searched_once_however_many_lines_share_it(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []
    real = difflib.get_close_matches

    def counting(word: str, *others: Any) -> list[str]:
        searched.append(word)
        return real(word, *others)

    monkeypatch.setattr("decarb.units.difflib.get_close_matches", counting)
    line = {"factor": "electricity-fr", "quantity": 1, "unit": "kilowattts", "basis": "hors txe"}
    assert codes(make.problems(make.document(*[line] * 30))) == ["unknown-unit", "unknown-basis"] * 30
    assert sorted(searched) == ["hors txe", "kilowattts"]
