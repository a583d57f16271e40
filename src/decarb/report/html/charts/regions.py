"""The regions as tiles of one size, each about where it lies: none is too small to be read, nor any inset far away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from decarb.report.html.charts.bars import rectangle, text
from decarb.report.html.charts.canvas import FONT_SIZE, INK, MUTED, NARROW, shortened, specified
from decarb.resources import data_file, read_rows

SHADES: tuple[tuple[str, str], ...] = (
    ("#e3f1f4", INK),
    ("#a9d3dd", INK),
    ("#5ea9bc", INK),
    ("#0b5c70", "#ffffff"),
)
"""Fill of each class, the lightest first, and of the words on it, 5 times darker or lighter (WCAG asks 4.5)."""

_GAP = 6
_HEIGHT, _NARROW_HEIGHT = 74, 58
_LEGEND = 24


@dataclass(frozen=True, slots=True)
class RegionTile:
    """One region: its code, its name, its figure and a second line as they are shown.

    ``shade`` is its class, from 0; None where no figure is shown or no size is known: the tile is blank, with a dashed
    edge.
    """

    region: str
    name: str
    shown: str
    below: str
    shade: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region stands: its abbreviation (ISO 3166-2), and row and column of its tile, which decarb chose."""

    abbreviation: str
    row: float
    column: int


def places(regions: Sequence[str]) -> dict[str, Place]:
    """Places of the eighteen regions, by code; others follow in a row of their own."""
    known = {
        row["region"]: Place(row["abbreviation"], float(row["row"]), int(row["column"]))
        for row in read_rows(data_file("region_tiles.csv"))
    }
    last = max(place.row for place in known.values()) + 1.2
    others = [region for region in regions if region not in known]
    return known | {region: Place(region or "?", last, column) for column, region in enumerate(others)}


def region_map(tiles: Sequence[RegionTile], classes: Sequence[str], width: int) -> Mapping[str, Any]:
    """Tiles of the regions, and a legend of the classes.

    Parameters
    ----------
    classes
        Words of each class, the lightest first.
    """
    narrow = width == NARROW
    where = places([tile.region for tile in tiles])
    columns = 1 + max(place.column for place in where.values())
    wide, high = (width - _GAP * (columns - 1)) / columns, _NARROW_HEIGHT if narrow else _HEIGHT
    marks: list[dict[str, Any]] = []
    bottom = 0.0
    for tile in tiles:
        place = where[tile.region]
        x, y = place.column * (wide + _GAP), place.row * (high + _GAP)
        bottom = max(bottom, y + high)
        marks += _tile(tile, place.abbreviation if narrow else tile.name, (x, y, wide, high))
    for number, words in enumerate(classes):
        across = 0.0 if narrow else number * width / len(classes)
        top = bottom + 2 * _GAP + (number * _LEGEND if narrow else 0)
        marks += [
            rectangle(across + 1, top, 18, 14, SHADES[number][0], MUTED),
            text(across + 26, top + 7, words, fill=MUTED),
        ]
    height = bottom + 2 * _GAP + _LEGEND * (len(classes) if narrow else bool(classes))
    return specified(width, height, marks)


def _tile(tile: RegionTile, name: str, box: tuple[float, float, float, float]) -> list[dict[str, Any]]:
    x, y, wide, high = box
    fill, ink = ("#ffffff", INK) if tile.shade is None else SHADES[tile.shade]
    edge = rectangle(x + 0.5, y + 0.5, wide - 1, high - 1, fill, MUTED)
    if tile.shade is None:
        edge["encode"]["enter"]["strokeDash"] = {"value": [4, 3]}
    middle, third = x + wide / 2, high / 3
    room = wide - 4
    lines = ((name, 12, 600), (tile.shown, 13, 600), (tile.below, 12, 400))
    words = []
    for number, (said, size, weight) in enumerate(lines):
        if said:
            fitting, down = shortened(said, room * FONT_SIZE / size), y + third * (0.5 + 0.9 * number) + 2
            words.append(text(middle, down, fitting, align="center", weight=weight, fill=ink, size=size))
    return [edge, *words]
