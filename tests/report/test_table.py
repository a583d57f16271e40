"""The table a director reads: rounding, what is said beside the total, what is not shown as zero."""

import re
from pathlib import Path
from typing import Any

import pytest

from decarb.factors import load_factors
from decarb.footprint import compute_footprint
from decarb.report.table import footprint_text
from decarb.reporting import VIEWS, view


def table(footprint: Any, name: str = "beges") -> str:
    return footprint_text(footprint, name, "en")


def row(text: str, code: str) -> list[str]:
    """Cells of the row of a post, and of the totals."""
    (line,) = [line for line in text.splitlines() if line.split("  ")[0].strip() == code or line.startswith(code + " ")]
    return re.split(r"\s{2,}", line.strip())


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Factors of round numbers: one kilogram is one kilogram."""
    path = tmp_path_factory.mktemp("own") / "own.csv"
    path.write_text(
        "id,name,unit,value,activity,source\none,One,kg,1,other,S\nfood-one,Food,kg,1,food,S\n", encoding="utf-8"
    )
    return load_factors(path)


@pytest.mark.parametrize(
    ("kilograms", "shown"),
    [
        (1_000, "1.0"),
        (1_049, "1.0"),
        # halves go up, on the decimal form: 1.05 as a binary fraction lies below 1.05
        (1_050, "1.1"),
        (1_150, "1.2"),
        (2_250, "2.3"),
        (1_249.999, "1.2"),
        (1_234_567, "1,234.6"),
        # ten thousand tonnes and more: no decimal
        (9_999_949, "9,999.9"),
        (10_000_500, "10,001"),
        (123_456_499, "123,456"),
        (50, "0.1"),
        # never zero for what is not
        (49, "≈0"),
        (0.001, "≈0"),
        (0, "0.0"),
    ],
)
def test_tonnes_are_rounded_half_up_and_never_to_zero(make: Any, own: Any, kilograms: float, shown: str) -> None:
    text = table(make.compute(make.line("one", kilograms, "kg"), library=own))
    assert shown in row(text, "6.1")
    (total,) = [line.split() for line in text.splitlines() if line.split()[:1] == ["TOTAL"]]
    assert shown in total


def test_small_credits_are_not_zero_either(make: Any, own: Any) -> None:
    text = table(make.compute(make.line("one", -49, "kg", credit=True), library=own))
    assert "0.0" not in row(text, "6.1")[2:4]


def test_posts_without_lines_are_listed_as_unknown_and_not_in_the_table(make: Any) -> None:
    text = table(make.compute(make.line("electricity-fr-2024", 1, "GWh")))
    shown = {line.split()[0] for line in text.splitlines() if re.match(r"\d\.\d\s", line)}
    assert shown == {"2.1", "4.1"}
    (unknown,) = [line for line in text.splitlines() if "unknown, not zero" in line]
    listed = set(re.findall(r"\b\d\.\d\b", unknown))
    assert listed == {r.code for r in view("beges").rows} - shown


def test_an_excluded_post_shows_its_justification(make: Any) -> None:
    excluded = [{"post": "5.4", "justification": "The hospital owns no shares."}]
    text = table(make.compute(make.line("nf3", 1, "kg"), declaration={"excluded_posts": excluded}))
    assert "5.4 excluded: The hospital owns no shares." in text
    assert "5.4" not in next(line for line in text.splitlines() if "unknown, not zero" in line)


def test_a_result_of_nothing_is_a_table_all_the_same(make: Any) -> None:
    for name in VIEWS:
        text = table(make.compute(make.line("isoflurane", 1, "L"), partial=True, section="water"), name)
        assert "Lines: 0 computed of 1" in text
        assert "energy, purchases" in text


def test_the_total_line_is_the_sum_and_the_shares_are_of_it(make: Any, own: Any) -> None:
    text = table(make.compute(make.line("one", 3_000, "kg"), make.line("food-one", 1_000, "kg"), library=own))
    assert "75 %" in row(text, "6.1")[4]
    assert "25 %" in row(text, "4.1")[4]
    total = next(line for line in text.splitlines() if "TOTAL" in line)
    assert "4.0" in total


def test_a_partial_result_says_partial_in_its_title_and_lists_the_refusals_with_their_stake(make: Any) -> None:
    spend = {"factor": "spend-pharmaceutical-products-2023", "quantity": 1e6, "unit": "EUR HT"}
    footprint = make.compute(
        make.line("electricity-fr-2024", 1, "GWh"),
        make.line("isoflurane", 1, "L"),
        make.line("isoflurane", 2, "L", spend=spend),
        partial=True,
    )
    text = table(footprint)
    assert "PARTIAL: refused lines are left out" in text.splitlines()[0]
    assert "Lines: 1 computed of 3" in text
    assert "no density is known" in text
    assert "at stake: not estimable" in text
    # 1 MEUR x 0.194 kg = 194 t
    assert "at stake: about 194.0 t, from the spend" in text
    assert "PARTIAL" not in table(make.compute(make.line("electricity-fr-2024", 1, "GWh")))


def test_memo_amounts_stand_beside_the_total(make: Any) -> None:
    footprint = make.compute(
        make.line("isoflurane", 10, "kg"),
        make.line("wood-pellets-kwh-pci", 1, "GWh PCI"),
        make.line("waste-residual-household-average-avoided", 10, "t"),
        make.line("electricity-fr-2024", 1, "GWh", market_based_kgco2e_per_kwh=0.01),
        make.line("spend-pharmaceutical-products", 1, "EUR HT", retroceded=True),
    )
    text = table(footprint)
    assert "gases outside the Kyoto list: 5.4 t" in text  # 10 x 539 kg
    assert "avoided emissions, never netted: -2.1 t" in text  # 10 x -214 kg
    # scopes are the GHG Protocol's
    assert "market-based" not in text
    assert "market-based: 10.0 t" in table(footprint, "ghg-protocol")
    assert "retroceded medicines: 1 (purchases in 4.1" in text
    assert "403.1" in row(text, "1.1")  # 0.4031 kg of biogenic CO2 per kWh
    assert "63.2" in next(line for line in text.splitlines() if "TOTAL" in line)  # 11.3 + 51.9


def test_the_significance_test_is_shown_with_the_posts_of_beges(make: Any) -> None:
    significance = [
        {"post": post, "significant": post != "5.4", "criterion": "magnitude"} for post in ("4.2", "4.1", "5.4")
    ]
    footprint = make.compute(make.line("nf3", 1, "kg"), declaration={"significance": significance})
    assert "Declared significant: 4.1, 4.2." in table(footprint)
    assert "Declared not significant: 5.4." in table(footprint)
    assert "Declared" not in table(footprint, "iso")


def test_no_memo_is_said_where_there_is_none(make: Any) -> None:
    assert "Beside the total" not in table(make.compute(make.line("electricity-fr-2024", 1, "GWh")))


def test_the_difference_of_the_ghg_protocol_is_said_in_every_view(make: Any) -> None:
    line = make.line("building-health-concrete-m2", 1000, "m2", acquisition_year=2024, amortisation_years=40)
    footprint = make.compute(line)
    for name in VIEWS:
        # 440 t whole, 11 t a year
        assert "its total is +429.0 t from BEGES" in table(footprint, name)
    old = make.compute({**line, "acquisition_year": 2020})
    assert "its total is -11.0 t from BEGES" in table(old)


def test_warnings_are_one_per_kind_with_the_count_of_lines(make: Any) -> None:
    travel = make.line("car-average-km", 1, "passenger.km", activity="business_travel")
    footprint = make.compute(
        *({**travel, "occupancy": 1 + number} for number in range(5)),
        {**travel, "occupancy": 1},
        make.line("electricity-fr-2019", 1, "kWh"),
        make.line("electricity-fr-2020", 1, "kWh"),
        make.line("electricity-fr-2021", 1, "kWh"),
    )
    text = table(footprint)
    assert text.count("taken as a vehicle that the establishment runs") == 1
    assert "(and 5 more lines)" in text
    # three factors, one kind: the first is shown
    assert text.count("valid until") == 1
    assert "valid until 2019-12-31, before the year 2024 (and 2 more lines)" in text
    assert "decarb validate lists every warning" in text
    alone = table(make.compute(make.line("electricity-fr-2019", 1, "kWh")))
    assert "lists every warning" not in alone


def test_a_narrow_terminal_loses_the_gases_and_nothing_else(make: Any) -> None:
    footprint = make.compute(make.line("natural-gas-fr-2022-kwh-pci", 1, "GWh PCI"))
    wide, narrow = footprint_text(footprint, "beges", "en", 200), footprint_text(footprint, "beges", "en", 100)
    assert wide == table(footprint)
    assert "CH4" in wide
    assert "CH4" not in narrow
    assert "--format csv" in narrow
    assert row(narrow, "1.1")[2] == "201.0"


def test_the_heading_names_the_options_and_the_library(make: Any, library: Any) -> None:
    footprint = make.compute(make.line("nitrous-oxide", 1, "kg"), gwp="AR5", method={"contrails": "excluded"})
    first, second, *_ = table(footprint).splitlines()
    assert first.startswith("Hospital — 2024-01-01 … 2024-12-31 — BEGES-R v5")
    assert "GWP AR5" in second
    assert "contrails excluded" in second
    assert f"decarb {library.layers[0].version} {library.layers[0].digest[:8]}" in second


def test_what_a_large_library_replaces_is_counted_where_no_line_uses_it(make: Any, tmp_path: Path) -> None:
    rows = "".join(f"{name},Mine,kWh,0.1,electricity,S\n" for name in ("electricity-fr-2024", "electricity-fr-2023"))
    path = tmp_path / "mine.csv"
    path.write_text("id,name,unit,value,activity,source\n" + rows, encoding="utf-8")
    text = table(make.compute(make.line("electricity-fr-2024", 10, "MWh"), library=load_factors(path)))
    assert "Factors replaced by a later library: electricity-fr-2024." in text
    assert "Replaced too, and used by no line: 1 (the JSON result lists them)." in text


def test_a_shadowed_factor_is_named(make: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "id,name,unit,value,activity,source\nelectricity-fr-2024,Mine,kWh,0.1,electricity,S\n", encoding="utf-8"
    )
    text = table(make.compute(make.line("electricity-fr-2024", 10, "MWh"), library=load_factors(path)))
    assert "replaced by a later library: electricity-fr-2024" in text
    assert "1.0" in row(text, "2.1")


def test_columns_are_aligned_whatever_the_names(make: Any) -> None:
    footprint = make.compute(
        make.line("electricity-fr-2024", 123, "GWh"),
        make.line("natural-gas-fr-2022-kwh-pci", 1, "MWh PCI"),
        establishment={"name": "病院 e\u0301tablissement"},
    )
    lines = table(footprint).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("─"))
    body = [line for line in lines[start + 1 : start + 8] if re.match(r"(\d\.\d|\s+TOTAL)", line)]
    assert len(body) >= 3
    # right edge of the total column: the same on every row
    header = lines[start - 1]
    edge = header.index("Total") + len("Total")
    for line in body:
        assert re.search(r"\d$", line[:edge]), line
        assert line[edge : edge + 2] in ("  ", ""), line


@pytest.mark.parametrize("name", VIEWS)
def test_no_line_is_wider_than_the_rule(make: Any, name: str) -> None:
    text = table(make.compute(make.line("electricity-fr-2024", 1, "GWh")), name)
    rules = {len(line) for line in text.splitlines() if line.startswith("─")}
    assert len(rules) == 1


def test_several_establishments_are_counted_in_the_title(make: Any) -> None:
    line = make.line("electricity-fr-2024", 1, "GWh")
    footprint = compute_footprint(
        make.read_all(make.document(line, establishment={"name": name}) for name in "AB"), make.library
    )
    assert table(footprint).startswith("2 establishments")
    assert "103.8" in next(line for line in table(footprint).splitlines() if "TOTAL" in line)


def test_what_people_typed_cannot_break_lines_or_move_the_cursor(make: Any) -> None:
    # ESC [ 2 J clears a terminal, and so does its one-byte form CSI (U+009B); a line feed forges a row
    typed = "A\x1b[2J\nTOTAL  0.0"
    text = table(
        make.compute(
            make.line("isoflurane", 1, "L", id="A\x9b2J"),
            partial=True,
            establishment={"name": "A\x9b2J"},
            declaration={"excluded_posts": [{"post": "5.4", "justification": typed}]},
        )
    )
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "\nTOTAL  0.0" not in text


def test_french_names_of_posts(make: Any) -> None:
    text = footprint_text(make.compute(make.line("electricity-fr-2024", 1, "GWh")), "beges", "fr")
    assert "Achats de biens" in text
    assert "16,9" in text


def test_a_gap_that_is_none_is_not_spoken_of(make: Any) -> None:
    # 1 kWh of gas: 0.2392 from its parts, 0.239 published; a released gas publishes nothing else
    assert "Sources publish ≈0 t less" in table(make.compute(make.line("natural-gas-fr-2022-kwh-pci", 1, "kWh PCI")))
    assert "Sources publish" not in table(make.compute(make.line("desflurane", 1, "kg")))
