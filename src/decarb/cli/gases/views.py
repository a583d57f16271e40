"""What the commands share that show a view of the gases of inventories."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from decarb.cli.options import (
    COMPLETE,
    Translator,
    format_option,
    gwp_option,
    language_option,
    library_option,
    medicines_option,
    print_json,
)

if TYPE_CHECKING:
    from decarb.footprint import Footprint

View = Callable[["Footprint", str], tuple[Sequence[Any], Any, str]]
"""Of a footprint, in a language: the indicators of each establishment, all as a document, all as text."""


def view_command(_: Translator, language: str, name: str, view: View, description: str, epilog: str) -> click.Command:
    """Return the command ``name`` that shows a view of inventories; their notices go beside the text."""

    @click.command(name, help=description, epilog=epilog)
    @click.argument("paths", nargs=-1, required=True, metavar="INVENTORY...")
    @format_option(_, "table", "json")
    @gwp_option(_)
    @library_option(_)
    @medicines_option(_)
    @language_option(_)
    def show(
        paths: tuple[str, ...], form: str, gwp: str | None, libraries: tuple[str, ...], tables: tuple[str, ...]
    ) -> int:
        from decarb.factors import load_factors
        from decarb.footprint import compute_footprint
        from decarb.inventory import read_inventory
        from decarb.medicines import load_medicines
        from decarb.report.problems import problem_lines

        inventory, medicines = read_inventory(*paths), load_medicines(*tables)
        footprint = compute_footprint(inventory, load_factors(*libraries), gwp, partial=True, medicines=medicines)
        found, document, text = view(footprint, language)
        if form == "json":
            print_json(document)
            return COMPLETE
        click.echo(text, nl=False)
        notices = [notice for one in found for notice in one.notices]
        if notices:
            click.echo("\n".join(problem_lines(notices, language)), err=True)
        return COMPLETE

    return show
