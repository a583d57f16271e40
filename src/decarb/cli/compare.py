"""``decarb compare``."""

import click

from decarb.cli.options import (
    COMPLETE,
    PARTIAL,
    Translator,
    format_option,
    gwp_option,
    language_option,
    library_option,
    medicines_option,
    partial_option,
    print_json,
    view_option,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Compare two inventories. Side by side, and what the difference is made of."),
        epilog=_(
            "Another way to count (euros before, codes after; another rung; another factor) is shown apart: it is no "
            "reduction."
        ),
    )
    @click.argument("before", metavar="BEFORE")
    @click.argument("after", metavar="AFTER")
    @view_option(_)
    @partial_option(_)
    @format_option(_, "table", "json")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def compare(
        before: str,
        after: str,
        view: str,
        partial: bool,
        form: str,
        gwp: str | None,
        libraries: tuple[str, ...],
        tables: tuple[str, ...],
    ) -> int:
        from decarb.cli.computing import compute
        from decarb.comparison import compare_inventories
        from decarb.report.difference_text import difference_document, difference_text

        first, second = (compute((path,), libraries, gwp, partial, tables) for path in (before, after))
        found = compare_inventories(first, second, view)
        if form == "json":
            print_json(difference_document(found, view))
        else:
            click.echo(difference_text(found, view, language), nl=False)
        return PARTIAL if first.is_partial or second.is_partial else COMPLETE

    return compare
