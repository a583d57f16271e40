"""Codes of medicines: recognised, checked, converted; what a spreadsheet made of them is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import Problem, UsageError
from decarb.inventory.medicine_codes import check_medicine_code, ean_key, fits_old_key
from decarb.medicines.codes import (
    atc_level,
    near_numbers,
    parse_code,
    recognise,
    to_cip7,
    to_cip13,
    to_ucd13,
)
from decarb.resources import data_folder, read_rows

SEVEN = st.text("0123456789", min_size=7, max_size=7)


def refusal(text: str, system: str | None = None) -> Problem:
    with pytest.raises(UsageError) as refused:
        parse_code(text, system)
    return refused.value.problems[0]


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("3400938749984", "CIP13"),
        ("3874998", "CIP7"),
        ("3400893213322", "UCD13"),
        ("9321332", "UCD7"),
        ("69170898", "CIS"),
        ("J01DD13", "ATC"),
        ("J01", "ATC"),
    ],
)
def test_a_code_is_recognised(text: str, system: str) -> None:
    code = parse_code(text)
    assert (code.system, code.value) == (system, text)
    assert parse_code(text, system) == code


@pytest.mark.parametrize(("cip7", "cip13"), [("3874998", "3400938749984"), ("3000147", "3400930001479")])
def test_cip7_and_cip13(cip7: str, cip13: str) -> None:
    # 34009 3874998: 3+0+9+8+4+9 + 3 x (4+0+3+7+9+8) = 33 + 93 = 126, so the key is 4
    # 34009 3000147: 3+0+9+0+0+4 + 3 x (4+0+3+0+1+7) = 16 + 45 = 61, so the key is 9
    assert (to_cip13(cip7), to_cip7(cip13), to_cip13(cip13), to_cip7(cip7)) == (cip13, cip7, cip13, cip7)


def test_ucd13_of_a_ucd7() -> None:
    # published pairs: UCD7 9321332 is 3400893213322
    assert to_ucd13("9321332") == "3400893213322"


@given(SEVEN)
def test_thirteen_digits_give_the_seven_back(digits: str) -> None:
    assert to_cip7(to_cip13(digits)) == digits
    assert to_ucd13(digits)[5:12] == digits
    assert check_medicine_code("CIP13", to_cip13(digits)) == []
    assert check_medicine_code("UCD13", to_ucd13(digits)) == []


@given(SEVEN, st.integers(0, 12), st.integers(1, 9))
def test_any_one_wrong_digit_is_refused(digits: str, place: int, shift: int) -> None:
    code = to_cip13(digits)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert any(problem.severity == "error" for problem in check_medicine_code("CIP13", wrong))


def test_a_wrong_key_says_which_would_fit() -> None:
    problem = refusal("3400938749985")
    assert problem.message() == "3400938749985: the key of the code, its last digit, does not fit"
    assert "3400938749984" in problem.hint()


@pytest.mark.parametrize("text", ["3,40089E+12", "3.40094E+12", "3.4009e12", "3,4E12"])
def test_scientific_notation_has_lost_its_digits(text: str) -> None:
    problem = refusal(text)
    assert problem.message() == f"{text} is a code damaged by a spreadsheet"
    assert "format the column as text" in problem.hint()


@pytest.mark.parametrize("text", ["3400938749984.0", "3400938749984,00"])
def test_a_number_with_decimals_is_read_back(text: str) -> None:
    problem = refusal(text)
    assert "a spreadsheet wrote as a number" in problem.message()
    assert "nearest reading: 3400938749984" in problem.hint()
    assert "as text" in problem.hint()


def test_rounded_digits_are_named() -> None:
    assert "rounded by a spreadsheet" in refusal("3400938700000").message()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("3400938 749984", "a space"),
        ("3400938\u00a0749984", "a no-break space"),
        ("3400938\u202f749984", "a narrow no-break space"),
        ("3400938\u2009749984", "a thin space"),
        ("'3400938749984", "an apostrophe"),
        ("\ufeff3400938749984", "a byte order mark"),
    ],
)
def test_marks_beside_the_digits_are_named(text: str, what: str) -> None:
    problem = refusal(text)
    assert problem.code == "code-with-marks"
    assert what in problem.message()
    assert problem.hint() == "write the digits alone: 3400938749984"


@pytest.mark.parametrize(
    ("text", "system", "digits"),
    [("340093874998", "CIP13", 13), ("387499", "CIP7", 7), ("6917089", "CIS", 8), ("34008932133", "UCD13", 13)],
)
def test_a_lost_digit_says_how_many_were_expected(text: str, system: str, digits: int) -> None:
    problem = refusal(text, system)
    assert problem.message() == f"{text} is not a {system}: {digits} digits are expected"
    assert "is a digit missing?" in problem.hint()


@pytest.mark.parametrize(
    ("text", "system", "nearest"),
    [
        ("3874998", "CIP13", "3400938749984"),
        ("3400938749984", "CIP7", "3874998"),
        ("9321332", "UCD13", "3400893213322"),
    ],
)
def test_the_other_length_is_offered(text: str, system: str, nearest: str) -> None:
    assert f"nearest reading: {nearest}" in refusal(text, system).hint()


def test_a_ucd_given_as_a_cip_is_named() -> None:
    problem = refusal("3400893213322", "CIP13")
    assert "is not a CIP13, which starts with 34009" in problem.message()
    assert problem.hint() == "it is a valid UCD13: a CIP counts boxes, a UCD counts units"
    assert "UCD13" not in refusal("3400893213323", "CIP13").hint()  # of another key: not valid either
    assert "CIP13" in refusal("3400938749984", "UCD13").hint()
    assert refusal("3400738749984", "CIP13").hint() == ""


def test_the_old_key_only_warns_and_newer_numbers_have_none() -> None:
    # 3x2 + 8x3 + 7x4 + 4x5 + 9x6 + 9x7 = 195 = 17 x 11 + 8
    assert fits_old_key("3874998")
    (warning,) = parse_code("3874999").warnings
    assert (warning.code, warning.severity) == ("code-old-key", "warning")
    assert parse_code("3000148").warnings == ()  # 300: given out without a key


@pytest.mark.parametrize("text", ["doliprane", "", "DOLIPRANE 1000", "12,5 mg"])
def test_words_are_no_codes(text: str) -> None:
    assert recognise(text) == ""
    assert refusal(text).code == "code-not-recognised"
    assert "a CIP or UCD of 7 or 13 digits" in refusal(text).hint()


@pytest.mark.parametrize(("code", "level"), [("A", 1), ("A10", 2), ("A10B", 3), ("A10BA", 4), ("A10BA02", 5)])
def test_all_levels_of_atc(code: str, level: int) -> None:
    assert parse_code(code, "ATC").value == code
    assert atc_level(code) == level


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("a10ba02", "A10BA02"), ("A1OBAO2", "A10BA02"), ("A10 BA02", "A10BA02"), ("E10", ""), ("A1", "")],
)
def test_other_forms_of_atc_are_refused_with_the_nearest(text: str, nearest: str) -> None:
    problem = refusal(text, "ATC")
    assert "is not an ATC code" in problem.message()
    assert problem.parameters["nearest"] == nearest


@given(SEVEN)
def test_near_numbers_are_near(digits: str) -> None:
    near = set(near_numbers(digits))
    assert digits not in near
    assert all(
        sorted(one) == sorted(digits) or sum(a != b for a, b in zip(one, digits, strict=True)) == 1 for one in near
    )


def test_every_packaged_presentation_has_a_valid_code() -> None:
    for row in read_rows(data_folder("emission_factors") / "medicines" / "presentations.csv"):
        assert check_medicine_code("CIP7", row["cip7"]) == [], row
        assert ean_key("34009" + row["cip7"]) == to_cip13(row["cip7"])[12]
