"""Bars with their intervals, and bars of two shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decarb.report.html.charts.canvas import ACCENT, ACCENT_TINT, GRID, INK, MUTED, NARROW, shortened, specified

_ROW = 30
_NARROW_ROW = 46
_LABEL = 370
_VALUE = 150
_AIR = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its value in the unit of the chart, the words at its end, and its bounds where it has any."""

    name: str
    value: float
    shown: str
    low: float | None = None
    high: float | None = None


def bars(items: Sequence[Bar], width: int) -> Mapping[str, Any]:
    """Horizontal bars from zero, a whisker over each that has bounds; names stand above on a narrow page."""
    narrow = width == NARROW
    row, left, right = _layout(narrow)
    reach = [bound for item in items for bound in (item.value, item.low or 0.0, item.high or 0.0)]
    low, high = min(0.0, *reach), max(*reach, 0.0)
    span = (high - low) or 1.0

    def across(value: float) -> float:
        return left + (value - low) / span * (width - left - right)

    rows = [_bar(item, number * row, row, narrow, width, across) for number, item in enumerate(items)]
    height = len(items) * row + _AIR
    zero = {
        "type": "rule",
        "encode": {
            "enter": {
                "x": {"value": across(0.0)},
                "y": {"value": 0},
                "y2": {"value": height},
                "stroke": {"value": MUTED},
            }
        },
    }
    return specified(width, height, [mark for each in rows for mark in each] + ([] if narrow else [zero]))


def _layout(narrow: bool) -> tuple[int, int, int]:
    return (_NARROW_ROW, 2, _AIR) if narrow else (_ROW, _LABEL, _VALUE)


def _bar(item: Bar, top: float, row: int, narrow: bool, width: int, across: Any) -> list[dict[str, Any]]:
    thick = 14
    middle = top + (row - thick / 2 - 6 if narrow else row / 2 + 3)
    start, end = sorted((across(0.0), across(item.value)))
    marks = [
        rectangle(start, middle - thick / 2, max(end - start, 1.0), thick, ACCENT_TINT, ACCENT),
    ]
    if item.low is not None and item.high is not None and item.high > item.low:
        low, high = across(item.low), across(item.high)
        marks += [line(low, middle, high, middle, INK, 1.5)]
        marks += [line(bound, middle - 5, bound, middle + 5, INK, 1.5) for bound in (low, high)]
    if narrow:
        marks.append(text(2, top + 12, shortened(item.name, width - 110)))
        marks.append(text(width - 2, top + 12, item.shown, align="right", weight=600))
    else:
        marks.append(text(_LABEL - 10, middle, shortened(item.name, _LABEL - 10), align="right"))
        marks.append(text(width - 2, middle, item.shown, align="right", weight=600))
    return marks


def shares(items: Sequence[tuple[str, float, str]], width: int) -> Mapping[str, Any]:
    """Bars of one length of which a share is filled; the rest is an outline, so that no colour is needed to tell."""
    narrow = width == NARROW
    row, left, right = _layout(narrow)
    whole = width - left - right
    marks = []
    for number, (name, share, shown) in enumerate(items):
        top = number * row
        middle = top + (row - 13 if narrow else row / 2 + 3)
        marks.append(rectangle(left, middle - 7, whole, 14, "#ffffff", MUTED))
        if share > 0:
            marks.append(rectangle(left, middle - 7, max(1.0, whole * min(share, 1.0)), 14, ACCENT, ACCENT))
        if narrow:
            marks.append(text(2, top + 12, shortened(name, width - 110)))
            marks.append(text(width - 2, top + 12, shown, align="right", weight=600))
        else:
            marks.append(text(left - 10, middle, shortened(name, left - 10), align="right"))
            marks.append(text(width - 2, middle, shown, align="right", weight=600))
    return specified(width, len(items) * row + _AIR, marks)


def rectangle(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> dict[str, Any]:
    """A filled rectangle [px]."""
    place = {"x": x, "y": y, "width": width, "height": height}
    return {"type": "rect", "encode": {"enter": _values(place | {"fill": fill, "stroke": stroke, "strokeWidth": 1})}}


def line(x: float, y: float, x2: float, y2: float, stroke: str = GRID, width: float = 1.0) -> dict[str, Any]:
    """A straight line [px]."""
    place = {"x": x, "y": y, "x2": x2, "y2": y2, "stroke": stroke, "strokeWidth": width}
    return {"type": "rule", "encode": {"enter": _values(place)}}


def text(
    x: float, y: float, words: str, *, align: str = "left", weight: int = 400, fill: str = INK, size: int = 13
) -> dict[str, Any]:
    """Words, their middle at `y` [px]."""
    place = {"x": x, "y": y + size * 0.35, "text": words, "align": align, "fill": fill, "fontSize": size}
    return {"type": "text", "encode": {"enter": _values(place | {"fontWeight": weight})}}


def _values(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in found.items()}
