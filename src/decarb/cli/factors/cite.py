"""``decarb factors cite``."""

import click

from decarb.cli.options import COMPLETE, Translator, format_option, language_option, library_option


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Text or BibTeX to cite the library with, and the publications behind factors."))
    @click.argument("names", nargs=-1, metavar="[ID]...")
    @format_option(_, "text", "bibtex")
    @library_option(_)
    @language_option(_)
    def cite(names: tuple[str, ...], form: str, libraries: tuple[str, ...]) -> int:
        from decarb.factors import load_factors
        from decarb.factors.citation import bibtex, citation

        library = load_factors(*libraries)
        text = bibtex(library, names or None) if form == "bibtex" else citation(library, names or None, language)
        click.echo(text, nl=False)
        return COMPLETE

    return cite
