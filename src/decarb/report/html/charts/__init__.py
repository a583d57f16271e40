"""Charts of the report as accessible SVG: Vega's grammar, drawn offline by vl-convert."""

from decarb.report.html.charts.bars import Bar, bars, shares
from decarb.report.html.charts.canvas import NARROW, WIDE, Chart, drawn
from decarb.report.html.charts.flows import sankey
from decarb.report.html.charts.ranges import Range, ranges
from decarb.report.html.charts.regions import RegionTile, region_map
from decarb.report.html.charts.tiles import Tile, treemap
from decarb.report.html.charts.years import Curve, years

__all__ = [
    "NARROW",
    "WIDE",
    "Bar",
    "Chart",
    "Curve",
    "Range",
    "RegionTile",
    "Tile",
    "bars",
    "drawn",
    "ranges",
    "region_map",
    "sankey",
    "shares",
    "treemap",
    "years",
]
