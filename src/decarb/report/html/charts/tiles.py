"""Lines as tiles whose area is what they emit, those of a section together: a treemap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decarb.report.html.charts.canvas import DOMAIN_COLOURS, INK, NARROW, specified

_SMALLEST_WIDTH, _SMALLEST_HEIGHT = 44, 17


@dataclass(frozen=True, slots=True)
class Tile:
    """One line, or what is left of a section; amounts are above zero."""

    section: str
    name: str
    shown: str
    amount: float


def treemap(tiles: Sequence[Tile], names: Mapping[str, str], width: int) -> Mapping[str, Any]:
    """Tiles in a rectangle; words stand where there is room, all of them in the table behind.

    Parameters
    ----------
    names
        Words at the head of each section.
    """
    height = 620 if width == NARROW else 560
    sections = dict.fromkeys(tile.section for tile in tiles)
    values: list[dict[str, Any]] = [{"id": "all"}]
    values += [{"id": section, "parent": "all", "name": names[section]} for section in sections]
    values += [
        {
            "id": f"tile-{number}",
            "parent": tile.section,
            "name": tile.name,
            "shown": tile.shown,
            "amount": tile.amount,
            "fill": DOMAIN_COLOURS[tile.section][0],
            "stroke": DOMAIN_COLOURS[tile.section][1],
        }
        for number, tile in enumerate(tiles)
    ]
    data: list[dict[str, Any]] = [
        {
            "name": "tree",
            "values": values,
            "transform": [
                {"type": "stratify", "key": "id", "parentKey": "parent"},
                {
                    "type": "treemap",
                    "field": "amount",
                    "sort": {"field": "value", "order": "descending"},
                    "method": "squarify",
                    "paddingInner": 2,
                    "paddingTop": 20,
                    "paddingOuter": 1,
                    "size": [width, height],
                },
            ],
        },
        {"name": "sections", "source": "tree", "transform": [{"type": "filter", "expr": "datum.parent === 'all'"}]},
        {"name": "lines", "source": "tree", "transform": [{"type": "filter", "expr": "datum.amount > 0"}]},
    ]
    fits = f"datum.x1 - datum.x0 > {_SMALLEST_WIDTH} && datum.y1 - datum.y0 > {_SMALLEST_HEIGHT}"
    fits_two = f"datum.x1 - datum.x0 > {_SMALLEST_WIDTH} && datum.y1 - datum.y0 > {2 * _SMALLEST_HEIGHT}"
    marks = [
        {
            "type": "rect",
            "from": {"data": "lines"},
            "encode": {
                "enter": {
                    "x": {"field": "x0"},
                    "y": {"field": "y0"},
                    "x2": {"field": "x1"},
                    "y2": {"field": "y1"},
                    "fill": {"field": "fill"},
                    "stroke": {"field": "stroke"},
                }
            },
        },
        _words("lines_that_fit", "name", 14, 500),
        _words("lines_of_two", "shown", 30, 400),
        _words("sections_that_fit", "name", 14, 700),
    ]
    data += [
        {"name": "lines_that_fit", "source": "lines", "transform": [{"type": "filter", "expr": fits}]},
        {"name": "lines_of_two", "source": "lines", "transform": [{"type": "filter", "expr": fits_two}]},
        {"name": "sections_that_fit", "source": "sections", "transform": [{"type": "filter", "expr": fits}]},
    ]
    return specified(width, height, marks, data=data)


def _words(data: str, field: str, down: int, weight: int) -> dict[str, Any]:
    return {
        "type": "text",
        "from": {"data": data},
        "encode": {
            "enter": {
                "x": {"field": "x0", "offset": 4},
                "y": {"field": "y0", "offset": down},
                "text": {"field": field},
                "limit": {"signal": "(datum.x1 - datum.x0 - 8) * 0.84"},
                "fontWeight": {"value": weight},
                "fontSize": {"value": 13},
                "fill": {"value": INK},
            }
        },
    }
