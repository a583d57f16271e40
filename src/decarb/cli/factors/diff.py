"""``decarb factors diff``."""

import click

from decarb.cli.options import (
    COMPLETE,
    DIFFERENT,
    Translator,
    format_option,
    gwp_option,
    language_option,
    print_json,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(
        help=_("Compare two versions of a library: added, retired, changed; and what it would do to a footprint."),
        epilog=_("Nothing is adopted: results keep the library they were computed with."),
    )
    @click.argument("old", metavar="OLD")
    @click.argument("new", metavar="NEW")
    @click.option(
        "--inventory", "inventories", multiple=True, metavar="PATH", help=_("Inventory to preview the effect on.")
    )
    @click.option("--all", "everything", is_flag=True, help=_("List everything, not the first of each kind."))
    @click.option("--exit-code", is_flag=True, help=_("Leave with 4 if anything differs."))
    @gwp_option(_)
    @format_option(_, "table", "json")
    @language_option(_)
    def diff(
        old: str, new: str, inventories: tuple[str, ...], everything: bool, exit_code: bool, gwp: str | None, form: str
    ) -> int:
        from decarb.comparison import library_effect
        from decarb.factors import load_factors
        from decarb.factors.comparing import compare_libraries
        from decarb.inventory import read_inventory
        from decarb.report.comparison_text import comparison_document, comparison_text

        before, after = load_factors(old), load_factors(new)
        comparison = compare_libraries(before, after, gwp or "AR6")
        effect = library_effect(read_inventory(*inventories), before, after, gwp) if inventories else None
        if form == "json":
            print_json(comparison_document(comparison, effect, language))
        else:
            click.echo(comparison_text(comparison, effect, language, everything), nl=False)
        return DIFFERENT if exit_code and not comparison.is_same else COMPLETE

    return diff
