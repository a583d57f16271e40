"""What commands share: exit codes, options, JSON on the screen."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from decarb.inventory import Limits

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


def view_option(_: Translator) -> Decorator:
    """``--view``."""
    return click.option(
        "--view",
        type=click.Choice(["beges", "ghg-protocol", "iso"]),
        default="beges",
        show_default=True,
        help=_("Reading of the result."),
    )


def partial_option(_: Translator) -> Decorator:
    """``--partial``."""
    return click.option(
        "--partial",
        is_flag=True,
        help=_("Leave refused lines out and mark the result partial (exit code 3)."),
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


def year_option(_: Translator) -> Decorator:
    """``--year``."""
    return click.option(
        "--year", type=click.IntRange(1990, 2100), help=_("Year to take; of a store the latest one by default.")
    )


def format_option(_: Translator, *forms: str) -> Decorator:
    """``--format``, the first of `forms` by default."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], help=_("Output format."))


def force_option(_: Translator) -> Decorator:
    """``--force``."""
    return click.option("--force", is_flag=True, help=_("Replace the file if it exists."))


def jobs_option(_: Translator) -> Decorator:
    """``--jobs``."""
    return click.option("--jobs", type=click.IntRange(1), help=_("Documents read at a time; by default one per core."))


def limit_options(_: Translator) -> Decorator:
    """``--max-document-mib``, ``--max-lines``, ``--max-depth``, ``--max-ratio``: for ``limits_of``."""
    options = (
        ("--max-document-mib", click.IntRange(1, 1024), 256, _("Largest document, uncompressed [MiB].")),
        ("--max-lines", click.IntRange(1), 1_000_000, _("Most lines of a document.")),
        ("--max-depth", click.IntRange(4, 200), 32, _("Deepest nesting.")),
        ("--max-ratio", click.IntRange(2), 200, _("Most times that a compressed document may expand.")),
    )

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for name, kind, default, text in reversed(options):
            function = click.option(name, type=kind, default=default, show_default=True, help=text)(function)
        return function

    return decorate


def limits_of(options: Mapping[str, int]) -> "Limits":
    """Limits that the options ask for."""
    from decarb.inventory import Limits

    return Limits(options["max_document_mib"] * 2**20, options["max_lines"], options["max_depth"], options["max_ratio"])


def json_text(document: Any) -> str:
    """Write a document as indented JSON."""
    import orjson

    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def print_json(document: Any) -> None:
    """Print a document as indented JSON."""
    click.echo(json_text(document), nl=False)
