"""Where emissions come from and where they are reported: a Sankey diagram of two columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from decarb.report.html.charts.bars import rectangle, text
from decarb.report.html.charts.canvas import DOMAIN_COLOURS, FONT_SIZE, INK, MUTED, NARROW, shortened, specified

_NODE = 12
_SLOT = 21
_GAP = 5
_WIDE_LABEL = 330
_HEIGHT = 430


def sankey(
    flows: Mapping[tuple[str, str], float],
    sources: Sequence[tuple[str, str, str]],
    targets: Sequence[tuple[str, str, str]],
    width: int,
) -> Mapping[str, Any]:
    """Bands from sections to posts, as thick as what they carry.

    Parameters
    ----------
    flows
        Amount by section and post, above zero.
    sources, targets
        Key of each in its order, its name and its amount as they stand beside it; a narrow page has keys of targets
        for their names.
    """
    narrow = width == NARROW
    total = sum(flows.values()) or 1.0
    left, right = (0, width - _NODE) if narrow else (_WIDE_LABEL, width - _WIDE_LABEL - _NODE)
    room = (width - 2 * _NODE) / 2 - 8 if narrow else _WIDE_LABEL - 8
    from_top, from_height, from_end = _column([key for key, *_ in sources], 0, flows, total)
    to_top, to_height, to_end = _column([key for key, *_ in targets], 1, flows, total)
    height = max(from_end, to_end)
    offsets = ((height - from_end) / 2, (height - to_end) / 2)
    used_from, used_to = dict.fromkeys(from_top, 0.0), dict.fromkeys(to_top, 0.0)
    marks = []
    for source in from_top:
        for target in to_top:
            amount = flows.get((source, target), 0.0)
            if amount > 0:
                thick = amount / total * _HEIGHT
                start = offsets[0] + from_top[source] + used_from[source]
                end = offsets[1] + to_top[target] + used_to[target]
                used_from[source] += thick
                used_to[target] += thick
                marks.append(_band(left + _NODE, start, right, end, max(thick, 0.7), DOMAIN_COLOURS[source][0]))
    for key, name, shown in sources:
        words = _beside(name, shown, room)
        middle = offsets[0] + from_top[key]
        _, stroke = DOMAIN_COLOURS[key]
        marks.append(rectangle(left, middle, _NODE, max(from_height[key], 2.0), stroke, stroke))
        middle += max(from_height[key], 2.0) / 2
        if narrow:
            marks.append(text(_NODE + 5, middle, words))
        else:
            marks.append(text(left - 8, middle, words, align="right"))
    for key, name, shown in targets:
        words = _beside(key if narrow else f"{key} {name}", shown, room)
        middle = offsets[1] + to_top[key]
        marks.append(rectangle(right, middle, _NODE, max(to_height[key], 2.0), MUTED, INK))
        middle += max(to_height[key], 2.0) / 2
        if narrow:
            marks.append(text(right - 5, middle, words, align="right"))
        else:
            marks.append(text(right + _NODE + 8, middle, words))
    return specified(width, height + 2, marks)


def _beside(name: str, amount: str, room: float) -> str:
    """Name and amount; where both do not fit, the name is cut."""
    return f"{shortened(name, room - FONT_SIZE * 0.585 * (len(amount) + 3))} · {amount}"


def _column(
    keys: Sequence[str], side: int, flows: Mapping[tuple[str, str], float], total: float
) -> tuple[dict[str, float], dict[str, float], float]:
    """Top and height of each node of a column [px], no label over another, and where the column ends."""
    tops, heights, top = {}, {}, 0.0
    for key in keys:
        height = sum(amount for ends, amount in flows.items() if ends[side] == key) / total * _HEIGHT
        slot = max(height, _SLOT - _GAP)
        tops[key], heights[key] = top + (slot - height) / 2, height
        top += slot + _GAP
    return tops, heights, top


def _band(x: float, y: float, x2: float, y2: float, thick: float, fill: str) -> dict[str, Any]:
    bend = (x + x2) / 2
    path = (
        f"M{x:.1f},{y:.1f}C{bend:.1f},{y:.1f} {bend:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
        f"v{thick:.1f}C{bend:.1f},{y2 + thick:.1f} {bend:.1f},{y + thick:.1f} {x:.1f},{y + thick:.1f}Z"
    )
    return {"type": "path", "encode": {"enter": {"path": {"value": path}, "fill": {"value": fill}}}}
