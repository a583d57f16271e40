import pytest

from decarb.medicines.bdpm.values import day, euros, folded, parts, plain_text, share


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,466,29", 1466.29), ("24,34", 24.34), ("12,345,678,90", 12345678.90), ("0,50", 0.5), ("", None), ("abc", None)],
)
def test_the_last_comma_of_a_price_is_the_decimal(text: str, value: float | None) -> None:
    assert euros(text) == value


def test_rates_days_lists_html_and_names() -> None:
    assert (share("65%"), share("65 %"), share("100 %"), share("")) == (0.65, 0.65, 1, None)
    assert (day("16/03/2011"), day("2011-03-16")) == ("2011-03-16", "")
    assert parts(" orale;rectale ; ") == ["orale", "rectale"]
    assert plain_text("<b>Trait&eacute;</b><br>ici") == "Traité ici"
    assert folded("Œstradiol  hémihydraté") == "OESTRADIOL HEMIHYDRATE"
