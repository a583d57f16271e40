"""Ranges between a low and a high value, with the value between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decarb.report.html.charts.bars import line, rectangle, text
from decarb.report.html.charts.canvas import ACCENT, ACCENT_TINT, GRID, INK, MUTED, NARROW, shortened, specified

_LABEL, _VALUE = 370, 130
_ROW, _NARROW_ROW = 30, 46
_SCALE = 22


@dataclass(frozen=True, slots=True)
class Range:
    """Values on the scale of the chart; ``middle`` is None where there is none."""

    name: str
    low: float
    high: float
    middle: float | None
    shown: str


def ranges(
    items: Sequence[Range], width: int, whole: float = 1.0, ticks: Sequence[str] = ("0 %", "50 %", "100 %")
) -> Mapping[str, Any]:
    """A bar from low to high on a scale from zero, with a diamond where the middle is.

    Parameters
    ----------
    whole
        Where the scale ends; it is one for shares.
    ticks
        Words at its start, its middle and its end.
    """
    narrow = width == NARROW
    row, left, right = (_NARROW_ROW, 8, 8) if narrow else (_ROW, _LABEL, _VALUE)
    span = width - left - right
    height = len(items) * row + _SCALE
    marks = [
        line(left + span * share, 0, left + span * share, height - _SCALE, GRID) for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    marks += [
        text(left + span * share, height - 8, words, align=align, fill=MUTED)
        for (share, align), words in zip(((0, "left"), (0.5, "center"), (1, "right")), ticks, strict=True)
    ]
    for number, item in enumerate(items):
        top = number * row
        middle = top + (row - 14 if narrow else row / 2)
        start, end = left + span * item.low / whole, left + span * item.high / whole
        marks.append(rectangle(start, middle - 6, max(2.0, end - start), 12, ACCENT_TINT, ACCENT))
        if item.middle is not None:
            marks.append(_diamond(left + span * item.middle / whole, middle))
        if narrow:
            marks.append(text(2, top + 12, shortened(item.name, width - 110)))
            marks.append(text(width - 2, top + 12, item.shown, align="right", weight=600))
        else:
            marks.append(text(left - 10, middle, shortened(item.name, left - 10), align="right"))
            marks.append(text(width - 2, middle, item.shown, align="right", weight=600))
    return specified(width, height, marks)


def _diamond(x: float, y: float) -> dict[str, Any]:
    path = f"M{x:.1f},{y - 7:.1f}l7,7l-7,7l-7,-7Z"
    return {"type": "path", "encode": {"enter": {"path": {"value": path}, "fill": {"value": INK}}}}
