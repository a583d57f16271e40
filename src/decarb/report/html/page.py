"""Both editions in one file that asks nothing of a network and lets nothing else run."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from decarb import __version__
from decarb.errors import Problem, UsageError
from decarb.footprint import Footprint
from decarb.language import LANGUAGES
from decarb.national.benchmarking import Benchmark
from decarb.report.html.edition import Edition
from decarb.report.html.figures import gather
from decarb.writing import write_file

_TEMPLATES = "templates"


def html_report(
    footprint: Footprint,
    language: str = "fr",
    *,
    standing: Benchmark | None = None,
    trajectory: Mapping[str, Any] | None = None,
    today: date | None = None,
) -> str:
    """Report of one inventory, or of a few together, as one HTML page.

    Parameters
    ----------
    language
        Of the edition that is shown first, ``fr`` or ``en``; the other is in the page too.
    standing
        From ``decarb.national.benchmarking.benchmark``: its place among its like.
    trajectory
        From ``read_trajectory``: its years against the pace of the roadmap.
    today
        Day that ages of answers to the adaptation checklist are counted to; the day of the computer by default.

    Raises
    ------
    UsageError
        If the footprint is of a collection: its documents are not in it, and their lines would fill no page.
    """
    if not footprint.inventory.documents_read:
        raise UsageError([Problem("report-of-columns", {"count": len(footprint.inventory.establishments)})])
    figures = gather(footprint, standing, trajectory, today)
    return page_of(lambda each, is_first: Edition(figures, each, is_first), language)


def page_of(edition: Callable[[str, bool], Any], language: str) -> str:
    """Page of an edition in each language, `language` first.

    Parameters
    ----------
    edition
        Makes what a template reads from a language and whether it is the first; its ``template`` names that.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; expected one of {', '.join(LANGUAGES)}")
    order = (language, *(other for other in LANGUAGES if other != language))
    style, script = _asset("report.css"), _asset("report.js")
    return _environment().get_template("report.html").render(
        editions=[edition(each, each == language) for each in order],
        language=language,
        version=__version__,
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'",
    )  # fmt: skip


def write_report(
    footprint: Footprint,
    path: str | Path,
    language: str = "fr",
    *,
    standing: Benchmark | None = None,
    trajectory: Mapping[str, Any] | None = None,
    replace: bool = False,
) -> Path:
    """Write ``html_report`` to a file, whole or not at all; return its path.

    Raises
    ------
    UsageError
        If the file exists and `replace` is false, cannot be written, or the footprint is of a collection.
    """
    target = Path(path)
    page = html_report(footprint, language, standing=standing, trajectory=trajectory)
    write_file(target, page.encode(), replace=replace)
    return target


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("decarb.report.html", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["isolated"] = isolated
    return environment


def isolated(text: str) -> Markup:
    """Text with its isolated names in ``<bdi>``: a name from right to left moves nothing around it."""
    return Markup(escape(text).replace("\u2068", Markup("<bdi>")).replace("\u2069", Markup("</bdi>")))


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / _TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Source expression of an inline text in a content security policy (CSP 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
