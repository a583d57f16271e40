"""Case, accents and ligatures left out of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.folding import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Électricité", "electricite"),
        ("CŒUR, Œufs et Æther", "coeur, oeufs et aether"),
        ("Ǽ", "ae"),  # an accent on a ligature
        ("Straße", "strasse"),
        ("m², µg", "m2, μg"),
        ("Marque™", "marquetm"),  # spelt out before its case is left out
        ("e\u0301te\u0301", "ete"),  # accents apart, as some systems write them
    ],
)
def test_case_accents_and_ligatures_are_left_out(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(codec="latin-1"), max_size=30))
def test_case_does_not_matter(text: str) -> None:
    assert fold(text.upper()) == fold(text) == fold(text.lower())
