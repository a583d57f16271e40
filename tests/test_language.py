from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import Problem
from decarb.language import LANGUAGES, default_language, format_number, format_significant, mark, translate

NARROW_SPACE = "\u202f"


@pytest.mark.parametrize(
    ("value", "decimals", "english"),
    [
        (1.085, 2, "1.09"),  # the double is 1.08499999999999996447: rounding it, not its text, gives 1.08
        (2.675, 2, "2.68"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),  # half up, not half to even
        (-2.5, 0, "-3"),
        (-0.4, 0, "0"),
        (-0.0, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (999.5, 0, "1,000"),
        (1234567.891, 1, "1,234,567.9"),
        (1e15, 0, "1,000,000,000,000,000"),
        (1e-20, 3, "0.000"),
    ],
)
def test_format_number(value, decimals, english):
    assert format_number(value, "en", decimals) == english
    french = english.replace(",", NARROW_SPACE).replace(".", ",")
    assert format_number(value, "fr", decimals) == french


@given(st.floats(-1e15, 1e15), st.integers(0, 6))
def test_format_number_is_the_nearest(value, decimals):
    text = format_number(value, "en", decimals).replace(",", "")
    shown, shortest = Fraction(text), Fraction(Decimal(repr(value)))
    assert abs(shown - shortest) <= Fraction(1, 2 * 10**decimals)
    assert len(text.partition(".")[2]) == decimals
    assert not (shown == 0 and text.startswith("-"))


@given(st.floats(-1e15, 1e15), st.integers(0, 6))
def test_french_and_english_are_the_same_number(value, decimals):
    french = format_number(value, "fr", decimals)
    english = format_number(value, "en", decimals)
    assert french.replace(NARROW_SPACE, "").replace(",", ".") == english.replace(",", "")


@pytest.mark.parametrize(
    ("value", "english"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.0382, "0.0382"),
        (1e6, "1,000,000"),
        (1234567.0, "1,234,567"),
        (0.1 + 0.2, "0.3"),
        (123456.789, "123,457"),
        (2.0, "2"),
        (1000.5, "1,000.5"),
        (0.00001480, "0.0000148"),
        (-214.0, "-214"),
    ],
)
def test_format_significant(value, english):
    assert format_significant(value, "en") == english
    assert format_significant(value, "fr") == english.replace(",", NARROW_SPACE).replace(".", ",")


@given(st.floats(1e-9, 1e9), st.integers(1, 6))
def test_format_significant_keeps_its_digits(value, digits):
    shown = float(format_significant(value, "en", digits).replace(",", ""))
    assert abs(shown / value - 1) <= 0.5 * 10.0 ** (1 - digits) * (1 + 1e-9)


@pytest.mark.parametrize("value", [1e28, 1e40, 1.7976931348623157e308])
def test_a_number_of_any_size_is_written(value):
    # a quantity mistyped as 1e40 reaches the user inside the message that refuses it
    assert float(format_number(value, "en").replace(",", "")) == value
    assert float(format_significant(value, "en").replace(",", "")) == value
    message = Problem("too-large", {"value": value, "limit": 1e15}).message()
    assert message.endswith("is above the limit 1,000,000,000,000,000")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "fr"),
        ({"LANG": ""}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "EN"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "en_US.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": ""}, "en"),
    ],
)
def test_default_language(environment, language):
    assert default_language(environment) == language
    assert language in LANGUAGES


def test_english_is_the_text_itself():
    text = "the unit «{value}» is not known"
    assert mark(text) is text
    assert translate(text, "en") == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_translates_to_nothing(language):
    # gettext would answer an empty text with the header of its catalogue
    assert translate("", language) == ""
