"""Keys of identifiers, against published numbers and by what a key must do: catch one wrong digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.inventory.identifiers import check_code, check_finess, check_siret, luhn
from decarb.inventory.medicine_codes import ean_key

# published FINESS numbers: mainland, Guadeloupe, Martinique, Guyane, Réunion, Mayotte
PUBLISHED_FINESS = [
    "010000024",
    "010780054",
    "010002301",
    "590799730",
    "750100125",
    "750712184",
    "830200523",
    "970102018",
    "970113015",
    "970210126",
    "970300026",
    "970400024",
    "970463600",
    "980501506",
    "980600019",
]


@pytest.mark.parametrize("number", PUBLISHED_FINESS)
def test_published_finess_numbers_are_accepted(number: str) -> None:
    assert check_finess(number, "/establishment/finess_et") == []


@given(st.sampled_from(PUBLISHED_FINESS), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_of_a_finess_number_is_caught(number: str, place: int, shift: int) -> None:
    # Luhn catches every single-digit error; the second character stays a digit here
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    (problem,) = check_finess(wrong, "/establishment/finess_et")
    assert (problem.code, problem.severity) == ("finess-key", "error")
    assert problem.pointer == "/establishment/finess_et"
    assert f"{wrong} is not a FINESS number" in problem.message()
    assert "FINESS register" in problem.hint()


def test_corsican_finess_only_warns() -> None:
    # 2A0000014: with 0 for the letter, 200000014; from the right 4 1 0 0 0 0 0 0 2, even places doubled:
    # 4 + 2 + 2 = 8, not a multiple of ten; with the key 6 it is 10
    (problem,) = check_finess("2A0000014", "/sites/0/finess_et")
    assert (problem.code, problem.severity) == ("finess-corsica", "warning")
    assert "Corsican" in problem.message()
    assert check_finess("2A0000016", "") == []
    assert check_finess("2B0000016", "") == []


@pytest.mark.parametrize(
    ("siret", "valid"),
    [
        # from the right, even places doubled: 4+5+0+0+0+0+2+6+9+4+8+4+3+5 = 50
        ("73282932000074", True),
        ("73282932000073", False),
        # La Poste (SIREN 356000000): headquarters keep the Luhn key; a post office's digits add up to a
        # multiple of five: 3+5+6+4+9+8+3+7 = 45, while its Luhn sum is 48
        ("35600000000048", True),
        ("35600000049837", True),
        ("35600000049838", False),
    ],
)
def test_siret(siret: str, valid: bool) -> None:
    problems = check_siret(siret, "/establishment/siret")
    assert [problem.code for problem in problems] == ([] if valid else ["siret-key"])


def test_rule_of_la_poste_is_for_la_poste_only() -> None:
    # digits add up to 45 here too, with the Luhn sum 48 as above, but the SIREN is another
    number = "65300000049837"
    assert sum(map(int, number)) % 5 == 0
    assert [problem.code for problem in check_siret(number, "")] == ["siret-key"]


@pytest.mark.parametrize("code", ["3400893213322", "3400893213261", "3400892571720", "3400892592190"])
def test_published_ucd13_codes_are_accepted(code: str) -> None:
    assert check_code("UCD13", code, "/medicines/0/code/value") == []


def test_a_wrong_ucd13_key_is_refused() -> None:
    # 3 4 0 0 8 9 2 5 6 7 1 2: 3+0+8+2+6+1 + 3 x (4+0+9+5+7+2) = 20 + 81 = 101, so the key is 9, not 3
    (problem,) = check_code("UCD13", "3400892567123", "/medicines/0/code/value")
    assert (problem.code, problem.severity) == ("code-key", "error")
    assert "last digit" in problem.message()
    assert check_code("UCD13", "3400892567129", "") == []


def test_cip13_is_34009_and_cip7_and_a_key() -> None:
    # 3 4 0 0 9 3 8 7 4 9 9 8: 3+0+9+8+4+9 + 3 x (4+0+3+7+9+8) = 33 + 93 = 126, so the key is 4
    assert check_code("CIP13", "34009" + "3874998" + "4", "") == []
    # key of the CIP7: 3x2 + 8x3 + 7x4 + 4x5 + 9x6 + 9x7 = 195 = 17 x 11 + 8
    assert check_code("CIP7", "3874998", "") == []


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_ean_key_catches_one_wrong_digit(body: str, place: int, shift: int) -> None:
    wrong = body[:place] + str((int(body[place]) + shift) % 10) + body[place + 1 :]
    assert ean_key(wrong) != ean_key(body)


@given(st.text("0123456789", min_size=1, max_size=13))
def test_luhn_key_is_unique(body: str) -> None:
    assert sum(luhn(body + key) for key in "0123456789") == 1


@pytest.mark.parametrize("value", ["3,40089E+12", "3.40089E+12", "3.4e+12"])
def test_spreadsheet_damage_is_named(value: str) -> None:
    (problem,) = check_code("UCD13", value, "")
    assert problem.code == "code-damaged-by-spreadsheet"
    assert "spreadsheet" in problem.message()
    assert "as text" in problem.hint()


@pytest.mark.parametrize(
    ("system", "value", "digits"),
    [("CIP13", "340093874998", 13), ("CIP7", "387499", 7), ("CIS", "6003456", 8), ("UCD7", " 9213322", 7)],
)
def test_lost_zeros_are_refused_with_the_expected_length(system: str, value: str, digits: int) -> None:
    (problem,) = check_code(system, value, "")
    assert (problem.code, problem.severity) == ("code-form", "error")
    assert f"is not a {system}: {digits} digits" in problem.message()
    assert "leading zeros" in problem.hint()


@pytest.mark.parametrize("value", ["²400893213322", "٣400893213322"])
def test_digits_of_other_scripts_are_no_digits(value: str) -> None:
    assert [problem.code for problem in check_code("CIP13", value, "")] == ["code-form"]


def test_prefixes_tell_cip_from_ucd() -> None:
    (problem,) = check_code("CIP13", "3400893213322", "")
    assert problem.code == "code-prefix"
    assert "starts with 34009" in problem.message()
    assert [p.code for p in check_code("UCD13", "3400938749984", "")] == ["code-prefix"]


def test_the_old_seven_digit_key_only_warns() -> None:
    (problem,) = check_code("CIP7", "3874999", "")
    assert (problem.code, problem.severity) == ("code-old-key", "warning")


@pytest.mark.parametrize("system", ["CAS", "base-carbone"])
def test_other_systems_have_no_key_here(system: str) -> None:
    assert check_code(system, "57041-67-5", "") == []
