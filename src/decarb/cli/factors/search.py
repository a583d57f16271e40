"""``decarb factors search``."""

import click

from decarb.cli.options import (
    COMPLETE,
    Translator,
    format_option,
    gwp_option,
    language_option,
    library_option,
    print_json,
)


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Find factors by words of their name, French or English, or of their id."))
    @click.argument("words", nargs=-1, required=True)
    @click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help=_("Most results."))
    @format_option(_, "table", "json")
    @gwp_option(_)
    @library_option(_)
    @language_option(_)
    def search(words: tuple[str, ...], limit: int, form: str, gwp: str | None, libraries: tuple[str, ...]) -> int:
        from decarb.factors import known_gaps, load_factors
        from decarb.factors import search as find
        from decarb.report import factor_document, factor_list_text

        library = load_factors(*libraries)
        found = find(library, " ".join(words), limit)
        if form == "json":
            print_json([factor_document(library, factor, gwp or "AR6") for factor in found])
        elif found:
            click.echo(factor_list_text(library, found, language, gwp or "AR6"), nl=False)
        else:
            click.echo(_("No factor has all these words; try fewer, or others."), err=True)
            for gap in known_gaps(" ".join(words)):
                click.echo(_("A known gap: {need}. Meanwhile: {nearest}").format(**gap), err=True)
        return COMPLETE

    return search
