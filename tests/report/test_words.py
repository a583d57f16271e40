"""Numbers of a text: what is not nothing or certain is not shown as if it were."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.errors import Bilingual
from decarb.language import mark
from decarb.report.words import Words

ENGLISH, FRENCH = Words("en"), Words("fr")


@pytest.mark.parametrize(
    ("share", "decimals", "english", "french"),
    [
        (0.0, 0, "0 %", "0 %"),
        (1e-9, 0, "<1 %", "<1 %"),
        (0.004, 0, "<1 %", "<1 %"),
        (0.005, 0, "1 %", "1 %"),
        (-0.001, 0, "<1 %", "<1 %"),
        (0.5, 1, "50.0 %", "50,0 %"),
        (0.0004, 1, "<0.1 %", "<0,1 %"),
        (0.996, 0, ">99 %", ">99 %"),
        (0.9999, 1, ">99.9 %", ">99,9 %"),
        (1.0, 0, "100 %", "100 %"),
        (math.fsum([0.1] * 10) - 2**-53, 0, "100 %", "100 %"),  # a whole, but for the last digit of its sum
        (1.004, 0, "100 %", "100 %"),  # of a total with credits
    ],
)
def test_percentages_have_one_rule(share: float, decimals: int, english: str, french: str) -> None:
    assert ENGLISH.percent(share, decimals) == english
    assert FRENCH.percent(share, decimals) == french


@given(st.floats(1e-6, 1 - 1e-6), st.integers(0, 3))
def test_a_share_is_never_shown_as_nothing_or_as_all(share: float, decimals: int) -> None:
    assert float(ENGLISH.percent(share, decimals).strip("<> %")) not in (0, 100)


def test_amounts_and_their_bounds() -> None:
    assert ENGLISH.bounds_in_kilograms(0.012345, 12345.6) == "[0.0123 ; 12,346]"
    assert Words("fr", 0).bounds_in_tonnes(1499.0, 1_500_000.0) == "[1 ; 1\u202f500]"
    assert FRENCH.tonnes(1500.0) == "1,5"
    assert ENGLISH.tonnes(0.1) == "≈0"


def test_a_number_of_uses_is_rounded_up() -> None:
    assert [ENGLISH.whole(value) for value in (1.0, 1.2, 1234.0, math.inf)] == ["1", "2", "1,234", "∞"]


def test_words_of_the_catalogue_and_of_data() -> None:
    assert FRENCH.say(mark("95 % interval")) != ENGLISH.say(mark("95 % interval")) == "95 % interval"
    assert FRENCH.of(Bilingual("water", "eau")) == "eau"
    assert ENGLISH.of(Bilingual("water", "eau")) == "water"
    assert FRENCH.labelled(mark("Total"), "3") == "Total\u00a0: 3"
