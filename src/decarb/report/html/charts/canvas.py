"""From a Vega specification to an SVG that a screen reader names and a strict page accepts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

WIDE, NARROW = 1000, 344
"""Widths drawn [px]: a chart is drawn for both, because text that shrinks with its chart cannot be read."""

FONT_SIZE = 13
INK, MUTED, GRID, ACCENT, ACCENT_TINT = "#16262e", "#4a5b64", "#d5dde1", "#0b5c70", "#b9dbe3"
"""Ink and muted ink are 15 and 7 times darker than the page; accents 7 (WCAG asks 4.5 of text, 3 of shapes)."""

DOMAIN_COLOURS: Mapping[str, tuple[str, str]] = {
    "energy": ("#fbe3b3", "#94660a"),
    "purchases": ("#c9dcf5", "#2f6099"),
    "medicines": ("#d9d0f2", "#5f49a3"),
    "anaesthetic_gases": ("#f4d0e6", "#9c3b78"),
    "refrigerants": ("#c6e9ee", "#1c7180"),
    "mobility": ("#d3ebc4", "#457a24"),
    "freight": ("#e6e4b4", "#74700f"),
    "food": ("#fbd5bd", "#a54d14"),
    "waste": ("#e2d6c8", "#77583a"),
    "water": ("#c3e2fb", "#1d6aa5"),
    "capital_goods": ("#d7dde2", "#52636f"),
    "digital": ("#f6cfd0", "#a13a3d"),
}
"""Fill and stroke of each section; text on the fill is ink, and a name always says what a colour does."""

_NOISE = re.compile(
    r' (?:aria-[a-z]+|role|class|pointer-events|font-family|stroke-miterlimit|font-size|opacity)="(?:[^"]*)"'
)
_KEPT = re.compile(r' (?:font-size="(?!13px)[^"]*"|opacity="(?!1")[^"]*")')
_LONG_NUMBER = re.compile(r"(\d+\.\d)\d+")
_TAG = re.compile(r"<[^>]*>")
_ROOT = re.compile(r'<svg [^>]*viewBox="([^"]*)"[^>]*>')
_INVISIBLE = re.compile(r'<path d="[^"]*"(?: fill="none")?(?: display="none")?/>(?=</g>)')


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart in both widths.

    Attributes
    ----------
    title, description
        What a reader who does not see it is told.
    """

    title: str
    description: str
    wide: Markup
    narrow: Markup


def drawn(name: str, title: str, description: str, specification: Callable[[int], Mapping[str, Any]]) -> Chart:
    """Draw a chart in both widths; `name` is unique on the page, `specification` is asked for each width [px]."""
    wide, narrow = (
        _svg(f"{name}-{kind}", kind, title, description, specification(width))
        for kind, width in (("wide", WIDE), ("narrow", NARROW))
    )
    return Chart(title, description, wide, narrow)


def specified(width: int, height: float, marks: list[dict[str, Any]], **others: Any) -> dict[str, Any]:
    """Vega specification of a chart of fixed size [px]: nothing in it is fetched, nothing depends on a font."""
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "autosize": "none",
        "width": width,
        "height": max(1, round(height)),
        "config": {"text": {"fontSize": FONT_SIZE, "fill": INK}, "aria": False},
        "marks": marks,
        **others,
    }


def shortened(text: str, width: float) -> str:
    """Text that fits in a width [px], its end cut if it must be; a letter takes half its height, more or less.

    >>> shortened("Emissions", 200), shortened("Emissions indirectes", 85)
    ('Emissions', 'Emissions…')
    """
    most = max(1, int(width / (FONT_SIZE * 0.585)))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _svg(name: str, kind: str, title: str, description: str, specification: Mapping[str, Any]) -> Markup:
    import vl_convert

    drawing = vl_convert.vega_to_svg(dict(specification), allowed_base_urls=[])
    view_box = _ROOT.match(drawing)
    assert view_box is not None
    body = _TAG.sub(_thin, drawing[view_box.end() :])
    _, _, width, height = view_box[1].split()
    head = (
        f'<svg class="chart {kind}" role="img" aria-labelledby="{name}-t" aria-describedby="{name}-d"'
        f' viewBox="{view_box[1]}" width="{width}" height="{height}">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    )
    return Markup(head + body)


def _thin(tag: re.Match[str]) -> str:
    """Tag without what the page's own style says, and with numbers as fine as a screen shows."""
    text = _LONG_NUMBER.sub(r"\1", tag[0])
    return _NOISE.sub(lambda found: found[0] if _KEPT.fullmatch(found[0]) else "", text)
