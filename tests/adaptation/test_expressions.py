"""The language of rules: Kleene's logic over columns, and nothing of Python beside it."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decarb.adaptation.expressions import FALSE, TRUE, UNKNOWN, months_since, parse_expression
from decarb.adaptation.recorded import begun_months, day_number

TODAY = np.datetime64("2026-11-22")
NAN = float("nan")
FACTS = {
    "a": np.array([1.0, NAN, 0.0, 5.0]),
    "b": np.array([NAN, 5.0, 500.0, 5.0]),
}
F, U, T = int(FALSE), int(UNKNOWN), int(TRUE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 0", [T, U, F, T]),
        ("not a > 0", [F, U, T, F]),
        # unknown and false is false; unknown and true is unknown
        ("a > 0 and b > 100", [U, F, F, F]),
        ("a > 0 or b > 100", [T, U, T, T]),
        ("b in (5, 500)", [U, T, T, T]),
        ("b not in (5, 6)", [U, F, T, F]),
        ("1 <= a < 5", [T, U, F, F]),
        ("a == b", [U, U, F, T]),
        ("a", [T, U, F, T]),
        # a division by zero is unknown, and no infinity that would exceed any threshold
        ("b / a > 1", [U, U, U, F]),
        ("-a + 2 * b - 1 > 3", [U, U, T, T]),
    ],
)
def test_truth(text, expected):
    truth = parse_expression(text)
    assert np.broadcast_to(truth.truth(FACTS, TODAY), 4).tolist() == expected


def test_numbers_and_names():
    share = parse_expression("100 * a / b")
    assert not share.is_logical
    assert share.names == ("a", "b")
    np.testing.assert_allclose(share.number(FACTS, TODAY), [NAN, NAN, 0.0, 100.0])


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "a.real",
        "a[0]",
        "lambda: 1",
        "a if b else 1",
        "'text' == a",
        "(a > 1) + 2",
        "f(a)",
        "months_since(a + 1)",
        "months_since(a, b)",
        "a ** 2",
        "a // 2",
        "a is 1",
        "True",
        "a in (b, 1)",
        "a in b",
        "[a]",
        "(a := 1)",
        "f'{a}'",
        "",
        "a >",
        "a; b",
        "(" * 500 + "a" + ")" * 500,
    ],
)
def test_nothing_else_is_of_the_language(text):
    with pytest.raises(ValueError, match=r".") as refused:
        parse_expression(text)
    assert str(refused.value).startswith(text)


@pytest.mark.parametrize(
    ("day", "today", "months"),
    [
        # twelve months to the day, thirteen begun on the day after, whatever the length of the year
        ("2025-11-22", "2026-11-22", 12),
        ("2025-11-21", "2026-11-22", 13),
        ("2023-11-22", "2024-11-22", 12),
        ("2024-02-29", "2025-02-28", 12),
        ("2024-02-29", "2025-03-01", 13),
        ("2026-11-22", "2026-11-22", 0),
        ("2026-11-21", "2026-11-22", 1),
    ],
)
def test_months_since_a_day(day, today, months):
    since = day_number(day)
    assert since is not None
    assert months_since(np.array([since], float), np.datetime64(today)).tolist() == [months]
    assert begun_months(since, date.fromisoformat(today)) == months


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_both_ways_to_count_months_agree(one, other):
    since, today = sorted((one, other))
    number = day_number(since.isoformat())
    assert number is not None
    assert months_since(np.array([number, NAN]), np.datetime64(today))[0] == begun_months(number, today)


@given(st.sampled_from(["a > 0 and not b > 2", "a + b > 1 or a in (1, 2)", "a / b > 1"]), st.data())
def test_a_fact_that_becomes_known_never_turns_an_answer_round(text, data):
    rule = parse_expression(text)
    numbers = st.sampled_from([NAN, -1.0, 0.0, 1.0, 2.0, 3.0])
    before = {name: np.array([data.draw(numbers)]) for name in ("a", "b")}
    after = {
        name: value if not np.isnan(value[0]) else np.array([data.draw(numbers)]) for name, value in before.items()
    }
    first, second = rule.truth(before, TODAY)[0], rule.truth(after, TODAY)[0]
    assert first in (U, second)
