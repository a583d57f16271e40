"""``decarb factors show``."""

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from decarb.factors import Factor, FactorLibrary


def command(_: Translator, language: str) -> click.Command:
    """Return the command in `language`."""

    @click.command(help=_("Show one factor: value, parts, gases, validity, source, licence."))
    @click.argument("factor_id", metavar="ID")
    @format_option(_, "table", "json")
    @gwp_option(_)
    @library_option(_)
    @language_option(_)
    def show(factor_id: str, form: str, gwp: str | None, libraries: tuple[str, ...]) -> int:
        from decarb.report.factor_text import factor_document, factor_list_text, factor_text

        library, chosen = _factor_or_series(factor_id, libraries)
        gwp = gwp or "AR6"
        if form == "json":
            documents = [factor_document(library, factor, gwp) for factor in chosen]
            print_json(documents[0] if len(documents) == 1 else documents)
        elif len(chosen) == 1:
            click.echo(factor_text(library, chosen[0], language, gwp), nl=False)
        else:
            click.echo(
                _("{series} is a series; a line takes the member of its year and place:").format(series=factor_id)
            )
            click.echo(factor_list_text(library, chosen, language, gwp), nl=False)
        return COMPLETE

    return show


def _factor_or_series(name: str, libraries: tuple[str, ...]) -> "tuple[FactorLibrary, tuple[Factor, ...]]":
    from decarb.errors import UsageError
    from decarb.factors import load_factors
    from decarb.factors.selection import unknown_factor

    library = load_factors(*libraries)
    pinned = library.find(name)
    chosen = (pinned,) if pinned else library.members(name)
    if not chosen:
        raise UsageError([unknown_factor(library, name)])
    return library, chosen
