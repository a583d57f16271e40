"""Charts: what is drawn is as large as what it stands for, and no text runs out of its room."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decarb.report.html.charts import NARROW, WIDE, Bar, Curve, Range, Tile, bars, drawn, ranges, sankey, treemap, years
from decarb.report.html.charts.canvas import shortened


def values(specification: Any, kind: str) -> list[dict[str, Any]]:
    """Marks of a kind, their values as numbers."""
    marks = [mark for mark in specification["marks"] if mark["type"] == kind]
    return [{name: of["value"] for name, of in mark["encode"]["enter"].items()} for mark in marks]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["energy", "food", "waste"]), st.sampled_from(["1.1", "2.1", "4.1"])),
        st.floats(1, 1e9),
        min_size=1,
    ),
    st.sampled_from([WIDE, NARROW]),
)
@settings(max_examples=50)
def test_nodes_are_as_high_as_what_flows_through_them(flows: dict[tuple[str, str], float], width: int) -> None:
    sources = [(key, key, "1 t") for key in sorted({source for source, _ in flows})]
    targets = [(key, "post", "1 t") for key in sorted({target for _, target in flows})]
    found = sankey(flows, sources, targets, width)
    heights = [node["height"] for node in values(found, "rect")]
    total, drawn_total = sum(flows.values()), 430
    amounts = [sum(v for (source, _), v in flows.items() if source == key) for key, *_ in sources]
    amounts += [sum(v for (_, target), v in flows.items() if target == key) for key, *_ in targets]
    # two pixels at the least, so that what is small is seen
    assert heights == pytest.approx([max(2.0, amount / total * drawn_total) for amount in amounts])
    assert len(values(found, "path")) == len(flows)
    for mark in (*values(found, "rect"), *values(found, "text")):
        assert 0 <= mark["x"] <= width
        assert 0 <= mark["y"] <= found["height"] + 6


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.sampled_from([WIDE, NARROW]))
@settings(max_examples=50)
def test_bars_share_one_scale_and_stay_inside(amounts: list[float], width: int) -> None:
    found = bars([Bar("a name", amount, "1 t") for amount in amounts], width)
    drawn_bars = values(found, "rect")
    largest = max(abs(amount) for amount in amounts)
    reference = next(bar["width"] for bar, amount in zip(drawn_bars, amounts, strict=True) if abs(amount) == largest)
    for bar, amount in zip(drawn_bars, amounts, strict=True):
        assert bar["width"] == pytest.approx(max(1.0, reference * abs(amount) / largest if largest else 1.0), abs=1e-6)
        assert 0 <= bar["x"] <= bar["x"] + bar["width"] <= width + 1


def test_whiskers_go_from_bound_to_bound() -> None:
    found = bars([Bar("a", 10.0, "10 t", 5.0, 20.0)], WIDE)
    (bar,), whisker = values(found, "rect"), values(found, "rule")[0]
    # the bar is 10 of a scale of 20: its end is in the middle, the whisker from a quarter to the end
    assert whisker["x"] == pytest.approx(bar["x"] + bar["width"] / 2)
    assert whisker["x2"] == pytest.approx(bar["x"] + bar["width"] * 2)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_ranges_and_years_are_drawn_within_the_page(width: int) -> None:
    found = ranges([Range("heat", 0.0, 1.0, 0.5, "0 – 100 %")], width)
    bar = values(found, "rect")[0]
    (diamond,) = values(found, "path")
    assert float(diamond["path"][1:].split(",")[0]) == pytest.approx(bar["x"] + bar["width"] / 2, abs=0.1)
    found = years([Curve("reported", [(2022, 10.0, "10"), (2023, 5.0, "5")])], width)
    assert all(0 <= mark["x"] <= width for mark in values(found, "text"))


def test_a_chart_is_text_that_a_reader_hears() -> None:
    tiles = [Tile("energy", "<gas> & co", "9 t", 9.0), Tile("food", "beef", "1 t", 1.0)]
    names = {"energy": "Energy", "food": "Food"}
    chart = drawn("x", "Lines <all>", "The largest: & more", lambda width: treemap(tiles, names, width))
    for drawing, kind in ((chart.wide, "wide"), (chart.narrow, "narrow")):
        assert (
            f'<title id="x-{kind}-t">Lines &lt;all&gt;</title><desc id="x-{kind}-d">The largest: &amp; more</desc>'
            in drawing
        )
        assert "&lt;gas&gt; &amp; co" in drawing
        assert not re.search(r'style="|font-family|<script|<image|href', drawing)
        # the area of a tile is what it stands for, less the air around it
        areas = [
            float(w) * float(h) for w, h in re.findall(r'd="M[\d.,-]+h([\d.]+)v([\d.]+)h-[\d.]+Z" fill="#', drawing)
        ]
        assert len(areas) == 2
        assert max(areas) / sum(areas) == pytest.approx(0.9, abs=0.06)


@given(st.text(max_size=60), st.floats(10, 400))
def test_shortened_text_fits_and_begins_as_it_did(text: str, width: float) -> None:
    found = shortened(text, width)
    assert len(found) <= max(1, width / (13 * 0.585))
    assert found == text or text.startswith(found[:-1])
