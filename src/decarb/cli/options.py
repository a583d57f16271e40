"""What commands share: exit codes, options, JSON on the screen."""

from collections.abc import Callable
from typing import Any

import click

from decarb.language import LANGUAGES

COMPLETE, FAILED, REFUSED, PARTIAL, DIFFERENT = range(5)
"""Exit codes: 4 is for checks that find differences."""

Translator = Callable[[str], str]
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def language_option(_: Translator) -> Decorator:
    """``--lang``, read before the commands are built."""
    return click.option(
        "--lang",
        expose_value=False,
        type=click.Choice(LANGUAGES),
        help=_("Language of messages and tables; the locale's by default."),
    )


def library_option(_: Translator) -> Decorator:
    """``--library``, any number of times."""
    return click.option(
        "--library",
        "libraries",
        multiple=True,
        metavar="PATH",
        help=_("A folder or CSV of factors over the packaged ones; a later one shadows an earlier one."),
    )


def medicines_option(_: Translator) -> Decorator:
    """``--medicines``, any number of times."""
    return click.option(
        "--medicines",
        "tables",
        multiple=True,
        metavar="PATH",
        help=_(
            "Tables that medicine codes are resolved with: an imported database, UCD codes, results of single products."
        ),
    )


def gwp_option(_: Translator) -> Decorator:
    """``--gwp``."""
    return click.option(
        "--gwp",
        type=click.Choice(["AR4", "AR5", "AR6"]),
        help=_("GWP set for released gases; by default the document's, else AR6."),
    )


def format_option(_: Translator, *forms: str) -> Decorator:
    """``--format``, the first of `forms` by default."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], help=_("Output format."))


def force_option(_: Translator) -> Decorator:
    """``--force``."""
    return click.option("--force", is_flag=True, help=_("Replace the file if it exists."))


def json_text(document: Any) -> str:
    """Write a document as indented JSON."""
    import orjson

    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def print_json(document: Any) -> None:
    """Print a document as indented JSON."""
    click.echo(json_text(document), nl=False)
