"""Amounts over the years: curves told apart by their dashes and by the words at their end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decarb.report.html.charts.bars import line, text
from decarb.report.html.charts.canvas import ACCENT, GRID, INK, MUTED, NARROW, specified

_DASHES: tuple[list[int], ...] = ([], [7, 4], [2, 3])
_HEIGHT, _FOOT, _HEAD = 330, 26, 18


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of (year, amount, words), the words blank where nothing is said; the first curve is what was reported."""

    name: str
    points: Sequence[tuple[int, float, str]]


def years(curves: Sequence[Curve], width: int) -> Mapping[str, Any]:
    """Curves from zero, the first with points."""
    left, right = 8, 96 if width != NARROW else 70
    low = min(year for curve in curves for year, *_ in curve.points)
    high = max(year for curve in curves for year, *_ in curve.points)
    top = max((amount for curve in curves for _, amount, _ in curve.points), default=1.0) or 1.0
    foot = _HEIGHT - _FOOT

    def place(year: float, amount: float) -> tuple[float, float]:
        across = left + 22 + (width - left - right - 22) * (year - low) / max(1, high - low)
        return across, foot - (foot - _HEAD) * amount / top

    pace = {year: amount for curve in curves[1:2] for year, amount, _ in curve.points}
    step = 1 if width != NARROW or high - low < 5 else 2
    marks = [line(left, foot, width - right + 10, foot, MUTED)]
    for year in range(low, high + 1, step):
        across, _ = place(year, 0)
        marks += [
            line(across, _HEAD, across, foot, GRID),
            text(across, foot + 14, str(year), align="center", fill=MUTED),
        ]
    for number, curve in reversed(list(enumerate(curves))):
        spots = [place(year, amount) for year, amount, _ in curve.points]
        path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        enter = {"path": path, "stroke": INK if number else ACCENT, "strokeWidth": 1.5 if number else 3}
        marks.append(
            {
                "type": "path",
                "encode": {
                    "enter": {name: {"value": value} for name, value in enter.items()}
                    | ({"strokeDash": {"value": _DASHES[number]}} if _DASHES[number] else {})
                },
            }
        )
        if not number:
            marks += [_dot(*spot) for spot in spots]
        for place_in_curve, ((x, y), (year, amount, words)) in enumerate(zip(spots, curve.points, strict=True)):
            is_end = place_in_curve in (0, len(spots) - 1)
            if words and number:
                marks.append(text(x + 10, y, words))
            elif words and (is_end or width != NARROW):
                above = amount >= pace.get(year, amount)  # away from the pace, which it would be read over
                marks.append(text(x, y + (-14 if above else 18), words, align="center", weight=600))
    return specified(width, _HEIGHT, marks)


def _dot(x: float, y: float) -> dict[str, Any]:
    path = f"M{x - 4:.1f},{y:.1f}a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z"
    return {"type": "path", "encode": {"enter": {"path": {"value": path}, "fill": {"value": ACCENT}}}}
